from dataclasses import dataclass, field, replace
from datetime import date

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...engine.collection import (
    Claim,
    Plan,
    plan_letter,
    share_favour,
)
from ...engine.open_items import OpenItem

#: Items that are owed, and not money or what exchange rates and valuations left.
OWED = ("invoice", "entry")
#: What is in the customer's favour where nothing of it is allocated.
FAVOURS = ("credit_note", "payment", "advance", "invoice", "entry")


@dataclass(frozen=True)
class Terms:
    """At what an item bears interest."""

    level_id: int
    rate: float  # a year, 0.1 is 10 %
    basis: int  # days of a year


@dataclass(frozen=True)
class Interest:
    """What is to be charged of an item that is open, or was."""

    item_id: int
    terms: Terms
    amount: float


@dataclass(frozen=True)
class Draft:
    """What a letter to one customer in one currency would say.

    ``items`` has all that is open of the customer in the currency, by its number;
    ``notes`` says of some of them why nobody is to be reminded: (reason, in words);
    ``promised``, how much of them is, and for when.
    """

    partner_id: int
    currency_id: int
    plan: Plan
    items: dict[int, OpenItem]
    notes: dict[int, tuple[str, str]]
    interests: dict[int, Interest] = field(default_factory=dict)
    promised: dict[int, tuple[float, date]] = field(default_factory=dict)
    is_billed: bool = False  # the fee was invoiced with a letter that came back


