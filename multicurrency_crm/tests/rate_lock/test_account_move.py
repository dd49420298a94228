from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LATER, QUOTED, QUOTED_LATER, TODAY, RateLockCommon


@tagged("post_install", "-at_install")
class TestBookedAtLock(RateLockCommon):
    """Companies whose books follow the lock."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "lock_booking": "locked",
                "lock_booking_from": TODAY - timedelta(days=300),
                "lock_books_tax": True,
            }
        )

    def _locked_invoice(self, currency=None, price=1234.56):
        order = self._create_quotation(currency, price)
        self._lock(order)
        return self._invoice(order)

    def test_carries_the_lock(self):
        invoice = self._locked_invoice()
        order = invoice.line_ids.sale_line_ids.order_id
        self.assertEqual(invoice.rate_lock_id, order.rate_lock_id)
        self.assertEqual(invoice.locked_rate, order.locked_rate)
        self.assertTrue(invoice.rate_locked and invoice.booked_at_lock)
        self.assertEqual(invoice.search([("rate_locked", "=", True)]), invoice)

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
        tax = self.env["account.tax"].create({"name": "13%", "amount": 13.0})
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

    # === CREDIT NOTES === #

    def _refund(self, invoice, **values):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": LATER, "journal_id": invoice.journal_id.id, **values})
        )
        with freeze_time(f"{LATER} 04:00:00"):
            return wizard

    def test_full_refund(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        wizard = self._refund(invoice)
        wizard.refund_moves()
        refund = wizard.new_move_ids
        self.assertEqual(refund.rate_lock_id, invoice.rate_lock_id)
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(refund.reversed_entry_id, invoice)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(invoice.line_ids.matched_credit_ids.exchange_move_id)

    def test_partial_refund(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        wizard = self._refund(invoice)
        wizard.refund_moves()
        refund = wizard.new_move_ids
        refund.invoice_line_ids.quantity = 1
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(refund.amount_total, 1234.56)

    def test_refund_and_new(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        self.company.lock_booking = "market"
        wizard = self._refund(invoice)
        with freeze_time(f"{LATER} 04:00:00"):
            wizard.modify_moves()
        new = wizard.new_move_ids
        refund = invoice.reversal_move_ids
        self.assertEqual((refund.state, new.state), ("posted", "draft"))
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(new.rate_lock_id, invoice.rate_lock_id)
        self._post_on(new, LATER)
        self.assertBookedAt(new, "7.1234")

    def test_a_duplicate_carries_none(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        copied = invoice.copy()
        self.assertFalse(
            copied.rate_lock_id or copied.locked_rate or copied.booked_at_lock
        )
        self._post_on(copied, LATER)
        self.assertBookedAt(copied, "7.0021")

    def test_refund_after_a_release(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        order = invoice.line_ids.sale_line_ids.order_id
        draft = order.copy()
        self._lock(draft)
        order._release_rate("Over")
        self.assertBookedAt(invoice, "7.1234")
        wizard = self._refund(invoice)
        wizard.refund_moves()
        self._post_on(wizard.new_move_ids, LATER)
        self.assertBookedAt(wizard.new_move_ids, "7.1234")

    def test_a_release_frees_drafts(self):
        invoice = self._locked_invoice()
        order = invoice.line_ids.sale_line_ids.order_id
        order._release_rate("Over")
        self.assertFalse(invoice.rate_locked or invoice.booked_at_lock)
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.0021")

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


@tagged("post_install", "-at_install")
class TestBookedAtMarket(RateLockCommon):
    """The default: the lock is carried and shown, the books take the market."""

    def _pair(self, currency=None, price=1234.56):
        """The invoices of two equal orders, one of them locked."""
        orders = self._create_quotation(currency, price)
        orders |= self._create_quotation(currency, price)
        orders[0].action_lock_rate()
        orders.action_confirm()
        return [order._create_invoices() for order in orders]

    def _amounts(self, move):
        return move.line_ids.sorted("balance").mapped(
            lambda line: (line.balance, line.amount_currency)
        )

    def test_odoos_own_amounts(self):
        for currency, price in ((self.jpy, 1777), (self.usd, 9.99), (self.kwd, 3.335)):
            with self.subTest(currency=currency.name):
                locked, plain = self._pair(currency, price)
                self.assertTrue(locked.rate_locked)
                self.assertFalse(locked.booked_at_lock or plain.rate_locked)
                self._post_on(locked, LATER)
                self._post_on(plain, LATER)
                self.assertEqual(self._amounts(locked), self._amounts(plain))
                self.assertBookedAt(locked, QUOTED_LATER[currency.name])
                refunds = (locked | plain)._reverse_moves(
                    [{"invoice_date": TODAY}, {"invoice_date": TODAY}]
                )
                refunds.action_post()
                # the locked invoice's takes its rate, Odoo's the one of its own day
                self.assertBookedAt(refunds[0], QUOTED_LATER[currency.name])
                self.assertBookedAt(refunds[1], QUOTED[currency.name])
                self.assertEqual(refunds[0].rate_lock_id, locked.rate_lock_id)
                self.assertFalse(refunds[1].rate_lock_id)

    def test_the_rate_may_be_edited_as_ever(self):
        locked, _plain = self._pair()
        locked.invoice_currency_rate = 0.5
        locked.refresh_invoice_currency_rate()
        with self.assertRaisesRegex(UserError, "USD"), self.cr.savepoint():
            locked.currency_id = self.eur

    def test_variance(self):
        locked, plain = self._pair(price=1000.0)
        self._post_on(locked | plain, LATER)
        self.assertAlmostEqual(locked.market_rate_at_date, 1 / 7.0021, 12)
        # 3,000 USD promised at 7.1234, worth 7.0021 in the market
        self.assertAlmostEqual(locked.lock_variance, 3000 * (7.1234 - 7.0021), 2)
        self.assertFalse(plain.lock_variance or plain.market_rate_at_date)
        self.assertEqual(locked.is_manually_modified, plain.is_manually_modified)
        refund = locked._reverse_moves([{"invoice_date": LATER}])
        self.assertFalse(refund.lock_variance)
        refund.action_post()
        self.assertAlmostEqual(refund.lock_variance, -locked.lock_variance, 2)

    def test_variance_is_frozen(self):
        locked, _plain = self._pair()
        self._post_on(locked, LATER)
        before = locked.lock_variance
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id), ("name", "=", LATER)]
        ).rate = 0.2
        self.env.invalidate_all()
        self.assertEqual(locked.lock_variance, before)

    def test_no_market_rate_no_variance(self):
        locked, _plain = self._pair()
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id)]
        ).unlink()
        self._post_on(locked, LATER)
        self.assertFalse(locked.lock_variance or locked.market_rate_at_date)

    def test_another_company(self):
        self.product.company_id = False
        self._load_chart(self.other_company)
        self.other_company.lock_booking = "locked"
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
