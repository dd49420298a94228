"""What Odoo takes apart, customers that a match never gave, rates typed since."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.bank.account_bank_statement_line import AS_IT_IS
from .bank_common import BankCommon


class PartedCommon(BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-09-10", 7.20)
        cls.invoice = cls._invoice(5_100.0, cls.usd, "2026-08-15")

    def _retype(self, price):
        """Type the rate of the day on which the money came in anew."""
        [rate] = self.usd.rate_ids.filtered(
            lambda rate: (
                rate.company_id == self.books and str(rate.name) == "2026-09-10"
            )
        )
        rate.rate = 1 / price
        self.env.invalidate_all()

    def _find_of(self, source):
        return self.env["bank.receipt"]._find_of(source)


@tagged("post_install", "-at_install")
class TestParted(PartedCommon):
    """What Odoo parts: charges are written off once, and matches say what holds."""

    def setUp(self):
        super().setUp()
        self.payment = self._pay(5_088.0, self.usd, "2026-09-10")
        self.match = self._match(charges=12.0)
        self.charge = self.match.charge_move_id

    def _match(self, *invoices, **options):
        receipt = self._find_of(self.payment)
        return self._pays(receipt, *(invoices or [self.invoice]), **options)

    def _widget(self, invoice):
        """Ids of what an invoice shows as its payments."""
        paid = invoice.invoice_payments_widget["content"]
        return [one["partial_id"] for one in paid if not one.get("is_exchange")]

    def _check_taken_back(self):
        self.assertEqual(self.match.state, "undone")
        self.assertEqual(self.match.undone_by_id, self.env.user)
        self.assertEqual(self._booked(self.charge, self.charge.reversal_move_ids), {})
        self.assertEqual(self.invoice.amount_residual, 5_100.0)
        self.assertEqual(self._find_of(self.payment).amount, 5_088.0)
        # written off anew, once
        again = self._match(charges=12.0)
        self.assertEqual(self._open("2026-09-30"), {})
        self.assertEqual(self.invoice.payment_state, "paid")
        matches = self.env["bank.match"].search([("payment_id", "=", self.payment.id)])
        self.assertEqual(matches.filtered(lambda one: one.state == "matched"), again)

    def test_all_of_an_invoice(self):
        self._items(self.invoice).remove_move_reconcile()
        self._check_taken_back()

    def test_the_payment_by_the_button_of_the_invoice(self):
        [first, *_others] = self._widget(self.invoice)
        self.invoice.js_remove_outstanding_partial(first)
        self._check_taken_back()

    def test_the_charges_by_the_button_of_the_invoice(self):
        [*_others, last] = self._widget(self.invoice)
        self.invoice.js_remove_outstanding_partial(last)
        self._check_taken_back()

    def test_the_entry_of_the_charges(self):
        self.charge.line_ids.remove_move_reconcile()
        self._check_taken_back()

    def test_a_payment_that_is_cancelled(self):
        self.payment.action_draft()
        self.payment.action_cancel()
        self.assertEqual(self.match.state, "undone")
        self.assertEqual(self._booked(self.charge, self.charge.reversal_move_ids), {})
        self.assertEqual(self.invoice.amount_residual, 5_100.0)

    def test_a_payment_that_is_deleted(self):
        self.payment.action_draft()
        self.payment.unlink()
        self.assertEqual(self._booked(self.charge, self.charge.reversal_move_ids), {})
        self.assertEqual(self.invoice.amount_residual, 5_100.0)

    def test_somebody_who_isnt_of_finance(self):
        books = self._colleague_of_books()
        self._items(self.invoice).with_user(books).remove_move_reconcile()
        self.assertEqual(self.match.undone_by_id, books)
        self.assertEqual(self._booked(self.charge, self.charge.reversal_move_ids), {})

    def _colleague_of_books(self):
        return self._clerk("parting_clerk", "account.group_account_user")

    def test_on_an_open_day_where_that_of_the_charges_is_closed(self):
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            ["2026-09-30", self.books.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self._items(self.invoice).remove_move_reconcile()
        self.assertEqual(self.match.state, "undone")
        [back] = self.charge.reversal_move_ids
        self.assertGreater(str(back.date), "2026-09-30")
        self.assertEqual(self._booked(self.charge, back), {})

    def test_what_is_left_holds(self):
        second = self._invoice(3_000.0, self.usd, "2026-08-20")
        third = self._invoice(400.0, self.usd, "2026-08-21")
        payment = self._pay(3_390.0, self.usd, "2026-09-10")
        match = self._pays(self._find_of(payment), second, third, charges=10.0)
        self.assertEqual(match.item_ids, self._items(second, third))
        self._items(second).remove_move_reconcile()
        self.assertEqual((match.state, match.amount), ("matched", 390.0))
        self.assertEqual(match.item_ids, self._items(third))
        self.assertFalse(match.charge_move_id.reversal_move_ids)
        self.assertEqual(self._find_of(payment).amount, 3_000.0)
        match.action_undo_now()
        self.assertEqual(self._find_of(payment).amount, 3_390.0)
        self.assertEqual(third.amount_residual, 400.0)

    def test_of_a_line_of_the_bank(self):
        second = self._invoice(3_000.0, self.usd, "2026-08-20")
        third = self._invoice(400.0, self.usd, "2026-08-21")
        receipt = self._come(3_400.0, "2026-09-10")
        match = self._pays(receipt, second, third)
        self._items(second).remove_move_reconcile()
        self.assertEqual(match.state, "matched")
        self.assertEqual(match.item_ids, self._items(third))
        match.statement_line_id.action_undo_reconciliation()
        self.assertEqual(match.state, "undone")
        # what it had settled when it was undone stays known
        self.assertEqual(match.item_ids, self._items(third))

    def test_what_was_never_matched_here_costs_nothing(self):
        """Where nothing is matched here, Odoo's own parting asks nothing more."""
        self.match.action_undo_now()
        self.env["res.company"]._forget_remembered()
        self.assertFalse(self.env["bank.match"]._is_any())
        line = self._items(self.payment.move_id)
        (line | self._items(self.invoice)).reconcile()
        self.env.flush_all()
        Match = type(self.env["bank.match"])

        def asked(*_args):
            raise AssertionError("asked")

        self.patch(Match, "_find_parted", asked)
        line.remove_move_reconcile()
        self.assertEqual(self.invoice.amount_residual, 5_100.0)


