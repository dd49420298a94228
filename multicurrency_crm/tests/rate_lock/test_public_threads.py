"""Invoices that people lost a rate on, as they told it in Odoo's public threads."""

from datetime import timedelta
from unittest import SkipTest

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LATER, TODAY, RateLockCommon


class ThreadCommon(RateLockCommon):
    def _book_at(self, books):
        self.company.lock_booking = books

    def _invoice_of(self, currency=None, price=1000.0, locked=True):
        """A draft invoice of 3 × ``price``."""
        order = self._create_quotation(currency, price)
        if locked:
            self._lock(order)
        return self._invoice(order)

    def _credit(self, invoices, modify=False):
        """Credit notes by the wizard, on a later day than the invoices."""
        with freeze_time(f"{LATER} 04:00:00"):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=invoices.ids)
                .create({"date": LATER, "journal_id": invoices.journal_id.id})
            )
            if modify:
                wizard.modify_moves()
            else:
                wizard.refund_moves()
        return invoices.reversal_move_ids

    def _pay(self, invoice, day):
        """Register the payment of all that is open, in the invoice's currency."""
        with freeze_time(f"{day} 04:00:00"):
            return (
                self.env["account.payment.register"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create({"payment_date": day, "currency_id": invoice.currency_id.id})
                ._create_payments()
            )

    def _get_exchange_moves(self, moves):
        lines = moves.line_ids
        partials = lines.matched_credit_ids | lines.matched_debit_ids
        return partials.exchange_move_id

    def assertCancelsOut(self, refund, invoice):
        """The credit note takes back in the books what the invoice put there."""
        self.assertAlmostEqual(
            refund.invoice_currency_rate, invoice.invoice_currency_rate, 12
        )
        self.assertAlmostEqual(refund.amount_total_signed, -invoice.amount_total_signed)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(self._get_exchange_moves(invoice | refund))


@tagged("post_install", "-at_install")
class TestOdooThreads(ThreadCommon):
    """github.com/odoo/odoo, by number."""

    def test_odoo_272856(self):
        """A clerk set an invoice without a date to the rate of the day on which it was
        made, and meant it; the country takes the rate of the day of supply. Posting
        compared the two rates, saw a rate that nobody seemed to have touched, and put
        the one of the day of supply.

        Whether an invoice is booked at its lock is stored: a rate that happens to be
        the one of some day proves nothing, and stays.
        """
        self._book_at("locked")
        invoice = self._invoice_of()
        made = invoice.create_date.date()
        if made != TODAY:
            self._set_rate(self.usd, made, invoice.locked_rate)
        move_class = self.registry["account.move"]
        supplied = TODAY - timedelta(days=90)
        self.patch(move_class, "_get_invoice_currency_rate_date", lambda move: supplied)
        invoice.taxable_supply_date = supplied
        self._post_on(invoice, LATER)
        self.assertEqual(invoice.invoice_date, LATER)
        self.assertNotAlmostEqual(invoice.expected_currency_rate, invoice.locked_rate)
        self.assertBookedAt(invoice, "7.1234")

    def test_odoo_219561(self):
        """An invoice of December was corrected in January: credit note dated in the
        new year, booked in the old one. Odoo took January's rate, and the year that
        was closed showed an exchange difference on a sale that never was.

        The credit note of a locked invoice takes its rate, by whichever of the two
        dates, and so does any other where the company wants that.
        """
        self.company.refund_at_origin_rate = True
        for books, locked in (("locked", True), ("market", True), ("market", False)):
            with self.subTest(books=books, locked=locked):
                self._book_at(books)
                invoice = self._invoice_of(locked=locked)
                self._post_on(invoice, TODAY)
                refund = self._credit(invoice)
                refund.write({"invoice_date": LATER, "date": TODAY})
                self._post_on(refund, LATER)
                self.assertCancelsOut(refund, invoice)

    def test_odoo_289592(self):
        """Somebody took back foreign invoices with the wizard, weeks later. Each
        credit note came at its own day's rate, and the books showed gains and losses
        between documents that cancel each other.

        With a lock there are none, in either way to book, also for several invoices
        at a time: each has the rate of its own.
        """
        for books in ("locked", "market"):
            with self.subTest(books=books):
                self._book_at(books)
                first = self._invoice_of()
                self._post_on(first, TODAY)
                second = self._invoice_of(price=12.34)
                self._post_on(second, TODAY + timedelta(days=20))
                third = self._invoice_of(price=77.7)
                self._post_on(third, TODAY)
                refunds = self._credit(first | second)
                self._post_on(refunds.filtered(lambda r: r.state == "draft"), LATER)
                for invoice in first | second:
                    self.assertCancelsOut(invoice.reversal_move_ids, invoice)
                self.assertCancelsOut(self._credit(third, modify=True), third)

    def test_odoo_288655_credit_note(self):
        """In Peru a credit note changes an amount, not the day on which its tax fell
        due: it is converted at the rate of the invoice. Odoo took the credit note's.

        A part of a locked invoice comes back at the rate at which it went out.
        """
        for books, quoted in (("locked", "7.1234"), ("market", "7.0021")):
            with self.subTest(books=books):
                self._book_at(books)
                invoice = self._invoice_of()
                self._post_on(invoice, LATER)
                self._set_rate(self.usd, LATER + timedelta(days=9), 1 / 8.0)
                refund = self._credit(invoice)
                refund.invoice_line_ids.quantity = 1
                self._post_on(refund, LATER + timedelta(days=9))
                self.assertBookedAt(refund, quoted)
                self.assertEqual(refund.rate_lock_id, invoice.rate_lock_id)
                self.env["res.currency.rate"].search(
                    [("name", "=", LATER + timedelta(days=9))]
                ).unlink()

    def test_odoo_288655_debit_note(self):
        """The same for a debit note: a price put up afterwards is part of the same
        operation, yet Odoo converted it at the day of the debit note.

        A debit note of a locked invoice carries the lock and takes the rate.
        """
        if "account.debit.note" not in self.env:
            raise SkipTest("account_debit_note isn't installed")
        for books, quoted in (("locked", "7.1234"), ("market", "7.1234")):
            with self.subTest(books=books):
                self._book_at(books)
                invoice = self._invoice_of()
                self._post_on(invoice, TODAY)
                self.env["account.debit.note"].with_context(
                    active_model="account.move", active_ids=invoice.ids
                ).create({"date": LATER, "copy_lines": True}).create_debit()
                debit = invoice.debit_note_ids
                self._post_on(debit, LATER)
                self.assertEqual(debit.rate_lock_id, invoice.rate_lock_id)
                self.assertBookedAt(debit, quoted)

    def test_odoo_187328(self):
        """Of an order in dollars the down payment's invoice was moved to another
        currency. The order took over the bare figure, 50 of one for 50 of the other,
        and the final invoice deducted an amount that nobody had paid.

        An invoice with a lock stays in the currency of its promise, and the order
        keeps what was asked for.
        """
        for books in ("locked", "market"):
            with self.subTest(books=books):
                self._book_at(books)
                order = self._create_quotation(price=100.0)
                self._lock(order)
                order.action_confirm()
                wizard = self.env["sale.advance.payment.inv"].create(
                    {
                        "advance_payment_method": "percentage",
                        "amount": 50.0,
                        "sale_order_ids": [Command.set(order.ids)],
                    }
                )
                down = wizard._create_invoices(order)
                with self.assertRaisesRegex(UserError, "USD"), self.cr.savepoint():
                    down.currency_id = self.eur
                self._post_on(down, LATER)
                line = order.order_line.filtered("is_downpayment")
                self.assertIn(150.0, line.mapped("price_unit"))
                final = order._create_invoices(final=True)
                self.assertEqual(final.amount_total, 150.0)
                self.assertEqual(final.rate_lock_id, order.rate_lock_id)

    def test_odoo_48502(self):
        """In Portugal no receipt may be worth more than its invoice. The currency rose
        before the customer paid, so that people changed the rate of the day to the
        invoice's, wrote the receipt, and changed it back.

        The payment is booked at its own day and the difference shown as Odoo shows it;
        the invoice says what was promised, what the market gave and what came in, so
        that a receipt can be written without touching a rate.
        """
        euro = {"locked": "7.75", "market": "7.75"}
        for books, quoted in euro.items():
            with self.subTest(books=books):
                self._book_at(books)
                invoice = self._invoice_of(self.eur)
                self._post_on(invoice, TODAY)
                table = self._read_rates()
                self._pay(invoice, LATER)
                self.assertEqual(self._read_rates(), table)
                self.assertBookedAt(invoice, quoted)
                self.assertTrue(invoice.currency_id.is_zero(invoice.amount_residual))
                self.assertEqual(invoice.lock_value, 3000 * 7.75)
                self.assertEqual(invoice.lock_market_value, 3000 * 7.75)
                self.assertAlmostEqual(invoice.lock_received_value, 3000 * 7.8, 2)
                exchange = self._get_exchange_moves(invoice)
                self.assertAlmostEqual(exchange.amount_total_signed, 3000 * 0.05)

    def _read_rates(self):
        return self.env["res.currency.rate"].search_read(
            [], ["name", "rate", "currency_id", "company_id"], order="id"
        )
