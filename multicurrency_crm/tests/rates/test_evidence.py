"""Nobody but a provider says that a rate is a provider's."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import RatesCommon, eur_quote

FORGED = {
    "fx_quoted": "1 EUR = 9.9999 USD",
    "fx_kind": "mid",
    "fx_published_on": "2026-03-02",
    "fx_received_at": "2026-03-02 16:00:00",
    "fx_payload_hash": "0" * 64,
    "fx_unconfirmed": True,
    "fx_base_rate": 1.0,
    "fx_carried_from": "2026-03-01",
}


@tagged("post_install", "-at_install")
class TestEvidence(RatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = new_test_user(
            cls.env,
            "bookkeeper",
            groups="base.group_system,multicurrency_crm.group_finance",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.forged = {**FORGED, "fx_provider_id": cls.provider.id}
        cls.place = {
            "currency_id": cls.usd.id,
            "company_id": cls.company.id,
            "name": "2026-03-03",
        }

    def assertTyped(self, rate):
        for name in self.forged:
            self.assertFalse(rate[name], name)

    def test_no_evidence_with_a_new_rate(self):
        Rate = self.Rate.with_user(self.finance)
        self.assertTyped(Rate.create({**self.place, "rate": 0.14, **self.forged}))
        defaults = {f"default_{name}": value for name, value in self.forged.items()}
        Rate.search([]).unlink()
        typed = Rate.with_context(**defaults).create({**self.place, "rate": 0.14})
        self.assertTyped(typed)

    def test_no_evidence_by_a_change(self):
        rate = self.Rate.with_user(self.finance).create({**self.place, "rate": 0.14})
        rate.write(self.forged)
        self.assertTyped(rate)
        rate.write({"rate": 0.15, **self.forged})
        self.assertTyped(rate)
        self.assertEqual(rate.rate, 0.15)

    def test_evidence_is_not_altered(self):
        self.provider._store(
            [
                eur_quote("2026-03-02", "USD", "1.0800"),
                eur_quote("2026-03-02", "CNY", "7.8000"),
            ]
        )
        fetched = self.Rate.search([("currency_id", "=", self.usd.id)])
        before = fetched.read(list(self.forged))
        fetched.with_user(self.finance).write(self.forged)
        self.assertEqual(fetched.read(list(self.forged)), before)

    def test_no_evidence_with_a_named_rate(self):
        Named = self.env["fx.rate.named"].with_user(self.finance)
        forged = {
            "provider_id": self.provider.id,
            "quoted": "1 EUR = 9.9999 USD",
            "published_on": "2026-03-02",
        }
        values = {
            "currency_id": self.usd.id,
            "company_id": self.company.id,
            "date": "2026-03-03",
            "kind": "tax",
            "rate": 0.14,
        }
        named = Named.with_context(default_provider_id=self.provider.id).create(
            values | forged
        )
        for change in ({}, forged, forged | {"rate": 0.15}):
            named.write(change)
            self.assertEqual([named[name] or False for name in forged], [False] * 3)
        self.assertEqual(named.rate, 0.15)


@tagged("post_install", "-at_install")
class TestWrittenUnchanged(RatesCommon):
    """What is written as it stands is not typed (account-financial-tools#400)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._store("1.08")
        cls.fetched = cls.Rate.search([("fx_provider_id", "=", cls.provider.id)])

    @classmethod
    def _store(cls, dollars):
        day = "2026-03-02"
        cls.provider._store(
            [eur_quote(day, "USD", dollars), eur_quote(day, "CNY", "7.7803")]
        )

    def _read(self):
        self.env.invalidate_all()
        names = ["name", "rate", "fx_provider_id", "fx_quoted", "fx_kind", "write_date"]
        return self.fetched.read(names)

    def _load(self, change=lambda row: row):
        """Export, change, import."""
        names = ["id", "name", "currency_id/id", "company_id/id", "company_rate"]
        rows = self.fetched.export_data(names)["datas"]
        result = self.Rate.load(
            names, [[str(cell) for cell in change(row)] for row in rows]
        )
        self.assertFalse(result["messages"])

    def test_exported_and_imported(self):
        before, changes = self._read(), self.env["fx.rate.change"].search_count([])
        self._load()
        self.assertEqual(self._read(), before)
        self.assertEqual(self.env["fx.rate.change"].search_count([]), changes)

    def test_the_publishers_correction_still_arrives(self):
        self._load()
        self._store("1.09")
        rate = self.fetched.filtered(lambda rate: rate.currency_id == self.usd)
        self.assertIn("1.09", rate.fx_quoted)

    def test_one_of_them_changed(self):
        def raise_dollar(row):
            of_dollar = row[2] == "base.USD"
            return [*row[:4], row[4] * 2 if of_dollar else row[4]]

        self._load(raise_dollar)
        self.env.invalidate_all()
        typed = self.fetched.filtered(lambda rate: not rate.fx_provider_id)
        self.assertEqual(typed.currency_id, self.usd)

    def test_a_figure_as_text(self):
        rate = self.fetched[0]
        rate.write({"rate": str(rate.rate)})
        self.assertEqual(rate.fx_provider_id, self.provider)
        rate.write({"rate": "0.81"})
        self.assertFalse(rate.fx_provider_id)

    def test_a_day_changed(self):
        rate = self.fetched[0]
        rate.write({"name": "2026-01-05", "rate": rate.rate})
        self.assertFalse(rate.fx_provider_id)

    def test_a_reason_alone(self):
        rate = self.fetched[0]
        rate.write({"rate": rate.rate, "fx_reason": "Looked at."})
        self.assertEqual(rate.fx_provider_id, self.provider)
        self.assertEqual(rate.fx_reason, "Looked at.")
