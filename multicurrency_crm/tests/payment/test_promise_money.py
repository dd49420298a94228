"""What money keeps a promise: that which came since, and no paper."""

from freezegun import freeze_time

from odoo.tests import tagged

from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseMoney(PromiseCommon):
    # === MONEY FROM BEFORE === #

    def test_money_that_lay_at_the_bank_before_keeps_none(self):
        """It leaves nothing to pay, and the customer has paid nothing since."""
        invoice = self._owe(640.4)
        payment = self._pay(640.4, self.usd, str(self._in(-1)))
        promise = self._promise(640.4, 8, invoice)
        self._match(invoice, payment)
        self.assertEqual((promise.state, promise.received), ("void", 0))
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(promise.state, "open")
        self._match(invoice, self._pay(640.4, self.usd, str(self._in(7))))
        self.assertEqual((promise.state, promise.received), ("kept", 640.4))

    def test_what_it_leaves_to_pay_is_what_keeps_it(self):
        invoice = self._owe(640)
        payment = self._pay(500, self.usd, str(self._in(-9)))
        promise = self._promise(640, 8, invoice)
        self._match(invoice, payment)
        self.assertEqual((promise.state, promise.received), ("open", 0))
        self._match(invoice, self._pay(140, self.usd, str(self._in(8))))
        self.assertEqual((promise.state, promise.received), ("kept", 140))

    def test_a_match_from_before_that_is_taken_apart_takes_nothing_away(self):
        invoice = self._owe(640)
        old = self._pay(300, self.usd, str(self._in(-5)))
        self._match(invoice, old)
        promise = self._promise(340, 8, invoice)
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual((promise.state, promise.received), ("open", 0))
        self._match(invoice, self._pay(340, self.usd, str(self._in(2))))
        self.assertEqual(promise.state, "kept")

    def test_what_came_today_before_it_is_none_of_it(self):
        invoice, today = self._owe(640), str(self._in(0))
        self._match(invoice, self._pay(500, self.usd, today))
        promise = self._promise(140, 8, invoice)
        self._match(invoice, self._pay(139, self.usd, today))
        self.assertEqual((promise.state, promise.received), ("open", 139))
        self._pay(9000, self.jpy, today)
        deposit = self._promise(8000, 8, currency=self.jpy)
        self._night_after(1)
        self.assertEqual(deposit.state, "open")
        self._pay(8000, self.jpy, str(self._in(2)))
        self._night_after(2)
        self.assertEqual(deposit.state, "kept")

    def test_who_says_that_it_has_paid_names_a_day_before(self):
        """Found or matched before it told so, or afterwards."""
        first, second, third = self._owe(640), self._owe(70), self._owe(51)
        self._match(first, self._pay(400, self.usd, str(self._in(-4))))
        told = self._tell(400, -6, first)
        self.assertFalse(told.settled_before)
        told._judge()
        self.assertEqual((told.state, told.received), ("kept", 400))
        told = self._tell(70, -6, second)
        self._match(second, self._pay(70, self.usd, str(self._in(-6))))
        self.assertEqual(told.state, "kept")
        told = self._tell(51, -6, third)
        self._match(third, self._pay(51, self.usd, str(self._in(-7))))
        self.assertEqual(told.state, "void")

    def _tell(self, amount, days, invoice):
        """The customer says, on the portal, that it has paid."""
        return self.env["payment.promise"]._make(
            self.buyer,
            amount,
            invoice.currency_id,
            self._in(days),
            invoice,
            channel="portal",
        )

    # === WHAT IS NO MONEY === #

    def test_written_off_it_is_no_longer_owed(self):
        invoice, pounds = self._owe(820), self._owe(45.5, self.gbp)
        promise = self._promise(820, 4, invoice)
        other = self._promise(45.5, 4, pounds, currency=self.gbp)
        day = str(self._in(1))
        self._match(invoice, self._entry(-820, -745.45, self.usd, day))
        self.assertEqual((promise.state, promise.received), ("void", 0))
        # in whatever journal somebody books that
        entry = self._entry(-45.5, -50, self.gbp, day, journal_id=self.bank.id)
        self._match(pounds, entry)
        self.assertEqual((other.state, other.received), ("void", 0))
        self.assertFalse(
            self.env["payment.promise"]._count_broken(
                self.buyer, self.books, self._in(-300)
            )
        )

    def test_the_greater_part_written_off(self):
        for paid, state in ((10, "void"), (400, "void"), (810, "kept")):
            with self.subTest(paid=paid):
                invoice, day = self._owe(820), str(self._in(1))
                promise = self._promise(820, 4, invoice)
                self._match(invoice, self._pay(paid, self.usd, day))
                self.assertEqual(promise.state, "open")
                rest = paid - 820
                self._match(invoice, self._entry(rest, rest / 1.1, self.usd, day))
                self.assertEqual((promise.state, promise.received), (state, paid))

    def test_what_is_deducted_of_a_payment_is_a_part_of_it(self):
        """Charges of banks on the way; not an invoice that is written off with it."""
        for paid, state in ((801, "kept"), (9, "void")):
            with self.subTest(paid=paid):
                invoice = self._owe(820)
                promise = self._promise(820, 4, invoice)
                register = self.env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=invoice.ids
                )
                register.create(
                    {
                        "journal_id": self.bank.id,
                        "payment_method_line_id": self._get_method("inbound").id,
                        "payment_date": str(self._in(1)),
                        "amount": paid,
                        "payment_difference_handling": "reconcile",
                        "writeoff_account_id": self.income.id,
                    }
                )._create_payments()
                self.assertFalse(invoice.amount_residual)
                self.assertEqual(promise.state, state)

    def test_netted_with_a_bill_it_is_no_longer_owed(self):
        invoice = self._owe(820)
        promise = self._promise(820, 4, invoice)
        bill = self._entry(-820, -745.45, self.usd, str(self._in(0)))
        bill.button_draft()
        payable = self.env["account.account"].search(
            [("account_type", "=", "liability_payable")], limit=1
        )
        bill.line_ids.filtered(
            lambda line: line.account_id == self.income
        ).account_id = payable
        bill.action_post()
        self._match(invoice, bill)
        self.assertEqual(promise.state, "void")

    # === MONEY BY ANOTHER WAY === #

    def test_a_line_of_the_bank(self):
        invoice = self._owe(110)
        promise = self._promise(110, 4, invoice)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": str(self._in(3)),
                "payment_ref": "HARBOUR",
                "partner_id": self.buyer.id,
                "amount": 100,
                "foreign_currency_id": self.usd.id,
                "amount_currency": 110,
            }
        )
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.account_id = self.receivable
        self._match(invoice, line.move_id)
        self.assertEqual((promise.state, promise.received), ("kept", 110))

    def test_a_receipt_that_an_entry_gave_to_its_customer(self):
        """It was closed: the entry is of a later day than the money."""
        invoice = self._owe(990)
        receipt = self._receive(990.0, self.usd, str(self._in(0)))
        promise = self._promise(990, 1, invoice)
        self.books.sudo().fiscalyear_lock_date = self._in(0)
        self.books.sudo().promise_grace_days = 0
        claim = self._claim(receipt, moves=invoice)
        claim.sudo().transfer_date = self._in(9)
        with freeze_time(f"{self._in(9)} 09:00:00"):
            self._confirm(claim)
        self.assertTrue(claim.sudo().transfer_move_id)
        self.assertEqual((promise.state, promise.received), ("kept", 990))

    # === WHAT ISN'T OWED ANY MORE === #

    def test_a_draft_again_or_cancelled(self):
        """At once, not in the night; and owed again, it is open again."""
        invoice, kept = self._owe(820), self._owe(33)
        promise, other = self._promise(820, 4, invoice), self._promise(33, 4, kept)
        self._match(kept, self._pay(33, self.usd, str(self._in(1))))
        self.assertEqual(other.state, "kept")
        invoice.button_draft()
        self.assertEqual(promise.state, "void")
        invoice.action_post()
        self.assertEqual(promise.state, "open")
        (invoice | kept).button_draft()
        (invoice | kept).button_cancel()
        self.assertEqual((promise.state, other.state), ("void", "void"))
        self.assertEqual(other.received, 0)

    def test_money_taken_back_while_another_is_open(self):
        """Of an invoice one is open: the newer one took the place of the first."""
        invoice = self._owe(820)
        first = self._promise(500, 4, invoice)
        self._match(invoice, self._pay(500, self.usd, str(self._in(1))))
        newer = self._promise(320, 6, invoice)
        self.assertEqual((first.state, newer.state), ("kept", "open"))
        invoice.line_ids.remove_move_reconcile()
        self.env.flush_all()
        self.assertEqual((first.state, newer.state), ("replaced", "open"))
        self.assertEqual(first.replaced_by_id, newer)
        self._match(invoice, self._pay(820, self.usd, str(self._in(2))))
        last = self._promise(20, 6, self._owe(20) | self._owe(5))
        self._match(last.move_ids[0], self._pay(20, self.usd, str(self._in(2))))
        second = self._promise(5, 6, last.move_ids[1])
        self._match(last.move_ids[1], self._pay(5, self.usd, str(self._in(2))))
        self.assertEqual((last.state, second.state), ("kept", "kept"))
        last.move_ids.line_ids.remove_move_reconcile()
        self.env.flush_all()
        self.assertEqual((last.state, second.state), ("replaced", "open"))
        deposit = self._promise(5000, 2, currency=self.jpy)
        payment = self._pay(5000, self.jpy, str(self._in(1)))
        self._night_after(2)
        later = self._promise(900, 3, currency=self.jpy)
        payment.action_draft()
        deposit._judge()
        self.env.flush_all()
        self.assertEqual((deposit.state, later.state), ("replaced", "open"))
