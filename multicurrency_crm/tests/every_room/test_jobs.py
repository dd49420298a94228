"""Every scheduled job of the addon, on connections of its own: killed half way,
collided with, kept from a row, given a record that can't be done."""

import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread
from unittest.mock import patch

import psycopg2

from odoo import Command, fields
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ...models.common import scheduled_job
from ...models.common.scheduled_job import ScheduledJob
from ..providers.common import ecb_xml, publisher
from ..rate_lock.race_common import RaceCase

LOG = scheduled_job._logger.name
CRON = "odoo.addons.base.models.ir_cron"

#: {XML id: test case} of all jobs: one that is added without a case fails
CASES = {}


@tagged("post_install", "-at_install")
class TestEveryJobIsTried(TransactionCase):
    def test_no_job_is_left_out(self):
        own = self.env["ir.model.data"].search(
            [("module", "=", "multicurrency_crm"), ("model", "=", "ir.cron")]
        )
        self.assertEqual(set(own.mapped("name")), set(CASES))


class JobCase(RaceCase):
    """Three records that a job has to do, ``self.ids`` of ``model``."""

    job = model = None
    #: a method of the model, by which the job does one or several of its records
    method = None

    def __init_subclass__(cls):
        CASES[cls.job] = cls
        return super().__init_subclass__()

    def _prepare(self, env):
        """:return: three records that are due"""
        raise NotImplementedError

    def _count_done(self, record):
        """:return: how many times a record was done, by what it left behind"""
        raise NotImplementedError

    def _remove(self, env):
        """Take away what the job and the test have made."""

    def setUp(self):
        super().setUp()
        self.ids = []  # what is taken away where preparing fails
        with self.registry.cursor() as cr:
            env = self._env(cr)
            job = env.ref(f"multicurrency_crm.{self.job}")
            self.cron, self.last = job.id, job.lastcall
            self.ids = self._prepare(env).ids
        # each record is a chunk
        self.enterContext(patch.object(scheduled_job, "BATCH", 1))
        self.enterContext(patch.object(scheduled_job, "PAUSE", 0.01))

    def _take_away(self):
        with self.registry.cursor() as cr:
            self._remove(self._env(cr))
            cr.execute("DELETE FROM ir_cron_trigger WHERE cron_id = %s", [self.cron])
            cr.execute(
                "UPDATE ir_cron SET lastcall = %s WHERE id = %s",
                [self.last or None, self.cron],
            )
        return super()._take_away()

    def _call(self):
        """Have Odoo call the job, a day after its last call."""
        with self.registry.cursor() as cr:
            cr.execute(
                SQL(
                    "UPDATE ir_cron SET lastcall = %s WHERE id = %s",
                    fields.Datetime.now() - timedelta(days=1),
                    self.cron,
                )
            )
        self._run_job(self.job)

    def _list_done(self):
        with self.registry.cursor() as cr:
            records = self._env(cr)[self.model].browse(self.ids)
            return [self._count_done(record) for record in records]

    def _is_called_again(self):
        """Whether Odoo calls the job again at once, or it looks often anyway."""
        with self.registry.cursor() as cr:
            job = self._env(cr)["ir.cron"].browse(self.cron)
            triggers = job.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
            soon = fields.Datetime.now() + timedelta(minutes=5)
            return any(trigger.call_at <= soon for trigger in triggers) or (
                job.interval_type == "minutes"
            )

    def _count_loops(self):
        """How many times Odoo has called the job."""
        with self.registry.cursor() as cr:
            progress = self._env(cr)["ir.cron.progress"]
            return progress.search_count([("cron_id", "=", self.cron)])

    def _hooked(self, hook):
        """Have ``hook`` called with the records, each time before some are done."""
        Model = self.registry[self.model]
        method = getattr(Model, self.method)

        def hooked(records, *args, **kwargs):
            hook(records)
            return method(records, *args, **kwargs)

        return patch.object(Model, self.method, hooked)

    def _touch(self, cr, record_id):
        """Update a row as somebody does who edits it."""
        cr.execute(
            SQL(
                "UPDATE %s SET write_date = write_date WHERE id = %s",
                SQL.identifier(self.registry[self.model]._table),
                record_id,
            )
        )


