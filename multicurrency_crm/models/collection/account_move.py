from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .collection_call import FINANCE, USER


class AccountMove(models.Model):
    """What is to be done next about an invoice's customer, and what that customer said
    of the invoice."""

    _inherit = "account.move"

    # no related fields: what a customer's row of the company says can't be sorted by
    collection_next_date = fields.Date(
        string="Next Action On",
        compute="_compute_collection_next",
        search="_search_collection_next_date",
        groups=USER,
    )
    collection_next_action = fields.Selection(
        selection=lambda self: (
            self.env["res.partner"]
            ._fields["collection_next_action"]
            ._description_selection(self.env)
        ),
        string="Next Action",
        compute="_compute_collection_next",
        groups=USER,
    )
    collection_dispute_note = fields.Text(
        string="Disputed in a Call",
        compute="_compute_collection_dispute_note",
        groups=f"{FINANCE},sales_team.group_sale_salesman",
        help="What the customer said of it, by telephone or on the portal, as long as "
        "finance hasn't decided about it.",
    )

    collection_letter_count = fields.Integer(
        string="Letters",
        compute="_compute_collection_letter_count",
        groups=USER,
        help="Reminders of this invoice, as far as you may read them.",
    )
    collection_pause = fields.Char(
        string="Paused",
        compute="_compute_collection_pause",
        groups=USER,
        help="Until when nobody reminds of this invoice, and why.",
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_next(self):
        for move in self:
            customer = move.commercial_partner_id
            move.collection_next_date = customer.collection_next_date
            move.collection_next_action = customer.collection_next_action

    def _search_collection_next_date(self, operator, value):
        return [("commercial_partner_id.collection_next_date", operator, value)]

    @api.depends("credit_disputed_since", "state")
    def _compute_collection_dispute_note(self):
        self.collection_dispute_note = False
        if not self.env["collection.account"]._is_used():
            return
        waiting = self.env["collection.call"]._find_waiting(self._origin)
        for move in self:
            calls = waiting.filtered(
                lambda call, move=move: move._origin in call.move_ids
            )
            told = [
                self.env._(
                    "%(date)s: %(comment)s",
                    date=format_date(self.env, call.date),
                    comment=call.note,
                )
                for call in calls
            ]
            move.collection_dispute_note = "\n".join(told) or False

    def _get_letter_domain(self):
        """Return the domain of the lines of letters that remind of these invoices."""
        return Domain("move_id", "in", self._origin.ids) & Domain(
            "letter_id.state", "!=", "skipped"
        )

    @api.depends_context("uid")
    def _compute_collection_letter_count(self):
        counts = dict(
            self.env["collection.letter.line"]._read_group(
                self._get_letter_domain(), ["move_id"], ["letter_id:count_distinct"]
            )
        )
        for move in self:
            move.collection_letter_count = counts.get(move._origin, 0)

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_collection_pause(self):
        moves = self._origin
        told = self.env["collection.block"]._explain(moves.commercial_partner_id, moves)
        for move in self:
            move.collection_pause = told.get(move._origin.id, False)

    # === ACTIONS === #

    def action_view_letters(self):
        """Open the letters that remind of this invoice."""
        self.ensure_one()
        lines = self.env["collection.letter.line"].search(self._get_letter_domain())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_collection_letter"
        )
        return action | {"domain": [("id", "in", lines.letter_id.ids)], "context": {}}

    def action_pause(self):
        """Open the dialog that pauses reminders of this invoice."""
        self.ensure_one()
        return self.env["collection.block"]._open_new(self.partner_id, self)

    def _find_waiting_calls(self):
        """Return the calls by which customers dispute these invoices.

        :raises AccessError: the user doesn't read these invoices
        :raises UserError: nobody disputes them
        """
        self.check_access("read")
        waiting = self.env["collection.call"]._find_waiting(self)
        if not waiting:
            raise UserError(self.env._("No customer disputes this."))
        return waiting.sudo(False)

    def action_accept_call_dispute(self):
        """Take for disputed what the customer said is.

        :raises AccessError: not finance of that company
        :raises UserError: nobody disputes it
        """
        return self._find_waiting_calls().action_accept_dispute()

    def action_decline_call_dispute(self):
        """Leave it as it is, whatever the customer said.

        :raises AccessError: not finance of that company
        :raises UserError: nobody disputes it
        """
        return self._find_waiting_calls().action_decline_dispute()
