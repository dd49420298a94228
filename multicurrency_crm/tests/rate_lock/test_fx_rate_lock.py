from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import END, TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestFxRateLock(RateLockCommon):
    def _values(self, **values):
        return {
            "company_id": self.company.id,
            "partner_id": self.customer.id,
            "currency_id": self.usd.id,
            "quoted_rate": "7.1234",
            "date_start": TODAY,
            "date_end": END,
            **values,
        }

    def _create(self, **values):
        return self.env["fx.rate.lock"]._create_guarded([self._values(**values)])

    def test_rate_follows_from_the_quote(self):
        lock = self._create()
        self.assertAlmostEqual(lock.rate, 1 / 7.1234, 15)
        self.assertEqual(lock.rate_display, "1 USD = 7.1234 CNY")
        lock = self._create(quoted_rate="0.140", quote_direction="unit_per_company")
        self.assertEqual(lock.rate, 0.14)
        self.assertEqual(lock.rate_display, "1 USD ≈ 7.1429 CNY (1 CNY = 0.14000 USD)")

    def test_what_is_no_rate_leaves_nothing(self):
        before = self.env["fx.rate.lock"].search_count([])
        for text in ("0", "0.000", "-7.1", "7,1", "1e3", "seven", "", "NaN"):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._create(quoted_rate=text)
        self.assertEqual(self.env["fx.rate.lock"].search_count([]), before)

    @mute_logger("odoo.sql_db")
    def test_end_before_start(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self._create(date_end=TODAY - timedelta(days=1))

    @mute_logger("odoo.sql_db")
    def test_a_lock_holds_a_day_at_least(self):
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            self.company.lock_days = 0
            self.env.flush_all()

    def test_terms_are_fixed_once_active(self):
        lock = self._create()
        lock._write_guarded({"quoted_rate": "7.2"})
        self.assertAlmostEqual(lock.rate, 1 / 7.2, 15)
        lock.action_activate()
        for values in (
            {"quoted_rate": "7.3"},
            {"rate": 0.2},
            {"currency_id": self.eur.id},
            {"date_start": TODAY},
            {"partner_id": self.env.user.partner_id.id},
        ):
            with self.assertRaisesRegex(UserError, "release it and lock a new rate"):
                lock._write_guarded(values)
        self.assertAlmostEqual(lock.rate, 1 / 7.2, 15)
        with self.assertRaises(UserError):
            lock.action_activate()

    def test_only_a_draft_is_deleted(self):
        self._create().unlink()
        lock = self._create()
        lock.action_activate()
        with self.assertRaisesRegex(UserError, "evidence"):
            lock.unlink()

    def test_number(self):
        first, second = self._create(), self._create()
        self.assertRegex(first.name, r"^LOCK/\d{4}/\d+$")
        self.assertNotEqual(first.name, second.name)
        self.env["ir.sequence"].create(
            {
                "name": "Own",
                "code": "fx.rate.lock",
                "prefix": "HE-",
                "company_id": self.company.id,
            }
        )
        self.assertTrue(self._create().name.startswith("HE-"))

    def test_a_lock_is_read_never_written(self):
        lock = self._create()
        for user in (self.user, self.manager):
            own = lock.with_user(user)
            self.assertEqual(own.quoted_rate, "7.1234")
            with self.assertRaises(AccessError):
                own.state = "active"
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create(self._values())
            own.message_post(body=own.name)
        with self.assertRaises(AccessError):
            lock.with_user(self.plain_seller).read(["rate"])

    def test_a_company_sees_its_own(self):
        lock = self._create()
        elsewhere = self._create(company_id=self.other_company.id)
        seen = self.env["fx.rate.lock"].with_user(self.user)
        here = seen.with_context(allowed_company_ids=self.company.ids)
        there = seen.with_context(allowed_company_ids=self.other_company.ids)
        both = lock | elsewhere
        self.assertEqual(here.search([("id", "in", both.ids)]), lock)
        self.assertEqual(there.search([("id", "in", both.ids)]), elsewhere)

    # === EXPIRY === #

    def test_last_day_is_inclusive(self):
        lock = self._lock(self._create_quotation())
        self.assertEqual(lock.date_end, END)
        self._run_expiry(self, f"{END} 23:59:00")
        self.assertEqual(lock.state, "active")
        self._run_expiry(self, f"{END + timedelta(days=1)} 00:01:00")
        self.assertEqual(lock.state, "expired")

    def test_the_day_ends_where_the_company_is(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        order = self._create_quotation(validity_date=False)
        with freeze_time(f"{TODAY} 17:00:00"):  # tomorrow in Shanghai
            lock = self._lock(order)
        self.assertEqual(lock.date_start, TODAY + timedelta(days=1))
        self.assertEqual(lock.date_end, END + timedelta(days=1))
        self._run_expiry(self, f"{END + timedelta(days=1)} 15:59:00")
        self.assertEqual(lock.state, "active")
        self._run_expiry(self, f"{END + timedelta(days=1)} 16:01:00")
        self.assertEqual(lock.state, "expired")

    def test_expiry_rewrites_no_order(self):
        order = self._create_quotation()
        lock = self._lock(order)
        self.env.flush_all()
        written = order.write_date
        self._run_expiry(self, f"{END + timedelta(days=3)} 04:00:00")
        self.assertEqual(order.rate_lock_state, "expired")
        self.assertEqual(order.locked_rate, lock.rate)
        self.assertEqual(order.currency_rate, lock.rate)
        self.assertEqual(order.write_date, written)
        self.assertTrue(order.rate_lock_ended)
        self.assertIn("ended", order.message_ids[:1].body)

    def test_a_used_lock_does_not_expire(self):
        order = self._create_quotation()
        lock = self._lock(order)
        order.action_confirm()
        self._run_expiry(self, f"{END + timedelta(days=3)} 04:00:00")
        self.assertEqual(lock.state, "used")

    def test_expiry_of_many_companies(self):
        locks = self._create() | self._create(company_id=self.other_company.id)
        kept = self._create(date_end=END + timedelta(days=30))
        (locks | kept).action_activate()
        self._run_expiry(self, f"{END + timedelta(days=3)} 04:00:00")
        self.assertEqual(locks.mapped("state"), ["expired", "expired"])
        self.assertEqual(kept.state, "active")
