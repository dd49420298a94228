"""Runs: simulated, prepared, looked at, sent; who is skipped, and why."""

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.collection import collection_run_preparing
from ...models.common import scheduled_job
from .collection_common import CollectionCommon

LOG = scheduled_job._logger.name


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionRun(CollectionCommon):
    def _names(self, letter):
        return letter.line_ids.filtered(lambda line: not line.skip_reason).mapped(
            "name"
        )

    # === THE ROAD === #

    def test_simulated_prepared_and_nothing_sent(self):
        invoice = self._invoice(500.0, self.usd, "2026-02-01", due="2026-02-20")
        run = self._begin()
        self.assertEqual(run.state, "draft")
        self.assertIn("Letters, First Reminder, USD: 1", run.simulation_text)
        self.assertIn("500.00 USD open", run.simulation_text)
        self.assertFalse(self.env["collection.letter"].search([]))
        run.action_prepare()
        letter = self._letter(run)
        self.assertRecordValues(
            letter,
            [
                {
                    "state": "draft",
                    "level_id": self.first.id,
                    "currency_id": self.usd.id,
                    "amount": 500.0,
                    "total": 500.0,
                    "most_late": 10,
                    "channel": "email",
                    "company_id": self.books.id,
                }
            ],
        )
        self.assertEqual(letter.line_ids.move_id, invoice)
        self.assertEqual(letter.line_ids.days_late, 10)
        self.assertFalse(self.env["mail.mail"].search([("model", "=", letter._name)]))
        self.assertEqual(run.letter_count, 1)

    def test_a_simulation_names_customers_and_reasons(self):
        disputed = self._invoice(500.0, self.usd, "2026-02-01", due="2026-02-20")
        disputed.credit_disputed_since = "2026-02-25"
        many = self.env["res.partner"].create(
            [{"name": f"Stall {number}"} for number in range(23)]
        )
        self.env["collection.block"].create(
            [
                {
                    "partner_id": one.id,
                    "company_id": self.books.id,
                    "reason": "Fair week",
                    "date_to": "2026-03-20",
                }
                for one in many
            ]
        )
        for one in many:
            self._invoice(50.0, self.gbp, "2026-02-01", partner_id=one.id)
        text = self._begin().simulation_text
        self.assertIn("Skipped, USD, Disputed: Buyer", text)
        paused = next(line for line in text.splitlines() if "Paused" in line)
        self.assertTrue(paused.startswith("Skipped, GBP, Paused: Stall 0 (Fair week"))
        self.assertIn("others: 3", paused)
        self.assertEqual(paused.count("Stall"), 20)

    def test_a_simulation_names_whom_no_letter_would_reach(self):
        lost = self.env["res.partner"].create({"name": "Lost", "is_company": True})
        odd = self.env["res.partner"].create({"name": "Odd", "email": "nobody"})
        for partner in (self.buyer, lost, odd):
            self._invoice(
                500.0, self.usd, "2026-02-01", due="2026-02-20", partner_id=partner.id
            )
        run = self._begin()
        text = run.simulation_text
        self.assertIn("Letters, First Reminder, USD: 1, 500.00 USD open", text)
        self.assertIn("Skipped, USD, No address: Lost", text)
        self.assertIn("Skipped, USD, Invalid e-mail address: Odd (nobody)", text)
        self._as_finance(run).action_prepare()
        said = {letter.partner_id: letter.skip_reason for letter in run.letter_ids}
        expected = {self.buyer: False, lost: "no_address", odd: "bad_email"}
        self.assertEqual(said, expected, "as it was simulated")

    def test_what_has_become_too_small_isnt_sent(self):
        """The first level asks from USD 100 on: of 500, 450 are paid before it goes."""
        self.first.write({"min_balance": 100.0, "currency_id": self.usd.id})
        move = self._invoice(500.0, self.usd, "2026-02-01", due="2026-02-20")
        letter = self._letter()
        letter._look_again()
        self.assertEqual(letter.state, "draft")
        self._match(move, self._pay(450.0, self.usd, "2026-03-01"))
        letter._look_again()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "small"))
        self.assertEqual(letter.line_ids.skip_reason, "small")

    def test_what_is_late_besides_keeps_a_small_item_in(self):
        self.first.write({"min_balance": 100.0, "currency_id": self.usd.id})
        small = self._invoice(300.0, self.usd, "2026-02-01", due="2026-02-20")
        self._invoice(90.0, self.usd, "2026-02-01", due="2026-02-21")
        letter = self._letter()
        self._match(small, self._pay(280.0, self.usd, "2026-03-01"))
        letter._look_again()
        self.assertEqual((letter.state, letter.amount), ("draft", 110.0))

    def test_buttons_open_as_many_as_they_say(self):
        self._invoice(500.0, self.usd, "2026-02-01", due="2026-02-20")
        disputed = self._invoice(90.0, self.gbp, "2026-02-01", due="2026-02-20")
        disputed.credit_disputed_since = "2026-02-25"
        run = self._run()
        self.assertEqual((run.letter_count, run.skipped_count), (1, 1))
        Letter = self.env["collection.letter"]
        for action, count in (
            (run.action_open_letters(), 2),
            (run.action_open_going(), run.letter_count),
            (run.action_open_skipped(), run.skipped_count),
        ):
            self.assertEqual(Letter.search_count(action["domain"]), count)
        arch = Letter.get_view(view_type="list")["arch"]
        self.assertIn('expand="1"', arch, "groups are open")

    def test_one_letter_a_currency(self):
        self._invoice(500.0, self.usd, "2026-02-01", due="2026-02-20")
        self._invoice(70.0, self.usd, "2026-02-02", due="2026-02-21")
        self._invoice(8000.0, self.jpy, "2026-02-01", due="2026-02-10")
        run = self._run()
        self.assertEqual(self._letter(run, currency=self.usd).amount, 570.0)
        self.assertEqual(self._letter(run, currency=self.jpy).amount, 8000.0)

    def test_contacts_are_their_companys(self):
        contact = self.env["res.partner"].create(
            {"name": "Desk", "parent_id": self.buyer.id}
        )
        self._invoice(
            50.0, self.usd, "2026-02-01", due="2026-02-20", partner_id=contact.id
        )
        self.assertEqual(self._letter().amount, 50.0)

    def test_next_level_only_after_the_letter_left(self):
        self._invoice(500.0, self.usd, "2026-02-01", due="2026-02-10")
        letter = self._letter()
        # a second run, while the first letter waits
        second = self._run()
        self.assertFalse(self._has_letter(second))
        self.assertEqual(self._letter(second).skip_reason, "waiting")
        self._send(letter)
        self.assertEqual(letter.state, "sent")
        self.assertFalse(self._run().letter_ids, "its next level is in three days")
        with freeze_time("2026-03-05 10:00:00"):
            self.assertEqual(self._letter().level_id, self.second)

    def test_one_level_at_a_time_however_late(self):
        self._invoice(500.0, self.usd, "2025-06-01")
        levels = []
        self.buyer.street = "Pier 1"
        for _number in range(4):
            run = self._run()
            if run.letter_ids:
                letter = self._letter(run)
                levels.append(letter.level_id)
                if letter.channel == "letter":
                    letter.with_user(self.finance).action_print()
                else:
                    self._send(letter)
        self.assertEqual(levels, [self.first, self.second, self.last])

    def test_quiet_days(self):
        self.second.quiet_days = 5
        self._invoice(500.0, self.usd, "2026-01-01")
        self._send(self._letter())
        with freeze_time("2026-03-06 10:00:00"):
            run = self._begin()
            self.assertIn("reminded only recently", run.simulation_text)
            run.action_prepare()
            self.assertFalse(run.letter_ids)
        with freeze_time("2026-03-07 10:00:00"):
            self.assertEqual(self._letter().level_id, self.second)

    def test_friendly_before_and_not_after(self):
        self._invoice(500.0, self.usd, "2026-02-01", due="2026-03-04")
        self.assertEqual(self._letter().level_id, self.friendly)
        late = self._customer("Late", email="late@buyer.example")
        self._invoice(
            500.0, self.usd, "2026-02-01", due="2026-03-01", partner_id=late.id
        )
        self.assertFalse(self._has_letter(partner=late))

    def test_a_due_day_that_moves_begins_anew(self):
        move = self._invoice(500.0, self.usd, "2026-01-01")
        self._send(self._letter())
        line = move.line_ids.filtered("date_maturity")
        line.date_maturity = "2026-02-20"
        self.assertEqual(self._letter().level_id, self.first)

    def test_a_customer_that_gets_a_parent_goes_on_where_it_was(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        self._send(self._letter())
        blocked = self._customer("Blocked")
        self._invoice(70.0, self.usd, "2026-01-01", partner_id=blocked.id)
        self.env["collection.block"].create(
            {"partner_id": blocked.id, "reason": "Talks", "date_to": "2026-03-09"}
        )
        head = self._customer("Head", email="head@buyer.example")
        (self.buyer | blocked).write({"parent_id": head.id, "is_company": False})
        letter = self._letter(partner=head)
        # the block of one is kept for the whole
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "blocked"))
        self.env["collection.block"].search([]).action_lift()
        letter = self._letter(partner=head)
        self.assertEqual(letter.level_id, self.second)
        self.assertEqual(
            set(letter.line_ids.mapped("level_id.name")),
            {"First Reminder", "Second Reminder"},
        )

    # === SKIPPED BY NAME === #

    def _skipped(self, run=None):
        letter = self._letter(run)
        self.assertEqual(letter.state, "skipped")
        return letter

    def test_disputed(self):
        move = self._invoice(500.0, self.usd, "2026-01-01")
        move.action_credit_dispute()
        self.assertEqual(self._skipped().skip_reason, "disputed")
        move.action_credit_dispute_settled()
        self.assertTrue(self._has_letter())

    def test_one_of_two_disputed(self):
        disputed = self._invoice(500.0, self.usd, "2026-01-01")
        disputed.action_credit_dispute()
        other = self._invoice(70.0, self.usd, "2026-01-01")
        letter = self._letter()
        self.assertEqual((letter.state, letter.amount), ("draft", 70.0))
        self.assertEqual(self._names(letter), [other.name])
        self.assertEqual(letter.line_ids.move_id, disputed | other)

    def test_promised_until_it_could_have_come(self):
        move = self._invoice(500.0, self.usd, "2026-01-01")
        self.env["payment.promise"]._make(
            self.buyer, 500.0, self.usd, self._day("2026-03-10"), move
        )
        skipped = self._skipped()
        self.assertEqual(skipped.skip_reason, "promised")
        self.assertIn("500.00 USD", skipped.skip_note)
        with freeze_time("2026-04-10 10:00:00"):
            self.assertTrue(self._has_letter())

    def _promise(self, amount, moves):
        return self.env["payment.promise"]._make(
            self.buyer, amount, self.usd, self._day("2026-03-10"), moves
        )

    def test_a_promise_of_a_part_does_not_stop_the_reminder(self):
        move = self._invoice(1800.0, self.usd, "2026-01-01")
        self._promise(25.0, move)
        letter = self._letter()
        self.assertRecordValues(letter, [{"state": "draft", "amount": 1800.0}])
        self.assertEqual(letter.line_ids.promised, 25.0)
        (row,) = letter._prepare_rows()
        self.assertEqual(
            row["name"], f"{move.name} (25.00 USD promised for 03/10/2026)"
        )
        self.assertEqual(row["open"], "1,800.00 USD")

    def test_a_promise_pays_the_oldest_first(self):
        """USD 700 over 400 and 900: the first is promised, 300 of the second are."""
        newer = self._invoice(900.0, self.usd, "2026-02-01", due="2026-02-12")
        older = self._invoice(400.0, self.usd, "2026-02-01", due="2026-02-11")
        self._promise(700.0, newer | older)
        letter = self._letter()
        self.assertEqual(self._names(letter), [newer.name])
        lines = {line.move_id: line for line in letter.line_ids}
        self.assertEqual(lines[older].skip_reason, "promised")
        self.assertEqual(lines[newer].promised, 300.0)

    def test_promised_in_part_or_whole_since_it_was_prepared(self):
        move = self._invoice(1800.0, self.usd, "2026-01-01")
        letter = self._letter()
        self._promise(25.0, move)
        letter._look_again()
        self.assertRecordValues(letter, [{"state": "draft", "amount": 1800.0}])
        self.assertEqual(letter.line_ids.promised, 25.0)
        self._promise(1800.0, move)
        letter._look_again()
        self.assertEqual((letter.state, letter.skip_reason), ("skipped", "promised"))

    def test_a_part_of_it_under_way(self):
        """An online payment of the first of two instalments: the second is late, too.
        One in another currency may pay all of them."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value_amount": 50.0, "nb_days": days})
                    for days in (1, 5)
                ],
            }
        )
        move = self._invoice(
            640.0, self.usd, "2026-01-01", invoice_payment_term_id=term.id
        )
        transaction = self._pending(move, 320.0)
        letter = self._letter()
        self.assertRecordValues(letter, [{"state": "draft", "amount": 320.0}])
        self.assertEqual(
            letter.line_ids.sorted("due").mapped("skip_reason"), ["in_process", False]
        )
        letter.action_leave_out()
        transaction.write({"amount": 300.0, "currency_id": self.eur.id})
        self.assertEqual(self._skipped().skip_reason, "in_process")

    def test_an_instalment_that_waits_for_its_papers(self):
        """Its item bears a day that is put off: not even a friendly word before it."""
        self.env["collection.level"].search([]).unlink()
        self.env["collection.level"].create({"name": "Soon", "days": -60})
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.books.id,
                "currency_id": self.usd.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.env["product.product"]
                            .create({"name": "Pump", "invoice_policy": "order"})
                            .id,
                            "price_unit": 500.0,
                            "tax_ids": [],
                        }
                    )
                ],
                "payment_plan_ids": [
                    Command.create({"percentage": 1.0, "trigger": "bill_of_lading"})
                ],
            }
        )
        order.action_confirm()
        order._create_invoices().action_post()
        skipped = self._skipped()
        self.assertEqual(skipped.skip_reason, "planned")
        self.assertIn(order.name, skipped.skip_note)

    def test_payment_under_way(self):
        """A payment without an entry of its own: nothing of the invoice is matched."""
        move = self._invoice(500.0, self.usd, "2026-01-01")
        methods = self.bank.inbound_payment_method_line_ids
        methods.payment_account_id = False
        # as with Enterprise's accounting: without an outstanding account, no entry
        with patch.object(
            type(move), "_get_invoice_in_payment_state", lambda self: "in_payment"
        ):
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.buyer.id,
                    "amount": 500.0,
                    "currency_id": self.usd.id,
                    "date": "2026-03-01",
                    "journal_id": self.bank.id,
                    "payment_method_line_id": methods[0].id,
                }
            )
            payment.invoice_ids = move
            payment.action_post()
        self.assertEqual(payment.state, "in_process")
        self.assertFalse(payment.move_id)
        skipped = self._skipped()
        self.assertEqual(skipped.skip_reason, "in_process")
        self.assertEqual(skipped.skip_note, payment.name)

    def _pending(self, move, amount):
        provider = self.env["payment.provider"].create(
            {"name": "Slow", "code": "none", "company_id": self.books.id}
        )
        method = (
            self.env["payment.method"]
            .with_context(active_test=False)
            .search([("is_primary", "=", True)], limit=1)
        )
        return self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "SLOW-1",
                "amount": amount,
                "currency_id": self.usd.id,
                "partner_id": self.buyer.id,
                "invoice_ids": [Command.set(move.ids)],
                "state": "pending",
            }
        )

    def test_an_online_payment_that_is_pending(self):
        move = self._invoice(500.0, self.usd, "2026-01-01")
        transaction = self._pending(move, 500.0)
        skipped = self._skipped()
        self.assertEqual(skipped.skip_reason, "in_process")
        self.assertEqual(skipped.skip_note, "SLOW-1")
        transaction.state = "cancel"
        self.assertTrue(self._has_letter())

    def test_general_journals_are_excluded_and_listed(self):
        """Odoo marks their entries silently: opening balances are never reminded of."""
        entry = self._entry(110.0, 100.0, self.usd, "2026-01-01")
        run = self._run()
        skipped = self._skipped(run)
        self.assertEqual(skipped.skip_reason, "no_followup")
        self.assertIn("general journals", skipped.skip_note)
        action = run.action_open_excluded()
        found = self.env["account.move.line"].search(action["domain"])
        self.assertIn(entry, found.move_id)
        self.assertIn("No Follow-Up", action["help"], "an empty list says why")
        arch = found.get_view(action["views"][0][0], "list")["arch"]
        self.assertIn("no_followup", arch, "and where that is changed")
        entry.line_ids.no_followup = False
        self.assertEqual(self._letter().amount, 110.0)

    @mute_logger("odoo.sql_db")
    def test_208_a_block_has_a_reason_and_an_end_and_lifts_itself(self):
        """OCA/credit-control#208"""
        move = self._invoice(500.0, self.usd, "2026-01-01")
        Block = self.env["collection.block"].with_user(self.finance)
        vals = {"partner_id": self.buyer.id, "date_to": "2026-03-09"}
        with self.assertRaises(IntegrityError), self.cr.savepoint():
            Block.create(vals)  # without a reason
        with self.assertRaises(UserError):
            Block.create({**vals, "reason": "x", "date_to": "2026-03-01"})
        block = Block.create({**vals, "reason": "Offset is agreed"})
        skipped = self._skipped()
        self.assertEqual(skipped.skip_reason, "blocked")
        self.assertIn("Offset is agreed", skipped.skip_note)
        self.assertIn("03/09/2026", skipped.skip_note)
        with freeze_time("2026-03-10 10:00:00"):
            block.invalidate_recordset()
            self.assertTrue(block.is_over)
            self._letter().action_leave_out()
        block.invalidate_recordset()
        block.move_id = self._invoice(5.0, self.usd, "2026-01-01")
        letter = self._letter()
        self.assertEqual((letter.state, letter.amount), ("draft", 500.0))
        self.assertEqual(self._names(letter), [move.name])
        other = self._customer("Other")
        with self.assertRaises(ValidationError):
            block.partner_id = other

    def test_covered_by_money_that_is_not_allocated(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        self._pay(500.0, self.usd, "2026-02-01")
        self.assertEqual(self._skipped().skip_reason, "covered")
        self._invoice(10.0, self.usd, "2026-01-02")
        letter = self._letter()
        self.assertRecordValues(
            letter, [{"amount": 510.0, "unallocated": 500.0, "total": 10.0}]
        )

    def test_the_balance_is_what_is_late_whatever_was_said_before(self):
        self.first.write({"min_balance": 750.0, "currency_id": self.usd.id})
        self._invoice(760.0, self.usd, "2026-02-01", due="2026-02-14")
        self._send_run()
        self._invoice(90.0, self.usd, "2026-02-01", due="2026-02-22")
        letter = self._letter()
        self.assertEqual((letter.amount, letter.level_id), (90.0, self.first))

    def test_money_that_is_not_allocated_goes_to_what_is_late_besides(self):
        """USD 3,000 are late and were reminded of, 400 are new, 600 came: nobody asks
        for less than nothing."""
        self._invoice(3000.0, self.usd, "2026-02-01", due="2026-02-14")
        self._send_run()
        self._pay(600.0, self.usd, "2026-03-01")
        self._invoice(400.0, self.usd, "2026-02-01", due="2026-02-22")
        letter = self._letter()
        sums = {"amount": 400.0, "unallocated": 0.0, "total": 400.0, "state": "draft"}
        self.assertRecordValues(letter, [sums])
        self._send(letter)
        self.assertRecordValues(letter, [{**sums, "state": "sent"}])

    def test_no_address_bad_address_blacklist(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        for email, reason in (
            (False, "no_address"),
            ("nonsense", "bad_email"),
            ("Gone@buyer.example", "blacklisted"),
        ):
            self.env["mail.blacklist"]._add("gone@buyer.example")
            self.buyer.email = email
            self.assertEqual(self._skipped().skip_reason, reason)
        self.buyer.email = "here@buyer.example"
        self.assertTrue(self._has_letter())

    def test_on_paper_without_an_address(self):
        self.first.channel = "letter"
        self._invoice(500.0, self.usd, "2026-01-01")
        self.assertEqual(self._skipped().skip_reason, "no_address")

    def test_left_out_by_hand_waits_for_the_next_run(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        letter = self._letter().with_user(self.finance)
        letter.action_leave_out()
        self.assertEqual(letter.skip_reason, "by_hand")
        with self.assertRaises(UserError):
            letter.action_leave_out()
        self.assertEqual(self._letter().level_id, self.first)

    # === SMALLEST AMOUNTS === #

    def test_smallest_amounts_are_converted_the_right_way_round(self):
        """1 EUR = 1.1 USD: USD 110 are EUR 100, and GBP 90 are, too."""
        self.first.min_balance = 100.0
        for amount, currency, goes in (
            (109.99, self.usd, False),
            (110.0, self.usd, True),
            (90.0, self.gbp, True),
            (89.99, self.gbp, False),
            (15_999.0, self.jpy, False),
            (16_000.0, self.jpy, True),
        ):
            customer = self._customer("C", email="c@buyer.example")
            self._invoice(amount, currency, "2026-02-20", partner_id=customer.id)
            self.assertEqual(
                self._has_letter(partner=customer), goes, (amount, currency.name)
            )

    def test_in_a_named_currency(self):
        """EUR 50 at 0.9 are GBP 45."""
        self.first.write({"min_item": 45.0, "currency_id": self.gbp.id})
        self._invoice(49.99, self.eur, "2026-02-20")
        self.assertFalse(self._has_letter())
        self._invoice(50.0, self.eur, "2026-02-20")
        self.assertEqual(self._letter().amount, 50.0)

    def test_a_missing_rate_stops_with_its_name(self):
        self.first.min_balance = 100.0
        self._invoice(100.0, self.kwd, "2026-02-20")
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.kwd.id)]
        ).unlink()
        with self.assertRaisesRegex(UserError, "KWD"):
            self._begin()
        self.first.min_balance = 0.0
        self.assertEqual(self._letter().amount, 100.0)

    # === PART BY PART === #

    def _owing(self, count):
        customers = self.env["res.partner"]
        for number in range(count):
            customer = self._customer(f"C{number}", email=f"c{number}@buyer.example")
            self._invoice(50.0, self.usd, "2026-02-20", partner_id=customer.id)
            customers |= customer
        return customers

    def test_a_killed_run_goes_on(self):
        customers = self._owing(5)
        with patch.object(collection_run_preparing, "CHUNK", 2):
            run = self._begin()
            run.action_prepare()
            self.assertEqual((run.state, run.is_preparing), ("draft", True))
            self.assertEqual((run.looked_at, run.total), (2, 5))
            self.env["collection.run"]._cron_prepare()
        self.assertEqual((run.state, run.is_preparing), ("prepared", False))
        self.assertEqual(run.letter_ids.partner_id, customers)
        self.assertEqual(len(run.letter_ids), 5)

    @mute_logger(LOG)
    def test_one_that_fails_is_named_and_the_others_go_on(self):
        customers = self._owing(3)
        run_model = type(self.env["collection.run"])
        prepare = run_model._prepare_letter_vals

        def broken(run, draft, *args):
            if draft.partner_id == customers[1].id:
                raise ValueError("it is broken")
            return prepare(run, draft, *args)

        with patch.object(run_model, "_prepare_letter_vals", broken):
            run = self._run()
        self.assertEqual(run.state, "prepared")
        self.assertEqual(run.letter_ids.partner_id, customers - customers[1])
        self.assertEqual(run.failure_ids.partner_id, customers[1])
        self.assertIn("ValueError", run.failure_ids.reason)
        run.action_retry()
        self.assertFalse(run.failure_ids)
        self.assertEqual(run.letter_ids.partner_id, customers)

    # === WHO, AND WHEN === #

    def test_without_levels_nothing(self):
        self.levels.action_archive()
        with self.assertRaisesRegex(UserError, "no collection level"):
            self._begin()

    def test_a_run_is_prepared_once_and_deleted_unless_sent(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        run = self._run()
        with self.assertRaises(UserError):
            run.action_prepare()
        again = self._begin()
        again.unlink()
        run.unlink()
        # its items are free again
        run = self._send_run()
        self.assertEqual(self._letter(run).state, "sent")
        with self.assertRaises(UserError):
            run.unlink()
        with self.assertRaises(UserError):
            run.action_send()

    def test_finance_alone(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        run = self._run()
        for groups in ("multicurrency_crm.group_user", "sales_team.group_sale_manager"):
            user = self._create_user(f"other_{groups[-4:]}", groups)
            for call in (
                lambda run: run.env["collection.run"].action_begin(),
                lambda run: run.action_send(),
                lambda run: run.action_prepare(),
                lambda run: run.action_simulate(),
                lambda run: run.letter_ids.action_send(),
                lambda run: run.letter_ids.action_print(),
                lambda run: run.letter_ids.action_charge(),
                lambda run: run.letter_ids.action_leave_out(),
            ):
                with self.assertRaises(AccessError):
                    call(run.with_user(user))
        self.assertEqual(run.state, "prepared")

    def test_salespeople_see_letters_of_their_customers(self):
        self.seller.group_ids |= self.env.ref("multicurrency_crm.group_user")
        self._invoice(500.0, self.usd, "2026-01-01")
        someone = self._create_user("someone", "multicurrency_crm.group_user")
        theirs = self._customer("T", email="t@x.example", user_id=someone.id)
        self._invoice(500.0, self.usd, "2026-01-01", partner_id=theirs.id)
        run = self._run()
        seen = self.env["collection.letter"].with_user(self.seller).search([])
        self.assertEqual(seen.partner_id, self.buyer)
        self.assertEqual(seen.line_ids.mapped("residual"), [500.0])
        self.assertEqual(len(run.letter_ids), 2)

    # === IN THE NIGHT === #

    def test_proposed_where_a_company_wants_it(self):
        self._invoice(500.0, self.usd, "2026-01-01")
        Run = self.env["collection.run"]
        Run._cron_prepare()
        self.assertFalse(Run.search([]))
        self.books.collection_propose = "weekly"
        Run._cron_prepare()
        run = Run.search([])
        self.assertRecordValues(
            run, [{"state": "prepared", "company_id": self.books.id}]
        )
        self.assertEqual(run.date, fields.Date.to_date("2026-03-02"))
        self.assertEqual(run.letter_ids.mapped("state"), ["draft"])
        with freeze_time("2026-03-08 10:00:00"):
            Run._cron_prepare()
            self.assertEqual(Run.search([]), run)
        with freeze_time("2026-03-09 10:00:00"):
            Run._cron_prepare()
            self.assertEqual(len(Run.search([])), 2)
