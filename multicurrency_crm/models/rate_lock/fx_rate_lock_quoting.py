from odoo import api, models

from ...engine.quoting import shortest_quoted
from ...engine.rate_locks import with_margin


class FxRateLock(models.Model):
    """From the market's rate to the one that is promised."""

    _inherit = "fx.rate.lock"

    @api.model
    def _prepare_quoted(self, company, currency, spot, days, quoted=None):
        """The rate of a lock and the evidence for it.

        :param spot: ``Spot`` (rate: units of the currency for 1 unit of company
            currency; date; source)
        :param days: how long the lock holds
        :param quoted: (text of the rate, direction) as typed; None for the spot moved
            by the company's margin: in Odoo's direction spot / (1 − bp/10,000)
        :return: values of ``fx.rate.lock``
        """
        margin = 0.0
        if quoted:
            text, direction = quoted
        else:
            # sudo: whoever locks a rate gets the company's margin
            Margin = self.env["fx.rate.margin"].sudo()
            margin = Margin._find_margin(company, currency, days)
            exact, direction = shortest_quoted(spot.rate)
            text = f"{with_margin(exact, direction, margin).normalize():f}"
        return {
            "quoted_rate": text,
            "quote_direction": direction,
            "margin_bp": margin,
            "market_rate": spot.rate,
            "source": spot.source,
            "rate_date": spot.date,
        }
