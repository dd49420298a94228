from contextlib import contextmanager

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine.payment_plans import VOID
from ..common.guarded_mixin import is_open, open_guarded
from ..common.html_text import as_html
from ..common.remembered import remembered
from ..common.typed_number_mixin import DAYS

FINANCE = "multicurrency_crm.group_finance"
#: Triggers that people say have happened, with a day and a document that shows it; of a
#: shipment and a signature Odoo may know by itself.
TICKED = ("signature", "shipment", "bill_of_lading", "arrival")
#: What an instalment's amount follows from.
AMOUNTS = frozenset({"percentage", "amount", "is_fixed"})
#: What says when money is due: once that is certain, finance changes it.
AGREED = frozenset({"trigger", "days", "date_expected", "sequence"})
#: What a change of has the whole plan followed anew.
FOLLOWED = AGREED | {"method", "asks_deposit"}
#: Triggers that an offer may have seen already: all others come after the order.
BEFORE_ORDER = ("signature",)
#: How long before its order something may have happened that is ticked.
EARLIEST = 365


class PaymentPlan(models.Model):
    """An instalment in which an order is paid: how much, when, by which way, and what
    became of it. What it comes to and when it is due is agreed by people; all else
    follows from what happens: ``payment_plan_following.py``.
    """

    _name = "payment.plan"
    _description = "Payment Plan Instalment"
    _inherit = [
        "instalment.mixin",
        "guarded.mixin",
        "whole.totals.mixin",
        "mail.thread",
    ]
    _order = "order_id desc, sequence, id"
    _mail_post_access = "read"
    _whole_totals = dict.fromkeys(
        ("amount", "invoiced", "received", "credited", "open", "to_invoice"),
        "currency_id",
    )

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    user_id = fields.Many2one(related="order_id.user_id", string="Salesperson")
    order_state = fields.Selection(related="order_id.state", string="Order Status")
    # a template has none: the day is another one for each order
    trigger = fields.Selection(
        selection_add=[("date", "Fixed day")], ondelete={"date": "cascade"}
    )
    percentage = fields.Float(
        string="Share",
        bounds=(0, 1),
        digits=(16, 6),
        aggregator=None,
        help="Of what the order comes to, tax included.",
    )
    asks_deposit = fields.Boolean(
        string="Deposit",
        compute="_compute_asks_deposit",
        store=True,
        readonly=False,
        precompute=True,
        help="Received before goods leave, and invoiced in advance by one click.",
    )
    amount = fields.Monetary(
        string="Planned",
        bounds=(0, 1e15),
        help="In the currency of the order. An amount that is typed stays; one that "
        "follows from its share follows the quotation.",
    )
    is_fixed = fields.Boolean(string="Fixed Amount")
    date_expected = fields.Date(
        string="Expected On",
        bounds=DAYS,
        help="On which day the money is expected: what you think, until it is known "
        "when it is due.",
    )
    fired_on = fields.Date(
        string="Happened On",
        readonly=True,
        copy=False,
        help="The day of what makes it due.",
    )
    ticked_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    evidence_ids = fields.Many2many("ir.attachment", readonly=True, copy=False)
    date_due = fields.Date(
        string="Due By",
        readonly=True,
        copy=False,
        help="On that day the money is to be there; later it is overdue. Empty while "
        "what makes it due hasn't happened.",
    )
    invoiced = fields.Monetary(
        readonly=True, copy=False, help="On posted invoices, less credit notes."
    )
    credited = fields.Monetary(
        readonly=True,
        copy=False,
        help="By credit notes, and not invoiced again: nobody waits for it.",
    )
    received = fields.Monetary(
        readonly=True,
        copy=False,
        help="On the order's invoices, and what its customer has paid for it in "
        "advance.",
    )
    open = fields.Monetary(
        readonly=True, copy=False, help="Planned, and neither received nor credited."
    )
    to_invoice = fields.Monetary(
        readonly=True, copy=False, help="Open, and on no posted invoice yet."
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("to_come", "To come"),
            ("due", "Due"),
            ("partly", "Partly received"),
            ("received", "Received"),
            ("overdue", "Overdue"),
            ("void", "Void"),
        ],
        default="to_come",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    deposit_move_id = fields.Many2one(
        "account.move",
        string="Deposit Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    may_tick = fields.Boolean(compute="_compute_may_tick")
    may_invoice = fields.Boolean(compute="_compute_may_invoice")

    _amount_not_negative = models.Constraint(
        "CHECK (amount >= 0)", "An instalment asks for nothing below 0."
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id.name", "percentage", "trigger", "days", "method")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for plan in self:
            plan.display_name = self.env._(
                "%(order)s: %(instalment)s",
                order=plan.order_id.name or "",
                instalment=plan._describe() if plan.trigger and plan.method else "",
            )

    @api.depends("trigger", "fired_on", "state", "order_id.state")
    def _compute_may_tick(self):
        for plan in self:
            plan.may_tick = bool(
                plan._origin
                and plan.trigger in TICKED
                and not plan.fired_on
                and plan.state not in ("void", "received")
                and (plan.order_id.state == "sale" or plan.trigger in BEFORE_ORDER)
            )

    @api.depends("asks_deposit", "order_id.state", "state", "deposit_move_id.state")
    def _compute_may_invoice(self):
        for plan in self:
            # sudo: salespeople see whether there is an invoice, not what it says
            made = plan.sudo()._get_deposit_move()
            plan.may_invoice = bool(
                plan._origin
                and plan.asks_deposit
                and plan.order_id.state == "sale"
                and plan.state != VOID
                and not made
                and plan.currency_id.compare_amounts(plan._get_uninvoiced(), 0) > 0
            )

    @api.onchange("percentage")
    def _onchange_percentage(self):
        amount = self._get_amount_of(self.percentage)
        if self._differ(self.amount, amount):
            self.is_fixed = False
            self.amount = amount

    @api.onchange("amount")
    def _onchange_amount(self):
        if self._differ(self.amount, self._get_amount_of(self.percentage)):
            total = self.order_id.amount_total
            self.is_fixed = True
            self.percentage = min(self.amount / total, 1.0) if total else 0.0

    def _differ(self, one, other):
        currency = self.currency_id or self.order_id.currency_id
        return bool(currency and currency.compare_amounts(one, other))

    def _get_amount_of(self, percentage):
        """Return a share of what the order comes to, in its currency."""
        order = self.order_id
        currency = order.currency_id
        return currency.round(order.amount_total * percentage) if currency else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains("trigger", "date_expected")
    def _check_fixed_day(self):
        for plan in self:
            if plan.trigger == "date" and not plan.date_expected:
                raise ValidationError(
                    self.env._(
                        "%(instalment)s: enter the day on which it is expected.",
                        instalment=plan.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # before anything is said of an order
        self.browse().check_access("create")
        self.env["sale.order"].browse(
            [vals["order_id"] for vals in vals_list if vals.get("order_id")]
        ).exists().check_access("read")
        for vals in vals_list:
            self._check_typed_numbers(vals)
        self._check_guarded(vals_list)
        rows = []
        for vals in vals_list:
            # sudo: the rights to the order are those to its plan, asked by create
            order = self.env["sale.order"].sudo().browse(vals.get("order_id")).exists()
            rows.append(
                {
                    **vals,
                    "order_id": order.id,
                    **self._take_share(vals, order),
                    "company_id": order.company_id.id,
                    "currency_id": order.currency_id.id,
                }
            )
        orders = self.env["sale.order"].browse({row["order_id"] for row in rows})
        # sudo: a change of what is secured is weighed, not shown
        with orders.sudo()._weigh_plans():
            plans = super(PaymentPlan, open_guarded(self)).create(rows)
            if plans and not self._is_used():
                self.env["res.company"]._forget_remembered()
            orders.sudo()._settle_plans()  # sudo: code alone writes what becomes of it
        return plans.with_env(self.env)

    def write(self, vals):
        if is_open(self):
            return super().write(vals)
        # before anything is said of an order
        self.check_access("write")
        self._check_typed_numbers(vals)
        self._check_changeable(vals)
        # sudo: a change of what is secured is weighed, not shown
        orders = self.sudo().order_id
        with orders._weigh_plans(), self._log_postponed():
            if AMOUNTS.isdisjoint(vals):
                result = super().write(vals)
            else:
                for plan in self:
                    amounts = plan._take_share(vals, plan.sudo().order_id)  # sudo: same
                    super(PaymentPlan, plan).write({**vals, **amounts})
                result = True
            if AMOUNTS & vals.keys():
                orders._settle_plans()
            elif FOLLOWED & vals.keys():
                self._follow(orders)
        return result

    def unlink(self):
        # before anything is said of an order
        self.check_access("unlink")
        # sudo: code alone writes what becomes of an order's plan
        orders = self.sudo().order_id
        with orders._weigh_plans():
            result = super().unlink()
            orders._settle_plans()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        for plan in self:
            if plan._get_least():
                raise UserError(
                    self.env._(
                        "%(instalment)s can't be deleted: %(amount)s of it was "
                        "invoiced or received. Change the amount of what is left.",
                        instalment=plan.display_name,
                        amount=plan.currency_id._format_amount(plan._get_least()),
                    )
                )
            plan._check_agreed()

    @api.model
    def _take_share(self, vals, order):
        """Return the values of share and amount that belong together.

        :param vals: of a client: an amount alone is a fixed one, a share alone none
        :param order: ``sale.order``
        """
        given = {"percentage", "amount"} & vals.keys()
        fixed = vals.get("is_fixed", self.is_fixed if self else False)
        if len(given) == 1:
            fixed = vals.get("is_fixed", "amount" in given)
        share = vals.get("percentage", self.percentage) or 0.0
        amount = vals.get("amount", self.amount) or 0.0
        total = order.amount_total
        if fixed:
            share = max(min(amount / total, 1.0), 0.0) if total else share
        else:
            amount = order.currency_id.round(total * share) if order else amount
        return {"is_fixed": fixed, "percentage": share, "amount": amount}

    def _check_changeable(self, vals):
        """:raises UserError: another order's, or less than was invoiced
        :raises AccessError: what made it due has happened, and somebody else than
            finance changes when it is due"""
        for plan in self:
            if "order_id" in vals and vals["order_id"] != plan.order_id.id:
                raise UserError(
                    self.env._("An instalment stays with its order: make another one.")
                )
            if any(plan._differs_from(name, vals[name]) for name in AGREED & set(vals)):
                plan._check_agreed()
            if AMOUNTS.isdisjoint(vals):
                continue
            # sudo: the order is compared with, not shown
            amount = plan._take_share(vals, plan.sudo().order_id)["amount"]
            if plan.currency_id.compare_amounts(amount, plan._get_least()) < 0:
                raise UserError(
                    self.env._(
                        "%(instalment)s: %(amount)s was invoiced or received already. "
                        "Plan at least that.",
                        instalment=plan.display_name,
                        amount=plan.currency_id._format_amount(plan._get_least()),
                    )
                )

    def _check_agreed(self):
        """:raises AccessError: it is certain when this is due, and somebody else than
        finance changes that"""
        if self._is_certain() and not self.env.user.has_group(FINANCE):
            raise AccessError(
                self.env._(
                    "%(instalment)s: what makes it due has happened, or it was "
                    "invoiced. Finance changes when it is due: ask a colleague there.",
                    instalment=self.display_name,
                )
            )

    def _is_certain(self):
        """Return whether it is certain when this instalment is due: what makes it due
        has happened, or its day is over or stands on a posted invoice."""
        self.ensure_one()
        if self.env.su or self.order_id.state in ("draft", "sent"):
            return False
        if self.trigger != "date":
            return bool(self.fired_on)
        day = self.date_due
        return bool(day and (self.invoiced or day <= self.company_id._get_today()))

    @contextmanager
    def _log_postponed(self):
        """Log on the order what was due on another day before somebody changed it."""
        before = {plan: plan.date_due for plan in self}
        yield
        for plan in self.exists():
            was, now = before[plan], plan.date_due
            if was and now and was != now:
                # sudo: the right to the plan is one to its order
                plan.sudo().order_id.message_post(
                    body=as_html(
                        self.env._(
                            "%(instalment)s is due by %(now)s, and no longer by "
                            "%(was)s.",
                            instalment=plan._describe(),
                            now=format_date(self.env, now),
                            was=format_date(self.env, was),
                        )
                    )
                )

    def _get_least(self):
        """Return what an instalment keeps at least, in its currency: what was invoiced
        or received of it."""
        self.ensure_one()
        if self.order_id.state == "cancel":
            return 0.0
        return max(self.invoiced, self.received)

    def _prepare_copies(self):
        """Return values of the same instalments for another order.

        :return: list of dicts
        """
        names = (*AMOUNTS, *AGREED, "sequence", "method", "asks_deposit")
        return [
            {
                **{name: plan[name] for name in names},
                "date_expected": plan.trigger == "date" and plan.date_expected,
            }
            for plan in self
        ]

    def _get_uninvoiced(self):
        """Return what stands on no posted invoice, whether it was paid in advance or
        not."""
        return self.amount - self.invoiced - self.credited

    # === ACTIONS === #

    def action_tick(self):
        """Ask when what makes this instalment due has happened, and what shows it."""
        self.ensure_one()
        self._check_tickable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tick"),
            "res_model": "payment.plan.tick",
            "view_mode": "form",
            "target": "new",
            "context": {"default_plan_id": self.id},
        }

    def _check_tickable(self):
        """:raises UserError: nobody ticks this one, or it has happened
        :raises AccessError: not one's own order"""
        self.ensure_one()
        self.check_access("write")
        if not self.may_tick:
            raise UserError(
                self.env._(
                    "%(instalment)s can't be ticked: it has happened already, is "
                    "settled, or follows by itself from the order and its invoices.",
                    instalment=self.display_name,
                )
            )

    def _check_ticked_day(self, day):
        """:raises UserError: a day to come, or of long before the order"""
        if day > self.company_id._get_today():
            raise UserError(
                self.env._("%s is still to come.", format_date(self.env, day))
            )
        # sudo: who ticks it reads the order's plan
        ordered = self.company_id._get_day_of(self.sudo().order_id.date_order)
        if (ordered - day).days > EARLIEST:
            raise UserError(
                self.env._(
                    "%(day)s is more than a year before its order.",
                    day=format_date(self.env, day),
                )
            )

    def _tick(self, day, attachments, note=False):
        """Note that what makes this instalment due has happened.

        :param day: date, not after today where the company is
        :param attachments: ``ir.attachment`` that show it: at least one
        :param note: text
        :raises UserError: as :meth:`_check_tickable`, a day to come, nothing to show
        """
        self._check_tickable()
        self._check_ticked_day(day)
        # sudo: the rights to the instalment were asked; these become its own
        own = attachments.sudo().filtered(
            lambda file: file.create_uid == self.env.user and not file.res_id
        )
        if not own:
            raise UserError(
                self.env._("Attach what shows it: the document, or the carrier's mail.")
            )
        own.write({"res_model": self._name, "res_id": self.id})
        # sudo: the rights were asked; code alone writes what has happened
        plan = self.sudo()
        plan._write_guarded(
            {
                "fired_on": day,
                "ticked_by_id": self.env.uid,
                "evidence_ids": [Command.set(own.ids)],
            }
        )
        self._follow(plan.order_id)
        text = self.env._(
            "%(trigger)s: %(day)s. %(instalment)s is due by %(due)s.",
            trigger=self._get_trigger_name(),
            day=format_date(self.env, day),
            instalment=self._describe(),
            due=format_date(self.env, plan.date_due),
        )
        self.message_post(body=as_html(text, note), attachment_ids=own.ids)
        plan.order_id.message_post(body=as_html(text, note))

    def _get_trigger_name(self):
        labels = dict(self._fields["trigger"]._description_selection(self.env))
        return labels[self.trigger]

    def action_take_back(self):
        """Take back that it has happened: finance, where it was ticked by mistake."""
        self.check_access("write")
        if not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Finance takes that back: ask a colleague."))
        for plan in self.filtered(lambda p: p.fired_on and p.trigger in TICKED):
            text = self.env._(
                "Taken back: %(trigger)s on %(day)s.",
                trigger=plan._get_trigger_name(),
                day=format_date(self.env, plan.fired_on),
            )
            # sudo: the right was asked; code alone writes what has happened
            done = plan.sudo()
            done._write_guarded(
                {
                    "fired_on": False,
                    "ticked_by_id": False,
                    "date_expected": False,
                    "evidence_ids": [Command.clear()],
                }
            )
            self._follow(done.order_id)
            done.message_post(body=as_html(text))
            done.order_id.message_post(body=as_html(text))
        return True

    def action_open_order(self):
        """Open the order of this instalment."""
        self.ensure_one()
        return self.order_id._get_records_action()

    # === DEPOSITS === #

    def _get_deposit_move(self):
        """Return the down-payment invoice that was made for this instalment, and isn't
        cancelled."""
        return self.deposit_move_id.filtered(lambda move: move.state != "cancel")

    def action_invoice_deposit(self):
        """Make the down-payment invoice of this instalment by Odoo's own wizard: in the
        order's currency, at its lock, to the coin. Where there is one, open it.

        :raises UserError: the order isn't confirmed, or nothing is left to invoice
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: the right was asked; who invoices may not write what becomes of a plan
        plan, order = self.sudo(), self.order_id
        if made := plan._get_deposit_move():
            return order.action_view_invoice(invoices=made.with_env(self.env))
        if not self.may_invoice:
            raise UserError(
                self.env._(
                    "%(instalment)s can't be invoiced in advance: confirm its order "
                    "first, mark it as a deposit, or see what was invoiced.",
                    instalment=self.display_name,
                )
            )
        Wizard = self.env["sale.advance.payment.inv"]
        if self.env["account.move"].has_access("create"):
            # sudo: Odoo's wizard is the salespeople's, and finance makes invoices, too
            Wizard, order = Wizard.sudo(), order.sudo()
        wizard = Wizard.create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": self._get_uninvoiced(),
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        move = wizard._create_invoices(order)
        # of two who press at once, the second finds this and opens it
        plan._write_guarded({"deposit_move_id": move.id})
        # sudo: code alone says what an invoice is for
        move.sudo()._take_plan(plan)
        return self.order_id.action_view_invoice(invoices=move.with_env(self.env))

    # === FIGURES === #

    @api.model
    @remembered()
    def _is_used(self):
        """Whether any order has a plan. Costs no query."""
        # sudo: remembered for everybody
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _get_open_domain(self):
        """Return the domain of what is still to be received of confirmed orders."""
        return Domain("state", "in", ("to_come", "due", "partly", "overdue")) & Domain(
            "order_id.state", "=", "sale"
        )
