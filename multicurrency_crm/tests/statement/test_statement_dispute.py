"""What a customer says is its word: finance accepts it, and only then credit leaves the
invoice out of what is overdue."""

import contextlib
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from ...models.statement.customer_statement_answer import Answer
from ..credit.credit_common import TODAY, CreditCommon
from .test_statement_portal import PortalCommon

SAID_ON = date(2026, 3, 2)
LATER = "2026-03-05"


@tagged("post_install", "-at_install")
@freeze_time(str(SAID_ON))
class TestStatementDispute(PortalCommon, HttpCase):
    def _dispute(self, comment="It came broken"):
        """Dispute the invoice as the customer."""
        self._log_in(self.customer)
        self._post("dispute", **{f"line_{self._line().id}": comment})
        return self._reload()

    def _pay_off(self):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({"journal_id": self.bank.id})._create_payments()

    # === THE CUSTOMER'S WORD === #

    def test_the_customers_word_marks_no_invoice(self):
        statement = self._dispute()
        self.assertEqual(statement.state, "disputed")
        self.assertTrue(statement.has_waiting_disputes)
        self.assertFalse(self.invoice.credit_disputed_since)
        self.assertFalse(self._line().dispute_accepted_on)
        for note in statement.activity_ids.mapped("note"):
            self.assertIn("count as before until finance accepts", note)

    def test_the_invoice_says_so(self):
        self._dispute()
        shown = self.invoice.statement_dispute_note
        self.assertIn("It came broken", shown)
        self.assertIn("03/02/2026", shown)
        others = self.statement.line_ids.move_id - self.invoice
        self.assertFalse(any(others.mapped("statement_dispute_note")))

    # === ACCEPTING === #

    def test_finance_accepts_it_as_of_the_day_it_was_said(self):
        self._dispute()
        with freeze_time(LATER):
            self.statement.with_user(self.finance).action_accept_dispute()
        self.assertRecordValues(
            self.invoice,
            [
                {
                    "credit_disputed_since": SAID_ON,
                    "credit_dispute_reason": "It came broken",
                    "statement_dispute_note": False,
                }
            ],
        )
        self.assertEqual(self._line().dispute_accepted_on, date.fromisoformat(LATER))
        self.assertFalse(self._reload().has_waiting_disputes)
        self.assertIn(f"Accepted as disputed: {self.invoice.name}", self._logged())
        with self.assertRaisesRegex(UserError, "no open invoice waits"):
            self.statement.with_user(self.finance).action_accept_dispute()

    def test_accepted_on_the_invoice(self):
        self._dispute()
        self.env.user.group_ids |= self.env.ref("multicurrency_crm.group_finance")
        self.invoice.action_accept_dispute()
        self.assertEqual(self.invoice.credit_disputed_since, SAID_ON)
        with self.assertRaisesRegex(UserError, "No customer disputes this"):
            self.invoice.action_accept_dispute()

    def test_what_was_settled_since_isnt_asked_again(self):
        self._dispute()
        self.statement.action_accept_dispute()
        self.invoice.action_credit_dispute_settled()
        self.assertFalse(self._reload().has_waiting_disputes)
        self.assertFalse(self.invoice.statement_dispute_note)

    def test_nobody_else_accepts_it(self):
        self._dispute()
        biller = self._create_user(
            "statement_biller",
            "account.group_account_invoice",
            "sales_team.group_sale_salesman_all_leads",
        )
        for user in (self.seller, biller, self.customer):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.statement.with_user(user).action_accept_dispute()
                with self.assertRaises(AccessError):
                    self.invoice.with_user(user).action_accept_dispute()
        self.assertFalse(self.invoice.credit_disputed_since)

    def test_finances_own_word_is_accepted_at_once(self):
        line = self._line()
        answer = Answer("Mr Lin", user=self.finance)
        self.statement.with_user(self.finance)._dispute(answer, {line.id: "Broken"})
        self.assertEqual(self.invoice.credit_disputed_since, SAID_ON)
        self.assertEqual(line.dispute_accepted_on, SAID_ON)
        self.assertFalse(self.statement.has_waiting_disputes)
        for note in self.statement.activity_ids.mapped("note"):
            self.assertNotIn("until finance accepts", note)

    def test_an_answer_names_a_colleague_who_may_not(self):
        line = self._line()
        answer = Answer("Mr Lin", user=self.seller)
        with self.assertRaises(AccessError):
            self.statement.with_user(self.seller)._dispute(answer, {line.id: "Broken"})

    # === WHAT IS PAID === #

    def test_what_is_paid_is_never_marked(self):
        self._pay_off()
        statement = self._dispute()
        self.assertEqual(statement.state, "disputed")
        self.assertFalse(statement.has_waiting_disputes)
        self.assertFalse(self.invoice.statement_dispute_note)
        with self.assertRaises(UserError):
            statement.action_accept_dispute()
        with self.assertRaisesRegex(UserError, "of which something is open"):
            self.invoice.action_credit_dispute()
        self.assertFalse(self.invoice.credit_disputed_since)

    def test_what_is_paid_isnt_marked_by_finance(self):
        self._pay_off()
        line = self._line()
        answer = Answer("Mr Lin", user=self.finance)
        self.statement.with_user(self.finance)._dispute(answer, {line.id: "Broken"})
        self.assertEqual(line.disputed_on, SAID_ON)
        self.assertFalse(self.invoice.credit_disputed_since)

    def test_a_credit_note_isnt_disputed(self):
        note = self._invoice(9.0, self.usd, "2026-01-10", kind="out_refund")
        with self.assertRaises(UserError):
            note.action_credit_dispute()

    def test_reopened_it_waits_for_nothing(self):
        self._dispute()
        self.statement.with_user(self.finance)._reopen("A mistake")
        self.assertFalse(self.statement.has_waiting_disputes)
        self.assertFalse(self.invoice.statement_dispute_note)

    # === WHAT SUPERSEDES === #

    def test_a_draft_that_supersedes_stays(self):
        """What it superseded would have no successor, and the next one nothing that it
        could say has changed."""
        self._invoice(7.0, self.usd, "2026-01-30")
        newer = self._state()
        self.assertEqual(newer.supersedes_id, self.statement)
        asked = newer.with_user(self.finance)
        forged = asked.with_context(multicurrency_statement_gives_way=True)
        for draft in (asked, forged):
            with self.assertRaisesRegex(UserError, "without a successor"):
                draft.unlink()
        self._invoice(8.0, self.usd, "2026-01-30")
        again = self._state()
        self.assertFalse(newer.exists())
        self.assertEqual(again.supersedes_id, self.statement)
        self.assertEqual(self.statement.superseded_by_ids, again)
        self.assertIn("is new", again.change_note)

    def test_a_draft_that_supersedes_nothing_may_go(self):
        other = self._state(start="2026-02-01", end="2026-02-28")
        other.with_user(self.finance).unlink()
        self.assertFalse(other.exists())

    # === THE LINK === #

    def test_a_salesperson_hasnt_the_customers_link(self):
        """Who has it answers as the customer."""
        self.seller.group_ids |= self.env.ref("base.group_partner_manager")
        mine = self.statement.with_user(self.seller)
        self.assertTrue(mine.has_access("read"))
        key = self.statement.access_token
        self.assertTrue(key)
        with self.assertRaises(AccessError):
            mine.get_portal_url()
        with self.assertRaises(AccessError):
            mine.read(["access_token"])
        with self.assertRaises(AccessError):
            mine.search([("access_token", "=like", "a%")])
        share = self.env["portal.share"].with_user(self.seller)
        share = share.with_context(active_model="customer.statement", active_id=mine.id)
        values = share.default_get(["share_link"])
        self.assertNotIn(key, str(values))
        made = share.create(
            {"partner_ids": [(6, 0, self.buyer.ids)], "res_id": mine.id}
            | {"res_model": "customer.statement"}
        )
        self.assertNotIn(key, made.share_link)
        self.assertIn(key, self.statement.with_user(self.finance).get_portal_url())

    def test_the_log_hasnt_the_customers_link(self):
        key = self.statement.access_token
        mail = self.statement.mail_id
        self.assertIn(key, mail.body_html)
        self.assertIn("/my/statements/", self._logged())
        self.assertNotIn(key, self._logged())
        # a salesperson who writes to the customer gives the link away to it alone
        said = "Please look at it"
        self.statement.with_user(self.seller).message_post(
            body=said, partner_ids=self.buyer.ids
        )
        self.assertNotIn(key, self._logged())


