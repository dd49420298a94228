"""Totals tie out with what is chosen at rows, not with what was found first."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import HistoryCommon

HEADERS = ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")
TWO = [
    HEADERS,
    ("Atacama Minerals", "A-1", "2026-07-31", "USD", "100.00"),
    ("Atacama Minerals", "A-2", "2026-07-31", "USD", "200.00"),
]


@tagged("post_install", "-at_install")
class TestChoices(HistoryCommon):
    def _compare(self, record, typed):
        record.total_ids.write({"typed": typed, "is_typed": True})
        return record.total_ids

    def test_22_what_is_left_out_is_missing_from_totals(self):
        record = self._check_whole(TWO)
        total = self._compare(record, 300.0)
        self.assertTrue(record.ties_out)
        record.row_ids[1].choice = "skip"
        self.assertEqual((total.found, total.found_count), (100.0, 1))
        self.assertEqual(total.difference, -200.0)
        self.assertFalse(record.ties_out)
        with self.assertRaisesRegex(UserError, "differs from the totals"):
            record.action_publish()
        record.row_ids[1].choice = False
        self.assertTrue(record.ties_out)
        self.assertEqual(total.found, 300.0)

    def test_22_a_duplicate_that_is_created_counts(self):
        rows = [*TWO[:2], ("Atacama Minerals", "A-1", "2026-08-31", "USD", "200.00")]
        record = self._check_whole(rows)
        total = self._compare(record, 100.0)
        self.assertTrue(record.ties_out)
        record.row_ids[1].choice = "create"
        self.assertEqual(total.found, 300.0)
        self.assertIn("row 3", total.suspects.lower())
        with self.assertRaisesRegex(UserError, "differs from the totals"):
            record.action_publish()
        total.typed = 300.0
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(self._find_open(), {("Atacama Minerals Ltd.", "USD"): 300.0})
        self.assertEqual(total.found, 300.0)

    def test_22_the_question_names_what_is_published(self):
        record = self._check_whole(TWO)
        record.row_ids[0].choice = "skip"
        question = record.action_ask_publish()["params"]["question"]
        self.assertIn("Rows to be published: 1.", question)
        self.assertIn("200.00", question)
        self.assertNotIn("300.00", question)

    def test_22_a_currency_of_which_nothing_is_left_counts_nothing(self):
        record = self._check_whole(
            [*TWO, ("Atacama Minerals", "A-3", "2026-07-31", "EUR", "5.00")]
        )
        record.row_ids[2].choice = "skip"
        found = {one.currency_id.name: one.found for one in record.total_ids}
        self.assertEqual(found, {"USD": 300.0, "EUR": 0.0})
        self.assertNotIn("EUR", record.totals)

    def test_22_many_choices_at_once_ask_no_more(self):
        record = self._check_whole(
            [
                HEADERS,
                *(
                    ("Atacama Minerals", f"M-{n}", "2026-07-31", "USD", "1.00")
                    for n in range(40)
                ),
            ]
        )
        record.row_ids[:2].write({"choice": "skip"})
        self.env.flush_all()
        with self.assertQueryCount(30):
            record.row_ids.write({"choice": "skip"})
            self.env.flush_all()
        self.assertEqual(record.total_ids.found, 0.0)
