from odoo import api, fields, models

#: Groups whose members read invoices.
READERS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,"
    "account.group_account_readonly"
)


class PaymentClaimMake(models.TransientModel):
    """Which customer's money a receipt is, and what it pays."""

    _name = "payment.claim.make"
    _description = "Claiming a Receipt"
    _inherit = ["shown.records.mixin"]

    receipt_id = fields.Many2one("payment.claimable", required=True, readonly=True)
    company_id = fields.Many2one(related="receipt_id.company_id")
    currency_id = fields.Many2one(related="receipt_id.currency_id")
    amount = fields.Monetary(related="receipt_id.amount")
    date = fields.Date(related="receipt_id.date")
    payer = fields.Char(related="receipt_id.payer")
    is_claimed = fields.Boolean(related="receipt_id.is_claimed")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain="[('partner_share', '=', True), "
        "('commercial_partner_id', 'not in', own_partner_ids), "
        "'|', ('commercial_partner_id.customer_rank', '>', 0), "
        "('commercial_partner_id.supplier_rank', '=', 0)]",
    )
    own_partner_ids = fields.Many2many("res.partner", compute="_compute_own_partners")
    customer_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Commercial Customer"
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted'), "
        "('amount_residual', '>', 0), ('currency_id', '=', currency_id), "
        "('commercial_partner_id', '=', customer_id)]",
        compute="_compute_move_ids",
        store=True,
        readonly=False,
        groups=READERS,
        help="What it pays, as far as it goes, the oldest first. None: it becomes the "
        "customer's credit.",
    )
    open_total = fields.Monetary(
        string="Open", compute="_compute_open_total", groups=READERS
    )
    note = fields.Char(
        help="How you know whose money it is: the customer's mail, a bank slip."
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_own_partners(self):
        for wizard in self:
            company = wizard.company_id
            own = self.env["payment.claim"]._get_own_partners(company)
            # what one doesn't read isn't offered anyway
            wizard.own_partner_ids = own._filtered_access("read")

    @api.depends("partner_id")
    def _compute_move_ids(self):
        """Another customer's invoices aren't this one's."""
        self.move_ids = False

    @api.depends("move_ids")
    def _compute_open_total(self):
        for wizard in self:
            wizard.open_total = sum(wizard.move_ids.mapped("amount_residual"))

    # === ACTIONS === #

    def action_apply(self):
        """Claim, and close; whoever claims is told where nobody may decide.

        :raises AccessError, UserError: as ``payment.claim._claim``
        """
        self.ensure_one()
        reads = self._has_field_access(self._fields["move_ids"], "read")
        claim = self.env["payment.claim"]._claim(
            self.receipt_id,
            self.partner_id,
            self.move_ids if reads else None,
            self.note,
        )
        told = self.env._("Claimed: finance is asked to confirm it.")
        done = claim._get_decision_notification(told)
        done["params"]["type"] = "success"
        answer = claim._get_answer(done)
        answer["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return answer