@tagged("post_install", "-at_install")
class TestDisputeAndCredit(CreditCommon, HttpCase):
    """CNY 60,000 due long ago stop an order, whatever a link is used for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer(email="accounts@buyer.example")
        cls.buyer.user_id = cls.seller
        cls.invoice = cls._invoice(cls.buyer, 60000.0, 100)
        cls.statement = cls.env["customer.statement"]._make(
            cls.buyer, date(2026, 10, 1), date(2026, 10, 31)
        )
        cls.statement.action_verify()
        cls.statement.action_send_now()

    def _is_stopped(self):
        order = self._order_of(self.buyer, 100.0, user_id=self.seller.id)
        with contextlib.suppress(UserError), self.env.cr.savepoint():
            order.with_user(self.seller).action_confirm()
        self.env.invalidate_all()
        return order.state != "sale"

    def test_a_dispute_by_the_link_lifts_no_stop(self):
        self.assertTrue(self._is_stopped())
        statement = self.statement
        line = statement.line_ids.filtered(lambda one: one.move_id == self.invoice)
        self.env.flush_all()
        self.authenticate(None, None)
        form = {
            "csrf_token": Request.csrf_token(self),
            "access_token": statement.access_token,
            "name": "M",
            "email": "m@x.example",
            f"line_{line.id}": "No!",
        }
        self.url_open(f"{statement.access_url}/dispute", data=form)
        self.env.invalidate_all()
        self.assertEqual(statement.state, "disputed")
        self.assertTrue(self._is_stopped())
        # a clerk of finance takes it for true: it isn't overdue any more
        statement.with_user(self.clerk).action_accept_dispute()
        self.assertEqual(self.invoice.credit_disputed_since, TODAY)
        self.assertFalse(self._is_stopped())
