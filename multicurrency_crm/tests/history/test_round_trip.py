"""What the addon and Odoo write as lists is brought in again without a difference."""

import io
import json

import openpyxl

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged

from ...engine.open_items import AgeBounds
from ...models.statement.customer_ageing import DAY_KEY
from .history_common import DAY, HistoryCommon

ROWS = [
    (
        *("Customer", "Invoice No", "Due Date", "Currency", "Open Amount"),
        "Amount in Company Currency",
    ),
    ("Atacama Minerals", "0017", "2026-07-31", "USD", "1000.00", "7101.50"),
    ("Atacama Minerals", "=A1", "2026-05-15", "USD", "250.50", "1790.01"),
    ("Atacama Minerals", "000123456789012345", "2026-06-01", "EUR", "0.01", "0.08"),
    ("Bosphorus Textiles", "BT/9", "2026-03-10", "USD", "-75.25", "-537.50"),
    ("Bosphorus Textiles", "BT,10", "2026-08-10", "JPY", "120000", "6000.00"),
    ("Bosphorus Textiles", "0017", "2026-08-11", "KWD", "33.125", "770.35"),
    ("Bosphorus Textiles", "0017", "2026-08-11", "CNY", "12.34", "12.34"),
]


class RoundTripCommon(HistoryCommon):
    #: a number that looks like a formula
    strange = "=A1"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = [[text.replace("=A1", cls.strange) for text in row] for row in ROWS]
        cls.first = cls._publish(rows)
        cls.items = cls._list_items()

    @classmethod
    def _list_items(cls):
        """:return: {(customer, document, currency): (open, booked, due)}"""
        items = cls.env["account.move.line"]._find_open_items(cls.company, DAY)
        lines = cls.env["account.move.line"]
        return {
            (
                item.partner_id,
                lines.browse(item.id)._get_document_name(),
                item.currency_id,
            ): (item.residual, item.residual_booked, item.due)
            for item in items
        }

    def _bring_in(self, content, **values):
        """Check a file in which all is known already.

        :return: (import, {as of :meth:`_list_items`})
        """
        record = self._load(content, file_name="exported.xlsx", **values)
        record.action_dry_run()
        self.assertEqual(record.state, "ready", record.failure)
        self.assertFalse(record.error_count, self._read(record))
        rows = record.row_ids.filtered(lambda row: row.state in ("create", "duplicate"))
        found = {
            (row.partner_id.id, row.document, row.currency_id.id): (
                row.amount,
                row.booked,
                row.due,
            )
            for row in rows
        }
        self.assertEqual(len(found), len(rows))
        return record, found

    def _create_all_the_same(self, record):
        """Have balances count of what the books have open.

        :return: {(customer's name, currency): amount}
        """
        self.assertFalse(record.create_count, self._read(record))
        record.row_ids.filtered("must_choose").choice = "create"
        return self._sum_up(record)

    def _check_all_known(self, record):
        """Nothing comes twice; once the first import is taken back, all of it does."""
        self.assertFalse(record.create_count, self._read(record))
        self.first.action_undo()
        record.action_dry_run()
        self.assertEqual(record.create_count, len(self.items))
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(self._list_items(), self.items)


@tagged("post_install", "-at_install")
class TestRoundTrip(RoundTripCommon):
    def _sum_by_age(self):
        """:return: {(customer, currency, age): what is owed} as the ledger has it"""
        found = {}
        for (partner, _name, currency), (amount, _booked, due) in self.items.items():
            if amount > 0:
                key = partner, currency, AgeBounds().age(due, DAY)
                found[key] = found.get(key, 0) + amount
        return found

    def _make_statements(self):
        return self.env["customer.statement"]._make(
            self.atacama | self.bosphorus, DAY.replace(day=1), DAY
        )

    def test_22_statements_lines(self):
        content = self._make_statements()._make_workbook()
        book = openpyxl.load_workbook(io.BytesIO(content))
        found = {}
        for code in book.sheetnames[1:]:
            sheet = book[code]
            head = next(
                row[0].row for row in sheet.iter_rows() if row[1].value == "Document"
            )
            record, rows = self._bring_in(
                content, kind="items", sheet_name=code, header_row=head
            )
            self.assertEqual(record.duplicate_count, len(rows))
            found |= rows
        self.assertEqual(found, self.items)

    def test_22_statements_summary(self):
        for lang in ("en_US", "zh_CN"):
            with self.subTest(lang):
                self.env["res.lang"]._activate_lang(lang)
                made = self._make_statements()
                content = made.with_context(lang=lang)._make_workbook()
                record = self._load(content, file_name="s.xlsx", kind="balances")
                record.action_dry_run()
                self.assertEqual(record.state, "ready", record.failure)
                self.assertFalse(record.error_count, self._read(record))
                found = self._create_all_the_same(record)
                self.assertEqual(found, self._find_open())
                self.assertEqual(
                    round(sum(record.total_ids.mapped("found_booked")), 2),
                    round(sum(item[1] for item in self.items.values()), 2),
                )
                made.unlink()

    def test_22_ageing_by_customer(self):
        for lang in ("en_US", "zh_CN"):
            with self.subTest(lang):
                self.env["res.lang"]._activate_lang(lang)
                sheet = self.env["customer.ageing.sheet"].with_context(
                    **{DAY_KEY: str(DAY)}, lang=lang
                )
                record = self._load(sheet._make_workbook([]), kind="balances")
                record.action_dry_run()
                self.assertEqual(record.state, "ready", record.failure)
                self.assertFalse(record.error_count, self._read(record))
                found = self._create_all_the_same(record)
                self.assertEqual(found, self._find_open())
                found = {}
                for row in record.row_ids.filtered(lambda one: one.amount > 0):
                    age = AgeBounds().age(row.due, DAY)
                    key = row.partner_id.id, row.currency_id.id, age
                    found[key] = found.get(key, 0) + row.amount
                self.assertEqual(found, self._sum_by_age())


