"""What rows are brought in without is said of the file as a whole."""

from odoo.tests import tagged

from .history_common import HistoryCommon

HEAD = ("Customer", "Owner", "Language", "Country", "State", "Channel", "Hours")
HEAD_OF_LIMITS = ("Customer", "Customer Code", "Credit Limit")


@tagged("post_install", "-at_install")
class TestLeftOut(HistoryCommon):
    def test_the_file_says_what_is_left_out_of_its_rows(self):
        rows = [
            ("Foxglove Mill", "Zhang San", "Klingon", "US", "Nowhere", "fax", "always"),
            ("Larkspur Dye", "Li Si", "", "US", "", "", ""),
            ("Teasel Loom", self.finance.name, "English", "US", "CA", "", "9-18"),
        ]
        record = self._check_whole([HEAD, *rows], kind="customers")
        self.assertEqual(record.row_ids.mapped("state"), ["create"] * 3)
        self.assertIn("rows: 2 (Li Si and Zhang San)", record.next_step)
        self.assertIn("Klingon", record.next_step)
        self.assertIn("All else fits", record.next_step)
        self.assertNotIn("Everything fits", record.next_step)
        self.assertEqual(record.left_out_count, 2)
        question = record.action_ask_publish()["params"]["question"]
        self.assertIn("Zhang San", question)
        action = record.with_context(rows_state="left_out").action_open_rows()
        self.assertTrue(action["context"]["search_default_left_out"])
        domain = [("left_out", "!=", False), ("import_id", "=", record.id)]
        self.assertEqual(record.row_ids.search_count(domain), 2)

    def test_what_is_whole_says_nothing(self):
        record = self._check_whole([HEAD[:1], ("Teasel Loom",)], kind="customers")
        self.assertEqual(record.next_step, "Everything fits: publish.")
        self.assertFalse(record.left_out_count)

    def test_rows_that_are_left_out_whole_dont_count(self):
        rows = [HEAD[:2], ("Foxglove Mill", "Zhang San"), ("Teasel Loom", "")]
        record = self._check_whole(rows, kind="customers")
        record.row_ids[0].choice = "skip"
        self.assertFalse(record.left_out_count)

    def test_a_dispute_that_is_neither_yes_nor_no_is_said(self):
        rows = [
            (
                "Customer",
                "Invoice No",
                "Due Date",
                "Currency",
                "Open Amount",
                "Disputed",
            ),
            ("Atacama Minerals", "A-1", "2026-07-31", "USD", "5.00", "perhaps"),
        ]
        record = self._check_whole(rows)
        self.assertIn("perhaps", record.next_step)

    def test_languages_are_known_by_their_names(self):
        self._activate_chinese()
        for text, code in (
            ("中文", "zh_CN"),
            ("简体中文", "zh_CN"),
            ("Chinese", "zh_CN"),
            ("Simplified Chinese", "zh_CN"),
            ("English", "en_US"),
            ("英文", "en_US"),
            ("英语", "en_US"),
        ):
            with self.subTest(text=text):
                rows = [(HEAD[0], HEAD[2]), (f"Teasel {text}", text)]
                record = self._publish(rows, kind="customers")
                self.assertEqual(record.row_ids.partner_id.lang, code)

    def _activate_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")


@tagged("post_install", "-at_install")
class TestLimitsWithoutCurrency(HistoryCommon):
    def test_the_error_says_what_can_be_done(self):
        rows = [HEAD_OF_LIMITS, ("Teasel Loom", "T-1", "5000")]
        record = self._check_whole(rows, kind="customers")
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("C2: In which currency", record.row_ids.message)
        self.assertIn("Limit Currency", record.row_ids.message)

    def test_a_choice_that_nobody_sees_counts_for_nothing(self):
        rows = [HEAD_OF_LIMITS, ("Teasel Loom", "T-1", "5000")]
        record = self._check_whole(rows, kind="customers", currency_id=self.usd.id)
        self.assertEqual(record.row_ids.state, "error")

    def test_of_a_known_customer_it_is_in_the_customers_currency(self):
        customer = self.atacama.with_company(self.company)
        customer.preferred_currency_id = self.eur
        rows = [HEAD_OF_LIMITS, (self.atacama.name, "C-0007", "5000")]
        record = self._publish(rows, kind="customers")
        self.assertEqual(record.state, "done", record.failure)
        self.assertIn("grants it: by publishing it, or", record.row_ids.message)
        limit = self.env["credit.limit"].browse(record.row_ids.made["limit"])
        self.assertEqual((limit.currency_id, limit.amount), (self.eur, 5000))

    def test_what_stands_beside_the_amount_names_it(self):
        head = (*HEAD_OF_LIMITS[:2], "Credit Limit (USD)")
        rows = [head, ("Teasel Loom", "T-1", "5000")]
        record = self._check_whole(rows, kind="customers")
        self.assertEqual(record.row_ids.state, "create", self._read(record))
        self.assertIn("USD", record.row_ids.message)


@tagged("post_install", "-at_install")
class TestOpenInDocumentsCurrency(HistoryCommon):
    HEAD = (
        "Customer Code",
        "Invoice No",
        "Date",
        "Due",
        "Currency",
        "Amount",
        "Open Amount",
    )

    def _rows(self, *rows):
        return [
            self.HEAD,
            *[
                ("C-0007", str(at), "2026-05-01", "2026-07-31", *row)
                for at, row in enumerate(rows)
            ],
        ]

    def test_what_is_open_as_a_whole_proves_its_currency(self):
        for rest in ("800", "500"):
            rows = self._rows(("USD", "1200", "1200"), ("EUR", "800", rest))
            record = self._check_whole(rows)
            self.assertEqual(record.row_ids.mapped("amount"), [1200, float(rest)])

    def test_so_it_is_in_balances(self):
        head = ("Customer Code", "Currency", "Amount", "Open Amount")
        record = self._check_whole(
            [head, ("C-0007", "USD", "1200", "1200")], kind="balances"
        )
        self.assertEqual(record.row_ids.amount, 1200)

    def test_parts_alone_are_asked(self):
        record = self._check(self._rows(("USD", "1200", "400"), ("EUR", "800", "500")))
        self.assertEqual(record.state, "read")
        self.assertIn("Both fit", record.failure)

    def test_so_is_what_contradicts_itself(self):
        # 100,000 JPY are some 4,800 CNY
        worth = self.jpy._find_spot(self.company, "2026-06-30")[self.jpy.id].rate
        rows = self._rows(
            ("USD", "1200", "1200"), ("JPY", "100000", f"{100000 / worth:.2f}")
        )
        record = self._check(rows)
        self.assertEqual(record.state, "read")
