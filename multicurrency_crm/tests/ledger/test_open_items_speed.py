import time

from odoo.tests import tagged
from odoo.tools import SQL

from .ledger_common import LedgerCommon

DAY = "2026-01-31"
#: Tables that an import of history fills.
FILLED = (
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
    "account_bank_statement_line",
)


@tagged("post_install", "-at_install")
class TestOpenItemsSpeed(LedgerCommon):
    """Items that came a moment ago, of which PostgreSQL has no statistics yet: they are
    found in the time that their number takes, not in its square."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        move = cls._invoice(100.0, cls.usd, "2026-01-12")
        cls.pattern = move.line_ids.filtered(
            lambda line: line.account_id == cls.receivable
        )
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        for table in FILLED:
            # new ones, before those of the schema: the pages of rows that other tests
            # took back would be taken for what a table holds
            self.env.cr.execute(
                SQL(
                    """CREATE TEMPORARY TABLE %(table)s
                       (LIKE public.%(table)s INCLUDING INDEXES) ON COMMIT DROP""",
                    table=SQL.identifier(table),
                )
            )

    def _fill(self, first, last):
        """Write invoices of one item each, past the ORM.

        :param first, last: their ids
        """
        for record, renumbered in (
            (self.pattern.move_id, {"id": "n.id", "name": "n.id::text"}),
            (self.pattern, {"id": "n.id", "move_id": "n.id"}),
        ):
            names = [
                name
                for name, field in record._fields.items()
                if field.store and field.column_type and name != "access_token"
            ]
            self.env.cr.execute(
                SQL(
                    """INSERT INTO %(table)s (%(names)s)
                       SELECT %(values)s
                         FROM public.%(table)s t,
                              generate_series(%(first)s, %(last)s) n (id)
                        WHERE t.id = %(pattern)s""",
                    table=SQL.identifier(record._table),
                    names=SQL(", ").join(map(SQL.identifier, names)),
                    values=SQL(", ").join(
                        SQL(renumbered[name])
                        if name in renumbered
                        else SQL.identifier("t", name)
                        for name in names
                    ),
                    first=first,
                    last=last,
                    pattern=record.id,
                )
            )

    def _take(self):
        start = time.perf_counter()
        items = self.env["account.move.line"]._find_open_items(self.books, DAY)
        return len(items), time.perf_counter() - start

    def test_many_items_of_a_moment_ago(self):
        self._fill(1, 1_000)
        self.assertEqual(self._take()[0], 1_000)
        few, short = self._take()
        self._fill(1_001, 12_000)
        many, long = self._take()
        self.assertEqual((few, many), (1_000, 12_000))
        # twelve times as many; by squares it were a hundred and forty-four times
        self.assertLess(long, 48 * short)
