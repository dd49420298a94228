import re
from decimal import Decimal

from odoo import models
from odoo.tools import format_date, formatLang

from ...engine.history import (
    find_direction,
    fold,
    get_distance,
    get_implied_rate,
    is_far,
    is_per_hundred,
    is_rate_clear,
    is_rate_open,
    read_rate,
)
from .customer_import_checking import RowError

#: Headers of amounts in company currency that are of what is open, not of the document.
OF_OPEN = re.compile(r"open|residual|closing|balance|outstanding|due|余额|未|期末")
#: How many times the tolerance a rate may be off before its row is an error.
FAR = 5
#: How far a rate may be off one of another time: figures may be of many years before.
FIRST_FAR, PAST_FAR = 2.0, 19.0


class CustomerImport(models.Model):
    """What a row is worth in company currency: by the amount or the rate of the file,
    held against the rate of its day."""

    _inherit = "customer.import"

    def _get_first_spot(self, currency, day, facts):
        """Return the first rate that is known of after a day: what a file says of a day
        without one is held against it.

        :return: (Decimal: units for 1 unit of company currency, its day), or None
        """
        known = facts.extra.setdefault("first_spots", {})
        if (key := (currency.id, day)) not in known:
            # sudo: who works in a branch needn't see its main company's rates
            main = self.company_id.sudo().root_id
            row = self.env["res.currency.rate"].sudo()
            row = row.search(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, main.id)),
                    ("name", ">", day),
                ],
                order="name",
                limit=1,
            )
            spot = row and self._get_spot(currency, row.name, facts)
            known[key] = (spot, row.name) if spot else None
        return known[key]

    def _read_own_rate(self, values, currency, day, facts, notes):
        """Return the rate of a row, else the day's: units of its currency for 1 unit of
        company currency; Decimal or None.

        :param day: its rate counts, where the row says none
        :param list notes: sentences, added to
        :raises RowError: nothing says of what it is the price
        """
        written = self._get_number(values, "rate")
        spot = self._get_spot(currency, day, facts)
        if not written or currency == self.company_currency_id:
            return spot
        if written == 1:
            self._note_rate_of_one(currency, notes)
            return spot
        direction = self._find_rate_direction(facts)
        if not spot:
            found = self._get_first_spot(currency, day, facts)
            spot = found and found[0]
            if not spot or not is_rate_clear(written, spot, direction):
                raise self._explain_no_direction(written, currency, day)
        elif not direction and is_rate_open(written, spot, self.rate_tolerance):
            raise RowError(
                self.env._(
                    "%(rate)s may be the price of 1 %(currency)s, or what 1 %(own)s "
                    "buys: no other rate of the file says which. Give the amount in "
                    "company currency.",
                    rate=f"{written:f}",
                    currency=currency.name,
                    own=self.company_currency_id.name,
                ),
                "rate",
            )
        if is_per_hundred(written, spot, direction):
            notes.append(
                self.env._(
                    "Rate %(rate)s is read as the price of 100 %(currency)s.",
                    rate=f"{written:f}",
                    currency=currency.name,
                )
            )
        return read_rate(written, spot, direction)

    def _explain_no_direction(self, written, currency, day):
        """Return what is wrong with a rate that nothing can be compared with.

        :return: :class:`RowError`
        """
        sentence = self.env._(
            "No exchange rate of %(currency)s is known on %(date)s, so whether "
            "%(rate)s is the price of one, of a hundred, or what 1 %(own)s buys isn't "
            "known: load rates of that time first.",
            currency=currency.name,
            date=format_date(self.env, day),
            rate=f"{written:f}",
            own=self.company_currency_id.name,
        )
        return RowError(sentence, "rate")

    def _find_rate_direction(self, facts):
        """Find in which direction a file writes its rates: as those rows prove it whose
        rate can be read in one way only.

        :return: 'price', 'units', or None: nothing proves it, or rows contradict
        """
        if "rates_are" not in facts.extra:
            found = set()
            for row in self.env["customer.import.row"].search_fetch(
                [("import_id", "=", self.id), ("problems", "=", False)], ["values"]
            ):
                found.add(self._find_direction_of(row.values or {}, facts))
            found.discard(None)
            facts.extra["rates_are"] = found.pop() if len(found) == 1 else None
        return facts.extra["rates_are"]

    def _find_direction_of(self, values, facts):
        """Return in which direction a row writes its rate, or None."""
        written = self._get_number(values, "rate")
        if not written or self._explain_no_data(values):
            return None
        try:
            currency = self._find_currency(values, facts)
        except RowError:
            return None
        if currency == self.company_currency_id:
            return None
        day = self._get_day(values, "date") if self.kind == "past" else self.date
        spot = day and self._get_spot(currency, day, facts)
        return find_direction(written, spot) if spot else None

    def _read_booked(self, values, amount, currency, spot, facts):
        """Return what the file says that an amount is in company currency, with the
        amount's sign; None where it says nothing.

        :param Decimal amount: in the row's currency, with its sign
        :param spot: units for 1 unit of company currency, Decimal or None
        :raises RowError: it says 0, or may be of the whole document as well as of what
            is open of it
        """
        booked = self._get_booked(values)
        own = self.company_currency_id
        if booked is None or currency == own:
            return booked if booked is None else amount
        if not booked and amount and not (spot and own.is_zero(float(amount / spot))):
            raise RowError(
                self.env._(
                    "%(booked)s in company currency beside %(amount)s %(currency)s: "
                    "empty that cell to have the rate count, or mend it.",
                    booked=f"{booked:f}",
                    amount=f"{amount:f}",
                    currency=currency.name,
                ),
                "booked",
            )
        part = self._get_open_part(values, facts)
        if part != 1:
            booked = self._take_part(values, booked, part, facts)
        return abs(booked) if amount > 0 else -abs(booked)

    def _get_booked(self, values):
        """Return what a row says in company currency, else its debit less its credit;
        Decimal or None."""
        sides = [
            self._get_number(values, name) for name in ("debit_booked", "credit_booked")
        ]
        if values.get("booked") or sides == [None, None]:
            return self._get_number(values, "booked")
        return (sides[0] or Decimal()) - (sides[1] or Decimal())

    def _get_open_part(self, values, facts):
        """Return which part of its document a row has open, 0 to 1; 1 where nothing
        says less."""
        if self.kind != "items" or self.rows_are == "lines":
            return 1
        whole, rest = (
            self._get_number(values, "amount"),
            self._get_number(values, "open"),
        )
        is_part = whole and rest and facts.extra.get("balance") != "running"
        if not is_part or abs(rest) >= abs(whole):
            return 1
        return abs(rest / whole)

    def _take_part(self, values, booked, part, facts):
        """Return what an open part is in company currency, where the file's amount may
        be the document's.

        :raises RowError: nothing says whose it is
        """
        meant = facts.extra.setdefault("booked_of", self._find_booked_of(facts))
        if meant is None:
            raise RowError(
                self.env._(
                    "Is %(booked)s in company currency of the document, or of what is "
                    "open of it? The rows don't prove it: have one of these columns "
                    "mean nothing.",
                    booked=f"{booked:f}",
                ),
                "booked",
            )
        return booked * part if meant == "document" else booked

    def _find_booked_of(self, facts):
        """Find of what amounts in company currency are, where documents are partly
        open: as their header says, else as the rates that they imply prove.

        :return: 'open', 'document' or None
        """
        column = self.column_ids.filtered(lambda one: one.field == "booked")
        if OF_OPEN.search(fold(column.title)):
            return "open"
        fitting = {"open", "document"}
        for row in self.env["customer.import.row"].search_fetch(
            [("import_id", "=", self.id), ("problems", "=", False)], ["values"]
        ):
            values = row.values
            booked = self._get_booked(values)
            part = self._get_open_part(values, facts)
            if not booked or part == 1 or self._explain_no_data(values):
                continue
            try:
                currency = self._find_currency(values, facts)
            except RowError:
                continue
            try:
                rate = self._read_own_rate(values, currency, self.date, facts, [])
            except RowError:
                continue
            whole = abs(self._get_number(values, "amount"))
            for meant, amount in (("document", whole), ("open", whole * part)):
                distance = get_distance(get_implied_rate(amount, abs(booked)), rate)
                if distance is None or is_far(distance, self.rate_tolerance):
                    fitting.discard(meant)
        return fitting.pop() if len(fitting) == 1 else None

    def _judge_distance(self, amount, booked, currency, day, facts, notes):
        """Say where a row was booked at a rate far from the day's.

        :param Decimal amount, booked: in the row's currency and in company currency
        :param list notes: sentences, added to
        :return: Decimal or None: how far it is, 0.1 is 10% dearer
        :raises RowError: it is many times the tolerance, or nothing is known to hold it
            against
        """
        spot = self._get_spot(currency, day, facts)
        if not spot:
            self._judge_by_first(amount, booked, currency, day, facts, notes)
            return None
        distance = get_distance(get_implied_rate(amount, booked), spot)
        # what is a few cents can be no nearer
        cents = Decimal(repr(self.company_currency_id.rounding))
        if distance is None or abs(booked - amount / spot) <= cents:
            return distance
        off = formatLang(self.env, abs(100 * float(distance)), digits=1)
        if is_far(distance, FAR * self.rate_tolerance):
            raise RowError(
                self.env._(
                    "%(booked)s %(own)s for %(amount)s %(currency)s is a rate that is "
                    "%(percent)s%% off the day's: mend it, or have more tolerated "
                    "where it is right.",
                    booked=f"{booked:.2f}",
                    own=self.company_currency_id.name,
                    amount=f"{amount:f}",
                    currency=currency.name,
                    percent=off,
                ),
                "booked",
            )
        if abs(float(distance)) > self.rate_tolerance:
            notes.append(
                self.env._(
                    "The rate that it implies is %(percent)s%% off the day's.",
                    percent=off,
                )
            )
        return distance

    def _judge_by_first(self, amount, booked, currency, day, facts, notes):
        """Hold what a row was booked at against the first rate that is known, where
        none is of its day: years may be between them, but no hundred times.

        :raises RowError: it is many times that one, or none is known at all
        """
        found = self._get_first_spot(currency, day, facts)
        distance = get_distance(get_implied_rate(amount, booked), found and found[0])
        own = self.company_currency_id.name
        said = {"booked": f"{booked:.2f}", "own": own}
        said |= {"amount": f"{amount:f}", "currency": currency.name}
        if distance is None and booked:
            raise RowError(
                self.env._(
                    "%(booked)s %(own)s for %(amount)s %(currency)s can't be compared: "
                    "no exchange rate of %(currency)s is known. Load one first.",
                    **said,
                ),
                "booked",
            )
        if distance is None or abs(float(distance)) <= self.rate_tolerance:
            return
        said["date"] = format_date(self.env, found[1])
        if is_far(distance, PAST_FAR if self.kind == "past" else FIRST_FAR):
            raise RowError(
                self.env._(
                    "%(booked)s %(own)s for %(amount)s %(currency)s is many times the "
                    "first rate that is known, of %(date)s: mend it, or load rates of "
                    "its time.",
                    **said,
                ),
                "booked",
            )
        notes.append(
            self.env._(
                "Compared with the first rate that is known, of %(date)s, the one that "
                "%(booked)s %(own)s implies is off.",
                **said,
            )
        )
