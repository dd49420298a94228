from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models

from ...engine.rate_locks import rate_deviation
from ...engine.rates import RateError, parse_quoted, rate_from_quoted
from ...models.common.typed_number_mixin import DAYS, LATER_DAYS


class FxRateLockExtend(models.TransientModel):
    _name = "fx.rate.lock.extend"
    _description = "Extension of a Rate Lock"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    lock_id = fields.Many2one("fx.rate.lock", required=True, readonly=True)
    kind = fields.Selection(related="lock_id.kind")
    is_ordered = fields.Boolean(compute="_compute_is_ordered")
    rate_display = fields.Char(related="lock_id.rate_display")
    end_before = fields.Date(string="Ends on", related="lock_id.date_end")
    invoice_by_before = fields.Date(
        string="To be Invoiced by", related="lock_id.invoice_by"
    )
    rate_choice = fields.Selection(
        selection=[
            ("same", "The promised rate"),
            ("spot", "Today's rate"),
            ("typed", "Another rate"),
        ],
        string="Rate",
        default="same",
        required=True,
        help="A promised rate never changes: another one is a new lock in its place.",
    )
    quoted_rate = fields.Char(string="Your Rate")
    quote_direction = fields.Selection(
        selection=lambda self: (
            self.env["fx.rate.lock"]
            ._fields["quote_direction"]
            ._description_selection(self.env)
        ),
        default="company_per_unit",
        string="Quoted as",
    )
    date_end = fields.Date(
        string="Holds until",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        bounds=DAYS,
    )
    invoice_by = fields.Date(
        string="Invoice by",
        compute="_compute_invoice_by",
        store=True,
        readonly=False,
        bounds=LATER_DAYS,
        help="Later than the company's days after the end is asked of a manager.",
    )
    pricing = fields.Selection(
        selection=[
            ("keep", "Keep the prices as they are"),
            ("reprice", "Convert list prices again at the new rate"),
        ],
        string="Prices",
        default="keep",
        required=True,
        help="Prices that somebody typed, or that the customer accepted, stay as they "
        "are in both cases.",
    )
    reason = fields.Char()
    market_display = fields.Char(
        string="Market Rate Today", compute="_compute_terms", compute_sudo=True
    )
    new_display = fields.Char(
        string="New Rate", compute="_compute_terms", compute_sudo=True
    )
    rate_distance = fields.Char(
        string="Distance from Market", compute="_compute_terms", compute_sudo=True
    )
    rate_deviation = fields.Float(
        string="Rate Advantage",
        compute="_compute_terms",
        compute_sudo=True,
        help="What the promise is worth beside today's market, as a share of it: "
        "negative is unfavourable for the company.",
    )
    needs_approval = fields.Boolean(compute="_compute_terms", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("lock_id")
    def _compute_is_ordered(self):
        """Of what is ordered only the day to invoice moves."""
        for wizard in self:
            lock = wizard.lock_id
            wizard.is_ordered = lock.kind == "order" and lock.state == "used"

    @api.depends("lock_id")
    def _compute_date_end(self):
        for wizard in self:
            company = wizard.lock_id.company_id
            latest = company and max(
                wizard.lock_id.date_end, wizard.lock_id.company_id._get_today()
            )
            wizard.date_end = company and latest + timedelta(days=company.lock_days)

    @api.depends("lock_id", "date_end", "rate_choice")
    def _compute_invoice_by(self):
        for wizard in self:
            lock = wizard.lock_id
            start = wizard.date_end
            if lock and wizard.is_ordered:
                start = lock.company_id._get_today()
            limit = start and lock and lock._get_invoice_limit(start)
            wizard.invoice_by = limit and max(lock.invoice_by or limit, limit)

    @api.depends("lock_id", "date_end", "rate_choice", "quoted_rate", "quote_direction")
    @api.depends_context("lang")
    def _compute_terms(self):
        for wizard in self:
            wizard.update(wizard._get_terms())

    def _get_terms(self):
        """Return what ``action_extend`` would promise, and whether it asks a
        manager."""
        lock, company = self.lock_id, self.lock_id.company_id
        terms = dict.fromkeys(
            ("market_display", "new_display", "rate_distance", "needs_approval")
        )
        terms["rate_deviation"] = 0.0
        if not lock or not lock.spot_rate:
            return terms
        market = lock.spot_rate
        terms["market_display"] = lock.spot_note
        new = self._get_new_rate()
        if not new:
            return terms
        quoted, direction = new
        rate = float(rate_from_quoted(quoted, direction))
        deviation = rate_deviation(rate, market)
        judged = self.rate_choice == "typed" or lock.kind == "agreement"
        if self.rate_choice == "same":
            beyond = lock._is_too_unfavourable(market)
        else:
            agreed = lock.kind == "agreement"
            tolerance = lock.tolerance if agreed else company.lock_tolerance
            beyond = judged and lock._asks_for_approval(rate, market, tolerance)
        terms["new_display"] = lock._get_quoted_equation(quoted, direction)
        terms["rate_distance"] = lock._format_distance(deviation)
        return {**terms, "rate_deviation": deviation, "needs_approval": beyond}

    def _get_new_rate(self):
        """Return the rate that is chosen.

        :return: (Decimal, direction), or None where it isn't typed to the end
        """
        lock, today = self.lock_id, self.lock_id.company_id._get_today()
        if self.rate_choice == "same":
            return Decimal(lock.quoted_rate), lock.quote_direction
        text, direction = self.quoted_rate, self.quote_direction
        if self.rate_choice == "spot":
            spot = lock.currency_id._find_spot(lock.company_id, today)[
                lock.currency_id.id
            ]
            days = ((self.date_end or today) - today).days
            values = lock._prepare_quoted(lock.company_id, lock.currency_id, spot, days)
            text, direction = values["quoted_rate"], values["quote_direction"]
        try:
            return parse_quoted(text or ""), direction
        except RateError:
            return None

    # === ACTIONS === #

    def action_extend(self):
        """Extend, supersede, or ask a manager; rights and terms are checked there.

        :return: an action: close, or the approval that was asked for
        """
        self.ensure_one()
        lock = self.lock_id
        if self.is_ordered:
            lock._check_may_prolong(("used",))
            asked = lock._request_invoicing(self.invoice_by, self.reason)
        elif self.rate_choice == "same":
            asked = lock._extend(self.date_end, self.reason, self.invoice_by)
        else:
            new, asked = self._supersede()
            if lock.kind == "agreement" and new.state == "active":
                return asked._get_answer(new._get_form_action())
        return self._get_answer(asked)

    def _supersede(self):
        """Put another lock in the place of this one.

        :return: (the new ``fx.rate.lock``, what was asked about it)
        """
        quoted = None
        if self.rate_choice == "typed":
            quoted = self.quoted_rate or "", self.quote_direction
        new = self.lock_id._supersede(
            self.date_end, self.reason, quoted, self.pricing == "reprice"
        )
        # sudo: the new lock and its request are the addon's own
        asked = new.sudo().approval_ids.sudo(self.env.su)
        # sudo: the new lock and its request are the addon's own
        limit = new.sudo()._get_invoice_limit(self.date_end)
        if self.invoice_by and self.invoice_by > limit:
            asked |= new._request_invoicing(self.invoice_by, self.reason)
        return new, asked

    def _get_answer(self, asked):
        """Return the action that closes the dialog, and notifies where nothing holds
        before a manager decided."""
        close = {"type": "ir.actions.act_window_close"}
        if not asked:
            return close
        notification = {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "A manager was asked to approve it; until then what was promised "
                    "holds."
                ),
                "next": close,
            },
        }
        # sudo: whoever asks may not read what is asked
        return asked.sudo()._get_answer(notification)
