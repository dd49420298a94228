import psycopg2

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase
from .revaluation_common import choose_raced, forget_raced


@tagged("post_install", "-at_install")
class TestTwoPostAtOnce(RaceCase):
    """Two runs of one day, computed by two people who know nothing of each other."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.made = choose_raced(env)
            account_ids = self.made.account_ids[0], self.made.account_ids[-1]
            entry = env["account.move"].create(
                {
                    "journal_id": self.made.journal_id,
                    "date": fields.Date.today(),
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account_id,
                                "partner_id": self.partner,
                                "currency_id": self.currency.id,
                                "amount_currency": sign * 100.0,
                                "balance": sign * 40.0,
                            }
                        )
                        for account_id, sign in zip(account_ids, (1, -1), strict=True)
                    ],
                }
            )
            entry.action_post()
            runs = env["fx.revaluation"].create(
                [{"date": fields.Date.today()} for _number in range(2)]
            )
            runs.action_compute()
            self.runs = runs.ids

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            forget_raced(env, self.made, env["fx.revaluation"].browse(self.runs))
        return super()._take_away()

    @mute_logger("odoo.sql_db")
    def test_only_one_is_booked(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            runs = [
                self._env(cr)["fx.revaluation"].browse(run_id)
                for cr, run_id in zip((first, second), self.runs, strict=True)
            ]
            # both have begun to read
            self.assertEqual([run.delta for run in runs], [10.0, 10.0])
            runs[0].action_post()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                runs[1].action_post()
            second.rollback()
        with self.registry.cursor() as cr:
            runs = self._env(cr)["fx.revaluation"].browse(self.runs)
            self.assertEqual(runs.mapped("state"), ["posted", "superseded"])
            self.assertEqual(len(runs.move_id), 1)
