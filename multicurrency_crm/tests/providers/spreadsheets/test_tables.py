"""Where a table begins and ends, and which of its rows are data."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ....providers.spreadsheets import number_of
from .files_common import csv_of, said, table_of, xls, xlsx

CODES = ("USD", "EUR", "JPY", "HKD", "GBP")


def kinds(table):
    """{row number: kind} of rows that are no data."""
    return {row.number: row.kind for row in table.rows() if row.kind != "data"}


@tagged("post_install", "-at_install")
class TestHeaders(BaseCase):
    def _header(self, *lines, **how):
        return table_of(csv_of(*lines), **how).header

    def test_titles_notes_and_settings_above(self):
        lines = (
            "Open items of ACME Ltd,,,",
            "As of,2024-03-31,,",
            "Printed by: Li,,,",
            ",,,",
            "Customer,Invoice,Due,Open",
            "A,1,2024-03-05,5.50",
        )
        self.assertEqual(self._header(*lines), (5,))
        table = table_of(csv_of(*lines))
        self.assertEqual([row.number for row in table.preamble], [1, 2, 3])

    def test_two_tables_one_above_the_other(self):
        """The wider one is read; that the other isn't is asked."""
        lines = ("Name,Open,", "A,5.50,", "B,6.50,", ",,", "Name,Owed,Note")
        table = table_of(csv_of(*lines, "X,1.50,a", "Y,2.50,b"))
        self.assertEqual(table.header, (5,))
        remark = said(table.remarks)["rows_above"]
        self.assertEqual((remark.level, remark.row), ("ask", 2))
        self.assertIn("(2, 3)", str(remark))
        first = table_of(csv_of(*lines, "X,1.50,a", "Y,2.50,b"), header=1)
        self.assertEqual(first.header, (1,))

    def test_no_header(self):
        table = table_of(csv_of("A,1,2024-03-05,5.50", "B,2,2024-03-06,6.50"))
        self.assertEqual((table.header, len(list(table.rows()))), ((), 2))
        self.assertEqual(said(table.remarks)["no_header"].level, "ask")
        self.assertEqual([c.name for c in table.columns], ["A", "B", "C", "D"])

    def test_somebody_chooses(self):
        lines = ("Name,Open", "A,5.50", "Client,Balance", "B,6.50")
        self.assertEqual(self._header(*lines), (1,))
        self.assertEqual(self._header(*lines, header=3), (3,))
        self.assertEqual(self._header(*lines, header=0), ())
        deep = (*[",x"] * 80, "Name,Open", "A,5.50")
        self.assertEqual(self._header(*deep, header=81), (81,))

    def test_names_that_the_caller_knows(self):
        lines = ("one,two,three", "Name,Due,Open", "a,b,c")
        self.assertEqual(self._header(*lines), (1,))
        known = {"Name", "Due", "Open"}
        self.assertEqual(self._header(*lines, known=known.__contains__), (2,))

    def test_captions_over_several_columns(self):
        rows = (
            ["客户", "币别", "应收余额", "账龄", None, None],
            [None, None, None, "30天以内", "31-60天", "60天以上"],
            ["上海隆盛", "USD", 600, 100, 200, 300],
        )

        def merge(sheet):
            for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:F1"):
                sheet.merge_cells(cells)

        for payload in (xlsx(*rows, change=merge), xlsx(*rows), xls(*rows)):
            table = table_of(payload)
            self.assertEqual(table.header, (1, 2))
            self.assertEqual(
                [column.title for column in table.columns],
                [
                    "客户",
                    "币别",
                    "应收余额",
                    "账龄 30天以内",
                    "账龄 31-60天",
                    "账龄 60天以上",
                ],
            )
            self.assertEqual(table.counts, {"data": 1})

    def test_a_title_above_is_no_caption(self):
        lines = ("Open items,,", "Customer,Invoice,Open", "A,1,5.50")
        table = table_of(csv_of(*lines))
        self.assertEqual(table.columns[0].title, "Customer")
        self.assertEqual(table.header, (2,))

    def test_debit_and_credit_of_two_currencies(self):
        lines = (
            "Customer,USD,,CNY,",
            ",Debit,Credit,Debit,Credit",
            "A,5.50,,36.00,",
        )
        table = table_of(csv_of(*lines))
        self.assertEqual(
            [column.title for column in table.columns],
            ["Customer", "USD Debit", "USD Credit", "CNY Debit", "CNY Credit"],
        )

    def test_technical_names_below(self):
        lines = ("Name,Balance", "partner.name,partner.openBalance", "A,5.50")
        table = table_of(csv_of(*lines))
        self.assertEqual((table.header, table.counts), ((1,), {"data": 1}))
        self.assertEqual(table.columns[1].technical, "partner.openBalance")
        # an address isn't one
        lines = ("Name,E-mail", "acme,info@acme.test", "b,info@b.test")
        self.assertEqual(table_of(csv_of(*lines)).counts, {"data": 2})

    def test_instructions_below_the_names(self):
        for line in (
            "(code),(USD),(yyyy-mm-dd)",
            "必填,选填,选填",
            "示例：甲公司,1.00,x",
        ):
            with self.subTest(line):
                lines = ("Name,Open,Due", line, "A,5.50,2024-03-05")
                table = table_of(csv_of(*lines, "B,6.50,2024-03-06"))
                self.assertEqual((table.header, table.counts), ((1,), {"data": 2}))
                self.assertEqual(
                    [c.kind for c in table.columns][1:], ["number", "date"]
                )
                self.assertIn(
                    "Row 2 tells how", str(said(table.remarks)["instructions"])
                )

    def test_numbers_among_the_names(self):
        for titles in (
            "Customer,Currency,30,60,90",
            "Customer,Currency,0-30,31-60,90+",
            "客户,币种,2022,2023,2024",
        ):
            with self.subTest(titles):
                lines = (titles, "A,USD,30,60,90", "B,EUR,5,6,7.50")
                self.assertEqual(self._header(*lines), (1,))
        # without names it is data
        self.assertEqual(self._header("A,USD,30,60,90", "B,EUR,5,6,7.50"), ())

    def test_names_that_each_page_repeats(self):
        lines = ("Page 1,,", "Name,No,Open", "A,1,5.50", "Page 2,,", "Name,No,Open")
        table = table_of(csv_of(*lines, "B,2,6.50"))
        self.assertEqual([row.number for row in table.rows()], [3, 4, 6])
        self.assertEqual(table.columns[2].kind, "number")
        self.assertEqual(table.columns[2].evidence.numbers.wrong, 0)

    def test_one_name_twice_and_no_name(self):
        table = table_of(csv_of("Name,Phone,Phone,", "A,1,2,x", "B,3,4,y"))
        remarks = said(table.remarks)
        self.assertIn(
            "Columns B, C have the same name, “Phone”", str(remarks["same_title"])
        )
        self.assertIn("Column D has no name. Cells in it: 2.", str(remarks["no_title"]))

    def test_more_cells_than_columns(self):
        table = table_of(csv_of("Name,Open,Note", "A,5.50,x", "B, Ltd,6.50,y"))
        [_first, second] = table.rows()
        self.assertEqual([r.code for r in second.remarks], ["more_cells"])
        self.assertIn("“y”", str(second.remarks[0]))

    def test_formatted_empty_rows(self):
        def colour(sheet):
            for row in range(2, 900):
                sheet.cell(row, 1).number_format = "0.00"

        table = table_of(xlsx(["Name", "Open"], ["A", 5], change=colour))
        self.assertEqual(table.counts, {"data": 1})
        self.assertIn("897 empty rows", str(said(table.remarks)["empty_rows"]))

    def test_how_many_rows_the_file_says(self):
        lines = ("共2笔记录", "客户,金额", "甲公司,5.50", "乙公司,6.50")
        self.assertNotIn("rows_differ", said(table_of(csv_of(*lines)).remarks))
        differs = said(table_of(csv_of("Records: 3", *lines[1:])).remarks)[
            "rows_differ"
        ]
        self.assertEqual(str(differs), "Row 1 says 3 records, the file holds 2.")

    def test_empty_sheets(self):
        table = table_of(xlsx())
        self.assertEqual((table.columns, list(table.rows())), ((), []))
        self.assertIn("empty_sheet", said(table.remarks))
        self.assertIn("no_rows", said(table_of(xlsx(["Name", "Open"])).remarks))


