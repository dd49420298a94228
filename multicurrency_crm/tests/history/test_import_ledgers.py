"""Lists of balances and ledgers: which side an amount is on, and which balance runs."""

from odoo.tests import tagged

from .history_common import HistoryCommon

A, B = "Atacama Minerals", "Bosphorus Textiles"


@tagged("post_install", "-at_install")
class TestLedgersBroughtIn(HistoryCommon):
    def _find(self, rows, **values):
        record = self._check_whole(rows, **values)
        return record, [
            (row.state, row.amount) for row in record.row_ids if row.state != "skip"
        ]

    def test_22_3_the_side_gives_the_sign(self):
        for title in ("方向", "期末余额方向", "借贷方向", "Dr/Cr"):
            rows = [
                ("客户编码", "客户名称", "币种", title, "余额"),
                ("C-0007", A, "USD", "借", "500"),
                ("C-0007", A, "EUR", "贷", "300"),
                ("", B, "USD", "平", "0"),
                ("", B, "EUR", "贷", "-20"),
                ("", B, "JPY", "", "70"),
                ("", B, "GBP", "平", "80"),
            ]
            with self.subTest(title):
                record, found = self._find(rows, kind="balances")
                self.assertEqual(
                    found[:3], [("create", 500.0), ("create", -300.0), ("create", 20.0)]
                )
                self.assertEqual([state for state, _amount in found[3:]], ["error"] * 2)
                bad = record.row_ids.filtered(lambda one: one.state == "error")
                self.assertIn("D6", bad[0].message)
                self.assertIn("neither debit nor credit", bad[1].message)

    def test_22_3_the_side_counts_more_than_the_kind(self):
        rows = [
            ("Customer", "Invoice No", "Type", "D/C", "Currency", "Open Amount"),
            (A, "1", "Refund", "D", "USD", "100"),
            (A, "2", "Whatever", "C", "USD", "30"),
        ]
        _record, found = self._find(rows)
        self.assertEqual(found, [("create", 100.0), ("create", -30.0)])

    def test_22_3_balances_in_both_currencies(self):
        for local, foreign in (
            ("本币余额", "余额"),
            ("期末本币余额", "期末余额"),
            ("余额(本币)", "余额(原币)"),
            ("Balance (Base)", "Balance (FCY)"),
            ("Balance (Local Currency)", "Balance"),
        ):
            rows = [
                ("客户名称", "币种", "方向", local, foreign),
                (A, "USD", "借", "720.00", "100.00"),
                (B, "USD", "贷", "72.10", "10.00"),
            ]
            with self.subTest(local):
                record, found = self._find(rows, kind="balances")
                self.assertEqual(found, [("create", 100.0), ("create", -10.0)])
                self.assertEqual(record.row_ids.mapped("booked"), [720.0, -72.1])

    def test_22_3_a_running_balance_isnt_what_is_open(self):
        head = ("Customer", "Invoice No", "Currency", "Debit", "Credit", "Balance")
        ledger = [
            (A, "1", "USD", "1000", "", "1000"),
            (A, "2", "USD", "500", "", "1500"),
            (A, "3", "USD", "", "300", "1200"),
            (B, "7", "USD", "40", "", "40"),
            (B, "8", "USD", "0.00", "15", "25"),
        ]
        expected = [1000.0, 500.0, -300.0, 40.0, -15.0]
        _record, found = self._find([head, *ledger])
        self.assertEqual([amount for _state, amount in found], expected)
        _record, found = self._find([head, *ledger[::-1]])
        self.assertEqual([amount for _state, amount in found], expected[::-1])

    def test_22_3_a_ledger_may_bring_a_balance_forward(self):
        rows = [
            ("客户", "单据编号", "币别", "借方", "贷方", "方向", "余额"),
            (A, "期初", "USD", "", "", "贷", "200"),
            (A, "1", "USD", "150", "", "贷", "50"),
            (A, "页末", "USD", "", "", "贷", "50"),
            (A, "2", "USD", "90", "", "借", "40"),
        ]
        record, found = self._find(rows, kind="items")
        self.assertEqual([amount for _state, amount in found], [-200.0, 150.0, 90.0])
        carried = record.row_ids.filtered(lambda one: one.state == "skip")
        self.assertIn("carried over", carried.message)

    def test_22_3_an_amount_may_have_a_balance_that_runs(self):
        rows = [
            ("Customer", "Invoice No", "Type", "Currency", "Amount", "Balance"),
            (A, "1", "Invoice", "USD", "1000", "1000"),
            (A, "2", "Payment", "USD", "300", "700"),
        ]
        _record, found = self._find(rows, kind="items")
        self.assertEqual([amount for _state, amount in found], [1000.0, -300.0])

    def test_22_3_what_is_open_of_each_row_stays(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Debit", "Credit", "Balance"),
            (A, "1", "USD", "1000", "400", "600"),
            (A, "2", "USD", "500", "", "500"),
        ]
        _record, found = self._find(rows)
        self.assertEqual([amount for _state, amount in found], [600.0, 500.0])
        rows = [
            ("Customer", "Invoice No", "Currency", "Amount", "Balance"),
            (A, "1", "USD", "1000", "400"),
            (A, "2", "USD", "500", "500"),
        ]
        _record, found = self._find(rows, open_currency="document")
        self.assertEqual([amount for _state, amount in found], [400.0, 500.0])

    def test_22_3_a_list_has_what_moved_beside_its_balance(self):
        rows = [
            ("客户", "币别", "借方", "贷方", "期末余额"),
            (A, "USD", "500", "200", "900"),
            (B, "USD", "10", "", "10"),
        ]
        _record, found = self._find(rows, kind="balances")
        self.assertEqual([amount for _state, amount in found], [900.0, 10.0])

    def test_22_3_what_neither_fits_is_asked(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Debit", "Credit", "Balance"),
            (A, "1", "USD", "1000", "", "400"),
            (A, "2", "USD", "500", "", "500"),
        ]
        record = self._check(rows)
        self.assertEqual(record.state, "read")
        self.assertIn("mean nothing", record.failure)
        column = record.column_ids.filtered(lambda one: one.field == "open")
        column.field = False
        record.action_dry_run()
        self.assertEqual(record.row_ids.mapped("amount"), [1000.0, 500.0])

    def test_22_3_of_two_balances_one_has_to_be_chosen(self):
        rows = [
            ("客户", "币别", "方向", "余额", "方向", "余额"),
            (A, "USD", "借", "5", "贷", "7"),
        ]
        record = self._load(rows, kind="balances")
        record.action_read()
        self.assertFalse(record.column_ids.filtered(lambda one: one.field == "open"))
