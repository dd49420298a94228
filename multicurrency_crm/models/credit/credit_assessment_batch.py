from odoo import api, models
from odoo.tools import SQL
from odoo.tools.gc import disabling_gc

from .credit_scoring import CreditFacts
from .res_partner_assessment import CHUNK


class CreditAssessmentBatch(models.AbstractModel):
    """Assess all customers of a chunk: gather, judge, store."""

    _inherit = "credit.scoring"

    @api.model
    def _assess(self, policy, company, partners, *, whole=False):
        """:param policy: one ``credit.policy``, with sudo; may be a new one
        :param company: main ``res.company``
        :param partners: commercial ``res.partner``, none of an own company
        :param bool whole: these are all customers of the company
        :return: ids of the customers whose newest assessment is another one now
        """
        if not partners:
            return []
        # many small objects and no cycles: collecting amid them finds nothing
        with disabling_gc():
            return self._assess_all(policy, company, partners, whole)

    def _assess_all(self, policy, company, partners, whole):
        Exposure = self.env["credit.exposure"]
        scope = Exposure._get_scope(policy, company, partners.ids)
        facts = self._gather_facts(scope, partners)
        bands = {
            rule.factor: (rule.weight, rule._get_bands()) for rule in policy.rule_ids
        }
        measured = {cid: self._measure(scope, fact) for cid, fact in facts.items()}
        peers = self._get_peers(scope, facts, measured, bands, whole)
        manual = self.env["credit.manual.grade"]._find(partners, company, scope.today)
        rows, holds = [], {}
        for partner_id, fact in facts.items():
            values = measured[partner_id]
            ceilings = self._list_ceilings(scope, fact)
            outcome = self._judge(scope, fact, values, bands, peers, ceilings)
            holds[partner_id] = self._find_hold_reason(scope, fact, outcome.grade)
            if holds[partner_id] and not fact.on_hold:
                outcome = self._hold(scope, fact, outcome)
            suggested = self._suggest(scope, fact, outcome, ceilings)
            row = self._prepare_row(scope, fact, outcome, peers)
            row["partner_id"] = partner_id
            row["suggested_limit"] = scope.round(suggested)
            if grade := manual.get(partner_id):
                row |= {"grade": grade, "is_manual": True}
            rows.append(row)
        changed = self.env["credit.assessment"]._store(scope, rows)
        self.env["credit.account"]._apply_holds(scope.company, holds)
        return changed

    def _gather_facts(self, scope, partners):
        """:return: {partner id: :class:`CreditFacts`}"""
        Exposure = self.env["credit.exposure"]
        rates = Exposure._find_rates(scope.policy, scope.company, scope.today)
        exposures = Exposure._gather(scope, rates)
        behaviours = self.env["credit.behaviour"]._gather(scope)
        lines = self.env["credit.limit"]._find_lines(partners, scope.company)
        risk = Exposure._get_currency_risk(scope, rates)
        countries = self._find_countries(partners)
        by_hand = self.env["credit.account"]._find_held_by_hand(partners, scope.company)
        return {
            partner_id: CreditFacts(
                exposure=exposures[partner_id],
                behaviour=behaviours[partner_id],
                line=lines.get(partner_id),
                country_id=countries.get(partner_id, False),
                on_hold=partner_id in by_hand,
                at_risk=risk.at_risk(exposures[partner_id], scope.currency_id),
            )
            for partner_id in partners.ids
        }

    @staticmethod
    def _find_countries(partners):
        """:return: {partner id: country's id}; a query, and no prefetch of all that a
        partner has"""
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

    def _get_peers(self, scope, facts, measured, bands, whole):
        """The peers' points of today: as stored, else computed over all customers of
        the company, from these facts where they are all of them."""
        Peer = self.env["credit.peer"]
        if scope.policy.id and (known := Peer._find(scope.policy, scope.today)):
            return known
        values = Peer._compute_values(
            self._iterate_peers(scope, facts, measured, bands, whole)
        )
        if scope.policy.id:
            Peer._store(scope.policy, scope.today, values)
        return {key: value for key, (value, _count) in values.items()}

    def _iterate_peers(self, scope, facts, measured, bands, whole):
        Peer = self.env["credit.peer"]

        def own_values(fact, values):
            judged = {code: (values[code], bands[code][1]) for code in bands}
            own = Peer._get_own_values(scope.policy, judged, fact.behaviour)
            return fact.country_id, own

        for partner_id, fact in facts.items():
            yield own_values(fact, measured[partner_id])
        others = () if whole else self._iterate_other_customers(scope, facts)
        for chunk in others:
            other = self.env["credit.exposure"]._get_scope(
                scope.policy, scope.company, chunk.ids
            )
            for fact in self._gather_facts(other, chunk).values():
                yield own_values(fact, self._measure(other, fact))

    def _iterate_other_customers(self, scope, facts):
        """The customers of the company beyond these, chunk by chunk."""
        Partner = self.env["res.partner"]
        last, ids = 0, [0] * CHUNK
        while len(ids) == CHUNK:
            ids = Partner._find_credit_customers(scope.company, after=last)
            last = ids[-1] if ids else last
            if others := [pid for pid in ids if pid not in facts]:
                yield Partner.browse(others)

    # === WHAT IS STORED === #

    def _prepare_row(self, scope, facts, outcome, peers):
        exposure, own = facts.exposure, scope.currency_id
        currencies = exposure.to_json()
        dates = exposure.rates.dates
        used = (
            dates.get(row["currency_id"]) for row in currencies if "locked" not in row
        )
        return {
            "score": round(outcome.score or 0.0, 2),
            "grade": outcome.grade,
            "is_rated": outcome.is_rated,
            "settled": facts.behaviour.settled,
            "is_manual": False,
            "exposure": scope.round(exposure.total(own)),
            "overdue": scope.round(exposure.overdue_at_all(own)),
            "fx_at_risk": scope.round(facts.at_risk[0] or 0),
            "fx_at_risk_weighted": scope.round(facts.at_risk[1] or 0),
            "expected_payment_days": self._get_payment_days(facts, peers),
            "factors": [
                self._prepare_factor(facts, row, peers)
                for row in outcome.contributions
                if row.points is not None
            ],
            "ceilings": [ceiling._asdict() for ceiling in outcome.ceilings],
            "currencies": currencies,
            "rate_date": min(filter(None, used), default=None),
            **self._prepare_limit(scope, exposure, self._get_limit(facts)),
        }

    def _prepare_limit(self, scope, exposure, limit):
        names = ("limit_amount", "limit_original", "available")
        if not limit:
            none = dict.fromkeys(names, 0.0)
            return {**none, "limit_currency_id": None, "has_limit": False}
        amount, limit_currency = limit
        rate = exposure.rates.convert(limit_currency, scope.currency_id) or 0
        available = (amount - exposure.total(limit_currency)) * rate
        return {
            "has_limit": True,
            "limit_amount": scope.round(amount * rate),
            "limit_original": float(amount),
            "limit_currency_id": limit_currency,
            "available": scope.round(available),
        }

    def _prepare_factor(self, facts, contribution, peers):
        """One row of the explanation, as a person can recompute it: the points of the
        band, drawn towards the peers' where that changes them, × the share of its
        weight."""
        row = contribution
        start, end, points = row.band
        told = {
            "code": row.code,
            "weight": row.weight,
            "value": row.value,
            "points": round(row.points, 2),
            "contribution": round(row.contribution, 2),
        }
        if start is not None:
            told["from"] = start
        if end is not None:
            told["to"] = end
        if row.points != points:
            told["band_points"] = points
            told["peer_points"] = round(self._get_peer(facts, row.code, peers), 2)
        return told

    @staticmethod
    def _get_payment_days(facts, peers):
        """The customer's own median; with few payments, its peers'."""
        own = facts.behaviour
        if own.payments >= 5 and own.median_days is not None:
            return own.median_days
        peer = peers.get((facts.country_id, "days"), peers.get((False, "days")))
        return peer if peer is not None else (own.median_days or 0.0)
