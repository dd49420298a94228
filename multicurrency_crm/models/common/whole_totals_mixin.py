from odoo import models
from odoo.tools import SQL

#: {aggregate that a client may ask for: its SQL}
TOTALS = {
    "sum": SQL("SUM"),
    "sum_currency": SQL("SUM"),
    "avg": SQL("AVG"),
    "max": SQL("MAX"),
    "min": SQL("MIN"),
}


class WholeTotalsMixin(models.AbstractModel):
    """Totals of amounts that are whole, or empty.

    Odoo adds up amounts of several currencies, or converts each at whatever rate it
    finds, and takes a missing figure for 0. Here a total is empty where its rows are in
    several currencies, or where one of them has no figure.
    """

    _name = "whole.totals.mixin"
    _description = "Totals That Are Whole"

    #: {amount: field that names its currency}
    _whole_totals = {}

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if function not in TOTALS or name not in self._whole_totals:
            return super()._read_group_select(aggregate_spec, query)
        figure = self._field_to_sql(self._table, name, query)
        known = SQL(
            "CASE WHEN BOOL_AND(%(figure)s IS NOT NULL) THEN %(of)s(%(figure)s) END",
            figure=figure,
            of=TOTALS[function],
        )
        return self._total_of(self._whole_totals[name], known, query)

    def _total_of(self, currency_field, total, query):
        """Return a total, or NULL where its rows are in several currencies."""
        currency = self._field_to_sql(self._table, currency_field, query)
        return SQL(
            "CASE WHEN MIN(%(of)s) = MAX(%(of)s) THEN %(total)s END",
            of=currency,
            total=total,
        )
