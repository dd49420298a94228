from ..rate_lock.common import TODAY
from .forward_common import ForwardCommon


class NetPositionCommon(ForwardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.lst_price = 100
        outstanding = cls.env["account.account"].create(
            {
                "name": "Receipts on their Way",
                "code": "109900",
                "account_type": "asset_current",
                "reconcile": True,
                "company_ids": [(6, 0, cls.company.ids)],
            }
        )
        cls.journal = cls.env["account.journal"].create(
            {
                "name": "Dollar Account",
                "code": "USDB",
                "type": "bank",
                "currency_id": cls.usd.id,
                "company_id": cls.company.id,
            }
        )
        methods = cls.journal.inbound_payment_method_line_ids
        methods.payment_account_id = outstanding

    @classmethod
    def _posted(cls, amount, move_type="out_invoice", currency=None, **values):
        # without a term the due date is what is asked for
        values = {"invoice_payment_term_id": False, **values}
        move = cls._move_over(amount, move_type, currency, **values)
        move.action_post()
        return move

    @classmethod
    def _pay(cls, invoice, amount):
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create(
            {
                "amount": amount,
                "currency_id": invoice.currency_id.id,
                "journal_id": cls.journal.id,
                "payment_date": TODAY,
                "payment_difference_handling": "open",
            }
        )._create_payments()

    @classmethod
    def _bank_line(cls, amount):
        """A line of a bank statement that nobody has matched yet."""
        return cls.env["account.bank.statement.line"].create(
            {
                "journal_id": cls.journal.id,
                "date": TODAY,
                "payment_ref": "Bank line",
                "amount": amount,
            }
        )

    def _rows(self, kind=None, currency=None, month=None):
        """What finance reads of the company, in a foreign currency (USD)."""
        self.env.invalidate_all()
        domain = [("currency_id", "=", (currency or self.usd).id)]
        domain += [("kind", "=", kind)] if kind else []
        domain += [("month", "=", month)] if month else []
        rows = self.env["fx.net.position"].with_user(self.finance)
        rows = rows.with_context(allowed_company_ids=self.company.ids)
        return rows.search(domain)

    def _sum(self, *args, **values):
        return self.usd.round(sum(self._rows(*args, **values).mapped("amount")))
