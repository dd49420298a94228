"""Receipts whose entries can't be touched, lines of the bank, and claims taken back."""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .claim_common import FINANCE, SELLER, ClaimCommon

BILLER = "account.group_account_invoice,multicurrency_crm.group_finance"


class FixedCommon(ClaimCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._bill(880.0, self.usd)

    def _lock(self, day):
        self.books.sudo().fiscalyear_lock_date = day

    def _take_back(self, claim, day=None):
        claim.with_user(self.clerk)._take_back("Not theirs", day)
        claim.invalidate_recordset()

    def _check_transferred(self, claim, payment, amount, booked):
        """An entry that balances, in the receipt's currency and worth what it is in the
        books; nobody's line is matched, the customer's is its credit."""
        move = claim.transfer_move_id
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.currency_id, payment.currency_id)
        rows = [
            (line.partner_id, line.currency_id, line.amount_currency, line.balance)
            for line in move.line_ids.sorted("balance")
        ]
        nobody = self.env["res.partner"]
        self.assertEqual(
            rows,
            [
                (self.buyer, payment.currency_id, -amount, -booked),
                (nobody, payment.currency_id, amount, booked),
            ],
        )
        self.assertFalse(payment.partner_id)
        self.assertTrue(payment.is_reconciled)
        self.assertFalse(self._row(payment))


