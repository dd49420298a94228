from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, tagged

from .common import LATER, QUOTED_LATER
from .pricing_common import LOCKED, MARKET, PricingCommon


@tagged("post_install", "-at_install")
class TestPricingAfterRelease(PricingCommon):
    """Which prices came from the list is known after the rate, and the list, moved."""

    def _release(self, order):
        order.with_user(self.manager)._release_rate("The customer asked for another.")

    def _relock(self, order, quoted="6.5"):
        """Release, let the rate move, and lock with list prices converted again."""
        self._release(order)
        self._move_market(order.currency_id, quoted)
        self._lock_later(order, reprice=True)

    def test_list_prices_move_typed_ones_stay(self):
        order = self._create_locked(reprice=True)
        listed = order.order_line
        added = self._add_line(order)
        typed = self._add_line(order)
        typed.price_unit = 99.0
        given = self._add_line(order, price_unit=77.0)
        free = self._add_line(order, price_unit=0.0)
        self.assertAlmostEqual(listed.price_unit, 1000 / LOCKED, 2)
        self._relock(order)
        for line in listed | added:
            self.assertAlmostEqual(line.price_unit, 1000 / 6.5, 2)
        self.assertEqual(typed.price_unit, 99.0)
        self.assertEqual(given.price_unit, 77.0)
        self.assertEqual(free.price_unit, 0.0)

    def test_again_and_again(self):
        order = self._create_locked(reprice=True)
        for quoted in ("6.5", "7.9", "6.1234"):
            self._relock(order, quoted)
            self.assertAlmostEqual(order.order_line.price_unit, 1000 / float(quoted), 2)

    def test_prices_kept_at_one_lock_move_at_the_next(self):
        order = self._create_locked()
        self.assertAlmostEqual(order.order_line.price_unit, 1000 / MARKET, 2)
        self._relock(order)
        self.assertAlmostEqual(order.order_line.price_unit, 1000 / 6.5, 2)

    def test_the_list_changed_meanwhile(self):
        order = self._create_locked(reprice=True)
        typed = self._add_line(order)
        typed.price_unit = 99.0
        self.product.list_price = 1300.0
        self._relock(order)
        self.assertAlmostEqual(order.order_line[0].price_unit, 1300 / 6.5, 2)
        self.assertEqual(typed.price_unit, 99.0)

    def test_a_typed_price_close_to_the_list(self):
        """Within a cent core takes it for untouched; whoever typed it didn't."""
        self.product.list_price = 0.5
        order = self._create_locked()
        line = self._add_line(order, product_uom_qty=10_000)
        line.price_unit = 0.0713
        self._relock(order)
        self.assertEqual(line.price_unit, 0.0713)

    def test_discounts_hold(self):
        order = self._create_locked()
        line = self._add_line(order)
        line.discount = 12.5
        self._relock(order)
        self.assertAlmostEqual(line.price_unit, 1000 / 6.5, 2)
        self.assertEqual(line.discount, 12.5)

    def test_another_unit(self):
        self.product.uom_ids = dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_locked()
        line = self._add_line(order, product_uom_id=dozen.id)
        self._relock(order)
        self.assertAlmostEqual(line.price_unit, 12_000 / 6.5, 2)

    def test_pricelist_rules(self):
        self._enable_pricelists()
        pricelist = self._list_with_rule(compute_price="percentage", percent_price=10.0)
        order = self._create_locked(pricelist_id=pricelist.id)
        line = self._add_line(order)
        discount = line.discount
        self._relock(order)
        self.assertEqual(line.discount, discount)
        self.assertAlmostEqual(
            line.price_unit * (1 - line.discount / 100), 900 / 6.5, 2
        )

    def test_currencies_of_0_and_3_decimals(self):
        for currency in self.jpy | self.kwd:
            with self.subTest(currency=currency.name):
                order = self._create_locked(currency)
                quoted = float(QUOTED_LATER[currency.name]) * 1.07
                self._relock(order, quoted)
                self.assertEqual(
                    order.order_line.price_unit, currency.round(1000 / quoted)
                )

    def test_filled_in_the_form(self):
        """The browser sends a computed price as if it had been typed."""
        order = self._create_locked()
        with Form(order) as form:
            with form.order_line.new() as line:
                line.product_id = self.product
            with form.order_line.new() as line:
                line.product_id = self.product
                line.price_unit = 99.0
        _first, listed, typed = order.order_line
        self.assertAlmostEqual(listed.price_unit, 1000 / LOCKED, 2)
        self._relock(order)
        self.assertAlmostEqual(listed.price_unit, 1000 / 6.5, 2)
        self.assertEqual(typed.price_unit, 99.0)

    def test_edited_in_the_form(self):
        order = self._create_locked()
        valve = self._create_product(list_price=350.0)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_id = valve
        self._relock(order)
        self.assertAlmostEqual(order.order_line.price_unit, 350 / 6.5, 2)

    def test_after_a_switch_of_currency(self):
        """Without a pricelist the switch converts: it is the list's price still."""
        order = self._create_locked()
        typed = self._add_line(order)
        typed.price_unit = 140.0
        self._release(order)
        order._switch_currency(self.eur)
        converted = typed.price_unit
        self._move_market(self.eur, "8.5")
        self._lock_later(order, reprice=True)
        self.assertAlmostEqual(order.order_line[0].price_unit, 1000 / 8.5, 2)
        self.assertEqual(typed.price_unit, converted)

    def test_there_and_back(self):
        order = self._create_locked(reprice=True)
        line, price = order.order_line, order.order_line.price_unit
        self._release(order)
        order._switch_currency(self.eur)
        order._switch_currency(self.usd)
        self.assertEqual(line.price_unit, price)
        self._move_market(self.usd, "6.5")
        self._lock_later(order, reprice=True)
        self.assertAlmostEqual(line.price_unit, 1000 / 6.5, 2)

    def test_lines_older_than_the_note(self):
        """What the list says now settles those."""
        order = self._create_quotation(validity_date=False)
        order.order_line.copy({"order_id": order.id, "price_unit": 99.0})
        order.order_line.listed_price = 0.0
        self._lock_later(order, reprice=True)
        listed, given = order.order_line
        self.assertAlmostEqual(listed.price_unit, 1000 / LOCKED, 2)
        self.assertEqual(given.price_unit, 99.0)

    def test_a_copy_knows_too(self):
        order = self._create_locked(reprice=True)
        copied = order.copy({"validity_date": False})
        self.assertFalse(copied.locked_rate)
        self._move_market(self.usd, "6.5")
        with freeze_time(f"{LATER} 04:00:00"):
            copied._lock_rate(reprice=True)
        self.assertAlmostEqual(copied.order_line.price_unit, 1000 / 6.5, 2)

    def test_an_agreement_takes_over(self):
        order = self._create_locked(reprice=True)
        typed = self._add_line(order)
        typed.price_unit = 99.0
        self._release(order)
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.2",
                "date_start": LATER,
                "date_end": LATER,
            }
        )
        agreement.action_activate()
        order._take_rate_lock(agreement, True)
        self.assertAlmostEqual(order.order_line[0].price_unit, 1000 / 7.2, 2)
        self.assertEqual(typed.price_unit, 99.0)

    def test_what_was_invoiced_stays(self):
        order = self._create_locked(reprice=True)
        self._invoice(order)
        line, price = order.order_line, order.order_line.price_unit
        self.product.list_price = 1300.0
        self.assertFalse(order.order_line._filter_list_priced())
        self.assertEqual(line.price_unit, price)

    def test_free_products_and_sections(self):
        self.product.list_price = 0.0
        order = self._create_quotation(validity_date=False)
        order.order_line = [
            Command.create({"name": "Also", "display_type": "line_section"})
        ]
        self._lock_later(order, reprice=True)
        self.assertEqual(order.order_line.mapped("price_unit"), [0.0, 0.0])
