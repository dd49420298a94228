from decimal import Decimal

from odoo import api, fields, models

from ....engine.customer_exposure import CreditRates, KeptRates


class CreditAccount(models.Model):
    """At which rates, and against which limit, the last check was passed."""

    _inherit = "credit.account"

    kept_rates = fields.Json(
        readonly=True, help="The rates at which the last check was passed."
    )
    kept_limit = fields.Monetary(readonly=True, currency_field="kept_currency_id")
    kept_currency_id = fields.Many2one("res.currency", readonly=True)

    def _get_kept_rates(self):
        """Return the rates and the limit of the last check that was passed.

        :return: ``KeptRates`` or None
        """
        if not self.kept_rates:
            return None
        rates = {int(cid): Decimal(rate) for cid, rate in self.kept_rates.items()}
        limit = None
        if self.kept_currency_id:
            limit = (Decimal(str(self.kept_limit)), self.kept_currency_id.id)
        return KeptRates(CreditRates(rates, {}), limit)

    @api.model
    def _keep_checks(self, passed):
        """Keep the rates and the limits of checks that were passed, so that a later
        one can tell a moved rate from a larger purchase.

        :param passed: pairs (commercial partner, ``CreditCheck``); of one customer the
            last one counts
        """
        for partner, check in dict(passed).items():
            account = check.account or self._get_or_create(partner, check.company)
            account._keep_check(check)

    def _keep_check(self, check):
        used = check.exposure.by_currency()
        used = {check.line.currency.id, *used} if check.line else set(used)
        rates = {cid: check.exposure.rates.get(cid) for cid in used}
        self._write_guarded(
            {
                "kept_rates": {str(c): str(rate) for c, rate in rates.items() if rate},
                "kept_limit": check.line.amount if check.line else 0.0,
                "kept_currency_id": check.line and check.line.currency.id,
            }
        )
