import os
import time

from odoo.tests import tagged
from odoo.tools import SQL

from ..counts import tell
from .revaluation_common import RevaluationCommon

#: how many items are open, in three currencies on two accounts; times are held to their
#: bounds where there are many, which a shared database isn't given by itself: the rows
#: of a test stay in its files until they are vacuumed
ITEMS = int(os.environ.get("MULTICURRENCY_ITEMS", 3_000))
MANY = 50_000
DAY = "2026-08-31"


@tagged("post_install", "-at_install")
class TestRevaluationSpeed(RevaluationCommon):
    """Items are valued where they are: in the database, in one pass."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.money = cls.usd, cls.eur, cls.jpy
        for at, currency in enumerate(cls.money):
            cls._price(currency, DAY, 7.0 + at)
        cls.patterns = [
            cls._entry(
                sign * 100,
                sign * 650,
                currency,
                "2026-08-15",
                account=account,
                due="2028-01-01",
            ).line_ids.filtered(lambda line, on=account: line.account_id == on)
            for currency in cls.money
            for account, sign in ((cls.receivable, 1), (cls.payable, -1))
        ]

    @classmethod
    def _multiply(cls, count):
        """Copy what is open, past the ORM, which takes an hour for as many."""
        cls.env.flush_all()
        names = [
            name
            for name, field in cls.env["account.move.line"]._fields.items()
            if field.store and field.column_type and name != "id"
        ]
        columns = SQL(", ").join(map(SQL.identifier, names))
        for pattern in cls.patterns:
            cls.env.cr.execute(
                SQL(
                    """INSERT INTO account_move_line (%s)
                       SELECT %s FROM account_move_line l, generate_series(1, %s)
                        WHERE l.id = %s""",
                    columns,
                    SQL(", ").join(SQL.identifier("l", name) for name in names),
                    count // len(cls.patterns),
                    pattern.id,
                )
            )
        cls.env.invalidate_all()

    @staticmethod
    def _take(work, times=3):
        """The shortest of several times, in seconds."""
        found = []
        for _time in range(times):
            start = time.perf_counter()
            work()
            found.append(time.perf_counter() - start)
        return min(found)

    def _add_up(self):
        return self.env.execute_query(
            SQL(
                """SELECT account_id, currency_id, SUM(amount_residual_currency),
                          SUM(amount_residual)
                     FROM account_move_line
                    WHERE account_id = ANY(%s) AND parent_state = 'posted'
                      AND company_id = %s AND date <= %s AND reconciled IS NOT TRUE
                 GROUP BY account_id, currency_id""",
                (self.receivable | self.payable).ids,
                self.books.id,
                DAY,
            )
        )

    def test_many_items_in_one_pass(self):
        self._multiply(ITEMS)
        run = self.env["fx.revaluation"].create(
            {"company_id": self.books.id, "date": DAY, "method": "losses"}
        )
        self.assertEqual(len(run._preview()), len(self._add_up()))
        plain = self._take(self._add_up)
        preview = self._take(run._preview)
        start = time.perf_counter()
        run.action_compute()
        computed = time.perf_counter()
        run.action_post()
        posted = time.perf_counter()
        self.assertEqual(run.item_count, ITEMS // 6 * 6 + 6)
        # two accounts, gains and losses, three currencies
        self.assertLessEqual(len(run.move_id.line_ids), 4 * 3)
        tell(
            "%s items: plain sum %.3f s, preview %.3f s (%.1f times), kept %.2f s, "
            "posted and reversed %.2f s",
            run.item_count,
            plain,
            preview,
            preview / plain,
            computed - start,
            posted - computed,
        )
        self.assertLess(posted - computed, 5)
        if ITEMS >= MANY:
            self.assertLess(preview, 10 * plain)

    def test_queries_do_not_grow(self):
        run = self._revalue(DAY, post=False)

        def count(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            work()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self._multiply(6)
        few = count(run.action_compute)
        self._multiply(600)
        self.assertEqual(count(run.action_compute), few)
        self.assertEqual(run.item_count, 612)
