from odoo.tests import tagged

from .booked_common import BookedCommon
from .common import LATER, TODAY


@tagged("post_install", "-at_install")
class TestBooksValues(BookedCommon):
    """What a promise was worth: locked, in the market, received."""

    def _pay(self, invoice, amount, day, currency=None):
        company = invoice.company_id
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        methods = (
            journal.inbound_payment_method_line_ids
            | journal.outbound_payment_method_line_ids
        )
        methods.payment_account_id = self.env["account.account"].search(
            [
                ("account_type", "=", "asset_current"),
                ("reconcile", "=", True),
                ("company_ids", "=", company.id),
            ],
            limit=1,
        )
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "amount": amount,
                    "payment_date": day,
                    "journal_id": journal.id,
                    "currency_id": (currency or invoice.currency_id).id,
                }
            )
        )
        return wizard._create_payments()

    def test_locked_market_and_received(self):
        for booking in ("locked", "market"):
            with self.subTest(booking=booking):
                self.company.lock_booking = booking
                invoice = self._locked_invoice(price=100.0)
                self.assertAlmostEqual(invoice.lock_value, 300 * 7.1234, 2)
                self.assertFalse(invoice.lock_market_value)
                self._post_on(invoice, TODAY)
                self.assertAlmostEqual(invoice.lock_market_value, 300 * 7.1234, 2)
                self.assertFalse(invoice.lock_received_value)
                self._pay(invoice, 100.0, TODAY)
                invoice.invalidate_recordset()
                self.assertAlmostEqual(invoice.lock_received_value, 712.34, 2)
                self._pay(invoice, 200.0, LATER)
                invoice.invalidate_recordset()
                self.assertIn(invoice.payment_state, ("paid", "in_payment"))
                self.assertAlmostEqual(
                    invoice.lock_received_value, 712.34 + 200 * 7.0021, 2
                )

    def test_received_in_company_currency(self):
        invoice = self._locked_invoice(price=100.0)
        self._post_on(invoice, TODAY)
        self._pay(invoice, 700.21, LATER, self.cny)
        self.assertAlmostEqual(invoice.lock_received_value, 700.21, 2)

    def test_one_payment_of_two_invoices(self):
        invoices = self._locked_invoice(price=100.0) | self._locked_invoice(price=50.0)
        self._post_on(invoices, TODAY)
        payment = self._pay(invoices[0], 450.0, LATER)
        lines = (payment.move_id | invoices).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        lines.reconcile()
        for invoice, total in zip(invoices, (300, 150), strict=True):
            self.assertAlmostEqual(invoice.lock_received_value, total * 7.0021, 2)

    def test_a_credit_note_is_no_money(self):
        invoice = self._locked_invoice(price=100.0)
        self._post_on(invoice, TODAY)
        refund = self._credit(invoice)
        self._post_on(refund, LATER)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(invoice.lock_received_value)
        self.assertEqual(refund.lock_value, -invoice.lock_value)
        self.assertAlmostEqual(refund.lock_variance, -300 * (7.1234 - 7.0021), 2)

    def test_market_of_the_accounting_date(self):
        self.company.lock_booking = "market"
        invoice = self._locked_invoice(price=100.0)
        invoice.invoice_date = TODAY
        invoice.date = LATER
        self._post_on(invoice, LATER)
        self.assertEqual(invoice.date, LATER)
        self.assertAlmostEqual(invoice.market_rate_at_date, 1 / 7.0021, 12)

    def test_reset_to_draft_and_posted_again(self):
        invoice = self._locked_invoice(price=100.0)
        self._post_on(invoice, LATER)
        first = invoice.lock_variance
        invoice.button_draft()
        self.assertFalse(invoice.lock_variance or invoice.market_rate_at_date)
        invoice.invoice_line_ids.quantity = 6
        self._post_on(invoice, LATER)
        self.assertAlmostEqual(invoice.lock_variance, 2 * first, 2)

    def test_unlocked_shows_nothing(self):
        invoice = self._invoice(self._create_quotation(price=100.0))
        self._post_on(invoice, TODAY)
        self.assertFalse(invoice.lock_value or invoice.lock_market_value)
        self.assertFalse(invoice.lock_received_value or invoice.lock_variance)

    def test_the_lock_counts_again(self):
        order = self._create_quotation(price=100.0)
        lock = self._lock(order)
        invoice = self._invoice(order)
        self._post_on(invoice, TODAY)
        self.assertEqual((lock.amount_drawn, lock.amount_open), (300.0, 0.0))
        invoice.button_draft()
        self._post_on(invoice, TODAY)
        self.assertEqual((lock.amount_drawn, lock.amount_open), (300.0, 0.0))
        invoice.button_cancel()
        self.assertEqual((lock.amount_drawn, lock.amount_open), (300.0, 300.0))
