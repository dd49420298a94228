from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.open_items import OpenItem

#: Fields that the queries read.
ITEM_FIELDS = (
    "account_id",
    "amount_currency",
    "amount_residual",
    "amount_residual_currency",
    "balance",
    "company_currency_id",
    "company_id",
    "currency_id",
    "date",
    "date_maturity",
    "move_id",
    "no_followup",
    "parent_state",
    "partner_id",
    "reconciled",
)
MOVE_FIELDS = (
    "credit_disputed_since",
    "move_type",
    "name",
    "origin_payment_id",
    "rate_lock_id",
    "statement_line_id",
)

#: Entries of lines ``l`` that other records name: as valuations, as exchange
#: differences.
VALUED = "l.move_id IN (SELECT v.id FROM (%(valuations)s) v (id))"
EXCHANGED = """l.move_id IN (SELECT e.exchange_move_id
                                       FROM account_partial_reconcile e
                                      WHERE e.exchange_move_id IS NOT NULL)"""
#: What an item ``l`` of the entry ``m`` is, which books the payment ``y`` or the bank's
#: line ``z``, from what was booked, not from how it is called; what is an advance
#: depends on the day (see ``_get_items_query``).
KIND = f"""CASE WHEN {VALUED} THEN 'valuation'
               WHEN l.amount_currency = 0 AND l.currency_id != l.company_currency_id
                    OR {EXCHANGED} THEN 'exchange'
               WHEN m.move_type IN ('out_invoice', 'out_receipt',
                                    'in_invoice', 'in_receipt') THEN 'invoice'
               WHEN m.move_type IN ('out_refund', 'in_refund') THEN 'credit_note'
               WHEN l.move_id IN (SELECT t.id FROM (%(transfers)s) t (id))
                    THEN 'payment'
               WHEN (y.id IS NOT NULL OR z.id IS NOT NULL) AND NOT (
                        -- what a payment writes off on the customer's own account
                        COALESCE(y.payment_type = 'inbound', z.amount > 0)
                        = (l.amount_currency > 0)
                        AND EXISTS (SELECT FROM account_move_line s
                                      JOIN account_account a ON a.id = s.account_id
                                     WHERE s.move_id = l.move_id
                                       AND s.partner_id = l.partner_id
                                       AND a.account_type IN ('asset_receivable',
                                                              'liability_payable')
                                       AND SIGN(s.balance) = -SIGN(l.balance)))
                    THEN 'payment'
               ELSE 'entry'
          END"""

#: What was open of an item ``l`` on both days: what is open now, and what was matched
#: since.
RESIDUALS = """CASE WHEN l.date <= %(since)s
                    THEN l.amount_residual_currency + COALESCE(l.opening, 0)
                    ELSE 0 END AS opening,
               CASE WHEN l.date <= %(since)s
                    THEN l.amount_residual + COALESCE(l.opening_booked, 0)
                    ELSE 0 END AS opening_booked,
               l.amount_residual_currency + COALESCE(l.closing, 0) AS residual,
               l.amount_residual + COALESCE(l.closing_booked, 0) AS residual_booked"""

#: Columns of an item, and what takes one of rows that all hold the same.
ITEM = {
    **dict.fromkeys(
        (
            *("company_id", "company_currency_id", "account_id", "partner_id"),
            *("currency_id", "move_id"),
            *("date", "date_maturity", "amount_currency", "balance"),
            *("amount_residual_currency", "amount_residual"),
        ),
        "MAX",
    ),
    "no_followup": "BOOL_OR",
}


