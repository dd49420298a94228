"""Two of finance, each with another claim of the same receipt: one comes through."""

import psycopg2

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestTwoConfirmAtOnce(RaceCase):
    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            group = env.ref("account.group_account_user")
            env["res.users"].browse(self.managers).group_ids = [Command.link(group.id)]
            kinds = ("asset_receivable", "asset_current", "asset_cash")
            accounts = env["account.account"].create(
                [
                    {
                        "code": f"9876{at}",
                        "name": "Raced",
                        "account_type": kind,
                        "reconcile": kind != "asset_cash",
                    }
                    for at, kind in enumerate(kinds)
                ]
            )
            self.accounts = accounts.ids
            receivable, outstanding, cash = accounts
            journal = env["account.journal"].create(
                {
                    "name": "Raced",
                    "code": "RACED",
                    "type": "bank",
                    "default_account_id": cash.id,
                }
            )
            self.journal = journal.id
            method = journal.inbound_payment_method_line_ids[:1]
            method.payment_account_id = outstanding
            people = env["res.partner"].browse(self.partner)
            people |= people.copy({"name": "Raced for, too"})
            people.property_account_receivable_id = receivable
            self.people = people.ids
            payment = env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "amount": 100.0,
                    "currency_id": self.currency.id,
                    "date": fields.Date.today(),
                    "journal_id": journal.id,
                    "payment_method_line_id": method.id,
                    "destination_account_id": receivable.id,
                }
            )
            payment.action_post()
            self.payment = payment.id
            self.claims = [self._claim(env, partner).id for partner in people]

    def _claim(self, env, partner):
        """A claim by a user of its own: nobody claims a receipt twice."""
        seller = env["res.users"].create(
            {
                "name": "Claiming",
                "login": f"racing_seller_{partner.id}",
                "group_ids": [
                    Command.link(env.ref(f"multicurrency_crm.group_{name}").id)
                    for name in ("user",)
                ],
            }
        )
        self.addCleanup(self._take_user, seller.id)
        asking = env(user=seller.id)
        Receipt = asking["payment.claimable"]
        payment = env["account.payment"].browse(self.payment)
        row = Receipt.search([("id", "=", Receipt._get_id_of(payment))])
        return asking["payment.claim"]._claim(row, partner.with_env(asking))

    def _take_user(self, user_id):
        with self.registry.cursor() as cr:
            user = self._env(cr)["res.users"].browse(user_id).exists()
            partner = user.partner_id
            user.unlink()
            partner.unlink()

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            mine = [("journal_id", "=", self.journal)]
            claims = env["payment.claim"].search([("partner_id", "in", self.people)])
            claims.activity_ids.unlink()
            claims.message_ids.unlink()
            env.flush_all()
            # what was decided stays; what was tried here goes past the ORM
            cr.execute(SQL("DELETE FROM payment_claim WHERE id = ANY(%s)", claims.ids))
            env.invalidate_all()
            payments = env["account.payment"].search(mine)
            payments.action_draft()
            payments.unlink()
            env["res.partner"].browse(self.people[1:]).unlink()
            env["account.journal"].browse(self.journal).unlink()
            env["res.partner"].browse(
                self.partner
            ).property_account_receivable_id = False
            env["account.account"].browse(self.accounts).unlink()
        return super()._take_away()

    def _open(self, cr, number):
        env = self._env(cr, self.managers[number])
        return env["payment.claim"].browse(self.claims[number])

    @mute_logger("odoo.sql_db")
    def test_only_one_comes_through(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            claims = [self._open(first, 0), self._open(second, 1)]
            # both have begun to read
            self.assertEqual([claim.state for claim in claims], ["claimed"] * 2)
            claims[0].action_approve()
            first.commit()
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                claims[1].action_approve()
            second.rollback()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            claims = env["payment.claim"].browse(self.claims)
            self.assertEqual(claims.mapped("state"), ["confirmed", "refused"])
            payment = env["account.payment"].browse(self.payment)
            self.assertEqual(payment.partner_id.id, self.people[0])

    @mute_logger("odoo.sql_db")
    def test_one_who_claims_while_another_confirms(self):
        """Whoever claims writes on the claims that wait: no claim of a receipt stays
        that somebody confirmed meanwhile."""
        with self.registry.cursor() as first, self.registry.cursor() as second:
            claim = self._open(first, 0)
            late = self._env(second, self.managers[1])
            Receipt = late["payment.claimable"]
            payment = late["account.payment"].browse(self.payment)
            row = Receipt.search([("id", "=", Receipt._get_id_of(payment))])
            self.assertEqual(row.amount, 100.0)
            claim.action_approve()
            first.commit()
            partner = late["res.partner"].browse(self.people[1])
            with self.assertRaises(psycopg2.errors.SerializationFailure):
                late["payment.claim"]._claim(row, partner)
            second.rollback()
