"""Leads, customers and rates that the opportunity tests share."""

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user


class LeadRevenueCommon(TransactionCase):
    """Books in CNY (8 technical units for 1 EUR) and in USD, customers in EUR,
    JPY and KWD, and a salesperson with Odoo's own Sales rights only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"
        cls.cny, cls.usd, cls.eur, cls.jpy, cls.kwd, cls.gbp = (
            cls.env.ref(f"base.{code}")
            for code in ("CNY", "USD", "EUR", "JPY", "KWD", "GBP")
        )
        (cls.cny | cls.usd | cls.eur | cls.jpy | cls.kwd | cls.gbp).active = True
        cls.env["res.currency.rate"].search([]).unlink()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.last_week = fields.Date.subtract(cls.today, days=7)
        # The company currencies' own rates are not 1; the pound has none.
        for currency, rate in (
            (cls.eur, 1.0),
            (cls.cny, 8.0),
            (cls.usd, 1.25),
            (cls.jpy, 160.0),
            (cls.kwd, 0.4),
        ):
            cls._add_rate(currency, rate, cls.last_week)
        companies = cls.env["res.company"].create(
            [
                {"name": "Ningbo Lanterns", "currency_id": cls.cny.id},
                {"name": "Lanterns America", "currency_id": cls.usd.id},
            ]
        )
        cls.company, cls.company_us = companies
        cls.env.user.write(
            {
                "company_ids": [Command.link(company.id) for company in companies],
                "company_id": cls.company.id,
            }
        )
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": companies.ids,
                "tracking_disable": False,
            }
        )
        cls.salesperson = new_test_user(
            cls.env,
            login="lead_salesperson",
            groups="sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(companies.ids)],
            tz="UTC",
        )
        cls.won_stage = cls.env["crm.stage"].create({"name": "Done", "is_won": True})
        cls.open_stage = cls.env["crm.stage"].create({"name": "Busy", "sequence": 0})
        cls.customer_eur = cls._create_customer("Laternen GmbH", cls.eur)
        cls.customer_jpy = cls._create_customer("Chochin KK", cls.jpy)
        cls.customer_kwd = cls._create_customer("Fanous WLL", cls.kwd)
        cls.customer_gbp = cls._create_customer("Lamps Ltd", cls.gbp)
        cls.customer_plain = cls.env["res.partner"].create({"name": "Domestic Ltd"})

    @classmethod
    def _add_rate(cls, currency, rate, date, company=None):
        return cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "rate": rate,
                "name": date,
                "company_id": company and company.id,
            }
        )

    @classmethod
    def _create_customer(cls, name, currency, companies=None):
        customer = cls.env["res.partner"].create({"name": name, "is_company": True})
        for company in companies or (cls.company, cls.company_us):
            customer.with_company(company).preferred_currency_id = currency
        return customer

    @classmethod
    def _create_lead(cls, **vals):
        return (
            cls.env["crm.lead"]
            .with_user(cls.salesperson)
            .with_context(allowed_company_ids=[cls.company.id, cls.company_us.id])
            .create(
                {
                    "name": "Lanterns",
                    "type": "opportunity",
                    "user_id": cls.salesperson.id,
                    "company_id": cls.company.id,
                    "stage_id": cls.open_stage.id,
                    **vals,
                }
            )
        )

    def _assert_revenue(self, lead, currency, customer_amount, amount):
        """The lead's currency and both amounts, each to its currency's rounding."""
        self.assertEqual(lead.revenue_currency_id, currency)
        if currency:
            self.assertFalse(
                currency.compare_amounts(
                    lead.expected_revenue_customer, customer_amount
                ),
                f"{lead.expected_revenue_customer} {currency.name}",
            )
        else:
            self.assertFalse(lead.expected_revenue_customer)
        books = (lead.company_id or lead.env.company).currency_id
        self.assertFalse(
            books.compare_amounts(lead.expected_revenue, amount),
            f"{lead.expected_revenue} {books.name}",
        )
