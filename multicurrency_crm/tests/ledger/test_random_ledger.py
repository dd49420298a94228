from collections import Counter
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ..counts import tell
from .ledger_reference import Ledger, exact
from .random_ledger import TODAY, RandomLedgerCommon


@tagged("post_install", "-at_install")
class TestRandomLedger(RandomLedgerCommon):
    """Whatever happened, in whatever order: what the addon says of any day is what the
    items and matches say, written slowly."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["credit.policy"].create(
            {"name": "Policy", "company_id": cls.books.id}
        )

    def test_what_is_open_on_any_day(self):
        counts = Counter()

        def check(story):
            counts.update(self._walk(story))
            for companies in (self.books | self.branch, self.branch, self.sister):
                ledger = Ledger(companies, self.receivables)
                counts["items"] += len(ledger.items)
                counts["matches"] += len(ledger.matches)
                days = {item.date for item in ledger.items.values()}
                days |= {match.date for match in ledger.matches}
                days |= {day - timedelta(days=1) for day in days}
                for day in sorted(days):
                    self._check_open(ledger, companies[0], day, counts)
            self._check_credit()

        self._for_any(8, check)
        tell("random ledgers: %s", dict(counts))
        for name in ("match_foreign", "unmatch", "write_off", "register", "bank_line"):
            self.assertGreater(counts[name], 3, name)
        for name in ("realised_later", "to_clear", "exchange", "advance", "payment"):
            self.assertGreater(counts[name], 0, name)

    def _check_open(self, ledger, company, day, counts):
        Line = self.env["account.move.line"]
        items = Line._find_open_items(company, day, self.receivables)
        self.assertEqual(len(items), len({item.id for item in items}))
        found = {
            item.id: (
                item.kind,
                item.due,
                exact(item.residual),
                exact(item.residual_booked),
                item.state,
            )
            for item in items
        }
        self.assertEqual(found, ledger.find_open(day), day)
        counts["days"] += 1
        for item in items:
            counts[item.kind] += 1
            counts[item.state] += 1

    def _check_credit(self):
        """Credit reads what is open now with a query of its own: where nothing is dated
        later than today, both say the same of each customer and currency."""
        Exposure = self.env["credit.exposure"].sudo()
        partners = self.env["res.partner"].concat(*self.buyers)
        scope = Exposure._get_scope(self.policy.sudo(), self.books, partners.ids)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, currency_id, SUM(amount), SUM(booked)
                     FROM (%s) i GROUP BY 1, 2""",
                Exposure._items_query(scope),
            )
        )
        items = self.env["account.move.line"]._find_open_items(
            self.books, TODAY, self.receivables, partners
        )
        found = {}
        for item in items:
            sums = found.setdefault((item.partner_id, item.currency_id), [0, 0])
            sums[0] += exact(item.residual)
            sums[1] += exact(item.residual_booked)
        credit = {(key, of): list(map(exact, sums)) for key, of, *sums in rows}
        self.assertEqual(found, credit)
