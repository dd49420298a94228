from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .credit_policy import GRADES


class CreditManualGrade(models.Model):
    """A grade that people agreed on, in the place of the computed one until its end."""

    _name = "credit.manual.grade"
    _description = "Credit Grade by Hand"
    _inherit = ["main.company.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_end desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
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
    date_end = fields.Date("Until", required=True, tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("approved", "Approved"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    requested_by = fields.Many2one(
        "res.users", readonly=True, copy=False, default=lambda self: self.env.user
    )
    approved_by = fields.Many2one("res.users", readonly=True, copy=False)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            for name in ("state", "requested_by", "approved_by"):
                vals.pop(name, None)
            self._take_commercial(vals)
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        for name in ("state", "requested_by", "approved_by"):
            vals.pop(name, None)
        self._take_commercial(vals)
        if vals.keys() & {"grade", "date_end", "partner_id", "company_id", "reason"}:
            if any(manual.state != "draft" for manual in self):
                raise UserError(
                    self.env._("A grade that was approved stays: end it, enter another")
                )
            vals["requested_by"] = self.env.uid
        return super().write(vals)

    @api.model
    def _take_commercial(self, vals):
        """A contact has the grade of its company, a branch that of the main one."""
        if vals.get("partner_id"):
            partner = self.env["res.partner"].browse(vals["partner_id"])
            vals["partner_id"] = partner.commercial_partner_id.id
        if vals.get("company_id"):
            company = self.env["res.company"].browse(vals["company_id"])
            # sudo: a branch's user may not read its main company
            vals["company_id"] = company.sudo().root_id.id

    def action_approve(self):
        """:raise AccessError: no credit manager, or the one who asked
        :raise UserError: decided already, or its end is over
        """
        self._check_may_decide()
        for manual in self:
            if manual.state != "draft":
                raise UserError(
                    self.env._("%s is decided already.", manual.display_name)
                )
            if manual.date_end < manual.company_id._get_fx_today():
                raise UserError(
                    self.env._("This grade's end is over: enter a later one first.")
                )
            if manual.requested_by == self.env.user and not self.env.su:
                raise AccessError(
                    self.env._(
                        "You asked for this grade: another credit manager approves."
                    )
                )
            others = self.search(
                [
                    ("partner_id", "=", manual.partner_id.id),
                    ("company_id", "=", manual.company_id.id),
                    ("state", "=", "approved"),
                ]
            )
            others._write_state({"state": "ended"})
            manual._write_state({"state": "approved", "approved_by": self.env.uid})
        self._assess()
        return True

    def action_end(self):
        self._check_may_decide()
        self._write_state({"state": "ended"})
        self._assess()
        return True

    def _assess(self):
        for manual in self:
            manual.partner_id.with_company(manual.company_id)._assess_credit()

    def _write_state(self, vals):
        return super().write(vals)

    def _check_may_decide(self):
        if not self.env.su and not self.env.user.has_group(
            "multicurrency_crm.group_credit_manager"
        ):
            raise AccessError(self.env._("Credit managers decide on grades: ask one."))

    @api.model
    def _find(self, partners, company, day):
        """:return: {commercial partner's id: grade} that hold on a day"""
        # sudo: the grade counts for whoever sells
        found = self.sudo().search(
            Domain("partner_id", "in", partners.ids)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "approved")
            & Domain("date_end", ">=", day)
        )
        return {manual.partner_id.id: manual.grade for manual in found}
