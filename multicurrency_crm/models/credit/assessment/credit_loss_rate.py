from odoo import fields, models


class CreditLossRate(models.Model):
    _name = "credit.loss.rate"
    _description = "Loss Rate of an Age"
    _inherit = ["typed.number.mixin", "guarded.mixin"]
    _order = "id"
    _rec_name = "bucket"

    policy_id = fields.Many2one(
        "credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    bucket = fields.Selection(
        # reports put them in the order of these keys
        selection=[
            ("current", "Not due"),
            ("days_30", "1 to 30 days late"),
            ("days_60", "31 to 60 days late"),
            ("days_90", "61 to 90 days late"),
            ("older", "More than 90 days late"),
        ],
        string="Age",
        required=True,
    )
    rate = fields.Float(string="Lost", help="As a fraction of what is owed.")

    _one_an_age = models.Constraint(
        "UNIQUE (policy_id, bucket)", "An age has one loss rate in a policy."
    )
    _a_share = models.Constraint(
        "CHECK (rate >= 0 AND rate <= 1)", "A loss rate lies between 0 and 100 %."
    )
