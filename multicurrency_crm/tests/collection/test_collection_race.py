"""Two workers and two people at once: each item is reminded of once, each charge
invoiced once."""

from datetime import timedelta

import psycopg2

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestCollectionRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            today = env.company._get_today()
            kinds = ("asset_receivable", "income")
            accounts = env["account.account"].create(
                [
                    {
                        "code": f"9866{at}",
                        "name": "Raced",
                        "account_type": kind,
                        "reconcile": kind == "asset_receivable",
                    }
                    for at, kind in enumerate(kinds)
                ]
            )
            journal = env["account.journal"].create(
                {"name": "Raced", "code": "RACEC", "type": "general"}
            )
            env["res.partner"].browse(self.partner).email = "raced@example.com"
            level = env["collection.level"].create(
                {"name": "Raced", "days": 7, "quiet_days": 0}
            )
            entry = env["account.move"].create(
                {
                    "journal_id": journal.id,
                    "date": today - timedelta(days=20),
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": self.partner,
                                "balance": balance,
                            }
                        )
                        for account, balance in zip(
                            accounts, (90.0, -90.0), strict=True
                        )
                    ],
                }
            )
            entry.action_post()
            entry.line_ids.no_followup = False
            runs = [
                env["collection.run"]._begin(env.company, env.user) for _n in (1, 2)
            ]
            self.runs = [run.id for run in runs]
            self.level, self.entry = level.id, entry.id
            self.accounts, self.journal = accounts.ids, journal.id

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            letters = env["collection.letter"].search(
                [("partner_id", "=", self.partner)]
            )
            letters.activity_ids.unlink()
            letters.message_ids.unlink()
            env.flush_all()
            # what was sent stays; what was tried here goes past the ORM
            cr.execute(
                SQL("DELETE FROM collection_letter WHERE id = ANY(%s)", letters.ids)
            )
            cr.execute(SQL("DELETE FROM collection_run WHERE id = ANY(%s)", self.runs))
            env.invalidate_all()
            env["collection.level"].browse(self.level).unlink()
            entry = env["account.move"].browse(self.entry)
            entry.button_draft()
            entry.name = False
            entry.unlink()
            env["account.journal"].browse(self.journal).unlink()
            env["account.account"].browse(self.accounts).unlink()
        return super()._take_away()

    def _run_of(self, cr, number):
        return self._env(cr)["collection.run"].browse(self.runs[number])

    def _count_letters(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            mine = [("letter_id.partner_id", "=", self.partner)]
            waiting = env["collection.letter"].search_count(
                [("partner_id", "=", self.partner), ("state", "=", "draft")]
            )
            return waiting, env["collection.reminder"].search_count(mine)

    @mute_logger("odoo.sql_db")
    def test_two_runs_take_an_item_once(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            runs = [self._run_of(first, 0), self._run_of(second, 1)]
            # both have read that nobody is reminded of it yet
            for run in runs:
                self.assertEqual(
                    [draft.plan.verdict for draft in run._find_drafts([self.partner])],
                    ["letter"],
                )
            runs[0]._prepare_those([self.partner])
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                runs[1]._prepare_those([self.partner])
            second.rollback()
            # tried again, as Odoo does: it finds that one waits
            again = self._run_of(second, 1)
            again.env.invalidate_all()
            again._prepare_those([self.partner])
            self.assertEqual(again.letter_ids.mapped("skip_reason"), ["waiting"])
            second.commit()
        self.assertEqual(self._count_letters(), (1, 1))

    @mute_logger("odoo.sql_db")
    def test_two_workers_do_a_part_once(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            runs = [self._run_of(cr, 0) for cr in (first, second)]
            for run in runs:
                self.assertEqual(run.last_id, 0)
            runs[0]._prepare_part([self.partner])
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                runs[1]._prepare_part([self.partner])
            second.rollback()
            again = self._run_of(second, 0)
            again.env.invalidate_all()
            again._prepare_part([self.partner])
            second.commit()
        self.assertEqual(self._count_letters(), (1, 1))

    @mute_logger("odoo.sql_db")
    def test_two_people_send_a_run_once(self):
        with self.registry.cursor() as cr:
            self._run_of(cr, 0)._prepare_those([self.partner])
            self._run_of(cr, 0)._finish()
        with self.registry.cursor() as first, self.registry.cursor() as second:
            runs = [
                self._env(cr, user)["collection.run"].browse(self.runs[0])
                for cr, user in zip((first, second), self.managers, strict=True)
            ]
            for run in runs:
                self.assertEqual(run.state, "prepared")
            runs[0].action_send()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                runs[1].action_send()
            second.rollback()
            second_run = self._env(second, self.managers[1])["collection.run"]
            second_run = second_run.browse(self.runs[0])
            second_run.env.invalidate_all()
            with self.assertRaises(UserError):
                second_run.action_send()
            second.rollback()

    @mute_logger("odoo.sql_db")
    def test_two_people_invoice_a_charge_once(self):
        with self.registry.cursor() as cr:
            run = self._run_of(cr, 0)
            run._prepare_those([self.partner])
            run.letter_ids._write_guarded({"state": "sent", "fee": 5.0})
            service = run.env["product.product"].create(
                {"name": "Raced", "type": "service", "taxes_id": False}
            )
            run.env["collection.level"].browse(self.level).fee_product_id = service
            letter_id, self.service = run.letter_ids.id, service.id
        with self.registry.cursor() as first, self.registry.cursor() as second:
            letters = [
                self._env(cr)["collection.letter"].browse(letter_id)
                for cr in (first, second)
            ]
            for letter in letters:
                self.assertTrue(letter._is_chargeable())
            # as if somebody else had just invoiced it
            letters[0]._write_guarded({"charge_move_id": self.entry})
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                letters[1]._write_guarded({"charge_move_id": self.entry})
                letters[1].flush_recordset()
            second.rollback()
            again = self._env(second)["collection.letter"].browse(letter_id)
            again.env.invalidate_all()
            with self.assertRaises(UserError):
                again._charge()
            second.rollback()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["collection.level"].browse(self.level).fee_product_id = False
            env["product.product"].browse(self.service).unlink()
