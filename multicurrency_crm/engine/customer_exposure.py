"""What one customer, or a group of them, could cost, by component and by currency: rows
added up and converted; no Odoo. Currencies are told apart by their ids."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from .credit_exposure import Part, is_material, total_exposure

#: Begins the parts that are figures besides, such as ``figure_30``: what is more than
#: 30 days overdue. All other parts add up to the exposure.
FIGURE = "figure_"
#: Parts of what is owed already.
OWED = frozenset({"not_due", "days_30", "days_60", "days_90", "older", "disputed"})
ONE = Decimal(1)


class CreditRates:
    """Credit rates of a company on a day.

    :param rates: {currency id: Decimal}, units of it for 1 of company currency
    :param dates: {currency id: date} since when each holds
    """

    def __init__(self, rates, dates):
        self.rates, self.dates = rates, dates
        self._pairs = {}
        self._json = {}

    def get(self, currency_id):
        """Return the rate of a currency; None without one."""
        return self.rates.get(currency_id)

    def to_json(self, currency_id):
        """Return the rate of a currency and its day as they are stored.

        :return: {"rate": float, "rate_date": text}; empty without a rate
        """
        if currency_id not in self._json:
            known = currency_id in self.rates and currency_id in self.dates
            self._json[currency_id] = known and {
                "rate": float(self.rates[currency_id]),
                "rate_date": str(self.dates[currency_id]),
            }
        return self._json[currency_id] or {}

    def convert(self, currency_id, target_id, locked_rate=None):
        """Return what 1 of a currency is in another.

        :param locked_rate: units of the currency for 1 of company currency, in the
            place of its rate
        :return: Decimal; None where a rate is missing
        """
        if currency_id == target_id:
            return ONE
        if locked_rate:
            target = self.get(target_id)
            return target / locked_rate if target else None
        pair = currency_id, target_id
        if pair not in self._pairs:
            own, target = map(self.get, pair)
            self._pairs[pair] = target / own if own and target else None
        return self._pairs[pair]


class CreditRatesOnDemand(CreditRates):
    """Credit rates that are found once another currency than the company's is asked
    for: who trades in one currency asks for none.

    :param own_id: company currency, of which 1 is 1
    :param find: function() → :class:`CreditRates` of the same company and day
    """

    def __init__(self, own_id, find):
        self._own_id, self._find = own_id, find
        self._pairs = {}
        self._json = {}

    @cached_property
    def _found(self):
        """The rates, found when they are asked for first."""
        return self._find()

    @property
    def rates(self):
        """{currency id: Decimal}."""
        return self._found.rates

    @property
    def dates(self):
        """{currency id: date}."""
        return self._found.dates

    def get(self, currency_id):
        """Return the rate of a currency; None without one."""
        return ONE if currency_id == self._own_id else self._found.get(currency_id)


class CustomerExposure:
    """What one customer could cost, by component and by currency.

    :param rates: :class:`CreditRates`
    :param bool across: credit in one currency pays debt in another
    :param floor: Decimal in company currency, up to which overdue amounts decide
        nothing
    :param floors: {currency id: Decimal}, in its place for some currencies
    """

    def __init__(self, rates, across, floor, floors):
        self._rows = []
        self._figures = {}
        self._late = {}  # what overdue_by_currency has found
        self.rates = rates
        self._across = across
        self._floor = floor
        self._floors = floors

    @property
    def rows(self):
        """List of (part, currency id, locked rate or None, Decimal amount)."""
        return self._rows

    @property
    def figures(self):
        """{name: {currency id: Decimal}}: what is no part of the exposure."""
        return self._figures

    def add(self, part, currency_id, locked_rate, amount):
        """Add an amount to a part, or keep it as a figure besides.

        :param locked_rate: units of the currency for 1 of company currency, or None
        """
        if part.startswith(FIGURE):
            self._figures.setdefault(part[len(FIGURE) :], {})[currency_id] = amount
        else:
            self._rows.append((part, currency_id, locked_rate, amount))

    def get_booked(self, figure):
        """Return one of the figures by booked value.

        :return: float, in company currency
        """
        return float(sum(self.figures.get(figure, {}).values()))

    def find_missing(self, target_id):
        """Find the currencies that can't be converted into another one.

        :return: set of ids
        """
        return {
            currency_id
            for _part, currency_id, locked, amount in self.rows
            if amount and self.rates.convert(currency_id, target_id, locked) is None
        }

    def total(self, target_id, rates=None):
        """Add up the exposure in a currency, at the credit rates or at those of another
        day; amounts without a rate are left out (see :meth:`find_missing`).

        :return: Decimal, not rounded
        """
        rates = rates or self.rates
        parts = []
        for _part, currency_id, locked, amount in self.rows:
            rate = rates.convert(currency_id, target_id, locked)
            if rate is not None:
                parts.append(Part(currency_id, amount, rate))
        return total_exposure(parts, self._across)

    def overdue(self, target_id, days=0, limit=None):
        """Add up what is overdue beyond so many days, and material.

        :param limit: (Decimal amount, currency id) or None
        :return: Decimal in the target currency; amounts at or below a floor are 0
        """
        total = Decimal(0)
        if str(days) not in self.figures:
            return total
        for currency_id, amount in self.overdue_by_currency(days, limit).items():
            total += amount * (self.rates.convert(currency_id, target_id) or 0)
        return total

    def overdue_at_all(self, target_id):
        """Add up what is late, however little, in a currency."""
        return sum(
            amount * (self.rates.convert(currency_id, target_id) or 0)
            for currency_id, amount in self.figures.get("0", {}).items()
        )

    def overdue_by_currency(self, days=0, limit=None):
        """Find the material amounts that are overdue beyond so many days.

        :param limit: (Decimal amount, currency id) or None
        :return: {currency id: Decimal}
        """
        late = self.figures.get(str(days))
        if not late:
            return {}
        if (days, limit) not in self._late:
            self._late[days, limit] = {
                currency_id: amount
                for currency_id, amount in late.items()
                if self._is_material(currency_id, amount, limit)
            }
        return self._late[days, limit]

    def overdue_share(self, target_id, limit=None):
        """Return material overdue amounts / open debits, before allocation; 0 without
        any.

        :return: None where currencies are to be added up and one has no rate
        """
        late = self.overdue_by_currency(0, limit)
        if not late:
            return 0.0
        debits = self._get_debits()
        # of one currency only, the share is the same at any rate
        rates = dict.fromkeys(debits, ONE)
        if len(debits) > 1:
            rates = {cid: self.rates.convert(cid, target_id) for cid in debits}
        if None in rates.values():
            return None
        total = sum(amount * rates[cid] for cid, amount in debits.items())
        overdue = sum(amount * rates[cid] for cid, amount in late.items())
        return float(overdue / total) if total else 0.0

    def _get_debits(self):
        """Return open debits before allocation: a figure of their own where they aren't
        the sum of what is left.

        :return: {currency id: Decimal}
        """
        debits = {}
        for part, currency_id, _locked, amount in self.rows:
            if part in OWED:
                debits[currency_id] = debits.get(currency_id, Decimal(0)) + amount
        return debits | self.figures.get("debits", {})

    def _is_material(self, currency_id, amount, limit):
        """Return whether an overdue amount decides anything, by floor and limit."""
        floor = self._floors.get(currency_id)
        if floor is None:
            floor = self._floor and self._floor * (self.rates.get(currency_id) or 0)
        bound = None
        if limit:
            rate = self.rates.convert(limit[1], currency_id)
            bound = limit[0] * rate if rate is not None else None
        return is_material(amount, floor, bound)

    def by_currency(self):
        """Add up the exposure in each currency.

        :return: {currency id: Decimal}
        """
        sums = {}
        for _part, currency_id, _locked, amount in self.rows:
            sums[currency_id] = sums.get(currency_id, Decimal(0)) + amount
        return sums

    def to_json(self):
        """Return the exposure in each currency, what is locked apart from the rest, by
        component, with the rate that converts it (units for 1 of company currency) and
        its day: what adds up to the total.

        :return: list of dicts, as ``credit.assessment.currencies`` keeps them
        """
        rows = {}
        for part, currency_id, locked, amount in self.rows:
            row = rows.setdefault(
                (currency_id, locked or None), {"amount": Decimal(0), "parts": {}}
            )
            row["amount"] += amount
            row["parts"][part] = row["parts"].get(part, 0.0) + float(amount)
        return [
            {
                "currency_id": currency_id,
                "amount": float(row["amount"]),
                "parts": row["parts"],
                **(
                    {"rate": float(locked), "locked": True}
                    if locked
                    else self.rates.to_json(currency_id)
                ),
            }
            for (currency_id, locked), row in rows.items()
        ]


class GroupExposure(CustomerExposure):
    """The exposures of several customers, in one or more companies.

    :param terms: a ``CustomerExposure`` of the company that asks: with its rates and
        floors the group's is added up
    :param members: [``CustomerExposure``] of that company; what is added to one of
        them later counts in the group, too
    """

    def __init__(self, terms, members):
        super().__init__(terms.rates, terms._across, terms._floor, terms._floors)
        self._members = list(members)
        self._others = []

    def take(self, exposures, company_currency_id):
        """Count exposures of another company, or of customers that aren't changed any
        longer.

        A rate that is locked in that company's currency becomes one in this company's,
        or none where the rate between the two isn't known.

        :param company_currency_id: of the company whose exposures they are
        """
        unit = self.rates.get(company_currency_id)
        for exposure in exposures:
            self._others.append(exposure)
            for part, currency_id, locked, amount in exposure.rows:
                kept = locked * unit if locked and unit else None
                self._rows.append((part, currency_id, kept, amount))

    @property
    def rows(self):
        """List of rows, as of one customer: what was taken, and the members' of now."""
        own = [row for member in self._members for row in member.rows]
        return [*self._rows, *own]

    @property
    def figures(self):
        """{name: {currency id: Decimal}}, added up over all customers."""
        sums = {}
        for exposure in [*self._others, *self._members]:
            for name, amounts in exposure.figures.items():
                known = sums.setdefault(name, {})
                for currency_id, amount in amounts.items():
                    known[currency_id] = known.get(currency_id, Decimal(0)) + amount
        return sums


@dataclass(frozen=True, slots=True)
class KeptRates:
    """At which rates, and against which limit, the last check was passed."""

    rates: CreditRates
    limit: tuple[Decimal, int] | None  # (amount, currency id)

    def total(self, exposure, currency_id):
        """Add up an exposure of today at the rates of that check."""
        return exposure.total(currency_id, self._complete(exposure))

    def limit_in(self, exposure, currency_id):
        """Return the limit of that check in a currency; None where there was none."""
        if not self.limit:
            return None
        amount, limit_currency = self.limit
        rate = self._complete(exposure).convert(limit_currency, currency_id)
        return None if rate is None else amount * rate

    def _complete(self, exposure):
        """Currencies that check didn't ask for have today's rates."""
        rates = {**exposure.rates.rates, **self.rates.rates}
        return CreditRates(rates, exposure.rates.dates)
