from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .booked_common import BookedCommon
from .common import LATER, QUOTED, TODAY


@tagged("post_install", "-at_install")
class TestBookedAtLock(BookedCommon):
    """Companies whose books follow the lock."""

    def test_carries_the_lock(self):
        invoice = self._locked_invoice()
        order = invoice.line_ids.sale_line_ids.order_id
        self.assertEqual(invoice.rate_lock_id, order.rate_lock_id)
        self.assertEqual(invoice.locked_rate, order.locked_rate)
        self.assertTrue(invoice.rate_locked and invoice.booked_at_lock)
        self.assertEqual(invoice.search([("rate_locked", "=", True)]), invoice)

    def test_says_by_which_lock_and_whose_rate(self):
        """It was said to be the document's own rate, and a rounded one."""
        order = self._create_quotation(self.jpy, 1000, user_id=self.user.id)
        lock = order.with_user(self.user)._lock_rate(
            quoted=("0.047", "company_per_unit")
        )
        invoice = self._invoice(order)
        said = (
            f"100 JPY = 4.7000 CNY (locked by {lock.name}: typed by {self.user.name}, "
            "11/20/2026)"
        )
        self.assertEqual(invoice.invoice_rate_note, said)
        self._post_on(invoice, LATER)
        self.env.invalidate_all()
        accountant = self._create_salesperson(
            "noting_accountant", "account.group_account_invoice"
        )
        self.assertEqual(invoice.with_user(accountant).invoice_rate_note, said)
        self.assertEqual(self._credit(invoice).invoice_rate_note, said)

    def test_a_correction_says_whose_rate_it_takes(self):
        self.company.lock_booking = "market"
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        credit_note = self._credit(invoice)
        self.assertTrue(credit_note.at_origin_rate)
        self.assertIn(f"(the rate of {invoice.name}", credit_note.invoice_rate_note)

    def test_currencies_with_0_2_and_3_decimals(self):
        for currency, price in (
            (self.jpy, 123457),
            (self.usd, 1234.56),
            (self.eur, 0.07),
            (self.kwd, 98.765),
        ):
            with self.subTest(currency=currency.name):
                invoice = self._locked_invoice(currency, price)
                self.assertBookedAt(invoice, QUOTED[currency.name])
                self._post_on(invoice, LATER)
                self.assertEqual(invoice.invoice_date, LATER)
                self.assertBookedAt(invoice, QUOTED[currency.name])

    def test_taxes_and_terms_at_the_lock(self):
        tax = self._create_tax()
        order = self._create_quotation(price=33.33)
        order.order_line.tax_ids = tax
        order.payment_term_id = self.env["account.payment.term"].create(
            {
                "name": "30% now",
                "line_ids": [
                    Command.create({"value_amount": 30.0, "nb_days": 0}),
                    Command.create({"value_amount": 70.0, "nb_days": 60}),
                ],
            }
        )
        self._lock(order)
        invoice = self._invoice(order)
        self._post_on(invoice, LATER)
        self.assertEqual(len(invoice.line_ids.filtered("date_maturity")), 2)
        self.assertBookedAt(invoice, "7.1234", cents=4)

    def test_whatever_the_date(self):
        invoice = self._locked_invoice()
        for day in (TODAY - timedelta(days=200), LATER, TODAY):
            invoice.invoice_date = day
            self.assertBookedAt(invoice, "7.1234")
        self._post_on(invoice, LATER, LATER)
        self.assertBookedAt(invoice, "7.1234")

    def test_posted_without_a_date_on_the_creation_days_rate(self):
        # core erases a manual rate that equals the rate of the creation day
        invoice = self._locked_invoice()
        self._set_rate(self.usd, invoice.create_date.date(), invoice.locked_rate)
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")

    def test_reset_to_draft(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, LATER)
        variance = invoice.lock_variance
        self.assertTrue(variance)
        invoice.button_draft()
        self.assertFalse(invoice.lock_variance)
        self.assertBookedAt(invoice, "7.1234")
        invoice.invoice_line_ids.quantity = 5
        invoice.invoice_date = TODAY
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")

    def test_the_rate_is_not_edited(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, LATER)
        invoice.button_draft()
        usd_journal = self.env["account.journal"].create(
            {
                "name": "Euros",
                "type": "sale",
                "code": "EURS",
                "currency_id": self.eur.id,
                "company_id": self.company.id,
            }
        )
        for change in (
            invoice.refresh_invoice_currency_rate,
            lambda: invoice.write({"invoice_currency_rate": 0.5}),
            lambda: invoice.write({"currency_id": self.eur.id}),
            lambda: invoice.write({"journal_id": usd_journal.id, "name": "/"}),
        ):
            with self.assertRaisesRegex(UserError, "locked"), self.cr.savepoint():
                change()
                self.env.flush_all()
        self.assertBookedAt(invoice, "7.1234")

    def test_a_posted_document_keeps_its_lock(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, LATER)
        for values in ({"rate_lock_id": False}, {"booked_at_lock": False}):
            with self.assertRaisesRegex(UserError, "posted"):
                invoice.write(values)

    def test_the_setting_changes_no_invoice(self):
        draft, posted = self._locked_invoice(), self._locked_invoice()
        self._post_on(posted, LATER)
        self.company.lock_booking = "market"
        self._post_on(draft, LATER)
        self.assertBookedAt(draft, "7.1234")
        posted.button_draft()
        self.assertBookedAt(posted, "7.1234")

    def test_a_release_frees_drafts(self):
        invoice = self._locked_invoice()
        order = invoice.line_ids.sale_line_ids.order_id
        order._release_rate("Over")
        self.assertFalse(invoice.rate_locked or invoice.booked_at_lock)
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.0021")

    def test_a_duplicate_carries_none(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        copied = invoice.copy()
        self.assertFalse(
            copied.rate_lock_id or copied.locked_rate or copied.booked_at_lock
        )
        self._post_on(copied, LATER)
        self.assertBookedAt(copied, "7.0021")

    def test_what_recurs_carries_none(self):
        invoice = self._locked_invoice()
        invoice.auto_post = "monthly"
        self._post_on(invoice, TODAY, TODAY)
        following = self.env["account.move"].search(
            [("auto_post_origin_id", "=", invoice.id), ("id", "!=", invoice.id)]
        )
        self.assertEqual(len(following), 1)
        self.assertTrue(invoice.booked_at_lock)
        self.assertFalse(following.rate_lock_id or following.booked_at_lock)
        self.assertFalse(following.lock_booked_from or following.lock_books_tax)

    def test_books_of_another_company_are_not_reached(self):
        self._load_chart(self.other_company)
        invoice = self._locked_invoice()
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.other_company.id), ("type", "=", "sale")], limit=1
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            invoice.journal_id = journal
            self.env.flush_all()
        self.assertBookedAt(invoice, "7.1234")

    def test_another_company(self):
        self.product.company_id = False
        self._load_chart(self.other_company)
        self._book_at_lock(self.other_company)
        env = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": self.other_company.ids,
            }
        )
        order = self._create_quotation(self.eur, 50.0, company_id=self.other_company.id)
        order = order.with_env(env)
        self._lock(order)
        invoice = self._invoice(order)
        self._post_on(invoice, LATER)
        self.assertTrue(invoice.booked_at_lock)
        self.assertAlmostEqual(invoice.amount_total_signed, 150 / 0.9, 2)

    def test_books_with_0_and_3_decimals(self):
        for currency, rate in ((self.jpy, 0.0067), (self.kwd, 3.25)):
            company = self._create_company(f"In {currency.name}", currency)
            self._load_chart(company)
            self.env.user.company_ids |= company
            self._book_at_lock(company)
            self._set_rate(self.usd, TODAY, rate, company)
            self._set_rate(self.usd, LATER, rate * 1.1, company)
            self.product.company_id = False
            here = company.with_context(allowed_company_ids=company.ids).env
            with self.subTest(books=currency.name):
                order = self._create_quotation(price=77.77, company_id=company.id)
                order = order.with_env(here)
                self._lock(order)
                invoice = self._invoice(order)
                self._post_on(invoice, LATER)
                self.assertBookedAt(invoice, 1 / rate)
                self.assertEqual(
                    currency.compare_amounts(
                        invoice.amount_total_signed, order.amount_total_company
                    ),
                    0,
                )

    def test_the_company_currency_has_rates_of_its_own(self):
        self._set_rate(self.cny, TODAY, 2.0)
        self._set_rate(self.cny, LATER, 4.0)
        invoice = self._locked_invoice(price=1000.0)
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, 2 * 7.1234)
        # 3,000 USD at 14.2468 promised, 28.0084 in the market
        self.assertAlmostEqual(
            invoice.lock_variance, 3000 * (2 * 7.1234 - 4 * 7.0021), 2
        )

    # === ORDERS IN PARTS === #

    def test_down_payment_and_final(self):
        order = self._create_quotation(price=1000.03)
        self._lock(order)
        order.action_confirm()
        for method, amount in (("percentage", {"amount": 30}), ("fixed", None)):
            wizard = self.env["sale.advance.payment.inv"].create(
                {
                    "advance_payment_method": method,
                    "sale_order_ids": [Command.set(order.ids)],
                    **(amount or {"fixed_amount": 77.77}),
                }
            )
            down = wizard._create_invoices(order)
            self.assertEqual(down.rate_lock_id, order.rate_lock_id)
            self._post_on(down, LATER)
            self.assertBookedAt(down, "7.1234", cents=4)
        final = order._create_invoices(final=True)
        self._post_on(final, LATER + timedelta(days=3))
        self.assertBookedAt(final, "7.1234", cents=4)
        revenue = order.invoice_ids.line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        self.assertAlmostEqual(
            -sum(revenue.mapped("balance")), order.amount_total_company, 2
        )

    def test_partial_invoices(self):
        self.product.invoice_policy = "delivery"
        order = self._create_quotation(price=100.0)
        self._lock(order)
        order.action_confirm()
        for delivered in (1, 3):
            order.order_line.qty_delivered = delivered
            invoice = order._create_invoices()
            self._post_on(invoice, LATER)
            self.assertEqual(invoice.rate_lock_id, order.rate_lock_id)
            self.assertBookedAt(invoice, "7.1234")

    def test_two_locks_never_share_an_invoice(self):
        orders = self.env["sale.order"].concat(
            *(self._create_quotation(price=10.0) for _n in range(4))
        )
        orders[:2].action_lock_rate()
        orders.action_confirm()
        invoices = orders._create_invoices()
        self.assertEqual(len(invoices), 3)
        for order in orders[:2]:
            self.assertEqual(order.invoice_ids.rate_lock_id, order.rate_lock_id)
        self.assertFalse(orders[2:].invoice_ids.rate_lock_id)
        self.assertEqual(len(orders[2:].invoice_ids), 1)
