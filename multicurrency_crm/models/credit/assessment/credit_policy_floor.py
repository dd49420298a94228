from odoo import fields, models


class CreditPolicyFloor(models.Model):
    _name = "credit.policy.floor"
    _description = "Minimum Overdue Amount of a Currency"
    _inherit = [
        "typed.number.mixin",
        "chosen.currency.mixin",
        "guarded.mixin",
        "credit.policy.part",
    ]
    _rec_name = "currency_id"

    policy_id = fields.Many2one(
        "credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    amount = fields.Monetary(required=True)

    _one_a_currency = models.Constraint(
        "UNIQUE (policy_id, currency_id)", "A currency has one minimum in a policy."
    )
    _not_negative = models.Constraint(
        "CHECK (amount >= 0)", "A minimum is 0 or more: correct it."
    )