class CollectionSource(models.AbstractModel):
    """What is to be reminded of: gathered for many customers by a handful of queries,
    whatever their number, and planned by ``engine.collection``."""

    _name = "collection.source"
    _description = "Sources of Collection"

    # === CUSTOMERS === #

    @api.model
    def _get_customers_query(self, columns, company):
        """Return the query of customers ``p`` who owe something, or of whom interest
        may be left of what they paid late."""
        Line = self.env["account.move.line"]
        Line.flush_model(
            ["account_id", "company_id", "parent_state", "partner_id", "reconciled"]
        )
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        self.env["collection.letter"].flush_model(["company_id", "partner_id", "state"])
        return SQL(
            """SELECT %(columns)s FROM res_partner p
                WHERE (EXISTS (SELECT FROM res_partner c
                                 JOIN account_move_line l ON l.partner_id = c.id
                                WHERE c.commercial_partner_id = p.id
                                  AND l.account_id = ANY(%(accounts)s)
                                  AND l.company_id = ANY(%(companies)s)
                                  AND l.reconciled IS NOT TRUE
                                  AND l.parent_state = 'posted')
                       OR EXISTS (SELECT FROM collection_letter o
                                    JOIN collection_level v ON v.id = o.level_id
                                   WHERE o.partner_id = p.id AND o.state = 'sent'
                                     AND o.company_id = %(company)s
                                     AND v.interest_rate > 0))""",
            columns=columns,
            accounts=self._find_receivables().ids,
            companies=Line._find_company_ids(company),
            company=company.id,
        )

    @api.model
    def _find_receivables(self):
        return self.env["account.account"]._find_followed(
            ("asset_receivable",), marked=False
        )

    # === PLANS === #

    @api.model
    def _find_drafts(self, company, partners, day):
        """Find what letters to some customers would say.

        :param company: main ``res.company``, with sudo
        :param partners: ``res.partner``, commercial ones
        :param day: of the letters
        :return: [:class:`Draft`], by customer and currency
        :raises UserError: a rate is missing that an amount is to be converted at
        """
        levels = self.env["collection.level"]._find_levels(company)
        if not levels:
            return []
        items = self.env["account.move.line"]._find_open_items(
            company, company._get_today(), self._find_receivables(), partners
        )
        groups = {}
        for item in items:
            if item.partner_id and item.state == "open":
                key = (item.partner_id, item.currency_id)
                groups.setdefault(key, {})[item.id] = item
        history = self._find_history(company, partners)
        for key in history["waiting"] | set(history["last"]):
            groups.setdefault(key, {})
        notes = self._find_obstacles(company, partners, items, day)
        promised = self._find_promised(items, day)
        by_currency = self._prepare_levels(company, levels, groups, day)
        drafts = [
            self._plan(
                key, groups[key], by_currency[key[1]], notes, promised, history, day
            )
            for key in sorted(groups)
        ]
        return self._add_interests(company, by_currency, drafts, history, day)

    @api.model
    def _prepare_levels(self, company, levels, groups, day):
        """Prepare the levels for each currency of the groups.

        :return: {currency's id: [``engine.collection.Level``]}
        :raises UserError: a rate is missing
        """
        Currency = self.env["res.currency"]
        currencies = Currency.browse(sorted({key[1] for key in groups}))
        factors = self._find_factors(company, levels, currencies, day)
        return {
            currency.id: levels._prepare_engine_levels(currency, factors[currency.id])
            for currency in currencies
        }

    @api.model
    def _find_factors(self, company, levels, currencies, day):
        """Find what one unit of a document's currency is in a level's, at the spot
        rates of the day.

        :return: {document's currency: {level's currency: units of the level's for 1 of
            the document's}}
        :raises UserError: a rate is missing, with its currency's name
        """
        asked = levels.filtered(lambda level: level._is_converting()).currency_id
        crossing = {
            (theirs, ours) for theirs in currencies for ours in asked if theirs != ours
        }
        needed = self.env["res.currency"].browse(
            {currency.id for pair in crossing for currency in pair}
        )
        spots = needed._find_spot(company, day) if needed else {}
        if missing := needed.filtered(lambda currency: currency.id not in spots):
            raise UserError(
                self.env._(
                    "No rate of %(currency)s is known on %(day)s, which the levels "
                    "need: fetch or enter one.",
                    currency=missing[0].name,
                    day=format_date(self.env, day),
                )
            )
        return {
            theirs.id: {
                ours.id: spots[ours.id].rate / spots[theirs.id].rate
                for ours in asked
                if theirs != ours
            }
            for theirs in currencies
        }

    @api.model
    def _get_fee(self, level, currency, company, day):
        """Return the fee of a level in a letter's currency, at the spot rates of the
        day.

        :raises UserError: a rate is missing
        """
        factors = self._find_factors(company, level, currency, day)[currency.id]
        return currency.round(level.fee / factors.get(level.currency_id.id, 1.0))

    @api.model
    def _plan(self, key, items, levels, notes, promised, history, day):
        """Plan the letter to a customer in a currency.

        :param items: {id: :class:`OpenItem`} of it
        :param levels: [``engine.collection.Level``]
        :param notes: as of :meth:`_find_obstacles`
        :param promised: as of :meth:`_find_promised`
        :return: :class:`Draft`
        """
        claims = [
            Claim(
                key=item.id,
                late=(day - item.due).days,
                residual=item.residual,
                reached=history["reached"].get((item.id, item.due)),
                obstacle=notes.get(item.id, ("",))[0],
            )
            for item in items.values()
            if self._is_claim(item)
        ]
        currency = self.env["res.currency"].browse(key[1])
        unallocated = self._get_unallocated(items.values(), currency)
        last = history["last"].get(key)
        since_last = last and (day - last).days
        plan = plan_letter(levels, claims, unallocated, since_last, currency.rounding)
        if key in history["waiting"] and plan.verdict == "letter":
            plan = replace(plan, verdict="waiting")
        why = {item: note for item, note in notes.items() if item in items}
        said = {item: part for item, part in promised.items() if item in items}
        # the fee is that of the highest level
        billed = any(
            (one.key, plan.level.key) in history["billed"]
            for one in plan.choices
            if one.level == plan.level
        )
        return Draft(*key, plan, items, why, promised=said, is_billed=billed)

    @api.model
    def _get_favour(self, items, obstacles, letter, day):
        """Return what of the money in a customer's favour counts for the items of a
        letter: what is late besides takes it first.

        :param items: [:class:`OpenItem`] of the customer
        :param obstacles: as of :meth:`_find_obstacles`
        :return: amount in the letter's currency, rounded
        """
        currency = letter.currency_id
        besides = self._get_late_besides(items, obstacles, letter, day)
        unallocated = self._get_unallocated(items, currency)
        return currency.round(share_favour(unallocated, besides))

    @api.model
    def _get_late_besides(self, items, obstacles, letter, day):
        """Return what is late in a letter's currency, and may be asked for, besides
        what the letter reminds of."""
        reminded = letter.line_ids.filtered(lambda line: line._is_reminded())
        return sum(
            item.residual
            for item in items
            if item.currency_id == letter.currency_id.id
            and self._is_claim(item)
            and item.due < day
            and item.id not in obstacles
            and item.id not in reminded.move_line_id.ids
        )

    @api.model
    def _find_too_small(self, items, obstacles, letter, day):
        """Find the items of a letter that have come to less than the smallest amounts
        of their levels since it was prepared.

        :param items, obstacles: as of :meth:`_get_favour`
        :return: ``collection.letter.line``
        """
        currency = letter.currency_id
        reminded = letter.line_ids.filtered(lambda line: line._is_reminded())
        # sudo: who sends letters in a branch needn't see its main company's levels
        levels = reminded.level_id.sudo()
        if not levels.filtered(lambda level: level.min_item or level.min_balance):
            return reminded.browse()
        balance = sum(reminded.mapped("residual"))
        balance += self._get_late_besides(items, obstacles, letter, day)
        balance -= self._get_unallocated(items, currency)
        factors = self._find_factors(letter.company_id, levels, currency, day)
        asked = levels._prepare_engine_levels(currency, factors[currency.id])
        by_level = {level.key: level for level in asked}
        return reminded.filtered(
            lambda line: not by_level[line.level_id.id].takes(line.residual, balance)
        )

    @api.model
    def _is_claim(self, item):
        """Return whether an open item is something that a customer owes."""
        return item.kind in OWED and item.residual > 0

    @api.model
    def _get_unallocated(self, items, currency):
        """Return the money and credit notes in a customer's favour of which nothing, or
        not all, is allocated.

        :param items: [:class:`OpenItem`] of the customer
        :return: amount in ``currency``, rounded, 0 or more
        """
        return currency.round(
            -sum(
                item.residual
                for item in items
                if item.currency_id == currency.id
                and item.kind in FAVOURS
                and item.residual < 0
            )
        )

    # === WHAT WAS SENT === #

    @api.model
    def _find_history(self, company, partners):
        """Find what customers were reminded of: three queries.

        :return: {'reached': {(item's id, due day): days of the highest level that
            left}, 'level': {item's id: id of that level}, 'last': {(partner's id,
            currency's id): day of the last letter that left}, 'waiting': {(partner's
            id, currency's id)} of letters that are about to leave, 'billed': as of
            :meth:`_find_billed`}
        """
        letters = self._find_letters(company, partners)
        items = self._find_reached(company, partners)
        return {
            "reached": {(item, due): days for item, due, _level, days in items},
            "level": {item: level for item, _due, level, _days in items},
            "last": {(who, money): day for who, money, day, _wait in letters if day},
            "waiting": {(who, money) for who, money, _day, wait in letters if wait},
            "billed": self._find_billed(partners),
        }

    @api.model
    def _find_letters(self, company, partners):
        """Find what letters left, or wait.

        :return: [(commercial partner's id, currency's id, day of the last that left or
            None, whether one waits)]
        """
        self.env["collection.letter"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, o.currency_id,
                          MAX(o.date) FILTER (WHERE o.state = 'sent'),
                          BOOL_OR(o.state = 'draft')
                     FROM collection_letter o
                     JOIN res_partner p ON p.id = o.partner_id
                    WHERE o.company_id = %s AND p.commercial_partner_id = ANY(%s)
                      AND o.state IN ('draft', 'sent')
                 GROUP BY p.commercial_partner_id, o.currency_id""",
                company.id,
                partners.ids,
            )
        )

    @api.model
    def _find_reached(self, company, partners):
        """Find the highest level that left for each item, since it has its due day.

        :return: [(item's id, due day, level's id, days of the level)]
        """
        self.env["collection.reminder"].flush_model()
        self.env["collection.level"].flush_model(["days"])
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (r.move_line_id, r.due)
                          r.move_line_id, r.due, v.id, v.days
                     FROM collection_reminder r
                     JOIN collection_letter o ON o.id = r.letter_id
                     JOIN collection_level v ON v.id = r.level_id
                     JOIN account_move_line l ON l.id = r.move_line_id
                     -- whose it is now, not whose it was when the letter left
                     JOIN res_partner p ON p.id = l.partner_id
                    WHERE o.company_id = %s AND p.commercial_partner_id = ANY(%s)
                      AND o.state = 'sent'
                 ORDER BY r.move_line_id, r.due, v.days DESC""",
                company.id,
                partners.ids,
            )
        )

    @api.model
    def _find_billed(self, partners):
        """Find the items and levels whose fee was invoiced with a letter that didn't
        reach its customer after all: the next one has none.

        :return: {(item's id, level's id)}
        """
        self.env["collection.letter.line"].flush_model(["letter_id", "move_line_id"])
        self.env["collection.letter"].flush_model(["charge_move_id", "fee", "state"])
        self.env["account.move"].flush_model(["payment_state", "state"])
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT n.move_line_id, n.level_id
                         FROM collection_letter_line n
                         JOIN collection_letter o ON o.id = n.letter_id
                         JOIN res_partner p ON p.id = o.partner_id
                         JOIN account_move c ON c.id = o.charge_move_id
                        WHERE p.commercial_partner_id = ANY(%s) AND o.state != 'sent'
                          AND n.level_id = o.level_id AND n.move_line_id IS NOT NULL
                          AND n.skip_reason IS NULL AND o.fee != 0
                          AND (%s)""",
                    partners.ids,
                    self._get_billing_condition(),
                )
            )
        )

    @api.model
    def _get_billing_condition(self):
        """Return the condition that the invoice ``c`` of a letter's fee and interest
        stands: it was neither cancelled nor credited."""
        return SQL(
            "c.state != 'cancel' AND c.payment_state IS DISTINCT FROM 'reversed'"
        )
