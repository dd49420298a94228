from odoo import api, fields, models
from odoo.tools import frozendict


class AccountMoveLine(models.Model):
    """The item of an instalment: it is due when that is."""

    _inherit = "account.move.line"

    payment_plan_id = fields.Many2one(
        "payment.plan",
        string="Instalment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    @api.depends("payment_plan_id")
    def _compute_term_key(self):
        """Keep items apart that are due on the same day, and of two instalments."""
        result = super()._compute_term_key()
        # sudo: who invoices may not read plans
        for line in self.sudo().filtered("payment_plan_id"):
            if line.term_key:
                line.term_key = frozendict(
                    {**line.term_key, "payment_plan_id": line.payment_plan_id.id}
                )
        return result
