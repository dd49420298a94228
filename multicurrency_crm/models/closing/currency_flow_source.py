from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

#: Entries of these journals are money that came or went, whoever wrote them.
MONEY_JOURNALS = ("bank", "cash", "credit")
#: {figure: which items ``i`` of receivables and payables, what of them}
OWED = {
    "opening": (SQL("i.opening != 0"), SQL("i.opening")),
    "invoiced": (SQL("i.has_come AND i.kind = 'invoice'"), SQL("i.amount")),
    "credited": (SQL("i.has_come AND i.kind = 'credit_note'"), SQL("i.amount")),
    "received": (
        SQL("i.has_come AND i.is_money AND i.movement < 0"),
        SQL("i.movement"),
    ),
    "paid_out": (
        SQL("i.has_come AND i.is_money AND i.movement > 0"),
        SQL("i.movement"),
    ),
    "other": (
        SQL(
            """i.has_come AND i.kind NOT IN ('invoice', 'credit_note')
               AND (NOT i.is_money OR i.amount != i.movement)"""
        ),
        SQL("CASE WHEN i.is_money THEN i.amount - i.movement ELSE i.amount END"),
    ),
    "closing": (SQL("i.residual != 0"), SQL("i.residual")),
}
#: {part of the general ledger: which items ``i`` have it in company currency}
BOOKED = {
    "valuation": SQL("i.kind = 'valuation'"),
    "exchange": SQL("i.kind = 'exchange'"),
    "booked": SQL("i.kind NOT IN ('valuation', 'exchange') AND i.residual != 0"),
    "booked_later": SQL(
        """i.kind NOT IN ('valuation', 'exchange') AND i.residual = 0
           AND i.cleared_later"""
    ),
    "to_clear": SQL(
        """i.kind NOT IN ('valuation', 'exchange') AND i.residual = 0
           AND NOT i.cleared_later"""
    ),
}


