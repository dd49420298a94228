"""Two people, two connections, one contract or one order: only one of them gets what
is left."""

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..rate_lock.race_common import RaceCase


@tagged("post_install", "-at_install")
class TestFxForwardRace(RaceCase):
    """On connections of their own, so what they commit is taken away again."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.orders = [self._quote(env, 1000.0).id for _n in range(2)]
            contract = {
                "counterparty_id": self.partner,
                "currency_id": self.currency.id,
                "amount": 1000.0,
                "quoted_rate": "7.1",
                "value_date": fields.Date.today(),
            }
            self.forwards = env["fx.forward"].create([contract, contract]).ids

    def _cover(self, cr, forward, order, amount):
        env = self._env(cr)
        env["fx.forward.allocation"].create(
            {
                "forward_id": self.forwards[forward],
                "order_id": self.orders[order],
                "amount": amount,
            }
        )
        env.flush_all()

    def _allocated(self, cr, forward):
        return self._env(cr)["fx.forward"].browse(self.forwards[forward])

    def _take_away(self):
        with self.registry.cursor() as cr:
            self._env(cr)["fx.forward"].browse(self.forwards).unlink()
        return super()._take_away()

    @mute_logger("odoo.sql_db")
    def test_two_orders_take_what_is_left_of_one_contract(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertEqual(self._allocated(yours, 0).amount_available, 1000.0)
            self._cover(mine, 0, 0, 700.0)
            mine.commit()
            with self.assertRaises(SerializationFailure):
                self._cover(yours, 0, 1, 700.0)
            yours.rollback()
            # what Odoo's retry then finds
            with self.assertRaisesRegex(ValidationError, "would be allocated"):
                self._cover(yours, 0, 1, 700.0)
            yours.rollback()
            self._cover(yours, 0, 1, 300.0)
            self.assertEqual(self._allocated(yours, 0).amount_available, 0.0)

    @mute_logger("odoo.sql_db")
    def test_two_contracts_cover_one_order(self):
        with self.registry.cursor() as mine, self.registry.cursor() as yours:
            self.assertFalse(self._allocated(yours, 1).amount_allocated)
            self._cover(mine, 0, 0, 700.0)
            mine.commit()
            with self.assertRaisesRegex(IntegrityError, "same_money_number"):
                self._cover(yours, 1, 0, 700.0)
            yours.rollback()
            with self.assertRaisesRegex(ValidationError, "cover less"):
                self._cover(yours, 1, 0, 700.0)
            yours.rollback()
            self._cover(yours, 1, 0, 300.0)
