from unittest import SkipTest

from odoo import Command
from odoo.tests import Form, tagged

from ...models.rate_lock.res_currency import LOCKED_PAIR
from .pricing_common import LOCKED, MARKET, PricingCommon


class ModuleCommon(PricingCommon):
    needed = None  # a model of the module

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.needed not in cls.env:
            raise SkipTest(f"{cls.needed} isn't installed")
        # 3 for 1,000 CNY: 428.43 USD, worth 3,000 CNY at the lock and 3,052 at market
        cls.order = cls._create_locked(reprice=True)
        cls.service = cls._create_product(
            name="Service", type="service", list_price=10 * LOCKED
        )


@tagged("post_install", "-at_install")
class TestDeliveryAtTheLock(ModuleCommon):
    needed = "delivery.carrier"

    @classmethod
    def _create_carrier(cls, **values):
        return cls.env["delivery.carrier"].create(
            {
                "name": "By ship",
                "product_id": cls.service.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    def assertRate(self, carrier, price, order=None):
        rate = carrier.rate_shipment(order or self.order)
        self.assertTrue(rate["success"], rate["error_message"])
        self.assertAlmostEqual(rate["price"], price, 2)

    def test_fixed(self):
        self.assertRate(self._create_carrier(), 10.0)

    def test_fixed_under_a_pricelist(self):
        self._enable_pricelists()
        pricelist = self._list_with_rule(compute_price="percentage", percent_price=10.0)
        order = self._create_locked(pricelist_id=pricelist.id)
        self.assertRate(self._create_carrier(), 9.0, order)

    def test_by_rules_with_a_margin(self):
        carrier = self._create_carrier(
            delivery_type="base_on_rule",
            fixed_margin=LOCKED,
            price_rule_ids=[
                Command.create(
                    {
                        "variable": "price",
                        "operator": ">=",
                        "max_value": 0.0,
                        "list_base_price": 10 * LOCKED,
                    }
                )
            ],
        )
        self.assertRate(carrier, 11.0)

    def test_rules_see_what_the_order_is_worth_at_the_lock(self):
        rules = [(0.0, 20.0), (3020.0, 5.0)]
        carrier = self._create_carrier(
            delivery_type="base_on_rule",
            price_rule_ids=[
                Command.create(
                    {
                        "sequence": -limit,
                        "variable": "price",
                        "operator": ">=",
                        "max_value": limit,
                        "list_base_price": price * LOCKED,
                    }
                )
                for limit, price in rules
            ],
        )
        self.assertRate(carrier, 20.0)

    def test_free_over(self):
        carrier = self._create_carrier(free_over=True, amount=3020.0)
        self.assertRate(carrier, 10.0)
        carrier.amount = 2990.0
        self.assertRate(carrier, 0.0)

    def test_the_dialog_adds_it(self):
        carrier = self._create_carrier()
        action = self.order.action_open_delivery_wizard()
        dialog = Form(
            self.env["choose.delivery.carrier"].with_context(**action["context"])
        )
        dialog.carrier_id = carrier
        self.assertAlmostEqual(dialog.display_price, 10.0, 2)
        dialog.save().button_confirm()
        line = self.order.order_line.filtered("is_delivery")
        self.assertAlmostEqual(line.price_unit, 10.0, 2)
        self.assertFalse(line._filter_list_priced())
        self.order.recompute_delivery_price = False
        self.order.with_user(self.manager)._release_rate("Asked for another.")
        self._lock_later(self.order, reprice=True)
        self.assertAlmostEqual(line.price_unit, 10.0, 2)
        self.assertTrue(self.order.recompute_delivery_price)

    def test_unlocked_is_at_market(self):
        self._enable_pricelists()
        pricelist = self._create_pricelist(self.usd)
        order = self._create_quotation(pricelist_id=pricelist.id)
        self.assertRate(self._create_carrier(), 10 * LOCKED / MARKET, order)


@tagged("post_install", "-at_install")
class TestRewardsAtTheLock(ModuleCommon):
    needed = "loyalty.program"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "reward_id" not in cls.env["sale.order.line"]._fields:
            raise SkipTest("sale_loyalty isn't installed")

    @classmethod
    def _create_program(cls, rule=None, reward=None, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": "Harbour week",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": cls.company.id,
                "currency_id": cls.cny.id,
                "rule_ids": [
                    Command.clear(),
                    Command.create({"minimum_amount": 0.0, **(rule or {})}),
                ],
                "reward_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10 * LOCKED,
                            "discount_mode": "per_order",
                            "discount_applicability": "order",
                            **(reward or {}),
                        }
                    ),
                ],
                **values,
            }
        )

    def _claim(self, order):
        order._update_programs_and_rewards()
        (coupon, rewards), *_others = order._get_claimable_rewards().items()
        self.assertFalse(order._apply_program_reward(rewards[:1], coupon))
        return order.order_line.filtered("reward_id")

    def test_fixed_discount(self):
        self._create_program()
        line = self._claim(self.order)
        self.assertAlmostEqual(line.price_unit, -10.0, 2)
        self.order._update_programs_and_rewards()
        line = self.order.order_line.filtered("reward_id")
        self.assertAlmostEqual(line.price_unit, -10.0, 2)

    def test_most_that_is_given(self):
        self._create_program(
            reward={
                "discount_mode": "percent",
                "discount": 50.0,
                "discount_max_amount": 20 * LOCKED,
            }
        )
        self.assertAlmostEqual(self._claim(self.order).price_unit, -20.0, 2)

    def test_minimum_amount(self):
        program = self._create_program(rule={"minimum_amount": 3020.0})
        status = self.order._program_check_compute_points(program)
        self.assertIn("error", status[program])
        (known,) = status
        self.assertNotIn(LOCKED_PAIR, known.env.context)
        program.rule_ids.minimum_amount = 2990.0
        status = self.order._program_check_compute_points(program)
        self.assertIn("points", status[program])

    def test_which_is_better(self):
        """10 dollars at the lock, 9.83 at market: better than 9.9 dollars."""
        program = self._create_program()
        reward = program.reward_ids
        amount = self.order._get_discount_amount(reward, 428.43)
        self.assertAlmostEqual(amount, 10.0, 2)

    def test_gift_card(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "Gift cards",
                "program_type": "gift_card",
                "applies_on": "future",
                "trigger": "auto",
                "company_id": self.company.id,
                "currency_id": self.cny.id,
                "reward_ids": [
                    Command.clear(),
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1.0,
                            "discount_applicability": "order",
                            "required_points": 1.0,
                            "description": "Pay with a gift card",
                        }
                    ),
                ],
            }
        )
        card = self.env["loyalty.card"].create(
            {"program_id": program.id, "points": 70.02}
        )
        status = self.order._try_apply_code(card.code)
        self.assertIn(card, status)
        self.order._apply_program_reward(program.reward_ids, card)
        line = self.order.order_line.filtered("reward_id")
        self.assertAlmostEqual(line.price_unit, -10.0, 2)
        self.assertAlmostEqual(line.points_cost, 70.02, 2)

    def test_rewards_follow_converted_prices(self):
        self._create_program()
        self._claim(self.order)
        self.order.with_user(self.manager)._release_rate("Asked for another.")
        self._move_market(self.usd, "6.5")
        self._lock_later(self.order, reprice=True)
        reward = self.order.order_line.filtered("reward_id")
        self.assertAlmostEqual(reward.price_unit, -10 * LOCKED / 6.5, 2)
