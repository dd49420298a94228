from odoo import api, models
from odoo.tools import format_list

from ...engine.history_fields import guess_kind
from ...engine.history_kinds import has_amount, is_doubtful
from ...providers.currency_marks import codes_of

#: Kinds whose rows have amounts.
WITH_AMOUNTS = ("items", "balances", "past")
#: Columns that a sentence names.
NAMED = 8


class CustomerImport(models.Model):
    """What of a file would be left out: what it holds, and which columns with something
    in them, is said or asked, and never dropped without a word."""

    _inherit = "customer.import"

    @api.model
    def _guess_kind(self, table, titles):
        """Return what a file holds, by its headers; False where that has to be said.

        :param table: ``Table`` of the reader
        :param titles: names of its columns
        """
        kind = guess_kind(titles)
        filled = [column.kind != "empty" for column in table.columns]
        return False if is_doubtful(kind, titles, filled) else kind

    def _explain_lost(self):
        """Return what has to be said so that no amount is lost: what the file holds,
        and what columns that are called by currencies are; or False."""
        if not self.kind:
            return self.env._(
                "Choose under What It Holds what this file is: its headers don't say "
                "it (%(columns)s).",
                columns=self._list_titles(self.column_ids),
            )
        return self._explain_currency_columns()

    def _explain_currency_columns(self):
        """Return what is to be done with a table that has a column of amounts for each
        currency, or False.

        Beside an amount, such a column says the same once more: it is left out, and
        named.
        """
        if self.kind not in WITH_AMOUNTS:
            return False
        named = self.column_ids.filtered(lambda one: self._is_called_by_currency(one))
        left = named.filtered(lambda one: not one.field)
        others = (self.column_ids - named).filtered("field").mapped("field")
        if not left or len(named) < 2 or has_amount(self.kind, others):
            return False
        return self.env._(
            "Each of these columns has the amounts of a currency: %(columns)s. Give "
            "each amount a row of its own in the file, with one column of amounts and "
            "one of currencies, and load it again.",
            columns=self._list_titles(named),
        )

    @api.model
    def _is_called_by_currency(self, column):
        """Return whether a column has no other name than that of a currency."""
        return bool(codes_of((column.title or "").strip("* ")))

    def _name_left_columns(self):
        """Return which columns with something in them mean nothing, or False."""
        left = self.column_ids.filtered(lambda one: one.sample and not one.field)
        if not left:
            return False
        return self.env._(
            "Columns that are left out: %(columns)s.",
            columns=self._list_titles(left),
        )

    @api.model
    def _list_titles(self, columns):
        """Return the headers of some columns in words, the first of many."""
        titles = columns.mapped("title")
        more = len(titles) - NAMED
        if more > 1:
            titles = [*titles[:NAMED], self.env._("%(count)s more", count=more)]
        return format_list(self.env, titles)
