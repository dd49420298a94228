"""Whether a customer is at the other end of the call: portal, website, payment.

What such a customer did (signed, paid) is never lost to a check: it is recorded and
told. The mark is an object of this process: no context sent from outside can bear it.
"""

_CONTEXT_KEY = "multicurrency_customer"
_MARK = object()


def mark_customer_present(records):
    """:return: ``records``, known to act on behalf of a customer"""
    return records.with_context(**{_CONTEXT_KEY: _MARK})


def is_customer_present(env):
    """:return: True on the paths that Odoo runs on behalf of a customer"""
    return env.context.get(_CONTEXT_KEY) is _MARK
