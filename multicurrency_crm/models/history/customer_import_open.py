from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.history import (
    Reading,
    find_misfits,
    is_of_document,
    list_fitting,
    restate,
)
from .customer_import_checking import RowError

#: Rows that are named in a question.
NAMED = 10


class CustomerImport(models.Model):
    """In which currency open amounts are, and what is open of a document whose open
    amount is in company currency."""

    _inherit = "customer.import"

    def _find_open_currency(self, facts):
        """Find in which currency open amounts are meant, where nobody has said it.

        :return: 'document' or 'company'
        :raises UserError: both can be meant, or neither
        """
        if self.open_currency:
            return self.open_currency
        fields = {column.field for column in self.column_ids}
        if not {"open", "amount"} <= fields or "booked" in fields:
            return "document"
        readings = self._list_readings(facts)
        # with no foreign row there is no question
        fitting = list_fitting(readings) if readings else {"document"}
        if len(fitting) == 1:
            return fitting.pop()
        if "document" in fitting and is_of_document(readings):
            return "document"
        if not fitting:
            numbers = [str(number) for number in find_misfits(readings)]
            raise UserError(
                self.env._(
                    "Open amounts fit neither the currency of their row nor company "
                    "currency: in rows %(rows)s more is open than the document came "
                    "to. Mend these, or say under Open Amounts Are In which is meant.",
                    rows=format_list(self.env, numbers[:NAMED]),
                )
            )
        raise UserError(
            self.env._(
                "Are open amounts in the currency of their row, or in company "
                "currency? Both fit: say which under Open Amounts Are In."
            )
        )

    def _list_readings(self, facts):
        """Return what rows in other currencies say beside each other.

        :return: [:class:`Reading`]
        """
        rows = self.env["customer.import.row"].search(
            [("import_id", "=", self.id), ("problems", "=", False)]
        )
        found = []
        for row in rows:
            amount = self._get_number(row.values, "amount")
            rest = self._get_number(row.values, "open")
            is_said = amount and rest and not self._explain_no_data(row.values)
            if not is_said or self._explain_left_out(row, row.values, facts):
                continue
            try:
                currency = self._find_currency(row.values, facts)
            except RowError:
                continue
            spot = self._get_spot(currency, self.date, facts)
            if currency != self.company_currency_id and spot:
                found.append(Reading(rest, amount, spot, row.row_number))
        return found

    def _restate_open(self, values, booked, currency, rate, notes):
        """Return what a row has open in its currency, where the file says it in company
        currency: at most what its document came to.

        :param Decimal booked: what is open in company currency
        :param rate: of the row, else the day's: units for 1 unit of company currency
        :return: Decimal, or None: no rate is known
        :raises RowError: more is open than the document came to
        """
        if not rate:
            return None
        whole = self._get_number(values, "amount")
        worth = self._get_number(values, "booked")
        shown = {"booked": f"{booked:f}", "own": self.company_currency_id.name}
        found = restate(booked, rate, whole, worth)
        if not found:
            raise RowError(
                self.env._(
                    "%(booked)s %(own)s are open of a document of %(whole)s "
                    "%(currency)s: that is more than it came to.",
                    whole=f"{abs(whole):f}",
                    currency=currency.name,
                    **shown,
                ),
                "open",
            )
        amount, how = found
        if how == "whole" or how == "rate" and whole and not values.get("rate"):
            notes.append(self._explain_restated(how, shown))
        return amount

    def _explain_restated(self, how, shown):
        """Say how an open amount was converted.

        :param str how: see :func:`restate`
        :param dict shown: ``booked`` and ``own``, to be shown
        """
        if how == "whole":
            return self.env._(
                "%(booked)s %(own)s at the day's rate would be more than the "
                "document came to: it is open as a whole.",
                **shown,
            )
        return self.env._(
            "%(booked)s %(own)s are converted at the day's rate: the file doesn't say "
            "at which the document was booked.",
            **shown,
        )

    def _note_more_open(self, values, amount, facts, notes):
        """Say where more is open than a document came to.

        :param Decimal amount: what is open, in the row's currency
        """
        whole = self._get_number(values, "amount")
        said = values.get("open") and facts.extra.get("balance") != "running"
        if self.kind == "items" and said and whole and abs(amount) > abs(whole):
            notes.append(self.env._("More is open than the document came to."))
