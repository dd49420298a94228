"""Real files that nobody here made, and lists as Chinese systems write them."""

import io
import unittest

import openpyxl

from odoo.tests import tagged

from ...models.statement.customer_ageing import DAY_KEY
from .history_common import DAY, SAMPLES, HistoryCommon


@tagged("post_install", "-at_install")
@unittest.skipUnless(SAMPLES.exists(), "the sample files are elsewhere")
class TestImportSamples(HistoryCommon):
    def _sample(self, name, **values):
        content = (SAMPLES / name).read_bytes()
        record = self._load(content, file_name=name, **values)
        record.action_read()
        return record

    def _customers(self, *names):
        self.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in names]
        )

    def _states(self, record):
        record.action_dry_run()
        self.assertEqual(record.state, "ready", record.failure)
        return record.row_ids.mapped("state")

    def test_22_zoho_drafts_are_no_open_items(self):
        record = self._sample("zoho_invoices.csv", rows_are="repeated")
        self.assertEqual(record.kind, "items")
        states = self._states(record)
        self.assertEqual((len(states), set(states)), (13, {"skip"}))
        self.assertIn("Draft", record.row_ids[0].message)

    def test_22_freshbooks_lines_add_up(self):
        self._customers("X-Men")
        record = self._sample("freshbooks_invoices.csv", rows_are="lines", kind="past")
        self.assertEqual(self._states(record).count("create"), 1, self._read(record))
        [total] = record.total_ids
        self.assertEqual((total.currency_id, total.found), (self.usd, 7890.0))

    def test_22_open_items_without_a_currency(self):
        record = self._sample("open_items_ar.csv", open_currency="document")
        self.assertEqual(record.kind, "items")
        self.assertEqual(set(self._states(record)), {"error"})
        rows = record.row_ids
        self.env["res.partner"].create(
            [
                {"name": name, "ref": ref, "is_company": True}
                for name, ref in {
                    (row.values["name"], row.values["ref"]) for row in rows
                }
            ]
        )
        record.currency_id = self.usd
        states = self._states(record)
        self.assertEqual(set(states), {"create"}, self._read(record))
        self.assertEqual(record.total_ids.found, 226350.0)
        record.action_publish()
        self.assertEqual(sum(self._find_open().values()), 226350.0)

    def test_22_wave_names_an_archived_currency(self):
        self._activate("AUD")
        self.env["res.currency"].search([("name", "=", "BSD")]).active = False
        record = self._sample("wave_clients.csv", skip_bad=True)
        self.assertEqual(record.kind, "customers")
        self._states(record)
        [wrong] = record.row_ids.filtered(lambda row: row.state == "error")
        self.assertIn("BSD is archived", wrong.message)

    def test_22_ibm_is_history_and_month_first(self):
        record = self._sample("ibm_receivables_mdy.csv", currency_id=self.usd.id)
        self.assertEqual(len(record.column_ids), 12)
        fields = {one.title: one.field for one in record.column_ids}
        self.assertEqual(fields["InvoiceDate"], "date")
        self.assertEqual(fields["InvoiceAmount"], "amount")

    def test_22_what_is_no_table_says_so(self):
        for name in ("password_protected.xlsx",):
            record = self._load((SAMPLES / name).read_bytes(), file_name=name)
            with self.subTest(name=name), self.assertRaisesRegex(Exception, "password"):
                record.action_read()

    def test_22_no_file_brings_a_trace(self):
        for path in sorted(SAMPLES.glob("*.*")):
            if path.suffix == ".md":
                continue
            with self.subTest(name=path.name), self.cr.savepoint():
                record = self._load(path.read_bytes(), file_name=path.name)
                try:
                    record.action_read()
                    record.action_dry_run()
                except Exception as error:
                    self.assertEqual(type(error).__name__, "UserError", error)
                    self.assertGreater(len(str(error)), 10)


