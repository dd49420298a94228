"""Taking back comes to an end, whatever uses the customers that an import created; or
says why it doesn't."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.common import scheduled_job
from ...models.common.scheduled_job import ScheduledJob
from ...models.history import customer_import_publishing
from .history_common import DAY, HistoryCommon

LOG = scheduled_job._logger.name
ROWS = [
    ("Customer", "Customer Code", "Invoice No", "Due Date", "Currency", "Open"),
    ("Oslo Salmon", "O-1", "1", "2026-07-31", "USD", "10.00"),
    ("Oslo Salmon", "O-1", "2", "2026-07-31", "EUR", "30.00"),
    ("Porto Cork", "P-1", "1", "2026-07-31", "USD", "20.00"),
    ("Quito Roses", "Q-1", "1", "2026-07-31", "USD", "40.00"),
]
ONE = [
    ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount"),
    ("Caspian Felt", "CF-1", "2026-07-31", "USD", "100.00"),
]


@tagged("post_install", "-at_install")
class TestEndOfTakingBack(HistoryCommon):
    def _find_partner(self, name):
        return self.env["res.partner"].search([("name", "=", name)])

    def _state(self, partner):
        Statement = self.env["customer.statement"]
        return Statement._make(partner, DAY.replace(day=1), DAY)

    def _find_parts(self, record):
        return record.sudo().row_ids.mapped("state"), record.state, record.failure

    def _draw_up(self, partner):
        """:return: an empty statement of somebody who owes nothing"""
        return self.env["customer.statement"]._create_guarded(
            [
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "date_from": DAY.replace(day=1),
                    "date_to": DAY,
                }
            ]
        )

    def test_22_a_draft_of_a_statement_goes_with_its_customer(self):
        record = self._publish(ROWS, create_customers=True)
        statement = self._state(self._find_partner("Oslo Salmon"))
        self.assertEqual(statement.state, "draft")
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(record.failure)
        self.assertFalse(statement.exists())
        self.assertFalse(self._find_partner("Oslo Salmon"))
        self.assertFalse(self._find_partner("Porto Cork"))

    def test_22_a_draft_stays_with_a_customer_who_stays(self):
        record = self._publish(ROWS, create_customers=True)
        oslo = self._find_partner("Oslo Salmon")
        statement = self._state(oslo)
        self._create_order(oslo)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertTrue(statement.exists() and oslo.exists())
        self.assertTrue(statement._find_stale(), "it is made again, not verified")

    def test_22_a_draft_goes_with_customers_that_were_brought_in_as_such(self):
        record = self._publish(
            [("Customer", "Customer Code"), ("Oslo Salmon", "O-1")], kind="customers"
        )
        statement = self._draw_up(self._find_partner("Oslo Salmon"))
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(statement.exists())

    def test_22_whatever_keeps_a_customer_from_going_is_a_use(self):
        record = self._publish(
            [("Customer", "Customer Code"), ("Oslo Salmon", "O-1")], kind="customers"
        )
        oslo = self._find_partner("Oslo Salmon")
        self._draw_up(oslo).sudo()._write_guarded({"state": "verified"})
        with self.assertRaisesRegex(UserError, "Oslo Salmon"):
            record.action_undo()
        self.assertEqual(record.state, "done")

    @mute_logger(LOG)
    def test_22_who_cant_be_deleted_is_named_and_it_ends(self):
        record = self._publish(ROWS, create_customers=True)
        Partner = self.registry["res.partner"]
        unlink = Partner.unlink

        def refuse(partners):
            if "Oslo Salmon" in partners.mapped("name"):
                said = "Somebody needs it"
                raise UserError(said)
            return unlink(partners)

        with patch.object(Partner, "unlink", refuse):
            record.action_undo()
        self.assertEqual(record.state, "undone")
        self.assertIn("Oslo Salmon: created by this import", record.failure)
        self.assertTrue(self._find_partner("Oslo Salmon"))
        self.assertFalse(self._find_partner("Porto Cork"))
        self.assertFalse(self._find_open())
        record.unlink()

    @mute_logger(LOG)
    def test_22_what_fails_at_the_end_is_said_and_leaves_no_state_of_being_busy(self):
        record = self._publish(ROWS, create_customers=True)
        Import = self.registry["customer.import"]

        def fail(record):
            raise ValueError("Unforeseen")

        with patch.object(Import, "_remove_newcomers", fail):
            record.action_undo()
        self.assertEqual(record.state, "undone")
        self.assertIn("ValueError", record.failure)

    @mute_logger(LOG)
    def test_22_a_failed_part_is_said_and_nothing_is_left(self):
        record = self._check_whole(ROWS, create_customers=True)
        Import = self.registry["customer.import"]
        publish, calls = Import._publish_items, []

        def fail(record, rows):
            calls.append(1)
            if len(calls) == 2:
                said = "The second part fails"
                raise UserError(said)
            return publish(record, rows)

        with (
            patch.object(Import, "_publish_items", fail),
            patch.object(customer_import_publishing, "PART", 2),
        ):
            self.assertTrue(record.action_publish())
        # what the end of a request does, too
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual((record.state, record.create_count), ("ready", 4))
        self.assertEqual(record.failure, "The second part fails")
        self.assertFalse(self._find_partner("Oslo Salmon"))
        self.assertFalse(record.row_ids.partner_id)
        self.assertFalse(self._find_open())
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(len(self._find_open()), 4)

    def test_a_new_customer_that_anything_names_stays(self):
        record = self._publish(ONE, create_customers=True)
        partner = self._find_partner("Caspian Felt")
        promise = self.env["payment.promise"].with_company(self.company)
        promise._make(partner, 10.0, self.usd, DAY + timedelta(days=400))
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertEqual(self._find_partner("Caspian Felt"), partner)

    def test_a_draft_of_a_known_customer_stays_and_is_known_to_be_old(self):
        rows = [ONE[0], ("Atacama Minerals", "AM-1", "2026-07-31", "USD", "100.00")]
        record = self._publish(rows)
        statement = self._state(self.atacama)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertTrue(statement._find_stale())

    @mute_logger(LOG)
    def test_what_fails_at_the_end_is_said(self):
        record = self._publish(ONE, create_customers=True)
        stuck = patch.object(
            type(record), "_remove_newcomers", side_effect=UserError("A wall.")
        )
        with stuck:
            record.action_undo()
        self.assertEqual(self._find_parts(record), (["create"], "undone", "A wall."))

    @mute_logger(LOG)
    def test_publishing_that_fails_ends_where_it_can_be_tried_again(self):
        record = self._check_whole(ONE, create_customers=True)
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
        record = self._check_whole(ONE, create_customers=True)
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

    @mute_logger(LOG)
    def test_books_closed_meanwhile_are_said_and_not_what_is_gone(self):
        record = self._check_whole(ROWS, create_customers=True)
        Import = self.registry["customer.import"]
        publish, calls = Import._publish_items, []

        def close(record, rows):
            calls.append(1)
            if len(calls) == 2:
                record.company_id.sudo().hard_lock_date = DAY
            return publish(record, rows)

        self.env.cr.postcommit.clear()
        with (
            patch.object(Import, "_publish_items", close),
            patch.object(customer_import_publishing, "PART", 2),
        ):
            record.action_publish()
        self.assertEqual(record.state, "ready")
        self.assertIn("2026", record.failure)
        self.assertFalse(self._find_partner("Oslo Salmon"))
        # what Odoo does behind the commit is part of the answer
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.cr.postcommit.run()
