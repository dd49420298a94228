from datetime import timedelta

from odoo.tests import tagged

from .agreement_common import AgreementCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestAgreementTolerance(AgreementCommon):
    """Whoever makes an agreement doesn't decide whether a manager is asked for it. The
    market is at 1 USD = 7.1234 CNY, the company tolerates 5%."""

    def _approval(self, lock):
        return self.env["fx.rate.approval"].search(
            [("lock_id", "=", lock.id), ("state", "=", "requested")]
        )

    def _as_finance(self, quoted, **values):
        agreement = (
            self.env["fx.rate.lock"]
            .with_user(self.finance)
            .create(
                {
                    "kind": "agreement",
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "currency_id": self.usd.id,
                    "quoted_rate": quoted,
                    "date_start": TODAY,
                    "date_end": TODAY + timedelta(days=90),
                    **values,
                }
            )
        )
        agreement.action_activate()
        return agreement

    def test_a_tolerance_of_ones_own_lifts_nothing(self):
        for quoted in ("13.00", "667.00", "3.50", "0.0713"):
            agreement = self._as_finance(quoted, tolerance=1.0)
            self.assertEqual(agreement.state, "draft", quoted)
            self.assertTrue(self._approval(agreement), quoted)

    def test_a_wider_tolerance_is_asked_for_and_says_so(self):
        agreement = self._as_finance("7.12", tolerance=0.5)
        self.assertEqual(agreement.state, "draft")
        approval = self._approval(agreement)
        self.assertIn(
            "The agreement is to tolerate 50%; the company tolerates 5%.",
            approval.explanation,
        )
        approval.with_user(self.manager).action_approve()
        self.assertEqual(agreement.state, "active")
        self.assertAlmostEqual(agreement._get_tolerated(), 0.5)

    def test_a_narrower_tolerance_asks_earlier(self):
        self.assertEqual(self._as_finance("7.20", tolerance=0.02).state, "active")
        agreement = self._as_finance("7.30", tolerance=0.02)
        self.assertEqual(agreement.state, "draft")
        self.assertNotIn("company tolerates", self._approval(agreement).explanation)

    def test_the_distance_is_alike_on_both_sides(self):
        self.company.lock_tolerance = 0.99
        for quoted, state in (
            ("14.10", "active"),
            ("14.30", "draft"),
            ("3.60", "active"),
            ("3.55", "draft"),
            ("712.34", "draft"),
        ):
            self.assertEqual(self._as_finance(quoted).state, state, quoted)

    def test_a_typed_rate_of_one_order_is_judged_alike(self):
        self.company.lock_tolerance = 0.99
        order = self._create_quotation(user_id=self.user.id)
        order.with_user(self.user)._lock_rate(quoted=("712.34", "company_per_unit"))
        self.assertFalse(order.rate_locked)
        wizard = self.env["sale.order.lock.rate"].create(
            {
                "order_id": self._create_quotation().id,
                "rate_choice": "typed",
                "quoted_rate": "712.34",
            }
        )
        self.assertTrue(wizard.needs_approval)

    def test_later_orders_are_judged_by_the_company_where_nobody_approved(self):
        agreement = self._as_finance("7.1")
        agreement.sudo()._write_guarded({"state": "draft"})
        # as it was made before anybody was asked for a wider tolerance
        agreement.sudo()._write_guarded({"tolerance": 1.0})
        agreement.sudo()._write_guarded({"state": "active"})
        self.assertAlmostEqual(agreement._get_tolerated(), 0.05)
        order = self._create_quotation()
        self.assertEqual(order.rate_lock_id, agreement)
        rates = self.usd.rate_ids.filtered(lambda rate: rate.name == TODAY)
        rates.filtered(lambda rate: rate.company_id == self.company).rate = 1 / 3.0
        self.env.invalidate_all()
        self.assertTrue(order._get_lock_exceeded())

    # === WHAT A MANAGER WAS ASKED ABOUT === #

    def test_no_term_changes_under_a_request(self):
        """Nobody decides on other terms than those that were asked about."""
        for values in (
            {"tolerance": 1.0},
            {"quoted_rate": "20"},
            {"date_end": TODAY + timedelta(days=3000)},
            {"invoice_by": TODAY + timedelta(days=3000)},
            {"amount_cap": 5e9},
        ):
            agreement = self._as_finance("13.00")
            approval = self._approval(agreement)
            agreement.write(values)
            self.assertEqual(approval.state, "cancelled", values)
            agreement.action_activate()
            self.assertEqual(agreement.state, "draft", values)
            self.assertTrue(self._approval(agreement), values)

    def test_what_is_no_term_keeps_the_request(self):
        agreement = self._as_finance("13.00")
        agreement.write({"note": "Agreed by telephone", "date_end": agreement.date_end})
        self.assertTrue(self._approval(agreement))
