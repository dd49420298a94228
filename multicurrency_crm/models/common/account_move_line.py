from odoo import models

#: Who owes, and in what: of a posted invoice Odoo's own screens keep them.
OWED = ("partner_id", "currency_id")


class AccountMoveLine(models.Model):
    """What an item comes to, what of it is open, and which order it invoices."""

    _name = "account.move.line"
    _inherit = ["account.move.line", "computed.mixin"]

    _computed_alone = frozenset(
        {
            "price_subtotal",
            "price_total",
            "amount_residual",
            "amount_residual_currency",
            "reconciled",
            "parent_state",
        }
    )
    # credit notes are copies of invoices, with their order lines
    _claimed_once = frozenset({"sale_line_ids", *OWED})

    def _is_computed_changed(self, name, vals):
        # who owes what is fixed once it is owed
        if name in OWED and not (
            self.parent_state == "posted"
            and self.account_type == "asset_receivable"
            and self.move_id.is_sale_document(include_receipts=True)
        ):
            return False
        return super()._is_computed_changed(name, vals)
