"""What a customer could cost, from plain rows: Decimal amounts, no Odoo.

Amounts that are added up are in one currency, unless a parameter says otherwise; a
conversion happens once, where the caller names its rate.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
#: An overdue amount up to this share of the limit decides nothing.
MATERIAL_SHARE = Decimal("0.01")


class OpenItem(NamedTuple):
    """A receivable's instalment, or money and credit that isn't allocated."""

    currency: str
    due: date
    amount: Decimal  # above 0: the customer owes it; below 0: it is in its favour


class Part(NamedTuple):
    """A part of an exposure, and what converts it."""

    currency: object
    amount: Decimal  # below 0 where the customer has credit
    rate: Decimal  # units of the target currency for 1 of ``currency``


class Breach(NamedTuple):
    """By how much a limit is exceeded, in its currency, and why."""

    excess: Decimal
    reason: str  # bought_more, pays_late, limit_lowered, rate_moved


def to_invoice(
    ordered: Decimal, delivered: Decimal, unit_gross: Decimal, invoiced: Decimal
) -> tuple[Decimal, Decimal]:
    """Return what an order line has yet to bring, delivered and not.

    Unit price with tax × the greater of what was ordered and what was delivered − what
    was invoiced, at least 0. 10 ordered, 4 delivered, 11 each, 22 invoiced: 22 of what
    was delivered and 66 of the rest.

    :param unit_gross: for one unit, tax and discount included
    :param invoiced: with tax, net of credit notes, deposits included
    :return: (delivered part, undelivered part): what was invoiced is taken from what
        was delivered first, as goods are invoiced before promises. Both at most 0 for
        what lowers an order: a discount (price below 0) or goods that come back
        (ordered below 0)
    """
    sign = 1
    if unit_gross < 0:
        unit_gross, invoiced, sign = -unit_gross, -invoiced, -sign
    if ordered < 0:
        ordered, delivered = -ordered, -delivered
        invoiced, sign = -invoiced, -sign
    total = max(unit_gross * max(ordered, delivered) - invoiced, ZERO)
    shipped = min(max(unit_gross * delivered - invoiced, ZERO), total)
    return sign * shipped, sign * (total - shipped)


def allocate(items: Iterable[OpenItem]) -> list[OpenItem]:
    """Return what is left of receivables after money and credits in their currency.

    The oldest due is settled first.

    :return: the instalments that are still owed, oldest first, and for each currency
        with more credit than debt one item below 0, due on its newest credit's day
    """
    by_currency = {}
    for item in sorted(items, key=lambda item: item.due):
        by_currency.setdefault(item.currency, []).append(item)
    left = []
    for currency, rows in by_currency.items():
        credit = -sum(row.amount for row in rows if row.amount < 0)
        for row in rows:
            if row.amount > 0:
                paid = min(row.amount, credit)
                credit -= paid
                if row.amount > paid:
                    left.append(OpenItem(currency, row.due, row.amount - paid))
        if credit > 0:
            newest = max(row.due for row in rows if row.amount < 0)
            left.append(OpenItem(currency, newest, -credit))
    return sorted(left, key=lambda item: (item.due, item.currency))


def total_exposure(parts: Iterable[Part], across: bool) -> Decimal:
    """Return the exposure of all currencies in one, never below 0.

    :param parts: amounts with the rate of each; one currency may have several rates,
        as orders at locked rates do
    :param across: whether credit in one currency makes up for debt in another
    :return: in the target currency, not rounded
    """
    by_currency = {}
    for part in parts:
        amount, value = by_currency.get(part.currency, (ZERO, ZERO))
        by_currency[part.currency] = (
            amount + part.amount,
            value + part.amount * part.rate,
        )
    values = [
        value if across else max(value, ZERO)
        for amount, value in by_currency.values()
        if across or amount > 0
    ]
    return max(sum(values, ZERO), ZERO)


def secured(amount: Decimal, open_share: Decimal) -> Decimal:
    """Return the part of an amount that its payment term leaves open.

    :param open_share: 0 (prepaid, confirmed letter of credit) to 1 (open account)
    :raises ValueError: a share outside 0 to 1
    """
    if not 0 <= open_share <= 1:
        raise ValueError(f"{open_share} is no share between 0 and 1")
    return amount * open_share


def is_material(overdue: Decimal, floor: Decimal, limit: Decimal | None) -> bool:
    """Return whether an overdue amount decides anything.

    Above the larger of the currency's floor and 1 % of the limit, so that a bank's
    charge trips nothing.

    :param limit: None where none is set
    """
    return overdue > max(floor, (limit or ZERO) * MATERIAL_SHARE)


def explain_breach(
    exposure: Decimal,
    limit: Decimal,
    at_kept_rates: Decimal,
    kept_limit: Decimal | None,
    overdue: Decimal,
) -> Breach | None:
    """Return why a limit is exceeded; all amounts in the limit's currency.

    :param exposure: at the rates of today
    :param limit: the limit of today
    :param at_kept_rates: today's exposure at the rates kept with the last passed check
    :param kept_limit: the limit of that check; None without one
    :param overdue: what is late of the exposure, in material amounts
    :return: None within the limit
    """
    excess = exposure - limit
    if excess <= 0:
        return None
    if kept_limit is not None and limit < kept_limit and at_kept_rates <= kept_limit:
        return Breach(excess, "limit_lowered")
    if at_kept_rates <= limit:
        return Breach(excess, "rate_moved")
    if overdue >= excess:
        return Breach(excess, "pays_late")
    return Breach(excess, "bought_more")
