"""What a night suggests, and what it doesn't: each kind with its boundary."""

from datetime import timedelta

from odoo.tests import Form, tagged
from odoo.tools import SQL

from .suggestion_common import SuggestionCommon


@tagged("post_install", "-at_install")
class TestReorderSuggestions(SuggestionCommon):
    def test_expected_from_its_day_on(self):
        self._order_every(30, 4, 30)
        [found] = self._suggest()
        self.assertEqual(
            (found.kind, found.usual_days, found.known_count, found.day, found.subject),
            ("reorder", 30, 3, self.today, self._days_ago(30).isoformat()),
        )
        self.assertIn("expected today", found.reason)
        self.assertIn("every 30 days (median of 3 intervals)", found.reason)

    def test_not_a_day_before(self):
        self._order_every(30, 4, 29)
        self.assertFalse(self._suggest())

    def test_says_how_many_days_are_past(self):
        self._order_every(30, 3, 39)
        [found] = self._suggest()
        self.assertIn("9 days past the expected day", found.reason)
        self.assertEqual(found.last_day, self._days_ago(39))

    def test_two_orders_tell_no_habit(self):
        self._order_every(30, 2, 60)
        self.assertFalse(self._suggest())

    def test_an_open_quotation_since_then_is_the_reorder(self):
        self._order_every(30, 4, 35)
        quotation = self._quote(5)
        self.assertFalse(self._suggest("reorder"))
        quotation._action_cancel()
        self.assertTrue(self._suggest("reorder"))

    def test_who_is_lost_isnt_expected(self):
        self.company.lifecycle_lost_days = 200
        self._order_every(30, 4, 200)
        self.assertTrue(self._suggest("reorder"))
        self.company.lifecycle_lost_days = 199
        self.assertFalse(self._suggest("reorder"))

    def test_ends_with_the_next_order(self):
        self._order_every(30, 4, 40)
        self.assertTrue(self._suggest())
        self._order(0)
        self.assertFalse(self._suggest())

    def test_a_cancelled_order_was_none(self):
        orders = self._order_every(30, 4, 1)
        self.assertFalse(self._suggest())
        orders.sorted("date_order")[-1]._action_cancel()
        [found] = self._suggest()
        self.assertEqual(found.last_day, self._days_ago(31))

    def test_the_last_order_is_said_in_its_currency(self):
        self._order_every(10, 3, 20, currency_id=self.jpy.id, **self._price(12345.0))
        found = self._suggest("reorder")
        self.assertEqual((found.currency_id, found.amount), (self.jpy, 12345.0))
        self.assertAlmostEqual(found.amount_company, 617.25)
        self.assertIn("JPY", found.rate_text)


@tagged("post_install", "-at_install")
class TestSilenceSuggestions(SuggestionCommon):
    def test_older_than_the_companys_patience(self):
        self.company.suggestion_patience_days = 20
        quotation = self._quote(21)
        [found] = self._suggest()
        self.assertEqual(
            (found.kind, found.subject, found.usual_days, found.known_count),
            ("silence", f"sale.order,{quotation.id}", 20, 0),
        )
        self.assertIn("open for 21 days", found.reason)
        self.company.suggestion_patience_days = 21
        self.assertFalse(self._suggest())

    def test_older_than_the_slowest_that_was_ordered(self):
        for days in (3, 25, 9):
            self._took(days, 100)
        self._quote(25)
        self.assertFalse(self._suggest("silence"))
        slow = self._quote(26)
        [found] = self._suggest("silence")
        self.assertEqual(found.res_id, slow.id)
        self.assertEqual((found.usual_days, found.known_count), (25, 3))
        self.assertIn("within 25 days", found.reason)

    def test_nobody_is_slow_within_a_week(self):
        for _number in range(3):
            self._took(0, 100)
        self._quote(7)
        self.assertFalse(self._suggest("silence"))
        self._quote(8)
        self.assertEqual(len(self._suggest("silence")), 1)

    def test_nothing_is_said_while_the_next_contact_is_planned(self):
        self._quote(60)
        self.assertTrue(self._suggest("silence"))
        self._note(next_date=self.today + timedelta(days=3))
        # at once on today's page, by the night for good
        theirs = [("partner_id", "=", self.customer.id), ("kind", "=", "silence")]
        self.assertFalse(self.Today.search(theirs))
        self.assertFalse(self._suggest("silence"))

    def test_what_is_older_than_lost_is_nobodys_work(self):
        self._quote(365)
        self.assertTrue(self._suggest("silence"))
        self.company.lifecycle_lost_days = 364
        self.assertFalse(self._suggest("silence"))

    def test_ends_with_the_quotation(self):
        quotation = self._quote(60)
        self.assertTrue(self._suggest("silence"))
        quotation.action_confirm()
        self.assertFalse(self._suggest("silence"))


