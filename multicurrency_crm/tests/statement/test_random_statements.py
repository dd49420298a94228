from collections import Counter
from datetime import date

from odoo.tests import tagged

from ...engine.open_items import AGES
from ..counts import tell
from ..ledger.ledger_reference import Ledger, exact
from ..ledger.random_ledger import RandomLedgerCommon

#: Consecutive periods: statements of each are made, one after the other.
PERIODS = (
    (date(2026, 1, 1), date(2026, 2, 14)),
    (date(2026, 2, 15), date(2026, 3, 31)),
    (date(2026, 4, 1), date(2026, 5, 20)),
    (date(2026, 5, 21), date(2026, 9, 30)),
)
FIGURES = (
    "opening",
    "invoiced",
    "credited",
    "paid",
    "refunded",
    "other",
    "settled_elsewhere",
    "closing",
    "opening_booked",
    "closing_booked",
    "booked_only",
)


@tagged("post_install", "-at_install")
class TestRandomStatements(RandomLedgerCommon):
    """Whatever happened, in whatever order: statements of one period after the other
    say what the items and matches say, written slowly."""

    def test_any_statement(self):
        counts = Counter()

        def check(story):
            counts.update(self._walk(story))
            for companies in (self.books | self.branch, self.sister):
                ledger = Ledger(companies, self.receivables)
                self._check_statements(ledger, companies[0], counts)

        self._for_any(9, check)
        tell("statements of random ledgers: %s", dict(counts))
        for name in ("match_foreign", "unmatch", "write_off", "register", "bank_line"):
            self.assertGreater(counts[name], 3, name)
        for name in ("elsewhere", "clearing", "written_off", "untied"):
            self.assertGreater(counts[name], 0, name)

    def _check_statements(self, ledger, company, counts):
        partners = self.env["res.partner"].concat(*self.buyers)
        Statement = self.env["customer.statement"].with_company(company)
        for first, last in PERIODS:
            made = {
                statement.partner_id: statement
                for statement in Statement._make(partners, first, last)
            }
            for partner in partners:
                expected = ledger.state(partner.id, first, last)
                statement = made.get(partner, Statement)
                self.assertEqual(bool(statement), bool(expected))
                self._check_figures(statement, expected)
                self._check_ages(ledger, statement, partner, last)
                self._check_spot(ledger, statement)
                self._check_tie_out(ledger, statement, partner, last, counts)
                counts["statements"] += len(statement)
                for line in statement.line_ids:
                    counts[line.open_state] += 1
                    # what was registered with a difference
                    counts[line.kind.replace("write_off", "written_off")] += 1

    maxDiff = None

    def _check_figures(self, statement, expected):
        found = {
            row.currency_id.id: {name: exact(row[name]) for name in FIGURES}
            for row in statement.currency_line_ids
        }
        self.assertEqual(
            found,
            {
                key: {name: figures[name] for name in FIGURES}
                for key, figures in expected.items()
            },
        )
        for figures in found.values():
            self.assertEqual(
                figures["closing"],
                figures["opening"]
                + figures["invoiced"]
                - figures["credited"]
                - figures["paid"]
                + figures["refunded"]
                + figures["other"]
                + figures["settled_elsewhere"],
            )

    def _check_ages(self, ledger, statement, partner, last):
        ages = ledger.age(partner.id, last)
        for row in statement.currency_line_ids:
            for name in (*AGES, "unallocated"):
                self.assertEqual(exact(row[name]), ages[row.currency_id.id][name], name)

    def _check_spot(self, ledger, statement):
        for row in statement.currency_line_ids:
            spot = ledger.value(exact(row.closing), row.rate)
            self.assertEqual(exact(row.closing_spot), spot)
            self.assertEqual(
                exact(row.unrealised),
                spot - exact(row.closing_booked) + exact(row.booked_only),
            )

    def _check_tie_out(self, ledger, statement, partner, last, counts):
        if not statement:
            return
        balance = ledger.get_balance(partner.id, last)
        stated = exact(statement.total_booked)
        foreign = sum(
            exact(found["amount"])
            for found in statement.differences or []
            if found["kind"] == "foreign_match"
        )
        self.assertEqual(stated, balance + foreign, statement.difference_note)
        kinds = {found["kind"] for found in statement.differences or []}
        self.assertLessEqual(kinds, {"foreign_match"}, statement.difference_note)
        counts["untied"] += not statement.is_tied
