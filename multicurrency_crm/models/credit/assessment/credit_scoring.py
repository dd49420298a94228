from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from ....engine.credit_judgement import JudgedCustomer, judge, measure
from ....engine.credit_peers import average_peers, get_own_values
from .credit_peer import RECENT
from .res_partner import CHUNK


class CreditScoring(models.AbstractModel):
    """Assess all customers of a chunk: gather, have the engine judge, store."""

    _name = "credit.scoring"
    _description = "Credit Scoring"

    @api.model
    def _assess(self, policy, company, partners, *, whole=False, recent=False):
        """Assess customers, and hold and release them by the rules of their policy.

        :param policy: one ``credit.policy``, with sudo; may be a new one
        :param company: main ``res.company``
        :param partners: commercial ``res.partner``, none of an own company
        :param bool whole: these are all customers of the company
        :param bool recent: peers' points of the last nights will do
        :return: ids of the customers whose newest assessment is another one now
        """
        if not partners:
            return []
        # many small objects and no cycles: collecting amid them finds nothing
        with disabling_gc():
            return self._assess_all(policy, company, partners, whole, recent)

    def _assess_all(self, policy, company, partners, whole, recent):
        scope = self.env["credit.exposure"]._get_scope(policy, company, partners.ids)
        terms = policy._get_judging_terms(scope)
        customers = self._gather_customers(scope, partners)
        measured = {pid: measure(known, terms) for pid, known in customers.items()}
        peers = self._find_recent_peers(scope) if recent else {}
        peers = peers or self._get_peers(scope, terms, customers, measured, whole)
        manual = self.env["credit.manual.grade"]._find(partners, company, scope.today)
        rows, holds = [], {}
        for partner_id, customer in customers.items():
            judgement = judge(customer, measured[partner_id], peers, terms)
            holds[partner_id] = self._explain_hold(scope, judgement.hold)
            row = self._prepare_row(scope, customer, judgement)
            row["partner_id"] = partner_id
            if grade := manual.get(partner_id):
                row |= {"grade": grade, "is_manual": True}
            rows.append(row)
        changed = self.env["credit.assessment"]._store(scope, rows)
        self.env["credit.account"]._apply_holds(scope.company, holds)
        return changed

    # === GATHERING === #

    def _gather_customers(self, scope, partners):
        """Find all that is known of the customers of a scope.

        :return: {partner id: ``JudgedCustomer``}
        """
        Exposure = self.env["credit.exposure"]
        rates = scope.policy._find_rates(scope.company, scope.today)
        exposures = Exposure._gather(scope, rates)
        behaviours = self.env["credit.behaviour"]._gather(scope)
        lines = self.env["credit.limit"]._find_lines(partners, scope.company)
        risk = Exposure._get_currency_risk(scope, rates)
        countries = self._find_countries(partners)
        by_hand = self.env["credit.account"]._find_held_by_hand(partners, scope.company)
        return {
            partner_id: JudgedCustomer(
                exposure=exposures[partner_id],
                behaviour=behaviours[partner_id],
                limit=lines[partner_id].get_pair() if partner_id in lines else None,
                country_id=countries.get(partner_id, False),
                on_hold=partner_id in by_hand,
                at_risk=risk.get_value_at_risk(
                    exposures[partner_id], scope.currency_id
                ),
            )
            for partner_id in partners.ids
        }

    @staticmethod
    def _find_countries(partners):
        """Find the countries of customers: by a query, which prefetches nothing else
        that a partner has.

        :return: {partner id: country's id}
        """
        partners.flush_model(["country_id"])
        return dict(
            partners.env.execute_query(
                SQL(
                    """SELECT id, country_id FROM res_partner
                        WHERE id = ANY(%s) AND country_id IS NOT NULL""",
                    partners.ids,
                )
            )
        )

    # === PEERS === #

    def _find_recent_peers(self, scope):
        """Find the peers' points as the nightly run averaged them last: the first who
        assesses by hand on a day doesn't wait for all customers to be looked at.

        :return: {(country's id or False, factor): value}; empty: none of the last days,
            or the scorecard was changed since
        """
        if not scope.policy.id:
            return {}
        since = scope.today - timedelta(days=RECENT)
        if changed := self._find_scorecard_change(scope.policy):
            since = max(since, scope.company._get_day_of(changed) + timedelta(days=1))
        return self.env["credit.peer"]._find(scope.policy, since)

    def _find_scorecard_change(self, policy):
        """Return when the scorecard of a policy was changed last, in UTC, or None."""
        self.env["credit.rule"].flush_model()
        self.env["credit.band"].flush_model()
        [(changed,)] = self.env.execute_query(
            SQL(
                """SELECT MAX(GREATEST(r.write_date, b.write_date))
                     FROM credit_rule r
                LEFT JOIN credit_band b ON b.rule_id = r.id
                    WHERE r.policy_id = %s""",
                policy.id,
            )
        )
        return changed

    def _get_peers(self, scope, terms, customers, measured, whole):
        """Return the peers' points of today: as stored, else averaged over all
        customers of the company, from these where they are all of them.

        :return: {(country's id or False, factor): value}
        """
        Peer = self.env["credit.peer"]
        if scope.policy.id and (known := Peer._find(scope.policy, scope.today)):
            return known
        values = average_peers(
            self._iterate_peers(scope, terms, customers, measured, whole)
        )
        if scope.policy.id:
            Peer._store(scope.policy, scope.today, values)
        return {key: value for key, (value, _count) in values.items()}

    def _iterate_peers(self, scope, terms, customers, measured, whole):
        """Iterate over the country and the own values of each customer.

        :return: pairs, as ``engine.credit_peers.average_peers`` takes them
        """

        def get_own(customer, values):
            days = customer.behaviour.median_days
            return customer.country_id, get_own_values(values, terms.scorecard, days)

        for partner_id, customer in customers.items():
            yield get_own(customer, measured[partner_id])
        others = () if whole else self._iterate_other_customers(scope, customers)
        for chunk in others:
            other = self.env["credit.exposure"]._get_scope(
                scope.policy, scope.company, chunk.ids
            )
            for customer in self._gather_customers(other, chunk).values():
                yield get_own(customer, measure(customer, terms))

    def _iterate_other_customers(self, scope, known):
        """Iterate over the customers of the company beyond these, chunk by chunk."""
        Partner = self.env["res.partner"]
        last, ids = 0, [0] * CHUNK
        while len(ids) == CHUNK:
            ids = Partner._find_credit_customers(scope.company, after=last)
            last = ids[-1] if ids else last
            if others := [pid for pid in ids if pid not in known]:
                yield Partner.browse(others)

    # === WHAT IS STORED === #

    def _explain_hold(self, scope, hold):
        """Return what tells why a rule of the policy holds a customer.

        :return: function(env) → sentence; False: no rule does

        :param hold: ``Hold`` or None
        """
        if not hold:
            return False
        if hold.grade:
            return lambda env: env._("Its grade is %s.", hold.grade.upper())
        own, days = scope.company.currency_id, scope.policy.hold_overdue_days
        return lambda env: env._(
            "%(amount)s is more than %(days)s days overdue.",
            amount=own.with_env(env)._format_amount(float(hold.overdue)),
            days=days,
        )

    def _prepare_row(self, scope, customer, judgement):
        """Return the values of an assessment, as ``credit.assessment._store`` takes
        them."""
        exposure, own = customer.exposure, scope.currency_id
        currencies = exposure.to_json()
        dates = exposure.rates.dates
        used = (
            dates.get(row["currency_id"]) for row in currencies if "locked" not in row
        )
        outcome = judgement.outcome
        return {
            "score": round(outcome.score or 0.0, 2),
            "grade": outcome.grade,
            "is_rated": outcome.is_rated,
            "settled": customer.behaviour.settled,
            "is_manual": False,
            "exposure": scope.round(exposure.total(own)),
            "overdue": scope.round(exposure.overdue_at_all(own)),
            "fx_at_risk": scope.round(customer.at_risk[0] or 0),
            "fx_at_risk_weighted": scope.round(customer.at_risk[1] or 0),
            "suggested_limit": scope.round(judgement.suggested_limit),
            "expected_payment_days": judgement.payment_days,
            "factors": [
                self._prepare_factor(row)
                for row in outcome.contributions
                if row.points is not None
            ],
            "ceilings": [ceiling._asdict() for ceiling in outcome.ceilings],
            "currencies": currencies,
            "rate_date": min(filter(None, used), default=None),
            **self._prepare_limit(scope, judgement.limit),
        }

    @staticmethod
    def _prepare_limit(scope, limit):
        """Return what an assessment keeps of a limit.

        :param limit: ``LimitPosition`` or None
        """
        if not limit:
            return {
                "has_limit": False,
                "limit_amount": 0.0,
                "limit_original": 0.0,
                "limit_owed": 0.0,
                "limit_currency_id": None,
                "available": 0.0,
            }
        return {
            "has_limit": True,
            "limit_amount": scope.round(limit.amount),
            "limit_original": float(limit.original),
            "limit_owed": float(limit.owed),
            "limit_currency_id": limit.currency_id,
            "available": scope.round(limit.available),
        }

    @staticmethod
    def _prepare_factor(row):
        """Return one row of the explanation, as a person can recompute it: the points
        of the band, drawn towards the peers' where that changes them, × the share of
        its weight.

        :param row: ``Contribution``
        """
        start, end, points = row.band
        factor = {
            "code": row.code,
            "weight": row.weight,
            "value": row.value,
            "points": round(row.points, 2),
            "contribution": round(row.contribution, 2),
        }
        if start is not None:
            factor["from"] = start
        if end is not None:
            factor["to"] = end
        if row.points != points:
            factor["band_points"] = points
            factor["peer_points"] = round(row.peer_points, 2)
        return factor
