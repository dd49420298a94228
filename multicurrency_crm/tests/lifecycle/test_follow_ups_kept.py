"""What was said stays with whom it was said, whatever becomes of the customer."""

from odoo.tests import tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestFollowUpsKept(FollowUpCommon):
    def test_a_deleted_customer_leaves_what_was_said_to_its_opportunities(self):
        customer = self.env["res.partner"].create(
            {"name": "Typed Twice", "is_company": True, "user_id": self.seller.id}
        )
        self.lead.partner_id = customer
        row = self._note(self.lead, note="Asks for pumps")
        own = self._note(customer, note="On its own page")
        customer.unlink()
        self.env.invalidate_all()
        self.assertFalse(own.exists(), "its page is gone, and so is what stood there")
        self.assertTrue(row.exists())
        self.assertFalse(row.partner_id)
        self.assertEqual(row.message_id.res_id, self.lead.id)
        self.lead.partner_id = self.customer
        self.assertEqual(row.partner_id, self.customer)

    def test_an_opportunity_of_another_customer_brings_what_was_said(self):
        row, own = self._note(self.lead), self._note(self.customer)
        self.lead.partner_id = self.anna
        self.assertEqual(row.partner_id, self.customer)
        self.lead.partner_id = self.stranger
        self.assertEqual(row.partner_id, self.stranger)
        self.assertEqual(row.origin_partner_id, self.stranger)
        self.assertEqual(own.partner_id, self.customer)
        self.lead.partner_id = False
        self.assertEqual(row.partner_id, self.stranger, "until it has another one")

    def test_of_no_customer_its_author_and_who_reads_all_read_it(self):
        self.lead.partner_id = False
        row = self._note(self.lead, user=self.head)
        for user, reads in (
            (self.head, True),
            (self.clerk, True),
            (self.seller, False),
            (self.second, False),
        ):
            with self.subTest(user.login):
                found = self._as(row, user, self.company)
                self.assertEqual(found.has_access("read"), reads)

    # === MOVED BY MISTAKE === #

    def test_a_customer_that_is_its_own_again_gets_its_own_back(self):
        boris = self.env["res.partner"].create(
            {"name": "Boris", "parent_id": self.stranger.id}
        )
        order = self._quote(partner=self.stranger, user_id=self.seller.id)
        before = [
            self._note(document, user=self.head)
            for document in (self.stranger, boris, order)
        ]
        theirs = self._note(self.anna)
        self.stranger.write({"parent_id": self.customer.id, "is_company": False})
        meanwhile = self._note(self.stranger, user=self.head)
        for row in (*before, meanwhile):
            self.assertEqual(row.partner_id, self.customer)
        self.stranger.write({"parent_id": False, "is_company": True})
        self.FollowUp._give_back(self.stranger | boris)
        for row in (*before, meanwhile):
            self.assertEqual(row.partner_id, self.stranger)
        self.assertEqual(theirs.partner_id, self.customer)

    def test_a_contact_that_leaves_takes_nothing_along(self):
        row = self._note(self.anna)
        for parent in (self.stranger, self.env["res.partner"]):
            self.anna.parent_id = parent
            self.FollowUp._give_back(self.anna)
            self.assertEqual(row.partner_id, self.customer)

    def test_moved_on_to_a_third_it_goes_along(self):
        row = self._note(self.stranger, user=self.head)
        third = self.env["res.partner"].create({"name": "Third", "is_company": True})
        self.stranger.write({"parent_id": self.customer.id, "is_company": False})
        self.stranger.parent_id = third
        self.FollowUp._give_back(self.stranger)
        self.assertEqual(row.partner_id, third)
        self.assertEqual(row.origin_partner_id, self.stranger)

    def test_merged_it_is_whose_it_is_then(self):
        row = self._note(self.stranger, user=self.head)
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {"dst_partner_id": self.customer.id}
        )
        wizard._merge((self.customer | self.stranger).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual(row.origin_partner_id, self.customer)
        self.assertEqual(row.partner_id, self.customer)
