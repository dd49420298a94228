from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: What may happen with a customer; rooms that come later add theirs.
KINDS = [
    ("first_contact", "First contact"),
    ("lead", "Opportunity"),
    ("lost_lead", "Opportunity lost"),
    ("quotation", "Quotation"),
    ("order", "Order"),
    ("repeat", "Repeat order"),
    ("shipment", "Delivery"),
    ("invoice", "Invoice"),
    ("credit_note", "Credit note"),
    ("payment", "Payment received"),
    ("paid", "Invoice paid"),
    ("dispute", "Dispute"),
]


class CustomerMilestone(models.Model):
    """Something that happened with a customer on a day: taken from a document, never
    typed, never deleted. Where the document is cancelled or gone, it is void."""

    _name = "customer.milestone"
    _description = "Milestone"
    _inherit = ["guarded.mixin"]
    _order = "date desc, id desc"
    _rec_name = "document_name"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    kind = fields.Selection(selection=KINDS, required=True, readonly=True)
    date = fields.Date(string="Day", required=True, readonly=True)
    res_model = fields.Char(string="Model of the Document", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record of the Document", model_field="res_model", readonly=True
    )
    document_name = fields.Char(string="Document", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    amount = fields.Monetary(readonly=True)
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate that is named beside it.",
    )
    rate = fields.Float(
        string="Stored Rate",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Document currency for 1 unit of company currency.",
    )
    rate_date = fields.Date(string="Rate Of", readonly=True)
    rate_text = fields.Char(string="Rate", compute="_compute_rate_text")
    from_history = fields.Boolean(
        readonly=True, help="Brought in from another system, not done in Odoo."
    )
    is_void = fields.Boolean(
        string="Void",
        readonly=True,
        help="The document was cancelled, reversed, deleted, or is another customer's.",
    )
    void_date = fields.Date(string="Void Since", readonly=True)

    _document_unique = models.Constraint(
        "UNIQUE (company_id, kind, res_model, res_id)",
        "A document is one event of a kind.",
    )
    _customer_day = models.Index("(company_id, partner_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("currency_id", "rate", "rate_date", "company_id")
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for milestone in self:
            currency, home = milestone.currency_id, milestone.company_currency_id
            milestone.rate_text = bool(
                currency and currency != home and milestone.rate
            ) and self.env._(
                "%(rate)s, %(date)s",
                rate=currency._format_rate(milestone.rate, milestone.company_id),
                date=format_date(self.env, milestone.rate_date),
            )

    # === ACTIONS === #

    def action_open_document(self):
        """Open the document of one milestone, as far as the user may read it.

        :raises UserError: it is gone, or not the user's to read
        """
        self.ensure_one()
        document = self.env.get(self.res_model)
        if document is not None and self.res_id:
            document = document.browse(self.res_id).exists()
        if not document:
            raise UserError(self.env._("The document of this milestone is gone."))
        if not (document.has_access("read") and document._filtered_access("read")):
            raise UserError(
                self.env._(
                    "%(name)s isn't yours to open: ask for the right to read such "
                    "documents.",
                    name=self.document_name or self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "views": [(False, "form")],
            "view_mode": "form",
            "res_id": document.id,
        }
