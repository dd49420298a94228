from odoo import fields, models


class ResUsers(models.Model):
    """People whose name stands under what they asked or decided stay."""

    _name = "res.users"
    _inherit = ["res.users", "used.mixin"]

    def _get_own_today(self):
        """Return the date that it is now where this user is: for a day that they plan
        for themselves, never for what falls due.
        """
        return fields.Date.context_today(self.with_context(tz=self.tz))
