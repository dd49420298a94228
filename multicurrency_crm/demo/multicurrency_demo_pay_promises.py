from datetime import timedelta

from odoo import models

#: what customers promised of their oldest open invoice: (end of the XML id, made so
#: many days ago, for so many days after that, share of what was open, who said so)
PROMISES = (
    ("kept", 3, 3, 1.0, "Accounts payable, by phone"),
    ("broken", 25, 6, 1.0, "Chief accountant"),
    ("open", 2, 9, 0.5, "Treasury"),
)


class MultiCurrencyDemo(models.AbstractModel):
    """What customers promised to pay: one kept it, one broke it, one is waited for."""

    _inherit = "multicurrency.demo"

    def _load_pay_promises(self):
        """Note promises of three customers, pay one, and judge them."""
        self._get_company().promise_on_portal = True
        invoices = self._find_promised_invoices()
        made = {}
        for invoice, (name, ago, after, share, who) in zip(
            invoices, PROMISES, strict=False
        ):
            promise = self._promise(invoice, ago, after, share, who)
            made[name] = promise
        self._name_records({f"promise_{name}": one for name, one in made.items()})
        self._backdate({one: self._get_moment(one.made_on) for one in made.values()})
        if kept := made.get("kept"):
            self._pay(kept.move_id, 100.0, kept.date)
        self.env["payment.promise"].concat(*made.values())._judge()

    def _find_promised_invoices(self):
        """The oldest open invoice of each of the customers who owe most of them."""
        found = self.env["account.move"].search(
            [
                ("company_id", "=", self._get_company().id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("credit_disputed_since", "=", False),
                ("invoice_date", "<", self._get_day(26)),
            ],
            order="invoice_date_due, id",
        )
        claimed = self.env["payment.claim"].search([]).move_ids
        firsts = (found - claimed).grouped("commercial_partner_id").values()
        return [moves[0] for moves in firsts]

    def _promise(self, invoice, ago, after, share, who):
        """Note a promise, as on the day on which it was made."""
        customer = invoice.commercial_partner_id
        seller = customer.user_id or self._ref("user_finance")
        amount = invoice.currency_id.round(invoice.amount_residual * share)
        made = self._get_day(ago)
        day = made + timedelta(days=after)
        promise = self.env["payment.promise"]._make(
            customer,
            amount,
            invoice.currency_id,
            max(day, invoice.company_id._get_today()),
            invoice,
            said_by=who,
        )
        grace = timedelta(days=promise.company_id.promise_grace_days)
        promise._write_guarded(
            {
                "made_on": made,
                "date": day,
                "deadline": day + grace,
                "user_id": seller.id,
            }
        )
        return promise
