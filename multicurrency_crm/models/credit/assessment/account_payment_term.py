from odoo import api, fields, models

#: security: the share of an amount that it leaves open
OPEN_SHARES = {
    "open": 1.0,
    "documents_against_payment": 0.5,
    "letter_of_credit": 0.0,
    "prepaid": 0.0,
}


class AccountPaymentTerm(models.Model):
    """How well what is sold on these terms is secured."""

    _name = "account.payment.term"
    _inherit = ["account.payment.term", "typed.number.mixin"]

    credit_security = fields.Selection(
        selection=[
            ("open", "Open account"),
            ("documents_against_payment", "Documents against payment"),
            ("letter_of_credit", "Confirmed letter of credit"),
            ("prepaid", "Prepaid"),
        ],
        default="open",
        required=True,
        help="How what is sold on these terms is secured.",
        groups="base.group_user",
    )
    credit_open_share = fields.Float(
        string="Counts as Exposure",
        compute="_compute_credit_open_share",
        store=True,
        readonly=False,
        precompute=True,
        help="The share of an amount that counts against the customer's limit.",
        groups="base.group_user",
    )

    _credit_open_share_in_range = models.Constraint(
        "CHECK (credit_open_share >= 0 AND credit_open_share <= 1)",
        "The share that counts as exposure lies between 0 and 100 %.",
    )

    @api.depends("credit_security")
    def _compute_credit_open_share(self):
        for term in self:
            term.credit_open_share = OPEN_SHARES[term.credit_security or "open"]
