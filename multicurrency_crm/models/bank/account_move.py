from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Entries that gave a receipt its customer: their claims alone take them back."""

    _inherit = "account.move"

    def _check_not_of_claim(self):
        """:raises UserError: one of these is the entry of a claim"""
        entries = self.filtered(
            lambda move: move.move_type == "entry" and move.journal_id.type == "general"
        )
        # sudo: whoever works with entries needn't read claims
        claim = entries and self.env["payment.claim"].sudo().search(
            [
                "|",
                ("transfer_move_id", "in", entries.ids),
                ("return_move_id", "in", entries.ids),
            ],
            limit=1,
        )
        if claim:
            raise UserError(
                self.env._(
                    "That entry belongs to the claim of a receipt, %(claim)s: take the "
                    "claim back instead.",
                    claim=claim.display_name,
                )
            )

    def _check_draftable(self):
        self._check_not_of_claim()
        return super()._check_draftable()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_not_of_claim()
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_claim(self):
        self._check_not_of_claim()
