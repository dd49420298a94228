from odoo import models
from odoo.tools import format_list

from ...engine.history_fields import MANY
from ...providers.currency_marks import codes_in_header, codes_of
from .customer_import_checking import RowError

#: Amounts whose cells and headers may name a currency.
AMOUNTS = ("open", "amount", "debit", "credit", "price")
UNIT = codes_of("元")


class CustomerImport(models.Model):
    """Currencies that cells and headers of amounts name: €2,000.50, Open (EUR). They
    count, or contradict what the row says."""

    _inherit = "customer.import"

    def _find_marks(self, values, facts, fields=AMOUNTS):
        """Find which currencies a row's amounts may be in, by what stands beside them.

        :param fields: standard fields of the amounts
        :return: {standard field: (what names it, codes)}, without what names none
        """
        if "headers" not in facts.extra:
            facts.extra["headers"] = {
                column.number if column.field in MANY else column.field: (
                    column.title,
                    codes_in_header(column.title),
                )
                for column in self.column_ids
                if column.field and codes_in_header(column.title)
            }
        found = {}
        for name in fields:
            if not values.get(name):
                continue
            if mark := values.get("marks", {}).get(name):
                found[name] = mark, codes_of(mark)
            elif (place := self._get_place(name, values)) in facts.extra["headers"]:
                title, codes = facts.extra["headers"][place]
                # 元 is the unit of any amount beside a column of currencies
                if codes != UNIT or not values.get("currency"):
                    found[name] = title, codes
        return found

    def _get_place(self, name, values):
        """Return in which column an amount stands: its standard field, or the number of
        its age's."""
        age = values.get("age")
        return age["column"] if name == "open" and age else name

    def _find_open_in(self, facts):
        """Find in which currency open amounts are, by their header where it says so.

        :return: 'document' or 'company'
        :raises UserError: both can be meant
        """
        column = self.column_ids.filtered(lambda one: one.field == "open")
        if not self.open_currency and facts.extra.get("balance") == "running":
            return "document"
        is_own = codes_in_header(column.title) == {self.company_currency_id.name}
        if not self.open_currency and is_own and "currency" in facts.extra["fields"]:
            return "company"
        return self._find_open_currency(facts)

    def _settle_currency(self, values, facts, currency):
        """Return the currency of a row whose cells may name one.

        :param currency: as its column says, ``res.currency``; None: it says nothing
        :return: ``res.currency`` or None
        :raises RowError: what they name is another one, or can't be told
        """
        own = self.company_currency_id
        booked = self._find_marks(values, facts, ("booked",))
        self._check_marks(booked, own)
        marks = self._find_marks(values, facts)
        if "open" in marks and facts.extra.get("open_in", "document") == "company":
            self._check_marks({"open": marks.pop("open")}, own)
        marks |= self._find_said(values, currency, marks)
        if not marks:
            return currency
        chosen = currency or self.currency_id
        codes = frozenset.intersection(*(codes for _mark, codes in marks.values()))
        if not currency and len(codes) == 1:
            chosen = facts.currencies.get(next(iter(codes))) or chosen
        if not chosen:
            return None
        self._check_marks(marks, chosen)
        return chosen

    def _check_marks(self, marks, currency):
        """:raises RowError: what stands beside an amount is no sign of its currency"""
        for name, (mark, codes) in marks.items():
            if currency.name in codes:
                continue
            meant = format_list(self.env, sorted(codes)[:5], style="or")
            sentence = self.env._(
                "“%(mark)s” isn't %(currency)s. Say in a column of currencies what the "
                "amount is in.",
                mark=mark,
                currency=currency.name,
            )
            if codes:
                sentence = self.env._(
                    "“%(mark)s” is %(meant)s, and not %(currency)s. Say in a column of "
                    "currencies what the amount is in.",
                    mark=mark,
                    meant=meant,
                    currency=currency.name,
                )
            raise RowError(sentence, name)
