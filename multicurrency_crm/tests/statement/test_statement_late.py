"""What comes late, in parts, or another way round: figures that would be wrong without
anybody seeing it."""

from datetime import date

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from ...models.statement.customer_statement_answer import Answer
from .statement_common import StatementCommon

FIGURES = ("invoiced", "credited", "paid", "refunded", "other", "closing")


class LateCommon(StatementCommon):
    def _row(self, statement, currency=None):
        return statement.currency_line_ids.filtered(
            lambda row: row.currency_id == (currency or self.usd)
        )

    def _figures(self, statement):
        row = self._row(statement)
        return {name: row[name] for name in FIGURES if row[name]}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestWrittenOff(LateCommon):
    """What a payment leaves open, wherever it is written off."""

    def _register(self, invoice, amount, account):
        return (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "amount": amount,
                    "payment_date": "2026-01-20",
                    "journal_id": self.bank.id,
                    "payment_method_line_id": self._get_method("inbound").id,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": account.id,
                }
            )
            ._create_payments()
        )

    def test_on_another_receivable_account(self):
        """975 came in for 1,000, and 25 stay the customer's, on another account."""
        doubtful = self.receivable.copy({"name": "Doubtful", "code": "1299"})
        invoice = self._invoice(1000.0, self.usd, "2026-01-10")
        self._register(invoice, 975.0, doubtful)
        statement = self._state()
        self.assertEqual(
            self._figures(statement), {"invoiced": 1000, "paid": 975, "closing": 25}
        )
        self.assertFalse(self._row(statement).unallocated, "it is owed")
        self.assertTrue(statement.is_tied)

    def test_as_charges(self):
        invoice = self._invoice(1000.0, self.usd, "2026-01-10")
        self._register(invoice, 975.0, self._find_account("expense"))
        figures = self._figures(self._state())
        self.assertEqual(figures, {"invoiced": 1000, "paid": 975, "other": -25})

    def _bank_line(self, amount, received, rest, account):
        """A bank's line of so much, booked as ``received`` from the customer and a rest
        on an account."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-01-20",
                "payment_ref": "INV",
                "partner_id": self.buyer.id,
                "amount": amount / 1.1,
                "foreign_currency_id": self.usd.id,
                "amount_currency": amount,
            }
        )
        _liquidity, suspense, _other = line._seek_for_lines()
        common = {"currency_id": self.usd.id, "partner_id": self.buyer.id}
        values = [(self.receivable, received), (account, rest)]
        line.move_id.with_context(force_delete=True, skip_readonly_check=True).write(
            {
                "line_ids": [
                    Command.delete(suspense.id),
                    *(
                        Command.create(
                            {
                                "account_id": used.id,
                                "amount_currency": -money,
                                "balance": self.eur.round(-money / 1.1),
                                **common,
                            }
                        )
                        for used, money in values
                    ),
                ]
            }
        )
        return line.move_id

    def test_from_a_banks_line(self):
        """The bank kept 25 of 1,000: it reads as a payment with charges does."""
        invoice = self._invoice(1000.0, self.usd, "2026-01-10")
        entry = self._bank_line(975.0, 1000.0, -25.0, self._find_account("expense"))
        self._match(invoice, entry)
        figures = self._figures(self._state())
        self.assertEqual(figures, {"invoiced": 1000, "paid": 975, "other": -25})

    def test_what_more_a_banks_line_has_is_somebody_elses(self):
        invoice = self._invoice(1000.0, self.usd, "2026-01-10")
        entry = self._bank_line(1500.0, 1000.0, 500.0, self.income)
        self._match(invoice, entry)
        figures = self._figures(self._state())
        self.assertEqual(figures, {"invoiced": 1000, "paid": 1000})


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 12:00:00")
class TestLate(LateCommon):
    # === ROUNDING === #

    def test_worth_what_odoo_says(self):
        """Statement, ageing and ledger round halves of a cent one way, Odoo's."""
        for number, (day, rate, amount) in enumerate(
            (
                ("2026-02-03", 1 / 7.5259, 1850.0),
                ("2026-02-04", 1 / 7.49990, 1850.0),
                ("2026-02-05", 1 / 1.005, 100.5),
                ("2026-02-06", 1 / 0.12345, 3000.1),
            )
        ):
            self._set_rate(self.usd, day, rate, self.books)
            customer = self._customer(f"Half {number}")
            self._invoice(amount, self.usd, day, partner_id=customer.id)
            moment = date.fromisoformat(day)
            expected = self.usd._convert(amount, self.eur, self.books, moment)
            statement = self._state(customer, day, day)
            self.assertEqual(statement.total_spot, expected)
            self.assertEqual(statement.unrealised, 0)
            ageing = self.env["customer.ageing"].with_context(ageing_date=day)
            rows = ageing.search([("partner_id", "=", customer.id)])
            self.assertEqual(rows.mapped("value"), [expected])

    # === LATE ENTRIES === #

    def test_nobody_stands_by_what_the_ledger_says_no_more(self):
        self._invoice(500.0, self.usd, "2026-01-10")
        kept = self._customer("Kept")
        self._invoice(70.0, self.usd, "2026-01-10", partner_id=kept.id)
        drafts = self._state(self.buyer | kept)
        late = drafts.filtered(lambda one: one.partner_id == self.buyer)
        self._invoice(777.0, self.usd, "2026-01-12")
        with self.assertRaisesRegex(UserError, "make it again"):
            late.with_user(self.finance).action_verify()
        action = drafts.with_user(self.finance).action_verify_tied()
        self.assertEqual(
            drafts.mapped("state"),
            ["draft" if one == late else "verified" for one in drafts],
        )
        self.assertIn("Changed since", action["params"]["message"])
        late.with_user(self.finance).action_make_again()
        self._state().with_user(self.finance).action_verify()

    def test_what_a_late_entry_empties_is_stated(self):
        """100 open was verified; a credit note of those days settles it, and nothing
        would be stated of the days after it."""
        self.books.statement_zero = "balance"
        invoice = self._invoice(100.0, self.usd, "2026-01-10")
        self._verified()
        credit = self._invoice(100.0, self.usd, "2026-01-20", kind="out_refund")
        self._match(invoice, credit)
        february = self._state(start="2026-02-01", end="2026-02-28")
        self.assertEqual(len(february), 1)
        self.assertFalse(february.is_tied)
        self.assertIn(invoice.name, february.difference_note)
        # made again, the one before says so, and nothing is left to state
        self._state()
        self._state(start="2026-02-01", end="2026-02-28")
        self.assertTrue(february.is_tied)

    def test_without_lines_it_is_held_against_the_figures_before(self):
        self._invoice(100.0, self.usd, "2025-09-10")
        self._state(start="2025-09-01", end="2025-09-30")
        self.books.statement_months_kept = 1
        self._invoice(55.0, self.usd, "2025-09-20")
        october = self._state(start="2025-10-01", end="2025-10-31")
        self.assertFalse(october.is_tied)
        (found,) = october.differences
        self.assertEqual(
            (found["kind"], found["before"], found["after"]),
            ("former_total", 100.0, 155.0),
        )
        self.assertIn("155.00 USD", october.difference_note)

    def test_what_is_disputed_stays_so(self):
        """Made again, a statement has what the customer disputed, and what colleagues
        have to do about it; what is settled by then is done with."""
        invoices = self._invoice(500.0, self.usd, "2026-01-10")
        invoices |= self._invoice(70.0, self.usd, "2026-01-11")
        (statement,) = self._verified()
        statement.action_send_now()
        statement._dispute(
            Answer("A. Buyer", "a@buyer.example"),
            {
                line.id: f"not of {line.residual}"
                for line in statement.line_ids
                if line.move_id in invoices
            },
        )
        activities = statement.activity_ids
        self.assertTrue(activities)
        asked = statement.with_user(self.finance).action_ask_make_again()["params"]
        self.assertEqual(asked["method"], "action_make_again")
        self.assertIn("a newer one follows", asked["question"])
        self._match(invoices[1], self._pay(70.0, self.usd, "2026-01-20"))
        again = self._state()
        disputed = again.line_ids.filtered("disputed_on")
        self.assertEqual(disputed.mapped("dispute_comment"), ["not of 500.0"])
        self.assertEqual(again.activity_ids, activities)
        self.assertFalse(statement.activity_ids)
        # told, and accepted, once: by the one that took its place
        self.assertEqual(invoices[0]._find_waiting_disputes(), disputed)
        week = self._state(start="2026-02-01", end="2026-02-28")
        week.action_verify()
        week.action_send_now()
        week._dispute(
            Answer("A. Buyer", "a@buyer.example"), {week.line_ids[:1].id: "still not"}
        )
        invoices[0].action_accept_dispute()
        self.assertTrue(invoices[0].credit_disputed_since)
        self.assertFalse(invoices[0]._find_waiting_disputes())

    # === CUSTOMERS THAT MOVE === #

    def test_one_that_belongs_to_another_is_stated_once(self):
        owner = self._customer("Owner")
        self._invoice(100.0, self.usd, "2026-01-10")
        self._invoice(1000.0, self.usd, "2026-01-10", partner_id=owner.id)
        own, others = self._verified(self.buyer | owner)
        draft = self._state(start="2026-02-01", end="2026-02-28")
        self.buyer.write({"parent_id": owner.id, "is_company": False})
        own.with_user(self.finance).action_make_again()
        standing = self.env["customer.statement"].search(
            [
                ("partner_id", "in", (self.buyer | owner).ids),
                ("date_to", "=", "2026-01-31"),
                ("state", "!=", "superseded"),
            ]
        )
        self.assertEqual(standing.supersedes_id, others)
        self.assertEqual(self._row(standing).closing, 1100.0)
        self.assertEqual(own.state, "superseded")
        self.assertIn("Owner", own.message_ids[0].body)
        self._state(owner, "2026-02-01", "2026-02-28")
        self.assertFalse(draft.exists())

    # === A BRANCH === #

    def test_a_branch_makes_and_verifies(self):
        branch = self.env["res.company"].create(
            {"name": "Quay West", "parent_id": self.books.id}
        )
        clerk = self._create_user("branch_clerk", "multicurrency_crm.group_finance")
        clerk.write({"company_id": branch.id, "company_ids": [Command.set(branch.ids)]})
        self._invoice(100.0, self.usd, "2026-01-10")
        Statement = self.env["customer.statement"].with_user(clerk)
        Statement = Statement.with_context(allowed_company_ids=branch.ids)
        statement = Statement._make(self.buyer, date(2026, 1, 1), date(2026, 1, 31))
        self._invoice(20.0, self.usd, "2026-01-11")
        self.env.invalidate_all()
        statement.action_make_again()
        statement = Statement.search([("partner_id", "=", self.buyer.id)])
        statement.action_verify_tied()
        statement.action_make_again()
        self.assertEqual(statement.state, "verified")
        again = Statement._make(self.buyer, date(2026, 2, 1), date(2026, 2, 28))
        again.action_verify_period()
        self.assertEqual(again.state, "verified")

    # === NONSENSE === #

    def test_nonsense_is_refused(self):
        for months in (-1, 30_000):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.books.statement_months_kept = months
        with self.assertRaisesRegex(UserError, "at the earliest"):
            self._state(start="0001-01-01")
        wizard = Form(self.env["customer.statement.make"])
        wizard.period = "dates"
        wizard.date_from = "0001-01-01"
        self.assertIn("at the earliest", wizard.problem)


