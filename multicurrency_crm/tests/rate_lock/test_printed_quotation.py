"""What a printed quotation says about its locked rate, where the customer wants it."""

from lxml import html

from odoo.tests import tagged

from .common import RateLockCommon

QUOTATION = "sale.action_report_saleorder"
PRO_FORMA = "sale.action_report_pro_forma_invoice"


@tagged("post_install", "-at_install")
class TestPrintedQuotation(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.print_rate_lock = True
        cls.order = cls._create_quotation(price=100.0, user_id=cls.plain_seller.id)
        cls._lock(cls.order)

    def _print(self, report=QUOTATION, user=None, order=None):
        """The figures as they are read, or nothing."""
        Report = self.env["ir.actions.report"].with_user(user or self.env.user)
        order = order or self.order
        self.env.invalidate_all()
        page = html.fromstring(Report._render_qweb_html(report, order.ids)[0])
        figures = page.xpath("//*[@name='rate_lock_figures']")
        return " ".join(" ".join(node.text_content() for node in figures).split())

    def test_rate_end_and_equivalent(self):
        printed = self._print(user=self.plain_seller)
        self.assertIn("Converted total 2,137.02 CNY", printed)
        self.assertIn(
            "Locked exchange rate 1 USD = 7.1234 CNY our own rate of 11/20/2026",
            printed,
        )
        self.assertIn("Rate holds until 12/04/2026", printed)
        self.assertEqual(self._print(PRO_FORMA), printed)

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.customer.lang = "de_DE"
        printed = self._print().replace("\xa0", " ")
        self.assertIn("2.137,02", printed)
        self.assertIn("1 USD = 7,1234 CNY", printed)
        self.assertIn("04.12.2026", printed)

    def test_17_16_a_typed_rate_is_credited_to_no_publisher(self):
        order = self._create_quotation(price=100.0, user_id=self.user.id)
        order.with_user(self.user)._lock_rate(quoted=("7.15", "company_per_unit"))
        printed = self._print(order=order)
        self.assertIn(f"7.1500 CNY agreed with {self.user.name}, 11/20/2026", printed)
        self.assertNotIn(order.rate_lock_id.source, printed)

    def test_an_order_says_no_end(self):
        self.order.action_confirm()
        printed = self._print()
        self.assertIn("1 USD = 7.1234 CNY", printed)
        self.assertNotIn("until", printed)

    def test_nothing_where_nobody_asked_or_nothing_is_locked(self):
        unlocked = self._create_quotation(price=100.0)
        self.assertFalse(self._print(order=unlocked))
        self.customer.print_rate_lock = False
        self.assertFalse(self._print())
        self.customer.print_rate_lock = True
        self.order._release_rate("Back to the market")
        self.assertFalse(self._print())

    def test_each_company_asks_for_itself(self):
        self.customer.print_rate_lock = False
        self.customer.with_company(self.other_company).print_rate_lock = True
        self.assertFalse(self._print())
        self.product.company_id = False
        there = self._create_quotation(
            currency=self.eur, price=100.0, company_id=self.other_company.id
        )
        self._lock(there)
        self.assertIn("Converted total 333.33 USD", self._print(order=there))

    def test_contacts_print_as_their_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        order = self._create_quotation(price=100.0, partner_id=contact.id)
        self._lock(order)
        self.assertIn("7.1234", self._print(order=order))

    def test_currencies_without_and_with_three_decimals(self):
        for currency, quoted, total in (
            (self.jpy, "100 JPY = 4.7800 CNY", "14.34"),
            (self.kwd, "23.1852", "6,955.56"),
        ):
            order = self._create_quotation(currency=currency, price=100.0)
            self._lock(order)
            printed = self._print(order=order)
            self.assertIn(quoted, printed)
            self.assertIn(total, printed)
