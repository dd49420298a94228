from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ...engine.collection import Loan, Plan, Stretch, accrue_by, charge
from .collection_source import Interest, Terms


class CollectionSource(models.AbstractModel):
    """What items bore that are open, or were paid late, less what was charged."""

    _inherit = "collection.source"

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
            # what is open, and not in this letter, is charged with its next one; an
            # item of the letter notes its rate, with nothing to be charged, too
            if one.item_id in chosen or (one.item_id not in draft.items and one.amount)
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
        :yield: ((partner's id, currency's id), :class:`Interest`), of 0 where what was
            charged is as much
        """
        ids = sorted(wanted)
        settled = self._find_settled(ids)
        charged = self._find_charged(ids, letter)
        for item_id, partner_id, currency_id, amount, due in self._find_loans(ids):
            terms = wanted[item_id]
            loan = Loan(due, amount, tuple(settled.get(item_id, ())))
            before, stretches = charged.get(item_id, (0.0, ()))
            now = Stretch(day, terms.rate, terms.basis)
            accrued = accrue_by(loan, [*stretches, now])
            rounding = self.env["res.currency"].browse(currency_id).rounding
            left = charge(accrued, before, rounding)
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
        :return: {item's id: (amount in the item's currency, [``Stretch``] of the days
            that were charged, the earlier ones first)}
        """
        self.env["collection.letter.line"].flush_model()
        self.env["collection.letter"].flush_model(["charge_move_id", "date", "state"])
        self.env["account.move"].flush_model(["payment_state", "state"])
        found = {}
        for item_id, amount, *terms in self.env.execute_query(
            SQL(
                """SELECT n.move_line_id, n.interest::float8, o.date,
                          n.interest_rate::float8, n.interest_basis
                     FROM collection_letter_line n
                     JOIN collection_letter o ON o.id = n.letter_id
                LEFT JOIN account_move c ON c.id = o.charge_move_id
                    WHERE (o.state = 'sent' OR (%s))
                      AND n.move_line_id = ANY(%s) AND n.interest_rate > 0
                      AND o.id != %s
                 ORDER BY o.date, o.id""",
                self._get_billing_condition(),
                list(item_ids),
                letter.id if letter else 0,
            )
        ):
            before, stretches = found.get(item_id, (0.0, ()))
            found[item_id] = (before + amount, (*stretches, Stretch(*terms)))
        return found