class JobTests:
    """What is asked of every job."""

    @mute_logger("odoo.sql_db", CRON, LOG, "odoo.addons.base.models.ir_actions")
    def test_killed_it_goes_on_where_it_stopped(self):
        calls = []

        def kill(records):
            calls.append(records.ids)
            if len(calls) == 2:
                records.env.cr.execute("SELECT pg_backend_pid()")
                (pid,) = records.env.cr.fetchone()
                with db_connect(get_db_name()).cursor() as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [pid])

        with self._hooked(kill), self.assertRaises(psycopg2.Error):
            self._call()
        self.assertEqual(sorted(self._list_done()), [0, 0, 1])
        self._call()
        self.assertEqual(self._list_done(), [1, 1, 1], "all of them, none twice")

    @mute_logger("odoo.sql_db", LOG)
    def test_collided_with_it_tries_again_in_place(self):
        """Each row is updated by somebody else after the job has begun to read."""
        do, collisions = ScheduledJob.do, []

        def collide(job, work, *args, **kwargs):
            tries = []

            def work_late():
                # from here on it sees what is committed now
                job.env.cr.execute("SELECT 1 FROM res_partner LIMIT 1")
                if not tries:
                    self._edit_all()
                tries.append(1)
                try:
                    work()
                    job.env.flush_all()
                except scheduled_job.COLLISIONS as error:
                    collisions.append(error)
                    raise

            return do(job, work_late, *args, **kwargs)

        with patch.object(ScheduledJob, "do", collide):
            self._call()
        self.assertGreaterEqual(len(collisions), 3, "the job writes these rows")
        self.assertEqual(self._list_done(), [1, 1, 1])

    def _edit_all(self):
        with self.registry.cursor() as other:
            for record_id in self.ids:
                self._touch(other, record_id)

    @mute_logger("odoo.sql_db", CRON, LOG)
    def test_what_somebody_keeps_is_set_aside(self):
        with self.registry.cursor() as other:
            self._touch(other, self.ids[1])
            before = self._count_loops()
            with patch.object(scheduled_job, "WAIT", "200ms"):
                self._call()
            self.assertEqual(self._list_done(), [1, 0, 1], "the others go on")
            self.assertEqual(self._count_loops() - before, 1, "it doesn't spin")
            self.assertTrue(self._is_called_again())
        self._call()
        self.assertEqual(self._list_done(), [1, 1, 1])

    def test_one_that_fails_is_named_and_the_others_are_done(self):
        def fail(records):
            if self.ids[1] in records.ids:
                raise ValueError("nobody knows")

        with self._hooked(fail), self.assertLogs(LOG) as logs:
            self._call()
        self.assertEqual(self._list_done(), [1, 0, 1])
        told = [entry for entry in logs.records if entry.levelname == "ERROR"]
        with self.registry.cursor() as cr:
            record = self._env(cr)[self.model].browse(self.ids[1])
            self.assertIn(record.display_name, told[0].getMessage())
        self.assertIn("nobody knows", str(told[0].exc_info))

    @mute_logger("odoo.sql_db")
    def test_by_other_code_nothing_is_committed(self):
        with self.registry.cursor() as cr:
            job = self._env(cr)["ir.cron"].browse(self.cron)
            job.ir_actions_server_id.run()
            job.env.flush_all()
            done = [
                self._count_done(record)
                for record in job.env[self.model].browse(self.ids)
            ]
            self.assertEqual(done, [1, 1, 1])
            cr.rollback()
        self.assertEqual(self._list_done(), [0, 0, 0])


