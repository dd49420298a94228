"""No column of money is left out unasked that may be what is owed."""

from odoo.tests import tagged

from .history_common import HistoryCommon

A, B = "Atacama Minerals", "Bosphorus Textiles"


@tagged("post_install", "-at_install")
class TestColumnsOfMoney(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency"].search([("name", "=", "GBP")]).active = True

    def _find(self, head, *rows, **values):
        """:return: [(state, amount)] of an import that was checked"""
        self.record = self._check([head, *rows], **values)
        return [(row.state, row.amount) for row in self.record.row_ids]

    def _assert_asked(self, head, *rows, says=(), **values):
        self._find(head, *rows, **values)
        self.assertEqual(self.record.state, "read", self._read(self.record))
        for text in says:
            self.assertIn(text, self.record.failure)

    def _mean(self, title, field):
        column = self.record.column_ids.filtered(lambda one: one.title == title)
        column.field = field
        self.record.action_dry_run()
        return [(row.state, row.amount) for row in self.record.row_ids]

    # === PAID === #

    def test_what_is_paid_isnt_owed(self):
        for total, paid in (
            ("Total", "Paid"),
            ("应收金额", "已收金额"),
            ("金额", "已核销金额"),
            ("Amount", "Amount Received"),
        ):
            head = ("Customer", "Date", "Invoice No", "Due Date", "Currency")
            day = (A, "2026-05-01"), ("2026-08-01", "USD")
            rows = [
                (*day[0], "1", *day[1], "500.00", "300.00"),
                (*day[0], "2", *day[1], "500.00", "500.00"),
                (*day[0], "3", *day[1], "500.00", ""),
                (*day[0], "4", *day[1], "500.00", "700.00"),
                (*day[0], "5", *day[1], "500.00", "-30.00"),
                (*day[0], "6", *day[1], "-500.00", "-30.00"),
            ]
            with self.subTest(paid):
                found = self._find((*head, total, paid), *rows, kind="items")
                self.assertEqual(
                    found,
                    [
                        ("create", 200.0),
                        ("skip", 0.0),
                        ("create", 500.0),
                        ("error", 0.0),
                        ("error", 0.0),
                        ("create", -470.0),
                    ],
                    self._read(self.record),
                )

    def test_what_is_open_counts_more_than_what_is_paid(self):
        head = ("Customer", "Invoice No", "Currency", "Total", "Paid", "Balance")
        found = self._find(head, (A, "1", "CNY", "500.00", "300.00", "150.00"))
        self.assertEqual(found, [("create", 150.0)])

    def test_lines_that_repeat_what_is_paid_are_asked(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Paid")
        rows = [
            (A, "1", "2026-08-01", "USD", "100.00", "30.00"),
            (A, "1", "2026-08-01", "USD", "50.00", "30.00"),
        ]
        found = self._find(head, *rows, kind="items", rows_are="lines")
        self.assertEqual(found[0][0], "error")

    def test_a_column_of_yes_and_no_is_no_amount(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Paid")
        rows = [(A, str(n), "2026-08-01", "USD", "100.00", "Yes") for n in range(5)]
        found = self._find(head, *rows, kind="items")
        self.assertEqual({state for state, _amount in found}, {"error"})

    # === NET AND GROSS === #

    def test_what_has_its_tax_in_it_is_owed(self):
        for titles in (
            ("Amount", "VAT Amount", "Total"),
            ("Amount", "Tax", "Gross"),
            ("金额", "税额", "合计金额"),
            ("金额", "税额", "总金额"),
            ("金额", "税额", "价税合计"),
            ("Net Amount", "GST", "Grand Total"),
        ):
            for kind, amount in (("items", 119.0), ("past", 119.0)):
                head = ("Customer", "Invoice No", "Date", "Currency", *titles)
                row = (A, "1", "2026-05-01", "CNY", "100.00", "19.00", "119.00")
                with self.subTest(titles=titles, kind=kind):
                    found = self._find(head, row, kind=kind)
                    self.assertEqual(found, [("create", amount)], self.record.failure)

    def test_what_contradicts_is_asked(self):
        head = ("Customer", "Invoice No", "Date", "Currency", "Amount", "Total")
        row = (A, "1", "2026-05-01", "CNY", "100.00", "119.00")
        for kind in ("items", "past"):
            self._assert_asked(head, row, kind=kind, says=("Amount", "Total"))
        found = self._mean("Total", "nothing")
        self.assertEqual(found, [("create", 100.0)])

    def test_the_same_amount_twice_is_no_question(self):
        head = ("Customer", "Invoice No", "Date", "Currency", "Amount", "Total")
        row = (A, "1", "2026-05-01", "CNY", "100.00", "100.00")
        self.assertEqual(self._find(head, row, kind="items"), [("create", 100.0)])

    def test_tax_beside_an_amount_is_asked_and_may_be_added(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "VAT")
        row = (A, "1", "2026-08-01", "CNY", "100.00", "19.00")
        self._assert_asked(head, row, kind="items", says=("VAT", "Tax on Top"))
        self.assertEqual(self._mean("VAT", "tax"), [("create", 119.0)])
        self.assertEqual(self._mean("VAT", "nothing"), [("create", 100.0)])
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Total", "VAT")
        self.assertEqual(self._find(head, row, kind="items"), [("create", 100.0)])

    def test_tax_and_discount_of_lines_are_asked(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Quantity")
        head += ("Unit Price", "Discount %", "Tax Rate")
        row = (A, "1", "2026-08-01", "CNY", "2", "100.00", "10", "19")
        says = ("Discount %", "Tax Rate")
        self._assert_asked(head, row, kind="items", rows_are="lines", says=says)
        row = (*row[:6], "0", "0")
        found = self._find(head, row, kind="items", rows_are="lines")
        self.assertEqual(found, [("create", 200.0)])

    def test_money_that_nobody_knows_is_asked(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Saldo")
        row = (A, "1", "2026-08-01", "CNY", "100.00", "19.25")
        self._assert_asked(head, row, kind="items", says=("Saldo",))
        self.assertEqual(self._mean("Saldo", "nothing"), [("create", 100.0)])
        self.record.action_publish()
        again = self._find(head, (A, "2", *row[2:]))
        self.assertEqual(again, [("create", 100.0)], self.record.failure)

    def test_ordinary_numbers_are_no_question(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency", "Amount")
        head += ("Days Overdue", "Qty", "Exchange Rate", "Weight", "1-30", "31-60")
        row = (A, "1", "2026-08-01", "USD", "100.00", "12", "7", "7.1", "5.25", "3.5")
        found = self._find(head, (*row, "96.5"), kind="items")
        self.assertEqual(found, [("create", 100.0)], self.record.failure)

    # === IN EACH CURRENCY === #

    def test_a_column_a_currency_is_asked(self):
        head = ("Customer", "Customer Code", "Amount (USD)", "Amount (EUR)")
        row = (A, "", "200.00", "7.00")
        says = ("Amount (USD)", "Amount (EUR)", "once for each")
        self._assert_asked(head, row, kind="balances", says=says)
        self.assertEqual(self._mean("Amount (EUR)", "nothing"), [("create", 200.0)])
        head = ("Customer", "Invoice No", "Due Date", "Amount (USD)", "Amount (EUR)")
        row = (A, "1", "2026-08-01", "10.00", "50.00")
        self._assert_asked(head, row, kind="items", says=says)
        row = (A, "1", "2026-08-01", "10.00", "")
        self.assertEqual(self._find(head, row, kind="items"), [("create", 10.0)])

    def test_columns_in_company_currency_are_booked(self):
        head = ("Customer", "Invoice No", "Due Date", "Currency")
        row = (A, "1", "2026-08-01", "USD")
        for titles in (
            ("Amount", "Amount (CNY)"),
            ("Amount (USD)", "Amount (CNY)"),
            ("Balance", "Balance CNY"),
            ("Balance", "Balance, CNY"),
        ):
            for cells in (titles, titles[::-1]):
                amounts = {titles[0]: "100.00", titles[1]: "730.00"}
                with self.subTest(cells):
                    found = self._find(
                        (*head, *cells), (*row, *map(amounts.get, cells)), kind="items"
                    )
                    self.assertEqual(found, [("create", 100.0)], self.record.failure)
                    self.assertEqual(self.record.row_ids.booked, 730.0)

    def test_debit_and_credit_in_company_currency_are_booked(self):
        for titles in (
            ("借方(原币)", "贷方(原币)", "借方(本位币)", "贷方(本位币)"),
            ("Debit (USD)", "Credit (USD)", "Debit (CNY)", "Credit (CNY)"),
        ):
            head = ("Customer", "Invoice No", "Due Date", "Currency", *titles)
            rows = [
                (A, "1", "2026-08-01", "USD", "100.00", "", "730.00", ""),
                (A, "2", "2026-08-01", "USD", "", "10.00", "", "73.50"),
            ]
            with self.subTest(titles):
                found = self._find(head, *rows, kind="items")
                self.assertEqual(found, [("create", 100.0), ("create", -10.0)])
                self.assertEqual(self.record.row_ids.mapped("booked"), [730.0, -73.5])

    def test_what_a_list_opens_with_is_left_out_where_it_closes(self):
        head = ("客户", "币别", "期初余额(原币)", "期初余额(本币)", "本期借方(原币)")
        head += ("本期贷方(原币)", "方向", "期末余额(原币)", "期末余额(本币)")
        rows = [
            (A, "USD", "1000", "7460", "100", "40", "借", "1060", "7908"),
            (A, "EUR", "450", "3335", "30", "0", "借", "480", "3801"),
            (B, "USD", "10", "73", "0", "0", "借", "10", "73"),
            (B, "USD", "20", "146", "5", "0", "贷", "25", "182.5"),
        ]
        found = self._find(head, *rows, kind="balances")
        self.assertEqual(self.record.state, "ready", self.record.failure)
        self.assertEqual(found[:2], [("create", 1060.0), ("create", 480.0)])
        booked = self.record.row_ids.mapped("booked")
        self.assertEqual(booked[:2], [7908.0, 3801.0])

    # === LEDGERS === #

    def test_movements_of_a_running_balance_are_known(self):
        for titles in (
            ("本期应收", "本期实收", "期末余额"),
            ("本期借方", "本期贷方", "期末余额"),
            ("Debit", "Credit", "Balance"),
        ):
            head = ("客户", "日期", "单据编号", "币别", *titles)
            rows = [
                (A, "2026-05-01", "I1", "USD", "500", "", "500"),
                (A, "2026-05-02", "P1", "USD", "", "300", "200"),
            ]
            with self.subTest(titles):
                found = self._find(head, *rows, kind="items")
                self.assertEqual(found, [("create", 500.0), ("create", -300.0)])

    def test_movements_that_nobody_knows_are_asked(self):
        head = ("Customer", "Date", "Invoice No", "Currency", "New", "Gone", "Balance")
        rows = [
            (A, "2026-05-01", "I1", "USD", "500", "", "500"),
            (A, "2026-05-02", "P1", "USD", "", "300", "200"),
            (B, "2026-05-02", "I2", "USD", "20", "", "20"),
        ]
        self._assert_asked(head, *rows, kind="items", says=("New", "Gone"))
        columns = {one.title: one for one in self.record.column_ids}
        columns["New"].field = "debit"
        self.assertEqual(
            self._mean("Gone", "credit"),
            [("create", 500.0), ("create", -300.0), ("create", 20.0)],
        )
