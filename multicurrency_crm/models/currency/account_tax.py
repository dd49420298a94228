from odoo import api, models


class AccountTax(models.Model):
    _inherit = "account.tax"

    @api.model
    def _get_tax_totals_summary(
        self, base_lines, currency, company, cash_rounding=None
    ):
        """Add the code that stands beside the total of a document, where its company
        wants it."""
        totals = super()._get_tax_totals_summary(
            base_lines, currency, company, cash_rounding=cash_rounding
        )
        if code := currency._get_printed_code(company):
            totals["printed_currency_code"] = code
        return totals
