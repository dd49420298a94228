from odoo import fields, models


class BankMatchMakeProposal(models.TransientModel):
    """Items that a receipt may pay, and why that is likely."""

    _name = "bank.match.make.proposal"
    _description = "Proposal of a Matching"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]
    _order = "sequence, id"

    wizard_id = fields.Many2one(
        "bank.match.make", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    take = fields.Boolean(help="Fills in what it settles. Nothing is booked by it.")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    item_ids = fields.Many2many(
        "account.move.line", "bank_match_make_proposal_item_rel"
    )
    documents = fields.Char(string="Settles")
    currency_id = fields.Many2one(related="wizard_id.currency_id", related_sudo=False)
    settled = fields.Monetary(string="Amount")
    charges = fields.Monetary(string="Of It Charges")
    reasons = fields.Char(string="Why")

    def action_take(self):
        """Fill the proposal in."""
        self.ensure_one()
        self.wizard_id._take(self)
        return self.wizard_id._get_action()
