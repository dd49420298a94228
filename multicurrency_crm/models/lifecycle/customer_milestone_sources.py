"""What happens with a customer in Odoo, and what of it was taken back."""

from odoo import api, models
from odoo.tools import SQL

from .customer_milestone_gathering import Source


class CustomerMilestone(models.Model):
    """Milestones of opportunities, orders, deliveries, invoices, money and disputes."""

    _inherit = "customer.milestone"

    @api.model
    def _list_sources(self, scope):
        """Return where milestones come from; rooms that come later add theirs.

        :param scope: ``Scope``
        :return: list of ``Source``
        """
        return [
            *self._list_contact_sources(scope),
            Source(self._get_leads_query(scope, "lead")),
            Source(self._get_leads_query(scope, "lost_lead")),
            Source(self._get_quotations_query(scope)),
            Source(self._get_orders_query(scope)),
            Source(self._get_shipments_query(scope), keeps_day=True),
            Source(self._get_invoices_query(scope)),
            Source(self._get_credits_query(scope)),
            Source(self._get_paid_query(scope)),
            Source(self._get_payments_query(scope)),
            Source(self._get_bank_lines_query(scope)),
            Source(self._get_past_orders_query(scope)),
            Source(self._get_disputes_query(scope)),
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
            """SELECT %(company)s AS company_id, p.commercial_partner_id AS partner_id,
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
            """SELECT o.company_id, p.commercial_partner_id AS partner_id,
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
                 WHERE l.order_id = o.id AND i.state = 'posted'
                   AND i.move_type = 'out_invoice')"""
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
    def _select_moves(self, scope, kind, date, holds, kinds):
        """Return invoices or credit notes as milestones of a kind.

        :param SQL date: their day
        :param SQL holds: whether they are milestones
        :param kinds: their ``move_type``
        """
        return SQL(
            """SELECT m.company_id, p.commercial_partner_id AS partner_id,
                      %(kind)s AS kind, 'account.move' AS res_model, m.id AS res_id,
                      %(date)s AS date, m.name AS document_name, m.currency_id,
                      m.amount_total AS amount, ABS(m.amount_total_signed)
                          AS amount_company,
                      m.invoice_currency_rate AS rate, m.invoice_date AS rate_date,
                      FALSE AS from_history, %(holds)s AS holds
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                WHERE %(owned)s AND m.move_type = ANY(%(kinds)s) AND %(changed)s""",
            kind=kind,
            date=date,
            holds=holds,
            owned=scope.owned(SQL("m.company_id")),
            kinds=list(kinds),
            changed=scope.changed("m"),
        )

    @api.model
    def _get_standing(self):
        """Return the condition that an invoice stands: posted, and not reversed."""
        return SQL(
            "(m.state = 'posted' AND m.payment_state != 'reversed' AND %s)",
            self.env["account.move"]._get_counted_condition(SQL("m.id")),
        )

    @api.model
    def _get_invoices_query(self, scope):
        kinds = ("out_invoice", "out_receipt")
        day, standing = SQL("m.invoice_date"), self._get_standing()
        return self._select_moves(scope, "invoice", day, standing, kinds)

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
    def _get_paid_query(self, scope):
        """Return the invoices that are paid, on the day on which the last part of their
        money was matched with them."""
        matched = SQL(
            """(SELECT MAX(r.max_date) FROM account_move_line l
                  JOIN account_partial_reconcile r ON r.debit_move_id = l.id
                 WHERE l.move_id = m.id)"""
        )
        return self._select_moves(
            scope,
            "paid",
            SQL("COALESCE(%s, m.invoice_date)", matched),
            SQL("(%s AND m.payment_state = 'paid')", self._get_standing()),
            ("out_invoice", "out_receipt"),
        )

    # === MONEY === #

    @api.model
    def _get_payments_query(self, scope):
        """Return what customers paid, by payments that stand. One without an entry of
        its own counts until a bank line says the same."""
        return SQL(
            """SELECT a.company_id, p.commercial_partner_id AS partner_id,
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
            """SELECT m.company_id, p.commercial_partner_id AS partner_id,
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
                WHERE %(owned)s AND %(changed)s
                  AND m.statement_line_id IS NOT NULL""",
            owned=scope.owned(SQL("m.company_id")),
            changed=scope.changed("m"),
        )

    # === BROUGHT IN AND DISPUTED === #

    @api.model
    def _get_past_orders_query(self, scope):
        """Return the orders and invoices that were brought in: each proves an order."""
        published = SQL("(d.import_id IS NULL OR i.state = 'done')")
        return SQL(
            """SELECT d.company_id, p.commercial_partner_id AS partner_id,
                      'order' AS kind, 'customer.past.document' AS res_model,
                      d.id AS res_id, d.date, d.name AS document_name, d.currency_id,
                      d.amount, d.amount_company,
                      CASE WHEN d.amount_company != 0
                           THEN d.amount / d.amount_company END AS rate,
                      d.date AS rate_date, TRUE AS from_history,
                      d.kind = 'document' AND %(published)s AS holds
                 FROM customer_past_document d
                 JOIN res_partner p ON p.id = d.partner_id
            LEFT JOIN customer_import i ON i.id = d.import_id
                WHERE %(owned)s AND (%(changed)s OR %(published_since)s)""",
            published=published,
            owned=scope.owned(SQL("d.company_id")),
            changed=scope.changed("d"),
            published_since=scope.changed("i"),
        )

    @api.model
    def _get_disputes_query(self, scope):
        return SQL(
            """SELECT d.company_id, p.commercial_partner_id AS partner_id,
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
