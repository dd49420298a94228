"""Suggestions of random customers, against a reference that looks at each document by
itself, day by day."""

import random
from collections import Counter
from datetime import timedelta
from statistics import median

from odoo.tests import tagged

from ..counts import tell
from .suggestion_common import SuggestionCommon

STEPS, CHECKS = 50, 10


@tagged("post_install", "-at_install")
class TestRandomSuggestions(SuggestionCommon):
    """Three customers, a branch, quotations, orders, locks, rates that move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._found_branch("Harbour Ningbo")
        cls.customers = cls.customer + cls.stranger
        cls.customers += cls.env["res.partner"].create(
            {"name": "Third", "is_company": True}
        )
        cls.customers.preferred_currency_id = False
        cls.customers[1].preferred_currency_id = cls.usd
        cls.currencies = cls.cny + cls.usd + cls.eur
        cls.seen = Counter()

    def test_what_is_suggested_is_what_the_documents_say(self):
        for seed in (3, 11, 42):
            self.random = random.Random(seed)
            for step in range(STEPS):
                self._act()
                if step % CHECKS == CHECKS - 1:
                    self._follow()
                    self._check()
        for kind in ("reorder", "silence", "favour", "lock", "currency"):
            self.assertGreater(self.seen[kind], 0, self.seen)
        tell("random suggestions: %s", dict(self.seen))

    # === ACTING === #

    def _act(self):
        partner = self.random.choice(self.customers)
        acts = (
            *(self._act_order,) * 4,
            *(self._act_quote,) * 3,
            self._act_confirm,
            self._act_cancel,
            self._act_lock,
            self._act_rate,
        )
        self.random.choice(acts)(partner)

    def _prepare(self):
        return {
            "currency_id": self.random.choice(self.currencies).id
            if self.random.random() < 0.4
            else self.eur.id,
            "company_id": self.random.choice([self.company, self.branch]).id,
            **self._price(self.random.choice([100.0, 333.33, 1000.0])),
        }

    def _act_order(self, partner):
        self._order(self.random.randint(0, 120), partner, **self._prepare())

    def _act_quote(self, partner):
        if partner == self.customers[2]:
            return  # orders without being quoted
        self._quote(self.random.randint(0, 120), partner, **self._prepare())

    def _list_open(self, partner):
        return self.env["sale.order"].search(
            [("partner_id", "=", partner.id), ("state", "in", ("draft", "sent"))],
            order="id",
        )

    def _act_confirm(self, partner):
        for order in self._list_open(partner)[:1]:
            order.action_confirm()

    def _act_cancel(self, partner):
        for order in self._list_open(partner)[-1:]:
            order._action_cancel()

    def _act_lock(self, partner):
        for order in self._list_open(partner):
            if order.currency_id != self.cny and not order.rate_locked:
                order.action_lock_rate()
                return

    def _act_rate(self, _partner):
        currency = self.random.choice([self.usd, self.eur])
        rate = self.random.uniform(0.95, 1.05) * (
            0.14 if currency == self.usd else 0.125
        )
        self._put_rate(currency, self.random.choice([0, 30]), rate)

    # === CHECKING === #

    def _check(self):
        for partner in self.customers:
            expected = self._list_expected(partner)
            found = {(row.kind, row.subject) for row in self._find(None, partner)}
            self.assertEqual(found, set(expected), partner.name)
            self.seen.update(kind for kind, _subject in expected)

    def _get_day(self, moment):
        return self.company._get_day_of(moment)

    def _list_expected(self, partner):
        orders = self.env["sale.order"].search([("partner_id", "=", partner.id)])
        done = orders.filtered(lambda order: order.state == "sale")
        milestones = self.Milestone.search(
            [("partner_id", "=", partner.id), ("kind", "=", "order")]
        )
        place = {one.res_id: (one.date, one.id) for one in milestones}
        done = done.sorted(lambda order: place[order.id])
        quotations = orders.filtered(lambda order: order.state in ("draft", "sent"))
        quotations = [
            (self._get_quoted(order), order) for order in quotations.sorted("id")
        ]
        return [
            *self._expect_reorder(done, quotations),
            *self._expect_silence(done, quotations),
            *self._expect_rates(partner, quotations),
            *self._expect_currency(partner, done),
        ]

    def _get_quoted(self, order):
        return self._get_day(min(order.create_date, order.date_order))

    def _expect_reorder(self, done, quotations):
        days = sorted({self._get_day(order.date_order) for order in done})
        if len(days) < 3:
            return
        gaps = [(days[at + 1] - days[at]).days for at in range(len(days) - 1)][-12:]
        usual = int(median(gaps) + 0.5)
        if any(day >= days[-1] for day, _order in quotations):
            return
        if self.today >= days[-1] + timedelta(usual):
            yield "reorder", days[-1].isoformat()

    def _expect_silence(self, done, quotations):
        taken = [
            (self._get_day(order.date_order) - self._get_quoted(order)).days
            for order in done
        ]
        bound = max([*taken, 7]) if len(taken) >= 3 else 30
        for day, order in quotations:
            if (self.today - day).days > bound:
                yield "silence", f"sale.order,{order.id}"

    def _get_spot(self, currency, day):
        return currency._get_conversion_rate(self.cny, currency, self.company, day)

    def _expect_rates(self, partner, quotations):
        foreign = [pair for pair in quotations if pair[1].currency_id != self.cny]
        free = [pair for pair in foreign if not pair[1].rate_locked]
        quoted = self.Milestone.search(
            [("partner_id", "=", partner.id), ("kind", "=", "quotation")]
        )
        place = {one.res_id: (one.date, one.id) for one in quoted}
        for day, order in sorted(free, key=lambda pair: place[pair[1].id])[-1:]:
            then = self._get_spot(order.currency_id, day)
            if 1 - self._get_spot(order.currency_id, self.today) / then >= 0.01:
                yield "favour", f"sale.order,{order.id}"
        for _day, order in foreign:
            lock = order.rate_lock_id
            now = self._get_spot(order.currency_id, self.today)
            if order.rate_locked and 1 - now / lock.rate >= 0.01:
                yield "lock", f"fx.rate.lock,{lock.id}"

    def _expect_currency(self, partner, done):
        codes = done.mapped(lambda order: order.currency_id.name)
        newest, before = codes[-3:], codes[:-3]
        if len(newest) < 3 or len(set(newest)) > 1:
            return
        usual = partner.preferred_currency_id.name
        if not usual:
            if len(before) < 3:
                return
            most = max(before.count(code) for code in before)
            usual = [code for code in before if before.count(code) == most][-1]
        if newest[0] != usual:
            yield "currency", newest[0]