@tagged("post_install", "-at_install")
class TestRows(BaseCase):
    def test_groups_totals_and_notes(self):
        table = table_of(
            csv_of(
                "Customer,Invoice,Open",
                "North,,",
                "A,1,5.50",
                "B,2,6.50",
                "Subtotal,,12.00",
                "South,,",
                "C,3,7.00",
                "小计：,,7.00",
                "Grand total,,19.00",
                "Amounts in dollars,,",
            )
        )
        self.assertEqual(
            kinds(table),
            {2: "group", 5: "total", 6: "group", 8: "total", 9: "total", 10: "footer"},
        )
        self.assertEqual(table.counts, {"data": 3, "group": 2, "total": 3, "footer": 1})
        self.assertNotIn("total_differs", said(table.remarks))

    def test_the_caption_goes_with_its_rows(self):
        lines = ("Customer,Invoice,Open", "ACME,,", ",1,5.50", ",2,6.50", "Globex,,")
        table = table_of(csv_of(*lines, ",3,7.50", "Total,,19.50"))
        self.assertEqual(kinds(table), {2: "group", 5: "group", 7: "total"})
        captions = [row.caption for row in table.rows() if row.kind == "data"]
        self.assertEqual(captions, ["ACME", "ACME", "Globex"])
        remarks = said(table.remarks)
        self.assertEqual(
            str(remarks["group"]), "Rows taken for captions, not for data: 2, 5."
        )
        self.assertIn("totals, not for data: 7.", str(remarks["total"]))

    def test_a_customer_of_whom_the_name_is_known_only(self):
        """It is no caption, and no note."""
        lines = ["Name,E-mail,Phone"]
        lines += [f"Customer {at},a{at}@b.test,12345{at}" for at in range(8)]
        lines[4:4] = ["Hooli,,"]
        table = table_of(csv_of(*lines, "Initech,,"))
        self.assertEqual((kinds(table), table.counts), ({}, {"data": 10}))
        table = table_of(csv_of(*lines, "", "Printed by Li,,"))
        self.assertEqual(list(kinds(table).values()), ["footer"])
        table = table_of(csv_of(*lines, "Note: all customers,,"))
        self.assertEqual(list(kinds(table).values()), ["footer"])

    def test_cells_that_lack_are_no_lines(self):
        """Two of the first cells may lack in a list of customers."""
        lines = ["Title,Contact,Name,City"]
        lines += [f"Ms,C{at},N{at},X" for at in range(6)]
        table = table_of(csv_of(*lines, ",,N7,Y", ",,N8,Z"))
        self.assertEqual(kinds(table), {})

    def test_merged_amounts_count_once(self):
        def merge(sheet):
            sheet.merge_cells("A2:A3")
            sheet.merge_cells("D2:D3")

        payload = xlsx(
            ["Customer", "Line", "Net", "Open"],
            ["ACME", "x", 5, 11],
            [None, "y", 6, None],
            ["B", "z", 7, 7],
            change=merge,
        )
        rows = list(table_of(payload).rows())
        self.assertEqual([row.cells[0] for row in rows], ["ACME", "ACME", "B"])
        self.assertEqual([row.cells[3] for row in rows], [11, None, 7])

    def test_a_total_that_does_not_sum(self):
        table = table_of(
            csv_of("Customer,No,Open", "A,1,5.50", "B,2,6.50", "Total,,12.10")
        )
        self.assertEqual(kinds(table), {4: "total"})
        remark = said(table.remarks)["total_differs"]
        self.assertEqual((remark.level, remark.row, remark.column), ("ask", 4, 2))
        self.assertIn("says 12.10, the rows above it sum to 12.00", str(remark))

    def test_totals_of_each_currency(self):
        """Rows of several currencies, and below them a total of each."""
        lines = (
            "客户,币种,汇率,余额",
            "甲,USD,7.1,5.50",
            "乙,欧元,7.7,6.50",
            "丙,USD,7.1,1.00",
        )
        for names in (
            ("合计,USD,,", "合计,EUR,,"),
            ("合计（美元）,,,", "欧元 合计,,,"),
        ):
            good = [*lines, f"{names[0]}6.50", f"{names[1]}6.50"]
            table = table_of(csv_of(*good))
            self.assertEqual(kinds(table), {5: "total", 6: "total"})
            self.assertNotIn("total_differs", said(table.remarks))
        table = table_of(csv_of(*lines, "合计,USD,,6.60", "合计,EUR,,6.50"))
        differs = said(table.remarks)["total_differs"]
        self.assertIn("says 6.60, the rows above it sum to 6.50", str(differs))
        self.assertEqual(differs.row, 5)

    def test_what_nobody_sums(self):
        lines = ("Name,No,Rate,Days,Open", "A,1,7.1,30,5.50", "B,2,7.1,60,6.50")
        table = table_of(csv_of(*lines, "Total,,7.1,,12.00"))
        self.assertEqual(kinds(table), {4: "total"})
        self.assertNotIn("total_differs", said(table.remarks))

    def test_companies_that_are_called_so(self):
        lines = ("Name,No,Open", "Total SE,1,5.50", "Totaltools,2,6.50", "合计科技,3,1")
        self.assertEqual(kinds(table_of(csv_of(*lines))), {})
        two = ("Name,Open", "A,5.50", "Total Energies,5.50", "B,1")
        self.assertEqual(kinds(table_of(csv_of(*two))), {})

    def test_amounts_that_happen_to_sum(self):
        lines = ("Name,Open", "A,1", "B,1", "C,2", "D,4", "E,8", "F,16")
        self.assertEqual(kinds(table_of(csv_of(*lines))), {})

    def test_a_sum_without_a_name(self):
        lines = ("Name,No,Net,Open", "A,1,1,2", "B,2,2,3", "C,3,3,4", ",,6,9")
        table = table_of(csv_of(*lines))
        self.assertEqual(kinds(table), {5: "total"})

    def test_lines_of_documents(self):
        table = table_of(
            csv_of(
                "Customer,Invoice,Due,Item,Amount",
                "A,1,2024-03-05,x,5.50",
                ",,,y,6.50",
                "B,2,2024-03-06,x,1.00",
                ",,,z,2.00",
            )
        )
        self.assertEqual(kinds(table), {3: "continuation", 5: "continuation"})

    def test_a_name_that_lacks_once_is_no_line(self):
        lines = [f"A{at},N{at},{at}.50" for at in range(9)]
        table = table_of(csv_of("Name,No,Open", *lines, ",N9,9.50"))
        self.assertEqual(kinds(table), {})

    def test_balances(self):
        lines = (
            "Opening balance,,100.00",
            "Date,Text,Amount",
            "2024-03-05,a,5.50",
            "2024-03-06,b,-1.50",
            "Closing balance,,{}",
        )
        good = table_of(csv_of(*lines[:-1], lines[-1].format("104.00")))
        self.assertNotIn("balances_differ", said(good.remarks))
        self.assertEqual(kinds(good), {5: "total"})
        bad = table_of(csv_of(*lines[:-1], lines[-1].format("104.02")))
        self.assertIn("difference of 0.02", str(said(bad.remarks)["balances_differ"]))

    @given(
        st.lists(
            st.lists(
                st.decimals(Decimal("0.01"), 10**6, places=2), min_size=1, max_size=5
            ),
            min_size=1,
            max_size=4,
        ),
        st.sampled_from(["Subtotal", "小计", "Zwischensumme", "Sous-total"]),
        st.booleans(),
    )
    def test_what_is_summed_is_told_apart(self, groups, name, grand):
        """Data is all that was written as data, whatever the amounts."""
        lines, data = ["Customer;Invoice;Due;Open"], []
        for group in groups:
            for value in group:
                lines.append(f"ACME;N{len(lines)};2024-03-05;{value:.2f}")
                data.append(value)
            lines.append(f"{name};;;{sum(group):.2f}")
        if grand:
            lines.append(f"Grand total;;;{sum(data):.2f}")
        table = table_of(csv_of(*lines))
        seen = table.columns[3].evidence.numbers
        read = [number_of(seen, r.cells[3]) for r in table.rows() if r.kind == "data"]
        self.assertEqual(read, data)
        self.assertNotIn("total_differs", said(table.remarks))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["ACME", "Totaltools", "甲公司", "Balance Inc"]),
                st.sampled_from(["", "1", "N-2", "003"]),
                st.sampled_from(["", "2024-03-05", "5 Mar 2024"]),
                st.sampled_from(["1", "2", "3", "4", "6", "-1", "0"]),
            ),
            min_size=1,
            max_size=12,
        ),
        st.booleans(),
    )
    def test_no_row_with_a_name_is_lost(self, rows, is_short):
        """Whatever their amounts sum to, and whatever else they leave empty."""
        rows = [
            (name, amount) if is_short else row
            for row in rows
            for name, amount in [(row[0], row[3])]
        ]
        titles = ("Name", "Open") if is_short else ("Name", "No", "Due", "Open")
        table = table_of(csv_of(*map(";".join, (titles, *rows))))
        self.assertEqual(kinds(table), {})
        self.assertEqual([row.cells for row in table.rows()], rows)


