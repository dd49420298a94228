"""Rates of files where no day's rate is known: which way round they are is proven by
another day's, or isn't known."""

from datetime import date

from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

WHO = "Atacama Minerals"
HEAD = ("Customer", "Invoice No", "Date", "Currency", "Amount", "Rate")
BOOKED = ("Customer", "Invoice No", "Date", "Currency", "Amount", "Base Amount")
OLD = date(2009, 12, 31)


@tagged("post_install", "-at_install")
class TestWithoutRates(HistoryCommon):
    """The first rates are of 2024: 1 USD is some 7.14 CNY."""

    def _find(self, head, rows, **values):
        record = self._check_whole(
            [head, *[(WHO, str(at), *row) for at, row in enumerate(rows)]],
            **{"date": OLD, "kind": "items", "skip_bad": True, **values},
        )
        return [
            (row.state, round(row.booked, 2), row.message or "")
            for row in record.row_ids
        ]

    def test_a_rate_is_read_by_the_first_one_that_is_known(self):
        for written, booked in (
            ("7.1", 7100.0),
            ("0.14", 7142.86),
            ("710", 7100.0),
            ("6.8", 6800.0),
        ):
            [found] = self._find(HEAD, [("2009-10-01", "USD", "1000", written)])
            self.assertEqual(found[:2], ("create", booked), found)

    def test_a_rate_that_can_be_read_both_ways_is_an_error(self):
        # 1 CNY was 1.1 units lately: 0.95 is the price of one, or what one buys
        hkd = self._bare("HKD")
        self._set_rate(hkd, "2026-01-01", 1.1, self.company)
        for written in ("0.95", "30", "0.02"):
            [found] = self._find(HEAD, [("2009-10-01", "HKD", "1000", written)])
            self.assertEqual(found[0], "error", found)
            self.assertIn("F2: No exchange rate of HKD", found[2])

    def test_without_any_rate_nothing_is_guessed(self):
        self._bare("KRW")
        for head, said in ((HEAD, "0.0048"), (HEAD, "208"), (BOOKED, "480")):
            [found] = self._find(head, [("2009-10-01", "KRW", "100000", said)])
            self.assertEqual(found[0], "error", found)
            self.assertIn("KRW", found[2])

    def test_what_is_booked_is_held_against_the_first_rate(self):
        rows = [
            ("2009-10-01", "USD", "1000", booked)
            for booked in ("6827", "7100", "710000", "0.71")
        ]
        before, near, many, few = self._find(BOOKED, rows)
        self.assertEqual(before[:2], ("create", 6827.0), before)
        self.assertEqual(near[:2], ("create", 7100.0), near)
        self.assertEqual((many[0], few[0]), ("error", "error"))
        self.assertIn("first rate that is known", many[2])

    def test_past_documents_count_in_their_currency_only(self):
        rows = [
            ("2009-01-05", "USD", "100", "6.8"),
            ("2009-01-05", "USD", "100", "0.147"),
            ("2009-01-05", "USD", "100", "37"),
        ]
        first, second, third = self._find(HEAD, rows, kind="past")
        self.assertEqual(first[:2], ("create", 680.0), first)
        self.assertEqual(second[:2], ("create", 680.27), second)
        self.assertEqual(third[:2], ("create", 0.0), third)
        self.assertIn("counts in its own currency only", third[2])

    def test_the_column_decides_near_parity(self):
        self._set_rate(self._bare("HKD"), "2026-01-01", 1.09, self.company)
        rows = [
            ("2026-06-01", "USD", "1000", "7.10"),
            ("2026-06-01", "HKD", "1000", "1.10"),
        ]
        price, near = self._find(HEAD, rows, date=DAY)
        self.assertEqual(price[:2], ("create", 7100.0), price)
        self.assertEqual(near[:2], ("create", 1100.0), near)
        self.assertIn("off the day's", near[2])
        rows = [
            ("2026-06-01", "USD", "1000", "0.14"),
            ("2026-06-01", "HKD", "1000", "1.10"),
        ]
        self.assertEqual(self._find(HEAD, rows, date=DAY)[1][:2], ("create", 909.09))

    def test_what_no_other_row_decides_is_the_nearer_one_or_an_error(self):
        self._set_rate(self._bare("HKD"), "2026-01-01", 1.09, self.company)
        [alone] = self._find(HEAD, [("2026-06-01", "HKD", "1000", "0.92")], date=DAY)
        self.assertEqual(alone[:2], ("create", 920.0), alone)
        self._set_rate(self.eur, "2026-06-29", 1.0, self.company)
        [either] = self._find(HEAD, [("2026-06-01", "EUR", "1000", "1.03")], date=DAY)
        self.assertEqual(either[0], "error", either)
        self.assertIn("or what 1 CNY buys", either[2])

    def _bare(self, code):
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", code)])
        )
        currency.active = True
        currency.rate_ids.unlink()
        return currency
