from odoo import api, models

from .customer_facts import CustomerMove

#: What makes another partner the commercial one, or puts a company into another group.
PLACE = frozenset({"parent_id", "is_company"})


class ResPartner(models.Model):
    """Partners that move from one customer to another take along what counts."""

    _inherit = "res.partner"

    def write(self, vals):
        Facts = self.env["customer.facts"]
        if not PLACE & vals.keys() or not Facts._are_kept():
            return super().write(vals)
        # sudo: whoever may write the partner may not read all that is kept about it
        before = [
            CustomerMove(
                partner,
                partner.commercial_partner_id,
                partner.parent_id,
                partner.is_company,
                Facts._note_place(partner),
            )
            for partner in self.sudo()
        ]
        result = super().write(vals)
        moves = [
            move
            for move in before
            if move.partner.commercial_partner_id != move.customer
            or move.partner.parent_id != move.parent
        ]
        if moves:
            Facts._follow_moved(moves)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_followed(self):
        Facts = self.env["customer.facts"]
        if Facts._are_kept():
            Facts._check_deletable(self)
