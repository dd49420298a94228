from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..groups import MANAGER
from ..limits.credit_policy import GRADES


class CreditManualGrade(models.Model):
    """A grade that people agreed on, in the place of the computed one until its end."""

    _name = "credit.manual.grade"
    _description = "Credit Grade by Hand"
    _inherit = ["main.company.mixin", "decision.mixin", "mail.thread"]
    _order = "date_end desc, id desc"
    _rec_name = "partner_id"
    _decision_states = {
        "asked": "draft",
        "granted": "approved",
        "denied": "refused",
        "ended": "ended",
    }
    _decision_group = MANAGER
    _decision_terms = frozenset(
        {"grade", "date_end", "partner_id", "company_id", "reason", "owner_id"}
    )

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        # sudo: a branch's user may not read its main company
        default=lambda self: self.env.company.sudo().root_id,
        ondelete="cascade",
    )
    grade = fields.Selection(GRADES, required=True, tracking=True)
    reason = fields.Text(required=True)
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        help="Who answers for this grade.",
    )
    date_end = fields.Date(string="Until", required=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        Partner = self.env["res.partner"]
        grades = super().create([Partner._take_commercial(vals) for vals in vals_list])
        grades._ask()
        return grades

    def write(self, vals):
        return super().write(self.env["res.partner"]._take_commercial(vals))

    # === DECISION === #

    def _get_decision_question(self):
        return self.env._("Decide on a grade by hand"), self.reason

    def _explain_no_decider(self):
        return self.env._("Credit managers decide on grades: ask one.")

    def _explain_own(self):
        return self.env._("You asked for this grade: another credit manager approves.")

    def _explain_settled(self):
        return self.env._("A grade that was approved stays: end it, enter another.")

    def _check_grantable(self):
        if self.date_end < self.company_id._get_today():
            raise UserError(
                self.env._("This grade's end is over: enter a later one first.")
            )

    def _carry_out(self):
        others = self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "approved"),
                ("id", "!=", self.id),
            ]
        )
        others._write_guarded({"state": "ended"})
        self._assess()

    def action_end(self):
        """End these grades: the computed ones count again.

        :raises AccessError: no credit manager of that company
        """
        for manual in self:
            manual._check_decides_here()
        # sudo: the right was checked; nobody writes a decision by hand
        ended = self.sudo()
        ended._write_guarded({"state": "ended"})
        ended._assess()
        return True

    def _assess(self):
        for manual in self:
            manual.partner_id.with_company(manual.company_id)._assess_credit()

    @api.model
    def _find(self, partners, company, day):
        """Find the grades by hand that hold on a day.

        :return: {commercial partner's id: grade}
        """
        # sudo: the grade counts for whoever sells
        found = self.sudo().search(
            Domain("partner_id", "in", partners.ids)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "approved")
            & Domain("date_end", ">=", day)
        )
        return {manual.partner_id.id: manual.grade for manual in found}
