"""The workbook of rows to mend says all by itself: mended and loaded, each row is of
the customer and the document that it was of."""

import io
from base64 import b64encode

import openpyxl

from odoo.tests import tagged

from .history_common import HistoryCommon

HEAD = ("Customer", "Invoice No", "Currency", "Amount")


@tagged("post_install", "-at_install")
class TestRowsToMend(HistoryCommon):
    def _read_rows(self, record):
        book = openpyxl.load_workbook(io.BytesIO(record._make_rows_workbook()))
        rows = [[cell or None for cell in row] for row in book.active.values]
        return book, rows

    def _mend(self, record, wrong, right, with_reasons):
        """Mend a workbook, and load it into an import of its own.

        :return: that import, checked
        """
        book, _rows = self._read_rows(record)
        sheet = book.active
        for row in sheet.iter_rows(min_row=2):
            for cell in row[1:]:
                cell.value = right if cell.value == wrong else cell.value
            if with_reasons == "cleared":
                row[0].value = None
        if with_reasons == "deleted":
            sheet.delete_cols(1)
        content = io.BytesIO()
        book.save(content)
        again = self._load(
            content.getvalue(),
            file_name="mended.xlsx",
            kind=record.kind,
            rows_are=record.rows_are,
            create_customers=True,
        )
        again.action_dry_run()
        self.assertEqual(again.state, "ready", again.failure)
        return again

    def _list_created(self, record):
        """:return: [(customer, document, amount)] that it creates"""
        return [
            (row.partner_id.name or row.head_id.name, row.document, row.amount)
            for row in record.row_ids
            if row.state == "create"
        ]

    def _skip_and_publish(self, rows, **values):
        record = self._check_whole(rows, create_customers=True, **values)
        record.skip_bad = True
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        return record

    def test_22_each_row_names_its_customer(self):
        rows = [
            HEAD,
            ("BRK First", "F1", "USX", "100"),
            ("", "F2", "USD", "50.50"),
            ("BRK Second", "G1", "USD", "10"),
            ("", "G2", "USX", "25.25"),
            ("BRK Third", "K1", "USX", "25.25"),
            ("", "K2", "USX", "7.25"),
        ]
        record = self._skip_and_publish(rows, kind="items")
        _book, found = self._read_rows(record)
        self.assertEqual(
            [tuple(row[1:3]) for row in found[1:]],
            [
                ("BRK First", "F1"),
                ("BRK Second", "G2"),
                ("BRK Third", "K1"),
                ("BRK Third", "K2"),
            ],
        )
        for with_reasons in ("kept", "cleared", "deleted"):
            with self.subTest(reasons=with_reasons):
                again = self._mend(record, "USX", "USD", with_reasons)
                self.assertEqual(
                    self._list_created(again),
                    [
                        ("BRK First", "F1", 100.0),
                        ("BRK Second", "G2", 25.25),
                        ("BRK Third", "K1", 25.25),
                        ("BRK Third", "K2", 7.25),
                    ],
                )

    def test_22_what_no_column_says_gets_one(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Amount"),
            ("Atacama Minerals", "F1", "2026-07-31", "x"),
        ]
        record = self._check_whole(rows, kind="items", currency_id=self.eur.id)
        row = record.sudo().row_ids
        # as under a caption that names a currency
        row._write_guarded({"values": {**row.values, "currency": "USD"}})
        _book, found = self._read_rows(record)
        self.assertEqual(found[0][-1], "Currency")
        self.assertEqual(found[1][-1], "USD")
        again = self._mend(record, "x", "5", "kept")
        self.assertEqual(again.row_ids.currency_id, self.usd)

    def test_22_captions_in_the_customers_column(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Amount"),
            ("BRK First", "", "", "", ""),
            ("", "F1", "2026-07-31", "USX", "100.00"),
            ("", "F2", "2026-07-31", "USD", "50.50"),
            ("BRK Second", "", "", "", ""),
            ("", "G1", "2026-07-31", "USX", "10.00"),
            ("", "G2", "2026-07-31", "USD", "11.00"),
        ]
        record = self._skip_and_publish(rows, kind="items")
        again = self._mend(record, "USX", "USD", "kept")
        self.assertEqual(
            self._list_created(again),
            [("BRK First", "F1", 100.0), ("BRK Second", "G1", 10.0)],
        )

    def test_22_all_lines_of_a_document_are_there(self):
        rows = [
            (*HEAD, "Line"),
            ("Atacama Minerals", "M1", "USX", "100.00", "a"),
            ("Atacama Minerals", "M1", "USX", "50.50", "b"),
            ("", "", "", "25.25", "c"),
            ("Atacama Minerals", "M2", "USD", "10.00", "d"),
        ]
        record = self._skip_and_publish(rows, rows_are="lines", kind="items")
        for with_reasons in ("kept", "cleared", "deleted"):
            with self.subTest(reasons=with_reasons):
                again = self._mend(record, "USX", "USD", with_reasons)
                self.assertEqual(
                    self._list_created(again),
                    [("Atacama Minerals Ltd.", "M1", 175.75)],
                )

    def test_22_a_line_that_cannot_be_read_brings_the_others(self):
        rows = [
            (*HEAD, "Line"),
            ("Atacama Minerals", "M1", "USD", "100.00", "a"),
            ("Atacama Minerals", "M1", "USD", "x50", "b"),
            ("", "", "", "25.25", "c"),
            ("Atacama Minerals", "M2", "USD", "10.00", "d"),
        ]
        record = self._skip_and_publish(rows, rows_are="lines", kind="items")
        again = self._mend(record, "x50", "50.00", "kept")
        self.assertEqual(
            self._list_created(again), [("Atacama Minerals Ltd.", "M1", 175.25)]
        )

    def test_22_a_line_that_goes_on_brings_its_document(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Amount"),
            ("Atacama Minerals", "M1", "2026-07-31", "USD", "100.00"),
            ("", "", "", "", "50.00"),
            ("Atacama Minerals", "M2", "2026-07-31", "USD", "10.00"),
            ("Bosphorus Textiles", "", "2026-07-31", "USD", "7.00"),
        ]
        record = self._skip_and_publish(rows, kind="items")
        _book, found = self._read_rows(record)
        self.assertEqual(
            [tuple(row[1:3]) for row in found[1:]],
            [
                ("Atacama Minerals", "M1"),
                ("Atacama Minerals", "M1"),
                # nothing says which document it would be of
                ("Bosphorus Textiles", None),
            ],
        )
        again = self._mend(record, None, None, "kept")
        states = [(row.state, row.must_choose) for row in again.row_ids]
        self.assertEqual(states[0], ("duplicate", False))
        self.assertEqual(states[1], ("duplicate", True))

    def test_22_contacts_stay_with_their_customer(self):
        rows = [
            ("Customer", "Customer Code", "Country", "Contact", "Contact Email"),
            ("BRK First", "BF-1", "DE", "Ann", "ann@first.example"),
            ("", "", "", "Bob", "bob@first"),
            ("BRK Second", "BS-1", "DE", "Cai", "cai@second.example"),
            ("", "", "", "Dan", "dan@second"),
        ]
        record = self._check_whole(rows, kind="customers")
        bad = record.row_ids.filtered(lambda row: row.state == "error")
        self.assertEqual(bad.mapped("row_number"), [3, 5], self._read(record))
        _book, found = self._read_rows(record)
        self.assertEqual(
            [row[1] for row in found[1:]], ["BRK First", None, "BRK Second", None]
        )

    def test_22_the_mended_workbook_may_take_the_place_of_the_file(self):
        record = self._check_whole(
            [HEAD, ("Atacama Minerals", "X", "USX", "5")], kind="items"
        )
        record.skip_bad = True
        record.file = b64encode(record._make_rows_workbook())
        self.assertEqual((record.state, record.skip_bad), ("draft", False))
        record.action_dry_run()
        self.assertEqual(record.row_ids.state, "error")