class AccountMoveLine(models.Model):
    """What was open on a day, from the dates of what is matched.

    Odoo keeps what is open *now*. What was open on a day in the past is that, and what
    was matched since given back: each match at the later date of its two items, both
    sides apart, in the currency of the item and in that of the books. Nothing is asked
    of the date of exchange differences: they may be booked on a day on which the
    payment was matched, or on the last of a month, so that an item can have nothing
    open in its own currency and something in the books'.
    """

    _inherit = "account.move.line"

    # === NAMES === #

    @api.model
    def _get_document_sql(self, item_id, move):
        """Return what an item is called: by its document. To be extended by who books
        several documents in one entry.

        :param SQL item_id: id of the item
        :param SQL move: alias of its entry
        """
        return SQL("%s.name", move)

    def _get_document_name(self):
        """Return what this item is called, as :meth:`_get_document_sql` does."""
        self.ensure_one()
        return self.move_id.name or self.name or ""

    @api.model
    def _get_document_day_sql(self, item_id, move):
        """Return the day of an item's document where it isn't the entry's, else NULL.
        To be extended by who books documents on another day than their own.

        :param SQL item_id: id of the item
        :param SQL move: alias of its entry
        """
        return SQL("NULL::date")

    # === OPEN ITEMS === #

    @api.model
    def _find_open_items(self, company, date, accounts=None, partners=None):
        """Find what was open on a day: one query.

        :param company: ``res.company``; it and its branches count
        :param date: at the end of which day
        :param accounts: ``account.account``; default: receivables, payables, and those
            that are marked
        :param partners: ``res.partner``: items of their commercial partners, and of the
            contacts of these; default: all, and items without partner
        :return: [:class:`OpenItem`], by partner, currency, due date
        """
        query = SQL(
            """SELECT i.id, i.company_id, i.account_id, i.partner_id, i.currency_id,
                      i.move_id, i.date, i.due, i.kind, i.amount::float8,
                      i.booked::float8, i.residual::float8, i.residual_booked::float8,
                      CASE WHEN i.residual != 0 THEN 'open'
                           WHEN i.cleared_later THEN 'realised_later'
                           ELSE 'to_clear' END,
                      i.disputed, i.no_followup, i.rate_lock_id,
                      CASE WHEN i.kind = 'invoice' THEN (
                          SELECT MIN(s.order_id)
                            FROM account_move_line l
                            JOIN sale_order_line_invoice_rel r
                              ON r.invoice_line_id = l.id
                            JOIN sale_order_line s ON s.id = r.order_line_id
                           WHERE l.move_id = i.move_id
                          HAVING COUNT(DISTINCT s.order_id) = 1) END
                 FROM (%s) i
             ORDER BY i.partner_id, i.currency_id, i.due, i.id""",
            self._get_items_query(company, date, accounts, partners),
        )
        return list(map(OpenItem._make, self.env.execute_query(query)))

    @api.model
    def _get_items_query(self, company, date, accounts=None, partners=None, since=None):
        """Return the query of what was open on a day, a row an item: who states or
        values many items keeps them in the database.

        :param company, date, accounts, partners: as for :meth:`_find_open_items`
        :param since: an earlier day; what was open on it, or came after it, is a row,
            too, open or not
        :return: SQL of (id, company_id, account_id, partner_id, currency_id, move_id,
            date, due, kind, amount, booked, opening, opening_booked, residual,
            residual_booked, cleared_later, disputed, no_followup, rate_lock_id);
            ``opening`` is what was open on the day ``since``
        """
        self._flush_items()
        date = fields.Date.to_date(date)
        since = fields.Date.to_date(since)
        if accounts is None:
            accounts = self.env["account.account"]._find_followed()
        scope = {
            "date": date,
            "since": since or date,
            "accounts": list(accounts.ids),
            "companies": self._find_company_ids(company),
            "owned": self._get_owned_condition(partners),
            "prepared": self.env["account.move"]._get_preparation_query(),
        }
        kept = SQL("i.residual != 0 OR i.residual_booked != 0")
        if since:
            kept = SQL(
                """%s OR i.opening != 0 OR i.opening_booked != 0
                   OR i.date > %s""",
                kept,
                since,
            )
        return SQL(
            """SELECT i.id, i.company_id, i.account_id, i.partner_id, i.currency_id,
                      i.move_id, i.date, i.due,
                      CASE WHEN i.kind = 'payment' AND i.residual = i.amount
                           THEN 'advance' ELSE i.kind END AS kind,
                      i.amount, i.booked, i.opening, i.opening_booked, i.residual,
                      i.residual_booked, i.cleared_later, i.disputed, i.no_followup,
                      i.rate_lock_id
                 FROM (%s) AS i WHERE %s""",
            self._get_residuals_query(scope),
            kept,
        )

    @api.model
    def _flush_items(self):
        self.env["account.partial.reconcile"].flush_model()
        self.flush_model(ITEM_FIELDS)
        self.env["account.move"].flush_model(MOVE_FIELDS)
        self.env["account.account"].flush_model(["account_type"])
        self.env["account.payment"].flush_model(["payment_type"])
        self.env["account.bank.statement.line"].flush_model(["amount"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])

    @api.model
    def _find_company_ids(self, company):
        """Return the ids of a company and of the branches below it, archived ones,
        too: what is owed to one is owed."""
        return list(company._get_branch_ids(company.id))

    @api.model
    def _get_owned_condition(self, partners):
        """Return the condition that items ``l`` belong to some customers."""
        if partners is None:
            return SQL("TRUE")
        # sudo: of whom a partner is a contact
        owners = partners.sudo().commercial_partner_id
        # an array is computed first, and then looked up in an index
        return SQL(
            """l.partner_id = ANY(ARRAY(SELECT id FROM res_partner
                                         WHERE commercial_partner_id = ANY(%s)))""",
            owners.ids,
        )

    @api.model
    def _get_residuals_query(self, scope):
        """Return the query of the items that may count, with what was open of each.
        Few, whatever the history: open now, matched since, or come after ``since``."""
        # an entry is joined though each item has one: PostgreSQL leaves such a join out
        # where nothing of the entry is asked for
        return SQL(
            """SELECT l.id, l.company_id, l.account_id, l.currency_id, l.move_id,
                      l.date, COALESCE(l.date_maturity, l.date) AS due,
                      p.commercial_partner_id AS partner_id, %(kind)s AS kind,
                      l.amount_currency AS amount, l.balance AS booked,
                      %(residuals)s,
                      l.cleared_later IS TRUE AS cleared_later,
                      COALESCE(m.credit_disputed_since <= %(date)s, FALSE) AS disputed,
                      l.no_followup IS TRUE AS no_followup, m.rate_lock_id
                 FROM (%(candidates)s) AS l
            LEFT JOIN account_move m ON m.id = l.move_id
            LEFT JOIN res_partner p ON p.id = l.partner_id
            LEFT JOIN account_payment y ON y.id = m.origin_payment_id
            LEFT JOIN account_bank_statement_line z ON z.id = m.statement_line_id""",
            candidates=self._get_candidates_query(scope),
            kind=SQL(
                KIND,
                valuations=self.env["account.move"]._get_valuation_query(),
                transfers=self.env["account.move"]._get_transfer_query(),
            ),
            residuals=SQL(RESIDUALS, since=scope["since"]),
            **scope,
        )

    @classmethod
    def _get_candidates_query(cls, scope):
        """Return the query of the items that may count, each with what was matched
        after the day ``since``: to be given back at that day, and at ``date``.

        Sums of rows that bring all of an item with them, and not joins of what is
        found: how few rows there are PostgreSQL doesn't know of tables that were filled
        a moment ago, and a join that it plans for a few rows takes the square of the
        time for many.
        """
        return SQL(
            """SELECT k.id, %(item)s, SUM(k.matched) AS opening,
                      SUM(k.matched_booked) AS opening_booked,
                      SUM(k.matched) FILTER (WHERE k.day > %(date)s) AS closing,
                      SUM(k.matched_booked) FILTER (WHERE k.day > %(date)s)
                          AS closing_booked,
                      -- an item with nothing left but in company currency is matched
                      -- with an exchange difference of a later day
                      BOOL_OR(k.day > %(date)s AND k.matched = 0) AS cleared_later
                 FROM (%(rows)s) AS k
             GROUP BY k.id""",
            item=SQL(", ").join(
                SQL("%(how)s(k.%(name)s) AS %(name)s", how=SQL(how), name=name)
                for name, how in ((SQL.identifier(n), how) for n, how in ITEM.items())
            ),
            rows=cls._get_candidate_rows_query(scope),
            date=scope["date"],
        )

    @classmethod
    def _get_candidate_rows_query(cls, scope):
        """Return the query of the rows that are added up: what is open now, what came
        after ``since``, and both sides of what was matched after it."""
        return SQL(
            # as Odoo's own partial index is written, so that PostgreSQL takes it
            """SELECT %(columns)s, NULL::date AS day, NULL::numeric AS matched,
                      NULL::numeric AS matched_booked
                 FROM account_move_line l
                WHERE l.account_id = ANY(%(accounts)s)
                  AND l.reconciled IS NOT TRUE AND %(owned)s AND %(kept)s
                UNION ALL
               SELECT %(columns)s, NULL, NULL, NULL FROM account_move_line l
                WHERE l.account_id = ANY(%(accounts)s) AND %(owned)s
                  AND l.date > %(since)s AND l.date <= %(date)s AND %(kept)s
                UNION ALL
               SELECT %(columns)s, r.max_date, r.debit_amount_currency, r.amount
                 FROM account_partial_reconcile r
                 JOIN account_move_line l ON l.id = r.debit_move_id
                WHERE r.max_date > %(since)s AND %(owned)s AND %(kept)s
                UNION ALL
               SELECT %(columns)s, r.max_date, -r.credit_amount_currency, -r.amount
                 FROM account_partial_reconcile r
                 JOIN account_move_line l ON l.id = r.credit_move_id
                WHERE r.max_date > %(since)s AND %(owned)s AND %(kept)s""",
            columns=SQL(", ").join(SQL.identifier("l", name) for name in ["id", *ITEM]),
            kept=cls._get_kept_condition(scope),
            **scope,
        )

    @staticmethod
    def _get_kept_condition(scope):
        """Return the condition that lines ``l`` count. In a CASE, which PostgreSQL
        expects to hold for every other item: it takes conditions of which it knows
        nothing for rare, and would loop over all else for the one item that it expects.
        """
        return SQL(
            """CASE WHEN l.parent_state = 'posted' AND l.date <= %(date)s
                         AND l.account_id = ANY(%(accounts)s)
                         AND l.company_id = ANY(%(companies)s)
                         -- entries whose others are still to come
                         AND l.move_id NOT IN (SELECT e.id FROM (%(prepared)s) e (id))
                    THEN TRUE ELSE FALSE END""",
            **scope,
        )

    # === WHAT MOVED === #

    @api.model
    def _get_named_conditions(self):
        """Return the conditions that lines ``l`` are of entries that other records
        name.

        :return: {'valuation', or 'exchange' for exchange differences: SQL}
        """
        valuations = self.env["account.move"]._get_valuation_query()
        return {
            "valuation": SQL(VALUED, valuations=valuations),
            "exchange": SQL(EXCHANGED),
        }

    @api.model
    def _get_moved_query(self, accounts, since):
        """Return the query of the items of ``found``, a table of what
        :meth:`_get_items_query` finds, with what moved after a day, without what a
        payment wrote off: 9,975 came in for 10,000, and 25 are bank charges.

        :param accounts: ``account.account`` of the items
        :param since: the day
        :return: SQL of the columns of ``found``, and (movement, movement_booked): 0 of
            what was there on that day
        """
        self.env["account.payment"].flush_model()
        self.env["account.bank.statement.line"].flush_model()
        return SQL(
            """SELECT i.*,
                      CASE WHEN i.date <= %(since)s THEN 0
                           WHEN g.amount IS NULL THEN i.amount
                           ELSE SIGN(i.amount) * g.amount END AS movement,
                      CASE WHEN i.date <= %(since)s THEN 0
                           WHEN g.amount IS NULL THEN i.booked
                           ELSE ROUND(i.booked * g.amount / ABS(i.amount),
                                      b.decimal_places) END AS movement_booked
                 FROM found i
                 JOIN res_company c ON c.id = i.company_id
                 JOIN res_currency b ON b.id = c.currency_id
            LEFT JOIN (%(came)s) g
                   ON g.move_id = i.move_id AND g.currency_id = i.currency_id
                  AND i.kind IN ('payment', 'advance') AND i.amount != 0
                  -- one that pays by several items says of none what came in for it
                  AND 1 = (SELECT COUNT(*) FROM account_move_line s
                            WHERE s.move_id = i.move_id
                              AND s.account_id = ANY(%(accounts)s)
                              AND SIGN(s.balance) = SIGN(i.booked))
                  AND CASE WHEN g.is_payment THEN g.amount != ABS(i.amount)
                           ELSE g.amount > 0 AND g.amount < ABS(i.amount) END""",
            since=since,
            came=self._get_came_query(),
            accounts=accounts.ids,
        )

    @api.model
    def _get_came_query(self):
        """Return the query of what came in, or went out, by each entry of the items in
        ``found``: the amount of its payment, or of the bank's line.

        A payment is the customer's as a whole; of a bank's line what is more than the
        customer's item belongs to somebody else.
        """
        return SQL(
            """SELECT y.move_id, y.currency_id, y.amount, TRUE AS is_payment
                 FROM account_payment y
                WHERE y.move_id IN (SELECT move_id FROM found)
                UNION ALL
               SELECT z.move_id, COALESCE(z.foreign_currency_id, z.currency_id),
                      ABS(CASE WHEN z.foreign_currency_id IS NULL THEN z.amount
                               ELSE z.amount_currency END), FALSE
                 FROM account_bank_statement_line z
                WHERE z.move_id IN (SELECT move_id FROM found)"""
        )

    # === MONEY === #

    @api.model
    def _find_cash(self, company, date):
        """Find the money of a company and its branches at the end of a day: what is in
        banks and tills, and what is on its way between invoice and bank (accounts of
        outstanding payments, suspense and transfers), where Community leaves receipts.

        :return: {(account's id, id of the items' currency): (amount in that currency,
            in the currency of the books)}
        """
        self.flush_model(ITEM_FIELDS)
        company_ids = self._find_company_ids(company)
        # sudo: which accounts a bank's journal uses isn't said, but what is on them
        companies = company.sudo().browse(company_ids)
        rows = self.env.execute_query(
            SQL(
                """SELECT l.account_id, l.currency_id, SUM(l.amount_currency)::float8,
                          SUM(l.balance)::float8
                     FROM account_move_line l
                    WHERE l.account_id = ANY(%s) AND l.company_id = ANY(%s)
                      AND l.parent_state = 'posted' AND l.date <= %s AND %s
                 GROUP BY l.account_id, l.currency_id
                   HAVING SUM(l.amount_currency) != 0 OR SUM(l.balance) != 0""",
                companies._get_money_accounts().ids,
                company_ids,
                fields.Date.to_date(date),
                self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
            )
        )
        return {
            (account_id, currency_id): (amount, booked)
            for account_id, currency_id, amount, booked in rows
        }