@tagged("post_install", "-at_install")
class TestRateSuggestions(SuggestionCommon):
    def _quote_usd(self, days, amount=10000.0, **values):
        return self._quote(
            days, currency_id=self.usd.id, **self._price(amount), **values
        )

    def test_the_currency_became_dearer(self):
        quotation = self._quote_usd(10)
        self._put_rate(self.usd, 2, 0.1386)  # 1 % fewer dollars for 1 yuan
        [found] = self._suggest()
        self.assertEqual((found.kind, found.res_id), ("favour", quotation.id))
        self.assertAlmostEqual(found.share, 0.01)
        self.assertAlmostEqual(found.promised_rate, 0.14)
        self.assertAlmostEqual(found.rate, 0.1386)
        self.assertEqual(found.rate_date, self._days_ago(2))
        self.assertEqual(found.amount_company, 72150.07)  # 10,000 / 0.1386
        self.assertIn("10,000.00 USD could be 9,900.00 USD (1% less)", found.reason)

    def test_by_less_it_is_worth_no_word(self):
        self._quote_usd(10)
        self._put_rate(self.usd, 2, 0.13861)
        self.assertFalse(self._suggest())
        self.company.suggestion_least_share = 0.005
        self.assertTrue(self._suggest("favour"))

    def test_a_rate_against_the_customer_is_none(self):
        self._quote_usd(10)
        self._put_rate(self.usd, 2, 0.16)
        self.assertFalse(self._suggest())

    def test_the_newest_quotation_alone(self):
        self._quote_usd(10)
        newest = self._quote_usd(5)
        self._put_rate(self.usd, 2, 0.12)
        self.assertEqual(self._suggest("favour").res_id, newest.id)

    def test_the_books_own_currency_has_no_rate(self):
        self._quote(10)
        self._put_rate(self.usd, 2, 0.12)
        self.assertFalse(self._suggest())

    def test_no_rate_no_figure(self):
        self._quote_usd(10)
        self._drop_rates(self.usd)
        self._set_rate(self.usd, self._days_ago(2), 0.12)
        # on the quotation's day there was none
        self.assertFalse(self._suggest())
        self._drop_rates(self.usd)
        self.assertFalse(self._suggest())

    def test_an_old_rate_is_none(self):
        self._quote_usd(10)
        self._put_rate(self.usd, 9, 0.12)
        self.company.rate_max_age = 3
        self.assertFalse(self._suggest())
        self.company.rate_max_age = 30
        self.assertTrue(self._suggest("favour"))

    def test_three_decimals(self):
        self._quote(10, currency_id=self.kwd.id, **self._price(1000.125))
        self._put_rate(self.kwd, 2, 0.0387)  # 10 % fewer
        found = self._suggest("favour")
        self.assertIn("1,000.125 KWD could be 900.113 KWD (10% less)", found.reason)

    def test_no_decimals(self):
        self._quote(10, currency_id=self.jpy.id, **self._price(12345.0))
        self._put_rate(self.jpy, 2, 18.0)
        found = self._suggest("favour")
        self.assertIn("12,345 JPY could be 11,111 JPY", found.reason)

    def test_a_locked_quotation_is_held_against_a_lock_of_today(self):
        quotation = self._quote_usd(5)
        quotation.action_lock_rate()
        lock = quotation.rate_lock_id
        self._put_rate(self.usd, 0, 0.133)  # 5 %
        [found] = self._suggest()
        self.assertEqual(
            (found.kind, found.subject), ("lock", f"fx.rate.lock,{lock.id}")
        )
        self.assertAlmostEqual(found.share, 0.05)
        self.assertIn("prices could be 5% lower", found.reason)

    def test_a_lock_of_today_has_its_spread(self):
        self.env["fx.rate.margin"].create(
            {
                "company_id": self.company.id,
                "currency_id": self.usd.id,
                "basis_points": 450,
            }
        )
        quotation = self._quote_usd(5)
        quotation._lock_rate(quoted=("7.1428571", "company_per_unit"))
        self._put_rate(self.usd, 0, 0.133)
        self.assertFalse(self._suggest())  # 0.133 / 0.955: 0.5 % are left
        self.company.suggestion_least_share = 0.004
        found = self._suggest("lock")
        self.assertAlmostEqual(found.rate, 0.133 / 0.955)
        self.assertAlmostEqual(found.share, 1 - 0.133 / 0.955 / 0.14, 6)

    def test_an_agreement_with_room(self):
        agreement = self._agree(1000.0)
        self._put_rate(self.usd, 0, 0.133)
        found = self._suggest("lock", self.stranger)
        self.assertFalse(found)  # nothing has happened with them yet
        self._order(300, self.stranger)
        found = self._suggest("lock", self.stranger)
        self.assertEqual(
            (found.res_model, found.res_id), (agreement._name, agreement.id)
        )
        self.assertEqual(found.amount, 1000.0)
        agreement._release("Over")
        self.assertFalse(self._suggest("lock", self.stranger))

    def _agree(self, cap):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.stranger.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.1428571",
                "date_start": self.today,
                "date_end": self.today + timedelta(days=30),
                "amount_cap": cap,
            }
        )
        agreement.action_activate()
        return agreement


