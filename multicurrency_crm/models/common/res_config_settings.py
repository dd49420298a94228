from odoo import api, models


class ResConfigSettings(models.TransientModel):
    """In a branch the page shows the main company's settings, and says so."""

    _inherit = "res.config.settings"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        settings = self.env["res.company"]._get_multicurrency_settings()
        of_company = {
            name
            for name, field in self._fields.items()
            if field.related and field.related.removeprefix("company_id.") in settings
        }
        for node in arch.iter("field"):
            if node.get("name") in of_company:
                node.set("readonly", "not is_root_company")
        return arch, view
