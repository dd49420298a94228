"""Currencies that stand above a table, in captions, totals or a sheet's name count."""

import io

from openpyxl import Workbook

from odoo.tests import tagged

from .history_common import HistoryCommon

A, B = "Atacama Minerals", "Bosphorus Textiles"
HEAD = ("Customer", "Invoice No", "Due Date", "Amount")
DUE = "2026-12-31"


@tagged("post_install", "-at_install")
class TestCurrenciesSaidAround(HistoryCommon):
    def _find(self, rows, **values):
        record = self._check_whole(rows, **{"currency_id": self.cny.id, **values})
        self.record = record
        return [
            (row.state, row.currency_id.name or "", row.amount)
            for row in record.row_ids
            if row.state != "skip"
        ]

    def test_captions_of_currencies_count(self):
        rows = [
            HEAD,
            ("USD", "", "", ""),
            (A, "P1", DUE, "5.50"),
            (A, "P2", DUE, "7.50"),
            ("Total USD", "", "", "13.00"),
            ("Currency: EUR", "", "", ""),
            (B, "P3", DUE, "4.50"),
            ("Total EUR", "", "", "4.50"),
        ]
        expected = [
            ("create", "USD", 5.5),
            ("create", "USD", 7.5),
            ("create", "EUR", 4.5),
        ]
        self.assertEqual(self._find(rows), expected)
        rows[1], rows[5] = ("美元", "", "", ""), ("欧元", "", "", "")
        self.assertEqual(self._find(rows, currency_id=False), expected)

    def test_captions_of_currencies_stand_around_those_of_customers(self):
        rows = [
            HEAD,
            ("USD", "", "", ""),
            (A, "", "", ""),
            ("", "P1", DUE, "5.50"),
            ("", "P2", DUE, "7.50"),
            ("Total", "", "", "13.00"),
            (B, "", "", ""),
            ("", "P3", DUE, "2.25"),
            ("", "P4", DUE, "2.50"),
            ("Total", "", "", "4.75"),
            ("EUR", "", "", ""),
            (B, "", "", ""),
            ("", "P5", DUE, "4.50"),
        ]
        found = self._find(rows)
        self.assertEqual([one[1] for one in found], ["USD"] * 4 + ["EUR"])
        names = self.record.row_ids.filtered("amount").mapped("partner_id.name")
        self.assertEqual(len(names), 2)

    def test_a_caption_that_contradicts_its_rows_is_an_error(self):
        rows = [
            (*HEAD, "Currency"),
            ("USD", "", "", "", ""),
            (A, "P1", DUE, "5.50", "EUR"),
            (A, "P2", DUE, "7.50", "USD"),
        ]
        found = self._find(rows)
        self.assertEqual([state for state, *_rest in found], ["error", "create"])

    def test_totals_say_the_currency_of_what_they_sum(self):
        rows = [
            HEAD,
            (A, "P1", DUE, "5.50"),
            (A, "P2", DUE, "7.50"),
            ("Total USD", "", "", "13.00"),
            (B, "P3", DUE, "4.50"),
            (B, "P4", DUE, "5.50"),
            ("合计(EUR)", "", "", "10.00"),
        ]
        codes = [code for _state, code, _amount in self._find(rows)]
        self.assertEqual(codes, ["USD", "USD", "EUR", "EUR"])

    def test_what_stands_above_the_table_counts(self):
        for text, code in (
            ("Currency: EUR", "EUR"),
            ("单位：美元", "USD"),
            ("Open items in USD", "USD"),
            ("Receivables (EUR)", "EUR"),
        ):
            rows = [
                ("Open items of June", "", "", ""),
                (text, "", "", ""),
                HEAD,
                (A, "P1", DUE, "5.50"),
                (B, "P2", DUE, "7.50"),
            ]
            for default in (self.cny.id, False):
                with self.subTest(text=text, default=default):
                    found = self._find(rows, currency_id=default)
                    self.assertEqual([one[1] for one in found], [code] * 2)
                    self.assertIn(text, self.record.remarks)

    def test_a_row_knows_better_than_what_stands_above(self):
        rows = [
            ("Currency: CNY", "", "", "", ""),
            (*HEAD, "Currency"),
            (A, "P1", DUE, "5.50", "EUR"),
            (A, "P2", DUE, "7.50", "USD"),
        ]
        self.assertEqual([one[1] for one in self._find(rows)], ["EUR", "USD"])

    def test_a_sheet_may_be_called_by_its_currency(self):
        book = Workbook()
        for name in ("USD", "EUR"):
            sheet = book.create_sheet(name)
            sheet.append(HEAD)
            sheet.append((A, f"P-{name}", DUE, 100.5))
        book.remove(book.worksheets[0])
        content = io.BytesIO()
        book.save(content)
        found = self._find(content.getvalue())
        self.assertEqual(found, [("create", "USD", 100.5)])
        self.assertIn("EUR", self.record.remarks)
        found = self._find(content.getvalue(), sheet_name="EUR")
        self.assertEqual(found, [("create", "EUR", 100.5)])

    def test_balances_and_past_documents_are_read_alike(self):
        rows = [
            ("Currency: EUR", "", "", ""),
            ("Customer", "Invoice No", "Date", "Amount"),
            (A, "P1", "2025-12-31", "5.50"),
            (B, "P2", "2025-12-31", "7.50"),
        ]
        for kind in ("past", "balances"):
            with self.subTest(kind):
                found = self._find(rows, kind=kind)
                self.assertEqual([one[1] for one in found], ["EUR"] * 2)
