"""Exports as other programs write them go through as they are."""

from odoo.tests import tagged

from .history_common import HistoryCommon

ZOHO = (
    "Invoice ID|Invoice Number|Invoice Date|Due Date|Invoice Status|Customer Name|"
    "Customer Email|Currency Code|Item Name|Item Total|Total|Balance"
).split("|")
XERO = (
    "*ContactName|EmailAddress|*InvoiceNumber|Reference|*InvoiceDate|*DueDate|Total|"
    "TaxTotal|InvoiceAmountPaid|InvoiceAmountDue|Description|*Quantity|*UnitAmount|"
    "LineAmount|Currency|Type|Sent|Status"
).split("|")


@tagged("post_install", "-at_install")
class TestPrograms(HistoryCommon):
    def _zoho(self, number, status, total, balance, item="Salt"):
        return (
            *("77001", number, "2026-05-01", "2026-07-01", status),
            *("Atacama Minerals", "pay@atacama.example", "USD", item, total),
            *(total, balance),
        )

    def _xero(self, number, kind, status, total, due, line):
        return (
            *("Atacama Minerals", "", number, "PO 7", "2026-05-01", "2026-07-01"),
            *(total, "0", "0", due, "Salt", "1", line, line, "USD", kind, "", status),
        )

    def test_what_is_partly_paid_in_zoho_is_open(self):
        rows = [
            ZOHO,
            self._zoho("Z-1", "PartiallyPaid", "1000", "400"),
            self._zoho("Z-1", "PartiallyPaid", "1000", "400", item="Clay"),
            self._zoho("Z-2", "Overdue", "50", "50"),
            self._zoho("Z-3", "Closed", "70", "0"),
            self._zoho("Z-4", "Void", "80", "80"),
            self._zoho("Z-5", "Draft", "90", "90"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(
            self._sum_up(record), {("Atacama Minerals Ltd.", "USD"): 450.0}
        )
        self.assertFalse(record.error_count)
        found = {one.title: one.field for one in record.column_ids}
        self.assertEqual(found["Customer Email"], "email")

    def test_each_document_of_xero_counts_once(self):
        rows = [
            XERO,
            self._xero("X-1", "Sales invoice", "Awaiting Payment", "300", "200", "100"),
            self._xero("X-1", "Sales invoice", "Awaiting Payment", "300", "200", "200"),
            self._xero("X-2", "Sales invoice", "Paid", "70", "0", "70"),
            self._xero("X-3", "Sales credit", "Awaiting Payment", "25", "25", "25"),
        ]
        record = self._check_whole(rows)
        self.assertEqual((record.kind, record.rows_are), ("items", "repeated"))
        self.assertEqual(record.error_count, 0, self._read(record))
        self.assertEqual(
            self._sum_up(record), {("Atacama Minerals Ltd.", "USD"): 175.0}
        )

    def test_words_of_chinese_programs(self):
        head = ("客户", "单据编号", "单据类型", "币别", "金额", "到期日", "状态")
        rows = [
            head,
            ("Atacama Minerals", "K-1", "应收单", "USD", "100", "2026-07-01", "未逾期"),
            ("Atacama Minerals", "K-2", "应收单", "USD", "50", "2026-07-01", "执行中"),
            ("Atacama Minerals", "K-3", "收款单", "USD", "30", "2026-07-01", ""),
            ("Atacama Minerals", "K-4", "收款退款单", "USD", "7", "2026-07-01", ""),
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.error_count, 0, self._read(record))
        self.assertEqual(
            self._sum_up(record), {("Atacama Minerals Ltd.", "USD"): 127.0}
        )

    def test_what_to_do_with_words_that_nobody_knows_loses_nothing(self):
        head = ("Customer", "Invoice No", "Type", "Currency", "Amount", "Due", "Status")
        common = ("USD", "100", "2026-07-01")
        rows = [
            head,
            ("Atacama Minerals", "N-1", "Invoice", *common, "Zebra"),
            ("Atacama Minerals", "N-2", "退款单", *common, "Open"),
        ]
        record = self._check(rows, kind="items")
        self.assertEqual(record.error_count, 2)
        first, second = (message for _row, _state, message in self._read(record))
        self.assertIn("write Open or Paid", first)
        self.assertIn("write Invoice or Credit Note", second)
        for text in (first, second):
            self.assertNotIn("mean nothing", text)
            self.assertNotIn("leave the row out", text)
        # what is written so is read
        rows[1] = ("Atacama Minerals", "N-1", "Credit Note", *common, "Paid")
        rows[2] = ("Atacama Minerals", "N-2", "Invoice", *common, "Open")
        self.assertEqual(self._check_whole(rows, kind="items").create_count, 1)
