"""Follow-ups that are brought in have the shape of those that are noted here."""

from odoo import fields
from odoo.tests import tagged

from ..history.history_common import HistoryCommon


@tagged("post_install", "-at_install")
class TestFollowUpsBroughtIn(HistoryCommon):
    ROWS = (
        ("客户", "跟进时间", "跟进内容", "跟进人"),
        ("Atacama Minerals", "2025-11-05", "Asked for <b>samples</b>", "wei zhang"),
        ("Atacama Minerals", "2025-11-09", "Wants CIF Iquique", "Somebody Gone"),
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lifecycle_followed = True
        cls.author = cls._create_salesperson("history_author", name="Wei Zhang")

    def _find(self):
        return self.env["customer.follow.up"].search(
            [("partner_id", "=", self.atacama.id)], order="date"
        )

    def test_of_their_own_author_and_day_and_nothing_is_planned(self):
        """CordysCRM #1292: an import made the importer the author."""
        activities = self.env["mail.activity"].search_count([])
        record = self._publish(self.ROWS)
        self.assertEqual(record.state, "done", record.failure)
        first, second = self._find()
        self.assertEqual(first.user_id, self.author)
        self.assertFalse(second.user_id)
        self.assertEqual(first.date, fields.Date.to_date("2025-11-05"))
        self.assertEqual(first.note, "Asked for <b>samples</b>")
        self.assertFalse(first.kind)
        subtype = self.env.ref("multicurrency_crm.mail_message_subtype_follow_up")
        self.assertEqual((first | second).message_id.subtype_id, subtype)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        found = self.env["customer.life"]._find_contacts(
            self.company.root_id, self.atacama.ids
        )
        self.assertEqual(found[self.atacama.id][:2], [first.date, second.date])

    def test_taken_back_they_are_gone(self):
        record = self._publish(self.ROWS)
        rows = self._find()
        self.assertEqual(len(rows), 2)
        record.action_undo()
        self.assertFalse(rows.exists())
