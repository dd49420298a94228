"""By which way orders and invoices are paid: found, chosen, kept."""

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged

from .route_common import RouteCommon


@tagged("post_install", "-at_install")
class TestRouteOfDocuments(RouteCommon):
    def test_the_first_that_fits_currency_country_and_tag(self):
        vip = self.env["res.partner.category"].create({"name": "Key account"})
        last = self._route(sequence=40)
        japan = self._route(sequence=10, country_ids=self.japan.ids)
        key = self._route(sequence=20, category_ids=vip.ids)
        self.assertEqual(self._order().payment_route_id, last)
        self.buyer.category_id = vip
        self.assertEqual(self._order().payment_route_id, key)
        self.buyer.country_id = self.japan
        self.assertEqual(self._draft().payment_route_id, japan)
        japan.sequence = 99
        self.assertEqual(self._draft().payment_route_id, key)
        self.assertFalse(self._draft(self.eur).payment_route_id)

    def test_a_contact_has_its_companys_country_and_tags(self):
        vip = self.env["res.partner.category"].create({"name": "Key account"})
        route = self._route(country_ids=self.germany.ids, category_ids=vip.ids)
        self.buyer.category_id = vip
        desk = self._customer("Desk", is_company=False, parent_id=self.buyer.id)
        desk.country_id = False
        order = self._order(partner_id=desk.id)
        self.assertEqual(order.payment_route_id, route)

    def test_amounts_are_the_documents(self):
        small = self._route(amount_to=999.99)
        large = self._route(amount_from=1000)
        for make in (self._order, self._draft):
            document = make(price=999.99)
            self.assertEqual(document.payment_route_id, small)
            lines = "order_line" if make == self._order else "invoice_line_ids"
            document[lines].price_unit = 1000.0
            self.env.flush_all()
            self.assertEqual(document.payment_route_id, large)
            document[lines].price_unit = 10.0
            self.env.flush_all()
            self.assertEqual(document.payment_route_id, small)

    def test_it_follows_the_currency(self):
        dollars = self._route()
        euro = self._route(self.eur, journal_id=self.bank.id)
        order, invoice = self._order(), self._draft()
        self.assertEqual((order | self._order()).payment_route_id, dollars)
        order.order_line.unlink()
        (order.currency_id, invoice.currency_id) = (self.eur, self.eur)
        self.assertEqual(order.payment_route_id, euro)
        self.assertEqual(invoice.payment_route_id, euro)
        self.assertEqual(invoice.partner_bank_id, self.in_anything)

    def test_what_somebody_chose_stays_until_the_currency_changes(self):
        first, other = self._route(), self._route(sequence=50)
        euro = self._route(self.eur, journal_id=self.bank.id)
        for make in (self._order, self._draft):
            document = make()
            document.payment_route_id = other
            self.assertTrue(document.payment_route_is_chosen)
            field = "partner_id" if make == self._draft else "partner_invoice_id"
            document[field] = self._customer("Elsewhere")
            lines = "order_line" if make == self._order else "invoice_line_ids"
            document[lines].price_unit = 77.0
            self.assertEqual(document.payment_route_id, other)
            document.payment_route_id = first
            self.assertFalse(document.payment_route_is_chosen)
            document.payment_route_id = False
            document[lines].price_unit = 78.0
            self.assertFalse(document.payment_route_id, "chosen to have none")
            document.payment_route_id = other
            document[lines].unlink()
            document.currency_id = self.eur
            self.assertEqual(document.payment_route_id, euro)
            self.assertFalse(document.payment_route_is_chosen)

    def test_chosen_in_a_form_before_lines_are(self):
        self._route()
        other = self._route(sequence=50)
        self._route(amount_from=5000, sequence=1)
        with Form(self.env["sale.order"]) as form:
            form.partner_id = self.buyer
            form.currency_id = self.usd
            form.payment_route_id = other
            with form.order_line.new() as line:
                line.product_id = self.product
                line.price_unit = 6000.0
        self.assertEqual(form.record.payment_route_id, other)
        self.assertTrue(form.record.payment_route_is_chosen)

    def test_found_in_a_form_as_amounts_grow(self):
        small = self._route(sequence=50)
        large = self._route(amount_from=5000, sequence=1)
        form = Form(self.env["sale.order"])
        form.partner_id = self.buyer
        form.currency_id = self.usd
        self.assertEqual(form.payment_route_id, small)
        with form.order_line.new() as line:
            line.product_id = self.product
            line.price_unit = 6000.0
        self.assertEqual(form.payment_route_id, large)
        self.assertEqual(form.save().payment_route_id, large)
        self.assertFalse(form.record.payment_route_is_chosen)

    def test_what_the_customer_ordered_by_stays(self):
        route = self._route(amount_to=500)
        order = self._order(price=100)
        order.action_confirm()
        order.order_line.price_unit = 9000.0
        self.env.flush_all()
        self.assertEqual(order.payment_route_id, route)
        route.action_archive()
        order.order_line.price_unit = 50.0
        self.env.flush_all()
        self.assertEqual(order.payment_route_id, route)

    def test_an_invoice_has_its_orders_route(self):
        self._route(amount_to=150)
        self._route(amount_from=150, sequence=20)
        named = self._route(sequence=30, journal_id=self.bank.id)
        order = self._order(price=400)
        order.payment_route_id = named
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual(invoice.payment_route_id, named)
        self.assertEqual(invoice.partner_bank_id, self.in_anything)
        method = invoice.preferred_payment_method_line_id
        self.assertEqual(method.journal_id, self.bank)
        invoice.invoice_line_ids.price_unit = 20.0
        self.assertEqual(invoice.payment_route_id, named)

    def _deposit(self, order, amount):
        """A down payment's draft invoice, as Odoo's dialog makes it."""
        made = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": amount})
        )
        return made._create_invoices(order)

    def test_an_invoice_of_a_part_has_its_orders_route_and_account(self):
        """A deposit below a bound, and the rest, whatever is done to them as drafts."""
        big = self._route(amount_from=3000, journal_id=self.dollars.id)
        rest = self._route(sequence=30, journal_id=self.bank.id)
        for chosen in (None, rest):
            with self.subTest(chosen=chosen and chosen.name):
                order = self._order(price=4100)
                self.assertEqual(order.payment_route_id, big)
                if chosen:
                    order.payment_route_id = chosen
                route = chosen or big
                order.action_confirm()
                deposit = self._deposit(order, 410)
                self._read_route(deposit, route)
                deposit.invoice_line_ids.price_unit = 3900
                self._read_route(deposit, route)
                deposit.invoice_line_ids.price_unit = 12
                self._read_route(deposit, route)
                deposit.action_post()
                invoice = order._create_invoices(final=True)
                invoice.invoice_date = "2026-01-20"
                self._read_route(invoice, route)

    def _read_route(self, invoice, route):
        self.env.flush_all()
        self.assertEqual(invoice.payment_route_id, route)
        account = route.journal_id.bank_account_id
        self.assertEqual(invoice.partner_bank_id, account)

    def test_an_order_without_a_route_by_choice_gives_none(self):
        self._route(journal_id=self.bank.id)
        order = self._order(price=4100)
        order.payment_route_id = False
        order.action_confirm()
        deposit = self._deposit(order, 410)
        deposit.invoice_line_ids.price_unit = 55
        self.env.flush_all()
        self.assertFalse(deposit.payment_route_id)
        invoice = order._create_invoices()
        self.assertFalse(invoice.payment_route_id)

    def test_an_order_that_found_none_leaves_its_invoice_to_find_one(self):
        order = self._order(price=4100)
        order.action_confirm()
        route = self._route(journal_id=self.bank.id)
        self.assertEqual(order._create_invoices().payment_route_id, route)

    def test_an_invoice_of_orders_by_two_ways_looks_for_its_own(self):
        big = self._route(amount_from=3000)
        rest = self._route(sequence=30, journal_id=self.bank.id)
        for prices, route in (((90, 4100), big), ((90, 80), rest), ((9000, 4), big)):
            orders = self.env["sale.order"]
            for price in prices:
                orders |= self._order(price=price)
            orders.action_confirm()
            invoice = orders._create_invoices()
            self.assertEqual(invoice.amount_total, sum(prices))
            self._read_route(invoice, route)
        alone = self._order(price=4100) | self._order(price=90)
        alone.action_confirm()
        invoices = alone._create_invoices(grouped=True)
        self.assertEqual(invoices.payment_route_id, big | rest)
        for invoice in invoices:
            self._read_route(
                invoice,
                invoice.invoice_line_ids.sale_line_ids.order_id.payment_route_id,
            )

    def test_a_credit_note_of_an_order_has_none(self):
        self._route()
        order = self._order(price=100)
        order.action_confirm()
        credit = order._create_invoices()
        self.assertTrue(credit.payment_route_id)
        credit.action_switch_move_type()
        self.env.flush_all()
        self.assertEqual(credit.move_type, "out_refund")
        self.assertFalse(credit.payment_route_id)

    def test_a_copy_looks_for_its_own(self):
        first, other = self._route(), self._route(sequence=50)
        for make in (self._order, self._draft):
            document = make()
            document.payment_route_id = other
            copy = document.copy()
            self.assertEqual(copy.payment_route_id, first)
            self.assertFalse(copy.payment_route_is_chosen)

    def test_what_customers_dont_pay_has_none(self):
        self._route()
        refund = self._draft(move_type="out_refund")
        bill = self._draft(move_type="in_invoice")
        self.assertFalse((refund | bill).payment_route_id)
        self.assertFalse(refund.payment_route_warning)
        self.assertFalse(bill.payment_route_warning)

    def test_another_currencys_is_refused(self):
        self._route()
        euro = self._route(self.eur, journal_id=self.bank.id)
        for make in (self._order, self._draft):
            with self.assertRaisesRegex(ValidationError, "choose a payment route for"):
                make().payment_route_id = euro

    def test_what_documents_name_isnt_deleted(self):
        route = self._route()
        self._order()
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            route.unlink()
        self._route(self.eur).unlink()
        self.in_dollars.unlink()  # Odoo archives it
        self.assertTrue(route.trouble)


