from odoo import Command
from odoo.tests import tagged

from .credit_common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestExposureMoney(CreditCommon):
    """Money under way, goods that come back, currencies that are archived."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    # === MONEY UNDER WAY === #

    def test_paid_and_not_in_the_ledger_yet(self):
        """Odoo calls an invoice paid whose money has no entry: it counts until the
        bank's statement is matched, and then once."""
        move = self._invoice(self.buyer, 1000.0, 60)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.buyer.id,
                "amount": 400.0,
                "journal_id": self.bank.id,
                "invoice_ids": [Command.set(move.ids)],
            }
        )
        payment.outstanding_account_id = False
        payment.action_post()
        payment.action_validate()
        self.assertFalse(payment.move_id)
        self.assertEqual((payment.state, move.payment_state), ("paid", "paid"))
        self.assertEqual(self._parts(self.buyer), {"days_30": 600.0})
        self._match_with_bank(move, 400.0)
        self.assertEqual(move.amount_residual, 600.0)
        self.assertEqual(self._parts(self.buyer), {"days_30": 600.0})

    def _match_with_bank(self, move, amount):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "payment_ref": "Transfer",
                "partner_id": self.buyer.id,
                "amount": amount,
            }
        )
        receivable = move.line_ids.filtered(
            lambda row: row.account_id.account_type == "asset_receivable"
        )
        suspense = line.move_id.line_ids.filtered(
            lambda row: row.account_id == self.bank.suspense_account_id
        )
        suspense.account_id = receivable.account_id
        (receivable | suspense).reconcile()

    def test_until_the_bank_confirms(self):
        """An invoice that is paid in the books is open until then, by its security."""
        half = self._create_terms(
            "Documents", 30, credit_security="documents_against_payment"
        )
        self._pay(self._invoice(self.buyer, 1000.0, 60))
        self._pay(self._invoice(self.buyer, 500.0, 10, terms=half), amount=200.0)
        self.assertEqual(self._parts(self.buyer), {"not_due": 150.0})
        self.policy.count_payments_in_process = False
        self.assertEqual(
            self._parts(self.buyer), {"in_process": 1100.0, "not_due": 150.0}
        )

    # === GOODS THAT COME BACK === #

    def test_goods_that_come_back_lower_an_order(self):
        """Ten at 100 sold, two of another product taken back at 50."""
        order = self._order_of(self.buyer, 100.0, quantity=10)
        order.order_line = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": 50.0,
                    "product_uom_qty": -2,
                    "tax_ids": [],
                }
            )
        ]
        order.action_confirm()
        self.assertEqual(self._total(self.buyer), order.amount_total)
        order._create_invoices(final=True).action_post()
        self.assertEqual(self._parts(self.buyer), {"not_due": 900.0})

    def test_nothing_once_closed(self):
        """Invoiced for less than was ordered: no more is to come."""
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = 950.0
        invoice.action_post()
        self.assertEqual(order.invoice_status, "invoiced")
        self.assertEqual(self._parts(self.buyer), {"not_due": 950.0})

    def test_cancelled_and_reset(self):
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        invoice.button_draft()
        self.assertEqual(self._parts(self.buyer), {"draft": 1000.0})
        invoice.button_cancel()
        self.assertEqual(self._parts(self.buyer), {"undelivered": 1000.0})
        order.action_unlock()
        order._action_cancel()
        self.assertEqual(self._parts(self.buyer), {})

    # === ARCHIVED === #

    def test_an_archived_currency_and_customer(self):
        """What was sold in a currency is owed after nobody sells in it any longer."""
        self._invoice(self.buyer, 4.3, currency=self.kwd)
        self.assertEqual(self._total(self.buyer), 100.0)
        self.kwd.active = False
        self.buyer.active = False
        self.assertEqual(self._total(self.buyer), 100.0)
        self.assertFalse(self._exposure(self.buyer).find_missing(self.cny.id))

    # === ONE FIGURE === #

    def test_the_same_in_the_form_the_check_and_the_assessment(self):
        """500 and 100 and 140 dollars at 0.28, and 98 dollars that are locked at 0.14:
        a person adds up the table."""
        self._invoice(self.buyer, 500.0, 60)
        self._invoice(self.buyer, 4.3, currency=self.kwd)
        self._invoice(self.buyer, 140.0, currency=self.usd)
        locked = self._order_of(self.buyer, 98.0, self.usd)
        locked.action_lock_rate()
        locked.action_confirm()
        self.policy.rate_basis = "spot"
        self._set_rate(self.usd, TODAY, 0.28)
        assessment = self._assess(self.buyer)
        rows = assessment.currencies
        self.assertAlmostEqual(sum(row["amount"] / row["rate"] for row in rows), 1800.0)
        for row in rows:
            self.assertAlmostEqual(sum(row["parts"].values()), row["amount"])
        self.assertEqual(assessment.exposure, 1800.0)
        self.assertEqual(self.buyer.credit_exposure, 1800.0)
        more = self._order_of(self.buyer, 200.0)
        check = self.env["credit.policy"]._check(more)[more]
        self.assertEqual(self.cny.round(float(check.exposure.total(self.cny.id))), 2000)
        shown = {row["rate"] for row in assessment.exposure_table["rows"]}
        self.assertIn("1 USD ≈ 7.1429 CNY (locked)", shown)
