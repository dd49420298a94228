from odoo import Command, api, fields, models
from odoo.tools import format_list

from ...engine.provider_order import arrange, movable
from ...engine.rate_chain import (
    better_kind,
    by_usefulness,
    may_have_them,
    propose,
    usual_kind,
    weigh,
    worth_knowing,
)
from ...engine.rate_sources import Books, covers
from ...providers import registry
from ...providers.catalogue import online_sources


class FxRateChain(models.TransientModel):
    """Which sources cover a company's currencies, and in which order to ask them."""

    _name = "fx.rate.chain"
    _description = "Find Sources"
    _inherit = ["shown.records.mixin"]

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="A branch uses the rates of its main company.",
    )
    company_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_company_currency_id",
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

    # === COMPUTE METHODS === #

    def _compute_display_name(self):
        self.display_name = self.env._("Find Sources")

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
        """List those proposed, and behind them all others with one of the currencies,
        the most useful one first."""
        sources = self._get_sources()
        for chain in self:
            books = chain._get_books()
            proposed = [
                link.source for link in propose(sources, books, chain.rate_kind).links
            ]
            others = [
                source
                for source in by_usefulness(sources, books, chain.rate_kind)
                if source not in proposed
                and (
                    covers(source, books, books.wanted) or may_have_them(source, books)
                )
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
            chain.missing = chain._format_list(found.missing)
            chain.single = chain._format_list(found.single)
            chain.better_kind = bool(better_kind(sources, books, found))
            chain.inactive = chain._format_list(
                chain.currency_ids.filtered(lambda c: not c.active).mapped("name")
            )
            chain.also = chain._format_list(chain._get_names(also))
            chain.staying = chain._format_list(chain._get_staying().mapped("name"))

    # === ACTIONS === #

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

    def action_create_chain(self):
        """Create the providers; nothing is fetched before somebody presses Start.

        :raises AccessError: the user may not create providers
        """
        return self._create_chain(start=False)

    def action_create_and_start(self):
        """Create the providers and serve the company with them from now on.

        Those that want a key or an acceptance of their terms wait for their Start.

        :raises AccessError: the user may not create providers
        """
        return self._create_chain(start=True)

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
            "target": "main",
        }

    # === THE CHOICE === #

    @api.model
    def _get_root(self, company):
        """Return the main company, whose books take the rates."""
        # sudo: who works in a branch needn't see its main company
        return company.sudo().root_id

    @api.model
    def _get_sources(self):
        """Return everybody who can be asked, with what came here already.

        :return: list of :class:`~..engine.rate_sources.Source`
        """
        return online_sources(self.env["fx.rate.source"]._find_seen())

    def _get_books(self):
        """Return what the engine has to know of the company and its wishes."""
        self.ensure_one()
        return Books(
            self.company_currency_id.name or "",
            self.country_id.code or "",
            frozenset((self.currency_ids - self.company_currency_id).mapped("name")),
        )

    def _get_chosen_lines(self):
        """Return the lines in use, the first one first."""
        return self.line_ids.filtered("use").sorted("sequence")

    def _get_chosen_sources(self, sources):
        by_code = {source.code: source for source in sources}
        services = self._get_chosen_lines().mapped("service")
        return [by_code[code] for code in services if code in by_code]

    def _get_staying(self):
        """Return providers of the company's booking rate that aren't chosen."""
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

    def _find_reasons(self, sources):
        """Find why each source is proposed.

        :return: {code: :class:`~..engine.rate_sources.Link`}
        """
        chain = propose(sources, self._get_books(), self.rate_kind)
        return {link.source.code: link for link in chain.links}

    def _format_list(self, texts):
        return self.env["fx.rate.source"]._format_list(sorted(texts))

    def _get_names(self, sources):
        names = dict(self.env["fx.rate.provider"]._selection_service())
        return [names[source.code] for source in sources]

    # === PROVIDERS === #

    def _create_chain(self, start):
        self.ensure_one()
        self.env["fx.rate.provider"].check_access("create")
        lines = self._get_chosen_lines()
        staying = self._get_staying()
        providers = self._find_or_create(lines)
        self._put_in_order(providers, staying)
        started = providers.browse()
        if start:
            started = self._start(providers)
        return self._get_notification(providers, started)

    def _find_candidates(self, lines):
        """Find providers that could be those of lines, the best of a service first.

        One that serves the company already, then one that serves others of the user's
        companies, then one that waits.

        :return: {service: fx.rate.provider}
        """
        self.ensure_one()
        found = self._get_providers().search(
            [
                ("service", "in", lines.mapped("service")),
                ("rate_kind", "=", self.rate_kind),
                ("purpose", "=", "booking"),
            ]
        )
        root = self._get_root(self.company_id)
        best = found.sorted(
            lambda provider: (
                root not in provider._get_served_companies(),
                not provider.company_ids,
                provider.sequence,
                provider.id,
            )
        )
        return best.grouped("service")

    def _get_providers(self):
        """Return fx.rate.provider for all companies of the user, switched on or not."""
        companies = self.env.company | self.env.user.company_ids
        return self.env["fx.rate.provider"].with_context(
            allowed_company_ids=companies.ids
        )

    def _find_or_create(self, lines):
        """Find a provider for each line, and create those that are lacking.

        One provider may serve several companies only if it comes at the same place in
        their chains.

        :return: fx.rate.provider in the order of the lines
        """
        order, fixed = self._get_order()
        found = self._find_candidates(lines)
        first = [found[line.service][0] for line in lines if line.service in found]
        fits = movable([provider.id for provider in first], order, fixed)
        taken = {p.service: p for p, can in zip(first, fits, strict=True) if can}
        providers = nobody = self._get_providers()
        for line in lines:
            free = found.get(line.service, nobody).filtered(lambda p: p.id not in fixed)
            own = taken.get(line.service) or free[:1]
            if own:
                self._widen(own, line)
            else:
                own = providers.create(self._prepare_provider_vals(line))
            providers += own
        return providers

    def _prepare_provider_vals(self, line):
        """Prepare a new provider: it serves nobody yet, and comes last."""
        adapter = registry.get(line.service)
        return {
            "name": self.env._(adapter.name),
            "service": line.service,
            "rate_kind": self.rate_kind,
            "purpose": "booking",
            "sequence": 10_000,
            "currency_ids": [Command.set(self._get_currencies(line).ids)],
        }

    def _get_currencies(self, line):
        """Return the currencies that a provider is to fetch; none stands for all.

        Who has picked less than all active currencies gets those of them that the
        source has.
        """
        active = self.env["res.currency"].search([("active", "=", True)])
        wanted = self.currency_ids - self.company_currency_id
        if not active - wanted - self.company_currency_id:
            return wanted.browse()
        books = self._get_books()
        codes = {
            code
            for source in self._get_sources()
            if source.code == line.service
            for code in covers(source, books, books.wanted)
        }
        return wanted.filtered(lambda currency: not codes or currency.name in codes)

    def _widen(self, provider, line):
        """Have a provider fetch what is wanted, besides what it fetches already."""
        wanted = self._get_currencies(line)
        fetched = provider.with_context(active_test=False).currency_ids
        if not provider.company_ids:
            provider.currency_ids = wanted
        elif fetched and not wanted:
            provider.write({"currency_ids": False, "next_run": False})
        elif fetched and wanted - fetched:
            more = [Command.link(currency.id) for currency in wanted - fetched]
            provider.write({"currency_ids": more, "next_run": False})

    # === THEIR ORDER === #

    def _get_order(self):
        """Return all providers as they rank, and those that other companies use.

        :return: (list of ids, set of ids)
        """
        # sudo: the order is one for all companies
        everyone = self.env["fx.rate.provider"].sudo().with_context(active_test=False)
        ranked = everyone.search([], order="sequence, id")
        root = self._get_root(self.company_id)
        fixed = ranked.filtered(lambda p: p._get_served_companies() - root)
        return ranked.ids, set(fixed.ids)

    def _put_in_order(self, providers, staying):
        """Rank the chain as chosen, without a change for any other company.

        :param staying: other providers of the company, which come behind
        """
        order, fixed = self._get_order()
        behind = set(staying.ids) - fixed
        ranked = arrange(providers.ids, order, fixed, behind)
        if ranked == order:
            return
        # sudo: numbers change for all, ranks among other companies' providers don't
        everyone = self.env["fx.rate.provider"].sudo()
        for place, provider in enumerate(everyone.browse(ranked), start=1):
            if provider.sequence != place * 10:
                provider.sequence = place * 10

    # === THEIR START === #

    def _start(self, providers):
        """Serve the company with those that are ready, and have the job ask them.

        :return: fx.rate.provider that are ready
        """
        root = self._get_root(self.company_id)
        ready = providers.filtered(lambda provider: not provider._get_obstacle())
        for provider in ready:
            if root not in provider._get_served_companies():
                provider._serve(root)
                provider.next_run = False
        # sudo: jobs belong to administrators; managers start providers
        job = self.env.ref("multicurrency_crm.cron_fetch_rates").sudo()
        job._trigger()
        return ready

    def _get_notification(self, providers, started):
        """Return the client action that says what was done, and shows the providers."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_provider_action"
        )
        sentences = self._explain_start(providers, started)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if providers == started else "info",
                "message": "\n".join(sentences),
                "className": "text-prewrap",
                "sticky": providers != started,
                "next": {**action, "target": "main"},
            },
        }

    def _explain_start(self, providers, started):
        """Return a sentence on those that are started and on each reason to wait."""
        _ = self.env._

        def names(some):
            return format_list(self.env, some.mapped("name"))

        waiting = (providers - started).grouped(lambda p: p._get_obstacle())
        sentences = []
        if started:
            sentences.append(
                _("Started, the first rates are on their way: %(p)s.", p=names(started))
            )
        if some := waiting.get("terms"):
            sentences.append(
                _(
                    "Off until their terms are accepted and Start is pressed: %(p)s.",
                    p=names(some),
                )
            )
        if some := waiting.get("key"):
            sentences.append(
                _(
                    "Off until their key is there and Start is pressed: %(p)s.",
                    p=names(some),
                )
            )
        if some := waiting.get(""):
            sentences.append(
                _("Created, and off until Start is pressed: %(p)s.", p=names(some))
            )
        return sentences
