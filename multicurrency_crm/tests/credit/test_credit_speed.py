from datetime import timedelta
from decimal import Decimal

from odoo.tests import tagged

from ...engine.customer_exposure import CreditRatesOnDemand
from .credit_common import TODAY, CreditCommon

#: more queries than without a policy that confirming, and posting, may take
CONFIRM, POST = 10, 11


@tagged("post_install", "-at_install")
class TestCreditSpeed(CreditCommon):
    """What is asked for with every document is asked once, and never stale."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1_000_000.0)

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # === CHECKS === #

    def _sell(self):
        """:return: queries of confirming an order, and of posting its invoice"""
        order = self._order_of(self.buyer, 10.0)
        confirm = self._count(order.action_confirm)
        move = order._create_invoices()
        return confirm, self._count(move.action_post)

    def test_a_check_costs_few_queries(self):
        self._assess(self.buyer)
        self._sell()  # what is read once and kept
        confirm, post = self._sell()
        self.policy.active = False
        self._sell()
        bare_confirm, bare_post = self._sell()
        self.assertLessEqual(confirm - bare_confirm, CONFIRM)
        self.assertLessEqual(post - bare_post, POST)

    def test_the_outcome_needs_one_check_of_a_page(self):
        """Of ten quotations in company currency as of two."""

        def read(count):
            orders = self.env["sale.order"].concat(
                *(self._order_of(self._customer(), 10.0) for _number in range(count))
            )
            self._count(lambda: orders.mapped("credit_check_state"))
            return self._count(lambda: orders.mapped("credit_check_state"))

        self.assertLessEqual(read(10), read(2))

    # === REMEMBERED === #

    def _strengths(self):
        self.env.flush_all()
        self.env.invalidate_all()
        [policy] = self.env["credit.policy"]._get_policies(self.company)
        return {
            check.reason: (check.confirm_strength, check.days)
            for check in policy.check_ids
        }

    def test_a_policy_is_read_once(self):
        self.company.root_id.ensure_one()
        before = self._strengths()

        def read():
            [policy] = self.env["credit.policy"]._get_policies(self.company)
            names = ("rate_basis", "overdue_floor", "count_sent", "category_ids")
            return [policy[name] for name in names] and policy.check_ids.mapped("days")

        self.assertEqual(self._count(read), 0)
        self.assertEqual(self._strengths(), before)

    def test_what_is_changed_of_a_policy_counts_at_once(self):
        self._strengths()
        late = self.policy.check_ids.filtered(lambda c: c.reason == "overdue_days")
        late.write({"days": 17, "confirm_strength": "block"})
        self.assertEqual(self._strengths()["overdue_days"], ("block", 17))
        self.policy.check_ids = [(2, late.id)]
        self.assertNotIn("overdue_days", self._strengths())
        self.policy.overdue_floor = 12.0
        self.env.invalidate_all()
        [policy] = self.env["credit.policy"]._get_policies(self.company)
        self.assertEqual(policy.overdue_floor, 12.0)
        floor = {"policy_id": policy.id, "currency_id": self.usd.id, "amount": 3.0}
        self.env["credit.policy.floor"].create(floor)
        self.env.invalidate_all()
        [policy] = self.env["credit.policy"]._get_policies(self.company)
        self.assertEqual(policy.floor_ids.mapped("amount"), [3.0])

    def test_what_waits_to_be_written_is_read_before_what_is_remembered(self):
        self._strengths()
        self.env.flush_all()
        self.env.invalidate_all()
        self.policy.mapped("name")  # read from the database
        self.policy.with_context(active_test=False).review_days = 3
        [policy] = self.env["credit.policy"]._get_policies(self.company)
        self.assertEqual(policy.review_days, 3)

    def test_a_company_of_one_s_own_that_moves_below_another(self):
        """Who stands above the database's own company is no customer either."""
        parent = self._customer("Parent")
        own = self.company.partner_id
        self.assertEqual((parent | own)._filter_credit_customers(), parent)
        own.write({"parent_id": parent.id, "is_company": False})
        self.assertEqual(own.commercial_partner_id, parent)
        self.assertFalse((parent | own)._filter_credit_customers())

    def test_the_first_group_limit_counts_at_once(self):
        parent = self._customer("Parent")
        self.buyer.parent_id = parent
        Limit = self.env["credit.limit"]
        today = self.company._get_today()
        self.assertFalse(Limit._find_group_limits(self.company, today, self.buyer))
        limit = self._limit(parent, 10.0, is_group=True)
        found = Limit._find_group_limits(self.company, today, self.buyer)
        self.assertEqual(found, limit)

    def test_rates_are_asked_for_once_another_currency_is(self):
        asked = []

        def find():
            asked.append(True)
            return self.policy._find_rates(self.company, TODAY)

        rates = CreditRatesOnDemand(self.cny.id, find)
        self.assertEqual(rates.convert(self.cny.id, self.cny.id), 1)
        self.assertEqual(rates.get(self.cny.id), 1)
        self.assertFalse(asked)
        self.assertEqual(rates.convert(self.cny.id, self.usd.id), Decimal("0.14"))
        self.assertEqual(rates.to_json(self.usd.id)["rate"], 0.14)
        self.assertEqual(asked, [True])

    # === LISTS === #

    def test_figures_of_a_list_are_those_of_each_customer(self):
        """A customer, its contact, and one that was never assessed."""
        self._invoice(self.buyer, 700.0, ago=90)
        newest = self._assess(self.buyer)
        contact = self._customer("Contact", is_company=False, parent_id=self.buyer.id)
        stranger = self._customer("Stranger")
        partners = (stranger | contact | self.buyer).with_company(self.company)
        self.env.invalidate_all()
        names = ("credit_score", "credit_grade", "credit_exposure", "credit_overdue")
        names += ("credit_has_limit", "credit_currency_id", "credit_assessed_on")
        names += ("credit_exposure_table", "credit_limit_note")
        read = {row["id"]: row for row in partners.read(names, load=None)}
        for partner in (contact, self.buyer):
            row = read[partner.id]
            self.assertEqual(row["credit_score"], newest.score)
            self.assertEqual(row["credit_grade"], newest.grade)
            self.assertEqual(row["credit_exposure"], 700.0)
            self.assertEqual(row["credit_overdue"], newest.overdue)
            self.assertIs(row["credit_has_limit"], True)
            self.assertEqual(row["credit_currency_id"], self.cny.id)
            self.assertEqual(row["credit_assessed_on"], TODAY)
            self.assertEqual(row["credit_exposure_table"], newest.exposure_table)
            self.assertEqual(row["credit_limit_note"], newest.limit_note)
        row = read[stranger.id]
        self.assertEqual(row["credit_score"], 0.0)
        for name in names[1:2] + names[5:]:
            self.assertFalse(row[name], name)

    def test_a_list_costs_no_query_a_row(self):
        customers = self._customer().browse()
        for number in range(12):
            customer = self._customer(f"Customer {number}")
            self._invoice(customer, 100.0 + number)
            customers |= customer
        customers._assess_credit(self.company)
        spec = dict.fromkeys(("name", "credit_grade", "credit_exposure"), {})
        spec["credit_currency_id"] = {"fields": {"display_name": {}}}

        def count(partners):
            work = partners.with_company(self.company).web_read
            self._count(lambda: work(spec))
            return self._count(lambda: work(spec))

        self.assertEqual(count(customers), count(customers[:3]))

    def test_a_late_page_is_what_stands_there(self):
        """Found first, and read then: the same customers in the same order."""
        mine = self._customer("Late").browse()
        self.env["res.partner"].create([{"name": "Late"} for _n in range(1_010)])
        domain = [("name", "=", "Late")]
        whole = mine.search(domain, order="id desc")
        self.assertEqual(len(whole), 1_011)
        page = mine.search_fetch(domain, ["name"], 1_005, 4, "id desc")
        self.assertEqual(page, whole[1_005:1_009])
        spec = {"name": {}, "preferred_currency_id": {"fields": {"display_name": {}}}}
        read = mine.web_search_read(domain, spec, 1_005, 80, "id desc")
        self.assertEqual([row["id"] for row in read["records"]], whole[1_005:].ids)
        self.assertEqual(read["length"], 1_011)

    def test_pages_by_score_are_the_whole_list(self):
        """Twenty with a score, some with the same one, some with a contact, and three
        that were never assessed: every page, from either end."""
        mine = self._customer("Mine 0")
        for number in range(1, 20):
            mine |= self._customer(f"Mine {number}")
        for number, customer in enumerate(mine):
            self._invoice(customer, 100.0, ago=30 * (number % 4))
        mine._assess_credit(self.company)
        for customer in mine[::5]:
            mine |= self._customer("Mine too", is_company=False, parent_id=customer.id)
        mine |= self._customer("Mine A") | self._customer("Mine B")
        mine |= self._customer("Mine C")
        Partner = self.env["res.partner"].with_company(self.company)
        domain = [("id", "in", mine.ids)]
        for order in ("credit_score desc", "credit_score", "credit_score asc, name"):
            whole = Partner.search(domain, order=order)
            pages = [
                Partner.search(domain, offset=offset, limit=4, order=order)
                for offset in range(0, len(mine), 4)
            ]
            paged = Partner.concat(*pages)
            self.assertEqual(len(paged), len(mine), order)
            self.assertEqual(set(paged.ids), set(mine.ids), order)
            scores = [p.credit_grade and p.credit_score for p in paged]
            expected = [p.credit_grade and p.credit_score for p in whole]
            self.assertEqual(scores, expected, order)

    def test_a_page_by_score_of_an_older_assessment(self):
        """What counted before the newest assessment orders nothing."""
        bad, good = self._customer("Bad"), self._customer("Good")
        (bad | good)._assess_credit(self.company)
        newest = (bad | good).with_company(self.company).credit_assessment_id
        older = newest[:1].copy_data()[0] | {"date": TODAY - timedelta(days=9)}
        for partner, newer, score in ((bad, 10.0, 99.0), (good, 90.0, 1.0)):
            row = partner.with_company(self.company).credit_assessment_id.sudo()
            row._write_guarded({"score": newer})
            vals = {**older, "partner_id": partner.id, "score": score}
            row._create_guarded([vals])
        self.env.flush_all()
        found = (
            self.env["res.partner"]
            .with_company(self.company)
            .search(
                [("id", "in", (bad | good).ids)], limit=2, order="credit_score desc"
            )
        )
        self.assertEqual(found.ids, [good.id, bad.id])

    # === ASSESSING BY HAND === #

    def _remember_peers(self, ago, value=77.0, customers=1_000):
        day = TODAY - timedelta(days=ago)
        self.env.cr.execute("UPDATE credit_rule SET write_date = '2020-01-01'")
        self.env.cr.execute("UPDATE credit_band SET write_date = '2020-01-01'")
        self.env["credit.peer"]._store(
            self.policy, day, {(False, "days"): (value, customers)}
        )
        scope = self.env["credit.exposure"]._get_scope(
            self.policy, self.company, self.buyer.ids
        )
        return self.env["credit.scoring"]._find_recent_peers(scope)

    def test_peers_of_the_last_nights_serve_who_assesses_by_hand(self):
        self.assertEqual(self._remember_peers(3), {(False, "days"): 77.0})
        self.buyer.with_user(self.clerk).with_company(
            self.company
        ).action_assess_credit()
        self.assertEqual(
            self.buyer.with_company(self.company).expected_payment_days, 77.0
        )

    def test_peers_of_long_ago_or_of_few_serve_nobody(self):
        self.assertFalse(self._remember_peers(4))
        self.assertFalse(self._remember_peers(1, customers=999))

    def test_peers_by_another_scorecard_serve_nobody(self):
        self.assertTrue(self._remember_peers(1))
        self.policy.rule_ids[:1].weight += 1
        self.env.flush_all()
        scope = self.env["credit.exposure"]._get_scope(
            self.policy, self.company, self.buyer.ids
        )
        self.assertFalse(self.env["credit.scoring"]._find_recent_peers(scope))

    def test_the_night_averages_its_own_peers(self):
        self._remember_peers(1)
        self._assess(self.buyer)
        self.assertNotEqual(
            self.buyer.with_company(self.company).expected_payment_days, 77.0
        )
