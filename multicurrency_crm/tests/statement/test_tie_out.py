from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..ledger.ledger_common import LedgerCommon


class TieOutCommon(LedgerCommon):
    """Statements of January and February, made in March."""

    def _state(self, first="2026-01-05", last="2026-01-31", partners=None):
        return self.env["customer.statement"]._make(
            partners or self.buyer, date.fromisoformat(first), date.fromisoformat(last)
        )

    def _february(self):
        return self._state("2026-02-01", "2026-02-28")

    def _row(self, statement, currency):
        return statement.currency_line_ids.filtered(
            lambda row: row.currency_id == currency
        )

    def _reset(self, move):
        """Set an entry back to draft, as who alters or deletes it does first."""
        move.button_draft()
        return move


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestTieOut(TieOutCommon):
    """A statement, the ledger, and the statement before."""

    def test_a_match_with_another_customers_item_is_named(self):
        other = self._customer("Chandler")
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(440.0, self.usd, "2026-01-20", partner=other)
        self._match(invoice, payment)
        own, others = self._state(partners=self.buyer | other)
        self.assertFalse(own.is_tied)
        (found,) = own.differences
        self.assertEqual(
            [found[name] for name in ("kind", "name", "other", "partner", "amount")],
            ["foreign_match", invoice.name, payment.name, "Chandler", -400.0],
        )
        self.assertIn(payment.name, own.difference_note)
        self.assertEqual(own.total_booked, 600.0)
        self.assertEqual(self._row(own, self.usd).other, -440.0)
        self.assertEqual(own.line_ids.mapped("kind"), ["invoice", "clearing"])
        (found,) = others.differences
        self.assertEqual((found["name"], found["amount"]), (payment.name, 400.0))
        self.assertEqual(others.total_booked, 0.0)

    def test_a_late_entry_before_is_named(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        january = self._state()
        late = self._invoice(550.0, self.usd, "2026-01-12")
        february = self._february()
        (found,) = february.differences
        self.assertEqual(
            [found[name] for name in ("kind", "name", "before", "after")],
            ["former", late.name, None, 550.0],
        )
        self.assertIn(late.name, february.difference_note)
        # made again, it ties out, and so does the one after it, which stays
        again = self._state()
        self.assertNotEqual(again, january)
        self.assertEqual(self._february(), february)
        self.assertTrue(february.is_tied, february.difference_note)
        self.assertFalse(february.differences)

    def test_one_that_stays_says_what_the_one_before_has_otherwise_now(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        self._state()
        february = self._february()
        self.assertTrue(february.is_tied)
        self._invoice(550.0, self.usd, "2026-01-12")
        self._state()
        again = self._february()
        self.assertNotEqual(again, february)
        self.assertTrue(again.is_tied, again.difference_note)

    def test_an_entry_before_that_was_deleted_is_named(self):
        """Two of them: each is one."""
        entries = [
            self._entry(110.0, 100.0, self.usd, "2026-01-10", ref="Fee")
            for _number in range(2)
        ]
        names = [entry.name for entry in entries]
        self._invoice(550.0, self.usd, "2026-01-12")
        self._state()
        for entry in entries:
            self._reset(entry).with_context(force_delete=True).unlink()
        february = self._february()
        found = [
            (found["name"], found["before"], found["after"])
            for found in february.differences
        ]
        self.assertEqual(sorted(found), sorted((name, 110.0, None) for name in names))
        self.assertIn(names[0], february.difference_note)

    def test_an_entry_before_that_was_altered_is_named(self):
        entry = self._entry(110.0, 100.0, self.usd, "2026-01-10")
        self._state()
        self._reset(entry)
        one, other = entry.line_ids
        entry.write(
            {
                "line_ids": [
                    Command.update(one.id, {"amount_currency": 55.0, "balance": 50.0}),
                    Command.update(
                        other.id, {"amount_currency": -55.0, "balance": -50.0}
                    ),
                ]
            }
        )
        entry.action_post()
        (found,) = self._february().differences
        self.assertEqual((found["before"], found["after"]), (110.0, 55.0))

    def test_an_entry_altered_in_the_books_only(self):
        """The note says it in the currency in which it differs."""
        entry = self._entry(110.0, 100.0, self.usd, "2026-01-10")
        self._state()
        self._reset(entry)
        one, other = entry.line_ids
        entry.write(
            {
                "line_ids": [
                    Command.update(one.id, {"balance": 90.0}),
                    Command.update(other.id, {"balance": -90.0}),
                ]
            }
        )
        entry.action_post()
        note = self._february().difference_note
        self.assertIn("100.00", note)
        self.assertIn("90.00", note)
        self.assertIn("EUR", note)

    def test_two_identical_lines_are_two(self):
        for _number in range(2):
            self._invoice(110.0, self.usd, "2026-01-10", ref="PO 7")
        statement = self._state()
        self.assertEqual(statement.line_ids.mapped("residual"), [110.0, 110.0])
        self.assertEqual(self._row(statement, self.usd).closing, 220.0)
        self.assertEqual(self._row(statement, self.usd).invoiced, 220.0)

    def test_lines_that_are_kept_no_longer_are_not_missed(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        january = self._state("2026-01-05", "2026-01-15")
        self.books.statement_months_kept = 1
        self.env["customer.statement.line"]._gc_lines()
        self.assertFalse(january.line_ids)
        following = self._state("2026-01-16", "2026-02-28")
        self.assertTrue(following.is_tied, following.difference_note)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementChanges(TieOutCommon):
    """What a statement says of the one that it supersedes."""

    def test_matched_otherwise_is_reallocated(self):
        one = self._invoice(550.0, self.usd, "2026-01-10")
        two = self._invoice(550.0, self.usd, "2026-01-11")
        payment = self._pay(550.0, self.usd, "2026-01-20")
        self._match(one, payment)
        former = self._state()
        former.action_verify()
        payment.move_id.line_ids.remove_move_reconcile()
        self._match(two, payment)
        newer = self._state()
        self.assertEqual(newer.supersedes_id, former)
        self.assertTrue(newer.changes["is_reallocated"])
        self.assertEqual(newer.change_note.splitlines()[0][:11], "Reallocated")
        self.assertIn(one.name, newer.change_note)
        self.assertIn(two.name, newer.change_note)
        self.assertEqual(
            self._row(newer, self.usd).closing, self._row(former, self.usd).closing
        )

    def test_a_reallocation_is_no_difference_to_the_one_before(self):
        one = self._invoice(550.0, self.usd, "2026-01-10")
        two = self._invoice(550.0, self.usd, "2026-01-11")
        payment = self._pay(550.0, self.usd, "2026-01-20")
        self._match(one, payment)
        self._state()
        payment.move_id.line_ids.remove_move_reconcile()
        self._match(two, payment)
        self.assertTrue(self._february().is_tied)

    def test_a_late_invoice_that_was_paid_is_told(self):
        """As much is open as before, and yet it isn't only matched otherwise."""
        self._invoice(1100.0, self.usd, "2026-01-10")
        self._state().action_verify()
        late = self._invoice(550.0, self.usd, "2026-01-12")
        self._match(late, self._pay(550.0, self.usd, "2026-01-14"))
        newer = self._state()
        self.assertFalse(newer.changes["is_reallocated"])
        self.assertIn(late.name, newer.change_note)
        self.assertEqual(self._row(newer, self.usd).invoiced, 1650.0)

    def test_another_due_date_is_no_other_amount(self):
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        self._state().action_verify()
        invoice.invoice_date_due = "2026-01-25"
        newer = self._state()
        self.assertEqual(newer.changes["items"], [])
        self.assertFalse(newer.changes["is_reallocated"])
        self.assertIn("No amount changed", newer.change_note)
        self.assertEqual(newer.line_ids.date_due, date(2026, 1, 25))

    def test_a_draft_made_again_supersedes_what_the_draft_did(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        verified = self._state()
        verified.action_verify()
        one = self._invoice(550.0, self.usd, "2026-01-12")
        draft = self._state()
        self.assertEqual(draft.supersedes_id, verified)
        two = self._invoice(330.0, self.usd, "2026-01-13")
        newer = self._state()
        self.assertFalse(draft.exists())
        self.assertEqual(newer.supersedes_id, verified)
        self.assertIn(one.name, newer.change_note)
        self.assertIn(two.name, newer.change_note)

    def test_made_again_where_one_of_them_changed_the_others_stay(self):
        other = self._customer("Chandler")
        self._invoice(1100.0, self.usd, "2026-01-10")
        self._invoice(1100.0, self.usd, "2026-01-10", partner_id=other.id)
        same, changed = self._state(partners=self.buyer | other)
        earlier = self._state("2026-01-05", "2026-01-15", partners=other)
        self._invoice(550.0, self.usd, "2026-01-20", partner_id=other.id)
        (same | changed | earlier).action_make_again()
        self.assertTrue(same.exists())
        self.assertTrue(earlier.exists())
        self.assertFalse(changed.exists())
        self.assertEqual(self._state(partners=other).total_booked, 1500.0)

    def test_exchange_differences_are_told_in_the_books(self):
        self._entry(0.0, 100.0, self.usd, "2026-01-10")
        self._state().action_verify()
        self._entry(0.0, 25.0, self.usd, "2026-01-12")
        note = self._state().change_note
        self.assertIn("Exchange Differences", note)
        self.assertIn("125.00", note)
        self.assertIn("EUR", note)

    def test_a_draft_follows_the_rate_and_the_ages(self):
        self._invoice(1100.0, self.jpy, "2026-01-10")
        draft = self._state()
        self.assertEqual(draft.total_spot, 6.88)
        self._set_rate(self.jpy, "2026-01-31", 200.0, self.books)
        draft = self._state()
        self.assertEqual((draft.total_spot, draft.unrealised), (5.5, -1.38))
        self.books.statement_age_first = 10
        again = self._state()
        self.assertEqual(
            (again.age_first, self._row(again, self.jpy).days_60), (10, 1100.0)
        )
        again.action_verify()
        self._set_rate(self.jpy, "2026-01-30", 100.0, self.books)
        self.books.statement_age_first = 20
        self.assertEqual(self._state(), again)
        self.assertEqual((again.age_first, again.total_spot), (10, 5.5))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementThreads(TieOutCommon):
    """What goes wrong elsewhere."""

    def test_the_forward_balance_is_in_its_currency(self):
        """OCA/account-financial-reporting #1121: opening balances in foreign
        currency were wrong."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        self._match(invoice, self._pay(440.0, self.usd, "2026-02-10"))
        row = self._row(self._february(), self.usd)
        self.assertEqual(
            (row.opening, row.opening_booked, row.paid, row.closing),
            (1100.0, 1000.0, 440.0, 660.0),
        )

    def test_exchange_differences_are_one_row(self):
        """OCA/account-financial-reporting #852, #1059: a line for each."""
        self._set_rate(self.usd, "2026-02-01", 2.2, self.books)
        for day in ("2026-01-10", "2026-01-11"):
            invoice = self._invoice(1100.0, self.usd, day)
            self._match(invoice, self._pay(1100.0, self.usd, "2026-02-05"))
        statement = self._state("2026-01-05", "2026-02-28")
        (row,) = statement.line_ids.filtered(lambda line: line.kind == "exchange")
        self.assertEqual((row.movement, row.movement_booked), (0.0, -1000.0))
        self.assertEqual(
            (row.amount_booked, row.residual_booked, row.open_state),
            (-1000.0, 0.0, "settled"),
        )
        self.assertTrue(statement.is_tied)
        figures = self._row(statement, self.usd)
        self.assertEqual((figures.invoiced, figures.paid), (2200.0, 2200.0))
        self.assertEqual((figures.other, figures.closing_booked), (0.0, 0.0))

    def test_paid_in_another_currency_shows_both_sides(self):
        """OCA/account-financial-reporting #810: two statements that know nothing of
        each other."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(800.0, self.gbp, "2026-01-20")
        self._match(invoice, payment)
        lines = self._state().line_ids.filtered(lambda line: line.kind == "elsewhere")
        self.assertEqual(
            {
                (x.name, x.currency_id, x.movement, x.other_currency_id, x.other_amount)
                for x in lines
            },
            {
                (invoice.name, self.usd, -977.78, self.gbp, 800.0),
                (payment.name, self.gbp, 800.0, self.usd, -977.78),
            },
        )
        self.assertEqual(sum(lines.mapped("movement_booked")), 0.0)

    def test_a_credit_in_one_currency_hides_no_debt_in_another(self):
        """LedgerSMB #2162: one section of ages for each currency."""
        self._invoice(1100.0, self.usd, "2026-01-10")
        self._pay(1600.0, self.gbp, "2026-01-20")
        statement = self._state()
        usd, gbp = (self._row(statement, of) for of in (self.usd, self.gbp))
        self.assertEqual(
            (usd.closing, usd.days_30, usd.unallocated), (1100.0, 1100.0, 0)
        )
        self.assertEqual(
            (gbp.closing, gbp.days_30, gbp.unallocated), (-1600.0, 0, -1600.0)
        )
        self.assertEqual(statement.total_booked, 1000.0 - 1777.78)

    def test_ages_are_in_their_currency_and_add_up(self):
        """erpnext #52372, #52457, #47681: missing, or in company currency; OCA #546,
        #300: ages that aren't the balance; erpnext #45685: due today isn't overdue."""
        for due, amount in (
            ("2026-02-28", 1.0),
            ("2026-02-27", 2.0),
            ("2026-01-29", 4.0),
            ("2026-01-28", 8.0),
            ("2025-12-30", 16.0),
            ("2025-12-29", 32.0),
            ("2025-11-30", 64.0),
            ("2025-11-29", 128.0),
        ):
            self._entry(amount, amount / 2, self.usd, "2026-01-10", due=due)
        self._invoice(256.0, self.usd, "2026-01-10", kind="out_refund")
        row = self._row(self._february(), self.usd)
        found = [
            row[name] for name in ("not_due", "days_30", "days_60", "days_90", "older")
        ]
        self.assertEqual(found, [1.0, 6.0, 24.0, 96.0, 128.0])
        self.assertEqual(row.unallocated, -256.0)
        self.assertEqual(sum(found) + row.unallocated, row.closing)

    def test_the_rate_of_the_books_own_currency_is_divided_out(self):
        """odoo/odoo #6853: the unrealised report ignored it."""
        self._set_rate(self.eur, "2026-01-01", 0.5, self.books)
        self._set_rate(self.usd, "2026-01-31", 0.625, self.books)
        self._invoice(1100.0, self.usd, "2026-01-10")
        row = self._row(self._state(), self.usd)
        self.assertAlmostEqual(row.rate, 1.25)
        self.assertEqual(
            (row.closing_booked, row.closing_spot, row.unrealised),
            (500.0, 880.0, 380.0),
        )

    def test_items_in_the_books_only_appear_and_are_named(self):
        """erpnext #42052; odoo/odoo #287229: in dollar nothing, in euro something."""
        self._set_rate(self.usd, "2026-02-01", 2.2, self.books)
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        with freeze_time("2026-03-20"):
            self._match(invoice, self._pay(1100.0, self.usd, "2026-02-05"))
        statement = self._state("2026-01-05", "2026-02-10")
        line = statement.line_ids.filtered(lambda line: line.move_id == invoice)
        self.assertEqual(
            (line.residual, line.residual_booked, line.open_state),
            (0.0, 500.0, "realised_later"),
        )
        row = self._row(statement, self.usd)
        self.assertEqual(
            (row.closing, row.closing_booked, row.booked_only, row.unrealised),
            (0.0, 500.0, 500.0, 0.0),
        )
        self.assertTrue(statement.is_tied)
        # on the day of the entry, which is the month's last, nothing is left
        self.assertEqual(self._february().total_booked, 0.0)

    def test_what_nobody_cleared_is_to_clear(self):
        self._entry(0.0, 42.0, self.usd, "2026-01-10")
        statement = self._state()
        self.assertEqual(statement.line_ids.open_state, "to_clear")
        self.assertEqual(statement.currency_line_ids.booked_only, 42.0)
        self.assertTrue(statement.is_tied)

    def test_an_exchange_reversal_in_another_period_leaves_the_copy(self):
        """odoo/odoo #126665, #78197."""
        self._set_rate(self.usd, "2026-02-01", 2.2, self.books)
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        self._match(invoice, self._pay(1100.0, self.usd, "2026-02-05"))
        statement = self._state("2026-01-05", "2026-02-28")
        statement.action_verify()
        before = statement.line_ids.read(["residual", "movement", "residual_booked"])
        invoice.line_ids.remove_move_reconcile()
        statement.invalidate_recordset()
        after = statement.line_ids.read(["residual", "movement", "residual_booked"])
        self.assertEqual(after, before)
        newer = self._state("2026-01-05", "2026-02-28")
        self.assertEqual(newer.supersedes_id, statement)
        self.assertTrue(newer.is_tied, newer.difference_note)

    def test_what_was_written_off_with_a_payment_is_other(self):
        """9,975 came in for 10,000: 25 are bank charges."""
        invoice = self._invoice(10_000.0, self.usd, "2026-01-10")
        self._get_method("inbound")
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": "2026-01-20",
                    "journal_id": self.bank.id,
                    "amount": 9_975.0,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.income.id,
                }
            )
        )
        wizard.action_create_payments()
        row = self._row(self._state(), self.usd)
        self.assertEqual(
            (row.invoiced, row.paid, row.other, row.closing),
            (10_000.0, 9_975.0, -25.0, 0.0),
        )

    def test_an_unknown_rate_leaves_no_value_but_what_needs_none(self):
        self._entry(70.0, 10.0, self.cny, "2026-01-10")
        self._entry(-70.0, -9.0, self.cny, "2026-01-11")
        self.env["res.currency.rate"].search(
            [
                ("currency_id", "=", self.cny.id),
                ("company_id", "in", (False, self.books.id)),
            ]
        ).unlink()
        statement = self._state()
        self.assertTrue(statement.has_rates)
        self.assertEqual(
            (statement.total_booked, statement.total_spot, statement.unrealised),
            (1.0, 0.0, -1.0),
        )
