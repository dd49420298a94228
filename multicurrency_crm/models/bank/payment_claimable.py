from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: {kind: what a row's id leaves when it is divided by the number of kinds}
KINDS = {"payment": 0, "statement_line": 1}

#: Columns of a row: (name, type of PostgreSQL).
COLUMNS = (
    ("id", "int8"),
    ("kind", "varchar"),
    ("res_id", "int4"),
    ("company_id", "int4"),
    ("date", "date"),
    ("currency_id", "int4"),
    ("amount", "numeric"),
    ("payer", "varchar"),
    ("is_claimed", "bool"),
)


class PaymentClaimable(models.Model):
    """Money that came in, and nobody knows from whom: a row a receipt.

    A query, no table. Salespeople read it, who have no rights in accounting: it says
    what one needs to know one's own customer by, and nothing else of the bank. What a
    claim was confirmed for, or finance gave a customer or matched, is gone.
    """

    _name = "payment.claimable"
    _description = "Receipt to Claim"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "payer"

    kind = fields.Selection(
        selection=[("payment", "Payment"), ("statement_line", "Bank statement")],
        readonly=True,
    )
    res_id = fields.Integer(string="Number", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="Received On", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(
        readonly=True, aggregator=None, help="What is open of the receipt."
    )
    payer = fields.Char(
        string="Payer's Text",
        readonly=True,
        help="What the bank, or whoever entered it, says about the payer.",
    )
    is_claimed = fields.Boolean(
        string="Claimed", readonly=True, help="By somebody; finance decides."
    )
    claim_status = fields.Selection(
        selection=[("free", "Free"), ("others", "Claimed"), ("own", "Claimed by Me")],
        string="Status",
        compute="_compute_claim_status",
        compute_sudo=True,  # whether a colleague has claimed it, not for whom
    )

    @property
    def _table_query(self):
        self._flush_sources()
        return SQL(
            "(%s) UNION ALL (%s)", self._get_payments_query(), self._get_lines_query()
        )

    # === COMPUTE METHODS === #

    @api.depends("is_claimed")
    @api.depends_context("uid")
    def _compute_claim_status(self):
        open_claims = self.env["payment.claim"]._find_open(self)
        for receipt in self:
            claims = open_claims.get(receipt.id, self.env["payment.claim"])
            receipt.claim_status = (
                "free"
                if not claims
                else "own"
                if self.env.user in claims.requested_by
                else "others"
            )

    # === QUERIES === #

    @api.model
    def _flush_sources(self):
        for name in (
            "account.move",
            "account.move.line",
            "account.payment",
            "account.bank.statement.line",
            "payment.claim",
        ):
            self.env[name].flush_model()

    @api.model
    def _get_columns(self, kind, given):
        """Return the columns of a row whose receipt is ``r``.

        :param given: {name: SQL} of those that aren't columns of ``r``
        """
        link = SQL.identifier("c", f"{kind}_id")
        given = {
            "id": SQL("r.id::int8 * %s + %s", len(KINDS), KINDS[kind]),
            "kind": SQL("%s", kind),
            "res_id": SQL("r.id"),
            "is_claimed": SQL(
                """EXISTS (SELECT FROM payment_claim c
                            WHERE %s = r.id AND c.state = 'claimed')""",
                link,
            ),
            **given,
        }
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                given.get(name) or SQL.identifier("r", name),
                SQL(type_),
                SQL.identifier(name),
            )
            for name, type_ in COLUMNS
        )

    @api.model
    def _get_payments_query(self):
        """Return the query of posted receipts without a customer, as far as they are
        open."""
        return SQL(
            """SELECT %s
                 FROM account_payment r
                 JOIN account_move m ON m.id = r.move_id AND m.state = 'posted'
                 JOIN LATERAL (
                      SELECT -SUM(l.amount_residual_currency) AS amount
                        FROM account_move_line l
                        JOIN account_account a ON a.id = l.account_id
                       WHERE l.move_id = m.id AND l.partner_id IS NULL
                         AND l.currency_id = r.currency_id
                         AND a.account_type = 'asset_receivable') o ON o.amount > 0
                WHERE r.partner_id IS NULL AND r.payment_type = 'inbound'
                  AND r.partner_type = 'customer'
                  AND r.state IN ('in_process', 'paid')
                  AND r.paired_internal_transfer_payment_id IS NULL
                  AND r.is_reconciled IS NOT TRUE""",
            self._get_columns(
                "payment",
                {
                    "amount": SQL("o.amount"),
                    "payer": SQL(
                        """CONCAT_WS(' · ', NULLIF(r.memo, ''),
                                     NULLIF(r.payment_reference, ''))"""
                    ),
                },
            ),
        )

    @api.model
    def _get_lines_query(self):
        """Return the query of a bank's lines without a customer, of which nothing is
        matched yet."""
        return SQL(
            """SELECT %s
                 FROM account_bank_statement_line r
                 JOIN account_move m ON m.id = r.move_id AND m.state = 'posted'
                WHERE r.partner_id IS NULL AND r.amount > 0
                  AND r.is_reconciled IS NOT TRUE
                  AND ABS(r.amount_residual) = ABS(CASE
                      WHEN r.foreign_currency_id IS NULL THEN r.amount
                      ELSE r.amount_currency END)""",
            self._get_columns(
                "statement_line",
                {
                    "date": SQL("m.date"),
                    "currency_id": SQL(
                        "COALESCE(r.foreign_currency_id, r.currency_id)"
                    ),
                    "amount": SQL(
                        """CASE WHEN r.foreign_currency_id IS NULL THEN r.amount
                                ELSE r.amount_currency END"""
                    ),
                    "payer": SQL(
                        """CONCAT_WS(' · ', NULLIF(r.partner_name, ''),
                                     NULLIF(r.payment_ref, ''))"""
                    ),
                },
            ),
        )

    # === RECEIPTS === #

    @api.model
    def _get_id_of(self, receipt):
        """Return the id of the row of a receipt, whether it is there or not.

        :param receipt: one ``account.payment`` or ``account.bank.statement.line``
        """
        kind = "payment" if receipt._name == "account.payment" else "statement_line"
        return receipt.id * len(KINDS) + KINDS[kind]

    def _check_there(self):
        """:raises UserError: it has a customer by now, or belongs to another company"""
        self.ensure_one()
        # asked of the database, as far as one may read it
        if not self.search_count([("id", "=", self.id)], limit=1):
            raise UserError(
                self.env._(
                    "This receipt isn't to be claimed: it has a customer by now, or "
                    "isn't your company's. Load the list again."
                )
            )

    def _prepare_link_vals(self):
        return {f"{self.kind}_id": self.res_id}

    # === ACTIONS === #

    def action_claim(self):
        """Open the dialog that asks for which customer.

        :raises UserError: it isn't there any more
        """
        self._check_there()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claim a Receipt"),
            "res_model": "payment.claim.make",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_receipt_id": self.id},
        }

    def action_open_claims(self):
        """Open one's own claims; no row is needed."""
        return self.env["payment.claim"].action_open_all()
