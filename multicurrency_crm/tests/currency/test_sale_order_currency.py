from odoo import Command
from odoo.tests import Form, tagged

from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestOrderCurrency(MultiCurrencyCommon):
    """Which currency a quotation starts with, and keeps."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()
        cls.german = cls.env["res.partner"].create(
            {
                "name": "German customer",
                "is_company": True,
                "country_id": cls.env.ref("base.de").id,
            }
        )

    def test_no_preference_is_odoo(self):
        order = self._create_order()
        self.assertEqual(order.currency_id, self.cny)
        self.assertFalse(order.keep_currency)

    def test_preference_without_pricelist(self):
        """Prices are converted once from the product's currency."""
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        self.assertEqual(order.currency_id, self.usd)
        self.assertFalse(order.pricelist_id)
        self.assertAlmostEqual(order.order_line.price_unit, 140.0)
        self.assertAlmostEqual(order.currency_rate, 0.14)

    def test_converted_prices_are_rounded(self):
        """As people quote, in the customer's currency; Odoo's own stay as they are."""
        self._set_rate(self.usd, "2026-02-01", 0.1395731)
        self.customer.preferred_currency_id = self.usd
        line = self._create_order().order_line
        self.assertEqual(line.price_unit, 139.57)
        self.product.list_price = 0.03
        line = self._create_order().order_line
        self.assertAlmostEqual(line.price_unit, 0.0042, 9)

    def test_contact_takes_the_company_preference(self):
        self.customer.preferred_currency_id = self.usd
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(self._create_order(contact).currency_id, self.usd)

    def test_preference_of_the_order_company(self):
        self.customer.preferred_currency_id = self.usd
        elsewhere = self.customer.with_company(self.other_company)
        elsewhere.preferred_currency_id = self.eur
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.other_company.id}
        )
        self.assertEqual(order.currency_id, self.eur)
        self.assertAlmostEqual(order.currency_rate, 0.9)

    def test_order_of_preference(self):
        """Picked → own → in the preferred currency by country → general → core."""
        self._enable_pricelists()
        europe = self.env["res.country.group"].create(
            {"name": "Here", "country_ids": [Command.set(self.env.ref("base.de").ids)]}
        )
        general_cny = self._create_pricelist(self.cny, sequence=1)
        self.assertEqual(self._create_order(self.german).pricelist_id, general_cny)

        self.german.preferred_currency_id = self.eur
        order = self._create_order(self.german)
        self.assertEqual((order.currency_id, order.pricelist_id.id), (self.eur, False))

        general = self._create_pricelist(self.eur)
        order = self._create_order(self.german)
        self.assertEqual((order.currency_id, order.pricelist_id), (self.eur, general))

        by_country = self._create_pricelist(
            self.eur, country_group_ids=europe.ids, sequence=90
        )
        self.assertEqual(self._create_order(self.german).pricelist_id, by_country)
        self.customer.preferred_currency_id = self.eur
        self.assertEqual(self._create_order(self.customer).pricelist_id, general)

        own = self._create_pricelist(self.usd)
        self.german.specific_property_product_pricelist = own
        order = self._create_order(self.german)
        self.assertEqual((order.currency_id, order.pricelist_id), (self.usd, own))

        picked = self._create_pricelist(self.jpy)
        order = self._create_order(self.german, pricelist_id=picked.id)
        self.assertEqual((order.currency_id, order.pricelist_id), (self.jpy, picked))

    def test_country_pricelist_in_another_currency(self):
        """Core's pricelist for the country gives way to the customer's own choice."""
        self._enable_pricelists()
        group = self.env["res.country.group"].create(
            {"name": "Here", "country_ids": [Command.set(self.env.ref("base.de").ids)]}
        )
        self._create_pricelist(self.eur, country_group_ids=group.ids, sequence=1)
        self.german.preferred_currency_id = self.usd
        self.assertEqual(self._create_order(self.german).currency_id, self.usd)

    def test_other_company_pricelist_is_no_candidate(self):
        self._enable_pricelists()
        self._create_pricelist(self.usd, company_id=self.other_company.id)
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        self.assertEqual((order.currency_id, order.pricelist_id.id), (self.usd, False))

    def test_copy_keeps_the_currency(self):
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        self.customer.preferred_currency_id = self.eur
        copy = order.copy()
        self.assertEqual(copy.currency_id, self.usd)
        self.assertAlmostEqual(copy.amount_total, order.amount_total)
        self.assertEqual(copy.copy().currency_id, self.usd)

    def test_preference_changes_touch_no_order(self):
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        empty = self._create_order(lines=0)
        self.customer.preferred_currency_id = self.eur
        self.env.flush_all()
        order.invalidate_recordset()
        self.assertEqual(order.currency_id, self.usd)
        self.assertEqual(empty.currency_id, self.usd)

    def test_partner_changes_with_lines(self):
        """The order keeps its currency and offers the switch."""
        self.customer.preferred_currency_id = self.usd
        self.german.preferred_currency_id = self.eur
        order = self._create_order()
        order.partner_id = self.german
        self.assertEqual(order.currency_id, self.usd)
        self.assertEqual(order.switch_currency_id, self.eur)
        nobody = self.env["res.partner"].create({"name": "Without"})
        order.partner_id = nobody
        self.assertEqual(order.currency_id, self.usd)
        self.assertFalse(order.switch_currency_id)

    def test_partner_changes_with_lines_and_pricelists(self):
        self._enable_pricelists()
        cny_list = self._create_pricelist(self.cny, sequence=1)
        usd_list = self._create_pricelist(self.usd)
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        self.assertEqual(order.pricelist_id, usd_list)
        order.partner_id = self.env["res.partner"].create({"name": "Without"})
        self.assertEqual((order.currency_id, order.pricelist_id), (self.usd, usd_list))
        core = self._create_order(self.env["res.partner"].create({"name": "Core"}))
        self.assertEqual(core.pricelist_id, cny_list)
        core.partner_id = self.customer
        self.assertEqual((core.currency_id, core.pricelist_id), (self.cny, cny_list))
        self.assertEqual(core.switch_currency_id, self.usd)

    def test_partner_changes_in_an_unsaved_form(self):
        self.customer.preferred_currency_id = self.usd
        self.german.preferred_currency_id = self.eur
        form = Form(self.env["sale.order"])
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.usd)
        with form.order_line.new() as line:
            line.product_id = self.product
        form.partner_id = self.german
        self.assertEqual(form.currency_id, self.usd)
        order = form.save()
        self.assertEqual(order.currency_id, self.usd)
        self.assertAlmostEqual(order.amount_total, 140.0)

    def test_partner_changes_without_lines(self):
        self.customer.preferred_currency_id = self.usd
        self.german.preferred_currency_id = self.eur
        order = self._create_order(lines=0)
        order.partner_id = self.german
        self.assertEqual(order.currency_id, self.eur)
        order.partner_id = self.env["res.partner"].create({"name": "Without"})
        self.assertEqual(order.currency_id, self.cny)

    def test_confirmed_order_keeps_its_currency(self):
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        order.action_confirm()
        self.assertEqual(order.currency_id, self.usd)
        invoice = order._create_invoices()
        self.assertEqual(invoice.currency_id, self.usd)

    def test_currency_given_at_creation(self):
        order = self._create_order(currency_id=self.eur.id)
        self.assertEqual(order.currency_id, self.eur)
        self.assertAlmostEqual(order.order_line.price_unit, 125.0)

    def test_currency_given_at_creation_stays(self):
        """Whoever the contact becomes, in draft and when confirmed."""
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        draft = self._create_order(currency_id=self.usd.id)
        confirmed = self._create_order(currency_id=self.usd.id)
        confirmed.action_confirm()
        orders = draft | confirmed
        orders.write({"partner_id": contact.id})
        self.env.flush_all()
        orders.invalidate_recordset()
        self.assertEqual(orders.currency_id, self.usd)

    def test_currency_picked_in_the_form(self):
        """Before there are lines, picking a currency takes its pricelist along."""
        self._enable_pricelists()
        self._create_pricelist(self.cny, sequence=1)
        usd_list = self._create_pricelist(self.usd)
        form = Form(self.env["sale.order"])
        form.partner_id = self.german
        form.currency_id = self.usd
        self.assertEqual(form.pricelist_id, usd_list)
        form.currency_id = self.eur
        self.assertFalse(form.pricelist_id)
        order = form.save()
        self.assertEqual(order.currency_id, self.eur)

    def test_company_amounts(self):
        self.customer.preferred_currency_id = self.usd
        order = self._create_order()
        self.assertAlmostEqual(order.amount_total, 280.0)
        self.assertAlmostEqual(order.amount_total_company, 2000.0)
        self.assertIn("1 USD ≈ 7.1429 CNY", order.company_amount_note)
        plain = self._create_order(self.german)
        self.assertAlmostEqual(plain.amount_total_company, plain.amount_total)
        self.assertFalse(plain.company_amount_note)

    def test_company_amounts_round_to_the_company_currency(self):
        for currency, rate in ((self.jpy, 20.0), (self.kwd, 0.043)):
            order = self._create_order(currency_id=currency.id)
            order.order_line.price_unit = 77.0
            self.assertEqual(order.amount_total, 154.0)
            self.assertEqual(order.amount_total_company, round(154.0 / rate, 2))

    def test_batch_costs_a_constant_number_of_queries(self):
        """30 quotations of one currency: as many extra queries as one."""
        self._enable_pricelists()
        self._create_pricelist(self.cny, sequence=1)
        partners = self.env["res.partner"].create(
            [
                {"name": f"Customer {number}", "country_id": country}
                for number, country in enumerate(
                    self.env["res.country"].search([], limit=30).ids
                )
            ]
        )

        def count(**values):
            partners.write({"preferred_currency_id": False, **values})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["sale.order"].create([{"partner_id": p.id} for p in partners])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count()
        without = count()
        with_preference = count(preferred_currency_id=self.usd.id)
        self.assertLessEqual(with_preference - without, 6)