@tagged("post_install", "-at_install")
class TestGivenCustomer(PartedCommon):
    """Undoing takes the customer off that the match gave, and no other."""

    def setUp(self):
        super().setUp()
        self.payment = self._pay(5_100.0, self.usd, "2026-09-10")
        self._give(self.env["res.partner"])

    def _give(self, customer):
        """Type another customer, or none, on the payment."""
        self.payment.action_draft()
        # Odoo takes the journal's currency with the customer
        self.payment.write({"partner_id": customer.id, "currency_id": self.usd.id})
        self.payment.action_post()
        self.assertEqual(self.payment.amount, 5_100.0)

    def _match(self):
        return self._pays(self._find_of(self.payment), self.invoice)

    def test_one_that_a_claim_gave(self):
        self._match().action_undo_now()
        self.assertFalse(self.payment.partner_id)
        Receipt = self.env["payment.claimable"]
        row = Receipt.browse(Receipt._get_id_of(self.payment))
        seller = self._clerk("claiming_clerk", "account.group_account_user")
        claim = self.env["payment.claim"].with_user(seller)
        claim = claim._claim(row.with_user(seller), self.buyer.with_user(seller))
        decider = self._clerk("confirming_clerk", "account.group_account_user")
        claim.with_user(decider).action_approve()
        self.assertEqual(self.payment.partner_id, self.buyer)
        self._match().action_undo_now()
        self.assertEqual(self.payment.partner_id, self.buyer)
        self.assertEqual(claim.sudo().state, "confirmed")
        # and can be taken back yet
        claim.sudo()._return_receipt()
        self.assertFalse(self.payment.partner_id)

    def test_one_that_somebody_typed(self):
        self._match().action_undo_now()
        self._give(self.buyer)
        self._match().action_undo_now()
        self.assertEqual(self.payment.partner_id, self.buyer)
        self.assertEqual(self._find_of(self.payment).partner_id, self.buyer)

    def test_the_last_of_several_takes_it_off(self):
        """The match that gave the customer is undone first, and counts on."""
        small = self._invoice(100.0, self.usd, "2026-08-14")
        one = self._pays(self._find_of(self.payment), small)
        item = self._items(self.invoice)
        two = self._find_of(self.payment)._allocate(self.buyer, {item: 5_000.0})
        one.action_undo_now()
        self.assertEqual(self.payment.partner_id, self.buyer)
        two.action_undo_now()
        self.assertFalse(self.payment.partner_id)

    def test_of_a_line_somebody_else_since(self):
        receipt = self._come(5_200.0, "2026-09-10")
        match = self._pays(receipt, self.invoice)
        line = match.statement_line_id
        other = self._customer("Blue Delta Shipping GmbH")
        line.with_context(**AS_IT_IS).partner_id = other
        match.action_undo_now()
        self.assertEqual(line.partner_id, other)


