"""Finding sources: the proposal, changed by hand, and in one click."""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ...providers import registry
from ..providers.test_registry import Atlantis
from .common import RatesCommon


class ChainCommon(RatesCommon):
    """A Chinese exporter that trades in four currencies, and no provider at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["fx.rate.provider"].search([]).unlink()
        everything = cls.env["res.currency"].search([])
        cls.vnd, cls.aed = cls._activate("VND", "AED")
        cls.traded = cls.cny | cls.usd | cls.eur | cls.vnd
        (everything - cls.traded).active = False
        cls.aed.active = False
        cls._place(cls.company, "base.cn")
        cls._place(cls.other_company, "base.us")
        cls.manager = new_test_user(
            cls.env,
            "chain_manager",
            groups="base.group_user,multicurrency_crm.group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
        )

    @classmethod
    def _place(cls, company, country):
        # as a field: to write it on a company may install a localisation
        place = cls.env.ref(country)
        cls.env.cr.execute(
            "UPDATE res_partner SET country_id = %s WHERE id = %s",
            [place.id, company.partner_id.id],
        )
        cls.env.cr.execute(
            "UPDATE res_company SET account_fiscal_country_id = %s WHERE id = %s",
            [place.id, company.id],
        )
        cls.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestRateChainWizard(ChainCommon):
    def _open(self, company=None, **values):
        company = company or self.company
        chains = self.env["fx.rate.chain"].with_user(self.manager)
        chains = chains.with_context(allowed_company_ids=company.ids)
        return chains.create({"company_id": company.id, **values})

    def _chosen(self, chain):
        return chain._get_chosen_lines().mapped("service")

    def _providers(self, company=None):
        root = (company or self.company).root_id
        return self.env["fx.rate.provider"]._get_chain(root)

    # ------------------------------------------------------------------ the proposal

    def test_china(self):
        chain = self._open()
        self.assertEqual(chain.currency_ids, self.usd | self.eur | self.vnd)
        self.assertEqual(self._chosen(chain), ["cfets", "banca_italia", "open_er_api"])
        first, second, third = chain._get_chosen_lines()
        self.assertEqual(first.reason, "The official source of China.")
        self.assertEqual((first.has, first.lacks), ("EUR, USD", "VND"))
        self.assertEqual(second.reason, "The widest official source for: VND.")
        self.assertIn("Stands in", third.reason)
        self.assertFalse(chain.missing or chain.single or chain.inactive)
        self.assertEqual(chain.also, "Bank of China (price board)")
        unused = (chain.line_ids - chain._get_chosen_lines()).sorted("sequence")
        self.assertEqual(unused[0].service, "boc_cn")
        self.assertEqual((unused[0].has, unused[0].lacks), ("EUR, USD", "VND"))
        self.assertIn("ecb", unused.mapped("service"))
        self.assertNotIn("pegs", unused.mapped("service"))
        self.assertNotIn("manual_file", unused.mapped("service"))
        paid = unused.filtered(lambda line: line.service == "openexchangerates")
        self.assertEqual(paid.needs, "a key")

    def test_other_books(self):
        chain = self._open(self.other_company)
        self.assertEqual(chain.company_currency_id, self.usd)
        self.assertEqual(chain.currency_ids, self.cny | self.eur | self.vnd)
        self.assertEqual(self._chosen(chain)[0], "banca_italia")

    def test_a_branch_takes_the_books_of_its_main_company(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self.manager.write({"company_ids": branch, "company_id": branch.id})
        chain = self._open(branch)
        self.assertEqual(chain.company_currency_id, self.cny)
        self.assertEqual(self._chosen(chain)[0], "cfets")
        chain.action_create_and_start()
        self.assertEqual(self._providers()[0].service, "cfets")
        self.assertEqual(self._providers().company_ids, self.company)

    def test_changed_by_hand(self):
        """In a form: another country, one source alone; it says what that lacks."""
        with Form(self.env["fx.rate.chain"].with_user(self.manager)) as form:
            form.country_id = self.env.ref("base.vn")
            form.currency_ids.add(self.aed)
            self.assertEqual(form.inactive, "AED")
            self.assertIn("Vietcombank", form.also)
            for number in range(len(form.line_ids)):
                with form.line_ids.edit(number) as line:
                    line.use = line.service == "cfets"
            self.assertEqual(form.missing, "VND")
            self.assertEqual(form.single, "AED, EUR, USD")
        chain = form.record
        self.assertEqual(self._chosen(chain), ["cfets"])
        chain.action_propose()
        self.assertGreater(len(self._chosen(chain)), 1)

    def test_sides_of_a_price(self):
        lira = self._activate("TRY")[0]
        company = self._create_company("Harbour Anatolia", lira)
        self._place(company, "base.tr")
        self.manager.company_ids += company
        chain = self._open(company)
        self.assertEqual((chain.rate_kind, self._chosen(chain)), ("buy", ["tcmb"]))
        self.assertEqual((chain.missing, chain.better_kind), ("VND", True))
        chain.action_take_middle()
        self.assertEqual(chain.rate_kind, "mid")
        self.assertEqual(self._chosen(chain)[0], "banca_italia")
        self.assertFalse(chain.missing or chain.better_kind)
        self.assertIn("Turkey", chain.also)
        board = chain.line_ids.filtered(lambda line: line.service == "tcmb")
        self.assertIn("another kind of rate", board.needs)

    def test_a_third_partys_adapter(self):
        self.addCleanup(registry.unregister, "atlantis")
        registry.register(Atlantis)
        franc = self._activate("XPF")[0]
        company = self._create_company("Harbour Atlantis", franc)
        self.manager.company_ids += company
        chain = self._open(company)
        line = chain.line_ids.filtered(lambda line: line.service == "atlantis")
        self.assertFalse(line.use)  # it names no country: a service
        self.assertIn("aren't known", line.needs)
        line.use = True
        self.assertEqual(line.reason, "Chosen by you.")

    # ------------------------------------------------------------------ in one click

    def test_created(self):
        """Nothing is fetched: they serve nobody before Start."""
        self._open().action_create_chain()
        found = self.env["fx.rate.provider"].search([])
        self.assertEqual(
            found.mapped("service"), ["cfets", "banca_italia", "open_er_api"]
        )
        self.assertFalse(found.company_ids or found.currency_ids)
        self.assertEqual(set(found.mapped("rate_kind")), {"mid"})

    def test_created_and_started(self):
        action = self._open().action_create_and_start()
        found = self._providers()
        self.assertEqual(
            found.mapped("service"), ["cfets", "banca_italia", "open_er_api"]
        )
        self.assertEqual(found.company_ids, self.company)
        self.assertFalse(any(found.mapped("next_run")))
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("Banca d'Italia", action["params"]["message"])
        job = self.env.ref("multicurrency_crm.cron_fetch_rates")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)]))

    def test_again_nothing_is_doubled(self):
        self._open().action_create_and_start()
        before = self._providers()
        before.next_run = "2030-01-01"
        self._open().action_create_and_start()
        self.assertEqual(self._providers(), before)
        self.assertEqual(self.env["fx.rate.provider"].search_count([]), len(before))
        self.assertEqual(len(set(before.mapped("next_run"))), 1)

    def test_one_that_waits_is_taken(self):
        ecb = self._create_provider(self.env["res.company"], service="boe", name="Old")
        chain = self._open()
        line = chain.line_ids.filtered(lambda line: line.service == "boe")
        self.assertEqual(line.provider_id, ecb)
        line.write({"use": True, "sequence": -1})
        chain.action_create_and_start()
        self.assertEqual(self._providers()[0], ecb)

    def test_some_currencies_only(self):
        """Each fetches those that were picked and that it has."""
        chain = self._open(currency_ids=[Command.set((self.usd | self.vnd).ids)])
        chain.action_create_and_start()
        cfets, rome = self._providers()[:2]
        self.assertEqual(cfets.currency_ids, self.usd)
        self.assertEqual(rome.currency_ids, self.usd | self.vnd)
        wider = self._open(currency_ids=[Command.set((self.usd | self.aed).ids)])
        wider.action_create_and_start()
        cfets.invalidate_recordset()
        self.assertEqual(
            cfets.with_context(active_test=False).currency_ids, self.usd | self.aed
        )

    def test_what_wants_a_key_or_terms_stays_off(self):
        chain = self._open()
        chain.line_ids.use = False
        for service, place in (("openexchangerates", 0), ("fbil", 1), ("cfets", 2)):
            line = chain.line_ids.filtered(lambda x, s=service: x.service == s)
            if not line:
                line = line.create({"chain_id": chain.id, "service": service})
            line.write({"use": True, "sequence": place})
        action = chain.action_create_and_start()
        self.assertEqual(self._providers().mapped("service"), ["cfets"])
        found = self.env["fx.rate.provider"].search([])
        self.assertEqual(
            found.mapped("service"), ["openexchangerates", "fbil", "cfets"]
        )
        self.assertIn("key", action["params"]["message"])
        self.assertIn("terms", action["params"]["message"])
        found[0].sudo().api_key = "abc"
        self._open_again(chain)
        self.assertEqual(
            self._providers().mapped("service"), ["openexchangerates", "cfets"]
        )

    def _open_again(self, chain):
        chain.invalidate_recordset()
        chain.action_create_and_start()

    # ------------------------------------------------------------------ two companies

    def test_shared_where_the_order_allows(self):
        """One provider serves both; the other company's order stays as it was."""
        self._open().action_create_and_start()
        ours = self._providers()
        chain = self._open(self.other_company)
        self.assertEqual(self._chosen(chain), ["banca_italia", "open_er_api"])
        chain.action_create_and_start()
        self.assertEqual(self._providers(), ours)
        self.assertEqual(self._providers(self.other_company), ours[1:])
        self.assertEqual(ours[1].company_ids, self.company | self.other_company)

    def test_a_second_one_where_orders_differ(self):
        self._open().action_create_and_start()
        ours = self._providers()
        chain = self._open(self.other_company)
        for line in chain._get_chosen_lines():
            line.sequence = -line.sequence
        chain.action_create_and_start()
        theirs = self._providers(self.other_company)
        self.assertEqual(self._providers(), ours)
        self.assertEqual(theirs.mapped("service"), ["open_er_api", "banca_italia"])
        self.assertEqual(len(theirs & ours), 1)

    def test_what_serves_already_comes_behind(self):
        old = self._create_provider(self.company, service="boc_valet", name="Old")
        chain = self._open()
        self.assertEqual(chain.staying, "Old")
        chain.action_create_and_start()
        self.assertEqual(self._providers()[-1], old)
        self.assertEqual(self._providers()[0].service, "cfets")

    def test_another_use_of_a_source_is_left_alone(self):
        kept = self._create_provider(
            self.company, service="cfets", purpose="customs", name="Customs"
        )
        self._open().action_create_and_start()
        self.assertEqual(kept.purpose, "customs")
        self.assertNotIn(kept, self._providers())
        self.assertEqual(self._providers()[0].service, "cfets")

    # ------------------------------------------------------------------ who may

    def test_a_clerk_is_shown_what_a_clerk_can_do(self):
        """Finance looks; no toggle, no handle and no button that would be refused."""
        clerk = new_test_user(
            self.env, "chain_clerk", groups="multicurrency_crm.group_finance"
        )
        views = self.env["fx.rate.chain"]
        shown = {}
        for user in (self.manager, clerk):
            arch = etree.fromstring(
                views.with_user(user).get_view(view_type="form")["arch"]
            )
            shown[user] = {
                "buttons": {
                    button.get("name")
                    for button in arch.iter("button")
                    if button.get("type") == "object"
                },
                "toggles": arch.xpath("//field[@widget='boolean_toggle']"),
                "handles": arch.xpath("//field[@widget='handle']"),
                "words": " ".join(arch.itertext()),
            }
        self.assertIn("action_create_chain", shown[self.manager]["buttons"])
        self.assertTrue(shown[self.manager]["toggles"])
        self.assertNotIn("ask one of them", shown[self.manager]["words"])
        self.assertEqual(shown[clerk]["buttons"], {"action_take_middle"})
        self.assertFalse(shown[clerk]["toggles"] or shown[clerk]["handles"])
        self.assertIn("ask one of them", shown[clerk]["words"])

    def test_finance_looks_and_managers_create(self):
        for group, may_look in (
            ("multicurrency_crm.group_finance", True),
            ("multicurrency_crm.group_user", False),
            ("sales_team.group_sale_salesman", False),
        ):
            user = new_test_user(
                self.env,
                f"u_{group[-12:]}",
                groups=f"base.group_user,{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            chains = self.env["fx.rate.chain"].with_user(user)
            if not may_look:
                with self.assertRaises(AccessError):
                    chains.create({})
                continue
            chain = chains.create({})
            self.assertTrue(self._chosen(chain))
            for create in (chain.action_create_chain, chain.action_create_and_start):
                with self.assertRaises(AccessError):
                    create()
        self.assertFalse(self.env["fx.rate.provider"].search([]))

    def test_one_looks_at_ones_own(self):
        chain = self._open()
        other = self._create_salesperson("nosy", "multicurrency_crm.group_manager")
        with self.assertRaises(AccessError):
            chain.with_user(other).read(["rate_kind"])

    def test_start_is_there_for_a_second_company(self):
        provider = self._create_provider(self.company)
        self.assertTrue(provider.serves_here)
        self.assertFalse(provider.with_company(self.other_company).serves_here)

    def test_from_the_first_steps(self):
        steps = (
            self.env["multicurrency.first.steps"]
            .with_user(self.manager)
            .create(
                {
                    "currency_policy": "advise",
                    "lock_booking": "market",
                    "lock_timing": "manual",
                }
            )
        )
        self.assertEqual(steps.action_open_chain()["res_model"], "fx.rate.chain")
