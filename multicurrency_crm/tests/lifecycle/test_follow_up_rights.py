"""Who notes follow-ups, who reads them, and that nobody forges one."""

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...models.lifecycle.customer_follow_up import Spoken
from .follow_up_common import FollowUpCommon

MODELS = ("customer.follow.up", "customer.timeline")


@tagged("post_install", "-at_install")
class TestFollowUpRights(FollowUpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls.env["res.partner"].create(
            {"name": "Second's Buyer", "is_company": True, "user_id": cls.second.id}
        )
        cls.mine = cls._note(note="Mine")
        cls.others = cls._note(cls.theirs, user=cls.second, note="Second's")
        cls.free = cls._note(cls.stranger, user=cls.second, note="Nobody's")

    def _read(self, user, company=None):
        FollowUp = self._as(self.FollowUp, user, company or self.company)
        mine = [("id", "in", (self.mine | self.others | self.free).ids)]
        return FollowUp.search(mine).with_env(self.env)

    def test_salespeople_read_their_own_and_of_their_customers(self):
        self.assertEqual(self._read(self.seller), self.mine | self.free)
        self.assertEqual(self._read(self.second), self.others | self.free)

    def test_finance_and_heads_of_sales_read_all(self):
        every = self.mine | self.others | self.free
        self.assertEqual(self._read(self.clerk), every)
        self.assertEqual(self._read(self.head), every)

    def test_a_follow_up_of_ones_own_stays_readable(self):
        row = self._note(self.theirs, user=self.seller)
        self.assertTrue(self._as(row, self.seller, self.company).has_access("read"))

    def test_another_company_reads_none(self):
        stranger = self._colleague(
            "follow_elsewhere",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
            self.other_company,
        )
        self.assertFalse(self._read(stranger, self.other_company))
        with self.assertRaises(AccessError):
            self._as(self.mine, stranger, self.other_company).read(["note"])

    def test_who_isnt_of_the_addon_reads_and_notes_none(self):
        outsider = self._colleague("follow_outsider", "sales_team.group_sale_manager")
        portal = new_test_user(self.env, "follow_portal", groups="base.group_portal")
        self.anna.write({"user_ids": [Command.link(portal.id)]})
        for user in (outsider, portal):
            for model in MODELS:
                with self.subTest(user.login, model=model):
                    self.assertFalse(self.env[model].with_user(user).has_access("read"))
            with self.assertRaises(AccessError):
                self._note(self.customer, user=user)

    def test_the_customer_doesnt_see_the_message_on_the_portal(self):
        portal = new_test_user(self.env, "follow_reader", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        order = self._quote(user_id=self.seller.id)
        order.message_subscribe(partner_ids=portal.partner_id.ids)
        row = self._note(order, note="They can pay more")
        Message = self.env["mail.message"].with_user(portal)
        self.assertNotIn(
            row.message_id.id,
            Message.search(
                [("model", "=", "sale.order"), ("res_id", "=", order.id)]
            ).ids,
        )
        with self.assertRaises(AccessError):
            row.message_id.with_user(portal).read(["body"])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_nobody_writes_one_by_hand(self):
        vals = {
            "message_id": self.mine.message_id.id,
            "company_id": self.company.id,
            "contacted_on": fields.Datetime.now(),
            "date": self.today,
        }
        manager = self._colleague(
            "follow_manager",
            "base.group_system,sales_team.group_sale_manager,multicurrency_crm.group_manager",
        )
        for user in (self.seller, self.clerk, manager):
            row = self._as(self.mine, user, self.company)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    row.create([vals])
                with self.assertRaises(AccessError):
                    row.write({"outcome": "order"})
                with self.assertRaises(AccessError):
                    row.sudo().write({"user_id": self.head.id})
                with self.assertRaises(AccessError):
                    row.unlink()

    def test_what_isnt_theirs_to_read_they_dont_note_on(self):
        lead = self.env["crm.lead"].create(
            {"name": "Second's", "type": "opportunity", "user_id": self.second.id}
        )
        with self.assertRaises(AccessError):
            self._note(lead, user=self.seller)
        Make = self._as(self.env["customer.follow.up.make"], self.seller, self.company)
        with self.assertRaises(AccessError):
            Make.create({"lead_id": lead.id, "outcome": "reached", "kind": "phone"})
        with self.assertRaises(AccessError):
            Make.with_context(default_lead_id=lead.id).default_get(["lead_id"])

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_who_may_not_write_there_is_told_before_anything_is_typed(self):
        reader = self._colleague("follow_reads", "multicurrency_crm.group_user")
        document = self._as(self.customer, reader, self.company)
        self.assertTrue(document.has_access("read"))
        self.assertFalse(document.has_access("write"))
        for call in (
            document.action_note_follow_up,
            lambda: self._note(user=reader),
        ):
            with self.assertRaises(AccessError) as refused:
                call()
            self.assertIn(self.customer.display_name, str(refused.exception))
            self.assertIn("not write there", str(refused.exception))

    def test_a_clients_context_subscribes_and_notifies_nobody(self):
        context = {
            "mail_post_autofollow": True,
            "default_partner_ids": [Command.set(self.anna.ids)],
            "default_is_internal": False,
            "default_subtype_id": self.env.ref("mail.mt_comment").id,
        }
        document = self._as(self.customer, self.seller, self.company)
        document = document.with_context(**context)
        row = document.env["customer.follow.up"]._note(
            document, Spoken("phone", "reached")
        )
        message = row.sudo().message_id
        self.assertFalse(message.partner_ids)
        self.assertFalse(message.notification_ids)
        self.assertTrue(message.subtype_id.internal)

    def test_a_dialog_without_a_document(self):
        Make = self._as(self.env["customer.follow.up.make"], self.seller, self.company)
        dialog = Make.create({"outcome": "reached", "kind": "phone"})
        with self.assertRaises(UserError):
            dialog.action_apply()

    def test_two_clicks_note_once(self):
        Make = self._as(self.env["customer.follow.up.make"], self.seller, self.company)
        dialog = Make.create(
            {"partner_id": self.anna.id, "outcome": "reached", "kind": "phone"}
        )
        closed = dialog.action_apply()
        self.assertEqual(dialog.action_apply(), closed)
        noted = self.FollowUp.search_count([("contact_id", "=", self.anna.id)])
        self.assertEqual(noted, 1)

    def test_an_address_that_was_guessed_opens_nothing(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Head's",
                "type": "opportunity",
                "user_id": self.head.id,
                "partner_id": self.customer.id,
            }
        )
        row = self._note(lead, user=self.head)
        mine = self._as(row, self.seller, self.company)
        self.assertTrue(mine.has_access("read"), "of their customer")
        with self.assertRaises(UserError):
            mine.action_open_document()

    def test_a_second_seller_of_two_companies(self):
        both = self._create_salesperson(
            "follow_both", "multicurrency_crm.group_user", name="Both"
        )
        row = self._note(self.stranger, user=both, company=self.other_company)
        self.assertEqual(row.company_id, self.other_company)
        self.assertFalse(self._as(row, both, self.company).has_access("read"))
        self.assertTrue(self._as(row, both, self.other_company).has_access("read"))
