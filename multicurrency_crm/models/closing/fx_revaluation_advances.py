from odoo import models
from odoo.tools import SQL

#: Types of accounts on which something is earned or spent.
EARNED = SQL("(y.account_type LIKE 'income%%' OR y.account_type LIKE 'expense%%')")

#: The account of a move ``m`` on which most of it is earned or spent.
MAIN_ACCOUNT = SQL(
    """SELECT o.account_id
         FROM account_move_line o JOIN account_account y ON y.id = o.account_id
        WHERE o.move_id = m.id AND o.display_type = 'product'
          AND o.is_downpayment IS NOT TRUE AND %s
     GROUP BY o.account_id ORDER BY ABS(SUM(o.balance)) DESC, o.account_id LIMIT 1""",
    EARNED,
)


class FxRevaluation(models.Model):
    """Advances: what was paid ahead keeps its rate when it is delivered.

    An invoice has one rate. So the final invoice of an order takes the deposit off at
    its own rate, though it was put on its account at that of its day: USD 40 of 100 at
    7.00, the rest at 7.20, leave a debit of 8 on the deposit's account, and revenue of
    720 instead of 712 (IFRIC 22, Illustrative Example 2). A run books the difference
    between both. Likewise with a payment that is matched with a later invoice, where a
    company wants it: what Odoo books as an exchange difference is revenue then.
    """

    _inherit = "fx.revaluation"

    def _get_advances_query(self, accounts):
        """Return the query of what advances that are earned are worth: at their own
        rate. What an earlier run has booked is carried; what is booked is left out.

        Each item is adjusted on its own account, for ever. Items of earlier fiscal
        years are left as they were closed, unless a run has booked something of them.

        :param accounts: as of ``_find_accounts``; what is revalued has no rate to keep
        :return: SQL of ``COLUMNS``
        """
        since, _until = self.company_id.compute_fiscalyear_dates(self.date).values()
        return SQL(
            """SELECT 'advance' AS kind, COALESCE(i.item, a.item) AS item,
                      COALESCE(i.item, a.move_line_id) AS move_line_id,
                      COALESCE(i.account_id, a.account_id) AS account_id,
                      COALESCE(i.result_account_id, a.result_account_id)
                          AS result_account_id,
                      COALESCE(i.partner_id, a.partner_id) AS partner_id,
                      COALESCE(i.currency_id, a.currency_id) AS currency_id,
                      NULL::date AS due, COALESCE(i.foreign_amount, 0)
                          AS balance_foreign,
                      COALESCE(i.booked, 0) AS booked,
                      COALESCE(a.adjusted, 0) AS adjusted, w.carried,
                      ABS(i.foreign_amount / NULLIF(i.closing, 0))::float8 AS rate,
                      COALESCE(i.closing, 0) AS closing,
                      COALESCE(i.closing, 0) - w.carried AS delta
                 FROM (%(items)s) i
            FULL JOIN (%(adjusted)s) a ON a.item = i.item
        CROSS JOIN LATERAL (
                 SELECT COALESCE(i.booked, 0) + COALESCE(a.adjusted, 0) AS carried) w
                WHERE COALESCE(i.closing, 0) != w.carried
                  AND (i.date >= %(since)s OR a.item IS NOT NULL)""",
            items=self._get_earned_query(accounts),
            adjusted=self._get_adjusted_query("advance"),
            since=since,
        )

    def _get_earned_query(self, accounts):
        """Return the query of items that belong to advances, by this run's day.

        :return: SQL of (item, date, account_id, result_account_id, partner_id,
            currency_id, foreign_amount, booked, closing)
        """
        self._flush_advances()
        deposits = self._get_deposits_query(accounts["items"] | accounts["money"])
        if self.advances != "ifric22":
            return deposits
        return SQL("%s UNION ALL %s", deposits, self._get_matched_query())

    def _flush_advances(self):
        Line = self.env["account.move.line"]
        Line._flush_items()
        Line.flush_model(["display_type", "is_downpayment", "sale_line_ids"])
        self.env["account.partial.reconcile"].flush_model()
        self.env["sale.order.line"].flush_model(["is_downpayment"])

    # === DEPOSITS OF ORDERS === #

    def _get_deposits_query(self, valued):
        """Return the query of what takes deposits off their accounts: at the rate at
        which the deposits of the same line of an order were put on it, whatever they
        are invoiced in parts, so that all of them leave nothing.

        A deposit that is given back earns nothing: its difference is an exchange gain
        or loss. What is on accounts of revenue has its rate already.

        :param valued: ``account.account`` that are revalued
        """
        step = self.company_currency_id.rounding
        return SQL(
            """SELECT d.id AS item, d.date, d.account_id,
                      d.main_id AS result_account_id, d.partner_id, d.currency_id,
                      d.amount_currency AS foreign_amount, d.balance AS booked,
                      d.taken - COALESCE(LAG(d.taken) OVER taking, 0) AS closing
                 FROM (SELECT l.*,
                              ROUND(SUM(l.amount_currency) OVER taking
                                    * p.booked / p.put / %(step)s::numeric)
                                  * %(step)s::numeric AS taken
                         FROM (%(lines)s) l
                         JOIN (SELECT sale_line_id, account_id, currency_id,
                                      SUM(amount_currency) AS put,
                                      SUM(balance) AS booked
                                 FROM (%(lines)s) l WHERE is_put
                             GROUP BY sale_line_id, account_id, currency_id
                               HAVING SUM(amount_currency) != 0) p
                        USING (sale_line_id, account_id, currency_id)
                        WHERE NOT l.is_put
                       WINDOW taking AS (PARTITION BY sale_line_id, account_id,
                                         currency_id ORDER BY l.date, l.id)) d
               WINDOW taking AS (PARTITION BY d.sale_line_id, d.account_id,
                                 d.currency_id ORDER BY d.date, d.id)""",
            lines=self._get_deposit_lines_query(valued),
            step=step,
        )

    def _get_deposit_lines_query(self, valued):
        """Return the query of what is posted of deposits; ``is_put``: by an invoice of
        nothing else."""
        return SQL(
            """SELECT l.id, l.date, l.account_id, l.currency_id, l.amount_currency,
                      l.balance, p.commercial_partner_id AS partner_id,
                      r.sale_line_id, e.account_id AS main_id,
                      e.account_id IS NULL AND l.amount_currency < 0 AS is_put
                 FROM (SELECT r.invoice_line_id, MIN(s.id) AS sale_line_id
                         FROM sale_order_line s
                         JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                        WHERE s.is_downpayment GROUP BY r.invoice_line_id) r
                 JOIN account_move_line l ON l.id = r.invoice_line_id
                 JOIN account_move m ON m.id = l.move_id
                 JOIN account_account y ON y.id = l.account_id
            LEFT JOIN res_partner p ON p.id = l.partner_id
            LEFT JOIN LATERAL (%(main)s) e ON TRUE
                WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                  AND l.date <= %(date)s AND l.currency_id != %(books)s
                  AND l.display_type = 'product' AND NOT %(earned)s
                  AND l.account_id != ALL(%(valued)s)""",
            main=MAIN_ACCOUNT,
            company=self.company_id.id,
            date=self.date,
            books=self.company_currency_id.id,
            earned=EARNED,
            valued=valued.ids,
        )

    # === PAYMENTS BEFORE THE INVOICE === #

    def _get_revalued_condition(self):
        """Return the condition that an item ``f`` is revalued: what was paid ahead
        isn't where a company has it keep its rate."""
        if self.advances != "ifric22":
            return SQL("TRUE")
        return SQL(
            """NOT (f.kind IN ('payment', 'advance') AND f.residual != 0
                    AND EXISTS (SELECT FROM account_account y
                                 WHERE y.id = f.account_id
                                   AND CASE y.account_type
                                            WHEN 'asset_receivable' THEN f.residual < 0
                                            WHEN 'liability_payable' THEN f.residual > 0
                                       END))"""
        )

    def _get_matched_query(self):
        """Return the query of the exchange differences that Odoo booked when a payment
        was matched with a later invoice: they go to its revenue, or its expense."""
        return SQL(
            """SELECT l.id AS item, l.date, l.account_id,
                      e.account_id AS result_account_id,
                      p.commercial_partner_id AS partner_id, l.currency_id,
                      0 AS foreign_amount, l.balance AS booked, 0 AS closing
                 FROM account_partial_reconcile k
                 JOIN account_move_line l ON l.move_id = k.exchange_move_id
                 JOIN account_account y ON y.id = l.account_id
                 JOIN account_move_line i
                      ON i.id IN (k.debit_move_id, k.credit_move_id)
                 JOIN account_move m ON m.id = i.move_id
                 JOIN account_move_line a
                      ON a.id IN (k.debit_move_id, k.credit_move_id) AND a.id != i.id
                 JOIN account_move n ON n.id = a.move_id
            LEFT JOIN res_partner p ON p.id = l.partner_id
           CROSS JOIN LATERAL (%(main)s) e
                WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                  AND l.date <= %(date)s AND l.currency_id != %(books)s
                  AND l.balance != 0 AND %(earned)s
                  AND m.move_type IN ('out_invoice', 'in_invoice')
                  AND (n.origin_payment_id IS NOT NULL
                       OR n.statement_line_id IS NOT NULL)
                  AND i.currency_id = a.currency_id AND a.date < i.date""",
            main=MAIN_ACCOUNT,
            company=self.company_id.id,
            date=self.date,
            books=self.company_currency_id.id,
            earned=EARNED,
        )