@tagged("post_install", "-at_install")
class TestBankOfInvoices(RouteCommon):
    def _prefer(self, journal):
        """Set the customer's own way to pay."""
        line = journal.inbound_payment_method_line_ids[:1]
        self.buyer.property_inbound_payment_method_line_id = line
        return line

    def test_odoo_41413_a_bank_of_another_currency_is_printed(self):
        """odoo/odoo#41413: the customer's usual way to pay is in dollars, and its euro
        invoice prints the account in dollars."""
        self._prefer(self.dollars)
        self.assertEqual(self._draft(self.eur).partner_bank_id, self.in_dollars)
        self._route(self.jpy, journal_id=self.bank.id)
        invoice = self._draft(self.eur)
        self.assertFalse(invoice.payment_route_id)
        self.assertEqual(invoice.partner_bank_id, self.in_anything)
        self.assertFalse(invoice.preferred_payment_method_line_id)

    def test_odoo_221316_no_account_takes_the_currency(self):
        """odoo/odoo#221316: of accounts in other currencies none is better than any."""
        self.in_anything.currency_id = self.jpy
        self.assertTrue(self._draft(self.eur).partner_bank_id, "as Odoo has it")
        self._route(self.usd)
        self.assertFalse(self._draft(self.eur).partner_bank_id)
        self.assertEqual(self._draft().partner_bank_id, self.in_dollars)

    def test_the_routes_bank_and_method(self):
        self._prefer(self.bank)
        route = self._route()
        self.assertEqual(route.partner_bank_id, self.in_dollars)
        self.assertEqual(route.payment_method_line_id.journal_id, self.dollars)
        order, invoice = self._order(), self._draft()
        self.assertEqual(invoice.partner_bank_id, self.in_dollars)
        for document in (order, invoice):
            self.assertEqual(
                document.preferred_payment_method_line_id, route.payment_method_line_id
            )
        invoice.action_post()
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        self.assertEqual(register.create({}).journal_id, self.dollars)

    def test_a_route_without_journal_leaves_the_customers_way(self):
        line = self._prefer(self.bank)
        self._route(journal_id=False, partner_bank_id=self.in_dollars.id)
        invoice = self._draft()
        self.assertEqual(invoice.partner_bank_id, self.in_dollars)
        self.assertEqual(invoice.preferred_payment_method_line_id, line)

    def test_a_bank_chosen_by_hand_stays(self):
        self._route()
        invoice = self._draft()
        invoice.partner_bank_id = self.in_anything
        invoice.invoice_line_ids.price_unit = 55.0
        self.assertEqual(invoice.partner_bank_id, self.in_anything)

    def test_an_archived_account_is_passed_over(self):
        first = self._route()
        self.assertEqual(self._draft().payment_route_id, first)
        second = self._route(sequence=20, journal_id=self.bank.id)
        self.in_dollars.action_archive()
        self.assertIn("archived", first.trouble)
        invoice = self._draft()
        self.assertEqual(invoice.payment_route_id, second)
        self.assertEqual(invoice.partner_bank_id, self.in_anything)
        second.action_archive()
        invoice = self._draft()
        self.assertFalse(invoice.payment_route_id)
        self.assertNotEqual(invoice.partner_bank_id, self.in_dollars)
        self.assertIn("is archived", invoice.payment_route_warning)
        invoice.action_post()
        self.in_dollars.action_unarchive()
        self.assertFalse(first.trouble)
        self.assertEqual(self._draft().payment_route_id, first)

    def test_chosen_though_archived_prints_no_archived_account(self):
        first = self._route()
        invoice = self._draft()
        self.env.flush_all()
        self.in_dollars.action_archive()
        order = self._order()
        order.payment_route_id = first
        order.action_confirm()
        other = order._create_invoices()
        self.assertNotEqual(other.partner_bank_id, self.in_dollars)
        other.action_post()
        self.assertEqual(invoice.payment_route_id, first)

    def test_an_archived_journal_is_passed_over(self):
        route = self._route()
        self.dollars.active = False
        self.assertTrue(route.trouble)
        self.assertFalse(self._draft().payment_route_id)

    def test_an_account_that_changes_its_currency_is_passed_over(self):
        route = self._route(self.eur, partner_bank_id=self.in_anything.id)
        self.assertEqual(self._draft(self.eur).payment_route_id, route)
        self.in_anything.currency_id = self.jpy
        self.assertIn("JPY", route.trouble)
        self.assertFalse(self._draft(self.eur).payment_route_id)


