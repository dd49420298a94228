from odoo import api, fields, models

from ...engine.rate_locks import mark_to_market, rate_deviation


class FxRateLock(models.Model):
    """What orders take of a lock, and what the rest is worth today."""

    _inherit = "fx.rate.lock"

    # Stored: two people who confirm at once both update this row, and the second is
    # retried by Odoo with the figures of the first.
    amount_reserved = fields.Monetary(
        compute="_compute_amounts_taken",
        store=True,
        help="Of quotations that were sent, until they expire.",
    )
    amount_drawn = fields.Monetary(
        compute="_compute_amounts_taken",
        store=True,
        help="Of confirmed orders: their totals while they are open, what was invoiced "
        "net once they are closed or cancelled.",
    )
    amount_open = fields.Monetary(
        compute="_compute_amounts_taken",
        store=True,
        help="Promised and not invoiced yet.",
    )
    amount_overdraw = fields.Monetary(
        string="Overdraw Allowed",
        readonly=True,
        copy=False,
        help="What managers allowed above the cap; each time is in the history.",
    )
    amount_available = fields.Monetary(
        compute="_compute_amount_available",
        store=True,
        help="Cap + overdraw allowed − drawn − reserved; 0 for an agreement without a "
        "cap.",
    )
    spot_rate = fields.Float(
        string="Market Rate Today",
        compute="_compute_market",
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where none is "
        "known.",
    )
    rate_deviation = fields.Float(
        string="Against Market",
        compute="_compute_market",
        aggregator=None,
        help="Locked rate / today's market rate − 1. Negative is against us.",
    )
    mark_to_market = fields.Monetary(
        string="Worth Today",
        compute="_compute_market",
        currency_field="company_currency_id",
        help="Open amount × (market value − locked value). Spot indication, not fair "
        "value.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "amount_cap",
        "order_ids.lock_reserved",
        "order_ids.lock_drawn",
        "order_ids.lock_open",
    )
    def _compute_amounts_taken(self):
        # sudo: the sums are of all orders, whoever looks
        for lock in self.sudo():
            orders = lock.order_ids
            lock.amount_reserved = sum(orders.mapped("lock_reserved"))
            lock.amount_drawn = sum(orders.mapped("lock_drawn"))
            lock.amount_open = sum(orders.mapped("lock_open"))

    @api.depends("amount_cap", "amount_overdraw", "amount_drawn", "amount_reserved")
    def _compute_amount_available(self):
        for lock in self:
            lock.amount_available = lock.amount_cap and (
                lock.amount_cap
                + lock.amount_overdraw
                - lock.amount_drawn
                - lock.amount_reserved
            )

    @api.depends("currency_id", "company_id", "rate", "amount_open", "state")
    def _compute_market(self):
        for company, locks in self.filtered("company_id").grouped("company_id").items():
            spots = locks.currency_id._find_spot(company, company._get_today())
            for lock in locks:
                spot = spots.get(lock.currency_id.id)
                lock.spot_rate = spot.rate if spot else 0.0
        for lock in self:
            known = bool(lock.spot_rate and lock.rate)
            lock.rate_deviation = (
                rate_deviation(lock.rate, lock.spot_rate) if known else 0.0
            )
            lock.mark_to_market = known and lock.company_currency_id.round(
                mark_to_market(lock.amount_open, lock.rate, lock.spot_rate)
            )

    # === ROOM === #

    def _has_room(self, amount=0.0):
        """Whether an agreement has room for ``amount`` in its currency, or any room."""
        self.ensure_one()
        if not self.amount_cap:
            return True
        left = self.currency_id.compare_amounts(self.amount_available, amount)
        return left >= 0 if amount else left > 0

    def _is_overdrawn(self):
        self.ensure_one()
        return bool(self.amount_cap) and (
            self.currency_id.compare_amounts(self.amount_available, 0) < 0
        )

    def _update_amounts(self):
        """Count again what the orders take, after something was invoiced, or time
        went by."""
        orders = self.order_ids
        for name in ("lock_reserved", "lock_drawn", "lock_open"):
            self.env.add_to_compute(orders._fields[name], orders)

    @api.model
    def _update_reservations(self):
        """Give back what quotations reserved that have expired since."""
        orders = self.env["sale.order"].search(
            [("lock_reserved", ">", 0), ("state", "in", ("draft", "sent"))]
        )
        orders.filtered(lambda order: not order._reserves_of_lock()).mapped(
            "rate_lock_id"
        )._update_amounts()

    @api.model
    def _cron_expire_locks(self):
        self._update_reservations()
        return super()._cron_expire_locks()
