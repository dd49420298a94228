from odoo import fields, models


class CustomerPastDocument(models.Model):
    """An order or invoice of an old system: a figure for statistics. Nothing of it is
    posted, owed or delivered."""

    _name = "customer.past.document"
    _description = "Past Document"
    _inherit = ["guarded.mixin", "whole.totals.mixin"]
    _order = "date desc, id desc"
    _whole_totals = {"amount": "currency_id", "amount_company": "company_currency_id"}

    import_id = fields.Many2one(
        "customer.import", readonly=True, index=True, ondelete="cascade"
    )
    row_id = fields.Many2one(
        "customer.import.row",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="set null"
    )
    name = fields.Char(string="Document", required=True, readonly=True)
    kind = fields.Selection(
        selection=[("document", "Order or Invoice"), ("credit", "Credit Note")],
        required=True,
        readonly=True,
        default="document",
    )
    date = fields.Date(readonly=True, index=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    amount = fields.Monetary(readonly=True)
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="As the old system had it, else at the rate of its day; empty where none "
        "is known.",
    )
    note = fields.Char(readonly=True)
