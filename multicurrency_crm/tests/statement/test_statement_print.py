"""A statement on paper: what the customer reads, and what is ours."""

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, freeze_time, tagged

from ..printed_common import ByWkhtmltopdf, Printed, ThroughChromium
from .statement_common import StatementCommon

FOR_CUSTOMER = "multicurrency_crm.report_customer_statement"
INTERNAL = "multicurrency_crm.report_customer_statement_internal"


class PrintCommon(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books.partner_id.bank_ids = [
            Command.create({"acc_number": "DE11 EURO", "currency_id": cls.eur.id}),
            Command.create({"acc_number": "US22 DOLLAR", "currency_id": cls.usd.id}),
            Command.create({"acc_number": "CH33 ANY"}),
        ]
        cls._sell()
        cls.statement = cls._verified()

    def _read(self, report=FOR_CUSTOMER, statements=None, user=None):
        """What a report says, a text with single blanks."""
        statements = statements or self.statement
        Report = self.env["ir.actions.report"].with_user(user or self.env.user)
        content = Report._render_qweb_html(report, statements.ids)[0]
        page = html.fromstring(content).find(".//div[@class='page']")
        return " ".join(" ".join(page.itertext()).replace("\xa0", " ").split())


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementPrint(PrintCommon):
    def test_a_block_a_currency_in_its_own_amounts(self):
        text = self._read()
        gbp, usd = text.index("GBP Balance"), text.index("USD Balance")
        self.assertLess(gbp, usd)
        for said in (
            "Balance before 01/01/2026 500.00 USD",
            "Invoiced 1,350.00 USD",
            "Payments received -60.00 USD",
            "Settled in other currencies -977.78 USD",
            "Balance on 01/31/2026 812.22 USD",
            "Payments received -800.00 GBP",
            "Settled in other currencies 800.00 GBP",
            "Balance on 01/31/2026 0.00 GBP",
        ):
            self.assertIn(said, text)

    def test_open_items_with_due_date_days_late_and_ages(self):
        text = self._read()
        self.assertIn("01/14/2026 17 500.00 USD 500.00 USD", text)
        self.assertIn("01/10/2026 21 1,100.00 USD 122.22 USD", text)
        self.assertIn("02/27/2026 250.00 USD 250.00 USD", text)
        # money that isn't allocated is never late
        self.assertIn("01/25/2026 PBNK1/2026/00002 -60.00 USD -60.00 USD", text)
        self.assertIn(
            "Not due 1 to 30 days late 31 to 60 days late 61 to 90 days late More than "
            "90 days late Unallocated 250.00 USD 622.22 USD 0.00 USD 0.00 USD "
            "0.00 USD -60.00 USD",
            text,
        )

    def test_the_statements_own_bounds(self):
        self.books.write({"statement_age_first": 20})
        self.assertIn("1 to 30 days late", self._read())
        self._invoice(1.0, self.usd, "2026-01-30")
        newer = self._state()
        self.assertIn(
            "1 to 20 days late 21 to 60 days late", self._read(statements=newer)
        )

    def test_813_both_sides_of_money_in_another_currency(self):
        """OCA/account-financial-reporting#810: two statements that knew nothing of each
        other."""
        text = self._read()
        self.assertIn("settled with 800.00 GBP of", text)
        self.assertIn("settled with 977.78 USD of", text)

    def test_nothing_in_company_currency_is_for_the_customer(self):
        text = self._read()
        for secret in ("EUR", "738.38", "111.11", "spot", "booked", "Unrealized"):
            self.assertNotIn(secret, text)

    def test_41413_the_bank_of_the_currency(self):
        """odoo/odoo#41413: a bank account of another currency was printed."""
        text = self._read()
        self.assertIn("Please pay USD to US22 DOLLAR", text)
        self.assertNotIn("DE11", text)
        # nothing is open in pounds: nothing is to be paid
        self.assertNotIn("Please pay GBP", text)

    def test_a_bank_of_no_currency_takes_any(self):
        self.books.partner_id.bank_ids.filtered("currency_id").unlink()
        self.assertIn("Please pay USD to CH33 ANY", self._read())

    def test_the_customers_language_numbers_and_dates(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.buyer.lang = "de_DE"
        text = self._read()
        self.assertIn("1.350,00 USD", text)
        self.assertIn("14.01.2026", text)

    def test_the_invoice_contacts_language_comes_first(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["res.partner"].create(
            {
                "name": "Books of Buyer",
                "type": "invoice",
                "parent_id": self.buyer.id,
                "lang": "de_DE",
                "email": "books@buyer.example",
            }
        )
        self.assertIn("1.350,00 USD", self._read())

    def test_each_in_its_own_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        other = self._customer("Käufer", lang="de_DE")
        self._sell(other)
        both = self.statement | self._state(other)
        Report = self.env["ir.actions.report"]
        text = Report._render_qweb_html(FOR_CUSTOMER, both.ids)[0].decode()
        self.assertIn("1,350.00", text)
        self.assertIn("1.350,00", text)

    def test_another_customers_documents_arent_named(self):
        """OCA/account-financial-reporting#988: items matched with another partner's."""
        stranger = self._customer("Stranger")
        foreign = self._pay(70.0, self.usd, "2026-01-26", partner=stranger)
        mine = self._invoice(70.0, self.usd, "2026-01-26")
        self._match(mine, foreign)
        newer = self._state()
        text = self._read(statements=newer)
        self.assertIn(mine.name, text)
        self.assertIn("Cleared with Another Customer", text)
        self.assertNotIn(foreign.move_id.name, text)
        self.assertIn(foreign.move_id.name, self._read(INTERNAL, newer))

    def test_a_label_of_ours_isnt_for_the_customer(self):
        self._entry(12.0, 10.0, self.usd, "2026-01-15", ref="Doubtful: ask a lawyer")
        newer = self._state()
        self.assertNotIn("Doubtful", self._read(statements=newer))
        self.assertIn("Doubtful", self._read(INTERNAL, newer))

    def test_a_customer_in_credit_isnt_asked_to_pay(self):
        self._pay(2000.0, self.usd, "2026-01-29")
        text = self._read(statements=self._state())
        self.assertIn("1,187.78 USD are in your favour: nothing is to be paid.", text)
        self.assertNotIn("Please pay USD", text)

    def test_what_isnt_valid_is_marked(self):
        self.assertNotIn("Draft", self._read())
        self._invoice(1.0, self.usd, "2026-01-30")
        newer = self._state()
        self.assertIn("Draft: not verified yet", self._read(statements=newer))
        self.assertIn("Superseded: a newer statement", self._read())
        newer._write_guarded({"is_tied": False})
        self.assertIn("it doesn't tie out", self._read(statements=newer))

    def test_the_customers_own_reference_stands_beside_what_is_open(self):
        self._invoice(5.0, self.usd, "2026-01-29", ref="PO 4711")
        page = self._page(self._state())
        items = page.xpath("//table[@name='items']")[-1]
        self.assertIn("PO 4711", "".join(items.itertext()))

    def test_money_that_was_given_back_is_a_refund(self):
        self._pay(40.0, self.usd, "2026-01-29", direction="outbound")
        text = self._read(statements=self._state())
        self.assertIn("Refunds paid out 40.00 USD", text)
        self.assertIn("Refund paid out 40.00 USD", text)

    def test_exchange_differences_are_ours(self):
        """Money in company currency for an invoice in dollars: what the customer reads
        is what settled what."""
        invoice = self._invoice(110.0, self.usd, "2026-01-05")
        self._set_rate(self.usd, "2026-01-20", 1.25, self.books)
        payment = self._pay(88.0, self.eur, "2026-01-21")
        self._match(invoice, payment)
        newer = self._state()
        # what Odoo books of the difference in the currency of the books
        exchange = newer.line_ids.filtered(lambda line: line.kind == "exchange")
        exchange._write_guarded({"currency_id": self.eur.id, "movement": 2.0})
        row = newer.currency_line_ids.filtered(lambda row: row.currency_id == self.eur)
        row._write_guarded({"other": 2.0, "settled_elsewhere": 86.0})
        text = self._read(statements=newer)
        self.assertNotIn("Exchange Difference", text)
        self.assertNotIn("Other entries", text)
        self.assertIn("Settled in other currencies 88.00 EUR", text)
        self.assertIn("Other entries 2.00 EUR", self._read(INTERNAL, newer))

    def test_a_block_keeps_its_heads(self):
        page = self._page(self.statement)
        for table in page.xpath("//table[@name='moves' or @name='items']"):
            self.assertEqual(len(table.xpath("thead/tr")), 2, "its title goes along")
            self.assertIn("page-break-inside", table.getparent().get("style"))

    def _page(self, statements):
        Report = self.env["ir.actions.report"]
        content = Report._render_qweb_html(FOR_CUSTOMER, statements.ids)[0]
        return html.fromstring(content)

    # === OURS === #

    def test_internally_booked_and_spot_with_rate_source_and_day(self):
        text = self._read(INTERNAL)
        for said in (
            "Internal: not for the customer",
            "Closing, booked 738.38 EUR",
            "1 USD ≈ 0.90909 EUR (typed by hand, 01/01/2026)",
            "Closing, at spot 738.38 EUR",
            "Unrealized Gain/Loss (spot) 0.00 EUR",
            "Total, booked 738.38 EUR",
        ):
            self.assertIn(said, text)

    def test_internally_exchange_rows_are_named(self):
        invoice = self._invoice(110.0, self.usd, "2026-01-05")
        self._set_rate(self.usd, "2026-01-20", 1.25, self.books)
        payment = self._pay(110.0, self.usd, "2026-01-21")
        self._match(invoice, payment)
        newer = self._state()
        self.assertIn("Exchange Differences", self._read(INTERNAL, newer))
        self.assertNotIn("Exchange Differences", self._read(statements=newer))

    def test_a_customer_prints_nothing_internal(self):
        customer = self._create_customer_user("statement_reader", self.buyer)
        for report in (FOR_CUSTOMER, INTERNAL):
            with self.subTest(report), self.assertRaises(AccessError):
                self._read(report, user=customer)

    def test_lines_that_were_forgotten_leave_the_figures(self):
        self.statement.line_ids.unlink()
        self.assertIn("Balance on 01/31/2026 812.22 USD", self._read())


class PrintCases:
    """To be mixed into :class:`PrintCommon`, with a program that prints."""

    def _print(self):
        Report = self.env["ir.actions.report"]
        content, kind = Report._render_qweb_pdf(FOR_CUSTOMER, self.statement.ids)
        self.assertEqual(kind, "pdf")
        return Printed(content)

    def test_text_and_picture(self):
        printed = self._print()
        self.assertEqual(set(printed.sizes), {(210, 297)})
        self.assertReads(printed, "812.22 USD", "US22 DOLLAR")

    def test_chinese(self):
        """Names and figures in glyphs, and not in boxes."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["multicurrency_crm"], ["zh_CN"]
        )
        self.buyer.write({"lang": "zh_CN", "name": "鑫源贸易一"})
        printed = self._print()
        self.assertIn("鑫源贸易", printed.texts[0])
        self.assertReads(printed, "812.22 USD")
        self.assertGreater(printed.dots("鑫"), 2 * printed.dots("一"))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementByWkhtmltopdf(PrintCases, ByWkhtmltopdf, PrintCommon, HttpCase):
    pass


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementThroughChromium(PrintCases, ThroughChromium, PrintCommon, HttpCase):
    pass
