from odoo import models


class CustomerStatement(models.Model):
    """What the customer may tell by a statement that it has paid."""

    _inherit = "customer.statement"

    def _find_reportable_as_paid(self):
        """Find what a customer may say it has paid: what the statement asks of it.

        :return: {``res.currency``: open at the statement's end}; nothing where the
            company doesn't let customers tell, or nothing is owed
        """
        self.ensure_one()
        # sudo: a customer reads no companies
        if not self.sent_on or not self.company_id.sudo().root_id.promise_on_portal:
            return {}
        return {
            row.currency_id: row.closing
            for row in self.currency_line_ids
            if row.closing > 0
        }
