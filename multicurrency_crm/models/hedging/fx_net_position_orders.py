from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine.net_position import Flow, spread


class OpenOrder(NamedTuple):
    """What of an order is not invoiced yet, in its currency, with tax."""

    id: int
    company_id: int
    currency_id: int
    kind: str
    term_id: int | None
    date: object
    total: float
    open: float


class FxNetPositionSource(models.AbstractModel):
    """Orders of customers, and of suppliers where purchase is installed."""

    _inherit = "fx.net.position.source"

    @api.model
    def _gather_orders(self, companies):
        for order, instalments in self._get_expected_orders(companies):
            sign = -1 if order.kind == "purchase" else 1
            for due, amount in instalments:
                flow = Flow(order.currency_id, due, order.kind, sign * amount)
                yield order.company_id, flow

    @api.model
    def _get_expected_orders(self, companies):
        """Confirmed orders in foreign currencies of which something is left to invoice.

        An order is invoiced when it is delivered, today at the earliest, and paid by
        the instalments of its payment term from then on.

        :return: (:class:`OpenOrder`, [(due date, amount)])
        """
        todays = {company.id: company._get_today() for company in companies}
        Term = self.env["account.payment.term"]
        for order in self._get_open_orders(companies):
            day = max(order.date, todays[order.company_id])
            lines = Term.browse(order.term_id or ()).line_ids
            parts = [
                (line._get_due_date(day), self._get_share(line, order.open))
                for line in lines
            ]
            yield order, spread(order.open, parts or [(day, 1.0)])

    @api.model
    def _get_share(self, line, amount):
        if line.value == "percent":
            return line.value_amount / 100
        return line.value_amount / amount

    @api.model
    def _get_open_orders(self, companies):
        queries = [self._get_sale_query(companies)]
        # purchase may be installed or not, and this addon doesn't ask for it
        if "purchase.order" in self.env:
            queries.append(self._get_purchase_query(companies))
        for query in queries:
            for row in self.env.execute_query(query):
                order = OpenOrder(*row)
                if order.open * order.total > 0:
                    yield order

    @api.model
    def _get_sale_query(self, companies):
        """Invoiced net counts down payments once: the final invoice deducts them."""
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        done_by_setting = self.env["res.groups"]._is_feature_enabled(
            "sale.group_auto_done_setting"
        )
        return self._get_order_query(
            companies,
            table=SQL.identifier("sale_order"),
            kind=SQL(
                """CASE WHEN o.locked_rate > 0 THEN 'order_locked'
                        ELSE 'order_unlocked' END"""
            ),
            day=SQL("COALESCE(o.commitment_date, o.date_order)"),
            state="sale",
            # as sale.order._is_closed
            closed=SQL(
                """o.invoice_status IN ('invoiced', 'upselling')
                   OR o.locked AND NOT %s AND o.invoice_status = 'no'
                   AND EXISTS (SELECT FROM sale_order_line s
                                WHERE s.order_id = o.id AND s.qty_invoiced != 0)""",
                done_by_setting,
            ),
            links=SQL(
                """sale_order_line s
                   JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                   JOIN account_move_line l ON l.id = r.invoice_line_id"""
            ),
            incoming=("out_invoice", "out_receipt"),
        )

    @api.model
    def _get_purchase_query(self, companies):
        self.env["purchase.order"].flush_model()
        self.env["purchase.order.line"].flush_model()
        return self._get_order_query(
            companies,
            table=SQL.identifier("purchase_order"),
            kind=SQL("'purchase'"),
            day=SQL("COALESCE(o.date_planned, o.date_order)"),
            state="purchase",
            closed=SQL("o.invoice_status = 'invoiced'"),
            links=SQL(
                """purchase_order_line s
                   JOIN account_move_line l ON l.purchase_line_id = s.id"""
            ),
            incoming=("in_invoice", "in_receipt"),
        )

    @api.model
    def _get_order_query(
        self, companies, *, table, kind, day, state, closed, links, incoming
    ):
        """Rows as :class:`OpenOrder`: the total less what is posted, or, of an order of
        which nothing more is to be invoiced, what still lies in drafts. An invoice in
        another currency than its order's counts at the rates of both documents."""
        return SQL(
            """SELECT o.id, o.company_id, o.currency_id, %(kind)s, o.payment_term_id,
                      (%(day)s)::date, o.amount_total::float8,
                      (CASE WHEN %(closed)s THEN COALESCE(i.drafted, 0)
                            ELSE o.amount_total - COALESCE(i.posted, 0) END)::float8
                 FROM %(table)s o
                 JOIN res_company c ON c.id = o.company_id
                                   AND c.currency_id != o.currency_id
         LEFT JOIN LATERAL (
                   SELECT SUM(l.signed) FILTER (WHERE l.parent_state = 'posted')
                              AS posted,
                          SUM(l.signed) FILTER (WHERE l.parent_state = 'draft')
                              AS drafted
                     FROM (SELECT l.parent_state,
                                  l.price_total
                                  * CASE WHEN m.move_type IN %(incoming)s
                                         THEN 1 ELSE -1 END
                                  * CASE WHEN m.currency_id = o.currency_id THEN 1
                                         ELSE o.currency_rate
                                              / NULLIF(m.invoice_currency_rate, 0)
                                    END AS signed
                             FROM %(links)s
                             JOIN account_move m ON m.id = l.move_id
                            WHERE s.order_id = o.id) l
                   ) i ON TRUE
                WHERE o.state = %(state)s AND o.company_id IN %(companies)s
             ORDER BY o.id""",
            kind=kind,
            day=day,
            closed=closed,
            table=table,
            incoming=incoming,
            links=links,
            state=state,
            companies=tuple(companies.ids),
        )
