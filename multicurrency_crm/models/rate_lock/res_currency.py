from typing import NamedTuple

from odoo import api, models

#: Context key of a ``LockedPair``.
LOCKED_PAIR = "fx_locked_pair"


class LockedPair(NamedTuple):
    """A company currency and the currency locked to it. Only this process makes one:
    a list that came with a context from outside is none."""

    base_id: int
    foreign_id: int
    rate: float  # units of the foreign currency for 1 unit of the company's


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _get_conversion_rate(self, from_currency, to_currency, company=None, date=None):
        """Convert the pair that the context names at its locked rate.

        Prices pass through many doors (pricelist rules, combos, discounts); all of
        them end here, so whoever prices a line of a locked order names the pair.
        Every other pair converts as ever.
        """
        locked = self.env.context.get(LOCKED_PAIR)
        if isinstance(locked, LockedPair):
            pair = (from_currency.id, to_currency.id)
            if pair == (locked.base_id, locked.foreign_id):
                return locked.rate
            if pair == (locked.foreign_id, locked.base_id):
                return 1 / locked.rate
        return super()._get_conversion_rate(
            from_currency, to_currency, company=company, date=date
        )
