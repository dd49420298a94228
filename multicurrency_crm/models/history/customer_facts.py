from odoo import api, models


class CustomerFacts(models.AbstractModel):
    """What was brought in about customers follows them."""

    _inherit = "customer.facts"

    @api.model
    def _are_kept(self):
        return super()._are_kept() or self.env["customer.import"]._is_used()

    @api.model
    def _follow_moved(self, moves):
        """Have documents that were brought in be known as the customer's to whom a
        partner belongs now, and count there."""
        result = super()._follow_moved(moves)
        for move in moves:
            customer = move.partner.commercial_partner_id
            if customer in (move.customer, move.partner):
                continue
            # sudo: who moves a partner may not read what was brought in about it
            mine = [("partner_id", "=", move.partner.id)]
            rows = self.env["customer.import.row"].sudo().search(mine)
            rows._write_guarded({"partner_id": customer.id})
            past = self.env["customer.past.document"].sudo().search(mine)
            past._write_guarded({"partner_id": customer.id})
        return result
