from odoo import Command, api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_list

from ...providers import registry
from ...providers.errors import AddressRefused, Term, UnknownProvider, _lt
from ...providers.http import check_address
from .sentences import SpokenUserError, say

#: kinds that a provider's rates can have in the books unless somebody decides so
BOOKABLE = ("mid", "official")


class FxRateProvider(models.Model):
    """A source of rates, and the companies that keep their books with it.

    A provider that serves no company does nothing: the one that is installed waits
    until somebody presses *Start*.
    """

    _name = "fx.rate.provider"
    _description = "Rate Provider"
    _inherit = [
        "typed.number.mixin",
        "guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "used.mixin",
    ]
    _order = "sequence, id"

    name = fields.Char(required=True)
    shown_name = fields.Char(
        string="Provider Name",
        compute="_compute_shown_name",
        inverse="_inverse_shown_name",
        help="A provider that is called as its publisher is read in each language.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    service = fields.Selection(
        selection="_selection_service", required=True, default="ecb"
    )
    address = fields.Char(
        groups="base.group_system",
        help="Where the files are. Empty: the publisher's own address.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        copy=False,
        help="Companies that receive these rates, each in its own currency. A branch "
        "uses the rates of its main company.",
    )
    serves_here = fields.Boolean(
        compute="_compute_serves_here", help="Whether the current company is served."
    )
    currency_ids = fields.Many2many(
        comodel_name="res.currency",
        string="Currencies",
        help="Currencies to fetch. Empty: every active currency.",
    )
    interval_number = fields.Integer(
        string="Fetch Every", default=1, required=True, bounds=(1, 366)
    )
    interval_type = fields.Selection(
        selection=[("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        default="days",
        required=True,
    )
    next_run = fields.Datetime(
        string="Next Fetch",
        copy=False,
        help="Fetched from then on; planned by the publisher's calendar after each "
        "fetch. Empty: as soon as the job runs.",
    )
    last_success = fields.Date(
        string="Newest Rate",
        readonly=True,
        copy=False,
        help="The newest published day for which every currency has arrived.",
    )
    state = fields.Selection(
        selection=[
            ("new", "Not started"),
            ("ok", "Up to date"),
            ("late", "Late"),
            ("failed", "Failed"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )
    run_ids = fields.One2many("fx.rate.run", "provider_id", string="Fetches")
    rate_kind = fields.Selection(
        selection=[
            ("mid", "Middle"),
            ("official", "Official"),
            ("buy", "Bank buys"),
            ("sell", "Bank sells"),
            ("cash_buy", "Bank buys banknotes"),
            ("cash_sell", "Bank sells banknotes"),
            ("budget", "Budget"),
        ],
        string="Kind of Rate",
        compute="_compute_from_service",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Which of the publisher's prices is taken. Others are never put in its "
        "place.",
    )
    purpose = fields.Selection(
        selection=[
            ("booking", "Booking rate"),
            ("tax", "Tax rate"),
            ("customs", "Customs rate"),
            ("credit", "Credit rate"),
            ("budget", "Budget rate"),
            ("reference", "For reference"),
        ],
        string="Used As",
        compute="_compute_purpose",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Booking rates go into Odoo's rate table, one a day. All others are kept "
        "apart by name and never fill it.",
    )
    applies = fields.Selection(
        selection=[
            ("same", "On the same day"),
            ("next", "On the next day"),
            ("next_working", "On the next working day"),
        ],
        compute="_compute_from_service",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The day of the books to which a quote belongs, counted from the day that "
        "the publisher writes on it.",
    )
    max_age_days = fields.Integer(
        string="Too Old After",
        compute="_compute_from_service",
        store=True,
        readonly=False,
        precompute=True,
        help="Days after which the newest rate of this provider is too old: it is held "
        "back, and the next provider takes over.",
    )
    max_jump = fields.Float(
        string="Largest Jump",
        default=0.1,
        help="A rate that moves further than this, or further than the currency "
        "usually does, is held back.",
    )
    confirm_provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        string="Confirmed By",
        domain="[('id', '!=', id), ('online', '=', True)]",
        help="A second provider that is asked for the same days. Rates on which the "
        "two differ are held back.",
    )
    confirm_tolerance = fields.Float(
        string="Tolerance",
        default=0.02,
        help="How far the two may differ.",
    )
    api_key = fields.Char(
        string="Key",
        groups="base.group_system",
        copy=False,
        help="The key that the publisher has given you.",
    )
    terms_accepted = fields.Boolean(
        copy=False,
        help="Somebody of your company has read the publisher's terms and found that "
        "they allow your use.",
    )
    terms = fields.Char(compute="_compute_declarations")
    attribution = fields.Char(compute="_compute_declarations")
    limits = fields.Char(compute="_compute_declarations")
    documentation = fields.Char(compute="_compute_declarations")
    needs_key = fields.Boolean(compute="_compute_declarations")
    restricted = fields.Boolean(compute="_compute_declarations")
    online = fields.Boolean(
        compute="_compute_declarations", search="_search_online", string="Asked Online"
    )
    hold_ids = fields.One2many("fx.rate.hold", "provider_id", string="Rates to Review")
    held_count = fields.Integer(
        string="To Review",
        compute="_compute_held_count",
        help="Rates of the companies that you work in, held back until somebody "
        "decides.",
    )

    _interval_positive = models.Constraint(
        "CHECK (interval_number > 0)",
        "Rates are fetched every 1, 2, 3 … days, weeks or months: enter at least 1.",
    )

    _jump_positive = models.Constraint(
        "CHECK (max_jump > 0 AND max_age_days >= 0 AND confirm_tolerance >= 0)",
        "The largest jump is above zero; days and tolerance are not below.",
    )

    @api.model
    def _selection_service(self):
        return [
            (adapter.code, self.env._(adapter.name))
            for adapter in registry.all_adapters()
        ]

    # === COMPUTE METHODS === #

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_shown_name(self):
        for provider in self:
            provider.shown_name = provider._say_publisher(provider.name)

    def _inverse_shown_name(self):
        for provider in self:
            if provider.shown_name != provider._say_publisher(provider.name):
                provider.name = provider.shown_name

    @api.depends("shown_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for provider in self:
            provider.display_name = provider.shown_name

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if operator != "ilike" or not isinstance(value, str):
            return domain
        # there is one for each source that somebody uses
        everybody = self.with_context(active_test=False).search([])
        read = everybody.filtered(
            lambda provider: value.casefold() in (provider.shown_name or "").casefold()
        )
        return Domain(domain) | Domain("id", "in", read.ids)

    @api.model
    def _say_publisher(self, name):
        """Say what a publisher is called in the language of the reader: one of ours
        that was written down in any language of the database; another one is called
        what it is called."""
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        term = self._find_publisher_names(tuple(codes)).get(name)
        return self.env._(term) if term else name

    @api.model
    @tools.ormcache("codes")
    def _find_publisher_names(self, codes):
        """Find what our publishers are called in these languages.

        :return: {name: its English one, to be translated}
        """
        found = {}
        for adapter in registry.all_adapters():
            for code in codes:
                spoken = self.with_context(lang=code)
                found[spoken.env._(adapter.name)] = adapter.name
            found[str(adapter.name)] = adapter.name
        return found

    @api.depends("company_ids")
    @api.depends_context("company")
    def _compute_serves_here(self):
        # sudo: who works in a branch needn't see its main company
        root = self.env.company.sudo().root_id
        for provider in self:
            provider.serves_here = root in provider._get_served_companies()

    @api.depends("service")
    def _compute_from_service(self):
        for provider in self:
            adapter = registry.find(provider.service)
            provider.rate_kind = adapter.kinds[0] if adapter else "mid"
            provider.applies = adapter.applies if adapter else "same"
            provider.max_age_days = adapter.max_age_days if adapter else 7

    @api.depends("service", "rate_kind")
    def _compute_purpose(self):
        for provider in self:
            adapter = registry.find(provider.service)
            if provider.rate_kind == "budget":
                provider.purpose = "budget"
            elif provider.rate_kind in BOOKABLE or (
                adapter and provider.rate_kind == adapter.kinds[0]
            ):
                provider.purpose = "booking"
            else:
                provider.purpose = "reference"

    @api.depends("service")
    @api.depends_context("lang")
    def _compute_declarations(self):
        for provider in self:
            # None too where the addon that brought the adapter is gone
            adapter = registry.find(provider.service)
            provider.terms = adapter and self.env._(adapter.terms)
            provider.attribution = adapter and adapter.attribution
            provider.limits = adapter and adapter.limits and self.env._(adapter.limits)
            provider.documentation = adapter and adapter.documentation
            provider.needs_key = bool(adapter) and adapter.needs_key
            provider.restricted = bool(adapter) and adapter.restricted
            provider.online = bool(adapter) and adapter.online

    @api.model
    def _search_online(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [a.code for a in registry.all_adapters() if a.online in value]
        return [("service", "in", codes)]

    @api.depends("hold_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_held_count(self):
        counted = self.env["fx.rate.hold"]._read_group(
            [("provider_id", "in", self.ids), ("state", "=", "pending")],
            ["provider_id"],
            ["__count"],
        )
        counts = {provider.id: count for provider, count in counted}
        for provider in self:
            provider.held_count = counts.get(provider.id, 0)

    # === CONSTRAINT METHODS === #

    @api.constrains("address", "service")
    def _check_address(self):
        # sudo: only administrators see the address, others may write the service
        for provider in self.sudo().filtered("address"):
            try:
                check_address(
                    provider.address,
                    registry.get(provider.service).hosts,
                    self._get_extra_hosts(),
                )
            except (AddressRefused, UnknownProvider) as error:
                raise ValidationError(self._sentence(error)) from error

    @api.constrains("service", "rate_kind")
    def _check_rate_kind(self):
        for provider in self:
            adapter = registry.find(provider.service)
            if adapter and provider.rate_kind not in adapter.kinds:
                names = dict(self._fields["rate_kind"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(service)s publishes no such rate: choose %(kinds)s.",
                        service=self.env._(adapter.name),
                        kinds=format_list(
                            self.env, [names[k] for k in adapter.kinds], "or"
                        ),
                    )
                )

    @api.constrains("purpose", "rate_kind")
    def _check_purpose(self):
        for provider in self:
            if provider.rate_kind == "budget" and provider.purpose != "budget":
                raise ValidationError(
                    self.env._(
                        "Budget rates are a plan: they can't be used as another rate."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_name(vals) for vals in vals_list])

    @api.model
    def _with_name(self, vals):
        """Return values of a new provider with the name that a form gives."""
        given = vals.get("shown_name")
        return {**vals, "name": given} if given and not vals.get("name") else vals

    # === ACTIONS === #

    def action_start(self):
        """Serve the current company from now on, and fetch its first rates."""
        self.ensure_one()
        self._serve(self.env.company)
        return self.action_fetch()

    def action_fetch(self):
        """Fetch what is missing, for those served companies that the user works in.

        Nothing is committed on the way, and a failure is a row of the log and part of
        the notification that is returned, not an error.

        :raises AccessError: the user isn't in the Finance group
        :raises UserError: nobody to fetch for, or the job is fetching right now
        """
        self._check_may_fetch()
        runs = self.env["fx.rate.run"]
        for provider in self:
            companies = provider._get_served_companies() & provider._get_user_roots()
            if not companies:
                raise UserError(
                    self.env._(
                        "%(provider)s serves none of your companies yet: have a "
                        "manager press Start.",
                        provider=provider.display_name,
                    )
                )
            # sudo: finance fetches, but changes no provider and no rate by hand
            locked = provider.sudo().try_lock_for_update(allow_referencing=True)
            if not locked:
                raise UserError(
                    self.env._(
                        "%(provider)s is being fetched at this moment: wait for it.",
                        provider=provider.display_name,
                    )
                )
            for run in locked._fetch_companies(companies.sudo(), "button"):
                runs += run
        return runs._get_notification()

    def action_open_runs(self):
        """Open the log of this provider."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_run_action"
        )
        return {**action, "domain": [("provider_id", "=", self.id)]}

    def action_open_holds(self):
        """Open what this provider has held back, first what is to be decided."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_hold_action"
        )
        return {
            **action,
            "domain": [("provider_id", "=", self.id)],
            "context": {"search_default_pending": 1},
        }

    # === COMPANIES === #

    def _get_served_companies(self):
        """Return the main companies served: two branches of one share its rates."""
        self.ensure_one()
        # sudo: a person of one company may fetch for it where others are served too
        return self.sudo().company_ids.root_id

    def _serve(self, company):
        """Bring rates into a company's books from now on.

        :raises AccessError: the user may not change providers
        """
        self.check_access("write")
        # sudo: who works in a branch needn't see its main company, which is served
        root = company.sudo().root_id
        self.sudo().write({"company_ids": [Command.link(root.id)]})

    def _get_user_roots(self):
        """Return the main companies of those that the user has switched on."""
        # sudo: a branch's user may not read its main company
        return self.env.companies.sudo().root_id

    # === RANKS === #

    def _get_chain(self, company):
        """Return the providers of a company's booking rate, the first one first."""
        root = company.root_id
        # sudo: providers of other companies' managers rank too
        return self.sudo().search(
            [("purpose", "=", "booking"), ("company_ids", "child_of", root.id)],
            order="sequence, id",
        )

    def _get_rank(self):
        """Return by what providers compare: the lower one comes first."""
        self.ensure_one()
        return (self.sequence, self.id)

    def _get_replaceable(self):
        """Return the providers whose rates give way to this one's, itself included."""
        # sudo: providers of other companies rank too
        everyone = self.sudo().with_context(active_test=False).search([])
        return everyone.filtered(lambda other: other._get_rank() >= self._get_rank())

    def _is_booked_in(self, chain):
        """Whether these rates are booking rates: their kind is that of the first.

        :param chain: as :meth:`_get_chain` gives
        """
        if self.purpose != "booking":
            return False
        return not chain or chain[0].rate_kind == self.rate_kind

    def _get_named_kind(self):
        """Return the name under which rates that aren't booked are kept."""
        self.ensure_one()
        if self.purpose in ("booking", "reference"):
            return self.rate_kind
        return self.purpose

    # === WHAT MAY BE ASKED === #

    def _check_may_fetch(self):
        """Let in the Finance group, and the server itself.

        :raises AccessError: anybody else
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "multicurrency_crm.group_finance"
        ):
            raise AccessError(
                self.env._(
                    "Rates are fetched by the Finance group of Multi-currency: ask one "
                    "of them, or an administrator for that right."
                )
            )

    def _check_terms(self):
        """Check that each publisher may be asked.

        :raises UserError: terms that nobody has accepted, or no key
        """
        for provider in self:
            obstacle = provider._get_obstacle()
            if obstacle == "terms":
                raise SpokenUserError(
                    self.env,
                    _lt("%(provider)s has terms to be accepted first: %(terms)s"),
                    provider=provider.display_name,
                    terms=Term(registry.get(provider.service).terms),
                )
            if obstacle == "key":
                raise SpokenUserError(
                    self.env,
                    _lt(
                        "%(provider)s needs a key: ask the publisher for one and have "
                        "an administrator enter it."
                    ),
                    provider=provider.display_name,
                )

    def _get_obstacle(self):
        """Return what keeps it from being asked: "terms", "key", or "" for nothing."""
        self.ensure_one()
        if self.restricted and not self.terms_accepted:
            return "terms"
        # sudo: only administrators see the key
        if self.needs_key and not self.sudo().api_key:
            return "key"
        return ""

    @api.model
    def _get_extra_hosts(self):
        """Return the hosts that an administrator allows besides the publishers' own."""
        # sudo: parameters are readable by administrators only
        listed = self.env["ir.config_parameter"].sudo()
        value = listed.get_param("multicurrency_crm.allowed_hosts") or ""
        return [host.strip().lower() for host in value.split(",") if host.strip()]

    @api.model
    def _sentence(self, error):
        """Return in the user's language what an error of ours says in English.

        :param error: exception; one of another's making says what it says
        """
        return say(self.env, error)
