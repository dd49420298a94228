from odoo import models

from ..common.customer_present import mark_customer_present


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _post_process(self):
        return super(PaymentTransaction, mark_customer_present(self))._post_process()
