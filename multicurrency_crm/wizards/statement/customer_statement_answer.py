from odoo import fields, models

from ...models.statement.customer_statement_answer import Answer


class CustomerStatementAnswer(models.TransientModel):
    """What a customer answered by telephone or letter, recorded by finance."""

    _name = "customer.statement.answer"
    _description = "Answer to a Statement"
    _inherit = ["reason.wizard"]

    kind = fields.Selection(
        selection=[
            ("confirm", "Confirm"),
            ("dispute", "Dispute"),
            ("reopen", "Reopen"),
        ],
        required=True,
        readonly=True,
    )
    statement_id = fields.Many2one(
        "customer.statement", required=True, readonly=True, ondelete="cascade"
    )
    said_by = fields.Char(string="Who Said So")
    line_ids = fields.Many2many(
        "customer.statement.line",
        string="Disputed Lines",
        domain="[('statement_id', '=', statement_id)]",
    )

    def _apply(self):
        statement = self.statement_id
        statement._check_finance()
        if self.kind == "reopen":
            return statement._reopen(self.reason)
        answer = Answer(self.said_by or "", note=self.reason, user=self.env.user)
        if self.kind == "confirm":
            return statement._confirm(answer)
        return statement._dispute(answer, dict.fromkeys(self.line_ids.ids, self.reason))
