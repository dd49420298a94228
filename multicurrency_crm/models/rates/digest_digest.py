from odoo import fields, models
from odoo.exceptions import AccessError


class DigestDigest(models.Model):
    _inherit = "digest.digest"

    kpi_fx_rates_late = fields.Boolean("Currencies without a Fresh Rate")
    kpi_fx_rates_late_value = fields.Integer(compute="_compute_kpi_fx_rates_late_value")

    def _compute_kpi_fx_rates_late_value(self):
        """Count the active currencies without a fresh rate now, whatever the period."""
        if not self.env.user.has_group("multicurrency_crm.group_user"):
            raise AccessError(
                self.env._("Rates are seen by the users of Multi-currency only.")
            )
        currencies = self.env["res.currency"].search([("active", "=", True)])
        for digest in self:
            company = digest.company_id or self.env.company
            fresh, _sentences = currencies._find_fresh(company)
            # sudo: whoever gets the digest may not read every company
            foreign = currencies - company.sudo().currency_id
            digest.kpi_fx_rates_late_value = len(
                foreign.filtered(lambda currency, fresh=fresh: currency.id not in fresh)
            )

    def _compute_kpis_actions(self, company, user):
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("multicurrency_crm.menu_root")
        actions["kpi_fx_rates_late"] = (
            f"multicurrency_crm.fx_rate_provider_action?menu_id={menu.id}"
        )
        return actions
