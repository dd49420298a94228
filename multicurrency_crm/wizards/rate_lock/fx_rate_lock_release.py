from odoo import api, fields, models


class FxRateLockRelease(models.TransientModel):
    """Taking back a promise; or, of an agreement, letting one order leave it."""

    _name = "fx.rate.lock.release"
    _description = "Release of a Rate Lock"
    _inherit = ["reason.wizard"]

    lock_id = fields.Many2one("fx.rate.lock", required=True, readonly=True)
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        help="The order that leaves its agreement, which holds for the others.",
    )
    consequence = fields.Text(compute="_compute_consequence")

    # === COMPUTE METHODS === #

    @api.depends("lock_id", "order_id")
    @api.depends_context("lang")
    def _compute_consequence(self):
        """Say what happens, and to which orders."""
        for wizard in self:
            # sudo: salespeople see their own orders, and release for all
            lock = wizard.lock_id.sudo()
            orders = lock.order_ids.filtered("locked_rate")
            if not wizard.lock_id.has_access("read"):
                wizard.consequence = False
            elif wizard.order_id:
                wizard.consequence = self.env._(
                    "%(order)s alone leaves agreement %(lock)s, which holds for the "
                    "customer's other orders. It returns to the market rate of its "
                    "date; its prices stay, and so does what was posted at the agreed "
                    "rate.",
                    order=wizard.order_id.name,
                    lock=lock.name,
                )
            elif lock.kind == "agreement":
                wizard.consequence = self.env._(
                    "The agreement ends for all: %(count)s orders return to the market "
                    "rate of their dates; their prices stay. What was posted stays as "
                    "it is. To take out a single order, release the rate on that "
                    "order.",
                    count=len(orders),
                )
            else:
                wizard.consequence = self.env._(
                    "The order returns to the market rate of its date; its prices "
                    "stay. Posted invoices and their credit notes don't change. The "
                    "reason is kept in the history of the lock and of the order."
                )

    # === ACTIONS === #

    def _apply(self):
        if self.order_id:
            self.order_id._release_rate(self.reason)
        else:
            self.lock_id._release(self.reason)
