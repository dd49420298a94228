"""Goods that leave a warehouse make the instalments due that wait for the shipment."""

from ..neighbours.door import listen

#: Of this room on every door.
ORDER = 100


@listen("stock.picking", "_action_done", order=ORDER)
def fire_shipment(proceed, pickings, *args, **kwargs):
    """Note, once goods have left, that their orders were shipped."""
    result = proceed(pickings, *args, **kwargs)
    Plan = pickings.env["payment.plan"]
    if not Plan._is_used() or "sale_line_id" not in pickings.env["stock.move"]._fields:
        return result
    # sudo: who moves goods reads no orders
    gone = pickings.sudo().filtered(
        lambda picking: (
            picking.state == "done" and picking.picking_type_id.code == "outgoing"
        )
    )
    for picking in gone:
        orders = picking.move_ids.sale_line_id.order_id.filtered("has_payment_plan")
        if orders:
            day = orders.company_id[:1]._get_day_of(picking.date_done)
            Plan._fire_shipment(orders, day)
    return result
