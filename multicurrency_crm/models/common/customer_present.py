"""Whether a customer is at the other end of the call: portal, website, payment.

What such a customer did (signed, paid) is never lost to a check: it is recorded and
told.
"""

from .process_mark import ProcessMark

#: Context key of the mark, for what is computed differently where it is borne.
CUSTOMER_KEY = "multicurrency_customer"

_MARK = ProcessMark(CUSTOMER_KEY)


def mark_customer_present(records):
    """Return ``records``, known to act on behalf of a customer"""
    return _MARK.put_on(records)


def is_customer_present(env):
    """Return True on the paths that Odoo runs on behalf of a customer"""
    return _MARK.is_on(env)
