from babel.dates import get_day_names

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list, format_time
from odoo.tools.misc import babel_locale_parse

from ...engine.calendars import EVERY_DAY, MONDAY_TO_FRIDAY
from ...engine.rate_sources import covers
from ...providers import registry
from ...providers.catalogue import source_id, source_of


class FxRateSource(models.Model):
    """What isn't a column: the publisher's currencies and words, and our own use."""

    _inherit = "fx.rate.source"

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
        string="Wants",
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
        string="Has of Mine",
        compute="_compute_mine",
        help="How many of the active currencies it brings into your books.",
    )
    mine_lacking = fields.Char(string="Lacks of Mine", compute="_compute_mine")
    has_all_mine = fields.Boolean(
        string="Has All My Currencies",
        compute="_compute_mine",
        search="_search_has_all_mine",
    )

    # ------------------------------------------------------------------ currencies

    def _get_known(self):
        """What each source quotes, its base among it: declared, or seen here.

        :return: {code of an adapter: :class:`~..engine.rate_sources.Source`}
        """
        seen = self._get_seen()
        return {
            adapter.code: source_of(adapter, seen.get(adapter.code, ()))
            for adapter in registry.all_adapters()
        }

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_currencies(self):
        known = self._get_known()
        quoted = {code for facts in known.values() for code in facts.quoted}
        currencies = self._find_currencies(quoted)
        for source in self:
            facts = known.get(source.code)
            own = facts.quoted if facts else set()
            source.currency_ids = currencies.filtered(lambda c, own=own: c.name in own)
            codes = self._list(sorted(facts.currencies)) if facts else ""
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
        known = self._get_known().values()
        return [("code", "in", [s.code for s in known if s.quoted & names])]

    def _read_group_groupby(self, alias, groupby_spec, query):
        """Group by currency as well, though no table holds the pairs."""
        if groupby_spec != "currency_ids":
            return super()._read_group_groupby(alias, groupby_spec, query)
        ids = {currency.name: currency.id for currency in self._find_active()}
        pairs = [
            (source_id(source.code), ids[code])
            for source in self._get_known().values()
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

    def _list(self, texts):
        """Codes and names in a row, with nothing but commas."""
        return format_list(self.env, texts, "unit") if texts else False

    @api.model
    def _find_active(self):
        return self.env["res.currency"].search([("active", "=", True)])

    # ------------------------------------------------------------------ declarations

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_declarations(self):
        kinds = dict(self._selection_kind())
        _ = self.env._
        for source in self:
            adapter = registry.find(source.code)
            names = [kinds[kind] for kind in adapter.kinds] if adapter else []
            source.kind_names = self._list(names)
            source.publishes = adapter and self._describe_calendar(adapter)
            source.limits = adapter and adapter.limits and _(adapter.limits)
            source.terms = adapter and _(adapter.terms)
            source.attribution = adapter and adapter.attribution
            source.documentation = adapter and adapter.documentation
            source.needs = adapter and self._list(self._get_needs(adapter))
            source.unseen = adapter and adapter.unseen and _(adapter.unseen)

    def _get_needs(self, adapter):
        """What stands between a source and its use, one by one.

        :param adapter: the adapter, or the engine's ``Source``
        """
        needs = []
        if adapter.needs_key:
            needs.append(self.env._("a key"))
        if adapter.restricted:
            needs.append(self.env._("its terms accepted"))
        return needs

    def _describe_calendar(self, adapter):
        """When it publishes, in its own time: ``16:00, Monday to Friday (…)``."""
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

    # ------------------------------------------------------------------ our use

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
        books, known = self._get_books(self.env.company), self._get_known()
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
            source.mine_lacking = self._list(lacking)
            source.has_all_mine = not lacking

    @api.model
    def _search_has_all_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        books = self._get_books(self.env.company)
        codes = [
            source.code
            for source in self._get_known().values()
            if books.wanted
            and source.publisher != "own"
            and covers(source, books, books.wanted) == books.wanted
        ]
        if len(set(value)) > 1:
            return [(1, "=", 1)]
        return [("code", "in" if True in value else "not in", codes)]
