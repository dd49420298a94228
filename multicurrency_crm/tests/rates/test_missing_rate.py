"""Quotations and orders in a currency that has no rate, or an old one."""

from datetime import datetime

from freezegun import freeze_time
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.common.customer_present import is_customer_present
from ..common import MultiCurrencyCommon

#: a Friday
TODAY = "2026-03-06"


class MissingRateCommon(MultiCurrencyCommon):
    """USD has a rate of today, EUR one of New Year, GBP none, JPY one to come."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 08:00:00"))
        (cls.gbp,) = cls._activate("GBP")
        Rate = cls.env["res.currency.rate"]
        Rate.search([("currency_id", "in", (cls.gbp | cls.jpy).ids)]).unlink()
        cls._set_rate(cls.usd, TODAY, 0.145)
        cls._set_rate(cls.jpy, "2026-05-05", 21.0)
        cls.company.write({"rate_max_age": 5, "missing_rate_policy": "stop"})

    def _quote(self, currency, **values):
        return self._create_order(currency_id=currency.id, **values)


@tagged("post_install", "-at_install")
class TestFresh(MissingRateCommon):
    def _find(self, company=None, date=None):
        currencies = self.cny | self.usd | self.eur | self.gbp | self.jpy
        return currencies._find_fresh(company or self.company, date)

    def test_each_currency_is_in_one_of_the_two(self):
        self._find()  # reads what every user has read long since
        with self.assertQueryCount(2):
            fresh, sentences = self._find()
        self.assertEqual(fresh.keys(), {self.cny.id, self.usd.id})
        self.assertAlmostEqual(fresh[self.usd.id].rate, 0.145)
        self.assertEqual(sentences.keys(), {self.eur.id, self.gbp.id, self.jpy.id})
        self.assertRegex(sentences[self.eur.id], "EUR.*01/01/2026.*46 working days")
        self.assertRegex(sentences[self.gbp.id], "no rate of GBP.*1 CNY to 1 GBP")
        self.assertRegex(sentences[self.jpy.id], "no rate of JPY.*05/05/2026")

    def test_age_counts_working_days(self):
        self._set_rate(self.eur, "2026-02-27", 0.13)  # Friday a week ago
        self.assertIn(self.eur.id, self._find()[0])
        for day, is_fresh in (("2026-03-08", True), ("2026-03-09", False)):
            with freeze_time(day):
                self.assertEqual(self.eur.id in self._find()[0], is_fresh, day)

    def test_a_day_to_come_has_todays_rate(self):
        self.assertIn(self.usd.id, self._find(date="2026-04-30")[0])
        self.assertIn(self.jpy.id, self._find(date="2026-05-05")[0])

    def test_on_an_earlier_day(self):
        fresh, sentences = self._find(date="2026-01-05")
        self.assertIn(self.eur.id, fresh)
        self.assertIn("no rate of USD", self._find(date="2025-12-31")[1][self.usd.id])
        self.assertIn(self.gbp.id, sentences)

    def test_another_company_and_a_branch(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self.assertEqual(branch.rate_max_age, 5)
        self.assertEqual(self._find(branch), self._find())
        self.company.rate_max_age = 100
        self.assertEqual(branch.rate_max_age, 100)
        self.assertIn(self.eur.id, self._find(branch)[0])
        fresh, sentences = self._find(self.other_company)
        self.assertEqual(fresh.keys(), {self.usd.id, self.eur.id})
        self.assertIn("1 USD to 1 CNY", sentences[self.cny.id])

    def test_a_limit_of_no_days(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.company.rate_max_age = 0


@tagged("post_install", "-at_install")
class TestMissingRateOrder(MissingRateCommon):
    def test_banner_whatever_the_policy(self):
        cny, usd, eur, gbp, jpy = (
            self._quote(currency)
            for currency in (self.cny, self.usd, self.eur, self.gbp, self.jpy)
        )
        for policy in ("off", "warn", "stop"):
            self.company.missing_rate_policy = policy
            self.assertFalse(cny.missing_rate_warning)
            self.assertFalse(usd.missing_rate_warning)
            self.assertIn("46 working days", eur.missing_rate_warning)
            self.assertIn("1 CNY to 1 GBP", gbp.missing_rate_warning)
            self.assertIn("05/05/2026", jpy.missing_rate_warning)

    def test_banner_goes_with_the_rate(self):
        order = self._quote(self.gbp)
        self.assertTrue(order.missing_rate_warning)
        self._set_rate(self.gbp, TODAY, 0.11)
        order.invalidate_recordset(["missing_rate_warning"])
        self.assertFalse(order.missing_rate_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_banner_of_the_orders_own_day_and_of_today(self):
        order = self._quote(self.usd, date_order=datetime(2025, 12, 31))
        self.assertIn("no rate of USD", order.missing_rate_warning)
        order.date_order = datetime(2026, 1, 2)
        self.assertFalse(order.missing_rate_warning)
        order = self._quote(self.eur, date_order=datetime(2026, 1, 2))
        self.assertIn("46 working days", order.missing_rate_warning)

    def test_an_old_order_does_not_grow_stale(self):
        order = self._quote(self.usd)
        order.action_confirm()
        with freeze_time("2026-12-24"):
            order.invalidate_recordset(["missing_rate_warning"])
            self.assertFalse(order.missing_rate_warning)

    def test_banners_of_many_cost_no_query_each(self):
        orders = self.env["sale.order"]
        for _n in range(10):
            orders += self._quote(self.eur) + self._quote(self.gbp)
        self.env.flush_all()
        orders.mapped("currency_id.name")
        with self.assertQueryCount(3):
            orders.mapped("missing_rate_warning")

    def test_stops_sending_and_confirming(self):
        for currency in (self.eur, self.gbp, self.jpy):
            order = self._quote(currency)
            for attempt in (
                order.action_quotation_send,
                order.action_quotation_sent,
                order.action_confirm,
            ):
                with self.assertRaisesRegex(
                    UserError, f"{order.name}: .*rate of {currency.name}"
                ):
                    attempt()
            self.assertEqual(order.state, "draft")
        for currency in (self.usd, self.cny):
            order = self._quote(currency)
            order.action_quotation_send()
            order.action_quotation_sent()
            order.action_confirm()
            self.assertEqual(order.state, "sale")
            order.action_quotation_send()

    def test_warn_and_off_stop_nothing(self):
        for policy in ("off", "warn"):
            self.company.missing_rate_policy = policy
            order = self._quote(self.gbp)
            order.action_quotation_send()
            order.action_confirm()
            self.assertEqual(order.state, "sale")
            self.assertFalse(order.activity_ids)

    def test_confirming_many(self):
        fine = self._quote(self.usd) + self._quote(self.cny)
        orders = fine + self._quote(self.gbp)
        with self.assertRaisesRegex(UserError, "rate of GBP"):
            orders.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"draft"})
        fine.action_confirm()
        message = (orders - fine)._confirmation_error_message()
        self.assertIn("rate of GBP", message)

    def test_many_are_judged_in_one_go(self):
        orders = self.env["sale.order"]
        for _n in range(5):
            orders += self._quote(self.usd)
        calls = []
        find = type(self.usd)._find_fresh
        self.patch(
            type(self.usd),
            "_find_fresh",
            lambda *args: calls.append(args) or find(*args),
        )
        orders.action_confirm()
        self.assertEqual(len(calls), 1)

    def test_a_forged_context_is_no_bypass(self):
        order = self._quote(self.gbp)
        for context in (
            {"fx_rate_errors": {order.id: None}},
            {"multicurrency_customer": True},
        ):
            with self.assertRaises(UserError):
                order.with_context(**context).action_confirm()

    def test_a_customer_who_signs_is_not_turned_away(self):
        order = self._quote(self.gbp)
        order.with_user(self.env.ref("base.public_user")).sudo()._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertIn("no rate of GBP", order.activity_ids.note)
        self.assertIn("no rate of GBP", str(order.message_ids.mapped("body")))
        self.assertFalse(order.activity_ids.user_id.share)
        self.assertFalse(is_customer_present(order.env))

    def test_13_the_colleague_reads_it_in_their_own_language(self):
        """It was noted in the language of the customer who had signed."""
        self.env["res.lang"]._activate_lang("zh_CN")
        order = self._quote(self.gbp)
        colleague = order._get_responsible_user()
        colleague.lang = "en_US"
        public = self.env.ref("base.public_user")
        signed = order.with_user(public).sudo().with_context(lang="zh_CN")
        signed._validate_order()
        activity = order.activity_ids
        self.assertEqual(activity.user_id, colleague)
        self.assertEqual(activity.summary, "Converted without a fresh rate")
        self.assertIn("no rate of GBP", activity.note)

    def test_a_customer_who_pays_is_not_turned_away(self):
        order = self._quote(self.gbp, require_payment=True)
        provider = self.env["payment.provider"].create(
            {"name": "Loopback", "company_id": self.company.id}
        )
        method = self.env["payment.method"].create({"name": "Card", "code": "loopback"})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "tx",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "done",
            }
        )
        # its payment entry takes a chart of accounts, which is another matter
        self.patch(type(transaction), "_create_payment", lambda *args, **kwargs: None)
        transaction._post_process()
        self.assertEqual(order.state, "sale")
        self.assertEqual(len(order.activity_ids), 1)

    def test_salesperson_without_our_groups(self):
        seller = self._create_salesperson("seller_rates")
        order = self._quote(self.gbp, user_id=seller.id).with_user(seller)
        self.assertIn("no rate of GBP", order.missing_rate_warning)
        with self.assertRaisesRegex(UserError, "no rate of GBP"):
            order.action_confirm()
        usd = self._quote(self.usd, user_id=seller.id).with_user(seller)
        usd.action_confirm()
        self.assertEqual(usd.state, "sale")

    def test_branch_stops_as_its_root(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        self.env.user.company_ids |= branch
        env = self.env(context={"allowed_company_ids": branch.ids})
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": branch.id,
                "currency_id": self.gbp.id,
            }
        )
        self.assertIn("no rate of GBP", order.missing_rate_warning)
        with self.assertRaisesRegex(UserError, "no rate of GBP"):
            order.action_confirm()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            branch.missing_rate_policy = "off"

    def test_the_documents_company_decides(self):
        self.assertEqual(self.other_company.missing_rate_policy, "warn")
        env = self.env(
            context={"allowed_company_ids": (self.other_company | self.company).ids}
        )
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": self.other_company.id,
                "currency_id": self.gbp.id,
            }
        )
        self.assertIn("1 USD to 1 GBP", order.missing_rate_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")


@tagged("post_install", "-at_install")
class TestRateSettings(MissingRateCommon):
    def test_settings(self):
        settings = self.env["res.config.settings"].create({})
        self.assertEqual(settings.fx_run_retention_days, 180)
        self.assertEqual(settings.fx_rate_evidence_years, 10)
        settings.write(
            {
                "missing_rate_policy": "warn",
                "rate_max_age": 3,
                "fx_booking_day": "first",
                "fx_run_retention_days": 30,
                "fx_rate_evidence_years": 6,
            }
        )
        settings.execute()
        self.assertEqual(self.company.missing_rate_policy, "warn")
        self.assertEqual(self.company.rate_max_age, 3)
        self.assertEqual(self.company.fx_booking_day, "first")
        self.assertEqual(self.other_company.fx_booking_day, "day")
        self.assertEqual(self.env["fx.rate.change"]._get_evidence_years(), 6)

    def test_a_new_company_warns(self):
        company = self._create_company("Harbour Japan", self.jpy)
        self.assertEqual(company.missing_rate_policy, "warn")
        self.assertEqual(company.fx_booking_day, "day")
        self.assertEqual(self.env["res.company"].new().rate_max_age, 5)
