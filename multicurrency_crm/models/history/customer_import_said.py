from decimal import Decimal

from psycopg2.extras import Json

from odoo import api, models
from odoo.tools import SQL, format_list

from ...providers.spreadsheets import currency_of_total, currency_said


class CustomerImport(models.Model):
    """Currencies that a file says outside of its rows: above the table, in the name of
    a sheet, in captions of groups, and in totals that rows come to."""

    _inherit = "customer.import"

    @api.model
    def _read_said(self, table, row):
        """Return what says around a row in which currency it is.

        :return: {"said": caption, "above": text above the table}, each if there is one
        """
        found = {"said": row.currency, "above": table.currency}
        return {name: text for name, text in found.items() if text}

    def _list_said_remarks(self, table):
        """Say that a text above the table names the currency of rows without one, and
        which sheets of a workbook aren't read.

        :return: sentences
        """
        lines = []
        if table.currency:
            lines.append(
                self.env._(
                    "“%(text)s”: rows that name no currency are in %(currency)s.",
                    text=table.currency,
                    currency=currency_said(table.currency, is_caption=True),
                )
            )
        names = [
            sheet.name
            for at, sheet in enumerate(table.book.sheets)
            if at != table.sheet and not sheet.hidden
        ]
        others = [name for name in names if currency_said(name, is_caption=True)]
        if others:
            lines.append(
                self.env._(
                    "What the sheets %(names)s hold isn't brought in: bring each in by "
                    "an import of its own.",
                    names=format_list(self.env, others),
                )
            )
        return lines

    def _find_said(self, values, currency, marks):
        """Find which currency a row is in, by what stands around it.

        :param currency: as its column says, ``res.currency`` or None
        :param marks: as :meth:`_find_marks` returns them
        :return: {"currency": (what says it, codes)}, or {} where nothing does
        """
        said = values.get("said")
        if not said and not currency and not marks:
            said = values.get("above")
        code = currency_said(said or "", is_caption=True) if said else None
        if not code and values.get("total"):
            said, code = values["total"]
        return {"currency": (said, frozenset({code}))} if code else {}

    def _note_totals(self):
        """Note at rows that name no currency which one the total says that they come
        to: what a total isn't the sum of, it says nothing of."""
        if not self._names_totals():
            return
        rows = self.env["customer.import.row"].search_fetch(
            [("import_id", "=", self.id)], ["values", "raw"], order="id"
        )
        found, begun = {}, []
        for row in rows:
            values = row.values
            if values.get("row_kind") in ("data", "continuation"):
                begun.append((row.id, self._get_plain_amount(values), values))
            elif values.get("row_kind") == "total":
                said = currency_of_total(row.raw or ())
                amount = self._get_plain_amount(values)
                if said and amount and amount == sum(one[1] for one in begun):
                    found |= {
                        row_id: said
                        for row_id, _amount, of_row in begun
                        if not of_row.get("currency")
                    }
                begun = []
        for row_id, said in found.items():
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_import_row
                          SET values = values || %s WHERE id = %s""",
                    Json({"total": said}),
                    row_id,
                )
            )
        self.env["customer.import.row"].invalidate_model(["values"])

    def _names_totals(self):
        """Return whether a total of this file names a currency."""
        rows = self.env.execute_query(
            SQL(
                """SELECT raw FROM customer_import_row
                    WHERE import_id = %s AND values->>'row_kind' = 'total'""",
                self.id,
            )
        )
        return any(currency_of_total(raw or ()) for (raw,) in rows)

    def _get_plain_amount(self, values):
        """Return what a row comes to, as its cells say it; Decimal."""
        for name in ("open", "amount"):
            if values.get(name):
                return self._get_number(values, name)
        debit, credit = (self._get_number(values, one) for one in ("debit", "credit"))
        return (debit or Decimal()) - (credit or Decimal())
