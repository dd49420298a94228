from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_ordered_again(self):
        """Return whether a line may be ordered once more as it is: goods that are still
        sold. What belongs to a combo is chosen anew."""
        product = self.product_id
        return bool(
            product.active
            and product.sale_ok
            and product.type != "combo"
            and not self.combo_item_id
            and not self.is_downpayment
            and self.product_uom_qty > 0
        )
