"""One day a deal (odoo/odoo#18048): what an opportunity, its order, the lock, the
invoice and their notes are converted at, where UTC has another date than the company.
"""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date

from ...models.common.customer_present import mark_customer_present
from ..common import MultiCurrencyCommon

#: 9 o'clock on 24 November in Auckland; Los Angeles and UTC still have the 23rd.
MORNING = "2026-11-23 20:00:00"
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


@tagged("post_install", "-at_install")
class TestOneDay(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(MORNING))
        cls.nzd = cls._activate("NZD")[0]
        cls.auckland = cls._create_company("Kauri Timber", cls.nzd)
        cls.auckland.partner_id.tz = "Pacific/Auckland"
        cls.env.user.company_ids |= cls.auckland
        cls.env.user.company_id = cls.auckland
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.auckland.ids}
        )
        cls._load_chart(cls.auckland)
        cls.auckland.missing_rate_policy = "stop"
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Pasadena Joinery", "preferred_currency_id": cls.usd.id}
        )
        cls.board = cls.env["product.product"].create(
            {
                "name": "Board",
                "list_price": 1000.0,
                "taxes_id": False,
                "company_id": cls.auckland.id,
                "invoice_policy": "order",
            }
        )

    def setUp(self):
        super().setUp()
        # whoever works here sits in Los Angeles
        self.env.user.tz = "America/Los_Angeles"
        self.env = self.env(context={**self.env.context, "tz": "America/Los_Angeles"})

    def _type_rates(self, *days):
        rates = {MONDAY: 0.5, TUESDAY: 0.6}
        for day in days or rates:
            self._set_rate(self.usd, day, rates[day], self.auckland)

    def _create_deal(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Boards",
                "type": "opportunity",
                "partner_id": self.buyer.id,
                "company_id": self.auckland.id,
                "expected_revenue_customer": 1200.0,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "opportunity_id": lead.id,
                "order_line": [
                    Command.create({"product_id": self.board.id, "product_uom_qty": 2})
                ],
            }
        )
        return lead, order

    def _format(self, day):
        return format_date(self.env, day)

    def test_five_documents_and_their_notes(self):
        self._type_rates()
        lead, order = self._create_deal()
        self.assertAlmostEqual(lead.revenue_rate, 0.6)
        self.assertEqual(lead.revenue_rate_date, TUESDAY)
        self.assertEqual(lead.expected_revenue, 2000.0)
        self.assertAlmostEqual(order.currency_rate, 0.6)
        # the price comes out of the same day's rate, by every door that prices
        self.assertEqual(order.order_line.price_unit, 600.0)
        self.assertEqual(order.amount_total_company, 2000.0)
        for note in (lead.revenue_rate_note, order.company_amount_note):
            self.assertIn("1 USD ≈ 1.6667 NZD", note)
            self.assertIn(self._format(TUESDAY), note)

        order.action_lock_rate()
        lock = order.rate_lock_id
        self.assertAlmostEqual(lock.rate, 0.6)
        self.assertEqual(lock.rate_date, TUESDAY)
        self.assertEqual(lock.date_start, TUESDAY)

        order.action_confirm()
        self.assertEqual(lead.sale_amount_total, 2000.0)
        invoice = order._create_invoices()
        self.assertAlmostEqual(invoice.invoice_currency_rate, 0.6)
        invoice.action_post()
        self.assertEqual(invoice.invoice_date, TUESDAY)
        self.assertAlmostEqual(invoice.invoice_currency_rate, 0.6)
        self.assertEqual(invoice.amount_total_signed, 2000.0)

    def test_without_a_lock_too(self):
        self._type_rates()
        lead, order = self._create_deal()
        order.action_confirm()
        self.assertAlmostEqual(order.currency_rate, 0.6)
        self.assertEqual(lead.sale_amount_total, 2000.0)
        invoice = order._create_invoices()
        self.assertEqual(invoice._get_document_day(), TUESDAY)
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.invoice_date, TUESDAY)
        self.assertAlmostEqual(invoice.invoice_currency_rate, 0.6)

    def test_due_on_no_day_before_it_is_issued(self):
        """From an order and typed directly, with payment terms and without."""
        self._type_rates()
        now = self.env.ref("account.account_payment_term_immediate")
        for terms in (now, now.browse()):
            _lead, order = self._create_deal()
            order.payment_term_id = terms
            order.action_confirm()
            ordered = order._create_invoices()
            typed = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.buyer.id,
                    "invoice_payment_term_id": terms.id,
                    "invoice_line_ids": [
                        Command.create({"name": "Boards", "price_unit": 1200.0})
                    ],
                }
            )
            typed.currency_id = self.usd
            for invoice in ordered | typed:
                with self.subTest(terms=terms.name, typed=invoice == typed):
                    invoice.action_post()
                    receivable = invoice.line_ids.filtered("date_maturity")
                    self.assertEqual(invoice.invoice_date, TUESDAY)
                    self.assertEqual(invoice.invoice_date_due, TUESDAY)
                    self.assertEqual(receivable.date_maturity, TUESDAY)

    def test_a_due_date_that_was_agreed_stays(self):
        self._type_rates()
        _lead, order = self._create_deal()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = date(2026, 12, 31)
        invoice.action_post()
        self.assertEqual(invoice.invoice_date_due, date(2026, 12, 31))

    def test_a_rate_stands_beside_its_own_day(self):
        """Monday's rate converts on Tuesday, and is shown as Monday's."""
        self._type_rates(MONDAY)
        lead, order = self._create_deal()
        for note in (lead.revenue_rate_note, order.company_amount_note):
            self.assertIn("1 USD = 2.0000 NZD", note)
            self.assertIn(self._format(MONDAY), note)
            self.assertNotIn(self._format(TUESDAY), note)
        order.action_lock_rate()
        self.assertEqual(order.rate_lock_id.rate_date, MONDAY)
        self.assertIn(self._format(MONDAY), order.company_amount_note)

    def test_stop_asks_for_the_same_day_everywhere(self):
        """Only Tuesday's rate is typed: it is Tuesday, so nothing is missing."""
        self._type_rates(TUESDAY)
        _lead, order = self._create_deal()
        self.assertFalse(order.missing_rate_warning)
        order.action_quotation_sent()
        order.action_lock_rate()
        order.action_release_rate()
        order._release_rate("Said otherwise.")
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertFalse(invoice.missing_rate_warning)
        invoice.action_post()
        self.assertAlmostEqual(invoice.invoice_currency_rate, 0.6)

    def test_stop_stops_on_that_day_everywhere(self):
        self.auckland.partner_id.tz = "America/Los_Angeles"  # Monday
        self._type_rates(TUESDAY)
        _lead, order = self._create_deal()
        self.assertTrue(order.missing_rate_warning)
        for door in ("action_quotation_sent", "action_confirm", "action_lock_rate"):
            with self.assertRaises(UserError):
                getattr(order, door)()

    def test_a_draft_that_waits_takes_the_rate_of_its_day(self):
        """Odoo takes a rate that isn't that of the draft's day in UTC for a typed one,
        and would keep it."""
        self._type_rates()
        self._set_rate(self.usd, date(2026, 11, 27), 0.7, self.auckland)
        _lead, order = self._create_deal()
        order.action_confirm()
        waiting = order._create_invoices()
        typed = waiting.copy()
        typed.invoice_currency_rate = 0.65
        self.env.flush_all()
        # the database's own clock isn't frozen
        self.env.cr.execute(
            "UPDATE account_move SET create_date = %s WHERE id IN %s",
            [MORNING, tuple((waiting | typed).ids)],
        )
        self.env.invalidate_all()
        self.assertAlmostEqual(waiting.invoice_currency_rate, 0.6)
        with freeze_time("2026-11-26 20:00:00"):
            (waiting | typed).action_post()
        self.assertEqual(waiting.invoice_date, date(2026, 11, 27))
        self.assertAlmostEqual(waiting.invoice_currency_rate, 0.7)
        self.assertAlmostEqual(typed.invoice_currency_rate, 0.65)

    def test_a_paying_customer_and_a_job_have_the_company_s_day(self):
        """Neither has a zone: Odoo would date their invoices in UTC, and with
        ``soft`` put off what the company dates a day later."""
        self._type_rates()
        _lead, order = self._create_deal()
        order.action_confirm()
        invoice = order._create_invoices()
        self.env.ref("base.user_root").tz = False
        job = mark_customer_present(invoice.with_user(1)).with_context(tz=False)
        job._post(soft=True)
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.invoice_date, TUESDAY)
        self.assertAlmostEqual(invoice.invoice_currency_rate, 0.6)

    def test_documents_that_nobody_converts_are_odoo_s(self):
        """In the company's own currency the user's zone dates, as without the addon."""
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.env["res.partner"].create({"name": "Otago"}).id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.board.id, "price_unit": 5.0})
                ],
            }
        )
        invoice.action_post()
        self.assertEqual(invoice.invoice_date, MONDAY)

    def test_the_switch_is_at_the_same_day(self):
        self._type_rates()
        self._set_rate(self.eur, TUESDAY, 0.3, self.auckland)
        _lead, order = self._create_deal()
        order._switch_currency(self.eur)
        self.assertEqual(order.order_line.price_unit, 300.0)
        self.assertIn(self._format(TUESDAY), order.message_ids[0].body)

    def test_the_change_of_a_rate_counts_its_own_orders(self):
        self._type_rates()
        _lead, order = self._create_deal()
        order.action_confirm()
        rates = self.usd.rate_ids.filtered(lambda r: r.company_id == self.auckland)
        counted = {rate.name: rate._count_documents()[1] for rate in rates}
        self.assertEqual(counted, {MONDAY: 0, TUESDAY: 1})
