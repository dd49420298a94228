"""What was said of a file stays with it, and counts for no other: choices at rows, the
reason for a difference, what is remembered of columns."""

from base64 import b64encode

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .history_common import HistoryCommon, make_csv

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")
WHO = "Atacama Minerals"
ROWS = [
    HEAD,
    (WHO, "C1", "2026-07-31", "USD", "5.00"),
    (WHO, "C1", "2026-08-31", "USD", "6.00"),
    (WHO, "C2", "2026-07-31", "USD", "7.00"),
]


@tagged("post_install", "-at_install")
class TestChoicesKept(HistoryCommon):
    def _choose(self):
        """:return: an import of 11.00: the third row is created, the fourth left out"""
        record = self._check_whole(ROWS)
        record.row_ids[1].choice = "create"
        record.row_ids[2].choice = "skip"
        self.assertEqual(record.total_ids.found, 11.0)
        return record

    def _list_choices(self, record):
        self.assertEqual(record.state, "ready", record.failure)
        return record.row_ids.mapped("choice")

    def test_22_choices_stay_when_it_is_checked_again(self):
        record = self._choose()
        for change in (
            {},
            {"date": "2026-06-29"},
            {"rate_tolerance": 0.2},
            {"term_id": self.env.ref("account.account_payment_term_30days").id},
        ):
            with self.subTest(change=change):
                record.write(change)
                record.action_dry_run()
                self.assertEqual(self._list_choices(record), [False, "create", "skip"])
                self.assertEqual(record.total_ids.found, 11.0)
                self.assertFalse(record.failure)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(self._find_open(), {("Atacama Minerals Ltd.", "USD"): 11.0})

    def test_22_choices_stay_when_it_is_read_again_or_a_check_ends_early(self):
        record = self._choose()
        record.action_read()
        record.action_dry_run()
        self.assertEqual(self._list_choices(record), [False, "create", "skip"])
        amount = record.column_ids.filtered(lambda one: one.field == "open")
        amount.field = False
        with self.assertRaises(UserError):
            record.action_dry_run()
        amount.field = "open"
        record.sudo()._start_check()
        record.sudo()._end_check("It stopped.")
        record.action_dry_run()
        self.assertEqual(self._list_choices(record), [False, "create", "skip"])

    def test_22_what_is_asked_otherwise_is_to_be_chosen_anew(self):
        record = self._choose()
        self._publish([HEAD, ROWS[1]], file_name="other.csv")
        record.action_dry_run()
        self.assertEqual(self._list_choices(record), [False, False, "skip"])
        self.assertIn("Choose again at rows 3", record.failure)
        self.assertTrue(record.needs_care)
        with self.assertRaisesRegex(UserError, "Rows 3: "):
            record.action_publish()

    def test_22_choices_are_of_one_file(self):
        record = self._choose()
        rows = [*ROWS[:3], (WHO, "C2", "2026-07-31", "USD", "8.00")]
        record.file = b64encode(make_csv(rows))
        record.action_dry_run()
        self.assertEqual(self._list_choices(record), [False] * 3)
        self.assertFalse(record.kept_choices)

    def test_22_choices_at_customers_stay(self):
        rows = [("Customer", "E-mail"), ("Atacama Minerals Ltd", "a@atacama.example")]
        record = self._check_whole(rows, kind="customers")
        for choice in ("update", "create", "skip"):
            record.row_ids.choice = choice
            record.action_dry_run()
            self.assertEqual(self._list_choices(record), [choice])


