import base64
import datetime
import hashlib

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from ...engine.rates import FIRST_DAY, LAST_DAY, RateError, is_rate_day
from ...models.rates.fx_rate_provider_fetching import Attempt
from ...models.rates.fx_rate_provider_schedule import REQUESTS_AT_ONCE
from ...models.rates.fx_rate_provider_storing import Evidence
from ...providers import registry
from ...providers.errors import DirectionOpen, ProviderError
from ...providers.sheet_layout import LANGUAGES, LAYOUTS
from .stored_quotes import Brought, dump, load


class FxRateBackfill(models.TransientModel):
    """Rates of past days, from a publisher or from a file that a person brings.

    What would become of them is shown first. Writing plans anew from the quotes that
    the server has kept, so nothing that a browser sends reaches the books.
    """

    _name = "fx.rate.backfill"
    _description = "Load Rates"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_provider_id(),
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
    examples = fields.Html(
        string="Examples to Fill In", compute="_compute_examples", sanitize=False
    )
    # what a sheet may leave open; asked for once it did
    open_figure = fields.Json(readonly=True)
    direction = fields.Selection(
        selection=[
            ("base_per_foreign", "1 of the foreign currency = … of the company's"),
            ("foreign_per_base", "1 of the company's currency = … of the foreign one"),
        ],
        string="Figures Are",
        help="The file doesn't say it: look at how its first figure would be read.",
    )
    figure_units = fields.Integer(
        string="For How Many Units",
        default=1,
        bounds=(1, 1_000_000),
        help="Banks often quote for 100. Columns and rows that say it themselves, such "
        "as 100 JPY, are read as they say.",
    )
    open_question = fields.Char(compute="_compute_open_question")
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
    hidden_note = fields.Char(compute="_compute_hidden_note")
    notes = fields.Text(readonly=True)
    has_work = fields.Boolean(readonly=True)
    headline = fields.Char(compute="_compute_headline")

    @api.model
    def _default_provider_id(self):
        """Return who brings the company's rates, else who takes a file."""
        providers = self.env["fx.rate.provider"]
        # sudo: the user of a branch may not read its root
        root = self.env.company.sudo().root_id
        return providers._get_chain(root)[:1] or providers.search(
            [("service", "=", "manual_file")], limit=1
        )

    # === COMPUTE METHODS === #

    @api.depends("provider_id")
    def _compute_origin(self):
        for wizard in self:
            wizard.origin = "backfill" if wizard.provider_id.online else "file"

    @api.depends("provider_id")
    @api.depends_context("lang")
    def _compute_examples(self):
        """Link to the examples; Chinese ones for everybody, others for who reads
        another language."""
        is_chinese = (self.env.lang or "").startswith("zh")
        columns = self.env._("A column for each currency (CSV)")
        rows = self.env._("A row for each rate (CSV)")
        names = {
            ("columns", "en"): columns,
            ("rows", "en"): rows,
            ("columns", "zh"): "每个币别一列（CSV）",
            ("rows", "zh"): "每条汇率一行（CSV）",
        }
        link = Markup('<a href="/multicurrency_crm/rate_example/%s/%s/%s">%s</a>')
        for wizard in self:
            service = wizard.provider_id.service
            wizard.examples = hasattr(registry.find(service), "template_csv") and (
                Markup("<br/>").join(
                    link % (service, layout, language, names[layout, language])
                    for language in LANGUAGES
                    if language == "zh" or not is_chinese
                    for layout in reversed(LAYOUTS)
                )
            )

    @api.depends("open_figure", "direction", "figure_units")
    @api.depends_context("lang")
    def _compute_open_question(self):
        for wizard in self:
            said = wizard.open_figure
            if not said:
                wizard.open_question = False
                continue
            units = said["nominal"] if said["nominal"] > 1 else wizard.figure_units
            foreign, own = said["currency"], said["base"]
            ways = {
                "base_per_foreign": f"{units} {foreign} = {said['figure']} {own}",
                "foreign_per_base": f"{units} {own} = {said['figure']} {foreign}",
            }
            if wizard.direction:
                wizard.open_question = self.env._(
                    "So the first figure is read: %(equation)s.",
                    equation=ways[wizard.direction],
                )
            else:
                wizard.open_question = self.env._(
                    "The file doesn't say which way its figures are quoted. Is the "
                    "first one %(one)s, or %(other)s?",
                    one=ways["base_per_foreign"],
                    other=ways["foreign_per_base"],
                )

    @api.depends("hidden_count")
    @api.depends_context("lang")
    def _compute_hidden_note(self):
        for wizard in self:
            wizard.hidden_note = self.env._(
                "There are %(count)s more: choose fewer days or currencies to see "
                "them.",
                count=wizard.hidden_count,
            )

    @api.depends("provider_id")
    def _compute_company_ids(self):
        mine = self.env.companies
        for wizard in self:
            provider = wizard.provider_id
            served = provider._get_served_companies() if provider else mine.browse()
            # sudo: the user of a branch may not read its root
            chosen = mine.filtered(lambda c, s=served: c.sudo().root_id in s)
            wizard.company_ids = chosen or self.env.company

    @api.depends("summary_ids", "line_ids", "hidden_count", "has_work")
    @api.depends_context("lang")
    def _compute_headline(self):
        for wizard in self:
            wizard.headline = wizard._get_headline()

    def _get_headline(self):
        """Say in a sentence what would become of what was read."""
        rows = self.summary_ids
        counts = {
            "new": sum(rows.mapped("new")),
            "corrected": sum(rows.mapped("differing")),
            "held": sum(rows.mapped("held")),
        }
        if aside := not any(counts.values()) and sum(rows.mapped("aside")):
            return self.env._(
                "Nothing is booked: other providers come first for these days. Kept "
                "among the reference rates: %(aside)s.",
                aside=aside,
            )
        if self.has_work:
            return self.env._(
                "New: %(new)s. Corrected: %(corrected)s. Held back until somebody "
                "decides: %(held)s.",
                **counts,
            )
        # where nothing is written, only typed rates differ
        if typed := len(self.line_ids) + self.hidden_count:
            return self.env._(
                "Nothing is written. Typed rates that differ from these, and stay: "
                "%(typed)s.",
                typed=typed,
            )
        if rows:
            return self.env._("The books hold all of this already.")
        return self.env._("Nothing of this is for these books.")

    @api.onchange("file", "provider_id")
    def _onchange_file(self):
        """Forget what was asked about another file."""
        self.open_figure = self.direction = False
        self.figure_units = 1

    # === ACTIONS === #

    def action_preview(self):
        """Bring the quotes, and show what would become of them; nothing is written.

        :raises AccessError: the user isn't in the Finance group
        :raises UserError: nothing came, or nothing that can be read
        """
        self.ensure_one()
        self.provider_id._check_may_fetch()
        self._check_days()
        if self.origin == "backfill":
            self._download()
        try:
            brought = self._bring()
        except DirectionOpen as error:
            self.open_figure = {
                "nominal": error.nominal,
                "currency": error.currency,
                "figure": error.figure,
                "base": error.base,
            }
            return self._reopen()
        self._show(
            [(company, one, self._plan(company, one)) for company, one in brought]
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
        self._check_days()
        started = fields.Datetime.now()
        # sudo: finance brings rates in, but changes no provider and no rate by hand
        provider = self.provider_id.sudo()._lock()
        if not provider:
            raise UserError(
                self.env._(
                    "%(provider)s is being fetched at this moment: wait for it.",
                    provider=self.provider_id.display_name,
                )
            )
        runs = self.env["fx.rate.run"].sudo()
        for company, brought in self._bring():
            attempt = self._get_attempt(company, brought, started)
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
        :raises DirectionOpen: a sheet doesn't say which way its figures are quoted
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
                    provider=self.provider_id.display_name,
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
        :raises DirectionOpen: a sheet doesn't say which way its figures are quoted
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
        refused, unread = [], []
        hints = {
            "filename": self.filename,
            "refused": refused,
            "unread": unread,
            "today": self.env.company._get_today(),
        }
        if self.open_figure:
            hints.update(direction=self.direction, nominal=self.figure_units)
        try:
            quotes = adapter.parse(payload, base=base, **hints)
        except DirectionOpen:
            raise
        except (ProviderError, RateError) as error:
            raise UserError(self.provider_id._sentence(error)) from error
        notes = (self._explain_unread(unread),) if unread else ()
        return Brought(quotes, refused, notes=notes)

    def _download(self):
        """Ask the publisher for the days chosen, and keep what it says.

        :raises UserError: no days, too many, or the publisher doesn't give them
        """
        # sudo: nobody but the server may write what was downloaded
        kept = self.sudo()
        self._check_span()
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

    def _check_days(self):
        """Check that the days are in their order.

        :raises UserError: the last one is before the first one
        """
        first, last = self.date_from, self.date_to
        if first and last and first > last:
            raise UserError(
                self.env._(
                    "The first day, %(first)s, is after the last day, %(last)s: "
                    "exchange the two.",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
            )

    def _check_span(self):
        """Check that a person needn't wait too long for the days.

        :raises UserError: none, or too many requests
        """
        if not self.date_from or not self.date_to:
            raise UserError(self.env._("Choose a first day and a last day."))
        if not is_rate_day(self.date_from) or not is_rate_day(self.date_to):
            raise UserError(
                self.env._(
                    "Choose days from %(first)s to %(last)s: there are rates of no "
                    "others.",
                    first=format_date(self.env, FIRST_DAY),
                    last=format_date(self.env, LAST_DAY),
                )
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
                    provider=self.provider_id.display_name,
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

    def _get_attempt(self, company, brought, started):
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
            notes=(*brought.notes, *self._explain_left_out(company, brought)),
        )
