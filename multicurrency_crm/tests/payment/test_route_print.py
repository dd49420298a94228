"""How to pay, as customers read it: on prints, on the portal, in their language."""

from datetime import date

from odoo.tests import HttpCase, tagged

from .route_common import RouteCommon

DETAILS = ("NB-USD-77", "PIERCNBJ", "Pier Bank", "Harbour Works")
CHARGES = "all are borne by the payer (OUR)"
NOTE = "Intermediary bank: Third & Sons <NY>"


@tagged("post_install", "-at_install")
class TestRoutePrint(RouteCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.route = cls._route(charge_bearer="our", instructions=NOTE)

    def _print(self, report, record):
        self.env.flush_all()
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, record.ids
        )
        return html.decode()

    def _assert_tells(self, text, *more):
        for words in (*DETAILS, CHARGES, "Third &amp; Sons &lt;NY&gt;", *more):
            self.assertIn(words, text)

    def test_a_quotation(self):
        order = self._order()
        text = self._print("sale.report_saleorder", order)
        self._assert_tells(text, "Please pay USD to")
        order.payment_route_id = False
        self.assertNotIn("NB-USD-77", self._print("sale.report_saleorder", order))

    def test_a_cancelled_order_tells_nothing(self):
        order = self._order()
        order._action_cancel()
        self.assertNotIn("NB-USD-77", self._print("sale.report_saleorder", order))

    def test_an_invoice(self):
        invoice = self._draft()
        invoice.action_post()
        self._assert_tells(self._print("account.report_invoice", invoice))

    def test_an_invoice_prints_the_account_that_stands_on_it(self):
        invoice = self._draft()
        invoice.partner_bank_id = self.in_anything
        text = self._print("account.report_invoice", invoice)
        self.assertIn("NB-ANY-11", text)
        self.assertNotIn("NB-USD-77", text)
        self.assertIn(CHARGES, text)

    def test_what_is_paid_isnt_to_be_paid(self):
        invoice = self._draft()
        invoice.action_post()
        self._match(invoice, self._pay(100.0, self.usd, "2026-01-11"))
        self.assertEqual(invoice.payment_state, "paid")
        text = self._print("account.report_invoice", invoice)
        self.assertNotIn("Please pay", text)
        refund = self._draft(move_type="out_refund")
        self.assertNotIn("Please pay", self._print("account.report_invoice", refund))

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.route.with_context(lang="de_DE").instructions = "Bitte Nummer angeben"
        self.buyer.lang = "de_DE"
        order, invoice = self._order(), self._draft()
        for report, record in (
            ("sale.report_saleorder", order),
            ("account.report_invoice", invoice),
        ):
            text = self._print(report, record)
            self.assertIn("Bitte Nummer angeben", text)
            self.assertNotIn("Third", text)

    def test_online_providers_that_are_named(self):
        shown, hidden, idle = (
            self._provider(name) for name in ("Pier Pay", "Hidden Pay", "Idle Pay")
        )
        hidden.is_published = False
        idle.state = "disabled"
        self.route.provider_ids = shown | hidden | idle
        text = self._print("sale.report_saleorder", self._order())
        self.assertIn("Online: Pier Pay", text)
        self.assertNotIn("Hidden Pay", text)
        self.assertNotIn("Idle Pay", text)

    def test_each_bearer_has_its_sentence(self):
        for bearer, code in (("our", "OUR"), ("sha", "SHA"), ("ben", "BEN")):
            self.route.charge_bearer = bearer
            self.assertIn(f"({code})", self.route._explain_charges())
        self.route.charge_bearer = False
        self.assertFalse(self.route._explain_charges())

    def _state(self):
        self._invoice(300.0, self.usd, "2026-01-10")
        self._invoice(70.0, self.eur, "2026-01-11")
        return self.env["customer.statement"]._make(
            self.buyer, date(2026, 1, 1), date(2026, 1, 31)
        )

    def test_a_statement_says_it_by_currency(self):
        self.buyer.email = "accounts@northwind.example"
        statement = self._state()
        blocks = {
            block["currency"].name: block for block in statement._prepare_blocks()
        }
        self.assertEqual(blocks["USD"]["banks"].id, self.in_dollars.id)
        self.assertIn(CHARGES, blocks["USD"]["route"]["charges"])
        self.assertIsNone(blocks["EUR"]["route"])
        self.assertEqual(blocks["EUR"]["banks"].id, self.in_anything.id)
        report = "multicurrency_crm.report_customer_statement"
        text = self._print(report, statement)
        self.assertEqual(text.count("Third &amp; Sons &lt;NY&gt;"), 1)
        self.assertIn("NB-USD-77", text)
        internal = self._print(f"{report}_internal", statement)
        self.assertNotIn("Third", internal)

    def test_on_the_portal(self):
        self.env.flush_all()
        order = self._order()
        order.action_quotation_sent()
        self.env.flush_all()
        self._assert_tells(self.url_open(order.get_portal_url()).text)
        invoice = self._draft()
        invoice.action_post()
        self.env.flush_all()
        page = self.url_open(invoice.get_portal_url())
        self.assertEqual(page.status_code, 200)
        shown = self.url_open(invoice.get_portal_url(report_type="html"))
        self._assert_tells(shown.text)

    def test_a_statement_on_the_portal(self):
        statement = self._state()
        statement.action_verify()
        statement.sudo()._write_guarded({"sent_on": "2026-02-01 08:00:00"})
        self.env.flush_all()
        text = self.url_open(statement.get_portal_url()).text
        self.assertIn("NB-USD-77", text)
        self.assertIn(CHARGES, text)
