from odoo import models


class SaleOrder(models.Model):
    """Follow-ups of quotations and orders."""

    _inherit = "sale.order"

    def _get_follow_up_customer(self):
        """Return the customer of this order."""
        return self.partner_id.commercial_partner_id

    def action_note_follow_up(self):
        """Open the dialog that notes what was said about this order."""
        self.ensure_one()
        return self.env["customer.follow.up"]._open_dialog(self)