@tagged("post_install", "-at_install")
class TestFixedReceipts(FixedCommon):
    """A transfer entry, where the receipt's own stays as it is."""

    def test_a_closed_day(self):
        """USD 1,100 (1,000 in euro) of a closed month: moved on an open day."""
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        before = self._note(payment.move_id)
        claim = self._claim(payment, moves=self.invoice)
        self._lock("2026-02-28")
        seen = claim.with_user(self.clerk)
        self.assertTrue(seen.needs_transfer)
        self.assertIn("is closed", seen.way_note)
        seen.write({"transfer_date": "2026-02-28"})
        with self._refused(UserError, "is closed: choose an open day"):
            self._confirm(claim)
        self.assertEqual(claim.state, "claimed")
        for day in ("2026-02-01", "2036-02-01"):
            seen.write({"transfer_date": day})
            with self._refused(UserError, "until today"):
                self._confirm(claim)
        seen.write({"transfer_date": "2026-03-02"})
        claim = self._confirm(claim)
        self._check_transferred(claim, payment, 1100.0, 1000.0)
        self.assertEqual(claim.transfer_move_id.date, date(2026, 3, 2))
        self.assertEqual(self._note(payment.move_id), before)
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(claim.amount_matched, 880.0)
        self.assertIn("220.00 USD is the customer's credit", claim.outcome)
        statement = self.env["customer.statement"]._make(
            self.buyer, "2026-03-01", "2026-03-31"
        )
        dollars = statement.currency_line_ids
        self.assertEqual(dollars.currency_id, self.usd)
        self.assertEqual((dollars.paid, dollars.other), (1100.0, 0.0))

    def test_a_hashed_journal(self):
        self.bank.restrict_mode_hash_table = True
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        self.assertTrue(payment.move_id.inalterable_hash)
        claim = self._claim(payment, moves=self.invoice)
        self.assertIn("secured", claim.with_user(self.clerk).way_note)
        self._check_transferred(self._confirm(claim), payment, 1100.0, 1000.0)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_matched_with_the_bank(self):
        """What the bank's line was matched with stays matched."""
        payment = self._receive(1100.0, self.eur, "2026-02-03")
        line = self._bank_line(1100.0, "2026-02-04")
        liquidity, _counter, _others = payment._seek_for_lines()
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.account_id = liquidity.account_id
        (suspense | liquidity).reconcile()
        claim = self._confirm(self._claim(payment))
        self._check_transferred(claim, payment, 1100.0, 1100.0)
        self.assertTrue(liquidity.reconciled)

    def test_what_is_left_of_it(self):
        """USD 30 of 100 are matched: 70 are moved, at what they are worth."""
        payment = self._receive(100.0, self.usd, "2026-02-03")
        line = self._match_with_entry(payment, 30.0, 28.0)
        self.assertEqual(line.amount_residual_currency, -70.0)
        booked = -line.amount_residual
        claim = self._confirm(self._claim(payment))
        self._check_transferred(claim, payment, 70.0, booked)

    def test_yen_and_dinars(self):
        self._set_rate(self.kwd, "2026-01-01", 0.33, self.books)
        for currency, amount in ((self.jpy, 160_001.0), (self.kwd, 33.333)):
            payment = self._receive(amount, currency, "2026-02-03")
            booked = -payment._seek_for_lines()[1].balance
            self._lock("2026-02-28")
            claim = self._confirm(self._claim(payment))
            self._check_transferred(claim, payment, amount, booked)
            self._lock(False)

    def test_the_days_total_is_unchanged(self):
        """What is owed in all is what it was: the money only got a name."""
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        nobody, buyer = self._sum_of(None), self._sum_of(self.buyer)
        self._lock("2026-02-28")
        self._confirm(self._claim(payment))
        self.assertEqual(self._sum_of(None), nobody + 1000.0)
        self.assertEqual(self._sum_of(self.buyer), buyer - 1000.0)

    def test_its_entry_belongs_to_it(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        self._lock("2026-02-28")
        claim = self._confirm(self._claim(payment))
        move = claim.transfer_move_id
        for change in (move.button_draft, move._reverse_moves):
            with self._refused(UserError, "take the claim back"):
                change()

    def test_a_journal_is_needed(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        claim = self._claim(payment)
        self._lock("2026-02-28")
        claim.with_user(self.clerk).write({"transfer_journal_id": False})
        with self._refused(UserError, "miscellaneous journal"):
            self._confirm(claim)
        with self.assertRaises(UserError):
            claim.with_user(self.clerk).write({"transfer_journal_id": self.bank.id})


@tagged("post_install", "-at_install")
class TestBankLines(FixedCommon):
    """Lines of the bank, without a payment."""

    def test_a_line_gets_its_customer(self):
        """EUR 500 in: the suspense becomes the customer's receivable."""
        invoice = self._bill(400.0, self.eur)
        line = self._bank_line(500.0, "2026-02-03")
        before = self._note(line.move_id)
        claim = self._confirm(self._claim(line, moves=invoice))
        self.assertEqual(self._note(line.move_id), before)
        self.assertEqual(line.partner_id, self.buyer)
        self.assertEqual(line.move_id.line_ids.partner_id, self.buyer)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertEqual(claim.amount_matched, 400.0)
        self.assertIn("100.00 EUR is the customer's credit", claim.outcome)
        self.assertFalse(self._row(line))

    def test_a_rate_typed_later_changes_no_amount(self):
        bank = self.bank.copy({"name": "Dollars", "code": "USDB"})
        bank.currency_id = self.usd
        line = self._bank_line(1100.0, "2026-02-03", journal_id=bank.id)
        before = self._note(line.move_id)
        self._set_rate(self.usd, "2026-02-03", 1.3, self.books)
        self._confirm(self._claim(line, moves=self.invoice))
        self.assertEqual(self._note(line.move_id), before)
        self.assertEqual(self.invoice.amount_residual, 0.0)

    def test_dollars_in_on_a_euro_account(self):
        """USD 880 for which the bank gave EUR 810: the invoice is paid in dollars."""
        line = self._bank_line(
            810.0, "2026-02-03", foreign_currency_id=self.usd.id, amount_currency=880.0
        )
        claim = self._confirm(self._claim(line, moves=self.invoice))
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertEqual(claim.amount_matched, 880.0)

    def test_a_closed_day(self):
        """Suspense can't be matched as a rule: finance reads what to do. Where it can,
        an entry moves it."""
        line = self._bank_line(500.0, "2026-02-03")
        claim = self._claim(line).sudo()
        # Odoo closes no day with open lines; by an exception one comes in later
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = '2026-02-28' WHERE id = %s",
            [self.books.id],
        )
        self.env.invalidate_all()
        with self._refused(UserError, "allow reconciliation"):
            self._confirm(claim)
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.account_id.reconcile = True
        claim = self._confirm(claim)
        self.assertTrue(claim.transfer_move_id)
        self.assertTrue(line.is_reconciled)
        self.assertFalse(self._row(line))
        self.assertEqual(self._sum_of(self.buyer), 800.0 - 500.0)
        self._take_back(claim, self.books._get_today())
        self.assertFalse(line.is_reconciled)
        self.assertTrue(self._row(line))
        self.assertEqual(self._sum_of(self.buyer), 800.0)

    def test_the_same_money_twice_is_said(self):
        payment = self._receive(500.0, self.eur, "2026-02-03")
        line = self._bank_line(500.0, "2026-02-04")
        claims = self._claim(payment) | self._claim(line)
        for claim, twin in zip(claims, (line, payment), strict=True):
            note = claim.with_user(self.clerk).twin_note
            self.assertIn(twin.display_name, note)
        other = self._claim(self._receive(7.0, self.eur, "2026-02-03"))
        self.assertFalse(other.with_user(self.clerk).twin_note)

    def test_invoicing_is_all_that_finance_needs(self):
        """Odoo's form of users gives nobody the right to write lines of banks: who has
        Invoicing is asked about them, confirms them, and takes them back."""
        biller = self._colleague("claim_biller", BILLER)
        self.assertFalse(
            self.env["account.bank.statement.line"]
            .with_user(biller)
            .has_access("write")
        )
        invoice = self._bill(400.0, self.eur)
        line = self._bank_line(500.0, "2026-02-03")
        of_line = self._claim(line, moves=invoice)
        of_payment = self._claim(self._receive(7.0, self.eur, "2026-02-03"))
        for claim in (of_line, of_payment):
            self.assertIn(biller, claim.sudo().activity_ids.user_id)
            self.assertEqual(self._confirm(claim, biller).state, "confirmed")
        self.assertEqual(line.partner_id, self.buyer)
        self.assertEqual(invoice.amount_residual, 0.0)
        of_line.with_user(biller)._take_back("Not theirs", False)
        self.assertFalse(line.partner_id)
        self.assertEqual(self._row(line).amount, 500.0)

    def test_finance_without_invoicing_reads_what_is_missing(self):
        (self.clerk | self.second_clerk).group_ids -= self.env.ref(
            "account.group_account_user"
        )
        reader = self._colleague(
            "claim_reader",
            "account.group_account_readonly,multicurrency_crm.group_finance",
        )
        claim = self._claim(self._bank_line(500.0, "2026-02-03"))
        self.assertFalse(claim.sudo().activity_ids.user_id & reader)
        with self._refused(AccessError, "Odoo's Invoicing"):
            claim.with_user(reader).action_approve()
        with self._refused(AccessError, "Odoo's Invoicing"):
            claim.with_user(reader).sudo(False)._book()
        with patch.object(type(claim), "_find_deciders", lambda self: self.browse()):
            answer = claim._get_answer()
        self.assertIn("the right to Odoo's Invoicing", answer["params"]["message"])


@tagged("post_install", "-at_install")
class TestTakenBack(FixedCommon):
    """What was confirmed is taken back: the receipt is nobody's again."""

    def test_a_payment(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        before = self._note(payment.move_id)
        claim = self._confirm(self._claim(payment, moves=self.invoice))
        with self.assertRaises(UserError):
            claim.with_user(self.clerk)._take_back(" ", False)
        self._take_back(claim)
        self.assertEqual(claim.state, "taken_back")
        self.assertEqual(claim.taken_back_by, self.clerk)
        self.assertEqual(claim.taken_back_reason, "Not theirs")
        self.assertEqual(claim.decided_by, self.clerk)
        self.assertEqual(self._note(payment.move_id), before)
        self.assertFalse(payment.partner_id | payment.move_id.line_ids.partner_id)
        self.assertEqual(self.invoice.amount_residual, 880.0)
        self.assertEqual(self._row(payment).amount, 1100.0)
        again = self._confirm(
            self._claim(payment, self.other_seller, self.rival), self.second_clerk
        )
        self.assertEqual(again.state, "confirmed")
        with self.assertRaises(UserError):
            claim.with_user(self.clerk)._take_back("Twice", False)

    def test_a_transfer(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        claim = self._claim(payment, moves=self.invoice)
        self._lock("2026-02-28")
        claim.with_user(self.clerk).write({"transfer_date": "2026-03-02"})
        claim = self._confirm(claim)
        self._lock("2026-03-31")
        with self._refused(UserError, "is closed"):
            self._take_back(claim, date(2026, 3, 2))
        self._take_back(claim, date(2026, 4, 1))
        self.assertEqual(claim.return_move_id.date, date(2026, 4, 1))
        moves = claim.transfer_move_id | claim.return_move_id
        self.assertEqual(sum(moves.line_ids.mapped("balance")), 0.0)
        self.assertTrue(all(moves.line_ids.mapped("reconciled")))
        for partner in (self.buyer, self.env["res.partner"]):
            lines = moves.line_ids.filtered(
                lambda line, partner=partner: line.partner_id == partner
            )
            self.assertEqual(sum(lines.mapped("balance")), 0.0)
            self.assertEqual(sum(lines.mapped("amount_currency")), 0.0)
        self.assertEqual(self.invoice.amount_residual, 880.0)
        self.assertEqual(self._row(payment).amount, 1100.0)

    def test_a_line_of_the_bank(self):
        line = self._bank_line(500.0, "2026-02-03")
        before = self._note(line.move_id)
        accounts = line.move_id.line_ids.mapped("account_id")
        claim = self._confirm(self._claim(line))
        self._take_back(claim)
        self.assertEqual(self._note(line.move_id), before)
        self.assertEqual(line.move_id.line_ids.mapped("account_id"), accounts)
        self.assertFalse(line.partner_id | line.move_id.line_ids.partner_id)
        self.assertFalse(line.is_reconciled)
        self.assertEqual(self._row(line).amount, 500.0)

    def test_what_is_fixed_by_then(self):
        """Closed, or matched with the bank meanwhile: it says so, nothing is undone."""
        payment = self._receive(1100.0, self.eur, "2026-02-03")
        invoice = self._bill(1000.0, self.eur)
        claim = self._confirm(self._claim(payment, moves=invoice))
        self._lock("2026-02-28")
        with self._refused(UserError, "is closed"):
            self._take_back(claim)
        self._lock(False)
        line = self._bank_line(1100.0, "2026-02-04")
        liquidity, _counter, _others = payment._seek_for_lines()
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.account_id = liquidity.account_id
        (suspense | liquidity).reconcile()
        with self._refused(UserError, "matched with the bank"):
            self._take_back(claim)
        self.assertEqual(claim.state, "confirmed")
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_the_dialog(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        claim = self._confirm(self._claim(payment))
        action = claim.with_user(self.clerk).action_take_back()
        dialog = (
            self.env[action["res_model"]]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({"reason": "Not theirs"})
        )
        self.assertFalse(dialog.has_transfer)
        dialog.action_apply()
        self.assertEqual(claim.state, "taken_back")


@tagged("post_install", "-at_install")
class TestClaimsOfCompanies(FixedCommon):
    def test_a_branch(self):
        """A receipt of a branch pays an invoice of it; its transfer is the branch's."""
        branch = self._create_company("Quay North", self.eur, parent_id=self.books.id)
        self.env.user.company_ids |= branch
        both = self.books | branch
        for user in (self.seller, self.clerk):
            user.write({"company_ids": [Command.set(both.ids)]})
        env = self.env(context={**self.env.context, "allowed_company_ids": both.ids})
        payment = self._receive(1100.0, self.usd, "2026-02-03", company_id=branch.id)
        payment = payment.with_env(env)
        self.assertEqual(payment.move_id.company_id, branch)
        row = self._row(payment)
        self.assertEqual(row.company_id, branch)
        alone = self._colleague("claim_main", SELLER)
        self.assertFalse(self._row(payment, alone))
        claim = row.env["payment.claim"]._claim(row, self.buyer.with_env(row.env))
        self.assertEqual(claim.company_id, branch)
        branch.sudo().fiscalyear_lock_date = "2026-02-28"
        clerk = self._as(claim, self.clerk, both)
        clerk.action_approve()
        move = claim.sudo().transfer_move_id
        self.assertEqual(move.company_id, branch)
        self.assertTrue(payment.is_reconciled)

    def test_two_companies(self):
        """Finance of another company isn't asked, and doesn't decide."""
        claim = self._claim(self._receive(1100.0, self.usd, "2026-02-03"))
        stranger = self._colleague("claim_away", FINANCE, self.other_company)
        self.assertNotIn(stranger, claim.sudo().activity_ids.user_id)
        away = self._as(claim, stranger, self.other_company)
        with self.assertRaises(AccessError):
            away.action_approve()
        self.assertFalse(away.search([("id", "=", claim.id)]))

    def test_merged_customers(self):
        """A claim follows the customer that stays."""
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        twice = self._customer("Buyer, twice", user_id=self.seller.id)
        claim = self._claim(payment, partner=twice)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (twice | self.buyer).ids, self.buyer
        )
        claim.invalidate_recordset()
        self.assertEqual(claim.partner_id, self.buyer)
        self._confirm(claim)
        self.assertEqual(payment.partner_id, self.buyer)

    def test_a_customer_that_became_a_contact(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        claim = self._claim(payment)
        head = self._customer("Head office")
        self.buyer.write({"is_company": False, "parent_id": head.id})
        self._confirm(claim)
        self.assertEqual(payment.partner_id, head)