@tagged("post_install", "-at_install")
class TestWorthKept(PartedCommon):
    """A rate that is typed anew changes nothing of what was booked."""

    def _worth(self, line):
        return {
            one.account_id.account_type: (one.amount_currency, one.balance)
            for one in line.move_id.line_ids
        }

    def test_undone(self):
        receipt = self._come(5_088.0, "2026-09-10")
        line = receipt.statement_line_id
        before = self._worth(line)
        self.assertEqual(before["asset_cash"], (5_088.0, 36_633.6))
        self._retype(7.25)
        match = self._pays(receipt, self.invoice, charges=12.0)
        self.assertEqual(self._worth(line)["asset_cash"], (5_088.0, 36_633.6))
        self._retype(7.30)
        match.action_undo_now()
        self.assertEqual(self._worth(line), before)
        self.assertFalse(line.partner_id)
        self.assertEqual(self._find_of(line).booked, 36_633.6)

    def test_undone_where_it_was_sent_in_another_currency(self):
        receipt = self._come(5_088.0, "2026-09-10")
        line = receipt.statement_line_id
        self._retype(7.25)
        receipt._pay_in(self.eur, 4_500.0)
        self.assertEqual(self._worth(line)["asset_cash"], (5_088.0, 36_633.6))
        receipt = self._find_of(line)
        self.assertEqual((receipt.currency_id, receipt.amount), (self.eur, 4_500.0))
        self.assertEqual(receipt.booked, 36_633.6)
        sent = self._worth(line)
        invoice = self._invoice(4_500.0, self.eur, "2026-08-15")
        match = self._pays(receipt, invoice)
        self._retype(7.30)
        match.action_undo_now()
        self.assertEqual(self._worth(line), sent)
        self._find_of(line)._pay_in(self.usd, 0.0)
        self.assertEqual(self._worth(line)["asset_cash"], (5_088.0, 36_633.6))
        self.assertEqual(self._find_of(line).booked, 36_633.6)


@tagged("post_install", "-at_install")
class TestWhichReceivable(PartedCommon):
    """A payment settles what is on its own receivable, and says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what Odoo takes for a payment without customer: the first one by code
        cls.till = cls.env["account.account"].create(
            {
                "name": "Receivable of Tills",
                "code": "100001",
                "account_type": "asset_receivable",
                "reconcile": True,
                "company_ids": [Command.set(cls.books.ids)],
            }
        )

    def test_a_match_says_on_which_account_it_is(self):
        payment = self._pay(5_100.0, self.usd, "2026-09-10")
        payment.action_draft()
        payment.destination_account_id = self.till
        payment.move_id.line_ids.filtered(
            lambda line: line.account_id == self.receivable
        ).account_id = self.till
        payment.action_post()
        receipt = self._find_of(payment)
        with self.assertRaisesRegex(UserError, f"{self.receivable.code}.*100001"):
            self._pays(receipt, self.invoice)
