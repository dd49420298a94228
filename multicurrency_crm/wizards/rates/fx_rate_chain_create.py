from odoo import Command, models
from odoo.tools import format_list

from ...engine.provider_order import arrange, movable
from ...engine.rate_sources import covers
from ...providers import registry


class FxRateChain(models.TransientModel):
    """From a chain of sources to providers, in one click."""

    _inherit = "fx.rate.chain"

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
        return self._tell(providers, started)

    # ------------------------------------------------------------------ providers

    def _find_candidates(self, lines):
        """Providers that could be those of lines, the best of each service first.

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
        """Providers of all companies of the user, whichever are switched on."""
        companies = self.env.company | self.env.user.company_ids
        return self.env["fx.rate.provider"].with_context(
            allowed_company_ids=companies.ids
        )

    def _find_or_create(self, lines):
        """A provider for each line; new ones where there is none, or none that fits.

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
                own = providers.create(self._prepare_provider(line))
            providers += own
        return providers

    def _prepare_provider(self, line):
        """Values of a new provider: it serves nobody yet, and comes last."""
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
        """The currencies that a provider is to fetch; none stands for all active ones.

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

    # ------------------------------------------------------------------ their order

    def _get_order(self):
        """All providers as they rank, and those that other companies count upon.

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

    # ------------------------------------------------------------------ their start

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

    def _tell(self, providers, started):
        """Say what was done, and show the providers."""
        _ = self.env._

        def names(some):
            return format_list(self.env, some.mapped("name"))

        waiting = (providers - started).grouped(lambda p: p._get_obstacle())
        said = []
        if started:
            said.append(
                _("Started, the first rates are on their way: %(p)s.", p=names(started))
            )
        if some := waiting.get("terms"):
            said.append(
                _(
                    "Off until their terms are accepted and Start is pressed: %(p)s.",
                    p=names(some),
                )
            )
        if some := waiting.get("key"):
            said.append(
                _(
                    "Off until their key is there and Start is pressed: %(p)s.",
                    p=names(some),
                )
            )
        if some := waiting.get(""):
            said.append(
                _("Created, and off until Start is pressed: %(p)s.", p=names(some))
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_provider_action"
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if providers == started else "info",
                "message": " ".join(said),
                "sticky": providers != started,
                "next": {**action, "target": "main"},
            },
        }
