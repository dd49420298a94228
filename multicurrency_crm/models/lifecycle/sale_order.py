from odoo import Command, models


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

    def _list_ordered_again(self):
        """Return the lines that order the same products once more, at today's prices.

        :return: list of commands
        """
        return [
            Command.create(
                {
                    "product_id": line.product_id.id,
                    "product_uom_qty": line.product_uom_qty,
                    "product_uom_id": line.product_uom_id.id,
                }
            )
            for line in self.order_line
            if line._is_ordered_again()
        ]
