from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.common.customer_present import mark_customer_present
from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestEmptyCurrency(MultiCurrencyCommon):
    """An empty cell is no currency (akaunting#1342)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()

    def test_created_with_an_empty_currency(self):
        self.customer.preferred_currency_id = self.usd
        order = self._create_order(currency_id=False)
        self.assertEqual(order.currency_id, self.usd)
        order.action_confirm()
        self.assertEqual(order._create_invoices().currency_id, self.usd)

    def test_imported_with_an_empty_cell(self):
        names = ["partner_id/.id", "currency_id/.id"]
        result = self.env["sale.order"].load(names, [[str(self.customer.id), ""]])
        self.assertFalse(result["messages"])
        order = self.env["sale.order"].browse(result["ids"])
        self.assertEqual(order.currency_id, self.cny)

    def test_written_empty(self):
        order = self._create_order()
        order.write({"currency_id": False, "client_order_ref": "A 1"})
        self.assertEqual(order.currency_id, self.cny)
        self.assertEqual(order.client_order_ref, "A 1")


@tagged("post_install", "-at_install")
class TestArchivedCurrency(MultiCurrencyCommon):
    """Prices in an archived currency go nowhere (odoo/odoo#54096)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()
        cls.customer.preferred_currency_id = cls.eur
        cls.order = cls._create_order()
        cls.customer.preferred_currency_id = False
        cls.eur.active = False

    def test_copied(self):
        with self.assertRaisesRegex(UserError, r"EUR, the currency of S.*is archived"):
            self.order.copy()
        self.eur.active = True
        self.assertEqual(self.order.copy().currency_id, self.eur)

    def test_copied_into_another(self):
        copy = self.order.copy({"currency_id": self.cny.id})
        self.assertEqual(copy.currency_id, self.cny)

    def test_copied_by_hand_into_another(self):
        """140 USD don't become 140 CNY."""
        self.eur.active = True
        seller = self._create_salesperson("copying")
        order = self.order.with_user(seller)
        order.sudo().user_id = seller
        with self.assertRaisesRegex(UserError, "copy it as it is, then use Switch"):
            order.copy({"currency_id": self.cny.id})
        self.assertEqual(order.copy({"currency_id": self.eur.id}).currency_id, self.eur)

    def test_imported(self):
        names = ["partner_id/.id", "currency_id/.id"]
        row = [str(self.customer.id), str(self.eur.id)]
        result = self.env["sale.order"].load(names, [row])
        self.assertFalse(result["ids"])
        self.assertIn("is archived", result["messages"][0]["message"])

    def test_confirmed(self):
        with self.assertRaisesRegex(UserError, "activate it under Currencies"):
            self.order.action_confirm()

    def test_sent(self):
        for door in (
            self.order.action_quotation_send,
            self.order.action_quotation_sent,
        ):
            with self.assertRaisesRegex(UserError, "activate it under Currencies"):
                door()
        mark_customer_present(
            self.order
        ).action_quotation_sent()  # a payment is pending

    def test_accepted_by_a_customer(self):
        """Nothing of it is lost, and a colleague is asked, once, in their language."""
        self.env["res.lang"]._activate_lang("zh_CN")
        seller = self._create_salesperson("asked", lang="zh_CN")
        self.order.user_id = seller
        self.order._notify_archived()
        self.order.sudo()._validate_order()
        self.assertEqual(self.order.state, "sale")
        activity = self.order.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, seller)
        told = self.eur.with_context(lang="zh_CN")
        said = told._get_archived_refusal(self.order.name)
        self.assertIn(said, activity.note.unescape())

    def test_who_chooses_no_currency_is_not_stopped(self):
        self.eur.active = True
        self.order.action_confirm()
        self.eur.active = False
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.order.partner_id = contact
        self.order.opportunity_id = self.env["crm.lead"].create({"name": "Pumps"})
        self.assertEqual(self.order.currency_id, self.eur)

    def test_a_pricelist_in_it_is_odoos(self):
        self.eur.active = True
        self._enable_pricelists()
        pricelist = self._create_pricelist(self.eur)
        self.eur.active = False
        order = self._create_order(pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, self.eur)
        self.assertEqual(order.copy().currency_id, self.eur)
        self.assertIn("EUR, the currency of", order.currency_warning)
        self.order.invalidate_recordset()
        self.assertIn("is archived", self.order.currency_warning)

    def test_a_pricelist_that_was_picked_for_the_customer_is_ours(self):
        self.eur.active = True
        self._enable_pricelists()
        pricelist = self._create_pricelist(self.eur)
        self.customer.preferred_currency_id = self.eur
        order = self._create_order()
        self.assertEqual(order.pricelist_id, pricelist)
        self.eur.active = False
        for door in (order.copy, order.action_confirm):
            with self.assertRaisesRegex(UserError, "EUR, the currency of S"):
                door()

    def test_opportunities_and_customers_ask_the_same(self):
        """By the form, by code and by an import."""
        lead = self.env["crm.lead"].create({"name": "Pumps"})
        doors = (
            lambda: lead.write({"revenue_currency_id": self.eur.id}),
            lambda: self.env["crm.lead"].create(
                {"name": "Valves", "revenue_currency_id": self.eur.id}
            ),
            lambda: self.customer.write({"preferred_currency_id": self.eur.id}),
        )
        for door in doors:
            with self.assertRaisesRegex(UserError, "EUR, the currency of .*archived"):
                door()
        for model, field in (
            ("crm.lead", "revenue_currency_id"),
            ("res.partner", "preferred_currency_id"),
        ):
            result = self.env[model].load(
                ["name", f"{field}/.id"], [["Pipes", str(self.eur.id)]]
            )
            self.assertFalse(result["ids"])
            self.assertIn("EUR, the currency of", result["messages"][0]["message"])


