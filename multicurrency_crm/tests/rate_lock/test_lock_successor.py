from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TODAY
from .extension_common import LONGER, ExtensionCommon

SIGNATURE = "R0lGODlhAQABAAD/ACwAAAAAAQABAAACADs="


@tagged("post_install", "-at_install")
class TestSuccessor(ExtensionCommon):
    def _supersede(self, quoted="7.0", reason="the market fell", **values):
        return self.lock.with_user(self.user)._supersede(
            LONGER, reason, (quoted, "company_per_unit"), **values
        )

    def test_another_rate_is_another_lock(self):
        form = self._dialog()
        form.rate_choice = "typed"
        form.quoted_rate = "7.0"
        form.date_end = LONGER
        form.reason = "the market fell"
        self.assertEqual(form.new_display, "1 USD = 7.0000 CNY")
        form.save().action_extend()
        new = self.order.rate_lock_id
        self.assertNotEqual(new, self.lock)
        self.assertEqual(new.supersedes_id, self.lock)
        self.assertEqual((new.state, self.lock.state), ("active", "released"))
        self.assertEqual(self.lock.quoted_rate, "7.1234")
        self.assertIn("the market fell", self.lock.release_reason)
        self.assertAlmostEqual(self.order.locked_rate, 1 / 7.0, 15)
        self.assertEqual(self.order.order_line.price_unit, 100)
        self.assertEqual(self.order.validity_date, LONGER)
        self.assertEqual(new.user_id, self.user)

    def test_at_todays_rate(self):
        self._fall("7.05")
        form = self._dialog()
        form.rate_choice = "spot"
        form.date_end = LONGER
        form.reason = "quoted anew"
        form.save().action_extend()
        self.assertEqual(self.order.rate_lock_id.rate_display, "1 USD = 7.0500 CNY")

    def test_list_prices_follow_if_asked(self):
        order = self._create_quotation(user_id=self.user.id)
        lock = self._lock(order)
        price = order.order_line.price_unit
        lock._supersede(LONGER, "anew", ("6.9", "company_per_unit"), reprice=True)
        self.assertAlmostEqual(
            order.order_line.price_unit, price * 7.1234 / 6.9, delta=0.02
        )

    def test_signed_prices_stay(self):
        self.order.signature = SIGNATURE
        with self.assertRaisesRegex(UserError, "signed"):
            self._supersede(reprice=True)
        self._supersede()
        self.assertAlmostEqual(self.order.locked_rate, 1 / 7.0, 15)

    def test_bad_input(self):
        for values, sentence in (
            ({"reason": " "}, "Say why"),
            ({"quoted": "abc"}, "can't be locked"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self._supersede(**values)
        with self.assertRaisesRegex(UserError, "not over"):
            self.lock._supersede(TODAY - timedelta(days=1), "why")
        self.assertEqual(self.order.rate_lock_id, self.lock)

    def test_beyond_the_tolerance_everything_stays(self):
        new = self._supersede("8.0")
        self.assertEqual((new.state, self.lock.state), ("draft", "active"))
        self.assertEqual(self.order.rate_lock_id, self.lock)
        with self.assertRaisesRegex(UserError, "yet to decide"):
            self._supersede("7.9")
        approval = self._pending(lock_id=new.id)
        self.assertEqual(approval.order_id, self.order)
        with self.assertRaises(AccessError):
            approval.with_user(self.user).action_approve()
        approval.with_user(self.manager).action_approve()
        self.assertEqual((new.state, self.lock.state), ("active", "released"))
        self.assertIn("the market fell", self.lock.release_reason)
        self.assertAlmostEqual(self.order.locked_rate, 1 / 8.0, 15)

    def test_refused_keeps_the_old_promise(self):
        new = self._supersede("8.0")
        self._pending(lock_id=new.id).with_user(self.manager)._refuse("too good")
        self.assertEqual((new.state, self.lock.state), ("released", "active"))
        self.assertAlmostEqual(self.order.locked_rate, 1 / 7.1234, 15)

    def test_a_release_takes_the_request_along(self):
        new = self._supersede("8.0")
        approval = self._pending(lock_id=new.id)
        self.order.with_user(self.user)._release_rate("no deal")
        self.assertEqual(approval.state, "cancelled")
        self.assertEqual(new.state, "released")

    def test_an_order_takes_the_request_along(self):
        new = self._supersede("8.0")
        approval = self._pending(lock_id=new.id)
        self.order.action_confirm()
        self.assertEqual((approval.state, new.state), ("cancelled", "released"))
        self.assertEqual(self.lock.state, "used")

    def test_an_agreement_keeps_what_was_ordered(self):
        old = self._agree("7.0", cap=1000)
        ordered, quoted, sent = (
            self._create_quotation(price=price) for price in (100, False, 50)
        )
        ordered.action_confirm()
        self._send(sent)
        new = old._supersede(LONGER, "new season", ("7.1", "company_per_unit"))
        self.assertEqual((old.state, new.state), ("released", "active"))
        self.assertEqual((new.amount_cap, new.amount_elsewhere), (1000, 300))
        self.assertEqual(new.amount_available, 550, "300 were ordered at the old rate")
        self.assertEqual(ordered.rate_lock_id, old)
        self.assertAlmostEqual(ordered.locked_rate, 1 / 7.0, 15)
        self.assertEqual(ordered.rate_lock_state, "used")
        self.assertEqual((quoted | sent).rate_lock_id, new)
        self.assertEqual((old.amount_drawn, old.amount_reserved), (300, 0))
        self.assertEqual(new.amount_reserved, 150)
        self._invoice(ordered).action_post()
        self.assertEqual(self._create_quotation().rate_lock_id, new)

    def test_a_full_agreement_gives_no_more(self):
        old = self._agree(cap=300)
        self._create_quotation(price=100).action_confirm()
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            old._supersede(LONGER, "again", ("7.1", "company_per_unit"))
