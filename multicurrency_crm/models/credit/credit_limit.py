from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: What was approved: nothing of it changes afterwards, a revision takes its place.
TERMS = frozenset(
    {
        "partner_id",
        "company_id",
        "kind",
        "amount",
        "currency_id",
        "date_start",
        "date_end",
        "insurer_id",
        "insurance_reference",
        "supersedes_id",
        "is_group",
        "group_company_ids",
    }
)

#: States of a limit that counts, or counted: on which days is told by its dates.
COUNTED = ("approved", "superseded")

#: Which limit counts where several are valid on a day: the first of these.
PRECEDENCE = ("temporary", "permanent", "insured")


class CreditLine(NamedTuple):
    """The limit of a customer on a day."""

    amount: float  # in ``currency``; 0: prepayment only
    currency: models.BaseModel
    limit: models.BaseModel  # empty: Odoo's own limit on the customer


class CreditLimit(models.Model):
    _name = "credit.limit"
    _description = "Credit Limit"
    _inherit = [
        "typed.number.mixin",
        "main.company.mixin",
        "decision.mixin",
        "mail.thread",
    ]
    _order = "date_start desc, id desc"
    _check_company_auto = True
    _decision_states = {
        "asked": "draft",
        "granted": "approved",
        "denied": "refused",
        "ended": "superseded",
    }
    _decision_group = "multicurrency_crm.group_credit_manager"
    _decision_terms = TERMS

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        # sudo: a branch's user may not read its main company
        default=lambda self: self.env.company.sudo().root_id,
        domain=[("parent_id", "=", False)],
        help="A branch has the limits of its main company.",
    )
    kind = fields.Selection(
        selection=[
            ("permanent", "Permanent"),
            ("temporary", "Temporary"),
            ("insured", "Insured"),
        ],
        default="permanent",
        required=True,
        tracking=True,
        help="A temporary limit replaces the permanent one between its days, and may "
        "be lower. An insured one counts where neither of the others does.",
    )
    is_group = fields.Boolean(
        "Group Limit",
        tracking=True,
        help="Over this customer and all companies below it together, besides the "
        "limit of each.",
    )
    group_company_ids = fields.Many2many(
        "res.company",
        string="Companies of the Group Limit",
        domain=[("parent_id", "=", False)],
        help="Your companies whose books count, too.",
    )
    amount = fields.Monetary(
        required=True, tracking=True, help="0: the customer pays in advance."
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        domain=[("active", "=", True)],
        tracking=True,
    )
    date_start = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._get_today(),
        tracking=True,
    )
    date_end = fields.Date(
        string="Until", tracking=True, help="The last day; empty: no end."
    )
    review_date = fields.Date(
        string="Review By",
        tracking=True,
        help="The day by which somebody looks at this limit again.",
    )
    insurer_id = fields.Many2one("res.partner", tracking=True, check_company=True)
    insurance_reference = fields.Char(tracking=True)
    note = fields.Text(string="Grounds", help="Why this customer gets this limit.")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("superseded", "Superseded"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    supersedes_id = fields.Many2one(
        "credit.limit",
        string="In the Place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    superseded_from = fields.Date(
        readonly=True, copy=False, help="The first day on which it counts no longer."
    )

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "Enter a limit of 0 (prepayment only) or more."
    )
    _days_in_order = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "A limit ends on the day of its start or later.",
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends("partner_id", "company_id")
    def _compute_currency_id(self):
        for limit in self:
            company = limit.company_id or self.env.company
            preferred = limit.partner_id._get_preferred_currency(company)
            limit.currency_id = preferred or company.currency_id

    @api.depends("partner_id", "amount", "currency_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            amount = limit.currency_id.format(limit.amount) if limit.currency_id else ""
            parts = (limit.partner_id.display_name, kinds.get(limit.kind), amount)
            limit.display_name = ", ".join(filter(None, parts))

    @api.constrains("kind", "date_end", "insurer_id")
    def _check_terms(self):
        for limit in self:
            if limit.kind != "permanent" and not limit.date_end:
                raise ValidationError(
                    self.env._("A temporary or insured limit needs a last day.")
                )
            if limit.kind == "insured" and not limit.insurer_id:
                raise ValidationError(self.env._("Say who insures this limit."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        limits = super().create([self._take_commercial(vals) for vals in vals_list])
        # a revision starts as a copy: it is asked for once it says something else
        limits.filtered(lambda limit: not limit.supersedes_id)._ask()
        return limits

    def write(self, vals):
        if "review_date" in vals and any(limit.state == "approved" for limit in self):
            for limit in self:
                limit._check_decides_here()
        asked = self.filtered(
            lambda limit: (
                "review_date" in vals
                and limit._is_asked()
                and limit._differs_from("review_date", vals["review_date"])
            )
        )
        result = super().write(self._take_commercial(vals))
        # sudo: whoever may change what is asked ends the request by that
        asked.sudo()._withdraw(self.env._("Changed after it was asked for."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(limit.state != "draft" for limit in self):
            raise UserError(
                self.env._("An approved limit is kept: end it instead of deleting it.")
            )

    @api.model
    def _take_commercial(self, vals):
        """A contact has the limit of its company."""
        vals = dict(vals)
        if vals.get("partner_id"):
            partner = self.env["res.partner"].browse(vals["partner_id"])
            vals["partner_id"] = partner.commercial_partner_id.id
        return vals

    # === WHICH LIMIT COUNTS === #

    @api.model
    def _get_valid_domain(self, company, day):
        """The limits of a company that count on a day."""
        return Domain("company_id", "=", company.id) & self._get_day_domain(day)

    @api.model
    def _get_day_domain(self, day):
        """The limits that count on a day, which is a function of their dates."""
        return (
            Domain("state", "in", COUNTED)
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
            & (
                Domain("superseded_from", "=", False)
                | Domain("superseded_from", ">", day)
            )
        )

    @api.model
    def _find_lines(self, partners, company, day=None):
        """The limits of customers on a day: the temporary one before the permanent and
        the insured, of one kind the newest start; else Odoo's own limit where the
        company uses those.

        :param partners: ``res.partner``; their commercial partners count
        :param company: ``res.company``; a branch has the limits of its main company
        :param day: default: the company's today
        :return: {commercial partner's id: :class:`CreditLine`}; no entry: not set
        """
        return self._find_lines_of(partners.commercial_partner_id, company, day)

    @api.model
    def _find_lines_of(self, commercial, company, day=None):
        """As :meth:`_find_lines`, of these very partners: of one that was moved below
        another customer, the limit that it had."""
        # sudo: a branch's user may not read its main company
        company = company.sudo().root_id
        day = day or company._get_today()
        # sudo: salespeople are told what counts, and may not read the limits
        valid = self.sudo().search(
            Domain("partner_id", "in", commercial.ids)
            & Domain("is_group", "=", False)
            & self._get_valid_domain(company, day),
            order="date_start, id",
        )
        lines = self._find_own_lines(commercial, company)
        for kind in reversed(PRECEDENCE):
            for limit in valid.filtered(lambda limit, kind=kind: limit.kind == kind):
                lines[limit.partner_id.id] = CreditLine(
                    limit.amount, limit.currency_id, limit
                )
        return lines

    @api.model
    def _find_own_lines(self, commercial, company):
        """Odoo's own limits, in company currency; 0 means not set there."""
        if not company.account_use_credit_limit:
            return {}
        # sudo: only accountants may read them
        partners = commercial.sudo().with_company(company)
        currency, none = company.currency_id, self.browse()
        return {
            partner.id: CreditLine(partner.credit_limit, currency, none)
            for partner in partners
            if currency.compare_amounts(partner.credit_limit, 0) > 0
        }
