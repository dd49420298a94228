"""Prices of modules besides ``sale`` that name no currency: they are in the order's."""

from ..neighbours.door import listen

#: Of this room on every door.
ORDER = 20


@listen("delivery.carrier", "rate_shipment", order=ORDER)
@listen("stock.move", "_sale_get_invoice_price", order=ORDER)  # sale_project_stock
def price_in_order_currency(proceed, records, order, *args, **kwargs):
    """Price something for the order that is handed over."""
    return proceed(records, order._in_own_currency(), *args, **kwargs)
