from odoo import api, fields, models


class FxRateProvider(models.Model):
    """What a provider has brought that somebody must decide on."""

    _inherit = "fx.rate.provider"

    hold_ids = fields.One2many("fx.rate.hold", "provider_id", string="Held Quotes")
    held_count = fields.Integer(
        string="Held",
        compute="_compute_held_count",
        help="Rates of the companies that you work in, held back until somebody "
        "decides.",
    )

    @api.depends("hold_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_held_count(self):
        counted = self.env["fx.rate.hold"]._read_group(
            [("provider_id", "in", self.ids), ("state", "=", "pending")],
            ["provider_id"],
            ["__count"],
        )
        counts = {provider.id: count for provider, count in counted}
        for provider in self:
            provider.held_count = counts.get(provider.id, 0)

    def action_open_holds(self):
        """Open what this provider has held back and nobody has decided on."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_hold_action"
        )
        return {
            **action,
            "domain": [("provider_id", "=", self.id)],
            "context": {"search_default_pending": 1},
        }
