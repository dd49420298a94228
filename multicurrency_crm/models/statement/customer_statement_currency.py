from odoo import api, fields, models

from ..rates.res_currency import Spot


class CustomerStatementCurrency(models.Model):
    """What a statement says of one currency."""

    _name = "customer.statement.currency"
    _description = "Statement: Currency"
    _inherit = ["guarded.mixin"]
    _order = "statement_id, currency_id"
    _rec_name = "currency_id"
    _log_access = False

    statement_id = fields.Many2one(
        "customer.statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    company_currency_id = fields.Many2one(
        related="statement_id.company_currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    opening = fields.Monetary(readonly=True, help="What was open before the first day.")
    invoiced = fields.Monetary(readonly=True)
    credited = fields.Monetary(readonly=True, help="Credit notes.")
    paid = fields.Monetary(readonly=True, help="Money that came in.")
    refunded = fields.Monetary(readonly=True, help="Money that was given back.")
    other = fields.Monetary(
        readonly=True,
        help="Entries, write-offs, and what was cleared with another customer's items.",
    )
    settled_elsewhere = fields.Monetary(
        readonly=True,
        help="What was settled with another currency: each side shows both amounts.",
    )
    closing = fields.Monetary(
        readonly=True,
        help="Opening + invoiced - credited - paid + refunded + other + settled "
        "elsewhere: the sum of all that is open on the last day.",
    )
    not_due = fields.Monetary(
        readonly=True, help="What is due on the last day isn't overdue."
    )
    days_30 = fields.Monetary(string="Overdue, First Age", readonly=True)
    days_60 = fields.Monetary(string="Overdue, Second Age", readonly=True)
    days_90 = fields.Monetary(string="Overdue, Third Age", readonly=True)
    older = fields.Monetary(readonly=True)
    unallocated = fields.Monetary(
        readonly=True,
        help="Money and credit notes that aren't matched with an invoice yet: below 0, "
        "they are in the customer's favour.",
    )
    opening_booked = fields.Monetary(
        currency_field="company_currency_id", readonly=True
    )
    closing_booked = fields.Monetary(
        string="Booked",
        currency_field="company_currency_id",
        readonly=True,
        help="What is open, in company currency, as it was booked.",
    )
    has_rate = fields.Boolean(readonly=True)
    rate = fields.Float(
        readonly=True,
        digits=0,
        help="Units of this currency for 1 unit of company currency.",
    )
    rate_date = fields.Date(readonly=True)
    rate_source = fields.Char(readonly=True)
    rate_typist = fields.Char(readonly=True)
    rate_typed_on = fields.Date(readonly=True)
    rate_text = fields.Char(string="Spot Rate", compute="_compute_rate_text")
    booked_only = fields.Monetary(
        string="In Company Currency Only",
        currency_field="company_currency_id",
        readonly=True,
        help="Of what is booked, items with nothing open in their own currency: their "
        "exchange difference was booked on a later day, or is still to be cleared.",
    )
    closing_spot = fields.Monetary(
        string="At Spot",
        currency_field="company_currency_id",
        readonly=True,
        help="What is open, in company currency, at the spot rate of the last day.",
    )
    unrealised = fields.Monetary(
        string="Unrealised Difference",
        currency_field="company_currency_id",
        readonly=True,
        help="At spot less booked, of what is open in its own currency: below 0 is "
        "against us.",
    )

    _one_currency = models.UniqueIndex("(statement_id, currency_id)")

    @api.depends(
        "rate", "rate_date", "rate_source", "rate_typist", "rate_typed_on", "has_rate"
    )
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for row in self:
            if row.currency_id == row.company_currency_id:
                row.rate_text = False
            elif not row.has_rate:
                row.rate_text = self.env._("no rate known")
            else:
                row.rate_text = row._format_spot()

    def _format_spot(self):
        """Return the spot rate with its source and day: "1 USD = 7.1234 CNY (ECB,
        22 Nov 2026)", in the language of the environment."""
        spot = Spot(
            self.rate,
            self.rate_date,
            self.rate_source,
            self.rate_typist or None,
            self.rate_typed_on or None,
        )
        return self.currency_id._format_spot(spot, self.company_id)
