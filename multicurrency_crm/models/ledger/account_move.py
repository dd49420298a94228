from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Entries of which other records say what they are."""

    _inherit = "account.move"

    @api.model
    def _get_valuation_query(self):
        """Return the query of the ids of entries that a revaluation has posted, or that
        reverse one. Who posts such entries adds those that its own records link to: no
        journal, and no text, says so.

        :return: SQL of one column
        """
        return SQL("SELECT NULL::int WHERE FALSE")

    @api.model
    def _get_transfer_query(self):
        """Return the query of the ids of entries that move a receipt from nobody to a
        customer: to the customer, it is a payment. Who posts such entries adds its own.

        :return: SQL of one column
        """
        return SQL("SELECT NULL::int WHERE FALSE")
