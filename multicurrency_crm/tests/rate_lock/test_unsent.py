"""What is locked for a document that nobody sends doesn't stay locked."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import Form, tagged

from .common import TODAY
from .sending_common import SendingCommon

NEXT = TODAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestUnsent(SendingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lock_timing = "send"
        cls._set_rate(cls.usd, NEXT, 1 / 7.05)

    def _run_tonight(self):
        self._run_expiry(self, f"{NEXT} 03:00:00")

    def assertNeverLocked(self, order, lock):
        self.assertEqual(lock.state, "released")
        self.assertFalse(order.rate_lock_id or order.locked_rate or order.lock_open)
        self.assertEqual(order.rate_lock_state, "none")

    def test_a_dialog_that_is_discarded(self):
        order = self._own(self.user)
        order.action_quotation_send()
        lock = order.rate_lock_id.sudo()
        self.assertEqual((lock.state, lock.is_tentative), ("active", True))
        self._run_tonight()
        self.assertNeverLocked(order, lock)

    def test_sent_after_the_market_moved(self):
        first, second = self._own(self.user), self._own(self.user)
        (first.action_quotation_send(), second.action_quotation_send())
        with freeze_time(f"{NEXT} 02:00:00"):  # before anything was taken back
            self._send(first)
            second.action_quotation_sent()
            for order in (first, second):
                self.assertEqual(order.state, "sent")
                self.assertAlmostEqual(order.locked_rate, 1 / 7.05, 12)
                self.assertFalse(order.rate_lock_id.sudo().is_tentative)
        self._run_tonight()
        self.assertTrue(first.rate_locked and second.rate_locked)

    def test_a_dialog_sends_what_it_showed(self):
        order = self._own(self.user)
        action = order.action_quotation_send()
        lock = order.rate_lock_id
        composer = Form(
            self.env[action["res_model"]]
            .with_user(self.user)
            .with_context(**action["context"])
        ).save()
        with freeze_time(f"{NEXT} 02:00:00"):
            composer._action_send_mail()
        self.assertEqual((order.state, order.rate_lock_id), ("sent", lock))

    def test_opened_twice_on_one_day(self):
        order = self._own(self.user)
        order.action_quotation_send()
        lock = order.rate_lock_id
        order.action_quotation_send()
        self.assertEqual(order.rate_lock_id, lock)

    def test_mass_mails_that_fail(self):
        sent, failed = self._own(self.user), self._own(self.user)
        both = sent | failed
        action = both.with_context(hide_default_template=True).action_quotation_send()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.user)
            .with_context(**action["context"])
            .create({"template_id": self.quotation_mail.id, "force_send": False})
        )
        mails, _messages = composer._action_send_mail()
        locks = {order: order.rate_lock_id.sudo() for order in both}
        gone = mails.filtered(lambda mail: mail.res_id == sent.id)
        (mails - gone)._postprocess_sent_message([], [], "no such host", "mail_smtp")
        gone._postprocess_sent_message([], [])
        self._run_tonight()
        self.assertEqual((locks[sent].state, sent.rate_locked), ("active", True))
        self.assertNeverLocked(failed, locks[failed])

    def test_a_message_to_the_customer_keeps_it(self):
        order = self._own(self.user)
        order.action_quotation_send()
        values = {"body": "As agreed", "subtype_xmlid": "mail.mt_comment"}
        order.message_post(message_type="comment", **values)
        self._run_tonight()
        self.assertTrue(order.rate_locked)

    def test_what_people_lock_stays(self):
        order = self._own(self.user)
        order.action_lock_rate()
        order.action_quotation_send()
        self._run_tonight()
        self.assertTrue(order.rate_locked)
