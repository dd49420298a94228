from odoo import models


class ResUsers(models.Model):
    """People whose name stands under what they asked or decided stay."""

    _name = "res.users"
    _inherit = ["res.users", "used.mixin"]
