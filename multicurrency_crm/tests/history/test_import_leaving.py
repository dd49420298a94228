"""Nothing of a file is dropped without a word: what it holds, and what columns are that
would be left out, is said or asked."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import HistoryCommon


@tagged("post_install", "-at_install")
class TestLeavingColumns(HistoryCommon):
    WIDE = (
        ("Customer", "Invoice No", "Due Date", "USD", "EUR", "JPY"),
        ("Atacama Minerals", "W-1", "2026-07-31", "100", "", ""),
        ("Atacama Minerals", "W-2", "2026-07-31", "", "200", "30000"),
    )

    def _read_file(self, rows, **values):
        record = self._load(rows, **values)
        record.action_read()
        return record

    def _match(self, record):
        return {one.title: one.field or None for one in record.column_ids}

    def test_a_column_a_currency_is_no_list_of_customers(self):
        for head in (
            self.WIDE[0],
            ("客户名称", "单据编号", "到期日", "USD", "EUR", "日元"),
            ("Client", "Bill No.", "Maturity", "USD", "EUR", "JPY"),
        ):
            with self.subTest(head=head):
                record = self._read_file((head, *self.WIDE[1:]))
                self.assertFalse(record.kind)
                self.assertIn("What It Holds", record.next_step)
                self.assertTrue(record.needs_care)
                with self.assertRaisesRegex(UserError, "What It Holds"):
                    record.action_dry_run()
                record.kind = "items"
                self.assertRegex(record.next_step, "USD, EUR,? and (JPY|日元)")
                with self.assertRaisesRegex(UserError, "amounts of a currency"):
                    record.action_dry_run()
                record.column_ids.filtered(
                    lambda one: one.title == "USD"
                ).field = "open"
                with self.assertRaisesRegex(UserError, "amounts of a currency"):
                    record.action_dry_run()

    def test_one_column_that_is_called_by_its_currency_is_an_amount(self):
        rows = [row[:4] for row in self.WIDE[:2]]
        record = self._read_file(rows, kind="items")
        record.column_ids[3].field = "open"
        record.action_dry_run()
        self.assertEqual(
            self._sum_up(record), {("Atacama Minerals Ltd.", "USD"): 100.0}
        )

    def test_beside_an_amount_it_says_the_same_once_more(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Open", "CNY", "EUR"),
            ("Atacama Minerals", "W-1", "2026-07-31", "USD", "100", "700", "90"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.create_count, 1)
        self.assertIn("left out: CNY and EUR.", record.next_step)

    def test_follow_ups_are_none_of_customers(self):
        rows = [
            ("客户", "跟进日期", "跟进人员", "跟进结果", "联系内容"),
            ("Atacama Minerals", "2026-05-02", "Ana", "成功", "谈了价格"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(record.kind, "notes")
        self.assertIn("跟进结果", record.next_step)
        rows[0] = ("客户", "何时", "谁", "结果", "说了什么")
        self.assertFalse(self._read_file(rows).kind)

    def test_what_is_chosen_is_not_asked(self):
        record = self._check_whole(self.WIDE, kind="customers")
        self.assertIn("USD", record.next_step)
        record = self._read_file(self.WIDE)
        record.kind = "past"
        self.assertEqual(self._match(record)["Invoice No"], "document")

    def test_lists_of_customers_are_still_known(self):
        for head in (
            ("Customer", "Code"),
            ("Name",),
            ("Name", "Hobby"),
            ("Name", "Phone", "Birthday", "Shoe Size", "Hobby", "Car"),
            ("Customer", "Email", "Last Order", "Rebate"),
            ("客户名称", "联系人", "电话", "开户行", "账号", "备注"),
        ):
            with self.subTest(head=head):
                rows = [head, ["Gobi Felt", *("x" for _title in head[1:])]]
                record = self._check_whole(rows)
                self.assertEqual(record.kind, "customers")

    def test_what_is_left_out_is_named_before_it_is_published(self):
        rows = [
            ("Name", "Email", "Shoe Size", "Empty"),
            ("Gobi Felt", "gobi@example.com", "44", ""),
        ]
        record = self._read_file(rows)
        self.assertIn("left out: Shoe Size.", record.next_step)
        record.action_dry_run()
        self.assertIn("Everything fits: publish.", record.next_step)
        self.assertIn("left out: Shoe Size.", record.next_step)
        many = [
            ("Name", "Email", *(f"Own {n}" for n in range(20))),
            ("Gobi Felt", "gobi@example.com", *("x" for n in range(20))),
        ]
        step = self._read_file(many, kind="customers").next_step
        self.assertIn("Own 7 and 12 more", step.replace(",", ""))

    def test_nothing_is_said_where_nothing_is_left_out(self):
        self.assertNotIn("left out", self._check().next_step)