class CurrencyFlowSource(models.AbstractModel):
    """Where the flow takes its figures: the ledger, in the database.

    What is matched is followed item by item, as statements do: receivables, payables,
    and money on its way. Money in banks is added up. The general ledger is added up by
    a query of its own, which knows nothing of either.
    """

    _name = "currency.flow.source"
    _description = "Sources of the Flow"

    # === ACCOUNTS === #

    @api.model
    def _find_accounts(self, company):
        """Find whose lines are told.

        :param company: main ``res.company``
        :return: {'cash', 'receivable' or 'payable': ``account.account``, archived ones,
            too}
        """
        Account = self.env["account.account"]
        Line = self.env["account.move.line"]
        companies = company.browse(Line._find_company_ids(company))
        return {
            "cash": companies._get_money_accounts(),
            "receivable": Account._find_followed(("asset_receivable",), marked=False),
            "payable": Account._find_followed(("liability_payable",), marked=False),
        }

    # === GATHERING === #

    @api.model
    def _gather(self, company, since, date):
        """Gather what moved in tables that live as long as the transaction.

        ``flow_item`` has what is matched, item by item; ``flow_cross`` what matches
        moved from one currency to another; ``flow_entry`` what each entry brought to
        money, or took from it.

        :param company: main ``res.company``
        :param since: the day before the first one
        :param date: the last day
        """
        found = self._find_accounts(company)
        owed = found["receivable"] | found["payable"]
        matched = owed | found["cash"].filtered("reconcile")
        Line = self.env["account.move.line"]
        scope = {
            "since": since,
            "date": date,
            "companies": Line._find_company_ids(company),
            "matched": matched.ids,
            "summed": (found["cash"] - matched).ids,
            "all": (owed | found["cash"]).ids,
            "counted": self.env["account.move"]._get_counted_condition(SQL("move_id")),
            **{kind: accounts.ids for kind, accounts in found.items()},
        }
        items = SQL(
            """WITH found AS MATERIALIZED (%s)
               SELECT q.id, q.account_id, q.currency_id, q.kind, q.amount, q.opening,
                      q.residual, q.residual_booked, q.cleared_later, q.movement,
                      q.date > %s AS has_come,
                      q.kind IN ('payment', 'advance') AS is_money
                 FROM (%s) q""",
            Line._get_items_query(company, date, matched, since=since),
            since,
            Line._get_moved_query(owed, since),
        )
        self._keep("flow_item", items)
        self._keep("flow_cross", self._get_cross_query(scope))
        self._keep("flow_entry", self._get_entries_query(scope))
        return scope

    @api.model
    def _keep(self, name, query):
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(name)))
        self.env.cr.execute(
            SQL(
                "CREATE TEMPORARY TABLE %s ON COMMIT DROP AS %s",
                SQL.identifier(name),
                query,
            )
        )

    @api.model
    def _get_cross_query(self, scope):
        """Return the query of what matches moved from one currency to another: USD
        1,100 that were paid with GBP 800 leave neither open."""
        return SQL(
            """SELECT l.id AS line_id, l.account_id, l.currency_id, k.amount, k.booked,
                      k.date > %(since)s AS has_come
                 FROM (SELECT debit_move_id AS line_id, max_date AS date,
                              -debit_amount_currency AS amount, -amount AS booked,
                              debit_currency_id != credit_currency_id
                              OR debit_amount_currency != credit_amount_currency
                              AS is_cross
                         FROM account_partial_reconcile
                        UNION ALL
                       SELECT credit_move_id, max_date, credit_amount_currency, amount,
                              debit_currency_id != credit_currency_id
                              OR debit_amount_currency != credit_amount_currency
                         FROM account_partial_reconcile) k
                 JOIN account_move_line l ON l.id = k.line_id
                WHERE k.is_cross AND k.date <= %(date)s AND l.account_id = ANY(%(all)s)
                  AND l.company_id = ANY(%(companies)s)""",
            **scope,
        )

    @api.model
    def _get_entries_query(self, scope):
        """Return the query of what each entry of the days brought to money, or took
        from it, a row an entry and currency: what goes from a bank to another in the
        same currency is neither.

        An entry that takes one currency and brings another changes money; so do those
        that whoever changes money at banks has written.
        """
        Line = self.env["account.move.line"]
        self.env["account.journal"].flush_model(["type"])
        return SQL(
            """SELECT l.move_id, l.currency_id, l.net AS amount,
                      CASE WHEN %(valuation)s OR %(exchange)s THEN 'other'
                           WHEN e.id IS NOT NULL OR l.takes AND l.brings
                                THEN 'exchanged'
                           WHEN m.origin_payment_id IS NULL
                                AND m.statement_line_id IS NULL
                                AND j.type != ALL(%(money)s) THEN 'other'
                           WHEN l.net > 0 THEN 'received' ELSE 'paid_out'
                      END AS figure
                 FROM (SELECT s.move_id, s.currency_id, s.net,
                              BOOL_OR(s.net < 0) OVER entry AS takes,
                              BOOL_OR(s.net > 0) OVER entry AS brings
                         FROM (SELECT move_id, currency_id, SUM(amount_currency) AS net
                                 FROM account_move_line
                                WHERE account_id = ANY(%(cash)s)
                                  AND company_id = ANY(%(companies)s)
                                  AND parent_state = 'posted' AND %(counted)s
                                  AND date > %(since)s AND date <= %(date)s
                             GROUP BY move_id, currency_id
                               HAVING SUM(amount_currency) != 0) s
                       WINDOW entry AS (PARTITION BY s.move_id)) l
                 JOIN account_move m ON m.id = l.move_id
                 JOIN account_journal j ON j.id = m.journal_id
            LEFT JOIN (SELECT DISTINCT w.id FROM (%(exchanges)s) w (id)) e
                   ON e.id = l.move_id""",
            money=list(MONEY_JOURNALS),
            exchanges=self.env["account.move"]._get_exchange_entries_query(),
            **Line._get_named_conditions(),
            **scope,
        )

    # === FIGURES === #

    @api.model
    def _find_figures(self, scope):
        """Add up what is gathered, in the currency of each.

        :param scope: as :meth:`_gather` returns it
        :return: {(kind, currency's id): {figure: ``Decimal``}}, signed as the ledger is
        """
        parts = [self._get_owed_query(scope), self._get_cash_query(scope)]
        return self._add_up(SQL(" UNION ALL ").join(parts))

    @api.model
    def _add_up(self, query):
        """Add up the rows of a query.

        :param query: SQL of (first key, second key, name, amount)
        :return: {(first key, second key): {name: ``Decimal``}} of what isn't 0
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT f.first, f.second, f.name, SUM(f.amount)::text
                     FROM (%s) f (first, second, name, amount)
                 GROUP BY f.first, f.second, f.name HAVING SUM(f.amount) != 0""",
                query,
            )
        )
        found = defaultdict(dict)
        for first, second, name, amount in rows:
            found[first, second][name] = Decimal(amount)
        return dict(found)

    @api.model
    def _get_kind(self, scope):
        """Return the kind of ``i.account_id``."""
        return SQL(
            """CASE WHEN i.account_id = ANY(%(receivable)s) THEN 'receivable'
                    WHEN i.account_id = ANY(%(payable)s) THEN 'payable'
                    ELSE 'cash' END""",
            **scope,
        )

    @api.model
    def _get_owed_query(self, scope):
        """Return the query of the figures of receivables and payables, a row a figure
        and item."""
        figures = [
            SQL(
                "(%s, CASE WHEN %s THEN %s ELSE 0 END)",
                figure,
                condition,
                amount,
            )
            for figure, (condition, amount) in OWED.items()
        ]
        return SQL(
            """SELECT i.first, i.currency_id, f.name, SUM(f.amount)
                 FROM (SELECT i.*, %(kind)s AS first FROM flow_item i) i
           CROSS JOIN LATERAL (VALUES %(figures)s) f (name, amount)
                WHERE i.first != 'cash'
             GROUP BY i.first, i.currency_id, f.name
                UNION ALL
               SELECT %(kind)s, i.currency_id, 'exchanged', i.amount
                 FROM flow_cross i WHERE i.has_come AND %(kind)s != 'cash'""",
            kind=self._get_kind(scope),
            figures=SQL(", ").join(figures),
        )

    @api.model
    def _get_cash_query(self, scope):
        """Return the query of the figures of money. What is there on a day is what was
        ever booked, and what matches moved between currencies."""
        return SQL(
            """SELECT 'cash', l.currency_id, f.name, SUM(f.amount)
                 FROM account_move_line l
           CROSS JOIN LATERAL (VALUES
                      ('opening', CASE WHEN l.date <= %(since)s
                                       THEN l.amount_currency ELSE 0 END),
                      ('closing', l.amount_currency)) f (name, amount)
                WHERE l.account_id = ANY(%(cash)s) AND l.company_id = ANY(%(companies)s)
                  AND l.parent_state = 'posted' AND l.date <= %(date)s AND %(counted)s
             GROUP BY l.currency_id, f.name
                UNION ALL
               SELECT 'cash', i.currency_id, f.name, i.amount
                 FROM flow_cross i
           CROSS JOIN LATERAL (VALUES
                      (CASE WHEN i.has_come THEN 'exchanged' ELSE 'opening' END),
                      ('closing')) f (name)
                WHERE i.account_id = ANY(%(cash)s)
                UNION ALL
               SELECT 'cash', currency_id, figure, amount FROM flow_entry""",
            **scope,
        )

    # === THE GENERAL LEDGER === #

    @api.model
    def _find_parts(self, scope):
        """Add up what each account has in each currency at the end, in company
        currency, and of what that consists.

        :param scope: as :meth:`_gather` returns it
        :return: {(account's id, currency's id): {part: ``Decimal``}}, signed as the
            ledger is; ``amount`` is in the currency
        """
        parts = [
            self._get_matched_parts(),
            self._get_summed_parts(scope),
            self._get_moved_parts(scope),
            self._get_ledger_parts(scope),
        ]
        return self._add_up(SQL(" UNION ALL ").join(parts))

    @api.model
    def _get_matched_parts(self):
        names = SQL(" ").join(
            SQL("WHEN %s THEN %s", condition, name)
            for name, condition in BOOKED.items()
        )
        return SQL(
            """SELECT i.account_id, i.currency_id, f.name, SUM(f.amount)
                 FROM flow_item i
           CROSS JOIN LATERAL (VALUES ('amount', i.residual),
                                      (CASE %s END, i.residual_booked))
                      f (name, amount)
             GROUP BY i.account_id, i.currency_id, f.name""",
            names,
        )

    @api.model
    def _get_summed_parts(self, scope):
        """Return the query of the parts of accounts that aren't matched: what has no
        amount in its own currency adjusts what has."""
        return SQL(
            """SELECT l.account_id, l.currency_id, f.name, SUM(f.amount)
                 FROM account_move_line l
           CROSS JOIN LATERAL (VALUES
                      ('amount', l.amount_currency),
                      (CASE WHEN %(valuation)s THEN 'valuation'
                            WHEN l.amount_currency = 0
                                 AND l.currency_id != l.company_currency_id
                                 OR %(exchange)s THEN 'exchange'
                            ELSE 'booked' END, l.balance)) f (name, amount)
                WHERE l.account_id = ANY(%(summed)s)
                  AND l.company_id = ANY(%(companies)s)
                  AND l.parent_state = 'posted' AND l.date <= %(date)s AND %(counted)s
             GROUP BY l.account_id, l.currency_id, f.name""",
            **self.env["account.move.line"]._get_named_conditions(),
            **scope,
        )

    @api.model
    def _get_moved_parts(self, scope):
        """Return the query of what matches moved: the general ledger has it where it
        was booked still. Of what is matched, the items say what they have left."""
        return SQL(
            """SELECT i.account_id, i.currency_id, f.name, f.amount
                 FROM flow_cross i
           CROSS JOIN LATERAL (VALUES
                      ('moved', -i.booked),
                      ('booked', CASE WHEN i.account_id = ANY(%(summed)s)
                                      THEN i.booked ELSE 0 END),
                      ('amount', CASE WHEN i.account_id = ANY(%(summed)s)
                                      THEN i.amount ELSE 0 END)) f (name, amount)""",
            **scope,
        )

    @api.model
    def _get_ledger_parts(self, scope):
        return SQL(
            """SELECT account_id, currency_id, 'ledger', SUM(balance)
                 FROM account_move_line
                WHERE account_id = ANY(%(all)s) AND company_id = ANY(%(companies)s)
                  AND parent_state = 'posted' AND date <= %(date)s AND %(counted)s
             GROUP BY account_id, currency_id""",
            **scope,
        )

    # === LINES BEHIND A FIGURE === #

    @api.model
    def _find_line_ids(self, scope, kind, currency_id, figure, most):
        """Find the journal items behind a figure.

        :param scope: as :meth:`_gather` returns it
        :param str kind: 'cash', 'receivable' or 'payable'
        :param str figure: of cash, none of 'opening' and 'closing'
        :param int most: how many are found at most
        :return: ids
        """
        queries = list(self._list_line_queries(scope[kind], kind, currency_id, figure))
        found = SQL(" UNION ").join(queries)
        rows = self.env.execute_query(SQL("%s ORDER BY 1 LIMIT %s", found, most))
        return [line_id for (line_id,) in rows]

    @api.model
    def _list_line_queries(self, accounts, kind, currency_id, figure):
        """Return the queries of the ids of journal items behind a figure.

        :param accounts: ids of the accounts of that kind
        """
        if kind == "cash":
            yield SQL(
                """SELECT l.id FROM flow_entry e
                         JOIN account_move_line l ON l.move_id = e.move_id
                                                 AND l.currency_id = e.currency_id
                        WHERE e.figure = %s AND e.currency_id = %s
                          AND l.account_id = ANY(%s)""",
                figure,
                currency_id,
                accounts,
            )
        elif figure in OWED:
            yield SQL(
                """SELECT i.id FROM flow_item i
                        WHERE %s AND i.currency_id = %s AND i.account_id = ANY(%s)""",
                OWED[figure][0],
                currency_id,
                accounts,
            )
        if figure == "exchanged":
            yield SQL(
                """SELECT i.line_id FROM flow_cross i
                        WHERE i.has_come AND i.currency_id = %s
                          AND i.account_id = ANY(%s)""",
                currency_id,
                accounts,
            )
