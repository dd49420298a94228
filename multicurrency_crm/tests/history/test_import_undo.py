"""Taking back comes to its end, or says why it doesn't."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.common.scheduled_job import ScheduledJob
from .history_common import DAY, HistoryCommon

LOG = "odoo.addons.multicurrency_crm.models.common.scheduled_job"
ROWS = [
    ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount"),
    ("Caspian Felt", "CF-1", "2026-07-31", "USD", "100.00"),
]


@tagged("post_install", "-at_install")
class TestTakingBackEnds(HistoryCommon):
    def _find_caspian(self):
        return self.env["res.partner"].search([("name", "=", "Caspian Felt")])

    def _state(self, partner):
        Statement = self.env["customer.statement"].with_company(self.company)
        return Statement._make(partner, DAY.replace(day=1), DAY)

    def _find_parts(self, record):
        return record.sudo().row_ids.mapped("state"), record.state, record.failure

    def test_a_draft_statement_of_a_new_customer_goes_with_it(self):
        record = self._publish(ROWS, create_customers=True)
        statement = self._state(self._find_caspian())
        self.assertEqual(statement.state, "draft")
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(self._find_caspian())
        self.assertFalse(statement.exists())

    def test_a_new_customer_that_anything_names_stays(self):
        record = self._publish(ROWS, create_customers=True)
        partner = self._find_caspian()
        promise = self.env["payment.promise"].with_company(self.company)
        promise._make(partner, 10.0, self.usd, DAY + timedelta(days=400))
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertEqual(self._find_caspian(), partner)

    def test_a_draft_of_a_known_customer_stays_and_is_known_to_be_old(self):
        rows = [ROWS[0], ("Atacama Minerals", "AM-1", "2026-07-31", "USD", "100.00")]
        record = self._publish(rows)
        statement = self._state(self.atacama)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertTrue(statement._find_stale())

    @mute_logger(LOG)
    def test_what_fails_at_the_end_is_said(self):
        record = self._publish(ROWS, create_customers=True)
        stuck = patch.object(
            type(record), "_remove_newcomers", side_effect=UserError("A wall.")
        )
        with stuck:
            record.action_undo()
        self.assertEqual(self._find_parts(record), (["create"], "undone", "A wall."))

    @mute_logger(LOG)
    def test_publishing_that_fails_ends_where_it_can_be_tried_again(self):
        record = self._check_whole(ROWS, create_customers=True)
        kind = type(record)
        with (
            patch.object(kind, "_publish_items", side_effect=UserError("No books.")),
            patch.object(kind, "_remove_newcomers", side_effect=UserError("A wall.")),
        ):
            record.action_publish()
        self.assertEqual(
            self._find_parts(record), (["create"], "ready", "No books.\nA wall.")
        )
        record.action_publish()
        self.assertEqual(record.state, "done")

    def test_the_job_is_not_called_at_once_for_what_others_hold(self):
        record = self._check_whole(ROWS, create_customers=True)
        record.sudo()._write_guarded({"state": "undoing"})
        held = patch.object(
            type(record), "_work_off", lambda _record, job: job.set_aside()
        )
        cron = self.env.ref("multicurrency_crm.ir_cron_customer_import")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        with held:
            self.env["customer.import"]._cron_work()
        after = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertEqual(after, triggers)
        self.assertFalse(ScheduledJob(record).has_set_aside())
