"""Follow-ups keep the time of their day, and their order."""

from odoo.tests import tagged

from .history_common import HistoryCommon

HEAD = ("Customer", "Date", "Text")


@tagged("post_install", "-at_install")
class TestMomentsOfNotes(HistoryCommon):
    def _write(self, *rows):
        """:return: [(text, moment in UTC)] as they were written"""
        rows = [HEAD, *(("Atacama Minerals", *row) for row in rows)]
        record = self._publish(rows, kind="notes")
        self.assertEqual(record.state, "done", record.failure)
        notes = record.sudo().row_ids.note_id.sorted("id")
        return [(str(note.preview), str(note.date)) for note in notes]

    def test_a_time_is_that_of_the_company(self):
        self.company.partner_id.tz = "Asia/Shanghai"
        found = self._write(
            ("2026-05-05 14:30", "Called"),
            ("2026-05-06", "Wrote"),
            ("2026-05-07T02:30:00Z", "Met"),
            ("2026-05-08 00:10:00", "Late"),
        )
        self.assertEqual(
            [day for _text, day in found],
            [
                "2026-05-05 06:30:00",
                "2026-05-06 04:00:00",
                "2026-05-07 02:30:00",
                "2026-05-07 16:10:00",
            ],
        )

    def test_several_of_one_day_stand_in_their_order(self):
        found = self._write(
            ("2026-05-05 16:00", "Third"),
            ("2026-05-05 9:30", "First"),
            ("2026-05-05 14:30", "Second"),
            ("2026-05-06", "Fourth"),
            ("2026-05-06", "Fifth"),
        )
        self.assertEqual(
            [text for text, _day in found],
            ["First", "Second", "Third", "Fourth", "Fifth"],
        )

    def test_a_file_that_begins_with_the_newest_is_turned(self):
        found = self._write(
            ("2026-05-06", "Third"), ("2026-05-05", "Second"), ("2026-05-05", "First")
        )
        self.assertEqual([text for text, _day in found], ["First", "Second", "Third"])
