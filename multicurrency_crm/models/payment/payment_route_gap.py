from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from .account_move import ROUTED

#: so many ids a company: more currencies than there are
STRIDE = 100_000
#: no condition
ANY = SQL("TRUE")


class PaymentRouteGap(models.Model):
    """Currencies of which customers aren't told how to pay them.

    A query, no table: each active currency without a route that works, and each one of
    quotations, orders and unpaid invoices that have no route; of a main company with
    its branches.
    """

    _name = "payment.route.gap"
    _description = "Currency without a Payment Route"
    _auto = False
    _inherit = ["asking.mixin"]
    _order = "order_count desc, invoice_count desc, currency_id"
    _rec_name = "currency_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    reason = fields.Selection(
        selection=[
            ("none", "No route"),
            ("broken", "Can't be paid to"),
            ("unfit", "For other customers or amounts"),
            ("later", "Added later: fill it in"),
        ],
        readonly=True,
        help="There is no route for this currency; none can be paid to; those that "
        "there are fit none of these documents; or they fit, and documents that were "
        "there before don't have them yet.",
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
    issued_count = fields.Integer(
        string="Ordered or Invoiced",
        readonly=True,
        help="Those of them that customers have ordered, or been invoiced, and that a "
        "route fits by now.",
    )

    @property
    def _table_query(self):
        for name in (
            "account.journal",
            "account.move",
            "payment.route",
            "res.company",
            "res.currency",
            "res.partner",
            "res.partner.bank",
            "res.partner.category",
            "sale.order",
        ):
            self.env[name].flush_model()
        return SQL(
            """SELECT k.id::bigint * %(stride)s + y.id AS id, k.id AS company_id,
                      y.id AS currency_id,
                      CASE WHEN r.count IS NULL THEN 'none' WHEN r.works = 0
                           THEN 'broken' WHEN d.fitting > 0 THEN 'later'
                           ELSE 'unfit' END AS reason,
                      COALESCE(d.orders, 0) AS order_count,
                      COALESCE(d.invoices, 0) AS invoice_count,
                      COALESCE(d.issued, 0) AS issued_count
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
        """Return the query of how many routes each currency has, and how many work."""
        return SQL(
            """SELECT t.company_id, t.currency_id, COUNT(*) AS count,
                      COUNT(*) FILTER (WHERE t.works) AS works
                 FROM (%(routes)s) t
             GROUP BY t.company_id, t.currency_id""",
            routes=self._get_working_query(),
        )

    def _get_working_query(self):
        """Return the query of the active routes, and whether each works: as
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
            """SELECT t.id, t.company_id, t.currency_id, t.amount_from, t.amount_to,
                      %(fine)s AND (
                          t.partner_bank_id IS NOT NULL
                          OR COALESCE(t.instructions ->> 'en_US', '') != ''
                          OR EXISTS (SELECT FROM %(providers)s)) AS works
                 FROM payment_route t
            LEFT JOIN res_partner_bank b ON b.id = t.partner_bank_id
            LEFT JOIN account_journal j ON j.id = t.journal_id
                WHERE t.active""",
            fine=fine,
            providers=self._get_linked("provider_ids"),
        )

    def _get_linked(self, name, condition=ANY):
        """Return what stands behind FROM for the rows by which a route ``t`` is linked
        with others.

        :param str name: of a many2many field of ``payment.route``
        """
        field = self.env["payment.route"]._fields[name]
        return SQL(
            "%s l WHERE l.%s = t.id AND %s",
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            condition,
        )

    def _get_fits(self):
        """Return the condition under which a working route fits a document ``d`` of the
        main company ``d.root_id``: as ``engine.payment_routes.fits`` says."""
        countries = SQL("l.res_country_id = COALESCE(p.country_id, q.country_id)")
        living = SQL(
            """EXISTS (SELECT FROM res_partner_category z
                        WHERE z.id = l.res_partner_category_id AND z.active)"""
        )
        tags = SQL(
            """%s AND EXISTS (SELECT FROM res_partner_res_partner_category_rel g
                               WHERE g.category_id = l.res_partner_category_id
                                 AND g.partner_id IN (p.id, q.id))""",
            living,
        )
        return SQL(
            """EXISTS (
                   SELECT FROM (%(routes)s) t
                    WHERE t.works AND t.company_id = d.root_id
                      AND t.currency_id = d.currency_id
                      AND COALESCE(t.amount_from, 0) <= ABS(d.amount)
                      AND (COALESCE(t.amount_to, 0) = 0 OR ABS(d.amount) <= t.amount_to)
                      AND (NOT EXISTS (SELECT FROM %(any_country)s)
                           OR EXISTS (SELECT FROM %(country)s))
                      AND (NOT EXISTS (SELECT FROM %(any_tag)s)
                           OR EXISTS (SELECT FROM %(tag)s)))""",
            routes=self._get_working_query(),
            any_country=self._get_linked("country_ids"),
            country=self._get_linked("country_ids", countries),
            any_tag=self._get_linked("category_ids", living),
            tag=self._get_linked("category_ids", tags),
        )

    def _get_documents_query(self):
        """Return the query of how many documents of each currency have no route, though
        nobody chose that: of how many of them one fits, and how many of those customers
        have ordered, or been invoiced."""
        return SQL(
            """SELECT d.root_id AS company_id, d.currency_id,
                      SUM(d.orders) AS orders, SUM(d.invoices) AS invoices,
                      COUNT(*) FILTER (WHERE d.fits) AS fitting,
                      COUNT(*) FILTER (WHERE d.fits AND d.is_issued) AS issued
                 FROM (SELECT d.*, %(fits)s AS fits
                         FROM (SELECT d.*,
                                      split_part(c.parent_path, '/', 1)::int AS root_id
                                 FROM (%(all)s) d
                                 JOIN res_company c ON c.id = d.company_id) d
                    LEFT JOIN res_partner p ON p.id = d.partner_id
                    LEFT JOIN res_partner q ON q.id = p.commercial_partner_id) d
             GROUP BY 1, 2""",
            fits=self._get_fits(),
            all=self._get_unrouted_query(),
        )

    def _get_unrouted_query(self):
        """Return the query of documents that are to be paid, and have no route."""
        return SQL(
            """SELECT company_id, currency_id,
                      COALESCE(partner_invoice_id, partner_id) AS partner_id,
                      amount_total AS amount,
                      1 AS orders, 0 AS invoices, state = 'sale' AS is_issued
                 FROM sale_order
                WHERE payment_route_id IS NULL
                  AND payment_route_is_chosen IS NOT TRUE
                  AND (state IN ('draft', 'sent') OR state = 'sale'
                       AND invoice_status != 'invoiced')
            UNION ALL
               SELECT company_id, currency_id, partner_id, amount_total,
                      0, 1, state = 'posted'
                 FROM account_move
                WHERE payment_route_id IS NULL AND move_type = ANY(%(types)s)
                  AND payment_route_is_chosen IS NOT TRUE
                  AND (state = 'draft' OR state = 'posted'
                       AND payment_state IN ('not_paid', 'partial'))""",
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
            & Domain("payment_route_is_chosen", "=", False)
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
        self._check_manager()
        drafts = Domain("state", "in", ("draft", "sent"))
        for gap in self:
            for documents in gap._find_documents(drafts):
                documents._find_route_anew()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_ask_fill_in_issued(self):
        """Ask whether what customers have ordered, or been invoiced, is to get the
        routes that there are by now.

        :raises AccessError: not a manager
        :raises UserError: no route fits any of it
        """
        self._check_manager()
        found = [pair for gap in self for pair in gap._find_issued()]
        if not found:
            raise UserError(
                self.env._(
                    "No route fits what was ordered or invoiced without one: add a "
                    "route first."
                )
            )
        # sudo: names of routes, of all of the company's branches
        routes = self.env["payment.route"].union(*(way for _one, way in found)).sudo()
        return self._ask_before(
            "action_fill_in_issued",
            self.env._(
                "%(count)s orders and unpaid invoices get a payment route: %(routes)s. "
                "Customers who open or print them again are told to pay by it; an "
                "invoice that names a bank account keeps it. Amounts and entries stay. "
                "Fill it in?",
                count=len(found),
                routes=format_list(self.env, routes.mapped("name")),
            ),
        )

    def action_fill_in_issued(self):
        """Give confirmed orders and unpaid invoices the routes that there are by now,
        and the account to pay to where they name none; their chatter says so.

        :raises AccessError: not a manager
        """
        self._check_manager()
        for gap in self:
            for document, route in gap._find_issued():
                document._fill_in_route(route)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_manager(self):
        """:raises AccessError: not a manager, or of another company"""
        if not self.env.user.has_group("multicurrency_crm.group_manager"):
            raise AccessError(self.env._("Payment routes are filled in by managers."))
        self.check_access("read")

    def _find_documents(self, domain):
        """Find the orders, and the invoices, without a route.

        :return: [``sale.order``, ``account.move``], with sudo
        """
        self.ensure_one()
        return [
            # sudo: managers may write no documents of others, and write none here but
            # for a route that they have set up themselves
            self.env[model].sudo().search(found & domain)
            for model, found in (
                ("sale.order", self._get_order_domain()),
                ("account.move", self._get_invoice_domain()),
            )
        ]

    def _find_issued(self):
        """Find what customers have ordered, or been invoiced, and that a route fits by
        now.

        :return: [(document with sudo, ``payment.route``)]
        """
        issued = Domain("state", "in", ("sale", "posted"))
        return [
            (document, route)
            for documents in self._find_documents(issued)
            for document in documents
            if (route := document._choose_route())
        ]
