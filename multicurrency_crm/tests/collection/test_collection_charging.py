"""Fee and interest: stated in letters, booked on demand."""

from ast import literal_eval

from lxml import etree

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .collection_common import CollectionCommon


@tagged("post_install", "-at_install")
class TestCollectionCharging(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls._service()
        cls.finance.group_ids |= cls.env.ref("account.group_account_invoice")
        charging = {"interest_rate": 0.1, "fee_product_id": cls.service.id}
        (cls.first | cls.second | cls.last).write(charging)
        cls.last.write({"channel": "email", "last_action": "none"})

    def _on(self, day):
        return freeze_time(f"{day} 10:00:00")

    def _sent_on(self, day):
        with self._on(day):
            letter = self._letter()
            self._send(letter)
            self.assertEqual(letter.state, "sent")
            return letter

    # === INTEREST === #

    def test_e7(self):
        """USD 1,000 due 1 January, 400 paid on the 11th: 6.03 on the 31st, and 1.64
        more on 10 February."""
        invoice = self._invoice(1000.0, self.usd, "2026-01-01")
        self._match(invoice, self._pay(400.0, self.usd, "2026-01-11"))
        first = self._sent_on("2026-01-31")
        self.assertRecordValues(
            first, [{"amount": 600.0, "interest": 6.03, "total": 606.03}]
        )
        second = self._sent_on("2026-02-10")
        self.assertRecordValues(second, [{"amount": 600.0, "interest": 1.64}])

    def test_erpnext_dunning(self):
        """100 for 15 days at 10 %, fee 10: 110.41."""
        self.first.write({"days": 15, "fee": 10.0, "currency_id": self.usd.id})
        self._invoice(100.0, self.usd, "2026-01-01")
        letter = self._sent_on("2026-01-16")
        self.assertRecordValues(
            letter, [{"interest": 0.41, "fee": 10.0, "total": 110.41}]
        )
        self.assertIn("110.41 USD", letter.mail_id.body_html)
        self.assertFalse(letter.fee_note)

    def test_what_did_not_leave_charged_nothing(self):
        self._invoice(1000.0, self.usd, "2026-01-01")
        with self._on("2026-01-31"):
            letter = self._letter()
            letter._note_failure("bounced", "x")
        self.assertEqual(letter.interest, 8.22)
        self.assertEqual(self._sent_on("2026-01-31").interest, 8.22)

    def test_58220_survives_the_principals_payment(self):
        """frappe/erpnext#58220: paid on 20 February, between two letters."""
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        self.assertEqual(self._sent_on("2026-01-31").interest, 30.0)
        self._match(invoice, self._pay(3650.0, self.usd, "2026-02-20"))
        rest = self._sent_on("2026-03-15")
        self.assertRecordValues(
            rest, [{"amount": 0.0, "interest": 20.0, "total": 20.0, "fee": 0.0}]
        )
        self.assertEqual(rest.line_ids.residual, 0.0)
        with self._on("2026-04-15"):
            self.assertFalse(self._run().letter_ids, "charged once")

    def test_what_was_paid_goes_along_with_the_next_letter(self):
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-31")
        self._match(invoice, self._pay(3650.0, self.usd, "2026-02-20"))
        self._invoice(365.0, self.usd, "2026-02-28")
        letter = self._sent_on("2026-03-10")
        self.assertRecordValues(letter, [{"amount": 365.0, "interest": 21.0}])

    def test_between_two_levels_no_letter_of_interest(self):
        self._invoice(3650.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-10")
        with self._on("2026-01-20"):
            self.assertFalse(self._run().letter_ids)

    def test_too_little_interest_is_left(self):
        self.first.min_balance = 50.0
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-31")
        self._match(invoice, self._pay(3650.0, self.usd, "2026-02-20"))
        with self._on("2026-03-15"):
            self.assertFalse(self._run().letter_ids)

    def test_360_days(self):
        self.first.interest_basis = "360"
        self._invoice(3600.0, self.usd, "2026-01-01")
        self.assertEqual(self._sent_on("2026-01-31").interest, 30.0)

    def test_a_new_rate_does_not_count_backwards(self):
        """3,600 at 10 % of 360 days bear 1.00 a day; 20 % of the second level begin
        where the first one ended."""
        (self.first | self.second | self.last).interest_basis = "360"
        (self.second | self.last).interest_rate = 0.2
        self._invoice(3600.0, self.usd, "2026-01-01")
        self.assertEqual(self._sent_on("2026-01-31").interest, 30.0)
        # on the very day there is nothing more to charge
        same = self._sent_on("2026-01-31")
        self.assertRecordValues(same, [{"level_id": self.second.id, "interest": 0.0}])
        self.assertEqual(self._sent_on("2026-02-10").interest, 20.0)

    def test_a_rate_that_is_raised_when_all_is_paid_charges_nothing(self):
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        self.assertEqual(self._sent_on("2026-01-31").interest, 30.0)
        self._match(invoice, self._pay(3650.0, self.usd, "2026-01-31"))
        self.first.interest_rate = 0.2
        with self._on("2026-03-15"):
            self.assertFalse(self._run().letter_ids)

    def test_a_lower_rate_counts_from_the_next_day_on(self):
        self.second.interest_rate = 0.05
        self._invoice(3650.0, self.usd, "2026-01-01")
        self.assertEqual(self._sent_on("2026-01-31").interest, 30.0)
        self.assertEqual(self._sent_on("2026-02-10").interest, 5.0)

    # === FEES === #

    def test_a_fee_in_the_letters_currency_at_the_spot_of_the_day(self):
        """EUR 20 at 1.1 are USD 22; 1 EUR = 160 JPY: 3,200."""
        self.first.write({"fee": 20.0, "interest_rate": 0.0})
        self._invoice(100.0, self.usd, "2026-01-01")
        self._invoice(100_000.0, self.jpy, "2026-01-01")
        with self._on("2026-01-20"):
            run = self._run()
        dollars = self._letter(run, currency=self.usd)
        self.assertEqual((dollars.fee, dollars.total), (22.0, 122.0))
        self.assertIn("20.00 EUR", dollars.fee_note)
        self.assertIn("01/20/2026", dollars.fee_note)
        self.assertEqual(self._letter(run, currency=self.jpy).fee, 3200.0)

    def test_no_interest_before_anything_is_late(self):
        with self.assertRaises(ValidationError):
            self.friendly.interest_rate = 0.1

    def test_no_fee_before_anything_is_late(self):
        with self.assertRaises(ValidationError):
            self.friendly.fee = 15.0
        # nor where a level with a fee is moved
        self.first.fee = 15.0
        for days in (0, -5):
            with self.assertRaises(ValidationError):
                self.first.days = days

    def _printed_late(self):
        """A letter on paper of 10 February that waits."""
        self.first.channel = "letter"
        self.buyer.write({"street": "Pier 1", "city": "Hull"})
        with self._on("2026-02-10"):
            return self._letter()

    def _print(self, letter, day="2026-02-10"):
        with self._on(day):
            letter.with_user(self.finance).action_print()

    def test_a_part_payment_before_it_leaves(self):
        """USD 3,650 due 1 January bear 1.00 a day: 40 days. Of it, 1,825 were paid on
        the 21st, and matched once the letter waited: 20.00 and 10.00."""
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        letter = self._printed_late()
        self.assertEqual(letter.interest, 40.0)
        self._match(invoice, self._pay(1825.0, self.usd, "2026-01-21"))
        # its day counts, whenever it goes
        self._print(letter, "2026-02-12")
        self.assertRecordValues(
            letter, [{"state": "sent", "amount": 1825.0, "interest": 30.0}]
        )
        self.assertEqual(letter.line_ids.interest, 30.0)

    def test_the_rate_stays_while_it_waits(self):
        """Whoever looked at a letter has looked at its rate."""
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        letter = self._printed_late()
        self.first.interest_rate = 0.2
        self._match(invoice, self._pay(1825.0, self.usd, "2026-01-21"))
        self._print(letter)
        self.assertEqual(letter.interest, 30.0)

    def test_a_match_undone_before_it_leaves(self):
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        payment = self._pay(1825.0, self.usd, "2026-01-21")
        self._match(invoice, payment)
        letter = self._printed_late()
        self.assertRecordValues(letter, [{"amount": 1825.0, "interest": 30.0}])
        invoice.line_ids.remove_move_reconcile()
        self._print(letter)
        self.assertEqual(letter.interest, 40.0)

    def test_all_settled_before_it_leaves_but_interest_of_what_was_paid(self):
        """The interest waits for a letter of its own, under its level's conditions."""
        self.first.write({"fee": 20.0, "currency_id": self.usd.id})
        paid = self._invoice(2920.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-31")
        self._match(paid, self._pay(2920.0, self.usd, "2026-02-05"))
        other = self._invoice(300.0, self.usd, "2026-01-20")
        letter = self._printed_late()
        self.assertEqual(letter.fee, 20.0)
        self._match(other, self._pay(300.0, self.usd, "2026-02-09"))
        with self._on("2026-02-10"):
            action = letter.with_user(self.finance).action_print()
        self.assertEqual(action["tag"], "display_notification")
        self.assertRecordValues(
            letter, [{"state": "skipped", "skip_reason": "settled", "sent_on": False}]
        )
        rest = self._sent_on_paper("2026-02-10")
        self.assertRecordValues(
            rest, [{"fee": 0.0, "interest": 4.0, "total": 4.0, "amount": 0.0}]
        )
        self.assertEqual(rest.line_ids.move_id, paid)

    def _sent_on_paper(self, day):
        with self._on(day):
            letter = self._letter()
        self._print(letter, day)
        self.assertEqual(letter.state, "sent")
        return letter

    def test_interest_alone_that_is_none_any_more(self):
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-31")
        self._match(invoice, self._pay(3650.0, self.usd, "2026-02-20"))
        letter = self._printed_late()
        self.assertEqual(letter.interest, 10.0)
        # it was another payment, of the very day on which the first letter left
        invoice.line_ids.remove_move_reconcile()
        self._match(invoice, self._pay(3650.0, self.usd, "2026-01-31"))
        with self._on("2026-02-21"):
            letter._look_again()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "settled"))

    def test_the_last_level_goes_with_what_had_come_that_far(self):
        """Of two items the one at the last level is paid meanwhile: the other one gets
        the level and the fee that are its turn."""
        levels = self.first | self.second
        levels.write({"currency_id": self.usd.id})
        self.first.write({"fee": 5.0})
        self.second.write({"fee": 40.0, "last_action": "hold"})
        old = self._invoice(730.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-21")
        new = self._invoice(80.0, self.usd, "2026-01-20")
        with self._on("2026-02-01"):
            letter = self._letter()
            self.assertRecordValues(
                letter, [{"level_id": self.second.id, "fee": 40.0, "amount": 810.0}]
            )
            self._match(old, self._pay(730.0, self.usd, "2026-01-31"))
            self._send(letter)
        self.assertRecordValues(
            letter,
            [{"level_id": self.first.id, "fee": 5.0, "amount": 80.0, "state": "sent"}],
        )
        self.assertEqual(letter._get_reminded().move_id, new)
        self.assertNotIn("last reminder", letter.mail_id.body_html)
        self.assertFalse(self.buyer.with_company(self.books).credit_hold)

    # === WHO HAS PAID === #

    def _paid_late(self, **last):
        """USD 2,920 due 1 January, reminded of on the 21st (16.00 at 10 %) and on the
        31st (8.00 more), paid on 10 February: 8.00 are left."""
        levels = self.first | self.second
        levels.write({"fee": 25.0, "currency_id": self.usd.id})
        self.second.write(last)
        invoice = self._invoice(2920.0, self.usd, "2026-01-01")
        self.assertEqual(self._sent_on("2026-01-21").interest, 16.0)
        self.assertEqual(self._sent_on("2026-01-31").interest, 8.0)
        self._match(invoice, self._pay(2920.0, self.usd, "2026-02-10"))
        return invoice

    def test_who_has_paid_all_owes_interest_and_no_fee(self):
        invoice = self._paid_late(last_action="hold")
        buyer = self.buyer.with_company(self.books)
        self.assertTrue(buyer.credit_hold)
        buyer._set_credit_hold(self.books, False, "Paid")
        self.second.template_id = self.env.ref(
            "multicurrency_crm.mail_template_collection_last"
        ).copy()
        letter = self._sent_on("2026-03-10")
        self.assertRecordValues(
            letter, [{"interest": 8.0, "fee": 0.0, "total": 8.0, "amount": 0.0}]
        )
        body = letter.mail_id.body_html
        self.assertIn("Thank you for your payment", body)
        self.assertIn(invoice.name, body)
        self.assertIn("01/01/2026", body)
        self.assertNotIn("last reminder", body)
        self.assertFalse(buyer.credit_hold, "nothing is open any more")
        letter.with_user(self.finance).action_charge()
        self.assertEqual(letter.charge_move_id.amount_total, 8.0)

    def test_who_has_paid_all_is_not_handed_over(self):
        self._paid_late(last_action="hand_over")
        self.assertFalse(self._sent_on("2026-03-10").activity_ids)

    def test_a_colleague_asks_for_interest_alone(self):
        invoice = self._paid_late(channel="activity")
        with self._on("2026-03-10"):
            letter = self._letter()
            letter.with_user(self.finance).action_send()
            self._work()
        note = letter.activity_ids.note
        self.assertIn(f"{invoice.name}, paid late: interest of 8.00 USD", note)
        self.assertNotIn("0.00 USD, due", note)

    def test_a_reminder_names_what_was_paid_late(self):
        invoice = self._paid_late()
        self._invoice(365.0, self.usd, "2026-02-28")
        body = self._sent_on("2026-03-10").mail_id.body_html
        self.assertIn(f"also on what was paid late: {invoice.name}", body)

    # === INVOICED, AND BACK === #

    def _bounced(self):
        """EUR 20 of fee are USD 22, 24.00 of interest; invoiced, then it comes back."""
        self.first.fee = 20.0
        self._invoice(2920.0, self.usd, "2026-01-01")
        letter = self._sent_on("2026-01-31")
        letter.with_user(self.finance).action_charge()
        letter._message_receive_bounce("accounts@buyer.example", self.buyer)
        self.assertEqual(letter.state, "failed")
        return letter

    def test_what_was_invoiced_before_it_came_back_is_not_charged_again(self):
        bounced = self._bounced()
        self.assertEqual(bounced.charge_move_id.amount_total, 46.0)
        self.assertIn(bounced.charge_move_id.name, bounced.activity_ids.note)
        letter = self._sent_on("2026-02-10")
        self.assertRecordValues(
            letter,
            [{"level_id": self.first.id, "fee": 0.0, "interest": 8.0}],
        )
        letter.with_user(self.finance).action_charge()
        self.assertEqual(letter.charge_move_id.amount_total, 8.0)
        self.assertEqual(self._sent_on("2026-02-20").level_id, self.second)

    def test_the_fee_of_a_higher_level_is_charged_beside_what_came_back(self):
        """Of two items one is at the second level, whose fee nobody has invoiced."""
        self.second.write({"fee": 40.0, "currency_id": self.usd.id})
        other = self._invoice(40.0, self.usd, "2026-01-01")
        self._sent_on("2026-01-10")
        with self._on("2026-01-10"):
            other.action_credit_dispute()
        bounced = self._bounced()
        self.assertEqual(bounced._get_reminded().level_id, self.first)
        other.action_credit_dispute_settled()
        with self._on("2026-02-10"):
            letter = self._letter()
        self.assertRecordValues(letter, [{"level_id": self.second.id, "fee": 40.0}])
        self.assertEqual(len(letter._get_reminded()), 2)

    def test_an_invoice_that_was_cancelled_or_credited_charged_nothing(self):
        bounced = self._bounced()
        move = bounced.charge_move_id
        move._reverse_moves(cancel=True)
        self.assertEqual(move.payment_state, "reversed")
        with self._on("2026-02-10"):
            letter = self._letter()
        self.assertRecordValues(letter, [{"fee": 22.0, "interest": 32.0}])

    def test_sent_again_it_still_states_what_was_invoiced(self):
        bounced = self._bounced()
        with self._on("2026-01-31"):
            self._send(bounced)
        self.assertRecordValues(
            bounced, [{"state": "sent", "fee": 22.0, "interest": 24.0}]
        )
        self.assertFalse(bounced.may_charge)

    # === BOOKED ON DEMAND === #

    def test_invoiced_on_demand_and_once(self):
        self.first.fee = 20.0
        invoice = self._invoice(1000.0, self.usd, "2026-01-01")
        with self._on("2026-01-31"):
            draft = self._letter()
            with self.assertRaises(UserError):
                draft.with_user(self.finance).action_charge()
            draft.action_leave_out()
        letter = self._sent_on("2026-01-31").with_user(self.finance)
        self.assertFalse(letter.charge_move_id)
        self.assertTrue(letter.may_charge)
        with self._on("2026-02-02"):
            question = letter.action_ask_charge()["params"]["question"]
            self.assertIn("30.22 USD", question)
            letter.action_charge()
        move = letter.charge_move_id
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "amount_total": 30.22,
                    "currency_id": self.usd.id,
                    "partner_id": self.buyer.id,
                }
            ],
        )
        self.assertEqual(move.invoice_line_ids.product_id, self.service)
        self.assertIn(invoice.name, move.invoice_line_ids[1].name)
        self.assertFalse(letter.may_charge)
        with self.assertRaises(UserError):
            letter.action_charge()

    def test_invoiced_anew_once_its_invoice_is_cancelled(self):
        self.first.write({"fee": 20.0, "interest_rate": 0.0})
        self._invoice(90.0, self.usd, "2026-01-01")
        letter = self._sent_on("2026-01-31").with_user(self.finance)
        letter.action_charge()
        move = letter.sudo().charge_move_id
        move.button_draft()
        # it may be posted again
        self.assertFalse(letter.may_charge)
        move.button_cancel()
        self.assertTrue(letter.may_charge)
        views = self.env.ref("multicurrency_crm.collection_letter_view_search")
        (to_charge,) = etree.fromstring(views.arch).xpath("//filter[@name='to_charge']")
        domain = literal_eval(to_charge.get("domain"))
        self.assertIn(letter, letter.search(domain))
        letter.action_charge()
        self.assertEqual(letter.charge_move_id.amount_total, 22.0)
        self.assertNotEqual(letter.charge_move_id, move)
        self.assertFalse(letter.may_charge)
        self.assertNotIn(letter, letter.search(domain))

    def test_the_products_tax(self):
        tax = self.env["account.tax"].create(
            {"name": "19", "amount": 19.0, "company_id": self.books.id}
        )
        self.service.taxes_id = [Command.set(tax.ids)]
        self._invoice(3650.0, self.usd, "2026-01-01")
        letter = self._sent_on("2026-01-31")
        letter.with_user(self.finance).action_charge()
        self.assertEqual(letter.charge_move_id.amount_total, 35.7)

    def test_without_a_product_none(self):
        self.first.fee_product_id = False
        self._invoice(3650.0, self.usd, "2026-01-01")
        letter = self._sent_on("2026-01-31")
        with self.assertRaisesRegex(UserError, "First Reminder has no product"):
            letter.with_user(self.finance).action_charge()

    def test_what_is_charged_bears_no_interest(self):
        invoice = self._invoice(3650.0, self.usd, "2026-01-01")
        letter = self._sent_on("2026-01-31")
        with self._on("2026-01-31"):
            letter.with_user(self.finance).action_charge()
        self._match(invoice, self._pay(3650.0, self.usd, "2026-01-31"))
        late = self._sent_on("2026-03-31")
        self.assertRecordValues(late, [{"amount": 30.0, "interest": 0.0}])
