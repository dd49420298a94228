"""Real files that nobody here made, and lists as Chinese systems write them."""

import io
import unittest
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from ...models.history import customer_import
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

    def _fields(self, record):
        """:return: {header: standard field} of the columns that are matched"""
        return {one.title: one.field for one in record.column_ids if one.field}

    def _say(self, record):
        """:return: [what is said of each row]"""
        return [row.message or "" for row in record.row_ids]

    def _create_named(self, record):
        """Create the customers that a file names, by its columns."""
        wanted = {
            (row.values.get("name") or row.values["ref"], row.values.get("ref"))
            for row in record.row_ids
            if row.state == "error" and {"name", "ref"} & row.values.keys()
        }
        self.env["res.partner"].create(
            [
                {"name": name, "ref": ref, "is_company": True}
                for name, ref in sorted(wanted, key=str)
            ]
        )

    def test_22_zoho_invoices(self):
        record = self._sample("zoho_invoices.csv")
        self.assertEqual((record.kind, record.rows_are), ("items", "repeated"))
        self.assertIn("An export of Zoho.", record.remarks)
        self.assertIn("Each exchange rate is 1.00 (USD)", record.remarks)
        fields = self._fields(record)
        self.assertEqual(fields["Invoice Number"], "document")
        self.assertNotIn("Invoice ID", fields)
        self.assertEqual(fields["Balance"], "open")
        states = self._states(record)
        self.assertEqual((len(states), set(states)), (13, {"skip"}))
        said = self._say(record)
        drafts = [text for text in said if text.startswith("“Draft”: nothing is open.")]
        parts = [text for text in said if text.startswith("Part of the document")]
        self.assertEqual((len(drafts), len(parts)), (3, 10))
        # what each is of, though it isn't owed
        self.assertEqual(
            [row.amount for row in record.row_ids if row.amount], [489.75, 460.0, 390.0]
        )
        self.assertEqual(sum(record.row_ids.mapped("amount")), 1339.75)
        with self.assertRaisesRegex(UserError, "No row is left"):
            record.action_publish()

    def test_22_zoho_once_it_is_sent(self):
        self._customers("Highlander")
        content = (SAMPLES / "zoho_invoices.csv").read_bytes()
        content = content.replace(b",Draft,", b",Sent,")
        record = self._load(content, file_name="sent.csv")
        record.action_dry_run()
        [first] = record.row_ids.filtered(lambda row: row.row_number == 2)
        self.assertEqual((first.state, first.amount), ("create", 489.75), first.message)
        # 1.00 is no rate of ours: 489.75 / 0.14
        self.assertEqual(first.booked, 3498.21)
        self.assertIn("Rate 1.00", first.message)
        self.assertIn("4 rows.", first.message)

    def test_22_freshbooks_invoices(self):
        record = self._sample("freshbooks_invoices.csv")
        self.assertEqual((record.kind, record.rows_are), ("past", "lines"))
        fields = self._fields(record)
        self.assertNotIn("Rate", fields)
        self.assertEqual(fields["Line Total"], "amount")
        # as open items
        record.kind = "items"
        self.assertEqual(self._fields(record)["Line Total"], "amount")
        record.action_read()
        self.assertIn("No column says when items are due", record.remarks)
        self._customers("X-Men")
        self.assertEqual(self._states(record), ["create", "skip", "skip"])
        [first] = record.row_ids.filtered(lambda row: row.state == "create")
        self.assertEqual((first.amount, first.currency_id), (7890.0, self.usd))
        self.assertIn("No due date: due on its own day.", first.message)
        record.term_id = self.env.ref("account.account_payment_term_45days")
        self.assertEqual(record.state, "read")
        self._states(record)
        self.assertEqual(str(first.exists().due or record.row_ids[0].due), "2021-03-14")
        self.assertIn("by “45 Days”", record.row_ids[0].message)

    def test_22_open_items_ar(self):
        record = self._sample("open_items_ar.csv")
        self.assertEqual(record.kind, "items")
        self.assertIn("No column names a currency", record.remarks)
        fields = self._fields(record)
        self.assertEqual(fields["dispute_flag"], "disputed")
        self.assertEqual(fields["dispute_reason"], "reason")
        self.assertEqual(set(self._states(record)), {"error"})
        self._create_named(record)
        record.action_dry_run()
        self.assertIn("No currency", record.row_ids[0].message)
        record.currency_id = self.usd
        record.action_dry_run()
        # 29,100 of 68,880 may be dollars, or yuan: what is open as a whole says it
        self.assertEqual(set(self._states(record)), {"create"}, self._read(record))
        self.assertEqual(record.total_ids.found, 226350.0)
        disputed = record.row_ids.filtered("disputed")
        self.assertEqual(
            disputed.mapped("document"),
            ["INV-10055", "INV-10059", "INV-10107", "INV-10109"],
        )
        self.assertIn("Freight charges contested", disputed[2].message)
        record.action_publish()
        self.assertEqual(sum(self._find_open().values()), 226350.0)
        items = self.env["account.move.line"]._find_open_items(self.company, DAY)
        self.assertEqual(
            sorted(one.residual for one in items if one.disputed),
            [7830.0, 9960.0, 11860.0, 29100.0],
        )
        reasons = record.sudo().entry_ids.move_id.mapped("credit_dispute_reason")
        self.assertIn("Missing PO number on invoice", reasons)

    def test_22_ninja_clients(self):
        record = self._sample("ninja_clients.csv")
        self.assertEqual(record.kind, "customers")
        self.assertIn("row 4", record.remarks)
        self.assertIn("the same name, “Phone”", record.remarks)
        record.kind = "balances"
        record.action_read()
        self.assertEqual(self._fields(record)["Balance"], "open")
        self.assertIn("amounts carry $", record.remarks)
        self.assertIn("No column names a currency", record.remarks)
        self._states(record)
        self._create_named(record)
        self._states(record)
        self.assertTrue(all("No currency" in text for text in self._say(record)))
        record.currency_id = self.usd
        self._states(record)
        [credit] = record.row_ids.filtered(lambda row: row.amount == -142.85)
        self.assertIn(
            "an advance or credit of the customer, or an error?", credit.message
        )
        self.assertFalse(record.error_count, self._read(record))

    def test_22_wave_clients(self):
        self._activate("AUD")
        self.env["res.currency"].search([("name", "=", "BSD")]).active = False
        record = self._sample("wave_clients.csv", skip_bad=True)
        self.assertEqual(record.kind, "customers")
        self._states(record)
        [wrong] = record.row_ids.filtered(lambda row: row.state == "error")
        self.assertIn("BSD is archived", wrong.message)

    def test_22_gooderp_sell_invoices(self):
        record = self._sample("gooderp_sell_invoices.xlsx")
        self.assertEqual((record.kind, record.rows_are), ("past", "lines"))
        self.assertIn("row 6", record.remarks)
        self.assertEqual(record.currency_id, self.cny)
        self._customers("浙江盛达股份有限公司")
        states = self._states(record)
        self.assertEqual(states.count("create"), 1, self._read(record))
        self.assertEqual((record.total_ids.found, len(states)), (86206.91, 8))
        said = self._say(record)
        self.assertEqual(sum("Part of the document in row 7" in t for t in said), 5)
        self.assertIn("A sum of rows above.", said)
        self.assertIn("6 rows.", said[0])

    def test_22_jsherp_customers_and_their_balances(self):
        record = self._sample("jsherp_customer_template.xls")
        self.assertEqual(record.kind, "customers")
        self.assertIn("手机号码", record.remarks)
        self.assertIn("leading zeros may be lost", record.remarks)
        record.kind = "balances"
        self._customers("客户a", "客户b")
        self._states(record)
        self.assertIn("No currency", record.row_ids[0].message)
        record.currency_id = self.cny
        self.assertEqual(self._states(record), ["create", "skip"])
        self.assertEqual(record.total_ids.found, 100.0)
        record.action_publish()
        self.assertEqual(self._find_open(), {("客户a", "CNY"): 100.0})

    def test_22_frappe_parties(self):
        self._activate("INR")
        record = self._sample("frappe_parties.csv")
        self.assertEqual((record.kind, record.open_currency), ("balances", "company"))
        self.assertIn("Row 2 looks like technical names", record.remarks)
        self.assertIn("11 decimals", record.remarks)
        self._states(record)
        self._create_named(record)
        record.action_dry_run()
        found = {row.values.get("name"): row for row in record.row_ids}
        self.assertEqual(found["Bølèn"].state, "skip")
        # 299.99999999921 yuan are 42 dollars
        saipan = found["Saipan"]
        self.assertEqual((saipan.booked, saipan.amount), (300.0, 42.0))
        self.assertEqual(saipan.currency_id, self.usd)

    def test_22_ibm_receivables(self):
        with patch.object(customer_import, "AT_ONCE", 10**6):
            record = self._sample("ibm_receivables_mdy.csv")
            self.assertEqual((len(record.column_ids), record.kind), (12, "past"))
            fields = self._fields(record)
            self.assertEqual(fields["InvoiceDate"], "date")
            self.assertIn("month first", record.remarks)
            self.assertIn("No column names a currency", record.remarks)
            self._states(record)
            self._create_named(record)
            record.currency_id = self.usd
            states = self._states(record)
            self.assertEqual(states.count("create"), 2466)
            self.assertEqual(record.total_ids.found, 147703.18)
            # all were settled: of open items nothing is left
            record.kind = "items"
            self.assertEqual(set(self._states(record)), {"skip"})
            self.assertIn("Settled on", record.row_ids[0].message)

    def test_22_odoo_invoices_template(self):
        record = self._sample("odoo_invoices_template.xlsx")
        self.assertEqual((record.kind, record.rows_are), ("past", "lines"))
        self.env["res.partner"].create(
            [
                {"name": "Deco Addict", "is_company": True},
                {
                    "name": "Azure Interior",
                    "is_company": True,
                    "child_ids": [Command.create({"name": "Brandon Freeman"})],
                },
            ]
        )
        record.currency_id = self.usd
        states = self._states(record)
        self.assertEqual(states.count("create"), 3, self._read(record))
        amounts = record.row_ids.filtered(lambda row: row.state == "create")
        # 12 × 70 + 4,000; 40 + 1.98; 4 × 2,350
        self.assertEqual(amounts.mapped("amount"), [4840.0, 41.98, 9400.0])
        self.assertEqual(amounts[1].partner_id.name, "Azure Interior")

    def test_22_odoo_contacts_template(self):
        record = self._sample("odoo_contacts_template.xlsx")
        self.assertEqual(record.kind, "customers")
        self.assertIn("995 empty rows", record.remarks)
        self.assertEqual(len(self._states(record)), 4)

    def test_22_akaunting_customers(self):
        record = self._sample("akaunting_customers.xlsx")
        self.assertEqual(record.kind, "customers")
        self.assertEqual(self._states(record), ["create"])

    def test_22_datev_stammdaten(self):
        record = self._sample("datev_stammdaten.csv")
        self.assertIn("Row 1 is DATEV's own header", record.remarks)
        self.assertIn("Encoding: Windows-1252.", record.remarks)
        self.assertIn("70000", record.remarks)

    def test_22_alipay(self):
        record = self._sample("alipay_gb18030.csv")
        self.assertIn("Encoding: GB18030.", record.remarks)
        self.assertIn("row 25", record.remarks)
        self.assertIn("says 66 records, the file holds 10", record.remarks)
        fields = self._fields(record)
        self.assertEqual((fields["收/支"], fields["金额"]), ("kind", "amount"))
        record.write({"kind": "items", "currency_id": self.cny.id})
        self.assertIn("document", self._fields(record).values())
        self._states(record)
        self._create_named(record)
        self._states(record)
        for row in record.row_ids.filtered(lambda one: one.state == "create"):
            sign = {"支出": 1, "收入": -1}[row.values["kind"]]
            self.assertGreater(sign * row.amount, 0)

    def test_22_hsbc_days_are_first(self):
        record = self._sample("hsbc_hk_two_currencies.csv")
        self.assertIn("day first", record.remarks)

    def test_22_statements_of_banks_name_no_customer(self):
        for name, words in (
            ("oca_meta_credit_debit.csv", "a difference of 0.02"),
            ("hsbc_hk_two_currencies.csv", "31/03/2025"),
        ):
            record = self._sample(name, kind="balances")
            self.assertIn(words, record.remarks)
            with self.assertRaisesRegex(UserError, "which column of the file is"):
                record.action_dry_run()

    def test_22_adviser_reconciliation(self):
        record = self._sample("adviser_reconciliation.xls")
        self.assertIn("Rows taken for totals, not for data: 17, 27, 37", record.remarks)
        self.assertIn("are read as numbers", record.remarks)

    def test_22_templates_without_rows(self):
        record = self._sample("wukong_voucher_import.xlsx")
        self.assertIn("“凭证模板” is read", record.remarks)
        self.assertIn("The table is empty", record.remarks)
        fields = self._fields(record)
        self.assertEqual(fields["借方金额"], "debit")

    def test_22_workbooks_with_something_wrong(self):
        for name, words in (
            ("error_cell.xls", "#DIV/0!"),
            ("macro.xls", "Macros in the file are ignored"),
            ("dates_1904.xls", "counts days from 1904"),
        ):
            self.assertIn(words, self._sample(name).remarks)
        for name, words in (
            ("corrupted.xlsx", "damaged"),
            ("password_protected.xlsx", "password"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, words):
                self._sample(name)

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
        # the books have all of it open: each is asked about
        asked = record.row_ids.filtered("must_choose")
        self.assertFalse(record.create_count)
        asked.choice = "create"
        self.assertEqual(self._sum_up(record), before)
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
