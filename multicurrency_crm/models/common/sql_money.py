"""Money that the database converts, as Odoo does."""

from odoo.tools import SQL


def convert(amount, rate, digits):
    """Return what an amount is worth in company currency, rounded as Odoo rounds.

    Odoo computes in binary fractions, and rounds half away from zero what is a half but
    for their error: 1,850 at 1 EUR = 7.52590 CNY are 13,922.92 CNY, though 13,922.915
    has no binary fraction. PostgreSQL gives a binary fraction 15 decimal places when it
    becomes a decimal one, which is that tolerance; rounding the exact quotient of
    decimals is a cent less in half of these cases.

    :param SQL amount: in the other currency
    :param SQL rate: units of it for 1 unit of company currency
    :param int digits: decimals of company currency
    """
    return SQL("ROUND((%s::float8 / %s::float8)::numeric, %s)", amount, rate, digits)
