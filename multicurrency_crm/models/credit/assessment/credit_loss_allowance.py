from odoo import api, fields, models
from odoo.tools import SQL

from .credit_exposure import UNSETTLED, list_age_cases


class CreditLossAllowance(models.Model):
    """What receivables are expected to lose, by age and currency; nothing is posted.

    Open items at their residual × the loss rate of their age, from the company's first
    policy for everybody; money and credits that aren't matched pay the oldest of their
    currency. What a customer has to its credit beyond that can't be lost, and isn't
    shown.
    """

    _name = "credit.loss.allowance"
    _description = "Loss Allowance"
    _auto = False
    _order = "company_id, partner_id, currency_id, bucket"
    _rec_name = "partner_id"
    _depends = {
        "account.move": ["credit_disputed_since"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "amount_residual_currency",
            "date_maturity",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "credit.loss.rate": ["bucket", "policy_id", "rate"],
        "credit.policy": ["active", "company_id", "category_ids", "grade", "sequence"],
        "res.partner": ["commercial_partner_id"],
    }

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    bucket = fields.Selection(
        selection="_select_buckets",
        string="Age",
        readonly=True,
    )
    amount = fields.Monetary(
        readonly=True, aggregator=None, help="What is open, in its currency."
    )
    allowance = fields.Monetary(
        readonly=True, aggregator=None, help="What it is expected to lose."
    )
    amount_company = fields.Monetary(
        string="Amount (Booked)", readonly=True, currency_field="company_currency_id"
    )
    allowance_company = fields.Monetary(
        string="Allowance (Booked)", readonly=True, currency_field="company_currency_id"
    )
    rate = fields.Float(string="Lost", readonly=True, aggregator=None)

    @api.model
    def _select_buckets(self):
        """Return the ages of the loss rates, in the reader's language."""
        bucket = self.env["credit.loss.rate"]._fields["bucket"]
        return bucket._description_selection(self.env)

    @property
    def _table_query(self):
        today = self.env.company._get_today()
        return SQL(
            """SELECT MIN(i.id) AS id, i.partner_id, i.company_id, i.currency_id,
                      i.company_currency_id, i.bucket, r.rate,
                      SUM(i.amount) AS amount, SUM(i.booked) AS amount_company,
                      SUM(i.amount) * r.rate AS allowance,
                      SUM(i.booked) * r.rate AS allowance_company
                 FROM (SELECT i.*, i.open AS amount,
                              i.residual * i.open / i.debit AS booked,
                              CASE %(ages)s ELSE 'older' END AS bucket
                         FROM (%(open)s) i
                        WHERE i.open > 0) i
                 JOIN res_company c ON c.id = i.company_id
                 JOIN LATERAL (
                      SELECT o.id FROM credit_policy o
                       WHERE o.active
                         AND o.company_id = split_part(c.parent_path, '/', 1)::int
                    ORDER BY o.grade IS NOT NULL, EXISTS (
                             SELECT FROM credit_policy_res_partner_category_rel t
                              WHERE t.credit_policy_id = o.id),
                             o.sequence, o.id LIMIT 1) policy ON TRUE
                 JOIN credit_loss_rate r ON r.policy_id = policy.id
                                        AND r.bucket = i.bucket
             GROUP BY i.partner_id, i.company_id, i.currency_id,
                      i.company_currency_id, i.bucket, r.rate""",
            ages=list_age_cases(SQL("%s - i.due", today), "current"),
            open=self._open_query(),
        )

    @api.model
    def _open_query(self):
        """A row for each open item with what is ``open`` of it, after the money and
        credits of its customer, company and currency have paid the oldest due first and
        disputed ones last, as the exposure allocates them.

        The first sum is what an item and all debits before it come to, the second all
        credits (below 0): of debits of 100 and 50 and a credit of −120, 0 and 30 are
        left.
        """
        return SQL(
            """SELECT l.*, LEAST(l.debit, GREATEST(
                           SUM(GREATEST(l.debit, 0)) OVER (
                               PARTITION BY l.partner_id, l.company_id, l.currency_id
                               ORDER BY l.disputed, l.due, l.id)
                           + SUM(LEAST(l.debit, 0)) OVER (
                               PARTITION BY l.partner_id, l.company_id, l.currency_id),
                           0)) AS open
                 FROM (SELECT l.id, p.commercial_partner_id AS partner_id,
                              l.company_id, l.currency_id, l.company_currency_id,
                              COALESCE(l.date_maturity, l.date) AS due,
                              m.credit_disputed_since IS NOT NULL AS disputed,
                              l.amount_residual_currency AS debit,
                              l.amount_residual AS residual
                         FROM account_move_line l
                         JOIN account_account a ON a.id = l.account_id
                              AND a.account_type = 'asset_receivable'
                         JOIN account_move m ON m.id = l.move_id
                    LEFT JOIN res_partner p ON p.id = l.partner_id
                        WHERE %s AND %s) l""",
            UNSETTLED,
            self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
        )
