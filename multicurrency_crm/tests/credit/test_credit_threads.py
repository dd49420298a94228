"""What others get wrong, what their users ask for: each a test of its name."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


class ThreadsCommon(CreditCommon):
    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _check(self, document, checkpoint=None):
        return self.env["credit.policy"]._check(document, checkpoint)[document]

    def _codes(self, document, checkpoint=None):
        return [reason.code for reason in self._check(document, checkpoint).reasons]


@tagged("post_install", "-at_install")
class TestFiguresOfOthers(ThreadsCommon):
    """Figures that an addon for financial risk, or Odoo itself, gets wrong."""

    def test_foreign_items_are_converted_once(self):
        """credit-control#543: 140 dollars are 1,000 renminbi, not 1,000 / 0.14."""
        self._invoice(self.buyer, 140.0, currency=self.usd)
        self.assertEqual(self._total(self.buyer), 1000.0)
        self.assertEqual(self._total(self.buyer, self.usd), 140.0)
        self.assertEqual(self._assess(self.buyer).exposure, 1000.0)

    def test_orders_of_several_currencies_arent_mixed(self):
        """credit-control#314 and #319: 140 dollars and 2,000 yen are no 2,140."""
        self._order_of(self.buyer, 140.0, self.usd).action_confirm()
        self._order_of(self.buyer, 2000.0, self.jpy).action_confirm()
        exposure = self._exposure(self.buyer)
        self.assertEqual(exposure.by_currency(), {self.usd.id: 140, self.jpy.id: 2000})
        self.assertEqual(self._total(self.buyer), 1100.0)

    def test_the_last_company_doesnt_win(self):
        """Each company has its own figures, whichever is looked at last."""
        self._load_chart(self.other_company)
        self.policy.copy({"company_id": self.other_company.id})
        self._invoice(self.buyer, 1000.0)
        there = self.env["account.move"].with_company(self.other_company)
        line = {"name": "Goods", "price_unit": 70.0, "tax_ids": []}
        there.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.buyer.id,
                "company_id": self.other_company.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [Command.create(line)],
            }
        ).action_post()
        for company, owed in (
            (self.company, 1000.0),
            (self.other_company, 70.0),
            (self.company, 1000.0),
        ):
            self.buyer._assess_credit(company)
            here = self.buyer.with_company(company)
            self.assertEqual(here.credit_exposure, owed)
            self.assertEqual(here.credit_assessment_id.company_id, company)

    def test_the_remainder_at_the_credit_rate(self):
        """Core takes today's rate for what is left of an order: a limit flickers."""
        order = self._order_of(self.buyer, 140.0, self.usd)
        order.action_confirm()
        self._limit(self.buyer, 1000.0)
        self._set_rate(self.usd, TODAY.replace(day=2), 0.14)
        self._set_rate(self.usd, TODAY, 0.07)
        self.assertEqual(self._total(self.buyer), 1000.0)
        self.assertEqual(self._codes(order, "deliver"), [])

    def test_core_counts_a_deposit_twice_and_we_once(self):
        """Order of 1,000, 30 % of it invoiced: core has 1,000 to invoice, still."""
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "percentage",
                "amount": 30,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        wizard._create_invoices(order).action_post()
        self.assertEqual(order.amount_to_invoice, 1000.0)
        self.assertEqual(self._total(self.buyer), 1000.0)

    def test_core_forgets_what_isnt_delivered_and_we_dont(self):
        self.product.invoice_policy = "delivery"
        order = self._order_of(self.buyer, 1000.0)
        order.action_confirm()
        self.assertEqual(order.amount_to_invoice, 0.0)
        self.assertEqual(self._total(self.buyer), 1000.0)

    def test_orders_count_without_core_limits(self):
        """Core's own figure is 0 unless the company uses its limits."""
        self.company.account_use_credit_limit = False
        self._order_of(self.buyer, 1000.0).action_confirm()
        self.assertEqual(self.buyer.credit_to_invoice, 0.0)
        self.assertEqual(self._total(self.buyer), 1000.0)

    def test_mixed_currencies_and_companies(self):
        """odoo#130014 and #162770: an order in euros of a company in dollars adds
        nothing here; an invoice and an order in dollars add up once each."""
        self.product.company_id = False
        there = self._order_of(
            self.buyer, 90.0, self.eur, company_id=self.other_company.id
        )
        there.with_company(self.other_company).action_confirm()
        self._order_of(self.buyer, 14.0, self.usd).action_confirm()
        self._invoice(self.buyer, 28.0, currency=self.usd)
        self._invoice(self.buyer, 5.0)
        self.assertEqual(self._total(self.buyer), 305.0)

    def test_overdue_by_instalment(self):
        """credit-control#374: of four instalments one is late, not all."""
        quarters = self._create_terms("Quarters", 10, 40, 70, 100)
        self._invoice(self.buyer, 1000.0, 30, terms=quarters)
        exposure = self._exposure(self.buyer)
        self.assertEqual(exposure.overdue(self.cny.id), 250)
        self.assertEqual(self._parts(self.buyer), {"days_30": 250, "not_due": 750})
        self.assertEqual(self._assess(self.buyer).overdue, 250.0)


