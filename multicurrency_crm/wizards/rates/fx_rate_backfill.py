import base64
import datetime
import hashlib
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.booking_plan import find_fates
from ...engine.rates import RateError, as_decimal, is_same_rate, quoted_from_rate
from ...models.rates.fx_rate_provider_fetching import Attempt
from ...models.rates.fx_rate_provider_schedule import REQUESTS_AT_ONCE
from ...models.rates.fx_rate_provider_storing import Evidence
from ...providers import registry
from ...providers.errors import ProviderError
from .stored_quotes import Brought, dump, load

#: lines that a person may still read through
MOST_LINES = 200
#: digits that are shown of a rate; what a sum of floats loses is far beyond
SHOWN_DIGITS = 8
#: what is looked at first
FATES = ("held", "replaced", "differing", "typed")


class FxRateBackfill(models.TransientModel):
    """Rates of past days, from a publisher or from a file that a person brings.

    What would become of them is shown first. Writing plans anew from the quotes that
    the server has kept, so nothing that a browser sends reaches the books.
    """

    _name = "fx.rate.backfill"
    _description = "Load Rates"

    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider", required=True, ondelete="cascade"
    )
    online = fields.Boolean(related="provider_id.online")
    origin = fields.Selection(
        selection=[("backfill", "Ask the publisher"), ("file", "Upload a file")],
        string="Taken From",
        compute="_compute_origin",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_from = fields.Date(
        string="First Day", help="For a file: empty, if all days that it holds."
    )
    date_to = fields.Date(
        string="Last Day", help="For a file: empty, if all days that it holds."
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    template = fields.Binary(
        string="Example to Fill In", compute="_compute_template", compute_sudo=False
    )
    template_name = fields.Char(compute="_compute_template")
    currency_ids = fields.Many2many(
        comodel_name="res.currency",
        string="Currencies",
        help="Leave the others out. Empty: all that the provider is to bring.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Into the Books of",
        compute="_compute_company_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', allowed_company_ids)]",
        help="A branch uses the rates of its main company.",
    )
    state = fields.Selection(
        selection=[("choice", "Choose"), ("preview", "Preview")],
        default="choice",
        readonly=True,
    )
    # what was downloaded: read and written by the server alone
    download = fields.Binary(attachment=False, groups=fields.NO_ACCESS)
    download_hash = fields.Char(groups=fields.NO_ACCESS)
    downloaded_at = fields.Datetime(groups=fields.NO_ACCESS)
    summary_ids = fields.One2many("fx.rate.backfill.summary", "backfill_id")
    line_ids = fields.One2many("fx.rate.backfill.line", "backfill_id")
    hidden_count = fields.Integer(readonly=True)
    notes = fields.Text(readonly=True)
    has_work = fields.Boolean(readonly=True)
    headline = fields.Char(compute="_compute_headline")

    # === COMPUTE METHODS === #

    @api.depends("provider_id")
    def _compute_origin(self):
        for wizard in self:
            wizard.origin = "backfill" if wizard.provider_id.online else "file"

    @api.depends("provider_id")
    def _compute_template(self):
        for wizard in self:
            adapter = registry.find(wizard.provider_id.service)
            template = getattr(adapter, "template_csv", None)
            wizard.template = template and base64.b64encode(template())
            wizard.template_name = template and f"{adapter.code}.csv"

    @api.depends("provider_id")
    def _compute_company_ids(self):
        mine = self.env.companies
        for wizard in self:
            provider = wizard.provider_id
            served = provider._get_served_companies() if provider else mine.browse()
            # sudo: the user of a branch may not read its root
            chosen = mine.filtered(lambda c, s=served: c.sudo().root_id in s)
            wizard.company_ids = chosen or self.env.company

    @api.depends("summary_ids")
    def _compute_headline(self):
        for wizard in self:
            rows = wizard.summary_ids
            new = sum(rows.mapped("new"))
            corrected = sum(rows.mapped("differing"))
            held = sum(rows.mapped("held"))
            wizard.headline = (
                self.env._(
                    "New: %(new)s. Corrected: %(corrected)s. Held back until somebody "
                    "decides: %(held)s.",
                    new=new,
                    corrected=corrected,
                    held=held,
                )
                if wizard.has_work
                else self.env._("The books hold all of this already.")
            )

    # === ACTIONS === #

    def action_preview(self):
        """Bring the quotes, and show what would become of them; nothing is written.

        :raises AccessError: the user isn't in the Finance group
        :raises UserError: nothing came, or nothing that can be read
        """
        self.ensure_one()
        self.provider_id._check_may_fetch()
        if self.origin == "backfill":
            self._download()
        self._show(
            [
                (company, brought, self._plan(company, brought))
                for company, brought in self._bring()
            ]
        )
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Choose other days, currencies or companies."""
        self.state = "choice"
        return self._reopen()

    def action_write(self):
        """Write what was shown: all of it, or after an error nothing.

        :raises AccessError, UserError: as :meth:`action_preview`
        """
        self.ensure_one()
        self.provider_id._check_may_fetch()
        started = fields.Datetime.now()
        # sudo: finance brings rates in, but changes no provider and no rate by hand
        provider = self.provider_id.sudo()._lock()
        if not provider:
            raise UserError(
                self.env._(
                    "%(provider)s is being fetched at this moment: wait for it.",
                    provider=self.provider_id.name,
                )
            )
        runs = self.env["fx.rate.run"].sudo()
        for company, brought in self._bring():
            attempt = self._get_attempt(brought, started)
            plan = self._plan(company, brought)
            stored = provider._write_plan(company, plan, attempt.evidence)
            outcome = provider._prepare_outcome_vals(stored, attempt)
            runs += provider._create_run(company, attempt, outcome)
        # past days and single currencies don't say whether the newest rates came
        if self.origin == "file" and not self.currency_ids:
            provider._conclude(runs, attempt)
        action = runs._get_notification()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Load Rates"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }

    # === QUOTES === #

    def _bring(self):
        """Return the quotes of the days chosen, for each main company.

        :return: list of (company, :class:`~.stored_quotes.Brought`)
        :raises UserError: there are none
        """
        stored = {}
        result = []
        for company in self._get_roots():
            base = company.currency_id.name if self.origin == "file" else None
            if base not in stored:
                brought = self._read_file(base) if base else self._read_download()
                stored[base] = self._limit(brought)
            result.append((company, stored[base]))
        return result

    def _limit(self, brought):
        """Leave out days that were not chosen.

        :raises UserError: none is left, or none of the kind wanted
        """
        first = self.date_from or datetime.date.min
        last = self.date_to or datetime.date.max
        quotes = [quote for quote in brought.quotes if first <= quote.date <= last]
        refused = [quote for quote in brought.refused if first <= quote.date <= last]
        if not quotes and not refused:
            raise UserError(self.env._("There is no rate for these days: choose more."))
        kind = self.provider_id.rate_kind
        if not refused and not any(quote.kind == kind for quote in quotes):
            field = self.provider_id._fields["rate_kind"]
            names = dict(field._description_selection(self.env))
            raise UserError(
                self.env._(
                    "There are rates of these kinds only: %(kinds)s. %(provider)s is "
                    "set to take another: %(kind)s.",
                    kinds=format_list(
                        self.env, sorted({names[quote.kind] for quote in quotes})
                    ),
                    provider=self.provider_id.name,
                    kind=names[kind],
                )
            )
        return brought._replace(quotes=quotes, refused=refused)

    def _get_payload(self):
        return base64.b64decode(self.file or b"")

    def _read_file(self, base):
        """Read the quotes of the file.

        :param base: code of the currency of rows that name none
        :raises UserError: not the provider's file, a damaged one, one too large
        """
        try:
            adapter = registry.get(self.provider_id.service)
        except ProviderError as error:
            raise UserError(self.provider_id._sentence(error)) from error
        payload = self._get_payload()
        if not payload:
            raise UserError(self.env._("Choose a file with rates first."))
        if len(payload) > adapter.max_bytes:
            raise UserError(
                self.env._(
                    "The file has more than %(size)s MB, which no file of %(provider)s "
                    "has: choose another.",
                    size=adapter.max_bytes // 1024**2,
                    provider=self.env._(adapter.name),
                )
            )
        refused = []
        try:
            quotes = adapter.parse(payload, base=base, refused=refused)
        except (ProviderError, RateError) as error:
            raise UserError(self.provider_id._sentence(error)) from error
        return Brought(quotes, refused)

    def _download(self):
        """Ask the publisher for the days chosen, and keep what it says.

        :raises UserError: no days, too many, or the publisher doesn't give them
        """
        # sudo: nobody but the server may write what was downloaded
        kept = self.sudo()
        self._check_period()
        period = (self.date_from, self.date_to)
        try:
            download = kept.provider_id._download(*period)
        except (ProviderError, RateError) as error:
            raise UserError(self.provider_id._sentence(error)) from error
        confirming, notes = kept.provider_id._download_confirming(period)
        brought = Brought(download.quotes, download.refused, confirming, notes)
        kept.download = base64.b64encode(dump(brought))
        kept.download_hash = download.payload_hash
        kept.downloaded_at = download.received_at

    def _read_download(self):
        # sudo: nobody but the server reads it
        stored = self.sudo().download
        if not stored:
            raise UserError(
                self.env._("Nothing was asked for yet: look at the preview first.")
            )
        return load(base64.b64decode(stored))

    def _check_period(self):
        """Check that a person needn't wait too long for the period.

        :raises UserError: no period, or too many requests
        """
        if not self.date_from or not self.date_to or self.date_from > self.date_to:
            raise UserError(
                self.env._("Choose a first day and a last day that is not before it.")
            )
        try:
            adapter = registry.get(self.provider_id.service)
        except ProviderError as error:
            raise UserError(self.provider_id._sentence(error)) from error
        most = adapter.longest_range and adapter.longest_range * REQUESTS_AT_ONCE
        if most and (self.date_to - self.date_from).days >= most:
            raise UserError(
                self.env._(
                    "%(provider)s gives few days at a time: load at most %(days)s days "
                    "in one go.",
                    provider=self.provider_id.name,
                    days=most,
                )
            )

    # === PLANS === #

    def _get_roots(self):
        """Return the main companies whose books are written, with sudo.

        :raises UserError: none of those that the user has switched on is chosen
        """
        companies = self.company_ids & self.env.companies
        if not companies:
            raise UserError(
                self.env._("Choose the companies that are to receive the rates.")
            )
        # sudo: a branch's user may not read its main company
        return companies.sudo().root_id

    def _plan(self, company, brought):
        """Plan what would become of the quotes in one company's books.

        :return: :class:`~..engine.booking_plan.Plan`
        :raises UserError: the company's currency is not among them
        """
        # sudo: a plan reads holds and providers of all companies
        provider = self.provider_id.sudo()
        try:
            return provider._plan_for(
                company,
                brought.quotes,
                refused=brought.refused,
                confirming=brought.confirming,
                currencies=self.currency_ids or None,
            )
        except RateError as error:
            raise UserError(provider._sentence(error)) from error

    def _get_attempt(self, brought, started):
        """Return what the log says of it, and the evidence that each rate keeps."""
        days = [quote.date for quote in (*brought.quotes, *brought.refused)]
        if self.origin == "file":
            digest = hashlib.sha256(self._get_payload()).hexdigest()
            evidence = Evidence(started, digest)
        else:
            # sudo: nobody but the server reads it
            kept = self.sudo()
            evidence = Evidence(kept.downloaded_at, kept.download_hash)
        return Attempt(
            self.origin,
            started,
            (min(days), max(days)),
            brought.quotes,
            brought.refused,
            evidence=evidence,
            notes=brought.notes,
        )

    # === PREVIEW === #

    def _show(self, plans):
        """Fill the preview.

        :param plans: list of (company, Brought, Plan)
        """
        self.ensure_one()
        summaries, lines, notes = [], [], []
        has_work = False
        for company, brought, plan in plans:
            fates = find_fates(plan, self.provider_id.id)
            summaries += self._prepare_summaries(company, fates, plan)
            lines += self._find_lines(company, fates, plan)
            notes += [*brought.notes, *self._get_notes(plan)]
            has_work |= bool(plan.held) or any(
                fate in ("new", "differing", "replaced", "aside")
                for fate, _row in fates.values()
            )
        lines.sort(key=lambda line: line["date"], reverse=True)
        lines.sort(key=lambda line: FATES.index(line["fate"]))
        self.summary_ids.unlink()
        self.line_ids.unlink()
        self.write(
            {
                "hidden_count": max(len(lines) - MOST_LINES, 0),
                "notes": "\n".join(dict.fromkeys(notes)),
                "has_work": has_work,
            }
        )
        self.summary_ids = self.summary_ids.create(summaries)
        self.line_ids = self.line_ids.create(
            [self._prepare_line_vals(line) for line in lines[:MOST_LINES]]
        )

    def _prepare_summaries(self, company, fates, plan):
        """Prepare one row a currency of the values that the preview counts.

        :param fates: as ``find_fates`` gives
        """
        counts = Counter((cid, fate) for (cid, _day), (fate, _row) in fates.items())
        held = Counter(one.row.currency_id for one in plan.held)
        days = {}
        for currency_id, day in (
            *fates,
            *((one.row.currency_id, one.row.day) for one in plan.held),
        ):
            days.setdefault(currency_id, []).append(day)
        return [
            {
                "backfill_id": self.id,
                "company_id": company.id,
                "currency_id": currency_id,
                "first_day": min(of_currency),
                "last_day": max(of_currency),
                "held": held[currency_id],
                "differing": counts[currency_id, "differing"]
                + counts[currency_id, "replaced"],
                **{
                    fate: counts[currency_id, fate]
                    for fate in ("new", "same", "typed", "aside")
                },
            }
            for currency_id, of_currency in sorted(days.items())
        ]

    def _find_lines(self, company, fates, plan):
        """Find what a person should look at.

        :param fates: as ``find_fates`` gives
        :return: list of dicts that :meth:`_prepare_line_vals` takes
        """
        lines = [
            {
                "company": company,
                "currency_id": currency_id,
                "date": day,
                "fate": fate,
                "published": float(row.rate),
                "there": plan.there[currency_id][day],
            }
            for (currency_id, day), (fate, row) in fates.items()
            if fate in FATES
            and not is_same_rate(float(row.rate), plan.there[currency_id][day].rate)
        ]
        lines += [
            {
                "company": company,
                "currency_id": one.row.currency_id,
                "date": one.row.day,
                "fate": "held",
                "published": float(one.row.rate),
                "there": plan.there.get(one.row.currency_id, {}).get(one.row.day),
                "hold": one,
            }
            for one in plan.held
        ]
        return lines

    def _prepare_line_vals(self, line):
        """Prepare a line: rates as company currency for 1 unit, and why."""
        company, there = line["company"], line["there"]
        booked, published = there.rate if there else 0.0, line["published"]
        reason = ""
        if line["fate"] == "held":
            vals = self.provider_id._prepare_hold_vals(company, line["hold"])
            # sudo: nobody may make a held rate; this one is never saved
            hold = self.env["fx.rate.hold"].sudo().new(vals)
            reason = hold.explanation
        elif line["fate"] == "replaced":
            # sudo: only the name, of a provider that others may have chosen
            other = self.env["fx.rate.provider"].sudo().browse(there.provider_id)
            reason = self.env._("Takes the place of %(provider)s.", provider=other.name)
        return {
            "backfill_id": self.id,
            "company_id": company.id,
            "currency_id": line["currency_id"],
            "date": line["date"],
            "fate": line["fate"],
            "booked": self._format_rate(booked, company),
            "published": self._format_rate(published, company),
            "difference": booked / published - 1 if booked > 0 < published else 0.0,
            "reason": reason,
        }

    @staticmethod
    def _format_rate(rate, company):
        """Format ``7.1234 CNY``, or nothing where there is no rate."""
        if not rate > 0:
            return ""
        figure = quoted_from_rate(as_decimal(rate), "company_per_unit", SHOWN_DIGITS)
        return f"{figure:f} {company.currency_id.name}"

    def _get_notes(self, plan):
        """Return sentences on what isn't counted by currency."""
        notes = []
        if plan.missing:
            notes.append(
                self.env._(
                    "Not published here: %(currencies)s.",
                    currencies=format_list(self.env, list(plan.missing)),
                )
            )
        if plan.skipped:
            notes.append(
                self.env._(
                    "No longer in use: %(currencies)s.",
                    currencies=format_list(self.env, list(plan.skipped)),
                )
            )
        if plan.dropped:
            notes.append(
                self.env._(
                    "Rates of other providers that are kept aside from now on: "
                    "%(count)s.",
                    count=len(plan.dropped),
                )
            )
        return notes
