from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..limits.credit_policy import GRADES

STRENGTHS = [
    ("off", "Off"),
    ("warn", "Warn"),
    ("review", "Review"),
    ("block", "Stop"),
]


class CreditPolicyCheck(models.Model):
    """One reason, and how strongly it counts at each checkpoint."""

    _name = "credit.policy.check"
    _description = "Credit Check"
    _inherit = [
        "typed.number.mixin",
        "chosen.currency.mixin",
        "guarded.mixin",
        "credit.policy.part",
    ]
    _order = "sequence, id"

    policy_id = fields.Many2one(
        "credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    reason = fields.Selection(
        selection=[
            ("over_limit", "Over the limit"),
            ("overdue_days", "Overdue beyond days"),
            ("overdue_amount", "Overdue amount"),
            ("grade_below", "Grade below"),
            ("limit_expired", "Limit expired or review due"),
            ("on_hold", "On hold"),
            ("no_limit", "No limit set"),
            ("not_assessed", "No recent assessment"),
        ],
        required=True,
    )
    days = fields.Integer(
        default=30,
        help="Overdue beyond so many days; or: no assessment younger than so many.",
    )
    grade = fields.Selection(GRADES, default="d", help="Worse than this grade.")
    amount = fields.Monetary(help="Overdue above this, in its currency.")
    currency_id = fields.Many2one("res.currency")
    confirm_strength = fields.Selection(
        STRENGTHS, string="Confirm", default="review", required=True
    )
    deliver_strength = fields.Selection(
        STRENGTHS, string="Deliver", default="review", required=True
    )
    post_strength = fields.Selection(
        STRENGTHS, string="Post", default="warn", required=True
    )

    @api.constrains("reason", "currency_id")
    def _check_currency(self):
        for check in self:
            if check.reason == "overdue_amount" and not check.currency_id:
                raise ValidationError(
                    self.env._("Name the currency of the overdue amount.")
                )

    @api.constrains("days")
    def _check_days(self):
        if any(check.days < 0 for check in self):
            raise ValidationError(self.env._("Enter 0 days or more."))
