"""What customers promised: noted once, and kept, broken or replaced by itself."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .promise_common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    # === MADE === #

    def test_a_promise_on_an_invoice(self):
        invoice = self._owe(1250.5)
        promise = self._promise(1250.5, 6, invoice, said_by="Ms Okafor", note="By T/T")
        self.assertEqual(promise.state, "open")
        self.assertEqual(promise.move_id, invoice)
        self.assertEqual(promise.partner_id, self.buyer)
        self.assertEqual(promise.user_id, self.seller)
        self.assertEqual(promise.deadline, self._in(9))
        self.assertEqual(promise.company_id, self.books)
        as_seller = invoice.with_user(self.seller)
        self.assertEqual(as_seller.promise_id, promise)
        self.assertEqual(as_seller.promise_date, self._in(6))
        self.assertEqual(self.buyer.with_user(self.seller).promise_count, 1)

    def test_without_invoices_it_is_about_all_that_is_open_in_the_currency(self):
        first, second = self._owe(700, due=20), self._owe(300, due=5)
        pounds = self._owe(80, self.gbp)
        promise = self._promise(900, 3)
        self.assertEqual(promise.move_ids, second | first)
        self.assertFalse(promise.move_id)
        self.assertFalse(pounds.with_user(self.clerk).promise_id)

    def test_where_nothing_is_owed_it_is_about_the_account(self):
        promise = self._promise(5000, 3, currency=self.jpy)
        self.assertTrue(promise.is_on_account)
        again = self._promise(6000, 3, currency=self.jpy)
        self.assertEqual(promise.state, "replaced")
        self.assertEqual(promise.replaced_by_id, again)

    def test_a_newer_one_takes_its_place(self):
        first, second = self._owe(700), self._owe(300)
        both = self._promise(1000, 3, first | second)
        newer = self._promise(700, 9, first)
        self.assertEqual(both.state, "replaced")
        self.assertEqual(both.replaced_by_id, newer)
        self.assertFalse(second.with_user(self.clerk).promise_id)
        self.assertIn(second.name, newer.message_ids[0].body)

    def test_the_same_once_more_is_the_same(self):
        invoice = self._owe(700)
        promise = self._promise(700, 3, invoice)
        self.assertEqual(self._promise(700, 3, invoice, user=self.clerk), promise)
        self.assertEqual(promise.state, "open")

    def test_what_cannot_be_meant(self):
        invoice, pounds = self._owe(700), self._owe(50, self.gbp)
        other = self._owe(10, partner_id=self.rival.id)
        draft = invoice.copy()
        with self._refused(UserError, "Only 700.00 USD is open"):
            self._promise(7000, 3, invoice)
        with self._refused(UserError, "above zero"):
            self._promise(0.001, 3, invoice)
        with self._refused(UserError, "above zero"):
            self._promise(-5, 3, invoice)
        with self._refused(UserError, "more than two years"):
            self._promise(7, 5000, invoice)
        for wrong in (pounds, other, draft):
            with self._refused(UserError, "can't be promised"):
                self._promise(7, 3, invoice | wrong, user=self.clerk)

    def test_a_day_that_is_over(self):
        """What was paid is matched, or told on the portal."""
        invoice = self._owe(85)
        for days in (-1, -436):
            for moves in (invoice, None):
                with self._refused(UserError, "A promise is for today or a later day"):
                    self._promise(85, days, moves)
            with self._refused(UserError, "A promise is for today or a later day"):
                self._promise(85, days, currency=self.jpy)
        self.assertEqual(self._promise(85, 0, invoice).state, "open")

    def test_the_dialog_proposes_the_currency_that_is_overdue(self):
        self._owe(900, due=20)
        self._owe(75, self.gbp, due=-5)
        self._owe(60, self.usd, due=-3)
        Make = self.env["payment.promise.make"].with_user(self.seller)
        made = Make.create({"partner_id": self.buyer.id})
        self.assertEqual((made.currency_id, made.amount), (self.gbp, 75))
        self.assertFalse(made.account_note)
        self.assertFalse(made.replaced_note)
        made.currency_id = self.jpy
        self.assertIn("Nothing is open in JPY", made.account_note)
        made = Make.create(
            {
                "partner_id": self.rival.id,
                "company_id": self.books.id,
            }
        )
        self.assertEqual(made.currency_id, self.books.currency_id)

    def test_a_colleague_looks_after_the_customer(self):
        invoice = self._owe(700)
        with self._refused(AccessError, "A colleague looks after Buyer"):
            self._promise(700, 3, user=self.other_seller)
        with self.assertRaises(AccessError):  # nor are its invoices shown
            self._promise(700, 3, invoice, user=self.other_seller)
        promise = self._promise(700, 3, invoice)
        Promise = self.env["payment.promise"]
        mine = Promise.with_user(self.other_seller).search([])
        self.assertNotIn(promise, mine)
        with self.assertRaises(AccessError):
            promise.with_user(self.other_seller).read(["amount"])
        self.assertIn(promise, Promise.with_user(self.clerk).search([]))

    def test_the_dialog_says_nothing_of_a_colleagues_customer(self):
        invoice = self._owe(700)
        self._promise(650, 3, invoice, user=self.clerk)
        Make = self.env["payment.promise.make"]
        values = {"partner_id": self.buyer.id, "currency_id": self.usd.id}
        for user, owed in ((self.seller, 700), (self.clerk, 700), (None, 0)):
            made = Make.with_user(user or self.other_seller).create(values)
            self.assertEqual((made.owed, made.amount), (owed, owed))
            self.assertEqual(bool(made.replaced_note), bool(owed))
            self.assertFalse(made.account_note)
        with self.assertRaises(AccessError):
            Make.with_user(self.other_seller).create(
                {**values, "move_ids": invoice.ids}
            )

    def test_nobody_writes_one_by_hand(self):
        promise = self._promise(700, 3, self._owe(700))
        for user in (self.seller, self.clerk):
            with self.assertRaises(AccessError):
                promise.with_user(user).write({"state": "kept"})
            with self.assertRaises(AccessError):
                self.env["payment.promise"].with_user(user).create({"amount": 5})
        with self.assertRaises(AccessError):
            promise.with_user(self.seller).unlink()

    # === JUDGED === #

    def test_kept_at_once_when_the_money_is_matched(self):
        invoice = self._owe(700)
        promise = self._promise(500, 3, invoice)
        payment = self._pay(500, self.usd, str(self._in(0)))
        self.assertEqual(promise.state, "open")
        self._match(invoice, payment)
        self.assertEqual(promise.state, "kept")
        self.assertEqual(promise.received, 500)
        self.assertFalse(invoice.with_user(self.clerk).promise_id)

    def test_what_was_paid_before_keeps_no_promise(self):
        invoice = self._owe(700)
        self._match(invoice, self._pay(400, self.usd, str(self._in(-1))))
        promise = self._promise(300, 3, invoice)
        self._match(invoice, self._pay(299.99, self.usd, str(self._in(0))))
        self.assertEqual(promise.state, "open")
        self.assertAlmostEqual(promise.received, 299.99)
        self._match(invoice, self._pay(0.01, self.usd, str(self._in(0))))
        self.assertEqual(promise.state, "kept")

    def test_money_in_another_currency_counts_in_the_promised_one(self):
        invoice = self._owe(1100)
        promise = self._promise(1100, 3, invoice)
        self._match(invoice, self._pay(1000, self.eur, str(self._in(0))))
        self.assertEqual((promise.state, promise.received), ("kept", 1100))

    def test_broken_when_day_and_grace_are_over(self):
        invoice = self._owe(700)
        promise = self._promise(700, 2, invoice)
        self._night_after(5)
        self.assertEqual(promise.state, "open")
        self._night_after(6)
        self.assertEqual(promise.state, "broken")
        self.assertEqual(promise.settled_on, self._in(6))
        activity = promise.activity_ids
        self.assertEqual(activity.user_id, self.seller)
        self.assertIn("broke a promise", activity.summary)

    def test_money_that_was_matched_late_but_came_in_time(self):
        """Broken in the night; the payment of its day is matched a week later."""
        invoice = self._owe(700)
        promise = self._promise(700, 2, invoice)
        self._night_after(6)
        self.assertEqual(promise.state, "broken")
        self._match(invoice, self._pay(700, self.usd, str(self._in(4))))
        self.assertEqual(promise.state, "kept")
        self.assertFalse(promise.activity_ids)

    def test_money_of_a_later_day_keeps_nothing(self):
        invoice = self._owe(700)
        promise = self._promise(700, 2, invoice)
        self._match(invoice, self._pay(700, self.usd, str(self._in(6))))
        self.assertEqual(promise.state, "broken")
        self.assertEqual(promise.received, 0)

    def test_money_that_waits_to_be_matched(self):
        """No incident as long as it may be this one's; a small part isn't."""
        invoice, other = self._owe(700), self._owe(90, self.gbp)
        promise, pounds = (
            self._promise(700, 2, invoice),
            self._promise(90, 2, other, currency=self.gbp),
        )
        payment = self._pay(700, self.usd, str(self._in(5)))
        self._pay(89, self.gbp, str(self._in(5)))
        self._night_after(8)
        self.assertEqual((promise.state, pounds.state), ("open", "broken"))
        self._match(invoice, payment)
        self.assertEqual(promise.state, "kept")

    def test_old_credit_waits_for_nobody(self):
        invoice = self._owe(700)
        self._pay(700, self.usd, str(self._in(-20)))
        promise = self._promise(700, 2, invoice)
        self._night_after(8)
        self.assertEqual(promise.state, "broken")

    def test_a_payment_that_is_taken_back(self):
        invoice = self._owe(700)
        promise = self._promise(700, 2, invoice)
        payment = self._pay(700, self.usd, str(self._in(0)))
        self._match(invoice, payment)
        self.assertEqual(promise.state, "kept")
        invoice.line_ids.remove_move_reconcile()
        self.assertEqual(promise.state, "open")
        payment.action_draft()
        payment.action_cancel()
        self._night_after(9)
        self.assertEqual(promise.state, "broken")

    def test_a_credit_note_leaves_nothing_to_keep(self):
        invoice = self._owe(700)
        promise = self._promise(700, 2, invoice)
        refund = self._invoice(700, self.usd, str(self._in(0)), kind="out_refund")
        self._match(invoice, refund)
        self.assertEqual(promise.state, "void")

    def test_part_credited_and_the_rest_paid(self):
        invoice = self._owe(700)
        promise = self._promise(700, 2, invoice)
        self._match(
            invoice, self._invoice(50, self.usd, str(self._in(0)), kind="out_refund")
        )
        self.assertEqual(promise.state, "open")
        self._match(invoice, self._pay(650, self.usd, str(self._in(1))))
        self.assertEqual(promise.state, "kept")

    def test_a_deposit_without_invoice(self):
        promise = self._promise(5000, 2, currency=self.jpy)
        self._pay(5000, self.jpy, str(self._in(1)))
        self._night_after(2)
        self.assertEqual(promise.state, "kept")

    def test_a_deposit_that_never_came(self):
        self._pay(9000, self.jpy, str(self._in(-1)))
        promise = self._promise(5000, 2, currency=self.jpy)
        self._night_after(6)
        self.assertEqual(promise.state, "broken")

    def test_settled_ones_stay(self):
        promise = self._promise(700, 2, self._owe(700))
        self._night_after(9)
        with self._refused(UserError, "stays as evidence"):
            promise.with_user(self.clerk).unlink()
        other = self._promise(60, 2, self._owe(60))
        other.with_user(self.clerk).unlink()
        self.assertFalse(other.exists())

    def test_how_many_were_broken(self):
        self._promise(700, 2, self._owe(700))
        self._promise(60, 2, self._owe(60, self.gbp), currency=self.gbp)
        self._night_after(9)
        count = self.env["payment.promise"]._count_broken
        self.assertEqual(
            count(self.buyer | self.rival, self.books, self._in(-300)),
            {self.buyer.id: 2},
        )
        self.assertFalse(count(self.buyer, self.other_company, self._in(-300)))

    def test_broken_ones_are_incidents(self):
        self._owe(10)
        self._promise(700, 2, self._owe(700))
        self._night_after(9)
        Exposure = self.env["credit.exposure"]
        policy = self.env["credit.policy"].create(
            {"name": "Policy", "company_id": self.books.id}
        )
        scope = Exposure._get_scope(policy, self.books, self.buyer.ids)
        found = self.env["credit.behaviour"]._gather(scope)
        self.assertEqual(found[self.buyer.id].incidents, 1)
        self.assertEqual(found[self.buyer.id].disputes, 0)

    # === NOTHING WHERE NOTHING IS PROMISED === #

    def test_matching_costs_no_query_without_promises(self):
        self.env["payment.promise"].sudo().search([]).filtered(
            lambda promise: promise.state == "open"
        ).unlink()
        Promise, invoice = self.env["payment.promise"], self._owe(700)
        self.env["res.company"]._forget_remembered()
        Promise._is_any()
        with self.assertQueryCount(0):
            Promise._follow_matched(invoice)
            Promise._find_open_of(invoice)

    def test_figures_of_many_are_one_query(self):
        made = self.env["payment.promise"]
        for number in range(8):
            buyer = self._customer(f"Buyer {number}", user_id=self.seller.id)
            self._owe(50 + number, partner_id=buyer.id)
            made |= self._promise(50 + number, 3, partner=buyer)
        moves = made.move_ids
        self.env.flush_all()
        with self.assertQueryCount(1):
            figures = made._find_figures()
        self.assertEqual(
            [float(figures[one.id].owed) for one in made],
            [50.0 + number for number in range(8)],
        )
        self.env.invalidate_all()
        self.assertEqual(len(made._find_open_of(moves)), 8)

    # === COMPANIES === #

    def test_another_company_sees_none_of_it(self):
        promise = self._promise(700, 3, self._owe(700))
        stranger = self._clerk("promise_stranger", self.other_company)
        there = self._as(promise, stranger, self.other_company)
        self.assertNotIn(promise, there.search([]))
        with self.assertRaises(AccessError):
            there.read(["amount"])
        with self.assertRaises(AccessError):
            there.unlink()

    def test_of_a_branch(self):
        """A promise of a branch's invoice is the branch's; of all that is open, where
        the main company is asked, the branch's invoices are part."""
        branch = self._create_company("Quay North", self.eur, parent_id=self.books.id)
        self.env.user.company_ids |= branch
        both = self.books | branch
        self.seller.company_ids = [Command.set(both.ids)]
        self.clerk.company_ids = [Command.set(both.ids)]
        self.buyer.with_company(branch).property_account_receivable_id = self.receivable
        journal = self.env["account.journal"].create(
            {
                "name": "North",
                "code": "NORTH",
                "type": "sale",
                "company_id": branch.id,
                "default_account_id": self.income.id,
            }
        )
        here = self._owe(700)
        there = self._owe(300, company_id=branch.id, journal_id=journal.id)
        promise = self._promise(300, 3, there)
        self.assertEqual(promise.company_id, branch)
        of_both = self._promise(1000, 4, company=self.books)
        self.assertEqual(of_both.company_id, self.books)
        self.assertEqual(of_both.move_ids, here | there)
        self.assertEqual(promise.state, "replaced")

    # === CUSTOMERS THAT CHANGE === #

    def test_merged_customers_keep_one_on_account(self):
        twin = self._customer("Twin", user_id=self.seller.id)
        first = self._promise(5000, 3, currency=self.jpy)
        second = self._promise(400, 3, currency=self.jpy, partner=twin)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((self.buyer | twin).ids, self.buyer)
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("replaced", "open"))
        self.assertEqual(second.partner_id, self.buyer)

    def test_a_customer_that_becomes_a_contact(self):
        group = self._customer("Group", user_id=self.seller.id)
        promise = self._promise(700, 3, self._owe(700))
        self.buyer.write({"parent_id": group.id, "is_company": False})
        self.assertEqual(promise.partner_id, group)
