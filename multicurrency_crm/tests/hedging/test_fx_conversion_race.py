"""Two people, two connections, one contract: only one of them gets what is left."""

import psycopg2

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoSettleAtOnce(RaceCase):
    """Each wants 60,000 of a contract over 100,000, and knows nothing of the other."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            today = fields.Date.today()
            kinds = ("asset_cash", "asset_cash", "income_other")
            accounts = env["account.account"].create(
                [
                    {"code": f"9876{at}", "name": "Raced", "account_type": kind}
                    for at, kind in enumerate(kinds)
                ]
            )
            journals = env["account.journal"].create(
                [
                    {"name": "Raced", "code": "RACEM", "type": "general"},
                    *(
                        {
                            "name": "Raced",
                            "code": f"RACE{at}",
                            "type": "bank",
                            "default_account_id": accounts[at].id,
                            "currency_id": currency_id,
                        }
                        for at, currency_id in enumerate((self.currency.id, False))
                    ),
                ]
            )
            env.company.forward_result_account_id = accounts[2]
            forward = env["fx.forward"].create(
                {
                    "counterparty_id": self.partner,
                    "currency_id": self.currency.id,
                    "amount": 100_000.0,
                    "quoted_rate": "0.6",
                    "trade_date": today,
                    "value_date": today,
                }
            )
            forward.action_activate()
            wanted = {
                "date": today,
                "journal_id": journals[0].id,
                "journal_from_id": journals[1].id,
                "journal_to_id": journals[2].id,
                "amount_from": 60_000.0,
                "forward_id": forward.id,
            }
            conversions = env["fx.conversion"].create([wanted, wanted])
            self.forward, self.ids = forward.id, conversions.ids
            self.accounts, self.journals = accounts.ids, journals.ids

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env.company.forward_result_account_id = False
            conversions = env["fx.conversion"].browse(self.ids)
            conversions.message_ids.unlink()
            env.flush_all()
            # what was posted stays; what was tried here goes past the ORM
            for table, ids in (
                ("fx_conversion", self.ids),
                ("fx_forward", [self.forward]),
            ):
                env.cr.execute(
                    SQL("DELETE FROM %s WHERE id = ANY(%s)", SQL.identifier(table), ids)
                )
            env.invalidate_all()
            moves = env["account.move"].search([("journal_id", "in", self.journals)])
            moves.filtered(lambda move: move.state == "posted").button_draft()
            moves.name = False
            moves.unlink()
            env["account.journal"].browse(self.journals).unlink()
            env["account.account"].browse(self.accounts).unlink()
        return super()._take_away()

    @mute_logger("odoo.sql_db")
    def test_never_over_its_rest(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            first, second = (
                self._env(cr)["fx.conversion"].browse(one)
                for cr, one in zip((mine, yours), self.ids, strict=True)
            )
            self.assertEqual(first.forward_rest, 100_000.0)
            self.assertEqual(second.forward_rest, 100_000.0)
            first.action_post()
            mine.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                second.action_post()
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "more than is left"):
                second.action_post()
            yours.rollback()
        with self.registry.cursor() as cr:
            forward = self._env(cr)["fx.forward"].browse(self.forward)
            self.assertEqual(forward.amount_rest, 40_000.0)
            found = self._env(cr)["fx.conversion"].browse(self.ids)
            self.assertEqual(found.mapped("state"), ["posted", "draft"])

    @mute_logger("odoo.sql_db")
    def test_one_conversion_is_posted_once(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            first, second = (
                self._env(cr)["fx.conversion"].browse(self.ids[0])
                for cr in (mine, yours)
            )
            self.assertEqual(first.state, second.state)
            first.action_post()
            mine.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                second.action_post()
            yours.rollback()
            with self.assertRaisesRegex(UserError, "is posted"):
                second.action_post()
            yours.rollback()
