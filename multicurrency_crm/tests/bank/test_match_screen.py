"""The screen that matches a receipt: proposals, who paid, and how much it asks."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .bank_common import BankCommon


@tagged("post_install", "-at_install")
class TestWhoPaid(BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls.other = cls._customer("Blue Delta Shipping GmbH")
        cls.invoice = cls._invoice(10_000.0, cls.usd, "2026-08-15")
        cls.theirs = cls._invoice(
            10_000.0, cls.usd, "2026-08-16", partner_id=cls.other.id
        )

    def _first(self, receipt):
        """(customer, reasons) of the first proposal."""
        first = receipt._find_proposals()[0]
        return self.env["res.partner"].browse(first.partner_id), first.reasons

    def test_an_account_that_paid_before(self):
        old = self._invoice(800.0, self.usd, "2026-08-01", partner_id=self.other.id)
        paid = self._come(
            800.0, "2026-08-20", account_number="DE44 5001 0517", partner_name="P. Blau"
        )
        match = self._pays(paid, old, partner=self.other)
        values = {"partner_name": "BLAU HOLDING", "account_number": "de4450010517"}
        receipt = self._come(10_000.0, "2026-09-10", **values)
        self.assertEqual(
            self._first(receipt), (self.other, ("learned_account", "single", "exact"))
        )
        named = self._come(10_000.0, "2026-09-10", partner_name=" p. blau")
        self.assertEqual(
            self._first(named), (self.other, ("learned_name", "single", "exact"))
        )
        # what is undone teaches nothing
        match.action_undo_now()
        self.assertEqual(self._first(receipt)[1], ("single", "exact"))

    def test_whose_account_and_whose_name(self):
        self.env["res.partner.bank"].create(
            {"acc_number": "DE44 5001 0517", "partner_id": self.other.id}
        )
        receipt = self._come(10_000.0, "2026-09-10", account_number="DE4450010517")
        self.assertEqual(
            self._first(receipt), (self.other, ("account", "single", "exact"))
        )
        receipt = self._come(10_000.0, "2026-09-10", partner_name="BLUE DELTA SHIPPING")
        self.assertEqual(
            self._first(receipt), (self.other, ("name", "single", "exact"))
        )

    def test_what_the_text_names(self):
        text = f"payment of {self.theirs.name.replace('/', ' ')} less our fees"
        receipt = self._come(9_960.0, "2026-09-10", text=text)
        self.assertEqual(
            self._first(receipt), (self.other, ("number", "single", "charges"))
        )
        self.theirs.ref = "PO 77-4411"
        receipt = self._come(400.0, "2026-09-10", text="deposit PO77-4411")
        self.assertEqual(
            self._first(receipt), (self.other, ("number", "single", "part"))
        )

    def test_who_stands_on_the_receipt(self):
        receipt = self._come(10_000.0, "2026-09-10", partner_id=self.other.id)
        self.assertEqual(self._first(receipt)[0], self.other)
        self.assertEqual(
            {one.partner_id for one in receipt._find_proposals(self.buyer)},
            {self.buyer.id},
        )

    def test_a_list_asks_the_same_for_many(self):
        receipts = self.env["bank.receipt"].concat(
            *(self._come(10.0 + n, "2026-09-10") for n in range(12))
        )
        names = ["date", "payer", "text", "partner_id", "amount", "currency_id"]

        def ask(few):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["bank.receipt"].search([("id", "in", few.ids)]).read(names)
            return self.env.cr.sql_log_count - before

        ask(receipts)
        self.assertEqual(ask(receipts[:2]), ask(receipts))


@tagged("post_install", "-at_install")
class TestScreen(BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-09-10", 7.20)
        cls.invoice = cls._invoice(10_000.0, cls.usd, "2026-08-15")
        cls.second = cls._invoice(400.0, cls.usd, "2026-08-20")

    def _screen(self, receipt):
        action = receipt.action_match()
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_what_stands_out_is_filled_in(self):
        receipt = self._come(
            9_975.0,
            "2026-09-10",
            text=f"For {self.invoice.name}",
            partner_name="NORTHWIND TRADERS",
        )
        screen = self._screen(receipt)
        self.assertEqual(screen.partner_id, self.buyer)
        self.assertEqual(
            screen.line_ids.mapped("document"), [self.invoice.name, self.second.name]
        )
        self.assertEqual(screen.line_ids.mapped("amount"), [10_000.0, 0.0])
        self.assertEqual(
            screen.reasons,
            "the payer's name is this customer's, the text has its number, and the "
            "same amount less charges",
        )
        self.assertEqual((screen.difference, screen.most_charges), (25.0, 50.0))
        self.assertIn("Booked at 1 USD = 7.20", screen.rate_note)
        # charges are written off by a click, never by themselves
        with self.assertRaisesRegex(UserError, "write the difference off as charges"):
            screen.action_match()
        screen.write_off = True
        said, screen.reasons = screen.reasons, "What a client wrote"
        screen.action_match()
        self.assertEqual(self.invoice.payment_state, "paid")
        self.assertEqual(self.env["bank.match"].search([]).reasons, said)
        # somebody whose screen is still open
        self.env.invalidate_all()
        self.assertFalse(screen.amount)
        with self.assertRaisesRegex(UserError, "somebody was faster"):
            screen.action_match()
        with self.assertRaisesRegex(UserError, "somebody was faster"):
            receipt.action_match()

    def test_nothing_is_filled_in_where_two_are_alike(self):
        other = self._customer("Blue Delta Shipping GmbH")
        self._invoice(10_000.0, self.usd, "2026-08-16", partner_id=other.id)
        screen = self._screen(self._come(10_000.0, "2026-09-10"))
        self.assertEqual(len(screen.proposal_ids), 2)
        self.assertFalse(any(screen.line_ids.mapped("amount")))
        proposal = screen.proposal_ids.filtered(lambda one: one.partner_id == other)
        again = self.env["bank.match.make"].browse(proposal.action_take()["res_id"])
        self.assertEqual((again.partner_id, again.settled), (other, 10_000.0))
        again.action_match()
        self.assertEqual(other.with_company(self.books).credit, 0.0)

    def test_a_proposal_is_taken_on_a_screen_that_isnt_saved(self):
        """Whoever chooses the customer by hand gets new proposals, and takes one."""
        other = self._customer("Blue Delta Shipping GmbH")
        self._invoice(300.0, self.usd, "2026-08-16", partner_id=other.id)
        third = self._invoice(300.0, self.usd, "2026-08-22")
        receipt = self._come(300.0, "2026-09-10", partner_name="UNKNOWN REMITTER")
        screen = self._screen(receipt)
        with Form(screen, view="multicurrency_crm.bank_match_make_view_form") as form:
            form.partner_id = self.buyer
            [first] = [
                at
                for at in range(len(form.proposal_ids))
                if form.proposal_ids.edit(at).documents == third.name
            ]
            with form.proposal_ids.edit(first) as proposal:
                self.assertTrue(proposal.reasons.startswith("the customer was chosen"))
                proposal.take = True
            self.assertEqual(form.settled, 300.0)
            self.assertIn("the customer was chosen", form.reasons)
            # another one in its place, and none at all
            with form.proposal_ids.edit(first) as proposal:
                proposal.take = False
            self.assertEqual(form.settled, 0.0)
            with form.proposal_ids.edit(first) as proposal:
                proposal.take = True
        self.assertEqual(screen.proposal_ids.filtered("take").documents, third.name)
        screen.action_match()
        self.assertEqual(third.payment_state, "paid")

    def test_a_proposal_brings_its_customer_along(self):
        other = self._customer("Blue Delta Shipping GmbH")
        theirs = self._invoice(10_000.0, self.usd, "2026-08-16", partner_id=other.id)
        screen = self._screen(self._come(10_000.0, "2026-09-10"))
        with Form(screen, view="multicurrency_crm.bank_match_make_view_form") as form:
            for at in range(2):
                with form.proposal_ids.edit(at) as proposal:
                    proposal.take = True
                self.assertEqual(form.settled, 10_000.0)
                taken = [form.proposal_ids.edit(n).take for n in range(2)]
                self.assertEqual(taken, [n == at for n in range(2)])
        self.assertEqual(
            screen.partner_id, screen.proposal_ids.filtered("take").partner_id
        )
        screen.action_match()
        moves = (self.invoice | theirs).filtered(lambda m: not m.amount_residual)
        self.assertEqual(moves.partner_id, screen.partner_id)

    def test_an_amount_names_nobody(self):
        """Who sent it isn't known: that one customer owes as much is a proposal."""
        for text, known in (
            ("UNKNOWN REMITTER", False),
            (f"UNKNOWN, FOR {self.invoice.name}", True),
        ):
            receipt = self._come(10_000.0, "2026-09-10", text=text)
            screen = self._screen(receipt)
            self.assertEqual(bool(screen.partner_id), known)
            self.assertEqual(bool(screen.settled), known)
            self.assertEqual(screen.proposal_ids[0].documents, self.invoice.name)

    def test_a_name_and_the_sum_of_a_run_stand_out(self):
        receipt = self._come(
            10_400.0, "2026-09-10", partner_name="Northwind Traders Ltd"
        )
        screen = self._screen(receipt)
        self.assertEqual(screen.line_ids.mapped("amount"), [10_000.0, 400.0])

    def test_a_payment_has_no_advance(self):
        """What to do instead is said, and is there."""
        for partner, text in (
            (self.env["res.partner"], "Receipts to Claim"),
            (self.buyer, "it is its customer's advance"),
        ):
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": partner.id,
                    "amount": 77.0,
                    "currency_id": self.usd.id,
                    "date": "2026-09-10",
                    "journal_id": self.dollars.id,
                }
            )
            payment.action_post()
            screen = self._screen(self.env["bank.receipt"]._find_of(payment))
            screen.partner_id = self.buyer
            with self.assertRaisesRegex(UserError, text):
                screen.action_match()

    def test_what_was_matched_opens_what_it_is_about(self):
        clerk = self._clerk("opening_clerk")
        receipt = self._come(10_000.0, "2026-09-10", text=self.invoice.name)
        self._screen(receipt).with_user(clerk).action_match()
        match = self.env["bank.match"].search([]).with_user(clerk)
        line = match.statement_line_id
        self.assertEqual(match.action_open_receipt()["res_id"], line.move_id.id)
        self.assertEqual(match.action_open_settled()["res_id"], self.invoice.id)
        with self.assertRaisesRegex(UserError, "Nothing was booked"):
            match.action_open_charges()

    def test_somebody_chooses_and_ticks(self):
        screen = self._screen(self._come(300.0, "2026-09-10"))
        self.assertFalse(screen.line_ids)
        with Form(screen, view="multicurrency_crm.bank_match_make_view_form") as form:
            form.partner_id = self.buyer
            self.assertEqual(len(form.line_ids), 2)
            with form.line_ids.edit(1) as line:
                line.take = True
                # no more than came in
                self.assertEqual(line.amount, 300.0)
        screen.action_match()
        self.assertEqual(self.second.amount_residual, 100.0)

    def test_all_of_an_item_where_charges_may_be_missing(self):
        screen = self._screen(
            self._come(9_970.0, "2026-09-10", partner_id=self.buyer.id)
        )
        screen.line_ids.amount = 0.0
        with Form(screen, view="multicurrency_crm.bank_match_make_view_form") as form:
            with form.line_ids.edit(0) as line:
                line.take = True
                self.assertEqual(line.amount, 10_000.0)
            self.assertEqual(form.difference, 30.0)
            with form.line_ids.edit(0) as line:
                line.take = False
                self.assertEqual(line.amount, 0.0)

    def test_sent_in_another_currency(self):
        screen = self._screen(self._come(71_500.0, "2026-09-10", self.bank))
        self.assertFalse(screen.proposal_ids)
        screen.pays_currency_id = self.usd
        screen.pays_amount = 10_000.0
        action = screen.action_pay_in()
        again = self.env["bank.match.make"].browse(action["res_id"])
        self.assertEqual((again.currency_id, again.amount), (self.usd, 10_000.0))
        self.assertEqual(again.proposal_ids[0].documents, self.invoice.name)
        self.assertIn("cost 500.00 CNY", again.rate_note)

    def test_bounded_input(self):
        screen = self._screen(
            self._come(500.0, "2026-09-10", partner_id=self.buyer.id, text="x" * 5000)
        )
        for amount in (-1.0, 1e300, float("nan")):
            with self.assertRaises(ValidationError):
                screen.line_ids = [
                    Command.update(screen.line_ids[0].id, {"amount": amount})
                ]
        screen.write({"pays_amount": 5.0})
        with self.assertRaises(ValidationError):
            screen.write({"pays_amount": -5.0})

    def test_an_item_of_somebody_else_is_refused(self):
        other = self._customer("Blue Delta Shipping GmbH")
        theirs = self._invoice(500.0, self.usd, "2026-08-16", partner_id=other.id)
        screen = self._screen(self._come(500.0, "2026-09-10", partner_id=self.buyer.id))
        screen.line_ids = [
            Command.create({"item_id": self._items(theirs).id, "amount": 500.0})
        ]
        screen.line_ids[:-1].amount = 0.0
        with self.assertRaisesRegex(UserError, "nothing that Northwind"):
            screen.action_match()

    def test_opening_asks_the_same_for_many_items(self):
        def ask(receipt):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            screen = self._screen(receipt)
            screen.line_ids.read(["document", "reference", "residual", "amount"])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before, len(screen.line_ids)

        receipt = self._come(77.0, "2026-09-10", partner_id=self.buyer.id)
        ask(receipt)
        few, shown = ask(receipt)
        self.assertEqual(shown, 2)
        for number in range(28):
            self._entry(100.0 + number, 710.0, self.usd, "2026-08-21")
        ask(receipt)
        many, shown = ask(receipt)
        self.assertEqual(shown, 30)
        self.assertLessEqual(many, few + 2)
