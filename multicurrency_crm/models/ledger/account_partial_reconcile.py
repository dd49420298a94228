from odoo import models


class AccountPartialReconcile(models.Model):
    """Matches by day, to give back what was matched since one."""

    _inherit = "account.partial.reconcile"

    _fx_max_date_index = models.Index("(max_date)")
