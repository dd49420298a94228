"""Two colleagues who note a promise of one customer at once: one comes through, and the
other, tried again by Odoo, reads what the first noted."""

import psycopg2

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoPromiseAtOnce(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            kinds = ("asset_receivable", "income")
            accounts = env["account.account"].create(
                [
                    {
                        "code": f"9877{at}",
                        "name": "Promised",
                        "account_type": kind,
                        "reconcile": kind == "asset_receivable",
                    }
                    for at, kind in enumerate(kinds)
                ]
            )
            self.accounts = accounts.ids
            journal = env["account.journal"].create(
                {
                    "name": "Promised",
                    "code": "PROMI",
                    "type": "sale",
                    "default_account_id": accounts[1].id,
                }
            )
            self.journal = journal.id
            partner = env["res.partner"].browse(self.partner)
            partner.property_account_receivable_id = accounts[0]
            invoices = env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "journal_id": journal.id,
                        "partner_id": partner.id,
                        "currency_id": self.currency.id,
                        "invoice_line_ids": [
                            Command.create(
                                {"name": "Goods", "price_unit": 100, "tax_ids": []}
                            )
                        ],
                    }
                ]
                * 2
            )
            invoices.action_post()
            self.invoices = invoices.ids

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            promises = env["payment.promise"].search(
                [("partner_id", "=", self.partner)]
            )
            (promises.activity_ids | promises.activity_ids).unlink()
            promises.message_ids.unlink()
            env.flush_all()
            # what was promised stays; what was tried here goes past the ORM
            cr.execute(
                SQL("DELETE FROM payment_promise WHERE id = ANY(%s)", promises.ids)
            )
            env.invalidate_all()
            moves = env["account.move"].browse(self.invoices)
            moves.button_draft()
            moves.unlink()
            env["account.journal"].browse(self.journal).unlink()
            partner = env["res.partner"].browse(self.partner)
            partner.property_account_receivable_id = False
            env["account.account"].browse(self.accounts).unlink()
        return super()._take_away()

    def _note(self, cr, number, amount, which=None):
        env = self._env(cr, self.managers[number])
        partner = env["res.partner"].browse(self.partner)
        moves = env["account.move"].browse(self.invoices[:which]) if which else None
        today = env.company._get_today()
        return env["payment.promise"]._make(
            partner, amount, self.currency.with_env(env), today, moves
        )

    def _read_states(self):
        with self.registry.cursor() as cr:
            promises = self._env(cr)["payment.promise"].search(
                [("partner_id", "=", self.partner)], order="id"
            )
            return [(promise.amount, promise.state) for promise in promises]

    @mute_logger("odoo.sql_db")
    def test_the_second_is_retried_and_takes_the_place_of_the_first(self):
        for which in (1, None):
            with (
                self.subTest(invoices=which),
                self.registry.cursor() as first,
                self.registry.cursor() as second,
            ):
                # both have begun to read
                for cr in (first, second):
                    cr.execute("SELECT COUNT(*) FROM payment_promise")
                self._note(first, 0, 80.0, which)
                first.commit()
                with self.assertRaises(psycopg2.errors.SerializationFailure):
                    self._note(second, 1, 90.0, which)
                second.rollback()
                self._note(second, 1, 90.0, which)
                second.commit()
        self.assertEqual(
            self._read_states(),
            [
                *((80.0, "replaced"), (90.0, "replaced")),
                *((80.0, "replaced"), (90.0, "open")),
            ],
        )

    @mute_logger("odoo.sql_db")
    def test_the_same_noted_by_two_is_there_once(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            second.execute("SELECT COUNT(*) FROM payment_promise")
            known = self._note(first, 0, 80.0, 2).id
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                self._note(second, 1, 80.0, 2)
            second.rollback()
            self.assertEqual(self._note(second, 1, 80.0, 2).id, known)
            second.commit()
        self.assertEqual(self._read_states(), [(80.0, "open")])

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_what_went_past_that(self):
        with self.registry.cursor() as cr:
            promise = self._note(cr, 0, 80.0, 1)
            cr.flush()
            with self.assertRaises(psycopg2.errors.UniqueViolation), cr.savepoint():
                cr.execute(
                    SQL(
                        """INSERT INTO payment_promise (company_id, partner_id, move_id,
                                  amount, currency_id, date, deadline, made_on, channel,
                                  state)
                           SELECT company_id, partner_id, move_id, 5, currency_id, date,
                                  deadline, made_on, channel, 'open'
                             FROM payment_promise WHERE id = %s""",
                        promise.id,
                    )
                )
            cr.rollback()
