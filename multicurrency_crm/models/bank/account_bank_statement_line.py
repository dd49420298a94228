from odoo import models


class AccountBankStatementLine(models.Model):
    """Lines of banks that somebody else takes apart: what was matched here ends."""

    _inherit = "account.bank.statement.line"

    def action_undo_reconciliation(self):
        result = super().action_undo_reconciliation()
        # sudo: whoever may take a line apart in Odoo needn't be of finance
        Match = self.env["bank.match"].sudo()
        Match.search(
            [("statement_line_id", "in", self.ids), ("state", "=", "matched")]
        )._end()
        return result
