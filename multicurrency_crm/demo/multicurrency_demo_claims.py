from odoo import models

#: receipts that nobody knows: (end of the XML id, currency, payer's text, amount, days
#: ago)
RECEIPTS = (
    ("gb_pumps", "GBP", "FPS SEVERNMOUTH WATER ENG /INV/ PART PMT", 12_400.0, 4),
    ("de_deposit", "EUR", "SEPA CREDIT NORDHAFEN ANLAGENB DEPOSIT", 3_150.0, 2),
)
#: what the correspondent bank has kept of a receipt that a salesperson has claimed
CHARGES = 25.0


class MultiCurrencyDemo(models.AbstractModel):
    """Receipts without a customer: two to claim, and one that finance is to confirm."""

    _inherit = "multicurrency.demo"

    def _load_claims(self):
        """Receive money that nobody knows; a salesperson recognises some of it."""
        for name, code, payer, amount, ago in RECEIPTS:
            self._receive(name, code, payer, amount, ago)
        customer = self._ref("customer_us")
        invoice = self.env["account.move"].search(
            [
                ("partner_id", "child_of", customer.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("currency_id.name", "=", "USD"),
                ("amount_residual", ">", 1000.0),
            ],
            order="invoice_date_due, id",
            limit=1,
        )
        payment = self._receive(
            "us_unnamed",
            "USD",
            "SWIFT MT103 B/O PRAIRIE RIDGE IRRIG /OUR REF MISSING/",
            (invoice.amount_residual or 9_000.0) - CHARGES,
            3,
        )
        seller = customer.user_id or self._ref("user_americas")
        asking = self.env(user=seller.id, su=False)
        Receipt = asking["payment.claimable"]
        claim = asking["payment.claim"]._claim(
            Receipt.browse(Receipt._get_id_of(payment)),
            customer.with_env(asking),
            invoice.with_env(asking),
            "The customer mailed the bank slip",
        )
        self._name_records({"payment_claim": claim.sudo().with_env(self.env)})

    def _receive(self, name, code, payer, amount, ago):
        """Post a payment without customer.

        :return: the account.payment
        """
        currency, day = self.env.ref(f"base.{code}"), self._get_day(ago)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": currency.round(amount),
                "currency_id": currency.id,
                "date": day,
                "journal_id": self._get_bank_journal(currency).id,
                "memo": payer,
            }
        )
        payment.action_post()
        self._name_records({f"receipt_{name}": payment})
        self._backdate({payment: self._get_moment(day)})
        return payment
