from freezegun import freeze_time

from odoo import Command
from odoo.tests import Form, tagged

from .common import LATER, QUOTED, QUOTED_LATER, TODAY
from .pricing_common import LOCKED, MARKET, PricingCommon


@tagged("post_install", "-at_install")
class TestPricingAtTheLock(PricingCommon):
    """Lines that are added to a locked order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._enable_pricelists()

    def assertPrice(self, line, price, digits=6):
        self.assertAlmostEqual(line.price_unit, price, digits)

    def _price_by(self, **rule):
        """Unit price of a line under a pricelist in dollars with one rule."""
        pricelist = self._list_with_rule(**rule)
        order = self._create_locked(pricelist_id=pricelist.id)
        line = self._add_line(order)
        self.assertEqual(line.pricelist_item_id, pricelist.item_ids)
        return line.price_unit * (1 - line.discount / 100)

    # === PRICELIST RULES === #

    def test_percentage(self):
        price = self._price_by(compute_price="percentage", percent_price=10.0)
        self.assertAlmostEqual(price, 900 / LOCKED, 2)

    def test_formula(self):
        """The surcharge is in the pricelist's own currency."""
        price = self._price_by(
            compute_price="formula", price_discount=20.0, price_surcharge=3.0
        )
        self.assertAlmostEqual(price, 800 / LOCKED + 3, 6)

    def test_formula_on_cost(self):
        self.product.with_company(self.company).standard_price = 600.0
        price = self._price_by(
            compute_price="formula", base="standard_price", price_markup=50.0
        )
        self.assertAlmostEqual(price, 900 / LOCKED, 6)

    def test_fixed_price_is_no_conversion(self):
        price = self._price_by(compute_price="fixed", fixed_price=99.0)
        self.assertAlmostEqual(price, 99.0)

    def test_based_on_a_list_in_company_currency(self):
        base = self._list_with_rule(
            self.cny, compute_price="percentage", percent_price=20.0
        )
        price = self._price_by(
            compute_price="formula",
            base="pricelist",
            base_pricelist_id=base.id,
            price_discount=10.0,
        )
        self.assertAlmostEqual(price, 1000 * 0.8 * 0.9 / LOCKED, 6)

    def test_based_on_a_list_in_a_third_currency(self):
        """Euros reach company currency at the market's rate, and dollars from there at
        the promised one."""
        base = self._list_with_rule(self.eur, compute_price="fixed", fixed_price=100.0)
        price = self._price_by(
            compute_price="formula", base="pricelist", base_pricelist_id=base.id
        )
        self.assertAlmostEqual(price, 100 * float(QUOTED["EUR"]) / LOCKED, 6)

    # === CURRENCIES === #

    def test_currencies_of_0_and_3_decimals(self):
        for currency in self.jpy | self.kwd:
            with self.subTest(currency=currency.name):
                order = self._create_locked(currency)
                line = self._add_line(order)
                exact = 1000 / float(QUOTED_LATER[currency.name])
                self.assertPrice(line, currency.round(exact))
                self.assertEqual(
                    line.price_subtotal, currency.round(line.price_subtotal)
                )

    def test_a_product_in_another_currency(self):
        """A product of no company is priced in the currency of the first company."""
        product = self._create_product(company_id=False, list_price=100.0)
        foreign = product.currency_id
        self.assertNotEqual(foreign, self.cny)
        document = self.eur if foreign == self.usd else self.usd
        line = self._add_line(self._create_locked(document), product)
        price = 100 * float(QUOTED[foreign.name]) / float(QUOTED_LATER[document.name])
        self.assertPrice(line, price, 2)
        same = self._add_line(self._create_locked(foreign), product)
        self.assertPrice(same, 100.0)

    # === LINES === #

    def test_another_unit(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._create_locked()
        self.product.uom_ids = dozen
        line = self._add_line(order, product_uom_id=dozen.id)
        self.assertPrice(line, 12_000 / LOCKED, 2)

    def test_taxes_in_the_price(self):
        tax = self.env["account.tax"].create(
            {
                "name": "13 % in the price",
                "amount": 13.0,
                "price_include_override": "tax_included",
                "company_id": self.company.id,
                "type_tax_use": "sale",
            }
        )
        self.product.taxes_id = tax
        line = self._add_line(self._create_locked())
        self.assertPrice(line, 1000 / LOCKED, 2)
        self.assertEqual(line.tax_ids, tax)
        self.assertAlmostEqual(line.price_total, round(1000 / LOCKED, 2), 2)

    def test_attributes_that_cost_extra(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Seal",
                "create_variant": "no_variant",
                "value_ids": [
                    Command.create({"name": "Plain"}),
                    Command.create({"name": "Steel"}),
                ],
            }
        )
        template = self.product.product_tmpl_id.with_env(self.env)
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(attribute.value_ids.ids)],
                }
            )
        ]
        steel = self.env["product.template.attribute.value"].search(
            [("product_tmpl_id", "=", template.id), ("name", "=", "Steel")]
        )
        steel.price_extra = 70.0
        line = self._add_line(
            self._create_locked(),
            product_no_variant_attribute_value_ids=[Command.set(steel.ids)],
        )
        self.assertPrice(line, 1070 / LOCKED, 2)

    def test_an_archived_product(self):
        order = self._create_locked()
        line = self._add_line(order)
        self.product.active = False
        line.product_uom_qty = 7
        self.assertPrice(line, 1000 / LOCKED, 2)

    def test_a_template_brings_its_lines(self):
        self.env.user.group_ids |= self.env.ref(
            "sale_management.group_sale_order_template"
        )
        template = self.env["sale.order.template"].create(
            {
                "name": "Pump station",
                "company_id": self.company.id,
                "sale_order_template_line_ids": [
                    Command.create({"name": "Pumps", "display_type": "line_section"}),
                    Command.create({"product_id": self.product.id}),
                    Command.create(
                        {
                            "name": "Options",
                            "display_type": "line_section",
                            "is_optional": True,
                        }
                    ),
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 1}
                    ),
                ],
            }
        )
        order = self._create_locked()
        with Form(order) as form:
            form.sale_order_template_id = template
        priced = order.order_line.filtered("product_id")
        self.assertEqual(len(priced), 2)
        for line in priced:
            self.assertPrice(line, 1000 / LOCKED, 2)

    def test_in_the_form(self):
        order = self._create_locked(user_id=self.plain_seller.id)
        with (
            Form(order.with_user(self.plain_seller)) as form,
            form.order_line.new() as new,
        ):
            new.product_id = self.product
            self.assertAlmostEqual(new.price_unit, 1000 / LOCKED, 2)
        self.assertPrice(order.order_line[-1], 1000 / LOCKED, 2)

    def test_under_an_agreement_before_it_is_saved(self):
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
        self.customer.with_company(self.company).preferred_currency_id = self.usd
        self.product.list_price = 700.0
        with Form(self.env["sale.order"].with_user(self.plain_seller)) as form:
            form.partner_id = self.customer
            with form.order_line.new() as new:
                new.product_id = self.product
                self.assertAlmostEqual(new.price_unit, 100.0)
        self.assertEqual(form.record.rate_lock_id, agreement)
        self.assertPrice(form.record.order_line, 100.0)

    # === WHAT STAYS === #

    def test_prices_that_the_customer_holds_stay(self):
        order = self._create_quotation(validity_date=False)
        line, held = order.order_line, order.order_line.price_unit
        self.assertAlmostEqual(held, 1000 / MARKET, 2)
        self.product.list_price = 1200.0
        order.action_quotation_sent()
        self._lock_later(order)
        self.assertEqual(line.price_unit, held)
        with freeze_time(f"{LATER} 04:00:00"):
            order.action_confirm()
        self.assertEqual(line.price_unit, held)
        order.with_user(self.manager)._release_rate("Agreed otherwise.")
        self.env.flush_all()
        self.assertEqual(line.price_unit, held)

    def test_other_orders_are_at_their_own_rates(self):
        """A price that is computed at one order's lock may make another order's pending
        figures computed along with it."""
        other = self._create_quotation(validity_date=False)
        order = self._create_locked()
        self.env.add_to_compute(other._fields["currency_rate"], other)
        self.env.add_to_compute(
            other.order_line._fields["price_unit"], other.order_line
        )
        inside = order._at_pricing_rate()
        self.assertNotEqual(inside.env.context, order.env.context)
        self.assertAlmostEqual(other.with_env(inside.env).currency_rate, 1 / MARKET, 12)
        seen = other.with_env(inside.env).order_line
        self.assertPrice(seen, 1000 / MARKET, 2)
        self.assertAlmostEqual(seen._get_pricelist_price(), 1000 / MARKET, 6)

    def test_unlocked_orders_ask_nothing(self):
        """No query more for prices than the same order's prices take in Odoo."""
        order = self._create_quotation(validity_date=False)
        order.order_line._get_display_price()
        with self.assertQueryCount(0):
            self.assertFalse(order._get_pricing_rate())
            self.assertEqual(order._at_pricing_rate().env, order.env)
            order.order_line._get_display_price()
