import json
from dataclasses import replace
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .credit_exposure import UNPRICED

#: Whether an order's line ``l`` is a deposit. A client may call any line one: only one
#: that orders and delivers nothing is.
IS_DEPOSIT = SQL(
    """COALESCE(l.is_downpayment, FALSE) AND l.product_uom_qty = 0
       AND COALESCE(l.qty_delivered, 0) = 0"""
)
#: Whether nothing more is invoiced of it: Odoo says so, and it is no line that is
#: called a deposit and orders something.
IS_CLOSED = SQL(
    """l.invoice_status = 'invoiced'
       AND NOT (COALESCE(l.is_downpayment, FALSE) AND l.product_uom_qty != 0)"""
)


class CreditExposure(models.AbstractModel):
    """What was ordered and isn't invoiced, what is drafted, and what was offered."""

    _inherit = "credit.exposure"

    # === WHAT WAS ORDERED === #

    def _ordered_query(self, scope):
        """A row for each confirmed order with what it has yet to bring, never below 0:
        a discount lowers its order, and no other one. What somebody closed of the rest
        of an order (``rest_closed``) isn't waited for; what was delivered ``since``
        then and isn't invoiced counts. ``unpriced``: how many of its lines
        ``scope.unit_prices`` is to bring the price of.
        """
        return SQL(
            """SELECT *, GREATEST(total_left - rest_closed, since, 0) AS total,
                      GREATEST(delivered_left - rest_closed, since, 0) AS delivered
                 FROM (SELECT *, LEAST(total_left, delivered_left,
                                       gone - gone_before) AS since
                         FROM (%s) o) o""",
            self._order_sums_query(scope),
        )

    def _lines_query(self, scope):
        """A row for each line of a confirmed order, with the price of one ``unit``, tax
        included, and what was ``invoiced`` of it.

        A line that is invoiced (``is_closed``) has nothing to bring; a deposit
        (``is_deposit``) was invoiced in advance of the other lines, so that it is taken
        from them. A line without an ordered quantity (an expense, time) has no price
        with tax in the database: ``scope.unit_prices`` brings it.
        """
        # few lines are open: what was invoiced is looked up for each of them alone
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, o.id AS order_id,
                      o.currency_id, COALESCE(o.locked_rate, 0)::numeric AS locked_rate,
                      %(share)s AS share,
                      COALESCE(o.credit_closed_amount, 0) AS rest_closed,
                      CASE WHEN o.credit_closed_amount > 0 THEN
                           COALESCE(o.credit_closed_delivered, 0) END AS gone_before,
                      %(is_deposit)s AS is_deposit, %(is_closed)s AS is_closed,
                      COALESCE(l.price_total / NULLIF(l.product_uom_qty, 0),
                               (%(units)s::jsonb ->> l.id::text)::numeric, 0) AS unit,
                      l.product_uom_qty = 0 AND l.qty_delivered != 0
                          AND (NOT (%(is_closed)s) OR o.credit_closed_amount > 0)
                          AND NOT %(units)s::jsonb ? l.id::text AS is_unpriced,
                      %(ordered)s AS ordered,
                      COALESCE(l.qty_delivered, 0) AS delivered,
                      CASE WHEN %(is_closed)s AND NOT (%(is_deposit)s) THEN 0
                           ELSE COALESCE((%(invoiced)s), 0) END AS invoiced
                 FROM sale_order o
                 JOIN %(customers)s p ON p.id = o.partner_invoice_id
                 JOIN sale_order_line l ON l.order_id = o.id AND l.display_type IS NULL
            LEFT JOIN account_payment_term t ON t.id = o.payment_term_id
                WHERE o.state = 'sale' AND o.company_id = ANY(%(companies)s)
                  AND p.commercial_partner_id = ANY(%(partners)s)
                  AND o.id != ALL(%(excluded)s) OFFSET 0""",
            share=self._get_order_share(),
            customers=scope.partners,
            units=scope.unit_prices,
            is_deposit=IS_DEPOSIT,
            is_closed=IS_CLOSED,
            ordered=self._ordered_quantity(),
            invoiced=self._invoiced_query(),
            companies=scope.company_ids,
            partners=scope.partner_ids,
            excluded=scope.order_ids,
        )

    @api.model
    def _get_order_share(self):
        """Return, in SQL, the share of an order ``o`` with payment terms ``t`` that is
        left open. To be extended by whoever secures orders otherwise."""
        return SQL("COALESCE(t.credit_open_share, 1)::numeric")

    def _ordered_quantity(self):
        """The quantity that counts as ordered.

        Goods that are invoiced as delivered, and have no transfer left: what was
        delivered, since the rest never comes. 10 ordered, 7 came, the backorder was
        cancelled: 7. Known where ``sale_stock`` is installed.
        """
        if "delivery_status" not in self.env["sale.order"]._fields:
            return SQL("l.product_uom_qty")
        return SQL(
            """CASE WHEN o.delivery_status = 'full' AND l.product_uom_qty > 0
                     AND l.qty_delivered_method = 'stock_move' AND EXISTS (
                         SELECT FROM product_product x
                           JOIN product_template y ON y.id = x.product_tmpl_id
                          WHERE x.id = l.product_id AND y.invoice_policy = 'delivery')
                    THEN LEAST(l.product_uom_qty, COALESCE(l.qty_delivered, 0))
                    ELSE l.product_uom_qty END"""
        )

    @staticmethod
    def _invoiced_query():
        """What was invoiced of a line ``l`` of an order ``o``, with tax and net of
        credit notes, in the order's currency. Drafts are included, because they are a
        part of their own (:meth:`_draft_rows`)."""
        return SQL(
            """SELECT SUM(
                      CASE m.move_type WHEN 'out_refund' THEN -i.price_total
                                       ELSE i.price_total END
                      * CASE WHEN m.currency_id = o.currency_id THEN 1
                             ELSE o.currency_rate
                                  / COALESCE(NULLIF(m.invoice_currency_rate, 0), 1)
                        END)
                 FROM sale_order_line_invoice_rel r
                 JOIN account_move_line i ON i.id = r.invoice_line_id
                 JOIN account_move m ON m.id = i.move_id AND m.state != 'cancel'
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                WHERE r.order_line_id = l.id"""
        )

    def _remaining_query(self, scope):
        """What each line has yet to bring (``total``), and what of it was
        ``delivered``, as ``engine.credit_exposure.to_invoice`` computes it.

        10 ordered, 4 delivered, 11 each, 22 invoiced: total 88, delivered 22. What is
        below 0, a discount or goods that come back, is mirrored by ``sign``, so that
        "at least 0" becomes "at most 0".
        """
        return SQL(
            """SELECT s.*, unit * delivered AS gone,
                      sign * GREATEST(sign * (unit * most - invoiced), 0) AS to_come,
                      sign * LEAST(
                          GREATEST(sign * (unit * delivered - invoiced), 0),
                          GREATEST(sign * (unit * most - invoiced), 0)
                      ) AS to_invoice
                 FROM (SELECT s.*,
                              CASE WHEN (s.unit < 0) = (s.ordered < 0) THEN 1 ELSE -1
                              END AS sign,
                              CASE WHEN s.ordered < 0
                                   THEN LEAST(s.ordered, s.delivered)
                                   ELSE GREATEST(s.ordered, s.delivered) END AS most
                         FROM (%s) s) s""",
            self._lines_query(scope),
        )

    def _order_sums_query(self, scope):
        """What lines have yet to bring, by order, whatever was closed of it: what is
        ``total_left`` and ``delivered_left``, and what all that is ``gone`` comes to,
        invoiced or not. ``gone_before``: the same when the rest was closed, NULL where
        it is open."""
        return SQL(
            """SELECT partner_id, order_id, currency_id, locked_rate, share,
                      rest_closed, gone_before, ROUND(SUM(gone), 4) AS gone,
                      SUM(CASE WHEN is_deposit THEN -invoiced
                               WHEN is_closed THEN 0 ELSE to_come END) AS total_left,
                      SUM(CASE WHEN is_deposit THEN -invoiced
                               WHEN is_closed THEN 0 ELSE to_invoice END
                      ) AS delivered_left,
                      COUNT(*) FILTER (WHERE is_unpriced) AS unpriced
                 FROM (%s) s
             GROUP BY partner_id, order_id, currency_id, locked_rate, share,
                      rest_closed, gone_before""",
            self._remaining_query(scope),
        )

    # === ROWS === #

    # Each gives rows (partner id, part, currency id, locked rate or 0, amount).

    def _order_rows(self, scope):
        """Parts ``delivered`` and ``undelivered``: ordered and not invoiced; and
        ``unpriced``, see :meth:`_ordered_query`."""
        return SQL(
            """SELECT o.partner_id, r.part, o.currency_id, o.locked_rate, SUM(r.amount)
                 FROM (%s) o,
                      LATERAL (VALUES
                          ('delivered', LEAST(o.delivered, o.total) * o.share),
                          ('undelivered',
                           (o.total - LEAST(o.delivered, o.total)) * o.share),
                          (%s, NULLIF(o.unpriced, 0))) r (part, amount)
             GROUP BY 1, 2, 3, 4""",
            self._ordered_query(scope),
            UNPRICED,
        )

    @staticmethod
    def _draft_rows(scope):
        """Part ``draft``: of draft invoices what stands on lines of orders, which
        ``invoiced`` has taken from these; by policy, all of them."""
        return SQL(
            """SELECT p.commercial_partner_id, 'draft', m.currency_id,
                      COALESCE(m.locked_rate, 0)::numeric,
                      SUM(CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                          * COALESCE(t.credit_open_share, 1)::numeric
                          * CASE WHEN %(whole)s THEN m.amount_total ELSE (
                              SELECT COALESCE(SUM(i.price_total), 0)
                                FROM account_move_line i
                               WHERE i.move_id = m.id AND EXISTS (
                                     SELECT FROM sale_order_line_invoice_rel r
                                      WHERE r.invoice_line_id = i.id)) END)
                 FROM account_move m
                 JOIN %(customers)s p ON p.id = m.partner_id
            LEFT JOIN account_payment_term t ON t.id = m.invoice_payment_term_id
                WHERE m.state = 'draft'
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND m.company_id = ANY(%(companies)s)
                  AND p.commercial_partner_id = ANY(%(partners)s)
                  AND m.id != ALL(%(excluded)s)
             GROUP BY 1, 3, 4""",
            customers=scope.partners,
            whole=scope.policy.count_drafts,
            companies=scope.company_ids,
            partners=scope.partner_ids,
            excluded=scope.move_ids,
        )

    def _quotation_rows(self, scope):
        """Part ``quotation``: what was sent and isn't confirmed."""
        return SQL(
            """SELECT p.commercial_partner_id, 'quotation', o.currency_id,
                      COALESCE(o.locked_rate, 0)::numeric,
                      SUM(o.amount_total * %s)
                 FROM sale_order o
                 JOIN %s p ON p.id = o.partner_invoice_id
            LEFT JOIN account_payment_term t ON t.id = o.payment_term_id
                WHERE o.state = 'sent' AND o.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s) AND o.id != ALL(%s)
             GROUP BY 1, 3, 4""",
            self._get_order_share(),
            scope.partners,
            scope.company_ids,
            scope.partner_ids,
            scope.order_ids,
        )

    # === OF ONE ORDER === #

    @api.model
    def _find_open_rests(self, scope, order_ids):
        """Find what orders have yet to bring, before the share that their payment terms
        leave open.

        :param scope: ``CreditScope`` of their customers
        :return: {order id: (what is left, what all that is delivered comes to)},
            Decimals in its currency, where anything is left
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT order_id, MAX(total)::text, MAX(gone)::text FROM (%s) o
                    WHERE order_id = ANY(%s) AND total > 0 GROUP BY order_id""",
                self._ordered_query(self._price(scope)),
                list(order_ids),
            )
        )
        return {
            order_id: (Decimal(total), Decimal(gone)) for order_id, total, gone in rows
        }

    # === PRICES === #

    @api.model
    def _price(self, scope):
        """Return a scope with the prices of what was delivered and not ordered."""
        # sudo: the exposure is gathered for whoever may ask, in the main company
        prices = self.sudo()._find_unit_prices(scope)
        return replace(scope, unit_prices=json.dumps(prices))

    def _find_unit_prices(self, scope):
        """Find the prices of lines that were delivered and not ordered, by Odoo's
        taxes.

        :return: {line id: price of one unit, tax included}
        """
        for model in ("sale.order.line", "sale.order", "res.partner"):
            self.env[model].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id
                     FROM res_partner p
                     JOIN sale_order o ON o.partner_invoice_id = p.id
                     JOIN sale_order_line l ON l.order_id = o.id
                    WHERE (p.commercial_partner_id = ANY(%(customers)s)
                           OR p.id = ANY(%(moved)s))
                      AND o.state = 'sale' AND l.company_id = ANY(%(companies)s)
                      AND l.product_uom_qty = 0 AND l.qty_delivered != 0
                      AND l.display_type IS NULL
                 ORDER BY l.id""",
                customers=scope.partner_ids,
                moved=[partner_id for partner_id, _customer_id in scope.moved],
                companies=scope.company_ids,
            )
        )
        lines = self.env["sale.order.line"].browse(line_id for (line_id,) in rows)
        prices = {}
        for line in lines:
            prices[line.id] = line._get_credit_unit_price()
        return prices
