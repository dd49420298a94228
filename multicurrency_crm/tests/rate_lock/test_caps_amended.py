"""A confirmed order is amended up to what its lock held for; posting writes no more
than what changes; two who race for a cap; what an update makes of what was allowed
before."""

import importlib.util
from collections import Counter
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import END
from .race_common import RaceCase
from .test_caps import CapsCommon

AFTER = END + timedelta(days=5)
SCRIPT = Path(__file__).parents[2] / "migrations" / "19.0.1.5.0" / "post-caps.py"


@tagged("post_install", "-at_install")
class TestAmended(CapsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement._release("without one")
        cls._set_rate(cls.usd, AFTER, 1 / 7.1234)

    def _ended(self, amount):
        order = self._quote(amount, user_id=self.user.id)
        order.action_lock_rate()
        self.startPatcher(freeze_time(f"{AFTER} 04:00:00"))
        return order

    def assertRaisedTo(self, order, amount):
        order.order_line.price_unit = amount
        self.assertEqual(order.amount_total, amount)

    def test_an_approval_is_for_its_amount(self):
        order = self._ended(100)
        with self.assertRaisesRegex(UserError, "ended"), self.cr.savepoint():
            order.action_confirm()
        order.with_user(self.user).action_request_lock_approval()
        order.rate_lock_id.approval_ids.with_user(self.manager).action_approve()
        order.action_confirm()
        line = order.order_line
        self.assertRefused(
            line.write, {"price_unit": 1_000_000}, told="up to 100.00 USD"
        )
        self.assertRefused(
            line.with_user(self.manager).write, {"price_unit": 101}, told="100.00"
        )
        self.assertRaisedTo(order, 40)
        self.assertRaisedTo(order, 100)
        order._action_cancel()
        order.action_draft()
        order.order_line.price_unit = 500
        self.assertRefused(order.action_confirm, told="approval of a manager")

    def test_what_the_lock_held_for(self):
        order = self._quote(400)
        order.action_lock_rate()
        order.action_confirm()
        self.assertRaisedTo(order, 600)  # the rate is promised still
        with freeze_time(f"{AFTER} 04:00:00"):
            self.assertRaisedTo(order, 50)
            self.assertRaisedTo(order, 600)
            self.assertRefused(
                order.order_line.write, {"price_unit": 601}, told="600.00"
            )
            self.company.lock_exceeded_policy = "allow"
            self.assertRaisedTo(order, 900)
        self.assertEqual(order.lock_agreed, 900)

    def test_an_agreement_that_ended(self):
        agreement = self._agree(cap=1000, days=3)
        order = self._order(400)
        self.assertEqual(order.rate_lock_id, agreement)
        with freeze_time(f"{AFTER} 04:00:00"):
            self.assertRefused(
                order.order_line.write, {"price_unit": 900}, told="400.00"
            )
            self.assertRaisedTo(order, 400)

    def test_a_typed_rate_is_approved_for_its_amount(self):
        """7.90 for 100; nobody approved it for 1,000,000."""
        order = self._quote(100, user_id=self.user.id)
        lock = order._lock_rate(quoted=("7.9", "company_per_unit"))
        lock.approval_ids.with_user(self.manager).action_approve()
        order.order_line.price_unit = 1_000_000
        self.assertRefused(order.action_confirm, told="unfavourable")
        order.order_line.price_unit = 100
        order.action_confirm()
        self.assertRefused(order.order_line.write, {"price_unit": 101}, told="100.00")

    def test_nothing_at_first_is_nothing_agreed(self):
        order = self._ended(100)
        order.order_line.price_unit = 0
        order.with_user(self.user).action_request_lock_approval()
        order.rate_lock_id.approval_ids.with_user(self.manager).action_approve()
        order.action_confirm()
        self.assertRefused(order.order_line.write, {"price_unit": 100}, told="0.00 USD")


@tagged("post_install", "-at_install")
class TestWrittenRows(CapsCommon):
    def test_posting_writes_what_changes(self):
        orders = [self._order(20, 2) for _n in range(12)]
        self.agreement.flush_recordset()
        invoices = [order._create_invoices() for order in orders[:2]]
        invoices[0].action_post()
        self.env.flush_all()
        self.env.invalidate_all()
        written = Counter()
        execute = Cursor.execute

        def listen(cursor, query, *args, **kwargs):
            result = execute(cursor, query, *args, **kwargs)
            text = getattr(query, "code", query)
            if text.startswith("UPDATE"):
                written[text.split('"')[1]] += cursor.rowcount
            return result

        with patch.object(Cursor, "execute", listen):
            invoices[1].action_post()
            self.env.flush_all()
        self.assertLessEqual(written["sale_order"], 2, "of twelve")
        self.assertLessEqual(written["fx_rate_lock"], 1)
        self.assertEqual(self.agreement.amount_drawn, 240)

    def test_orders_without_a_lock_cost_no_query(self):
        order = self._create_order()
        order.order_line.product_uom_qty = 3
        self.env.flush_all()
        self.assertFalse(order.rate_lock_id)
        with self.assertQueryCount(0):
            order._check_growth()


@tagged("post_install", "-at_install")
class TestCapsUpgrade(CapsCommon):
    def test_allowed_before(self):
        """Allowed to the agreement, it is allowed to the orders that needed it."""
        self.company.lock_exceeded_policy = "allow"
        first, second = self._order(700), self._order(300)
        second.sudo()._write_guarded({"lock_overdraw": 5000})
        new = self._supersede_with_room(second)
        second.order_line.price_unit = 900
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE sale_order SET lock_overdraw = NULL, lock_agreed = NULL;
               UPDATE fx_rate_lock SET promise_id = NULL;
               UPDATE fx_rate_lock SET amount_overdraw = 5000 WHERE id = %s;
               UPDATE fx_rate_lock SET amount_cap = 4400 WHERE id = %s""",
            [self.agreement.id, new.id],
        )
        self.env.invalidate_all()
        for _time in range(2):
            self._migrate()
            self.assertEqual((first.lock_overdraw, second.lock_overdraw), (0, 600))
            self.assertEqual((first.lock_agreed, second.lock_agreed), (700, 900))
            self.assertEqual((new.amount_cap, new.promise_id), (1000, self.agreement))
            self.assertEqual(self._taken(new), (0, 0, 0))
            self.assertEqual(self.agreement.amount_overdraw, 600)
            self.env.cr.flush()  # asks nobody

    def _supersede_with_room(self, order):
        price = order.order_line.price_unit
        order.order_line.price_unit = 1
        new = self.agreement._supersede(END, "anew", ("7.1", "company_per_unit"))
        order.order_line.price_unit = price
        return new

    def _migrate(self):
        spec = importlib.util.spec_from_file_location("post_caps", SCRIPT)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCapsRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            agreement = self._agree(env, 1000.0)
            first = self._quote(env, 300.0)
            first.action_confirm()
            # at a rate that was taken back later, it is amended up to that
            first._write_guarded({"lock_agreed": 1000.0})
            end = fields.Date.add(fields.Date.today(), days=40)
            new = agreement._supersede(end, "another rate")
            second = self._quote(env, 300.0)
            second.action_confirm()
            self.assertEqual(first.rate_lock_id | second.rate_lock_id, agreement | new)
            self.orders = [first.id, second.id]
            self.new = new.id

    def _raise(self, cr, number):
        env = self._env(cr)
        env["sale.order"].browse(self.orders[number]).order_line.price_unit = 650.0
        env.flush_all()

    @mute_logger("odoo.sql_db")
    def test_two_raise_at_two_rates_of_one_promise(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            left = self._env(yours)["fx.rate.lock"].browse(self.new).amount_available
            self.assertEqual(left, 400.0)
            self._raise(mine, 0)
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._raise(yours, 1)
            yours.rollback()
            with self.assertRaisesRegex(UserError, "350.* is left"):
                self._raise(yours, 1)
            yours.rollback()

    def test_what_nobody_asked_is_asked_when_it_is_committed(self):
        with self.registry.cursor() as mine:
            line = self._env(mine)["sale.order"].browse(self.orders[0]).order_line
            # as code that goes past every method does
            line._fields["price_unit"].write(line, 5000.0)
            line.modified(["price_unit"])
            with self.assertRaisesRegex(UserError, "is left"):
                mine.commit()
            mine.rollback()
