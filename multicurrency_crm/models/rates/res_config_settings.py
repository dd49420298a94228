from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    fx_allowed_hosts = fields.Char(
        string="Other Hosts for Rates",
        config_parameter="multicurrency_crm.allowed_hosts",
        help="Host names, separated by commas, that rates may be fetched from besides "
        "the publishers' own: a mirror in your network, for example.",
    )
