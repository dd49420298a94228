from odoo import api, fields, models


class BankMatchMakeLine(models.TransientModel):
    """An open item of a customer, and how much of it a receipt pays."""

    _name = "bank.match.make.line"
    _description = "Open Item of a Matching"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]
    _order = "id"

    wizard_id = fields.Many2one(
        "bank.match.make", required=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one("account.move.line", required=True, ondelete="cascade")
    take = fields.Boolean(
        compute="_compute_take", inverse="_inverse_take", string="Choose"
    )
    document = fields.Char(compute="_compute_item")
    reference = fields.Char(compute="_compute_item")
    date = fields.Date(compute="_compute_item")
    date_due = fields.Date(compute="_compute_item", string="Due Date")
    currency_id = fields.Many2one("res.currency", compute="_compute_item")
    residual = fields.Monetary(compute="_compute_item", string="Open")
    amount = fields.Monetary(string="Pays", bounds=(0, 1e15))

    # === COMPUTE METHODS === #

    @api.depends("item_id")
    def _compute_item(self):
        for line in self:
            item = line.item_id
            line.document = bool(item) and item._get_document_name()
            line.reference = item.move_id.ref
            line.date = item.date
            line.date_due = item.date_maturity or item.date
            line.currency_id = item.currency_id
            line.residual = item.amount_residual_currency

    @api.depends("amount")
    def _compute_take(self):
        for line in self:
            line.take = bool(line.amount)

    def _inverse_take(self):
        for line in self:
            if line.take != bool(line.amount):
                line.amount = line.residual if line.take else 0.0

    @api.onchange("take")
    def _onchange_take(self):
        """Fill in what the receipt can pay of it; all of it where what is missing may
        be charges."""
        if bool(self.amount) == self.take:
            return
        if not self.take:
            self.amount = 0.0
            return
        wizard = self.wizard_id
        others = sum((wizard.line_ids - self).mapped("amount"))
        left = max(wizard.amount - others, 0.0)
        most = wizard.receipt_id._get_most_written_off(others + self.residual)
        fits = self.residual - left <= most or not left
        self.amount = self.residual if fits else left
