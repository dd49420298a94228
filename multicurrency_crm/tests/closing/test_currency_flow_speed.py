import os
import time

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from ..counts import tell
from .flow_common import FlowCommon

#: how many journal items there are; times are held to their bound where there are many
ITEMS = int(os.environ.get("MULTICURRENCY_ITEMS", 3_000))
MANY = 50_000


@tagged("post_install", "-at_install")
@freeze_time("2026-11-04")
class TestFlowSpeed(FlowCommon):
    """A table is added up where its lines are: in the database."""

    def _multiply(self, count):
        """Copy money and receivables, past the ORM, which takes an hour for as many."""
        patterns = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.books.id),
                ("account_id", "in", (self.receivable | self.transit | self.till).ids),
                ("reconciled", "=", False),
            ]
        )
        self.env.flush_all()
        names = [
            name
            for name, field in self.env["account.move.line"]._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        self.cr.execute(
            SQL(
                """INSERT INTO account_move_line (%s)
                   SELECT %s FROM account_move_line l, generate_series(1, %s)
                    WHERE l.id = ANY(%s)""",
                SQL(", ").join(map(SQL.identifier, names)),
                SQL(", ").join(SQL.identifier("l", name) for name in names),
                count // len(patterns),
                patterns.ids,
            )
        )
        self.env.invalidate_all()

    def _add_up(self):
        return self.env.execute_query(
            SQL(
                """SELECT account_id, currency_id, SUM(amount_currency), SUM(balance)
                     FROM account_move_line
                    WHERE account_id = ANY(%s) AND parent_state = 'posted'
                      AND company_id = %s GROUP BY account_id, currency_id""",
                (self.receivable | self.transit | self.till).ids,
                self.books.id,
            )
        )

    @staticmethod
    def _get_seconds():
        # the other clocks stand still
        return time.clock_gettime(time.CLOCK_MONOTONIC)

    def test_many_items(self):
        self._fill_week()
        self._multiply(ITEMS)
        self.cr.execute("ANALYZE account_move_line")
        times = []
        for work in (self._add_up, self._make):
            start = self._get_seconds()
            work()
            times.append(self._get_seconds() - start)
        plain, made = times
        tell("flow of %s items: plain sum %.3f s, made %.3f s", ITEMS, plain, made)
        self.assertTrue(self._make().line_ids)
        if ITEMS >= MANY:
            self.assertLess(made, 10)
