"""Kinds of documents and states, as other programs call them: known, or asked."""

from odoo.tests import tagged

from .history_common import HistoryCommon

WHO = "Atacama Minerals"


@tagged("post_install", "-at_install")
class TestWordsBroughtIn(HistoryCommon):
    def _check_each(self, title, words, **values):
        head = ("Customer", "Invoice No", "Date", title, "Currency", "Amount")
        rows = [
            (WHO, f"D-{number}", "2026-05-01", word, "USD", "100")
            for number, word in enumerate(words)
        ]
        record = self._check_whole([head, *rows], **values)
        return dict(zip(words, record.row_ids, strict=True))

    def test_22_9_what_takes_from_what_is_owed(self):
        words = "Credit Notes|CRN|CM|DZ|预收款单|红字应收单|Customer Receipt|Payments"
        words += "|Gutschrift|credit-note|CREDIT_MEMO|Nota de crédito|负数发票"
        paid = ("DZ", "预收款单", "Customer Receipt", "Payments")
        for kind in ("items", "past"):
            found = self._check_each("Type", words.split("|"), kind=kind)
            for word, row in found.items():
                # what was paid is no sale
                state = "skip" if kind == "past" and word in paid else "create"
                with self.subTest(word, kind=kind):
                    self.assertEqual((row.state, row.amount), (state, -100.0))

    def test_22_9_what_adds_to_what_is_owed(self):
        words = "Invoices|Sales-Invoice|标准应收单|增值税专用发票|RV|Rechnung|"
        for word, row in self._check_each("Type", words.split("|")).items():
            with self.subTest(word):
                self.assertEqual((row.state, row.amount), ("create", 100.0))

    def test_22_9_an_unknown_kind_is_asked(self):
        rows = [
            ("Customer", "Invoice No", "Date", "Type", "Currency", "Amount"),
            (WHO, "1", "2026-05-01", "Zugzwang", "USD", "100"),
            (WHO, "2", "2026-05-01", "Zugzwang", "USD", "-40"),
        ]
        for kind in ("items", "past"):
            with self.subTest(kind):
                record = self._check_whole(rows, kind=kind)
                one, two = record.row_ids
                self.assertEqual(one.state, "error")
                self.assertIn("D2", one.message)
                self.assertIn("Zugzwang", one.message)
                # its sign says what it is
                self.assertEqual((two.state, two.amount), ("create", -40.0))
                column = record.column_ids.filtered(lambda one: one.field == "kind")
                column.field = False
                record.action_dry_run()
                self.assertEqual(record.row_ids.mapped("amount"), [100.0, -40.0])

    def test_22_9_lines_of_an_unknown_kind_arent_left_off(self):
        rows = [
            ("Customer", "Invoice No", "Type", "Currency", "Amount"),
            (WHO, "1", "Invoice", "USD", "100"),
            (WHO, "1", "Zugzwang", "USD", "50"),
        ]
        record = self._check(rows, kind="items", rows_are="lines")
        self.assertEqual(record.row_ids[0].state, "error")
        self.assertIn("Zugzwang", record.row_ids[0].message)

    def test_22_9_what_is_settled_is_left_out(self):
        words = "Settled|Fully Paid|Paid in full|已付款|Cleared|Reversed|paid-in-full"
        for word, row in self._check_each(
            "Status", words.split("|"), kind="items"
        ).items():
            with self.subTest(word):
                self.assertEqual((row.state, row.amount), ("skip", 100.0))

    def test_22_9_an_unknown_state_is_asked(self):
        states = ["Sent", "Zugzwang", "", "部分收款"]
        found = self._check_each("Status", states, kind="items")
        self.assertEqual(
            [row.state for row in found.values()],
            ["create", "error", "create", "create"],
        )
        self.assertIn("D3", found["Zugzwang"].message)

    def test_22_9_debit_and_credit_arent_turned_again(self):
        rows = [
            ("Customer", "Invoice No", "Type", "Currency", "Debit", "Credit"),
            (WHO, "1", "Refund", "USD", "100", ""),
            (WHO, "2", "Payment", "USD", "", "-100"),
            (WHO, "3", "Payment", "USD", "0.00", "60"),
            (WHO, "4", "Zugzwang", "USD", "7", ""),
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.mapped("amount"), [100.0, 100.0, -60.0, 7.0])
