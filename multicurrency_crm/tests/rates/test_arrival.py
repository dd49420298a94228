"""Three providers with habits of their own: the books don't depend on who was first."""

import datetime
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ...providers.reading import RefusedQuote
from ..hypothesis_profile import examples
from .common import RatesCommon, eur_quote

MONDAY = datetime.date(2026, 3, 2)
DAYS = [MONDAY + datetime.timedelta(n) for n in range(-4, 14)]

#: three batches or more of one day: which provider, which day, figure of the dollar
batches = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 2)),
        st.sampled_from(DAYS),
        st.integers(10700, 10900),
    ),
    max_size=12,
    unique_by=lambda batch: batch[:2],
).flatmap(lambda drawn: st.tuples(*[st.permutations(drawn)] * 2))


def both(day, usd, cny="7.8000"):
    """Quotes of the dollar and the company's currency on one day."""
    return [eur_quote(day, "USD", usd), eur_quote(day, "CNY", cny)]


class ArrivalCommon(RatesCommon):
    """A calendar that is known, a file without any, and one of the next working day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider.sequence = 10
        cls.by_file = cls._create_provider(
            cls.company, name="File", service="manual_file", sequence=20
        )
        cls.by_file.rate_kind = "mid"
        cls.third = cls._create_provider(
            cls.company, name="Third", sequence=30, applies="next_working"
        )
        cls.chain = (cls.provider, cls.by_file, cls.third)

    def _books(self):
        """{(currency, day): (provider, rate)}"""
        return {
            (row.currency_id.name, str(row.name)): (
                row.fx_provider_id.name,
                round(row.rate, 12),
            )
            for row in self.Rate.search([("company_id", "=", self.company.id)])
        }

    def _arrive(self, arrivals):
        """Empty the books and store, one batch after the other.

        :param arrivals: list of (place in the chain, day, dollar × 10,000)
        """
        self.Rate.search([]).unlink()
        self.env["fx.rate.named"].search([]).unlink()
        self.env["fx.rate.hold"].search([]).unlink()
        for place, day, figure in arrivals:
            self.chain[place]._store(both(day, str(Decimal(figure) / 10000)))
        return self._books()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-20 18:00:00")
class TestArrival(ArrivalCommon):
    def _check_orders(self):
        # shrinking books in a database takes minutes
        @settings(max_examples=examples(12), phases=[Phase.generate])
        @given(batches)
        def check(orders):
            self.assertEqual(*map(self._arrive, orders))

        check()

    def test_by_day(self):
        self._check_orders()

    def test_by_first_rate_of_the_month(self):
        self.company.fx_booking_day = "first"
        self._check_orders()

    def test_by_last_rate_before_the_month(self):
        self.company.fx_booking_day = "before"
        self._check_orders()

    def test_the_one_in_the_middle_is_there_or_not(self):
        """The second's rate gives way to the first's, and rules on the next day all
        the same."""
        thursday = datetime.date(2026, 2, 26)
        arrivals = [(place, thursday, 10700) for place in range(3)]
        last_first = self._arrive([arrivals[1], arrivals[2], arrivals[0]])
        self.assertEqual(last_first, self._arrive(arrivals))
        named = self.env["fx.rate.named"].search([("currency_id", "=", self.usd.id)])
        self.assertEqual(named.provider_id, self.by_file | self.third)

    def test_month_of_the_first_in_order(self):
        """Whoever has published earlier in the month: the first provider is booked."""
        self.company.fx_booking_day = "first"
        self.by_file._store(both("2026-03-02", "1.0900"))
        self.provider._store(both("2026-03-04", "1.0800"))
        self.assertEqual(self._books()["USD", "2026-03-01"][0], "Test ECB")

    def test_older_month_loaded_later(self):
        self.company.fx_booking_day = "before"
        self.by_file._store(both("2026-03-01", "1.0800"))
        self.by_file._store(both("2026-02-27", "1.0810"))
        row = self.Rate.search(
            [("currency_id", "=", self.usd.id), ("name", "=", "2026-03-01")]
        )
        self.assertEqual(str(row.fx_published_on), "2026-02-27")

    def test_doubtful_quote_rules_on_nothing(self):
        """A rate that is held takes nobody's rates out of the books."""
        self.by_file.sequence = 5
        self.third.applies = "same"
        for day in range(2, 8):
            self.third._store(both(f"2026-03-0{day}", "1.0800"))
        before = self._books()
        [result] = self.by_file._store(both("2026-03-04", "1.8000")).values()
        self.assertEqual(result.held, 1)
        after = self._books()
        self.assertEqual(
            {place for place in before if place[0] == "USD"},
            {place for place in after if place[0] == "USD"},
        )

    def test_aside_is_no_decision(self):
        """A held rate isn't accepted because an earlier provider covers its day."""
        self.by_file._store(both("2026-03-02", "1.0800"))
        self.by_file._store(both("2026-03-03", "1.8000"))
        hold = self.env["fx.rate.hold"].search([("currency_id", "=", self.usd.id)])
        self.provider._store(both("2026-03-03", "1.0810"))
        self.by_file._store(both("2026-03-03", "1.8000"))
        self.assertEqual(hold.state, "pending")

    def test_archived_provider_rules_on_its_own_days_only(self):
        self.by_file._store(both("2026-03-02", "1.0800"))
        self.by_file.active = False
        self.third.applies = "same"
        for day in ("2026-03-02", "2026-03-03"):
            self.third._store(both(day, "1.0850"))
        self.assertEqual(self._books()["USD", "2026-03-02"][0], "File")
        self.assertEqual(self._books()["USD", "2026-03-03"][0], "Third")

    def test_company_currency_that_is_no_rate_is_held(self):
        refused = [
            RefusedQuote("EUR", "CNY", "0", MONDAY, "mid", "ecb"),
        ]
        [quote, _cny] = both(MONDAY, "1.0800")
        result = self.provider._store_for(self.company, [quote], refused=refused)
        self.assertEqual((result.written, result.held), (0, 1))
        hold = self.env["fx.rate.hold"].search([])
        self.assertEqual((hold.currency_id, hold.reason), (self.cny, "zero"))
