"""Letters go by mail, on paper or by a colleague; a level counts once one left."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ...models.common import scheduled_job
from .collection_common import CollectionCommon

LOG = scheduled_job._logger.name


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionSending(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(500.0, cls.usd, "2026-01-01")

    def _queued(self):
        letter = self._letter()
        letter.with_user(self.finance).action_send()
        self._work()
        return letter

    # === BY MAIL === #

    def test_waits_until_it_left(self):
        letter = self._letter()
        letter.with_user(self.finance).action_send()
        self.assertEqual(letter.state, "draft")
        self.assertFalse(letter.mail_id)
        with self.assertRaises(UserError):
            letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual((letter.state, letter.mail_id.state), ("draft", "outgoing"))
        self._work()
        self.assertEqual(letter.state, "draft")
        self._deliver(letter)
        self._work()
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "sent",
                    "sent_to": "accounts@buyer.example",
                    "queued_on": False,
                }
            ],
        )
        # the mail stays, though a template of one's own deletes what was sent
        self.assertTrue(letter.mail_id.exists())

    def test_a_template_that_deletes_its_mails(self):
        template = self.env.ref("multicurrency_crm.mail_template_collection_reminder")
        self.first.template_id = template.copy({"auto_delete": True})
        letter = self._queued()
        self._deliver(letter)
        self._work()
        self.assertEqual(letter.state, "sent")
        self.assertTrue(letter.mail_id.exists())

    def test_what_it_says(self):
        self.buyer.child_ids = [
            (0, 0, {"name": "Payables", "type": "invoice", "email": "ap@buyer.example"})
        ]
        payment = self._pay(120.0, self.usd, "2026-02-01")
        self._match(self.invoice, payment)
        letter = self._queued()
        mail = letter.mail_id
        self.assertEqual(mail.recipient_ids.email, "ap@buyer.example")
        self.assertIn("Quay Trading: reminder of 380.00 USD", mail.subject)
        self.assertIn(self.invoice.name, mail.body_html)
        self.assertIn("01/01/2026", mail.body_html)
        self.assertIn("380.00 USD", mail.body_html)
        # neither what was invoiced, nor the books' currency
        self.assertNotIn("500.00", mail.body_html)
        self.assertNotIn("EUR", mail.body_html)
        self.assertIn("statement_finance@quay.example", mail.email_from)
        self.assertFalse(mail.attachment_ids)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.buyer.lang = "de_DE"
        mail = self._queued().mail_id
        self.assertIn("500,00 USD", mail.body_html)
        self.assertIn("01.01.2026", mail.body_html)

    def test_friendly_last_and_own_texts(self):
        letter = self._letter()
        texts = "multicurrency_crm.mail_template_collection_%s"
        self.assertEqual(letter._get_template(), self.env.ref(texts % "reminder"))
        self.first.last_action = "hand_over"
        self.assertEqual(letter._get_template(), self.env.ref(texts % "last"))
        letter._write_guarded({"level_id": self.friendly.id})
        self.assertEqual(letter._get_template(), self.env.ref(texts % "friendly"))

    def test_the_statement_where_the_company_makes_them(self):
        self._verified()
        letter = self._queued()
        self.assertFalse(letter.statement_id)
        letter._skip("by_hand")
        self.books.statement_period = "monthly"
        letter = self._queued()
        self.assertEqual(letter.statement_id.partner_id, self.buyer)
        self.assertIn("Statement Buyer 2026-01-31", letter.mail_id.attachment_ids.name)

    # === WHAT WENT WRONG === #

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_a_mail_server_that_refuses(self):
        letter = self._queued()

        def refuse(*_args, **_kwargs):
            raise ConnectionRefusedError("nobody listens")

        with patch.object(IrMail_Server, "_connect__", refuse):
            letter.mail_id.send()
        self._work()
        self.assertEqual((letter.state, letter.send_failure), ("failed", "undelivered"))
        self.assertFalse(letter.reminder_ids)
        # it is sent again, or another run takes its items
        self._send(letter)
        self.assertEqual(letter.state, "sent")
        self.assertTrue(letter.reminder_ids)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_sent_again_though_another_one_waits(self):
        letter = self._queued()
        letter._note_failure("undelivered", "x")
        newer = self._letter()
        letter.with_user(self.finance).action_send()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "waiting"))
        self._send(newer)
        self.assertEqual(newer.state, "sent")

    def test_a_bounce_lowers_the_level(self):
        letter = self._queued()
        self._deliver(letter)
        self._work()
        self.assertEqual(letter.state, "sent")
        letter._message_receive_bounce("somebody@else.example", self.buyer)
        self.assertEqual(letter.state, "sent")
        letter._message_receive_bounce("accounts@buyer.example", self.buyer)
        self.assertEqual((letter.state, letter.send_failure), ("failed", "bounced"))
        self.assertEqual(letter.activity_ids.user_id, self.seller)
        self.assertEqual(self._letter().level_id, self.first)

    def test_a_bounce_as_odoo_reads_it(self):
        letter = self._queued()
        self._deliver(letter)
        message = letter.mail_id.mail_message_id
        self.env["mail.thread"]._routing_handle_bounce(
            None,
            {
                "bounced_email": "accounts@buyer.example",
                "bounced_partner": self.buyer,
                "bounced_msg_ids": [message.message_id],
                "bounced_message": message,
                "email_from": "mailer-daemon@buyer.example",
                "to": "us@quay.example",
                "message_id": "<x@buyer.example>",
                "body": "no such user",
            },
        )
        # before anybody noted that it left
        self.assertEqual(letter.state, "failed")
        self._work()
        self.assertEqual(letter.state, "failed")

    def test_447_a_blacklisted_address_does_not_wait_for_ever(self):
        """OCA/credit-control#447: blacklisted after the letter was prepared."""
        letter = self._letter()
        self.env["mail.blacklist"]._add("accounts@buyer.example")
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual((letter.state, letter.send_failure), ("failed", "blacklisted"))

    @mute_logger(LOG, "odoo.addons.mail.models.mail_render_mixin")
    def test_a_broken_text_and_the_others_go(self):
        other = self._customer("Costa", email="costa@buyer.example")
        self._invoice(70.0, self.usd, "2026-01-01", partner_id=other.id)
        template = self.env.ref("multicurrency_crm.mail_template_collection_reminder")
        template.subject = "{{ 1 / (object.partner_id.color + 1) }}"
        other.color = -1
        run = self._run()
        run.action_send()
        self._work()
        broken = self._letter(run, other)
        self.assertEqual((broken.state, broken.send_failure), ("failed", "unwritten"))
        self.assertTrue(self._letter(run).mail_id)

    # === LOOKED AT ONCE MORE === #

    def test_paid_since_it_was_prepared(self):
        letter = self._letter()
        self._match(self.invoice, self._pay(500.0, self.usd, "2026-03-01"))
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "settled"))
        self.assertFalse(letter.reminder_ids)
        self.assertFalse(letter.mail_id)

    def test_partly_paid_since(self):
        letter = self._letter()
        self._match(self.invoice, self._pay(200.0, self.usd, "2026-03-01"))
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual(letter.amount, 300.0)
        self.assertIn("300.00 USD", letter.mail_id.body_html)

    def test_disputed_or_promised_since(self):
        other = self._invoice(70.0, self.usd, "2026-01-01")
        letter = self._letter()
        self.assertEqual(letter.amount, 570.0)
        self.invoice.action_credit_dispute()
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual(letter.amount, 70.0)
        self.assertEqual(letter.reminder_ids.move_line_id.move_id, other)
        self.assertNotIn(self.invoice.name, letter.mail_id.body_html)

    def test_paid_and_not_allocated_since(self):
        letter = self._letter()
        self._pay(500.0, self.usd, "2026-03-01")
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "covered"))

    def test_cancelled_since(self):
        """odoo/odoo#186877: cancelled ones mixed in."""
        letter = self._letter()
        self.invoice.button_draft()
        self.invoice.button_cancel()
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "settled"))

    # === ON PAPER, BY A COLLEAGUE === #

    def test_on_paper(self):
        self.first.channel = "letter"
        self.buyer.write({"street": "Pier 1", "city": "Hull"})
        run = self._run()
        letter = self._letter(run)
        self.assertEqual((run.paper_count, run.draft_count), (1, 1))
        run.action_send()
        self.assertEqual(letter.state, "draft")
        action = run.action_print()
        self.assertRegex(action["url"], r"/web/content/\d+\?download=true")
        self.assertEqual((letter.state, letter.sent_to), ("sent", "Buyer"))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", letter._name), ("res_id", "=", letter.id)]
        )
        # Odoo's tests print HTML
        text = attachment.raw.decode()
        for part in ("Pier 1", self.invoice.name, "500.00 USD", "Payment reminder"):
            self.assertIn(part, text)
        # once more: the same, and it counts once
        letter.with_user(self.finance).action_print()
        self.assertEqual(len(letter.reminder_ids), 1)

    def test_by_a_colleague(self):
        self.first.channel = "activity"
        self.buyer.email = False
        letter = self._letter()
        self.assertEqual(letter.state, "draft")
        letter.with_user(self.finance).action_send()
        self._work()
        self.assertEqual((letter.state, letter.sent_to), ("sent", self.seller.name))
        activity = letter.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("500.00 USD", activity.summary)
        self.assertIn(self.invoice.name, activity.note)

    # === WHAT THE LAST ONE DOES === #

    def test_the_last_letter_holds_the_customer(self):
        self.first.last_action = "hold"
        letter = self._queued()
        buyer = self.buyer.with_company(self.books)
        self.assertFalse(buyer.credit_hold)
        self._deliver(letter)
        self._work()
        self.assertTrue(buyer.credit_hold)
        self.assertIn("500.00 USD", buyer.credit_hold_reason)

    def _bounce(self, letter):
        letter._message_receive_bounce("accounts@buyer.example", self.buyer)
        self.assertEqual(letter.state, "failed")

    def test_a_last_letter_that_comes_back_holds_nobody(self):
        self.first.last_action = "hold"
        letter = self._letter()
        self._send(letter)
        buyer = self.buyer.with_company(self.books)
        self.assertTrue(buyer.credit_hold)
        self._bounce(letter)
        self.assertFalse(buyer.credit_hold)
        self.assertIn("credit hold that it had put is lifted", letter.activity_ids.note)
        self.assertIn("came back", buyer.message_ids[0].body)
        # once it arrives, it holds
        self._send(letter)
        self.assertTrue(buyer.credit_hold)

    def test_a_hold_that_somebody_decided_about_stays(self):
        self.first.last_action = "hold"
        letter = self._letter()
        self._send(letter)
        buyer = self.buyer.with_company(self.books)
        buyer._set_credit_hold(self.books, False, "We talk")
        buyer._set_credit_hold(self.books, True, "They don't talk")
        self._bounce(letter)
        self.assertTrue(buyer.credit_hold)
        self.assertNotIn("lifted", letter.activity_ids.note)

    def test_a_hold_for_another_currency_stays(self):
        self.first.last_action = "hold"
        self._invoice(9000.0, self.jpy, "2026-01-01")
        run = self._run()
        dollars = self._letter(run, currency=self.usd)
        yen = self._letter(run, currency=self.jpy)
        self._send(dollars)
        self._send(yen)
        self._bounce(dollars)
        buyer = self.buyer.with_company(self.books)
        self.assertTrue(buyer.credit_hold)
        self.assertIn("9,000 JPY", buyer.credit_hold_reason)
        self._bounce(yen)
        self.assertFalse(buyer.credit_hold)

    def test_a_last_letter_that_comes_back_hands_nothing_over(self):
        self.first.last_action = "hand_over"
        letter = self._letter()
        self._send(letter)
        self._bounce(letter)
        self.assertEqual(letter.activity_ids.mapped("summary"), ["Reminder came back"])

    def test_the_last_letter_has_it_handed_over(self):
        self.first.last_action = "hand_over"
        letter = self._queued()
        self._deliver(letter)
        self._work()
        self.assertIn("Hand over", letter.activity_ids.summary)
        self.assertFalse(self.buyer.with_company(self.books).credit_hold)