@tagged("post_install", "-at_install")
class TestExpireLocks(JobTests, JobCase):
    job, model, method = "ir_cron_expire_locks", "fx.rate.lock", "_close_ended"

    def _prepare(self, env):
        over = fields.Date.today() - timedelta(days=3)
        orders = [self._quote(env, 100.0) for _n in range(3)]
        locks = env["fx.rate.lock"].concat(*(order._lock_rate() for order in orders))
        env.flush_all()
        # the days go by
        env.cr.execute(
            SQL(
                "UPDATE fx_rate_lock SET date_start = %(day)s, date_end = %(day)s "
                "WHERE id = ANY(%(ids)s)",
                day=over,
                ids=locks.ids,
            )
        )
        return locks

    def _count_done(self, lock):
        told = lock.order_ids.message_ids.filtered(lambda m: "ended on" in m.body)
        self.assertEqual(lock.state, "expired" if told else "active")
        return len(told)


@tagged("post_install", "-at_install")
class TestTellDueForwards(JobTests, JobCase):
    job, model, method = "ir_cron_tell_due_forwards", "fx.forward", "_notify_due"

    def _prepare(self, env):
        contract = {
            "counterparty_id": self.partner,
            "currency_id": self.currency.id,
            "amount": 1000.0,
            "quoted_rate": "7.1",
            "trade_date": fields.Date.today() - timedelta(days=9),
            "value_date": fields.Date.today() - timedelta(days=2),
        }
        forwards = env["fx.forward"].create([contract] * 3)
        forwards.action_activate()
        return forwards

    def _count_done(self, forward):
        self.assertEqual(forward.is_due_told, bool(forward.activity_ids))
        return len(forward.activity_ids)

    def _remove(self, env):
        forwards = env["fx.forward"].browse(self.ids)
        (forwards.activity_ids | forwards.activity_ids).unlink()
        forwards.message_ids.unlink()
        env.flush_all()
        # a contract is kept; what was tried here goes past the ORM
        env.cr.execute(SQL("DELETE FROM fx_forward WHERE id = ANY(%s)", self.ids))
        env.invalidate_all()


@tagged("post_install", "-at_install")
class TestFloatRevenues(JobTests, JobCase):
    job, model, method = "cron_float_revenues", "crm.lead", "_float_revenues"

    def _prepare(self, env):
        leads = env["crm.lead"].create(
            [
                {
                    "name": f"Floating {number}",
                    "type": "opportunity",
                    "company_id": env.company.id,
                    "partner_id": self.partner,
                    "revenue_currency_id": self.currency.id,
                    "expected_revenue_customer": 100.0,
                }
                for number in range(3)
            ]
        )
        env.flush_all()
        rate = env["res.currency.rate"].browse(self.rate)
        rate.rate = 4.0
        # written since the night before
        env.cr.execute(
            SQL(
                "UPDATE crm_lead SET revenue_rate = 2.0, expected_revenue = 50.0 "
                "WHERE id = ANY(%s)",
                leads.ids,
            )
        )
        env.invalidate_all()
        return leads

    def _count_done(self, lead):
        self.assertIn(
            (lead.revenue_rate, lead.expected_revenue), [(4.0, 25.0), (2.0, 50.0)]
        )
        return int(lead.revenue_rate == 4.0)

    def _remove(self, env):
        env["crm.lead"].browse(self.ids).unlink()


