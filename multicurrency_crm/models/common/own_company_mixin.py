from odoo import api, models
from odoo.exceptions import AccessError


class OwnCompanyMixin(models.AbstractModel):
    """Records of a company whose forms say what its books and rates make of them.

    That is computed with sudo, before anything is stored: so whoever names a company,
    or something of it, has to work there.
    """

    _name = "own.company.mixin"
    _description = "Records of One's Own Companies"

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_companies_named(values)
        return values

    def onchange(self, values, field_names, fields_spec):
        self._check_companies_named(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_companies_named(self, vals):
        """Check that values name a company in which the user works, or nothing of
        another one.

        :param vals: values of fields, as a client sends them
        :raises AccessError: they don't
        """
        if self.env.su:
            return
        # sudo: who works in a branch needn't see its main company
        own = self.env.user.company_ids.sudo().parent_ids
        for name, value in vals.items():
            field = self._fields.get(name)
            if not value or not field or field.type != "many2one":
                continue
            if isinstance(value, dict):
                value = value.get("id")
            elif isinstance(value, list | tuple):
                value = value[0]
            elif isinstance(value, models.BaseModel):
                value = value._origin.id
            # sudo: whose it is, is asked, and not shown
            named = self.env[field.comodel_name].sudo().browse(value or ()).exists()
            if named._name != "res.company":
                owner = field.check_company and self._get_owner_field(named)
                named = owner and named[owner]
            if named and not named & own:
                raise AccessError(
                    self.env._("That belongs to a company in which you don't work.")
                )

    @api.model
    def _get_owner_field(self, records):
        """Return the name of the field that says whose records are, or None."""
        names = ("company_id", "company_ids")
        return next((name for name in names if name in records._fields), None)
