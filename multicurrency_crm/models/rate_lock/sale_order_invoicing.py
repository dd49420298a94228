from odoo import models

from ..common.guarded_mixin import open_guarded


class SaleOrder(models.Model):
    """What the invoices of an order take over of its promise."""

    _inherit = "sale.order"

    def _prepare_invoice(self):
        values = super()._prepare_invoice()
        # always there: core sorts the grouping keys of all orders together
        values["rate_lock_id"] = self.locked_rate and self.rate_lock_id.id or False
        return values

    def _create_account_invoices(self, invoice_vals_list, final):
        orders = open_guarded(self, "account.move")
        moves = super(SaleOrder, orders)._create_account_invoices(
            invoice_vals_list, final
        )
        return moves.with_env(self.env(su=moves.env.su))

    def _get_invoice_grouping_keys(self):
        return [*super()._get_invoice_grouping_keys(), "rate_lock_id"]
