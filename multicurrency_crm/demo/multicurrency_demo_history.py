import csv
import io
from base64 import b64encode
from datetime import timedelta

from odoo import models

#: customers of the old spreadsheet
OLD_CUSTOMERS = (
    ("Customer", "Customer Code", "Email", "Country", "Currency"),
    ("Valparaíso Marine Supplies", "OLD-01", "office@valpo.example", "CL", "USD"),
    ("Tampere Valve Works", "OLD-02", "accounts@valves.example", "FI", "EUR"),
)
#: what was open of them: (code, document, currency, amount, due so many days after the
#: opening date)
OLD_ITEMS = (
    ("OLD-01", "EX-2201", "USD", "4820.00", 60),
    ("OLD-01", "EX-2202", "USD", "1375.50", 75),
    ("OLD-02", "EX-2203", "EUR", "2960.40", 60),
    ("OLD-02", "EX-2204", "EUR", "-150.00", 60),
)
#: rows of which a currency and a customer have to be mended
WAITING = (
    ("OLD-01", "EX-2301", "USD", "980.00", 60),
    ("OLD-01", "EX-2302", "UDS", "410.00", 60),
    ("OLD-09", "EX-2303", "EUR", "77.70", 60),
)
#: cards of a trade fair: two of customers that are known by other spellings
FAIR = (
    ("Company", "E-mail", "Country", "Phone"),
    ("Nordhafen Anlagenbau", "sales@nordhafen-anlagenbau.example", "DE", ""),
    ("Redgum Plains Pumps", "info@redgum-plains.example", "AU", "+61 7 5550 0119"),
    ("Kvarner Pump Service d.o.o.", "office@kvarner.example", "HR", "+385 51 555 014"),
)
HEADERS = ("Customer Code", "Document Number", "Currency", "Open Amount", "Due Date")
#: when the old spreadsheet was left, in days ago
OPENED = 30
#: what the company wants to know of its customers, and how much it counts
STANDARD = (("name", 3), ("country_id", 2), ("email", 1))


class MultiCurrencyDemo(models.AbstractModel):
    """What the company has brought in from its old spreadsheets."""

    _inherit = "multicurrency.demo"

    def _load_history(self):
        """Publish customers and their open items; leave a list with rows to mend, and
        one with customers that are known."""
        company = self._get_company()
        self._choose_history(company)
        self.env["customer.data.rule"].create(
            [
                {"field": name, "weight": weight, "company_id": company.id}
                for name, weight in STANDARD
            ]
        )
        day = self._get_day(OPENED)
        made = {}
        Import = self.env["customer.import"].with_user(self._ref("user_finance"))
        for name, file_name, kind, rows in (
            ("customers", "customers.csv", "customers", OLD_CUSTOMERS),
            ("items", "open items.csv", "items", self._date_items(OLD_ITEMS, day)),
            ("waiting", "additions.csv", "items", self._date_items(WAITING, day)),
            ("known", "trade fair.csv", "customers", FAIR),
        ):
            made[f"import_{name}"] = record = Import.create(
                {
                    "file": b64encode(self._write_csv(rows).encode()),
                    "file_name": file_name,
                    "company_id": company.id,
                    "date": day,
                    "kind": kind,
                }
            )
            record.action_dry_run()
            if name in ("customers", "items"):
                record.action_publish()
        self._name_records(made)

    def _choose_history(self, company):
        """Choose where opening entries are booked."""
        env = self.env["res.company"].with_company(company).env
        journal = env["account.journal"].create(
            {
                "name": "Opening Entries",
                "code": "OPENI",
                "type": "general",
                "company_id": company.id,
            }
        )
        account = env["account.account"].create(
            {
                "name": "Opening Balances, to Be Cleared",
                "code": "399900",
                "account_type": "equity",
            }
        )
        company.write(
            {"history_journal_id": journal.id, "history_account_id": account.id}
        )

    @staticmethod
    def _date_items(items, day):
        """Return rows of open items as an old system exports them."""
        dated = [(*item[:-1], day + timedelta(days=item[-1])) for item in items]
        return [HEADERS, *dated]

    @staticmethod
    def _write_csv(rows):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return text.getvalue()
