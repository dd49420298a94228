"""Lists as other programs write them go through without a question."""

from odoo.tests import tagged

from .history_common import HistoryCommon

A, B = "Atacama Minerals", "Bosphorus Textiles"


@tagged("post_install", "-at_install")
class TestOrdinaryLists(HistoryCommon):
    def _assert_read(self, amounts, head, *rows, **values):
        """Check that a file is checked at once, and which amounts its rows have."""
        record = self._check([head, *rows], **values)
        self.assertEqual(record.state, "ready", record.failure)
        found = [row.amount for row in record.row_ids if row.state == "create"]
        self.assertEqual(found, amounts, self._read(record))
        self.assertNotIn("error", record.row_ids.mapped("state"))
        return record

    def test_open_items_with_what_came_in(self):
        head = ("Date", "Transaction Type", "Num", "Customer", "Due Date", "Amount")
        self._assert_read(
            [120.5, -20.0],
            (*head, "Open Balance"),
            ("2026-05-01", "Invoice", "1001", A, "2026-05-31", "220.50", "120.50"),
            ("2026-05-02", "Payment", "1002", B, "2026-05-02", "-20.00", "-20.00"),
            currency_id=self.cny.id,
        )

    def test_receivables_with_tax_paid_and_open(self):
        head = ("InvoiceNumber", "ContactName", "InvoiceDate", "DueDate", "Currency")
        head += ("SubTotal", "TaxTotal", "Total", "InvoiceAmountPaid")
        self._assert_read(
            [69.0, 119.0],
            (*head, "InvoiceAmountDue"),
            ("1", A, "2026-05-01", "2026-05-31", "USD")
            + ("100.00", "19.00", "119.00", "50.00", "69.00"),
            ("2", B, "2026-05-01", "2026-05-31", "USD")
            + ("100.00", "19.00", "119.00", "0.00", "119.00"),
        )

    def test_receivables_of_a_chinese_program(self):
        head = (
            "单据编号",
            "业务日期",
            "客户",
            "币别",
            "税额",
            "价税合计",
            "已收款金额",
        )
        head += ("未收款金额", "到期日", "汇率")
        self._assert_read(
            [1130.0, 30.0],
            head,
            ("YS1", "2026-05-01", A, "人民币", "130.00", "1130.00", "0.00")
            + ("1130.00", "2026-06-01", "1"),
            ("YS2", "2026-05-02", B, "人民币", "13.00", "113.00", "83.00")
            + ("30.00", "2026-06-02", "1"),
            kind="items",
        )

    def test_a_list_of_balances_with_what_moved(self):
        head = ("客户编码", "客户名称", "币别", "期初余额", "本期应收", "本期实收")
        self._assert_read(
            [900.0, 10.0],
            (*head, "期末余额"),
            ("C-0007", A, "美元", "600.00", "500.00", "200.00", "900.00"),
            ("", B, "美元", "0.00", "10.00", "0.00", "10.00"),
            kind="balances",
        )

    def test_an_invoice_list_in_both_currencies(self):
        head = ("Customer", "Invoice No", "Invoice Date", "Due Date", "Currency")
        record = self._assert_read(
            [1000.0],
            (*head, "Total (Excl. VAT)", "VAT", "Total", "Total (CNY)", "Rate", "Qty"),
            (A, "1", "2026-05-01", "2026-05-31", "USD")
            + ("900.00", "100.00", "1000.00", "7200.00", "7.2", "12"),
            kind="items",
        )
        self.assertEqual(record.row_ids.booked, 7200.0)

    def test_past_invoices_with_lines_taxes_and_payments(self):
        head = ("Customer", "Invoice No", "Date", "Currency", "Net", "Tax", "Gross")
        self._assert_read(
            [119.0],
            (*head, "Paid", "Balance"),
            (A, "1", "2025-05-01", "CNY", "100.00", "19.00", "119.00", "119.00", "0"),
            kind="past",
        )

    def test_roles_and_states_of_ordinary_lists(self):
        head = ("Customer", "客商类型", "Invoice No", "Status", "Currency")
        self._assert_read(
            [70.0],
            (*head, "Open Amount"),
            (A, "客户", "1", "部分收款", "USD", "70.00"),
            (B, "客户", "2", "已结清", "USD", "0.00"),
            (B, "供应商", "3", "部分付款", "USD", "40.00"),
        )
