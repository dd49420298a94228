"""What branches had chosen for themselves before it was the main company's."""

import importlib.util
import json
from pathlib import Path

from odoo.tests import tagged

from ..common import MultiCurrencyCommon

SCRIPT = Path(__file__).parents[2] / "migrations" / "19.0.1.4.0" / "post-branches.py"


@tagged("post_install", "-at_install")
class TestBranchUpgrade(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._found_branch("Harbour North")
        cls.second = cls._found_branch("Harbour South")
        cls.user = cls._create_salesperson("upgraded")
        spec = importlib.util.spec_from_file_location("post_branches", SCRIPT)
        cls.script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.script)

    def _put(self, record, name, **values):
        """Values by company, as they were stored before."""
        stored = {str(self[company].id): value for company, value in values.items()}
        self.env.flush_all()
        self.env.cr.execute(
            f'UPDATE {record._table} SET "{name}" = %s WHERE id = %s',
            [json.dumps(stored), record.id],
        )
        self.env.invalidate_all()

    def __getitem__(self, name):
        return getattr(self, name)

    def _migrate(self):
        self.env.flush_all()
        self.script.migrate(self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def _stored(self, record, name):
        self.env.cr.execute(
            f'SELECT "{name}" FROM {record._table} WHERE id = %s', [record.id]
        )
        return self.env.cr.fetchone()[0]

    def test_15_2_9_a_cap_entered_in_a_branch_counts_after_the_update(self):
        """The lowest one, since 0 says that there is none."""
        self._put(self.user, "credit_cap", company=0.0, branch=1000.0, second=5000.0)
        self._migrate()
        self.assertEqual(
            self._stored(self.user, "credit_cap"), {str(self.company.id): 1000.0}
        )
        self.assertEqual(self.user._get_credit_cap(self.second), 1000.0)
        self.assertIsNone(self.user._get_credit_cap(self.other_company))

    def test_15_2_9_a_hold_in_one_branch_and_choices_of_several(self):
        partner = self.customer
        self._put(partner, "credit_hold", second=True)
        self._put(
            partner,
            "preferred_currency_id",
            second=self.eur.id,
            branch=self.usd.id,
            other_company=self.jpy.id,
        )
        self._put(partner, "rate_lock_timing", company="send", branch="confirm")
        self._put(partner, "credit_assessment_id", branch=1)
        self._migrate()
        self.assertTrue(partner.credit_hold)
        self.assertEqual(partner.preferred_currency_id, self.usd)
        there = partner.with_company(self.other_company)
        self.assertEqual(there.preferred_currency_id, self.jpy)
        self.assertFalse(there.credit_hold)
        self.assertEqual(partner.rate_lock_timing, "send")
        self.assertIsNone(self._stored(partner, "credit_assessment_id"))
        before = self._stored(partner, "preferred_currency_id")
        self._migrate()  # twice is once
        self.assertEqual(self._stored(partner, "preferred_currency_id"), before)

    def test_15_2_9_settings_and_margins_of_a_branch(self):
        self.env["fx.rate.margin"].create(
            [
                {"basis_points": 10, "company_id": company.id, **values}
                for company, values in (
                    (self.company, {}),
                    (self.other_company, {}),
                    (self.company, {"days": 30}),
                    (self.company, {"days": 60}),
                )
            ]
        )
        margins = self.env["fx.rate.margin"].search(
            [("company_id", "=", self.company.id)]
        )
        of_main, moved, doubled = margins.sorted("days")
        self.env.flush_all()
        for margin, branch, days in (
            (moved, self.branch, 30),
            (doubled, self.second, 0),
        ):
            self.env.cr.execute(
                "UPDATE fx_rate_margin SET company_id = %s, days = %s WHERE id = %s",
                [branch.id, days, margin.id],
            )
        self.env.cr.execute(
            "UPDATE res_company SET currency_policy = 'enforce' WHERE id = %s",
            [self.branch.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("post_branches", "WARNING") as logs:
            self._migrate()
        self.assertIn("currency_policy", logs.output[0])
        self.assertEqual(self.branch.currency_policy, "advise")
        self.branch.currency_policy = "advise"  # Odoo compares all of them
        left = self.env["fx.rate.margin"].search(
            [("company_id", "child_of", self.company.id)]
        )
        self.assertEqual(left, of_main | moved)
        self.assertEqual(left.company_id, self.company)
