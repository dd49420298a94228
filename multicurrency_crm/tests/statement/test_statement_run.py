from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from ...models.common import scheduled_job
from ...models.statement import customer_statement_making, customer_statement_run
from ..ledger.ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04 12:00:00")
class TestStatementRun(LedgerCommon):
    """Everybody's statements, part by part."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyers = [cls._customer(f"Buyer {number}") for number in range(5)]
        for number, buyer in enumerate(cls.buyers):
            cls._entry(110.0 + number, 100.0, cls.usd, "2026-02-10", partner=buyer)
        cls.Statement = cls.env["customer.statement"]

    def _make_everybody(self):
        return self.Statement._make_everybody("2026-02-23", "2026-03-01")

    def _small_parts(self):
        self.enterContext(patch.object(customer_statement_run, "CHUNK", 2))
        self.enterContext(patch.object(customer_statement_making, "CHUNK", 2))

    def test_a_few_are_made_at_once(self):
        action = self._make_everybody()
        self.assertEqual(action["res_model"], "customer.statement")
        made = self.Statement.search(action["domain"])
        self.assertEqual(len(made), 5)
        self.assertEqual(set(made.mapped("is_tied")), {True})

    def test_of_many_the_rest_is_left_to_the_job(self):
        self._small_parts()
        action = self._make_everybody()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((run.state, run.looked_at, run.total), ("under_way", 2, 5))
        self.assertEqual(round(run.progress), 40)
        run._cron_make()
        self.assertEqual((run.state, run.looked_at), ("done", 5))
        self.assertEqual(len(self.Statement.search([])), 5)

    def test_one_that_fails_is_named_and_made_later(self):
        make, faulty = type(self.Statement)._make_chunk, self.buyers[2]

        def fail(records, company, customers, *period):
            if faulty in customers:
                raise ValueError("nobody knows")
            return make(records, company, customers, *period)

        with (
            patch.object(type(self.Statement), "_make_chunk", fail),
            mute_logger(scheduled_job._logger.name),
        ):
            action = self._make_everybody()
        run = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(run.state, "done")
        self.assertRecordValues(
            run.failure_ids,
            [
                {
                    "partner_id": faulty.id,
                    "reason": "ValueError; the server's log has more.",
                }
            ],
        )
        self.assertEqual(len(self.Statement.search([])), 4)
        run.action_retry()
        self.assertFalse(run.failure_ids)
        self.assertEqual(len(self.Statement.search([])), 5)

    def test_each_week_once_and_only_where_it_was_chosen(self):
        Run = self.env["customer.statement.run"]
        Run._cron_make()
        self.assertFalse(Run.search([]))
        self.books.write({"statement_period": "weekly", "statement_weekday": "4"})
        Run._cron_make()
        run = Run.search([])
        self.assertEqual(
            (run.date_from, run.date_to), (date(2026, 2, 21), date(2026, 2, 27))
        )
        Run._cron_make()
        self.assertEqual(Run.search([]), run)

    def test_only_finance_makes_them(self):
        seller = self._create_salesperson()
        with self.assertRaises(AccessError):
            self.Statement.with_user(seller)._make_everybody("2026-02-01", "2026-02-28")

    def test_no_statement_of_the_future_nor_one_that_ends_before_it_begins(self):
        for period in (("2026-03-01", "2026-03-31"), ("2026-02-28", "2026-02-01")):
            with self.assertRaises(UserError):
                self.Statement._make_everybody(*period)

    def test_lines_are_kept_as_long_as_the_setting_says(self):
        self._make_everybody()
        made = self.Statement.search([])
        self.books.statement_months_kept = 1
        self.env["customer.statement.line"]._gc_lines()
        self.assertEqual(len(made.line_ids), 5)
        with freeze_time("2026-04-02 12:00:00"):
            self.env["customer.statement.line"]._gc_lines()
        made.invalidate_recordset()
        self.assertFalse(made.line_ids)
        self.assertTrue(made.currency_line_ids)
