from odoo import api, fields, models


class MainCompanyMixin(models.AbstractModel):
    """Records that a main company keeps for itself and its branches.

    One that is entered in a branch is its main company's: see
    ``main_company_fields`` for the rule.
    """

    _name = "main.company.mixin"
    _description = "Kept by Main Companies"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        # sudo: who works in a branch needn't see its main company
        default=lambda self: self.env.company.sudo().root_id,
        domain=[("parent_id", "=", False)],
        ondelete="cascade",
        help="A branch has those of its main company.",
    )

    @api.model
    def default_get(self, fields):
        """A personal default, or one of a context, names no branch either."""
        return self._take_main_company(super().default_get(fields))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._take_main_company(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._take_main_company(vals)
        result = super().write(vals)
        if "company_id" in vals:
            # Odoo's rules look at the company before, not at the one after
            self.check_access("write")
        return result

    @api.model
    def _take_main_company(self, vals):
        """Return ``vals``, with the main company in the place of a branch"""
        if not vals.get("company_id"):
            return vals
        root_id = self.env["res.company"]._get_root_id(vals["company_id"])
        return {**vals, "company_id": root_id}
