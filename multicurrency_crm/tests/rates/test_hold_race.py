"""Two clerks, two connections, one held rate: it is booked once."""

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

DAY = "1999-12-31"


@tagged("post_install", "-at_install")
class TestHoldRace(BaseCase):
    """On connections of their own, so what they commit is taken away again."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            currency = (
                env["res.currency"]
                .with_context(active_test=False)
                .search([("id", "!=", env.company.currency_id.id)], limit=1)
            )
            provider = env["fx.rate.provider"].create(
                {
                    "name": "Raced",
                    "service": "ecb",
                    "company_ids": [Command.set(env.company.ids)],
                }
            )
            hold = (
                env["fx.rate.hold"]
                .with_context(mail_activity_automation_skip=True)
                ._hold(
                    [
                        {
                            "provider_id": provider.id,
                            "company_id": env.company.id,
                            "currency_id": currency.id,
                            "date": env["fx.rate.hold"]._fields["date"].to_date(DAY),
                            "published_on": DAY,
                            "rate": 2.0,
                            "quoted": "1 EUR = 2 XXX",
                            "kind": "mid",
                            "reason": "jump",
                        }
                    ]
                )
            )
            self.ids = (hold.id, provider.id)
        self.addCleanup(self._take_away)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _hold(self, cr):
        return self._env(cr)["fx.rate.hold"].browse(self.ids[0])

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            provider = env["fx.rate.provider"].browse(self.ids[1])
            env["res.currency.rate"].search(
                [("fx_provider_id", "=", provider.id)]
            ).unlink()
            self._hold(cr).unlink()
            cr.execute(
                SQL("DELETE FROM fx_rate_change WHERE provider_id = %s", provider.id)
            )
            cr.execute(SQL("DELETE FROM fx_rate_change WHERE date = %s", DAY))
            provider.unlink()

    @mute_logger("odoo.sql_db")
    def test_two_accept(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._hold(yours).state, "pending")  # both see it pending
            self._hold(mine).action_accept("Compared")
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._hold(yours).action_accept("Compared")
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(UserError, "has decided"):
                self._hold(yours).action_accept("Compared")
            rates = self._env(yours)["res.currency.rate"].search(
                [("fx_provider_id", "=", self.ids[1])]
            )
            self.assertEqual(len(rates), 1)

    @mute_logger("odoo.sql_db")
    def test_rejected_while_it_is_accepted(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._hold(yours).state, "pending")
            self._hold(mine).action_reject("Wrong")
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._hold(yours).action_accept("Compared")
            yours.rollback()

    @mute_logger("odoo.sql_db")
    def test_20_two_undo(self):
        """One takes the rate out of the books, the other is told that it is done."""
        with self.registry.cursor() as cr:
            self._hold(cr).action_accept("Compared")
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._hold(yours).state, "accepted")
            self._hold(mine).action_reopen("Too far off")
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._hold(yours).action_reopen("Too far off, I say")
            yours.rollback()
            with self.assertRaisesRegex(UserError, "nothing to undo"):
                self._hold(yours).action_reopen("Too far off, I say")
            self.assertFalse(
                self._env(yours)["res.currency.rate"].search(
                    [("fx_provider_id", "=", self.ids[1])]
                )
            )

    @mute_logger("odoo.sql_db")
    def test_20_typed_while_it_is_undone(self):
        """A rate that somebody types meanwhile is not deleted."""
        with self.registry.cursor() as cr:
            self._hold(cr).action_accept("Compared")
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._hold(yours).state, "accepted")
            rate = self._env(mine)["res.currency.rate"].search(
                [("fx_provider_id", "=", self.ids[1])]
            )
            rate.rate = 1.9
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._hold(yours).action_reopen("Too far off")
            yours.rollback()
            self._hold(yours).action_reopen("Too far off")
            yours.commit()
            self.assertAlmostEqual(
                self._env(mine)["res.currency.rate"].browse(rate.id).rate, 1.9
            )
            rate.unlink()
            mine.commit()
