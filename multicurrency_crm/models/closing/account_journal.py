from odoo import models


class AccountJournal(models.Model):
    """Journals that revaluations name stay."""

    _name = "account.journal"
    _inherit = ["account.journal", "used.mixin"]
