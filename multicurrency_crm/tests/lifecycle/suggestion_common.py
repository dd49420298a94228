from datetime import timedelta

from odoo import Command

from .follow_up_common import FollowUpCommon


class SuggestionCommon(FollowUpCommon):
    """A customer whose documents the night looks at for what may be suggested."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Suggestion = cls.env["customer.suggestion"]
        cls.Today = cls.env["customer.today"]
        cls.early = cls._days_ago(600)
        for currency, rate in ((cls.usd, 0.14), (cls.eur, 0.125), (cls.jpy, 20.0)):
            cls._put_rate(currency, 600, rate)
        cls._put_rate(cls.kwd, 600, 0.043)

    @classmethod
    def _put_rate(cls, currency, days, rate):
        """Have a rate of so many days ago be this, and none of the company's later."""
        day = cls._days_ago(days)
        Rate = cls.env["res.currency.rate"]
        mine = [("currency_id", "=", currency.id), ("company_id", "=", cls.company.id)]
        Rate.search([*mine, ("name", ">=", day)]).unlink()
        return cls._set_rate(currency, day, rate)

    @classmethod
    def _drop_rates(cls, currency):
        cls.env["res.currency.rate"].search(
            [("currency_id", "=", currency.id)]
        ).unlink()

    @classmethod
    def _find(cls, kind=None, partner=None, company=None, state="open"):
        """:return: what is kept of a customer, of one kind or of all"""
        domain = [
            ("partner_id", "=", (partner or cls.customer).id),
            ("company_id", "=", (company or cls.company).id),
            ("state", "=", state),
        ]
        if kind:
            domain.append(("kind", "=", kind))
        return cls.Suggestion.search(domain)

    def _suggest(self, kind=None, partner=None):
        """:return: what the night suggests for a customer"""
        self._follow()
        return self._find(kind, partner)

    @classmethod
    def _order_every(cls, gap, count, last, partner=None, **values):
        """Orders with so many days between them, the last of so many days ago."""
        days = [last + gap * number for number in reversed(range(count))]
        orders = [cls._order(ago, partner, **values) for ago in days]
        return orders[0].concat(*orders[1:])

    @classmethod
    def _took(cls, days, ago, partner=None, **values):
        """An order of so many days ago, quoted so many days before."""
        order = cls._quote(ago + days, partner, **values)
        order.action_confirm()
        order.date_order = order.create_date + timedelta(days=days)
        return order

    @classmethod
    def _price(cls, amount):
        """The line of an order that comes to an amount in its currency."""
        line = {
            "product_id": cls.product.id,
            "product_uom_qty": 1,
            "price_unit": amount,
            "tax_ids": [Command.clear()],
        }
        return {"order_line": [Command.create(line)]}