@tagged("post_install", "-at_install")
class TestLastDay(LateCommon):
    def test_a_run_of_the_last_day_itself_is_made_anew(self):
        """On Sunday somebody makes everybody's statements of the week that ends on it;
        an invoice follows, and the night's job states it."""
        self.books.write({"statement_period": "weekly", "statement_weekday": "6"})
        with freeze_time("2026-03-01 10:00:00"):
            self._invoice(100.0, self.usd, "2026-02-25")
            days = (fields.Date.to_date(day) for day in ("2026-02-23", "2026-03-01"))
            self.env["customer.statement"]._make_everybody(*days)
            self._invoice(900.0, self.usd, "2026-03-01")
        domain = [("partner_id", "=", self.buyer.id), ("state", "!=", "superseded")]
        for _times in range(2):
            with freeze_time("2026-03-02 10:00:00"):
                self.env["customer.statement.run"]._plan(self.books)
                self.env["customer.statement.run"]._cron_make()
            statement = self.env["customer.statement"].search(domain)
            self.assertEqual(self._row(statement).closing, 1000.0)
            run = self.env["customer.statement.run"].search(
                [("company_id", "=", self.books.id)]
            )
            self.assertEqual(
                run.begun_on, fields.Datetime.to_datetime("2026-03-02 10:00:00"), "once"
            )
