from odoo import models


class AccountAccount(models.Model):
    """Accounts that conversions name stay."""

    _name = "account.account"
    _inherit = ["account.account", "used.mixin"]
