from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestFirstSteps(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "currency_manager",
            groups="base.group_user,base.group_partner_manager,"
            "multicurrency_crm.group_manager",
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
        )

    def _open(self):
        return Form(self.env["multicurrency.first.steps"].with_user(self.manager))

    def test_shows_what_is_and_changes_nothing(self):
        form = self._open()
        self.assertFalse(form.currency_from_country)
        self.assertEqual(form.currency_policy, "advise")
        self.assertEqual(form.lock_booking, "market")
        self.assertIn(self.usd, form.foreign_currency_ids[:])
        self.assertNotIn(self.cny, form.foreign_currency_ids[:])
        self.assertNotIn(self.usd, form.missing_rate_ids[:])
        form.save()
        self.assertFalse(self.company.currency_from_country)

    def test_a_manager_who_is_no_administrator_applies(self):
        form = self._open()
        form.currency_from_country = True
        form.lock_booking = "locked"
        form.save().action_apply()
        self.assertTrue(self.company.currency_from_country)
        self.assertEqual(self.company.lock_booking, "locked")
        self.assertFalse(self.other_company.currency_from_country)

    def test_the_books_are_asked_about_once(self):
        form = self._open()
        self.assertFalse(form.refund_at_origin_rate or form.lock_booking_from)
        form.lock_booking = "locked"
        self.assertTrue(form.lock_booking_from)
        form.lock_booking_from = "2027-01-01"
        form.refund_at_origin_rate = True
        form.save().action_apply()
        self.assertEqual(str(self.company.lock_booking_from), "2027-01-01")
        self.assertTrue(self.company.refund_at_origin_rate)
        self.assertEqual(str(self._open().lock_booking_from), "2027-01-01")

    def test_others_may_not(self):
        seller = self._create_salesperson("curious", "multicurrency_crm.group_finance")
        with self.assertRaises(AccessError):
            self.env["multicurrency.first.steps"].with_user(seller).create({})

    def test_existing_customers_take_their_country(self):
        partners = self.env["res.partner"].create(
            [
                {"name": code, "customer_rank": 1, "country_id": country.id, **values}
                for code, country, values in (
                    ("German", self.env.ref("base.de"), {}),
                    ("Chosen", self.env.ref("base.de"), {"preferred_currency_id": 1}),
                    ("Stateless", self.env["res.country"], {}),
                )
            ]
        )
        chosen = partners[1].preferred_currency_id
        steps = self._open().save()
        self.assertGreaterEqual(steps.customer_count, 1)
        asked = steps.action_ask_fill_customers()["params"]
        self.assertEqual(asked["method"], "action_fill_customers")
        self.assertFalse(partners[0].preferred_currency_id, "asked only")
        steps.action_fill_customers()
        self.assertEqual(partners[0].preferred_currency_id, self.eur)
        self.assertEqual(partners[1].preferred_currency_id, chosen)
        self.assertFalse(partners[2].preferred_currency_id)
        self.assertFalse(self._open().customer_count)
