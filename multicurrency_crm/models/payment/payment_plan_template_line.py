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

    _percentage_positive = models.Constraint(
        "CHECK (percentage > 0)", "Each instalment asks for more than 0%."
    )
