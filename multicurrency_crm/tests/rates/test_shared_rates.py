"""Rates typed for all companies stay visible beside fetched ones."""

from odoo.tests import tagged

from .common import RatesCommon, eur_quote

PUBLISHED = {"2026-03-02": "1.08", "2026-03-03": "1.09", "2026-03-05": "1.10"}


@tagged("post_install", "-at_install")
class TestSharedRates(RatesCommon):
    def _type_shared(self, date, rate, currency=None):
        return self.Rate.create(
            {
                "currency_id": (currency or self.usd).id,
                "company_id": False,
                "name": date,
                "rate": rate,
            }
        )

    def _store(self):
        return self.provider._store(
            [
                eur_quote(day, code, value)
                for day, usd in PUBLISHED.items()
                for code, value in (("USD", usd), ("CNY", "8"))
            ]
        )

    def assertConverts(self, expected, company=None):
        """{ISO date: USD for 1 CNY} as Odoo converts."""
        for day, rate in expected.items():
            found = self.usd._get_conversion_rate(
                self.cny, self.usd, company or self.company, day
            )
            self.assertAlmostEqual(found, rate, 12, day)

    def test_from_its_date_until_the_next_published_one(self):
        self._type_shared("2026-03-04", 0.5)
        self._store()
        self.assertConverts(
            {
                "2026-03-02": 0.135,
                "2026-03-03": 0.13625,
                "2026-03-04": 0.5,
                "2026-03-05": 0.1375,
            }
        )
        spot = self.usd._find_spot(self.company, "2026-03-04")[self.usd.id]
        self.assertEqual(spot.source, "Typed by hand")

    def test_on_a_published_day_the_typed_rate_wins(self):
        self._type_shared("2026-03-03", 0.5)
        self._store()
        self.assertConverts({"2026-03-03": 0.5, "2026-03-05": 0.1375})
        [result] = self._store().values()
        self.assertEqual((result.written, result.unchanged, result.kept), (0, 5, 1))
        self.assertConverts({"2026-03-03": 0.5})

    def test_newest_of_all(self):
        self._store()
        self._type_shared("2026-03-06", 0.5)
        self.assertConverts({"2026-03-05": 0.1375, "2026-03-09": 0.5})

    def test_typed_before_anything_was_fetched(self):
        """Old shared rates go on ruling the days before the first published one."""
        self._type_shared("2010-01-01", 0.5)
        self._store()
        self.assertConverts({"2015-01-01": 0.5, "2026-03-02": 0.135})
        self.assertEqual(len(self._rates(self.usd)), 3)

    def test_typed_between_fetched_ones_later(self):
        self._store()
        self._type_shared("2026-03-04", 0.5)
        self.assertConverts({"2026-03-04": 0.5, "2026-03-05": 0.1375})

    def test_it_follows_the_shared_rate(self):
        shared = self._type_shared("2026-03-04", 0.5)
        self._store()
        shared.rate = 0.25
        self.assertConverts({"2026-03-04": 0.25})
        shared.name = "2026-03-06"
        self.assertConverts({"2026-03-04": 0.13625, "2026-03-06": 0.25})
        shared.unlink()
        self.assertConverts({"2026-03-06": 0.1375})

    def test_shared_rate_given_to_one_company(self):
        shared = self._type_shared("2026-03-04", 0.5)
        self._store()
        shared.company_id = self.other_company
        self.assertConverts({"2026-03-04": 0.13625})

    def test_hidden_by_a_persons_choice_stays_hidden(self):
        self._set_rate(self.usd, "2026-02-01", 0.14)
        self._type_shared("2026-03-04", 0.5)
        self._store()
        self.assertConverts({"2026-02-15": 0.14, "2026-03-04": 0.13625})

    def test_other_companies_are_not_concerned(self):
        self._store()
        self._type_shared("2026-03-04", 0.5)
        self.assertFalse(self._rates(self.usd, self.other_company))
        third = self._create_company("Harbour South", self.cny)
        self.assertConverts({"2026-03-04": 0.5, "2026-03-09": 0.5}, third)

    def test_a_shared_rate_of_another_currency(self):
        self._type_shared("2026-03-04", 0.5, self.jpy)
        self._store()
        self.assertFalse(self._rates(self.jpy))

    def test_no_provider_no_change(self):
        """Without fetched rates nothing is repeated anywhere."""
        self._set_rate(self.usd, "2026-01-01", 0.14)
        self._type_shared("2026-03-04", 0.5)
        self.assertEqual(self.Rate.search_count([]), 2)