@tagged("post_install", "-at_install")
class TestReasonsKept(HistoryCommon):
    def _compare(self, record, amount):
        record.total_ids.write({"typed": amount, "is_typed": True})
        self.assertFalse(record.ties_out)

    def _refuses(self, record):
        self.assertFalse(record.ties_out)
        self.assertIn("What was found differs", record.next_step)
        self.assertTrue(record.needs_care)
        with self.assertRaisesRegex(UserError, "differs from the totals"):
            record.action_publish()

    def _explain(self):
        """:return: an import of 7.00 that says why it isn't 3.00"""
        record = self._check_whole([HEAD, ROWS[3]])
        self._compare(record, 3.0)
        record.difference_reason = "old reason"
        self.assertFalse(record.needs_care)
        return record

    def test_22_a_reason_is_of_one_file(self):
        record = self._explain()
        record.write({"skip_bad": True, "rate_tolerance": 0.7})
        record.file = b64encode(
            make_csv([HEAD, (WHO, "Z", "2026-07-31", "USD", "99.00")])
        )
        said = (record.difference_reason, record.skip_bad, record.rate_tolerance)
        self.assertEqual(said, (False, False, 0.1))
        record.action_dry_run()
        self._refuses(record)

    def test_22_what_comes_with_a_file_is_of_it(self):
        record = self._explain()
        content = make_csv([HEAD, (WHO, "Z", "2026-07-31", "USD", "99.00")])
        record.write({"file": b64encode(content), "skip_bad": True})
        self.assertTrue(record.skip_bad)

    def test_22_a_reason_is_of_one_difference(self):
        record = self._explain()
        self.assertNotIn("Everything fits", record.next_step)
        self.assertIn("for the reason given", record.next_step)
        # checked again, it is the same
        record.action_dry_run()
        self.assertEqual(record.difference_reason, "old reason")
        record.sign = "owing"
        record.action_dry_run()
        self.assertFalse(record.difference_reason)
        self._refuses(record)

    def test_22_a_total_that_is_typed_anew_asks_anew(self):
        record = self._explain()
        record.total_ids.typed = 2.0
        self._refuses(record)
        record.difference_reason = "another one"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)

    def test_22_a_choice_that_changes_the_difference_asks_anew(self):
        record = self._check_whole(ROWS[:2] + ROWS[3:])
        self._compare(record, 13.0)
        record.difference_reason = "old reason"
        record.row_ids[0].choice = "skip"
        self._refuses(record)

    def test_22_totals_and_their_reason_are_entered_together(self):
        rows = [*ROWS[:2], (WHO, "E", "2026-07-31", "EUR", "7.00")]
        record = self._check_whole(rows)
        with Form(record) as form:
            for at in range(2):
                with form.total_ids.edit(at) as total:
                    total.typed = 1.0
            form.difference_reason = "Rounded"
        self.assertEqual(record.difference_reason, "Rounded")
        self.assertFalse(record.needs_care, record.next_step)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)


@tagged("post_install", "-at_install")
class TestLayoutsForgotten(HistoryCommon):
    HEAD = (*HEAD, "Memo 22")

    def _bring_in(self, number, **values):
        rows = [self.HEAD, (WHO, number, "2026-07-31", "USD", "7.50", "")]
        record = self._publish(rows, file_name=f"{number}.csv", **values)
        self.assertEqual(record.state, "done", record.failure)
        return record

    def _read_sign(self):
        rows = [self.HEAD, (WHO, "NEXT", "2026-07-31", "USD", "7.50", "")]
        return self._check_whole(rows).sign

    def test_22_what_was_taken_back_isnt_remembered(self):
        wrong = self._bring_in("1", sign="owing")
        self.assertEqual(self._read_sign(), "owing")
        wrong.action_undo()
        self.assertEqual(self._read_sign(), "owed")

    def test_22_what_was_remembered_before_counts_again(self):
        self._bring_in("1", sign="owing")
        wrong = self._bring_in("2", rows_are="lines", sign="owing")
        wrong.action_undo()
        layout = self.env["customer.import.layout"].search([])
        layout = layout.filtered(lambda one: "memo 22" in one.columns)
        self.assertEqual(layout.choices.get("rows_are"), "documents")
        self.assertEqual(self._read_sign(), "owing")

    def test_22_what_came_later_stays(self):
        first = self._bring_in("1", sign="owing")
        second = self._bring_in("2", sign="owing")
        first.action_undo()
        self.assertEqual(self._read_sign(), "owing")
        second.action_undo()
        self.assertEqual(self._read_sign(), "owed")
