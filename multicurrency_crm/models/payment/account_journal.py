from odoo import models


class AccountJournal(models.Model):
    """Journals on which payments are expected, by their routes."""

    _inherit = "account.journal"

    def write(self, vals):
        if not {"active", "currency_id"} & vals.keys():
            return super().write(vals)
        # whether it can be paid to is remembered with the routes
        Route = self.env["payment.route"]
        Route._forget()
        result = super().write(vals)
        Route._forget()
        return result
