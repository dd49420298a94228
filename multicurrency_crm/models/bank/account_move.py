from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """Entries of charges: the match that wrote them off alone takes them back."""

    _inherit = "account.move"

    def _check_not_of_match(self):
        """:raises UserError: one of these writes off what a match still counts on"""
        entries = self.filtered(
            lambda move: (
                move.move_type == "entry"
                and move.journal_id.type in ("bank", "cash", "credit")
                and not move.statement_line_id
                and not move.origin_payment_id
            )
        )
        if not entries:
            return
        # sudo: whoever works with entries needn't read what was matched
        match = (
            self.env["bank.match"]
            .sudo()
            .search(
                [("charge_move_id", "in", entries.ids), ("state", "=", "matched")],
                limit=1,
            )
        )
        if match:
            raise UserError(
                self.env._(
                    "That entry writes off the charges of %(match)s: undo the match "
                    "instead.",
                    match=match.display_name,
                )
            )

    def _check_draftable(self):
        self._check_not_of_match()
        return super()._check_draftable()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_not_of_match()
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_match(self):
        self._check_not_of_match()
