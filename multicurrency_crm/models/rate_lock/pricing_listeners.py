"""Prices that modules besides ``sale`` convert by themselves: they convert at the
order's pricing rate, too."""

from ..neighbours.door import listen

#: Of this room on every door.
ORDER = 40


@listen("delivery.carrier", "rate_shipment", order=ORDER)
@listen("delivery.carrier", "_compute_currency", order=ORDER)
@listen("stock.move", "_sale_get_invoice_price", order=ORDER)  # sale_project_stock
def price_for_order(proceed, records, order, *args, **kwargs):
    """Price something for the order that is handed over."""
    return proceed(records, order._at_pricing_rate(), *args, **kwargs)


# sale_loyalty: rewards (discounts, gift cards, eWallets), which of them is better, and
# the minimum amounts that they ask for
@listen("sale.order", "_get_reward_values_discount", order=ORDER)
@listen("sale.order", "_get_discount_amount", order=ORDER)
@listen("sale.order", "_program_check_compute_points", order=ORDER)
def price_of_order(proceed, order, *args, **kwargs):
    """Price something that is the order's own."""
    return proceed(order._at_pricing_rate(), *args, **kwargs)
