from odoo import api, fields, models


class SaleOrder(models.Model):
    """What was asked of the managers about an order: told on the order, and over with
    it, or with its lock."""

    _inherit = "sale.order"

    lock_asked_note = fields.Char(
        compute="_compute_lock_asked_note", groups="base.group_user"
    )

    @api.depends("currency_id", "company_id")
    def _compute_lock_asked_note(self):
        """What managers have yet to decide, so that nobody asks, or promises, twice."""
        requested = self.env["fx.rate.approval"]._find_requested(self)
        asked = requested.grouped("order_id")
        for order in self:
            approvals = asked.get(order._origin, requested.browse())
            order.lock_asked_note = " ".join(approvals.mapped("explanation")) or False

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
