"""Two people with one file, and workers that die: nothing comes in twice."""

from base64 import b64encode
from unittest.mock import patch

import psycopg2

from odoo.exceptions import UserError
from odoo.sql_db import db_connect
from odoo.tests import get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ...models.common import scheduled_job
from ...models.history import customer_import, customer_import_publishing
from ..rate_lock.race_common import RaceCase

JOB = "ir_cron_customer_import"
CRON = "odoo.addons.base.models.ir_cron"
LOG = scheduled_job._logger.name
HEADERS = "Customer Code,Customer,Invoice No,Due Date,Open Amount,Currency"
COUNT = 7


@tagged("post_install", "-at_install")
class TestImportRace(RaceCase):
    def setUp(self):
        super().setUp()
        self.imports = []  # what is taken away where preparing fails
        self.accounts, self.journal, self.chosen = [], False, {}
        # parts of two items each
        self.enterContext(patch.object(customer_import_publishing, "PART", 2))
        self.enterContext(patch.object(customer_import, "AT_ONCE", 0))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            company = env.company
            self.chosen = {
                name: company[name].id
                for name in ("history_journal_id", "history_account_id")
            }
            accounts = env["account.account"].create(
                [
                    {
                        "code": f"9877{at}",
                        "name": "Raced",
                        "account_type": kind,
                        "reconcile": kind == "asset_receivable",
                    }
                    for at, kind in enumerate(("asset_receivable", "equity"))
                ]
            )
            journal = env["account.journal"].create(
                {"name": "Raced", "code": "RACEH", "type": "general"}
            )
            company.write(
                {
                    "history_journal_id": journal.id,
                    "history_account_id": accounts[1].id,
                }
            )
            partner = env["res.partner"].browse(self.partner)
            partner.write(
                {"ref": "RACED-H", "property_account_receivable_id": accounts[0].id}
            )
            self.accounts, self.journal = accounts.ids, journal.id
            self.imports = [self._make_import(env).id for _n in (1, 2)]
        self._run_job(JOB)

    def _make_import(self, env):
        day = env.company._get_today()
        code = self.currency.with_env(env).name
        lines = [
            f"RACED-H,Raced for,R-{number},{day},{number}.25,{code}"
            for number in range(COUNT)
        ]
        text = "\n".join([HEADERS, *lines])
        record = env["customer.import"].create(
            {"file": b64encode(text.encode()), "file_name": "raced.csv"}
        )
        record.action_dry_run()
        return record

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env.company.write(self.chosen)
            records = env["customer.import"].search([("id", "in", self.imports)])
            moves = records.entry_ids.move_id | env["account.move"].search(
                [("journal_id", "=", self.journal)]
            )
            records.message_ids.unlink()
            env.flush_all()
            # what was published stays; what was tried here goes past the ORM
            cr.execute(
                SQL("DELETE FROM customer_import WHERE id = ANY(%s)", self.imports)
            )
            env.invalidate_all()
            posted = moves.filtered(lambda move: move.state == "posted")
            posted.button_draft()
            moves.with_context(force_delete=True).unlink()
            partner = env["res.partner"].browse(self.partner)
            partner.property_account_receivable_id = False
            env["account.journal"].browse(self.journal).unlink()
            env["account.account"].browse(self.accounts).unlink()
            cron = env.ref(f"multicurrency_crm.{JOB}")
            cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [cron.id])
        return super()._take_away()

    def _publish(self, number):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["customer.import"].browse(self.imports[number]).action_publish()
            env.flush_all()

    def _read(self):
        """:return: (states of the imports, posted items, items that count)"""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            records = env["customer.import"].browse(self.imports)
            posted = env["account.move.line"].search_count(
                [
                    ("account_id", "=", self.accounts[0]),
                    ("parent_state", "=", "posted"),
                ]
            )
            items = env["account.move.line"]._find_open_items(
                env.company,
                env.company._get_today(),
                partners=env["res.partner"].browse(self.partner),
            )
            return records.mapped("state"), posted, len(items)

    def test_22_6_of_two_with_one_file_one_wins(self):
        with self.registry.cursor() as late:
            env = self._env(late)
            second = env["customer.import"].browse(self.imports[1])
            second.mapped("state")  # from here on it sees what was there before
            self._publish(0)
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                second.action_publish()
            late.rollback()
        # Odoo tries again, and now it sees
        with self.assertRaisesRegex(UserError, f"{COUNT} rows were brought in"):
            self._publish(1)
        self._run_job(JOB)
        states, posted, items = self._read()
        self.assertEqual(states, ["done", "ready"])
        self.assertEqual((posted, items), (COUNT, COUNT))

    @mute_logger("odoo.sql_db", CRON, LOG, "odoo.addons.base.models.ir_actions")
    def test_22_5_killed_at_any_moment_it_goes_on(self):
        self._publish(0)
        Model = self.registry["customer.import"]
        # before and after each of the four parts, and before the end
        for moment in range(4):
            for name in ("_publish_part", "_publish_items"):
                self._kill_at(Model, name)
                states, posted, items = self._read()
                self.assertEqual(states[0], "publishing", moment)
                self.assertEqual(posted, min(2 * moment, COUNT))
                self.assertEqual(items, 0, "what isn't all in doesn't count")
            if moment < 3:
                self._kill_at(Model, "_publish_part", after=1)
        states, posted, items = self._read()
        self.assertEqual((states[0], items), ("publishing", 0))
        self._kill_at(Model, "_finish_publishing")
        self.assertEqual(self._read(), (["publishing", "ready"], COUNT, 0))
        self._forget_kills()
        self._run_job(JOB)
        self.assertEqual(self._read(), (["done", "ready"], COUNT, COUNT))
        with self.registry.cursor() as cr:
            record = self._env(cr)["customer.import"].browse(self.imports[0])
            amounts = record.entry_ids.mapped("amount")
            self.assertEqual(sum(amounts), sum(range(COUNT)) + COUNT * 0.25)

    def _forget_kills(self):
        """Odoo leaves a job out once that was killed three times."""
        with self.registry.cursor() as cr:
            cron = self._env(cr).ref(f"multicurrency_crm.{JOB}")
            cr.execute("DELETE FROM ir_cron_progress WHERE cron_id = %s", [cron.id])

    def _kill_at(self, Model, name, after=0):
        """Have the worker die as it begins a method, that many calls later."""
        method, calls = getattr(Model, name), []

        def killed(record, *args, **kwargs):
            calls.append(1)
            if len(calls) > after:
                record.env.cr.execute("SELECT pg_backend_pid()")
                (pid,) = record.env.cr.fetchone()
                with db_connect(get_db_name()).cursor() as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [pid])
            return method(record, *args, **kwargs)

        self._forget_kills()
        with patch.object(Model, name, killed), self.assertRaises(psycopg2.Error):
            self._run_job(JOB)

    @mute_logger(LOG)
    def test_22_5_a_failure_takes_everything_back(self):
        self._publish(0)
        Model = self.registry["customer.import"]
        publish, calls = Model._publish_items, []

        def fail(record, rows):
            calls.append(1)
            if len(calls) == 3:
                said = "The third part fails"
                raise UserError(said)
            return publish(record, rows)

        with patch.object(Model, "_publish_items", fail):
            self._run_job(JOB)
        self.assertEqual(self._read(), (["ready", "ready"], 0, 0))
        with self.registry.cursor() as cr:
            record = self._env(cr)["customer.import"].browse(self.imports[0])
            self.assertEqual(record.failure, "The third part fails")
            self.assertFalse(record.entry_ids)
        self._publish(0)
        self._run_job(JOB)
        self.assertEqual(self._read(), (["done", "ready"], COUNT, COUNT))

    @mute_logger("odoo.sql_db", CRON, LOG, "odoo.addons.base.models.ir_actions")
    def test_22_6_taking_back_goes_on_after_a_kill(self):
        self._publish(0)
        self._run_job(JOB)
        with self.registry.cursor() as cr:
            self._env(cr)["customer.import"].browse(self.imports[0]).action_undo()
        Model = self.registry["customer.import"]
        self._kill_at(Model, "_undo_part", after=1)
        states, posted, items = self._read()
        self.assertEqual((states[0], items), ("undoing", 0))
        self.assertGreater(posted, 0)
        self._run_job(JOB)
        self.assertEqual(self._read(), (["undone", "ready"], 0, 0))
