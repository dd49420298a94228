"""Templates say what belongs into each of their columns, and are read as they are."""

import io

from openpyxl import load_workbook

from odoo.tests import tagged

from ...engine.history_templates import get_header, list_template_fields
from ...models.history.customer_import import KIND_NAMES
from .history_common import HistoryCommon


@tagged("post_install", "-at_install")
class TestTemplatesExplained(HistoryCommon):
    def _open(self, kind, lang):
        Import = self.env["customer.import"].with_context(lang=lang)
        book = load_workbook(io.BytesIO(Import._make_template(kind)))
        headers = [cell.value for cell in book.worksheets[0][1]]
        _head, *rows = book.worksheets[1].iter_rows(values_only=True)
        return headers, rows

    def test_each_column_has_a_word_and_an_example(self):
        for kind, _name in KIND_NAMES:
            headers, rows = self._open(kind, "en_US")
            self.assertEqual(len(headers), len(rows))
            for header, _need, word, example in rows:
                with self.subTest(kind=kind, header=header):
                    self.assertTrue(word or example)
            named = {header for header, *_more in rows}
            for _header, need, *_more in rows:
                for other in (need or "").removeprefix("Yes, or ").split(" / "):
                    if other not in ("", "Yes"):
                        self.assertIn(other, named)

    def test_what_one_cant_guess_is_said(self):
        for kind, field in (
            ("customers", "channel"),
            ("customers", "hours"),
            ("customers", "grade"),
            ("customers", "person"),
            ("customers", "parent"),
            ("customers", "limit"),
            ("customers", "limit_currency"),
            ("items", "disputed"),
        ):
            _headers, rows = self._open(kind, "en_US")
            header = get_header(field, False, kind)
            [(_name, _need, word, example)] = [row for row in rows if row[0] == header]
            with self.subTest(field):
                self.assertTrue(word and example)

    def test_a_balance_is_one_amount(self):
        for is_chinese in (False, True):
            fields = list_template_fields("balances", is_chinese)
            self.assertIn("amount", fields)
            self.assertNotIn("open", fields)
        rows = [
            ("Customer", "Currency", "Amount"),
            ("Atacama Minerals", "USD", "300"),
        ]
        record = self._check_whole(rows, kind="balances")
        self.assertEqual(record.create_count, 1)
        self.assertEqual(get_header("due", True, "items"), "到期日")

    def test_examples_are_read(self):
        for kind, _name in KIND_NAMES:
            if kind == "customers":
                continue
            headers, rows = self._open(kind, "en_US")
            # of an amount and its sides, the amount
            filled = {
                header: example or ""
                for header, (*_said, example) in zip(headers, rows, strict=True)
                if header not in ("Debit", "Credit")
            }
            file = [list(filled), list(filled.values())]
            record = self._check_whole(file, kind=kind, create_customers=True)
            with self.subTest(kind):
                self.assertEqual(
                    (record.error_count, record.create_count),
                    (0, 1),
                    self._read(record),
                )