@tagged("post_install", "-at_install")
class TestOpportunityCurrency(MultiCurrencyCommon):
    """A quotation is made in its opportunity's currency (erpnext#45540)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Pumps for Hamburg",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "revenue_currency_id": cls.usd.id,
                "expected_revenue_customer": 1000.0,
            }
        )

    def _quote(self, **values):
        """As the button does: the form of a new order in the opportunity's context."""
        context = self.lead._prepare_opportunity_quotation_context()
        with Form(self.env["sale.order"].with_context(**context)) as form:
            for name, value in values.items():
                form[name] = value
            with form.order_line.new() as line:
                line.product_id = self.product
        return form.record

    def test_picked_on_the_opportunity(self):
        order = self._quote()
        self.assertEqual(order.currency_id, self.usd)
        self.assertEqual(order.opportunity_id, self.lead)
        self.assertAlmostEqual(order.order_line.price_unit, 140.0)
        self.assertTrue(order.keep_currency)

    def test_before_the_customers_own(self):
        self.customer.preferred_currency_id = self.eur
        self.assertEqual(self._quote().currency_id, self.usd)

    def test_its_pricelist_comes_along(self):
        self._enable_pricelists()
        self._create_pricelist(self.eur, sequence=1)
        dollars = self._create_pricelist(self.usd, sequence=2)
        order = self._quote()
        self.assertEqual(order.pricelist_id, dollars)
        self.assertEqual(order.currency_id, self.usd)

    def test_made_by_code(self):
        order = self._create_order(opportunity_id=self.lead.id)
        self.assertEqual(order.currency_id, self.usd)

    def test_another_customers_quotation(self):
        other = self.env["res.partner"].create({"name": "Somebody else"})
        self.assertEqual(self._quote(partner_id=other).currency_id, self.cny)

    def test_linked_later_it_moves_nothing(self):
        """Nor a merge: what was quoted, or ordered, stays what it is."""
        self._enable_pricelists()
        pricelist = self._create_pricelist(self.eur)
        order = self._create_order(pricelist_id=pricelist.id)
        order.action_confirm()
        pricelist.unlink()
        before = order.currency_id, order.currency_rate, order.keep_currency
        order.opportunity_id = self.lead
        self.lead.copy({"name": "The same pumps"})
        self.assertEqual(
            (order.currency_id, order.currency_rate, order.keep_currency), before
        )
        quotation = self._create_order(currency_id=self.eur.id)
        quotation.opportunity_id = self.lead
        self.assertEqual(quotation.currency_id, self.eur)

    def test_not_in_a_currency_that_the_customer_refuses(self):
        self.customer.allowed_currency_ids = self.eur
        self.assertNotEqual(self._quote().currency_id, self.usd)

    def test_an_opportunity_without_a_customer_yet(self):
        self.lead.partner_id = False
        self.lead.revenue_currency_id = self.usd
        order = self._create_order(opportunity_id=self.lead.id)
        self.assertEqual(order.currency_id, self.usd)

    def test_archived_since(self):
        self.lead.revenue_currency_id = self.eur
        self.eur.active = False
        self.assertEqual(self._quote().currency_id, self.cny)

    def test_archived_since_and_said(self):
        """By the button, by code and in the form of a new order."""
        self.lead.revenue_currency_id = self.eur
        self.eur.active = False
        context = self.lead._prepare_opportunity_quotation_context()
        Order = self.env["sale.order"].with_context(**context)
        values = {"partner_id": self.customer.id}
        for door in (self.lead.action_new_quotation, lambda: Order.create(values)):
            with self.assertRaisesRegex(UserError, "EUR, the currency of"):
                door()
        with Form(Order) as form:
            self.assertIn("EUR, the currency of", form.currency_warning)
        self.assertFalse(form.record.currency_warning)
        chosen = Order.create({**values, "currency_id": self.usd.id})
        self.assertEqual(chosen.currency_id, self.usd)

    def test_none_picked(self):
        self.lead.revenue_currency_id = False
        order = self._quote()
        self.assertEqual(order.currency_id, self.cny)
        self.assertFalse(order.keep_currency)
