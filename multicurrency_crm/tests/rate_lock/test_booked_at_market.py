from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LATER, QUOTED, QUOTED_LATER, TODAY, RateLockCommon


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
