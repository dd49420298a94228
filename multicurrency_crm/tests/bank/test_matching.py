"""Receipts matched with what customers owe: entries to the cent, undone to nothing."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .bank_common import BankCommon


@tagged("post_install", "-at_install")
class TestMatchLine(BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-09-10", 7.20)
        cls.invoice = cls._invoice(10_000.0, cls.usd, "2026-08-15")

    def _close(self, day):
        """Close the books, which Odoo wouldn't while bank lines are open: from another
        connection a line may still come."""
        self.env.cr.execute(
            "UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s",
            [day, self.books.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()

    def _exchange(self, item):
        partials = item.matched_credit_ids | item.matched_debit_ids
        return partials.exchange_move_id

    def test_charges_at_the_rate_of_the_receipt(self):
        """USD 10,000 booked at 7.10; 9,975 in at 7.20: cash 71,820, charges 180,
        receivable 71,000, gain 1,000."""
        receipt = self._come(9_975.0, "2026-09-10")
        self.assertEqual((receipt.amount, receipt.booked), (9_975.0, 71_820.0))
        match = self._pays(receipt, self.invoice, charges=25.0)
        item = self._items(self.invoice)
        entry = match.statement_line_id.move_id
        exchange = self._exchange(item)
        self.assertEqual(
            self._booked(entry, exchange),
            {
                "asset_cash": 71_820.0,
                "expense": 180.0,
                "asset_receivable": -71_000.0,
                "income": -1_000.0,
            },
        )
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertTrue(match.statement_line_id.is_reconciled)
        self.assertEqual(match.statement_line_id.partner_id, self.buyer)
        self.assertEqual((item.amount_residual, item.amount_residual_currency), (0, 0))
        charged = entry.line_ids.filtered(lambda line: line.account_id == self.cost)
        self.assertEqual(
            (charged.amount_currency, charged.currency_id), (25.0, self.usd)
        )
        self.assertFalse(self.env["bank.receipt"].search([("id", "=", receipt.id)]))
        self.assertEqual((match.amount, match.charges), (9_975.0, 25.0))

    def test_undone_it_is_as_before(self):
        receipt = self._come(9_975.0, "2026-09-10")
        line = receipt.statement_line_id
        match = self._pays(receipt, self.invoice, charges=25.0)
        exchange = self._exchange(self._items(self.invoice))
        match.action_undo_now()
        self.assertEqual(
            self._booked(line.move_id),
            {
                "asset_cash": 71_820.0,
                "asset_current": -71_820.0,
            },
        )
        self.assertFalse(line.is_reconciled)
        self.assertFalse(line.partner_id)
        self.assertEqual(self._items(self.invoice).amount_residual, 71_000.0)
        self.assertEqual(self._booked(exchange, exchange.reversal_move_ids), {})
        self.assertEqual((match.state, match.undone_by_id), ("undone", self.env.user))
        again = self.env["bank.receipt"]._find_of(line)
        self.assertEqual((again.amount, again.booked), (9_975.0, 71_820.0))
        with self.assertRaisesRegex(UserError, "undone already"):
            match.action_undo_now()
        self._pays(again, self.invoice, charges=25.0)
        self.assertEqual(self.invoice.payment_state, "paid")

    def test_odoo_takes_a_line_apart_and_the_match_ends(self):
        receipt = self._come(10_000.0, "2026-09-10")
        match = self._pays(receipt, self.invoice)
        match.statement_line_id.action_undo_reconciliation()
        self.assertEqual(match.state, "undone")

    def test_several_invoices_and_a_part(self):
        second = self._invoice(3_000.0, self.usd, "2026-08-20")
        receipt = self._come(11_000.0, "2026-09-10")
        first, last = self._items(self.invoice), self._items(second)
        match = receipt._allocate(self.buyer, {first: 10_000.0, last: 1_000.0})
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertEqual(second.payment_state, "partial")
        self.assertEqual(last.amount_residual_currency, 2_000.0)
        # the rest keeps the rate of its invoice
        self.assertEqual(last.amount_residual, 14_200.0)
        self.assertEqual(match.amount, 11_000.0)

    def test_a_part_of_an_invoice_though_money_is_left(self):
        receipt = self._come(11_000.0, "2026-09-10")
        item = self._items(self.invoice)
        line = receipt.statement_line_id
        receipt._allocate(self.buyer, {item: 4_000.0})
        self.assertEqual(item.amount_residual_currency, 6_000.0)
        rest = self.env["bank.receipt"]._find_of(line)
        self.assertEqual((rest.amount, rest.booked), (7_000.0, 50_400.0))
        # somebody else's invoice, with the rest of the same receipt
        other = self._customer("Other Buyer")
        theirs = self._invoice(7_000.0, self.usd, "2026-08-15", partner_id=other.id)
        match = self._pays(rest, theirs, partner=other)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(line.partner_id, self.buyer)
        self.assertEqual(theirs.payment_state, "paid")
        # both go with the line
        self.assertEqual(match.action_undo()["params"]["method"], "action_undo_now")
        match.action_undo_now()
        self.assertEqual(item.amount_residual_currency, 10_000.0)
        self.assertEqual(theirs.payment_state, "not_paid")
        self.assertEqual(
            set(self.env["bank.match"].search([]).mapped("state")), {"undone"}
        )
        self.assertFalse(line.partner_id)

    def test_what_is_left_is_an_advance_by_choice(self):
        receipt = self._come(10_400.0, "2026-09-10")
        match = self._pays(receipt, self.invoice, advance=True)
        self.assertEqual(match.amount, 10_400.0)
        self.assertEqual(
            self._open("2026-09-30", partners=self.buyer),
            {(match.statement_line_id.move_id.name, "advance"): (-400.0, -2_880.0)},
        )
        match.action_undo_now()
        self.assertEqual(
            self._open("2026-09-10", partners=self.buyer),
            {(self.invoice.name, "invoice"): (10_000.0, 71_000.0)},
        )

    def test_all_of_it_an_advance(self):
        receipt = self._come(500.0, "2026-09-10")
        match = receipt._allocate(self.buyer, {}, advance=True)
        self.assertTrue(match.statement_line_id.is_reconciled)
        self.assertEqual(self.buyer.with_company(self.books).credit, 71_000.0 - 3_600.0)

    def test_what_the_ledger_calls_it(self):
        receipt = self._come(9_975.0, "2026-09-10")
        item = self._items(self.invoice)
        receipt._allocate(self.buyer, {item: 10_000.0}, charges=25.0)
        self.assertEqual(
            self._open("2026-09-09"),
            {(self.invoice.name, "invoice"): (10_000.0, 71_000.0)},
        )
        # Odoo books the difference at the month's end
        self.assertEqual(self._open("2026-09-30"), {})

    def test_never_more_than_came_in_or_is_open(self):
        receipt = self._come(9_975.0, "2026-09-10")
        item = self._items(self.invoice)
        with self.assertRaisesRegex(UserError, "25.00 USD more than what is left"):
            receipt._allocate(self.buyer, {item: 10_000.0})
        with self.assertRaisesRegex(UserError, "10,000.00 USD of INV.* is open"):
            receipt._allocate(self.buyer, {item: 10_000.01}, charges=25.01)
        with self.assertRaisesRegex(UserError, "can't be taken"):
            receipt._allocate(self.buyer, {item: -5.0})
        with self.assertRaisesRegex(UserError, "would be left"):
            receipt._allocate(self.buyer, {item: 5_000.0}, charges=25.0)
        with self.assertRaisesRegex(UserError, "more than"):
            receipt._allocate(self.buyer, {item: 5_000.0}, charges=-25.0)
        with self.assertRaisesRegex(UserError, "Choose what was paid"):
            receipt._allocate(self.buyer, {})
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            receipt._allocate(self.env["res.partner"], {item: 5.0})
        self.assertEqual(item.amount_residual_currency, 10_000.0)

    def test_charges_up_to_the_lower_bound(self):
        """1 % of 10,000 is 100; 50 USD is less, and 50 is the most."""
        item = self._items(self.invoice)
        receipt = self._come(9_949.99, "2026-09-10")
        with self.assertRaisesRegex(UserError, "let 50.00 USD be written off"):
            receipt._allocate(self.buyer, {item: 10_000.0}, charges=50.01)
        small = self._invoice(1_000.0, self.usd, "2026-08-15")
        receipt = self._come(989.0, "2026-09-10")
        with self.assertRaisesRegex(UserError, "let 10.00 USD be written off"):
            self._pays(receipt, small, charges=11.0)
        # the amount is compared in the receipt's currency, at spot of its day
        self._price(self.eur, "2026-09-01", 8.0)
        euros = self._open_account(self.eur, "EURB")
        theirs = self._invoice(10_000.0, self.eur, "2026-09-01")
        receipt = self._come(9_955.0, "2026-09-10", euros)
        self.assertEqual(receipt._get_most_written_off(10_000.0), 45.0)
        self._pays(receipt, theirs, charges=45.0)
        self.assertEqual(theirs.payment_state, "paid")
        # nothing chosen, nothing written off
        self.books.receipt_charge_account_id = False
        receipt = self._come(9_975.0, "2026-09-10")
        with self.assertRaisesRegex(UserError, "let 0.00 USD"):
            receipt._allocate(self.buyer, {item: 10_000.0}, charges=25.0)

    def test_only_what_the_customer_owes_in_that_currency(self):
        receipt = self._come(500.0, "2026-09-10")
        euro = self._invoice(500.0, self.eur, "2026-08-15")
        with self.assertRaisesRegex(
            UserError, "is in EUR, and the receipt pays in USD"
        ):
            self._pays(receipt, euro)
        other = self._customer("Other Buyer")
        with self.assertRaisesRegex(UserError, "nothing that Other Buyer owes"):
            receipt._allocate(other, {self._items(self.invoice): 500.0})
        draft = self.invoice.copy()
        with self.assertRaisesRegex(UserError, "nothing that"):
            receipt._allocate(self.buyer, {self._items(draft): 500.0})
        sold = self.invoice.line_ids - self._items(self.invoice)
        with self.assertRaises(UserError):
            receipt._allocate(self.buyer, {sold: 500.0})

    def test_a_contact_pays_for_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": self.buyer.id}
        )
        invoice = self._invoice(200.0, self.usd, "2026-08-15", partner_id=contact.id)
        receipt = self._come(200.0, "2026-09-10")
        match = self._pays(receipt, invoice, partner=contact)
        self.assertEqual(match.partner_id, self.buyer)
        self.assertEqual(invoice.payment_state, "paid")

    def test_an_archived_customer(self):
        self.buyer.active = False
        receipt = self._come(10_000.0, "2026-09-10", partner_name="NORTHWIND TRADERS")
        (found, *_others) = receipt._find_proposals()
        self.assertEqual(found.partner_id, self.buyer.id)
        self._pays(receipt, self.invoice)
        self.assertEqual(self.invoice.payment_state, "paid")

    def test_company_currency_yen_and_dinars(self):
        self._price(self.jpy, "2026-08-15", 0.0480)
        self._price(self.jpy, "2026-09-10", 0.0471)
        self._price(self.kwd, "2026-08-15", 23.1)
        for currency, owes, came in (
            (self.cny, 1_000.0, 995.0),
            (self.jpy, 1_000_001.0, 999_990.0),
            (self.kwd, 100.005, 99.991),
        ):
            with self.subTest(currency=currency.name):
                journal = self.bank
                if currency != self.cny:
                    journal = self._open_account(currency, f"B{currency.name}")
                invoice = self._invoice(owes, currency, "2026-08-15")
                receipt = self._come(came, "2026-09-10", journal)
                charges = currency.round(owes - came)
                match = self._pays(receipt, invoice, charges=charges)
                entry = match.statement_line_id.move_id
                self.assertEqual(round(sum(entry.line_ids.mapped("balance")), 2), 0.0)
                self.assertEqual(invoice.payment_state, "paid")
                item = self._items(invoice)
                self.assertEqual((item.amount_residual, item.reconciled), (0.0, True))

    def test_closed_and_hashed_books(self):
        receipt = self._come(10_000.0, "2026-09-10")
        other = self._invoice(5_000.0, self.usd, "2026-09-01")
        match = self._pays(self._come(5_000.0, "2026-09-10"), other)
        self._close("2026-09-30")
        with self.assertRaisesRegex(UserError, "closed to 09/30/2026"):
            self._pays(receipt, self.invoice)
        with self.assertRaisesRegex(UserError, "closed to 09/30/2026"):
            match.action_undo()
        self._close(None)
        # Odoo hashes no line that is still open: what is hashed stays matched
        self._pays(receipt, self.invoice)
        match.statement_line_id.move_id._hash_moves(force_hash=True)
        self.assertTrue(match.statement_line_id.move_id.inalterable_hash)
        with self.assertRaisesRegex(UserError, "secured by a hash"):
            match.action_undo_now()
        self.assertEqual(match.state, "matched")

    def test_a_third_currency_and_what_the_bank_took(self):
        """USD 10,000 sent, the bank credits CNY 71,500 where spot is 7.20: the money
        is booked as before, and changing it cost 500."""
        receipt = self._come(71_500.0, "2026-09-10", self.bank)
        self.assertEqual(receipt.currency_id, self.cny)
        self.assertFalse(receipt._find_proposals())
        line = receipt.statement_line_id
        receipt._pay_in(self.usd, 10_000.0)
        self.assertEqual(
            (receipt.currency_id, receipt.amount, receipt.booked),
            (self.usd, 10_000.0, 71_500.0),
        )
        note = receipt._explain_rate()
        self.assertIn("The bank's rate: 1 USD = 7.15", note)
        self.assertIn("Spot: 1 USD = 7.20", note)
        self.assertIn("cost 500.00 CNY", note)
        (found,) = receipt._find_proposals()
        self.assertEqual(found.reasons, ("single", "exact"))
        self._pays(receipt, self.invoice)
        exchange = self._exchange(self._items(self.invoice))
        self.assertEqual(
            self._booked(line.move_id, exchange),
            {
                "asset_cash": 71_500.0,
                "asset_receivable": -71_000.0,
                "income": -500.0,
            },
        )
        with self.assertRaisesRegex(UserError, "somebody was faster"):
            receipt._pay_in(self.cny, 0.0)

    def test_the_accounts_own_currency_takes_it_back(self):
        receipt = self._come(71_500.0, "2026-09-10", self.bank)
        with self.assertRaisesRegex(UserError, "how many USD"):
            receipt._pay_in(self.usd, 0.0)
        receipt._pay_in(self.usd, 10_000.0)
        receipt._pay_in(self.cny, 0.0)
        self.assertEqual((receipt.currency_id, receipt.amount), (self.cny, 71_500.0))

    def test_rights(self):
        receipt = self._come(10_000.0, "2026-09-10")
        item = self._items(self.invoice)
        clerk = self._clerk("bank_clerk")
        match = receipt.with_user(clerk)._allocate(
            self.buyer.with_user(clerk), {item.with_user(clerk): 10_000.0}
        )
        self.assertEqual(match.create_uid, clerk)
        match.action_undo_now()
        without = self._clerk("no_invoicing", "base.group_user")
        with self.assertRaisesRegex(AccessError, "Invoicing"):
            receipt.with_user(without).action_match()
        with self.assertRaises(AccessError):
            match.with_user(without).action_undo_now()
        biller = self._clerk("biller_only")
        biller.group_ids -= self.env.ref("multicurrency_crm.group_finance")
        with self.assertRaises(AccessError):
            receipt.with_user(biller).action_match()
        for values in ({"state": "undone"}, {"amount": 5.0}, {"partner_id": False}):
            with self.assertRaises(AccessError):
                match.with_user(clerk).write(values)
        with self.assertRaises(AccessError):
            self.env["bank.match"].with_user(clerk).create(
                {
                    "company_id": self.books.id,
                    "date": "2026-09-10",
                    "currency_id": self.usd.id,
                }
            )

    def test_two_companies_and_a_branch(self):
        receipt = self._come(10_000.0, "2026-09-10")
        stranger = self._clerk("elsewhere", company=self.other_company)
        Receipt = self.env["bank.receipt"]
        self.assertFalse(
            self._as(Receipt, stranger, self.other_company).search(
                [("id", "=", receipt.id)]
            )
        )
        with self.assertRaisesRegex(UserError, "Nothing of this receipt"):
            self._as(receipt, stranger, self.other_company)._allocate(
                self.buyer, {}, advance=True
            )
        branch = self._found_branch("Harbour Works, Pier", self.books)
        self.env.user.company_ids |= branch
        both = self.books | branch
        env = self.env(context={**self.env.context, "allowed_company_ids": both.ids})
        invoice = self._invoice(300.0, self.usd, "2026-08-15").with_env(env)
        invoice.button_draft()
        invoice.company_id = branch
        invoice.action_post()
        receipt = self._come(300.0, "2026-09-10")
        # who works in the main company alone doesn't see the branch's invoice
        with self.assertRaisesRegex(UserError, "nothing that"):
            self._pays(receipt, invoice)
        (found, *_others) = receipt.with_env(env)._find_proposals(self.buyer)
        self.assertEqual(found.parts[0][0], self._items(invoice).id)
        self._pays(receipt.with_env(env), invoice)
        self.assertEqual(invoice.payment_state, "paid")


@tagged("post_install", "-at_install")
class TestMatchPayment(BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-09-10", 7.20)
        cls.invoice = cls._invoice(10_000.0, cls.usd, "2026-08-15")

    def _paid(self, amount, day="2026-09-10", **values):
        payment = self._pay(amount, self.usd, day, **values)
        return self.env["bank.receipt"]._find_of(payment)

    def test_charges_get_an_entry_of_their_own(self):
        receipt = self._paid(9_975.0)
        self.assertEqual((receipt.kind, receipt.amount), ("payment", 9_975.0))
        entry = receipt.move_id
        before = entry.line_ids.mapped("balance")
        match = self._pays(receipt, self.invoice, charges=25.0)
        item = self._items(self.invoice)
        exchange = (item.matched_credit_ids | item.matched_debit_ids).exchange_move_id
        self.assertEqual(entry.line_ids.mapped("balance"), before)
        self.assertEqual(
            self._booked(match.payment_id.move_id, match.charge_move_id, exchange),
            {
                "asset_current": 71_820.0,
                "expense": 180.0,
                "asset_receivable": -71_000.0,
                "income": -1_000.0,
            },
        )
        self.assertTrue(item.reconciled)
        self.assertEqual(self._open("2026-09-30"), {})
        self.assertEqual(match.charge_move_id.date, match.payment_id.date)

    def test_undone(self):
        receipt = self._paid(9_975.0)
        match = self._pays(receipt, self.invoice, charges=25.0)
        charge = match.charge_move_id
        destroy = charge.with_context(force_delete=True).unlink
        for touch in (charge.button_draft, charge._reverse_moves, destroy):
            with self.assertRaises(UserError) as caught:
                touch()
            self.assertIn("undo the match", str(caught.exception))
        match.action_undo_now()
        self.assertEqual(self._booked(charge, charge.reversal_move_ids), {})
        self.assertEqual(
            self._open("2026-09-10"),
            {
                (self.invoice.name, "invoice"): (10_000.0, 71_000.0),
                (match.payment_id.name, "advance"): (-9_975.0, -71_820.0),
            },
        )
        again = self.env["bank.receipt"]._find_of(match.payment_id)
        self._pays(again, self.invoice, charges=25.0)
        self.assertEqual(self._open("2026-09-30"), {})

    def _pay_nobody(self, amount):
        """A payment without a customer, in a journal of another currency."""
        nobody = self.env["res.partner"]
        self.assertEqual(self.bank.currency_id or self.cny, self.cny)
        payment = self._pay(amount, self.usd, "2026-09-10", partner=nobody)
        if payment.partner_id:
            payment.action_draft()
            payment.write({"partner_id": False, "currency_id": self.usd.id})
            payment.action_post()
        self.assertEqual(payment.currency_id, self.usd)
        return payment

    def test_a_payment_without_a_customer(self):
        payment = self._pay_nobody(9_975.0)
        name = payment.name
        receipt = self.env["bank.receipt"]._find_of(payment)
        self.assertFalse(receipt.partner_id)
        match = self._pays(receipt, self.invoice, charges=25.0)
        self.assertEqual((payment.partner_id, payment.name), (self.buyer, name))
        self.assertEqual(self._open("2026-09-30"), {})
        self.assertEqual(self.invoice.payment_state, "paid")
        match.action_undo_now()
        self.assertFalse(payment.partner_id)
        self.assertFalse(payment.move_id.line_ids.partner_id)
        self.assertEqual(
            self._open("2026-09-30"),
            {
                (self.invoice.name, "invoice"): (10_000.0, 71_000.0),
                (name, "advance"): (-9_975.0, -71_820.0),
            },
        )
        # a rate that changed since changes nothing of what was booked
        rates = self.usd.rate_ids.filtered(
            lambda rate: (
                rate.company_id == self.books and str(rate.name) == "2026-09-10"
            )
        )
        rates.rate = 1 / 7.25
        again = self.env["bank.receipt"]._find_of(payment)
        self._pays(again, self.invoice, charges=25.0)
        self.assertEqual(payment.move_id.name, name)
        self.assertEqual(sum(payment.move_id.line_ids.mapped("debit")), 71_820.0)
        self.assertEqual(self.invoice.payment_state, "paid")

    def test_one_without_a_customer_that_has_to_stay_as_it_is(self):
        payment = self._pay_nobody(10_000.0)
        receipt = self.env["bank.receipt"]._find_of(payment)
        payment.move_id._hash_moves(force_hash=True)
        with self.assertRaisesRegex(UserError, "secured by a hash"):
            self._pays(receipt, self.invoice)

    def test_several_and_the_last_in_part(self):
        second = self._invoice(3_000.0, self.usd, "2026-08-20")
        receipt = self._paid(11_000.0)
        first, last = self._items(self.invoice), self._items(second)
        with self.assertRaisesRegex(UserError, "one more in part"):
            receipt._allocate(self.buyer, {first: 9_000.0, last: 2_000.0})
        with self.assertRaisesRegex(UserError, "one more in part"):
            receipt._allocate(self.buyer, {last: 1_000.0})
        with self.assertRaisesRegex(UserError, "leave the rest open"):
            receipt._allocate(self.buyer, {first: 10_000.0}, advance=True)
        receipt._allocate(self.buyer, {last: 1_000.0, first: 10_000.0})
        self.assertTrue(first.reconciled)
        self.assertEqual(last.amount_residual_currency, 2_000.0)

    def test_the_rest_waits_and_each_match_is_undone_by_itself(self):
        second = self._invoice(3_000.0, self.usd, "2026-08-20")
        receipt = self._paid(13_000.0)
        one = self._pays(receipt, self.invoice)
        rest = self.env["bank.receipt"]._find_of(one.payment_id)
        self.assertEqual(rest.amount, 3_000.0)
        two = self._pays(rest, second)
        one.action_undo_now()
        self.assertEqual((one.state, two.state), ("undone", "matched"))
        self.assertEqual(self.invoice.payment_state, "not_paid")
        self.assertTrue(self._items(second).reconciled)

    def test_closed_and_hashed(self):
        receipt = self._paid(9_975.0)
        self.books.fiscalyear_lock_date = "2026-09-30"
        with self.assertRaisesRegex(UserError, "closed to"):
            self._pays(receipt, self.invoice, charges=25.0)
        # without charges nothing is posted on that day
        item = self._items(self.invoice)
        receipt._allocate(self.buyer, {item: 9_975.0})
        self.assertEqual(item.amount_residual_currency, 25.0)
        self.books.fiscalyear_lock_date = False
        hashed = self._paid(25.0)
        hashed.move_id.journal_id.restrict_mode_hash_table = True
        hashed.move_id._hash_moves(force_hash=True)
        self.assertTrue(hashed.move_id.inalterable_hash)
        hashed._allocate(self.buyer, {item: 25.0})
        self.assertTrue(item.reconciled)

    def test_a_bank_line_takes_the_payment_and_not_the_invoice(self):
        receipt = self._paid(10_000.0)
        payment = receipt.payment_id
        self._pays(receipt, self.invoice)
        line = self._come(9_985.0, "2026-09-11", text="Northwind Traders")
        # the payment's journal is the bank's in yuan; its money waits there
        self.assertFalse(line._find_proposals())
        same = self._come(9_985.0, "2026-09-11", self.bank, text="Northwind Traders")
        same._pay_in(self.usd, 10_000.0)
        (found, *_others) = same._find_proposals()
        waiting = payment._seek_for_lines()[0]
        self.assertEqual(found.parts[0][0], waiting.id)
        self.assertIn("recorded", found.reasons)
        match = same._allocate(self.buyer, {waiting: 10_000.0})
        self.assertTrue(payment.is_matched)
        self.assertTrue(match.statement_line_id.is_reconciled)
