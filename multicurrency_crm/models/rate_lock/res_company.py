from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    lock_booking = fields.Selection(
        selection=[
            ("market", "Market rate of the invoice date"),
            ("locked", "Locked rate"),
        ],
        string="Book Locked Invoices at",
        default="market",
        required=True,
        help="The rate at which an invoice from an order with a locked rate enters the "
        "books. It is decided when the invoice is made and never changes for invoices "
        "that exist.",
    )
    lock_days = fields.Integer(
        string="Days a Rate Lock Holds",
        default=14,
        required=True,
        help="How long a locked rate holds where the quotation has no expiration date.",
    )

    _lock_days_positive = models.Constraint(
        "CHECK (lock_days > 0)",
        "A rate lock holds for at least one day: enter 1 or more.",
    )

    def _get_company_root_delegated_field_names(self):
        # a branch writes into its root company's books
        return [*super()._get_company_root_delegated_field_names(), "lock_booking"]

    def _get_fx_today(self):
        """The date that it is now where the company is."""
        self.ensure_one()
        tz = self.partner_id.tz or self.resource_calendar_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=tz))
