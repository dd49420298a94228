"""Spreadsheets that other programs made, where they are at hand: each says what a
reader of it has to say.
"""

import datetime
from collections import Counter
from decimal import Decimal
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ....providers.errors import FormatError
from ....providers.spreadsheets import (
    Unsettled,
    day_of,
    identifier_of,
    number_of,
    open_book,
    read_table,
)
from .files_common import said

SAMPLES = Path(__file__).resolve().parents[5] / "shared" / "history_samples"


@tagged("post_install", "-at_install")
class TestHistorySamples(BaseCase):
    def _open(self, name):
        path = SAMPLES / name
        if not path.exists():
            self.skipTest(f"{name} isn't at hand")
        return open_book(path.read_bytes())

    def _table(self, name, sheet=0, **how):
        return read_table(self._open(name), sheet, **how)

    def _column(self, table, title):
        return next(column for column in table.columns if column.title == title)

    def _numbers(self, table, title, kinds=("data",)):
        column = self._column(table, title)
        return [
            number_of(column.evidence.numbers, row.cells[column.index])
            for row in table.rows()
            if row.kind in kinds
        ]

    def _days(self, table, title):
        column = self._column(table, title)
        return [
            day_of(column.evidence.dates, row.cells[column.index])
            for row in table.rows()
            if row.kind == "data"
        ]

    def _texts(self, table, title):
        index = self._column(table, title).index
        return [row.cells[index] for row in table.rows() if row.kind == "data"]

    def _kinds(self, table):
        return {row.number: row.kind for row in table.rows() if row.kind != "data"}

    def test_adviser_reconciliation_xls(self):
        table = self._table("adviser_reconciliation.xls")
        self.assertEqual(table.header, (7,))
        self.assertEqual(self._column(table, "Supplier Amount (ex GST)").letter, "H")
        groups, totals = {9, 19, 29}, {17, 27, 37, 40, 41, 42, 43}
        kinds = self._kinds(table)
        self.assertEqual({n for n, kind in kinds.items() if kind == "group"}, groups)
        self.assertEqual({n for n, kind in kinds.items() if kind == "total"}, totals)
        self.assertEqual(kinds[45], "footer")
        self.assertEqual(
            sum(self._numbers(table, "Adviser Share (incl GST)")), Decimal("9100.37")
        )
        remarks = said(table.remarks)
        self.assertNotIn("total_differs", remarks)
        self.assertIn("Base Value", str(remarks["numbers_as_text"]))
        self.assertEqual(self._numbers(table, "Base Value")[0], 1000)
        # the second sheet has totals of other columns, which is said
        second = read_table(table.book, 1)
        self.assertIn("Total Revenue", str(said(second.remarks)["total_differs"]))

    def test_akaunting_customers_xlsx(self):
        table = self._table("akaunting_customers.xlsx")
        self.assertEqual((table.header, table.counts), ((1,), {"data": 1}))
        self.assertEqual(table.remarks, ())
        [row] = table.rows()
        self.assertIs(row.cells[self._column(table, "enabled").index], True)

    def test_alipay_gb18030_csv(self):
        book = self._open("alipay_gb18030.csv")
        self.assertEqual((book.encoding, book.delimiter), ("gb18030", ","))
        self.assertIn("GB18030", str(said(book.remarks)["encoding"]))
        table = read_table(book)
        self.assertEqual(table.header, (25,))
        differs = said(table.remarks)["rows_differ"]
        self.assertEqual(str(differs), "Row 8 says 66 records, the file holds 10.")
        self.assertEqual(set(self._texts(table, "收/支")), {"收入", "支出", "不计收支"})
        self.assertEqual(self._numbers(table, "金额")[0], Decimal("49.74"))
        # tabs and blanks around
        order = self._texts(table, "交易订单号")[0]
        self.assertEqual(order, "202302xxxxxx0011000103xxxxxx")
        self.assertEqual(self._days(table, "交易时间")[0], datetime.date(2023, 2, 12))

    def test_corrupted_xlsx(self):
        with self.assertRaisesRegex(FormatError, "damaged"):
            self._open("corrupted.xlsx")

    def test_dates_1904_xls(self):
        book = self._open("dates_1904.xls")
        self.assertIn("1904", str(said(book.remarks)["epoch_1904"]))
        [row] = read_table(book).rows()
        new_year = datetime.datetime(2000, 1, 1)
        self.assertEqual(row.cells, (new_year,) * 5)

    def test_datev_stammdaten_csv(self):
        book = self._open("datev_stammdaten.csv")
        self.assertEqual((book.encoding, book.delimiter), ("cp1252", ";"))
        table = read_table(book)
        self.assertEqual(table.header, (2,))
        self.assertEqual(
            str(said(table.remarks)["datev"]), "Row 1 is DATEV's own header."
        )
        self.assertGreater(len(table.columns), 200)
        self.assertEqual(
            self._texts(table, "Konto"), ["10000", "70001", "70002", "70003"]
        )
        self.assertEqual(self._texts(table, "Ort")[0], "Köln")

    def test_error_cell_xls(self):
        table = self._table("error_cell.xls")
        [row] = table.rows()
        self.assertEqual(
            [str(cell) for cell in row.cells], ["#DIV/0!", "#N/A", "#VALUE!"]
        )
        self.assertEqual(
            [(r.code, r.row, r.column) for r in row.remarks],
            [("cell_error", 1, 0), ("cell_error", 1, 1), ("cell_error", 1, 2)],
        )
        self.assertIn("A1: #DIV/0!", str(said(table.remarks)["error_cells"]))

    def test_frappe_parties_csv(self):
        table = self._table("frappe_parties.csv")
        remarks = said(table.remarks)
        self.assertEqual((table.header, table.counts), ((1,), {"data": 6}))
        self.assertEqual(table.columns[3].technical, "Party.outstandingAmount")
        self.assertEqual(
            str(remarks["technical_names"]),
            "Row 2 looks like technical names: it is no data.",
        )
        self.assertIn("299.99999999921", str(remarks["many_decimals"]))
        self.assertIn("11 decimals", str(remarks["many_decimals"]))
        self.assertEqual(self._days(table, "Created")[0], datetime.date(2023, 1, 9))

    def test_freshbooks_invoices_csv(self):
        table = self._table("freshbooks_invoices.csv")
        self.assertEqual(self._texts(table, "Invoice #"), ["0000001"] * 3)
        self.assertEqual(self._column(table, "Invoice #").kind, "identifier")
        self.assertEqual(sum(self._numbers(table, "Line Total")), Decimal("7890.00"))

    def test_gooderp_sell_invoices_xlsx(self):
        table = self._table("gooderp_sell_invoices.xlsx")
        self.assertEqual((table.header, len(table.preamble)), ((6,), 3))
        self.assertEqual(
            self._kinds(table),
            {**dict.fromkeys(range(8, 13), "continuation"), 13: "total", 15: "footer"},
        )
        lines = ("data", "continuation")
        net = sum(self._numbers(table, "金额", lines))
        tax = sum(self._numbers(table, "税额", lines))
        self.assertEqual((net, tax), (Decimal("86206.91"), Decimal("13793.09")))
        self.assertEqual(self._numbers(table, "税率")[0], Decimal("0.16"))
        remarks = said(table.remarks)
        self.assertNotIn("total_differs", remarks)
        self.assertIn("15 decimals", str(remarks["many_decimals"]))
        self.assertIn("numbers_as_text", remarks)
        self.assertEqual(self._texts(table, "税收分类编码"), ["1090409010000000000"])

    def test_hsbc_hk_two_currencies_csv(self):
        table = self._table("hsbc_hk_two_currencies.csv")
        order = said(table.remarks)["day_order"]
        self.assertIn("“31/03/2025” in row 9 can't: day first", str(order))
        self.assertEqual(
            self._days(table, "Transaction date")[0], datetime.date(2025, 4, 9)
        )
        sums = Counter()
        for code, amount in zip(
            self._texts(table, "Billing currency"),
            self._numbers(table, "Billing amount"),
            strict=True,
        ):
            sums[code] += amount
        self.assertEqual(set(sums), {"CNY", "HKD"})
        self.assertEqual(self._numbers(table, "Billing amount")[0], Decimal("-1099.14"))

    def test_ibm_receivables_mdy_csv(self):
        table = self._table("ibm_receivables_mdy.csv")
        self.assertEqual(table.counts, {"data": 2466})
        column = self._column(table, "InvoiceDate")
        self.assertEqual(column.evidence.dates.order, "mdy")
        self.assertEqual(column.evidence.dates.proof, 3)
        self.assertEqual(self._days(table, "InvoiceDate")[0], datetime.date(2013, 1, 2))
        # the same figures in both orders aren't open: 3/3/2013
        both = [t for t in self._texts(table, "InvoiceDate") if self._is_open(t)]
        self.assertEqual(column.evidence.dates.ambiguous, len(both))
        self.assertEqual(
            sum(self._numbers(table, "InvoiceAmount")), Decimal("147703.18")
        )

    def _is_open(self, text):
        month, day, _year = text.split("/")
        return month != day and int(month) <= 12 and int(day) <= 12

    def test_jsherp_customer_template_xls(self):
        table = self._table("jsherp_customer_template.xls")
        self.assertEqual((table.header, len(table.preamble)), ((2,), 1))
        remarks = said(table.remarks)
        self.assertEqual(
            str(remarks["header"]), "The names of the columns are in row 2."
        )
        self.assertIn("手机号码", str(remarks["phones_as_numbers"]))
        phone = self._column(table, "手机号码")
        self.assertEqual(phone.kind, "identifier")
        self.assertEqual(
            [identifier_of(cell) for cell in self._texts(table, "手机号码")],
            ["13000000000", "15000000000"],
        )
        self.assertEqual(self._numbers(table, "期初应收"), [100, 0])

    def test_macro_xls(self):
        book = self._open("macro.xls")
        self.assertEqual(
            str(said(book.remarks)["macros"]), "Macros in the file are ignored."
        )
        [row] = book.rows()
        self.assertEqual(row.cells, ("This is a macro workbook",))
        self.assertIn("empty_sheet", said(read_table(book, 1).remarks))

    def test_ninja_clients_csv(self):
        table = self._table("ninja_clients.csv")
        self.assertEqual(table.header, (4,))
        remarks = said(table.remarks)
        self.assertIn("Phone", str(remarks["same_title"]))
        self.assertIn("$", str(remarks["currency_marks"]))
        self.assertEqual(self._numbers(table, "Balance")[0], Decimal("-142.85"))
        zips = self._texts(table, "Billing Postal Code")
        self.assertIn("05144", zips)
        self.assertEqual(table.counts, {"data": 20})

    def test_oca_meta_credit_debit_csv(self):
        table = self._table("oca_meta_credit_debit.csv")
        self.assertEqual((table.header, table.counts["data"]), ((5,), 4))
        self.assertEqual(self._kinds(table), {10: "total"})
        debit = sum(n for n in self._numbers(table, "Debit") if n)
        credit = sum(n for n in self._numbers(table, "Credit") if n)
        self.assertEqual((debit, credit), (Decimal("-230.68"), Decimal("1300.00")))
        # what it says it closes with isn't what the rows lead to
        differs = said(table.remarks)["balances_differ"]
        self.assertIn("31070.11", str(differs))
        self.assertIn("31070.09", str(differs))
        [first, *_days] = self._days(table, "Date")
        self.assertIsInstance(first, Unsettled)
        self.assertIn("2020-04-01", str(said(table.remarks)["open_day_order"]))

    def test_oca_multi_currency_csv(self):
        table = self._table("oca_multi_currency.csv")
        self.assertEqual(self._days(table, "Date"), [datetime.date(2018, 12, 15)] * 2)
        self.assertEqual(
            self._numbers(table, "Amount"), [Decimal("-33.50"), Decimal("1525.00")]
        )
        self.assertEqual(self._texts(table, "Currency"), ["USD", "EUR"])

    def test_odoo_contacts_template_xlsx(self):
        table = self._table("odoo_contacts_template.xlsx")
        self.assertEqual(table.counts, {"data": 4})
        self.assertIn("995 empty rows", str(said(table.remarks)["empty_rows"]))
        self.assertFalse([r for r in table.remarks if r.level == "error"])

    def test_odoo_invoices_template_xlsx(self):
        table = self._table("odoo_invoices_template.xlsx")
        self.assertEqual(self._kinds(table), {3: "continuation", 5: "continuation"})
        self.assertEqual(
            self._days(table, "Invoice Bill Date"), [datetime.date(2025, 6, 17)] * 3
        )
        self.assertEqual(
            self._numbers(table, "Invoice Lines/Unit Price", ("continuation",)),
            [4000, Decimal("1.98")],
        )

    def test_open_items_ar_csv(self):
        table = self._table("open_items_ar.csv")
        self.assertEqual(sum(self._numbers(table, "open_balance")), 226350)
        self.assertEqual(self._texts(table, "dispute_flag").count("Y"), 4)
        self.assertEqual(self._days(table, "due_date")[0], datetime.date(2026, 6, 10))

    def test_password_protected_xlsx(self):
        with self.assertRaisesRegex(FormatError, "password: save it without one"):
            self._open("password_protected.xlsx")

    def test_wave_clients_csv(self):
        table = self._table("wave_clients.csv")
        self.assertEqual(table.counts, {"data": 4})
        self.assertIn("BSD", self._texts(table, "customer_currency"))
        self.assertEqual(self._texts(table, "city")[0], "Glasgow, Scotland")
        self.assertEqual(self._column(table, "province/state").kind, "text")

    def test_wukong_voucher_import_xlsx(self):
        table = self._table("wukong_voucher_import.xlsx")
        self.assertEqual(
            str(said(table.remarks)["no_rows"]),
            "The table is empty: it has the names of columns only.",
        )
        titles = [column.title for column in table.columns]
        self.assertEqual(
            titles[:2] + titles[7:10], [*"日期 凭证字 借方金额 贷方金额 客户".split()]
        )
        second = read_table(table.book, 1)
        self.assertEqual((second.header, len(second.preamble)), ((2,), 1))

    def test_zoho_invoices_csv(self):
        table = self._table("zoho_invoices.csv")
        self.assertEqual((len(table.columns), table.counts), (83, {"data": 13}))
        ids = self._texts(table, "Invoice ID")
        self.assertEqual({len(each) for each in ids}, {19})
        self.assertEqual(self._column(table, "Invoice ID").kind, "identifier")
        numbers = self._texts(table, "Invoice Number")
        balances = dict(zip(numbers, self._numbers(table, "Balance"), strict=True))
        self.assertEqual(sum(balances.values()), Decimal("1339.75"))
