from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import ormcache

from ..common.typed_number_mixin import NUMBERS
from .credit_scorecard import SHIPPED_CHECKS, SHIPPED_LOSS_RATES, SHIPPED_RULES

GRADES = [(grade, grade.upper()) for grade in "abcde"]
MONTHS = (0, 1_200)


class CreditPolicy(models.Model):
    """How a company judges its customers' credit, and what it does about it.

    Without a policy nothing is scored, checked or held. The first by sequence that
    fits a customer counts; a branch has the policies of its main company.
    """

    _name = "credit.policy"
    _description = "Credit Policy"
    _inherit = ["typed.number.mixin", "main.company.mixin", "mail.thread"]
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        index=True, help="A branch has the policies of its main company."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Only for customers with one of these tags. Empty: for all.",
    )
    grade = fields.Selection(
        GRADES, string="Customer Grade", help="Only for customers of this grade."
    )

    # === EXPOSURE === #

    rate_basis = fields.Selection(
        selection=[
            ("month_start", "First rate of the month"),
            ("spot", "Rate of the day"),
            ("named", "Named credit rate"),
        ],
        default="month_start",
        required=True,
        tracking=True,
        help="The rate at which amounts of several currencies are compared with a "
        "limit. With the first one of the month, limits don't flicker.",
    )
    count_sent = fields.Boolean("Sent Quotations", tracking=True)
    count_drafts = fields.Boolean(
        "Draft Invoices without Order",
        tracking=True,
        help="Draft invoices of orders always count: their amounts leave the orders.",
    )
    count_payments_in_process = fields.Boolean(
        "Payments in Process Count as Received", default=True, tracking=True
    )
    net_across_currencies = fields.Boolean(
        "Credit in One Currency Pays Debt in Another", tracking=True
    )
    count_vendor_bills = fields.Boolean("Deduct What We Owe", tracking=True)
    overdue_floor = fields.Monetary(
        default=100.0,
        bounds=(0, NUMBERS[1]),
        tracking=True,
        help="An overdue amount decides only above this, and above 1 % of the limit, "
        "so that a bank's charge trips nothing. Converted for other currencies, "
        "unless they have a floor of their own.",
    )
    floor_ids = fields.One2many("credit.policy.floor", "policy_id", "Floors")

    # === CHECKS AND HOLDS === #

    check_ids = fields.One2many("credit.policy.check", "policy_id", "Checks", copy=True)
    hold_overdue_days = fields.Integer(
        "Hold When Overdue Beyond",
        bounds=(0, 100_000),
        tracking=True,
        help="Days; a customer later than that is put on hold by itself, and released "
        "once it has paid. 0: never.",
    )
    hold_grade = fields.Selection(
        GRADES,
        "Hold From Grade",
        tracking=True,
        help="A customer of this grade, or a worse one, is put on hold by itself, and "
        "released once it is better.",
    )
    review_days = fields.Integer(
        "Approvals Hold For",
        default=14,
        bounds=(0, 100_000),
        help="Days for which an approval of an order over its limit holds, unless the "
        "approver says otherwise.",
    )

    # === SCORECARD === #

    rule_ids = fields.One2many("credit.rule", "policy_id", "Scorecard", copy=True)
    grade_a = fields.Float("A From", default=80, tracking=True)
    grade_b = fields.Float("B From", default=65, tracking=True)
    grade_c = fields.Float("C From", default=50, tracking=True)
    grade_d = fields.Float("D From", default=35, tracking=True)
    write_off_account_ids = fields.Many2many(
        "account.account",
        string="Write-off Accounts",
        check_company=True,
        help="A customer with an entry on one of them in the last 36 months is E.",
    )
    months_a = fields.Float("Months of Sales for A", default=3, bounds=MONTHS)
    months_b = fields.Float("Months of Sales for B", default=2, bounds=MONTHS)
    months_c = fields.Float("Months of Sales for C", default=1, bounds=MONTHS)
    months_d = fields.Float("Months of Sales for D", default=0.5, bounds=MONTHS)
    limit_step = fields.Monetary("Round Limits Down to", default=1000)
    limit_cap = fields.Monetary(
        "Suggest at Most", bounds=(0, NUMBERS[1]), help="Company currency. 0: no bound."
    )
    loss_rate_ids = fields.One2many(
        "credit.loss.rate", "policy_id", "Loss Rates", copy=True
    )
    volatility_floor = fields.Float(
        "Least Volatility",
        default=0.02,
        bounds=(0, 100),
        help="A year's, as a fraction: what a pegged currency is taken to move.",
    )
    retention_months = fields.Integer(
        "Keep Assessments For",
        default=36,
        bounds=MONTHS,
        help="Months; each customer's newest one is always kept. 0: keep all.",
    )

    _step_above_zero = models.Constraint(
        "CHECK (limit_step > 0)", "Limits are rounded to an amount above 0."
    )

    @api.constrains("grade_a", "grade_b", "grade_c", "grade_d")
    def _check_grades(self):
        for policy in self:
            lowest = [policy.grade_a, policy.grade_b, policy.grade_c, policy.grade_d]
            if sorted(lowest, reverse=True) != lowest or len(set(lowest)) < 4:
                raise ValidationError(
                    self.env._("A better grade starts at a higher score: correct it.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create([self._fill_shipped(vals) for vals in vals_list])

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def default_get(self, fields):
        return self._fill_shipped(super().default_get(fields), fields)

    @api.model
    def _fill_shipped(self, vals, names=("rule_ids", "check_ids", "loss_rate_ids")):
        """A policy starts with what is shipped, where it isn't told otherwise."""
        shipped = {
            "rule_ids": self._prepare_rules,
            "check_ids": self._prepare_checks,
            "loss_rate_ids": self._prepare_loss_rates,
        }
        missing = [name for name in shipped if name in names and name not in vals]
        return {**vals, **{name: shipped[name]() for name in missing}}

    @api.model
    def _prepare_rules(self):
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
    def _prepare_checks(self):
        names = ("confirm_strength", "deliver_strength", "post_strength")
        return [
            Command.create(
                {
                    "sequence": number,
                    "reason": reason,
                    **dict(zip(names, strengths, strict=True)),
                }
            )
            for number, (reason, strengths) in enumerate(SHIPPED_CHECKS.items())
        ]

    @api.model
    def _prepare_loss_rates(self):
        return [
            Command.create({"bucket": bucket, "rate": rate})
            for bucket, rate in SHIPPED_LOSS_RATES.items()
        ]

    # === WHICH POLICY === #

    @api.model
    @ormcache("company_id")
    def _get_policy_ids(self, company_id):
        """Of a main company: asked for every document, so that one of a company
        without a policy costs no query."""
        # sudo: the policy is the company's, whoever sells
        policies = self.sudo().search([("company_id", "=", company_id)])
        return tuple(policies.ids)

    @api.model
    def _get_policies(self, company):
        """:return: the policies of a company, with sudo, first come first"""
        # sudo: a branch's user may not read its main company
        return self.sudo().browse(self._get_policy_ids(company.sudo().root_id.id))

    @api.model
    @ormcache()
    def _is_used(self):
        """Whether any company has a policy: asked where not even the documents'
        companies are to be read."""
        # sudo: as _get_policy_ids
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _has_policy(self, companies):
        return any(self._get_policies(company) for company in companies)

    def _choose(self, partner, grade=None):
        """The first of these policies that fits a customer.

        :param partner: a commercial ``res.partner``
        :param grade: its grade; None: policies for one grade are left out
        :return: one policy, or an empty recordset
        """
        for policy in self:
            tagged = policy.category_ids
            if tagged and not tagged & partner.category_id:
                continue
            if policy.grade and policy.grade != grade:
                continue
            return policy
        return self.browse()

    def _get_thresholds(self):
        """:return: {grade: lowest score}, as ``engine.credit_scores`` takes them"""
        named = {grade: self[f"grade_{grade}"] for grade in "abcd"}
        return {**named, "e": float("-inf")}

    def _get_scoring_terms(self):
        """What scoring asks for each customer, read once."""
        months = {grade: self[f"months_{grade}"] for grade in "abcd"}
        return {
            "floor": self.overdue_floor,
            "hold_days": self.hold_overdue_days,
            "hold_grade": self.hold_grade,
            "months": {g: Decimal(str(n)) for g, n in (*months.items(), ("e", 0))},
            "step": Decimal(str(self.limit_step)),
            "cap": Decimal(str(self.limit_cap)) if self.limit_cap > 0 else None,
        }
