from odoo import Command, api, fields, models

from ...engine.rate_chain import better_kind, propose, usual_kind, weigh, worth_knowing
from ...engine.rate_sources import Books, covers
from ...providers.catalogue import online_sources


class FxRateChain(models.TransientModel):
    """Which sources have a company's currencies, and in which order to ask them."""

    _name = "fx.rate.chain"
    _description = "Sources for My Currencies"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="A branch uses the rates of its main company.",
    )
    company_currency_id = fields.Many2one(
        "res.currency", string="Books In", compute="_compute_company_currency_id"
    )
    country_id = fields.Many2one(
        "res.country",
        compute="_compute_country_id",
        store=True,
        readonly=False,
        precompute=True,
        help="Its official source comes first.",
    )
    currency_ids = fields.Many2many(
        "res.currency",
        string="My Currencies",
        default=lambda self: self._default_currency_ids(),
        context={"active_test": False},
    )
    rate_kind = fields.Selection(
        selection=lambda self: self.env["fx.rate.source"]._selection_kind(),
        string="Kind of Rate",
        compute="_compute_rate_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The books take one kind of rate: that of the first source. Sources that "
        "don't publish it bring nothing.",
    )
    line_ids = fields.One2many(
        "fx.rate.chain.line",
        "chain_id",
        string="Sources",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    missing = fields.Char(compute="_compute_outcome", help="Brought by none.")
    single = fields.Char(compute="_compute_outcome", help="Brought by one alone.")
    better_kind = fields.Boolean(compute="_compute_outcome")
    inactive = fields.Char(compute="_compute_outcome")
    also = fields.Char(
        compute="_compute_outcome",
        help="Other sources of the country, or of the books' currency.",
    )
    staying = fields.Char(
        compute="_compute_outcome",
        help="Providers that serve the company and aren't chosen here.",
    )

    @api.model
    def _default_currency_ids(self):
        active = self.env["res.currency"].search([("active", "=", True)])
        return active - self._get_root(self.env.company).currency_id

    def _compute_display_name(self):
        self.display_name = self.env._("Which Sources Have My Currencies?")

    @api.model
    def _get_root(self, company):
        """The main company, whose books take the rates."""
        # sudo: who works in a branch needn't see its main company
        return company.sudo().root_id

    @api.depends("company_id")
    def _compute_company_currency_id(self):
        for chain in self:
            chain.company_currency_id = self._get_root(chain.company_id).currency_id

    @api.depends("company_id")
    def _compute_country_id(self):
        for chain in self:
            root = self._get_root(chain.company_id)
            chain.country_id = root.account_fiscal_country_id or root.country_id

    @api.depends("company_id", "country_id")
    def _compute_rate_kind(self):
        sources = self._get_sources()
        for chain in self:
            chain.rate_kind = usual_kind(sources, chain._get_books())

    @api.depends("company_id", "country_id", "currency_ids", "rate_kind")
    def _compute_line_ids(self):
        """Those proposed, and behind them everybody else who has one of the currencies.

        Who has most comes first; of whom nobody knows what it has comes last.
        """
        sources = self._get_sources()
        for chain in self:
            books = chain._get_books()
            proposed = [
                link.source for link in propose(sources, books, chain.rate_kind).links
            ]
            count = {s.code: len(covers(s, books, books.wanted)) for s in sources}
            others = [
                source
                for source in sorted(sources, key=lambda s: -count[s.code])
                if source not in proposed
                and (count[source.code] or chain._may_have_them(source))
            ]
            chain.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "service": source.code,
                            "use": place < len(proposed),
                            "sequence": place,
                        }
                    )
                    for place, source in enumerate([*proposed, *others])
                ),
            ]

    @api.depends("line_ids.use", "line_ids.sequence", "line_ids.service")
    def _compute_outcome(self):
        sources = self._get_sources()
        for chain in self:
            books = chain._get_books()
            chosen = chain._get_chosen_sources(sources)
            found = weigh([(source, None) for source in chosen], books, chain.rate_kind)
            also = worth_knowing(sources, books, found)
            chain.missing = chain._list(found.missing)
            chain.single = chain._list(found.single)
            chain.better_kind = bool(better_kind(sources, books, found))
            chain.inactive = chain._list(
                chain.currency_ids.filtered(lambda c: not c.active).mapped("name")
            )
            chain.also = chain._list(chain._get_names(also))
            chain.staying = chain._list(chain._get_staying().mapped("name"))

    # ------------------------------------------------------------------ the choice

    @api.model
    def _get_sources(self):
        """Everybody who can be asked, with what came here already.

        :return: list of :class:`~..engine.rate_sources.Source`
        """
        return online_sources(self.env["fx.rate.source"]._get_seen())

    def _get_books(self):
        """What the engine has to know of the company and its wishes."""
        self.ensure_one()
        return Books(
            self.company_currency_id.name or "",
            self.country_id.code or "",
            frozenset((self.currency_ids - self.company_currency_id).mapped("name")),
        )

    def _get_chosen_lines(self):
        """The lines in use, the first one first."""
        return self.line_ids.filtered("use").sorted("sequence")

    def _get_chosen_sources(self, sources):
        by_code = {source.code: source for source in sources}
        services = self._get_chosen_lines().mapped("service")
        return [by_code[code] for code in services if code in by_code]

    def _get_staying(self):
        """Providers of the company's booking rate that aren't among the chosen."""
        self.ensure_one()
        served = self.env["fx.rate.provider"].search(
            [
                ("purpose", "=", "booking"),
                ("company_ids", "child_of", self._get_root(self.company_id).id),
            ]
        )
        services = self._get_chosen_lines().mapped("service")
        return served.filtered(
            lambda p: p.service not in services or p.rate_kind != self.rate_kind
        )

    def _may_have_them(self, source):
        """Whether a source quotes the books' currency, and doesn't say against what."""
        return not source.currencies and source.base == self.company_currency_id.name

    def _get_reasons(self, sources):
        """Why each source is proposed.

        :return: {code: :class:`~..engine.rate_sources.Link`}
        """
        chain = propose(sources, self._get_books(), self.rate_kind)
        return {link.source.code: link for link in chain.links}

    def _list(self, texts):
        return self.env["fx.rate.source"]._list(sorted(texts))

    def _get_names(self, sources):
        names = dict(self.env["fx.rate.provider"]._selection_service())
        return [names[source.code] for source in sources]

    # ------------------------------------------------------------------ buttons

    def action_take_middle(self):
        """Propose anew, with middle rates."""
        self.ensure_one()
        self.rate_kind = "mid"
        return self._reopen()

    def action_propose(self):
        """Take back what was changed by hand."""
        self.ensure_one()
        self._compute_line_ids()
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "main",
        }
