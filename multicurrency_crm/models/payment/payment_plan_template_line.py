from odoo import fields, models


class PaymentPlanTemplateLine(models.Model):
    _name = "payment.plan.template.line"
    _description = "Payment Plan Template Instalment"
    _inherit = ["instalment.mixin"]
    _order = "sequence, id"

    template_id = fields.Many2one(
        "payment.plan.template", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="template_id.company_id")
    percentage = fields.Float(
        string="Share",
        bounds=(0, 1),
        digits=(16, 6),
        aggregator=None,
        help="Of what the order comes to, tax included.",
    )
    asks_deposit = fields.Boolean(
        string="Deposit",
        compute="_compute_asks_deposit",
        store=True,
        readonly=False,
        precompute=True,
        help="Received before goods leave, and invoiced in advance by one click.",
    )

    _percentage_positive = models.Constraint(
        "CHECK (percentage > 0)", "Each instalment asks for more than 0%."
    )
