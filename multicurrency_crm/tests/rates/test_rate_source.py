"""The catalogue: what is registered, in the reader's words, and our own use of it."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ...models.rates.fx_rate_source import PUBLISHERS
from ...providers import registry
from ..providers.test_registry import Atlantis
from .common import RatesCommon
from .test_rate_chain_wizard import ChainCommon


@tagged("post_install", "-at_install")
class TestRateSource(RatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything = cls.env["res.currency"].search([])
        traded = cls.cny | cls.usd | cls.eur | cls.jpy
        (everything - traded).active = False
        cls.sources = cls.env["fx.rate.source"]

    def _source(self, code):
        return self.sources.search([("code", "=", code)])

    def _user(self, groups, company=None):
        company = company or self.company
        return new_test_user(
            self.env,
            f"reader_{groups[-20:]}_{company.id}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_everything_that_is_registered(self):
        found = self.sources.search([])
        codes = [adapter.code for adapter in registry.all_adapters()]
        self.assertEqual(sorted(found.mapped("code")), sorted(codes))
        self.assertEqual(len(set(found.ids)), len(codes))
        self.assertLessEqual({*found.mapped("publisher")}, {*dict(PUBLISHERS)})
        for source in found:
            self.assertTrue(source.name and source.kind_names and source.terms)
            self.assertEqual(source.exists(), source)
            self.assertTrue(source.publishes or not registry.get(source.code).hosts)

    def test_what_a_source_says(self):
        source = self._source("ecb")
        self.assertRecordValues(
            source,
            [
                {
                    "name": "European Central Bank",
                    "place": "Euro area",
                    "base_id": self.eur.id,
                    "publisher": "authority",
                    "kind": "mid",
                    "currency_count": 29,
                    "publishes": "4:00\u202fPM, Monday to Friday (Europe/Berlin)",
                    "needs": False,
                }
            ],
        )
        self.assertIn("USD", source.currency_names)
        self.assertEqual(self._source("bazg").publisher, "tax")
        self.assertEqual(self._source("openexchangerates").needs, "a key")
        self.assertEqual(self._source("budget").currency_names, "Those of the file")

    def test_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        english = self._source("ecb")
        self.assertEqual(english.name, "European Central Bank")
        chinese = english.with_context(lang="zh_CN")
        self.assertEqual(chinese.name, "欧洲中央银行")
        self.assertEqual(chinese.search([("name", "=", "欧洲中央银行")]), english)
        self.assertEqual(english.name, "European Central Bank")

    def test_in_languages_whose_lists_babel_knows_in_part(self):
        for lang in ("es_ES", "nl_NL", "ar_001", "ja_JP", "ru_RU", "zh_TW"):
            self.env["res.lang"]._activate_lang(lang)
            with self.subTest(lang=lang):
                sources = self.sources.with_context(lang=lang).search([])
                for name, field in sources._fields.items():
                    if field.compute:
                        sources.mapped(name)
                ecb = sources.filtered(lambda source: source.code == "ecb")
                self.assertTrue("USD" in ecb.currency_names)

    def test_an_adapter_of_another_addon(self):
        """It is there at once, whatever it leaves out, and gone with its addon."""
        self.addCleanup(registry.unregister, "atlantis")
        registry.register(Atlantis)
        source = self._source("atlantis")
        self.assertEqual(source.publisher, "service")
        self.assertIn("not known", source.currency_names)
        self.assertFalse(source.mine)
        registry.unregister("atlantis")
        self.assertFalse(self._source("atlantis"))
        source.invalidate_recordset()
        self.assertFalse(source.exists())

    def test_by_currency(self):
        has_yen = self.sources.search([("currency_ids", "in", self.jpy.ids)])
        self.assertIn("ecb", has_yen.mapped("code"))
        self.assertNotIn("pegs", has_yen.mapped("code"))
        self.assertIn(
            "bnr", self.sources.search([("base_id", "ilike", "RON")]).mapped("code")
        )
        tenge = self.sources.search([("currency_ids", "ilike", "KZT")])
        self.assertIn("banca_italia", tenge.mapped("code"))  # inactive, and found
        groups = dict(self.sources._read_group([], ["currency_ids"], ["__count"]))
        self.assertEqual(set(groups), {self.cny, self.usd, self.eur, self.jpy})
        for currency, count in groups.items():
            self.assertEqual(
                count, self.sources.search_count([("currency_ids", "in", currency.ids)])
            )
        self.assertTrue(
            self.sources.fields_get(["currency_ids"])["currency_ids"]["groupable"]
        )

    def test_mine(self):
        """Each company by its own books; of whom nothing is known, nothing is said."""
        has_all = [("has_all_mine", "=", True)]
        self.assertEqual(self._source("ecb").mine, "3 of 3")
        self.assertEqual(self._source("pegs").mine, "0 of 3")
        self.assertEqual(self._source("pegs").mine_lacking, "EUR, JPY, USD")
        self.assertFalse(self._source("bazg").mine)
        self.assertIn("ecb", self.sources.search(has_all).mapped("code"))
        self.assertNotIn("bazg", self.sources.search(has_all).mapped("code"))
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "KZT")]
        ).active = True
        self.assertNotIn("ecb", self.sources.search(has_all).mapped("code"))
        self.assertIn(
            "ecb", self.sources.search([("has_all_mine", "=", False)]).mapped("code")
        )
        other = self.sources.with_company(self.other_company)
        self.assertEqual(other.search([("code", "=", "ecb")]).mine, "3 of 4")

    def test_who_is_of_most_use_comes_first(self):
        """Each company's own official body and bank, then who covers most."""
        with self.subTest("China"):
            ChainCommon._place.__func__(type(self), self.company, "base.cn")
            first = self.sources.search([], limit=2)
            self.assertEqual(first.mapped("code"), ["cfets", "boc_cn"])
            self.assertEqual(self._source("boc_cn").mine, "3 of 3")
        with self.subTest("the United States"):
            ChainCommon._place.__func__(type(self), self.other_company, "base.us")
            theirs = self.sources.with_company(self.other_company).search([])
            self.assertNotIn("boc_cn", theirs[:5].mapped("code"))
            covered = [source.mine for source in theirs[:5]]
            self.assertEqual(covered, ["3 of 3"] * 5)
        last = self.sources.search([])[-2:]
        self.assertEqual(set(last.mapped("code")), {"manual_file", "budget"})

    def test_what_has_come_is_known(self):
        """Of a publisher that lists nothing, what it has brought here counts."""
        provider = self._create_provider(self.company, service="bazg")
        provider._write_guarded(
            {
                "arrivals": {
                    "USD": ["2026-03-06", 1],
                    "CNY": ["2026-03-06", 1],
                    "EUR": None,
                }
            }
        )
        source = self._source("bazg")
        self.assertEqual(source.mine, "1 of 3")
        self.assertEqual(source.currency_names, "Come so far: CNY, USD")

    def test_use_here(self):
        source = self._source("ecb")
        self.assertEqual(source.use, "new")
        self.assertIn(self.provider, source.provider_ids)
        self.assertIn(source, self.sources.search([("is_used", "=", True)]))
        self.assertNotIn(source, self.sources.search([("is_used", "=", False)]))
        self.provider._write_guarded({"state": "failed"})
        source.invalidate_recordset()
        self.assertEqual(source.use, "failed")
        self.assertEqual(self._source("boe").use, "no")
        self.assertIn(self.provider, self._opened(source.action_open_providers()))
        form = self._source("boe").action_add_provider()
        self.assertEqual(form["context"]["default_service"], "boe")

    def _opened(self, action):
        return self.env[action["res_model"]].search(action["domain"])

    def test_another_companys_providers_are_not_shown(self):
        user = self._user("multicurrency_crm.group_finance", self.other_company)
        source = self._source("ecb").with_user(user).with_company(self.other_company)
        source = source.with_context(allowed_company_ids=self.other_company.ids)
        self.assertNotIn(self.provider, source.provider_ids)
        self.assertFalse(source.is_used)

    def test_who_may_read(self):
        for group in ("group_finance", "group_manager"):
            user = self._user(f"multicurrency_crm.{group}")
            self.assertTrue(self.sources.with_user(user).search([]))
        for group in ("multicurrency_crm.group_user", "sales_team.group_sale_salesman"):
            with self.assertRaises(AccessError):
                self.sources.with_user(self._user(group)).search([])

    def test_the_registry_costs_no_query_a_source(self):
        found = self.sources.search([])
        found.invalidate_recordset()
        with self.assertQueryCount(30):
            found.mapped("name")
            found.mapped("mine")
            found.mapped("use")
            found.mapped("currency_names")
