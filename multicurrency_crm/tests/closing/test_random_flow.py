from collections import Counter
from datetime import date, timedelta

from hypothesis import strategies as st

from odoo import Command
from odoo.tests import tagged

from ..counts import tell
from ..ledger.random_ledger import (
    DOCUMENTS,
    MATCHING,
    MONEY,
    RandomLedgerCommon,
    Story,
    steps,
)
from .flow_reference import FlowReference, exact, read
from .random_conversions import CHANGES, RandomConversions
from .revaluation_common import RevaluationSetUp

#: What suppliers and banks do.
BESIDES = ("bill", "bill_refund", "pay_supplier", "change", "transfer", "by_hand")
PERIODS = [
    *((date(2026, 2, 2), 7), (date(2026, 2, 9), 7), (date(2026, 2, 16), 7)),
    *((date(2026, 4, 1), 30), (date(2026, 5, 1), 31)),
    *((date(2026, 1, 1), 200), (date(2026, 6, 15), 1)),
]

stories = st.builds(
    Story,
    st.permutations(MONEY).map(lambda codes: codes[:3]),
    st.lists(steps((*DOCUMENTS, *BESIDES * 2, *CHANGES)), min_size=14, max_size=14),
    st.lists(
        steps((*DOCUMENTS, *BESIDES * 2, *CHANGES, *MATCHING * 2, *("settle",) * 6)),
        min_size=24,
        max_size=24,
    ),
    st.booleans(),
    st.booleans(),
    st.none(),
)


