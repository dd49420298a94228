"""What headers and title rows say that amounts count in."""

from odoo.tests import BaseCase, tagged

from ...engine.history_scales import LABELS, read_scale, read_scales, settle_scale


@tagged("post_install", "-at_install")
class TestScales(BaseCase):
    def test_headers(self):
        for title, scale in (
            ("余额（万元）", 10_000),
            ("期末余额(千元)", 1000),
            ("应收余额（人民币万元）", 10_000),
            ("金额(万美元)", 10_000),
            ("余额（百万）", 1_000_000),
            ("余额(亿元)", 100_000_000),
            ("余额万元", 10_000),
            ("金额（元）", 1),
            ("Open (USD '000)", 1000),
            ("Open (’000)", 1000),
            ("Open (in thousands)", 1000),
            ("Open in thousands", 1000),
            ("Open, USD '000", 1000),
            ("Open (kEUR)", 1000),
            ("Open (EUR k)", 1000),
            ("Open (TSD EUR)", 1000),
            ("Balance (in USD millions)", 1_000_000),
            ("Balance (mio)", 1_000_000),
            ("Open (USD)", None),
            ("Open", None),
            ("Invoice 1000", None),
            ("万科企业", None),
            ("单价", None),
            ("Total (net)", None),
            ("", None),
        ):
            with self.subTest(title):
                self.assertEqual(read_scale(title), scale)

    def test_rows_above(self):
        for texts, scales in (
            (["应收账款余额表", "单位：万元"], {10_000}),
            (["金额单位:人民币千元"], {1000}),
            (["编制单位：上海公司", "单位：元"], {1}),
            (["编制单位：上海公司  单位：万元"], {10_000}),
            (["Aged receivables (in thousands)"], {1000}),
            (["All amounts in USD thousands"], {1000}),
            (["USD '000"], {1000}),
            (["单位：万元", "单位：元"], {10_000, 1}),
            (["10000 records", "Page 1 of 3", "单位名称：万科"], set()),
        ):
            with self.subTest(texts):
                self.assertEqual(read_scales(texts), scales)

    def test_what_contradicts_is_asked(self):
        self.assertEqual(settle_scale("余额", {10_000}), 10_000)
        self.assertEqual(settle_scale("余额", set()), 1)
        self.assertEqual(settle_scale("余额(千元)", set()), 1000)
        self.assertEqual(settle_scale("余额(万元)", {10_000}), 10_000)
        self.assertEqual(settle_scale("余额(元)", {10_000}), 0)
        self.assertEqual(settle_scale("余额", {10_000, 1}), 0)

    def test_what_we_write_we_read(self):
        for scale, label in LABELS.items():
            self.assertEqual(read_scale(f"Open ({label})"), scale)
