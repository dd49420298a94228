from odoo import Command
from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditGroups(CreditCommon):
    """One limit over a mother and her daughters, in two of our companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.company_id = False
        cls.mother = cls._customer("Mother")
        cls.one, cls.two = (
            cls._customer(name, parent_id=cls.mother.id) for name in ("One", "Two")
        )

    def _group_limit(self, amount, currency=None, **values):
        return self._limit(self.mother, amount, currency, is_group=True, **values)

    def _check(self, document):
        return self.env["credit.policy"]._check(document)[document]

    def _codes(self, document):
        return [reason.code for reason in self._check(document).reasons]

    def test_a_temporary_one_replaces_the_permanent_one(self):
        self._group_limit(1000.0)
        order = self._order_of(self.one, 1500.0)
        self.assertEqual(self._codes(order), ["over_limit"])
        days = {"date_start": TODAY - DAY, "date_end": TODAY + DAY}
        self._group_limit(2000.0, kind="temporary", **days)
        self.assertEqual(self._codes(order), [])

    def test_the_mother_and_an_archived_daughter_have_a_share(self):
        self._group_limit(1000.0)
        self._invoice(self.mother, 300.0)
        self._invoice(self.two, 600.0)
        self.two.active = False
        self.assertEqual(self._codes(self._order_of(self.one, 100.0)), [])
        self.assertEqual(self._codes(self._order_of(self.one, 101.0)), ["over_limit"])

    def test_an_own_company_has_none(self):
        """A sister of ours below the customer owes it nothing that counts."""
        self._group_limit(1000.0)
        own = self._create_company("Joint Venture", self.cny)
        own.partner_id.parent_id = self.mother
        self._invoice(own.partner_id, 5000.0)
        self.assertEqual(self._codes(self._order_of(self.one, 1000.0)), [])

    def test_beside_ones_own_limit(self):
        """Both hold; a daughter under a group's limit isn't without one."""
        checks = self.policy.check_ids
        checks.filtered(lambda c: c.reason == "no_limit").confirm_strength = "warn"
        order = self._order_of(self.one, 500.0)
        self.assertEqual(self._codes(order), ["no_limit"])
        self._group_limit(1000.0)
        self.assertEqual(self._codes(order), [])
        self._limit(self.one, 400.0)
        self.assertEqual(self._codes(order), ["over_limit"])
        self.assertNotIn("of the group", self._check(order).sentence)

    def test_in_its_own_currency_at_a_lock_of_another_company(self):
        """900 euros are sold in America, locked at 0.5 for a dollar: 1,800 dollars
        there, and 0.14 dollars are a renminbi here."""
        self._group_limit(
            2000.0, self.usd, group_company_ids=[Command.set(self.other_company.ids)]
        )
        self._set_rate(self.eur, "2026-11-01", 0.5, self.other_company)
        there = self._order_of(
            self.two, 900.0, self.eur, company_id=self.other_company.id
        ).with_company(self.other_company)
        there.action_lock_rate()
        there.action_confirm()
        order = self._order_of(self.one, 200.0, self.usd)
        self.assertEqual(self._codes(order), [])
        order.order_line.price_unit = 200.01
        self.assertEqual(self._codes(order), ["over_limit"])

    def test_a_group_that_pays_late(self):
        self._group_limit(1000.0)
        self._invoice(self.two, 900.0, 40)
        order = self._order_of(self.one, 300.0)
        self.assertIn("They pay late", self._check(order).sentence)

    def test_who_decides_on_a_daughter_decides_on_the_group(self):
        """One row a group: of two daughters' orders at once, one is tried again."""
        self._group_limit(1000.0)
        self._order_of(self.one, 100.0).action_confirm()
        self._order_of(self.two, 100.0).action_confirm()
        rows = self.env["credit.account"].search(
            [("partner_id", "=", self.mother.id), ("company_id", "=", self.company.id)]
        )
        self.assertEqual(rows.decisions, 3, "its approval, and two orders")

    def test_queries_dont_grow_with_groups(self):
        """Of many groups only that of the customer is looked into."""
        self._group_limit(1000.0)
        order = self._order_of(self.one, 100.0)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._check(order)
            return self.env.cr.sql_log_count - before

        count()
        alone = count()
        for number in range(5):
            self._limit(self._customer(f"Head {number}"), 100.0, is_group=True)
        count()  # what is remembered was forgotten by the new limits
        self.assertEqual(count(), alone)
