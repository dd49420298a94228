from odoo import api, fields, models


class PaymentClaimReturn(models.TransientModel):
    """Why a confirmed claim is taken back."""

    _name = "payment.claim.return"
    _description = "Taking Back a Claim"
    _inherit = ["reason.wizard"]

    claim_id = fields.Many2one("payment.claim", required=True, readonly=True)
    has_transfer = fields.Boolean(compute="_compute_has_transfer")
    date = fields.Date(
        string="Booked On",
        compute="_compute_date",
        store=True,
        readonly=False,
        help="Day of the entry that takes the receipt from the customer again.",
    )

    @api.depends("claim_id")
    def _compute_has_transfer(self):
        for wizard in self:
            wizard.has_transfer = bool(wizard.claim_id.transfer_move_id)

    @api.depends("claim_id")
    def _compute_date(self):
        for wizard in self:
            company = wizard.claim_id.company_id
            wizard.date = company._get_today() if company else False

    def _apply(self):
        self.claim_id._take_back(self.reason, self.date)
