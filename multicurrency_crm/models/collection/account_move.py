from odoo import api, fields, models
from odoo.exceptions import UserError
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

    @api.depends("payment_state", "credit_disputed_since")
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

    # === ACTIONS === #

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
