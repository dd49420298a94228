from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ...engine.quoting import shortest_quoted
from ...engine.rate_locks import (
    is_beyond,
    rate_deviation,
    rate_distance,
    tolerated_rate,
    with_margin,
)
from ..common.html_text import as_html
from ..common.remembered import remembered
from ..rates.sentences import join_sentences


class FxRateLock(models.Model):
    """The rate that is promised, from the market's or as agreed; agreements: one rate
    for a customer and currency over a period."""

    _inherit = "fx.rate.lock"

    overlap_note = fields.Char(
        compute="_compute_overlap_note",
        help="Other agreements with the customer in the currency on the same days.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "kind",
        "state",
        "partner_id",
        "currency_id",
        "company_id",
        "date_start",
        "date_end",
    )
    @api.depends_context("lang")
    def _compute_overlap_note(self):
        """Say on an agreement that another one runs at the same time: which of them an
        order takes should surprise nobody."""
        for lock in self:
            others = lock._find_overlapping()
            lock.overlap_note = bool(others) and self.env._(
                "%(customer)s has %(others)s in %(currency)s on the same days: an "
                "order takes the one with room for it that started last.",
                customer=lock.partner_id.display_name,
                others=format_list(self.env, others.mapped("name")),
                currency=lock.currency_id.name,
            )

    def _find_overlapping(self):
        """Find the active agreements beside which this one would run, or runs."""
        self.ensure_one()
        is_open = self.kind == "agreement" and self.state in ("draft", "active")
        if not (is_open and self.partner_id and self.date_start and self.date_end):
            return self.browse()
        customer = self.partner_id.commercial_partner_id
        return self.search(
            Domain("kind", "=", "agreement")
            & Domain("state", "=", "active")
            & Domain("id", "not in", self._origin.ids)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id.commercial_partner_id", "=", customer.id)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("date_start", "<=", self.date_end)
            & Domain("date_end", ">=", self.date_start)
        )

    # === THE MARKET'S RATE, AND THE PROMISED ONE === #

    @api.model
    def _prepare_quoted(self, company, currency, spot, days, quoted=None):
        """Return the values of a lock that say its rate, and the evidence for it.

        :param spot: ``Spot`` (rate: units of the currency for 1 unit of company
            currency; date; source)
        :param days: how long the lock holds
        :param quoted: (text of the rate, direction) as typed; None for the spot moved
            by the company's margin: in Odoo's direction spot / (1 − bp/10,000)
        :return: values of ``fx.rate.lock``
        """
        margin, typed = 0.0, {}
        if quoted:
            text, direction = quoted
            typed = self._prepare_typed(company)
        else:
            # sudo: whoever locks a rate gets the company's margin
            Margin = self.env["fx.rate.margin"].sudo()
            margin = Margin._find_margin(company, currency, days)
            exact, direction = shortest_quoted(spot.rate)
            text = f"{with_margin(exact, direction, margin).normalize():f}"
        return {
            "quoted_rate": text,
            "quote_direction": direction,
            "margin_bp": margin,
            **self._prepare_evidence(spot),
            **typed,
        }

    @api.model
    def _prepare_evidence(self, spot):
        """Return the values of a lock that say against which market rate it is
        judged.

        :param spot: ``Spot``
        """
        publisher = self.env["fx.rate.provider"]
        return {
            "market_rate": spot.rate,
            # what is kept is English; readers read it in theirs
            "source": publisher.with_context(lang="en_US")._say_publisher(spot.source),
            "source_typist": spot.typist,
            "source_typed_on": spot.typed_on,
            "rate_date": spot.date,
        }

    @api.model
    def _prepare_typed(self, company):
        """Return the values of a lock that say who typed its rate, and when."""
        return {"typed_by": self.env.uid, "typed_on": company._get_today()}

    @api.model
    def _with_typed(self, vals):
        """Return the values of an agreement with who typed its rate, and when."""
        company = self.env["res.company"].browse(vals["company_id"])
        return {**vals, **self._prepare_typed(company)}

    def _find_fresh_spot(self):
        """Return today's ``Spot`` of the currency.

        :raises UserError: there is none, or an old one
        """
        company, currency = self.company_id, self.currency_id
        fresh, sentences = currency._find_fresh(company, company._get_today())
        if currency.id not in fresh:
            raise UserError(
                self.env._(
                    "%(lock)s can't be promised. %(reason)s",
                    lock=self.name,
                    reason=sentences.get(currency.id, ""),
                )
            )
        return fresh[currency.id]

    def _asks_for_approval(self, rate, market, tolerance):
        """Return whether a manager is asked for a promise: its rate is further from the
        market than the company tolerates, or than the promise does, or the promise is
        to tolerate more than the company does.

        :param rate: the promised one; units of the currency for 1 unit of company
            currency
        :param market: the market's, likewise
        :param tolerance: of the promise; share of the market's rate
        """
        allowed = self.company_id.lock_tolerance
        return is_beyond(tolerance, allowed) or is_beyond(
            rate_distance(rate, market), tolerance
        )

    def _explain_typed(self, deviation):
        """Return why a typed rate, or the tolerance of its agreement, asks for
        approval.

        :param deviation: locked rate / market rate − 1; negative is unfavourable
        """
        allowed = self.company_id.lock_tolerance
        why = self.env._(
            "%(rate)s is %(distance)s (%(market)s on %(date)s). The tolerance ends at "
            "%(edge)s.",
            **self._get_judged_terms(
                self.market_rate,
                self.rate_date,
                deviation,
                min(self.tolerance, allowed),
            ),
        )
        if not is_beyond(self.tolerance, allowed):
            return why
        return self.env._(
            "%(why)s The agreement is to tolerate %(tolerance)s; the company tolerates "
            "%(allowed)s.",
            why=why,
            tolerance=self.currency_id._format_percent(self.tolerance, 2),
            allowed=self.currency_id._format_percent(allowed, 2),
        )

    def _get_judged_terms(self, market, date, deviation, tolerance):
        """Return what a sentence says about this rate beside the market's.

        :param market: rate of the market; units of the currency for 1 unit of company
            currency
        :param date: of that rate
        :param deviation: locked rate / market rate − 1
        :param tolerance: share of the market's rate
        """
        edge = tolerated_rate(market, tolerance, deviation)
        return {
            "rate": self.rate_display,
            "distance": self._format_distance(deviation),
            "market": self._format_market(market),
            "date": format_date(self.env, date),
            "edge": self._format_market(edge),
        }

    # === MAKING AN AGREEMENT === #

    def action_ask_activate(self):
        """Activate this agreement; one without a cap, or beside another one, after a
        question, once nothing else stands in its way.

        :raises AccessError, UserError: as :meth:`action_activate`
        """
        self.ensure_one()
        if self.kind != "agreement":
            return self.action_activate()
        self._check_agreeable()
        if notes := [note for note in (self.cap_note, self.overlap_note) if note]:
            question = self.env._("Activate the agreement all the same?")
            return self._ask_before(
                "action_activate", join_sentences([*notes, question])
            )
        return self.action_activate()

    def _check_agreeable(self):
        """Check everything that an agreement needs before it is made.

        :return: today's ``Spot``, by which it is judged
        :raises AccessError: the user may not write it
        :raises UserError: what is missing
        """
        self.check_access("write")
        self._check_agreement()
        self.currency_id._check_active(self.name)
        return self._find_fresh_spot()

    def _agree(self):
        """Make this agreement, or ask a manager for it.

        :return: the ``fx.rate.approval`` that is asked for, or none
        """
        spot = self._check_agreeable()
        # sudo: evidence and state are closed to writes by hand
        agreement = self.sudo()
        days = self.company_id.lock_invoice_days
        agreement._write_guarded(
            {
                **self._prepare_evidence(spot),
                "invoice_by": self.invoice_by
                or fields.Date.add(self.date_end, days=days),
            }
        )
        deviation = rate_deviation(self.rate, spot.rate)
        asks = agreement._asks_for_approval(self.rate, spot.rate, self.tolerance)
        if not asks or agreement._is_rate_approved():
            agreement._activate()
            return self.env["fx.rate.approval"]
        return self.env["fx.rate.approval"]._request(
            "rate",
            lock=self,
            explain=lambda asked: asked.lock_id._explain_typed(deviation),
        )

    def _is_rate_approved(self):
        """Return whether a manager approved the rate of this lock."""
        return bool(
            self.env["fx.rate.approval"].search_count(
                [
                    ("kind", "=", "rate"),
                    ("lock_id", "=", self.id),
                    ("state", "=", "approved"),
                ]
            )
        )

    def _check_agreement(self):
        """Check that this is a draft of an agreement that can be made.

        :raises UserError: no draft, the company's own currency, over already, a cap
            below zero, or a tolerance that tolerates everything
        """
        if self.kind != "agreement" or self.state != "draft":
            raise UserError(
                self.env._("%(lock)s isn't a draft of an agreement.", lock=self.name)
            )
        # what is typed is checked there; this is what came in by another door
        if self.currency_id.compare_amounts(self.amount_cap, 0) < 0:
            raise UserError(
                self.env._(
                    "The cap of %(lock)s is below zero: enter the most that orders may "
                    "draw, or nothing for an agreement without a cap.",
                    lock=self.name,
                )
            )
        if not 0 <= self.tolerance <= 1:
            raise UserError(
                self.env._(
                    "The tolerance of %(lock)s is a share of the market rate: enter "
                    "0%% or more, and 100%% at most.",
                    lock=self.name,
                )
            )
        if self.currency_id == self.company_currency_id:
            raise UserError(
                self.env._(
                    "%(currency)s is the company's own currency: there is no rate to "
                    "agree on.",
                    currency=self.currency_id.name,
                )
            )
        self._check_agreed_days()

    def _check_agreed_days(self):
        """Check the days of this draft of an agreement.

        :raises UserError: over already, or to be invoiced before it starts
        """
        if self.date_end < self.company_id._get_today():
            raise UserError(
                self.env._("%(lock)s is over already: set a later end.", lock=self.name)
            )
        if self.invoice_by and self.invoice_by < self.date_start:
            raise UserError(
                self.env._(
                    "%(lock)s is to be invoiced by %(day)s, before it starts: set a "
                    "later day.",
                    lock=self.name,
                    day=format_date(self.env, self.invoice_by),
                )
            )

    def _notify_owner(self, say):
        """Note something about this agreement, and ask its owner to look at it.

        :param say: function of this agreement in the owner's language → sentence
        """
        self.ensure_one()
        owner = self.user_id if self.user_id.active else self.env.user
        localized = self.with_context(lang=owner.lang)
        body = say(localized)
        localized.message_post(body=as_html(body))
        localized.activity_schedule(
            "mail.mail_activity_data_todo", note=as_html(body), user_id=owner.id
        )

    # === FINDING AN AGREEMENT === #

    @api.model
    def _forget_agreements(self):
        """Let the next order ask anew which customers have agreements."""
        if "agreement" in self.mapped("kind"):
            self.env["res.company"]._forget_remembered()

    @api.model
    @remembered()
    def _is_agreed(self):
        """Return whether any company has a running agreement: asked where not even the
        companies are to be read."""
        # sudo: as _get_agreed_pairs
        domain = [("kind", "=", "agreement"), ("state", "=", "active")]
        return bool(self.sudo().search_count(domain, limit=1))

    @api.model
    @remembered("company_id")
    def _get_agreed_pairs(self, company_id):
        """Return which customers have an agreement, so that orders of the others cost
        no query.

        :return: frozenset of (id of the commercial partner, id of the currency)
        """
        # sudo: orders of people without the addon's groups take agreements, too
        agreements = self.sudo().search_fetch(
            [
                ("kind", "=", "agreement"),
                ("state", "=", "active"),
                ("company_id", "=", company_id),
            ],
            ["partner_id", "currency_id"],
        )
        return frozenset(
            (agreement.partner_id.id, agreement.currency_id.id)
            for agreement in agreements
        )

    @api.model
    def _find_running(self, company, partner, currency):
        """Find the running agreements with a customer, with room or without.

        :param company: ``res.company`` of the order, to which agreements of those above
            it are promised, too
        :param partner: the customer, or a contact of it
        :return: ``fx.rate.lock``, with sudo, the one that started last first
        """
        if not self._is_agreed():
            return self.browse()
        pair = (partner.commercial_partner_id.id, currency.id)
        # sudo: who works in a branch needn't see its main company
        companies = company.sudo().parent_ids.filtered(
            lambda above: pair in self._get_agreed_pairs(above.id)
        )
        if not companies:
            return self.browse()
        today = company._get_today()
        domain = Domain("kind", "=", "agreement") & Domain("state", "=", "active")
        domain &= Domain("company_id", "in", companies.ids)
        domain &= Domain("partner_id", "=", pair[0])
        domain &= Domain("currency_id", "=", currency.id)
        domain &= Domain("date_start", "<=", today) & Domain("date_end", ">=", today)
        # sudo: salespeople without the addon's groups have agreements, too
        return self.sudo().search(domain, order="date_start desc, id desc")

    def _choose_roomy(self, amount):
        """Choose the agreement that an order takes: of those with room for it the one
        that started last, else of those with any room.

        :param amount: of the order, in their currency; 0 where it is not known yet
        :return: one of these, or none
        """
        roomy = self._filter_roomy(amount)
        if not roomy and any(lock._drop_stale_reservations() for lock in self):
            roomy = self._filter_roomy(amount)
        return roomy[:1]

    def _choose_sole(self):
        """Choose the agreement that an order takes whatever it comes to: the only one
        of these, if it has any room.

        :return: that one, or none
        """
        return self._filter_roomy(0.0) if len(self) == 1 else self.browse()

    def _filter_roomy(self, amount):
        """Keep the agreements with room for an amount, else those with any."""
        roomy = self.filtered(lambda lock: lock._has_room())
        return roomy.filtered(lambda lock: lock._has_room(amount)) or roomy
