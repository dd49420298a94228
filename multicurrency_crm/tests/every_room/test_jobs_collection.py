"""The jobs that prepare and send letters: tried as every job is."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .test_jobs import JobCase, JobTests


def _remove_letters(env, runs):
    letters = env["collection.letter"].search([("run_id", "in", runs.ids)])
    mine = [("model", "=", "collection.letter"), ("res_id", "in", letters.ids)]
    env["mail.mail"].search(mine).unlink()
    letters.activity_ids.unlink()
    letters.message_ids.unlink()
    env.flush_all()
    # what was sent stays; what was tried here goes past the ORM
    env.cr.execute(SQL("DELETE FROM collection_letter WHERE id = ANY(%s)", letters.ids))
    env.cr.execute(SQL("DELETE FROM collection_run WHERE id = ANY(%s)", runs.ids))
    env.invalidate_all()


@tagged("post_install", "-at_install")
class TestPrepareLetters(JobTests, JobCase):
    """Three runs over one customer that owes an old amount: the first one takes it, and
    each looks at it once."""

    job, model = "ir_cron_prepare_letters", "collection.run"
    method = "_prepare_part"

    def _prepare(self, env):
        today = env.company._get_today()
        accounts = env["account.account"].create(
            [
                {
                    "name": f"Raced {kind}",
                    "code": code,
                    "account_type": kind,
                    "reconcile": kind == "asset_receivable",
                }
                for code, kind in (("98751", "asset_receivable"), ("98752", "income"))
            ]
        )
        journal = env["account.journal"].create(
            {"name": "Raced", "code": "RACEL", "type": "general"}
        )
        entry = env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": today - timedelta(days=30),
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
        entry.line_ids.no_followup = False
        env["res.partner"].browse(self.partner).email = "raced@example.com"
        level = env["collection.level"].create({"name": "Raced", "days": 7})
        self.made = accounts.ids, journal.id, entry.id, level.id
        runs = env[self.model]
        for _number in range(3):
            runs += runs._begin(env.company, env.user)
        for run in runs:
            run._start()
        return runs

    def _count_done(self, run):
        mine = run.letter_ids.filtered(lambda one: one.partner_id.id == self.partner)
        self.assertLessEqual(run.looked_at, run.total)
        return len(mine)

    def _remove(self, env):
        _remove_letters(env, env[self.model].browse(self.ids))
        account_ids, journal_id, entry_id, level_id = self.made
        entry = env["account.move"].browse(entry_id)
        entry.button_draft()
        entry.name = False
        entry.unlink()
        env["account.journal"].browse(journal_id).unlink()
        env["account.account"].browse(account_ids).unlink()
        env["collection.level"].browse(level_id).unlink()


@tagged("post_install", "-at_install")
class TestSendLetters(JobTests, JobCase):
    """Three letters to one customer, each a mail."""

    job, model = "ir_cron_send_letters", "collection.letter"
    method = "_send_queued"

    def _prepare(self, env):
        env["res.partner"].browse(self.partner).email = "raced@example.com"
        level = env["collection.level"].create({"name": "Raced", "days": 7})
        run = env["collection.run"]._begin(env.company, env.user)
        self.level, self.run_id = level.id, run.id
        letters = env[self.model]._create_guarded(
            [
                {
                    "run_id": run.id,
                    "company_id": env.company.id,
                    "partner_id": self.partner,
                    "date": run.date,
                    "currency_id": self.currency.id,
                    "level_id": level.id,
                    "channel": "email",
                    "amount": 10.0 * number,
                }
                for number in (1, 2, 3)
            ]
        )
        letters.action_send()
        env["ir.cron.trigger"].search([("cron_id", "=", self.cron)]).unlink()
        return letters

    def _count_done(self, letter):
        mails = letter.env["mail.mail"].search_count(
            [("model", "=", self.model), ("res_id", "=", letter.id)]
        )
        self.assertEqual(bool(letter.mail_id), bool(mails))
        return mails

    def _remove(self, env):
        _remove_letters(env, env["collection.run"].browse(self.run_id))
        env["collection.level"].browse(self.level).unlink()
