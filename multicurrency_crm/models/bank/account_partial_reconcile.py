from odoo import models


class AccountPartialReconcile(models.Model):
    """What parts a receipt from what it paid ends its match here, too, whatever it is:
    Odoo's own button, a draft, another addon."""

    _inherit = "account.partial.reconcile"

    def unlink(self):
        Match = self.env["bank.match"]
        if not self or not Match._is_any():
            return super().unlink()
        # sudo: whoever parts items in Odoo needn't be of finance
        parted = Match.sudo()._find_parted(self.sudo())
        result = super().unlink()
        parted._follow_parted()
        return result
