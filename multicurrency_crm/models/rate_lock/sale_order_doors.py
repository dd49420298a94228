from odoo import models

from ..door import Door, close_doors, open_doors


class PricingDoor(Door):
    """A method that prices something for an order, to which it hands the order in a
    context in which money converts at its pricing rate.

    :param of_order: True where it is the order's own, False where the order is its
        first parameter
    """

    def __init__(self, model, name, of_order=False):
        super().__init__(model, name)
        self.of_order = of_order

    def lead(self, origin):
        if self.of_order:

            def door(order, *args, **kwargs):
                return origin(order._at_pricing_rate(), *args, **kwargs)

        else:

            def door(self, order, *args, **kwargs):
                return origin(self, order._at_pricing_rate(), *args, **kwargs)

        return door


#: Of modules that the addon doesn't depend on.
DOORS = [
    PricingDoor("delivery.carrier", "rate_shipment"),
    PricingDoor("delivery.carrier", "_compute_currency"),
    PricingDoor("stock.move", "_sale_get_invoice_price"),  # sale_project_stock
    # sale_loyalty: rewards (discounts, gift cards, eWallets), which of them is better,
    # and the minimum amounts that they ask for
    PricingDoor("sale.order", "_get_reward_values_discount", of_order=True),
    PricingDoor("sale.order", "_get_discount_amount", of_order=True),
    PricingDoor("sale.order", "_program_check_compute_points", of_order=True),
]


class SaleOrder(models.Model):
    """Prices that modules besides ``sale`` convert by themselves.

    Whether such a module is installed, and whether it loads before this one or after,
    is not known here: an override would need a dependency, or a bridge module each.
    Their methods are led through the locked rate once the registry is complete; a
    registry that is built anew starts without.
    """

    _inherit = "sale.order"

    def _register_hook(self):
        super()._register_hook()
        open_doors(self.env.registry, DOORS)

    def _unregister_hook(self):
        result = super()._unregister_hook()
        close_doors(self.env.registry, DOORS)
        return result
