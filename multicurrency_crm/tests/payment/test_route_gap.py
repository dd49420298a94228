"""Currencies of which customers aren't told how to pay them."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .route_common import RouteCommon


@tagged("post_install", "-at_install")
class TestRouteGap(RouteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Gap = cls.env["payment.route.gap"]

    def _find(self, currency, company=None):
        self.env.invalidate_all()
        return self.Gap.search(
            [
                ("company_id", "=", (company or self.books).id),
                ("currency_id", "=", currency.id),
            ]
        )

    def test_each_active_currency_without_a_route(self):
        self.jpy.active = False
        self.assertFalse(self._find(self.jpy))
        self.assertEqual(self._find(self.usd).reason, "none")
        route = self._route()
        self.assertFalse(self._find(self.usd))
        self.in_dollars.action_archive()
        self.assertEqual(self._find(self.usd).reason, "broken")
        self.in_dollars.action_unarchive()
        self.dollars.active = False
        self.assertEqual(self._find(self.usd).reason, "broken")
        route.action_archive()
        self.assertEqual(self._find(self.usd).reason, "none")

    def test_it_says_what_routes_themselves_say(self):
        """Of each way in which a route can be idle, the list and the route agree."""
        routes = self._route() | self._route(self.eur, journal_id=self.bank.id)
        for change in (
            lambda: self.in_anything.action_archive(),
            lambda: self.in_dollars.write({"active": False}),
            lambda: self.in_anything.write(
                {"active": True, "currency_id": self.eur.id}
            ),
            lambda: self.in_anything.write({"currency_id": self.jpy.id}),
            lambda: routes.write({"journal_id": False, "partner_bank_id": False}),
            lambda: routes[0].write({"instructions": "By cheque"}),
            lambda: routes[0].write({"instructions": ""}),
            lambda: routes.write({"provider_ids": self._provider("Till").ids}),
        ):
            change()
            for route in routes:
                gap = self._find(route.currency_id)
                self.assertEqual(bool(route.trouble), gap.reason == "broken")

    def test_documents_that_no_route_fits(self):
        self._route(country_ids=self.japan.ids)
        self.assertFalse(self._find(self.usd))
        order, other = self._order(), self._order()
        other._action_cancel()
        draft, posted, paid = self._draft(), self._draft(), self._draft()
        (posted | paid).action_post()
        self._match(paid, self._pay(100.0, self.usd, "2026-01-11"))
        self._draft(move_type="out_refund")
        gap = self._find(self.usd)
        self.assertEqual(gap.reason, "unfit")
        self.assertFalse(gap.issued_count)
        with self.assertRaises(UserError):
            gap.action_ask_fill_in_issued()
        self.assertEqual((gap.order_count, gap.invoice_count), (1, 2))
        shown = gap.action_open_orders()
        self.assertEqual(self.env["sale.order"].search(shown["domain"]), order)
        shown = gap.action_open_invoices()
        self.assertEqual(
            self.env["account.move"].search(shown["domain"]), draft | posted
        )

    def test_a_currency_that_isnt_active_any_more(self):
        self._draft(self.jpy)
        self.env.flush_all()
        self.jpy.active = False
        self.assertEqual(self._find(self.jpy).invoice_count, 1)

    def test_adding_a_route_fills_in_drafts(self):
        order, draft, posted = self._order(), self._draft(), self._draft()
        posted.action_post()
        cleared = self._order()
        self._route(country_ids=self.germany.ids, sequence=1).action_archive()
        gap = self._find(self.usd)
        values = gap.action_add_route()["context"]
        self.assertEqual(values["default_currency_id"], self.usd.id)
        self.assertEqual(draft.partner_bank_id, self.in_dollars)
        route = self._route(journal_id=self.bank.id)
        cleared.payment_route_id = route
        cleared.payment_route_id = False
        self.assertFalse((order | cleared).payment_route_id)
        self._find(self.usd).action_fill_in()
        self.assertEqual(order.payment_route_id, route)
        self.assertEqual(draft.payment_route_id, route)
        self.assertEqual(draft.partner_bank_id, self.in_anything)
        self.assertEqual(posted.partner_bank_id, self.in_dollars)
        self.assertFalse(posted.payment_route_id, "as the customer has read it")
        self.assertFalse(cleared.payment_route_id, "somebody chose to have none")

    def test_a_route_by_which_nobody_can_pay_isnt_taken(self):
        self.bank.bank_account_id = False
        route = self._route(journal_id=self.bank.id)
        self.assertIn("no bank account", route.trouble)
        order = self._order()
        self.assertFalse(order.payment_route_id)
        self.assertIn("no bank account", order.payment_route_warning)
        route.instructions = "By cheque to our office"
        self.assertFalse(route.trouble)
        self.assertEqual(self._order().payment_route_id, route)

    def test_a_route_added_later_is_filled_in_by_whoever_says_so(self):
        order, confirmed, posted, bare, paid = (
            self._order(),
            self._order(),
            *(self._draft() for _each in range(3)),
        )
        confirmed.action_confirm()
        bare.partner_bank_id = False
        (posted | bare | paid).action_post()
        bare.partner_bank_id = False
        self._match(paid, self._pay(100.0, self.usd, "2026-01-11"))
        route = self._route(journal_id=self.bank.id)
        gap = self._find(self.usd)
        self.assertEqual(gap.reason, "later")
        self.assertEqual((gap.order_count, gap.invoice_count), (2, 2))
        self.assertEqual(gap.issued_count, 3)
        gap.action_fill_in()
        self.assertEqual(order.payment_route_id, route)
        self.assertFalse(confirmed.payment_route_id or posted.payment_route_id)
        boss = self._colleague(
            "gap_boss", "multicurrency_crm.group_manager", "base.group_partner_manager"
        )
        gap = self._as(self._find(self.usd), boss, self.books)
        question = gap.action_ask_fill_in_issued()["params"]["question"]
        self.assertIn("3 orders and unpaid invoices", question)
        self.assertIn(route.name, question)
        gap.action_fill_in_issued()
        for document in (confirmed, posted, bare):
            self.assertEqual(document.payment_route_id, route)
            self.assertIn(route.name, document.message_ids[0].body)
        self.assertFalse(paid.payment_route_id)
        self.assertEqual(posted.partner_bank_id, self.in_dollars, "as it was read")
        self.assertEqual(bare.partner_bank_id, self.in_anything)
        self.assertFalse(self._find(self.usd), "nothing is left to do")

    def test_whether_one_fits_is_what_documents_themselves_find(self):
        """Of many kinds of routes and documents, the list counts those that would find
        a route."""
        tag, gone = self.env["res.partner.category"].create(
            [{"name": "Key"}, {"name": "Gone", "active": False}]
        )
        branch = self.env["res.partner"].create(
            {"name": "Site", "parent_id": self.buyer.id, "country_id": self.japan.id}
        )
        documents = [
            self._draft(price=price, partner_id=partner.id)
            for price in (50.0, 100.0, 999.5)
            for partner in (self.buyer, branch)
        ]
        documents.append(self._order(partner_invoice_id=branch.id))
        for document in documents:
            if document._name == "account.move":
                document.action_post()
            else:
                document.action_confirm()
        for values in (
            {"country_ids": self.japan.ids},
            {"country_ids": self.germany.ids, "amount_from": 100},
            {"category_ids": tag.ids},
            {"category_ids": gone.ids, "amount_to": 99.99},
            {"category_ids": (tag | gone).ids, "country_ids": self.japan.ids},
            {"amount_from": 50, "amount_to": 100},
        ):
            for tagged_one in (False, True):
                self.buyer.category_id = tag if tagged_one else False
                route = self._route(**values)
                expected = sum(bool(one._choose_route()) for one in documents)
                self.assertEqual(self._find(self.usd).issued_count, expected, values)
                route.unlink()

    def test_a_branchs_documents_count_with_its_main_company(self):
        branch = self._found_branch("Quay North", self.books)
        self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": branch.id,
                "currency_id": self.usd.id,
            }
        )
        self.assertEqual(self._find(self.usd).order_count, 1)
        self.assertFalse(self._find(self.usd, branch))

    def test_who_sees_it(self):
        self._order()
        self._route(country_ids=self.japan.ids)
        gap = self._find(self.usd)
        finance = self._colleague("gap_finance", "multicurrency_crm.group_finance")
        seller = self._colleague("gap_seller", "multicurrency_crm.group_user")
        abroad = self._colleague(
            "gap_abroad",
            "multicurrency_crm.group_manager",
            company=self.other_company,
        )
        self.assertEqual(self._as(gap, finance, self.books).order_count, 1)
        with self.assertRaises(AccessError):
            self._as(gap, finance, self.books).action_fill_in()
        with self.assertRaises(AccessError):
            self._as(gap, seller, self.books).read(["order_count"])
        with self.assertRaises(AccessError):
            self._as(gap, abroad, self.other_company).read(["order_count"])
        for method in ("action_fill_in", "action_fill_in_issued"):
            for user, company in (
                (finance, self.books),
                (abroad, self.other_company),
            ):
                with self.assertRaises(AccessError):
                    getattr(self._as(gap, user, company), method)()
