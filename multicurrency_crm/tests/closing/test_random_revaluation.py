from collections import Counter
from datetime import timedelta
from random import Random
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from ...models.closing import fx_revaluation_valuing
from ..counts import tell
from ..ledger.ledger_reference import exact
from ..ledger.random_ledger import (
    DAYS,
    FIRST,
    RandomLedgerCommon,
    settled_stories,
)
from .random_conversions import CHANGES, RandomConversions
from .revaluation_common import RevaluationSetUp
from .revaluation_reference import Reference

#: what is due within so long a time is short-term here: nothing is due in a year
SHORT = timedelta(days=20)


@tagged("post_install", "-at_install")
class TestRandomRevaluation(RandomConversions, RevaluationSetUp, RandomLedgerCommon):
    """Whatever happened: each period's end shows what its items and matches say,
    written slowly, in whatever order the periods are revalued."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company in (cls.books, cls.sister):
            cls._set_up(company)
        cls._equip_banks()
        followed = cls.env["account.account"]._find_followed()
        cls.valued = followed | cls.env["account.account"].search(
            [("code", "=", "101990")]
        )
        cls.valued |= cls._in(cls.sister)["account.account"].search(
            [("code", "=", "101990")]
        )
        cls.adjusting = {
            "asset": [
                company.revaluation_asset_account_id.id
                for company in (cls.books, cls.sister)
            ],
            "liability": [
                company.revaluation_liability_account_id.id
                for company in (cls.books, cls.sister)
            ],
        }

    def test_each_period_end(self):
        counts = Counter()

        def check(story):
            counts.update(self._walk(self._change_money(story)))
            for company in (self.books, self.sister):
                company.sudo().fiscalyear_lock_date = False
            method = ("standard", "losses")[story.after[0].which % 2]
            # on any days: periods end when somebody says so
            ends = Random(story.after[0].amount).sample(range(20, DAYS + 60), 5)
            days = [FIRST + timedelta(days=number) for number in ends]
            counts[method] += 1
            for company in self.places:
                self._check_company(company, days, method, counts)

        short = relativedelta(days=SHORT.days)
        with patch.object(fx_revaluation_valuing, "SHORT_TERM", short):
            self._for_any(4, check, settled_stories)
        tell("random revaluations: %s", dict(counts))
        for name in ("booked", "days", "rerun", "standing", "next_day", "standard"):
            self.assertGreater(counts[name], 0, name)
        for name in ("settled", "partly", "losses", "branch", "in_branch"):
            self.assertGreater(counts[name], 0, name)
        for name in ("convert", "convert_by_forward", "convert_back", "money"):
            self.assertGreater(counts[name], 0, name)

    @staticmethod
    def _change_money(story):
        """Return a story in which every other thing before the matching is changed
        at a bank, too."""
        changed = [
            step._replace(what=CHANGES[at % len(CHANGES)])
            for at, step in enumerate(story.before)
        ]
        return story._replace(before=[*story.before, *changed])

    def _check_company(self, company, days, method, counts):
        """:param days: ends of periods, in the order in which they are revalued"""
        before = self._tell_core(company)
        for day in days:
            reversal = ("standing", "next_day")[day.day % 2]
            run = self._revalue(day, company=company, method=method, reversal=reversal)
            counts["booked"] += bool(run.move_id)
            counts[reversal] += bool(run.move_id)
            counts["in_branch"] += bool(run.move_id and company == self.branch)
        runs = self.env["fx.revaluation"].search([("company_id", "=", company.id)])
        counts["rerun"] += len(runs) - len(days)
        self._count_items(runs, counts)
        reference = Reference(company, self.valued)
        for day in days:
            counts["days"] += 1
            self.assertEqual(
                self._find_adjustments(company, day),
                reference.get_adjustments(day, method, SHORT),
                (company.name, day),
            )
            self._check_money(company, day, counts)
        self._check_twice(company, days, method)
        self.assertEqual(self._tell_core(company), before)
        self._check_taken_back(company)
        self.assertEqual(self._tell_core(company), before)

    def _check_money(self, company, day, counts):
        """What is at banks in foreign money is worth its spot value, on its own
        account."""
        for (owner, currency), bank in self.banks.items():
            if owner != company:
                continue
            lines = self.env["account.move.line"].search(
                [
                    ("account_id", "=", bank.default_account_id.id),
                    ("company_id", "=", company.id),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                ]
            )
            foreign = sum(exact(line.amount_currency) for line in lines)
            booked = sum(exact(line.balance) for line in lines)
            worth = currency._convert(float(foreign), company.currency_id, company, day)
            self.assertEqual(booked, exact(worth), (company.name, currency.name, day))
            counts["money"] += bool(foreign)

    @staticmethod
    def _count_items(runs, counts):
        """Count what was settled, or paid in part, after it was adjusted or before."""
        for line in runs.line_ids.filtered(lambda line: line.kind == "open"):
            item = line.move_line_id
            if line.adjusted and not line.balance_foreign:
                counts["settled"] += 1
            elif line.balance_foreign not in (0.0, item.amount_currency):
                counts["partly"] += 1
            counts[f"{line.currency_id.decimal_places} decimals"] += 1

    def _check_twice(self, company, days, method):
        for day in days[::3]:
            reversal = ("standing", "next_day")[day.day % 2]
            run = self._revalue(day, company=company, method=method, reversal=reversal)
            self.assertFalse(run.move_id, day)

    def _check_taken_back(self, company):
        """Cancelled, the newest first, they leave nothing: on no day, on no account."""
        runs = self.env["fx.revaluation"].search(
            [("company_id", "=", company.id)], order="date desc, id desc"
        )
        for run in runs:
            run.action_cancel()
        sums = Counter()
        for line in runs._get_moves().line_ids:
            self.assertEqual(line.parent_state, "posted")
            key = line.date, line.account_id, line.currency_id
            sums[key] += exact(line.balance)
        self.assertFalse(any(sums.values()))

    def _find_adjustments(self, company, day):
        """{('asset' or 'liability', currency's id): what is posted by a day}"""
        found = {}
        for group, ids in self.adjusting.items():
            for currency, balance in self.env["account.move.line"]._read_group(
                [
                    ("account_id", "in", ids),
                    ("company_id", "=", company.id),
                    ("parent_state", "=", "posted"),
                    ("date", "<=", day),
                ],
                ["currency_id"],
                ["balance:sum"],
            ):
                if not company.currency_id.is_zero(balance):
                    rounded = company.currency_id.round(balance)
                    found[group, currency.id] = exact(rounded)
        return found

    def _tell_core(self, company):
        """What Odoo says of customers and matching."""
        self.env.invalidate_all()
        lines = self.env["account.move.line"].search(
            [("account_id", "in", self.valued.ids), ("company_id", "=", company.id)]
        )
        buyers = [buyer.with_company(company) for buyer in self.buyers]
        return (
            [(buyer.credit, buyer.debit, buyer.customer_rank) for buyer in buyers],
            [
                (line.id, line.amount_residual, line.matching_number, line.reconciled)
                for line in lines.sorted("id")
            ],
        )
