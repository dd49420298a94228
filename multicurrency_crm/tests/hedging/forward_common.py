from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import UserError

from ..rate_lock.common import TODAY, RateLockCommon

#: when the usual contract is exchanged
VALUE_DATE = TODAY + timedelta(days=60)


class ForwardCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.env["res.partner"].create(
            {"name": "Bank of the Harbour", "is_company": True}
        )
        cls.finance = cls._create_salesperson(
            "treasurer",
            "sales_team.group_sale_salesman_all_leads,account.group_account_invoice,"
            "multicurrency_crm.group_finance",
        )

    @classmethod
    def _forward(cls, amount=10_000.0, quoted="7.10", side="sell", **values):
        """A contract of the company in dollars, in draft."""
        return cls.env["fx.forward"].create(
            {
                "counterparty_id": cls.bank.id,
                "side": side,
                "currency_id": cls.usd.id,
                "amount": amount,
                "quoted_rate": quoted,
                "value_date": VALUE_DATE,
                **values,
            }
        )

    @classmethod
    def _active_forward(cls, *args, **values):
        forward = cls._forward(*args, **values)
        forward.action_activate()
        return forward

    @classmethod
    def _cover(cls, forward, document, amount):
        name = document._cover_field
        return cls.env["fx.forward.allocation"].create(
            {"forward_id": forward.id, name: document.id, "amount": amount}
        )

    @classmethod
    def _order_over(cls, amount, currency=None, **values):
        """A confirmed order over ``amount`` in a foreign currency (USD)."""
        order = cls._create_quotation(currency, **values)
        order.order_line.write({"product_uom_qty": 1, "price_unit": amount})
        order.action_confirm()
        return order

    @classmethod
    def _move_over(cls, amount, move_type="out_invoice", currency=None, **values):
        """A draft invoice or bill over ``amount``, in a foreign currency (USD)."""
        line = {
            "product_id": cls.product.id,
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [],
        }
        return cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": cls.customer.id,
                "currency_id": (currency or cls.usd).id,
                "invoice_date": TODAY,
                "invoice_line_ids": [(0, 0, line)],
                **values,
            }
        )

    @contextmanager
    def assertRefused(self, sentence):
        """Refused with that sentence, leaving nothing behind."""
        with self.assertRaisesRegex(UserError, sentence), self.cr.savepoint():
            yield
