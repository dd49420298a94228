from odoo import models


class SaleOrder(models.Model):
    """What an order comes to, what was paid for it, what of it was invoiced."""

    _name = "sale.order"
    _inherit = ["sale.order", "computed.mixin"]

    _computed_alone = frozenset(
        {
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "currency_rate",
            "delivery_status",  # sale_stock
            "invoice_status",
            "transaction_ids",
        }
    )
