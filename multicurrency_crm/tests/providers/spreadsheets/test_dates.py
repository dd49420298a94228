"""Days in every style that people write them in: read as written, or asked."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....providers.spreadsheets import (
    Answer,
    DateEvidence,
    Trouble,
    Unreadable,
    Unsettled,
    day_of,
    number_of,
)
from .files_common import csv_of, said, table_of, xls, xlsx

FIFTH = datetime.date(2024, 3, 5)
DAYS = st.dates(datetime.date(1969, 1, 1), datetime.date(2068, 12, 31))
FORMS = {
    "dmy": ("{d}{s}{m}{s}{y}", "{d:02}{s}{m:02}{s}{y}", "{d:02}{s}{m:02}{s}{y} 10:30"),
    "mdy": ("{m}{s}{d}{s}{y}", "{m:02}{s}{d:02}{s}{y}"),
}


def read_column(cells):
    """What day_of makes of a column."""
    evidence = DateEvidence()
    for row, cell in enumerate(cells, start=2):
        evidence.note(row, cell)
    return evidence, [day_of(evidence, cell) for cell in cells]


@tagged("post_install", "-at_install")
class TestDates(BaseCase):
    def test_styles(self):
        for text in (
            *(
                "2024-03-05",
                "2024/3/5",
                "2024.03.05",
                "2024年3月5日",
                "2024 年 3 月 5 日",
            ),
            *("24年3月5日", "20240305", "5.3.2024", "05.03.2024", "5 Mar 2024"),
            *("March 5, 2024", "Tue, 5 Mar 2024", "2024-Mar-05", "5. März 2024"),
            *("05-Mar-24", "5 de marzo de 2024", "5 mars 2024", "5th March 2024"),
            *("2024-03-05 21:32:14", "2024-03-05T17:07:35.103Z", "2024/3/5 0:00"),
            *("２０２４－０３－０５", "2024年3月5日 10:30:00", "2024-03-05 10:30 AM"),
        ):
            with self.subTest(text):
                _evidence, [read] = read_column([text])
                self.assertEqual(read, FIFTH)

    def test_no_days(self):
        for cell in (
            *("2024-03", "March 2024", "2024-02-30", "31/04/2024", "13/13/2024"),
            *("55.94", "1,234.50", "1234567", "INV-2024-03", "12:30", "yesterday"),
            *("03/04/05/06", 0, 5, 60, 73051, 1e300, True, -1),
            *(datetime.time(10, 30), datetime.timedelta(1), Trouble("error", "#N/A")),
        ):
            with self.subTest(cell):
                self.assertIsInstance(day_of(DateEvidence(), cell), Unreadable)

    def test_no_day_as_databases_write_it(self):
        for text in ("0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "-", ""):
            evidence, [read] = read_column([text])
            self.assertIsNone(read)
            self.assertEqual((evidence.wrong, evidence.texts), (text in ("-", ""), 0))

    def test_mistyped_years(self):
        for text in ("0202-11-20", "2924-03-05", "1824年3月5日"):
            read = day_of(DateEvidence(), text)
            self.assertIn("correct the year", str(read.remark))

    def test_what_workbooks_store(self):
        moment = datetime.datetime(2024, 3, 5, 10, 30)
        for cell in (moment, FIFTH, 45356, 45356.75, 20240305, 20240305.0):
            self.assertEqual(day_of(DateEvidence(), cell), FIFTH)
        of_1904 = DateEvidence(epoch_1904=True)
        self.assertEqual(day_of(of_1904, 43894), FIFTH)

    def test_a_row_further_down_settles_the_order(self):
        for proof, order, day in (
            ("31/03/2024", "dmy", datetime.date(2024, 4, 3)),
            ("3/31/2024", "mdy", datetime.date(2024, 3, 4)),
        ):
            evidence, reads = read_column(["03/04/2024", "", "5.3.2024", proof])
            self.assertEqual((evidence.order, evidence.proof), (order, 5))
            self.assertEqual((reads[0], reads[2]), (day, FIFTH))

    def test_what_nothing_settles_is_asked(self):
        evidence, [read, same] = read_column(["03/04/2024", "05/05/2024"])
        april, march = datetime.date(2024, 4, 3), datetime.date(2024, 3, 4)
        self.assertEqual(read, Unsettled("03/04/2024", (april, march), ("dmy", "mdy")))
        self.assertEqual(same, datetime.date(2024, 5, 5))
        self.assertEqual(day_of(evidence, "03/04/2024", order="mdy"), march)
        self.assertIsInstance(day_of(evidence, "31/04/2024", order="mdy"), Unreadable)

    def test_short_years(self):
        _evidence, [read] = read_column(["01/04/20"])
        self.assertEqual(read.answers, ("dmy", "mdy", "ymd"))
        _evidence, reads = read_column(["01/04/20", "31/12/69"])
        self.assertEqual(
            reads, [datetime.date(2020, 4, 1), datetime.date(1969, 12, 31)]
        )
        # between dots the year may be first or last, the month isn't
        _evidence, [read] = read_column(["05.03.24"])
        self.assertEqual(read.answers, ("dmy", "ymd"))

    def test_a_column_that_contradicts_itself(self):
        evidence, reads = read_column(["31/03/2024", "03/31/2024", "03/04/2024"])
        self.assertEqual((evidence.proof, evidence.against), (2, 3))
        self.assertEqual(reads[:2], [datetime.date(2024, 3, 31)] * 2)
        self.assertIsInstance(reads[2], Unsettled)
        lines = ("Name,Due", "A,31/03/2024", "B,03/31/2024", "C,03/04/2024")
        table = table_of(csv_of(*lines))
        self.assertEqual(said(table.remarks)["two_day_orders"].level, "ask")
        self.assertEqual(table.columns[1].kind, "open")

    @given(
        st.lists(DAYS, min_size=1, max_size=12),
        st.sampled_from([(o, form) for o, forms in FORMS.items() for form in forms]),
        st.sampled_from(["/", "-"]),
        st.booleans(),
    )
    def test_what_is_written_is_read_or_asked(self, days, order_form, sign, short):
        order, form = order_form
        year = "{:02}".format
        texts = [
            form.format(
                d=day.day,
                m=day.month,
                s=sign,
                y=year(day.year % 100) if short else day.year,
            )
            for day in days
        ]
        evidence, reads = read_column(texts)
        self.assertEqual(evidence.wrong, 0, texts)
        for day, read in zip(days, reads, strict=True):
            if isinstance(read, Unsettled):
                self.assertIn(day, read.readings)
                self.assertIsNone(evidence.order)
            else:
                self.assertEqual(read, day, texts)
        if not short and any(day.day > 12 for day in days):
            self.assertEqual(evidence.order, order)

    @given(
        st.lists(DAYS, min_size=1, max_size=6), st.lists(DAYS, min_size=1, max_size=6)
    )
    def test_of_two_orders_in_a_column_none_is_guessed(self, ones, others):
        texts = [f"{day.day}/{day.month}/{day.year}" for day in ones]
        texts += [f"{day.month}/{day.day}/{day.year}" for day in others]
        evidence, reads = read_column(texts)
        shows_both = any(day.day > 12 for day in ones) and any(
            day.day > 12 for day in others
        )
        for day, read in zip(ones + others, reads, strict=True):
            if isinstance(read, Unsettled):
                self.assertIn(day, read.readings)
            elif shows_both:
                self.assertEqual(read, day)
        self.assertEqual(evidence.against is not None, shows_both)

    @given(st.text(max_size=70))
    def test_any_text(self, text):
        read = day_of(DateEvidence(), text)
        self.assertIsInstance(read, datetime.date | Unsettled | Unreadable | None)


@tagged("post_install", "-at_install")
class TestDateRemarks(BaseCase):
    def test_the_row_that_proves_the_order_is_named(self):
        lines = ("Name,Due", "A,03/04/2024", "B,04/04/2024", "C,31/03/2024")
        table = table_of(csv_of(*lines))
        remark = said(table.remarks)["day_order"]
        self.assertEqual((remark.level, remark.row), ("note", 4))
        self.assertIn("“31/03/2024” in row 4 can't: day first", str(remark))
        self.assertIn("settled so: 1.", str(remark))

    def test_an_open_order_is_asked_and_answered(self):
        payload = csv_of("Name,Due,Paid", "A,03/04/2024,31/03/2024")
        table = table_of(payload)
        remark = said(table.remarks)["open_day_order"]
        self.assertEqual((remark.readings, remark.proposed), (("dmy", "mdy"), "dmy"))
        self.assertIn("2024-04-03 / 2024-03-04", str(remark))
        answered = table_of(payload, answers={1: Answer(order="mdy")})
        self.assertNotIn("open_day_order", said(answered.remarks))
        [row] = answered.rows()
        due = answered.columns[1]
        self.assertEqual(due.kind, "date")
        self.assertEqual(
            day_of(due.evidence.dates, row.cells[1]), datetime.date(2024, 3, 4)
        )

    def test_counts_of_days_times_and_short_years(self):
        table = table_of(
            xlsx(
                ["Name", "Due date", "Sent", "Born"],
                ["A", 45356, FIFTH, "5-Mar-24"],
                ["B", 45357, datetime.time(10, 30), "6-Mar-24"],
                ["C", 45358, FIFTH, "7-Mar-24"],
                ["D", 45359, FIFTH, "8-Mar-24"],
                ["E", 45359, FIFTH, "8-Mar-24"],
            )
        )
        remarks = said(table.remarks)
        self.assertEqual([column.kind for column in table.columns[1:]], ["date"] * 3)
        self.assertIn("stored as plain numbers (5)", str(remarks["day_counts"]))
        self.assertIn("without a day: 1.", str(remarks["times"]))
        self.assertIn("short_years", remarks)

    def test_what_excel_counts_wrongly_is_named(self):
        """Its count has a 29 February 1900."""
        payload = xls(("Name", "Due"), ("A", ("day", 45356)), ("B", ("day", 60)))
        table = table_of(payload)
        _first, second = table.rows()
        self.assertEqual([r.code for r in second.remarks], ["cell_serial"])
        self.assertIn("number 60", str(second.remarks[0]))
        read = day_of(table.columns[1].evidence.dates, second.cells[1])
        self.assertIsInstance(read, Unreadable)
        # 1904 counts from 0
        of_1904 = table_of(xls(("Name", "Due"), ("A", ("day", 60)), datemode=1))
        [row] = of_1904.rows()
        self.assertEqual(row.cells[1], datetime.datetime(1904, 3, 1))
        self.assertIn("epoch_1904", said(of_1904.book.remarks))

    def test_an_amount_is_no_day(self):
        table = table_of(xlsx(["Name", "Open"], ["A", 45356], ["B", 45357.5]))
        self.assertEqual(table.columns[1].kind, "number")
        [first, _second] = table.rows()
        self.assertEqual(
            number_of(table.columns[1].evidence.numbers, first.cells[1]), 45356
        )
