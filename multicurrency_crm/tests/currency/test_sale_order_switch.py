from base64 import b64encode
from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import format_date

from ..common import MultiCurrencyCommon

SIGNATURE = b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>")


@tagged("post_install", "-at_install")
class TestSwitchCurrency(MultiCurrencyCommon):
    """B → A → B, and everything that must survive the way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._disable_pricelists()
        cls.customer.preferred_currency_id = cls.usd
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "13%",
                "amount": 13,
                "company_id": cls.company.id,
                "country_id": cls.env.ref("base.cn").id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "VAT", "company_id": cls.company.id})
                .id,
            }
        )

    def test_converts_once_at_the_order_rate(self):
        order = self._create_order()
        line = order.order_line
        line.write({"discount": 7.5, "tax_ids": [Command.set(self.tax.ids)]})
        order.write({"signature": SIGNATURE, "signed_by": "Buyer"})
        order._switch_currency(self.eur)
        self.assertEqual(order.currency_id, self.eur)
        self.assertAlmostEqual(order.currency_rate, 0.125)
        self.assertAlmostEqual(line.price_unit, 125.0)
        self.assertEqual((line.discount, line.product_uom_qty), (7.5, 2.0))
        self.assertEqual(line.tax_ids, self.tax)
        self.assertAlmostEqual(order.amount_untaxed, 231.25)
        self.assertFalse(order.signature or order.signed_by or order.signed_on)
        note = order.message_ids[:1].body
        self.assertIn("USD", note)
        self.assertIn("1 USD ≈ 0.89286 EUR", note)

    def _said_of(self, order):
        """What the thread says: sentences, and (label, currency, old, new) of what Odoo
        tracked."""
        order.env.flush_all()
        self.cr.precommit.run()
        told = order.message_ids.sorted("id")
        tracked = told.sudo().tracking_value_ids
        return " ".join(told.mapped("body")), [
            (value.field_id.name, value.currency_id.name, value.old_value_float)
            for value in tracked.filtered("currency_id")
        ]

    def test_what_the_thread_says_of_the_total(self):
        order = self._create_order().with_context(tracking_disable=False)
        self._said_of(order)
        order._switch_currency(self.eur)
        said, tracked = self._said_of(order)
        # 0.14 and 0.125 for a yuan
        self.assertIn("Total: 280.00 USD, now 250.00 EUR.", said)
        self.assertFalse(tracked, "two currencies under one symbol")
        order.order_line.product_uom_qty = 3
        _said, tracked = self._said_of(order)
        self.assertIn(("amount_total", "EUR", 250.0), tracked, "as ever afterwards")

    def test_there_and_back(self):
        """The original prices come back to the digit, wherever the way led."""
        order = self._create_order(lines=2)
        listed, typed = order.order_line
        typed.price_unit = 99.99
        for currency in (self.jpy, self.kwd, self.eur):
            order._switch_currency(currency)
        self.assertAlmostEqual(typed.price_unit, 89.28)
        order._switch_currency(self.usd)
        self.assertEqual((listed.price_unit, typed.price_unit), (140.0, 99.99))
        self.assertAlmostEqual(listed.technical_price_unit, 140.0)
        typed.product_uom_qty = 5
        listed.product_uom_qty = 5
        self.assertEqual((listed.price_unit, typed.price_unit), (140.0, 99.99))

    def test_a_price_typed_after_the_switch_counts(self):
        order = self._create_order()
        order._switch_currency(self.eur)
        order.order_line.price_unit = 100.0
        order._switch_currency(self.usd)
        self.assertAlmostEqual(order.order_line.price_unit, 112.0)
        order._switch_currency(self.eur)
        self.assertAlmostEqual(order.order_line.price_unit, 100.0)

    def test_rounding_of_currencies(self):
        order = self._create_order()
        line = order.order_line
        line.price_unit = 123.45
        order._switch_currency(self.jpy)
        self.assertEqual(line.price_unit, 17636.0)
        order._switch_currency(self.kwd)
        self.assertEqual(line.price_unit, 37.917)

    def test_cheap_prices_are_not_rounded_away(self):
        order = self._create_order()
        order.order_line.write({"price_unit": 0.0312, "product_uom_qty": 100000})
        order._switch_currency(self.kwd)
        self.assertAlmostEqual(order.order_line.price_unit, 0.00958, 5)

    def test_pricelist_of_the_other_currency(self):
        """List prices come from it, a typed price is converted."""
        self._enable_pricelists()
        euro_list = self._create_pricelist(
            self.eur,
            item_ids=[
                Command.create(
                    {
                        "applied_on": "0_product_variant",
                        "product_id": self.product.id,
                        "compute_price": "fixed",
                        "fixed_price": 119.0,
                    }
                )
            ],
        )
        order = self._create_order(lines=3)
        listed, typed, given = order.order_line
        typed.price_unit = 280.0
        given.write({"price_unit": 70.0, "technical_price_unit": 70.0})
        listed.discount = 10
        order._switch_currency(self.eur)
        self.assertEqual(order.pricelist_id, euro_list)
        self.assertAlmostEqual(listed.price_unit, 119.0)
        self.assertEqual(listed.discount, 10)
        self.assertAlmostEqual(typed.price_unit, 250.0)
        self.assertAlmostEqual(given.price_unit, 62.5)
        order._switch_currency(self.usd)
        self.assertFalse(order.pricelist_id)
        self.assertEqual(listed.price_unit, 140.0)
        self.assertEqual((typed.price_unit, given.price_unit), (280.0, 70.0))

    def test_the_pricelist_left_comes_back(self):
        self._enable_pricelists()
        self._create_pricelist(self.usd, sequence=1)
        picked = self._create_pricelist(self.usd, sequence=50)
        order = self._create_order(pricelist_id=picked.id)
        order._switch_currency(self.eur)
        order._switch_currency(self.usd)
        self.assertEqual(order.pricelist_id, picked)

    def test_refused_when_confirmed(self):
        order = self._create_order()
        order.action_confirm()
        with self.assertRaisesRegex(UserError, "no longer a quotation.*cancel it"):
            order._switch_currency(self.eur)
        self.assertEqual(order.currency_id, self.usd)

    def test_refused_for_an_archived_currency(self):
        order = self._create_order()
        self.kwd.active = False
        with self.assertRaisesRegex(UserError, "KWD, the currency of S.*is archived"):
            order._switch_currency(self.kwd)

    def test_refused_without_a_rate(self):
        """Odoo would convert at 1.0: 280 USD into 280 EUR."""
        (gbp,) = self._activate("GBP")
        gbp.rate_ids.unlink()
        order = self._create_order()
        with self.assertRaisesRegex(UserError, "GBP has no exchange rate"):
            order._switch_currency(gbp)
        self.assertAlmostEqual(order.order_line.price_unit, 140.0)
        self.assertEqual(order.currency_id, self.usd)

    def test_the_dialog_says_whose_day_the_rates_are_and_that_there_is_none(self):
        gbp, sek = self._activate("GBP", "SEK")
        (gbp | sek).rate_ids.unlink()
        order = self._create_order()
        order.currency_id.rate_ids.unlink()
        friday, thursday = (order._get_rate_date() - timedelta(days=n) for n in (3, 4))
        self._set_rate(order.currency_id, friday, 0.14)
        self._set_rate(gbp, thursday, 0.12)
        Wizard = self.env["sale.order.switch.currency"]
        wizard = Wizard.create({"order_id": order.id, "currency_id": self.cny.id})
        said = format_date(self.env, friday)
        self.assertTrue(wizard.rate_note.endswith(f" CNY ({said})"), wizard.rate_note)
        wizard.currency_id = gbp
        both = f"({format_date(self.env, thursday)} and {said})"
        self.assertIn(both, wizard.rate_note)
        wizard.currency_id = sek
        self.assertIn("SEK has no exchange rate", wizard.rate_note)
        order._switch_currency(gbp)
        self.assertIn(both[1:-1], order.message_ids[:1].body)

    def test_refused_while_paid_online(self):
        order = self._create_order()
        provider = self.env["payment.provider"].create(
            {"name": "Loopback", "company_id": self.company.id}
        )
        method = self.env["payment.method"].create({"name": "Card", "code": "loopback"})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "tx",
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": "pending",
            }
        )
        for state in ("pending", "done"):
            transaction.state = state
            with self.assertRaisesRegex(UserError, "online"):
                order._switch_currency(self.eur)
        transaction.state = "cancel"
        order._switch_currency(self.eur)
        self.assertEqual(order.currency_id, self.eur)

    def test_wizard_as_a_salesperson(self):
        """Odoo's own Sales rights suffice for one's own quotation, and only for it."""
        seller = self._create_salesperson("switcher")
        order = self._create_order(user_id=seller.id)
        action = order.with_user(seller).action_switch_currency()
        wizard = (
            self.env["sale.order.switch.currency"]
            .with_user(seller)
            .with_context(**action["context"])
            .create({"currency_id": self.eur.id})
        )
        self.assertIn("1 USD ≈ 0.89286 EUR", wizard.rate_note)
        wizard.action_switch()
        self.assertEqual(order.currency_id, self.eur)
        stranger = self._create_salesperson("stranger")
        with self.assertRaises(AccessError):
            wizard.with_user(stranger).sudo(False).action_switch()

    def test_refused_with_an_invoice(self):
        """A down payment in the old currency can't be deducted in the new one."""
        self._load_chart()
        order = self._create_order()
        order.action_confirm()
        self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        ).create_invoices()
        order.invoice_ids.action_post()
        order._action_cancel()
        order.action_draft()
        with self.assertRaisesRegex(UserError, "has invoices in USD"):
            order._switch_currency(self.eur)

    def test_only_the_switch_moves_prices(self):
        """A salesperson's plain write would turn 280 USD into 280 EUR."""
        seller = self._create_salesperson("writer")
        order = self._create_order(user_id=seller.id).with_user(seller)
        with self.assertRaisesRegex(UserError, "Switch Currency"):
            order.currency_id = self.eur
        order.currency_id = self.usd
        empty = self._create_order(lines=0, user_id=seller.id).with_user(seller)
        empty.currency_id = self.eur
        self.assertEqual(empty.currency_id, self.eur)
        order._switch_currency(self.eur)
        self.assertEqual(order.currency_id, self.eur)
