from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ..common.remembered import remembered


class PaymentPlanTemplate(models.Model):
    """Instalments that many orders are paid in: 30 % deposit, 70 % against a copy of
    the bill of lading."""

    _name = "payment.plan.template"
    _description = "Payment Plan Template"
    _inherit = ["main.company.mixin", "typed.number.mixin"]
    _order = "sequence, id"
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(index=True)
    line_ids = fields.One2many(
        "payment.plan.template.line",
        "template_id",
        string="Instalments",
        copy=True,
    )
    term_ids = fields.One2many(
        "account.payment.term",
        compute="_compute_term_ids",
        string="Payment Terms",
        help="New quotations with these payment terms start with this plan, unless "
        "their customer has a plan of its own.",
    )
    summary = fields.Char(compute="_compute_summary", string="In Short")

    # === COMPUTE METHODS === #

    def _compute_term_ids(self):
        # sudo: whoever reads a template may not read payment terms
        Term = self.env["account.payment.term"].sudo()
        for template in self:
            root = template.company_id
            terms = Term.with_company(root) if root else Term
            template.term_ids = terms.search(
                [("payment_plan_template_id", "in", template.ids)]
            )

    @api.depends("line_ids.percentage", "line_ids.trigger", "line_ids.days")
    @api.depends_context("lang")
    def _compute_summary(self):
        for template in self:
            template.summary = " · ".join(
                line._describe() for line in template.line_ids
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("line_ids")
    def _check_whole(self):
        for template in self:
            total = sum(template.line_ids.mapped("percentage"))
            if not template.line_ids or float_compare(total, 1, precision_digits=3):
                raise ValidationError(
                    self.env._(
                        "The instalments of %(template)s come to %(total)s%%: make "
                        "them 100%%.",
                        template=template.name,
                        total=f"{round(total * 100, 2):g}",
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        templates = super().create(vals_list)
        self.env["res.company"]._forget_remembered()
        return templates

    def unlink(self):
        result = super().unlink()
        self.env["res.company"]._forget_remembered()
        return result

    # === BUSINESS === #

    @api.model
    @remembered()
    def _is_used(self):
        """Whether any company has templates: without one, an order costs no query."""
        # sudo: remembered for everybody
        every = self.sudo().with_context(active_test=False)
        return bool(every.search_count([], limit=1))

    def _prepare_plan_vals(self, language=None):
        """Return values of the instalments that an order gets.

        :return: list of dicts
        """
        self.ensure_one()
        return [
            {
                "sequence": line.sequence,
                "percentage": line.percentage,
                "trigger": line.trigger,
                "days": line.days,
                "method": line.method,
                "asks_deposit": line.asks_deposit,
            }
            for line in self.line_ids
        ]
