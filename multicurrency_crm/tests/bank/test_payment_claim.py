"""Receipts are claimed, confirmed, refused, ended and taken back."""

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .claim_common import FINANCE, SELLER, ClaimCommon


@tagged("post_install", "-at_install")
class TestWhoPays(ClaimCommon):
    """Customers, and whoever may become one."""

    def test_no_money_of_ones_own_people(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        supplier = self._customer("Paper Mill", supplier_rank=3)
        both = self._customer("Twine Works", supplier_rank=3, customer_rank=1)
        contact = self._customer(
            "Clerk of the house", is_company=False, parent_id=self.books.partner_id.id
        )
        dialog = self.env["payment.claim.make"].create(
            {"receipt_id": self._row(payment).id, "partner_id": self.buyer.id}
        )
        domain = dialog._fields["partner_id"].domain
        offered = self.env["res.partner"].search(
            safe_eval(domain, {"own_partner_ids": dialog.own_partner_ids.ids})
        )
        self.assertIn(self.books.partner_id, dialog.own_partner_ids)
        for partner in (
            self.books.partner_id,
            contact,
            self.clerk.partner_id,
            supplier,
        ):
            with self._refused(UserError, "is no customer"):
                self._claim(payment, self.clerk, partner)
            self.assertNotIn(partner, offered)
        for partner in (both, self.rival):
            self.assertIn(partner, offered)
        self.assertEqual(self._claim(payment, self.clerk, both).state, "claimed")


@tagged("post_install", "-at_install")
class TestClaimable(ClaimCommon):
    """What salespeople see of money that nobody knows."""

    def test_amount_currency_day_and_text_and_nothing_more(self):
        payment = self._receive(1100.0, self.usd, "2026-02-03")
        line = self._bank_line(50.0, "2026-02-04")
        rows = self._row(payment) | self._row(line)
        self.assertEqual(
            [(r.date, r.amount, r.currency_id, r.payer, r.kind) for r in rows],
            [
                (
                    date(2026, 2, 3),
                    1100.0,
                    self.usd,
                    "HARBOUR LTD /INV/",
                    "payment",
                ),
                (
                    date(2026, 2, 4),
                    50.0,
                    self.eur,
                    "HARBOUR LTD · TT IN 4711",
                    "statement_line",
                ),
            ],
        )
        for receipt in (payment, line):
            with self.assertRaises(AccessError):
                receipt.with_user(self.seller).read(["amount"])

    def test_what_is_no_receipt_of_nobody(self):
        """With a customer, sent, drafted, matched: none of these is listed."""
        Receipt = self.env["payment.claimable"]
        self._pay(10.0, self.usd, "2026-02-03")
        self._pay(10.0, self.usd, "2026-02-03", direction="outbound")
        self._receive(10.0, self.usd, "2026-02-03").action_draft()
        self._receive(10.0, self.usd, "2026-02-03", partner_type="supplier")
        self._bank_line(-10.0, "2026-02-03")
        self._bank_line(10.0, "2026-02-03", partner_id=self.buyer.id)
        matched = self._receive(20.0, self.usd, "2026-02-03")
        self._match_with_entry(matched, 20.0, 18.0)
        self.assertFalse(Receipt.search([("company_id", "=", self.books.id)]))

    def test_what_is_left_of_a_receipt(self):
        payment = self._receive(100.0, self.usd, "2026-02-03")
        self._match_with_entry(payment, 30.0, 27.0)
        self.assertEqual(self._row(payment).amount, 70.0)

    def test_a_line_in_a_third_currency(self):
        """What was paid in another currency than the account's is that currency's."""
        line = self._bank_line(
            100.0,
            "2026-02-03",
            foreign_currency_id=self.usd.id,
            amount_currency=109.0,
        )
        row = self._row(line)
        self.assertEqual((row.amount, row.currency_id), (109.0, self.usd))

    def test_another_company_sees_nothing(self):
        payment = self._receive(10.0, self.usd, "2026-02-03")
        stranger = self._colleague("claim_stranger", SELLER, self.other_company)
        self.assertFalse(self._row(payment, stranger))
        row = self._as(self._row(payment), stranger, self.other_company)
        with self.assertRaises(UserError):
            row.env["payment.claim"]._claim(row, self.buyer.with_env(row.env))

    def test_the_dialog_shows_another_company_nothing(self):
        payment = self._receive(10.0, self.usd, "2026-02-03")
        row = self._row(payment)
        stranger = self._colleague("claim_stranger", SELLER, self.other_company)
        own = self._customer("Theirs", company_id=self.other_company.id)
        Dialog = self.env["payment.claim.make"].with_user(stranger)
        spec = dict.fromkeys(("amount", "date", "payer", "company_id"), {})
        values = {"receipt_id": row.id, "partner_id": own.id}
        for ask in (
            lambda: Dialog.create(values).read(["amount", "payer", "receipt_id"]),
            lambda: Dialog.onchange(dict(values), ["receipt_id"], spec),
            lambda: Dialog.onchange({"receipt_id": {"id": row.id}}, [], spec),
            lambda: Dialog.with_context(default_receipt_id=row.id).onchange(
                {}, [], {"receipt_id": {}, **spec}
            ),
        ):
            with self.assertRaises(AccessError):
                ask()

    def test_taking_back_shows_another_company_nothing(self):
        payment = self._receive(10.0, self.usd, "2026-02-03")
        claim = self._confirm(self._claim(payment, partner=self.buyer))
        stranger = self._colleague("claim_stranger", FINANCE, self.other_company)
        Dialog = self.env["payment.claim.return"].with_user(stranger)
        spec = dict.fromkeys(("has_transfer", "date", "claim_id"), {})
        with self.assertRaises(AccessError):
            Dialog.create({"claim_id": claim.id, "reason": "x"})
        with self.assertRaises(AccessError):
            Dialog.onchange({"claim_id": claim.id}, ["claim_id"], spec)

    def test_portal_sees_nothing(self):
        portal = new_test_user(self.env, "claim_portal", groups="base.group_portal")
        for model in ("payment.claimable", "payment.claim"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(portal).search([])


@tagged("post_install", "-at_install")
class TestClaim(ClaimCommon):
    """Claims of payments on open days."""

    def setUp(self):
        super().setUp()
        self.first = self._bill(550.0, self.usd, due="2026-02-10")
        self.second = self._bill(880.0, self.usd, "2026-01-20", due="2026-02-20")
        self.payment = self._receive(1100.0, self.usd, "2026-02-03")

    def test_a_confirmed_claim_gives_the_customer_and_pays(self):
        """USD 1,100 for 880 and 550: the older is paid, 550 of the other."""
        before = self._note(self.payment.move_id)
        claim = self._claim(self.payment, moves=self.second | self.first, note="Mail")
        self.assertEqual(claim.state, "claimed")
        self.assertEqual(claim.requested_by, self.seller)
        asked = claim.sudo().activity_ids.user_id
        self.assertLessEqual(self.clerk | self.second_clerk, asked)
        claim = self._confirm(claim)
        self.assertEqual(claim.state, "confirmed")
        self.assertEqual(claim.decided_by, self.clerk)
        self.assertEqual(self._note(self.payment.move_id), before)
        self.assertEqual(self.payment.partner_id, self.buyer)
        self.assertEqual(self.payment.currency_id, self.usd)
        self.assertEqual(self.payment.move_id.currency_id, self.usd)
        self.assertEqual(self.payment.move_id.line_ids.partner_id, self.buyer)
        self.assertEqual(self.payment.move_id.state, "posted")
        self.assertIn(self.payment.state, ("in_process", "paid"))
        self.assertEqual(self.first.amount_residual, 0.0)
        self.assertEqual(self.second.amount_residual, 330.0)
        self.assertEqual(claim.amount_matched, 1100.0)
        self.assertIn(f"{self.first.name} 550.00 USD", claim.outcome)
        self.assertIn(f"{self.second.name} 550.00 USD", claim.outcome)
        self.assertFalse(self._row(self.payment))
        self.assertFalse(claim.activity_ids)

    def test_what_is_over_stays_the_customers_credit(self):
        claim = self._confirm(self._claim(self.payment, moves=self.first))
        self.assertEqual(claim.amount_matched, 550.0)
        self.assertIn("550.00 USD is the customer's credit", claim.outcome)
        line = self.payment.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.assertEqual(line.amount_residual_currency, -550.0)

    def test_credit_is_on_the_customers_own_receivable(self):
        """Odoo posts a payment of nobody's on the first receivable of the company, and
        what stays there for good is no outstanding credit."""
        till = self.env["account.account"].create(
            {
                "name": "Receivable of Tills",
                "code": "100001",
                "account_type": "asset_receivable",
                "reconcile": True,
            }
        )
        own = self.buyer.property_account_receivable_id
        for closed in (False, "2026-02-28"):
            with self.subTest(closed=closed):
                payment = self._receive(990.0, self.usd, "2026-02-03")
                self.assertIn(till, payment.move_id.line_ids.account_id)
                claim = self._claim(payment)
                if closed:
                    self.books.sudo().fiscalyear_lock_date = closed
                    claim.sudo().transfer_date = "2026-03-02"
                self._confirm(claim)
                entry = claim.sudo().transfer_move_id or payment.move_id
                credit = entry.line_ids.filtered(lambda z: z.partner_id and z.credit)
                self.assertEqual(
                    (credit.account_id, credit.partner_id), (own, self.buyer)
                )
                self.first.invalidate_recordset()
                shown = self.first.invoice_outstanding_credits_debits_widget["content"]
                self.assertIn(credit.id, [one["id"] for one in shown])

    def test_without_invoices_all_of_it_is_credit(self):
        claim = self._confirm(self._claim(self.payment))
        self.assertEqual(claim.amount_matched, 0.0)
        self.assertIn("1,100.00 USD is the customer's credit", claim.outcome)
        self.assertEqual(self.first.amount_residual, 550.0)

    def test_a_rate_typed_later_changes_no_amount(self):
        """A day's rate that is typed anew doesn't touch what was posted at the old."""
        before = self._note(self.payment.move_id)
        self._set_rate(self.usd, "2026-02-03", 1.3, self.books)
        self._confirm(self._claim(self.payment))
        self.assertEqual(self._note(self.payment.move_id), before)

    def test_a_balance_forced_by_the_bank_stays(self):
        payment = self._receive(100.0, self.usd, "2026-02-03", force_balance=88.8)
        before = self._note(payment.move_id)
        self._confirm(self._claim(payment))
        self.assertEqual(self._note(payment.move_id), before)

    def test_the_customers_usual_way_to_pay_isnt_this_receipts(self):
        """Odoo would take the customer's method, and the journal's currency."""
        usual = self.payment.payment_method_line_id.copy({"name": "Cheque"})
        usual.payment_account_id = usual.payment_account_id.copy()
        self.buyer.property_inbound_payment_method_line_id = usual
        kept = ("payment_method_line_id", "outstanding_account_id", "currency_id")
        before = [self.payment[name] for name in kept]
        claim = self._confirm(self._claim(self.payment))
        self.assertEqual([self.payment[name] for name in kept], before)
        claim.with_user(self.clerk)._take_back("Not theirs", False)
        self.assertEqual([self.payment[name] for name in kept], before)

    def test_charges_stay_apart(self):
        """What the payment wrote off, in two lines, stays in two lines."""
        payment = self._receive(
            90.0,
            self.usd,
            "2026-02-03",
            write_off_line_vals=[
                {
                    "name": name,
                    "account_id": self.income.id,
                    "amount_currency": 5.0,
                    "currency_id": self.usd.id,
                    "balance": 4.55,
                }
                for name in ("Bank", "Correspondent")
            ],
        )
        before = self._note(payment.move_id)
        self.assertEqual(self._row(payment).amount, 100.0)
        self._confirm(self._claim(payment, moves=self.first))
        self.assertEqual(self._note(payment.move_id), before)
        self.assertEqual(self.first.amount_residual, 450.0)

    def test_an_exchange_difference_is_odoos(self):
        """USD 550 invoiced at 1.1 (500), received at 1.0 (550): 50 gained, no more."""
        self._set_rate(self.usd, "2026-03-01", 1.0, self.books)
        payment = self._receive(550.0, self.usd, "2026-03-01")
        self._confirm(self._claim(payment, moves=self.first))
        self.assertEqual(self.first.payment_state, "paid")
        exchange = self.books.income_currency_exchange_account_id
        lines = self.env["account.move.line"].search(
            [("account_id", "=", exchange.id), ("company_id", "=", self.books.id)]
        )
        self.assertEqual(sum(lines.mapped("balance")), -50.0)

    def test_currencies_without_and_with_three_decimals(self):
        self._set_rate(self.kwd, "2026-01-01", 0.33, self.books)
        for currency, amount in ((self.jpy, 160_001.0), (self.kwd, 33.333)):
            invoice = self._bill(amount, currency)
            payment = self._receive(amount, currency, "2026-02-03")
            claim = self._confirm(self._claim(payment, moves=invoice))
            self.assertEqual(invoice.amount_residual, 0.0)
            self.assertEqual(claim.amount_matched, amount)
            self.assertNotIn("credit", claim.outcome)

    # === SEVERAL CLAIM === #

    def test_confirming_one_refuses_the_others(self):
        mine = self._claim(self.payment)
        theirs = self._claim(self.payment, self.other_seller, self.rival)
        self.assertEqual((mine.rivals, theirs.rivals), (1, 1))
        self._confirm(theirs)
        self.assertEqual(mine.state, "refused")
        self.assertEqual(
            mine.decision_reason, "Another claim of this receipt was confirmed."
        )
        self.assertNotIn("Rival", " ".join(mine.sudo().message_ids.mapped("body")))
        self.assertEqual(self.payment.partner_id, self.rival)
        with self.assertRaises(UserError):
            mine.with_user(self.clerk).action_approve()

    def test_nobody_claims_twice_and_the_list_says_so(self):
        self.assertEqual(self._row(self.payment).claim_status, "free")
        self._claim(self.payment)
        self.assertEqual(self._row(self.payment).claim_status, "own")
        others = self._row(self.payment, self.other_seller)
        self.assertEqual(others.claim_status, "others")
        with self._refused(UserError, "claimed this receipt already"):
            self._claim(self.payment)

    def test_withdrawn_it_counts_no_more(self):
        mine = self._claim(self.payment)
        theirs = self._claim(self.payment, self.other_seller, self.rival)
        with self.assertRaises(AccessError):
            mine.with_user(self.other_seller).action_withdraw()
        mine.action_withdraw()
        self.assertEqual((mine.state, theirs.rivals), ("withdrawn", 0))
        self._claim(self.payment)
        self.assertEqual(theirs.rivals, 1)
        with self.assertRaises(UserError):
            mine.action_request()

    # === WHO === #

    def test_who_claims_doesnt_confirm(self):
        claim = self._claim(self.payment, self.clerk)
        with self.assertRaises(AccessError):
            claim.with_user(self.clerk).action_approve()
        self._confirm(claim, self.second_clerk)
        self.assertEqual(claim.state, "confirmed")

    def test_a_salesperson_decides_nothing(self):
        claim = self._claim(self.payment)
        for user in (self.seller, self.other_seller):
            with self.assertRaises(AccessError):
                claim.with_user(user).action_approve()
            with self.assertRaises(AccessError):
                claim.with_user(user)._take_back("Mine", date(2026, 2, 3))
        with self.assertRaises(AccessError):
            claim.with_user(self.seller).write({"transfer_date": "2026-02-03"})

    def test_finance_without_rights_in_accounting_isnt_asked(self):
        """What is confirmed is booked with the rights of whoever confirms."""
        watcher = self._colleague("claim_watcher", "multicurrency_crm.group_finance")
        claim = self._claim(self.payment)
        self.assertNotIn(watcher, claim.sudo().activity_ids.user_id)
        with self.assertRaises(AccessError):
            claim.with_user(watcher).action_approve()
        self.assertEqual(claim.state, "claimed")

    def test_own_claims_and_all_claims(self):
        mine = self._claim(self.payment)
        head = self._colleague(
            "claim_head", "sales_team.group_sale_manager,multicurrency_crm.group_user"
        )
        for user, seen in (
            (self.seller, True),
            (self.other_seller, False),
            (self.clerk, True),
            (head, True),
        ):
            found = self.env["payment.claim"].with_user(user).search([])
            self.assertEqual(mine in found, seen, user.login)
        for name in ("payment_id", "statement_line_id", "transfer_move_id"):
            with self.assertRaises(AccessError):
                mine.with_user(self.seller).read([name])

    def test_a_refusal_says_why(self):
        claim = self._claim(self.payment)
        claim.with_user(self.clerk)._refuse("It is a refund of the bank")
        self.assertEqual(claim.state, "refused")
        self.assertTrue(self._row(self.payment))
        self.assertFalse(self.payment.partner_id)

    # === BAD INPUT === #

    def test_customers_that_one_claims_for(self):
        with self._refused(AccessError, "colleague looks after"):
            self._claim(self.payment, partner=self.rival)
        gone = self._customer("Gone", active=False)
        with self._refused(UserError, "is archived"):
            self._claim(self.payment, partner=gone)
        elsewhere = self._customer("Elsewhere", company_id=self.other_company.id)
        with self.assertRaises(AccessError):
            self._claim(self.payment, self.clerk, elsewhere)
        row = self._row(self.payment)
        with self._refused(UserError, "Choose the customer"):
            row.env["payment.claim"]._claim(row, row.env["res.partner"])

    def test_a_contact_stands_for_its_customer(self):
        contact = self.env["res.partner"].create(
            {"name": "Li", "parent_id": self.buyer.id, "type": "contact"}
        )
        claim = self._claim(self.payment, partner=contact, moves=self.first)
        self.assertEqual(claim.partner_id, self.buyer)
        self._confirm(claim)
        self.assertEqual(self.payment.partner_id, self.buyer)

    def test_a_customer_that_was_archived_since(self):
        claim = self._claim(self.payment)
        self.buyer.active = False
        with self._refused(UserError, "is archived"):
            self._confirm(claim)
        self.assertFalse(self.payment.partner_id)

    def test_invoices_that_it_cant_pay(self):
        wrong = [
            self._invoice(10.0, self.eur, "2026-01-10"),
            self._invoice(10.0, self.usd, "2026-01-10", partner_id=self.rival.id),
            self._invoice(10.0, self.usd, "2026-01-10", kind="out_refund"),
        ]
        draft = self.first.copy()
        for move in (*wrong, draft):
            move.invoice_user_id = self.seller
            with self.assertRaises(UserError, msg=move.display_name):
                self._claim(self.payment, moves=move)
        hidden = self._bill(10.0, self.usd, invoice_user_id=self.other_seller.id)
        with self.assertRaises(AccessError):
            self._claim(self.payment, moves=hidden)

    def test_an_invoice_that_was_paid_since_is_left_out(self):
        claim = self._claim(self.payment, moves=self.first | self.second)
        paid = self._pay(550.0, self.usd, "2026-02-01")
        self._match(paid.move_id, self.first)
        claim = self._confirm(claim)
        self.assertNotIn(self.first.name, claim.outcome)
        self.assertEqual(claim.amount_matched, 880.0)

    def test_nothing_is_forged(self):
        Claim = self.env["payment.claim"]
        values = {
            "company_id": self.books.id,
            "payment_id": self.payment.id,
            "partner_id": self.buyer.id,
            "date": "2026-02-03",
            "currency_id": self.usd.id,
            "amount": 1100.0,
            "state": "confirmed",
        }
        for user in (self.seller, self.clerk):
            with self.assertRaises(AccessError):
                Claim.with_user(user).create(values)
        claim = self._claim(self.payment)
        forged = (
            {"state": "confirmed"},
            {"partner_id": self.rival.id},
            {"amount": 1.0},
            {"move_ids": [Command.link(self.first.id)]},
            {"requested_by": self.other_seller.id},
            {"payment_id": False},
        )
        for vals in forged:
            with self.assertRaises(AccessError, msg=str(vals)):
                claim.with_user(self.clerk).write(vals)
        self.env["ir.default"].set("payment.claim", "state", "confirmed")
        other = self._claim(self.payment, self.other_seller, self.rival)
        self.assertEqual(other.state, "claimed")

    def test_what_was_decided_isnt_deleted(self):
        claim = self._confirm(self._claim(self.payment))
        with self.assertRaises(UserError):
            claim.unlink()
        with self.assertRaises(UserError):
            claim.with_user(self.clerk).write({"transfer_date": "2026-02-05"})

    # === SETTLED MEANWHILE === #

    def test_a_customer_given_by_hand_ends_the_claims(self):
        claim = self._claim(self.payment)
        self.payment.action_draft()
        self.assertEqual(claim.state, "claimed")
        self.payment.partner_id = self.rival
        self.payment.action_post()
        self.assertEqual(claim.state, "ended")
        self.assertIn("given a customer", claim.decision_reason)
        self.assertFalse(claim.sudo().activity_ids)

    def test_matched_otherwise_it_ends(self):
        claim = self._claim(self.payment)
        self._match_with_entry(self.payment, 1100.0, 1000.0)
        self.assertEqual(claim.state, "ended")

    def test_deleted_or_cancelled_it_ends(self):
        claim = self._claim(self.payment)
        other = self._receive(10.0, self.usd, "2026-02-03")
        second = self._claim(other)
        self.payment.action_draft()
        self.payment.action_cancel()
        other.action_draft()
        other.unlink()
        self.assertEqual((claim | second).mapped("state"), ["ended", "ended"])

    def test_what_ended_unheard_goes_when_finance_looks(self):
        line = self._bank_line(10.0, "2026-02-03")
        claim = self._claim(line)
        _liquidity, suspense, _others = line._seek_for_lines()
        suspense.account_id = self.income
        self.env["payment.claim"].with_user(self.clerk).action_open_waiting()
        self.assertEqual(claim.state, "ended")

    def test_a_draft_isnt_confirmed(self):
        claim = self._claim(self.payment)
        self.payment.action_draft()
        with self._refused(UserError, "isn't posted"):
            self._confirm(claim)

    # === DIALOG === #

    def test_the_dialog(self):
        action = self._row(self.payment).action_claim()
        Dialog = self.env[action["res_model"]].with_user(self.seller)
        with Form(Dialog.with_context(**action["context"])) as form:
            form.partner_id = self.buyer
            form.move_ids.add(self.first)
            self.assertEqual(form.open_total, 550.0)
            form.partner_id = self.customer
            self.assertFalse(form.move_ids)
            form.partner_id = self.buyer
            form.move_ids.add(self.second)
            form.note = "Bank slip"
        answer = form.record.action_apply()
        self.assertEqual(answer["tag"], "display_notification")
        claim = self.env["payment.claim"].search([("payment_id", "=", self.payment.id)])
        self.assertEqual(
            (claim.move_ids, claim.note, claim.requested_by),
            (self.second, "Bank slip", self.seller),
        )

    def test_a_user_without_sales_claims_without_invoices(self):
        plain = self._colleague("claim_plain", "multicurrency_crm.group_user")
        action = self._row(self.payment, plain).action_claim()
        Dialog = self.env[action["res_model"]].with_user(plain)
        with Form(Dialog.with_context(**action["context"])) as form:
            form.partner_id = self.customer
        form.record.action_apply()
        found = self.env["payment.claim"].search([("payment_id", "=", self.payment.id)])
        self.assertEqual(found.partner_id, self.customer)
