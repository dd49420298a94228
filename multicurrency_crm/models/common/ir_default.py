from odoo import api, models
from odoo.exceptions import ValidationError

from .main_company_fields import OfMainCompany


class IrDefault(models.Model):
    """What a main company keeps for its branches has no default of a branch."""

    _inherit = "ir.default"

    @api.constrains("field_id", "company_id")
    def _check_main_company(self):
        # sudo: fields and companies are compared, whoever sets the default
        for default in self.sudo().filtered("company_id.parent_id"):
            model = self.env[default.field_id.model]
            field = model._fields.get(default.field_id.name)
            if isinstance(field, OfMainCompany):
                raise ValidationError(
                    self.env._(
                        "%(field)s is kept by main companies: set its default for "
                        "%(company)s, whose branches take it.",
                        field=default.field_id.field_description,
                        company=default.company_id.root_id.name,
                    )
                )
