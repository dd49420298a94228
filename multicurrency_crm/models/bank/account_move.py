from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountMove(models.Model):
    """Entries of receipts that get a customer, and nothing else."""

    _inherit = "account.move"

    def unlink(self):
        # asked before Odoo parts the items, which ends the match that goes by an entry
        if self and self.env["bank.match"]._is_any():
            self._check_not_bound()
        return super().unlink()

    @api.model
    def _get_transfer_query(self):
        return SQL(
            "%s UNION ALL %s",
            super()._get_transfer_query(),
            self.env["payment.claim"]._get_entries_query(),
        )

    def _note_booked(self):
        """Return what an entry books, whoever is its customer."""
        amounts = self.line_ids.sorted("id").mapped(
            lambda line: (line.id, line.amount_currency, line.balance)
        )
        return self.name, self.date, amounts

    def _check_booked_kept(self, before):
        """:raises UserError: the entry isn't what it was, but for its customer"""
        if self._note_booked() != before or self.state != "posted":
            self._refuse_changed(before[0])

    def _refuse_changed(self, name):
        raise UserError(
            self.env._(
                "%(entry)s would get another day, number or amount: nothing was "
                "booked.",
                entry=name,
            )
        )
