from odoo import models


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
    _claimed_once = frozenset({"sale_line_ids"})