@tagged("post_install", "-at_install")
class TestOtherSuggestions(SuggestionCommon):
    # === CURRENCIES === #

    def test_three_orders_in_another_currency(self):
        self.customer.preferred_currency_id = self.usd
        for ago in (30, 20):
            self._order(ago, currency_id=self.eur.id)
        self.assertFalse(self._suggest("currency"))
        self._order(10, currency_id=self.eur.id)
        found = self._suggest("currency")
        self.assertEqual((found.subject, found.usual_currency_id), ("EUR", self.usd))
        self.assertIn("preferred currency is USD", found.reason)
        self.customer.preferred_currency_id = self.eur
        self.assertFalse(self._suggest("currency"))

    def test_without_a_choice_against_most_of_those_before(self):
        for ago in (90, 80, 70):
            self._order(ago, currency_id=self.usd.id)
        for ago in (30, 20, 10):
            self._order(ago, currency_id=self.eur.id)
        found = self._suggest("currency")
        self.assertEqual((found.usual_currency_id, found.known_count), (self.usd, 3))
        self.assertIn("no currency is chosen", found.reason)

    def test_a_default_counts_as_chosen(self):
        self.env["ir.default"].set(
            "res.partner",
            "preferred_currency_id",
            self.usd.id,
            company_id=self.company.id,
        )
        for ago in (30, 20, 10):
            self._order(ago, currency_id=self.eur.id)
        self.assertEqual(self._suggest("currency").usual_currency_id, self.usd)

    # === LIMITS === #

    def _limit(self, amount):
        limit = self.env["credit.limit"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "amount": amount,
                "currency_id": self.cny.id,
                "date_start": self._days_ago(300),
            }
        )
        limit.sudo().action_approve()
        self.customer._assess_credit(self.company)

    def test_a_limit_that_leaves_less_than_the_next_order(self):
        self._order_every(30, 4, 16, **self._price(1000.0))
        self._limit(4999.99)  # 4,000 are ordered, and not invoiced
        [found] = self._suggest()
        self.assertEqual((found.kind, found.day), ("shortage", self._days_ago(-14)))
        self.assertEqual((found.amount_company, found.available), (1000.0, 999.99))
        self.assertIn("leaves 999.99 CNY, 0.01 CNY too little", found.reason)

    def test_a_limit_that_leaves_as_much(self):
        self._order_every(30, 4, 16, **self._price(1000.0))
        self._limit(5000.0)
        self.assertFalse(self._suggest())

    def test_an_order_that_isnt_expected_soon(self):
        self._order_every(30, 4, 15, **self._price(1000.0))
        self._limit(4000.0)
        self.assertFalse(self._suggest())
        self.company.suggestion_soon_days = 15
        self.assertTrue(self._suggest("shortage"))

    def test_without_a_limit_there_is_no_shortage(self):
        self._order_every(30, 4, 16, **self._price(1000.0))
        self.customer._assess_credit(self.company)
        self.assertFalse(self._suggest())

    def test_orders_at_no_known_rate_tell_no_amount(self):
        self._drop_rates(self.usd)
        self.company.missing_rate_policy = "off"
        orders = self._order_every(
            30, 4, 16, currency_id=self.usd.id, **self._price(1000.0)
        )
        self._limit(1.0)
        self.assertFalse(self._suggest("shortage"))
        self.assertEqual(len(orders), 4)
        self.env.cr.execute(
            "UPDATE customer_milestone SET date = date - 14 WHERE kind = 'order'"
        )
        self.Suggestion._find_anew(self.company, self.customer.ids)
        reorder = self._find("reorder")
        self.assertEqual((reorder.amount, reorder.currency_id), (1000.0, self.usd))
        self.assertFalse(reorder.amount_company or reorder.rate or reorder.rate_text)

    # === SEVERAL === #

    def test_names_are_no_html(self):
        self.customer.name = "<b>Bold</b> & Co"
        self.env["product.product"].browse(self.product.id).name = "<i>Pump</i>"
        quotation = self._quote(60)
        quotation.name = "<script>S1</script>"
        found = self._suggest("silence")
        # fields of text: whoever shows them escapes them
        self.assertIn("<script>S1</script> has been open", found.reason)
        self.assertFalse(hasattr(found.reason, "__html__"))

    def test_a_second_night_changes_nothing(self):
        self._order_every(30, 4, 39)
        self._quote(60, currency_id=self.usd.id)
        first = self._suggest()
        self.assertTrue(first)
        self.env.cr.execute("UPDATE customer_suggestion SET write_date = '2020-01-01'")
        second = self._suggest()
        self.assertEqual(first, second)
        self.assertEqual(
            {day.year for day in second.mapped("write_date")}, {2020}, "written again"
        )

    def test_settings_say_what_is_worth_a_word(self):
        with Form(self.env["res.config.settings"]) as settings:
            settings.suggestion_patience_days = 12
            settings.suggestion_least_share = 0.02
            settings.suggestion_soon_days = 0
        settings.record.execute()
        self.assertEqual(self.company.suggestion_patience_days, 12)
        self.assertEqual(self.company.suggestion_least_share, 0.02)
        self.assertEqual(self.company.suggestion_soon_days, 0)

    def test_as_many_queries_for_many_as_for_one(self):
        counts = []
        for number in (1, 12):
            partners = self.env["res.partner"].create(
                [{"name": f"Buyer {n}", "is_company": True} for n in range(number)]
            )
            for partner in partners:
                self._order_every(30, 3, 39, partner, currency_id=self.usd.id)
                self._quote(60, partner, currency_id=self.eur.id)
            self._follow()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertTrue(all(self._find(partner=partner) for partner in partners))
            before = self.env.cr.sql_log_count
            self.Suggestion._find_anew(self.company, partners.ids)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 16)

    def test_whose_company_doesnt_follow_sees_none(self):
        self._quote(60)
        self.assertTrue(self._suggest())
        self.assertEqual(self.customer.suggestion_count, 1)
        self.company.lifecycle_followed = False
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.suggestion_count, 0)
        self.assertFalse(self.Today.search([("partner_id", "=", self.customer.id)]))

    def test_companies_without_it_have_no_rows(self):
        self.company.lifecycle_followed = False
        self.env.cr.execute(SQL("DELETE FROM customer_suggestion"))
        self._quote(60)
        self._follow()
        self.assertFalse(self.Suggestion.search([]))
