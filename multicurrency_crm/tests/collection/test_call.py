"""What a customer says is noted once, by who may, and counts as what it is."""

from datetime import date

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from ...models.collection.collection_call import NOTE
from .call_common import FINANCE, TODAY, CallCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestCall(CallCommon):
    # === NOTING === #

    def test_what_is_planned_is_the_last_word(self):
        first = self._note(next_date=date(2026, 3, 5), note="Away until Thursday")
        self.assertEqual(first.user_id, self.clerk)
        self.assertEqual(first.date, TODAY)
        self.assertEqual(first.next_action, "call")
        account = self._account()
        self.assertEqual(account.next_date, date(2026, 3, 5))
        second = self._note(self.second_clerk, outcome="wrong_number")
        self.assertEqual(account.last_call_id, second)
        self.assertEqual(account.taken, 2)
        # nothing is planned: it is called today
        self.assertFalse(account.next_date)
        self.assertFalse(account.next_action)

    def test_a_contact_is_its_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.buyer.id}
        )
        call = self._note(partner=contact, next_date=date(2026, 3, 9))
        self.assertEqual(call.partner_id, self.buyer)
        for partner in self.buyer | contact:
            seen = self._as(partner, self.clerk)
            self.assertEqual(seen.collection_next_date, date(2026, 3, 9))

    def test_who_notes(self):
        self.assertTrue(self._note(self.seller))
        biller = self._colleague("call_biller", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self._note(biller)
        elsewhere = self._create_company("Elsewhere", self.eur)
        stranger = self._colleague("call_stranger", FINANCE, elsewhere)
        with self.assertRaises(AccessError):
            self._note(stranger)
        self.assertEqual(self._account().taken, 1)

    def test_who_reads(self):
        mine = self._note(self.seller)
        other = self._customer("Other")
        theirs = self._note(self.clerk, other)
        Call = self.env["collection.call"]
        found = self._as(Call, self.seller).search([])
        self.assertEqual(found.ids, mine.ids)
        found = self._as(Call, self.clerk).search([])
        self.assertEqual(set(found.ids), {mine.id, theirs.id})
        self.books.sudo().name = "Quay"
        stranger = self._colleague("call_far", FINANCE, self.other_company)
        self.assertFalse(self._as(Call, stranger, self.other_company).search([]))

    def test_nobody_writes_one_by_hand(self):
        call = self._note()
        for user in (self.seller, self.clerk):
            theirs = self._as(call, user)
            with self.assertRaises(AccessError):
                theirs.write({"outcome": "promise"})
            with self.assertRaises(AccessError):
                theirs.unlink()
            with self.assertRaises(AccessError):
                theirs.create({"partner_id": self.buyer.id, "outcome": "again"})
        with self.assertRaises(AccessError):
            self._account().write({"next_date": "2030-01-01"})

    def test_what_cant_be_meant(self):
        for said in (
            {"outcome": "nothing"},
            {"note": "x" * (NOTE + 1)},
            {"next_date": date(2026, 3, 1)},
            {"outcome": "promise", "amount": 5.0},
            {"outcome": "dispute", "note": "Which one?"},
            {"outcome": "dispute", "moves": self.old},
        ):
            with self.subTest(**said), self.assertRaises(UserError):
                self._note(**said)
        self.assertFalse(self._account())

    def test_today_is_the_companys(self):
        self.books.partner_id.tz = "Pacific/Kiritimati"
        with freeze_time("2026-03-02 11:00:00"):
            self.assertEqual(self._note().date, date(2026, 3, 3))

    # === SEEN BEFORE === #

    def test_who_comes_second_reads_first(self):
        nothing = self.env["collection.call"]
        first = self._note(known=nothing)
        self.assertTrue(first)
        self.assertFalse(self._note(self.second_clerk, known=nothing))
        self.assertTrue(self._note(self.second_clerk, known=first))
        self.assertEqual(len(self.buyer.collection_call_ids), 2)

    # === PROMISES === #

    def test_a_promise(self):
        call = self._note(
            outcome="promise",
            amount=700.0,
            currency=self.usd,
            promised=date(2026, 3, 6),
            next_date=date(2026, 3, 7),
            note="By the bank's Friday run",
        )
        promise = call.promise_id.sudo()
        self.assertEqual(promise.amount, 700.0)
        self.assertEqual(promise.currency_id, self.usd)
        self.assertEqual(promise.date, date(2026, 3, 6))
        self.assertEqual(promise.partner_id, self.buyer)
        self.assertEqual(promise.user_id, self.clerk)
        self.assertEqual(promise.move_ids, self.old | self.late | self.later)
        self.assertEqual(call.next_action, "check")

    def test_more_than_is_owed_is_refused_with_the_call(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self._note(
                outcome="promise",
                amount=951.0,
                currency=self.usd,
                promised=date(2026, 3, 6),
            )
        self.assertFalse(self._account())

    # === DISPUTES === #

    def test_finance_accepts_what_it_notes(self):
        call = self._note(outcome="dispute", moves=self.old, note="Pumps leak")
        self.assertEqual(call.dispute_state, "accepted")
        self.assertEqual(self.old.credit_disputed_since, TODAY)
        self.assertEqual(self.old.credit_dispute_reason, "Pumps leak")
        self.assertFalse(self.old.activity_ids)

    def test_a_salesperson_asks_finance(self):
        self.old.invoice_user_id = self.seller
        call = self._note(
            self.seller, outcome="dispute", moves=self.old, note="Pumps leak"
        )
        self.assertEqual(call.dispute_state, "waiting")
        self.assertFalse(self.old.credit_disputed_since)
        asked = self.old.activity_ids.user_id
        self.assertEqual(
            asked & (self.clerk | self.second_clerk | self.seller).sudo(),
            self.clerk | self.second_clerk,
        )
        with self.assertRaises(AccessError):
            self._as(call, self.seller).action_accept_dispute()
        with self.assertRaises(AccessError):
            self._as(self.old, self.seller).action_accept_call_dispute()
        with freeze_time("2026-03-04"):
            self._as(call, self.clerk).action_accept_dispute()
        # since the customer said so
        self.assertEqual(self.old.credit_disputed_since, TODAY)
        self.assertEqual(call.decided_by, self.clerk)
        self.assertFalse(self.old.activity_ids)
        with self.assertRaises(UserError):
            self._as(call, self.clerk).action_accept_dispute()

    def test_finance_may_decline(self):
        self.old.invoice_user_id = self.seller
        said = {"outcome": "dispute", "moves": self.old, "note": "Too dear"}
        call = self._note(self.seller, **said)
        with self.assertRaisesRegex(UserError, "already know"):
            self._note(self.clerk, **said)
        self._as(self.old, self.clerk).action_decline_call_dispute()
        self.assertEqual(call.dispute_state, "declined")
        self.assertFalse(self.old.credit_disputed_since)
        self.assertFalse(self.old.activity_ids)
        self.assertFalse(self._as(self.old, self.clerk).collection_dispute_note)
        # and is told anew
        self.assertTrue(self._note(self.seller, **said))

    def test_what_isnt_this_customers_open_invoice(self):
        paid = self._invoice(5.0, self.usd, "2026-01-01")
        self._match(paid, self._pay(5.0, self.usd, "2026-01-02"))
        foreign = self._invoice(
            6.0, self.usd, "2026-01-01", partner_id=self._customer("Other").id
        )
        refund = self._invoice(7.0, self.usd, "2026-01-01", kind="out_refund")
        for move in (paid, foreign, refund, self.old.copy()):
            with self.subTest(move=move.name), self.assertRaises(UserError):
                self._note(outcome="dispute", moves=self.old | move, note="Wrong")

    def test_what_was_paid_meanwhile_isnt_disputed(self):
        self.old.invoice_user_id = self.seller
        call = self._note(self.seller, outcome="dispute", moves=self.old, note="Late")
        self._match(self.old, self._pay(500.0, self.usd, "2026-03-02"))
        self._as(call, self.clerk).action_accept_dispute()
        self.assertEqual(call.dispute_state, "accepted")
        self.assertFalse(self.old.credit_disputed_since)

    # === THE DIALOG === #

    def _open(self, user=None, **context):
        action = self._as(self.buyer, user or self.clerk).action_note_call()
        Make = self._as(self.env[action["res_model"]], user or self.clerk)
        return Make.with_context(**{**action["context"], **context})

    def test_the_dialog_proposes_what_is_overdue(self):
        form = Form(self._open(default_currency_id=self.usd.id))
        self.assertEqual(form.overdue_text, "90.00 GBP · 700.00 USD")
        self.assertEqual(form.phone, "+1 555 0100")
        form.outcome = "promise"
        self.assertEqual(form.amount, 700.0)
        form.date_promised = "2026-03-06"
        self.assertEqual(form.next_date, date(2026, 3, 7))
        form.save().action_apply()
        call = self.buyer.collection_call_ids
        self.assertEqual(call.promise_id.amount, 700.0)
        self.assertEqual(call.next_date, date(2026, 3, 7))

    def test_a_salesperson_reads_no_ledger_in_it(self):
        form = Form(self._open(self.seller, default_currency_id=self.usd.id))
        form.outcome = "promise"
        self.assertFalse(form.amount)
        self.assertNotIn("overdue_text", form._view["fields"])
        form.outcome = "unreached"
        self.assertEqual(form.next_date, date(2026, 3, 3))
        form.save().action_apply()
        self.assertEqual(self._account().next_date, date(2026, 3, 3))

    def test_a_dialog_of_another_company_is_refused(self):
        elsewhere = self._create_company("Elsewhere", self.eur)
        with self.assertRaises(AccessError):
            Form(self._open(default_company_id=elsewhere.id))
        made = self._open().create({"outcome": "again"})
        with self.assertRaises(AccessError):
            made.company_id = elsewhere

    def test_a_colleague_was_faster(self):
        form = Form(self._open())
        form.outcome, form.note = "again", "Mine"
        other = Form(self._open(self.second_clerk))
        other.outcome, other.note = "again", "Busy until four"
        other.save().action_apply()
        made = form.save()
        action = made.action_apply()
        self.assertEqual(action["res_id"], made.id)
        self.assertTrue(made.is_met)
        self.assertIn("Busy until four", made.last_said)
        self.assertEqual(self._account().taken, 2)  # taken, and let go
        self.assertEqual(len(self.buyer.collection_call_ids), 1)
        made.action_apply()
        self.assertEqual(len(self.buyer.collection_call_ids), 2)

    def test_pressed_twice(self):
        form = Form(self._open())
        form.outcome = "again"
        made = form.save()
        made.action_apply()
        made.action_apply()
        self.assertEqual(len(self.buyer.collection_call_ids), 1)

    def test_a_promise_for_a_day_that_is_over(self):
        form = Form(self._open(default_currency_id=self.usd.id))
        form.outcome = "promise"
        form.date_promised = "2026-02-27"  # it says that it paid then
        self.assertGreater(form.next_date, fields.Date.to_date("2026-03-02"))
        with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
            form.save().action_apply()
        self.assertIn("today or a later day", str(refused.exception))
        self.assertFalse(self.buyer.collection_call_ids)

    def test_it_talks_of_the_currency_that_is_overdue(self):
        """Dollars before pounds, as more of them is; then what is open, then what the
        customer prefers, then the company's."""
        for user, amount in ((self.clerk, 700.0), (self.seller, 0.0)):
            form = Form(self._open(user))
            self.assertEqual(form.currency_id, self.usd)
            form.outcome = "promise"
            self.assertEqual(form.amount, amount)
            self.assertFalse(form.account_note)
        self.old._mark_disputed(date(2026, 3, 1), "Broken")
        self._match(self.late, self._pay(190.0, self.usd, "2026-02-27"))
        self.assertEqual(Form(self._open()).currency_id, self.gbp)
        self._match(self.pounds, self._pay(90.0, self.gbp, "2026-02-27"))
        self._match(self.late, self._pay(10.0, self.usd, "2026-02-27"))
        self.assertEqual(Form(self._open()).currency_id, self.usd)
        newcomer = self._customer("Newcomer", preferred_currency_id=self.jpy.id)
        self.assertEqual(self._talk(newcomer).currency_id, self.jpy)
        newcomer.preferred_currency_id = False
        self.assertEqual(self._talk(newcomer).currency_id, self.eur)

    def _talk(self, customer):
        action = self._as(customer, self.clerk).action_note_call()
        Make = self._as(self.env["collection.call.make"], self.clerk)
        return Form(Make.with_context(**action["context"]))

    def test_a_promise_in_a_currency_in_which_nothing_is_owed_says_so(self):
        form = Form(self._open())
        form.outcome = "promise"
        form.currency_id = self.jpy
        self.assertIn("Nothing is open in JPY", form.account_note)
        self.assertFalse(form.amount)
        form.outcome = "again"
        self.assertFalse(form.account_note)

    def test_a_first_call_has_no_last_one(self):
        self.assertFalse(Form(self._open()).last_said)
