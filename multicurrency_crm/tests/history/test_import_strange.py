"""Files that are broken, and figures at the edge: a sentence, or the right amount."""

import io
import random
from datetime import date

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, ITEMS, HistoryCommon, make_csv

HEAD = ("Customer", "Invoice No", "Date", "Due Date", "Currency", "Open Amount")


def make_workbook(rows):
    """:return: the bytes of an XLSX file"""
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@tagged("post_install", "-at_install")
class TestBrokenFiles(HistoryCommon):
    def _try(self, content, name):
        """Read and check a file: it is judged, or refused by a sentence."""
        with self.cr.savepoint():
            record = self._load(content, file_name=name)
            try:
                record.action_read()
                record.action_dry_run()
            except UserError as error:
                self.assertGreater(len(str(error)), 10)
                return None
            self.assertIn(record.state, ("ready", "read"))
            self.assertTrue(record.state == "ready" or record.failure)
            return record.state

    def test_22_cut_files(self):
        for content, name in (
            (make_csv(ITEMS), "cut.csv"),
            (make_workbook(ITEMS), "cut.xlsx"),
        ):
            for at in range(0, len(content), max(len(content) // 15, 1)):
                with self.subTest(name=name, at=at):
                    self._try(content[:at], name)

    def test_22_files_with_other_bytes_in_them(self):
        dice = random.Random(22)
        for content, name in (
            (make_csv(ITEMS), "noise.csv"),
            (make_workbook(ITEMS), "noise.xlsx"),
        ):
            for turn in range(12):
                noise = bytearray(content)
                for _each in range(dice.randint(1, 30)):
                    noise[dice.randrange(len(noise))] = dice.randrange(256)
                with self.subTest(name=name, turn=turn):
                    self._try(bytes(noise), name)

    def test_22_what_is_chosen_of_a_file_is_shown_at_once(self):
        rows = [
            ("客户", "单据编号", "币别", "应收余额"),
            ("宁波港湾进出口有限公司", "A-1", "美元", "5"),
        ]
        text = "\r\n".join(";".join(row) for row in rows)
        record = self._load(text.encode("gb18030"), file_name="latin.csv")
        record.action_read()
        self.assertIn("GB18030", record.remarks)
        self.assertEqual(record.column_ids[0].title, "客户")
        record.encoding = "cp1252"
        self.assertNotEqual(record.column_ids[0].title, "客户")
        record.write({"encoding": "gb18030", "delimiter": "comma"})
        self.assertEqual(len(record.column_ids), 1)
        self.assertEqual(record.state, "read")
        record.delimiter = "semicolon"
        self.assertEqual(
            record.column_ids.mapped("field"), ["name", "document", "currency", "open"]
        )
        self.assertIn("宁波港湾", record.column_ids[0].sample)
        with self.assertRaisesRegex(UserError, "choose another encoding"):
            record.encoding = "utf-8"

    def test_22_sheets_are_chosen_by_name(self):
        book, content = openpyxl.Workbook(), io.BytesIO()
        book.active.title = "Read me"
        book.active.append(["Exported by hand", "see below"])
        for name in ("Items", "Old"):
            sheet = book.create_sheet(name)
            for row in ITEMS if name == "Items" else ITEMS[:3]:
                sheet.append(row)
        book.save(content)
        record = self._check(content.getvalue(), file_name="book.xlsx")
        self.assertIn("“Items” is read", record.remarks)
        self.assertEqual(record.create_count, 5)
        record.sheet_name = "old"
        record.action_dry_run()
        self.assertEqual(record.create_count, 2)
        record.sheet_name = "2"
        record.action_dry_run()
        self.assertEqual(record.create_count, 5)
        with self.assertRaisesRegex(UserError, "no sheet “New”, but Read me, Items"):
            record.sheet_name = "New"

    def test_22_two_columns_of_one_name_are_remembered_as_one(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Balance", "", "Balance"),
            ("Atacama Minerals", "A", "USD", "5", "x", "9"),
        ]
        record = self._load(rows)
        record.action_read()
        self.assertFalse(any(one.field == "open" for one in record.column_ids))
        record.column_ids[3].field = "open"
        record.action_dry_run()
        record.action_publish()
        again = self._check([rows[0], ("Atacama Minerals", "B", "USD", "6", "x", "8")])
        self.assertEqual(again.row_ids.amount, 6.0, again.failure)
        self.assertEqual(
            [one.field for one in again.column_ids][3:], ["open", False, False]
        )

    def test_22_read_as_is_kept_when_it_is_read_again(self):
        rows = [
            HEAD,
            ("Atacama Minerals", "A", "03/04/2026", "05/06/2026", "USD", "1,234"),
        ]
        record = self._check(rows)
        self.assertEqual(record.row_ids.state, "error")
        asked = {one.title: one for one in record.column_ids}
        self.assertIn("1,234", asked["Open Amount"].content)
        self.assertIn("03/04/2026", asked["Date"].content)
        asked["Open Amount"].reading = "point"
        asked["Date"].reading = asked["Due Date"].reading = "day"
        record.action_dry_run()
        row = record.row_ids
        self.assertEqual((row.state, row.amount), ("create", 1234.0), row.message)
        self.assertEqual((row.date, row.due), (date(2026, 4, 3), date(2026, 6, 5)))
        record.action_read()
        self.assertEqual(
            [one.reading for one in record.column_ids if one.reading],
            ["day", "day", "point"],
        )
        self.assertEqual(record.column_ids.mapped("field")[1], "document")


@tagged("post_install", "-at_install")
class TestStrangeItems(HistoryCommon):
    def test_22_amounts_and_days_at_the_edge(self):
        rows = [
            HEAD,
            ("Atacama Minerals", "big", "1900-03-01", "2100-12-31", "USD", "1"),
            ("Atacama Minerals", "huge", "2026-01-01", "2026-01-31", "USD", "1e15"),
            ("Atacama Minerals", "small", "2026-01-01", "2026-01-31", "KWD", "0.001"),
            ("Atacama Minerals", "zero", "2026-01-01", "2026-01-31", "USD", "-0.00"),
            ("Atacama Minerals", "same", "2026-01-01", "2026-01-31", "USD", "7.77"),
            ("Atacama Minerals", "same", "2026-01-01", "2026-01-31", "EUR", "7.77"),
            ("Atacama Minerals", "less", "2026-01-01", "2026-01-31", "JPY", "0.4"),
            ("Atacama Minerals", "=cmd|' /C'!A0", "2026-01-01", "", "USD", "1.005"),
        ]
        rows[1] = (*rows[1][:-1], "49999999999.99")
        rows[2] = (*rows[2][:-1], "1000000000000000.00")
        record = self._check_whole(rows, skip_bad=True)
        found = {row.document: row for row in record.row_ids}
        self.assertEqual(found["zero"].state, "skip")
        self.assertEqual(found["less"].state, "skip", found["less"].message)
        self.assertEqual(found["huge"].state, "error")
        self.assertIn("kept to the cent", found["huge"].message)
        self.assertEqual(found["big"].due, date(2100, 12, 31))
        self.assertEqual(record.create_count, 5, self._read(record))
        self.assertIn("rounded", found["=cmd|' /C'!A0"].message)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(
            self._find_open(),
            {
                ("Atacama Minerals Ltd.", "USD"): 50000000008.77,
                ("Atacama Minerals Ltd.", "EUR"): 7.77,
                ("Atacama Minerals Ltd.", "KWD"): 0.001,
            },
        )

    def test_22_books_without_decimals_and_with_three(self):
        for code, places in (("JPY", 0), ("KWD", 3)):
            (own,) = self._activate(code)
            company = self._create_company(f"Books in {code}", own)
            self._load_chart(company)
            self._choose_accounts(company)
            self.env["res.currency.rate"].create(
                {
                    "name": "2026-01-01",
                    "currency_id": self.usd.id,
                    "company_id": company.id,
                    "inverse_company_rate": 151.237 if places == 0 else 0.3077,
                }
            )
            clerk = self._create_colleague(f"clerk_{code}", "group_finance", company)
            rows = [
                HEAD,
                ("Atacama Minerals", "A", "", "2026-07-01", "USD", "100.01"),
                ("Atacama Minerals", "B", "", "2026-07-01", code, "1234.5678"),
            ]
            record = self._load(rows, user=clerk, company=company)
            record.action_dry_run()
            self.assertEqual(record.create_count, 2, self._read(record))
            record.action_publish()
            self.assertEqual(record.state, "done", record.failure)
            for move in record.sudo().entry_ids.move_id:
                self.assertTrue(own.is_zero(sum(move.line_ids.mapped("balance"))))
            items = self.env["account.move.line"]._find_open_items(company, DAY)
            booked = {item.currency_id: item.residual_booked for item in items}
            self.assertEqual(booked[own.id], own.round(1234.5678))
            rate = 151.237 if places == 0 else 0.3077
            self.assertEqual(booked[self.usd.id], own.round(100.01 * rate))

    def test_22_another_companys_file_stays_its_own(self):
        other = self._create_company("Elsewhere", self.usd)
        clerk = self._create_colleague("elsewhere", "group_finance", other)
        record = self._check()
        with self.assertRaisesRegex(Exception, "(?i)access|permitted|allowed"):
            self._as(record, clerk, other).action_dry_run()
        # the same documents are others there
        self._publish(file_name="again.csv")
        self._load_chart(other)
        self._choose_accounts(other)
        there = self._load(ITEMS, user=clerk, company=other)
        there.action_dry_run()
        self.assertFalse(there.duplicate_count, self._read(there))

    def test_22_grouped_lists_name_a_customer_once(self):
        rows = [
            ("Receivables by customer",),
            HEAD,
            ("Atacama Minerals",),
            ("", "A-1", "2026-05-01", "2026-06-01", "USD", "10.00"),
            ("", "A-2", "2026-05-02", "2026-06-02", "USD", "20.00"),
            ("Total", "", "", "", "USD", "30.00"),
            ("Bosphorus Textiles",),
            ("", "B-1", "2026-05-03", "2026-06-03", "EUR", "40.00"),
            ("", "B-2", "2026-05-04", "2026-06-04", "EUR", "50.00"),
            ("Total", "", "", "", "EUR", "90.00"),
        ]
        record = self._check_whole(make_workbook(rows), file_name="grouped.xlsx")
        found = {
            (row.partner_id.name, row.document)
            for row in record.row_ids
            if row.state == "create"
        }
        self.assertEqual(
            found,
            {
                ("Atacama Minerals Ltd.", "A-1"),
                ("Atacama Minerals Ltd.", "A-2"),
                ("Bosphorus Textiles A.S.", "B-1"),
                ("Bosphorus Textiles A.S.", "B-2"),
            },
            self._read(record),
        )

    def test_22_formulas_in_names_come_out_as_text(self):
        rows = [
            HEAD,
            ('=HYPERLINK("http://x")', "@SUM(A1)", "", "2026-07-01", "USD", "1"),
            ("+1+1", "-2+3", "", "2026-07-01", "USD", "2"),
        ]
        record = self._check(rows)
        content = record._make_rows_workbook()
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for row in book.active for cell in row]
        self.assertFalse([cell.value for cell in cells if cell.data_type == "f"])
        self.assertIn('=HYPERLINK("http://x")', [cell.value for cell in cells])


@tagged("post_install", "-at_install")
class TestTermsAndKinds(HistoryCommon):
    def test_22_terms_give_the_due_day(self):
        terms = self.env["account.payment.term"].create(
            [
                {
                    "name": f"In {days} days",
                    "line_ids": [(0, 0, {"value_amount": 100, "nb_days": days})],
                }
                for days in (20, 50)
            ]
        )
        here = self.bosphorus.with_company(self.company)
        here.property_payment_term_id = terms[0]
        head = ("Customer", "Invoice No", "Date", "Terms", "Currency", "Open Amount")
        rows = [
            head,
            ("Atacama Minerals", "A", "2026-05-01", "Net 30", "USD", "1"),
            ("Atacama Minerals", "B", "2026-05-01", "in 50 DAYS", "USD", "1"),
            ("Atacama Minerals", "C", "2026-05-01", "", "USD", "1"),
            ("Bosphorus Textiles", "D", "2026-05-01", "", "USD", "1"),
            ("Bosphorus Textiles", "E", "2026-05-01", "by and by", "USD", "1"),
        ]
        record = self._check_whole(rows)
        found = {row.document: row for row in record.row_ids}
        self.assertIn("due on its own day", found["C"].message)
        self.assertIn("“by and by” are unknown", found["E"].message)
        record.term_id = terms[1]
        record.action_dry_run()
        due = {row.document: str(row.due) for row in record.row_ids}
        self.assertEqual(
            due,
            {
                "A": "2026-05-31",
                "B": "2026-06-20",
                "C": "2026-06-20",
                "D": "2026-05-21",
                "E": "2026-05-21",
            },
        )

    def test_22_kinds_give_the_sign(self):
        head = ("客户", "单据编号", "收/支", "币别", "金额")
        name = "Atacama Minerals"
        rows = [
            head,
            (name, "1", "应收单", "USD", "100"),
            (name, "2", "收", "USD", "30"),
            (name, "3", "红字发票", "USD", "-20"),
            (name, "4", "支", "USD", "7"),
            (name, "5", "不计收支", "USD", "999"),
        ]
        record = self._check(rows, kind="items")
        self.assertEqual(
            [(row.document, row.state, row.amount) for row in record.row_ids],
            [
                ("1", "create", 100.0),
                ("2", "create", -30.0),
                ("3", "create", -20.0),
                ("4", "create", 7.0),
                ("5", "skip", 999.0),
            ],
        )
        self.assertFalse(any("error?" in (row.message or "") for row in record.row_ids))

    def test_22_disputed_items_are_reversed_settled(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount", "Disputed"),
            ("Atacama Minerals", "A", "USD", "100", "yes"),
            ("Atacama Minerals", "B", "USD", "100", "Y"),
            ("Atacama Minerals", "C", "USD", "100", "no"),
            ("Atacama Minerals", "D", "USD", "100", "perhaps"),
        ]
        record = self._check_whole(rows)
        self.assertIn("neither yes nor no", record.row_ids[3].message)
        record.action_publish()
        moves = record.sudo().entry_ids.move_id
        self.assertEqual(len(moves), 3)
        disputed = moves.filtered("credit_disputed_since")
        self.assertEqual(len(disputed), 2)
        self.assertEqual(set(disputed.mapped("credit_disputed_since")), {DAY})
        self.company.fiscalyear_lock_date = DAY
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(any(moves.mapped("credit_disputed_since")))
