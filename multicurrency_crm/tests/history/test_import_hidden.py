"""Rows that are hidden in a workbook are asked about; what a spreadsheet program has
made of a number is seen; follow-ups keep their time, author and whole text."""

import io
from datetime import datetime

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")
WHO = "Atacama Minerals"


def make_book(rows, hidden=()):
    """:return: the bytes of an XLSX file, some rows of which are hidden"""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    book.save(content)
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestHiddenRows(HistoryCommon):
    def _read_book(self, hidden, **values):
        rows = [HEAD]
        rows += [(WHO, f"S{n}", DAY, "USD", float(f"{n}00.5")) for n in (1, 2, 3)]
        record = self._load(make_book(rows, hidden), file_name="s.xlsx", **values)
        record.action_read()
        return record

    def test_22_whether_hidden_rows_count_is_asked(self):
        record = self._read_book([3])
        self.assertIn("hidden in the file: 1 (3)", record.remarks)
        self.assertTrue(record.needs_care)
        self.assertIn("Hidden Rows Are", record.next_step)
        with self.assertRaisesRegex(UserError, "Hidden Rows Are"):
            record.action_dry_run()
        for answer, found in (("in", 601.5), ("out", 401.0)):
            record.hidden_rows = answer
            self.assertFalse(record.needs_care)
            record.action_dry_run()
            self.assertEqual(record.total_ids.found, found)
        self.assertEqual(record.row_ids[1].state, "skip")
        self.assertIn("Hidden in the file", record.row_ids[1].message)

    def test_22_where_no_row_is_hidden_nothing_is_asked(self):
        for hidden in ((), (1,), (9,)):
            record = self._read_book(hidden)
            self.assertFalse(record.needs_care, record.next_step)
            record.action_dry_run()
            self.assertEqual(record.create_count, 3)

    def test_22_of_lines_that_are_hidden_none_counts(self):
        rows = [HEAD]
        rows += [(WHO, "S1", DAY, "USD", amount) for amount in (1.5, 2.5, 4.0)]
        record = self._load(
            make_book(rows, [3]), rows_are="lines", hidden_rows="out", kind="items"
        )
        record.action_dry_run()
        self.assertEqual(record.total_ids.found, 5.5)


@tagged("post_install", "-at_install")
class TestRemadeCells(HistoryCommon):
    def test_22_a_number_that_became_a_day_or_true_is_an_error(self):
        rows = [
            HEAD,
            (WHO, datetime(2026, 5, 1), DAY, "USD", 5.0),
            (WHO, True, DAY, "USD", 6.0),
            (datetime(2026, 5, 1), "S3", DAY, "USD", 7.0),
            (WHO, "S4", DAY, "USD", 8.0),
            (WHO, 2026, DAY, "USD", 9.0),
        ]
        record = self._check_whole(make_book(rows), create_customers=True)
        states = record.row_ids.mapped("state")
        self.assertEqual(states, ["error"] * 3 + ["create"] * 2, self._read(record))
        for row, cell in zip(record.row_ids, ("B2", "B3", "A4"), strict=False):
            self.assertIn(cell, row.message)
            self.assertIn("may have made it", row.message)

    def test_22_a_share_is_no_amount(self):
        rows = [HEAD]
        rows += [
            (WHO, f"P{at}", "2026-07-31", "USD", text)
            for at, text in enumerate(("5,00%", "12,50", "-3 %", "(1%)"))
        ]
        record = self._check_whole(rows)
        states = record.row_ids.mapped("state")
        self.assertEqual(states, ["error", "create", "error", "error"])
        self.assertIn("is a share", record.row_ids[0].message)


@tagged("post_install", "-at_install")
class TestFollowUpsApart(HistoryCommon):
    HEAD = ("Customer", "Date", "Text", "Author")

    def test_22_time_author_and_the_whole_text_tell_them_apart(self):
        long = "x" * 600
        rows = [
            self.HEAD,
            (WHO, "2026-05-04 10:30", "No answer", "Ann"),
            (WHO, "2026-05-04 15:00", "No answer", "Bob"),
            (WHO, "2026-05-04 15:00", "No answer", "Ann"),
            (WHO, "2026-05-04 15:00", "no  answer", "ann"),
            (WHO, "2026-05-04", f"{long} a", "Ann"),
            (WHO, "2026-05-04", f"{long} b", "Ann"),
            (WHO, "2026-05-04", f"{long} b", "Ann"),
        ]
        record = self._check_whole(rows, kind="notes")
        self.assertEqual(
            record.row_ids.mapped("state"),
            [*["create"] * 3, "duplicate", *["create"] * 2, "duplicate"],
        )
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        again = self._check_whole(rows, kind="notes", file_name="again.csv")
        self.assertEqual(set(again.row_ids.mapped("state")), {"duplicate"})

    def test_22_times_are_those_of_the_company(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        rows = [
            self.HEAD,
            (WHO, datetime(2026, 5, 4, 10, 30), "In a workbook", "Ann"),
            (WHO, "2026-05-04 03:15 PM", "In a text", "Ann"),
            (WHO, datetime(2026, 5, 4), "No time", "Ann"),
        ]
        record = self._publish(make_book(rows), kind="notes")
        zone = self.company._get_start_of(datetime(2026, 5, 4).date())
        notes = record.sudo().row_ids.note_id.sorted("id")
        hours = [(note.date - zone).total_seconds() / 3600 for note in notes]
        # without a time at noon, and in the order of the day
        self.assertEqual(hours, [10.5, 12.0, 15.25])
