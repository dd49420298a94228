import re
from decimal import Decimal

from odoo import models
from odoo.tools import formatLang

from ...engine.history import (
    fold,
    get_distance,
    get_implied_rate,
    is_far,
    is_per_hundred,
    read_rate,
)
from .customer_import_checking import RowError

#: Headers of amounts in company currency that are of what is open, not of the document.
OF_OPEN = re.compile(r"open|residual|closing|balance|outstanding|due|余额|未|期末")
#: How many times the tolerance a rate may be off before its row is an error.
FAR = 5


class CustomerImport(models.Model):
    """What a row is worth in company currency: by the amount or the rate of the file,
    held against the rate of its day."""

    _inherit = "customer.import"

    def _read_own_rate(self, values, currency, spot, notes):
        """Return the rate of a row, else the day's: units of its currency for 1 unit of
        company currency; Decimal or None.

        :param list notes: sentences, added to
        """
        written = self._get_number(values, "rate")
        if not written or currency == self.company_currency_id:
            return spot
        if written == 1:
            self._note_rate_of_one(currency, notes)
        elif is_per_hundred(written, spot):
            notes.append(
                self.env._(
                    "Rate %(rate)s is read as the price of 100 %(currency)s.",
                    rate=f"{written:f}",
                    currency=currency.name,
                )
            )
        return read_rate(written, spot)

    def _read_booked(self, values, amount, currency, spot, facts):
        """Return what the file says that an amount is in company currency, with the
        amount's sign; None where it says nothing.

        :param Decimal amount: in the row's currency, with its sign
        :param spot: units for 1 unit of company currency, Decimal or None
        :raises RowError: it says 0, or may be of the whole document as well as of what
            is open of it
        """
        booked = self._get_number(values, "booked")
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
            booked = self._get_number(values, "booked")
            part = self._get_open_part(values, facts)
            if not booked or part == 1 or self._explain_no_data(values):
                continue
            try:
                currency = self._find_currency(values, facts)
            except RowError:
                continue
            spot = self._get_spot(currency, self.date, facts)
            rate = self._read_own_rate(values, currency, spot, [])
            whole = abs(self._get_number(values, "amount"))
            for meant, amount in (("document", whole), ("open", whole * part)):
                distance = get_distance(get_implied_rate(amount, abs(booked)), rate)
                if distance is None or is_far(distance, self.rate_tolerance):
                    fitting.discard(meant)
        return fitting.pop() if len(fitting) == 1 else None

    def _judge_distance(self, amount, booked, currency, spot, notes):
        """Say where a row was booked at a rate far from the day's.

        :param Decimal amount, booked: in the row's currency and in company currency
        :param spot: units for 1 unit of company currency, Decimal or None
        :param list notes: sentences, added to
        :return: Decimal or None: how far it is, 0.1 is 10% dearer
        :raises RowError: it is many times the tolerance
        """
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
