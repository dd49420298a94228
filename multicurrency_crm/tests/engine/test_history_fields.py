"""What headers of old systems mean."""

from itertools import product

from odoo.tests import BaseCase, tagged

from ...engine.history_fields import (
    HEADERS,
    KINDS,
    MANY,
    NEEDED,
    fold_header,
    get_fingerprint,
    get_named,
    guess_kind,
    is_neutral,
    is_settled,
    is_total,
    is_vendor,
    list_missing,
    match_columns,
    read_days,
    read_flag,
    read_sign,
)
from ...engine.history_templates import KIND_LEFT_OUT, LEFT_OUT, list_template


@tagged("post_install", "-at_install")
class TestHistoryFields(BaseCase):
    def test_each_kind_names_fields_that_have_headers(self):
        for kind, fields in KINDS.items():
            # an age is known by its days, and not by a word
            self.assertLessEqual(set(fields) - MANY, set(HEADERS))
            self.assertEqual(len(fields), len(set(fields)))
            for wanted in NEEDED[kind]:
                self.assertLessEqual(
                    {wanted} if isinstance(wanted, str) else set(wanted), set(fields)
                )

    def test_two_rows_of_headers_say_the_currency(self):
        for foreign, local in (
            ("Closing balance FC", "Closing balance LC"),
            ("Period end Original", "Period end Local"),
            ("Original Closing", "Local Closing"),
            ("Ending balance Foreign currency", "Ending balance Base currency"),
            ("Balance FCY", "Balance LCY"),
        ):
            with self.subTest(foreign):
                titles = ["Customer", "Opening balance FC", foreign, local]
                self.assertEqual(
                    match_columns("balances", titles), ["name", None, "open", "booked"]
                )

    def test_headers_of_other_systems(self):
        for titles, kind, expected in (
            (
                ("Invoice Number", "Customer Name", "Currency Code", "Balance"),
                "items",
                ["document", "name", "currency", "open"],
            ),
            (
                ("客户名称", "单据编号", "应收原币币别", "原币余额", "到期日"),
                "items",
                ["name", "document", "currency", "open", "due"],
            ),
            (
                ("customer_name", "customer_currency", "address_line_1", "Phone #"),
                "customers",
                ["name", "currency", "street", None],
            ),
            (("客户", "跟进时间", "跟进内容", "跟进人"), "notes", None),
        ):
            with self.subTest(titles=titles):
                self.assertEqual(guess_kind(titles), kind)
                if expected:
                    found = match_columns(kind, titles)
                    self.assertEqual(found[:3], expected[:3])

    def test_a_field_is_taken_by_one_column_only(self):
        found = match_columns("items", ["Date", "Invoice Date", "Date"])
        self.assertEqual(found, [None, "date", None])

    def test_templates_are_read_back_as_they_are_meant(self):
        for kind, is_chinese in product(KINDS, (False, True)):
            with self.subTest(kind=kind, is_chinese=is_chinese):
                headers = list_template(kind, is_chinese)
                self.assertEqual(len(headers), len(set(headers)))
                self.assertEqual(guess_kind(headers), kind)
                found = match_columns(kind, headers)
                left = (*LEFT_OUT, *KIND_LEFT_OUT.get(kind, ()))
                asked = [field for field in KINDS[kind] if field not in left]
                self.assertEqual(found, asked)
                self.assertEqual(list_missing(kind, found), [])

    def test_what_lacks_is_named(self):
        self.assertEqual(
            list_missing("items", ["name"]),
            [("document",), ("open", "amount", "debit", "price", "age")],
        )

    def test_a_fingerprint_is_of_the_headers_in_any_order(self):
        one = get_fingerprint(["Client", "Total", ""])
        self.assertEqual(one, get_fingerprint(["TOTAL*", "client"]))
        self.assertNotEqual(one, get_fingerprint(["client"]))

    def test_words(self):
        self.assertEqual(read_sign("Credit Note"), -1)
        self.assertEqual(read_sign("红字"), -1)
        self.assertEqual(read_sign("发票"), 1)
        self.assertIsNone(read_sign("whatever"))
        self.assertTrue(is_vendor(" Supplier"))
        self.assertTrue(is_vendor("供应商"))
        self.assertFalse(is_vendor("Both"))
        self.assertTrue(is_settled("Draft"))
        self.assertFalse(is_settled("sent"))
        for text in ("Total USD", "GRAND TOTAL", "合计", "小计：", "Total in EUR"):
            self.assertTrue(is_total(text), text)
        for text in ("Total Energies", "Summers Ltd", "总计划有限公司", ""):
            self.assertFalse(is_total(text), text)
        self.assertEqual(fold_header("期初应收（原币）*"), "期初应收")

    def test_terms_that_are_a_number_of_days(self):
        for text, days in (
            ("Net 30", 30),
            ("NET30", 30),
            ("n/45", 45),
            ("60 Days", 60),
            ("７天", 7),
            ("90", 90),
            ("Due on Receipt", 0),
            ("货到付款", 0),
            ("O/A 120 days", 120),
            ("30% T/T, 70% before shipment", None),
            ("2/10 net 30", None),
            ("end of month", None),
            ("", None),
            ("月结60天", None),
            ("Net 4000", None),
        ):
            with self.subTest(text):
                self.assertEqual(read_days(text), days)

    def test_yes_no_and_neither(self):
        for text, expected in (
            ("Y", True),
            (" yes ", True),
            ("是", True),
            ("1", True),
            ("N", False),
            ("", False),
            ("否", False),
            ("maybe", None),
            ("2", None),
        ):
            with self.subTest(text):
                self.assertIs(read_flag(text), expected)

    def test_which_way_a_kind_of_document_counts(self):
        for word, sign in (
            ("收", -1),
            ("支", 1),
            ("Payment Received", -1),
            ("CUSTOMER CREDIT NOTE", -1),
            ("Customer Invoice", 1),
            ("销售退货", -1),
            ("不计收支", None),
            ("journal", None),
        ):
            with self.subTest(word):
                self.assertEqual(read_sign(word), sign)
        self.assertTrue(is_neutral("不计收支"))
        self.assertFalse(is_neutral("journal"))

    def test_captions_name_customers(self):
        for caption, name in (
            ("Customer: Elbe Ships", "Elbe Ships"),
            ("客户：上海公司", "上海公司"),
            ("Re: Zero", "Re: Zero"),
            ("Elbe Ships", "Elbe Ships"),
            ("Customer:", "Customer:"),
        ):
            self.assertEqual(get_named(caption), name)

    def test_what_says_when_it_was_settled_is_past(self):
        titles = ["customerID", "invoiceNumber", "InvoiceDate", "DueDate"]
        titles += ["InvoiceAmount", "SettledDate"]
        self.assertEqual(guess_kind(titles), "past")
        self.assertEqual(guess_kind([*titles, "Open Balance"]), "items")
        self.assertEqual(guess_kind(titles[:-1]), "items")
