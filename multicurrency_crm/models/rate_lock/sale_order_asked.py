from odoo import api, models


class SaleOrder(models.Model):
    """What was asked of the managers about an order ends with it, or with its lock."""

    _inherit = "sale.order"

    def _action_cancel(self):
        result = super()._action_cancel()
        self.env["fx.rate.approval"]._find_requested(self)._cancel_requests()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_cancel_requests(self):
        self.env["fx.rate.approval"]._find_requested(self)._cancel_requests()

    def _drop_locked_rate(self, body):
        for approval in self.env["fx.rate.approval"]._find_requested(self):
            lock = approval.lock_id
            if approval.order_id.rate_lock_id in lock | lock.supersedes_id:
                approval._cancel_requests()
        return super()._drop_locked_rate(body)
