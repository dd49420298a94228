import json
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, float_round

from ...engine.customer_exposure import CreditRates, CustomerExposure

#: days late that are always told apart: due, and what the ceilings look at
ALWAYS_TOLD = (0, 30, 90)


@dataclass(frozen=True)
class CreditScope:
    """Whose exposure is gathered, where, and by which policy."""

    policy: models.BaseModel
    company: models.BaseModel  # main company
    company_ids: list  # with its branches
    partner_ids: list  # of commercial partners
    today: date
    # (id, commercial_partner_id) of partners, those that were moved away from one of
    # these customers with both
    partners: SQL = field(default_factory=lambda: SQL("res_partner"))
    # (partner's, or journal item's, id, former customer's id) of what was moved away
    moved: list = field(default_factory=list)
    moved_lines: list = field(default_factory=list)
    days: frozenset = frozenset(ALWAYS_TOLD)
    order_ids: list = field(default_factory=list)  # left out: they are decided on
    move_ids: list = field(default_factory=list)
    unit_prices: str = "{}"
    currency_id: int = 0  # of the company
    rounding: float = 0.01  # of its currency
    thresholds: dict = field(default_factory=dict)  # {grade: lowest score}
    terms: dict = field(default_factory=dict)  # of the policy, read once

    def round(self, amount):
        """As the company's currency rounds, for many amounts.

        :return: float
        """
        return float_round(float(amount), precision_rounding=self.rounding)