@tagged("post_install", "-at_install")
class TestRoundTripOfOdoo(RoundTripCommon, HttpCase):
    """Lists as Odoo's own *Export* writes them."""

    # Odoo's export makes a formula of a text that begins with =
    strange = "+A1"

    def _export(self, records, fields, kind="xlsx", **context):
        clerk = new_test_user(
            self.env,
            "exporter",
            groups="base.group_user,base.group_allow_export,base.group_partner_manager,"
            "account.group_account_user,multicurrency_crm.group_finance",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.authenticate(clerk.login, clerk.login)
        known = records.fields_get()
        asked = {
            "model": records._name,
            "ids": records.ids,
            "domain": [],
            "groupby": [],
            "import_compat": False,
            "fields": [
                {
                    "name": name,
                    "label": known[name.partition("/")[0]]["string"],
                    "type": known[name.partition("/")[0]]["type"],
                    "store": True,
                }
                for name in fields
            ],
            "context": {"allowed_company_ids": self.company.ids, **context},
        }
        answer = self.url_open(
            f"/web/export/{kind}",
            data={
                "data": json.dumps(asked),
                "csrf_token": Request.csrf_token(self),
            },
        )
        answer.raise_for_status()
        return answer.content

    def test_22_receivable_items(self):
        lines = self.first.sudo().entry_ids.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        fields = [
            *("move_name", "partner_id", "name", "date_maturity", "currency_id"),
            *("amount_residual_currency", "amount_residual"),
        ]
        for kind in ("xlsx", "csv"):
            content = self._export(lines, fields, kind)
            record = self._load(content, file_name=f"items.{kind}", kind="items")
            record.action_read()
            columns = {one.title: one for one in record.column_ids}
            self.assertEqual(columns["Residual Amount in Currency"].field, "open", kind)
            # an opening entry has many documents: its items are called by their labels
            columns["Number"].field = False
            columns["Label"].field = "document"
            record.action_dry_run()
            self.assertEqual(record.state, "ready", record.failure)
            self.assertFalse(record.error_count, self._read(record))
            found = {
                (row.partner_id.id, row.document, row.currency_id.id): (
                    row.amount,
                    row.booked,
                    row.due,
                )
                for row in record.row_ids
            }
            self.assertEqual(found, self.items, kind)
            self.env["res.users"].search([("login", "=", "exporter")]).unlink()
        self._check_all_known(record)

    def test_22_our_ageing_as_a_list(self):
        ageing = self.env["customer.ageing"].with_context(
            **{DAY_KEY: str(DAY)}, allowed_company_ids=self.company.ids
        )
        rows = ageing.search([])
        fields = ["partner_id", "document", "date_due", "currency_id", "amount"]
        content = self._export(rows, [*fields, "booked"], **{DAY_KEY: str(DAY)})
        record, found = self._bring_in(content, kind="items", open_currency="document")
        self.assertEqual(found, self.items)
        self._check_all_known(record)

    def test_22_customers(self):
        partners = self.atacama | self.bosphorus
        self.atacama.write(
            {
                "email": "info@atacama.example",
                "phone": "+56 2 2345 6789",
                "street": "Calle 1, piso 3",
                "city": "Santiago",
                "zip": "0750",
                "country_id": self.env.ref("base.cl").id,
            }
        )
        fields = [
            *("name", "ref", "vat", "email", "phone", "street", "city", "zip"),
            "country_id",
        ]
        before = partners.read(fields)
        content = self._export(partners, fields)
        record = self._load(content, file_name="customers.xlsx", kind="customers")
        record.action_dry_run()
        self.assertEqual(record.state, "ready", record.failure)
        self.assertFalse(record.error_count, self._read(record))
        self.assertFalse(record.create_count, self._read(record))
        if record.update_count:
            record.action_publish()
        partners.invalidate_recordset()
        self.assertEqual(partners.read(fields), before)
