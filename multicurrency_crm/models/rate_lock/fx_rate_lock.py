from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ...engine.quoting import shortest_quoted
from ...engine.rate_locks import mark_to_market, rate_deviation
from ..common.guarded_mixin import is_open, open_guarded
from ..common.html_text import as_html
from ..common.typed_number_mixin import DAYS, LATER_DAYS, NUMBERS

MANAGER = "multicurrency_crm.group_manager"

#: kind → code of the sequence that numbers it
SEQUENCES = {"order": "fx.rate.lock", "agreement": "fx.rate.agreement"}

#: What was promised, and the evidence for it: a new rate is a new lock.
TERMS = {
    "kind",
    "company_id",
    "partner_id",
    "currency_id",
    "quoted_rate",
    "quote_direction",
    "rate",
    "market_rate",
    "source",
    "source_typist",
    "source_typed_on",
    "rate_date",
    "margin_bp",
    "tolerance",
    "amount_cap",
    "cap_basis",
    "date_start",
}

#: What a manager is asked about: a change of it by hand ends the request.
ASKED = TERMS | {"date_end", "invoice_by"}

#: Of an agreement that supersedes another: the promise's, at whatever rate.
SHARED = {
    "kind",
    "company_id",
    "partner_id",
    "currency_id",
    "amount_cap",
    "cap_basis",
}

#: What its maker fills in; everything else follows from what happens to it.
AGREED = frozenset(
    {
        "kind",
        "company_id",
        "partner_id",
        "currency_id",
        "user_id",
        "quoted_rate",
        "quote_direction",
        "tolerance",
        "amount_cap",
        "cap_basis",
        "date_start",
        "date_end",
        "invoice_by",
        "note",
    }
)


