from odoo import api, fields, models


class SaleOrderOverdrawLock(models.TransientModel):
    """How much more than is left of its agreement an order is to take: a manager allows
    it, others ask for it."""

    _name = "sale.order.overdraw.lock"
    _description = "Overdraw of a Rate Agreement"
    _inherit = ["typed.number.mixin", "reason.wizard"]

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount = fields.Monetary(
        string="Beyond the Cap",
        compute="_compute_amount",
        store=True,
        readonly=False,
        required=True,
        help="How much more than is left of the agreement the order is to take, "
        "besides what was allowed to it before.",
    )
    cap = fields.Monetary(compute="_compute_figures", help="Of the agreement.")
    drawn = fields.Monetary(
        compute="_compute_figures", help="By all orders, at all rates of the promise."
    )
    reserved = fields.Monetary(
        compute="_compute_figures",
        help="By all quotations that were sent, at all rates of the promise.",
    )
    allowed = fields.Monetary(
        string="Overdraw Allowed",
        compute="_compute_figures",
        help="Beyond the cap, to single orders, as far as they need it.",
    )
    left = fields.Monetary(compute="_compute_figures", help="Of the agreement.")
    allowed_here = fields.Monetary(
        string="Of Which to This Order", related="order_id.lock_overdraw"
    )
    missing = fields.Monetary(
        compute="_compute_figures",
        help="What this order takes, or would take, more than is left for it.",
    )
    most = fields.Monetary(
        string="Order May Take up to",
        compute="_compute_most",
        help="What is left of the agreement for this order, and what is beyond it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = 0.0
            if order := wizard._get_order():
                _wanted, wizard.amount = order._find_missing_to_order()

    @api.depends("order_id", "amount")
    def _compute_most(self):
        for wizard in self:
            order = wizard._get_order()
            shared = order and order._is_capped()
            wizard.most = shared and order._get_left_with(wizard.amount)

    @api.depends("order_id")
    def _compute_figures(self):
        for wizard in self:
            order = wizard._get_order()
            lock = order.rate_lock_id
            taken = lock._get_promise_taken()
            wizard.cap, wizard.left = lock.amount_cap, max(lock.amount_available, 0.0)
            wizard.drawn, wizard.reserved = float(taken.drawn), float(taken.reserved)
            wizard.allowed = lock.amount_overdraw
            wizard.missing = order._find_missing_to_order()[1]

    def _get_order(self):
        """Return the order, with sudo, to whoever may write it."""
        # rights come first: others read nothing of the agreement
        self.order_id.check_access("write")
        # sudo: salespeople may not read locks
        return self.order_id.sudo()

    # === ACTIONS === #

    def _apply(self):
        order = self.order_id
        if order._may_overdraw():
            return order._allow_overdraw(self.reason, self.amount)
        answer = order._request_overdraw(self.reason, self.amount)._get_answer()
        if isinstance(answer, dict):  # nobody may decide: said once this is closed
            answer["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return answer
