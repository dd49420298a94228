"""Typical customers, each with the grade that a credit manager would give."""

from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon

YEAR = 365


@tagged("post_install", "-at_install")
class TestCreditCustomers(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # somebody ordinary, so that peers are neither perfect nor absent
        cls.ordinary = cls._customer("Ordinary")
        for number in range(12):
            cls._paid(cls.ordinary, 10_000.0, 340 - 25 * number, late=4)

    @classmethod
    def _paid(cls, partner, amount, ago, late=0, **values):
        """An invoice that was paid so many days after its 30 days."""
        move = cls._invoice(partner, amount, ago, **values)
        cls._pay(move, max(ago - 30 - late, 0))
        return move

    def _grade(self, partner):
        return self._assess(partner).grade

    def test_new_with_one_unpaid_invoice_not_yet_due(self):
        buyer = self._customer("New")
        self._invoice(buyer, 5000.0, 10)
        assessment = self._assess(buyer)
        self.assertFalse(assessment.is_rated)
        self.assertEqual(assessment.grade, "c")
        self.assertEqual(assessment.overdue, 0.0)

    def test_always_prepays(self):
        buyer = self._customer("Prepays")
        for number in range(12):
            move = self._invoice(buyer, 8000.0, 1000 - 80 * number)
            self._pay(move, 1000 - 80 * number + 20)
        assessment = self._assess(buyer)
        self.assertEqual(assessment.grade, "a")
        rows = {row["code"]: row for row in assessment.factors}
        self.assertEqual(rows["lateness"]["value"], 0.0)

    def test_credit_balance(self):
        buyer = self._customer("In credit")
        for number in range(6):
            self._paid(buyer, 6000.0, 700 - 100 * number)
        self._credit_note(self._invoice(buyer, 100.0, 50), 5000.0, 45)
        self._limit(buyer, 10_000.0)
        assessment = self._assess(buyer)
        self.assertIn(assessment.grade, "ab")
        self.assertEqual((assessment.exposure, assessment.overdue), (0.0, 0.0))
        rows = {row["code"]: row for row in assessment.factors}
        self.assertEqual(rows["limit_use"]["points"], 100)

    def test_seasonal(self):
        """Buys every autumn and pays: nothing was sold for ten months."""
        buyer = self._customer("Seasonal")
        for year in range(4):
            for number in range(3):
                self._paid(buyer, 50_000.0, year * YEAR + 320 - 10 * number, late=2)
        self.assertIn(self._grade(buyer), "ab")

    def test_many_tiny_invoices_a_week_late(self):
        buyer = self._customer("Tiny")
        for number in range(100):
            self._paid(buyer, 50.0, 330 - 2 * number, late=7)
        assessment = self._assess(buyer)
        rows = {row["code"]: row for row in assessment.factors}
        self.assertEqual(rows["lateness"]["value"], 7.0)
        self.assertIn(assessment.grade, "ab")

    def test_a_million_late_beside_thirty_on_time(self):
        buyer = self._customer("A million")
        for number in range(30):
            self._paid(buyer, 20_000.0, 360 - 10 * number)
        self._invoice(buyer, 1_000_000.0, 230)
        assessment = self._assess(buyer)
        self.assertEqual(assessment.grade, "e")
        self.assertEqual(assessment.overdue, 1_000_000.0)

    def test_large_in_a_volatile_currency_within_terms(self):
        """Our risk, and not the customer's: shown, without a weight."""
        for ago in range(100):
            day = self._day(ago + 1)
            self._set_rate(self.eur, day, 0.125 * (1.02 if ago % 2 else 0.98))
        buyer = self._customer("Volatile")
        for number in range(8):
            self._paid(buyer, 20_000.0, 900 - 100 * number, currency=self.eur)
        self._invoice(buyer, 50_000.0, 5, currency=self.eur)
        self._limit(buyer, 100_000.0, self.eur)
        assessment = self._assess(buyer)
        self.assertIn(assessment.grade, "ab")
        self.assertGreater(assessment.fx_at_risk, 0.1 * assessment.exposure)
        rows = {row["code"]: row for row in assessment.factors}
        self.assertEqual(rows["currency"]["contribution"], 0)
        self.assertGreater(rows["currency"]["value"], 0.05)

    def test_written_off_last_year(self):
        buyer = self._customer("Written off")
        for number in range(6):
            self._paid(buyer, 20_000.0, 300 - 30 * number)
        losses = self.env["account.account"].create(
            {
                "name": "Bad debts",
                "code": "BAD1",
                "account_type": "expense",
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        self.policy.write_off_account_ids = losses
        self.assertIn(self._grade(buyer), "ab")
        receivable = buyer.with_company(self.company).property_account_receivable_id
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "date": self._day(YEAR),
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": account.id,
                            "partner_id": buyer.id,
                            "balance": balance,
                        },
                    )
                    for account, balance in ((losses, 900.0), (receivable, -900.0))
                ],
            }
        )
        entry.action_post()
        self.assertEqual(self._grade(buyer), "e")

    def test_own_company_that_was_closed(self):
        closed = self.env["res.company"].create({"name": "Closed"})
        closed.active = False
        self.assertFalse(closed.partner_id._filter_credit_customers())
        self.assertEqual(self.ordinary._filter_credit_customers(), self.ordinary)

    def test_own_sister_company(self):
        sister = self.other_company.partner_id
        self._invoice(sister, 1_000_000.0, 300)
        self.assertFalse(sister._assess_credit(self.company))
        self.assertFalse(sister.with_company(self.company).credit_grade)
        self._order_of(sister, 5000.0).action_confirm()

    def test_only_disputes(self):
        """Owed and disputed: no lateness, and the disputes count."""
        buyer = self._customer("Disputes")
        for number in range(4):
            self._paid(buyer, 5000.0, 800 - 100 * number)
        for number in range(3):
            self._invoice(buyer, 5000.0, 200 - number).action_credit_dispute()
        assessment = self._assess(buyer)
        rows = {row["code"]: row for row in assessment.factors}
        self.assertEqual(assessment.overdue, 0.0)
        self.assertEqual(assessment.exposure, 15_000.0)
        self.assertEqual(rows["incidents"]["value"], 3)
        self.assertIn(assessment.grade, "bc")

    def test_a_credit_note_tells_nothing_of_paying(self):
        """An invoice of long ago that a credit note closed isn't late money."""
        buyer = self._customer("Returned")
        for number in range(3):
            self._paid(buyer, 1000.0, 300 - number)
        returned = self._invoice(buyer, 900_000.0, 300)
        self._credit_note(returned, ago=10)
        self.assertEqual(returned.payment_state, "reversed")
        rows = {row["code"]: row for row in self._assess(buyer).factors}
        self.assertEqual(rows["lateness"]["value"], 0.0)

    @staticmethod
    def _day(ago):
        return TODAY - ago * DAY
