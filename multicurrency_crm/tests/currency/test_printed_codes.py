"""Quotations, orders and invoices in dollars of several countries, as customers read
them."""

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestPrintedCodes(MultiCurrencyCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.cad, cls.aud, cls.gbp = cls._activate("CAD", "AUD", "GBP")
        for currency in cls.cad | cls.aud | cls.gbp:
            cls._set_rate(currency, "2026-01-01", 0.2)
        new_test_user(
            cls.env,
            "buying_customer",
            "base.group_portal",
            partner_id=cls.customer.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.customer.lang = "en_US"

    def _order(self, currency):
        order = self._create_order(
            currency_id=currency.id,
            order_line=[
                Command.create({"product_id": self.product.id, "price_unit": 1234.5})
            ],
        )
        order.action_quotation_sent()
        self.env.flush_all()
        return order

    def _invoice(self, order):
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.action_post()
        self.env.flush_all()
        return invoice

    def _printed(self, report, document):
        """The document as it is printed, before it is made a PDF."""
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            report, document.ids
        )
        return html.fromstring(content)

    def _page(self, document):
        answer = self.url_open(document.get_portal_url())
        answer.raise_for_status()
        return html.fromstring(answer.content)

    def _list(self, path):
        answer = self.url_open(path)
        answer.raise_for_status()
        return html.fromstring(answer.content)

    @staticmethod
    def _codes(page):
        return [
            "".join(node.itertext()).strip()
            for node in page.xpath("//*[@name='currency_code']")
        ]

    @staticmethod
    def _totals(page):
        """What stands before each total."""
        return [
            " ".join("".join(cell.itertext()).split())
            for cell in page.xpath("//tr[contains(@class, 'o_total')]/td[1]")
        ]

    def _documents(self, currency):
        """Every page and print on which a customer reads a total."""
        order = self._order(currency)
        quotations = self._list("/my/quotes")
        pages = [
            self._printed("sale.action_report_saleorder", order),
            self._page(order),
        ]
        invoice = self._invoice(order)
        orders, invoices = self._list("/my/orders"), self._list("/my/invoices")
        pages += [
            self._printed("account.account_invoices", invoice),
            self._printed("account.account_invoices_without_payment", invoice),
            self._page(invoice),
        ]
        return pages, [quotations, orders, invoices]

    def test_nothing_changes_while_it_is_off(self):
        self.assertFalse(self.company.print_currency_code, "off where nobody chose")
        self.authenticate("buying_customer", "buying_customer")
        documents, lists = self._documents(self.cad)
        for page in [*documents, *lists]:
            self.assertFalse(self._codes(page))
        for page in documents[:4]:
            self.assertEqual(set(self._totals(page)), {"Total"})
        order = self._order(self.cad)
        self.assertNotIn("printed_currency_code", order.tax_totals)

    def test_a_dollar_says_which(self):
        self.company.print_currency_code = True
        self.authenticate("buying_customer", "buying_customer")
        documents, lists = self._documents(self.cad)
        for page in [*documents, *lists]:
            self.assertTrue(self._codes(page))
            self.assertLessEqual(set(self._codes(page)), {"CAD", "(CAD)"})
        for page in documents[:4]:
            self.assertEqual(set(self._totals(page)), {"Total (CAD)"})

    def test_which_symbols_tell_enough(self):
        self.company.print_currency_code = True
        for currency, shared in (
            (self.usd, True),
            (self.aud, True),
            (self.cny, True),  # ¥ is the yen's, too
            (self.jpy, True),
            (self.gbp, False),
            (self.eur, False),
        ):
            code = currency._get_printed_code(self.company)
            self.assertEqual(code, shared and currency.name, currency.name)
        self.assertFalse(self.usd._get_printed_code(self.other_company))
        # of what nobody trades in, the symbol is no other's
        self.jpy.active = False
        self.assertFalse(self.cny._get_printed_code(self.company))

    def test_costs_no_query(self):
        self.company.print_currency_code = True
        self.usd._get_printed_code(self.company)
        with self.assertQueryCount(0):
            self.cad._get_printed_code(self.company)

    def test_in_the_language_of_the_customer(self):
        self.company.print_currency_code = True
        self.env["res.lang"]._activate_lang("zh_CN")
        modules = self.env["ir.module.module"].search([("name", "=", "account")])
        modules._update_translations(["zh_CN"])
        self.customer.lang = "zh_CN"
        order = self._order(self.cad)
        (label,) = set(
            self._totals(self._printed("sale.action_report_saleorder", order))
        )
        self.assertRegex(label, r"^\S+ \(CAD\)$")
        self.assertNotIn("Total", label)

    def test_branches_print_as_their_main_company(self):
        self.company.print_currency_code = True
        branch = self._create_company(
            "Harbour Branch", self.cny, parent_id=self.company.id
        )
        self.assertEqual(self.cad._get_printed_code(branch), "CAD")
