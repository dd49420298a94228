from odoo import models

#: currencies that have an account of their own: (currency, who bears charges)
AT_BANKS = (("USD", "our"), ("EUR", "sha"), ("CNY", False))
#: what the account that takes all other currencies is called, and its number
COLLECTING = ("Bank, all currencies", "BNKAL", "9900 0000 0000 0009")
#: of one country, before the others: (currency, country, up to)
AMERICA = ("USD", "base.us", 3_000)
NOTES = {
    "USD": "Please write the number of the quotation or invoice in the transfer.\n"
    "Intermediary bank: Specimen Correspondent Bank, New York.",
    "EUR": "SEPA transfers, please, with the number of the invoice.",
}


class MultiCurrencyDemo(models.AbstractModel):
    """By which way each currency is paid."""

    _inherit = "multicurrency.demo"

    def _load_routes(self):
        """Routes for all currencies: three have accounts of their own, the others are
        collected on one that takes any; of small orders from America we bear all
        charges."""
        company = self._get_company()
        journals = {
            code: self._ref(f"journal_{code.lower()}") for code, _bearer in AT_BANKS
        }
        routes = {
            code: self._add_route(code, journals[code], charge_bearer=bearer)
            for code, bearer in AT_BANKS
        }
        collecting = self._open_collecting_account(company)
        foreign = self.env["res.currency"].search([], order="name")
        for currency in foreign.filtered(lambda one: one.name not in routes):
            routes[currency.name] = self._add_route(
                currency.name, collecting, charge_bearer="our"
            )
        code, country, most = AMERICA
        routes["america"] = self._add_route(
            code,
            journals[code],
            name="USD, small orders from America",
            sequence=1,
            country_ids=self.env.ref(country).ids,
            amount_to=most,
            charge_bearer="ben",
        )
        self._name_records(
            {f"route_{code.lower()}": route for code, route in routes.items()}
            | {"journal_collecting": collecting}
        )

    def _add_route(self, code, journal, **values):
        """Add a route in a currency to a journal's account."""
        return self.env["payment.route"].create(
            {
                "company_id": self._get_company().id,
                "currency_id": self.env.ref(f"base.{code}").id,
                "journal_id": journal.id,
                "instructions": NOTES.get(code),
                **values,
            }
        )

    def _open_collecting_account(self, company):
        name, code, number = COLLECTING
        journal = self.env["account.journal"].create(
            {"name": name, "code": code, "type": "bank", "company_id": company.id}
        )
        journal.set_bank_account(number, self._ref("bank").id)
        journal.bank_account_id.allow_out_payment = True
        for line in journal.inbound_payment_method_line_ids:
            line.payment_account_id = journal.default_account_id
        return journal