class CreditExposureGathering(models.AbstractModel):
    """From the books to what each customer could cost."""

    _inherit = "credit.exposure"

    @api.model
    def _get_scope(self, policy, company, partner_ids, *, orders=None, moves=None):
        """:param policy: one ``credit.policy``, with sudo
        :param company: ``res.company``; its main company and all branches count
        :param partner_ids: ids of commercial partners
        :param orders: ``sale.order`` to leave out, because they are decided on
        :param moves: ``account.move`` to leave out, likewise
        """
        # sudo: the exposure is gathered for whoever may ask, in the main company
        root = company.sudo().root_id
        checks = policy.check_ids.filtered(lambda check: check.reason == "overdue_days")
        days = {*ALWAYS_TOLD, *checks.mapped("days"), policy.hold_overdue_days}
        Transfer = self.env["credit.transfer"]
        moved = Transfer._find_members(root, set(partner_ids))
        scope = CreditScope(
            policy=policy,
            company=root,
            company_ids=self._find_branches(root).ids,
            partner_ids=list(partner_ids),
            today=root._get_today(),
            partners=self._get_partners_table(moved),
            moved=moved,
            moved_lines=Transfer._find_moved_lines(root, set(partner_ids)),
            days=frozenset(days),
            order_ids=orders.ids if orders else [],
            move_ids=moves.ids if moves else [],
            currency_id=root.currency_id.id,
            rounding=root.currency_id.rounding,
            thresholds=policy._get_thresholds(),
            terms=policy._get_scoring_terms(),
        )
        # sudo: the exposure is gathered for whoever may ask, in the main company
        prices = self.sudo()._find_unit_prices(scope)
        return replace(scope, unit_prices=json.dumps(prices))

    @staticmethod
    def _get_partners_table(moved):
        """:param moved: [(partner id, former customer's id)]
        :return: what queries join for the customer of a partner"""
        if not moved:
            return SQL("res_partner")
        partner_ids, customer_ids = zip(*moved, strict=True)
        return SQL(
            """(SELECT id, commercial_partner_id FROM res_partner
                 UNION ALL
                SELECT * FROM unnest(%s::int[], %s::int[]))""",
            list(partner_ids),
            list(customer_ids),
        )

    @staticmethod
    def _find_branches(root):
        """:return: a main company with its branches; what is owed to an archived one
        is owed"""
        every = root.with_context(active_test=False)
        return every.search([("id", "child_of", root.id)])

    @api.model
    def _gather(self, scope, rates=None):
        """The exposure of all customers of a scope: one query.

        :param rates: :class:`CreditRates`; default: those of the policy, today
        :return: {commercial partner's id: :class:`CustomerExposure`} of all of them
        """
        rates = rates or self._find_rates(scope.policy, scope.company, scope.today)
        policy = scope.policy
        floors = {
            floor.currency_id.id: Decimal(str(floor.amount))
            for floor in policy.floor_ids
        }
        floor = Decimal(str(policy.overdue_floor))
        across = policy.net_across_currencies
        found = {
            partner_id: CustomerExposure(rates, across, floor, floors)
            for partner_id in scope.partner_ids
        }
        for partner_id, part, currency_id, locked, amount in self._query(scope):
            rate = None if locked == "0" else Decimal(locked)
            found[partner_id].add(part, currency_id, rate, Decimal(amount))
        return found

    def _query(self, scope):
        """:return: rows (partner id, part, currency id, locked rate, amount), the last
        two as text, so that nothing is lost to binary fractions"""
        self.env.flush_all()
        parts = [
            self._receivable_rows(scope),
            self._told_rows(scope),
            self._order_rows(),
            self._draft_rows(scope),
        ]
        if not scope.policy.count_payments_in_process:
            parts.append(self._uncleared_rows(scope))
        if scope.policy.count_sent:
            parts.append(self._quotation_rows(scope))
        if scope.policy.count_vendor_bills:
            parts.append(self._bill_rows(scope))
        return self.env.execute_query(
            SQL(
                """WITH %s, %s
                   SELECT f.partner_id, f.part, f.currency_id, f.locked::text,
                          f.amount::text
                     FROM (%s) AS f (partner_id, part, currency_id, locked, amount)
                    WHERE f.amount != 0""",
                self._with_receivables(scope),
                self._with_orders(scope),
                SQL(" UNION ALL ").join(parts),
            )
        )

    # === RATES === #

    @api.model
    def _find_rates(self, policy, company, day):
        """The credit rates of a policy on a day.

        :return: :class:`CreditRates`; a currency without a rate is absent
        """
        # archived ones, too: what was sold in them may still be open
        Currency = self.env["res.currency"].sudo().with_context(active_test=False)
        currencies = Currency.search([])
        spots = self._find_basis_spots(policy, company, day, currencies)
        own = company.currency_id.id
        rates = {cid: Decimal(repr(spot.rate)) for cid, spot in spots.items()}
        dates = {cid: spot.date for cid, spot in spots.items()}
        return CreditRates({**rates, own: Decimal(1)}, {**dates, own: day})

    @api.model
    def _get_company_amount(self, amount, currency, company):
        """Convert at the credit rate of the company's first policy: the one rate at
        which what people may approve is compared.

        :param amount: in ``currency``
        :return: amount in company currency; None where no rate is known
        """
        policies = self.env["credit.policy"]._get_policies(company)
        rates = self._find_rates(policies[:1], company, company._get_today())
        rate = rates.convert(currency.id, company.currency_id.id)
        return None if rate is None else company.currency_id.round(amount * float(rate))

    def _find_basis_spots(self, policy, company, day, currencies):
        spots = currencies._find_spot(company, day)
        if policy.rate_basis == "named":
            return {**spots, **currencies._find_named(company, "credit", day)}
        if policy.rate_basis == "spot":
            return spots
        start = day.replace(day=1)
        first_days = self._find_first_days(company, start, day, currencies)
        for first in {start, *first_days.values()}:
            fixed = currencies.filtered(
                lambda currency, first=first: (
                    first_days.get(currency.id, start) == first
                )
            )
            spots |= fixed._find_spot(company, first)
        return spots

    def _find_first_days(self, company, start, day, currencies):
        """:return: {currency id: day of its first rate of the month}"""
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_id, MIN(name) FROM res_currency_rate r
                    WHERE name BETWEEN %(start)s AND %(day)s
                      AND currency_id = ANY(%(currencies)s)
                      AND (company_id = %(company)s OR company_id IS NULL
                           AND NOT EXISTS (SELECT FROM res_currency_rate o
                                            WHERE o.currency_id = r.currency_id
                                              AND o.company_id = %(company)s
                                              AND o.name <= %(day)s))
                 GROUP BY currency_id""",
                start=start,
                day=day,
                currencies=currencies.ids,
                company=company.id,
            )
        )
        return dict(rows)