@tagged("post_install", "-at_install")
class TestDecisionsOfOthers(ThreadsCommon):
    """Decisions that others don't take, or take once too often."""

    def test_a_batch_doesnt_end_at_its_first_bad_order(self):
        self._limit(self.buyer, 100.0)
        bad = self._order_of(self.buyer, 500.0)
        good = self._order_of(self._customer("Good"), 500.0)
        (bad | good).action_confirm_selected()
        self.assertEqual((bad.state, good.state), ("draft", "sale"))

    def test_reasons_are_kept(self):
        self._limit(self.buyer, 100.0)
        order = self._order_of(self.buyer, 500.0)
        order.action_request_credit_review()
        self.assertIn("over the limit", order.credit_review_ids.reasons)

    def test_a_banner_that_blocks(self):
        """Core's yellow banner lets everything through."""
        self._limit(self.buyer, 100.0)
        order = self._order_of(self.buyer, 500.0)
        self.assertIn("over the limit", order.partner_credit_warning)
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.action_confirm()
        self.assertEqual(order.state, "draft")

    def test_the_document_counts_once(self):
        """Kingdee counts the document that is decided on twice."""
        self.policy.write({"count_sent": True, "count_drafts": True})
        self._limit(self.buyer, 1000.0)
        order = self._order_of(self.buyer, 1000.0)
        order.action_quotation_sent()
        self.assertEqual(self._check(order).exposure.total(self.cny.id), 1000)
        order.action_confirm()
        invoice = order._create_invoices()
        self.assertEqual(self._check(invoice).exposure.total(self.cny.id), 1000)

    def test_a_delivery_is_stopped_where_an_order_only_warned(self):
        check = self.policy.check_ids.filtered(lambda c: c.reason == "over_limit")
        check.write({"confirm_strength": "warn", "deliver_strength": "block"})
        self._limit(self.buyer, 100.0)
        # of goods, the check of their transfer is shown, where there are transfers
        self.product.type = "service"
        order = self._order_of(self.buyer, 500.0)
        order.action_confirm()
        self.assertEqual(order.credit_check_state, "warning")
        self.assertEqual(self._check(order, "deliver").state, "blocked")

    def test_a_hold_misses_no_kind_of_document(self):
        """Orders, deliveries, invoices and receipts, of a contact as well."""
        desk = self._customer("Desk", parent_id=self.buyer.id, is_company=False)
        self.policy.check_ids.filtered(
            lambda c: c.reason == "on_hold"
        ).post_strength = "review"
        order = self._order_of(desk, 10.0)
        delivered = self._order_of(desk, 10.0)
        delivered.action_confirm()
        self.buyer.credit_hold = True
        invoices = [
            self._invoice(desk, 10.0, move_type=kind, post=False)
            for kind in ("out_invoice", "out_receipt")
        ]
        self.assertEqual(self._codes(order), ["on_hold"])
        self.assertEqual(self._codes(delivered, "deliver"), ["on_hold"])
        with self.assertRaises(UserError):
            order.action_confirm()
        for invoice in invoices:
            with self.assertRaises(UserError):
                invoice.action_post()

    def test_a_moved_rate_is_told_from_a_purchase(self):
        self._limit(self.buyer, 1500.0)
        order = self._order_of(self.buyer, 140.0, self.usd)
        order.action_confirm()
        more = self._order_of(self.buyer, 1000.0)
        self.assertIn("They bought more", self._check(more).sentence)
        self.policy.rate_basis = "spot"
        self._set_rate(self.usd, TODAY, 0.07)
        self.assertIn("The rate moved", self._check(order, "deliver").sentence)

    def test_a_limit_that_expires(self):
        days = {"date_start": TODAY - 9 * DAY, "date_end": TODAY - DAY}
        self._limit(self.buyer, 900.0, kind="temporary", **days)
        order = self._order_of(self.buyer, 500.0)
        self.assertEqual(self._codes(order), ["limit_expired"])
        self._limit(self.buyer, 400.0)
        self.assertEqual(self._codes(order), ["over_limit"])


