from odoo import api, fields, models
from odoo.tools import SQL, format_date

#: What may happen with a customer; rooms that come later add theirs.
KINDS = [
    ("first_contact", "First contact"),
    ("lead", "Opportunity"),
    ("lost_lead", "Opportunity lost"),
    ("quotation", "Quotation"),
    ("order", "Order"),
    ("repeat", "Repeat order"),
    ("shipment", "Delivery"),
    ("deposit", "Deposit invoice"),
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
    document_partner_id = fields.Many2one(
        "res.partner",
        string="Partner of the Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    origin_partner_id = fields.Many2one(
        "res.partner",
        string="Customer at the Time",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose contact the partner of the document was when it was noted.",
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
        help="The document was cancelled, reversed or deleted, is nobody's any more, "
        "or another company's.",
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

    # === CUSTOMERS === #

    @api.model
    def _follow_origins(self, partners):
        """Have what partners did as customers of their own count where they belong
        now: for the customer whose contacts they have become, and for themselves
        again. What a contact did for its customer stays with that one.

        :param partners: ``res.partner`` with sudo
        :return: set of the ids of companies in which something was put right
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """UPDATE customer_milestone m SET partner_id = o.commercial_partner_id
                     FROM res_partner o
                    WHERE o.id = m.origin_partner_id
                      AND m.origin_partner_id = ANY(%s)
                      AND m.partner_id != o.commercial_partner_id
                RETURNING m.company_id""",
                partners.ids,
            )
        )
        self.invalidate_model()
        return {company_id for (company_id,) in rows}

    # === ACTIONS === #

    def action_open_document(self):
        """Open the document of one milestone, as far as the user may read it.

        :raises UserError: it is gone, or not the user's to read
        """
        self.ensure_one()
        return self.env["customer.timeline"]._open_document(
            self.res_model, self.res_id, self.document_name
        )
