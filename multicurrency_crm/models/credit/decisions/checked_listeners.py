"""Goods that leave and money that comes in by modules besides ``sale``: the first is
checked, the second never lost to a check."""

from ...common.customer_present import mark_customer_present
from ...common.goods_moved import mark_goods_moved
from ...common.process_mark import ProcessMark
from ...neighbours.door import listen
from .carriers_charge import mark_carriers_charge

#: Of this room on every door.
ORDER = 60

#: By what more is said to be gone.
MORE = frozenset({"quantity", "product_uom", "product_uom_id", "sale_line_id"})
#: Borne by goods whose delivery was checked, while it is validated.
_LEAVING = ProcessMark("multicurrency_credit_leaving")


@listen("stock.picking", "_action_done", order=ORDER)
def check_delivery(proceed, pickings, *args, **kwargs):
    """Check the credit of those to whom goods leave the warehouse."""
    Order = pickings.env["sale.order"]
    before = Order._check_credit_to_deliver(pickings)
    leaving = mark_goods_moved(_LEAVING.put_on(pickings))
    result = proceed(leaving, *args, **kwargs)
    Order._check_credit_delivered(before)
    return result


@listen("stock.move", "_action_synch_order", order=ORDER)
def mark_moved(proceed, moves, *args, **kwargs):
    """Add to orders what their transfers brought besides: they grow by that."""
    return proceed(mark_goods_moved(moves), *args, **kwargs)


@listen("stock.picking", "button_validate", order=ORDER)
def leave_behind(proceed, pickings, *args, **kwargs):
    """Validate those of several transfers that may leave, and name the others."""
    Order = pickings.env["sale.order"]
    held = Order._find_held_deliveries(pickings)
    if not held:
        return proceed(pickings, *args, **kwargs)
    ready = pickings.filtered(lambda picking: picking not in held)
    context = pickings.env.context
    if "pickings_to_detach" in context:  # of a batch
        apart = [*context["pickings_to_detach"], *(picking.id for picking in held)]
        ready = ready.with_context(pickings_to_detach=apart)
    return Order._notify_held(held, proceed(ready, *args, **kwargs))


@listen("stock.move", "write", order=ORDER)
def check_moved(proceed, moves, vals):
    """Check goods that somebody types to be gone as those whose delivery is
    validated, and more of those that are gone."""
    if vals.get("state") == "done" and not _LEAVING.is_on(moves.env):
        moves.env["sale.order"]._check_credit_to_deliver(moves.picking_id, moves)
    if MORE.isdisjoint(vals):
        return proceed(moves, vals)
    return _check_more(moves, lambda: proceed(moves, vals))


@listen("stock.move", "create", order=ORDER)
def check_moved_anew(proceed, moves, vals_list):
    """Check goods that somebody enters as gone."""
    rows = [vals_list] if isinstance(vals_list, dict) else vals_list
    if all(vals.get("state") != "done" for vals in rows):
        return proceed(moves, vals_list)
    lines = moves.env["sale.order.line"].browse(
        {vals["sale_line_id"] for vals in rows if vals.get("sale_line_id")}
    )
    # sudo: who moves goods may not read orders, and reads none of this
    return _check_grown(lines.sudo().order_id, lambda: proceed(moves, vals_list))


@listen("stock.move.line", "write", order=ORDER)
def check_moved_more(proceed, lines, vals):
    """Check what somebody adds to goods that are gone already."""
    if MORE.isdisjoint(vals):
        return proceed(lines, vals)
    return _check_more(lines.move_id, lambda: proceed(lines, vals))


@listen("stock.move.line", "create", order=ORDER)
def check_moved_besides(proceed, lines, vals_list):
    """Check what somebody puts beside goods that are gone already."""
    rows = [vals_list] if isinstance(vals_list, dict) else vals_list
    moves = lines.env["stock.move"].browse(
        {vals["move_id"] for vals in rows if vals.get("move_id")}
    )
    return _check_more(moves, lambda: proceed(lines, vals_list))


def _check_more(moves, do):
    """Do something to the quantities of moves; of those that are done already, check
    the orders that grow by it."""
    if _LEAVING.is_on(moves.env) or not moves.env["credit.policy"]._is_used():
        return do()
    # sudo: who moves goods may not read orders, and reads none of this
    done = moves.sudo().filtered(lambda move: move.state == "done")
    if not done or "sale_line_id" not in done._fields:
        return do()
    return _check_grown(done.sale_line_id.order_id, do)


def _check_grown(orders, do):
    before = orders._weigh_credit()
    result = do()
    orders._find_credit_growth(before)._check_credit_growth("deliver")
    return result


@listen("stock.picking", "_add_delivery_cost_to_so", order=ORDER)
def mark_charge(proceed, pickings, *args, **kwargs):
    """Add to an order what the carrier of its goods charged."""
    return proceed(mark_carriers_charge(pickings), *args, **kwargs)


@listen("pos.order", "sync_from_ui", order=ORDER)
# the customer asks for the invoice of what was paid
@listen("pos.order", "_generate_pos_order_invoice", order=ORDER)
# some confirm orders before they call what they override: cash on delivery, pay in the
# shop
@listen("payment.transaction", "_post_process", order=ORDER)
def mark_customer(proceed, records, *args, **kwargs):
    """Take a customer's money, or promise to pay."""
    return proceed(mark_customer_present(records), *args, **kwargs)
