"""What counts as a contact with a customer, and what doesn't."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestContacts(FollowUpCommon):
    def test_nothing_said_is_no_contact(self):
        self.assertIsNone(self._find_days())

    def test_follow_ups_count(self):
        self._note(moment=fields.Datetime.now() - timedelta(days=9))
        self._note(moment=fields.Datetime.now() - timedelta(days=2))
        self.assertEqual(self._find_days(), (9, 2, None))
        self._note(outcome="unreached")
        self.assertEqual(self._find_days(), (9, 2, None), "nobody was reached")

    def test_mail_in_both_directions(self):
        self._write(
            self.customer,
            7,
            message_type="email",
            author_id=self.anna.id,
            partner_ids=[],
        )
        self.assertEqual(self._find_days(), (7, 7, None))
        self._write(
            self.lead,
            8,
            message_type="email",
            author_id=False,
            email_from="someone@buyer.test",
            partner_ids=[],
        )
        self.assertEqual(self._find_days(), (8, 7, None), "from an unknown address")
        self._write(self.anna, 3)
        self.assertEqual(self._find_days(), (8, 3, None))

    def test_the_customers_own_comment_on_the_portal(self):
        order = self._quote()
        self._write(order, 1, author_id=self.boris.id, partner_ids=[])
        self.assertEqual(self._find_days(), (1, 1, None))

    def test_who_was_notified_was_written_to(self):
        order = self._quote()
        message = self._write(order, 5, partner_ids=[])
        self.assertIsNone(self._find_days())
        self.env["mail.notification"].create(
            {
                "mail_message_id": message.id,
                "res_partner_id": self.customer.id,
                "notification_type": "email",
            }
        )
        self.assertEqual(self._find_days(), (5, 5, None))

    def test_a_sent_invoice_is_a_contact(self):
        invoice = self._invoice(self._order())
        self._write(invoice, 4)
        self.assertEqual(self._find_days(), (4, 4, None))

    def test_what_is_none(self):
        note = self.env.ref("mail.mt_note").id
        robot = self.env.ref("base.partner_root").id
        vendor = self.stranger.id
        for values in (
            {"subtype_id": note},
            {"is_internal": True},
            {"subtype_id": False},
            {"message_type": "auto_comment"},
            {"message_type": "notification"},
            {"message_type": "email_outgoing"},
            {"message_type": "out_of_office"},
            {"author_id": robot},
            {"partner_ids": []},
            {"partner_ids": [Command.set(self.head.partner_id.ids)]},
            {"message_type": "email", "author_id": vendor, "partner_ids": []},
        ):
            with self.subTest(values):
                self._write(self.customer, 1, **values)
                self._write(self.lead, 1, **values)
                self.assertIsNone(self._find_days())

    def test_our_own_logs_are_none(self):
        order = self._quote()
        said = "The rate was locked"
        order.message_post(body=said)
        order.action_confirm()
        self.assertIsNone(self._find_days())

    # === COMPANIES === #

    def test_a_company_counts_what_it_said(self):
        theirs = self._colleague("follow_theirs", "base.group_user", self.other_company)
        self._write(
            self.customer,
            2,
            record_company_id=self.other_company.id,
            author_id=theirs.partner_id.id,
        )
        self.assertIsNone(self._find_days())
        self.assertEqual(
            self._find_days(company=self.other_company),
            (2, 2, None),
        )
        self._note(moment=fields.Datetime.now() - timedelta(days=6))
        self.assertEqual(self._find_days(), (6, 6, None))
        self.assertEqual(self._find_days(company=self.other_company), (2, 2, None))

    def test_an_order_is_its_companys(self):
        order = self._quote()
        self._write(order, 2)
        self.assertIsNone(self._find_days(company=self.other_company))

    def test_a_branch_speaks_for_the_main_company(self):
        branch = self._found_branch("Harbour South")
        order = self._quote(company_id=branch.id)
        self._write(order, 3, record_company_id=branch.id)
        self.assertEqual(self._find_days(), (3, 3, None))
        clerk = self._colleague(
            "follow_branch",
            "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user",
            branch,
        )
        row = self._note(user=clerk, company=branch)
        self.assertEqual(row.company_id, self.company)
        self.assertEqual(self._find_days(), (3, 0, None))
        self.assertTrue(self._as(row, clerk, branch).has_access("read"))

    # === NEXT === #

    def test_the_next_contact_is_the_earliest_that_is_open(self):
        """CordysCRM #1608, #2960: the next day reminds, as an activity."""
        row = self._note(next_date=self._days_ago(-7))
        self.assertEqual(self._find_days(), (0, 0, self._days_ago(-7)))
        self.lead.activity_schedule(
            "mail.mail_activity_data_meeting", date_deadline=self._days_ago(-4)
        )
        self.customer.activity_schedule(
            "mail.mail_activity_data_todo", date_deadline=self._days_ago(-1)
        )
        self.assertEqual(
            self._find_days(), (0, 0, self._days_ago(-4)), "a to-do is none"
        )
        call = self._quote().activity_schedule(
            "mail.mail_activity_data_call", date_deadline=self._days_ago(1)
        )
        self.assertEqual(self._find_days()[2], self._days_ago(1), "overdue")
        call.action_done()
        self.assertEqual(self._find_days()[2], self._days_ago(-4))
        self.assertTrue(row.is_next_open)

    def test_what_another_company_plans_on_the_customer(self):
        theirs = self._colleague("follow_plans", "base.group_user", self.other_company)
        self.customer.activity_schedule(
            "mail.mail_activity_data_call", user_id=theirs.id
        )
        self.assertIsNone(self._find_days())
        self.assertEqual(
            self._find_days(company=self.other_company), (None, None, self.today)
        )

    # === THE CUSTOMER'S ROW === #

    def test_noting_is_seen_at_once_as_the_night_sees_it(self):
        self.assertFalse(self._get_life())
        row = self._note(next_date=self._days_ago(-2))
        self.env.flush_all()
        self.env.invalidate_all()
        life = self._get_life()
        self.assertEqual(life.last_contact_date, self.today)
        self.assertEqual(life.next_contact_date, row.next_date)
        partner = self._as(self.boris, self.seller, self.company)
        self.assertEqual(partner.last_contact_date, self.today)
        self.assertEqual(partner.next_contact_date, row.next_date)
        due = [("next_contact_date", "=", row.next_date)]
        self.assertIn(self.customer, partner.search(due).with_env(self.env))
        self._follow()
        self.assertEqual(self._get_life(), life)
        self.assertEqual(life.last_contact_date, self.today)
        self.assertEqual(life.stage, "lead")

    def test_who_follows_nobody_keeps_no_row(self):
        self.company.lifecycle_followed = False
        self._note()
        self.assertFalse(self._get_life())
        self.company.lifecycle_followed = True
        self._follow()
        self.assertEqual(self._get_life().last_contact_date, self.today)

    def test_what_was_deleted_meanwhile_the_night_forgets(self):
        old = self._note(moment=fields.Datetime.now() - timedelta(days=5))
        new = self._note()
        self._follow()
        new.message_id.unlink()
        self._follow_again()
        self.assertEqual(self._get_life().last_contact_date, old.date)

    def _follow_again(self):
        self.env["customer.life.run"].search([]).sudo()._write_guarded(
            {"began_on": False, "whole_on": False}
        )
        self._follow()

    # === FIRST CONTACT === #

    def _get_first(self, partner=None):
        return self.Milestone.search(
            [
                ("kind", "=", "first_contact"),
                ("res_id", "=", (partner or self.customer).id),
                ("partner_id", "=", (partner or self.customer).id),
                ("company_id", "=", self.company.id),
            ]
        )

    def test_the_first_contact_is_a_milestone(self):
        self._write(self.lead, 12)
        self._note()
        self._follow()
        first = self._get_first()
        self.assertEqual((first.date, first.is_void), (self._days_ago(12), False))
        self.assertEqual(
            (first.res_model, first.res_id), ("res.partner", self.customer.id)
        )
        self._write(self.anna, 30)
        self.Milestone._gather(self.company, fields.Datetime.now())
        first.invalidate_recordset()
        self.assertEqual(first.date, self._days_ago(30))
        self.assertEqual(self._get_first(), first)

    def test_whose_only_contact_is_gone_it_is_void(self):
        row = self._note()
        self._follow()
        self.assertFalse(self._get_first().is_void)
        row.message_id.unlink()
        self._follow_again()
        self.assertTrue(self._get_first().is_void)

    def test_who_is_no_customer_has_none(self):
        vendor = self.env["res.partner"].create(
            {"name": "Forwarder", "is_company": True, "supplier_rank": 1}
        )
        self._write(vendor, 3, author_id=vendor.id, message_type="email")
        self._follow()
        self.assertFalse(self._get_first(vendor))
        self._note(vendor)
        self._follow_again()
        self.assertEqual(self._get_first(vendor).date, self._days_ago(3))

    # === CUSTOMERS === #

    def test_merged_customers_bring_theirs_along(self):
        self._note(self.stranger, user=self.head)
        old = self._note(moment=fields.Datetime.now() - timedelta(days=20))
        self._follow()
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"dst_partner_id": self.stranger.id}
        )
        wizard._merge((self.customer | self.stranger).ids, self.stranger)
        self.env.invalidate_all()
        self.assertEqual(old.partner_id, self.stranger)
        self.assertEqual((old.res_model, old.res_id), ("res.partner", self.stranger.id))
        self.assertEqual(self._find_days(self.stranger)[:2], (20, 0))
        self._follow_again()
        self.assertEqual(self._get_first(self.stranger).date, self._days_ago(20))
        kinds = sorted(self._kinds(self.stranger))
        self.assertEqual(kinds, ["first_contact", "lead"], "one of both")

    def test_a_customer_that_becomes_anothers_contact_hands_it_on(self):
        row = self._note(self.stranger, user=self.head)
        self.stranger.write({"parent_id": self.customer.id, "is_company": False})
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual(self._get_life().last_contact_date, self.today)

    def test_a_contact_that_leaves_leaves_it_behind(self):
        row = self._note(self.anna, contact=self.anna)
        self.anna.parent_id = self.stranger
        self.assertEqual(row.partner_id, self.customer)

    def test_an_archived_customer_keeps_it(self):
        row = self._note()
        self.customer.active = False
        self._follow()
        self.assertTrue(row.exists())
        self.assertEqual(self._find_days(), (0, 0, None))

    # === MANY === #

    def test_queries_dont_grow_with_customers(self):
        self.Life._find_contacts(self.company, self.customer.ids)
        partners = self.env["res.partner"].create(
            [{"name": f"Many {number}", "is_company": True} for number in range(40)]
        )
        for partner in partners:
            self._write(partner, author_id=partner.id, message_type="email")
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self.Life._find_contacts(self.company, partners.ids)
        self.assertEqual(len(found), 40)
