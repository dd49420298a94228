from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..common import MultiCurrencyCommon, TourCase


@tagged("post_install", "-at_install")
class TestTourConfigurator(MultiCurrencyCommon, TourCase):
    """The configurators of a locked order, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        row = cls._set_rate(cls.usd, fields.Date.today(), 1 / 7.1234)
        cls.seller = new_test_user(
            cls.env,
            "set_seller",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads,"
            "base.group_multi_currency,multicurrency_crm.group_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.product.write({"name": "Harbour Pump", "list_price": 712.34})
        cls._create_product(
            {
                "name": "Harbour Valve",
                "list_price": 1424.68,
                "optional_product_ids": [Command.set(cls.product.product_tmpl_id.ids)],
            }
        )
        plain = cls._create_product({"name": "Harbour Hose"})
        combo = cls.env["product.combo"].create(
            {
                "name": "Which one",
                "company_id": cls.company.id,
                "combo_item_ids": [
                    Command.create({"product_id": plain.id}),
                    Command.create(
                        {"product_id": cls.product.id, "extra_price": 71.234}
                    ),
                ],
            }
        )
        cls._create_product(
            {
                "name": "Harbour Set",
                "type": "combo",
                "list_price": 2137.02,
                "combo_ids": [Command.set(combo.ids)],
            }
        )
        cls.order = cls._create_order(currency_id=cls.usd.id, user_id=cls.seller.id)
        cls.order.action_lock_rate()
        row.rate = 1 / 6.5

    @classmethod
    def _create_product(cls, values):
        return cls.env["product.product"].create(
            {"company_id": cls.company.id, "taxes_id": False, **values}
        )

    def test_prices(self):
        self.start_tour(
            f"/odoo/sales/{self.order.id}",
            "multicurrency_crm_configurator_prices",
            login="set_seller",
        )
        added = self.order.order_line[1:]
        self.assertEqual(
            sorted(round(line.price_unit, 2) for line in added),
            [0.0, 100.0, 200.0, 310.0],
        )
        self.assertEqual(added.filtered("listed_price"), added.filtered("price_unit"))
