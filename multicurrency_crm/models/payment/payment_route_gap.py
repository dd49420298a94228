from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL

from .account_move import ROUTED

#: so many ids a company: more currencies than there are
STRIDE = 100_000


class PaymentRouteGap(models.Model):
    """Currencies of which customers aren't told how to pay them.

    A query, no table: each active currency without a route that works, and each one of
    quotations, orders and unpaid invoices that have no route; of a main company with
    its branches.
    """

    _name = "payment.route.gap"
    _description = "Currency without a Payment Route"
    _auto = False
    _order = "order_count desc, invoice_count desc, currency_id"
    _rec_name = "currency_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason = fields.Selection(
        selection=[
            ("none", "No route"),
            ("broken", "Archived, or of another currency"),
            ("unfit", "For other customers or amounts"),
        ],
        readonly=True,
        help="There is no route for this currency; none can be paid to; or those that "
        "there are fit none of these documents.",
    )
    order_count = fields.Integer(
        string="Orders",
        readonly=True,
        help="Quotations, and orders that aren't wholly invoiced, without a route.",
    )
    invoice_count = fields.Integer(
        string="Invoices",
        readonly=True,
        help="Drafts, and invoices that are to be paid, without a route.",
    )

    @property
    def _table_query(self):
        for name in (
            "account.journal",
            "account.move",
            "payment.route",
            "res.company",
            "res.currency",
            "res.partner.bank",
            "sale.order",
        ):
            self.env[name].flush_model()
        return SQL(
            """SELECT k.id::bigint * %(stride)s + y.id AS id, k.id AS company_id,
                      y.id AS currency_id,
                      CASE WHEN r.count IS NULL THEN 'none' WHEN r.works = 0
                           THEN 'broken' ELSE 'unfit' END AS reason,
                      COALESCE(d.orders, 0) AS order_count,
                      COALESCE(d.invoices, 0) AS invoice_count
                 FROM res_company k
           CROSS JOIN res_currency y
            LEFT JOIN (%(routes)s) r ON r.company_id = k.id AND r.currency_id = y.id
            LEFT JOIN (%(documents)s) d
                   ON d.company_id = k.id AND d.currency_id = y.id
                WHERE k.parent_id IS NULL AND k.active
                  AND (d.company_id IS NOT NULL
                       OR y.active AND COALESCE(r.works, 0) = 0)""",
            stride=STRIDE,
            routes=self._get_routes_query(),
            documents=self._get_documents_query(),
        )

    def _get_routes_query(self):
        """Return the query of how many routes each currency has, and how many work: as
        ``payment.route._get_trouble`` says."""
        fine = SQL(" AND ").join(
            SQL(
                """(%(id)s IS NULL OR %(active)s AND COALESCE(%(currency)s,
                    t.currency_id) = t.currency_id)""",
                id=SQL.identifier(table, "id"),
                active=SQL.identifier(table, "active"),
                currency=SQL.identifier(table, "currency_id"),
            )
            for table in ("b", "j")
        )
        return SQL(
            """SELECT t.company_id, t.currency_id, COUNT(*) AS count,
                      COUNT(*) FILTER (WHERE %(fine)s) AS works
                 FROM payment_route t
            LEFT JOIN res_partner_bank b ON b.id = t.partner_bank_id
            LEFT JOIN account_journal j ON j.id = t.journal_id
                WHERE t.active
             GROUP BY t.company_id, t.currency_id""",
            fine=fine,
        )

    def _get_documents_query(self):
        """Return the query of how many documents of each currency have no route."""
        return SQL(
            """SELECT split_part(c.parent_path, '/', 1)::int AS company_id,
                      d.currency_id, SUM(d.orders) AS orders,
                      SUM(d.invoices) AS invoices
                 FROM (SELECT company_id, currency_id, 1 AS orders, 0 AS invoices
                         FROM sale_order
                        WHERE payment_route_id IS NULL
                          AND (state IN ('draft', 'sent') OR state = 'sale'
                               AND invoice_status != 'invoiced')
                    UNION ALL
                       SELECT company_id, currency_id, 0, 1
                         FROM account_move
                        WHERE payment_route_id IS NULL AND move_type = ANY(%(types)s)
                          AND (state = 'draft' OR state = 'posted'
                               AND payment_state IN ('not_paid', 'partial'))) d
                 JOIN res_company c ON c.id = d.company_id
             GROUP BY 1, 2""",
            types=list(ROUTED),
        )

    # === ACTIONS === #

    def action_add_route(self):
        """Open a new route for this currency."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment Route"),
            "res_model": "payment.route",
            "views": [(False, "form")],
            "context": {
                "default_currency_id": self.currency_id.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_open_orders(self):
        """Open the quotations and orders without a route."""
        return self._open("sale.order", self.env._("Orders"), self._get_order_domain())

    def action_open_invoices(self):
        """Open the invoices without a route."""
        domain = self._get_invoice_domain()
        return self._open("account.move", self.env._("Invoices"), domain)

    def _open(self, model, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": list(domain),
            "context": {"create": False},
        }

    def _get_document_domain(self):
        return (
            Domain("company_id", "child_of", self.company_id.ids)
            & Domain("currency_id", "in", self.currency_id.ids)
            & Domain("payment_route_id", "=", False)
        )

    def _get_order_domain(self):
        return self._get_document_domain() & (
            Domain("state", "in", ("draft", "sent"))
            | Domain("state", "=", "sale") & Domain("invoice_status", "!=", "invoiced")
        )

    def _get_invoice_domain(self):
        unpaid = Domain("payment_state", "in", ("not_paid", "partial"))
        return (
            self._get_document_domain()
            & Domain("move_type", "in", ROUTED)
            & (Domain("state", "=", "draft") | Domain("state", "=", "posted") & unpaid)
        )

    def action_fill_in(self):
        """Give quotations and draft invoices the routes that there are by now; what
        customers have ordered, or been invoiced, stays as they have read it.

        :raises AccessError: not a manager
        """
        if not self.env.user.has_group("multicurrency_crm.group_manager"):
            raise AccessError(self.env._("Payment routes are filled in by managers."))
        self.check_access("read")
        drafts = Domain("state", "in", ("draft", "sent"))
        for gap in self:
            for model, domain in (
                ("sale.order", gap._get_order_domain()),
                ("account.move", gap._get_invoice_domain()),
            ):
                # sudo: managers may write no documents of others, and write none here
                # but for a route that they have set up themselves
                gap.env[model].sudo().search(domain & drafts)._find_route_anew()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
