"""What headers of old systems mean."""

from itertools import product

from odoo.tests import BaseCase, tagged

from ...engine.history_fields import (
    HEADERS,
    KINDS,
    NEEDED,
    fold_header,
    get_fingerprint,
    guess_kind,
    is_settled,
    is_total,
    is_vendor,
    list_missing,
    list_template,
    match_columns,
    read_sign,
)


@tagged("post_install", "-at_install")
class TestHistoryFields(BaseCase):
    def test_each_kind_names_fields_that_have_headers(self):
        for kind, fields in KINDS.items():
            self.assertLessEqual(set(fields), set(HEADERS))
            self.assertEqual(len(fields), len(set(fields)))
            for wanted in NEEDED[kind]:
                self.assertLessEqual(
                    {wanted} if isinstance(wanted, str) else set(wanted), set(fields)
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
                self.assertEqual(tuple(found), KINDS[kind])
                self.assertEqual(list_missing(kind, found), [])

    def test_what_lacks_is_named(self):
        self.assertEqual(
            list_missing("items", ["name"]),
            [("document",), ("open", "amount", "debit")],
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
