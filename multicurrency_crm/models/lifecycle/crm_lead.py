from odoo import models


class CrmLead(models.Model):
    """Follow-ups of opportunities."""

    _inherit = "crm.lead"

    def write(self, vals):
        """Have what was said about opportunities that get a customer, or another one,
        count for it."""
        if not vals.get("partner_id") or not self.env["customer.follow.up"]._is_any():
            return super().write(vals)
        moved = self.filtered(lambda lead: lead.partner_id.id != vals["partner_id"])
        result = super().write(vals)
        self.env["customer.follow.up"]._adopt(moved)
        return result

    def _get_follow_up_customer(self):
        """Return the customer of this opportunity; none where it has none yet."""
        return self.partner_id.commercial_partner_id

    def action_note_follow_up(self):
        """Open the dialog that notes what was said about this opportunity."""
        self.ensure_one()
        return self.env["customer.follow.up"]._open_dialog(self)
