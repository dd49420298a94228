from datetime import timedelta

from odoo import models

from ..models.collection.collection_call import Word

#: what late customers said, the latest first: (end of the XML id, what came of it, what
#: was said, days until the next call)
CALLS = (
    ("again", "again", "Accounts payable are back from a fair on Thursday", 2),
    ("dispute", "dispute", "Two pumps of this delivery came with broken seals", 7),
)


class MultiCurrencyDemo(models.AbstractModel):
    """What customers that are late said when they were called."""

    _inherit = "multicurrency.demo"

    def _load_calls(self):
        """Note a call after which somebody calls again, and one that finance is to
        decide about."""
        Call = self.env["collection.call"]
        made = {}
        for invoice, (name, outcome, note, days) in zip(
            self._find_late_invoices(), CALLS, strict=False
        ):
            word = Word(
                outcome,
                note,
                moves=invoice if outcome == "dispute" else None,
                next_date=self._get_today() + timedelta(days=days),
            )
            customer = invoice.commercial_partner_id
            account = self.env["collection.account"]._take(
                customer, self._get_company()
            )
            seller = customer.user_id or self._ref("user_finance")
            made[f"call_{name}"] = call = Call._record(account, word, seller)
            if call.dispute_state:
                call._notify_disputed()
        self._name_records(made)

    def _find_late_invoices(self):
        """Return an overdue invoice of each of the customers that promised nothing, the
        oldest last: what is oldest is left to be called about today."""
        promised = self.env["payment.promise"].search([("state", "=", "open")])
        found = self.env["account.move"].search(
            [
                ("company_id", "=", self._get_company().id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("invoice_date_due", "<", self._get_today()),
                ("credit_disputed_since", "=", False),
                ("commercial_partner_id", "not in", promised.partner_id.ids),
            ],
            order="invoice_date_due desc, id",
        )
        firsts = found.grouped("commercial_partner_id").values()
        return [moves[0] for moves in firsts]
