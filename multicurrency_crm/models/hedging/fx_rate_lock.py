from odoo import models


class FxRateLock(models.Model):
    """A lock covered by forwards."""

    _name = "fx.rate.lock"
    _inherit = ["fx.rate.lock", "fx.covered.mixin"]

    _cover_field = "lock_id"

    def _get_money(self):
        """Return the order of a lock that was made for one."""
        if self.kind == "order" and self.order_ids:
            return self.order_ids[0]
        return super()._get_money()

    def _get_cover_limit(self):
        """Return the cap of an agreement with what was allowed above it, less what was
        drawn at other rates, else what the orders come to; less what covers these
        orders themselves."""
        covered = self.env["fx.forward.allocation"].search(
            [("money_key", "in", [order._get_money_key() for order in self.order_ids])]
        )
        others = covered.filtered(lambda cover: cover.lock_id != self)
        limit = self.amount_cap + self.amount_overdraw - self.amount_elsewhere
        cap = self.amount_cap and limit
        promised = sum(self.order_ids.mapped("amount_total"))
        return (cap or promised) - sum(others.mapped("amount"))

    def _is_given_up(self):
        return self.state not in ("active", "used")

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("expired", "released"):
            self._uncover()
        return result
