from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import frozendict


class AccountMoveLine(models.Model):
    """The item of an instalment: it is due when that is."""

    _inherit = "account.move.line"

    payment_plan_id = fields.Many2one(
        "payment.plan",
        string="Instalment",
        # not closed to all but our code: Odoo's writes it, with an invoice's terms
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    @api.constrains("payment_plan_id")
    def _check_payment_plan(self):
        # sudo: who invoices may not read plans
        for line in self.sudo().filtered("payment_plan_id"):
            orders = line.move_id.invoice_line_ids.sale_line_ids.order_id
            if line.payment_plan_id.order_id not in orders:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s invoices nothing of the order of that instalment.",
                        invoice=line.move_id.display_name,
                    )
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
