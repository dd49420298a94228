"""What a carrier charges once goods are on their way: no purchase, stopped by no check.

That a line is called a delivery proves nothing. Odoo's own method that adds what the
carrier of a done transfer charged bears a mark.
"""

from ...common.process_mark import ProcessMark

_CHARGE = ProcessMark("multicurrency_carriers_charge")


def mark_carriers_charge(records):
    """Return ``records``, known to add what a carrier charged."""
    return _CHARGE.put_on(records)


def is_carriers_charge(env):
    return _CHARGE.is_on(env)
