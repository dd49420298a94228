from odoo import api, fields, models

#: From so many customers on, peers are averaged once a day.
MANY = 1_000
#: Days for which averages over that many serve a customer that is assessed by hand:
#: one customer, or one day, moves them by nothing that shows.
RECENT = 3


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
    factor = fields.Char("Score Factor", required=True)
    value = fields.Float(help="Points; days late for the factor “days”.")
    customers = fields.Integer()
    date = fields.Date(required=True)

    _one_a_group = models.UniqueIndex("(policy_id, COALESCE(country_id, 0), factor)")

    @api.model
    def _find(self, policy, since):
        """Find what is stored of a policy's peers.

        :param since: day on which they were averaged, at the earliest
        :return: {(country's id or False, factor): value}; empty: not averaged since
            then, or over so few customers that each one moves it
        """
        # sudo: peers are the policy's, whoever assesses
        rows = self.sudo().search_fetch(
            [("policy_id", "=", policy.id), ("date", ">=", since)]
        )
        if max(rows.mapped("customers"), default=0) < MANY:
            return {}
        return {(row.country_id.id, row.factor): row.value for row in rows}

    @api.model
    def _store(self, policy, today, values):
        """Write what is known of a policy's peers; of two that do so at once, the
        second fails and reads what the first wrote.

        :param values: as ``engine.credit_peers.average_peers`` gives them
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
