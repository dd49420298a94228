from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.sql import column_exists, create_column

from ...engine import payment_plans as engine
from .plan_money import exact, get_step

#: Writes of an order that its plan hears of.
HEARD = frozenset({"state", "signed_on", "currency_id", "company_id"})
#: States in which the plan follows what the quotation comes to.
OFFERED = ("draft", "sent")
#: From what the template of a new quotation follows.
TEMPLATED = frozenset({"partner_id", "payment_term_id", "payment_plan_template_id"})


class SaleOrder(models.Model):
    """An order that is paid in instalments. One without a plan costs nothing: whether
    it has one is kept on the order itself."""

    _name = "sale.order"
    _inherit = ["sale.order", "asking.mixin"]

    payment_plan_ids = fields.One2many(
        "payment.plan",
        "order_id",
        # a list of records is read with them: for those who may
        groups="multicurrency_crm.group_user",
    )
    has_payment_plan = fields.Boolean(
        string="Paid by a Plan",
        readonly=True,
        copy=False,
        groups="base.group_user",
        everyday=True,
    )
    payment_plan_template_id = fields.Many2one(
        "payment.plan.template",
        string="Plan Template",
        compute="_compute_payment_plan_template_id",
        store=True,
        readonly=False,
        precompute=True,
        guarded=False,
        check_company=True,
        ondelete="set null",
        groups="base.group_user",
        help="The instalments that this quotation starts with: its customer's, or "
        "those of its payment terms. Another template takes their place.",
        everyday=True,
    )
    payment_plan_open_share = fields.Float(
        string="Plan Counts as Exposure",
        readonly=True,
        copy=False,
        digits=(16, 6),
        groups="base.group_user",
        help="The share of what isn't invoiced yet that counts against the customer's "
        "limit: not deposits that aren't late, nor what a letter of credit secures.",
    )
    plan_followed_on = fields.Date(
        string="Plan Looked At On",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="By the nightly job.",
    )
    #: a page of a view has a role or a feature, never both: this is the feature
    payment_plan_is_shown = fields.Boolean(
        compute="_compute_payment_plan_is_shown", groups="base.group_user"
    )
    payment_plan_note = fields.Char(
        compute="_compute_payment_plan_note",
        compute_sudo=True,
        groups="base.group_user",
    )
    payment_plan_open = fields.Monetary(
        string="Plan Still Open",
        compute="_compute_payment_plan_open",
        compute_sudo=True,
        groups="base.group_user",
        help="What is still to be received of the plan.",
    )

    def _auto_init(self):
        # not computed for the million orders that exist: nobody has a template yet
        if not column_exists(self.env.cr, self._table, "payment_plan_template_id"):
            create_column(self.env.cr, self._table, "payment_plan_template_id", "int4")
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "payment_term_id", "company_id")
    def _compute_payment_plan_template_id(self):
        if not self.env["payment.plan.template"]._is_used():
            self.payment_plan_template_id = False
            return
        for order in self:
            if order.state in OFFERED and not order._is_plan_begun():
                order.payment_plan_template_id = order._get_usual_template()
            else:
                order.payment_plan_template_id = order.payment_plan_template_id

    def _get_usual_template(self):
        """Return the template of this order's customer, or of its payment terms."""
        company = self.company_id or self.env.company
        # sudo: who sells may read neither the customer's choices nor the terms'
        customer = self.partner_id.sudo().with_company(company)
        term = self.payment_term_id.sudo().with_company(company)  # sudo: as above
        found = customer.payment_plan_template_id or term.payment_plan_template_id
        return found.filtered("active").with_env(self.env)

    @api.depends_context("uid")
    def _compute_payment_plan_is_shown(self):
        self.payment_plan_is_shown = self.env.user.has_group(
            "multicurrency_crm.group_multicurrency_payment"
        )

    @api.depends("amount_total", "currency_id", "payment_plan_ids.amount")
    @api.depends_context("lang")
    def _compute_payment_plan_note(self):
        for order in self:
            order.payment_plan_note = order.has_payment_plan and order._get_plan_gap()

    def _get_plan_gap(self):
        """Say by how much a plan differs from its order; "" where it adds up."""
        currency = self.currency_id
        planned = sum(self.payment_plan_ids.mapped("amount"))
        if not currency or not currency.compare_amounts(planned, self.amount_total):
            return ""
        return self.env._(
            "The plan no longer adds up: it comes to %(planned)s, and the order to "
            "%(total)s.",
            planned=currency._format_amount(planned),
            total=currency._format_amount(self.amount_total),
        )

    @api.depends("payment_plan_ids.open")
    def _compute_payment_plan_open(self):
        for order in self:
            order.payment_plan_open = order.has_payment_plan and sum(
                order.payment_plan_ids.mapped("open")
            )

    def _compute_field_value(self, field):
        """Let the plan follow what a quotation comes to, once Odoo has computed it; a
        confirmed order asks."""
        result = super()._compute_field_value(field)
        if field.compute == "_compute_amounts":
            for order in self.filtered(lambda one: isinstance(one.id, int)):
                # sudo: who writes a quotation may not read its plan
                if order.sudo().has_payment_plan and order.state in OFFERED:
                    order._split_plan()
        return result

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # sudo: who sells gets the instalments of a template that code applies
        for order, vals in zip(orders.sudo(), vals_list, strict=True):
            if not vals.get("payment_plan_ids") and order.payment_plan_template_id:
                order._apply_plan_template()
        return orders

    def write(self, vals):
        if TEMPLATED.isdisjoint(vals) and HEARD.isdisjoint(vals):
            return super().write(vals)
        Template = self.env["payment.plan.template"]
        templated = TEMPLATED & vals.keys() and Template._is_used()
        # sudo: who writes an order may not read its plan
        before = (
            {o: o.payment_plan_template_id for o in self.sudo()} if templated else {}
        )
        result = super().write(vals)
        for order, template in before.items():
            chosen = order.payment_plan_template_id
            if chosen and chosen != template and "payment_plan_ids" not in vals:
                order._apply_plan_template()
        if HEARD & vals.keys():
            # sudo: as above
            self.sudo().filtered("has_payment_plan")._hear_of_plan()
        return result

    def copy(self, default=None):
        """A copy is paid in the same instalments as its original."""
        copies = super().copy(default)
        for order, new in zip(self.sudo(), copies.sudo(), strict=True):  # sudo: same
            if order.has_payment_plan:
                new.payment_plan_ids.unlink()
                self.env["payment.plan"].sudo().create(  # sudo: as above
                    [
                        {**vals, "order_id": new.id}
                        for vals in order.payment_plan_ids._prepare_copies()
                    ]
                )
        return copies

    # === TEMPLATES === #

    @api.onchange("payment_plan_template_id")
    def _onchange_payment_plan_template_id(self):
        """Show the instalments of a template before the quotation is saved."""
        if self.payment_plan_template_id == self._origin.payment_plan_template_id:
            return
        if self.state in OFFERED and not self._origin._is_plan_begun():
            values = self.payment_plan_template_id._prepare_plan_vals()
            self.payment_plan_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in values),
            ]
            for plan in self.payment_plan_ids:
                plan.amount = plan._get_amount_of(plan.percentage)

    def _is_plan_begun(self):
        """Return whether something of the plan has happened: it isn't replaced."""
        # sudo: asked while orders are computed, for whoever writes them
        order = self.sudo()
        return bool(
            order.has_payment_plan
            and order.payment_plan_ids.filtered(
                lambda plan: plan.fired_on or plan.invoiced or plan.received
            )
        )

    def _apply_plan_template(self):
        """Give a quotation the instalments of its template, in the place of others that
        nothing has become of yet."""
        self.ensure_one()
        if self.state not in OFFERED or self._is_plan_begun():
            return
        template = self.payment_plan_template_id
        customer = self.partner_id.lang
        self.payment_plan_ids.unlink()
        self.env["payment.plan"].create(
            [
                {**vals, "order_id": self.id}
                for vals in template._prepare_plan_vals(customer)
            ]
        )

    # === FOLLOWING === #

    def _settle_plans(self):
        """Bring the plans of orders, which were just changed, to their orders: whether
        there is one, its shares, what became of it."""
        for order in self:
            has_plan = bool(order.payment_plan_ids)
            if order.has_payment_plan != has_plan:
                order._write_guarded({"has_payment_plan": has_plan})
                order.invoice_ids._note_plan(has_plan)
            order._split_plan()
        self.env["payment.plan"]._follow(self)

    def _hear_of_plan(self):
        """Follow a change of orders that have a plan."""
        for order in self:
            strange = order.payment_plan_ids.filtered(
                lambda plan, company=order.company_id: plan.company_id != company
            )
            strange._write_guarded({"company_id": order.company_id.id})
            if order.state in OFFERED:
                order._split_plan()
        self.env["payment.plan"]._follow(self)

    @api.model
    def _get_followed_domain(self, company, night):
        """Return the domain of the orders whose plans are looked at in a night.

        :param company: ``res.company``: it and its branches
        :param night: date on which the night began
        """
        return (
            Domain("company_id", "child_of", company.ids)
            & Domain("has_payment_plan", "=", True)
            & Domain("state", "=", "sale")
            & (
                Domain("plan_followed_on", "=", False)
                | Domain("plan_followed_on", "<", night)
            )
            & Domain(
                "payment_plan_ids", "any", [("state", "not in", ("received", "void"))]
            )
        )

    def _follow_plans_tonight(self, night):
        """Follow the plans of these orders, and ask about those that need somebody.

        :param night: date on which the night began
        """
        self.env["payment.plan"]._follow(self)
        for order in self:
            order._ask_about_plan()
        self._write_guarded({"plan_followed_on": night})

    def _split_plan(self):
        """Split what an order comes to by the shares of its plan, as far as nothing was
        invoiced or received, and only where the plan is meant to make up the order."""
        self.ensure_one()
        # sudo: follows from the order, whoever changes that
        plans, currency = self.sudo().payment_plan_ids, self.currency_id
        if not plans or not currency:
            return
        changed = plans.filtered(lambda plan: plan.currency_id != currency)
        changed._write_guarded({"currency_id": currency.id, "is_fixed": False})
        kept = plans.filtered(
            lambda plan: (plan.is_fixed or plan._get_least()) and plan not in changed
        )
        parts = [
            engine.Part(
                Decimal(repr(plan.percentage)),
                exact(plan.amount, currency) if plan in kept else None,
            )
            for plan in plans
        ]
        total, step = exact(max(self.amount_total, 0.0), currency), get_step(currency)
        gap = total - sum(plans._get_amounts(), Decimal(0))
        if self.state not in OFFERED and abs(gap) > step * len(plans):
            return  # a confirmed order asks; what rounding left is no question
        amounts = engine.split(total, parts, step)
        for plan, amount in zip(plans, amounts, strict=True):
            if currency.compare_amounts(plan.amount, float(amount)):
                plan._write_guarded({"amount": float(amount)})
                plan._open_planned()

    # === AMENDMENTS === #

    def action_ask_rescale_plan(self):
        """Ask whether the instalments are to follow what the order comes to now."""
        self.ensure_one()
        self.check_access("write")
        self._find_rescaled()
        return self._ask_before(
            "action_rescale_plan",
            self.env._(
                "Bring each instalment of %(order)s to its share of %(total)s? What "
                "was invoiced or received of one stays.",
                order=self.name,
                total=self.currency_id._format_amount(self.amount_total),
            ),
        )

    def action_rescale_plan(self):
        """Bring the instalments to what the order comes to, each to its share, and
        none below what was invoiced or received of it.

        :raises UserError: more was invoiced than the order comes to
        """
        self.ensure_one()
        self.check_access("write")
        amounts = self._find_rescaled()
        # sudo: the right was asked; code alone writes several amounts together
        order, currency = self.sudo(), self.currency_id
        total = exact(max(self.amount_total, 0.0), currency)
        with order._weigh_plans():
            for plan, amount in zip(order.payment_plan_ids, amounts, strict=True):
                agreed = Decimal(repr(plan.percentage))
                share = engine.get_share(amount, total, agreed, get_step(currency))
                plan._write_guarded(
                    {"amount": float(amount), "percentage": float(share)}
                )
            self.env["payment.plan"]._follow(order)
        order._end_plan_question()
        return True

    def _find_rescaled(self):
        """Return what the instalments would come to.

        :raises UserError: more was invoiced than the order comes to, or no plan
        """
        # sudo: the right to the order was asked
        plans, currency = self.sudo().payment_plan_ids, self.currency_id
        amounts = engine.rescale(
            exact(max(self.amount_total, 0.0), currency),
            plans._get_agreed_shares(),
            [exact(plan._get_least(), currency) for plan in plans],
            get_step(currency),
        )
        if not plans or amounts is None:
            raise UserError(
                self.env._(
                    "%(order)s comes to less than was invoiced or received of its "
                    "plan: credit that first.",
                    order=self.name,
                )
            )
        return amounts

    def action_open_plan(self):
        """Open the instalments of this order."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "multicurrency_crm.action_payment_plan"
            ),
            "domain": [("order_id", "=", self.id)],
            "context": {"default_order_id": self.id},
        }

    def _ask_about_plan(self):
        """Ask the responsible colleague about a plan that doesn't add up, or whose
        expected days are over: once, until that is done."""
        self.ensure_one()
        asked = self._in_responsible_language()
        summary = asked.env._("Look at the payment plan")
        missed = asked.payment_plan_ids.filtered(lambda plan: plan._is_missed())
        note = "\n".join(
            [
                asked._get_plan_gap(),
                *(
                    asked.env._(
                        "%(instalment)s was expected on %(day)s: tick it if it has "
                        "happened, or enter a new day.",
                        instalment=plan._describe(),
                        day=format_date(asked.env, plan.date_expected),
                    )
                    for plan in missed
                ),
            ]
        ).strip()
        if not note:
            self._end_plan_question()
        elif not self._find_plan_questions():
            asked._notify_responsible(summary, note)

    def _find_plan_questions(self):
        languages = {lang for lang, _name in self.env["res.lang"].get_installed()}
        summaries = {
            self.with_context(lang=lang).env._("Look at the payment plan")
            for lang in languages
        }
        return self.activity_ids.filtered(lambda todo: todo.summary in summaries)

    def _end_plan_question(self):
        if not self._get_plan_gap():
            self._find_plan_questions().unlink()

    @contextmanager
    def _weigh_plans(self):
        """Have what changes how much of a confirmed order is secured looked at by
        credit, as other changes of it are.

        :raises Stopped: review or block; nothing is written
        """
        confirmed = self.filtered(lambda order: order.state == "sale")
        before = confirmed._weigh_credit()
        yield
        confirmed.exists()._find_credit_growth(before)._check_credit_growth()

    # === CREDIT === #

    def _get_credit_open_part(self, amount):
        """What is paid by a plan is as open as its instalments leave it."""
        if not self.has_payment_plan:
            return super()._get_credit_open_part(amount)
        return Decimal(str(amount)) * Decimal(repr(self.payment_plan_open_share))

    # === INVOICES === #

    def _create_account_invoices(self, invoice_vals_list, final):
        moves = super()._create_account_invoices(invoice_vals_list, final)
        self._mark_planned(moves)
        return moves

    def _mark_planned(self, moves):
        """Note on the invoices of orders with a plan that they have one."""
        # sudo: who invoices may read no plan, and code alone writes the mark
        planned = self.sudo().filtered("has_payment_plan")
        if planned:
            invoiced = moves.sudo().filtered(  # sudo: as above
                lambda move: move.line_ids.sale_line_ids.order_id & planned
            )
            invoiced._note_plan(True)

    def _find_next_slices(self, amount, target):
        """Find which instalments the next invoice of this order is of.

        :param amount: Decimal, in the order's currency
        :param target: ``payment.plan`` that it is made for, if any
        :return: [``engine.payment_plans.Slice`` of an instalment's id]
        """
        plans = self.payment_plan_ids
        figures = [plan._get_figures() for plan in plans]
        for at, plan in enumerate(plans):
            # what a deposit's draft is for, no other invoice is
            draft = plan.deposit_move_id.filtered(lambda move: move.state == "draft")
            if draft and plan != target:
                known = figures[at]
                taken = min(exact(draft.amount_total, self.currency_id), known.planned)
                invoiced = min(known.invoiced + taken, known.planned)
                figures[at] = replace(known, invoiced=invoiced)
        at = plans.ids.index(target.id) if target in plans else None
        return plans._name_slices(engine.invoice_next(figures, amount, at))

    # === PRINTED === #

    def _get_printed_plan(self):
        """Return what the customer reads of the plan, in the language of the
        environment.

        :return: list of dicts (share, amount, when, method, day)
        """
        self.ensure_one()
        # sudo: the customer reads their own plan, and nothing else of it
        order = self.sudo()
        if not order.has_payment_plan:
            return []
        return [
            {
                "share": self.env["res.currency"]._format_percent(plan.percentage, 2),
                "amount": plan.currency_id._format_amount(plan.amount),
                "when": plan._describe_trigger(),
                "method": plan._get_method_name(),
                "day": plan.date_due or (plan.trigger == "date" and plan.date_expected),
                "received": plan.received
                and plan.currency_id._format_amount(plan.received),
            }
            for plan in order.payment_plan_ids.with_env(order.env)
        ]
