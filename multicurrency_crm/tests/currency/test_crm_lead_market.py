import random
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import float_round

from .lead_common import LeadRevenueCommon


@tagged("post_install", "-at_install")
class TestCrmLeadMarket(LeadRevenueCommon):
    # === NIGHTLY FLOAT === #

    def _float(self, company=None):
        company = company or self.company
        currencies = self.eur | self.jpy | self.kwd | self.gbp
        return self.env["crm.lead"]._float_revenues(company, currencies)

    def test_open_leads_float_and_others_stay(self):
        leads = {
            name: self._create_lead(
                partner_id=self.customer_eur.id, expected_revenue_customer=1000
            )
            for name in ("open", "won", "lost", "archived")
        }
        leads["open"].probability = 50
        leads["won"].stage_id = self.won_stage
        leads["lost"].action_set_lost()
        leads["archived"].action_archive()
        self._add_rate(self.cny, 8.8, self.today)
        moved = self._float()
        self.assertEqual(moved.ids, leads["open"].ids)
        self._assert_revenue(leads["open"], self.eur, 1000, 8800)
        self.assertEqual(leads["open"].prorated_revenue, 4400)
        self.assertEqual(leads["open"].revenue_rate_date, self.today)
        for name in ("won", "lost", "archived"):
            self._assert_revenue(leads[name], self.eur, 1000, 8000)
        self.assertFalse(self._float(), "a second run changes nothing")

    def test_float_leaves_no_trace(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        self._flush()
        self.cr.execute(
            "UPDATE crm_lead SET write_date = %s, date_last_stage_update = %s"
            " WHERE id = %s",
            [self.last_week, self.last_week, lead.id],
        )
        lead.invalidate_recordset()
        before = lead.message_ids, lead.write_date, lead.date_last_stage_update
        self._add_rate(self.cny, 8.8, self.today)
        self.assertEqual(self._float().ids, lead.ids)
        self._flush()
        lead.invalidate_recordset()
        self.assertEqual(lead.expected_revenue, 8800)
        after = lead.message_ids, lead.write_date, lead.date_last_stage_update
        self.assertEqual(after, before)

    def _flush(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def test_float_rounds_as_the_form_does(self):
        """The database's figures are those that the ORM would have written."""
        generator = random.Random(19)
        self.cny.rounding = 0.05
        leads = self._create_leads(
            [
                float_round(generator.uniform(0.01, 90000), precision_digits=3)
                for _ in range(300)
            ],
            self.kwd,
        )
        for lead in leads:
            lead.probability = generator.choice((10, 25, 50, 33.3))
        self._add_rate(self.cny, 8.123457, self.today)
        self.assertEqual(set(self._float().ids), set(leads.ids))
        for lead in leads:
            amount = self.cny.round(lead.expected_revenue_customer / lead.revenue_rate)
            self.assertFalse(self.cny.compare_amounts(lead.expected_revenue, amount))
            prorated = lead.prorated_revenue
            lead._compute_prorated_revenue()
            self.assertEqual(lead.prorated_revenue, prorated)

    def _create_leads(self, amounts, currency):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lanterns {amount}",
                    "type": "opportunity",
                    "user_id": self.salesperson.id,
                    "company_id": self.company.id,
                    "stage_id": self.open_stage.id,
                    "revenue_currency_id": currency.id,
                    "expected_revenue_customer": amount,
                }
                for amount in amounts
            ]
        )

    def test_float_queries_do_not_grow(self):
        """But for core's own prorated revenue, which it writes a hundred at a time."""
        counts = []
        self._float()  # what is cached for the database is, then
        for number in (10, 80):
            leads = self._create_leads(range(1, number + 1), self.eur)
            self._add_rate(self.cny, 8.0 + number, self.today)
            self._flush()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertLessEqual(set(leads.ids), set(self._float().ids))
            counts.append(self.cr.sql_log_count - before)
            self.env["res.currency.rate"].search([("name", "=", self.today)]).unlink()
        self.assertEqual(counts[0], counts[1])

    def test_float_without_a_rate(self):
        lead = self._create_lead(partner_id=self.customer_gbp.id, expected_revenue=1000)
        lead.expected_revenue_customer = 300
        self.assertFalse(self._float())
        self._assert_revenue(lead, self.gbp, 300, 1000)
        self._add_rate(self.gbp, 0.8, self.today)
        self.assertEqual(self._float().ids, lead.ids)
        self._assert_revenue(lead, self.gbp, 300, 3000)
        self.assertFalse(lead.revenue_rate_warning)

    def test_float_without_customer_amount(self):
        """A company amount alone has nothing that could float."""
        lead = self._create_lead(partner_id=self.customer_gbp.id, expected_revenue=1000)
        self._add_rate(self.gbp, 0.8, self.today)
        self._float()
        self._assert_revenue(lead, self.gbp, 0, 1000)
        lead.expected_revenue = 2000
        self._assert_revenue(lead, self.gbp, 200, 2000)

    def test_cron_two_companies(self):
        """Each company at its own rates; a lead without a company has no books."""
        leads = self.env["crm.lead"]
        for company in (self.company, self.company_us, self.env["res.company"]):
            leads |= self._create_lead(
                user_id=bool(company) and self.salesperson.id,
                team_id=False,
                company_id=company.id,
                revenue_currency_id=self.eur.id,
                expected_revenue_customer=1000,
            )
        self.assertEqual(leads.mapped("expected_revenue"), [8000, 1250, 8000])
        # a company's own row hides the shared one
        self._add_rate(self.cny, 8.8, self.today)
        self._add_rate(self.eur, 0.5, self.today, self.company_us)
        job = self.env.ref("multicurrency_crm.cron_float_revenues")
        job.lastcall = fields.Datetime.now() - timedelta(days=1)
        with self.enter_registry_test_mode():
            job.method_direct_trigger()
        self.assertEqual(leads.mapped("expected_revenue"), [8800, 2500, 8000])

    def test_branch_takes_the_rates_of_its_root(self):
        branch = self.env["res.company"].create(
            {"name": "Ningbo Branch", "parent_id": self.company.id}
        )
        self.salesperson.company_ids += branch
        self._add_rate(self.cny, 10.0, self.last_week, self.company)
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesperson)
            .with_context(allowed_company_ids=branch.ids)
            .create({"name": "Lanterns", "company_id": branch.id})
        )
        lead.write({"revenue_currency_id": self.eur.id, "expected_revenue": 5000})
        self._assert_revenue(lead, self.eur, 500, 5000)

    # === MERGE === #

    def test_merge_takes_one_leads_figures(self):
        head = self._create_lead(
            name="Head", partner_id=self.customer_jpy.id, probability=90
        )
        plain = self._create_lead(name="Plain", probability=5, expected_revenue=70)
        euro = self._create_lead(
            name="Euro",
            probability=50,
            partner_id=self.customer_eur.id,
            expected_revenue_customer=1000,
        )
        merged = (head | plain | euro).merge_opportunity()
        self.assertEqual(merged, head)
        self._assert_revenue(merged, self.eur, 1000, 8000)

    def test_merge_of_a_plain_amount(self):
        head = self._create_lead(
            name="Head", partner_id=self.customer_eur.id, probability=90
        )
        plain = self._create_lead(name="Plain", probability=50, expected_revenue=800)
        merged = (head | plain).merge_opportunity()
        self._assert_revenue(merged, self.eur, 100, 800)

    # === ORDERS === #

    def _confirm_order(self, lead, currency, amount):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": currency.name,
                "currency_id": currency.id,
                "company_id": self.company.id,
            }
        )
        product = self.env["product.product"].create(
            {"name": "Lantern", "taxes_id": False}
        )
        order = (
            self.env["sale.order"]
            .with_company(self.company)
            .with_user(self.salesperson)
            .create(
                {
                    "partner_id": (lead.partner_id or self.customer_plain).id,
                    "company_id": self.company.id,
                    "opportunity_id": lead.id,
                    "pricelist_id": pricelist.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "price_unit": amount,
                                "tax_ids": False,
                            }
                        )
                    ],
                }
            )
        )
        self.assertEqual(order.currency_id, currency)
        order.action_confirm()
        return order

    def test_order_in_the_customers_currency(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        self._confirm_order(lead, self.eur, 900)
        self._assert_revenue(lead, self.eur, 1000, 8000)
        self._confirm_order(lead, self.eur, 1500)
        self._assert_revenue(lead, self.eur, 1500, 12000)

    def test_order_in_the_books_currency(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        self._confirm_order(lead, self.cny, 1500)
        self._assert_revenue(lead, self.eur, 1000, 8000)
        self._confirm_order(lead, self.cny, 16000)
        self._assert_revenue(lead, self.eur, 2000, 16000)

    def test_order_in_a_third_currency(self):
        lead = self._create_lead(
            partner_id=self.customer_eur.id, expected_revenue_customer=1000
        )
        self._confirm_order(lead, self.usd, 99999)
        self._assert_revenue(lead, self.eur, 1000, 8000)

    def test_order_of_a_plain_lead_is_core(self):
        lead = self._create_lead(
            partner_id=self.customer_plain.id, expected_revenue=100
        )
        self._confirm_order(lead, self.eur, 5000)
        self._assert_revenue(lead, self.env["res.currency"], 0, 100)
        self._confirm_order(lead, self.cny, 500)
        self._assert_revenue(lead, self.env["res.currency"], 0, 500)

    # === READING === #

    def test_groups_sum_company_amounts_only(self):
        for customer in (self.customer_eur, self.customer_jpy):
            self._create_lead(partner_id=customer.id, expected_revenue_customer=1600)
        Lead = self.env["crm.lead"].with_user(self.salesperson)
        self.assertIsNone(
            Lead.fields_get(["expected_revenue_customer"])[
                "expected_revenue_customer"
            ].get("aggregator")
        )
        groups = Lead._read_group(
            [("company_id", "=", self.company.id)],
            ["revenue_currency_id"],
            ["expected_revenue:sum"],
        )
        self.assertEqual(dict(groups), {self.eur: 12800.0, self.jpy: 80.0})
