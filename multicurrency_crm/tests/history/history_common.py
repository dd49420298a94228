"""What the tests of imports share: two companies with charts, customers, files."""

import csv
import io
from base64 import b64encode
from datetime import date
from pathlib import Path

from odoo import Command
from odoo.tests import new_test_user

from ..common import MultiCurrencyCommon

#: Real files that nobody here made; absent in most clones.
SAMPLES = Path(__file__).parents[4] / "shared" / "history_samples"
#: The day on which the old system was left.
DAY = date(2026, 6, 30)

ITEMS = (
    ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount"),
    ("Atacama Minerals", "AM-1", "2026-07-31", "USD", "1000.00"),
    ("Atacama Minerals", "AM-2", "2026-05-15", "USD", "250.50"),
    ("Atacama Minerals", "AM-3", "2026-06-01", "EUR", "400.00"),
    ("Bosphorus Textiles", "BT-9", "2026-08-10", "USD", "-75.25"),
    ("Bosphorus Textiles", "BT-10", "2026-08-10", "JPY", "120000"),
)


def make_csv(rows, delimiter=","):
    """:return: the bytes of a text file in UTF-8"""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


class HistoryCommon(MultiCurrencyCommon):
    """Harbour Export keeps CNY and leaves its old system; finance brings files in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.journal, cls.clearing = cls._choose_accounts(cls.company)
        cls.atacama, cls.bosphorus = cls.env["res.partner"].create(
            [
                {"name": "Atacama Minerals Ltd.", "is_company": True, "ref": "C-0007"},
                {
                    "name": "Bosphorus Textiles A.S.",
                    "is_company": True,
                    "vat": "TR1234567890",
                },
            ]
        )
        cls.finance = cls._create_colleague("history_finance", "group_finance")
        cls.manager = cls._create_colleague("history_manager", "group_manager")

    @classmethod
    def _create_colleague(cls, login, group, companies=None):
        companies = companies or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,multicurrency_crm.{group}",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    @classmethod
    def _choose_accounts(cls, company):
        journal = cls.env["account.journal"].create(
            {
                "name": "Opening",
                "code": "OPENH",
                "type": "general",
                "company_id": company.id,
            }
        )
        account = cls.env["account.account"].create(
            {
                "name": "Opening clearing",
                "code": "399901",
                "account_type": "equity",
                "company_ids": [Command.set(company.ids)],
            }
        )
        company.write(
            {"history_journal_id": journal.id, "history_account_id": account.id}
        )
        return journal, account

    @classmethod
    def _load(cls, rows, user=None, company=None, **values):
        """:return: an import of these rows, as its user sees it"""
        user = user or cls.finance
        Import = cls._as(cls.env["customer.import"], user, company or cls.company)
        content = rows if isinstance(rows, bytes) else make_csv(rows)
        return Import.create(
            {
                "file": b64encode(content),
                "file_name": "open items.csv",
                "date": DAY,
                "company_id": (company or cls.company).id,
                **values,
            }
        )

    @classmethod
    def _check(cls, rows=ITEMS, **values):
        """:return: an import that was read and checked"""
        record = cls._load(rows, **values)
        record.action_read()
        record.action_dry_run()
        return record

    @classmethod
    def _check_whole(cls, rows, **values):
        """:return: an import whose check came to its end"""
        record = cls._check(rows, **values)
        assert record.state == "ready", record.failure
        return record

    @classmethod
    def _publish(cls, rows=ITEMS, **values):
        record = cls._check_whole(rows, **values)
        record.action_publish()
        return record

    def _read(self, record):
        """:return: [(row, state, reason)] in the order of the file"""
        return [
            (row.row_number, row.state, row.message or "") for row in record.row_ids
        ]

    @classmethod
    def _sum_up(cls, record):
        """:return: {(customer's name, currency): amount} of what would be created"""
        found = {}
        for row in record.row_ids.filtered(
            lambda one: one.state == "create" or one.choice == "create"
        ):
            key = row.partner_id.name, row.currency_id.name
            found[key] = round(found.get(key, 0) + row.amount, 3)
        return found

    def _find_open(self, day=DAY, company=None, partners=None):
        """:return: {(customer's name, currency): open amount} as the ledger has it"""
        company = company or self.company
        found = {}
        for item in self.env["account.move.line"]._find_open_items(
            company, day, partners=partners
        ):
            name = self.env["res.partner"].browse(item.partner_id).name
            code = self.env["res.currency"].browse(item.currency_id).name
            found[name, code] = round(found.get((name, code), 0) + item.residual, 3)
        return found
