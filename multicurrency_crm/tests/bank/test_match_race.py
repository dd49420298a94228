import psycopg2

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase

KINDS = {
    "receivable": ("asset_receivable", True),
    "income": ("income", False),
    "suspense": ("asset_current", False),
    "bank": ("asset_cash", False),
}


@tagged("post_install", "-at_install")
class TestTwoMatchAtOnce(RaceCase):
    """Two people who know nothing of each other, on connections of their own: two
    receipts, an item of 100."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            accounts = env["account.account"].create(
                [
                    {
                        "code": f"9866{at}",
                        "name": f"Raced {name}",
                        "account_type": kind,
                        "reconcile": reconcile,
                    }
                    for at, (name, (kind, reconcile)) in enumerate(KINDS.items())
                ]
            )
            receivable, income, suspense, bank = accounts
            journals = env["account.journal"].create(
                [
                    {"name": "Raced", "code": "RACE1", "type": "general"},
                    {
                        "name": "Raced Bank",
                        "code": "RACE2",
                        "type": "bank",
                        "default_account_id": bank.id,
                        "suspense_account_id": suspense.id,
                    },
                ]
            )
            self.accounts, self.journals = accounts.ids, journals.ids
            home = env.company.currency_id
            entry = env["account.move"].create(
                {
                    "journal_id": journals[0].id,
                    "date": fields.Date.today(),
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": self.partner,
                                "currency_id": home.id,
                                "amount_currency": sign * 100.0,
                                "balance": sign * 100.0,
                            }
                        )
                        for account, sign in ((receivable, 1), (income, -1))
                    ],
                }
            )
            entry.action_post()
            self.item = entry.line_ids.filtered(
                lambda line: line.account_id == receivable
            ).id
            self.lines = (
                env["account.bank.statement.line"]
                .create(
                    [
                        {
                            "journal_id": journals[1].id,
                            "date": fields.Date.today(),
                            "amount": 80.0,
                            "payment_ref": "Raced",
                        }
                    ]
                    * 2
                )
                .ids
            )

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            lines = env["account.bank.statement.line"].browse(self.lines)
            lines.action_undo_reconciliation()
            matches = env["bank.match"].search([("statement_line_id", "in", lines.ids)])
            matches.unlink()
            lines.unlink()
            moves = env["account.move"].search([("journal_id", "in", self.journals)])
            moves.filtered(lambda move: move.state == "posted").button_draft()
            moves.name = False
            moves.unlink()
            env["account.journal"].browse(self.journals).unlink()
            env["account.account"].browse(self.accounts).unlink()
        return super()._take_away()

    def _begin(self, cr, line_id):
        """A receipt and the item, as somebody sees them who has begun to read."""
        env = self._env(cr)
        line = env["account.bank.statement.line"].browse(line_id)
        receipt = env["bank.receipt"]._find_of(line)
        item = env["account.move.line"].browse(self.item)
        self.assertEqual((receipt.amount, item.amount_residual_currency), (80.0, 100.0))
        return receipt, item, env["res.partner"].browse(self.partner)

    @mute_logger("odoo.sql_db")
    def _race(self, line_ids):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            begun = [
                self._begin(cr, line_id)
                for cr, line_id in zip((first, second), line_ids, strict=True)
            ]
            receipt, item, partner = begun[0]
            receipt._allocate(partner, {item: 80.0})
            first.commit()
            receipt, item, partner = begun[1]
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                receipt._allocate(partner, {item: 80.0})
            second.rollback()

    def test_one_receipt(self):
        self._race([self.lines[0]] * 2)
        # called again, the second one reads what the first has done
        with self.registry.cursor() as cr:
            env = self._env(cr)
            line = env["account.bank.statement.line"].browse(self.lines[0])
            self.assertFalse(env["bank.receipt"]._find_of(line))
            receipt = env["bank.receipt"].browse(self.lines[0] * 2)
            with self.assertRaisesRegex(UserError, "somebody was faster"):
                receipt._allocate(line.partner_id, {})
            item = env["account.move.line"].browse(self.item)
            self.assertEqual(item.amount_residual_currency, 20.0)

    def test_one_invoice(self):
        self._race(self.lines)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            line = env["account.bank.statement.line"].browse(self.lines[1])
            receipt = env["bank.receipt"]._find_of(line)
            item = env["account.move.line"].browse(self.item)
            partner = env["res.partner"].browse(self.partner)
            with self.assertRaisesRegex(UserError, "somebody may have been faster"):
                receipt._allocate(partner, {item: 80.0})
            self.assertEqual(item.amount_residual_currency, 20.0)
            self.assertEqual(
                env["bank.match"].search_count([("item_ids", "in", item.ids)]), 1
            )
