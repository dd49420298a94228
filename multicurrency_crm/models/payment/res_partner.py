from odoo import fields, models

from .payment_promise import FINANCE, USER


class ResPartner(models.Model):
    """What a customer promised to pay."""

    _inherit = "res.partner"

    promise_count = fields.Integer(
        string="Promises",
        compute="_compute_promise_count",
        groups=f"{USER},{FINANCE}",
        help="Open promises to pay.",
    )

    def _compute_promise_count(self):
        """Count what the user may read, a contact's as its company's."""
        Promise, counted = self.env["payment.promise"], {}
        if Promise._is_any():
            groups = Promise._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "=", "open"),
                ],
                ["partner_id"],
                ["__count"],
            )
            counted = dict(groups)
        for partner in self:
            partner.promise_count = counted.get(partner.commercial_partner_id, 0)

    # === ACTIONS === #

    def action_view_promises(self):
        """Open the promises of one customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_payment_promise"
        )
        customer = self.commercial_partner_id
        return action | {
            "domain": [("partner_id", "=", customer.id)],
            "context": {"create": False},
        }

    def action_note_promise(self):
        """Ask what this customer promised.

        :return: action of the dialog
        """
        self.ensure_one()
        return self.env["payment.promise.make"]._open(partner=self)
