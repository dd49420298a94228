from odoo import api, models

#: Context key: (id of the company currency, id of the locked currency, locked rate).
LOCKED_PAIR = "fx_locked_pair"


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _get_conversion_rate(self, from_currency, to_currency, company=None, date=None):
        """Convert the pair that the context names at its locked rate.

        Prices pass through many doors (pricelist rules, combos, discounts); all of
        them end here, so whoever prices a line of a locked order names the pair.
        Every other pair converts as ever.
        """
        base_id, foreign_id, rate = self.env.context.get(LOCKED_PAIR) or (0, 0, 0.0)
        if rate and (from_currency.id, to_currency.id) == (base_id, foreign_id):
            return rate
        if rate and (from_currency.id, to_currency.id) == (foreign_id, base_id):
            return 1 / rate
        return super()._get_conversion_rate(
            from_currency, to_currency, company=company, date=date
        )
