from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TODAY, RateLockCommon


class AgreementCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls._create_salesperson(
            "agreeing_finance",
            "sales_team.group_sale_salesman,multicurrency_crm.group_finance",
        )
        cls.product.list_price = 700.0

    @classmethod
    def _agree(cls, quoted="7.0", cap=0.0, days=90, **values):
        agreement = cls.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "currency_id": cls.usd.id,
                "quoted_rate": quoted,
                "date_start": TODAY,
                "date_end": TODAY + timedelta(days=days),
                "amount_cap": cap,
                **values,
            }
        )
        agreement.action_activate()
        return agreement

    @classmethod
    def _send(cls, order):
        order.action_quotation_sent()


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCommon):
    def test_a_quotation_takes_it_by_itself(self):
        agreement = self._agree()
        order = self._create_quotation()
        self.assertEqual(order.rate_lock_id, agreement)
        self.assertEqual(order.locked_rate, agreement.rate)
        self.assertEqual(order.rate_lock_state, "locked")
        line = order.order_line
        self.assertAlmostEqual(line.price_unit, line.product_id.list_price / 7.0, 2)
        order.action_confirm()
        self.assertEqual(order.rate_lock_state, "used")
        self.assertEqual(agreement.state, "active")
        self.assertAlmostEqual(agreement.amount_drawn, order.amount_total, 2)

    def test_only_of_that_customer_and_currency(self):
        agreement = self._agree()
        self.assertFalse(self._create_quotation(self.eur).rate_lock_id)
        other = self.env["res.partner"].create({"name": "Somebody else"})
        stranger = self._create_quotation(partner_id=other.id)
        self.assertFalse(stranger.rate_lock_id)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        order = self._create_quotation(partner_id=contact.id)
        self.assertEqual(order.rate_lock_id, agreement)

    def test_not_before_its_start_nor_after_its_end(self):
        self._agree(date_start=TODAY + timedelta(days=3), days=5)
        self.assertFalse(self._create_quotation().rate_lock_id)
        with freeze_time(f"{TODAY + timedelta(days=5)} 04:00:00"):
            self.assertTrue(self._create_quotation().rate_lock_id)
        with freeze_time(f"{TODAY + timedelta(days=6)} 04:00:00"):
            self.assertFalse(self._create_quotation().rate_lock_id)

    def test_the_newest_with_room(self):
        older = self._agree(cap=100_000, date_start=TODAY - timedelta(days=9))
        newest = self._agree("7.05", cap=500)
        first = self._create_order(currency_id=self.usd.id)
        self.assertEqual(first.rate_lock_id, newest)
        first.action_confirm()
        self.assertGreater(newest.amount_available, 0)
        second = self._create_order(lines=3, currency_id=self.usd.id)
        self.assertEqual(second.rate_lock_id, older)
        self.assertEqual(second.order_line.mapped("price_unit"), [100.0] * 3)

    def test_a_copy_carries_none_until_it_is_sent(self):
        agreement = self._agree()
        order = self._create_quotation()
        copy = order.copy()
        self.assertFalse(copy.rate_lock_id)
        self.assertFalse(copy.locked_rate)
        self._send(copy)
        self.assertEqual(copy.rate_lock_id, agreement)

    def test_an_order_leaves_it_alone(self):
        agreement = self._agree()
        order, other = self._create_quotation(), self._create_quotation()
        with self.assertRaisesRegex(UserError, "Say why"):
            order._release_rate(" ")
        order._release_rate("wants another rate")
        self.assertFalse(order.rate_locked)
        self.assertEqual(order.rate_lock_state, "released")
        self.assertEqual(agreement.state, "active")
        self.assertTrue(other.rate_locked)
        self.assertIn("wants another rate", agreement.message_ids[0].body)
        self._send(order)
        self.assertFalse(order.rate_locked, "who left stays out")
        other.unlink()
        self.assertEqual(agreement.state, "active", "the others keep theirs")

    def test_states_are_found_by_order(self):
        agreement = self._agree()
        quotation, ordered, left = (self._create_quotation() for _ in range(3))
        ordered.action_confirm()
        left._release_rate("other rate")
        for state, order in (
            ("locked", quotation),
            ("used", ordered),
            ("released", left),
        ):
            self.assertEqual(order.rate_lock_state, state)
            found = self.env["sale.order"].search(
                [("rate_lock_state", "=", state), ("rate_lock_id", "=", agreement.id)]
            )
            self.assertEqual(found, order)

    def test_finance_agrees_in_the_form(self):
        form = Form(
            self.env["fx.rate.lock"]
            .with_user(self.finance)
            .with_context(default_kind="agreement")
        )
        form.partner_id = self.customer
        form.currency_id = self.usd
        form.quoted_rate = "7.1"
        form.date_end = TODAY + timedelta(days=30)
        form.amount_cap = 10_000
        agreement = form.save()
        agreement.action_activate()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.quoted_rate, "7.1")
        self.assertTrue(agreement.source)
        self.assertEqual(agreement.invoice_by, TODAY + timedelta(days=120))
        for values in ({"state": "draft"}, {"amount_overdraw": 9}, {"amount_cap": 1}):
            with self.assertRaises(UserError):
                agreement.write(values)
        with self.assertRaises(AccessError):
            agreement.with_user(self.user).write({"note": "mine"})

    def test_a_rate_far_from_the_market_waits_for_a_manager(self):
        agreement = self._agree("6.5")
        self.assertEqual(agreement.state, "draft")
        self.assertFalse(self._create_quotation().rate_lock_id)
        approval = self.env["fx.rate.approval"].search([("lock_id", "=", agreement.id)])
        approval.with_user(self.manager).action_approve()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(self._create_quotation().rate_lock_id, agreement)

    def test_bad_terms_are_refused(self):
        over = {
            "date_start": TODAY - timedelta(days=9),
            "date_end": TODAY - timedelta(days=1),
        }
        for values, sentence in (
            ({"quoted": "abc"}, "can't be locked"),
            (over, "over already"),
            ({"currency_id": self.company.currency_id.id}, "own currency"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self._agree(**values)

    def test_customers_without_one_cost_no_query(self):
        self._create_quotation()
        order = self._create_quotation()
        with self.assertQueryCount(0):
            order._take_agreement()


@tagged("post_install", "-at_install")
class TestDrawing(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._agree(cap=1000)

    def _taken(self):
        lock = self.agreement
        return lock.amount_reserved, lock.amount_drawn, lock.amount_available

    def test_reserved_when_sent_drawn_when_confirmed(self):
        order = self._create_quotation(price=100)
        self.assertEqual(self._taken(), (0, 0, 1000))
        self._send(order)
        self.assertEqual(self._taken(), (300, 0, 700))
        order.action_confirm()
        self.assertEqual(self._taken(), (0, 300, 700))
        order.order_line.product_uom_qty = 4
        self.assertEqual(self._taken(), (0, 400, 600))
        order._action_cancel()
        self.assertEqual(self._taken(), (0, 0, 1000))

    def test_a_reservation_ends_with_the_quotation(self):
        order = self._create_quotation(price=100)
        self._send(order)
        with freeze_time(f"{order.validity_date + timedelta(days=1)} 04:00:00"):
            self.env["fx.rate.lock"]._update_reservations()
            self.assertEqual(self._taken(), (0, 0, 1000))

    def test_more_than_is_left(self):
        first, second = (self._create_quotation(price=200) for _ in range(2))
        first.action_confirm()
        self.assertIn("400.00", second.lock_room_note)
        with self.assertRaisesRegex(UserError, "400.00 is left"), self.cr.savepoint():
            second.action_confirm()
        with self.assertRaises(AccessError):
            second.with_user(self.user)._allow_overdraw("please")
        second._allow_overdraw("the last of the season")
        second.action_confirm()
        self.assertEqual(self._taken(), (0, 1200, 0))
        self.assertIn("season", self.agreement.message_ids[0].body)

    def test_a_confirmed_order_grows_within_the_cap(self):
        order = self._create_quotation(price=100)
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "second quotation"), self.cr.savepoint():
            order.order_line.product_uom_qty = 11
        order.order_line.product_uom_qty = 10
        self.assertEqual(self._taken(), (0, 1000, 0))

    def test_down_payments_never_add(self):
        order = self._create_quotation(price=200)
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        wizard._create_invoices(order).action_post()
        self.assertEqual(self._taken(), (0, 600, 400))
        self.assertAlmostEqual(self.agreement.amount_open, 420, 2)
        order.order_line.filtered(
            lambda line: not line.is_downpayment
        ).qty_delivered = 3
        order._create_invoices(final=True).action_post()
        self.assertEqual(self._taken(), (0, 600, 400))
        self.assertAlmostEqual(self.agreement.amount_open, 0, 2)

    def test_cancelled_keeps_what_was_invoiced(self):
        order = self._create_quotation(price=200)
        order.action_confirm()
        order.order_line.qty_delivered = 1
        order.order_line.product_id.invoice_policy = "delivery"
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        order._action_cancel()
        self.assertEqual(self._taken(), (0, 200, 800))
        invoice.button_draft()
        self.assertEqual(self._taken(), (0, 0, 1000))

    def _refund(self, invoice, price=None, quantity=None):
        refund = invoice._reverse_moves([{"invoice_date": TODAY}])
        for line in refund.invoice_line_ids:
            line.update(
                {
                    "price_unit": price or line.price_unit,
                    "quantity": quantity or line.quantity,
                }
            )
        refund.action_post()
        return refund

    def test_a_return_gives_back_a_rebate_does_not(self):
        order = self._create_quotation(price=100)
        invoice = self._invoice(order)
        order.order_line.qty_delivered = 3
        invoice.action_post()
        self._refund(invoice, price=10)
        self.assertEqual(self._taken(), (0, 300, 700))
        order.order_line.qty_delivered = 2
        self._refund(invoice, quantity=1)
        self.assertEqual(self._taken(), (0, 200, 800))

    def test_a_rebate_gives_back_by_setting(self):
        self.company.lock_rebate_returns = True
        order = self._create_quotation(price=100)
        invoice = self._invoice(order)
        order.order_line.qty_delivered = 3
        invoice.action_post()
        self._refund(invoice, price=10)
        self.assertEqual(self._taken(), (0, 270, 730))

    def test_untaxed_amounts_draw(self):
        self.agreement._release("replaced")
        agreement = self._agree(cap=1000, cap_basis="untaxed")
        order = self._create_quotation(price=100)
        order.order_line.tax_ids = self.env["account.tax"].create(
            {"name": "10 %", "amount": 10, "company_id": self.company.id}
        )
        self.assertTrue(order.amount_tax)
        order.action_confirm()
        self.assertEqual(agreement.amount_drawn, order.amount_untaxed)

    def test_worth_today(self):
        order = self._create_quotation(price=100)
        order.action_confirm()
        worth = 300 * (float("7.1234") - 7.0)
        self.assertAlmostEqual(self.agreement.mark_to_market, worth, 2)
        self.assertAlmostEqual(self.agreement.rate_deviation, 7.1234 / 7.0 - 1, 10)


@tagged("post_install", "-at_install")
class TestMargin(RateLockCommon):
    def _margin(self, basis_points, days=0, currency=None):
        return self.env["fx.rate.margin"].create(
            {
                "company_id": self.company.id,
                "currency_id": currency and currency.id,
                "days": days,
                "basis_points": basis_points,
            }
        )

    def test_spot_moves_in_our_favour(self):
        self._margin(100)
        order = self._create_quotation()
        lock = self._lock(order)
        spot = 1 / 7.1234
        self.assertAlmostEqual(lock.rate, spot / (1 - 100 / 10_000), 14)
        self.assertEqual(lock.quoted_rate, "7.052166")
        self.assertEqual(lock.margin_bp, 100)
        self.assertAlmostEqual(lock.market_rate, spot, 14)

    def test_the_nearest_margin_wins(self):
        self._margin(10)
        self._margin(20, currency=self.usd)
        self._margin(30, days=30, currency=self.usd)
        self._margin(40, days=20, currency=self.usd)
        find = self.env["fx.rate.margin"]._find_margin
        self.assertEqual(find(self.company, self.usd, 14), 40)
        self.assertEqual(find(self.company, self.usd, 21), 30)
        self.assertEqual(find(self.company, self.usd, 31), 20)
        self.assertEqual(find(self.company, self.jpy, 14), 10)
        self.assertEqual(find(self.other_company, self.usd, 14), 0)

    def test_a_typed_rate_within_the_tolerance(self):
        order = self._create_quotation()
        order._lock_rate(quoted=("7.2", "company_per_unit"))
        self.assertAlmostEqual(order.locked_rate, 1 / 7.2, 15)
        self.assertEqual(order.rate_lock_id.quoted_rate, "7.2")
        self.assertFalse(order.rate_lock_id.margin_bp)

    def test_a_typed_rate_beyond_it_waits(self):
        order = self._create_quotation(user_id=self.user.id).with_user(self.user)
        wizard = Form(
            self.env["sale.order.lock.rate"]
            .with_user(self.user)
            .with_context(default_order_id=order.id)
        )
        wizard.rate_choice = "typed"
        wizard.quoted_rate = "8.1234"
        self.assertTrue(wizard.needs_approval)
        wizard.save().action_lock()
        self.assertFalse(order.rate_locked)
        approval = self.env["fx.rate.approval"].search([("order_id", "=", order.id)])
        self.assertEqual(approval.lock_id.state, "draft")
        with self.assertRaises(UserError):
            approval.with_user(self.user).action_approve()
        approval.with_user(self.manager).action_approve()
        self.assertAlmostEqual(order.locked_rate, 1 / 8.1234, 15)
        self.assertEqual(order.rate_lock_id.state, "active")

    def test_nonsense_is_refused(self):
        order = self._create_quotation()
        for text in ("abc", "0", "-7", "NaN"):
            with self.assertRaisesRegex(UserError, "can't be locked"):
                order._lock_rate(quoted=(text, "company_per_unit"))
