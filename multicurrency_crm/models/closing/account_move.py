from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Entries that value what is open, and those by which money was changed."""

    _inherit = "account.move"

    @api.model
    def _get_valuation_query(self):
        return SQL(
            "%s UNION ALL %s",
            super()._get_valuation_query(),
            self.env["fx.revaluation"]._get_entries_query(),
        )

    @api.model
    def _get_exchange_entries_query(self):
        """Return the query of the ids of entries by which money was changed at a bank,
        though they bring and take one currency of money alone.

        :return: SQL of one column
        """
        return self.env["fx.conversion"]._get_entries_query()
