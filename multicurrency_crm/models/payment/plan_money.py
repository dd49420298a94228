"""Money as the engine of payment plans takes it: exact, in steps of its currency."""

from decimal import Decimal

from ...engine.payment_plans import round_to

ZERO = Decimal(0)
#: What is no credit note.
INVOICES = ("out_invoice", "out_receipt")


def get_step(currency):
    """Return the smallest amount of a currency, as a Decimal"""
    return Decimal(repr(currency.rounding)).normalize()


def exact(amount, currency):
    """Return money without the error of its binary fraction, as a Decimal"""
    return round_to(Decimal(repr(amount)), get_step(currency))
