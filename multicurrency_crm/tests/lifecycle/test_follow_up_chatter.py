"""What becomes of a follow-up, and of what it planned, follows its message."""

from markupsafe import Markup

from odoo.tests import tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestFollowUpChatter(FollowUpCommon):
    def _edit(self, row, body):
        message = row.message_id.with_user(self.seller).sudo()
        document = self.env[message.model].browse(message.res_id)
        document.with_user(self.seller)._message_update_content(
            message, body=body, attachment_ids=[]
        )
        self.env.invalidate_all()

    # === EDITED === #

    def test_the_note_says_what_the_message_says(self):
        row = self._note(contact=self.anna, note="Wants CIF")
        heading = "<strong>Phone with Anna: Interested</strong>"
        for body, note in (
            (
                f"{heading}<br>* a list<br>* of  2 * 3",
                "* a list\n* of  2 * 3",
            ),
            (f"<p>{heading}<br>first</p><p>then</p>", "first\nthen"),
            (f"<p>{heading}</p><p>a</p><p><br></p><p>b</p>", "a\n\nb"),
            (
                f"<div>{heading}</div><ul><li>one</li><li><p>two</p></li></ul>end",
                "- one\n- two\nend",
            ),
            (
                f"{heading}<ol><li>one</li><li>2 <b>b</b></li></ol>",
                "1. one\n2. 2 b",
            ),
            (
                f"{heading}<br>at <a href='https://x.test/'>https://x.test/</a>, too",
                "at https://x.test/, too",
            ),
            (
                f"{heading}<br>see <a href='https://x.test/y'>this</a>.",
                "see this (https://x.test/y).",
            ),
            (f"{heading}<br>1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
            (heading, ""),
            ("<b>Urgent</b> is the price", "Urgent is the price"),
            ("Phone with Anna: Interested<br>typed", "typed"),
            ("<p>no heading any more</p>", "no heading any more"),
        ):
            with self.subTest(body):
                self._edit(row, Markup(body))
                self.assertEqual(row.note, note)

    def test_whatever_the_heading_says_it_isnt_the_note(self):
        row = self._note(contact=self.anna, note="Wants CIF")
        self.anna.name = "Anna Maria"
        self._edit(row, row.message_id.body.replace("CIF", "FOB"))
        self.assertEqual(row.note, "Wants FOB")
        self._edit(row, Markup("<strong>电话: 有兴趣</strong><br>FOB"))
        self.assertEqual(row.note, "FOB")

    def test_edited_without_a_change_it_stays(self):
        for note in (
            "* a list\n* of two\n\n- more",
            "1 < 2 & <b>bold</b>",
            "https://x.test/?a=1&b=2",
            "*",
        ):
            with self.subTest(note):
                row = self._note(note=note)
                for _again in range(2):
                    self._edit(row, row.message_id.body)
                    self.assertEqual(row.note, note)

    # === WHAT WAS PLANNED === #

    def test_what_is_moved_tells_of_the_new_one(self):
        day = self._days_ago(-3)
        planned = self._note(
            next_date=day, summary="Price for 500", note="Asks for a price"
        ).activity_id
        self._note(next_date=day, summary="Samples", note="Wants <b>two</b>")
        self.assertEqual(planned.summary, "Samples")
        self.assertIn("Wants &lt;b&gt;two&lt;/b&gt;", planned.note)
        self.assertNotIn("price", planned.note)
        self._note(next_date=day)
        self.assertEqual(planned.summary, "Call", "as of any call that says nothing")
        self.assertFalse(planned.note)

    def test_what_a_removed_follow_up_planned_is_cancelled(self):
        row = self._note(next_date=self._days_ago(-3))
        planned = row.activity_id
        self._edit(row, "")
        self.assertFalse(row.exists())
        self.assertFalse(planned.exists())
        again = self._note(next_date=self._days_ago(-4))
        self.assertEqual(self.customer.activity_ids, again.activity_id)
        self.assertEqual(self._get_life().next_contact_date, self._days_ago(-4))

    def test_likewise_of_a_deleted_message(self):
        row = self._note(next_date=self._days_ago(-3))
        planned = row.activity_id
        row.message_id.unlink()
        self.assertFalse(row.exists())
        self.assertFalse(planned.exists())

    def test_what_another_follow_up_tells_of_stays_until_that_one_goes_too(self):
        first = self._note(next_date=self._days_ago(-3))
        second = self._note(next_date=self._days_ago(-5))
        planned = second.activity_id
        self._edit(second, "")
        self.assertTrue(planned.exists())
        self.assertEqual(first.activity_id, planned)
        self._edit(first, "")
        self.assertFalse(planned.exists())

    def test_what_a_colleague_changed_since_stays(self):
        row = self._note(next_date=self._days_ago(-3))
        planned = row.activity_id
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_activity SET write_date = write_date + interval '1 minute' "
            "WHERE id = %s",
            [planned.id],
        )
        self.env.invalidate_all()
        self._edit(row, "")
        self.assertFalse(row.exists())
        self.assertTrue(planned.exists())

    def test_what_is_done_stays_done(self):
        row = self._note(next_date=self.today)
        planned = row.activity_id
        planned.with_user(self.seller).action_done()
        self._edit(row, "")
        self.assertTrue(planned.exists())

    def test_a_deleted_document_takes_all_of_it_along(self):
        row = self._note(self.lead, next_date=self._days_ago(-3))
        planned = row.activity_id
        self.lead.unlink()
        self.assertFalse(row.exists())
        self.assertFalse(planned.exists())