class FxRateLock(models.Model):
    """A promise to a customer that a rate holds, for one order or for all under an
    agreement.

    draft → active → used | expired | released
    """

    _name = "fx.rate.lock"
    _description = "Rate Lock"

    _inherit = [
        "asking.mixin",
        "guarded.mixin",
        "fx.quoted.rate.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "used.mixin",
    ]
    _order = "date_end desc, id desc"
    _check_company_auto = True
    # an agreement of a company covers the documents of its branches
    _check_company_domain = models.check_company_domain_parent_of
    # nobody writes a lock by hand, and whoever reads one may post on it
    _mail_post_access = "read"

    name = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New Lock"),
    )
    kind = fields.Selection(
        selection=[("order", "Order"), ("agreement", "Agreement")],
        default="order",
        required=True,
        readonly=True,
        guarded=False,
        help="Order: made for one quotation. Agreement: for all orders of a customer "
        "in a currency over a period, up to a cap.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("used", "Used"),
            ("expired", "Expired"),
            ("released", "Released"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Active: the rate is promised. Used: the customer ordered at it. Expired: "
        "the end passed without an order. Released: taken back, with a reason.",
    )
    company_id = fields.Many2one(readonly=True, guarded=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        guarded=False,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        readonly=True,
        guarded=False,
        default=lambda self: self.env.user,
        tracking=True,
        help="Who locked the rate, and may release it besides the managers.",
    )
    currency_id = fields.Many2one(readonly=True, guarded=False)
    quoted_rate = fields.Char(readonly=True, guarded=False)
    quote_direction = fields.Selection(readonly=True, guarded=False)
    market_rate = fields.Float(
        string="Market Rate when Locked",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency, on the rate date.",
    )
    source = fields.Char(
        string="Published by", readonly=True, help="Who published the market rate."
    )
    source_typist = fields.Char(
        string="Market Rate Typed by",
        readonly=True,
        help="Who typed the market rate, where nobody published it.",
    )
    source_typed_on = fields.Date(
        string="Market Rate Typed On",
        readonly=True,
        help="The day on which the market rate was typed; empty where it was "
        "published.",
    )
    rate_date = fields.Date(
        string="Published On", readonly=True, help="The date of the market rate."
    )
    typed_by = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        help="Who typed the rate, where it isn't the market's.",
    )
    typed_on = fields.Date(
        readonly=True,
        copy=False,
        help="The day on which the rate was typed; empty where it follows from the "
        "market's.",
    )
    date_start = fields.Date(
        string="Valid From", required=True, readonly=True, guarded=False, bounds=DAYS
    )
    date_end = fields.Date(
        string="Until",
        required=True,
        readonly=True,
        guarded=False,
        bounds=DAYS,
        index=True,
        tracking=True,
        help="The last day on which the customer can order at this rate.",
    )
    invoice_by = fields.Date(
        readonly=True,
        guarded=False,
        bounds=LATER_DAYS,
        tracking=True,
        help="The last day on which an invoice at this rate needs no approval.",
    )
    margin_bp = fields.Float(
        string="Rate Spread (per 10,000)",
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="By how many ten-thousandths the rate was moved from the market rate, in "
        "the company's favour.",
    )
    tolerance = fields.Float(
        readonly=True,
        guarded=False,
        bounds=(0, 1),
        digits=0,
        aggregator=None,
        help="A rate further from the market, or less favourable than it by more than "
        "this share, asks for approval; so does a tolerance wider than the company's.",
    )
    amount_cap = fields.Monetary(
        string="Cap",
        readonly=True,
        guarded=False,
        bounds=(0, NUMBERS[1]),
        help="The most that orders may draw, in the agreement's currency; 0 for no "
        "cap.",
    )
    cap_basis = fields.Selection(
        selection=[("gross", "Totals with tax"), ("untaxed", "Untaxed amounts")],
        string="Amounts Drawn",
        default="gross",
        required=True,
        readonly=True,
        guarded=False,
    )
    supersedes_id = fields.Many2one(
        "fx.rate.lock",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The lock that this one replaced, at another rate.",
    )
    release_reason = fields.Char(readonly=True, copy=False)
    approval_ids = fields.One2many("fx.rate.approval", "lock_id", readonly=True)
    order_ids = fields.One2many(
        "sale.order", "rate_lock_id", string="Orders", readonly=True
    )
    move_ids = fields.One2many(
        "account.move", "rate_lock_id", string="Invoices", readonly=True
    )
    successor_ids = fields.One2many("fx.rate.lock", "supersedes_id", readonly=True)
    promise_id = fields.Many2one(
        "fx.rate.lock",
        string="First Agreement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The first of the agreements that superseded each other: one promise with "
        "one cap, at several rates. Empty where there is one rate only.",
    )
    promised_ids = fields.One2many("fx.rate.lock", "promise_id", readonly=True)
    note = fields.Html(help="What was agreed besides.")
    is_end_told = fields.Boolean(readonly=True, copy=False)
    is_tentative = fields.Boolean(
        readonly=True,
        copy=False,
        help="Locked for a document that was rendered, and isn't sent yet.",
    )

    # Stored: of two people who confirm at once, both update this row, and Odoo retries
    # the second with the figures of the first.
    amount_reserved = fields.Monetary(
        compute="_compute_amounts_taken",
        store=True,
        help="Of quotations that were sent, until they expire.",
    )
    amount_drawn = fields.Monetary(
        compute="_compute_amounts_taken",
        store=True,
        help="Of confirmed orders: their totals, or what was invoiced less what was "
        "credited, if that is more; the latter alone once they are closed or "
        "cancelled. Likewise what was invoiced at this rate besides orders.",
    )
    amount_open = fields.Monetary(
        compute="_compute_amounts_taken",
        store=True,
        help="Promised and not invoiced yet; of an agreement, what was sent or "
        "ordered.",
    )
    amount_besides = fields.Monetary(
        string="Invoiced besides Orders",
        readonly=True,
        copy=False,
        help="Posted at this rate on lines of no order that draws on it, net of credit "
        "notes.",
    )
    amount_elsewhere = fields.Monetary(
        string="Drawn at Other Rates",
        compute="_compute_amount_available",
        store=True,
        help="Drawn of the same cap at the rates that this one superseded, or that "
        "superseded it.",
    )
    amount_overdraw = fields.Monetary(
        string="Overdraw Allowed",
        compute="_compute_amount_available",
        store=True,
        help="What managers allowed to single orders above the cap, as far as these "
        "orders need it; each time is in the history.",
    )
    amount_available = fields.Monetary(
        compute="_compute_amount_available",
        store=True,
        help="Cap + overdraw allowed − drawn, at all rates of the promise − reserved; "
        "0 for an agreement without a cap.",
    )
    spot_rate = fields.Float(
        string="Market Rate Today",
        compute="_compute_market",
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where none is "
        "known.",
    )
    spot_note = fields.Char(
        string="Market Today",
        compute="_compute_market",
        help="Today's market rate, who published it, and its day.",
    )
    rate_deviation = fields.Float(
        string="Rate Advantage",
        compute="_compute_market",
        aggregator=None,
        help="What the promise is worth beside today's market, as a share of it: "
        "negative is unfavourable for the company. A measure of risk; how far the rate "
        "is from the market is said in words.",
    )
    mark_to_market = fields.Monetary(
        string="Unrealized Gain/Loss (spot)",
        compute="_compute_market",
        currency_field="company_currency_id",
        help="Open amount × (market value − locked value). Spot indication, not fair "
        "value.",
    )

    _rate_positive = models.Constraint(
        "CHECK (rate > 0)", "A locked rate is above zero: enter one."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A rate lock can't end before it starts: choose a later end.",
    )

    _agreement_keys = models.Index(
        "(company_id, partner_id, currency_id) WHERE kind = 'agreement'"
    )

    # === COMPUTE METHODS === #

    @api.depends("currency_id", "company_id", "rate", "amount_open", "state")
    @api.depends_context("lang")
    def _compute_market(self):
        self.spot_rate = 0.0
        self.spot_note = False
        for company, locks in self.filtered("company_id").grouped("company_id").items():
            spots = locks.currency_id._find_spot(company, company._get_today())
            for lock in locks:
                spot = spots.get(lock.currency_id.id)
                lock.spot_rate = spot.rate if spot else 0.0
                lock.spot_note = spot and lock._get_market_note(
                    spot.rate,
                    lock.currency_id._name_spot(spot),
                    spot.date,
                    spot.typist and spot.typed_on,
                )
        for lock in self:
            known = bool(lock.spot_rate and lock.rate)
            lock.rate_deviation = (
                rate_deviation(lock.rate, lock.spot_rate) if known else 0.0
            )
            lock.mark_to_market = known and lock.company_currency_id.round(
                mark_to_market(lock.amount_open, lock.rate, lock.spot_rate)
            )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Choose the customer's currency, where none is chosen and it is a foreign
        one."""
        if self.kind != "agreement" or self.currency_id:
            return
        company = self.company_id or self.env.company
        preferred = self.partner_id._get_preferred_currency(company)
        self.currency_id = preferred - company.currency_id

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get("kind") == "agreement":
            if "name" in fields:
                values["name"] = self.env._("New Agreement")
            company = self.env.company
            values.setdefault("company_id", company.id)
            values.setdefault("date_start", company._get_today())
            values.setdefault("tolerance", company.lock_tolerance)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        by_hand = not is_open(self)
        if by_hand:
            for vals in vals_list:
                self._check_by_hand(vals, vals.get("kind"))
        vals_list = [self._with_agreed(vals) for vals in vals_list]
        self._check_guarded(vals_list)
        if by_hand:
            vals_list = [self._with_typed(vals) for vals in vals_list]
        named = [{**vals, "name": self._get_next_name(vals)} for vals in vals_list]
        locks = super(FxRateLock, open_guarded(self)).create(named)
        locks._forget_agreements()
        return locks.with_env(self.env)

    @api.model
    def _get_next_name(self, vals):
        """Return the number of a new lock or agreement: a company with a sequence of
        its own counts in that one."""
        sequence = self.env["ir.sequence"].with_company(vals.get("company_id"))
        code = SEQUENCES[vals.get("kind") or "order"]
        if name := sequence.next_by_code(code):
            return name
        if vals.get("kind") == "agreement":
            return self.env._("New Agreement")
        return self.env._("New Lock")

    def _creation_message(self):
        if self.kind == "agreement":
            return self.env._("Rate agreement created")
        return super()._creation_message()

    def write(self, vals):
        self._check_writable(vals)
        asked = self._filter_changed(ASKED, vals)
        retyped = self._filter_changed({"quoted_rate", "quote_direction"}, vals)
        result = super().write(vals)
        for lock in retyped:
            lock._write_guarded(lock._prepare_typed(lock.company_id))
        ends = {"state", "date_end"} & vals.keys()
        if ends:
            self._forget_reminder(vals)
        # sudo: whoever may change what a manager is asked about ends the request by it
        asked.sudo().approval_ids._withdraw(
            self.env._("Changed after it was asked for.")
        )
        if ends:
            self._forget_agreements()
        return result

    def _check_writable(self, vals):
        """Check what is written against what may change in the state of these locks.

        :raises AccessError: written by hand, and no term of an agreement
        :raises UserError: promised already
        """
        if not is_open(self):
            for lock in self:
                self._check_by_hand(vals, lock.kind)
            if not vals.keys() <= {"note"} and self._is_promised():
                raise UserError(
                    self.env._(
                        "What was promised doesn't change: extend or release the rate "
                        "lock."
                    )
                )
            if self._filter_changed(SHARED, vals).supersedes_id:
                raise UserError(
                    self.env._(
                        "An agreement at another rate shares customer, currency and "
                        "cap with the one that it supersedes: make a new agreement "
                        "for others."
                    )
                )
        if TERMS & vals.keys() and self._is_promised():
            raise UserError(
                self.env._(
                    "The terms of a rate lock don't change once it is active: release "
                    "it and lock a new rate."
                )
            )

    def _is_promised(self):
        """Return whether one of these locks is no draft any more."""
        return any(lock.state != "draft" for lock in self)

    def _filter_changed(self, names, vals):
        """Keep the locks of which one of some terms is changed by hand."""
        if is_open(self):
            return self.browse()
        terms = names & vals.keys()
        return self.filtered(
            lambda lock: any(lock._differs_from(name, vals[name]) for name in terms)
        )

    @api.model
    def _check_by_hand(self, vals, kind):
        """Check that people fill in nothing but the terms of an agreement: the rest is
        written by what happens to a lock, and to its orders.

        :raises AccessError: anything else is filled in
        """
        if kind != "agreement" or vals.keys() - AGREED:
            raise AccessError(
                self.env._(
                    "A rate lock is made by Lock Rate on a quotation; only the terms "
                    "of a rate agreement are filled in by hand."
                )
            )

    @api.model
    def _with_agreed(self, vals):
        """Return the values with what the maker of an agreement left open."""
        if vals.get("rate") and not vals.get("quoted_rate"):
            quoted, direction = shortest_quoted(vals["rate"])
            terms = {"quoted_rate": f"{quoted:f}", "quote_direction": direction}
            vals = {name: vals[name] for name in vals if name != "rate"} | terms
        if vals.get("kind") != "agreement":
            return vals
        company = self.env["res.company"].browse(vals.get("company_id"))
        company = company or self.env.company
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        defaults = {
            "company_id": company.id,
            "date_start": company._get_today(),
            "tolerance": company.lock_tolerance,
        }
        return {
            **defaults,
            **vals,
            "partner_id": partner.commercial_partner_id.id,
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_agreements_only(self):
        if not self.env.su:
            for lock in self:
                self._check_by_hand({}, lock.kind)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if kept := self.filtered(lambda lock: lock.state != "draft"):
            raise UserError(
                self.env._(
                    "%(locks)s stays as evidence of what was promised: release it "
                    "instead of deleting it.",
                    locks=format_list(self.env, kept.mapped("name")),
                )
            )

    # === ACTIONS === #

    def action_activate(self):
        """Make the promise: from here on the terms can't change. An agreement notes its
        evidence first, and asks a manager where its rate is further from the market
        than its tolerance.

        :raises AccessError: a lock of one order, which its quotation activates
        :raises UserError: no fresh rate to compare with, or a currency that needs none
        """
        agreements = self.filtered(lambda lock: lock.kind == "agreement")
        if others := self - agreements:
            # no right by sudo: only OdooBot, as whom nobody logs in, is the system
            if self.env.uid != SUPERUSER_ID:
                raise AccessError(
                    self.env._(
                        "A rate lock is made by Lock Rate on a quotation; where its "
                        "rate needs an approval, that activates it."
                    )
                )
            others._activate()
        # sudo: whoever asks may not read what is asked
        asked = self.env["fx.rate.approval"].sudo()
        for agreement in agreements:
            asked |= agreement._agree()
        return asked._get_answer(asked._get_asked_notification() if asked else None)

    def action_release(self):
        """Open the dialog that asks for the reason and releases."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release Rate"),
            "res_model": "fx.rate.lock.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lock_id": self.id},
        }

    # === LIFE === #

    def _activate(self):
        """Make the promise; what is allowed was checked."""
        if started := self.filtered(lambda lock: lock.state != "draft"):
            raise UserError(
                self.env._(
                    "%(locks)s is already active or over.",
                    locks=format_list(self.env, started.mapped("name")),
                )
            )
        for lock in self:
            lock.currency_id._check_active(lock.name)
        self._write_guarded({"state": "active"})
        for lock in self:
            lock._log_activation()

    def _release(self, reason):
        """Take the promise back and say why, on the lock and on its documents.

        Orders return to the market rate of their date, drafts that were never posted
        to the one of theirs; posted documents, and credit notes of posted invoices,
        keep what they have.

        :param str reason: mandatory; shown to whoever reads the lock or the order
        :raises UserError: no reason, or nothing to release
        :raises AccessError: neither the lock's owner nor a manager, or a lock of a
            company that the user doesn't work for
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the rate is released."))
        self._check_may_release()
        # sudo: the right was checked above; a lock has no other door to its documents
        for lock in self.sudo():
            orders = lock.order_ids.filtered("locked_rate")
            orders._drop_locked_rate(
                self.env._(
                    "Rate lock %(lock)s released: %(reason)s",
                    lock=lock.name,
                    reason=reason,
                )
            )
            lock.move_ids._drop_rate_lock()
            lock._end("released", reason)
            (lock | lock.successor_ids).approval_ids._cancel_requests()

    def _end(self, state, reason):
        """End these locks.

        :param str state: 'released'
        :param str reason: in their histories
        """
        self._write_guarded({"state": state, "release_reason": reason})
        for lock in self:
            lock.message_post(body=as_html(reason))

    def _check_may_release(self):
        """Check that the user may release these locks, and that there is something to
        release.

        :raises UserError: a lock that isn't promised
        :raises AccessError: neither the lock's owner nor a manager, or another
            company's
        """
        user = self.env.user
        is_manager = self.env.su or user.has_group(MANAGER)
        # sudo: a salesperson without the addon's groups gets a sentence, too
        for lock in self.sudo():
            if not self.env.su and lock.company_id not in user.company_ids:
                raise AccessError(
                    self.env._(
                        "This rate lock belongs to a company that you don't work for: "
                        "ask a Multi-Currency manager of that company to release it."
                    )
                )
            if lock.state not in ("active", "used", "expired"):
                raise UserError(
                    self.env._(
                        "%(lock)s has nothing to release: it is not active.",
                        lock=lock.name,
                    )
                )
            if not is_manager and (lock.user_id != user or lock.state == "used"):
                raise AccessError(
                    self.env._(
                        "%(lock)s can be released by %(owner)s until the order is "
                        "confirmed, and by a Multi-Currency manager: ask one of them.",
                        lock=lock.name,
                        owner=lock.user_id.name or "–",
                    )
                )
