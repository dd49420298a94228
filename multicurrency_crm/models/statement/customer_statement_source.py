import json

from odoo import api, models
from odoo.tools import SQL

from ..common.sql_money import convert

#: Items that are worth something in company currency only: one row a currency.
SUMMED = ("exchange", "valuation")
#: Rows of what happened to items that are rows themselves.
DERIVED = ("write_off", "elsewhere", "clearing")
#: Of a currency's figures, those that are kept in its row, and the rows they add up.
MOVES = {
    "invoiced": SQL("r.kind = 'invoice'"),
    "credited": SQL("r.kind = 'credit_note'"),
    "paid": SQL("r.kind IN ('payment', 'advance') AND r.movement < 0"),
    "refunded": SQL("r.kind IN ('payment', 'advance') AND r.movement > 0"),
    "settled_elsewhere": SQL("r.kind = 'elsewhere'"),
    "other": SQL(
        "r.kind NOT IN ('invoice', 'credit_note', 'payment', 'advance', 'elsewhere')"
    ),
}
#: Figures that are shown as positive amounts, and lower what is owed.
LOWERING = ("credited", "paid")
#: Columns of a statement's line that are copied from a row, in the row's order.
COPIED = (
    "currency_id",
    "account_id",
    "move_line_id",
    "move_id",
    "kind",
    "name",
    "reference",
    "date",
    "date_due",
    "amount",
    "amount_booked",
    "opening",
    "opening_booked",
    "movement",
    "movement_booked",
    "residual",
    "residual_booked",
    "open_state",
    "other_currency_id",
    "other_amount",
    "settled_by",
)


