from odoo import models


class SaleOrder(models.Model):
    """What the invoices of an order take over of its promise."""

    _inherit = "sale.order"

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # always there: core sorts the grouping keys of all orders together
        values["rate_lock_id"] = self.locked_rate and self.rate_lock_id.id or False
        return values

    def _get_invoice_grouping_keys(self):
        return [*super()._get_invoice_grouping_keys(), "rate_lock_id"]
