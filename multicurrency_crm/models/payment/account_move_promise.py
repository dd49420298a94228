from odoo import api, fields, models

from .payment_promise import FINANCE, USER


class AccountMove(models.Model):
    """What the customer promised of an invoice."""

    _inherit = "account.move"

    promise_id = fields.Many2one(
        "payment.promise",
        compute="_compute_promise",
        groups=f"{USER},{FINANCE}",
        help="The open promise of its customer to pay it.",
    )
    promise_date = fields.Date(
        string="Promised For",
        compute="_compute_promise",
        groups=f"{USER},{FINANCE}",
        help="The day on which the customer pays, as it says.",
    )

    # === COMPUTE METHODS === #

    # amounts are no dependency: what each line of a document triggers costs everybody
    @api.depends("state")
    def _compute_promise(self):
        promised = self.env["payment.promise"]._find_open_of(self._origin)
        for move in self:
            promise = promised.get(move._origin.id, self.env["payment.promise"])
            move.promise_id = promise.with_env(self.env)
            move.promise_date = promise.date

    def _is_reportable_as_paid(self):
        """Return whether a customer may say, on the portal, that it has paid this."""
        self.ensure_one()
        return (
            # sudo: a customer reads no companies
            self.company_id.sudo().root_id.promise_on_portal
            and self.state == "posted"
            and self.move_type in ("out_invoice", "out_receipt")
            and self.amount_residual > 0
        )

    # === CRUD METHODS === #

    def write(self, vals):
        """What is cancelled, or a draft again, isn't owed; posted again, it is."""
        known = self.browse()
        if "state" in vals and self.env["payment.promise"]._is_any():
            known = self.filtered("posted_before")
        result = super().write(vals)
        if known:
            self.env["payment.promise"]._follow_matched(known)
        return result

    # === ACTIONS === #

    def action_note_promise(self):
        """Ask what the customer promised of these invoices.

        :return: action of the dialog
        """
        return self.env["payment.promise.make"]._open(moves=self)
