from odoo import models

#: (name, currency, days ago, of how many invoices of one customer, the oldest first,
#: what the bank kept, what the payer wrote)
RECEIPTS = (
    ("two", "EUR", 1, 2, 0.0, "INVOICES AS AGREED"),
    ("numbered", "USD", 3, 1, 0.0, "Payment of {numbers}"),
    ("charged", "EUR", 2, 1, 12.0, "SHA {numbers} LESS BANK CHARGES"),
)


class MultiCurrencyDemo(models.AbstractModel):
    """What came in these days, and waits to be matched with what customers owe."""

    _inherit = "multicurrency.demo"

    def _load_bank(self):
        """Choose how much of a bank's charges may be written off, and enter lines of
        banks: with a number, less charges, for two invoices, changed by the bank, and
        from somebody nobody knows."""
        company = self._get_company()
        self._choose_charges(company)
        owing = self._find_open_invoices(company)
        made = {}
        for name, currency, ago, count, kept, text in RECEIPTS:
            found = [key for key, items in owing.items() if len(items) >= count]
            key = next((key for key in found if key[0] == currency), None)
            if not key:
                continue
            items = owing.pop(key)[:count]
            made[f"receipt_{name}"] = self._enter_line(
                currency,
                ago,
                sum(item.amount_residual_currency for item in items) - kept,
                text.format(numbers=items[0].move_id.name),
                partner_name=key[1].name.upper(),
            )
        usd = self.env.ref("base.USD")
        spot = usd._find_spot(company, self._get_day(1))[usd.id]
        made["receipt_changed"] = self._enter_line(
            "CNY",
            1,
            company.currency_id.round(5_000 / spot.rate * 0.995),
            "PROCEEDS OF USD REMITTANCE",
            partner_name="ORDERING CUSTOMER NOT STATED",
        )
        self._name_records(made)

    def _choose_charges(self, company):
        env = self.env["res.company"].with_company(company).env
        account = env["account.account"].create(
            {"code": "560399", "name": "Bank Charges", "account_type": "expense"}
        )
        company.write(
            {
                "receipt_charge_share": 0.01,
                "receipt_charge_amount": 30.0,
                "receipt_charge_currency_id": self.env.ref("base.USD").id,
                "receipt_charge_account_id": account.id,
            }
        )

    def _find_open_invoices(self, company):
        """:return: {(currency's code, customer): [item of an open invoice, the oldest
        first]}"""
        Line = self.env["account.move.line"]
        found = {}
        for item in Line._find_open_items(company, self._get_today()):
            line = Line.browse(item.id)
            if item.kind == "invoice" and line.account_type == "asset_receivable":
                key = line.currency_id.name, line.partner_id.commercial_partner_id
                found.setdefault(key, []).append(line)
        return found

    def _enter_line(self, account, ago, amount, text, **values):
        """Enter a line of a bank's statement, as a clerk does."""
        journal = self._ref(f"journal_{account.lower()}")
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": self._get_day(ago),
                "amount": amount,
                "payment_ref": text,
                **values,
            }
        )