class CustomerStatementSource(models.AbstractModel):
    """Where statements take their rows: the ledger, in the database.

    The rows of many customers are gathered in a table that lives as long as the
    transaction, so that what didn't change is recognised before anything is written,
    and none of them passes through Python.
    """

    _name = "customer.statement.source"
    _description = "Sources of Statements"

    # === ROWS === #

    @api.model
    def _gather_rows(self, company, partner_ids, since, date):
        """Gather the rows of customers' statements in the table ``statement_row``.

        A row is an item that was open at the end of ``since`` or came after it; what
        was settled with another currency, or with another customer's item; what was
        written off with a payment; and, added up, what is worth something in company
        currency only.

        :param company: main ``res.company``
        :param partner_ids: ids of commercial partners
        :param since: the day before the first one
        :param date: the last day
        """
        accounts = self._find_receivables()
        partners = self.env["res.partner"].browse(partner_ids)
        Line = self.env["account.move.line"]
        items = Line._get_items_query(company, date, accounts, partners, since=since)
        moved = SQL(
            """SELECT i.*, %s AS name, m.ref, l.name AS label,
                      CASE WHEN i.kind = 'entry' THEN %s END AS own_day FROM (%s) i
                 JOIN account_move m ON m.id = i.move_id
                 JOIN account_move_line l ON l.id = i.id""",
            Line._get_document_sql(SQL("i.id"), SQL("m")),
            Line._get_document_day_sql(SQL("i.id"), SQL("m")),
            Line._get_moved_query(accounts, since),
        )
        parts = [
            self._item_rows(),
            self._summed_rows(),
            self._written_off_rows(since),
            self._elsewhere_rows(),
        ]
        self.env.cr.execute("DROP TABLE IF EXISTS statement_row")
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE statement_row ON COMMIT DROP AS
                   WITH found AS MATERIALIZED (%s), item AS MATERIALIZED (%s),
                        matched AS MATERIALIZED (%s)
                   SELECT * FROM (%s) AS r (partner_id, %s)""",
                items,
                moved,
                self._matches_query(since, date),
                SQL(" UNION ALL ").join(parts),
                SQL(", ").join(map(SQL.identifier, COPIED)),
            )
        )

    @api.model
    def _find_receivables(self):
        return self.env["account.account"]._find_followed(
            ("asset_receivable",), marked=False
        )

    @api.model
    def _matches_query(self, since, date):
        """Return the query of what was matched with the items in the time of the
        statement, a row an item and a match.

        ``amount`` is what the match takes from the item, in its currency, ``booked`` in
        that of the books; ``other_amount`` what it takes from the other one.
        """
        return SQL(
            """SELECT i.id AS line_id, i.partner_id, i.currency_id, i.account_id,
                      i.move_id, i.name, k.amount, k.booked, k.date,
                      o.currency_id AS other_currency_id, k.other_amount,
                      p.commercial_partner_id AS other_partner_id,
                      %(name)s AS other_name, k.exchange
                 FROM (SELECT debit_move_id AS line_id, credit_move_id AS other_id,
                              -debit_amount_currency AS amount, -amount AS booked,
                              credit_amount_currency AS other_amount, max_date AS date,
                              amount = 0 OR debit_amount_currency = 0
                                         AND credit_amount_currency = 0 AS exchange
                         FROM account_partial_reconcile
                        WHERE max_date > %(since)s AND max_date <= %(date)s
                        UNION ALL
                       SELECT credit_move_id, debit_move_id, credit_amount_currency,
                              amount, -debit_amount_currency, max_date,
                              amount = 0 OR debit_amount_currency = 0
                                         AND credit_amount_currency = 0
                         FROM account_partial_reconcile
                        WHERE max_date > %(since)s AND max_date <= %(date)s) k
                 JOIN item i ON i.id = k.line_id
                 JOIN account_move_line o ON o.id = k.other_id
                 JOIN account_move m ON m.id = o.move_id
            LEFT JOIN res_partner p ON p.id = o.partner_id""",
            name=self.env["account.move.line"]._get_document_sql(SQL("o.id"), SQL("m")),
            since=since,
            date=date,
        )

    @api.model
    def _item_rows(self):
        return SQL(
            """SELECT i.partner_id, i.currency_id, i.account_id, i.id, i.move_id,
                      i.kind, COALESCE(i.name, i.label, ''),
                      CASE WHEN i.kind = 'entry'
                           THEN COALESCE(NULLIF(COALESCE(i.label, i.ref), i.name),
                                         i.own_day::text)
                           ELSE i.ref END,
                      i.date, i.due, i.amount, i.booked, i.opening, i.opening_booked,
                      i.movement, i.movement_booked, i.residual, i.residual_booked,
                      CASE WHEN i.residual != 0 THEN 'open'
                           WHEN i.residual_booked = 0 THEN 'settled'
                           WHEN i.cleared_later THEN 'realised_later'
                           ELSE 'to_clear' END,
                      NULL::int, NULL::numeric, s.names
                 FROM item i
            LEFT JOIN (SELECT k.line_id,
                              STRING_AGG(DISTINCT k.other_name, ', '
                                         ORDER BY k.other_name) AS names
                         FROM matched k WHERE NOT k.exchange GROUP BY 1) s
                   ON s.line_id = i.id
                WHERE i.kind != ALL(%s)""",
            list(SUMMED),
        )

    @api.model
    def _summed_rows(self):
        return SQL(
            """SELECT i.partner_id, i.currency_id, i.account_id, NULL::int, NULL::int,
                      i.kind, '', NULL, MAX(i.date), NULL::date, SUM(i.amount),
                      SUM(i.booked), SUM(i.opening), SUM(i.opening_booked),
                      SUM(i.movement), SUM(i.movement_booked), SUM(i.residual),
                      SUM(i.residual_booked),
                      CASE WHEN SUM(i.residual) != 0 THEN 'open'
                           WHEN SUM(i.residual_booked) = 0 THEN 'settled'
                           ELSE 'to_clear' END,
                      NULL::int, NULL::numeric, NULL
                 FROM item i WHERE i.kind = ANY(%s)
             GROUP BY i.partner_id, i.currency_id, i.account_id, i.kind""",
            list(SUMMED),
        )

    @api.model
    def _written_off_rows(self, since):
        return SQL(
            """SELECT i.partner_id, i.currency_id, i.account_id, NULL::int, i.move_id,
                      'write_off', COALESCE(i.name, ''), i.ref, i.date, NULL::date,
                      i.amount - i.movement, i.booked - i.movement_booked, 0, 0,
                      i.amount - i.movement, i.booked - i.movement_booked, 0, 0,
                      'settled', NULL::int, NULL::numeric, NULL
                 FROM item i
                WHERE i.kind IN ('payment', 'advance') AND i.date > %s
                  AND i.movement != i.amount""",
            since,
        )

    @api.model
    def _elsewhere_rows(self):
        """Return the rows of matches that don't cancel out within a currency of the
        customer: with money of another one, or with another customer's."""
        return SQL(
            """SELECT k.partner_id, k.currency_id, k.account_id, NULL::int, k.move_id,
                      CASE WHEN k.other_partner_id IS DISTINCT FROM k.partner_id
                           THEN 'clearing' ELSE 'elsewhere' END,
                      COALESCE(k.name, ''), NULL, k.date, NULL::date, k.amount,
                      k.booked, 0, 0, k.amount, k.booked, 0, 0, 'settled',
                      k.other_currency_id, k.other_amount, k.other_name
                 FROM matched k
                WHERE (k.amount != 0 OR k.booked != 0)
                  AND (k.other_partner_id IS DISTINCT FROM k.partner_id
                       OR k.other_currency_id != k.currency_id
                       OR k.amount + k.other_amount != 0)"""
        )

    # === WHAT THE ROWS SAY === #

    @api.model
    def _find_row_digests(self):
        """Find what to know the rows of each customer by.

        :return: {customer's id: (digest, whether something moved, whether something
            is open)}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT r.partner_id, MD5(STRING_AGG(r::text, '|' ORDER BY r::text)),
                          BOOL_OR(r.movement != 0 OR r.movement_booked != 0),
                          BOOL_OR(r.residual != 0 OR r.residual_booked != 0)
                     FROM statement_row r GROUP BY r.partner_id"""
            )
        )
        return {partner_id: tuple(rest) for partner_id, *rest in rows}

    @api.model
    def _find_ledger_differences(self, company, partner_ids, date):
        """Find accounts on which the rows don't add up to the ledger's balance.

        :return: [(customer's id, account's id, stated, ledger's)], in company currency
        """
        Line = self.env["account.move.line"]
        partners = self.env["res.partner"].browse(partner_ids)
        return self.env.execute_query(
            SQL(
                """SELECT partner_id, account_id, SUM(stated)::float8,
                          SUM(booked)::float8
                     FROM (SELECT partner_id, account_id, residual_booked AS stated,
                                  0 AS booked
                             FROM statement_row
                            UNION ALL
                           SELECT p.commercial_partner_id, l.account_id, 0, l.balance
                             FROM account_move_line l
                             JOIN res_partner p ON p.id = l.partner_id
                            WHERE l.parent_state = 'posted' AND l.date <= %s
                              AND l.account_id = ANY(%s) AND l.company_id = ANY(%s)
                              AND %s AND %s) f
                 GROUP BY partner_id, account_id
                   HAVING SUM(stated) != SUM(booked)
                 ORDER BY partner_id, account_id""",
                date,
                self._find_receivables().ids,
                Line._find_company_ids(company),
                self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
                Line._get_owned_condition(partners),
            )
        )

    @api.model
    def _find_foreign_matches(self, company, partner_ids, date):
        """Find matches of customers' items with items of others, up to a day: what a
        customer's statement settles, and its account in the ledger doesn't.

        :return: [(customer's id, account's id, entry's name, other entry's name, other
            partner's name, what it adds to the statement, in company currency)]
        """
        Line = self.env["account.move.line"]
        partners = self.env["res.partner"].browse(partner_ids)
        return self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, l.account_id, m.name, n.name,
                          q.complete_name, k.booked::float8
                     FROM (SELECT debit_move_id AS line_id, credit_move_id AS other_id,
                                  -amount AS booked
                             FROM account_partial_reconcile WHERE max_date <= %(date)s
                            UNION ALL
                           SELECT credit_move_id, debit_move_id, amount
                             FROM account_partial_reconcile
                            WHERE max_date <= %(date)s) k
                     JOIN account_move_line l ON l.id = k.line_id
                     JOIN account_move m ON m.id = l.move_id
                     JOIN res_partner p ON p.id = l.partner_id
                     JOIN account_move_line o ON o.id = k.other_id
                     JOIN account_move n ON n.id = o.move_id
                LEFT JOIN res_partner q ON q.id = o.partner_id
                    WHERE q.commercial_partner_id IS DISTINCT FROM
                          p.commercial_partner_id
                      AND l.account_id = ANY(%(accounts)s)
                      AND l.company_id = ANY(%(companies)s) AND %(owned)s
                 ORDER BY 1, 2, 3""",
                date=date,
                accounts=self._find_receivables().ids,
                companies=Line._find_company_ids(company),
                owned=Line._get_owned_condition(partners),
            )
        )

    @api.model
    def _find_broken_starts(self, formers):
        """Find statements whose end isn't where the rows of their customers begin.

        :param formers: ``customer.statement`` that end before the rows' first day, one
            a customer
        :return: ids of their customers
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id
                     FROM (SELECT r.partner_id, r.currency_id, r.opening,
                                  r.opening_booked
                             FROM statement_row r
                             JOIN customer_statement s ON s.partner_id = r.partner_id
                            WHERE s.id = ANY(%(ids)s)
                            UNION ALL
                           SELECT s.partner_id, c.currency_id, -c.closing,
                                  -c.closing_booked
                             FROM customer_statement_currency c
                             JOIN customer_statement s ON s.id = c.statement_id
                            WHERE s.id = ANY(%(ids)s)) f
                 GROUP BY partner_id, currency_id
                   HAVING SUM(opening) != 0 OR SUM(opening_booked) != 0""",
                ids=formers.ids,
            )
        )
        return {partner_id for (partner_id,) in rows}

    # === FROM ROWS TO STATEMENTS === #

    @api.model
    def _find_row_currencies(self):
        """Return the currencies of the rows."""
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT currency_id FROM statement_row")
        )
        return self.env["res.currency"].browse(key for (key,) in rows)

    @api.model
    def _get_spot_table(self, spots):
        """Return what queries join as ``spot``, a row a currency that has a rate.

        :param spots: {currency id: ``Spot``}
        """
        columns = list(zip(*((key, *spot) for key, spot in spots.items()), strict=True))
        return SQL(
            """unnest(%s::int[], %s::numeric[], %s::date[], %s::varchar[],
                      %s::varchar[], %s::date[])
               AS spot (currency_id, rate, date, source, typist, typed_on)""",
            *(list(column) for column in columns or [()] * 6),
        )

    @api.model
    def _get_value(self, currency):
        """Return what ``f.closing`` is worth at the rate of ``spot``, in company
        currency: what cancels out, nothing at any rate.

        :param currency: the company's
        """
        return SQL(
            "CASE WHEN f.closing = 0 THEN 0 ELSE %s END",
            convert(SQL("f.closing"), SQL("spot.rate"), currency),
        )

    @api.model
    def _find_revalued(self, statements, spots):
        """Find statements of which a currency has another spot rate now.

        :param spots: {currency id: ``Spot``}
        :return: ``customer.statement``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT c.statement_id FROM customer_statement_currency c
                LEFT JOIN %s ON spot.currency_id = c.currency_id
                    WHERE c.statement_id = ANY(%s)
                      AND (c.rate::float8, c.rate_date, c.rate_source)
                          IS DISTINCT FROM
                          (spot.rate::float8, spot.date, spot.source)""",
                self._get_spot_table(spots),
                statements.ids,
            )
        )
        return statements.browse(key for (key,) in rows)

    @api.model
    def _insert_statements(self, shared, own, spots, currency):
        """Insert the statements of customers, with their totals, from the rows.

        :param shared: {column: value} of all of them
        :param own: [{'partner_id', 'digest', 'supersedes_id'}], a customer each
        :param spots: {currency id: ``Spot``}
        :param currency: the company's
        :return: ``customer.statement``
        """
        rows = self.env.execute_query(
            SQL(
                """WITH total AS (%(totals)s)
                   INSERT INTO customer_statement
                          (partner_id, digest, supersedes_id, total_booked, total_spot,
                           unrealised, has_rates, %(names)s)
                   SELECT o.partner_id, o.digest, o.supersedes_id,
                          COALESCE(t.booked, 0),
                          CASE WHEN t.has_rates IS NOT FALSE
                               THEN COALESCE(t.value, 0) END,
                          CASE WHEN t.has_rates IS NOT FALSE
                               THEN COALESCE(t.unrealised, 0) END,
                          t.has_rates IS NOT FALSE, %(values)s
                     FROM jsonb_to_recordset(%(own)s::jsonb)
                          AS o (partner_id int, digest varchar, supersedes_id int)
                LEFT JOIN total t ON t.partner_id = o.partner_id
                 ORDER BY o.partner_id RETURNING id""",
                totals=self._get_totals_query(spots, currency),
                names=SQL(", ").join(map(SQL.identifier, shared)),
                values=SQL(", ").join(SQL("%s", value) for value in shared.values()),
                own=json.dumps(own),
            )
        )
        return self.env["customer.statement"].browse(key for (key,) in rows)

    @api.model
    def _get_totals_query(self, spots, currency):
        """Return the query of what the rows of each customer come to in company
        currency.

        :param spots: {currency id: ``Spot``}
        :param currency: the company's
        :return: SQL of (partner_id, booked, value, unrealised, has_rates)
        """
        return SQL(
            """SELECT f.partner_id, SUM(f.booked) AS booked, SUM(v.value) AS value,
                      SUM(v.value - f.booked + f.booked_only) AS unrealised,
                      BOOL_AND(v.value IS NOT NULL) AS has_rates
                 FROM (SELECT partner_id, currency_id, SUM(residual) AS closing,
                              SUM(residual_booked) AS booked,
                              COALESCE(SUM(residual_booked) FILTER (WHERE residual = 0),
                                       0) AS booked_only
                         FROM statement_row GROUP BY partner_id, currency_id) f
            LEFT JOIN %s ON spot.currency_id = f.currency_id
           CROSS JOIN LATERAL (SELECT %s) v (value)
             GROUP BY f.partner_id""",
            self._get_spot_table(spots),
            self._get_value(currency),
        )

    @api.model
    def _insert_lines(self, statements):
        """Insert the rows of statements' customers as their lines.

        :param statements: ``customer.statement``, one a customer
        """
        columns = SQL(", ").join(map(SQL.identifier, COPIED))
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_statement_line (statement_id, %s)
                   SELECT s.id, %s FROM statement_row r
                     JOIN customer_statement s ON s.partner_id = r.partner_id
                    WHERE s.id = ANY(%s)
                 ORDER BY s.id, r.currency_id, r.date, r.name, r.move_line_id""",
                columns,
                SQL(", ").join(SQL("r.%s", SQL.identifier(name)) for name in COPIED),
                statements.ids,
            )
        )

    @api.model
    def _insert_currencies(self, statements, bounds, date, spots, currency):
        """Insert a row a currency of statements, added up from their lines, and valued
        at the day's spot rate. A currency without one has no value, and says so.

        :param bounds: ``AgeBounds``
        :param spots: {currency id: ``Spot``}
        :param currency: the company's
        """
        figures = {**self._get_move_columns(), **self._get_age_columns(bounds, date)}
        value = self._get_value(currency)
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_statement_currency
                          (statement_id, currency_id, %(names)s, has_rate, rate,
                           rate_date, rate_source, rate_typist, rate_typed_on,
                           closing_spot, unrealised)
                   SELECT f.statement_id, f.currency_id, %(values)s,
                          spot.rate IS NOT NULL, spot.rate, spot.date, spot.source,
                          spot.typist, spot.typed_on, %(value)s,
                          %(value)s - f.closing_booked + f.booked_only
                     FROM (SELECT r.statement_id, r.currency_id, %(figures)s
                             FROM customer_statement_line r
                            WHERE r.statement_id = ANY(%(ids)s)
                         GROUP BY r.statement_id, r.currency_id) f
                LEFT JOIN %(spots)s ON spot.currency_id = f.currency_id""",
                names=SQL(", ").join(map(SQL.identifier, figures)),
                values=SQL(", ").join(SQL.identifier("f", name) for name in figures),
                figures=SQL(", ").join(
                    SQL("%s AS %s", figure, SQL.identifier(name))
                    for name, figure in figures.items()
                ),
                value=value,
                ids=statements.ids,
                spots=self._get_spot_table(spots),
            )
        )

    @api.model
    def _get_move_columns(self):
        """Return the columns of what was open, and of what came, by kind.

        :return: {column: SQL}
        """
        return {
            "opening": SQL("SUM(r.opening)"),
            "opening_booked": SQL("SUM(r.opening_booked)"),
            "closing": SQL("SUM(r.residual)"),
            "closing_booked": SQL("SUM(r.residual_booked)"),
            "booked_only": SQL(
                "COALESCE(SUM(r.residual_booked) FILTER (WHERE r.residual = 0), 0)"
            ),
        } | {
            name: SQL(
                "COALESCE(SUM(%s r.movement) FILTER (WHERE %s), 0)",
                SQL("-") if name in LOWERING else SQL(""),
                condition,
            )
            for name, condition in MOVES.items()
        }

    @api.model
    def _get_age_columns(self, bounds, date):
        """Return the columns of what is open by age, money that isn't allocated apart.

        :return: {column: SQL}
        """
        late = SQL("(%s - COALESCE(r.date_due, r.date))", date)
        owed = SQL("r.residual > 0 AND r.kind NOT IN ('payment', 'advance')")
        first, second, third = bounds
        conditions = {
            "not_due": SQL("%s <= 0", late),
            "days_30": SQL("%s BETWEEN 1 AND %s", late, first),
            "days_60": SQL("%s BETWEEN %s AND %s", late, first + 1, second),
            "days_90": SQL("%s BETWEEN %s AND %s", late, second + 1, third),
            "older": SQL("%s > %s", late, third),
        }
        columns = {
            name: SQL(
                "COALESCE(SUM(r.residual) FILTER (WHERE %s AND %s), 0)", owed, condition
            )
            for name, condition in conditions.items()
        }
        columns["unallocated"] = SQL(
            "COALESCE(SUM(r.residual) FILTER (WHERE NOT (%s)), 0)", owed
        )
        return columns
