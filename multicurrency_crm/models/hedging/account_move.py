from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: The side of the forwards that cover a document: money that comes in is sold, money
#: that goes out is bought.
COVERED_BY = {
    "out_invoice": "sell",
    "out_receipt": "sell",
    "in_invoice": "buy",
    "in_receipt": "buy",
}


class AccountMove(models.Model):
    """An invoice or a bill covered by forwards, or the entry of a conversion."""

    _name = "account.move"
    _inherit = ["account.move", "fx.covered.mixin"]

    _cover_field = "move_id"

    fx_conversion_id = fields.Many2one(
        "fx.conversion",
        string="Conversion",
        compute="_compute_fx_conversion",
        groups="multicurrency_crm.group_finance",
    )

    # === COMPUTE METHODS === #

    @api.depends("move_type")
    def _compute_fx_conversion(self):
        Conversion = self.env["fx.conversion"]
        entries = self.filtered(
            lambda move: move.move_type == "entry" and move.journal_id.type == "general"
        )
        found = entries and Conversion._find_by_entries(entries) or Conversion
        for move in self:
            move.fx_conversion_id = found.filtered(
                lambda one, move=move: move._origin in one.move_id | one.cancel_move_id
            )[:1]

    # === COVER === #

    def _get_money(self):
        """Return the order of an invoice of one order."""
        orders = self.line_ids.sale_line_ids.order_id
        return orders if len(orders) == 1 else super()._get_money()

    def _get_cover_limit(self):
        return self.amount_total

    def _get_cover_side(self):
        return COVERED_BY.get(self.move_type)

    def _check_may_be_covered(self, side):
        if self.move_type not in COVERED_BY:
            raise ValidationError(
                self.env._(
                    "%(document)s is neither invoice nor bill: cover what it belongs "
                    "to.",
                    document=self.display_name,
                )
            )
        return super()._check_may_be_covered(side)

    def button_cancel(self):
        result = super().button_cancel()
        self._uncover()
        return result

    # === ACTIONS === #

    def action_open_fx_conversion(self):
        """Open the conversion that posted this entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Conversion"),
            "res_model": "fx.conversion",
            "view_mode": "form",
            "res_id": self.fx_conversion_id.id,
        }
