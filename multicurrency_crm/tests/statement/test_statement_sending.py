"""Statements go out by Odoo's mail queue: each once, and none for another's sake."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ...models.common import scheduled_job
from .statement_common import StatementCommon

LOG = scheduled_job._logger.name


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementSending(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customers = cls.buyer
        for name in ("Anders", "Bauer", "Costa"):
            cls.customers |= cls._customer(
                name, email=f"{name.lower()}@buyer.example", user_id=cls.seller.id
            )
        for customer in cls.customers:
            cls._invoice(100.0, cls.usd, "2026-01-10", partner_id=customer.id)
        cls.statements = cls._verified(cls.customers).sorted("partner_id")
        cls.template = cls.env.ref("multicurrency_crm.mail_template_statement")

    def _of(self, name):
        return self.statements.filtered(lambda one: one.partner_id.name == name)

    def _mails(self, statements=None):
        return self.env["mail.mail"].search(
            [
                ("model", "=", "customer.statement"),
                ("res_id", "in", (statements or self.statements).ids),
            ]
        )

    # === THE ROAD === #

    def test_queued_then_sent_to_the_invoice_contact(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts payable",
                "type": "invoice",
                "parent_id": self.buyer.id,
                "email": "payable@buyer.example",
            }
        )
        statement = self._of("Buyer")
        statement.with_user(self.finance).action_send()
        self.assertEqual(
            (statement.state, statement.send_state), ("verified", "queued")
        )
        self.assertFalse(self._mails())
        self._run_send_job()
        self.assertRecordValues(
            statement,
            [
                {
                    "state": "sent",
                    "send_state": "sent",
                    "sent_to": "payable@buyer.example",
                    "send_error": False,
                    "queued_by": self.finance.id,
                }
            ],
        )
        mail = self._mails()
        self.assertEqual(mail, statement.mail_id)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, contact)
        self.assertIn("statement_finance@quay.example", mail.email_from)
        self.assertIn("Quay Trading: statement of account", mail.subject)
        self.assertIn("01/31/2026", mail.subject)
        self.assertIn(f"/my/statements/{statement.id}?access_token=", mail.body_html)
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertIn("Statement Buyer 2026-01-31", mail.attachment_ids.name)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.buyer.lang = "de_DE"
        statement = self._of("Buyer")
        statement.action_send()
        self._run_send_job()
        self.assertIn("31.01.2026", self._mails().subject)
        # Odoo's tests print HTML
        self.assertIn("100,00 USD", self._mails().attachment_ids.raw.decode())

    def test_nothing_in_company_currency_goes_out(self):
        self._of("Buyer").action_send_now()
        mail = self._mails()
        for text in (mail.body_html, mail.attachment_ids.raw.decode()):
            self.assertNotIn("EUR", text)
            self.assertNotIn("90.91", text)

    def test_each_once(self):
        self.statements.action_send()
        self._run_send_job()
        self._run_send_job()
        self.assertEqual(len(self._mails()), 4)
        with self.assertRaises(UserError):
            self.statements.action_send()
        self._run_send_job()
        self.assertEqual(len(self._mails()), 4)

    def test_only_what_is_verified(self):
        late = self._customer("Late", email="late@buyer.example")
        self._invoice(10.0, self.usd, "2026-01-10", partner_id=late.id)
        draft = self._state(late)
        with self.assertRaises(UserError):
            draft.action_send()
        (draft | self._of("Buyer")).action_send()
        self._run_send_job()
        self.assertEqual((draft.state, draft.send_state), ("draft", "none"))

    def test_superseded_before_its_turn(self):
        statement = self._of("Buyer")
        statement.action_send()
        self._invoice(7.0, self.usd, "2026-01-12")
        newer = self._state(self.buyer)
        self.assertEqual(statement.state, "superseded")
        self._run_send_job()
        self.assertFalse(self._mails(statement | newer))

    # === WHAT GOES WRONG === #

    @mute_logger(LOG, "odoo.addons.mail.models.mail_render_mixin")
    def test_447_three_fail_and_the_others_go(self):
        """One without e-mail, one whose template breaks, one on the blacklist: named
        with reasons; a second run sends only those. OCA/credit-control#447: mail to a
        blacklisted address stays queued for ever."""
        self._of("Anders").partner_id.email = False
        self.env["mail.blacklist"]._add("bauer@buyer.example")
        subject = self.template.subject
        # Odoo tries a template before it stores it: it breaks later
        self.template.subject = "{{ 1 / (object.partner_id.color + 1) }}"
        self._of("Costa").partner_id.color = -1
        self.statements.action_send()
        self._run_send_job()
        self.assertRecordValues(
            self.statements.sorted(lambda one: one.partner_id.name),
            [
                {
                    "state": "verified",
                    "send_state": "failed",
                    "send_failure": "no_email",
                },
                {
                    "state": "verified",
                    "send_state": "failed",
                    "send_failure": "blacklisted",
                },
                {"state": "sent", "send_state": "sent", "send_failure": False},
                {
                    "state": "verified",
                    "send_state": "failed",
                    "send_failure": "unwritten",
                },
            ],
        )
        self.assertIn("Anders has no e-mail address", self._of("Anders").send_error)
        self.assertIn("bauer@buyer.example", self._of("Bauer").send_error)
        self.assertIn("division by zero", self._of("Costa").send_error)
        self.assertEqual(self._mails(), self._of("Buyer").mail_id)
        # helped, and sent again
        self._of("Anders").partner_id.email = "anders@buyer.example"
        self.env["mail.blacklist"]._remove("bauer@buyer.example")
        self.template.subject = subject
        self.statements.action_send()
        self._run_send_job()
        self.assertEqual(set(self.statements.mapped("state")), {"sent"})
        self.assertEqual(len(self._mails()), 4)
        self.assertCountEqual(
            self._mails().recipient_ids.mapped("email_normalized"),
            self.customers.mapped("email_normalized"),
        )

    def test_reasons_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        statement = self._of("Anders")
        statement.partner_id.email = "nobody"
        statement.action_send_now()
        self.assertEqual(statement.send_failure, "bad_email")
        english = statement.send_error
        field = type(statement)._fields["send_error"]
        self.assertIn("lang", field.get_depends(type(statement))[1])
        self.assertIn("nobody isn't a valid e-mail address", english)

    def test_a_mail_that_came_back(self):
        statement = self._of("Buyer")
        statement.action_send()
        self._run_send_job()

        def refuse(*_args, **_kwargs):
            raise ConnectionRefusedError("nobody listens")

        with (
            mute_logger("odoo.addons.mail.models.mail_mail"),
            patch.object(IrMail_Server, "_connect__", refuse),
        ):
            statement.mail_id.send()
        mail = statement.mail_id
        self.assertEqual(mail.state, "exception")
        self._run_send_job()
        self.assertEqual(mail.state, "cancel", "it can't be delivered besides")
        self.assertRecordValues(
            statement,
            [{"state": "verified", "send_state": "failed", "sent_on": False}],
        )
        self.assertIn("nobody listens", statement.send_error)
        statement.action_send()
        self._run_send_job()
        self.assertEqual(statement.state, "sent")
        self.assertEqual(statement.mail_id.state, "outgoing")

    def test_a_cancelled_mail(self):
        """OCA/credit-control#447: state and failure type are read."""
        statement = self._of("Buyer")
        statement.action_send()
        self._run_send_job()
        statement.mail_id.write({"state": "cancel", "failure_type": "mail_bl"})
        self._run_send_job()
        self.assertEqual(statement.send_failure, "blacklisted")
        self.assertEqual(statement.state, "verified")

    def test_a_customer_that_answered_has_read_it(self):
        statement = self._of("Buyer")
        statement.action_send()
        self._run_send_job()
        statement._write_guarded({"state": "confirmed"})
        statement.mail_id.write({"state": "exception"})
        self._run_send_job()
        self.assertEqual((statement.state, statement.send_state), ("confirmed", "sent"))

    def test_one_that_somebody_works_on_says_so(self):
        statement = self._of("Buyer")
        statement.action_send()
        self.assertFalse(statement.send_error)
        job = self.env.ref("multicurrency_crm.ir_cron_send_statements")
        job.lastcall = fields.Datetime.add(statement.queued_on, minutes=5)
        statement.invalidate_recordset()
        self.assertIn("next run", statement.send_error)

    # === AT ONCE === #

    def _send_now(self, statements):
        """Press the button, and what it presses once it is committed."""
        statements = statements.with_user(self.finance)
        action = statements.action_send_now()
        self.assertEqual(action["tag"], "multicurrency_crm.afterwards")
        params = action["params"]
        self.assertEqual(params["ids"], statements.ids)
        return getattr(statements, params["method"])()["params"]

    def _refuse(self):
        """A mail server that nobody listens at."""

        def refuse(*_args, **_kwargs):
            raise ConnectionRefusedError("nobody listens")

        return patch.object(IrMail_Server, "_connect__", refuse)

    def _deliver(self):
        """A mail server that takes every mail: Odoo's tests deliver none."""
        return patch.multiple(
            IrMail_Server,
            _disable_send=lambda *_args: False,
            _connect__=lambda *_args, **_kwargs: None,
            send_email=lambda _self, message, *_args, **_kwargs: message["Message-Id"],
        )

    @mute_logger(LOG)
    def test_send_now_lists_what_failed(self):
        for name in ("Anders", "Bauer"):
            self._of(name).partner_id.email = False
        with self._deliver():
            told = self._send_now(self.statements)
        failed = self._of("Anders") | self._of("Bauer")
        self.assertEqual(told["type"], "warning")
        self.assertIn("Statements sent: 2", told["message"])
        self.assertIn("Statements that can't be sent: 2", told["message"])
        self.assertIn("Anders has no e-mail address", told["message"])
        self.assertEqual(told["next"]["res_model"], "customer.statement")
        self.assertCountEqual(told["next"]["domain"][0][2], failed.ids)
        self.assertEqual(len(self.statements.filtered("sent_on")), 2)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_send_now_says_what_came_back(self):
        """It said "sent" of a mail that the server had refused."""
        statement = self._of("Buyer")
        with self._refuse():
            told = self._send_now(statement)
        self.assertEqual(told["type"], "warning")
        self.assertNotIn("Statements sent", told["message"])
        self.assertIn("nobody listens", told["message"])
        self.assertIn("Check the outgoing mail server", told["message"])
        self.assertEqual(
            (statement.state, statement.send_state), ("verified", "failed")
        )
        told = self._send_now(statement)
        self.assertIn("Statements that wait for the mail server: 1", told["message"])
        with self._deliver():
            statement.mail_id.send()
            told = statement.with_user(self.finance).action_show_delivery()["params"]
        self.assertEqual(
            (told["type"], told["message"]), ("success", "Statements sent: 1")
        )
        self.assertEqual(statement.state, "sent")

    def test_send_names_at_once_what_cant_go(self):
        """It said "will be sent" of a customer without an address."""
        self._of("Anders").partner_id.email = False
        told = self.statements.with_user(self.finance).action_send()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("Statements that will be sent: 3", told["message"])
        self.assertIn("Anders has no e-mail address", told["message"])
        self.assertEqual(self._of("Anders").send_state, "failed")

    def test_a_screen_says_beforehand_what_cant_go(self):
        statement = self._of("Anders").with_user(self.finance)
        self.assertFalse(statement.send_obstacle)
        statement.partner_id.sudo().email = "nobody"
        statement.invalidate_recordset()
        self.assertIn("nobody isn't a valid e-mail address", statement.send_obstacle)

    def test_only_finance_asks_what_came_back(self):
        with self.assertRaises(AccessError):
            self._of("Buyer").with_user(self.seller).action_show_delivery()

    def test_the_mails_head_says_what_it_is_and_of_which_days(self):
        self._of("Buyer").action_send()
        self._run_send_job()
        body = " ".join(html2plaintext(self._mails().body_html).split())
        self.assertIn("Your statement of account", body)
        self.assertIn("1 Jan 2026 to 31 Jan 2026", body)
        self.assertNotIn("Customer Statement", body)

    def test_send_now_is_for_a_few(self):
        with self.assertRaises(UserError):
            self.statements.browse(range(1, 30)).action_send_now()

    # === WHO MAY === #

    def test_finance_sends(self):
        statement = self._of("Buyer")
        for method in ("action_send", "action_send_now"):
            with self.subTest(method), self.assertRaises(AccessError):
                getattr(statement.with_user(self.seller), method)()

    def test_nobody_writes_that_it_was_sent(self):
        statement = self._of("Buyer").with_user(self.finance)
        for vals in (
            {"state": "sent"},
            {"send_state": "sent"},
            {"sent_on": "2026-02-01"},
            {"sent_to": "me@example.com"},
            {"answered_on": "2026-02-01"},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                statement.write(vals)
