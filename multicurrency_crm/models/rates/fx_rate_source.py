from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.rate_sources import Books
from ...providers import registry
from ...providers.catalogue import is_daily, publisher_of, source_id

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
    _order = "name, id"

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

    @api.model
    def _selection_kind(self):
        kinds = self.env["fx.rate.provider"]._fields["rate_kind"]
        return kinds._description_selection(self.env)

    @property
    def _table_query(self):
        adapters = registry.all_adapters()
        bases = self._find_currencies({adapter.base for adapter in adapters})
        base_ids = {currency.name: currency.id for currency in bases}
        places = self._get_places({adapter.country for adapter in adapters})
        rows = [self._get_row(adapter, base_ids, places) for adapter in adapters]
        return SQL(
            """SELECT id::int4, code::varchar, name::varchar, place::varchar,
                      base_id::int4, publisher::varchar, kind::varchar,
                      kind_codes::varchar, currency_count::int4, first_day::date,
                      online, is_daily, needs_key, restricted, is_unseen
                 FROM (VALUES %s)
                   AS source (id, code, name, place, base_id, publisher, kind,
                              kind_codes, currency_count, first_day, online, is_daily,
                              needs_key, restricted, is_unseen)""",
            SQL(", ").join(SQL("%s", row) for row in rows),
        )

    def _get_row(self, adapter, base_ids, places):
        """An adapter's columns, in the order of the query.

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

    def _get_places(self, codes):
        """The names of publishers' countries, as the reader calls them.

        :return: {country code: name}
        """
        countries = self.env["res.country"].search([("code", "in", list(codes))])
        names = {country.code: country.name for country in countries}
        return {"EU": self.env._("Euro area"), **names}

    @api.model
    def _find_currencies(self, codes):
        """Currencies by their codes, those that aren't active too."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "in", list(codes))])

    # ------------------------------------------------------------------ what is known

    @api.model
    def _get_seen(self):
        """The currencies that each service has brought here already.

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
        """What a company needs rates of: every active currency but its own.

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

    # ------------------------------------------------------------------ buttons

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
