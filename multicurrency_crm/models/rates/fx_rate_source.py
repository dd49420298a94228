from collections import defaultdict

from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list, format_time
from odoo.tools.misc import babel_locale_parse

from ...engine.calendars import EVERY_DAY, MONDAY_TO_FRIDAY
from ...engine.rate_chain import by_usefulness
from ...engine.rate_sources import Books, covers
from ...providers import registry
from ...providers.catalogue import is_daily, publisher_of, source_id, source_of

PUBLISHERS = [
    ("authority", "Official body"),
    ("tax", "Tax office"),
    ("bank", "Bank"),
    ("service", "Rate service"),
    ("constants", "Constants"),
    ("own", "Own files"),
]


class FxRateSource(models.Model):
    """What the server knows of each publisher of rates, whoever brings its adapter.

    A query over the adapters that are registered, no table: what another addon
    registers is there at once, and all of it is in the reader's language.
    """

    _name = "fx.rate.source"
    _description = "Source of Rates"
    _auto = False
    _order = "place_in_list, name, id"

    name = fields.Char(readonly=True, depends_context=("lang",))
    code = fields.Char(string="Technical Name", readonly=True)
    place = fields.Char(string="Country", readonly=True, depends_context=("lang",))
    base_id = fields.Many2one(
        "res.currency",
        readonly=True,
        help="The currency against which it quotes. Others are crossed through it.",
    )
    publisher = fields.Selection(selection=PUBLISHERS, readonly=True)
    kind = fields.Selection(
        selection=lambda self: self._selection_kind(),
        string="Usual Kind",
        readonly=True,
    )
    kind_codes = fields.Char(readonly=True)
    currency_count = fields.Integer(
        string="Number of Currencies", readonly=True, aggregator=None
    )
    first_day = fields.Date(string="Since", readonly=True)
    online = fields.Boolean(string="Asked Online", readonly=True)
    is_daily = fields.Boolean(string="Every Working Day", readonly=True)
    needs_key = fields.Boolean(string="Needs a Key", readonly=True)
    restricted = fields.Boolean(string="Terms to Accept", readonly=True)
    is_unseen = fields.Boolean(string="Not All Seen Live", readonly=True)
    place_in_list = fields.Integer(
        string="Usefulness",
        readonly=True,
        aggregator=None,
        depends_context=("company",),
        help="Who is of most use to the company comes first: official bodies and banks "
        "of its own country, then who covers most of its currencies.",
    )
    currency_ids = fields.Many2many(
        "res.currency",
        string="Currencies",
        compute="_compute_currencies",
        search="_search_currency_ids",
        context={"active_test": False},
    )
    currency_names = fields.Char(
        string="Currency Codes", compute="_compute_currencies", help="Without the base."
    )
    kind_names = fields.Char(string="Kinds", compute="_compute_declarations")
    publishes = fields.Char(compute="_compute_declarations")
    limits = fields.Char(compute="_compute_declarations")
    terms = fields.Char(compute="_compute_declarations")
    attribution = fields.Char(compute="_compute_declarations")
    documentation = fields.Char(compute="_compute_declarations")
    needs = fields.Char(
        string="Requires",
        compute="_compute_declarations",
        help="What it takes before anything is fetched.",
    )
    unseen = fields.Char(string="Not Seen Live", compute="_compute_declarations")
    provider_ids = fields.Many2many(
        "fx.rate.provider", string="Providers", compute="_compute_providers"
    )
    use = fields.Selection(
        selection=[
            ("no", "Not used"),
            ("waiting", "Waits for Start"),
            ("new", "Started"),
            ("ok", "Up to date"),
            ("late", "Late"),
            ("failed", "Failed"),
        ],
        string="Here",
        compute="_compute_providers",
    )
    is_used = fields.Boolean(compute="_compute_providers", search="_search_is_used")
    mine = fields.Char(
        string="My Currencies Covered",
        compute="_compute_mine",
        help="How many of the active currencies it brings into your books.",
    )
    mine_lacking = fields.Char(string="My Currencies Missing", compute="_compute_mine")
    has_all_mine = fields.Boolean(
        string="Covers All My Currencies",
        compute="_compute_mine",
        search="_search_has_all_mine",
    )

    @api.model
    def _selection_kind(self):
        kinds = self.env["fx.rate.provider"]._fields["rate_kind"]
        return kinds._description_selection(self.env)

    # === COMPUTE METHODS === #

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_currencies(self):
        known = self._find_known()
        quoted = {code for facts in known.values() for code in facts.quoted}
        currencies = self._find_currencies(quoted)
        for source in self:
            facts = known.get(source.code)
            own = facts.quoted if facts else set()
            source.currency_ids = currencies.filtered(lambda c, own=own: c.name in own)
            codes = self._format_list(sorted(facts.currencies)) if facts else ""
            if source.currency_count or not facts:
                source.currency_names = codes
            elif facts.publisher == "own":
                source.currency_names = self.env._("Those of the file")
            elif codes:
                source.currency_names = self.env._(
                    "Come so far: %(codes)s", codes=codes
                )
            else:
                source.currency_names = self.env._(
                    "As published: not known before the first fetch"
                )

    @api.model
    def _search_currency_ids(self, operator, value):
        if operator == "in" and False not in value:
            wanted = self.env["res.currency"].browse(value)
        elif operator in ("any", "any!"):
            # inactive ones too: who asks whether a source has one may not have it yet
            currencies = self.env["res.currency"].with_context(active_test=False)
            wanted = currencies.search(Domain(value))
        else:
            return NotImplemented
        names = {currency.name for currency in wanted}
        known = self._find_known().values()
        return [("code", "in", [s.code for s in known if s.quoted & names])]

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_declarations(self):
        kinds = dict(self._selection_kind())
        _ = self.env._
        for source in self:
            adapter = registry.find(source.code)
            names = [kinds[kind] for kind in adapter.kinds] if adapter else []
            source.kind_names = self._format_list(names)
            source.publishes = adapter and self._format_calendar(adapter)
            source.limits = adapter and adapter.limits and _(adapter.limits)
            source.terms = adapter and _(adapter.terms)
            source.attribution = adapter and adapter.attribution
            source.documentation = adapter and adapter.documentation
            source.needs = adapter and self._format_list(self._get_needs(adapter))
            source.unseen = adapter and adapter.unseen and _(adapter.unseen)

    @api.depends("code")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_providers(self):
        providers = self.env["fx.rate.provider"].search(
            [("service", "in", self.mapped("code"))]
        )
        by_service = providers.grouped("service")
        worst = ("failed", "late", "new", "ok")
        for source in self:
            found = by_service.get(source.code, providers.browse())
            states = set(found.filtered("company_ids").mapped("state"))
            source.provider_ids = found
            source.is_used = bool(states)
            source.use = next(
                (state for state in worst if state in states),
                "waiting" if found else "no",
            )

    @api.model
    def _search_is_used(self, operator, value):
        if operator != "in":
            return NotImplemented
        used = self.env["fx.rate.provider"].search([("company_ids", "!=", False)])
        belongs = "in" if True in value else "not in"
        if len(set(value)) > 1:
            return [(1, "=", 1)]
        return [("code", belongs, used.mapped("service"))]

    @api.depends("code")
    @api.depends_context("company", "lang")
    def _compute_mine(self):
        books, known = self._get_books(self.env.company), self._find_known()
        for source in self:
            facts = known.get(source.code)
            is_asked = facts and facts.publisher != "own" and facts.currencies
            if not is_asked or not books.wanted:
                source.mine = source.mine_lacking = source.has_all_mine = False
                continue
            has = covers(facts, books, books.wanted)
            source.mine = self.env._(
                "%(count)s of %(total)s", count=len(has), total=len(books.wanted)
            )
            lacking = sorted(books.wanted - has)
            source.mine_lacking = self._format_list(lacking)
            source.has_all_mine = not lacking

    @api.model
    def _search_has_all_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        books = self._get_books(self.env.company)
        codes = [
            source.code
            for source in self._find_known().values()
            if books.wanted
            and source.publisher != "own"
            and covers(source, books, books.wanted) == books.wanted
        ]
        if len(set(value)) > 1:
            return [(1, "=", 1)]
        return [("code", "in" if True in value else "not in", codes)]

    # === ACTIONS === #

    def action_open_providers(self):
        """Open this database's providers of this source."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_provider_action"
        )
        return {
            **action,
            "domain": [("service", "=", self.code)],
            "context": self._get_provider_defaults(),
        }

    def action_add_provider(self):
        """Open a new provider of this source; nothing is fetched before its Start."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Provider"),
            "res_model": "fx.rate.provider",
            "views": [[False, "form"]],
            "context": self._get_provider_defaults(),
        }

    def _get_provider_defaults(self):
        return {"default_service": self.code, "default_name": self.name}

    # === THE QUERY === #

    @property
    def _table_query(self):
        adapters = registry.all_adapters()
        bases = self._find_currencies({adapter.base for adapter in adapters})
        base_ids = {currency.name: currency.id for currency in bases}
        places = self._find_places({adapter.country for adapter in adapters})
        order = self._find_order()
        rows = [
            (*self._get_row(adapter, base_ids, places), order[adapter.code])
            for adapter in adapters
        ]
        return SQL(
            """SELECT id::int4, code::varchar, name::varchar, place::varchar,
                      base_id::int4, publisher::varchar, kind::varchar,
                      kind_codes::varchar, currency_count::int4, first_day::date,
                      online, is_daily, needs_key, restricted, is_unseen,
                      place_in_list::int4
                 FROM (VALUES %s)
                   AS source (id, code, name, place, base_id, publisher, kind,
                              kind_codes, currency_count, first_day, online, is_daily,
                              needs_key, restricted, is_unseen,
                              place_in_list)""",
            SQL(", ").join(SQL("%s", row) for row in rows),
        )

    def _get_row(self, adapter, base_ids, places):
        """Return an adapter's columns, in the order of the query.

        :param base_ids: {currency code: id}
        :param places: {country code: name}
        """
        return (
            source_id(adapter.code),
            adapter.code,
            self.env._(adapter.name),
            places.get(adapter.country, self.env._("No country")),
            base_ids.get(adapter.base),
            publisher_of(adapter),
            adapter.kinds[0],
            ",".join(adapter.kinds),
            len(adapter.currencies),
            adapter.first_day,
            adapter.online,
            is_daily(adapter),
            adapter.needs_key,
            adapter.restricted,
            bool(adapter.unseen),
        )

    def _find_places(self, codes):
        """Find the names of publishers' countries, as the reader calls them.

        :return: {country code: name}
        """
        countries = self.env["res.country"].search([("code", "in", list(codes))])
        names = {country.code: country.name for country in countries}
        return {"EU": self.env._("Euro area"), **names}

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Group by currency as well, though no table holds the pairs."""
        if groupby_spec != "currency_ids":
            return super()._read_group_groupby(alias, groupby_spec, query)
        ids = {currency.name: currency.id for currency in self._find_active()}
        pairs = [
            (source_id(source.code), ids[code])
            for source in self._find_known().values()
            for code in sorted(source.quoted & ids.keys())
        ]
        joined = query.make_alias(alias, "currency_ids")
        query.add_join(
            "JOIN",
            joined,
            SQL(
                "(SELECT unnest(%s::int[]) AS source_id, unnest(%s::int[]) AS id)",
                [pair[0] for pair in pairs],
                [pair[1] for pair in pairs],
            ),
            SQL(
                "%s = %s",
                SQL.identifier(alias, "id"),
                SQL.identifier(joined, "source_id"),
            ),
        )
        return SQL.identifier(joined, "id")

    # === WHAT IS KNOWN === #

    def _find_order(self):
        """Find at which place of the list each source stands for the company.

        :return: {code of an adapter: place}
        """
        known = self._find_known().values()
        ranked = by_usefulness(known, self._get_books(self.env.company))
        return {source.code: place for place, source in enumerate(ranked)}

    def _find_known(self):
        """Find what each source quotes, its base among it: declared, or seen here.

        :return: {code of an adapter: :class:`~..engine.rate_sources.Source`}
        """
        seen = self._find_seen()
        return {
            adapter.code: source_of(adapter, seen.get(adapter.code, ()))
            for adapter in registry.all_adapters()
        }

    @api.model
    def _find_seen(self):
        """Find the currencies that each service has brought here already.

        :return: {code of an adapter: set of currency codes}
        """
        # sudo: what a publisher has is no secret of the company that asks it
        providers = self.env["fx.rate.provider"].sudo().search([])
        seen = defaultdict(set)
        for provider in providers:
            arrivals = provider.arrivals or {}
            seen[provider.service].update(code for code in arrivals if arrivals[code])
        return seen

    @api.model
    def _get_books(self, company):
        """Return what a company needs rates of: every active currency but its own.

        :return: :class:`~..engine.rate_sources.Books`
        """
        # sudo: who works in a branch needn't see its main company, whose books count
        root = company.sudo().root_id
        active = self.env["res.currency"].search([("active", "=", True)])
        country = root.account_fiscal_country_id or root.country_id
        return Books(
            root.currency_id.name,
            country.code or "",
            frozenset((active - root.currency_id).mapped("name")),
        )

    @api.model
    def _find_currencies(self, codes):
        """Find currencies by their codes, those that aren't active too."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "in", list(codes))])

    # === WORDS === #

    def _get_needs(self, adapter):
        """Return what stands between a source and its use, one by one.

        :param adapter: the adapter, or the engine's ``Source``
        """
        needs = []
        if adapter.needs_key:
            needs.append(self.env._("a key"))
        if adapter.restricted:
            needs.append(self.env._("its terms accepted"))
        return needs

    def _format_calendar(self, adapter):
        """Format when it publishes: ``16:00, Monday to Friday (Europe/Berlin)``."""
        if not adapter.hosts and not adapter.address:
            return False
        calendar = adapter.calendar
        if calendar.day_of_month:
            days = self.env._("once a month")
        elif calendar.weekdays >= EVERY_DAY:
            days = self.env._("every day")
        elif calendar.weekdays == MONDAY_TO_FRIDAY:
            days = self.env._("Monday to Friday")
        else:
            locale = babel_locale_parse(self.env.lang)
            names = get_day_names("wide", locale=locale)
            days = format_list(self.env, [names[n] for n in sorted(calendar.weekdays)])
        return self.env._(
            "%(time)s, %(days)s (%(zone)s)",
            time=format_time(self.env, calendar.publishes_at, time_format="short"),
            days=days,
            zone=calendar.zone,
        )

    def _format_list(self, texts):
        """Format codes or names in a row, with commas alone if the language can."""
        if not texts:
            return False
        try:
            return format_list(self.env, texts, "unit")
        except KeyError:  # Babel knows this pattern in part: Spanish, Dutch …
            return format_list(self.env, texts)

    @api.model
    def _find_active(self):
        return self.env["res.currency"].search([("active", "=", True)])
