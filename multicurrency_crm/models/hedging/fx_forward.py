import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ...engine.rate_locks import forward_mark_to_market
from ..common.guarded_mixin import open_guarded
from ..common.html_text import as_html
from ..common.scheduled_job import ScheduledJob

#: What was agreed with the bank: nothing of it changes once the contract is active.
TERMS = frozenset(
    {
        "company_id",
        "counterparty_id",
        "bank_reference",
        "side",
        "currency_id",
        "amount",
        "trade_date",
        "value_date",
        "quoted_rate",
        "quote_direction",
        "forward_points",
        "spot_quoted",
    }
)

#: What of a conversion says how much of a contract it exchanged.
EXCHANGING = ("state", "amount_from", "amount_to")

FINANCE = "multicurrency_crm.group_finance"

#: Points and prices as banks write them.
QUOTED_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class FxForward(models.Model):
    """A contract with a bank: what was agreed, what it covers and how it ends.

    draft → active → settled | cancelled
    """

    _name = "fx.forward"
    _description = "Currency Forward"

    _inherit = [
        "asking.mixin",
        "guarded.mixin",
        "fx.quoted.rate.mixin",
        "used.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "value_date desc, id desc"
    _check_company_auto = True
    # a branch settles contracts of its main company
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New Forward"),
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("settled", "Settled"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Active: agreed with the bank. Settled: the currencies were exchanged. "
        "Cancelled: closed out or never agreed, with a reason.",
    )
    company_id = fields.Many2one(default=lambda self: self.env.company)
    counterparty_id = fields.Many2one(
        "res.partner",
        string="Bank",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The bank, or whoever else the contract is with.",
    )
    bank_reference = fields.Char(
        copy=False, tracking=True, help="The number of the contract at the bank."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        help="Who is reminded when the value date is reached.",
    )
    side = fields.Selection(
        selection=[("sell", "Sell"), ("buy", "Buy")],
        default="sell",
        required=True,
        help="Sell: the company gives the foreign currency, to hedge customer "
        "receipts. Buy: it gets the foreign currency, to hedge vendor payments.",
    )
    amount = fields.Monetary(required=True, help="In the foreign currency.")
    rate_display = fields.Char(string="Forward Rate")
    amount_company = fields.Monetary(
        string="Value at the Contract",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="Amount / rate: what is exchanged for it on the value date.",
    )
    trade_date = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_today(),
        help="The day of the deal.",
    )
    value_date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        help="The day on which the currencies are exchanged.",
    )
    forward_points = fields.Char(
        help="As the bank quoted them, such as -35.5. A note: the rate doesn't follow "
        "from it."
    )
    spot_quoted = fields.Char(
        string="Spot at the Deal",
        help="As the bank quoted it, in the same direction as the rate. A note: the "
        "rate doesn't follow from it.",
    )
    settled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False)
    note = fields.Html()

    allocation_ids = fields.One2many(
        "fx.forward.allocation", "forward_id", string="Covers", copy=False
    )
    # Stored: two people who allocate at once both update this row, and the second is
    # retried by Odoo with the figures of the first.
    amount_allocated = fields.Monetary(
        string="Allocated",
        compute="_compute_amount_allocated",
        store=True,
        help="Of the amount, what covers orders, rate locks and invoices.",
    )
    amount_available = fields.Monetary(
        string="Not Allocated", compute="_compute_amount_allocated", store=True
    )
    conversion_ids = fields.One2many(
        "fx.conversion",
        "forward_id",
        string="Conversions",
        copy=False,
        groups="multicurrency_crm.group_finance",
    )
    # Stored: two people who settle at once both update this row, as above.
    amount_exchanged = fields.Monetary(
        string="Exchanged",
        compute="_compute_amount_exchanged",
        store=True,
        help="Of the amount, what posted conversions have exchanged.",
    )
    amount_rest = fields.Monetary(
        string="Still to Exchange", compute="_compute_amount_exchanged", store=True
    )
    spot_rate = fields.Float(
        string="Market Rate Today",
        compute="_compute_market",
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where none is "
        "known.",
    )
    spot_note = fields.Char(string="Spot", compute="_compute_market")
    mark_to_market = fields.Monetary(
        string="Unrealized Gain/Loss (spot)",
        compute="_compute_market",
        currency_field="company_currency_id",
        help="Sold: amount × (1/forward rate − 1/market rate); bought: the opposite. "
        "Spot indication, not fair value.",
    )

    is_due_told = fields.Boolean(readonly=True, copy=False)

    _quoted_texts = ("quoted_rate", "forward_points", "spot_quoted")

    _rate_positive = models.Constraint(
        "CHECK (rate > 0)", "A forward rate is above zero: enter one."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The amount of a forward is above zero: enter one."
    )
    _dates_ordered = models.Constraint(
        "CHECK (value_date >= trade_date)",
        "A forward can't be exchanged before it was dealt: choose a later value date.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "rate", "company_id")
    def _compute_amount_company(self):
        for forward in self:
            value = forward.amount / forward.rate if forward.rate else 0.0
            forward.amount_company = (
                forward.company_currency_id.round(value) if value else 0.0
            )

    @api.depends("amount", "allocation_ids.amount")
    def _compute_amount_allocated(self):
        for forward in self:
            allocated = sum(forward.allocation_ids.mapped("amount"))
            forward.amount_allocated = allocated
            forward.amount_available = forward.amount - allocated

    @api.depends("amount", "side", *(f"conversion_ids.{name}" for name in EXCHANGING))
    def _compute_amount_exchanged(self):
        for forward in self:
            name = "amount_from" if forward.side == "sell" else "amount_to"
            posted = forward.conversion_ids.filtered(lambda one: one.state == "posted")
            exchanged = sum(posted.mapped(name))
            forward.amount_exchanged = exchanged
            forward.amount_rest = forward.amount - exchanged

    @api.depends("company_id", "currency_id", "amount_rest", "side", "rate", "state")
    @api.depends_context("lang")
    def _compute_market(self):
        for company, forwards in self.grouped("company_id").items():
            spots = company and forwards.currency_id._find_spot(
                company, company._get_today()
            )
            for forward in forwards:
                spot = (spots or {}).get(forward.currency_id.id)
                forward.spot_rate = spot.rate if spot else 0.0
                forward.spot_note = forward._get_spot_note(spot)
                forward.mark_to_market = forward._get_mark_to_market()

    def _get_mark_to_market(self):
        """Return what the rest of an active contract is worth at today's spot, in
        company currency; 0 for any other, and where no spot is known."""
        if self.state != "active" or not (self.spot_rate and self.rate):
            return 0.0
        gain = forward_mark_to_market(
            self.amount_rest, self.side, self.rate, self.spot_rate
        )
        return self.company_currency_id.round(gain)

    def _get_spot_note(self, spot):
        """Say at which rate, and of which day, today's figures are.

        :param spot: ``Spot``, or None where none is known
        """
        if not (self.company_id and self.currency_id):
            return False
        if not spot:
            return self.env._(
                "No rate of %(currency)s is known: enter one to see what the contract "
                "is worth.",
                currency=self.currency_id.name,
            )
        publisher = self.currency_id._name_spot(spot)
        return self._get_market_note(
            spot.rate, publisher, spot.date, spot.typist and spot.typed_on
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("currency_id", "company_id")
    def _check_foreign_currency(self):
        for forward in self:
            if forward.currency_id == forward.company_currency_id:
                raise ValidationError(
                    self.env._(
                        "%(currency)s is the company's own currency: choose the "
                        "foreign one of the contract.",
                        currency=forward.currency_id.name,
                    )
                )

    @api.constrains("forward_points", "spot_quoted")
    def _check_quoted_numbers(self):
        for forward in self:
            for text in (forward.forward_points, forward.spot_quoted):
                if text and not QUOTED_NUMBER.fullmatch(text.strip()):
                    raise ValidationError(
                        self.env._(
                            "“%(text)s” isn't a valid number: write it as the bank "
                            "does, such as -35.5, without a thousands separator.",
                            text=text,
                        )
                    )

    @api.constrains("amount")
    def _check_allocated(self):
        """Refuse to allocate more than the amount; allocations call it, too.

        :raises ValidationError: more is allocated
        """
        for forward in self:
            if forward.currency_id.compare_amounts(forward.amount_available, 0) < 0:
                raise ValidationError(
                    self.env._(
                        "%(forward)s is over %(amount)s, and %(allocated)s would be "
                        "allocated: allocate less, or cover the rest by another "
                        "contract.",
                        forward=forward.name,
                        amount=forward.currency_id._format_amount(forward.amount),
                        allocated=forward.currency_id._format_amount(
                            forward.amount_allocated
                        ),
                    )
                )

    def _check_exchangeable(self, amount, day):
        """Check that so much of this contract can be exchanged on a day.

        :raises UserError: it isn't running, not dealt yet, or less is left of it
        """
        self.ensure_one()
        if self.state not in ("active", "settled") or day < self.trade_date:
            raise UserError(
                self.env._(
                    "Nothing can be exchanged by %(forward)s on %(date)s: choose a "
                    "contract that was active then.",
                    forward=self.name,
                    date=format_date(self.env, day),
                )
            )
        if self.currency_id.compare_amounts(amount, self.amount_rest) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s are more than is left of %(forward)s: %(rest)s. "
                    "Exchange the rest at the bank's rate, by a conversion of its own.",
                    amount=self.currency_id._format_amount(amount),
                    forward=self.name,
                    rest=self.currency_id._format_amount(self.amount_rest),
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guarded(vals_list)
        Sequence = self.env["ir.sequence"]
        named = []
        for vals in vals_list:
            # a company with a sequence of its own counts in that one
            company_id = vals.get("company_id") or self.env.company.id
            sequence = Sequence.with_company(company_id)
            name = sequence.next_by_code("fx.forward") or self.env._("New Forward")
            named.append({**vals, "name": name})
        forwards = super(FxForward, open_guarded(self)).create(named)
        return forwards.with_env(self.env)

    def write(self, vals):
        if TERMS & vals.keys() and any(forward.state != "draft" for forward in self):
            raise UserError(
                self.env._(
                    "The terms of a forward don't change once it is active: cancel it "
                    "and enter the new contract."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if kept := self.filtered(lambda forward: forward.state != "draft"):
            raise UserError(
                self.env._(
                    "%(forwards)s stays as evidence of what was agreed: cancel it "
                    "instead of deleting it.",
                    forwards=format_list(self.env, kept.mapped("name")),
                )
            )

    # === ACTIONS === #

    def action_activate(self):
        """Activate what was agreed with the bank: from here on its terms can't change.

        :raises UserError: not a draft
        """
        self._move_on(("draft",), "active")

    def action_settle(self):
        """Settle contracts whose currencies were exchanged.

        :raises UserError: not active
        """
        settled = self._move_on(("active",), "settled")
        for forward in settled:
            forward._write_guarded({"settled_date": forward.company_id._get_today()})
        settled.activity_feedback(["mail.mail_activity_data_todo"])

    def action_ask_settle(self):
        """Ask before :meth:`action_settle`, where nothing stands in its way.

        :raises UserError: not active
        """
        self._check_movable(("active",))
        return self._ask_before(
            "action_settle", self.env._("Were the currencies exchanged?")
        )

    def action_cancel(self):
        """Ask for the reason, then cancel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Forward"),
            "res_model": "fx.forward.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_forward_id": self.id},
        }

    def action_open_allocations(self):
        """Open what this contract covers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_fx_forward_allocation"
        )
        return {**action, "domain": [("forward_id", "=", self.id)]}

    def action_convert(self):
        """Enter what the bank has exchanged by this contract."""
        self._check_exchangeable(self.amount_rest, self.trade_date)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Conversion"),
            "res_model": "fx.conversion",
            "view_mode": "form",
            "context": {
                "default_forward_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_open_conversions(self):
        """Open what was exchanged by this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_fx_conversion"
        )
        return {
            **action,
            "domain": [("forward_id", "=", self.id)],
            "context": {"default_forward_id": self.id},
        }

    # === EXCHANGED === #

    def _note_exchanged(self, conversion):
        """Note on this contract that a conversion has exchanged a part of it; settle it
        with the last one. The row is updated: of two who take the rest at once, Odoo
        calls the second again.

        :return: whether that settled it
        """
        self.flush_recordset()
        self._message_log(
            body=as_html(
                self.env._(
                    "%(conversion)s: %(rest)s are still to be exchanged",
                    conversion=conversion.name,
                    rest=self.currency_id._format_amount(self.amount_rest),
                )
            )
        )
        is_last = self.currency_id.is_zero(self.amount_rest)
        if not is_last or self.state != "active":
            return False
        settled = self._move_on(("active",), "settled")
        settled._write_guarded({"settled_date": conversion.date})
        settled.activity_feedback(["mail.mail_activity_data_todo"])
        return True

    def _give_back(self, conversion):
        """Note on this contract that a conversion was cancelled: what settled by
        conversions runs again."""
        self.flush_recordset()
        if self.state == "settled" and self.conversion_ids.filtered(
            "is_forward_completed"
        ):
            self._move_on(("settled",), "active")
            self._write_guarded({"settled_date": False})
            self.conversion_ids._write_guarded({"is_forward_completed": False})
        self._message_log(
            body=as_html(
                self.env._(
                    "%(conversion)s is cancelled: %(rest)s are still to be exchanged",
                    conversion=conversion.name,
                    rest=self.currency_id._format_amount(self.amount_rest),
                )
            )
        )

    # === LIFE === #

    def _cancel(self, reason):
        """Close contracts out, or give up drafts; what they covered is uncovered.

        :param str reason: mandatory; in the history of the forward
        :raises UserError: no reason, or nothing to cancel
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the forward is cancelled."))
        cancelled = self._move_on(("draft", "active"), "cancelled")
        cancelled.allocation_ids.unlink()
        cancelled._write_guarded({"cancel_reason": reason})
        for forward in cancelled:
            forward.message_post(body=as_html(reason))
        cancelled.activity_unlink(["mail.mail_activity_data_todo"])

    def _move_on(self, states, state):
        """Move contracts from one state to the next.

        :param states: from which it is allowed
        :return: self, with sudo: the state is closed to writes by hand
        :raises UserError: a contract in another state
        """
        self._check_movable(states)
        # sudo: the right was checked; the state is closed to writes by hand
        forwards = self.sudo()
        forwards._write_guarded({"state": state})
        return forwards

    def _check_movable(self, states):
        """Check that the user may move these contracts on from one of these states.

        :raises UserError: a contract in another state
        """
        self.check_access("write")
        if stuck := self.filtered(lambda forward: forward.state not in states):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(forward)s is %(state)s: nothing can be done with it that way.",
                    forward=stuck[0].name,
                    state=labels[stuck[0].state].lower(),
                )
            )

    # === VALUE DATE === #

    @api.model
    def _cron_notify_due(self):
        """Ask finance, once for each contract, to settle what has reached its value
        date."""
        with ScheduledJob(self) as job:
            for company in self.env["res.company"].search([]):
                due = Domain("company_id", "=", company.id)
                due &= Domain("state", "=", "active")
                due &= Domain("is_due_told", "=", False)
                due &= Domain("value_date", "<=", company._get_today())
                job.work_off(self, due, lambda forwards: forwards._notify_due())

    def _notify_due(self):
        for forward in self:
            user = forward._get_settling_user()
            localized = forward.with_context(lang=user.lang)
            localized.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=forward.value_date,
                summary=localized.env._("Settle the forward"),
                note=as_html(
                    localized.env._(
                        "%(forward)s is to be exchanged on %(date)s: settle it, "
                        "or cancel "
                        "it with the reason.",
                        forward=forward.name,
                        date=format_date(localized.env, forward.value_date),
                    )
                ),
                user_id=user.id,
            )
        self._write_guarded({"is_due_told": True})

    def _get_settling_user(self):
        """Return the responsible, if they may still settle, else somebody of
        finance."""
        finance = self.env.ref(FINANCE).all_user_ids.filtered(
            lambda user: (
                user.active and not user.share and self.company_id in user.company_ids
            )
        )
        if self.user_id in finance:
            return self.user_id
        return finance[:1] or self.env.ref("base.user_admin")
