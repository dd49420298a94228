from dataclasses import dataclass, field, replace

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...engine.collection import (
    Claim,
    Loan,
    Plan,
    accrue,
    charge,
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
    ``notes`` says of some of them why nobody is to be reminded: (reason, in words).
    """

    partner_id: int
    currency_id: int
    plan: Plan
    items: dict[int, OpenItem]
    notes: dict[int, tuple[str, str]]
    interests: dict[int, Interest] = field(default_factory=dict)
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
        by_currency = self._prepare_levels(company, levels, groups, day)
        drafts = [
            self._plan(key, groups[key], by_currency[key[1]], notes, history, day)
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
    def _plan(self, key, items, levels, notes, history, day):
        """Plan the letter to a customer in a currency.

        :param items: {id: :class:`OpenItem`} of it
        :param levels: [``engine.collection.Level``]
        :param notes: as of :meth:`_find_obstacles`
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
        billed = any(
            (one.key, one.level.key) in history["billed"] for one in plan.choices
        )
        return Draft(*key, plan, items, why, is_billed=billed)

    @api.model
    def _get_favour(self, items, obstacles, letter, day):
        """Return what of the money in a customer's favour counts for the items of a
        letter: what is late besides takes it first.

        :param items: [:class:`OpenItem`] of the customer
        :param obstacles: as of :meth:`_find_obstacles`
        :return: amount in the letter's currency, rounded
        """
        currency = letter.currency_id
        reminded = letter.line_ids.filtered(lambda line: line._is_reminded())
        besides = sum(
            item.residual
            for item in items
            if item.currency_id == currency.id
            and self._is_claim(item)
            and item.due < day
            and item.id not in obstacles
            and item.id not in reminded.move_line_id.ids
        )
        unallocated = self._get_unallocated(items, currency)
        return currency.round(share_favour(unallocated, besides))

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

    # === WHAT STANDS IN THE WAY === #

    @api.model
    def _find_obstacles(self, company, partners, items, day):
        """Find the items of which nobody is to be reminded now.

        To be extended by who knows of more: what is found here counts first.

        :param items: [:class:`OpenItem`]
        :return: {item's id: (reason, value of ``skip_reason``; note in words)}
        """
        found = {}
        blocks = self.env["collection.block"]._find_blocks(company, partners, day)
        move_ids = {item.move_id for item in items}
        under_way = self._find_under_way(move_ids)
        promises = self._find_promised(move_ids, day)
        planned = self._find_planned([item.id for item in items])
        for item in items:
            block = blocks.get((item.partner_id, item.move_id)) or blocks.get(
                (item.partner_id, None)
            )
            if item.no_followup:
                found[item.id] = ("no_followup", self._explain_no_followup(item))
            elif item.disputed:
                found[item.id] = ("disputed", "")
            elif block:
                found[item.id] = ("blocked", self._explain_block(block))
            elif item.move_id in promises:
                found[item.id] = ("promised", promises[item.move_id])
            elif item.move_id in under_way:
                found[item.id] = ("in_process", under_way[item.move_id])
            elif item.id in planned:
                found[item.id] = ("planned", planned[item.id])
        return found

    @api.model
    def _find_planned(self, item_ids):
        """Find the items of instalments that wait for what makes them due: the day that
        their items bear until then is only put off.

        :return: {item's id: name of the instalment}
        """
        # sudo: who is reminded of what doesn't hang on who asks
        lines = self.env["account.move.line"].sudo()
        waiting = lines.search(
            [
                ("id", "in", item_ids),
                ("payment_plan_id.fired_on", "=", False),
                ("payment_plan_id.trigger", "!=", "date"),
                ("payment_plan_id", "!=", False),
            ]
        )
        return {line.id: line.payment_plan_id.display_name for line in waiting}

    @api.model
    def _find_reasons(self, draft):
        """Return why the items of a letter that are left out are.

        :param draft: :class:`Draft`
        :return: {item's id: (reason, note)}
        """
        return {one.key: draft.notes[one.key] for one in draft.plan.obstacles}

    @api.model
    def _explain_no_followup(self, item):
        if item.kind == "entry":
            return self.env._("Odoo excludes the entries of general journals")
        return ""

    @api.model
    def _explain_block(self, block):
        return self.env._(
            "%(reason)s, until %(day)s",
            reason=block.reason,
            day=format_date(self.env, block.date_to),
        )

    @api.model
    def _find_promised(self, move_ids, day):
        """Find the invoices whose payment is promised, and may still come in time.

        :return: {entry's id: amount and day of the promise}
        """
        moves = self.env["account.move"].browse(sorted(move_ids))
        found = self.env["payment.promise"]._find_open_of(moves)
        return {
            move_id: promise.display_name
            for move_id, promise in found.items()
            if promise.deadline >= day
        }

    @api.model
    def _find_under_way(self, move_ids):
        """Find the invoices whose payment was given, and hasn't come: payments without
        an entry of their own, and online ones that are pending.

        :return: {entry's id: what is under way}
        """
        self.env["account.payment"].flush_model(["state", "move_id", "name"])
        self.env["payment.transaction"].flush_model(["state", "reference"])
        rows = self.env.execute_query(
            SQL(
                """SELECT r.invoice_id, y.name
                     FROM account_move__account_payment r
                     JOIN account_payment y ON y.id = r.payment_id
                    WHERE r.invoice_id = ANY(%(moves)s) AND y.move_id IS NULL
                      AND y.state IN ('in_process', 'paid')
                    UNION ALL
                   SELECT r.invoice_id, t.reference
                     FROM account_invoice_transaction_rel r
                     JOIN payment_transaction t ON t.id = r.transaction_id
                    WHERE r.invoice_id = ANY(%(moves)s)
                      AND t.state IN ('pending', 'authorized')""",
                moves=list(move_ids),
            )
        )
        return {move_id: name or "" for move_id, name in rows}

    # === INTEREST === #

    @api.model
    def _add_interests(self, company, by_currency, drafts, history, day):
        """Add to letters what their items bore, and what items bore that were reminded
        of and paid since: it isn't gone with them.

        :param by_currency: {currency's id: [``engine.collection.Level``]}
        :return: the drafts, with interest
        """
        rates = self._find_interest_rates(company)
        if not rates:
            return drafts
        wanted = dict(history["level"])
        for draft in drafts:
            if draft.plan.verdict == "letter":
                wanted |= {one.key: one.level.key for one in draft.plan.choices}
        wanted = {
            item: rates[level] for item, level in wanted.items() if level in rates
        }
        found = {}
        for key, interest in self._find_interests(wanted, day):
            found.setdefault(key, []).append(interest)
        return [
            self._give_interest(draft, found, by_currency, history, day)
            for draft in drafts
        ]

    @api.model
    def _find_interest_rates(self, company):
        """Find the levels with interest, archived ones, too.

        :return: {level's id: :class:`Terms`}
        """
        # sudo: who prepares a run in a branch needn't see its main company
        levels = self.env["collection.level"].sudo().with_context(active_test=False)
        return {
            level.id: Terms(level.id, level.interest_rate, int(level.interest_basis))
            for level in levels.search(
                [("company_id", "=", company.id), ("interest_rate", ">", 0)]
            )
        }

    @api.model
    def _give_interest(self, draft, found, by_currency, history, day):
        """Give a letter the interest of its items, and of those that were paid; where
        nothing else is to be said to a customer that paid late, the interest is.

        :param found: {(partner's id, currency's id): [:class:`Interest`]}
        :return: :class:`Draft`
        """
        key = (draft.partner_id, draft.currency_id)
        chosen = {choice.key for choice in draft.plan.choices}
        interests = {
            one.item_id: one
            for one in found.get(key, ())
            # what is open, and not in this letter, is charged with its next one
            if one.item_id in chosen or one.item_id not in draft.items
        }
        plan = draft.plan
        if plan.verdict == "nothing" and interests:
            plan = self._plan_interest(
                interests, by_currency[key[1]], history, key, day
            )
        if plan.verdict != "letter":
            interests = {}
        return replace(draft, plan=plan, interests=interests)

    @api.model
    def _plan_interest(self, interests, levels, history, key, day):
        """Plan a letter that states interest alone, under the conditions of the highest
        level that its items had.

        :return: ``engine.collection.Plan``
        """
        had = {one.terms.level_id for one in interests.values()}
        level = max(
            (level for level in levels if level.key in had),
            key=lambda level: level.days,
            default=None,
        )
        owed = sum(one.amount for one in interests.values())
        last = history["last"].get(key)
        if not level or (last and (day - last).days < level.quiet_days):
            return Plan("nothing")
        return Plan("letter", level) if level.takes(owed, owed) else Plan("small")

    @api.model
    def _find_interests(self, wanted, day, letter=None):
        """Find what is to be charged of items: three queries.

        :param wanted: {item's id: :class:`Terms`}
        :param letter: ``collection.letter`` that is looked at again, and charged
            nothing before itself
        :yield: ((partner's id, currency's id), :class:`Interest`) of those that bore
            more than was charged
        """
        ids = sorted(wanted)
        settled = self._find_settled(ids)
        charged = self._find_charged(ids, letter)
        for item_id, partner_id, currency_id, amount, due in self._find_loans(ids):
            terms = wanted[item_id]
            loan = Loan(due, amount, tuple(settled.get(item_id, ())))
            accrued = accrue(loan, day, terms.rate, terms.basis)
            rounding = self.env["res.currency"].browse(currency_id).rounding
            left = charge(accrued, charged.get(item_id, 0.0), rounding)
            if left:
                yield (partner_id, currency_id), Interest(item_id, terms, left)

    @api.model
    def _find_loans(self, item_ids):
        """Find the items that bear interest: what is charged itself bears none.

        :return: [(id, commercial partner's id, currency's id, amount, due day)]
        """
        return self.env.execute_query(
            SQL(
                """SELECT l.id, p.commercial_partner_id, l.currency_id,
                          l.amount_currency::float8, COALESCE(l.date_maturity, l.date)
                     FROM account_move_line l
                     JOIN res_partner p ON p.id = l.partner_id
                    WHERE l.id = ANY(%s) AND l.parent_state = 'posted'
                      AND NOT EXISTS (SELECT FROM collection_letter o
                                       WHERE o.charge_move_id = l.move_id)""",
                list(item_ids),
            )
        )

    @api.model
    def _find_settled(self, item_ids):
        """Find what came off items, and when.

        :return: {item's id: [(day, amount in the item's currency)]}
        """
        found = {}
        for item_id, day, amount in self.env.execute_query(
            SQL(
                """SELECT debit_move_id, max_date, SUM(debit_amount_currency)::float8
                     FROM account_partial_reconcile
                    WHERE debit_move_id = ANY(%s) AND debit_amount_currency != 0
                 GROUP BY debit_move_id, max_date""",
                list(item_ids),
            )
        ):
            found.setdefault(item_id, []).append((day, amount))
        return found

    @api.model
    def _find_charged(self, item_ids, letter=None):
        """Find the interest that letters stated which left, or that was invoiced before
        they came back.

        :param letter: ``collection.letter`` that doesn't count
        :return: {item's id: amount in the item's currency}
        """
        self.env["collection.letter.line"].flush_model()
        self.env["collection.letter"].flush_model(["charge_move_id", "state"])
        self.env["account.move"].flush_model(["payment_state", "state"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT n.move_line_id, SUM(n.interest)::float8
                         FROM collection_letter_line n
                         JOIN collection_letter o ON o.id = n.letter_id
                    LEFT JOIN account_move c ON c.id = o.charge_move_id
                        WHERE (o.state = 'sent' OR (%s))
                          AND n.move_line_id = ANY(%s) AND n.interest != 0
                          AND o.id != %s
                     GROUP BY n.move_line_id""",
                    self._get_billing_condition(),
                    list(item_ids),
                    letter.id if letter else 0,
                )
            )
        )
