from odoo import models


class SaleOrder(models.Model):
    """An order covered by forwards."""

    _name = "sale.order"
    _inherit = ["sale.order", "fx.covered.mixin"]

    _cover_field = "order_id"

    def _get_cover_limit(self):
        return self.amount_total

    def _action_cancel(self):
        result = super()._action_cancel()
        self._uncover()
        return result
