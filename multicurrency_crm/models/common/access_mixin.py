from odoo import api, models

#: The groups of fields that each employee may read, and no customer.
EMPLOYEES = "base.group_user"


class AccessMixin(models.AbstractModel):
    """Fields for employees, of which the busiest records of Odoo have many.

    Odoo asks twice for the groups of each field of a record that it reads: what they
    say is read anew each time, and who may ask. Here the user asks about themselves,
    and the one group is known.
    """

    _name = "access.mixin"
    _description = "Fields for Employees"

    @api.model
    def _has_field_access(self, field, operation):
        if field.groups == EMPLOYEES and self.env.user._has_group(EMPLOYEES):
            return True
        return super()._has_field_access(field, operation)
