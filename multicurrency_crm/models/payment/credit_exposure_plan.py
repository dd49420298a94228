from odoo import api, models
from odoo.tools import SQL


class CreditExposure(models.AbstractModel):
    """An order that is paid by a plan is as open as its instalments leave it."""

    _inherit = "credit.exposure"

    @api.model
    def _get_order_share(self):
        return SQL(
            "CASE WHEN o.has_payment_plan THEN o.payment_plan_open_share::numeric "
            "ELSE %s END",
            super()._get_order_share(),
        )