@tagged("post_install", "-at_install")
class TestChineseLists(HistoryCommon):
    def _workbook(self, rows):
        book, content = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(content)
        return content.getvalue()

    def test_22_an_ageing_list_in_five_currencies(self):
        rows = [
            ("应收账款账龄分析表",),
            ("单位：原币",),
            (
                *("客户编码", "客户名称", "单据编号", "到期日", "应收原币币别"),
                *("应收余额", "本位币金额"),
            ),
            *(
                ("C-0007", "Atacama Minerals", f"AR-{day}", f"2026年8月{day}日", *row)
                for day, row in enumerate(
                    (
                        ("美元", 1000.5, 7100.0),
                        ("欧元", 200, 1600.0),
                        ("日元", 50000, 2500.0),
                        ("人民币", 88.8, 88.8),
                        ("科威特第纳尔", 3.125, 72.7),
                    ),
                    start=1,
                )
            ),
        ]
        record = self._load(self._workbook(rows), file_name="账龄.xlsx")
        record.action_read()
        record.action_dry_run()
        self.assertEqual(
            (record.kind, record.state), ("items", "ready"), record.failure
        )
        self.assertEqual(record.create_count, 5, self._read(record))
        record.action_publish()
        found = {code: amount for (_name, code), amount in self._find_open().items()}
        self.assertEqual(
            found,
            {"USD": 1000.5, "EUR": 200, "JPY": 50000, "CNY": 88.8, "KWD": 3.125},
        )

    def test_22_our_own_ageing_comes_back_without_a_difference(self):
        self._publish()
        before = self._find_open()
        sheet = self.env["customer.ageing.sheet"].with_context(**{DAY_KEY: str(DAY)})
        content = sheet._make_workbook([])
        record = self._load(content, file_name="ageing.xlsx", kind="balances")
        record.action_read()
        record.action_dry_run()
        self.assertEqual(record.state, "ready", record.failure)
        self.assertFalse(record.error_count, self._read(record))
        found = {
            (row.partner_id.name, row.currency_id.name): row.amount
            for row in record.row_ids
            if row.state == "create"
        }
        self.assertEqual(found, before)
        booked = sum(record.total_ids.mapped("found_booked"))
        items = self.env["account.move.line"]._find_open_items(self.company, DAY)
        self.assertEqual(
            round(booked, 2), round(sum(i.residual_booked for i in items), 2)
        )

    def test_22_a_list_with_decimal_commas(self):
        rows = (
            "Customer;Invoice No;Due Date;Currency;Open Amount\r\n"
            "Atacama Minerals;Müller 1;31.07.2026;EUR;1.234,50\r\n"
            "Bosphorus Textiles;Müller 2;01.08.2026;EUR;0,99\r\n"
        )
        record = self._load(rows.encode("cp1252"), file_name="liste.csv")
        record.action_read()
        record.action_dry_run()
        self.assertEqual(record.row_ids.mapped("amount"), [1234.5, 0.99])
        self.assertEqual(str(record.row_ids[0].due), "2026-07-31")
        self.assertEqual(record.row_ids[0].document, "Müller 1")

    def test_22_templates_are_read_back(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        for template in self.env["customer.import"].get_import_templates():
            kind = template["template"].rpartition("=")[2]
            for lang in ("en_US", "zh_CN"):
                with self.subTest(kind=kind, lang=lang):
                    content = (
                        self.env["customer.import"]
                        .with_context(lang=lang)
                        ._make_template(kind)
                    )
                    book = openpyxl.load_workbook(io.BytesIO(content))
                    titles = [cell.value for cell in book.active[1]]
                    self.assertGreater(len(titles), 4)

    def test_22_rows_to_mend_come_back_with_their_reason(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount"),
            ("Atacama Minerals", "A", "2026-07-01", "USD", "5"),
            ("Atacama Minerals", "=B", "2026-07-01", "UDS", "6"),
        ]
        record = self._check(rows, skip_bad=True)
        content = record._make_rows_workbook()
        book = openpyxl.load_workbook(io.BytesIO(content))
        lines = [[cell.value for cell in row] for row in book.active]
        self.assertEqual(lines[0][:3], ["Reason", "Customer", "Invoice No"])
        self.assertIn("UDS", lines[1][0])
        self.assertEqual(lines[1][1:3], ["Atacama Minerals", "=B"])
        record.action_publish()
        book.active["E2"] = "USD"
        mended = io.BytesIO()
        book.save(mended)
        second = self._load(mended.getvalue(), file_name="mended.xlsx")
        second.action_read()
        second.action_dry_run()
        self.assertEqual(second.create_count, 1, self._read(second))
        second.action_publish()
        self.assertEqual(self._find_open(DAY), {("Atacama Minerals Ltd.", "USD"): 11.0})