@tagged("post_install", "-at_install")
class TestAssessCredit(JobTests, JobCase):
    job, model, method = "ir_cron_assess_credit", "res.partner", "_assess_credit"

    def _prepare(self, env):
        self.others = env["credit.policy"].search([]).ids
        env["credit.policy"].browse(self.others).active = False
        self.policy = env["credit.policy"].create({"name": "Raced"}).id
        # before this night began
        env.cr.execute("UPDATE credit_policy SET create_date = '2020-01-01'")
        buyers = env["res.partner"].create(
            [{"name": f"Assessed {number}"} for number in range(3)]
        )
        orders = env["sale.order"]
        for buyer in buyers:
            orders += self._quote(env, 100.0)
            orders[-1].partner_id = buyer
        self.orders = orders.ids
        everybody = self.everybody = self.registry[
            "credit.assessment"
        ]._assess_everybody
        self.enterContext(
            patch.object(
                self.registry["credit.assessment"],
                "_assess_everybody",
                lambda model, job, _size: everybody(model, job, 1),
            )
        )
        return buyers

    def _count_done(self, buyer):
        count = buyer.env["credit.assessment"].search_count(
            [("partner_id", "=", buyer.id)]
        )
        self.assertEqual(bool(buyer.credit_assessment_id), bool(count))
        return count

    def _remove(self, env):
        env["sale.order"].browse(self.orders).unlink()
        mine = [("company_id", "=", env.company.id)]
        for model in ("credit.assessment", "credit.assessment.chunk"):
            env[model].search(mine).unlink()
        env["credit.account"].search([("partner_id", "in", self.ids)]).unlink()
        env["credit.policy"].browse(self.policy).unlink()
        env["credit.policy"].browse(self.others).active = True
        env["res.partner"].browse(self.ids).unlink()

    @mute_logger("odoo.sql_db", LOG)
    def test_a_customer_who_is_edited_doesnt_cost_the_night(self):
        """All customers are one chunk. A row of theirs is updated, and committed while
        the job waits for it: all are assessed in this call."""
        model = self.registry["credit.assessment"]
        whole = patch.object(
            model,
            "_assess_everybody",
            lambda records, job, _size: self.everybody(records, job, 10_000),
        )
        with whole, self.registry.cursor() as other:
            self._touch(other, self.ids[1])
            commits = Thread(target=self._commit_once_awaited, args=[other])
            commits.start()
            self._call()
            commits.join()
        self.assertTrue(self.awaited)
        self.assertEqual(self._list_done(), [1, 1, 1])

    def _commit_once_awaited(self, other):
        other.execute("SELECT pg_backend_pid()")
        (pid,) = other.fetchone()
        self.awaited = False
        with db_connect(get_db_name()).cursor() as looking:
            for _try in range(500):
                looking.execute(
                    "SELECT 1 FROM pg_locks WHERE NOT granted AND %s = ANY("
                    "pg_blocking_pids(pid))",
                    [pid],
                )
                if looking.fetchone():
                    self.awaited = True
                    break
                looking.rollback()
                time.sleep(0.01)
        other.commit()


@tagged("post_install", "-at_install")
class TestFetchRates(JobTests, JobCase):
    job, model, method = "cron_fetch_rates", "fx.rate.provider", "_book_company"

    def _prepare(self, env):
        self.publisher = self.enterContext(publisher())
        self.others = env["fx.rate.provider"].search([]).ids
        env["fx.rate.provider"].browse(self.others).active = False
        parameters = env["ir.config_parameter"]
        self.hosts = parameters.get_param("multicurrency_crm.allowed_hosts")
        parameters.set_param("multicurrency_crm.allowed_hosts", "127.0.0.1")
        code = "USD" if env.company.currency_id.name != "USD" else "CNY"
        foreign = env["res.currency"].search(
            [("name", "=", code), ("active", "in", [True, False])]
        )
        providers = env["fx.rate.provider"].create(
            [
                {
                    "name": f"Raced for {number}",
                    "service": "ecb",
                    "address": self.publisher.address,
                    "company_ids": [Command.set(env.company.ids)],
                    "currency_ids": [Command.set(foreign.ids)],
                }
                for number in range(3)
            ]
        )
        day = providers[0]._get_newest_allowed()
        file = ecb_xml({str(day): ["1.0840", "7.8154"]}, ("USD", "CNY"))
        for name in ("daily.xml", "hist-90d.xml"):
            self.publisher.answers[f"/eurofxref-{name}"] = file
        return providers

    def _count_done(self, provider):
        done = provider.run_ids.filtered(lambda run: run.state != "failed")
        return len(done)

    def _remove(self, env):
        for table, column in (
            ("res_currency_rate", "fx_provider_id"),
            ("fx_rate_named", "provider_id"),
        ):
            table, column = SQL.identifier(table), SQL.identifier(column)
            env.cr.execute(
                SQL("DELETE FROM %s WHERE %s = ANY(%s)", table, column, self.ids)
            )
        env["fx.rate.hold"].search([("provider_id", "in", self.ids)]).unlink()
        env["fx.rate.provider"].browse(self.ids).unlink()
        env["fx.rate.provider"].browse(self.others).active = True
        env["ir.config_parameter"].set_param(
            "multicurrency_crm.allowed_hosts", self.hosts
        )

    @mute_logger("odoo.sql_db", LOG)
    def test_a_publisher_is_asked_once_for_a_chunk_that_is_tried_again(self):
        collided = []
        conclude = self.registry["fx.rate.provider"]._conclude

        def collide(provider, *args):
            conclude(provider, *args)
            provider.env.flush_all()
            if not collided:
                collided.append(provider.id)
                raise psycopg2.errors.SerializationFailure("try again")

        with patch.object(self.registry["fx.rate.provider"], "_conclude", collide):
            self._call()
        self.assertEqual(self._list_done(), [1, 1, 1])
        self.assertEqual(len(self.publisher.asked), 3)


