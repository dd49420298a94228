from odoo import models

from ..common.process_mark import ProcessMark

#: Borne while opening entries are booked: no payment is matched with any of them.
OPENING = ProcessMark("multicurrency_opening")


class AccountPayment(models.Model):
    """Payments don't follow from entries that are just being made."""

    _inherit = "account.payment"

    def _search_reconciled_invoice_ids(self, operator, value):
        # Odoo asks it of each part that is booked, by a join over the whole ledger
        if OPENING.is_on(self.env):
            return [("id", "in", [])]
        return super()._search_reconciled_invoice_ids(operator, value)
