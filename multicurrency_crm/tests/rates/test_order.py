"""Several providers for one company: the books don't depend on who came first."""

import datetime
import itertools
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...engine.rates import Quote
from ..hypothesis_profile import examples
from .common import RatesCommon, eur_quote

MONDAY = datetime.date(2026, 3, 2)


def both(day, usd, cny="7.8000"):
    """Quotes of the dollar and the company's currency on one day."""
    return [eur_quote(day, "USD", usd), eur_quote(day, "CNY", cny)]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 18:00:00")
class TestOrder(RatesCommon):
    def setUp(self):
        super().setUp()
        self.provider.sequence = 10
        self.second = self._create_provider(
            self.company, name="Second", sequence=20, max_age_days=7
        )

    def _sources(self, currency=None):
        rows = self.Rate.search([("currency_id", "=", (currency or self.usd).id)])
        return {str(row.name): row.fx_provider_id.name for row in rows}

    def test_first_is_never_overwritten(self):
        self.provider._store(both(MONDAY, "1.0800"))
        [result] = self.second._store(both(MONDAY, "1.0900")).values()
        self.assertEqual((result.written, result.kept, result.covered), (0, 2, 2))
        self.assertRates(self.usd, {"2026-03-02": 1.08 / 7.8})

    def test_first_replaces_the_second(self):
        self.second._store(both(MONDAY, "1.0900"))
        self.provider._store(both(MONDAY, "1.0800"))
        self.assertRates(self.usd, {"2026-03-02": 1.08 / 7.8})
        change = self.env["fx.rate.change"].search(
            [("currency_id", "=", self.usd.id)], limit=1
        )
        self.assertEqual(change.old_source, "Second")
        self.assertEqual(change.new_source, "Test ECB")
        self.assertAlmostEqual(change.old_rate, 1.09 / 7.8, 12)

    def test_second_fills_a_currency(self):
        [yen] = self._activate("JPY")
        self.provider._store(both(MONDAY, "1.0800"))
        self.second._store(
            [*both(MONDAY, "1.0900"), eur_quote(MONDAY, "JPY", "160.00")]
        )
        self.assertEqual(self._sources(), {"2026-03-02": "Test ECB"})
        self.assertEqual(self._sources(yen), {"2026-03-02": "Second"})

    def test_second_fills_a_missed_day(self):
        """A TARGET day on which the first brought nothing, not the weekend."""
        tuesday, saturday = datetime.date(2026, 3, 3), datetime.date(2026, 3, 7)
        for order in itertools.permutations(
            [
                (self.provider, both(MONDAY, "1.0800")),
                (self.provider, both(datetime.date(2026, 3, 6), "1.0850")),
                (self.second, both(tuesday, "1.0900") + both(saturday, "1.0910")),
            ]
        ):
            with self.subTest([p.name for p, _quotes in order]):
                self.Rate.search([]).unlink()
                for provider, quotes in order:
                    provider._store(quotes)
                self.assertEqual(
                    self._sources(),
                    {
                        "2026-03-02": "Test ECB",
                        "2026-03-03": "Second",
                        "2026-03-06": "Test ECB",
                    },
                )

    def test_second_takes_over_when_the_first_is_too_old(self):
        self.provider.max_age_days = 3
        self.provider._store(both("2026-03-06", "1.0800"))
        later = datetime.date(2026, 3, 14)
        self.second._store(both(later, "1.0900"))
        self.assertEqual(
            self._sources(), {"2026-03-06": "Test ECB", "2026-03-14": "Second"}
        )

    def test_before_its_hour_the_first_may_still_come(self):
        today = datetime.date(2026, 3, 20)
        self.provider._store(both("2026-03-19", "1.0800"))
        with freeze_time("2026-03-20 12:00:00"):
            self.second._store(both(today, "1.0900"))
            self.assertEqual(self._sources(), {"2026-03-19": "Test ECB"})
            self.assertEqual(self.provider._fill_from_reserve(self.company), 0)
        self.provider._write_guarded({"state": "failed"})
        with freeze_time("2026-03-20 12:30:00"):
            self.assertEqual(self.provider._fill_from_reserve(self.company), 2)
        self.assertEqual(
            self._sources(), {"2026-03-19": "Test ECB", "2026-03-20": "Second"}
        )
        self.provider._store(both(today, "1.0820"))
        self.assertEqual(self._sources()["2026-03-20"], "Test ECB")

    def test_kinds_do_not_mix(self):
        """The second brings a bank's buying rate: never into the books of the first."""
        self.env.cr.execute(
            "UPDATE fx_rate_provider SET rate_kind = 'buy' WHERE id = %s",
            [self.second.id],
        )
        self.second.invalidate_recordset()
        quotes = [
            Quote("EUR", q.currency, q.value, 1, q.direction, q.date, "buy", "ecb")
            for q in both(MONDAY, "1.0700")
        ]
        self.second._store(quotes)
        self.assertFalse(self.Rate.search([]))
        found = self.usd._find_named(self.company, "buy", MONDAY)
        self.assertAlmostEqual(found[self.usd.id].rate, 1.07 / 7.8, 12)
        self.assertEqual(self.usd._find_named(self.company, "sell", MONDAY), {})
        self.provider._store(both(MONDAY, "1.0800"))
        self.assertEqual(self._sources(), {"2026-03-02": "Test ECB"})

    def test_typed_beats_all(self):
        typed = self._set_rate(self.usd, "2026-03-02", 0.139)
        for provider in (self.second, self.provider):
            provider._store(both(MONDAY, "1.0800"))
        self.assertEqual(typed.rate, 0.139)
        self.assertFalse(typed.fx_provider_id)

    def test_order_of_arrival_does_not_matter(self):
        days = [MONDAY + datetime.timedelta(n) for n in range(14)]

        @settings(max_examples=examples(12))
        @given(
            st.lists(
                st.tuples(
                    st.sampled_from((0, 1)),
                    st.sampled_from(days),
                    st.integers(10700, 10900),
                ),
                max_size=10,
                unique_by=lambda batch: batch[:2],
            ).flatmap(lambda batches: st.tuples(*[st.permutations(batches)] * 2))
        )
        def check(orders):
            books = []
            for batches in orders:
                self.Rate.search([]).unlink()
                self.env["fx.rate.named"].search([]).unlink()
                for place, day, figure in batches:
                    provider = (self.provider, self.second)[place]
                    provider._store(both(day, str(Decimal(figure) / 10000)))
                rows = self.Rate.search([("currency_id", "=", self.usd.id)])
                books.append(
                    {r.name: (r.fx_provider_id.id, round(r.rate, 12)) for r in rows}
                )
            self.assertEqual(*books)

        check()
