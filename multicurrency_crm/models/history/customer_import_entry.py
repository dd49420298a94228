from odoo import fields, models


class CustomerImportEntry(models.Model):
    """An entry that an import has posted: some items of one customer and currency."""

    _name = "customer.import.entry"
    _description = "Opening Entry"
    _inherit = ["booking.mixin", "guarded.mixin"]
    _order = "import_id, id"

    _entry_fields = ("move_id", "reversal_id")

    import_id = fields.Many2one(
        "customer.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", readonly=True, index=True, ondelete="set null"
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    amount = fields.Monetary(readonly=True)
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_id = fields.Many2one(
        "account.move",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _compute_display_name(self):
        for entry in self:
            # sudo: whose entry it is, is named where somebody wants to undo it
            entry.display_name = entry.import_id.sudo().display_name
