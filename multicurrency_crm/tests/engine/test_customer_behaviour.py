from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ...engine.customer_behaviour import CustomerBehaviour, list_month_starts
from ...engine.customer_exposure import CreditRates, CustomerExposure

TODAY = date(2026, 11, 20)


@tagged("post_install", "-at_install")
class TestCustomerFigures(BaseCase):
    def test_months_of_a_countback(self):
        starts = list_month_starts(TODAY)
        self.assertEqual((len(starts), starts[0]), (24, date(2024, 12, 1)))
        self.assertEqual(starts[-1], date(2026, 11, 1))

    def test_outstanding_beyond_terms(self):
        """2,000 open: all of November (20 days), half of October (15.5), 30 agreed."""
        buyer = CustomerBehaviour(first_invoice=date(2026, 1, 1))
        buyer.sales.update({0: 1000.0, 1: 2000.0})
        self.assertEqual(buyer.get_dso_beyond_terms(2000.0, TODAY), 35.5)
        buyer.add_terms(30 * 3000.0, 3000.0)
        buyer.add_terms(None, None)
        self.assertEqual(buyer.get_dso_beyond_terms(2000.0, TODAY), 5.5)
        self.assertIsNone(CustomerBehaviour().get_dso_beyond_terms(1.0, TODAY))

    def test_at_constant_rates(self):
        """Dollars at 7: 100 against 50 dollars, and 350 of the own currency twice."""
        rates = CreditRates({1: Decimal(1), 2: Decimal(1) / 7}, {})
        buyer = CustomerBehaviour(first_invoice=date(2026, 5, 20))
        buyer.ordered = {
            2: (Decimal(100), Decimal(50)),
            1: (Decimal(350), Decimal(350)),
        }
        self.assertAlmostEqual(buyer.get_trend(rates, 1), 1.5)
        buyer.bought = {2: Decimal(600)}
        self.assertAlmostEqual(buyer.get_monthly_sales(rates, 1, TODAY), 700)

    def test_a_currency_without_a_rate_is_named(self):
        rates = CreditRates({1: Decimal(1)}, {1: TODAY})
        exposure = CustomerExposure(rates, False, Decimal(10), {})
        exposure.add("not_due", 9, None, Decimal(5))
        exposure.add("not_due", 1, None, Decimal(7))
        self.assertEqual(exposure.total(1), 7)
        self.assertEqual(exposure.find_missing(1), {9})
        self.assertEqual(exposure.to_json()[0].get("rate"), None)

    def test_what_is_late_however_little(self):
        rates = CreditRates({1: Decimal(1)}, {1: TODAY})
        exposure = CustomerExposure(rates, False, Decimal(10), {})
        exposure.add("days_30", 1, None, Decimal(10))
        exposure.add("figure_0", 1, None, Decimal(10))
        self.assertEqual(exposure.overdue(1), 0, "it decides nothing")
        self.assertEqual(exposure.overdue_at_all(1), 10, "and is shown")
        self.assertEqual(exposure.overdue_share(1), 0.0)
