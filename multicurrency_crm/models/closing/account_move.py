from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AccountMove(models.Model):
    """Entries of revaluations: their runs alone post, reverse and take them back."""

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
        though they bring and take one currency of money alone. Whoever posts such
        entries adds those that its own records link to.

        :return: SQL of one column
        """
        return SQL("SELECT NULL::int WHERE FALSE")

    def _check_not_of_revaluation(self):
        """:raises UserError: one of these is the entry of a run"""
        entries = self.filtered(
            lambda move: move.move_type == "entry" and move.journal_id.type == "general"
        )
        # sudo: whoever works with entries needn't read revaluations
        run = entries and self.env["fx.revaluation"].sudo()._find_run_of(entries)
        if run:
            raise UserError(
                self.env._(
                    "That entry belongs to the revaluation %(run)s, which goes by it: "
                    "cancel the revaluation instead.",
                    run=run.display_name,
                )
            )

    def _check_draftable(self):
        self._check_not_of_revaluation()
        return super()._check_draftable()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_not_of_revaluation()
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_revaluation(self):
        self._check_not_of_revaluation()
