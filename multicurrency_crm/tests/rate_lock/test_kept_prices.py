"""What was kept when the rate was locked stays kept until somebody asks for a new
price (odoo/odoo#18048 and its like: prices that move because a quantity did)."""

from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LATER
from .pricing_common import LOCKED, MARKET, PricingCommon


@tagged("post_install", "-at_install")
class TestKeptPrices(PricingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.list_price = 6482.0

    def _quote_and_lock(self, reprice=False):
        """Quote on one day, lock on a later one, which it is from now on."""
        order = self._create_locked(reprice=reprice)
        self.startPatcher(freeze_time(f"{LATER} 04:00:00"))
        return order

    def _change_quantity(self, order, *quantities):
        """By the form, as people do."""
        for quantity in quantities:
            with Form(order) as form, form.order_line.edit(0) as line:
                line.product_uom_qty = quantity

    def _assert_price(self, order, price):
        self.assertAlmostEqual(order.order_line[0].price_unit, price, 2)
        self.assertAlmostEqual(
            order.amount_untaxed, sum(order.order_line.mapped("price_subtotal")), 2
        )

    def test_another_quantity_and_back(self):
        order = self._quote_and_lock()
        kept = order.order_line.price_unit
        self.assertAlmostEqual(kept, 6482 / MARKET, 2)
        self._change_quantity(order, 100, 200, 100)
        self.assertEqual(order.order_line.price_unit, kept)
        # and by whatever writes
        order.order_line.product_uom_qty = 7
        order.write(
            {
                "order_line": [
                    Command.update(order.order_line.id, {"product_uom_qty": 100})
                ]
            }
        )
        self.assertEqual(order.order_line.price_unit, kept)

    def test_the_approval_still_suffices(self):
        self.company.write({"lock_tolerance": 0.0, "lock_exceeded_policy": "approve"})
        order = self._create_quotation(validity_date=False)
        order._lock_rate(quoted=("6.9", "company_per_unit"))
        asked = self.env["fx.rate.approval"]._find_requested(order)
        asked.with_user(self.manager).action_approve()
        self._move_market(self.usd, "6.5")
        order.invalidate_recordset()
        order.action_request_lock_approval()
        asked = self.env["fx.rate.approval"]._find_requested(order)
        asked.with_user(self.manager).action_approve()
        self.assertFalse(order._get_lock_refused())
        self._change_quantity(order, 200, 3)
        self.assertFalse(order._get_lock_refused())
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_discount_of_the_list_is_kept_with_its_price(self):
        self.env["res.config.settings"].create(
            {"group_product_pricelist": True, "group_discount_per_so_line": True}
        ).execute()
        pricelist = self._create_pricelist(
            self.usd,
            item_ids=[
                Command.create(
                    {
                        "compute_price": "percentage",
                        "percent_price": percent,
                        "min_quantity": least,
                    }
                )
                for percent, least in ((10, 0), (20, 200))
            ],
        )
        order = self._create_quotation(pricelist_id=pricelist.id, validity_date=False)
        order._lock_rate()
        line = order.order_line
        before = line.price_unit, line.discount
        self._change_quantity(order, 200)
        self.assertEqual((line.price_unit, line.discount), before)
        order._recompute_prices()
        self.assertEqual(line.discount, 20)

    def test_update_prices_asks_for_new_ones(self):
        order = self._quote_and_lock()
        order.action_update_prices()
        self._assert_price(order, 6482 / LOCKED)
        self._change_quantity(order, 200, 3)
        self._assert_price(order, 6482 / LOCKED)

    def test_another_product_asks_for_its_price(self):
        order = self._quote_and_lock()
        other = self._create_product(list_price=700.0)
        with Form(order) as form, form.order_line.edit(0) as line:
            line.product_id = other
        self._assert_price(order, 700 / LOCKED)
        self._change_quantity(order, 200)
        self._assert_price(order, 700 / LOCKED)
        # the first one's price was given up
        order.order_line.product_id = self.product
        self._assert_price(order, 6482 / LOCKED)

    def test_another_unit_costs_as_much(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.product.uom_ids = dozen
        order = self._quote_and_lock()
        kept = order.order_line.price_unit
        order.order_line.product_uom_id = dozen
        self.assertAlmostEqual(order.order_line.price_unit, kept * 12, 2)
        order.order_line.product_uom_id = self.product.uom_id
        self.assertAlmostEqual(order.order_line.price_unit, kept, 2)

    def test_a_typed_price_is_typed(self):
        order = self._quote_and_lock()
        order.order_line.price_unit = 900.0
        self._change_quantity(order, 200, 3)
        self._assert_price(order, 900.0)

    def test_a_line_added_later_has_the_locked_rate(self):
        order = self._quote_and_lock()
        added = self._add_line(order)
        added.product_uom_qty = 200
        self.assertAlmostEqual(added.price_unit, 6482 / LOCKED, 2)

    def test_converted_again_at_the_next_lock(self):
        order = self._quote_and_lock()
        order.with_user(self.manager)._release_rate("Asked for another rate.")
        self._move_market(self.usd, "6.5")
        order._lock_rate(reprice=True)
        self._assert_price(order, 6482 / 6.5)
        self._change_quantity(order, 200)
        self._assert_price(order, 6482 / 6.5)

    def test_a_released_rate_leaves_the_prices(self):
        """The dialog says that they stay, and they do."""
        order = self._quote_and_lock(reprice=True)
        self._assert_price(order, 6482 / LOCKED)
        order.with_user(self.manager)._release_rate("No longer needed.")
        self._change_quantity(order, 200, 3)
        self._assert_price(order, 6482 / LOCKED)

    def test_nobody_writes_what_is_kept(self):
        """A list in it made each change of quantity fail."""
        order = self._quote_and_lock()
        order.user_id = self.user
        line = order.order_line.with_user(self.user)
        for name in ("kept_price", "left_prices", "left_costs"):
            with self.subTest(name), self.assertRaises(AccessError):
                line.write({name: [1]})
        with self.assertRaises(AccessError):
            line.order_id.write({"left_pricelists": [1]})
        with self.assertRaises(AccessError):
            line.create(
                {
                    "order_id": order.id,
                    "product_id": line.product_id.id,
                    "kept_price": [1],
                }
            )
        self._change_quantity(order, 200, 3)

    def test_a_copy_keeps_nothing(self):
        order = self._quote_and_lock()
        self.assertTrue(order.order_line.kept_price)
        self.assertFalse(order.copy().order_line.kept_price)

    def test_an_order_without_a_lock_is_odoo_s(self):
        order = self._create_quotation(validity_date=False)
        self.startPatcher(freeze_time(f"{LATER} 04:00:00"))
        order.date_order = self._datetime(LATER)
        self._change_quantity(order, 200)
        self._assert_price(order, 6482 / LOCKED)
        self.assertFalse(order.order_line.kept_price)


@tagged("post_install", "-at_install")
class TestSwitchOfALockedQuotation(PricingCommon):
    def test_refused_before_the_dialog(self):
        order = self._create_locked()
        with self.assertRaisesRegex(UserError, "locked in USD: release it"):
            order.action_switch_currency()
        with self.assertRaisesRegex(UserError, "locked in USD: release it"):
            order._switch_currency(self.eur)
        order._release_rate("The customer pays in euros.")
        self.assertEqual(
            order.action_switch_currency()["res_model"], "sale.order.switch.currency"
        )

    def test_the_button_is_not_offered(self):
        order = self._create_locked()
        self.customer.preferred_currency_id = self.eur
        arch = self.env["sale.order"].get_view(
            self.env.ref("sale.view_order_form").id, "form"
        )["arch"]
        buttons = etree.fromstring(arch).findall(
            ".//button[@name='action_switch_currency']"
        )
        self.assertEqual(len(buttons), 2)
        for button in buttons:
            self.assertIn("currency_is_settled", button.get("invisible"))
        self.assertEqual(order.switch_currency_id, self.eur)
        self.assertTrue(order.currency_is_settled)
        order._release_rate("The customer pays in euros.")
        self.assertFalse(order.currency_is_settled)