@tagged("post_install", "-at_install")
class TestMakeStatements(JobTests, JobCase):
    """Three months of one customer, each a run."""

    job, model = "ir_cron_make_statements", "customer.statement.run"
    method = "_make_part"

    def _prepare(self, env):
        accounts = env["account.account"].create(
            [
                {
                    "name": f"Raced {kind}",
                    "code": code,
                    "account_type": kind,
                    "reconcile": kind == "asset_receivable",
                }
                for code, kind in (("98761", "asset_receivable"), ("98762", "income"))
            ]
        )
        journal = env["account.journal"].create(
            {"name": "Raced", "code": "RACED", "type": "general"}
        )
        entry = env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2026-01-15",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partner,
                            "balance": balance,
                        }
                    )
                    for account, balance in zip(accounts, (90.0, -90.0), strict=True)
                ],
            }
        )
        entry.action_post()
        self.made = accounts.ids, journal.id, entry.id
        runs = env["customer.statement.run"]
        for month in (1, 2, 3):
            runs += runs._begin(
                env.company,
                fields.Date.to_date(f"2026-{month:02}-01"),
                fields.Date.to_date(f"2026-{month:02}-28"),
                env.user,
            )
        return runs

    def _count_done(self, run):
        return run.env["customer.statement"].search_count(
            [
                ("partner_id", "=", self.partner),
                ("date_to", "=", run.date_to),
                ("company_id", "=", run.company_id.id),
            ]
        )

    def _remove(self, env):
        env["customer.statement"].search([("partner_id", "=", self.partner)]).unlink()
        env["customer.statement.run"].browse(self.ids).unlink()
        account_ids, journal_id, entry_id = self.made
        entry = env["account.move"].browse(entry_id)
        entry.button_draft()
        entry.name = False
        entry.unlink()
        env["account.journal"].browse(journal_id).unlink()
        env["account.account"].browse(account_ids).unlink()


