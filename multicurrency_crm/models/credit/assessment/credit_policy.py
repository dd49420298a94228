from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

from ....engine.credit_judgement import JudgingTerms
from ...common.typed_number_mixin import NUMBERS
from ..limits.credit_policy import GRADES
from .shipped import SHIPPED_LOSS_RATES, SHIPPED_RULES

MONTHS = (0, 1_200)


class CreditPolicy(models.Model):
    """What counts as exposure, and how customers are scored by it."""

    _inherit = "credit.policy"

    # === EXPOSURE === #

    count_sent = fields.Boolean(string="Sent Quotations", tracking=True)
    count_drafts = fields.Boolean(
        string="Draft Invoices without Order",
        tracking=True,
        help="Draft invoices of orders always count: their amounts leave the orders.",
    )
    count_payments_in_process = fields.Boolean(
        string="Payments in Process Count as Received", default=True, tracking=True
    )
    net_across_currencies = fields.Boolean(
        string="Credit in One Currency Pays Debt in Another", tracking=True
    )
    count_vendor_bills = fields.Boolean(string="Deduct What We Owe", tracking=True)
    overdue_floor = fields.Monetary(
        string="Minimum Overdue Amount",
        default=100.0,
        bounds=(0, NUMBERS[1]),
        tracking=True,
        help="An overdue amount decides only above this, and above 1 % of the limit, "
        "so that a bank's charge trips nothing. Converted for other currencies, "
        "unless they have a minimum of their own.",
    )
    floor_ids = fields.One2many(
        "credit.policy.floor", "policy_id", string="Minimums by Currency", copy=True
    )

    # === HOLDS === #

    hold_overdue_days = fields.Integer(
        string="Hold When Overdue Beyond",
        bounds=(0, 100_000),
        tracking=True,
        help="Days; a customer later than that is put on hold automatically, and "
        "released once it has paid. 0: never.",
    )
    hold_grade = fields.Selection(
        GRADES,
        string="Hold From Grade",
        tracking=True,
        help="A customer of this grade, or a worse one, is put on hold automatically, "
        "and released once it is better.",
    )

    # === SCORECARD === #

    rule_ids = fields.One2many(
        "credit.rule", "policy_id", string="Scorecard", copy=True
    )
    grade_a = fields.Float(string="A From", default=80, tracking=True)
    grade_b = fields.Float(string="B From", default=65, tracking=True)
    grade_c = fields.Float(string="C From", default=50, tracking=True)
    grade_d = fields.Float(string="D From", default=35, tracking=True)
    write_off_account_ids = fields.Many2many(
        "account.account",
        string="Write-off Accounts",
        check_company=True,
        help="A customer with an entry on one of them in the last 36 months is E.",
    )
    months_a = fields.Float(string="Months of Sales for A", default=3, bounds=MONTHS)
    months_b = fields.Float(string="Months of Sales for B", default=2, bounds=MONTHS)
    months_c = fields.Float(string="Months of Sales for C", default=1, bounds=MONTHS)
    months_d = fields.Float(string="Months of Sales for D", default=0.5, bounds=MONTHS)
    limit_step = fields.Monetary(string="Round Limits Down to", default=1000)
    limit_cap = fields.Monetary(
        string="Suggest at Most",
        bounds=(0, NUMBERS[1]),
        help="Company currency. 0: no bound.",
    )
    loss_rate_ids = fields.One2many(
        "credit.loss.rate", "policy_id", string="Loss Rates", copy=True
    )
    volatility_floor = fields.Float(
        string="Least Volatility",
        default=0.02,
        bounds=(0, 100),
        help="A year's, as a fraction: what a pegged currency is taken to move.",
    )
    retention_months = fields.Integer(
        string="Keep Assessments For",
        default=36,
        bounds=MONTHS,
        help="Months; each customer's newest one is always kept. 0: keep all.",
    )

    _step_above_zero = models.Constraint(
        "CHECK (limit_step > 0)", "Limits are rounded to an amount above 0."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("grade_a", "grade_b", "grade_c", "grade_d")
    def _check_grades(self):
        for policy in self:
            lowest = [policy.grade_a, policy.grade_b, policy.grade_c, policy.grade_d]
            if sorted(lowest, reverse=True) != lowest or len(set(lowest)) < 4:
                raise ValidationError(
                    self.env._("A better grade starts at a higher score: correct it.")
                )

    # === WHAT IS SHIPPED === #

    @api.model
    def _prepare_shipped_rule_ids(self):
        return [
            Command.create(
                {
                    "sequence": number,
                    "factor": rule.factor,
                    "weight": rule.weight,
                    "band_ids": [
                        Command.create(self.env["credit.band"]._prepare(*band))
                        for band in rule.bands
                    ],
                }
            )
            for number, rule in enumerate(SHIPPED_RULES)
        ]

    @api.model
    def _prepare_shipped_loss_rate_ids(self):
        return [
            Command.create({"bucket": bucket, "rate": rate})
            for bucket, rate in SHIPPED_LOSS_RATES.items()
        ]

    # === SCORING === #

    def _get_judging_terms(self, scope):
        """Return by what the engine judges customers, read once for all of a scope.

        :param scope: ``CreditScope``
        :return: ``JudgingTerms``
        """
        named = {grade: self[f"grade_{grade}"] for grade in "abcd"}
        months = {grade: self[f"months_{grade}"] for grade in "abcd"}
        return JudgingTerms(
            today=scope.today,
            currency_id=scope.currency_id,
            scorecard={
                rule.factor: (rule.weight, rule._get_bands()) for rule in self.rule_ids
            },
            thresholds={**named, "e": float("-inf")},
            write_off_floor=self.overdue_floor,
            hold_days=self.hold_overdue_days,
            hold_grade=self.hold_grade,
            months={g: Decimal(str(n)) for g, n in (*months.items(), ("e", 0))},
            step=Decimal(str(self.limit_step)),
            cap=Decimal(str(self.limit_cap)) if self.limit_cap > 0 else None,
        )
