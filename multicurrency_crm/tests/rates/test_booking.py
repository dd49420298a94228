"""From quotes to rows: any base currency, in bulk, once."""

import datetime
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...engine.rates import divide
from .common import ELEVEN, RatesCommon, eur_quote, eur_quotes

DAY = datetime.date(2026, 3, 2)


@tagged("post_install", "-at_install")
class TestBooking(RatesCommon):
    def test_crossing_into_two_companies(self):
        self.provider.company_ids += self.other_company
        quotes = [
            eur_quote(DAY, "USD", "1.0800"),
            eur_quote(DAY, "CNY", "7.8000"),
            eur_quote(DAY, "JPY", "160.00"),
            eur_quote(DAY, "KWD", "0.3340"),
        ]
        results = self.provider._store(quotes)
        self.assertEqual({r.written for r in results.values()}, {4})
        self.assertRates(self.eur, {"2026-03-02": 1 / 7.8})
        self.assertRates(self.jpy, {"2026-03-02": 160 / 7.8})
        self.assertRates(self.kwd, {"2026-03-02": 0.334 / 7.8})
        self.assertRates(self.eur, {"2026-03-02": 1 / 1.08}, self.other_company)
        self.assertRates(self.cny, {"2026-03-02": 7.8 / 1.08}, self.other_company)
        self.assertRates(self.cny, {})
        self.assertRates(self.usd, {}, self.other_company)

    def test_company_in_the_publishers_currency(self):
        company = self._create_company("Harbour Europe", self.eur)
        self.provider.company_ids = company
        self.provider._store([eur_quote(DAY, "USD", "1.0800")])
        self.assertRates(self.usd, {"2026-03-02": 1.08}, company)
        self.assertRates(self.eur, {}, company)

    def test_odoo_converts_at_the_published_cross(self):
        quotes = eur_quotes(5)
        currencies = self.env["res.currency"].concat(*self._activate(*ELEVEN))
        self.provider._store(quotes)
        for quote in quotes[-len(ELEVEN) :]:
            for other in quotes[-len(ELEVEN) :]:
                if quote is other:
                    continue
                expected = float(divide(other.rate, quote.rate))
                rate = self.env["res.currency"]._get_conversion_rate(
                    currencies.filtered(lambda c, code=quote.currency: c.name == code),
                    currencies.filtered(lambda c, code=other.currency: c.name == code),
                    self.company,
                    quote.date,
                )
                self.assertAlmostEqual(rate, expected, delta=expected * 1e-12)
        amount = self.usd._convert(1000, self.cny, self.company, DAY)
        usd, cny = quotes[0].rate, quotes[1].rate
        self.assertEqual(amount, float(round(1000 * divide(cny, usd), 2)))

    def test_query_count_does_not_grow(self):
        self._activate(*ELEVEN)
        for start, days in ((0, 10), (100, 90), (1000, 730)):
            quotes = eur_quotes(days, start=DAY + datetime.timedelta(start - 2000))
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(25):
                [result] = self.provider._store(quotes).values()
            # eleven quotes a day: without CNY itself, with EUR
            self.assertEqual(result.written, days * 11)

    def test_same_again_writes_nothing(self):
        quotes = eur_quotes(3, ("USD", "CNY"))
        self.provider._store(quotes)
        before = self.Rate.search([]).mapped("write_date")
        [result] = self.provider._store(quotes).values()
        self.assertEqual((result.written, result.unchanged, result.kept), (0, 6, 0))
        self.assertEqual(self.Rate.search([]).mapped("write_date"), before)

    def test_correction_by_the_publisher(self):
        self.provider._store(
            [eur_quote(DAY, "USD", "1.08"), eur_quote(DAY, "CNY", "7.8")]
        )
        [result] = self.provider._store(
            [eur_quote(DAY, "USD", "1.09"), eur_quote(DAY, "CNY", "7.8")]
        ).values()
        self.assertEqual((result.written, result.unchanged), (1, 1))
        self.assertRates(self.usd, {"2026-03-02": 1.09 / 7.8})

    def test_evidence(self):
        self.provider._store(
            [eur_quote(DAY, "USD", "1.0800"), eur_quote(DAY, "CNY", "7.80")]
        )
        row = self.Rate.search([("currency_id", "=", self.usd.id)])
        self.assertEqual(row.fx_provider_id, self.provider)
        self.assertEqual(row.fx_quoted, "1 EUR = 1.0800 USD; 1 EUR = 7.80 CNY")
        euro = self.Rate.search([("currency_id", "=", self.eur.id)])
        self.assertEqual(euro.fx_quoted, "1 EUR = 7.80 CNY")
        self.assertEqual(row.create_uid, self.env.user)

    def test_full_precision_in_the_column(self):
        self.provider._store(
            [eur_quote(DAY, "USD", "1.0800"), eur_quote(DAY, "CNY", "7.80")]
        )
        [[text]] = self.env.execute_query(
            self.Rate._search([("currency_id", "=", self.eur.id)]).select("rate::text")
        )
        self.assertEqual(Decimal(text), divide(1, Decimal("7.80")))

    def test_typed_rate_is_never_overwritten(self):
        typed = self._set_rate(self.usd, "2026-03-02", 0.256)
        quotes = eur_quotes(2, ("USD", "CNY"))
        [result] = self.provider._store(quotes).values()
        self.assertEqual((result.written, result.kept), (3, 1))
        self.assertEqual(typed.rate, 0.256)
        self.assertFalse(typed.fx_provider_id)

    def test_editing_a_fetched_rate_makes_it_typed(self):
        quotes = eur_quotes(1, ("USD", "CNY"))
        self.provider._store(quotes)
        row = self.Rate.search([("currency_id", "=", self.usd.id)])
        row.company_rate = 0.2
        self.assertFalse(row.fx_provider_id or row.fx_quoted)
        self.provider._store(quotes)
        self.assertEqual(row.rate, 0.2)
        self.assertFalse(row.copy({"name": "2026-03-09"}).fx_provider_id)

    def test_another_providers_rate_is_kept(self):
        self.provider._store(
            [eur_quote(DAY, "USD", "1.08"), eur_quote(DAY, "CNY", "7.8")]
        )
        second = self._create_provider(self.company, name="Second")
        [result] = second._store(
            [eur_quote(DAY, "USD", "1.20"), eur_quote(DAY, "CNY", "7.8")]
        ).values()
        self.assertEqual((result.written, result.kept), (0, 2))
        self.assertRates(self.usd, {"2026-03-02": 1.08 / 7.8})

    def test_archived_unchosen_and_unknown_currencies_are_skipped(self):
        swiss, krona = self._activate("CHF", "SEK")
        swiss.active = False
        self.provider.currency_ids = [Command.set((self.usd | swiss | self.kwd).ids)]
        codes = ("USD", "CNY", "CHF", "SEK", "XYZ")
        [result] = self.provider._store(eur_quotes(1, codes)).values()
        self.assertEqual(result.written, 1)
        self.assertEqual(result.missing, ["KWD"])
        for currency in (swiss, krona, self.eur):
            self.assertRates(currency, {})

    def test_only_archived_currencies_chosen(self):
        """An empty choice means all; a choice of archived ones means none."""
        [swiss] = self._activate("CHF")
        self.provider.currency_ids = swiss
        swiss.active = False
        [result] = self.provider._store(eur_quotes(1, ("USD", "CNY", "CHF"))).values()
        self.assertEqual(result.written, 0)

    def test_branches_write_once_to_their_root(self):
        north, south = (
            self._create_company(name, self.cny, parent_id=self.company.id)
            for name in ("North", "South")
        )
        self.provider.company_ids = north | south
        results = self.provider._store(eur_quotes(1, ("USD", "CNY")))
        self.assertEqual(list(results), [self.company])
        self.assertEqual(self.Rate.search([]).company_id, self.company)
        rate = self.env["res.currency"]._get_conversion_rate(
            self.cny, self.usd, north, DAY
        )
        self.assertAlmostEqual(rate, self._rates(self.usd)["2026-03-02"], 12)

    def test_company_currency_that_is_not_published(self):
        [dirham] = self._activate("AED")
        self.provider.company_ids = self._create_company("Harbour Gulf", dirham)
        with self.assertRaisesRegex(UserError, "no rate of AED"):
            self.provider._store(eur_quotes(1))
        self.assertFalse(self.Rate.search([]))

    def test_days_without_the_company_currency_are_left_out(self):
        quotes = [
            *eur_quotes(1, ("USD", "CNY")),
            eur_quote(DAY + datetime.timedelta(1), "USD", "1.08"),
        ]
        self.provider._store(quotes)
        self.assertEqual(list(self._rates(self.usd)), ["2026-03-02"])

    @freeze_time("2026-03-05 22:00:00")
    def test_a_file_has_the_day_of_its_company(self):
        """Six in the morning in Shanghai: the bank's sheet of today is no day to come,
        while the ECB hasn't reached it."""
        self.company.partner_id.tz = "Asia/Shanghai"
        sheet = self._create_provider(self.company, service="manual_file", name="Bank")
        quotes = eur_quotes(1, ("USD", "CNY"), datetime.date(2026, 3, 6))
        for provider, held in (self.provider, True), (sheet, False):
            provider._store(quotes)
            holds = self.env["fx.rate.hold"].search([("provider_id", "=", provider.id)])
            self.assertEqual(set(holds.mapped("reason")), {"future"} if held else set())
        self.assertIn("2026-03-06", self._rates(self.usd))

    def test_rates_of_days_to_come_are_held(self):
        future = datetime.date.today() + datetime.timedelta(3)
        [result] = self.provider._store(
            [*eur_quotes(1, ("USD", "CNY")), *eur_quotes(1, ("USD", "CNY"), future)]
        ).values()
        self.assertEqual((result.written, result.held), (2, 2))
        self.assertEqual(list(self._rates(self.usd)), ["2026-03-02"])
        holds = self.env["fx.rate.hold"].search([])
        self.assertEqual(set(holds.mapped("reason")), {"future"})
        self.assertEqual(set(holds.mapped("date")), {future})

    def test_nothing_published(self):
        [result] = self.provider._store([]).values()
        self.assertEqual(result, (0, 0, 0, [], 0, 0, []))

    def test_provider_with_rates_is_not_deleted(self):
        self.provider._store(eur_quotes(1))
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.provider.unlink()
        spare = self._create_provider(self.company)
        spare.unlink()