@tagged("post_install", "-at_install")
class TestRandomFlow(RandomConversions, RevaluationSetUp, RandomLedgerCommon):
    """Whatever happened: each table says what lines and matches say, written slowly,
    begins where the one before ended, and ties out with the general ledger."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company in (cls.books, cls.sister):
            cls._set_up(company)
            kit = cls.kit[company]
            money = cls._in(company)["res.company"].browse(company.id)
            kit["transfer"] = money.transfer_account_id
            kit["money"] = kit["bank"].default_account_id
        cls._equip_banks()
        cls.kit[cls.branch] = cls.kit[cls.books]
        cls.seller = cls._customer("Supplier")
        for partner in (*cls.buyers, cls.seller):
            here = partner.with_company(cls.branch)
            main = partner.with_company(cls.books)
            for side in ("receivable", "payable"):
                name = f"property_account_{side}_id"
                here[name] = main[name]

    # === STEPS === #

    def _do_bill(self, step, kind="in_invoice"):
        self.buyers.append(self.seller)
        try:
            self._do_invoice(step._replace(customer=len(self.buyers) - 1), kind)
        finally:
            self.buyers.pop()

    def _do_bill_refund(self, step):
        self._do_bill(step, "in_refund")

    def _do_pay_supplier(self, step):
        _company, env, kit = self._get_place(step)
        currency, amount = self._get_amount(step)
        direction = ("outbound", "outbound", "inbound")[step.which % 3]
        methods = kit["bank"][f"{direction}_payment_method_line_ids"]
        env["account.payment"].create(
            {
                "payment_type": direction,
                "partner_type": "supplier",
                "partner_id": self.seller.id,
                "amount": amount,
                "currency_id": currency.id,
                "date": self._get_day(step),
                "journal_id": kit["bank"].id,
                "payment_method_line_id": methods[:1].id,
            }
        ).action_post()

    def _write(self, step, rows, journal="general"):
        """An entry by hand: [(account, currency, amount, in company currency)]."""
        _company, env, kit = self._get_place(step)
        move = env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": kit[journal].id,
                "date": self._get_day(step),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "currency_id": currency.id,
                            "amount_currency": amount,
                            "balance": booked,
                        }
                    )
                    for account, currency, amount, booked in rows
                ],
            }
        )
        move.action_post()
        return move

    def _get_two(self, step):
        """An amount of a currency, and what it is in company currency."""
        _company, env, kit = self._get_place(step)
        currency, amount = self._get_amount(step)
        books = env.company.currency_id
        booked = books.round(amount * (0.5 + step.which % 7 / 4)) or books.rounding
        if currency == books:
            amount = booked
        return kit, books, currency, amount, booked

    def _do_change(self, step):
        """Money changed in one entry."""
        kit, books, currency, amount, booked = self._get_two(step)
        way = self.env["account.account"].search([("code", "=", "101990")], limit=1)
        way = kit["bank"].inbound_payment_method_line_ids.payment_account_id[:1] or way
        rows = [
            (way, currency, -amount, -booked),
            (kit["money"], books, booked, booked),
        ]
        self._write(step, rows, ("general", "bank")[step.which % 2])

    def _do_transfer(self, step):
        """Money changed in two entries, over the account of transfers."""
        kit, books, currency, amount, booked = self._get_two(step)
        way = kit["bank"].inbound_payment_method_line_ids.payment_account_id[:1]
        on = kit["transfer"]
        out = self._write(
            step, [(way, currency, -amount, -booked), (on, currency, amount, booked)]
        )
        came = books.round(booked * (0.9 + step.which % 3 / 10)) or booked
        later = step._replace(day=step.day + step.which % 9)
        back = self._write(
            later, [(on, books, -came, -came), (kit["money"], books, came, came)]
        )
        if step.which % 4:
            lines = (out | back).line_ids.filtered(lambda line: line.account_id == on)
            lines.reconcile()

    def _do_by_hand(self, step):
        kit, _books, currency, amount, booked = self._get_two(step)
        way = kit["bank"].inbound_payment_method_line_ids.payment_account_id[:1]
        sign = -1 if step.which % 2 else 1
        rows = [
            (way, currency, sign * amount, sign * booked),
            (kit["income"], currency, -sign * amount, -sign * booked),
        ]
        self._write(step, rows, ("general", "bank")[step.which // 2 % 2])

    def _do_settle(self, step):
        """Match what a supplier has, in any currencies, or money on its way."""
        company, _env, _kit = self._get_place(step)
        account_types = ("liability_payable", "asset_current")
        lines = self.env["account.move.line"].search(
            [
                ("account_type", "=", account_types[step.amount % 3 == 0]),
                ("account_id.reconcile", "=", True),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("company_id", "child_of", company.root_id.id),
            ],
            order="id",
        )
        if not lines:
            return False
        lines = lines.filtered(lambda one: one.account_id == lines[0].account_id)
        debits = lines.filtered(lambda line: line.balance > 0)
        credits = lines - debits
        if not debits or not credits:
            return False
        picked = debits[step.which % len(debits)]
        picked |= credits[step.which // 7 % len(credits)]
        picked.with_env(self._in(company.root_id)).with_context(
            allowed_company_ids=(self.books | self.branch | self.sister).ids
        ).reconcile()
        return None

    # === TABLES === #

    def test_each_table(self):
        counts = Counter()

        def check(story):
            counts.update(self._walk(story))
            for company in (self.books, self.sister):
                self._revalue(date(2026, 3, 31), company=company, reversal="standing")
                self._check_company(company, counts)

        self._for_any(4, check, stories)
        tell("flow of random ledgers: %s", dict(counts))
        for name in (
            *("bill", "change", "transfer", "settle"),
            *("exchanged", "moved", "of_branch", "convert", "convert_by_forward"),
        ):
            self.assertGreater(counts[name], 1, name)

    def _check_company(self, company, counts):
        Source = self.env["currency.flow.source"].sudo()
        found = Source._find_accounts(company)
        accounts = found["cash"] | found["receivable"] | found["payable"]
        branches = company.search([("id", "child_of", company.id)])
        counts["of_branch"] += self.env["account.move.line"].search_count(
            [("company_id", "=", self.branch.id), ("account_id", "in", accounts.ids)]
        )
        reference = FlowReference(branches, accounts)
        ends = {}
        for first, days in PERIODS:
            last = first + timedelta(days=days - 1)
            flow = self.env["currency.flow"]._make(company, first, last)
            self.assertEqual(read(flow), reference.flow(first, last), (first, last))
            self.assertTrue(flow.is_tied, flow.difference_note)
            if first in ends:
                self._check_follows(ends[first], flow)
            ends[last + timedelta(days=1)] = flow
            self._check_ledger(flow, reference, accounts, last)
            counts["exchanged"] += sum(bool(line.exchanged) for line in flow.line_ids)
            counts["moved"] += sum(bool(row.moved) for row in flow.account_ids)
            counts["valued"] += sum(bool(row.valuation) for row in flow.account_ids)

    def _check_follows(self, before, after):
        self.assertEqual(after.former_id, before)
        closings = {line._get_key(): line.closing for line in before.line_ids}
        openings = {line._get_key(): line.opening for line in after.line_ids}
        for key in {*closings, *openings}:
            self.assertAlmostEqual(
                closings.get(key, 0), openings.get(key, 0), places=3, msg=key
            )

    def _check_ledger(self, flow, reference, accounts, last):
        books = flow.company_currency_id
        sums = Counter()
        for row in flow.account_ids:
            self.assertFalse(row.unexplained)
            named = row.valuation + row.exchange + row.booked_later
            named += row.to_clear + row.moved
            self.assertTrue(books.is_zero(row.ledger - row.booked - named))
            sums[row.account_id.id] += exact(books.round(row.ledger))
        ledger = {key: amount for key, amount in sums.items() if amount}
        self.assertEqual(ledger, reference.get_ledger(last))
        matched = accounts.filtered("reconcile").ids
        booked = {
            (row.account_id.id, row.currency_id.id): exact(books.round(row.booked))
            for row in flow.account_ids
            if row.account_id.id in matched and not books.is_zero(row.booked)
        }
        self.assertEqual(booked, reference.get_booked(last, matched))
