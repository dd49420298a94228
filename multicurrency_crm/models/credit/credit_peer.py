from collections import defaultdict
from statistics import fmean, median

from odoo import api, fields, models

from ...engine.credit_scores import find_band
from ...engine.errors import ScoreError
from .credit_scorecard import BEHAVIOUR

#: From so many customers on, peers are computed once a day.
MANY = 1_000
#: A customer alone in its country has no peers there, but in the whole company.
FEWEST_OF_A_COUNTRY = 2


class CreditPeer(models.Model):
    """What customers of a country, or all of a company, earn on average for a factor:
    towards it the points of a customer with few settled invoices are drawn."""

    _name = "credit.peer"
    _description = "Credit Peer Group"
    _inherit = ["guarded.mixin"]
    _order = "policy_id, factor, country_id"

    policy_id = fields.Many2one(
        "credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    country_id = fields.Many2one(
        "res.country", ondelete="cascade", help="Empty: of the whole company."
    )
    factor = fields.Char(required=True)
    value = fields.Float(help="Points; days late for the factor “days”.")
    customers = fields.Integer()
    date = fields.Date(required=True)

    _one_a_group = models.UniqueIndex("(policy_id, COALESCE(country_id, 0), factor)")

    @api.model
    def _find(self, policy, today):
        """:return: {(country's id or False, factor): value}; empty: not computed on
        that day, or of so few customers that each one moves it
        """
        # sudo: peers are the policy's, whoever assesses
        rows = self.sudo().search([("policy_id", "=", policy.id), ("date", "=", today)])
        if max(rows.mapped("customers"), default=0) < MANY:
            return {}
        return {(row.country_id.id, row.factor): row.value for row in rows}

    @api.model
    def _compute_values(self, customers):
        """Averages of customers' own points, and the median of their days late, each
        customer counting once.

        :param customers: iterable of (country's id or False, {factor: value})
        :return: {(country's id or False, factor): (value, number of customers)}; no
            country with one customer only
        """
        found = defaultdict(list)
        for country_id, values in customers:
            for factor, value in values.items():
                for place in {country_id, False}:
                    found[place, factor].append(value)
        return {
            (place, factor): (
                median(values) if factor == "days" else fmean(values),
                len(values),
            )
            for (place, factor), values in found.items()
            if not place or len(values) >= FEWEST_OF_A_COUNTRY
        }

    @api.model
    def _get_own_values(self, policy, factors, behaviour):
        """What one customer adds to its peers' average.

        :param factors: {factor: (value, bands)}
        """
        own = {}
        for code, (value, bands) in factors.items():
            if code in BEHAVIOUR and value is not None:
                try:
                    own[code] = find_band(value, bands).points
                except ScoreError:
                    # said where this customer is assessed; the others have peers
                    continue
        if behaviour.median_days is not None:
            own["days"] = behaviour.median_days
        return own

    @api.model
    def _store(self, policy, today, values):
        """Write what is known of a policy's peers; of two that do so at once, the
        second fails and reads what the first wrote.

        :param values: as :meth:`_compute_values` gives them
        """
        self.env.cr.executemany(
            """INSERT INTO credit_peer AS p
                      (policy_id, company_id, country_id, factor, value, customers,
                       date)
               VALUES (%s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (policy_id, COALESCE(country_id, 0), factor)
                   DO UPDATE SET value = EXCLUDED.value, date = EXCLUDED.date,
                                 customers = EXCLUDED.customers""",
            [
                (
                    policy.id,
                    policy.company_id.id,
                    country_id or None,
                    factor,
                    value,
                    customers,
                    today,
                )
                for (country_id, factor), (value, customers) in values.items()
            ],
        )
        self.invalidate_model()