@tagged("post_install", "-at_install")
class TestWishesOfUsers(ThreadsCommon):
    def test_a_limit_in_the_customers_currency(self):
        """credit-control#63."""
        self._limit(self.buyer, 140.0, self.usd)
        self.assertEqual(self._codes(self._order_of(self.buyer, 1000.0)), [])
        over = self._order_of(self.buyer, 1000.1)
        self.assertIn("140.00", self._check(over).sentence)

    def test_exposure_in_each_currency(self):
        self._invoice(self.buyer, 140.0, currency=self.usd)
        self._invoice(self.buyer, 50.0)
        table = self._assess(self.buyer).exposure_table
        amounts = {row["currency"]: row["amount"] for row in table["rows"]}
        self.assertEqual(amounts.keys(), {"USD", "CNY"})
        self.assertIn("140.00", amounts["USD"])

    def test_a_group_includes_customers_below_customers(self):
        """credit-control#28; and daughters of daughters, in each of our companies."""
        mother = self._customer("Mother")
        self.buyer.parent_id = mother
        below = self._customer("Below", parent_id=self.buyer.id)
        self._limit(mother, 1000.0, is_group=True)
        self._invoice(below, 900.0)
        self.assertEqual(self._codes(self._order_of(self.buyer, 100.0)), [])
        self.assertEqual(self._codes(self._order_of(self.buyer, 101.0)), ["over_limit"])

    def test_stored_risk_is_searched_without_computing(self):
        """credit-control#323: as many queries for one customer as for twenty."""
        many = self.buyer
        for number in range(19):
            many |= self._customer(str(number))
        for buyer in many:
            self._invoice(buyer, 100.0)
        many._assess_credit(self.company)
        here = self.env["res.partner"].with_company(self.company)
        domain = [("id", "in", many.ids), ("credit_exposure", ">=", 100.0)]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = here.search(domain)
        self.assertEqual(found, many)

    def test_partners_arent_written_every_night(self):
        """credit-control#324: nothing changed, nothing is written."""
        self._invoice(self.buyer, 100.0)
        first = self._assess(self.buyer)
        self.env.flush_all()
        query = "SELECT xmin::text FROM res_partner WHERE id = %s"
        self.env.cr.execute(query, [self.buyer.id])
        before = self.env.cr.fetchone()
        self.assertEqual(self._assess(self.buyer), first)
        self.env.flush_all()
        self.env.cr.execute(query, [self.buyer.id])
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_one_query_for_all_partners(self):
        """Core asks for each partner what is open."""
        Exposure = self.env["credit.exposure"].sudo()
        buyers = self.buyer | self._customer("Two") | self._customer("Three")
        for buyer in buyers:
            self._order_of(buyer, 10.0).action_confirm()
        scope = Exposure._get_scope(self.policy, self.company, buyers.ids)
        rates = self.policy._find_rates(self.company, TODAY)
        self.env.flush_all()
        with self.assertQueryCount(1):
            Exposure._gather(scope, rates)
