from odoo import models

ADDON = "multicurrency_crm"


class ApartMixin(models.AbstractModel):
    """The addon's columns of a model of Odoo's, read apart from Odoo's own.

    Odoo reads all columns of a record at once, and asks for each whether its groups may
    see it: an order that nobody has set anything about would pay for every setting. The
    addon's are read together when one of them is asked for; those marked
    ``everyday=True``, which every order asks for, come with Odoo's.
    """

    _name = "apart.mixin"
    _description = "Columns That Are Read Apart"

    def _valid_field_parameter(self, field, name):
        return name == "everyday" or super()._valid_field_parameter(field, name)

    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        for field in self._fields.values():
            ours = field._modules == (ADDON,) and field.store
            if ours and field.prefetch and not getattr(field, "everyday", False):
                field.prefetch = ADDON
        return result
