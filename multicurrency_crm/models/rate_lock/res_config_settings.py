from odoo import api, fields, models

from ..common.res_config_settings import UnderWay


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    group_multicurrency_agreement = fields.Boolean(
        string="Rate Agreements",
        implied_group="multicurrency_crm.group_multicurrency_agreement",
        group="multicurrency_crm.group_user",
    )
    lock_timing = fields.Selection(related="company_id.lock_timing", readonly=False)
    lock_days = fields.Integer(related="company_id.lock_days", readonly=False)
    lock_invoice_days = fields.Integer(
        related="company_id.lock_invoice_days", readonly=False
    )
    lock_tolerance = fields.Float(related="company_id.lock_tolerance", readonly=False)
    lock_exceeded_policy = fields.Selection(
        related="company_id.lock_exceeded_policy", readonly=False
    )
    lock_reminder_days = fields.Integer(
        related="company_id.lock_reminder_days", readonly=False
    )
    lock_rebate_returns = fields.Boolean(
        related="company_id.lock_rebate_returns", readonly=False
    )
    lock_booking = fields.Selection(related="company_id.lock_booking", readonly=False)
    lock_booking_from = fields.Date(
        related="company_id.lock_booking_from", readonly=False
    )
    lock_books_tax = fields.Boolean(related="company_id.lock_books_tax", readonly=False)
    refund_at_origin_rate = fields.Boolean(
        related="company_id.refund_at_origin_rate", readonly=False
    )

    @api.onchange("lock_booking")
    def _onchange_lock_booking(self):
        if self.lock_booking == "locked" and not self.lock_booking_from:
            self.lock_booking_from = self.company_id._get_today()

    # === FEATURES === #

    @api.model
    def _find_running_features(self):
        running = super()._find_running_features()
        # sudo: a feature is hidden in all companies, the user's or not
        active = (
            self.env["fx.rate.lock"]
            .sudo()
            .search([("kind", "=", "agreement"), ("state", "=", "active")])
        )
        if active:
            reason = self.env._(
                "Rate Agreements can't be switched off while quotations take the rates "
                "of active ones (%(count)s): end these first.",
                count=len(active),
            )
            running["group_multicurrency_agreement"] = UnderWay(reason, active)
        return running
