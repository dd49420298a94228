"""Orders and agreements: what goes wrong in other addons, by their public threads, and
what people build for want of a promise."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .agreement_common import AgreementCommon
from .common import END, LATER, TODAY
from .test_public_threads import ThreadCommon


@tagged("post_install", "-at_install")
class TestPeerThreads(ThreadCommon, AgreementCommon):
    """OCA's threads by repository and number, and the shops' addons."""

    def test_core_order_rate_at_confirmation(self):
        """A salesperson quoted at one rate; confirming moved the order's date, and
        with it the order to another rate, while the invoice took a third.

        A locked order is confirmed and invoiced at the rate that was quoted.
        """
        self.company.lock_booking = "locked"
        order = self._create_quotation(price=1000.0)
        self._lock(order)
        moved = TODAY + timedelta(days=5)
        self._set_rate(self.usd, moved, 1 / 7.05)
        with freeze_time(f"{moved} 04:00:00"):
            order.action_confirm()
            self.assertEqual(order.date_order.date(), moved)
            self.assertAlmostEqual(order.currency_rate, 1 / 7.1234, 12)
            self.assertEqual(order.amount_total_company, 21370.2)
        invoice = order._create_invoices()
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")

    def test_core_invoice_rate_is_editable(self):
        """Odoo lets anybody with invoicing rights type a rate on a draft, and forgets
        it on the next copy: two documents of one sale at two rates, and no word why.

        Booked at its lock, an invoice refuses another rate, typed or refreshed.
        """
        self.company.lock_booking = "locked"
        invoice = self._invoice_of()
        for change in (
            lambda: invoice.write({"invoice_currency_rate": 0.5}),
            invoice.refresh_invoice_currency_rate,
        ):
            with self.assertRaisesRegex(UserError, "locked"), self.cr.savepoint():
                change()
        self.assertBookedAt(invoice, "7.1234")

    def test_oca_account_invoicing_1885_rate_before_lines(self):
        """Who typed the manual rate first and the lines afterwards got an invoice at
        the table's rate: only lines that were there already had moved.

        A quotation is locked before it has lines, and a line is added to its draft
        invoice: all of it is booked at the lock.
        """
        self.company.lock_booking = "locked"
        order = self._create_order(currency_id=self.usd.id, order_line=[])
        self._lock(order)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_uom_qty": 3})
        ]
        self.assertAlmostEqual(order.order_line.price_unit, 700 / 7.1234, 2)
        invoice = self._invoice(order)
        invoice.invoice_date = LATER
        with Form(invoice) as form, form.invoice_line_ids.new() as line:
            line.product_id = self.product
            line.price_unit = 10.0
            line.tax_ids.clear()
        self.assertEqual(len(invoice.invoice_line_ids), 2)
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")

    def test_oca_account_invoicing_1885_payment(self):
        """The manual rate of an invoice did not reach its payment, and nobody could
        tell whether the difference in the books was meant.

        It is: money is worth what it is on the day it comes. The payment takes its
        day's rate, Odoo books the difference, and the invoice names all three values.
        """
        self.company.lock_booking = "locked"
        invoice = self._invoice_of()
        self._post_on(invoice, TODAY)
        payment = self._pay(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")
        self.assertEqual(payment.amount_company_currency_signed, 21006.3)
        self.assertAlmostEqual(invoice.lock_received_value, 3000 * 7.0021, 2)
        self.assertAlmostEqual(invoice.lock_value, 3000 * 7.1234, 2)
        [exchange] = self._get_exchange_moves(invoice)
        self.assertAlmostEqual(
            exchange.amount_total_signed, 3000 * (7.1234 - 7.0021), 2
        )
        self.assertTrue(invoice.currency_id.is_zero(invoice.amount_residual))

    def test_oca_sale_workflow_4026(self):
        """A company with dollar books sold for 100,000 at 250 to the dollar. Its list
        of orders showed 25,000,000 dollars: times the rate, not by it.

        100,000 are 400 dollars, at the market's rate and at a locked one, on the order
        and in the sum under a list.
        """
        company = self.other_company
        self.product.company_id = False
        self._set_rate(self.jpy, TODAY, 250.0, company)
        orders = self.env["sale.order"].concat(
            *(
                self._create_quotation(
                    self.jpy, 100_000 / 3, company_id=company.id
                ).with_context(allowed_company_ids=company.ids)
                for _n in range(2)
            )
        )
        self._lock(orders[0])
        self.assertEqual(orders.mapped("amount_total"), [100_000, 100_000])
        self.assertEqual(orders.mapped("currency_rate"), [250, 250])
        self.assertEqual(orders.mapped("amount_total_company"), [400, 400])
        [(total,)] = orders._read_group(
            [("id", "in", orders.ids)], [], ["amount_total_company:sum"]
        )
        self.assertEqual(total, 800)

    # === ADDONS SOLD IN SHOPS === #

    def test_shops_write_into_the_rate_table(self):
        """An addon stored the rate typed on one document in the table of rates: from
        then on every other document of that day was converted at it.

        A promise touches no rate but its own, from quotation to credit note.
        """
        self.company.lock_booking = "locked"
        Rate = self.env["res.currency.rate"]
        fields = ["name", "rate", "currency_id", "company_id", "write_date"]
        table = Rate.search_read([], fields, order="id")
        order = self._create_quotation(price=1000.0)
        order._lock_rate(quoted=("7.2", "company_per_unit"))
        invoice = self._invoice(order)
        self._post_on(invoice, LATER)
        self._post_on(self._credit(invoice), LATER)
        self.assertBookedAt(invoice, "7.2")
        self.assertEqual(Rate.search_read([], fields, order="id"), table)
        other = self._create_quotation(price=1000.0)
        self.assertAlmostEqual(other.currency_rate, 1 / 7.1234, 12)

    def test_shops_let_nothing_expire(self):
        """A rate typed on a quotation in spring was still the one it was ordered at in
        winter.

        A promise has a last day; after it, it is over without anybody's doing.
        """
        order = self._create_quotation(price=1000.0)
        lock = self._lock(order)
        self._run_expiry(self, f"{END} 15:00:00")  # 23:00 in Shanghai
        self.assertEqual(lock.state, "active")
        self._run_expiry(self, f"{END + timedelta(days=2)} 04:00:00")
        self.assertEqual(lock.state, "expired")
        self.assertEqual(order.rate_lock_state, "expired")

    def test_shops_cap_nothing(self):
        """A rate agreed for one shipment was used by every later order of that
        customer.

        An agreement holds for as much as was agreed: the next order is told.
        """
        agreement = self._agree(cap=500.0)
        first, second = (self._create_quotation() for _n in range(2))
        self.assertEqual((first | second).rate_lock_id, agreement)
        first.action_confirm()
        self.assertEqual(agreement.amount_drawn, 300.0)
        with self.assertRaises(UserError), self.cr.savepoint():
            second.action_confirm()
        self.assertEqual(agreement.amount_available, 200.0)

    def test_shops_ask_nobody(self):
        """Whoever could write a quotation could give a customer any rate.

        A rate off the market's waits for a manager, and the quotation without it.
        """
        order = self._create_quotation(price=1000.0, user_id=self.user.id)
        order = order.with_user(self.user)
        lock = order._lock_rate(quoted=("6.0", "company_per_unit")).sudo()
        self.assertEqual(lock.state, "draft")
        self.assertFalse(order.rate_locked)
        self.assertEqual(lock.approval_ids.state, "requested")
        lock.approval_ids.with_user(self.manager).action_approve()
        self.assertEqual(lock.state, "active")
        self.assertAlmostEqual(order.currency_rate, 1 / 6.0, 12)

    def test_nobody_carries_a_promise_to_the_end(self):
        """Nowhere did people find one rate that an order draws from an agreement, and
        that goes on to down payment, final invoice, credit note and payment.

        Here it is the same lock on each of them, and the books add up at its rate.
        """
        self.company.lock_booking = "locked"
        agreement = self._agree(cap=1000.0)
        order = self._create_quotation()
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30.0,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        down = wizard._create_invoices(order)
        self._post_on(down, TODAY + timedelta(days=3))
        final = order._create_invoices(final=True)
        self._post_on(final, LATER)
        self.assertEqual(agreement.amount_drawn, 300.0)
        refund = self._credit(final)
        refund.invoice_line_ids = [
            Command.delete(line.id)
            for line in refund.invoice_line_ids.filtered(
                lambda line: (
                    line.sale_line_ids.is_downpayment
                    or line.display_type in ("line_section", "line_note")
                )
            )
        ]
        refund.invoice_line_ids.quantity = 1
        self._post_on(refund, LATER)
        moves = down | final | refund
        self.assertEqual(moves.rate_lock_id, agreement)
        self.assertEqual(moves.mapped("amount_total_signed"), [630, 1470, -700])
        self.assertEqual(order.amount_total_company, 2100)
        self._pay(down, LATER)
        self.assertEqual(down.lock_received_value, 630.19)
        self.assertEqual(down.lock_value, 630)
        self.assertEqual(down.rate_lock_id, agreement)
