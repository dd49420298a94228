"""Whose contact it is, where a document or an author names nobody."""

from odoo.tests import tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestContactsOfNobody(FollowUpCommon):
    def test_an_opportunity_of_no_company_is_the_only_ones(self):
        """The milestone counts by the same rule."""
        self.lead.write({"company_id": False, "user_id": False, "team_id": False})
        self._write(self.lead, 3)
        self.lead.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=self._days_ago(-4),
            user_id=self.seller.id,
        )
        self.assertFalse(self.lead.company_id)
        self.assertIsNone(self._find_days(), "there are several")
        main = self.company.root_id
        others = self.env["res.company"].search([("parent_id", "=", False)]) - main
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_company SET active = FALSE WHERE id = ANY(%s)", [others.ids]
        )
        self.env.invalidate_all()
        self.assertEqual(self._find_days(), (3, 3, self._days_ago(-4)))

    def test_what_a_third_party_writes_is_none_though_the_customer_gets_it(self):
        order = self._quote(user_id=self.seller.id)
        order.message_subscribe(partner_ids=self.anna.ids)
        forwarder = self.env["res.partner"].create(
            {"name": "Forwarder", "email": "ship@forwarder.test"}
        )
        said = "Shipped"
        for kind in ("email", "comment"):
            message = order.message_post(
                body=said,
                message_type=kind,
                subtype_xmlid="mail.mt_comment",
                author_id=forwarder.id,
                email_from="ship@forwarder.test",
            )
            self.assertIn(self.anna, message.notified_partner_ids)
        self._write(order, 2, author_id=forwarder.id)
        self.assertIsNone(self._find_days())

    def test_from_one_of_us_it_is(self):
        gone = self._colleague("contact_gone", "base.group_user")
        gone.active = False
        worker = self.env["res.partner"].create(
            {"name": "Packer", "parent_id": self.company.partner_id.id}
        )
        for days, author in enumerate(
            (
                self.seller.partner_id,
                gone.partner_id,
                worker,
                self.company.partner_id,
                self.boris,
            ),
            start=1,
        ):
            for kind in ("email", "comment"):
                with self.subTest(author.name, kind=kind):
                    order = self._quote(user_id=self.seller.id)
                    message = self._write(
                        order, days, author_id=author.id, message_type=kind
                    )
                    self.assertEqual(self._find_days(), (days, days, None))
                    message.unlink()