@tagged("post_install", "-at_install")
class TestRouteItself(RouteCommon):
    def test_a_bank_of_another_currency_is_refused(self):
        for values in (
            {"journal_id": self.dollars.id},
            {"partner_bank_id": self.in_dollars.id},
        ):
            with self.assertRaisesRegex(ValidationError, "kept in USD, and not in EUR"):
                self._route(self.eur, **values)

    def test_an_account_of_somebody_else_is_refused(self):
        theirs = self.env["res.partner.bank"].create(
            {"acc_number": "SUPPLIER-1", "partner_id": self.buyer.id}
        )
        with self.assertRaisesRegex(ValidationError, "is Northwind Traders Ltd's"):
            self._route(journal_id=False, partner_bank_id=theirs.id)
        branch = self._found_branch("Quay North", self.books)
        theirs.partner_id = branch.partner_id
        self._route(journal_id=False, partner_bank_id=theirs.id)

    def test_what_is_refused_names_nothing_of_another_company(self):
        there = self.other_company
        manager = self._colleague(
            "route_there",
            "multicurrency_crm.group_manager",
            "sales_team.group_sale_salesman",
            company=there,
        )
        Route = self._as(self.Route, manager, there)
        common = {"currency_id": self.eur.id, "company_id": there.id}
        with self.assertRaises(AccessError) as refused:
            Route.create({**common, "journal_id": self.dollars.id})
        for secret in ("NB-USD-77", self.dollars.name):
            self.assertNotIn(secret, str(refused.exception))
        theirs = self._route(name="Confidential Bank")
        Order = self._as(self.env["sale.order"], manager, there)
        with self.assertRaises(ValidationError) as refused:
            Order.create(
                {
                    "partner_id": self.buyer.id,
                    "currency_id": self.eur.id,
                    "payment_route_id": theirs.id,
                }
            )
        self.assertNotIn("Confidential", str(refused.exception))

    def test_bad_numbers(self):
        for values in (
            {"amount_from": -1},
            {"amount_to": float("nan")},
            {"amount_from": 1e16},
        ):
            with self.assertRaises(ValidationError):
                self._route(**values)
        with self.assertRaises(ValidationError):
            self._route(amount_from=0.001)

    def test_a_method_of_another_journal_is_refused(self):
        line = self.bank.inbound_payment_method_line_ids[:1]
        with self.assertRaisesRegex(ValidationError, "takes payments"):
            self._route(payment_method_line_id=line.id)

    def test_its_name_and_its_copy(self):
        route = self._route()
        self.assertEqual(route.name, "USD · Bank in USD")
        self.assertIn(route.name, route.copy().name)
        self.assertEqual(self._route(name="Mine").name, "Mine")

    def test_amounts_without_a_bound(self):
        """Nobody reads that a route is for up to nothing."""
        for least, most, text in (
            (2500, 0, "From 2,500.00 USD on"),
            (0, 800, "Up to 800.00 USD"),
            (90, 800, "90.00 USD – 800.00 USD"),
            (0, 0, "All amounts"),
        ):
            route = self._route(amount_from=least, amount_to=most)
            self.assertEqual(route.amounts_text, text)
        reader = self._colleague("route_reader", "multicurrency_crm.group_finance")
        arch = self.Route.with_user(reader).get_view(view_type="form")["arch"]
        self.assertIn('name="amounts_text"', arch)
        self.assertNotIn('name="amount_to"', arch)

    def test_who_reads_and_who_writes(self):
        route = self._route()
        for login, group, may in (
            ("route_seller", "multicurrency_crm.group_user", False),
            ("route_finance", "multicurrency_crm.group_finance", False),
            ("route_credit", "multicurrency_crm.group_credit_manager", False),
            ("route_manager", "multicurrency_crm.group_manager", True),
        ):
            user = self._colleague(login, group)
            mine = self._as(route, user, self.books)
            self.assertEqual(mine.name, route.name)
            self.assertFalse(mine.provider_names)
            if may:
                mine.instructions = "Please name the invoice"
                continue
            with self.assertRaises(AccessError):
                mine.instructions = "Mine"
            with self.assertRaises(AccessError):
                mine.create({"currency_id": self.eur.id})
        stranger = self._colleague("route_stranger", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self._as(route, stranger, self.books).read(["name"])

    def test_odoos_own_salespeople_do_all_that_they_did(self):
        route = self._route(amount_from=1)
        seller = self._colleague(
            "route_plain",
            "sales_team.group_sale_salesman",
            "account.group_account_invoice",
        )
        order = self._order(user_id=seller.id)
        order = self._as(order, seller, self.books)
        order.order_line.price_unit = 11.0
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.sudo().payment_route_id, route)
        self.assertEqual(invoice.partner_bank_id, self.in_dollars)
        self.assertEqual(order._prepare_route_print()["bank"].id, self.in_dollars.id)

    def test_a_feature_in_use_isnt_switched_off(self):
        route = self._route()
        Settings = self.env["res.config.settings"]
        with self.assertRaises(RedirectWarning):
            Settings._set_features({"group_multicurrency_payment": False})
        route.action_archive()
        Settings._set_features({"group_multicurrency_payment": False})

    def test_two_companies(self):
        mine = self._route()
        self._load_chart(self.other_company)
        abroad = self.env["account.journal"].create(
            {
                "name": "Pier",
                "code": "PIER",
                "type": "bank",
                "company_id": self.other_company.id,
            }
        )
        theirs = self.Route.create(
            {
                "company_id": self.other_company.id,
                "currency_id": self.usd.id,
                "journal_id": abroad.id,
                "sequence": 1,
                "instructions": "By cheque",
            }
        )
        both = self.env(
            context={
                **self.env.context,
                "allowed_company_ids": (self.books | self.other_company).ids,
            }
        )
        orders = both["sale.order"].create(
            [
                {
                    "partner_id": self.buyer.id,
                    "company_id": company.id,
                    "currency_id": self.usd.id,
                }
                for company in (self.books, self.other_company)
            ]
        )
        self.assertEqual(orders[0].payment_route_id, mine)
        self.assertEqual(orders[1].payment_route_id, theirs)
        with self.assertRaises(UserError):
            orders[0].payment_route_id = theirs
        with self.assertRaises(UserError):
            self._route(journal_id=abroad.id)
        clerk = self._colleague(
            "route_abroad",
            "multicurrency_crm.group_manager",
            company=self.other_company,
        )
        seen = self._as(self.Route, clerk, self.other_company).search([])
        self.assertEqual(seen, theirs)

    def test_a_branch_has_its_main_companys(self):
        branch = self._found_branch("Quay North", self.books)
        route = self._route()
        clerk = self._colleague(
            "route_branch", "multicurrency_crm.group_manager", company=branch
        )
        there = self._as(self.Route, clerk, branch)
        self.assertEqual(there.search([]), route)
        made = there.create({"currency_id": self.eur.id})
        self.assertEqual(made.sudo().company_id, self.books)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": branch.id,
                "currency_id": self.usd.id,
            }
        )
        self.assertEqual(order.payment_route_id, route)
        other = self._route(sequence=50)
        order.with_context(allowed_company_ids=branch.ids).payment_route_id = other
        self.assertEqual(order.payment_route_id, other)

    def test_warnings_say_why(self):
        order, invoice = self._order(), self._draft()
        self.assertFalse(order.payment_route_warning, "no company with routes")
        self.assertFalse(invoice.payment_route_warning)
        route = self._route(self.eur, journal_id=self.bank.id)
        self.assertIn("no payment route for USD", self._order().payment_route_warning)
        other = self._route(country_ids=self.japan.ids)
        self.assertIn("for this customer", self._draft().payment_route_warning)
        self.assertFalse(self._draft(self.eur).payment_route_warning)
        order = self._order(self.eur)
        order.payment_route_id = False
        self.assertIn("No payment route is chosen", order.payment_route_warning)
        order.action_confirm()
        self.assertFalse(order.payment_route_warning)
        self.assertTrue(route | other)


