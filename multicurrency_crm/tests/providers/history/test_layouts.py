"""Exports of other programs are known by the names of their columns."""

from odoo.tests import BaseCase, tagged

from ....providers.history import LAYOUTS, find_layout
from ....providers.spreadsheets import open_book, read_table
from ..spreadsheets.test_history_samples import SAMPLES

FILES = {
    "akaunting_customers.xlsx": "akaunting_customers",
    "datev_stammdaten.csv": "datev_parties",
    "frappe_parties.csv": "frappe_parties",
    "freshbooks_invoices.csv": "freshbooks_invoices",
    "gooderp_sell_invoices.xlsx": "golden_tax",
    "jsherp_customer_template.xls": "jsherp_customers",
    "ninja_clients.csv": "ninja_clients",
    "odoo_contacts_template.xlsx": "odoo_contacts",
    "odoo_invoices_template.xlsx": "odoo_invoices",
    "wave_clients.csv": "wave_customers",
    "wukong_voucher_import.xlsx": "wukong_vouchers",
    "zoho_invoices.csv": "zoho_invoices",
}
UNKNOWN = (
    "adviser_reconciliation.xls",
    "alipay_gb18030.csv",
    "hsbc_hk_two_currencies.csv",
    "ibm_receivables_mdy.csv",
    "open_items_ar.csv",
)


@tagged("post_install", "-at_install")
class TestLayouts(BaseCase):
    def _titles(self, name):
        path = SAMPLES / name
        if not path.exists():
            self.skipTest(f"{name} isn't at hand")
        table = read_table(open_book(path.read_bytes()))
        return [column.title for column in table.columns]

    def test_real_files(self):
        for name, code in FILES.items():
            with self.subTest(name):
                self.assertEqual(find_layout(self._titles(name)).code, code)
        for name in UNKNOWN:
            with self.subTest(name):
                self.assertIsNone(find_layout(self._titles(name)))

    def test_each_knows_itself_and_no_other(self):
        for layout in LAYOUTS:
            titles = [*layout.titles, "x"]
            self.assertEqual(find_layout(titles), layout)
            self.assertEqual(find_layout([f" {t.upper()}* " for t in titles]), layout)
            for title in layout.titles:
                without = layout.titles - {title}
                self.assertNotEqual(find_layout(without), layout)
        codes = [layout.code for layout in LAYOUTS]
        self.assertEqual(len(codes), len(set(codes)))

    def test_names_that_mean_something_else(self):
        freshbooks = find_layout(
            "Client Name|Invoice #|Date Issued|Invoice Status|Line Subtotal|"
            "Line Total|Rate".split("|")
        )
        self.assertIsNone(freshbooks.get_field("Rate", "rate"))
        self.assertEqual(freshbooks.get_field("Currency", "currency"), "currency")
        self.assertEqual(freshbooks.rows_are, "lines")

    def test_columns_of_kingdee_and_yonyou(self):
        for titles, code in (
            (
                "客户,应收原币币别,原币金额,折人民币结算汇率,超账期天数",
                "kingdee_ageing",
            ),
            (
                "往来单位,单据编号,业务日期,到期日,币别,应收余额,备注",
                "kingdee_receivables",
            ),
            (
                "客户编码,客户名称,单据类型,单据号,单据日期,币种,汇率,原币余额,本币余额",
                "yonyou_receivables",
            ),
        ):
            self.assertEqual(find_layout(titles.split(",")).code, code)
        self.assertIsNone(find_layout(["客户", "金额"]))
        self.assertIsNone(find_layout([]))
