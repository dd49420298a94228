"""Companies whose books follow the lock."""

from datetime import timedelta

from .common import LATER, TODAY, RateLockCommon


class BookedCommon(RateLockCommon):
    """A company that books at the lock from long ago, taxes included."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._book_at_lock(cls.company)

    @classmethod
    def _book_at_lock(cls, company, tax=True, start=TODAY - timedelta(days=300)):
        company.write(
            {
                "lock_booking": "locked",
                "lock_booking_from": start,
                "lock_books_tax": tax,
            }
        )

    def _locked_invoice(self, currency=None, price=1234.56, tax=None):
        order = self._create_quotation(currency, price)
        if tax:
            order.order_line.tax_ids = tax
        self._lock(order)
        return self._invoice(order)

    def _refund(self, invoice, **values):
        """The wizard that credits ``invoice`` on a later day."""
        return (
            invoice.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": LATER, "journal_id": invoice.journal_id.id, **values})
        )

    def _credit(self, invoice, **values):
        """The draft credit note of ``invoice``."""
        wizard = self._refund(invoice, **values)
        wizard.refund_moves()
        return wizard.new_move_ids

    def _create_branch(self):
        branch = self._create_company(
            "Harbour West", self.cny, parent_id=self.company.id
        )
        self.cr.precommit.run()  # Odoo gives it the accounts of its root then
        self.product.company_id = False
        return branch

    def _create_tax(self, amount=13.0):
        return self.env["account.tax"].create({"name": f"{amount}%", "amount": amount})
