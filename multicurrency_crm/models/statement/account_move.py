from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .customer_statement import FINANCE


class AccountMove(models.Model):
    """Whether the customer said of an invoice, in answer to a statement, that it is
    wrong: finance accepts that, and the invoice is disputed since then."""

    _inherit = "account.move"

    statement_dispute_note = fields.Text(
        string="Disputed by the Customer",
        compute="_compute_statement_dispute_note",
        groups=f"{FINANCE},sales_team.group_sale_salesman",
        help="What the customer said of it in answer to a statement, as long as "
        "finance hasn't accepted that.",
    )

    # === COMPUTE METHODS === #

    @api.depends("credit_disputed_since", "state")
    def _compute_statement_dispute_note(self):
        by_move = self._find_waiting_disputes().grouped("move_id")
        for move in self:
            lines = by_move.get(move._origin, ())
            note = "\n".join(map(self._format_dispute, lines))
            move.statement_dispute_note = note or False

    @api.model
    def _format_dispute(self, line):
        return self.env._(
            "%(statement)s, on %(date)s: %(comment)s",
            # sudo: who reads the invoice may not read the statement
            statement=line.sudo().statement_id.display_name,
            date=format_date(self.env, line.disputed_on),
            comment=line.dispute_comment,
        )

    def _find_waiting_disputes(self):
        """Return lines of statements by which customers dispute these invoices, and
        which finance hasn't accepted; those that the user may read."""
        Line = self.env["customer.statement.line"]
        ours = Domain("move_id", "in", self._origin.ids)
        found = Line.search(ours & Line._get_waiting_domain(), order="disputed_on, id")
        return found._filter_waiting()

    # === ACTIONS === #

    def action_accept_dispute(self):
        """Take these invoices for disputed, since the day on which their customer said
        so in answer to a statement.

        :raises AccessError: not finance of that company
        :raises UserError: the customer disputes none of them
        """
        self.check_access("read")
        waiting = self._find_waiting_disputes()
        if not waiting:
            raise UserError(self.env._("No customer disputes this."))
        for statement, lines in waiting.grouped("statement_id").items():
            statement._accept_disputes(lines)
        return True
