from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, format_list

from ...engine.rate_locks import BASIS_POINTS
from ..common.html_text import as_html

#: So many orders are named in a list; more of them are counted.
NAMED_ORDERS = 3


class FxRateLock(models.Model):
    """How people read a lock: where its rate comes from and of which day it is, how far
    it is from the market, for which orders, up to which cap, and whether somebody has
    yet to decide on it."""

    _inherit = "fx.rate.lock"

    origin_note = fields.Char(
        string="Origin",
        compute="_compute_notes",
        compute_sudo=True,  # whoever reads the lock reads who typed its rate
        help="Who typed the rate, or who published the market rate that it follows, "
        "with the day.",
    )
    market_note = fields.Char(
        string="Market when Locked",
        compute="_compute_notes",
        compute_sudo=True,  # who works in a branch needn't see its main company
        help="The market rate against which the lock was judged, who published it, and "
        "its day.",
    )
    rate_distance = fields.Char(
        string="Distance from Market",
        compute="_compute_rate_distance",
        help="How far the locked rate is from today's market.",
    )
    rate_spread = fields.Float(
        compute="_compute_rate_spread",
        digits=(16, 6),
        help="By how much the rate was moved from the market rate, in the company's "
        "favour.",
    )
    cap_note = fields.Char(
        compute="_compute_cap_note", help="What an agreement without a cap means."
    )
    cap_shown = fields.Char(string="Cap in Words", compute="_compute_cap_note")
    order_names = fields.Char(
        string="For Orders",
        compute="_compute_order_names",
        compute_sudo=True,  # by name only, as the history of the lock has them
    )
    state_shown = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("asked", "Awaiting Approval"),
            ("active", "Active"),
            ("used", "Used"),
            ("expired", "Expired"),
            ("released", "Released"),
        ],
        string="Status Shown",
        compute="_compute_state_shown",
        compute_sudo=True,  # whoever reads the lock reads whether it waits
        help="The status, which says of a draft whether a manager has yet to decide on "
        "its rate.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "typed_by",
        "typed_on",
        "source",
        "source_typist",
        "source_typed_on",
        "rate_date",
        "market_rate",
        "margin_bp",
        "currency_id",
        "company_id",
    )
    @api.depends_context("lang")
    def _compute_notes(self):
        for lock in self:
            lock.origin_note = lock._get_origin()
            lock.market_note = bool(lock.market_rate) and lock._get_market_note(
                lock.market_rate,
                lock._get_publisher(),
                lock.rate_date,
                lock.source_typist and lock.source_typed_on,
            )

    @api.depends("rate_deviation", "spot_rate", "company_id", "currency_id")
    @api.depends_context("lang")
    def _compute_rate_distance(self):
        for lock in self:
            lock.rate_distance = bool(lock.spot_rate and lock.rate) and (
                lock._format_distance(lock.rate_deviation)
            )

    @api.depends("margin_bp")
    def _compute_rate_spread(self):
        for lock in self:
            lock.rate_spread = lock.margin_bp / BASIS_POINTS

    @api.depends("kind", "amount_cap", "currency_id")
    @api.depends_context("lang")
    def _compute_cap_note(self):
        for lock in self:
            lock.cap_note = lock.cap_shown = False
            if lock.kind != "agreement":
                continue
            if lock.amount_cap:
                currency = lock.currency_id
                lock.cap_shown = bool(currency) and currency._format_amount(
                    lock.amount_cap
                )
                continue
            lock.cap_shown = self.env._("No cap")
            lock.cap_note = self.env._(
                "No cap: orders of any amount take this rate, until the last day."
            )

    @api.depends("order_ids.name")
    @api.depends_context("lang")
    def _compute_order_names(self):
        Order = self.env["sale.order"]
        # an agreement may have thousands: only those that are named are read
        ids = dict(
            Order._read_group(
                [("rate_lock_id", "in", self._origin.ids)],
                ["rate_lock_id"],
                ["id:array_agg"],
            )
        )
        for lock in self:
            found = sorted(ids.get(lock._origin, ()))
            lock.order_names = (
                format_list(self.env, Order.browse(found).mapped("name"))
                if len(found) <= NAMED_ORDERS
                else self.env._("%(count)s orders", count=len(found))
            )

    @api.depends("state", "approval_ids.state")
    def _compute_state_shown(self):
        for lock in self:
            waits = lock.state == "draft" and lock.approval_ids.filtered(
                lambda approval: approval.state == "requested"
            )
            lock.state_shown = "asked" if waits else lock.state

    def _log_activation(self):
        """Log what is unusual about an agreement that was made: that it has no cap, or
        that another one runs beside it."""
        self.ensure_one()
        told = self.with_context(lang=self.user_id.lang or self.env.lang)
        if notes := [note for note in (told.cap_note, told.overlap_note) if note]:
            # join() escapes each of them
            told.message_post(body=as_html(Markup("<br/>").join(notes)))

    # === WHERE THE RATE COMES FROM === #

    def _get_origin(self):
        """Return where the rate comes from, and of which day that is: who typed it, or
        who published the market rate that it follows."""
        self.ensure_one()
        if self.typed_on:
            return self.env._(
                "typed by %(user)s, %(date)s",
                user=self.typed_by.name or "–",
                date=format_date(self.env, self.typed_on),
            )
        if not self.source:
            return False
        origin = self.currency_id._name_with_day(
            self._get_publisher(),
            self.rate_date,
            self.source_typist and self.source_typed_on,
        )
        if not self.margin_bp:
            return origin
        return self.env._(
            "%(origin)s, moved by a spread of %(spread)s",
            origin=origin,
            spread=self.currency_id._format_percent(self.rate_spread, 2),
        )

    def _get_publisher(self):
        """Say within a sentence who published the market rate, or typed it."""
        if not self.source_typed_on:
            return self.env["fx.rate.provider"]._say_publisher(self.source)
        return self.currency_id._name_typed(
            self.rate_date, self.source_typist, self.source_typed_on
        )

    def _get_customer_origin(self):
        """Return what the customer reads of where the rate comes from, with its day:
        nothing of a spread, nor of the colleague who typed a market rate."""
        self.ensure_one()
        if self.typed_on:
            return self.env._(
                "agreed with %(user)s, %(date)s",
                user=self.typed_by.name or self.company_id.name,
                date=format_date(self.env, self.typed_on),
            )
        if not self.source:
            return False
        date = format_date(self.env, self.rate_date)
        if self.source_typed_on:
            if self.margin_bp:
                return self.env._("based on our own rate of %(date)s", date=date)
            return self.env._("our own rate of %(date)s", date=date)
        published = {"publisher": self._get_publisher(), "date": date}
        if not self.margin_bp:
            return self.env._("%(publisher)s, %(date)s", **published)
        return self.env._("based on %(publisher)s, %(date)s", **published)
