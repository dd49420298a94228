"""What happened with a customer, in one list, as far as each reader may read it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestTimeline(FollowUpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._order(6, user_id=cls.seller.id)
        cls.said = cls._note(
            cls.anna,
            note="Asks for the price",
            moment=fields.Datetime.now() - timedelta(days=3),
            next_date=cls._days_ago(-2),
        )
        cls.mail = cls._write(cls.order, 5, body="<p>Please find <b>our</b> offer</p>")
        cls._follow()

    def _rows(self, user=None, *domain, company=None, partner=None):
        """:return: [(source, kind, days ago, text)], the newest first"""
        self.env.invalidate_all()
        Timeline = self._as(
            self.env["customer.timeline"], user or self.seller, company or self.company
        )
        partner = partner or self.customer
        rows = Timeline.search([("partner_id", "=", partner.id), *domain])
        return [
            (row.source, row.kind, (self.today - row.date).days, row.text or "")
            for row in rows
        ]

    def test_all_in_the_order_of_their_days(self):
        rows = self._rows()
        self.assertEqual(rows[0][:3], ("activity", "planned", -2))
        self.assertIn(("follow_up", "phone", 3), [row[:3] for row in rows])
        self.assertIn(("message", "message", 5), [row[:3] for row in rows])
        self.assertIn(("milestone", "order", 6), [row[:3] for row in rows])
        ages = [row[2] for row in rows]
        self.assertEqual(ages, sorted(ages))
        told = {row[0]: row[3] for row in rows}
        self.assertIn("Asks for the price", told["follow_up"])
        self.assertEqual(told["message"], "Please find our offer")

    def test_filters(self):
        contacts = self._rows(None, ("source", "in", ("follow_up", "message")))
        self.assertEqual([row[2] for row in contacts], [3, 5])
        money = self._rows(None, ("currency_id", "!=", False))
        self.assertTrue(money)
        self.assertEqual({row[0] for row in money}, {"milestone"})
        year = self._rows(None, ("date", ">=", self.today.replace(month=1, day=1)))
        self.assertTrue(year)

    def test_rows_are_counted_grouped_and_opened(self):
        Timeline = self._as(self.env["customer.timeline"], self.seller, self.company)
        mine = [("partner_id", "=", self.customer.id)]
        groups = dict(Timeline._read_group(mine, ["source"], ["__count"]))
        self.assertEqual(groups["follow_up"], 1)
        self.assertEqual(sum(groups.values()), Timeline.search_count(mine))
        for row in Timeline.search(mine):
            with self.subTest(row.source, kind=row.kind):
                self.assertTrue(row.display_name)
                if row.res_model in ("res.partner", "sale.order", "crm.lead"):
                    action = row.action_open_document()
                    self.assertEqual(action["res_model"], row.res_model)
        ids = Timeline.search(mine).ids
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(Timeline.browse(ids).exists().ids, ids)

    def test_salespeople_see_what_they_may_read(self):
        rows = self._rows(self.second)
        self.assertFalse([row for row in rows if row[0] == "follow_up"])
        self.assertFalse([row for row in rows if row[0] == "milestone"])
        self.assertFalse(
            [row for row in rows if row[0] == "message"], "not their order"
        )
        self._write(self.customer, 1)
        self.assertEqual(
            [row[:3] for row in self._rows(self.second, ("source", "=", "message"))],
            [("message", "message", 1)],
            "anybody reads what stands on a customer's page",
        )
        self.assertGreater(len(self._rows(self.head)), len(rows))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_guessed_row_is_read_by_nobody_else(self):
        Timeline = self._as(self.env["customer.timeline"], self.seller, self.company)
        row = Timeline.search([("source", "=", "message")], limit=1)
        theirs = self._as(row, self.second, self.company)
        self.env.invalidate_all()
        self.assertFalse(theirs.exists())
        self.assertFalse(theirs.read(["text", "title", "res_id"]))

    def test_clerks_without_sales_see_no_opportunity(self):
        self._write(self.lead, 1)
        rows = self._rows(self.clerk)
        self.assertIn("follow_up", {row[0] for row in rows})
        self.assertNotIn(1, [row[2] for row in rows if row[0] == "message"])

    def test_another_company_sees_its_own(self):
        both = self._create_salesperson(
            "timeline_both", "multicurrency_crm.group_user", name="Both"
        )
        self.customer.user_id = both
        self._note(user=both, company=self.other_company)
        rows = self._rows(both, company=self.other_company)
        self.assertEqual([row[:3] for row in rows], [("follow_up", "phone", 0)])

    def test_merged_customers_bring_theirs_along(self):
        before = {row[:3] for row in self._rows(self.head)}
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"dst_partner_id": self.stranger.id}
        )
        wizard._merge((self.customer | self.stranger).ids, self.stranger)
        after = {row[:3] for row in self._rows(self.head, partner=self.stranger)}
        self.assertFalse(before - after)

    def test_a_gone_document_says_so(self):
        row = self.env["customer.timeline"].search(
            [("source", "=", "milestone"), ("partner_id", "=", self.customer.id)],
            limit=1,
        )
        with self.assertRaises(UserError):
            row._open_document("sale.order", 2**30, "Gone")
        with self.assertRaises(UserError):
            row._open_document("no.such.model", 1, "Gone")

    def test_the_button_on_any_contact_opens_the_customers(self):
        boris = self._as(self.boris, self.seller, self.company)
        action = boris.action_open_timeline()
        self.assertEqual(action["domain"], [("partner_id", "=", self.customer.id)])

    def test_queries_dont_grow_with_rows(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._rows()
            return self.env.cr.sql_log_count - before

        count()
        few = count()
        for days in range(30):
            self._write(self.customer, days)
        self.assertLessEqual(count(), few + 1)
