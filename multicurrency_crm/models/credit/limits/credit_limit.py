from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...common.guarded_mixin import open_guarded
from ...common.remembered import remembered
from ..groups import MANAGER

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

#: States of a limit that counts, or counted: on which days, its dates say.
COUNTED = ("approved", "superseded")

#: Which limit counts where several are valid on a day: the first of these.
PRECEDENCE = ("temporary", "permanent", "insured")


class CreditLine(NamedTuple):
    """The limit of a customer on a day."""

    amount: float  # in ``currency``; 0: prepayment only
    currency: models.BaseModel
    limit: models.BaseModel  # empty: Odoo's own limit on the customer

    def get_pair(self):
        """Return the limit as the engine takes it.

        :return: (Decimal amount, currency id)
        """
        return Decimal(str(self.amount)), self.currency.id


class CreditLimit(models.Model):
    _name = "credit.limit"
    _description = "Credit Limit"
    _inherit = [
        "asking.mixin",
        "typed.number.mixin",
        "chosen.currency.mixin",
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
    _decision_group = MANAGER
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
        string="Group Limit",
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
        string="Valid From",
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
    note = fields.Text(
        string="Justification", help="Why this customer gets this limit."
    )
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

    # === COMPUTE METHODS === #

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
            currency = limit.currency_id
            amount = currency._format_amount(limit.amount) if currency else ""
            parts = (limit.partner_id.display_name, kinds.get(limit.kind), amount)
            limit.display_name = ", ".join(filter(None, parts))

    # === CONSTRAINT METHODS === #

    @api.constrains("kind", "date_end", "insurer_id")
    def _check_terms(self):
        for limit in self:
            if limit.kind != "permanent" and not limit.date_end:
                raise ValidationError(
                    self.env._("A temporary or insured limit needs a last day.")
                )
            if limit.kind == "insured" and not limit.insurer_id:
                raise ValidationError(self.env._("Say who insures this limit."))

    @api.constrains("supersedes_id", "partner_id", "company_id", "kind", "is_group")
    def _check_revision(self):
        for limit in self:
            replaced = limit.supersedes_id
            if replaced and limit._get_scope_key() != replaced._get_scope_key():
                raise ValidationError(
                    self.env._(
                        "A revision is for the same customer and company, and of the "
                        "same kind, as the limit whose place it takes."
                    )
                )

    def _get_scope_key(self):
        return self.partner_id, self.company_id, self.kind, self.is_group

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        Partner = self.env["res.partner"]
        limits = super().create([Partner._take_commercial(vals) for vals in vals_list])
        if any(limit.is_group for limit in limits):
            self.env["credit.policy"]._forget()  # _has_group_limits
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
        if vals.get("is_group"):
            self.env["credit.policy"]._forget()  # _has_group_limits
        result = super().write(self.env["res.partner"]._take_commercial(vals))
        # sudo: whoever may change what is asked ends the request by that
        asked.sudo()._withdraw(self.env._("Changed after it was asked for."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        if any(limit.state != "draft" for limit in self):
            raise UserError(
                self.env._("An approved limit is kept: end it instead of deleting it.")
            )

    # === WHICH LIMIT COUNTS === #

    @api.model
    def _get_valid_domain(self, company, day):
        """Return the domain of the limits of a company that count on a day."""
        return Domain("company_id", "=", company.id) & self._get_day_domain(day)

    @api.model
    def _get_day_domain(self, day):
        """Return the domain of the limits that count on a day, which is a function of
        their dates."""
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
        """Find the limits of customers on a day: the temporary one before the permanent
        and the insured, of one kind the newest start; else Odoo's own limit where the
        company uses those.

        :param partners: ``res.partner``; their commercial partners count
        :param company: ``res.company``; a branch has the limits of its main company
        :param day: default: the company's today
        :return: {commercial partner's id: :class:`CreditLine`}; no entry: not set
        """
        return self._find_lines_of(partners.commercial_partner_id, company, day)

    @api.model
    def _find_lines_of(self, commercial, company, day=None):
        """Find limits as :meth:`_find_lines` does, of these very partners: of one that
        was moved below another customer, the limit that it had."""
        # sudo: a branch's user may not read its main company
        company = company.sudo().root_id
        day = day or company._get_today()
        # sudo: salespeople read what counts, and not the limits themselves
        valid = self.sudo().search_fetch(
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
        """Find Odoo's own limits, in company currency; 0 means not set there.

        :return: {commercial partner's id: :class:`CreditLine`}
        """
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

    # === GROUPS === #

    @api.model
    def _find_group_limits(self, company, day, partners):
        """Return the group limits over some of these commercial partners that count in
        a main company on a day: of one group and company, that of the kind that comes
        first."""
        # sudo: a limit over several companies is checked in each of them
        Limit = self.sudo()
        if not Limit._has_group_limits():
            return Limit.browse()
        domain = Limit._get_group_domain(company, day)
        valid = Limit.search(domain, order="date_start, id")
        if not valid:
            return valid
        # sudo: whoever sells needn't read what is above its customer
        Partner = self.env["res.partner"].sudo().with_context(active_test=False)
        # looked for upwards: of many groups, few have one of these customers
        heads = Partner.search([("id", "parent_of", partners.ids)])
        heads = self.env["credit.transfer"]._add_former_heads(company, heads)
        valid = valid.filtered(lambda limit: limit.partner_id in heads)
        counting = {}
        for kind in reversed(PRECEDENCE):
            for limit in valid.filtered(lambda limit, kind=kind: limit.kind == kind):
                counting[limit.partner_id, limit.company_id] = limit
        return Limit.union(*counting.values())

    @api.model
    @remembered()
    def _has_group_limits(self):
        """Whether there is a group limit anywhere, in whichever state: asked for every
        document, so that companies without any need no query."""
        # sudo: a limit over several companies is checked in each of them
        return bool(self.sudo().search_count([("is_group", "=", True)], limit=1))

    @api.model
    def _get_group_domain(self, company, day):
        """Return the domain of group limits that count in a main company on a day."""
        covering = Domain("company_id", "=", company.id)
        covering |= Domain("group_company_ids", "in", company.ids)
        return Domain("is_group", "=", True) & covering & self._get_day_domain(day)

    def _get_group_members(self, company):
        """Return who is under this limit, archived ones, too: what they owe is owed.
        Whoever was moved out of the group belongs to it until that is decided.

        :param company: main ``res.company`` in which it is checked
        :return: commercial partners
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        tree = Partner.search([("id", "child_of", self.partner_id.id)])
        members = self.env["credit.transfer"]._add_former_members(company, tree)
        return members._filter_credit_customers()

    def _get_group_companies(self):
        return (self.company_id | self.group_company_ids).root_id

    # === DECISION === #

    def _get_decision_question(self):
        return self.env._("Decide on a credit limit"), self.note

    def _explain_no_decider(self):
        return self.env._("Credit managers decide on limits: ask one.")

    def _explain_own(self):
        return self.env._("You asked for this limit: another credit manager approves.")

    def _explain_settled(self):
        if self.state == "refused":
            return self.env._("This limit was refused: enter another one.")
        return self.env._(
            "An approved limit stays as it was approved: revise it, and have the "
            "revision approved."
        )

    def _get_decision_cap(self, user):
        return user._get_credit_cap(self.company_id)

    def _get_decision_value(self):
        return self.env["credit.policy"]._get_company_amount(
            self.amount, self.currency_id, self.company_id
        )

    def _check_grantable(self):
        """Check that no other limit of the kind counts on these days.

        :raises UserError: one does
        """
        # sudo: nobody writes accounts by hand; a decision takes their rows
        self.env["credit.account"].sudo()._take(self.partner_id, self.company_id)
        self._check_overlap()

    def _carry_out(self):
        if replaced := self.supersedes_id:
            self._take_place_of(replaced)

    # === REVISING, ENDING === #

    def action_revise(self):
        """Open a draft that takes the place of this approved limit once approved."""
        self.ensure_one()
        if self.state != "approved":
            raise UserError(self.env._("Only an approved limit is revised."))
        draft = self.search(
            [("supersedes_id", "=", self.id), ("state", "=", "draft")], limit=1
        )
        if not draft:
            self.check_access("write")
            today = self.company_id._get_today()
            start = max(today, self.date_start)
            # in the name of whoever revises; the place that it takes is ours to say
            revision = open_guarded(self).copy(
                {"date_start": start, "supersedes_id": self.id}
            )
            draft = revision.with_env(self.env)
        return draft._get_records_action()

    def action_end(self):
        """End approved limits today, without another in their place.

        One that a revision was to follow ends all the same, and the revision counts
        from its own day. One that has yet to begin never counts, and the limit whose
        place it was to take goes on.

        :raises AccessError: no credit manager of that company
        """
        for limit in self:
            limit._check_endable()
            # sudo: nobody writes accounts by hand; a decision takes their rows
            self.env["credit.account"].sudo()._take(limit.partner_id, limit.company_id)
            limit._end(limit.company_id._get_today())
        return True

    def action_ask_end(self):
        """Ask before :meth:`action_end`, where nothing stands in its way.

        :raises AccessError, UserError: likewise
        """
        for limit in self:
            limit._check_endable()
        return self._ask_before(
            "action_end",
            self.env._("From today on this limit counts no longer. End it?"),
        )

    def _check_endable(self):
        """Check that the user may end this limit.

        :raises AccessError: no credit manager of that company
        :raises UserError: not approved, or above the user's cap
        """
        self._check_decides_here()
        if self.state != "approved":
            raise UserError(self.env._("Only an approved limit is ended."))
        # without it nothing may bind the customer: that is no less than the limit
        self._check_cap()

    def _end(self, day):
        """End this limit.

        :param day: the first day on which it counts no longer
        """
        if self.date_start > day:
            # never counted: what it was to replace goes on as before
            replaced = self.supersedes_id
            if replaced.superseded_from == self.date_start:
                replaced._write_guarded(
                    {"state": "approved", "superseded_from": self.superseded_from}
                )
            day = self.date_start
        ends = [day, self.superseded_from or day]
        self._write_guarded({"state": "superseded", "superseded_from": min(ends)})

    def _take_place_of(self, replaced):
        """Count from one's own day in the place of another limit, until what was
        approved to follow that one.

        The other one keeps its state until that day: what counts is a function of
        dates.
        """
        follower = self.search(
            [
                ("supersedes_id", "=", replaced.id),
                ("state", "=", "approved"),
                ("id", "!=", self.id),
                ("date_start", ">", self.date_start),
                ("date_start", "=", replaced.superseded_from),
            ],
            limit=1,
        )
        if follower:
            follower._write_guarded({"supersedes_id": self.id})
            self._write_guarded({"superseded_from": follower.date_start})
        replaced._write_guarded({"superseded_from": self.date_start})
        replaced._settle_superseded()

    def _settle_superseded(self):
        """Say of those whose last day is over that another has taken their place."""
        over = self.filtered(
            lambda limit: (
                limit.state == "approved"
                and limit.superseded_from
                and limit.superseded_from <= limit.company_id._get_today()
            )
        )
        over._write_guarded({"state": "superseded"})

    @api.model
    def _settle_in_job(self, job):
        """Let the states follow the dates.

        :param job: ``ScheduledJob``
        """
        due = Domain("state", "=", "approved")
        due &= Domain(
            "superseded_from", "<=", self.env["res.company"]._get_latest_today()
        )
        # sudo: the night's job works for all companies
        job.work_off(self.sudo(), due, lambda limits: limits._settle_superseded())

    # === HELPERS === #

    def _check_overlap(self):
        """Check that two limits of one kind never count on one day.

        :raises UserError: names the other one
        """
        domain = (
            Domain("id", "not in", (self | self._get_chain()).ids)
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("kind", "=", self.kind)
            & Domain("is_group", "=", self.is_group)
            & Domain("state", "in", COUNTED)
            & (
                Domain("date_end", "=", False)
                | Domain("date_end", ">=", self.date_start)
            )
            & (
                Domain("superseded_from", "=", False)
                | Domain("superseded_from", ">", self.date_start)
            )
        )
        if self.date_end:
            domain &= Domain("date_start", "<=", self.date_end)
        # sudo: of this company, whatever the approver has chosen to see
        others = self.sudo().search(domain)
        if other := others.filtered(lambda other: other._ever_counted())[:1]:
            raise UserError(
                self.env._(
                    "%(other)s holds from %(start)s already: revise that limit "
                    "instead.",
                    other=other.display_name,
                    start=format_date(self.env, other.date_start),
                )
            )

    def _get_chain(self):
        """Return the limit that this one replaces, and what is approved to follow it:
        their days give way to each other."""
        replaced = self.supersedes_id
        # sudo: as for the overlap
        return replaced | replaced.sudo().search(
            [
                ("supersedes_id", "=", replaced.id),
                ("date_start", "=", replaced.superseded_from),
                ("date_start", ">", self.date_start),
                ("state", "=", "approved"),
            ]
        )

    def _ever_counted(self):
        """Whether there is a day on which this approved limit counts, or counted."""
        return not self.superseded_from or self.superseded_from > self.date_start
