"""An exporter's routes: dollars and yuan at banks, euro online."""

from odoo import Command
from odoo.tests import new_test_user

from ..bank.bank_common import BankCommon


class RouteCommon(BankCommon):
    """Books in yuan; a journal with an account for dollars, one that takes anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Route = cls.env["payment.route"]
        cls.germany, cls.japan = cls.env.ref("base.de"), cls.env.ref("base.jp")
        cls._price(cls.usd, "2026-01-01", 7.2)
        cls._price(cls.eur, "2026-01-01", 8.0)
        cls._price(cls.jpy, "2026-01-01", 0.05)
        house = cls.env["res.bank"].create({"name": "Pier Bank", "bic": "PIERCNBJ"})
        for journal, number in ((cls.dollars, "NB-USD-77"), (cls.bank, "NB-ANY-11")):
            journal.set_bank_account(number, house.id)
        cls.in_dollars = cls.dollars.bank_account_id
        cls.in_anything = cls.bank.bank_account_id
        cls.product.company_id = False
        cls.buyer.country_id = cls.germany

    @classmethod
    def _route(cls, currency=None, **values):
        """A route; for dollars, to the account in dollars."""
        currency = currency or cls.usd
        if currency == cls.usd:
            values.setdefault("journal_id", cls.dollars.id)
        return cls.Route.create(
            {"currency_id": currency.id, "company_id": cls.books.id, **values}
        )

    @classmethod
    def _order(cls, currency=None, price=100.0, **values):
        line = {
            "product_id": cls.product.id,
            "product_uom_qty": 1,
            "price_unit": price,
            "tax_ids": [Command.clear()],
        }
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.buyer.id,
                "company_id": cls.books.id,
                "currency_id": (currency or cls.usd).id,
                "order_line": [Command.create(line)],
                **values,
            }
        )

    @classmethod
    def _draft(cls, currency=None, price=100.0, **values):
        """A draft invoice without tax."""
        line = {"name": "Goods", "price_unit": price, "tax_ids": [Command.clear()]}
        return cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.buyer.id,
                "company_id": cls.books.id,
                "currency_id": (currency or cls.usd).id,
                "invoice_date": "2026-01-10",
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )

    @classmethod
    def _colleague(cls, login, *groups, company=None):
        company = company or cls.books
        return new_test_user(
            cls.env,
            login,
            groups=",".join(("base.group_user", *groups)),
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _provider(cls, name, **values):
        """An online provider that is enabled and published."""
        provider = cls.env["payment.provider"].create(
            {
                "name": name,
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.books.id,
                **values,
            }
        )
        # an enabled one needs keys of its kind
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE payment_provider SET state = 'enabled' WHERE id = %s",
            [provider.id],
        )
        provider.invalidate_recordset(["state"])
        return provider
