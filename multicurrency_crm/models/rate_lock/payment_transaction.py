from odoo import models


class PaymentTransaction(models.Model):
    """A payment after the end of a rate lock is taken, and a colleague is asked."""

    _inherit = "payment.transaction"

    def _post_process(self):
        result = super()._post_process()
        paid = self.filtered(lambda tx: tx.state in ("pending", "authorized", "done"))
        paid.sale_order_ids._notify_accepted_late()
        return result
