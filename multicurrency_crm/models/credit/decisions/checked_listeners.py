"""Goods that leave and money that comes in by modules besides ``sale``: the first is
checked, the second never lost to a check."""

from ...common.customer_present import mark_customer_present
from ...common.process_mark import ProcessMark
from ...neighbours.door import listen
from .carriers_charge import mark_carriers_charge

#: Of this room on every door.
ORDER = 60

#: Borne by goods whose delivery was checked, while it is validated.
_LEAVING = ProcessMark("multicurrency_credit_leaving")


@listen("stock.picking", "_action_done", order=ORDER)
def check_delivery(proceed, pickings, *args, **kwargs):
    """Check the credit of those to whom goods leave the warehouse."""
    pickings.env["sale.order"]._check_credit_to_deliver(pickings)
    return proceed(_LEAVING.put_on(pickings), *args, **kwargs)


@listen("stock.move", "write", order=ORDER)
def check_moved(proceed, moves, vals):
    """Check goods that somebody types to be gone as those whose delivery is
    validated."""
    if vals.get("state") == "done" and not _LEAVING.is_on(moves.env):
        moves.env["sale.order"]._check_credit_to_deliver(moves.picking_id)
    return proceed(moves, vals)


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
