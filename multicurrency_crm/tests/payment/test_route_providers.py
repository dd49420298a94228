"""What is offered to pay online: the providers of the route, never none."""

import datetime

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.payment import utils as payment_utils

from .route_common import RouteCommon


class ProvidersCommon(RouteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["payment.provider"].search([]).state = "disabled"
        cls.one, cls.two, cls.three = (
            cls._provider(name) for name in ("Pier Pay", "Wire", "Card House")
        )
        # one that names its currencies; those that don't take any
        cls.three.available_currency_ids = cls.usd | cls.eur

    def _offer(self, currency=None, amount=100.0, partner=None, **options):
        """:return: what Odoo offers, as a page asks for it"""
        return self.env["payment.provider"]._get_compatible_providers(
            self.books.id,
            (partner or self.buyer).id,
            amount,
            currency_id=(currency or self.usd).id,
            **options,
        )


@tagged("post_install", "-at_install")
class TestRouteProviders(ProvidersCommon):
    def test_without_a_route_all_are_offered(self):
        every = self.one | self.two | self.three
        self.assertEqual(self._offer(), every)
        self._route(self.eur, provider_ids=self.one.ids)
        self.assertEqual(self._offer(), every)
        self.assertEqual(self._offer(self.eur), self.one)

    def test_a_route_that_names_none_offers_all(self):
        self._route()
        self.assertEqual(len(self._offer()), 3)

    def test_by_currency_country_and_amount(self):
        self._route(sequence=1, country_ids=self.japan.ids, provider_ids=self.two.ids)
        self._route(sequence=2, amount_to=500, provider_ids=(self.one | self.two).ids)
        self._route(sequence=3, provider_ids=self.three.ids)
        self.assertEqual(self._offer(), self.one | self.two)
        self.assertEqual(self._offer(amount=500.01), self.three)
        self.assertEqual(
            self._offer(partner=self._customer("In Osaka", country_id=self.japan.id)),
            self.two,
        )

    def test_the_report_explains(self):
        route = self._route(name="Dollars by wire", provider_ids=self.two.ids)
        report = {}
        payment_utils.add_to_report(report, self.one)
        self.assertEqual(self._offer(report=report), self.two)
        told = report["providers"]
        self.assertTrue(told[self.two]["available"])
        for provider in (self.one, self.three):
            self.assertFalse(told[provider]["available"])
            self.assertIn(route.name, told[provider]["reason"])

    def test_a_route_that_would_leave_none_offers_all_and_tells_once(self):
        route = self._route(self.jpy, provider_ids=self.three.ids)
        self.assertEqual(self._offer(self.jpy), self.one | self.two)
        self.assertEqual(self._offer(self.jpy), self.one | self.two)
        told = route.activity_ids
        self.assertEqual(len(told), 1)
        self.assertIn("Card House", told.note)
        self.assertIn("100 JPY", told.note)
        self.assertTrue(told.user_id.has_group("multicurrency_crm.group_manager"))
        self.assertNotEqual(told.user_id, self.env.ref("base.user_root"))
        told.action_done()
        self._offer(self.jpy)
        self.assertEqual(len(route.activity_ids), 1)

    def test_a_disabled_provider_is_offered_by_no_route(self):
        self._route(provider_ids=(self.one | self.two).ids)
        self.two.state = "disabled"
        self.assertEqual(self._offer(), self.one)

    def test_nothing_to_offer_stays_nothing(self):
        route = self._route(provider_ids=self.one.ids)
        (self.one | self.two | self.three).state = "disabled"
        self.assertFalse(self._offer())
        self.assertFalse(route.activity_ids)

    def test_an_archived_route_narrows_nothing(self):
        self._route(provider_ids=self.one.ids).action_archive()
        self.assertEqual(len(self._offer()), 3)

    def test_the_orders_own_route(self):
        self._route(provider_ids=self.one.ids)
        other = self._route(sequence=50, provider_ids=self.two.ids)
        order = self._order()
        self.assertEqual(self._offer(sale_order_id=order.id), self.one)
        order.payment_route_id = other
        self.assertEqual(self._offer(sale_order_id=order.id), self.two)
        self.assertEqual(self._offer(invoice_id=self._draft().id), self.one)
        order.payment_route_id = False
        self.assertEqual(len(self._offer(sale_order_id=order.id)), 3)
        for nonsense in (0, -1, 10**9, "7", None, [1], order.name):
            self.assertEqual(self._offer(sale_order_id=nonsense), self.one)

    def test_a_currency_and_a_company_that_arent_known(self):
        self._route(provider_ids=self.one.ids)
        Provider = self.env["payment.provider"]
        asked = (self.books.id, self.buyer.id, 0.0)
        self.assertEqual(len(Provider._get_compatible_providers(*asked)), 3)
        kept = Provider._get_compatible_providers(
            *asked, currency_id=self.usd.id, is_validation=True
        )
        self.assertEqual(len(kept), 3)
        kept = Provider._get_compatible_providers(*asked, self.usd.id)
        self.assertEqual(kept, self.one)

    def test_a_partner_of_another_company_changes_no_other_companys(self):
        self._route(provider_ids=self.one.ids)
        there = self._provider("Abroad", company_id=self.other_company.id)
        found = self.env["payment.provider"]._get_compatible_providers(
            self.other_company.id, self.buyer.id, 5.0, currency_id=self.usd.id
        )
        self.assertEqual(found, there)

    def test_a_branch_offers_its_main_companys(self):
        branch = self._found_branch("Quay North", self.books)
        self._route(provider_ids=self.one.ids)
        found = self.env["payment.provider"]._get_compatible_providers(
            branch.id, self.buyer.id, 5.0, currency_id=self.usd.id
        )
        self.assertEqual(found, self.one)

    def test_without_routes_no_query_more(self):
        self.Route._get_rules(self.books)
        self._offer()
        self.env.flush_all()

        def count():
            before = self.env.cr.sql_log_count
            self._offer()
            return self.env.cr.sql_log_count - before

        without = count()
        # the method behind the door
        door = type(self.env["payment.provider"])._get_compatible_providers
        before = self.env.cr.sql_log_count
        door.__wrapped__(
            self.env["payment.provider"],
            self.books.id,
            self.buyer.id,
            100.0,
            currency_id=self.usd.id,
        )
        self.assertEqual(without, self.env.cr.sql_log_count - before)


@tagged("post_install", "-at_install")
class TestRoutePaidOnPortal(ProvidersCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a page names ways to pay, each with the provider that takes it
        for provider in (cls.one, cls.two, cls.three):
            code = provider.name.lower().replace(" ", "_")
            way = cls.env["payment.method"].create(
                {"name": f"By {provider.name}", "code": code}
            )
            provider.payment_method_ids = [Command.set(way.ids)]
            provider.available_currency_ids = False
            way.active = True
        cls._route(provider_ids=cls.one.ids)
        cls.other = cls._route(sequence=50, provider_ids=cls.two.ids)

    def _read(self, document, **options):
        self.env.flush_all()
        url = document.get_portal_url()
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return response.text

    def test_an_order_offers_its_routes_providers(self):
        order = self._order(require_payment=True, require_signature=False)
        order.action_quotation_sent()
        text = self._read(order)
        self.assertIn("By Pier Pay", text)
        self.assertNotIn("By Wire", text)
        order.payment_route_id = self.other
        text = self._read(order)
        self.assertIn("By Wire", text)
        self.assertNotIn("By Pier Pay", text)

    def test_an_invoice_offers_its_routes_providers(self):
        invoice = self._draft(invoice_date=datetime.date(2026, 1, 10))
        invoice.payment_route_id = self.other
        invoice.action_post()
        text = self._read(invoice)
        self.assertIn("By Wire", text)
        self.assertNotIn("By Pier Pay", text)

    def test_parameters_of_an_address_change_nothing(self):
        invoice = self._draft(invoice_date=datetime.date(2026, 1, 10))
        invoice.action_post()
        self.env.flush_all()
        url = invoice.get_portal_url(query_string="&paid_invoices=7&sale_order_id=1")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertIn("By Pier Pay", response.text)
        self.assertNotIn("By Wire", response.text)

    def test_a_route_that_leaves_none_raises_nothing_and_tells(self):
        invoice = self._draft(invoice_date=datetime.date(2026, 1, 10))
        invoice.payment_route_id = self.other
        invoice.action_post()
        self.two.state = "disabled"
        text = self._read(invoice)
        self.assertIn("By Pier Pay", text)
        self.assertIn("By Card House", text)
        self.assertEqual(len(self.other.activity_ids), 1)
