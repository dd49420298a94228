"""A quotation of one day, whose rate is locked on a later day at another rate.

Its own date stays the first day's, so that whatever converts at the market's rate of
that day (7.1234) instead of the lock's (7.0021) shows.
"""

from freezegun import freeze_time

from odoo import Command

from .common import LATER, QUOTED, QUOTED_LATER, RateLockCommon

MARKET, LOCKED = float(QUOTED["USD"]), float(QUOTED_LATER["USD"])


class PricingCommon(RateLockCommon):
    @classmethod
    def _create_locked(cls, currency=None, reprice=False, **values):
        order = cls._create_quotation(currency, validity_date=False, **values)
        cls._lock_later(order, reprice)
        return order

    @classmethod
    def _lock_later(cls, order, reprice=False):
        with freeze_time(f"{LATER} 04:00:00"):
            order._lock_rate(reprice)

    @classmethod
    def _move_market(cls, currency, quoted):
        """Today's row says something else: what is converted again shows."""
        rows = cls.env["res.currency.rate"].search([("currency_id", "=", currency.id)])
        rows.filtered(lambda row: row.company_id == cls.company).write(
            {"rate": 1 / float(quoted)}
        )

    @classmethod
    def _add_line(cls, order, product=None, **values):
        """A line added to ``order`` after it was locked."""
        product = product or cls.product
        with freeze_time(f"{LATER} 04:00:00"):
            order.order_line = [Command.create({"product_id": product.id, **values})]
        return order.order_line[-1]

    @classmethod
    def _create_product(cls, **values):
        return cls.product.create(
            {
                "name": "Valve",
                "list_price": 700.0,
                "taxes_id": False,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _list_with_rule(cls, currency=None, **rule):
        return cls._create_pricelist(
            currency or cls.usd, item_ids=[Command.create(rule)]
        )
