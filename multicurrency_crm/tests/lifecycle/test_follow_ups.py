"""What was said is a message on its document, and a row that can be asked."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ...models.lifecycle.customer_follow_up import NOTE, SUBTYPE, Spoken
from .follow_up_common import FollowUpCommon

CALL = "mail.mail_activity_data_call"
MEETING = "mail.mail_activity_data_meeting"
OURS = "multicurrency_crm.mail_activity_type_next_contact"


@tagged("post_install", "-at_install")
class TestFollowUps(FollowUpCommon):
    def test_the_message_is_told_to_nobody(self):
        self.customer.message_subscribe(partner_ids=self.anna.ids)
        followers = self.customer.message_partner_ids
        mails = self.env["mail.mail"].search_count([])
        told = self.env["mail.notification"].search_count([])
        moment = fields.Datetime.now() - timedelta(days=2)
        row = self._note(
            note="Asks for <b>samples</b>\nby sea", contact=self.anna, moment=moment
        )
        message = row.message_id
        self.assertEqual(message.subtype_id, self.env.ref(SUBTYPE))
        self.assertEqual(message.author_id, self.seller.partner_id)
        self.assertEqual(message.date, moment)
        self.assertEqual(message.message_type, "comment")
        self.assertIn("Phone with Anna: Interested", message.body)
        self.assertIn("&lt;b&gt;samples&lt;/b&gt;", message.body)
        self.assertIn(message, self.customer.message_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.notification"].search_count([]), told)
        self.assertEqual(self.customer.message_partner_ids, followers)
        self.assertFalse(message.partner_ids)
        self.assertEqual(row.note, "Asks for <b>samples</b>\nby sea")
        self.assertEqual((row.date, row.user_id), (self._days_ago(2), self.seller))

    def test_no_name_is_html(self):
        self.anna.name = "<img src=x onerror=alert(1)>"
        body = self._note(contact=self.anna).message_id.body
        self.assertNotIn("<img", body)

    def test_each_document_counts_for_the_customer(self):
        order = self._quote(user_id=self.seller.id)
        for document in (self.customer, self.anna, self.lead, order):
            with self.subTest(document._name):
                row = self._note(document)
                self.assertEqual(row.partner_id, self.customer)
                self.assertEqual((row.res_model, row.res_id), document_key(document))
                self.assertEqual(row.document_name, document.display_name)
                self.assertEqual(row.company_id, self.company)
                action = self._as(row, self.seller, self.company).action_open_document()
                self.assertEqual(action["res_id"], document.id)

    def test_an_opportunity_whose_customer_is_found_later(self):
        lead = self.env["crm.lead"].create(
            {"name": "By phone", "type": "opportunity", "user_id": self.seller.id}
        )
        row = self._note(lead, note="Who are you?")
        self.assertFalse(row.partner_id)
        self.assertEqual(self._as(row, self.seller, self.company).note, "Who are you?")
        lead.partner_id = self.anna
        self.assertEqual(row.partner_id, self.customer)

    def test_what_cant_be_is_refused(self):
        """CordysCRM #811: contacts of other customers were offered."""
        now = fields.Datetime.now()
        theirs = self.env["res.partner"].create(
            {"name": "Carla", "parent_id": self.stranger.id}
        )
        for said in (
            {"contact": theirs},
            {"contact": self.stranger},
            {"kind": "pigeon"},
            {"outcome": "married"},
            {"kind": False},
            {"note": "x" * (NOTE + 1)},
            {"moment": now + timedelta(hours=1)},
            {"moment": fields.Datetime.to_datetime("0001-01-01 00:00:00")},
            {"next_date": self._days_ago(1)},
        ):
            with self.subTest(said), self.assertRaises(UserError):
                self._note(**said)
        with self.assertRaises(UserError):
            self.FollowUp._note(
                self.env["res.partner"], Spoken(kind="phone", outcome="interested")
            )
        self.assertFalse(self.FollowUp.search([("partner_id", "=", self.customer.id)]))

    def test_of_today_where_the_company_is(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        moment = fields.Datetime.to_datetime("2026-03-02 17:30:00")
        row = self._note(moment=moment)
        self.assertEqual(str(row.date), "2026-03-03")

    # === PLANNING === #

    def test_the_next_contact_is_the_salespersons(self):
        day = self._days_ago(-3)
        row = self._note(user=self.head, next_date=day, summary="Price for 500")
        self.assertEqual(row.activity_id.user_id, self.seller)
        self.assertEqual(row.activity_id.activity_type_id, self.env.ref(CALL))
        self.assertEqual(row.activity_id.date_deadline, day)
        self.assertEqual(row.activity_id.summary, "Price for 500")
        self.assertFalse(row.activity_id.automated)
        self.assertEqual(self.customer.activity_ids, row.activity_id)
        self.assertEqual((row.next_date, row.is_next_open), (day, True))

    def test_of_each_way_its_own_kind_of_activity(self):
        for kind, xmlid in (("visit", MEETING), ("wechat", OURS), ("other", OURS)):
            with self.subTest(kind):
                document = self._quote(user_id=self.seller.id)
                row = self._note(document, kind=kind, next_date=self.today)
                self.assertEqual(row.activity_id.activity_type_id, self.env.ref(xmlid))

    def test_it_is_moved_not_doubled(self):
        first = self._note(next_date=self._days_ago(-3))
        second = self._note(user=self.head, kind="visit", next_date=self._days_ago(-9))
        self.assertEqual(first.activity_id, second.activity_id)
        self.assertEqual(self.customer.activity_ids, first.activity_id)
        self.assertEqual(first.next_date, self._days_ago(-9))
        self.assertEqual(first.activity_id.activity_type_id, self.env.ref(MEETING))
        third = self._note(outcome="unreached")
        self.assertFalse(third.activity_id, "what is planned stays")
        self.assertEqual(len(self.customer.activity_ids), 1)
        elsewhere = self._note(self.lead, next_date=self._days_ago(-9))
        self.assertNotEqual(elsewhere.activity_id, first.activity_id)

    def test_what_is_done_stays_done(self):
        first = self._note(next_date=self.today)
        first.activity_id.with_user(self.seller).action_done()
        self.assertFalse(first.is_next_open)
        second = self._note(next_date=self._days_ago(-1))
        self.assertNotEqual(second.activity_id, first.activity_id)
        self.assertFalse(first.is_next_open)

    def test_what_a_colleague_planned_by_hand_is_left_alone(self):
        own = self.customer.activity_schedule(CALL, user_id=self.head.id)
        row = self._note(next_date=self._days_ago(-2))
        self.assertNotEqual(row.activity_id, own)
        self.assertEqual(own.date_deadline, self.today)

    def test_an_absent_salesperson_is_asked_for_nothing(self):
        self.seller.active = False
        row = self._note(user=self.head, next_date=self.today)
        self.assertEqual(row.activity_id.user_id, self.head)

    def test_somebody_else_may_be_asked(self):
        row = self._note(next_date=self.today, next_user=self.second)
        self.assertEqual(row.activity_id.user_id, self.second)

    # === THE CHATTER === #

    def test_an_edited_message_is_followed(self):
        row = self._note(note="Wants CIF")
        body = row.message_id.body.replace("CIF", "FOB")
        self.customer.with_user(self.seller)._message_update_content(
            row.message_id.with_user(self.seller).sudo(), body=body
        )
        self.assertEqual(row.note, "Wants FOB")

    def test_a_removed_message_is_no_contact_any_more(self):
        kept = self._note(moment=fields.Datetime.now() - timedelta(days=4))
        row = self._note(note="Wrong customer")
        self.assertEqual(self._get_life().last_contact_date, self.today)
        self.customer.with_user(self.seller)._message_update_content(
            row.message_id.with_user(self.seller).sudo(), body="", attachment_ids=[]
        )
        self.assertFalse(row.exists())
        self.assertEqual(self._get_life().last_contact_date, kept.date)

    def test_a_deleted_message_takes_its_row_along(self):
        row = self._note()
        row.message_id.unlink()
        self.assertFalse(row.exists())

    def test_other_messages_stay_odoos(self):
        said = "A note"
        note = self.customer.message_post(body=said, message_type="comment")
        self.customer._message_update_content(note, body="Another")
        self.assertIn("Another", note.body)

    # === THE DIALOG === #

    def _dialog(self, document, user=None):
        document = self._as(document, user or self.seller, self.company)
        action = document.action_note_follow_up()
        return Form(
            document.env[action["res_model"]].with_context(**action["context"]),
            "multicurrency_crm.customer_follow_up_make_view_form",
        )

    def test_the_dialog_proposes_and_notes(self):
        self.anna.preferred_channel = "wechat"
        self._note(note="Before")
        with self._dialog(self.anna) as form:
            self.assertEqual(form.contact_id, self.anna)
            self.assertEqual(form.kind, "wechat")
            self.assertIn("Before", form.last_said)
            form.outcome = "samples"
            form.note = "Two of each"
            form.next_date = self._days_ago(-5)
        form.record.action_apply()
        row = self.FollowUp.search([("contact_id", "=", self.anna.id)])
        self.assertEqual((row.kind, row.outcome), ("wechat", "samples"))
        self.assertEqual(row.res_id, self.anna.id)
        self.assertEqual(row.next_date, self._days_ago(-5))

    def test_the_dialog_of_an_order_asks_who_it_was(self):
        order = self._quote(partner=self.customer, user_id=self.seller.id)
        with self._dialog(order) as form:
            self.assertFalse(form.contact_id, "a company doesn't speak")
            self.assertEqual(form.customer_id, self.customer)
            form.contact_id = self.boris
            form.outcome = "terms"
        form.record.action_apply()
        row = self.FollowUp.search([("contact_id", "=", self.boris.id)])
        self.assertEqual((row.res_model, row.res_id), document_key(order))

    def test_a_clicked_chat_is_the_way(self):
        action = self.anna.with_context(default_kind="line").action_note_follow_up()
        self.assertEqual(action["context"]["default_kind"], "line")

    # === THE LIST === #

    def test_each_filter_finds_what_it_says(self):
        team = self.env["crm.team"].create(
            {"name": "Pumps", "user_id": self.head.id, "company_id": self.company.id}
        )
        self.env["crm.team.member"].create(
            {"crm_team_id": team.id, "user_id": self.seller.id}
        )
        due = self._note(next_date=self.today, outcome="samples")
        away = self._note(self.stranger, kind="visit", outcome="unreached")
        arch = etree.fromstring(
            self.env.ref("multicurrency_crm.customer_follow_up_view_search").arch
        )
        found = {
            node.get("name"): self._as(self.FollowUp, self.head, self.company)
            .search(
                safe_eval(node.get("domain"), {"uid": self.head.id})
                + [("id", "in", (due | away).ids)]
            )
            .with_env(self.env)
            for node in arch.iter("filter")
            if node.get("domain")
        }
        self.assertEqual(found["my_team"], due | away)
        self.assertEqual(found["this_week"], due | away)
        self.assertEqual(found["next_today"], due)
        self.assertEqual(found["wants"], due)
        self.assertEqual(found["unreached"], away)
        self.assertEqual(found["visits"], away)
        self.assertFalse(found["mine"] | found["next_overdue"] | found["my_customers"])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET date_deadline = date_deadline - 2 WHERE id = %s",
            [due.activity_id.id],
        )
        self.env.invalidate_all()
        overdue = [("is_next_open", "=", True), ("next_date", "<", "today")]
        self.assertIn(due, self.FollowUp.search(overdue))
        due.activity_id.action_done()
        self.assertNotIn(due, self.FollowUp.search(overdue))


def document_key(document):
    return document._name, document.id
