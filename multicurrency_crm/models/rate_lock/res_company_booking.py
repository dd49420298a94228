from odoo import fields, models


class ResCompany(models.Model):
    """At which rate the books take what was promised at another."""

    _inherit = "res.company"

    lock_booking = fields.Selection(
        selection=[
            ("market", "Market rate of the invoice date"),
            ("locked", "Locked rate"),
        ],
        string="Book Locked Invoices at",
        default="market",
        required=True,
        tracking=True,
        help="The rate at which an invoice from an order with a locked rate enters the "
        "books. It is decided when the invoice is made and never changes for invoices "
        "that exist.",
    )
    lock_booking_from = fields.Date(
        string="Book at the Locked Rate from",
        tracking=True,
        help="Invoices dated before this day are booked at the market rate.",
    )
    lock_books_tax = fields.Boolean(
        string="Tax at the Locked Rate",
        tracking=True,
        help="The law of the company's country takes the locked rate for tax, too. "
        "Without this, an invoice with tax is booked at the market rate.",
    )
    refund_at_origin_rate = fields.Boolean(
        string="Credit Notes at the Rate of Their Invoice",
        help="The credit note of an invoice is booked at the invoice's rate, whatever "
        "its date. Credit notes of invoices with a rate lock always are.",
    )

    def _get_company_root_delegated_field_names(self):
        # a branch writes into its root company's books
        return [
            *super()._get_company_root_delegated_field_names(),
            "lock_booking",
            "lock_booking_from",
            "lock_books_tax",
            "refund_at_origin_rate",
        ]
