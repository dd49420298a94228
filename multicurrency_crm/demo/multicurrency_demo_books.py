from odoo import models

#: (currency, code, name, account number) of the bank accounts
BANK_ACCOUNTS = (
    ("CNY", "BNK1", "Bank CNY", "9900 0000 0000 0001"),
    ("USD", "BNKUS", "Bank USD", "9900 0000 0000 0002"),
    ("EUR", "BNKEU", "Bank EUR", "9900 0000 0000 0003"),
)
#: customers who don't have the 30 days that everybody has
PAYMENT_TERMS = {
    "ch": "account.account_payment_term_15days",
    "hk": "account.account_payment_term_immediate",
    "mx": "account.account_payment_term_45days",
    "sg": "account.account_payment_term_45days",
}
#: customers who may buy in some currencies only
ALLOWED_CURRENCIES = {"hk": ["HKD", "USD"], "mx": ["MXN", "USD"], "sg": ["SGD", "USD"]}


class MultiCurrencyDemo(models.AbstractModel):
    """The books: accounts and banks, and what the books say of customers."""

    _inherit = "multicurrency.demo"

    def _load_books(self):
        """Chart of accounts, Chinese VAT, and a bank account in three currencies."""
        company = self._get_company()
        currency = company.currency_id
        # not try_loading(): it warns while modules are being loaded, and what it warns
        # of, chart data of modules to come, those modules bring along themselves
        self.env["account.chart.template"]._load(
            "generic_coa", company, install_demo=False
        )
        company.currency_id = currency
        self._adapt_taxes(company)
        self._open_bank_accounts(company)

    def _adapt_taxes(self, company):
        """13 % VAT at home in China; exports leave at 0 %."""
        china = company.country_id
        company.account_fiscal_country_id = china
        for model in ("account.tax.group", "account.tax"):
            records = self.env[model].search([("company_id", "=", company.id)])
            records.country_id = china
        groups = self.env["account.tax.group"].search([("company_id", "=", company.id)])
        for group in groups:
            group.name = "VAT 13%" if "15" in group.name else "VAT 0%"
        domestic = company.account_sale_tax_id | company.account_purchase_tax_id
        domestic.write({"name": "13%", "amount": 13.0})
        positions = self.env["account.fiscal.position"].search(
            [("company_id", "=", company.id), ("country_id", "!=", False)]
        )
        positions.country_id = china
        products = self.env["product.product"].search([("company_id", "=", company.id)])
        products.taxes_id = company.account_sale_tax_id

    def _open_bank_accounts(self, company):
        """A journal for each bank account; what comes in is booked there at once."""
        journals = self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")]
        )
        bank = self.env["res.bank"].create({"name": "Specimen Bank of Ningbo"})
        opened = {}
        for (code, short, name, number), journal in zip(
            BANK_ACCOUNTS, [*journals[:1], None, None], strict=True
        ):
            values = {"name": name, "code": short}
            if code != company.currency_id.name:
                values["currency_id"] = self.env.ref(f"base.{code}").id
            if journal:
                journal.write(values)
            else:
                journal = journals.create(
                    {**values, "type": "bank", "company_id": company.id}
                )
            journal.set_bank_account(number, bank.id)
            journal.bank_account_id.allow_out_payment = True
            for line in journal.inbound_payment_method_line_ids:
                line.payment_account_id = journal.default_account_id
            opened[f"journal_{code.lower()}"] = journal
        self._name_records({"bank": bank, **opened})

    # === CUSTOMERS === #

    def _prepare_customers(self):
        """Payment terms and allowed currencies; the currency came from the country."""
        month = self.env.ref("account.account_payment_term_30days")
        for customer in self._get_customers():
            key = customer.get_external_id()[customer.id].rpartition("_")[2]
            term = PAYMENT_TERMS.get(key)
            customer.property_payment_term_id = self.env.ref(term) if term else month
            if codes := ALLOWED_CURRENCIES.get(key):
                customer.allowed_currency_ids = self.env["res.currency"].search(
                    [("name", "in", codes)]
                )
            for contact in customer.child_ids:
                # imported, they have what their company has for the importing company
                contact._commercial_sync_from_company()

    def _get_customers(self):
        return self.env["res.partner"].search(
            [
                ("company_id", "=", self._get_company().id),
                ("parent_id", "=", False),
                ("is_company", "=", True),
            ]
        )
