from odoo import models
from odoo.exceptions import AccessError


class SaleOrder(models.Model):
    """The rate of an order with a lock is the lock's."""

    _inherit = "sale.order"

    def write(self, vals):
        if "currency_rate" in vals:
            # rights come first: a refusal tells nobody what is locked
            self.check_access("write")
        # sudo: whether the rate is locked is asked of orders that the user may write
        if "currency_rate" in vals and any(self.sudo().mapped("locked_rate")):
            # sudo: whether the rate is locked is asked of orders that the user may
            # write
            raise AccessError(
                self.env._(
                    "The rate of %(orders)s is locked and can't be written: release "
                    "it first.",
                    orders=", ".join(
                        self.sudo().filtered("locked_rate").mapped("name")
                    ),
                )
            )
        return super().write(vals)
