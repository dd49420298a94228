from odoo import api, models
from odoo.fields import Domain

ADDON = "multicurrency_crm"


class IrRule(models.Model):
    """What somebody works on in a dialog of the addon is theirs alone."""

    _inherit = "ir.rule"

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        """Odoo 19 lets whoever may open a dialog read and delete those of others. One
        rule for all dialogs of the addon: none can be forgotten."""
        domain = super()._compute_domain(model_name, mode)
        Model = self.env[model_name]
        if Model._transient and Model._original_module == ADDON and not self.env.su:
            own = Domain("create_uid", "=", self.env.uid)
            return (Domain(domain) & own).optimize(Model)
        return domain
