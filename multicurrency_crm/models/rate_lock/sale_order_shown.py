from odoo import api, fields, models
from odoo.tools import format_date

from ..common.customer_present import CUSTOMER_KEY, is_customer_present


class SaleOrder(models.Model):
    """What the customer reads about the locked rate: on the portal and on paper."""

    _inherit = "sale.order"

    # The customer reads these, who may read no lock.
    shown_rate = fields.Char(
        string="Locked Rate Shown to the Customer",
        compute="_compute_shown_rate",
        compute_sudo=True,
        help="The locked rate as the customer reads it; empty where the customer's "
        "settings don't ask for it.",
    )
    rate_lock_end = fields.Date(
        string="Rate Holds until",
        compute="_compute_rate_lock_end",
        compute_sudo=True,
        help="The last day on which the customer can order at the locked rate.",
    )

    @api.depends("locked_rate", "rate_lock_id", "partner_id.print_rate_lock")
    @api.depends_context("lang")
    def _compute_shown_rate(self):
        point = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        for order in self:
            partner = order.partner_id.commercial_partner_id
            wanted = partner.with_company(order.company_id).print_rate_lock
            order.shown_rate = (wanted and order.rate_locked) and (
                order.rate_lock_id.rate_display.replace(".", point.decimal_point or ".")
            )

    @api.depends("locked_rate", "rate_lock_id.date_end")
    def _compute_rate_lock_end(self):
        for order in self:
            order.rate_lock_end = order.rate_locked and order.rate_lock_id.date_end

    # === THE END === #

    @api.depends("rate_lock_id.state", "rate_lock_id.date_end", "locked_rate", "state")
    @api.depends_context(CUSTOMER_KEY)
    def _compute_is_expired(self):
        """A quotation whose lock has ended shows as expired, and offers neither to
        sign nor to pay. What the customer does all the same, on a page opened before
        the end, is taken: then only Odoo's own expiration counts."""
        result = super()._compute_is_expired()
        if is_customer_present(self.env):
            return result
        # sudo: a customer is told that it has expired, and nothing of the lock
        for order, held in zip(self, self.sudo(), strict=True):
            waiting = held.locked_rate and held.state in ("draft", "sent")
            if waiting and held.rate_lock_ended:
                order.is_expired = True
        return result

    def _tell_accepted_late(self):
        """Tell a colleague of each quotation that its customer signed or paid after the
        end of its lock. One that was confirmed by that tells for itself."""
        for order in self.filtered("rate_lock_ended"):
            if order.state not in ("draft", "sent"):
                continue
            order._ask_colleague(
                self.env._("Accepted after the rate lock ended"),
                self.env._(
                    "The customer signed or paid %(order)s after its locked rate ended "
                    "on %(end)s: lock today's rate, or confirm at the locked one.",
                    order=order.name,
                    end=format_date(self.env, order.rate_lock_end),
                ),
            )
