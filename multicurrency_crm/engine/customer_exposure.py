"""What one customer could cost, by component and by currency: rows added up, converted.

Currencies are known by their ids.
"""

from decimal import Decimal

from .credit_exposure import Part, is_material, total_exposure

#: Beginning of the parts that are figures beside the exposure, such as what is later
#: than so many days; the others add up to it.
TOLD = "told_"
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
        self._as_json = {}

    def to_json(self, currency_id):
        """Return {"rate": float, "rate_date": text}; empty without a rate."""
        if currency_id not in self._as_json:
            known = currency_id in self.rates and currency_id in self.dates
            self._as_json[currency_id] = known and {
                "rate": float(self.rates[currency_id]),
                "rate_date": str(self.dates[currency_id]),
            }
        return self._as_json[currency_id] or {}

    def convert(self, currency_id, target_id, locked_rate=None):
        """Return what 1 of a currency is in another; None where a rate is missing."""
        if currency_id == target_id:
            return ONE
        if locked_rate:
            target = self.rates.get(target_id)
            return target / locked_rate if target else None
        pair = currency_id, target_id
        if pair not in self._pairs:
            own, target = map(self.rates.get, pair)
            self._pairs[pair] = target / own if own and target else None
        return self._pairs[pair]


class CustomerExposure:
    """What one customer could cost, by component and by currency.

    :param rates: :class:`CreditRates`
    :param bool across: credit in one currency pays debt in another
    :param floor: Decimal in company currency, up to which overdue amounts decide
        nothing
    :param floors: {currency id: Decimal}, in its place for some currencies
    """

    def __init__(self, rates, across, floor, floors):
        self.rows = []  # (part, currency id, locked rate or 0, amount)
        self.told = {}  # {what: {currency id: amount}}, no part of the exposure
        self._late = {}  # what overdue_by_currency has found
        self.rates = rates
        self._across = across
        self._floor = floor  # Decimal, company currency
        self._floors = floors  # {currency id: Decimal}

    def add(self, part, currency_id, locked_rate, amount):
        """Add one row: an amount of a part, at a locked rate or none."""
        if part.startswith(TOLD):
            self.told.setdefault(part[len(TOLD) :], {})[currency_id] = amount
        else:
            self.rows.append((part, currency_id, locked_rate, amount))

    def get_booked(self, what):
        """Return one of the figures by booked value, in company currency."""
        return float(sum(self.told.get(what, {}).values()))

    def find_missing(self, target_id):
        """Return the ids of currencies that can't be converted."""
        return {
            currency_id
            for _part, currency_id, locked, amount in self.rows
            if amount and self.rates.convert(currency_id, target_id, locked) is None
        }

    def total(self, target_id, rates=None):
        """Return the exposure in a currency, at credit rates or those of another day.

        Amounts without a rate are left out (see :meth:`find_missing`).

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
        """Return what is overdue beyond so many days, and material.

        :param limit: (Decimal amount, currency id) or None
        :return: Decimal in the target currency; amounts at or below a floor are 0
        """
        total = Decimal(0)
        if str(days) not in self.told:
            return total
        for currency_id, amount in self.overdue_by_currency(days, limit).items():
            total += amount * (self.rates.convert(currency_id, target_id) or 0)
        return total

    def overdue_at_all(self, target_id):
        """Return what is late, however little, in a currency."""
        return sum(
            amount * (self.rates.convert(currency_id, target_id) or 0)
            for currency_id, amount in self.told.get("0", {}).items()
        )

    def overdue_by_currency(self, days=0, limit=None):
        """Return {currency id: Decimal} of material overdue amounts."""
        late = self.told.get(str(days))
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
        """Return material overdue amounts / open debits before allocation.

        :return: 0 without any; None where currencies are to be added up and one has no
            rate
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
        """Return {currency id: Decimal} of open debits before allocation.

        The books give them where they aren't the sum of what is left.
        """
        debits = {}
        for part, currency_id, _locked, amount in self.rows:
            if part in OWED:
                debits[currency_id] = debits.get(currency_id, Decimal(0)) + amount
        return debits | self.told.get("debits", {})

    def _is_material(self, currency_id, amount, limit):
        """Return whether an overdue amount decides anything, by floor and limit."""
        floor = self._floors.get(currency_id)
        if floor is None:
            floor = self._floor * self.rates.rates.get(currency_id, 0)
        bound = None
        if limit:
            rate = self.rates.convert(limit[1], currency_id)
            bound = limit[0] * rate if rate is not None else None
        return is_material(amount, floor, bound)

    def by_currency(self):
        """Return {currency id: Decimal}, the exposure in each currency."""
        sums = {}
        for _part, currency_id, _locked, amount in self.rows:
            sums[currency_id] = sums.get(currency_id, Decimal(0)) + amount
        return sums

    def to_json(self):
        """Return what adds up to the total: the exposure in each currency.

        What is locked stands apart from the rest; each by component, with the rate that
        converts it (units for 1 of company currency) and its day.

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
