from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """From the quotation to the extension of its lock."""

    _inherit = "sale.order"

    def action_extend_rate_lock(self):
        """Open the dialog that asks for a later end, or for another rate.

        :raise UserError: no lock that can be extended
        :raise AccessError: neither the lock's owner nor a manager
        """
        self.ensure_one()
        if not self.rate_lock_id:
            raise UserError(
                self.env._(
                    "%(order)s has no rate lock to extend: lock its rate first.",
                    order=self.name,
                )
            )
        return self.rate_lock_id.action_extend()