@tagged("post_install", "-at_install")
class TestSendStatements(JobTests, JobCase):
    """Three statements of one customer, each a mail."""

    job, model = "ir_cron_send_statements", "customer.statement"
    method = "_send_queued"

    def _prepare(self, env):
        env["res.partner"].browse(self.partner).email = "raced@example.com"
        self.customers = []
        return self._queue(env, [(self.partner, month) for month in (1, 2, 3)])

    def _queue(self, env, stated):
        """:param stated: [(customer's id, month)]"""
        statements = env["customer.statement"]._create_guarded(
            [
                {
                    "partner_id": partner_id,
                    "company_id": env.company.id,
                    "date_from": f"2026-0{month}-01",
                    "date_to": f"2026-0{month}-28",
                    "is_tied": True,
                    "made_by": env.uid,
                }
                for partner_id, month in stated
            ]
        )
        statements.action_verify()
        statements.action_send()
        env["ir.cron.trigger"].search([("cron_id", "=", self.cron)]).unlink()
        return statements

    def _count_done(self, statement):
        mails = statement.env["mail.mail"].search_count(
            [("model", "=", self.model), ("res_id", "=", statement.id)]
        )
        self.assertEqual(statement.state, "sent" if mails else "verified")
        return mails

    def _remove(self, env):
        statements = env["customer.statement"].browse(self.ids)
        mine = [("model", "=", self.model), ("res_id", "in", self.ids)]
        env["mail.mail"].search(mine).unlink()
        statements.message_ids.unlink()
        env.flush_all()
        # what was sent stays; what was tried here goes past the ORM
        env.cr.execute(
            SQL("DELETE FROM customer_statement WHERE id = ANY(%s)", self.ids)
        )
        env.invalidate_all()
        env["res.partner"].browse(self.customers).unlink()

    @mute_logger("odoo.sql_db", LOG)
    def test_one_that_breaks_keeps_its_reason(self):
        """Its transaction is undone, the reason is kept in another one, and the next
        call leaves it alone."""
        singly = self.registry[self.model]._send_singly

        def break_one(statement):
            if statement.id == self.ids[1]:
                statement.env["res.partner"].browse(self.partner).comment = "half"
                statement.env.flush_all()
                raise ValueError("the template is broken")
            return singly(statement)

        with patch.object(self.registry[self.model], "_send_singly", break_one):
            self._call()
        self.assertEqual(self._list_done(), [1, 0, 1])
        with self.registry.cursor() as cr:
            statement = self._env(cr)[self.model].browse(self.ids[1])
            self.assertEqual(statement.send_failure, "unwritten")
            self.assertEqual(statement.send_detail, "the template is broken")
            self.assertFalse(statement.partner_id.comment)
        self._call()
        self.assertEqual(self._list_done(), [1, 0, 1])

    @contextmanager
    def _subject(self, subject):
        """Have statements sent with another subject than the template's own."""

        def put(subject):
            with self.registry.cursor() as cr:
                template = self._env(cr).ref(
                    "multicurrency_crm.mail_template_statement"
                )
                was, template.subject = template.subject, subject
            return was

        was = put(subject)
        try:
            yield
        finally:
            put(was)

    @mute_logger("odoo.sql_db", LOG, "odoo.addons.mail.models.mail_render_mixin")
    def test_three_fail_in_one_run_and_the_next_sends_those(self):
        """One without e-mail, one whose template breaks, one that somebody works on:
        the others go out, the three say why, and each customer gets one mail."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            values = [{"name": "Silent"}, {"name": "Broken", "email": "b@example.com"}]
            others = env["res.partner"].create(values)
            self.customers = others.ids
            self.ids += self._queue(env, [(customer, 1) for customer in others.ids]).ids
            env.flush_all()
            cr.execute(
                "UPDATE customer_statement SET queued_on = queued_on - INTERVAL '1 min'"
            )
        held, silent, broken = self.ids[1], *self.ids[3:]
        breaks = f"{{{{ 1 / (object.id - {broken}) }}}}"
        with self._subject(breaks), self.registry.cursor() as other:
            self._touch(other, held)
            with patch.object(scheduled_job, "WAIT", "200ms"):
                self._call()
            self.assertEqual(self._list_done(), [1, 0, 1, 0, 0])
            with self.registry.cursor() as cr:
                statements = self._env(cr)[self.model]
                for failed, told in (
                    (held, "next run"),
                    (silent, "no e-mail address"),
                    (broken, "division by zero"),
                ):
                    self.assertIn(told, statements.browse(failed).send_error)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["res.partner"].browse(self.customers[0]).email = "silent@example.com"
            env[self.model].browse([silent, broken]).action_send()
        self._call()
        self.assertEqual(self._list_done(), [1, 1, 1, 1, 1], "each once")
