"""Money that the database converts, as Odoo does."""

from odoo.tools import SQL


def convert(amount, rate, currency):
    """Return what an amount is worth in another currency, rounded as Odoo rounds.

    Odoo computes in binary fractions, and rounds half away from zero what is a half but
    for their error: 1,850 at 1 EUR = 7.52590 CNY are 13,922.92 CNY, though 13,922.915
    has no binary fraction. PostgreSQL gives a binary fraction 15 digits when it becomes
    a decimal one, which is that tolerance; rounding the exact quotient of decimals is a
    cent less in half of these cases.

    :param SQL amount: to convert
    :param SQL rate: units of its currency for 1 unit of ``currency``
    :param currency: ``res.currency``
    """
    return SQL(
        "ROUND((%(amount)s::float8 / %(rate)s::float8 / %(step)s::float8)::numeric)"
        " * %(step)s::numeric",
        amount=amount,
        rate=rate,
        step=currency.rounding,
    )
