"""What customers owe, in SQL: pieces that exposure and behaviour both read."""

from odoo import models
from odoo.tools import SQL

#: what a row of the receivables must have, so that an index of Odoo's finds it
UNSETTLED = SQL("l.parent_state = 'posted' AND l.reconciled IS NOT TRUE")


def on_accounts(account_type):
    """Of items ``l``: a list that is known before they are looked for, so that the
    index finds them by it.

    :param account_type: such as ``asset_receivable``
    """
    return SQL(
        """l.account_id = ANY(ARRAY(SELECT id FROM account_account
                                     WHERE account_type = %s))""",
        account_type,
    )


#: no condition
ANY = SQL("TRUE")

#: money in the books that no bank's statement has confirmed, whatever Odoo calls it
UNCONFIRMED = SQL("y.state IN ('in_process', 'paid') AND y.is_matched IS NOT TRUE")

#: ages in which overdue amounts are told apart: the last day late of each
AGES = (("days_30", 30), ("days_60", 60), ("days_90", 90), ("older", None))


class CreditExposure(models.AbstractModel):
    """Every query takes one :class:`CreditScope` and looks at all its customers at
    once. Amounts are in their own currency; below 0 is in the customer's favour."""

    _name = "credit.exposure"
    _description = "Credit Exposure"

    # === RECEIVABLES === #

    def _items_query(self, scope):
        """Open items of the receivables, one row each, and money under way."""
        if not scope.policy.count_payments_in_process:
            booked = SQL(
                "NOT EXISTS (SELECT FROM account_payment y "
                "WHERE y.move_id = l.move_id AND %s)",
                UNCONFIRMED,
            )
            return self._ledger_query(scope, "asset_receivable", booked)
        return SQL(
            "%s UNION ALL %s",
            self._ledger_query(scope, "asset_receivable"),
            self._payments_query(scope),
        )

    def _ledger_query(self, scope, account_type, condition=ANY):
        """Open items of a kind of account, one row each.

        :param condition: what they must fulfil besides, about ``l``
        """
        owned = SQL("JOIN %s p ON p.id = l.partner_id", scope.partners)
        query = self._owned_query(scope, account_type, condition, owned)
        if not scope.moved and not scope.moved_lines:
            return query
        moved = SQL("JOIN (%s) p ON p.line_id = l.id", self._moved_lines_query(scope))
        return SQL(
            "%s UNION ALL %s",
            query,
            self._owned_query(scope, account_type, condition, moved),
        )

    @staticmethod
    def _moved_lines_query(scope):
        """Items that Odoo gave to the new customer when a partner was moved: by the
        partner of their document, or as they were noted; for the former customer."""
        partner_ids = [partner_id for partner_id, _customer_id in scope.moved]
        customer_ids = [customer_id for _partner_id, customer_id in scope.moved]
        return SQL(
            """SELECT i.id AS line_id, k.customer_id AS commercial_partner_id
                 FROM unnest(%(partners)s::int[], %(customers)s::int[])
                      AS k (partner_id, customer_id)
                 JOIN account_move v ON v.partner_id = k.partner_id
                 JOIN account_move_line i ON i.move_id = v.id
                 JOIN res_partner w ON w.id = i.partner_id
                WHERE w.commercial_partner_id != k.customer_id
                  AND i.partner_id != ALL(%(partners)s)
                UNION
               SELECT * FROM unnest(%(lines)s::int[], %(formers)s::int[])""",
            partners=partner_ids,
            customers=customer_ids,
            lines=[line_id for line_id, _customer_id in scope.moved_lines],
            formers=[customer_id for _line_id, customer_id in scope.moved_lines],
        )

    @staticmethod
    def _owned_query(scope, account_type, condition, owned):
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, l.currency_id, l.id,
                      COALESCE(l.date_maturity, l.date) AS due,
                      l.amount_residual_currency AS amount,
                      l.amount_residual AS booked,
                      l.move_id IN (SELECT id FROM account_move
                                     WHERE credit_disputed_since IS NOT NULL)
                          AS disputed,
                      COALESCE(secured.share, 1)::numeric AS share
                 FROM account_move_line l %s
            LEFT JOIN (SELECT m.id, t.credit_open_share AS share
                         FROM account_payment_term t
                         JOIN account_move m ON m.invoice_payment_term_id = t.id
                        WHERE t.credit_open_share != 1) secured
                      ON secured.id = l.move_id
                WHERE %s AND %s AND %s AND l.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)""",
            owned,
            UNSETTLED,
            on_accounts(account_type),
            condition,
            scope.company_ids,
            scope.partner_ids,
        )

    @staticmethod
    def _payments_query(scope):
        """Money that was registered, and that the ledger doesn't know yet.

        Odoo may call it paid at once: then it counts as far as its invoices are still
        open in the ledger, and are called paid because of it.
        """
        return SQL(
            """SELECT y.owner_id, y.currency_id, -y.id, y.date, y.sign * y.counted,
                      y.sign * y.counted / y.amount
                      * ABS(y.amount_company_currency_signed),
                      FALSE, 1::numeric
                 FROM (SELECT y.*, CASE y.payment_type WHEN 'inbound' THEN -1 ELSE 1
                                   END AS sign,
                              CASE y.state WHEN 'in_process' THEN y.amount
                                   ELSE LEAST(y.amount, (
                                SELECT COALESCE(SUM(
                                       CASE WHEN i.currency_id = y.currency_id
                                            THEN ABS(i.amount_residual)
                                            ELSE y.amount END), 0)
                                  FROM account_move__account_payment r
                                  JOIN account_move i ON i.id = r.invoice_id
                                   AND i.state = 'posted' AND i.amount_residual != 0
                                   AND i.payment_state IN ('in_payment', 'paid')
                                 WHERE r.payment_id = y.id)) END AS counted
                         FROM (%s) y) y
                WHERE y.counted != 0""",
            # first of these customers only: looking at invoices of all would take long
            SQL(
                """SELECT y.*, p.commercial_partner_id AS owner_id
                     FROM account_payment y
                     JOIN %s p ON p.id = y.partner_id
                    WHERE y.state IN ('in_process', 'paid') AND y.move_id IS NULL
                      AND y.partner_type = 'customer' AND y.amount != 0
                      AND y.company_id = ANY(%s)
                      AND p.commercial_partner_id = ANY(%s) OFFSET 0""",
                scope.partners,
                scope.company_ids,
                scope.partner_ids,
            ),
        )

    def _open_query(self, scope):
        """What is left of each debit after the credits of its currency, oldest due
        first and disputed ones last: what ``engine.credit_exposure.allocate`` does."""
        return SQL(
            """SELECT d.*, LEAST(d.amount, GREATEST(d.running - d.credit, 0)) AS left
                 FROM (SELECT i.*, SUM(i.amount) OVER (
                                  PARTITION BY i.partner_id, i.currency_id
                                  ORDER BY i.disputed, i.due, i.id) AS running,
                              COALESCE(c.amount, 0) AS credit
                         FROM item i
                    LEFT JOIN credit c USING (partner_id, currency_id)
                        WHERE i.amount > 0) d"""
        )

    def _with_receivables(self, scope):
        """Common table expressions ``item``, ``credit`` and ``open``."""
        return SQL(
            """item AS MATERIALIZED (%s),
               credit AS (SELECT partner_id, currency_id, -SUM(amount) AS amount
                            FROM item WHERE amount < 0 GROUP BY 1, 2),
               open AS MATERIALIZED (%s)""",
            self._items_query(scope),
            self._open_query(scope),
        )

    def _receivable_rows(self, scope):
        """Owed by age, disputed, and what the customer has to its credit."""
        late = SQL("%s - o.due", scope.today)
        ages = [SQL("WHEN %s <= 0 THEN 'not_due'", late)]
        ages += [
            SQL("WHEN %s <= %s THEN %s", late, last, age) for age, last in AGES[:-1]
        ]
        return SQL(
            """SELECT partner_id, CASE WHEN o.disputed THEN 'disputed' %s
                                       ELSE 'older' END AS part,
                      currency_id, 0::numeric AS locked_rate, SUM(o.left * share)
                 FROM open o WHERE o.left > 0 GROUP BY 1, 2, 3
                UNION ALL
               SELECT c.partner_id, 'credit', c.currency_id, 0,
                      LEAST(COALESCE(SUM(o.amount), 0) - c.amount, 0)
                 FROM credit c LEFT JOIN open o USING (partner_id, currency_id)
             GROUP BY c.partner_id, c.currency_id, c.amount""",
            SQL(" ").join(ages),
        )

    @staticmethod
    def _told_rows(scope):
        """Told besides: what is later than so many days, all debits where those that
        are left tell less, the receivable, and how late it is by booked value."""
        return SQL(
            """SELECT o.partner_id, 'told_' || n.days, o.currency_id, 0, SUM(o.left)
                 FROM open o JOIN unnest(%(days)s::int[]) n(days) ON %(late)s > n.days
                WHERE NOT o.disputed AND o.left > 0
             GROUP BY 1, 2, 3
                UNION ALL
               SELECT o.partner_id, 'told_debits', o.currency_id, 0, SUM(o.amount)
                 FROM open o GROUP BY 1, 3
               HAVING SUM(o.amount) != SUM(o.left * o.share)
                UNION ALL
               SELECT partner_id, 'told_receivable', %(own)s, 0, SUM(booked)
                 FROM item GROUP BY 1
                UNION ALL
               SELECT l.partner_id, b.part, %(own)s, 0, b.amount
                 FROM (SELECT partner_id, SUM(booked * o.left / amount) AS late,
                              SUM(booked * o.left / amount * (%(late)s)) AS late_days
                         FROM open o
                        WHERE NOT disputed AND o.left > 0 AND %(late)s > 0
                     GROUP BY 1) l,
                      LATERAL (VALUES ('told_late', l.late),
                                      ('told_late_days', l.late_days))
                              AS b (part, amount)""",
            own=scope.company.currency_id.id,
            days=sorted(scope.days),
            late=SQL("%s - o.due", scope.today),
        )

    @staticmethod
    def _uncleared_rows(scope):
        """What money that no bank has confirmed has closed, as it would be open
        without it; what of it isn't matched is left out of the items."""
        return SQL(
            """SELECT p.commercial_partner_id, 'in_process', o.currency_id, 0,
                      SUM(CASE WHEN o.id = r.debit_move_id
                               THEN r.debit_amount_currency
                                    * COALESCE(t.credit_open_share, 1)::numeric
                               ELSE -r.credit_amount_currency END)
                 FROM account_payment y
                 JOIN account_move_line l ON l.move_id = y.move_id
                 JOIN account_account a ON a.id = l.account_id
                                       AND a.account_type = 'asset_receivable'
                 JOIN account_partial_reconcile r
                      ON r.debit_move_id = l.id OR r.credit_move_id = l.id
                 JOIN account_move_line o
                      ON o.id = r.debit_move_id + r.credit_move_id - l.id
                 JOIN %s p ON p.id = o.partner_id
                 JOIN account_move m ON m.id = o.move_id
            LEFT JOIN account_payment_term t ON t.id = m.invoice_payment_term_id
                WHERE %s AND y.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1, 3""",
            scope.partners,
            UNCONFIRMED,
            scope.company_ids,
            scope.partner_ids,
        )

    def _bill_rows(self, scope):
        return SQL(
            """SELECT partner_id, 'bills', currency_id, 0, SUM(amount)
                 FROM (%s) bill GROUP BY 1, 3""",
            self._ledger_query(scope, "liability_payable"),
        )
