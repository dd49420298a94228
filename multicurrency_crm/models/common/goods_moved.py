"""What Odoo's warehouse tells its orders: no client enters it.

That a quantity is called delivered proves nothing. Odoo's own methods that add what a
transfer brought besides bear a mark.
"""

from .process_mark import ProcessMark

_MOVED = ProcessMark("multicurrency_goods_moved")


def mark_goods_moved(records):
    """Return ``records``, known to tell what was moved."""
    return _MOVED.put_on(records)


def is_goods_moved(env):
    return _MOVED.is_on(env)
