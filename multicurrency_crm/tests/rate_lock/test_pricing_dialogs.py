from freezegun import freeze_time

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import LATER, TODAY
from .pricing_common import LOCKED, MARKET, PricingCommon


class ComboCommon(PricingCommon):
    """A set of a pump and a valve, whose better valve costs 10 dollars extra."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.valve = cls._create_product()
        cls.combos = cls.env["product.combo"].create(
            [
                {
                    "name": product.name,
                    "company_id": cls.company.id,
                    "combo_item_ids": [
                        Command.create(
                            {"product_id": product.id, "extra_price": extra * LOCKED}
                        )
                    ],
                }
                for product, extra in ((cls.product, 0.0), (cls.valve, 10.0))
            ]
        )
        cls.set = cls._create_product(
            name="Set",
            type="combo",
            list_price=1500.0,
            combo_ids=[Command.set(cls.combos.ids)],
        )

    def _add_set(self, order):
        self._add_line(order, self.set)
        head = order.order_line[-1]
        for item in self.combos.combo_item_ids:
            self._add_line(
                order,
                item.product_id,
                combo_item_id=item.id,
                linked_line_id=head.id,
            )
        return head, head.linked_line_ids


@tagged("post_install", "-at_install")
class TestComboAtTheLock(ComboCommon):
    def test_prices_and_extra_prices(self):
        head, items = self._add_set(self._create_locked())
        self.assertEqual(head.price_unit, 0.0)
        pump, valve = items
        self.assertAlmostEqual(pump.price_unit, 1500 * 10 / 17 / LOCKED, 2)
        self.assertAlmostEqual(valve.price_unit, 1500 * 7 / 17 / LOCKED + 10, 2)

    def test_unlocked_is_as_ever(self):
        _head, (pump, valve) = self._add_set(self._create_quotation())
        self.assertAlmostEqual(pump.price_unit, 1500 * 10 / 17 / MARKET, 1)
        # Odoo adds extra prices as they stand
        extra = 10 * LOCKED
        self.assertAlmostEqual(valve.price_unit, 1500 * 7 / 17 / MARKET + extra, 1)

    def test_after_a_relock(self):
        order = self._create_locked()
        _head, items = self._add_set(order)
        order.with_user(self.manager)._release_rate("The customer asked for another.")
        self._move_market(self.usd, "6.5")
        self._lock_later(order, reprice=True)
        self.assertAlmostEqual(
            sum(items.mapped("price_unit")), (1500 + 10 * LOCKED) / 6.5, 1
        )


@tagged("post_install", "-at_install")
class TestPricesShown(ComboCommon, HttpCase):
    """Catalog and configurators show what the order's lines will have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_locked(user_id=cls.plain_seller.id)
        cls.valve.optional_product_ids = cls.product.product_tmpl_id

    def setUp(self):
        super().setUp()
        self.authenticate("plain_seller", "plain_seller")

    def _ask_catalog(self, route, **values):
        return self.make_jsonrpc_request(
            f"/product/catalog/{route}",
            {"res_model": "sale.order", "order_id": self.order.id, **values},
        )

    def _ask(self, route, order=None, **values):
        fx_order = {"fx_order": order} if order else {}
        return self.make_jsonrpc_request(
            f"/sale/{route}",
            {
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "quantity": 1,
                **fx_order,
                **values,
            },
        )

    def _configure(self, order=None, template=None):
        template = template or self.valve.product_tmpl_id
        return self._ask(
            "product_configurator/get_values",
            order,
            product_template_id=template.id,
            so_date=f"{TODAY} 04:00:00",
        )

    # === CATALOG === #

    def test_catalog_shows_and_adds(self):
        info = self._ask_catalog("order_lines_info", product_ids=self.valve.ids)
        shown = info[str(self.valve.id)]["price"]
        self.assertAlmostEqual(shown, 700 / LOCKED, 2)
        added = self._ask_catalog(
            "update_order_line_info", product_id=self.valve.id, quantity=2
        )
        line = self.order.order_line[-1]
        self.assertEqual(line.product_id, self.valve)
        self.assertAlmostEqual(line.price_unit, 700 / LOCKED, 2)
        self.assertAlmostEqual(added, 700 / LOCKED, 2)
        removed = self._ask_catalog(
            "update_order_line_info", product_id=self.valve.id, quantity=0
        )
        self.assertNotIn(self.valve, self.order.order_line.product_id)
        self.assertAlmostEqual(removed, 700 / LOCKED, 2)

    def test_catalog_of_a_product_with_two_lines(self):
        self._add_line(self.order)
        info = self._ask_catalog("order_lines_info", product_ids=self.product.ids)
        shown = info[str(self.product.id)]
        self.assertTrue(shown["readOnly"])
        self.assertAlmostEqual(shown["price"], 1000 / LOCKED, 2)

    # === CONFIGURATORS === #

    def test_configurator_of_a_locked_order(self):
        answer = self._configure({"id": self.order.id, "partner_id": False})
        self.assertAlmostEqual(answer["products"][0]["price"], 700 / LOCKED, 2)
        optional = answer["optional_products"][0]["price"]
        self.assertAlmostEqual(optional, 1000 / LOCKED, 2)
        moved = self._ask(
            "product_configurator/update_combination",
            {"id": self.order.id},
            product_template_id=self.valve.product_tmpl_id.id,
            ptav_ids=[],
            so_date=f"{TODAY} 04:00:00",
        )
        self.assertAlmostEqual(moved["price"], 700 / LOCKED, 2)
        others = self._ask(
            "product_configurator/get_optional_products",
            {"id": self.order.id},
            product_template_id=self.valve.product_tmpl_id.id,
            ptav_ids=[],
            parent_ptav_ids=[],
            so_date=f"{TODAY} 04:00:00",
        )
        self.assertAlmostEqual(others[0]["price"], 1000 / LOCKED, 2)

    def test_configurator_without_a_locked_order(self):
        unlocked = self._create_quotation(user_id=self.plain_seller.id)
        foreign = self.other_company
        hidden = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": foreign.id}
        )
        strangers = self._create_locked(user_id=self.manager.id)
        for order in (
            None,
            {"id": unlocked.id},
            {"id": hidden.id},
            {"id": strangers.id},  # of somebody else: nothing is told about it
            {"id": 10**9, "partner_id": False},
            {"id": False, "partner_id": self.customer.id},
        ):
            with self.subTest(order=order):
                price = self._configure(order)["products"][0]["price"]
                self.assertAlmostEqual(price, 700 / MARKET, 2)

    def test_configurator_of_an_order_being_made(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.0",
                "date_start": TODAY,
                "date_end": LATER,
            }
        )
        agreement.action_activate()
        answer = self._configure({"id": False, "partner_id": self.customer.id})
        self.assertAlmostEqual(answer["products"][0]["price"], 100.0, 2)

    def test_combo_configurator(self):
        values = {
            "product_tmpl_id": self.set.product_tmpl_id.id,
            "date": f"{TODAY} 04:00:00",
        }
        order = {"id": self.order.id}
        data = self._ask("combo_configurator/get_data", order, **values)
        self.assertAlmostEqual(data["price"], 1500 / LOCKED, 2)
        extras = [combo["combo_items"][0]["extra_price"] for combo in data["combos"]]
        self.assertAlmostEqual(extras[0], 0.0)
        self.assertAlmostEqual(extras[1], 10.0)
        price = self._ask("combo_configurator/get_price", order, **values)
        self.assertAlmostEqual(price, 1500 / LOCKED, 2)

    def test_costs_invoiced_on(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.valve.id,
                            "price_unit": 100 * LOCKED,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        line = bill.invoice_line_ids
        with freeze_time(f"{LATER} 04:00:00"):
            self.assertAlmostEqual(line._sale_get_invoice_price(self.order), 100.0, 2)
            self.valve.expense_policy = "sales_price"
            price = line._sale_get_invoice_price(self.order)
        self.assertAlmostEqual(price, 700 / LOCKED, 2)
