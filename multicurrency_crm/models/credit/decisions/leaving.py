"""What is about to leave a warehouse, while it is weighed."""

from odoo.tools import frozendict

_KEY = "multicurrency_credit_leaving_quantities"


class _Leaving(frozendict):
    """Quantities by the id of their order line. A context may come from outside, by
    RPC, and nothing from there becomes one of these."""


def mark_leaving(orders, quantities):
    """Return orders that are weighed with what leaves.

    :param quantities: {id of ``sale.order.line``: quantity in its unit}
    """
    return orders.with_context(**{_KEY: _Leaving(quantities)})


def get_leaving(env):
    """Return what leaves, as :func:`mark_leaving` was given it; {}: nothing is known to
    leave."""
    found = env.context.get(_KEY)
    return found if isinstance(found, _Leaving) else {}
