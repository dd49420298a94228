from unittest import SkipTest

from odoo.fields import Command
from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestWebsiteCart(HttpCase):
    """A cart is in the currency that the shop shows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "website_id" not in cls.env["sale.order"]._fields:
            raise SkipTest("website_sale isn't installed")
        cls.website = cls.env["website"].search([], limit=1)
        cls.shop_currency = cls.website.currency_id
        foreign = cls.env.ref("base.EUR")
        if foreign == cls.shop_currency:
            foreign = cls.env.ref("base.USD")
        foreign.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": cls.website.company_id.id,
                "name": "2026-01-01",
                "rate": 1.8,
            }
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Pump",
                "list_price": 100.0,
                "is_published": True,
                "sale_ok": True,
                "type": "service",
                "taxes_id": [Command.clear()],
            }
        )
        cls.buyer = cls.env["res.users"].create(
            {
                "name": "Buyer",
                "login": "buyer_of_pumps",
                "password": "buyer_of_pumps",
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )
        customer = cls.buyer.partner_id.with_company(cls.website.company_id)
        customer.preferred_currency_id = foreign

    def test_the_preference_moves_no_cart(self):
        self.authenticate("buyer_of_pumps", "buyer_of_pumps")
        self.make_jsonrpc_request(
            "/shop/cart/add",
            {
                "product_template_id": self.product.product_tmpl_id.id,
                "product_id": self.product.id,
                "quantity": 1,
            },
        )
        cart = self.env["sale.order"].search(
            [("partner_id", "=", self.buyer.partner_id.id)]
        )
        self.assertEqual(cart.website_id, self.website)
        self.assertEqual(cart.currency_id, self.shop_currency)
        self.assertEqual(cart.order_line.price_unit, 100.0)
        self.assertFalse(cart.keep_currency)
