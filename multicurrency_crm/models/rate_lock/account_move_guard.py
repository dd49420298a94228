from odoo import api, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """A locked rate is promised to one customer."""

    _inherit = "account.move"

    @api.depends("booked_at_lock")
    def _compute_missing_rate_warning(self):
        return super()._compute_missing_rate_warning()

    def _filter_needing_rate(self):
        """What is booked at its locked rate needs no other; what only promises one is
        booked at the market's."""
        return (
            super()
            ._filter_needing_rate()
            .filtered(lambda move: not move.booked_at_lock)
        )

    @api.constrains("rate_lock_id", "partner_id")
    def _check_locked_customer(self):
        for move in self.filtered("locked_rate"):
            lock = move.rate_lock_id.sudo()  # accountants may not read locks
            origin = move.reversed_entry_id
            if origin.rate_lock_id == lock and origin.partner_id == move.partner_id:
                continue  # whoever has the invoice gets its credit note
            # an order may be invoiced to somebody else, say a leasing company
            payers = lock.order_ids.partner_invoice_id.commercial_partner_id
            if move.commercial_partner_id not in lock.partner_id | payers:
                raise UserError(
                    self.env._(
                        "The rate of %(document)s is promised to %(customer)s: keep "
                        "that customer.",
                        document=move.display_name,
                        customer=lock.partner_id.display_name,
                    )
                )
