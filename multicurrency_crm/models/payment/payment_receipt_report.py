from odoo import fields, models
from odoo.tools import SQL

#: What is read in SQL.
SOURCES = (
    *("account.account", "account.journal", "account.move", "account.move.line"),
    *("account.partial.reconcile", "account.payment", "bank.match"),
    *("payment.provider", "payment.transaction", "res.company", "res.partner"),
)


class PaymentReceiptReport(models.Model):
    """What customers paid, by which channel, how long it took, and what banks kept.

    A row a receipt: a posted payment, or a line of the bank that was matched with
    customers' items; a payment that is matched with a line of the bank counts once, on
    the day of that line.
    """

    _name = "payment.receipt.report"
    _description = "Receipts by Channel"
    _inherit = ["whole.totals.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "move_id"

    _whole_totals = {
        "amount": "currency_id",
        "booked": "company_currency_id",
        "charges": "company_currency_id",
    }

    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    date = fields.Date(
        string="Arrived",
        readonly=True,
        help="Day of the bank's line; of a payment without one, its own.",
    )
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    kind = fields.Selection(
        selection=[
            ("online", "Online"),
            ("bank", "Bank Line"),
            ("payment", "Payment"),
        ],
        string="Received As",
        readonly=True,
    )
    channel = fields.Char(
        readonly=True, help="Online: the provider. Otherwise: the journal."
    )
    journal_id = fields.Many2one("account.journal", readonly=True)
    route_id = fields.Many2one(
        "payment.route",
        readonly=True,
        help="Of the invoices that it paid; of several, of the one with the most.",
    )
    amount = fields.Monetary(
        readonly=True,
        help="What was settled, or stays the customer's credit, charges included.",
    )
    booked = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="As it was booked.",
    )
    charges = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="What was written off as charges, with the receipt or with the bank's "
        "line, as it was booked.",
    )
    days_invoiced = fields.Float(
        string="Days from Invoice",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="From the invoices' days, weighted by what was paid of each; averages are "
        "over receipts. Empty: it paid no invoice.",
    )
    days_due = fields.Float(
        string="Days from Due Date",
        readonly=True,
        digits=(16, 1),
        aggregator="avg",
        help="Below 0: before it was due.",
    )

    @property
    def _table_query(self):
        for name in SOURCES:
            self.env[name].flush_model()
        return SQL(
            """SELECT r.id, r.move_id, r.payment_id, r.company_id, r.currency_id,
                      r.partner_id, r.journal_id, r.amount, r.booked,
                      k.currency_id AS company_currency_id, p.country_id,
                      COALESCE(b.date, r.date) AS date, i.route_id,
                      CASE WHEN x.provider_id IS NOT NULL THEN 'online' WHEN
                        r.payment_id IS NULL THEN 'bank' ELSE 'payment' END AS kind,
                      COALESCE(%(provider)s, %(journal)s) AS channel,
                      COALESCE(b.date, r.date) - DATE '2000-01-01' - i.invoiced
                          AS days_invoiced,
                      COALESCE(b.date, r.date) - DATE '2000-01-01' - i.due AS days_due,
                      ROUND((r.share * COALESCE(e.charges, 0) + COALESCE(b.charges, 0)
                        + COALESCE(w.charges, 0))::numeric, h.decimal_places) AS charges
                 FROM (%(receipts)s) r
                 JOIN res_company k ON k.id = r.company_id
                 JOIN res_currency h ON h.id = k.currency_id
            LEFT JOIN res_partner p ON p.id = r.partner_id
                 JOIN account_journal j ON j.id = r.journal_id
            LEFT JOIN payment_transaction x ON x.id = r.transaction_id
            LEFT JOIN payment_provider v ON v.id = x.provider_id
            LEFT JOIN LATERAL (%(invoices)s) i ON TRUE
            LEFT JOIN LATERAL (%(own)s) e ON TRUE
            LEFT JOIN LATERAL (%(bank)s) b ON TRUE
            LEFT JOIN LATERAL (%(written_off)s) w ON TRUE""",
            provider=self._get_name_of("v"),
            journal=self._get_name_of("j"),
            receipts=self._get_receipts_query(),
            invoices=self._get_invoices_query(),
            own=self._get_charges_query(SQL("l.move_id = r.move_id")),
            bank=self._get_bank_query(),
            written_off=self._get_written_off_query(),
        )

    def _get_name_of(self, table):
        """Return a translated name in the reader's language."""
        name = SQL.identifier(table, "name")
        return SQL(
            "COALESCE(%s ->> %s, %s ->> 'en_US')", name, self.env.lang or "en_US", name
        )

    def _get_receipts_query(self):
        """Return the query of what came in for customers: a row an entry, customer and
        currency; ``share``: what it is of its entry."""
        return SQL(
            """SELECT s.*, s.booked / NULLIF(SUM(s.booked) OVER (
                               PARTITION BY s.move_id), 0) AS share
                 FROM (SELECT MIN(l.id) AS id, l.move_id, l.company_id, l.currency_id,
                              m.date, m.journal_id, y.id AS payment_id,
                              y.payment_transaction_id AS transaction_id,
                              c.commercial_partner_id AS partner_id,
                              -SUM(l.amount_currency) AS amount,
                              -SUM(l.balance) AS booked
                         FROM account_move_line l
                         JOIN account_account a ON a.id = l.account_id
                          AND a.account_type = 'asset_receivable'
                         JOIN account_move m ON m.id = l.move_id
                    LEFT JOIN account_payment y ON y.id = m.origin_payment_id
                    LEFT JOIN res_partner c ON c.id = l.partner_id
                        WHERE l.parent_state = 'posted'
                          AND (y.payment_type = 'inbound'
                               AND y.partner_type = 'customer'
                               OR y.id IS NULL AND m.statement_line_id IS NOT NULL)
                     GROUP BY l.move_id, l.company_id, l.currency_id, m.id, y.id, c.id
                       HAVING -SUM(l.amount_currency) > 0) s"""
        )

    def _get_invoices_query(self):
        """Return the query of what a receipt paid: the mean of its invoices' days, as
        days since 2000, and a route."""
        return SQL(
            """SELECT SUM(q.amount * (COALESCE(n.invoice_date, n.date)
                                      - DATE '2000-01-01'))
                          / NULLIF(SUM(q.amount), 0) AS invoiced,
                      SUM(q.amount * (COALESCE(o.date_maturity, n.date)
                                      - DATE '2000-01-01'))
                          / NULLIF(SUM(q.amount), 0) AS due,
                      (ARRAY_AGG(n.payment_route_id ORDER BY q.amount DESC, n.id)
                           FILTER (WHERE n.payment_route_id IS NOT NULL))[1] AS route_id
                 FROM account_move_line l
                 JOIN account_partial_reconcile q ON q.credit_move_id = l.id
                 JOIN account_move_line o ON o.id = q.debit_move_id
                 JOIN account_move n ON n.id = o.move_id
                  AND n.move_type IN ('out_invoice', 'out_receipt')
            LEFT JOIN res_partner c ON c.id = l.partner_id
                WHERE l.move_id = r.move_id AND l.currency_id = r.currency_id
                  AND c.commercial_partner_id IS NOT DISTINCT FROM r.partner_id"""
        )

    def _get_charges_query(self, which):
        """Return the query of what entries booked on expenses. A cash discount is no
        charge, unless charges are booked on the same account.

        :param SQL which: condition on ``l``, the lines
        """
        return SQL(
            """SELECT SUM(l.balance) AS charges
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                  AND a.account_type LIKE 'expense%%'
                 JOIN res_company c ON c.id = l.company_id
                WHERE %(which)s AND l.account_id IS DISTINCT FROM NULLIF(
                      c.account_journal_early_pay_discount_loss_account_id,
                      c.receipt_charge_account_id)""",
            which=which,
        )

    def _get_bank_query(self):
        """Return the query of the lines of the bank with which a payment is matched:
        the last day, and its share in what was written off with them."""
        return SQL(
            """SELECT MAX(z.date) AS date, SUM(z.charges * z.mine / z.whole) AS charges
                 FROM (SELECT m.id, m.date, SUM(q.amount) AS mine,
                              (SELECT NULLIF(SUM(t.amount), 0)
                                 FROM account_move_line f
                                 JOIN account_partial_reconcile t
                                   ON t.credit_move_id = f.id
                                WHERE f.move_id = m.id) AS whole,
                              (%(charges)s) AS charges
                         FROM account_move_line o
                         JOIN account_account g ON g.id = o.account_id
                          AND g.account_type != 'asset_receivable'
                         JOIN account_partial_reconcile q ON q.debit_move_id = o.id
                         JOIN account_move_line d ON d.id = q.credit_move_id
                         JOIN account_move m ON m.id = d.move_id
                          AND m.statement_line_id IS NOT NULL
                        WHERE o.move_id = r.move_id AND r.payment_id IS NOT NULL
                     GROUP BY m.id) z""",
            charges=self._get_charges_query(SQL("l.move_id = m.id")),
        )

    def _get_written_off_query(self):
        """Return the query of what was written off of a payment when it was
        matched."""
        return SQL(
            """SELECT SUM(u.charges) AS charges
                 FROM bank_match b
   CROSS JOIN LATERAL (%(charges)s) u
                WHERE b.payment_id = r.payment_id AND b.state = 'matched'
                  AND b.charge_move_id IS NOT NULL""",
            charges=self._get_charges_query(SQL("l.move_id = b.charge_move_id")),
        )

    # === ACTIONS === #

    def action_open(self):
        """Open the payment, or the entry of the bank's line."""
        self.ensure_one()
        self.check_access("read")
        record = self.payment_id or self.move_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(record._name).name,
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }
