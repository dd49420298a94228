from functools import wraps

from odoo import models


class Door:
    """A method that prices something for an order.

    :param model: its model
    :param name: its name
    :param of_order: True where it is the order's own, False where the order is its
        first parameter
    """

    def __init__(self, model, name, of_order=False):
        self.model, self.name, self.of_order = model, name, of_order

    def lead_through(self, model_class):
        """Replace the method on ``model_class`` by one that hands on the order in a
        context in which money converts at its pricing rate."""
        origin = getattr(model_class, self.name)

        if self.of_order:

            @wraps(origin)
            def door(order, *args, **kwargs):
                return origin(order._at_pricing_rate(), *args, **kwargs)

        else:

            @wraps(origin)
            def door(self, order, *args, **kwargs):
                return origin(self, order._at_pricing_rate(), *args, **kwargs)

        door.leads_order = True
        setattr(model_class, self.name, door)

    def is_led_through(self, model_class):
        return hasattr(vars(model_class).get(self.name), "leads_order")


#: Of modules that the addon doesn't depend on.
DOORS = [
    Door("delivery.carrier", "rate_shipment"),
    Door("delivery.carrier", "_compute_currency"),
    Door("stock.move", "_sale_get_invoice_price"),  # sale_project_stock
    # sale_loyalty: rewards (discounts, gift cards, eWallets), which of them is better,
    # and the minimum amounts that they ask for
    Door("sale.order", "_get_reward_values_discount", of_order=True),
    Door("sale.order", "_get_discount_amount", of_order=True),
    Door("sale.order", "_program_check_compute_points", of_order=True),
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
        for door in DOORS:
            model_class = self.env.registry.get(door.model)
            known = model_class and hasattr(model_class, door.name)
            if known and not door.is_led_through(model_class):
                door.lead_through(model_class)

    def _unregister_hook(self):
        result = super()._unregister_hook()
        for door in DOORS:
            model_class = self.env.registry.get(door.model)
            if model_class and door.is_led_through(model_class):
                delattr(model_class, door.name)
        return result
