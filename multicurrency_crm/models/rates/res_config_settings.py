from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _name = "res.config.settings"
    _inherit = ["res.config.settings", "typed.number.mixin"]

    group_multicurrency_named_rate = fields.Boolean(
        string="Reference Rates",
        implied_group="multicurrency_crm.group_multicurrency_named_rate",
        group="multicurrency_crm.group_user",
    )
    missing_rate_policy = fields.Selection(
        related="company_id.missing_rate_policy", readonly=False, required=True
    )
    rate_max_age = fields.Integer(related="company_id.rate_max_age", readonly=False)
    fx_booking_day = fields.Selection(
        related="company_id.fx_booking_day", readonly=False, required=True
    )
    fx_allowed_hosts = fields.Char(
        string="Other Hosts for Rates",
        config_parameter="multicurrency_crm.allowed_hosts",
        help="Host names, separated by commas, that rates may be fetched from besides "
        "the publishers' own: a mirror in your network, for example.",
    )
    fx_run_retention_days = fields.Integer(
        string="Days That Fetches Are Kept",
        config_parameter="multicurrency_crm.run_retention_days",
        default=180,
        bounds=(1, 36_500),
    )
    fx_rate_evidence_years = fields.Integer(
        string="Years That Evidence Is Kept",
        config_parameter="multicurrency_crm.rate_evidence_years",
        default=10,
        bounds=(1, 200),
    )

    _retention_positive = models.Constraint(
        "CHECK (fx_run_retention_days > 0 AND fx_rate_evidence_years > 0)",
        "Fetches are kept for at least one day, evidence for at least one year.",
    )
