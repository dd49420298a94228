from odoo import api, models
from odoo.tools import format_list


class CustomerFacts(models.AbstractModel):
    """Rate agreements, and what is asked about locked rates."""

    _inherit = "customer.facts"

    @api.model
    def _follow_moved(self, moves):
        """Cancel what was asked about the rate of a quotation: it was asked of another
        customer, and is asked anew."""
        result = super()._follow_moved(moves)
        partners = self.env["res.partner"].concat(
            *(
                move.partner
                for move in moves
                if move.partner.commercial_partner_id != move.customer
            )
        )
        # sudo: who moves a customer may not read what was asked
        requests = self.env["fx.rate.approval"].sudo()
        requests.search(
            [
                ("state", "=", "requested"),
                ("order_id.partner_id", "child_of", partners.ids),
            ]
        )._cancel_requests()
        return result

    @api.model
    def _finish_merge(self, sources, destination):
        """Keep caps and draws of each agreement. Its owner is notified where there is
        another one in its currency, or it is above its cap."""
        result = super()._finish_merge(sources, destination)
        agreements = self.env["fx.rate.lock"].search(
            [
                ("kind", "=", "agreement"),
                ("state", "=", "active"),
                ("partner_id", "=", destination.id),
            ]
        )
        agreements._forget_agreements()
        for same in agreements.grouped(
            lambda lock: (lock.company_id, lock.currency_id)
        ).values():
            for lock in same:
                if others := same - lock:
                    lock._notify_owner(
                        lambda told, others=others: told.env._(
                            "Customers were merged: %(others)s promises %(currency)s "
                            "to this customer, too. Release the one that doesn't hold.",
                            others=format_list(told.env, others.mapped("name")),
                            currency=told.currency_id.name,
                        )
                    )
                elif lock._is_overdrawn():
                    lock._notify_owner(
                        lambda told: told.env._(
                            "Customers were merged: this is above its cap."
                        )
                    )
        return result
