from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

#: Who may read what Odoo's own accounting knows.
ACCOUNTING = "account.group_account_readonly,account.group_account_invoice"


class BankReceipt(models.Model):
    """Money that came in and isn't matched yet: lines of the bank, and payments.

    A query, no table: a line is here as long as something of it stands on the bank's
    suspense account, a payment as long as something of it is open on a receivable. What
    it may pay is computed when somebody opens it, never for the list.
    """

    _name = "bank.receipt"
    _description = "Receipt to Match"
    _inherit = ["whole.totals.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "text"

    _whole_totals = {"amount": "currency_id", "booked": "company_currency_id"}

    kind = fields.Selection(
        selection=[("line", "Bank Line"), ("payment", "Payment")], readonly=True
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", readonly=True, groups=ACCOUNTING
    )
    payment_id = fields.Many2one("account.payment", readonly=True, groups=ACCOUNTING)
    move_id = fields.Many2one(
        "account.move", string="Entry", readonly=True, groups=ACCOUNTING
    )
    journal_id = fields.Many2one("account.journal", readonly=True, groups=ACCOUNTING)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    payer = fields.Char(readonly=True, help="As the bank wrote it.")
    account_number = fields.Char(
        string="Payer's Account", readonly=True, help="From which it was paid."
    )
    text = fields.Char(readonly=True)
    reference = fields.Char(readonly=True)
    currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        help="In which it pays: where the bank has changed what was sent, the currency "
        "that was sent.",
    )
    amount = fields.Monetary(
        string="To Match",
        readonly=True,
        help="What is left of it, in the currency in which it pays.",
    )
    booked = fields.Monetary(
        string="Booked Value",
        currency_field="company_currency_id",
        readonly=True,
        help="What is left of it, at the rate at which it was booked.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        for name in (
            "account.account",
            "account.bank.statement.line",
            "account.journal",
            "account.move",
            "account.move.line",
            "account.payment",
        ):
            self.env[name].flush_model()
        return SQL("%s UNION ALL %s", self._get_lines_query(), self._get_paid_query())

    @api.model
    def _get_lines_query(self):
        """Return the query of lines of banks: what is left stands on the suspense
        account, in the currency in which it was sent."""
        return SQL(
            """SELECT z.id * 2 AS id, 'line' AS kind, z.id AS statement_line_id,
                      NULL::int AS payment_id, m.id AS move_id, m.journal_id,
                      m.company_id, m.date, z.partner_id,
                      z.partner_name AS payer, z.account_number,
                      z.payment_ref AS text, m.ref AS reference, l.currency_id,
                      -l.amount_currency AS amount, -l.balance AS booked
                 FROM account_bank_statement_line z
                 JOIN account_move m ON m.id = z.move_id AND m.state = 'posted'
                 JOIN account_journal j ON j.id = m.journal_id
                 JOIN account_move_line l ON l.move_id = m.id
                  AND l.account_id = j.suspense_account_id
                WHERE z.is_reconciled IS NOT TRUE AND z.amount > 0
                  AND l.amount_currency < 0 AND l.matching_number IS NULL"""
        )

    @api.model
    def _get_paid_query(self):
        """Return the query of customers' payments: what is left is open on a
        receivable."""
        return SQL(
            """SELECT y.id * 2 + 1, 'payment', NULL, y.id, m.id, m.journal_id,
                      m.company_id, m.date, y.partner_id, NULL, NULL,
                      y.memo, y.payment_reference, l.currency_id,
                      SUM(-l.amount_residual_currency), SUM(-l.amount_residual)
                 FROM account_payment y
                 JOIN account_move m ON m.id = y.move_id AND m.state = 'posted'
                 JOIN account_move_line l ON l.move_id = m.id AND NOT l.reconciled
                 JOIN account_account a ON a.id = l.account_id
                  AND a.account_type = 'asset_receivable'
                WHERE y.is_reconciled IS NOT TRUE AND y.payment_type = 'inbound'
                  AND y.partner_type = 'customer'
             GROUP BY y.id, m.id, l.currency_id
               HAVING SUM(-l.amount_residual_currency) > 0"""
        )

    @api.depends("text", "payer", "date")
    def _compute_display_name(self):
        for receipt in self:
            receipt.display_name = receipt.text or receipt.payer or str(receipt.id)

    # === RIGHTS === #

    def _check_may_match(self):
        """:raises AccessError: neither of finance, or without Odoo's Invoicing"""
        user = self.env.user
        if not (
            user.has_group("multicurrency_crm.group_finance")
            and user.has_group("account.group_account_invoice")
        ):
            raise AccessError(
                self.env._(
                    "Receipts are matched by finance, with the right to Odoo's "
                    "Invoicing."
                )
            )

    @api.model
    def _find_of(self, source):
        """Find the receipt of a bank's line or of a payment, if something is left.

        :param source: ``account.bank.statement.line`` or ``account.payment``
        """
        number = source.id * 2 + (source._name == "account.payment")
        return self.search([("id", "=", number)])

    # === ACTIONS === #

    def action_match(self):
        """Open what this receipt may pay.

        :raises AccessError: not allowed
        :raises UserError: somebody has matched it
        """
        self.ensure_one()
        self._check_may_match()
        self._check_left()
        return self.env["bank.match.make"]._open(self)

    def _check_left(self):
        """:raises UserError: nothing of this receipt is left to match"""
        self.invalidate_model()
        if not self.search_count([("id", "in", self.ids)]):
            raise UserError(
                self.env._(
                    "Nothing of this receipt is left to match: somebody was faster. "
                    "Load the list again."
                )
            )
