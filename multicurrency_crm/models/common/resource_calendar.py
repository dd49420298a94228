from odoo import models


class ResourceCalendar(models.Model):
    """The zone of its working hours is a company's, where its address has none."""

    _inherit = "resource.calendar"

    def write(self, vals):
        if "tz" in vals:
            self.env["res.company"]._forget_remembered()
        return super().write(vals)
