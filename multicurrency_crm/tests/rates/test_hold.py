"""Rates that are held back: once a day, with a reason, and with somebody told."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .hold_common import DAY, HoldCommon


@tagged("post_install", "-at_install")
class TestHolding(HoldCommon):
    def test_pending_is_refreshed(self):
        hold = self._held()
        self.assertRecordValues(hold, [{"state": "pending", "rate": 0.18}])
        again = self._held(rate=0.19, quoted="1 EUR = 1.37 USD", jump=0.357)
        self.assertFalse(again)
        self.assertRecordValues(hold, [{"state": "pending", "rate": 0.19}])
        self.assertEqual(len(self._found()), 1)

    def test_twice_in_one_batch(self):
        day = self.Hold._fields["date"].to_date(DAY)
        values = [self._values(date=day, rate=rate) for rate in (0.18, 0.2)]
        hold = self.Hold._hold(values)
        self.assertEqual(hold.mapped("rate"), [0.2])
        self.assertFalse(self.Hold._hold([]))

    def test_rejected_stays_rejected(self):
        hold = self._held()
        hold.action_reject("Slip of the pen")
        self.assertEqual(
            self.Hold._get_rejected(self.provider, self.company),
            {(self.usd.id, hold.date, hold.quoted)},
        )
        self.assertFalse(self.Hold._get_rejected(self.provider, self.other_company))
        self.assertFalse(self._held())
        self.assertTrue(self._held(quoted="1 EUR = 1.31 USD"))

    def test_superseded(self):
        """What a later fetch stores after all is no longer asked of anybody."""
        confirmed = self._held()
        corrected = self._held(currency_id=self.eur.id)
        open_one = self._held(currency_id=self.jpy.id)
        day = confirmed.date
        self.Hold._supersede(
            self.provider,
            self.company,
            {
                (self.usd.id, day): confirmed.quoted,
                (self.eur.id, day): "1 EUR = 7.5 CNY",
            },
        )
        states = [confirmed.state, corrected.state, open_one.state]
        self.assertEqual(states, ["accepted", "rejected", "pending"])
        self.assertFalse(confirmed.decided_by)
        self.assertEqual(corrected.closed_as, "corrected")
        self.assertEqual(confirmed.closed_as, "borne_out")
        with self.assertRaisesRegex(UserError, "Test ECB has decided"):
            corrected.action_accept("Compared")

    def test_counted_on_the_provider(self):
        self.assertEqual(self.provider.held_count, 0)
        self._held()
        self._held(currency_id=self.eur.id).action_reject("Wrong")
        self._held(company_id=self.other_company.id)
        self.provider.company_ids += self.other_company
        provider = self._as(self.finance, self.provider)
        self.assertEqual(provider.held_count, 1)
        action = provider.action_open_holds()
        found = self.Hold.search(action["domain"])
        self.assertEqual(found.provider_id, self.provider)

    def test_one_activity_for_all(self):
        managers = self.Hold._get_managers(self.company)
        self.assertIn(self.boss, managers)
        self.assertNotIn(self.finance, managers)
        first = self._held()
        second = self._held(currency_id=self.eur.id)
        third = self._held(currency_id=self.jpy.id)
        self.assertFalse((second | third).activity_ids)
        self.assertEqual(first.activity_ids.user_id, managers)
        self.assertIn("Test ECB", first.activity_ids[0].summary)
        first.action_reject("Wrong")
        self.assertFalse(first.activity_ids)
        self.assertEqual((second | third).activity_ids.user_id, managers)
        (second | third).action_reject("Wrong")
        self.assertFalse((first | second | third).activity_ids)

    def test_activity_of_each_company(self):
        mine = self._held()
        theirs = self._held(company_id=self.other_company.id)
        self.assertIn(self.boss, mine.activity_ids.user_id)
        self.assertNotIn(self.boss, theirs.activity_ids.user_id)
        mine.action_reject("Wrong")
        self.assertTrue(
            self.Hold.with_context(
                allowed_company_ids=self.other_company.ids
            )._get_managers(self.other_company)
            <= theirs.sudo().activity_ids.user_id
        )

    def test_activity_in_the_managers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.boss.lang = "zh_CN"
        hold = self._held()
        activity = hold.activity_ids.filtered(lambda a: a.user_id == self.boss)
        self.assertIn("Harbour Export", activity.summary)

    def test_manager_of_a_branch_is_told(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        boss = self._create_user("north", "multicurrency_crm.group_manager", branch)
        self.assertIn(boss, self._held().activity_ids.user_id)

    def test_many_in_a_few_queries(self):
        day = self.Hold._fields["date"].to_date(DAY)

        def batch(count):
            return [
                self._values(date=day.replace(year=1990 + n), currency_id=currency.id)
                for n in range(count)
                for currency in (self.usd, self.eur, self.jpy)
            ]

        self._held(date="1980-01-01")
        with self.assertQueryCount(20):
            self.Hold._hold(batch(30))
            self.env.flush_all()
        self.assertFalse(self.Hold._hold(batch(30)))


@tagged("post_install", "-at_install")
class TestExplanation(HoldCommon):
    def explain(self, **values):
        hold = self._held(**values)
        explanation = hold.explanation
        hold.action_reject("Wrong")
        return explanation

    def test_jump(self):
        self.assertEqual(
            self.explain(),
            "1 USD ≈ 5.5556 CNY (03/06/2026) is 22.2% below the rate of 03/05/2026, "
            "1 USD ≈ 7.1429 CNY. That is further than this currency "
            "usually moves. Published was: 1 EUR = 1.3 USD; 1 EUR = 7.2 CNY.",
        )
        corrected = self.explain(previous_date=DAY, quoted="x")
        self.assertIn("corrects what is in the books for that day", corrected)

    def test_15_wrong_unit_in_the_direction_of_people(self):
        """A held 1 EUR = 75.06 is too high: 10 times that of the day before."""
        low = self.explain(
            rate=1 / 75.06,
            previous_rate=1 / 7.506,
            reason="scale",
            factor=10,
            jump=-0.9,
            currency_id=self.eur.id,
        )
        self.assertIn(
            "1 EUR = 75.060 CNY (03/06/2026) is too high: 10 times the rate of "
            "03/05/2026, 1 EUR = 7.5060 CNY.",
            low,
        )
        self.assertIn("another unit (10 instead of 1)?", low)
        high = self.explain(rate=14.0, reason="scale", factor=100, jump=99.0)
        self.assertIn("is too low: 1/100 of the rate of", high)
        self.company.rate_direction = "unit_per_company"
        turned = self.explain(
            rate=14.0, reason="scale", factor=100, jump=99.0, quoted="t"
        )
        self.assertIn("1 CNY = 14.000 USD (03/06/2026) is too high: 100 times", turned)

    def test_disagreement(self):
        sentence = self.explain(reason="disagreement", other_rate=0.15)
        self.assertIn("Test ECB says 1 USD ≈ 5.5556 CNY", sentence)
        self.assertIn("asked to confirm says 1 USD ≈ 6.6667 CNY", sentence)
        self.assertIn("(16.7% below)", sentence)
        other = self._create_provider(self.other_company, name="Second Bank")
        self.provider.confirm_provider_id = other
        sentence = self.explain(reason="disagreement", other_rate=0.15, quoted="y")
        self.assertIn("Second Bank says", sentence)

    def test_no_rates_and_dates(self):
        for reason, text, expected in (
            ("zero", "EUR/USD: 0.00", "as zero (EUR/USD: 0.00)"),
            ("negative", "EUR/USD: -1", "below zero"),
            ("not_number", "EUR/USD: #REF!", "no number for USD"),
        ):
            with self.subTest(reason):
                sentence = self.explain(rate=0.0, quoted=text, reason=reason)
                self.assertIn(expected, sentence)
                self.assertNotIn("Published was", sentence)
        self.assertIn("further ahead", self.explain(reason="future"))
        self.assertIn("7 days", self.explain(reason="old", quoted="old"))

    def test_every_reason_has_a_sentence(self):
        """Even where a provider left every figure out."""
        for reason in self.Hold._fields["reason"].get_values(self.env):
            with self.subTest(reason):
                bare = {
                    name: False
                    for name in ("rate", "previous_rate", "previous_date", "jump")
                }
                values = {**bare, "published_on": False, "quoted": reason}
                self.assertTrue(self.explain(reason=reason, **values))
        self.assertEqual(self.Hold.new().explanation, "")
