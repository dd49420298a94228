"""Whether a customer is at the other end of the call: portal, website, payment.

What such a customer did (signed, paid) is never lost to a check: it is recorded and
told.
"""

from .process_mark import ProcessMark

#: Context key of the mark, for what is computed differently where it is borne.
CUSTOMER_KEY = "multicurrency_customer"

_MARK = ProcessMark(CUSTOMER_KEY)
_COLLEAGUE = ProcessMark("multicurrency_colleague")


def mark_customer_present(records):
    """Return ``records``, known to act on behalf of a customer"""
    return _MARK.put_on(records)


def mark_colleague_signs(records):
    """Return ``records``, known to be signed by an internal user in a customer's place:
    that is a colleague's act, and checked as one"""
    return _COLLEAGUE.put_on(records)


def is_colleague_signing(env):
    """Return True where an internal user signs in a customer's place"""
    return _COLLEAGUE.is_on(env)


def is_customer_present(env):
    """Return True on the paths that Odoo runs on behalf of a customer"""
    return _MARK.is_on(env)