@tagged("post_install", "-at_install")
class TestRouteCosts(RouteCommon):
    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _sell(self):
        order = self._order()
        order.action_confirm()
        order._create_invoices().action_post()

    def test_routes_cost_few_queries(self):
        """Without routes it costs nothing; with one, its bank and method are read."""
        self._sell()
        without = self._count(self._sell)
        self._route()
        self._sell()
        self.assertLessEqual(self._count(self._sell) - without, 9)

    def test_without_routes_nothing_is_asked(self):
        order, invoice = self._order(), self._draft()
        self.env.flush_all()
        self.Route._get_rules(self.books)
        for document in (order, invoice):
            document.mapped("payment_route_id")
            with self.assertQueryCount(0):
                field = document._fields["payment_route_id"]
                self.env.add_to_compute(field, document)
                self.env.flush_all()
                self.assertFalse(document.payment_route_warning)
                self.assertFalse(document._is_bounded())
        with self.assertQueryCount(0):
            self.assertFalse(invoice._filter_of_routes())

    def test_many_documents_cost_no_more_a_piece(self):
        self._route(country_ids=self.germany.ids)
        lines = [Command.create({"name": "Goods", "price_unit": 5.0, "tax_ids": []})]

        def make(number):
            return lambda: (
                self.env["account.move"]
                .create(
                    [
                        {
                            "move_type": "out_invoice",
                            "partner_id": self.buyer.id,
                            "currency_id": self.usd.id,
                            "invoice_line_ids": lines,
                        }
                    ]
                    * number
                )
                .mapped("payment_route_warning")
            )

        make(2)()
        few = self._count(make(5))
        many = self._count(make(15))
        self.Route.search([]).action_archive()
        make(2)()
        few_without = self._count(make(5))
        many_without = self._count(make(15))
        self.assertLessEqual(many - few, many_without - few_without)
