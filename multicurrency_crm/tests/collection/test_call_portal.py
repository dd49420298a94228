"""What a customer owes on the portal, by currency: paid at once, or disputed."""

from lxml import html

from odoo import Command
from odoo.http import Request
from odoo.tests import HttpCase, JsonRpcException, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.collection.collection_call import NOTE
from .call_common import TODAY, CallCommon

PAGE = "/my/open-amounts"


class OpenAmountsCommon(CallCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._create_customer_user("open_customer", cls.buyer)
        cls.stranger = cls._create_customer_user(
            "open_stranger", cls._customer("Stranger")
        )
        cls._invoice(
            33.0,
            cls.jpy,
            "2026-01-05",
            due="2026-02-04",
            partner_id=cls.stranger.partner_id.parent_id.id,
        )
        # as a webshop's: what a portal page asks for is the addon's part alone
        cls.env["ir.config_parameter"].set_param(
            "account_payment.enable_portal_payment", "True"
        )
        cls.method = cls.env["payment.method"].create(
            {"name": "Harbour card", "code": "harbour_card", "active": True}
        )
        form = cls.env["ir.ui.view"].create(
            {
                "name": "Form",
                "type": "qweb",
                "arch": "<form action='/x' method='post'/>",
            }
        )
        cls.provider = cls.env["payment.provider"].create(
            {
                "name": "Harbour Bank",
                "code": "none",
                "state": "test",
                "is_published": True,
                "company_id": cls.books.id,
                "payment_method_ids": [Command.set(cls.method.ids)],
                "redirect_form_view_id": form.id,
            }
        )
        cls.env.flush_all()

    @classmethod
    def _create_customer_user(cls, login, partner, **values):
        contact = cls.env["res.partner"].create(
            {
                "name": login.replace("_", " ").title(),
                "email": f"{login}@buyer.example",
                "parent_id": partner.id,
            }
        )
        return cls.env["res.users"].create(
            {
                "partner_id": contact.id,
                "login": login,
                "password": login,
                "company_id": cls.books.id,
                "company_ids": [Command.set(cls.books.ids)],
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
                **values,
            }
        )

    def _log_in(self, user=None):
        self.authenticate(user and user.login, user and user.login)

    def _read(self, path=PAGE):
        """What a page says: its text, without scripts."""
        page = html.fromstring(self.url_open(path).text).find(".//main")
        return " ".join(" ".join(page.itertext()).replace("\xa0", " ").split())

    def _dispute(self, invoice, note, csrf=True):
        form = {"invoice": invoice if isinstance(invoice, str) else invoice.id}
        if csrf:
            form["csrf_token"] = Request.csrf_token(self)
        return self.url_open(f"{PAGE}/dispute", data={**form, "note": note})

    def _get_pay_path(self, currency, company=None):
        company = company or self.books
        return f"{PAGE}/pay?company={company.id}&currency={currency.id}"

    def _get_form(self, currency):
        """What Odoo's payment form holds: {name: value}."""
        page = html.fromstring(self.url_open(self._get_pay_path(currency)).text)
        [form] = page.xpath("//form[@id='o_payment_form']")
        return {
            name.removeprefix("data-").replace("-", "_"): value
            for name, value in form.items()
            if name.startswith("data-")
        }

    def _pay_by(self, form, **changed):
        """Press the button of that form."""
        return self.make_jsonrpc_request(
            form["transaction_route"],
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "amount": float(form["amount"]),
                "flow": "redirect",
                "tokenization_requested": False,
                "landing_route": form["landing_route"],
                "payment_reference": form["payment_reference"],
                **changed,
            },
        )

    def _get_transaction(self, values):
        reference = values["reference"]
        self.env.invalidate_all()
        return self.env["payment.transaction"].search([("reference", "=", reference)])


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestCallPortal(OpenAmountsCommon, HttpCase):
    # === READING === #

    def test_each_currency_for_itself(self):
        self._pay(60.0, self.usd, "2026-02-25")
        self._log_in(self.customer)
        page = self._read()
        for said in (
            *("USD", "GBP", "890.00 USD", "700.00 USD", "250.00 USD", "60.00 USD"),
            *("90.00 GBP", "47 days late", "1 days late", self.old.name),
        ):
            self.assertIn(said, page)
        for secret in ("EUR", "JPY", "33"):
            self.assertNotIn(secret, page)

    def test_what_was_announced(self):
        self.books.promise_on_portal = True
        self.env["payment.promise"]._make(
            self.buyer, 500.0, self.usd, TODAY, self.old, company=self.books
        )
        self.env.flush_all()
        self._log_in(self.customer)
        page = self._read()
        self.assertEqual(page.count("Promised for 03/02/2026: 500.00 USD"), 1)
        # that it will pay doesn't say that it has
        self.assertIn("Pay all overdue: 700.00 USD", page)
        self.assertNotIn("you told us", page.lower())
        self.assertIn(f"/my/invoices/{self.late.id}/paid", self.url_open(PAGE).text)

    def _tell(self, invoice, amount, day):
        """The customer says, on the portal, that it has paid."""
        self.books.promise_on_portal = True
        self.env.flush_all()
        form = {"amount": amount, "currency": invoice.currency_id.name, "date": day}
        form["csrf_token"] = Request.csrf_token(self)
        self.url_open(f"/my/invoices/{invoice.id}/paid", data=form)
        self.env.invalidate_all()

    def test_what_it_says_it_has_paid_isnt_asked_for_once_more(self):
        self._log_in(self.customer)
        self._tell(self.old, 440, "2026-02-25")
        page = self._read()
        self.assertIn("You told us that you paid 440.00 USD on 02/25/2026", page)
        self.assertIn("Pay all overdue: 260.00 USD", page)
        self.assertIn("Without 440.00 USD that you told us you have paid", page)
        self.assertIn("Pay all overdue: 90.00 GBP", page)
        form = self._get_form(self.usd)
        self.assertEqual(float(form["amount"]), 260.0)
        transaction = self._get_transaction(self._pay_by(form))
        self.assertEqual(transaction.invoice_ids, self.old | self.late)
        # the whole of it, told in two parts, and more than is open
        self._tell(self.old, 60, "2026-02-27")
        self._tell(self.late, 900, "2026-03-01")
        page = self._read()
        self.assertIn("You told us that you paid 60.00 USD on 02/27/2026", page)
        self.assertNotIn("Pay all overdue: 2", page)
        self.assertIn("Without 700.00 USD that you told us you have paid", page)
        self.assertTrue(self.url_open(self._get_pay_path(self.usd)).url.endswith(PAGE))
        # one by one they may be paid
        page = self.url_open(f"/my/invoices/{self.late.id}").text
        self.assertIn("o_payment_form", page)

    def test_told_of_all_that_is_open_it_pays_the_oldest_first(self):
        self.env["payment.promise"]._make(
            self.buyer,
            620.0,
            self.usd,
            TODAY,
            channel="portal",
            company=self.books,
        )
        self.env.flush_all()
        self._log_in(self.customer)
        self.assertIn("Pay all overdue: 80.00 USD", self._read())
        form = self._get_form(self.usd)
        transaction = self._get_transaction(self._pay_by(form))
        self.assertEqual(transaction.invoice_ids, self.late)

    # === HOW TO PAY === #

    def _route(self, number, **values):
        journal = self.bank.copy({"name": f"Bank {number}", "code": number[:5]})
        house = self.env["res.bank"].create({"name": "Quay Bank", "bic": "QUAYFRPP"})
        journal.set_bank_account(number, house.id)
        return self.env["payment.route"].create(
            {
                "currency_id": self.usd.id,
                "company_id": self.books.id,
                "journal_id": journal.id,
                **values,
            }
        )

    def test_where_nothing_pays_online_it_says_how_to_pay(self):
        self._route("QB-USD-5", charge_bearer="our", instructions="Name the invoice")
        self.provider.is_published = False
        self.env.flush_all()
        self._log_in(self.customer)
        page = self._read()
        self.assertNotIn("Pay all overdue", page)
        for said in (
            *("Please pay USD to", "QB-USD-5", "Quay Bank", "QUAYFRPP", "(OUR)"),
            *("Name the invoice", self.books.name),
        ):
            self.assertEqual(page.count(said), 1, said)
        self.assertNotIn("Please pay GBP", page)
        self.assertTrue(self.url_open(self._get_pay_path(self.usd)).url.endswith(PAGE))
        self.provider.is_published = True
        self.method.active = False
        self.env.flush_all()
        self.assertNotIn("Pay all overdue", self._read())

    def test_invoices_that_are_paid_by_two_ways(self):
        first, second = self._route("QB-1-USD"), self._route("QB-2-USD")
        self.old.payment_route_id, self.late.payment_route_id = second, first
        self.env.flush_all()
        self._log_in(self.customer)
        page = self._read()
        self.assertEqual(page.count("Please pay USD to"), 2)
        after_old = page.index(f"{self.old.name} Please pay USD to")
        after_late = page.index(f"{self.late.name} Please pay USD to")
        self.assertLess(after_old, page.index("QB-2-USD"))
        self.assertLess(page.index("QB-2-USD"), after_late)
        self.assertLess(after_late, page.index("QB-1-USD"))

    def test_another_customer_sees_its_own(self):
        self._log_in(self.stranger)
        page = self._read()
        self.assertIn("33 JPY", page)
        for secret in ("USD", "GBP", self.old.name):
            self.assertNotIn(secret, page)

    def test_nobody_else_sees_anything(self):
        self._log_in()
        self.assertIn("/web/login", self.url_open(PAGE).url)
        self._log_in(self.clerk)
        self.assertIn("Nothing is open", self._read())

    def test_a_company_that_the_customer_doesnt_trade_with(self):
        there = self.other_company
        self._load_chart(there)
        self.env["account.move"].with_company(there).create(
            {
                "move_type": "out_invoice",
                "partner_id": self.buyer.id,
                "company_id": there.id,
                "currency_id": self.usd.id,
                "invoice_date": "2026-01-01",
                "invoice_date_due": "2026-01-02",
                "invoice_line_ids": [
                    Command.create({"name": "X", "price_unit": 5555.0, "tax_ids": []})
                ],
            }
        ).action_post()
        self.env.flush_all()
        self._log_in(self.customer)
        self.assertNotIn("5,555", self._read())
        self.customer.company_ids |= there
        self.env.flush_all()
        page = self._read()
        self.assertIn("5,555.00 USD", page)
        self.assertIn("Harbour America", page)
        # one company's money isn't another's
        form = self._get_form(self.usd)
        self.assertEqual(float(form["amount"]), 700.0)
        self.assertIn(f"/{self.books.id}/", form["transaction_route"])

    def test_the_home_page_counts_currencies_where_the_feature_is_on(self):
        self._log_in(self.customer)
        ask = {"counters": ["open_currency_count"]}
        count = self.make_jsonrpc_request("/my/counters", ask)
        self.assertEqual(count["open_currency_count"], 2)
        self._switch_features(False)
        self.env.flush_all()
        count = self.make_jsonrpc_request("/my/counters", ask)
        self.assertEqual(count["open_currency_count"], 0)

    # === PAYING === #

    def test_all_overdue_of_one_currency(self):
        self._match(self.old, self._pay(60.0, self.usd, "2026-02-25"))
        self.env.flush_all()
        self._log_in(self.customer)
        form = self._get_form(self.usd)
        self.assertEqual(float(form["amount"]), 640.0)  # 440 + 200, open today
        self.assertEqual(int(form["currency_id"]), self.usd.id)
        transaction = self._get_transaction(self._pay_by(form))
        self.assertEqual(transaction.amount, 640.0)
        self.assertEqual(transaction.currency_id, self.usd)
        self.assertEqual(transaction.company_id, self.books)
        self.assertEqual(transaction.partner_id, self.customer.partner_id)
        self.assertEqual(transaction.invoice_ids, self.old | self.late)
        self.assertEqual(float(self._get_form(self.gbp)["amount"]), 90.0)

    def test_what_came_in_pays_them(self):
        """The customer's, though a contact of it pays; the oldest first."""
        self._log_in(self.customer)
        form = self._get_form(self.usd)
        transaction = self._get_transaction(self._pay_by(form))
        line = self._get_method("inbound").copy({"journal_id": self.bank.id})
        self.provider.journal_id = self.bank
        line.payment_provider_id = self.provider
        transaction._set_done()
        transaction._post_process()
        self.assertEqual(transaction.payment_id.partner_id, self.buyer)
        for invoice in self.old | self.late:
            self.assertTrue(self.usd.is_zero(invoice.amount_residual), invoice.name)
        self.assertEqual(self.pounds.amount_residual, 90.0)
        self.env.flush_all()
        self.assertNotIn("Pay all overdue: 700", self._read())
        # a page that was opened before takes no money twice
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._pay_by(form)
        self.assertTrue(self.url_open(self._get_pay_path(self.usd)).url.endswith(PAGE))

    def test_an_instalment_that_is_overdue(self):
        """Of an invoice the last instalment of which isn't due: Odoo's page has none
        of it."""
        partner = self._customer("Halves")
        user = self._create_customer_user("open_halves", partner)
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50.0, "nb_days": 90}
                    ),
                ],
            }
        )
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "currency_id": self.usd.id,
                "invoice_date": "2026-02-01",
                "invoice_payment_term_id": term.id,
                "invoice_line_ids": [
                    Command.create({"name": "X", "price_unit": 31.0, "tax_ids": []})
                ],
            }
        )
        invoice.action_post()
        self.env.flush_all()
        self._log_in(user)
        self.assertEqual(float(self._get_form(self.usd)["amount"]), 15.5)

    def test_what_is_disputed_or_on_its_way_isnt_asked_for(self):
        self.old._mark_disputed(self.old.invoice_date_due, "Broken")
        self.env.flush_all()
        self._log_in(self.customer)
        form = self._get_form(self.usd)
        self.assertEqual(float(form["amount"]), 200.0)
        transaction = self._get_transaction(self._pay_by(form))
        transaction.provider_id.code = "none"
        # waits for the bank: of Odoo's own providers, 'none' alone doesn't count
        self.assertTrue(self._get_form(self.usd))
        self.env["ir.config_parameter"].set_param(
            "account_payment.enable_portal_payment", "False"
        )
        self.env.flush_all()
        self.assertNotIn("Pay all overdue", self._read())

    def test_odoos_page_offers_the_currencies(self):
        """Core raises there: of invoices of the user alone."""
        own = {"partner_id": self.customer.partner_id.id}
        for currency in (self.usd, self.gbp):
            self._invoice(10.0, currency, "2026-01-05", due="2026-02-04", **own)
        self.env.flush_all()
        self._log_in(self.customer)
        self.assertTrue(self.url_open("/my/invoices/overdue").url.endswith(PAGE))
        self.assertEqual(float(self._get_form(self.usd)["amount"]), 710.0)

    def test_odoos_page_of_one_currency_stays(self):
        own = {"partner_id": self.customer.partner_id.id}
        self._invoice(10.0, self.usd, "2026-01-05", due="2026-02-04", **own)
        self.env.flush_all()
        self._log_in(self.customer)
        answer = self.url_open("/my/invoices/overdue")
        self.assertTrue(answer.url.endswith("/my/invoices/overdue"))
        self.assertIn("/invoice/transaction/overdue", answer.text)

    def test_odoos_page_asks_for_nothing_that_was_told_as_paid(self):
        own = {"partner_id": self.customer.partner_id.id}
        move = self._invoice(10.0, self.usd, "2026-01-05", due="2026-02-04", **own)
        self.env.flush_all()
        self._log_in(self.customer)
        self._tell(move, 10, "2026-02-25")
        self.assertTrue(self.url_open("/my/invoices/overdue").url.endswith(PAGE))

    def test_somebody_elses_currency_isnt_paid(self):
        self._log_in(self.stranger)
        self.assertTrue(self.url_open(self._get_pay_path(self.usd)).url.endswith(PAGE))
        form = self._get_form(self.jpy)
        route = f"{PAGE}/transaction/{self.books.id}/{self.usd.id}"
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._pay_by({**form, "transaction_route": route})
        self._log_in()
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException):
            self._pay_by(form)

    # === DISPUTING === #

    def test_a_dispute_waits_for_finance(self):
        self._log_in(self.customer)
        page = self._dispute(self.old, "<b>Two</b> of three\npumps leak")
        self.assertIn("Disputed", page.text)
        self.env.invalidate_all()
        call = self.env["collection.call"].search([("partner_id", "=", self.buyer.id)])
        self.assertEqual(call.dispute_state, "waiting")
        self.assertEqual(call.channel, "portal")
        self.assertEqual(call.contact_id, self.customer.partner_id)
        self.assertFalse(call.user_id)
        self.assertFalse(self.old.credit_disputed_since)
        self.assertIn(
            "pumps leak", self._as(self.old, self.clerk).collection_dispute_note
        )
        activities = self.old.activity_ids
        self.assertEqual(activities.user_id & self.clerk, self.clerk)
        self.assertIn("&lt;b&gt;Two", activities[0].note)
        # still to be paid, until finance accepts it
        self.assertEqual(float(self._get_form(self.usd)["amount"]), 700.0)
        self._as(self.old, self.clerk).action_accept_call_dispute()
        self.assertEqual(str(self.old.credit_disputed_since), "2026-03-02")
        self.assertFalse(self.old.activity_ids)
        self.env.flush_all()
        self.assertEqual(float(self._get_form(self.usd)["amount"]), 200.0)

    def test_nothing_is_disputed_where_nobody_would_see_it(self):
        self._switch_features(False)
        self.env.flush_all()
        self._log_in(self.customer)
        self.assertNotIn("Something is wrong", self._read())
        self._dispute(self.old, "Wrong")
        self.assertEqual(self._count(), 0)

    def test_it_is_disputed_once(self):
        self._log_in(self.customer)
        self._dispute(self.old, "Wrong")
        self.assertIn("already know", self._dispute(self.old, "Wrong").text)
        self.assertEqual(self._count(), 1)

    def _count(self):
        self.env.invalidate_all()
        return self.env["collection.call"].search_count([])

    def test_what_isnt_the_customers_isnt_disputed(self):
        self._log_in(self.stranger)
        self._dispute(self.old, "Not mine")
        for invoice in ("0", "-1", "x", str(10**20), str(2**31)):
            self._dispute(invoice, "Nonsense")
        self._log_in(self.customer)
        draft = self.old.copy()
        self.env.flush_all()
        self._dispute(draft, "A draft")
        self._log_in(self.clerk)
        self._dispute(self.old, "By a colleague")
        self._log_in(self.customer)
        for note in ("", "   ", "x" * (NOTE + 1)):
            self._dispute(self.old, note)
        self.assertEqual(self._count(), 0)
        with mute_logger("odoo.http"):
            self.assertEqual(self._dispute(self.old, "x", csrf=False).status_code, 400)

    def test_what_was_typed_stays_on_the_page(self):
        self._log_in(self.customer)
        page = self._dispute(self.old, "y" * (NOTE + 1)).text
        self.assertIn("y" * NOTE, page)
        self.assertIn("at most", page)
        # nothing that an address says
        self.assertNotIn("Hello", self._read(f"{PAGE}?error=Hello&open_error=Hello"))
