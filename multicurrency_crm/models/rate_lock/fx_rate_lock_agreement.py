from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine.quoting import shortest_quoted
from ...engine.rate_locks import rate_deviation
from ..common.guarded_mixin import is_open
from .fx_rate_lock import TERMS

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
    """An agreement: one rate for a customer and currency over a period."""

    _inherit = "fx.rate.lock"

    note = fields.Html(help="What was agreed besides.")

    _agreement_keys = models.Index(
        "(company_id, partner_id, currency_id) WHERE kind = 'agreement'"
    )

    # === WHO WRITES WHAT === #

    @api.model_create_multi
    def create(self, vals_list):
        if not is_open(self):
            for vals in vals_list:
                self._check_by_hand(vals, vals.get("kind"))
        locks = super().create([self._with_agreed(vals) for vals in vals_list])
        locks._forget_agreements()
        return locks

    def write(self, vals):
        if not is_open(self):
            for lock in self:
                self._check_by_hand(vals, lock.kind)
            if any(lock.state != "draft" for lock in self) and not (
                vals.keys() <= {"note"}
            ):
                raise UserError(
                    self.env._(
                        "What was promised doesn't change: extend or release the rate "
                        "lock."
                    )
                )
        asked = self.browse()
        if not is_open(self):
            asked = self.filtered(
                lambda lock: any(
                    lock._differs_from(name, vals[name]) for name in TERMS & vals.keys()
                )
            )
        result = super().write(vals)
        # sudo: whoever may change what a manager is asked about ends the request by it
        asked.sudo().approval_ids._withdraw(
            self.env._("Changed after it was asked for.")
        )
        if {"state", "date_end"} & vals.keys():
            self._forget_agreements()
        return result

    @api.model
    def _check_by_hand(self, vals, kind):
        """People fill in the terms of an agreement; the rest is written by what
        happens to it, and to its orders."""
        if kind != "agreement" or vals.keys() - AGREED:
            raise AccessError(
                self.env._(
                    "A rate lock is made by Lock Rate on a quotation; only the terms "
                    "of a rate agreement are filled in by hand."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_agreements_only(self):
        if not self.env.su:
            for lock in self:
                self._check_by_hand({}, lock.kind)

    @api.model
    def _with_agreed(self, vals):
        """Complete what the maker of an agreement left open."""
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

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if values.get("kind") == "agreement":
            company = self.env.company
            values.setdefault("company_id", company.id)
            values.setdefault("date_start", company._get_today())
            values.setdefault("tolerance", company.lock_tolerance)
        return values

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """The customer's currency, where none is chosen and it is a foreign one."""
        if self.kind != "agreement" or self.currency_id:
            return
        company = self.company_id or self.env.company
        preferred = self.partner_id._get_preferred_currency(company)
        self.currency_id = preferred - company.currency_id

    # === MAKING === #

    def action_activate(self):
        """Make the promise. An agreement notes its evidence first, and asks a manager
        where its rate is further from the market than its tolerance.

        :raises UserError: no fresh rate to compare with, or a currency that needs none
        """
        agreements = self.filtered(lambda lock: lock.kind == "agreement")
        others = self - agreements
        result = super(FxRateLock, others).action_activate() if others else None
        # sudo: whoever asks may not read what is asked
        asked = self.env["fx.rate.approval"].sudo()
        for agreement in agreements:
            asked |= agreement._agree()
        return asked._get_answer(asked._get_asked_notification() if asked else result)

    def _agree(self):
        """:return: the ``fx.rate.approval`` that is asked for, or none"""
        self.check_access("write")
        self._check_agreement()
        spot = self._find_fresh_spot()
        # sudo: evidence and state are closed to writes by hand
        agreement = self.sudo()
        days = self.company_id.lock_invoice_days
        agreement._write_guarded(
            {
                "market_rate": spot.rate,
                "source": spot.source,
                "rate_date": spot.date,
                "invoice_by": self.invoice_by
                or fields.Date.add(self.date_end, days=days),
            }
        )
        deviation = rate_deviation(self.rate, spot.rate)
        if abs(deviation) <= self.tolerance or agreement._is_rate_approved():
            agreement._activate()
            return self.env["fx.rate.approval"]
        explanation = self._explain_typed(deviation)
        return self.env["fx.rate.approval"]._request(
            "rate", lock=self, explanation=explanation
        )

    def _is_rate_approved(self):
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
        if self.kind != "agreement" or self.state != "draft":
            raise UserError(
                self.env._("%(lock)s is no draft of an agreement.", lock=self.name)
            )
        if self.currency_id == self.company_currency_id:
            raise UserError(
                self.env._(
                    "%(currency)s is the company's own currency: there is no rate to "
                    "agree on.",
                    currency=self.currency_id.name,
                )
            )
        if self.date_end < self.company_id._get_today():
            raise UserError(
                self.env._("%(lock)s is over already: set a later end.", lock=self.name)
            )

    def _find_fresh_spot(self):
        """Today's ``Spot`` of the currency; a sentence where there is none."""
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

    def _explain_typed(self, deviation):
        """Why a typed rate asks for approval.

        :param deviation: locked rate / market rate − 1; negative is against us
        """
        return self.env._(
            "%(rate)s is %(deviation)s %% away from the market rate of %(date)s; "
            "%(tolerance)s %% are tolerated.",
            rate=self.rate_display,
            deviation=f"{deviation * 100:+.2f}",
            date=format_date(self.env, self.rate_date),
            tolerance=f"{self.tolerance * 100:.2f}",
        )

    def _tell_owner(self, body):
        """Say something about this agreement, and ask its owner to look at it."""
        self.ensure_one()
        self.message_post(body=body)
        owner = self.user_id if self.user_id.active else self.env.user
        self.activity_schedule(
            "mail.mail_activity_data_todo", note=body, user_id=owner.id
        )

    # === FINDING === #

    @api.model
    def _forget_agreements(self):
        if "agreement" in self.mapped("kind"):
            self.env.registry.clear_cache()

    @api.model
    @tools.ormcache("company_id")
    def _get_agreed_pairs(self, company_id):
        """Which customers have an agreement, so that orders of the others ask nothing.

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
    def _find_running(self, company, partner, currency, amount=0.0):
        """The agreement that an order takes: of those with room for it the one that
        started last, else the one of those with any room.

        :param company: ``res.company`` of the order, to which agreements of those
            above it are promised, too
        :param partner: the customer, or a contact of it
        :param amount: of the order, in ``currency``; 0 where it is not known yet
        :return: one ``fx.rate.lock``, with sudo, or none
        """
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
        found = self.sudo().search(domain, order="date_start desc, id desc")
        roomy = found.filtered(lambda lock: lock._has_room())
        return roomy.filtered(lambda lock: lock._has_room(amount))[:1] or roomy[:1]
