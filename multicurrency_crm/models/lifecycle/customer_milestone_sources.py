"""What happens with a customer in Odoo, and what of it was taken back."""

from odoo import api, models
from odoo.tools import SQL

from .customer_milestone_gathering import Source

#: How many days after an order that was brought in its invoice may be.
APART = 92


class CustomerMilestone(models.Model):
    """Milestones of opportunities, orders, deliveries, invoices, money and disputes."""

    _inherit = "customer.milestone"

    @api.model
    def _list_sources(self, scope):
        """Return where milestones come from; rooms that come later add theirs.

        :param scope: ``Scope``
        :return: list of ``Source``
        """
        order, move, lead = "sale.order", "account.move", "crm.lead"
        past, line = "customer.past.document", scope.changed("x")
        # what is entered on a line needn't change its document
        lines = SQL(
            "EXISTS (SELECT FROM sale_order_line x WHERE x.order_id = d.id AND %s)",
            line,
        )
        items = SQL(
            """(d.statement_line_id IS NOT NULL
                AND EXISTS (SELECT FROM account_move_line x
                             WHERE x.move_id = d.id AND %s))""",
            line,
        )
        lost = self._get_leads_query(scope, "lost_lead")
        quotations = self._get_quotations_query(scope)
        orders = self._get_orders_query(scope)
        shipments = self._get_shipments_query(scope)
        past_orders = self._get_past_orders_query(scope)
        return [
            *self._list_contact_sources(scope),
            Source("lead", lead, self._get_leads_query(scope, "lead")),
            Source("lost_lead", lead, lost, after="lead"),
            Source("quotation", order, quotations, also=lines),
            Source("order", order, orders, after="quotation", also=lines),
            Source("shipment", order, shipments, True, "quotation", also=lines),
            *self._list_invoice_sources(scope),
            Source("payment", "account.payment", self._get_payments_query(scope)),
            Source("payment", move, self._get_bank_lines_query(scope), also=items),
            Source("order", past, past_orders, also=self._get_past_changed(scope)),
            Source("dispute", "collection.call", self._get_disputes_query(scope)),
        ]

    # === OPPORTUNITIES === #

    @api.model
    def _get_leads_query(self, scope, kind):
        """Return the opportunities of customers; lost ones, where ``kind`` says so. One
        of no company is of its team's, or its salesperson's, or of the only one there
        is."""
        company = SQL(
            "COALESCE(l.company_id, t.company_id, u.company_id, %s)",
            scope.only_company_id,
        )
        is_lost = kind == "lost_lead"
        return SQL(
            """SELECT %(company)s AS company_id, p.id AS document_partner_id,
                      p.commercial_partner_id AS origin_partner_id,
                      %(kind)s AS kind, 'crm.lead' AS res_model, l.id AS res_id,
                      %(day)s AS date, l.name AS document_name,
                      COALESCE(l.revenue_currency_id, c.currency_id) AS currency_id,
                      CASE WHEN l.revenue_currency_id IS NULL THEN l.expected_revenue
                           ELSE l.expected_revenue_customer END AS amount,
                      l.expected_revenue AS amount_company,
                      CASE WHEN l.revenue_currency_id IS NULL THEN 1
                           ELSE l.revenue_rate END AS rate,
                      %(day)s AS rate_date, FALSE AS from_history,
                      %(holds)s AS holds
                 FROM crm_lead l
                 JOIN res_partner p ON p.id = l.partner_id
            LEFT JOIN crm_team t ON t.id = l.team_id
            LEFT JOIN res_users u ON u.id = l.user_id
                 JOIN res_company c ON c.id = %(company)s
                WHERE %(owned)s AND %(changed)s""",
            company=company,
            kind=kind,
            day=scope.day(SQL("COALESCE(l.date_closed, l.create_date)"))
            if is_lost
            else scope.day(SQL("l.create_date")),
            holds=SQL("l.won_status = 'lost'") if is_lost else SQL("TRUE"),
            owned=scope.owned(company),
            changed=scope.changed("l"),
        )

    # === ORDERS === #

    @api.model
    def _select_orders(self, scope, kind, date, holds):
        """Return the orders as milestones of a kind. What is entered on a line needn't
        change its order.

        :param SQL date: their day
        :param SQL holds: whether they are milestones
        """
        return SQL(
            """SELECT o.company_id, p.id AS document_partner_id,
                      p.commercial_partner_id AS origin_partner_id,
                      %(kind)s AS kind, 'sale.order' AS res_model, o.id AS res_id,
                      %(date)s AS date, o.name AS document_name, o.currency_id,
                      o.amount_total AS amount,
                      o.amount_total_company AS amount_company,
                      o.currency_rate AS rate, %(ordered)s AS rate_date,
                      FALSE AS from_history, %(holds)s AS holds
                 FROM sale_order o
                 JOIN res_partner p ON p.id = o.partner_id
                WHERE %(owned)s
                  AND (%(changed)s
                       OR EXISTS (SELECT FROM sale_order_line x
                                   WHERE x.order_id = o.id AND %(entered)s))""",
            kind=kind,
            date=date,
            ordered=scope.day(SQL("o.date_order")),
            holds=holds,
            owned=scope.owned(SQL("o.company_id")),
            changed=scope.changed("o"),
            entered=scope.changed("x"),
        )

    @api.model
    def _get_quotations_query(self, scope):
        """Return what was quoted: whatever has a line. A cart is nobody's quotation."""
        is_cart = SQL("FALSE")
        if self._is_column("sale.order", "website_id"):
            is_cart = SQL("(o.website_id IS NOT NULL AND o.state = 'draft')")
        return self._select_orders(
            scope,
            "quotation",
            scope.day(SQL("LEAST(o.create_date, o.date_order)")),
            SQL(
                """o.state != 'cancel' AND NOT %s
                   AND EXISTS (SELECT FROM sale_order_line l
                                WHERE l.order_id = o.id AND l.display_type IS NULL)""",
                is_cart,
            ),
        )

    @api.model
    def _get_orders_query(self, scope):
        return self._select_orders(
            scope, "order", scope.day(SQL("o.date_order")), SQL("o.state = 'sale'")
        )

    @api.model
    def _get_shipments_query(self, scope):
        """Return the orders of which something was delivered: on the day of their first
        transfer where a warehouse knows it; else on the day of their first invoice, or
        on the day on which the quantity was last entered, whichever is the earlier."""
        known = SQL("NULL::timestamp")
        if self._is_column("sale.order", "effective_date"):
            known = SQL("o.effective_date")
        invoiced = SQL(
            """(SELECT MIN(i.invoice_date)
                  FROM sale_order_line l
                  JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                  JOIN account_move_line a ON a.id = r.invoice_line_id
                  JOIN account_move i ON i.id = a.move_id
                 WHERE l.order_id = o.id AND l.is_downpayment IS NOT TRUE
                   AND i.state = 'posted' AND i.move_type = 'out_invoice')"""
        )
        entered = SQL(
            """(SELECT MAX(l.write_date) FROM sale_order_line l
                 WHERE l.order_id = o.id AND l.qty_delivered > 0)"""
        )
        return self._select_orders(
            scope,
            "shipment",
            SQL(
                "COALESCE(%s, LEAST(%s, %s))",
                scope.day(known),
                invoiced,
                scope.day(entered),
            ),
            SQL(
                """o.state = 'sale' AND (%s IS NOT NULL
                   OR EXISTS (SELECT FROM sale_order_line l
                               WHERE l.order_id = o.id AND l.is_downpayment IS NOT TRUE
                                 AND l.qty_delivered > 0))""",
                known,
            ),
        )

    @api.model
    def _is_column(self, model, name):
        """Return whether a neighbour's module keeps a field in the database."""
        field = self.env[model]._fields.get(name)
        return bool(field and field.store and field.column_type)

    # === INVOICES === #

    @api.model
    def _select_moves(self, scope, kind, date, holds, kinds, also=None):
        """Return invoices or credit notes as milestones of a kind.

        :param SQL date: their day
        :param SQL holds: whether they are milestones
        :param kinds: their ``move_type``
        :param SQL also: those that may have changed otherwise
        """
        return SQL(
            """SELECT m.company_id, m.partner_id AS document_partner_id,
                      m.commercial_partner_id AS origin_partner_id,
                      %(kind)s AS kind, 'account.move' AS res_model, m.id AS res_id,
                      %(date)s AS date, m.name AS document_name, m.currency_id,
                      m.amount_total AS amount, ABS(m.amount_total_signed)
                          AS amount_company,
                      m.invoice_currency_rate AS rate, m.invoice_date AS rate_date,
                      FALSE AS from_history, %(holds)s AS holds
                 FROM account_move m
                WHERE %(owned)s AND m.move_type = ANY(%(kinds)s)
                  AND (%(changed)s OR %(also)s)""",
            kind=kind,
            date=date,
            holds=holds,
            owned=scope.owned(SQL("m.company_id")),
            kinds=list(kinds),
            changed=scope.changed("m"),
            also=also or SQL("FALSE"),
        )

    @api.model
    def _get_standing(self):
        """Return the condition that an invoice stands: posted, and not reversed."""
        return SQL(
            "(m.state = 'posted' AND m.payment_state != 'reversed' AND %s)",
            self.env["account.move"]._get_counted_condition(SQL("m.id")),
        )

    @api.model
    def _list_invoice_sources(self, scope):
        """Return the invoices as milestones. One of a deposit alone bills nothing: it
        asks for a payment in advance. Nor does one that comes to nothing, unless what
        was paid in advance covers it."""
        move, kinds = "account.move", ("out_invoice", "out_receipt")
        day, standing = SQL("m.invoice_date"), self._get_standing()
        advance = SQL(
            """EXISTS (SELECT FROM account_move_line l
                        WHERE l.move_id = m.id AND l.is_downpayment)"""
        )
        goods = SQL(
            """EXISTS (SELECT FROM account_move_line l
                        WHERE l.move_id = m.id AND l.display_type = 'product'
                          AND l.is_downpayment IS NOT TRUE AND l.price_subtotal != 0)"""
        )
        deposit = SQL(
            "(%s AND m.amount_total != 0 AND %s AND NOT %s)", standing, advance, goods
        )
        bills = SQL(
            """(%s AND CASE WHEN m.amount_total = 0 THEN %s AND %s
                            ELSE %s OR NOT %s END)""",
            *(standing, advance, goods, goods, advance),
        )
        queries = {
            "deposit": self._select_moves(scope, "deposit", day, deposit, kinds),
            "invoice": self._select_moves(scope, "invoice", day, bills, kinds),
            "paid": self._get_paid_query(scope, bills, kinds),
            "credit_note": self._get_credits_query(scope),
        }
        also = {"paid": self._get_covered(scope, "d")}
        return [
            Source(kind, move, query, also=also.get(kind))
            for kind, query in queries.items()
        ]

    @api.model
    def _get_credits_query(self, scope):
        return self._select_moves(
            scope,
            "credit_note",
            SQL("m.invoice_date"),
            SQL("m.state = 'posted'"),
            ["out_refund"],
        )

    @api.model
    def _get_paid_query(self, scope, bills, kinds):
        """Return the invoices that are paid, and with them the deposits that they
        deduct, on the day on which the last part of their money was matched."""
        matched = SQL(
            """(SELECT MAX(r.max_date) FROM account_move_line l
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                 WHERE l.move_id = m.id)"""
        )
        advances = self._get_advances()
        return self._select_moves(
            scope,
            "paid",
            SQL(
                """GREATEST(COALESCE(%s, m.invoice_date),
                            (SELECT MAX(r.max_date) FROM (%s) a
                               JOIN account_move_line l ON l.move_id = a.id
                               JOIN account_partial_reconcile r
                                 ON r.debit_move_id = l.id
                              WHERE a.final_id = m.id))""",
                matched,
                advances,
            ),
            SQL(
                """(%s AND (m.payment_state = 'paid' OR m.amount_total = 0)
                    AND NOT EXISTS (SELECT FROM (%s) a
                                     WHERE a.final_id = m.id AND a.is_open))""",
                bills,
                advances,
            ),
            kinds,
            also=self._get_covered(scope, "m"),
        )

    @api.model
    def _get_advances(self):
        """Return the query of the invoices that others deduct as deposits: (id,
        final_id, is_open, write_date)."""
        return SQL(
            """SELECT v.id, f.move_id AS final_id, v.write_date,
                      v.payment_state NOT IN ('paid', 'reversed') AS is_open
                 FROM account_move_line f
                 JOIN sale_order_line_invoice_rel x ON x.invoice_line_id = f.id
                 JOIN sale_order_line_invoice_rel y ON y.order_line_id = x.order_line_id
                 JOIN account_move_line b ON b.id = y.invoice_line_id
                                         AND b.move_id != f.move_id
                 JOIN account_move v ON v.id = b.move_id
                WHERE f.is_downpayment AND b.is_downpayment AND v.state = 'posted'
                  AND v.move_type = 'out_invoice' AND b.price_subtotal > 0"""
        )

    @api.model
    def _get_covered(self, scope, alias):
        """Return the condition that a deposit may have changed since that an invoice
        deducts."""
        if scope.since is None:
            return SQL("FALSE")
        return SQL(
            "%s IN (SELECT a.final_id FROM (%s) a WHERE %s)",
            SQL.identifier(alias, "id"),
            self._get_advances(),
            scope.changed("a"),
        )

    # === MONEY === #

    @api.model
    def _get_payments_query(self, scope):
        """Return what customers paid, by payments that stand. One without an entry of
        its own counts until a bank line says the same."""
        return SQL(
            """SELECT a.company_id, p.id AS document_partner_id,
                      p.commercial_partner_id AS origin_partner_id,
                      'payment' AS kind, 'account.payment' AS res_model,
                      a.id AS res_id, a.date, a.name AS document_name, a.currency_id,
                      a.amount, ABS(a.amount_company_currency_signed) AS amount_company,
                      CASE WHEN a.amount_company_currency_signed != 0
                           THEN a.amount / ABS(a.amount_company_currency_signed) END
                          AS rate,
                      a.date AS rate_date, FALSE AS from_history,
                      a.state IN ('in_process', 'paid')
                          AND (a.move_id IS NOT NULL OR a.is_matched IS NOT TRUE)
                          AS holds
                 FROM account_payment a
                 JOIN res_partner p ON p.id = a.partner_id
                WHERE %(owned)s AND %(changed)s
                  AND a.payment_type = 'inbound' AND a.partner_type = 'customer'""",
            owned=scope.owned(SQL("a.company_id")),
            changed=scope.changed("a"),
        )

    @api.model
    def _get_bank_lines_query(self, scope):
        """Return what came in at the bank for what customers owe, without a payment
        between."""
        return SQL(
            """SELECT m.company_id, p.id AS document_partner_id,
                      p.commercial_partner_id AS origin_partner_id,
                      'payment' AS kind, 'account.move' AS res_model, m.id AS res_id,
                      m.date, m.name AS document_name, i.currency_id,
                      i.amount, i.amount_company,
                      CASE WHEN i.amount_company != 0
                           THEN i.amount / i.amount_company END AS rate,
                      m.date AS rate_date, FALSE AS from_history,
                      m.state = 'posted' AND i.amount_company > 0 AS holds
                 FROM account_move m
                 JOIN LATERAL (
                      SELECT MIN(l.partner_id) AS partner_id,
                             MIN(l.currency_id) AS currency_id,
                             -SUM(l.amount_currency) AS amount,
                             -SUM(l.balance) AS amount_company
                        FROM account_move_line l
                        JOIN account_account a ON a.id = l.account_id
                       WHERE l.move_id = m.id
                         AND a.account_type = 'asset_receivable'
                      HAVING COUNT(DISTINCT l.partner_id) = 1
                         AND COUNT(DISTINCT l.currency_id) = 1) i ON TRUE
                 JOIN res_partner p ON p.id = i.partner_id
                WHERE %(owned)s AND m.statement_line_id IS NOT NULL
                  AND (%(changed)s
                       OR EXISTS (SELECT FROM account_move_line x
                                   WHERE x.move_id = m.id AND %(matched)s))""",
            owned=scope.owned(SQL("m.company_id")),
            changed=scope.changed("m"),
            matched=scope.changed("x"),
        )

    # === BROUGHT IN AND DISPUTED === #

    @api.model
    def _get_past_orders_query(self, scope):
        """Return the orders and invoices that were brought in: each proves an order,
        but one that is another's order or invoice: of the same customer and amount,
        numbered with other letters, and at most so many days later. Of several of one
        amount the first belongs to the first, the second to the second."""
        return SQL(
            """WITH past AS MATERIALIZED (
                   SELECT d.*, REGEXP_REPLACE(d.name, '[0-9]', '', 'g') AS letters,
                          ROW_NUMBER() OVER (
                              PARTITION BY d.company_id, d.partner_id, d.currency_id,
                                           d.amount,
                                           REGEXP_REPLACE(d.name, '[0-9]', '', 'g')
                                  ORDER BY d.date, d.id) AS number
                     FROM customer_past_document d
                LEFT JOIN customer_import i ON i.id = d.import_id
                    WHERE %(owned)s AND %(changed)s AND d.kind = 'document'
                      AND (d.import_id IS NULL OR i.state = 'done'))
               SELECT d.company_id, p.id AS document_partner_id,
                      p.commercial_partner_id AS origin_partner_id,
                      'order' AS kind, 'customer.past.document' AS res_model,
                      d.id AS res_id, d.date, d.name AS document_name, d.currency_id,
                      d.amount, d.amount_company,
                      CASE WHEN d.amount_company != 0
                           THEN d.amount / d.amount_company END AS rate,
                      d.date AS rate_date, TRUE AS from_history, TRUE AS holds
                 FROM past d
                 JOIN res_partner p ON p.id = d.partner_id
                WHERE NOT EXISTS (
                      SELECT FROM past e
                       WHERE e.company_id = d.company_id
                         AND e.partner_id = d.partner_id
                         AND e.currency_id = d.currency_id AND e.amount = d.amount
                         AND e.number = d.number AND e.letters != d.letters
                         AND (e.date, e.id) < (d.date, d.id)
                         AND d.date - e.date <= %(apart)s)""",
            owned=scope.owned(SQL("d.company_id")),
            changed=self._get_past_changed(scope),
            apart=APART,
        )

    @api.model
    def _get_past_changed(self, scope):
        """Return the condition that past documents of the customer of one, ``d``, may
        have changed since: what one is follows from the others."""
        if scope.since is None:
            return SQL("TRUE")
        return SQL(
            """d.partner_id IN (SELECT x.partner_id FROM customer_past_document x
                             LEFT JOIN customer_import y ON y.id = x.import_id
                                 WHERE %s OR %s)""",
            scope.changed("x"),
            scope.changed("y"),
        )

    @api.model
    def _get_disputes_query(self, scope):
        return SQL(
            """SELECT d.company_id, p.id AS document_partner_id,
                      p.commercial_partner_id AS origin_partner_id,
                      'dispute' AS kind, 'collection.call' AS res_model,
                      d.id AS res_id, d.date, NULL AS document_name,
                      NULL::int AS currency_id, NULL::numeric AS amount,
                      NULL::numeric AS amount_company, NULL::float8 AS rate,
                      NULL::date AS rate_date, FALSE AS from_history,
                      d.outcome = 'dispute'
                          AND COALESCE(d.dispute_state, '') != 'declined' AS holds
                 FROM collection_call d
                 JOIN res_partner p ON p.id = d.partner_id
                WHERE %(owned)s AND %(changed)s""",
            owned=scope.owned(SQL("d.company_id")),
            changed=scope.changed("d"),
        )