@tagged("post_install", "-at_install")
class TestChineseTables(BaseCase):
    """Lists as exporters' accountants have them; columns are called as Kingdee's and
    Yonyou's are.
    """

    def test_ageing_in_five_currencies_xls(self):
        """应收账款账龄分析表: a title, captions over columns, sums by customer."""
        names = ("上海隆盛有限公司", "宁波海达贸易有限公司")
        top = ("客户名称", "币别", "原币余额", "汇率", "折人民币", "账龄", None, None)
        low = (None, None, None, None, None, "30天以内", "31-90天", "90天以上")
        rows = [("应收账款账龄分析表",), ("截止日期：2024-03-31",), top, low]
        for at, name in enumerate(names):
            for code, rate in zip(
                CODES, ("7.1", "7.7", "0.047", "0.91", "9"), strict=True
            ):
                total, rate = Decimal(100 * (at + 1)), Decimal(rate)
                parts = (total / 2, total / 4, total / 4)
                figures = (total, rate, total * rate, *parts)
                rows.append((name, code, *map(float, figures)))
            group = rows[-len(CODES) :]
            sums = [sum(row[index] for row in group) for index in range(4, 8)]
            rows.append(("小计", None, None, None, *sums))
        rows.append(("制表人：李",))
        payload = xls(
            *rows, name="账龄", merged=[(0, 0, 0, 7), (2, 3, 0, 0), (2, 2, 5, 7)]
        )
        table = table_of(payload)
        self.assertEqual(table.header, (3, 4))
        self.assertEqual(
            [column.title for column in table.columns][4:6],
            ["折人民币", "账龄 30天以内"],
        )
        self.assertEqual(kinds(table), {10: "total", 16: "total", 17: "footer"})
        data = [row for row in table.rows() if row.kind == "data"]
        self.assertEqual({row.cells[1] for row in data}, set(CODES))
        self.assertEqual(sum(row.cells[2] for row in data), 1500)
        self.assertNotIn("total_differs", said(table.remarks))

    def test_open_items_with_decimal_commas_in_cp1252(self):
        payload = csv_of(
            "Kunde;Beleg-Nr.;Belegdatum;Fällig;Währung;Offener Betrag",
            "Müller & Söhne GmbH;0012;01.03.2024;31.03.2024;EUR;1.234,50",
            "Société Générale;0013;02.03.2024;01.04.2024;USD;12.500",
            "Ødegård AS;0014;05.03.2024;04.04.2024;EUR;-7,25",
            codec="cp1252",
        )
        table = table_of(payload)
        self.assertEqual((table.book.encoding, table.book.delimiter), ("cp1252", ";"))
        kinds_of = {column.title: column.kind for column in table.columns}
        self.assertEqual(kinds_of["Beleg-Nr."], "identifier")
        self.assertEqual(
            (kinds_of["Fällig"], kinds_of["Offener Betrag"]), ("date", "number")
        )
        seen = table.columns[5].evidence.numbers
        self.assertEqual(
            [number_of(seen, row.cells[5]) for row in table.rows()],
            [Decimal("1234.50"), 12500, Decimal("-7.25")],
        )

    def test_opening_balances_in_two_currencies(self):
        """期初余额: each currency a block, a sum for each, texts for numbers."""
        payload = xlsx(
            [
                "客户编码",
                "客户名称",
                "币种",
                "方向",
                "期初余额(原币)",
                "期初余额(本位币)",
            ],
            ["0101", "甲公司", "美元", "借", "1,000.00", "7,100.00"],
            ["0102", "乙公司", "美元", "贷", "200.00", "1,420.00"],
            ["合计", None, "美元", None, "1,200.00", "8,520.00"],
            ["0101", "甲公司", "人民币", "借", "500.00", "500.00"],
            ["0103", "丙公司", "人民币", "借", "-", "300.00"],
            ["合计", None, "人民币", None, "500.00", "800.00"],
            ["总计", None, None, None, None, "9,320.00"],
        )
        table = table_of(payload)
        self.assertEqual(kinds(table), {4: "total", 7: "total", 8: "total"})
        self.assertEqual(
            [c.kind for c in table.columns][:3], ["identifier", "text", "text"]
        )
        self.assertEqual([c.kind for c in table.columns][4:], ["number", "number"])
        self.assertNotIn("total_differs", said(table.remarks))
        self.assertIn("numbers_as_text", said(table.remarks))
        rows = list(table.rows())
        seen = table.columns[4].evidence.numbers
        self.assertIsNone(number_of(seen, rows[4].cells[4]))
        self.assertEqual(rows[0].cells[0], "0101")
