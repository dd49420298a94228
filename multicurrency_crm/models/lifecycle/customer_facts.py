from odoo import api, models
from odoo.tools import SQL


class CustomerFacts(models.AbstractModel):
    """What happened with a customer, and where it stands, follow it."""

    _inherit = "customer.facts"

    @api.model
    def _are_kept(self):
        return (
            super()._are_kept()
            or self.env["customer.life"]._is_kept()
            or self.env["customer.follow.up"]._is_any()
            or self.env["customer.reminder.rule"]._is_any()
        )

    @api.model
    def _follow_moved(self, moves):
        """Have what happened with a partner count for the customer that it belongs to
        now: at once, whatever the night finds of its documents."""
        result = super()._follow_moved(moves)
        for move in moves:
            customer = move.partner.commercial_partner_id
            # a contact that leaves leaves what its customer did behind
            if customer not in (move.customer, move.partner):
                self._join_lives(move.partner, customer)
        return result

    @api.model
    def _join_lives(self, sources, customer):
        """Have what is known of some partners count for one customer.

        :param sources: ``res.partner`` with sudo
        :param customer: likewise
        """
        Life = self.env["customer.life"]
        self.env["customer.follow.up"]._join(sources, customer)
        self.env["customer.reminder"]._join(sources, customer)
        self.env.flush_all()
        self.env["customer.suggestion"]._join(sources, customer)
        companies = [
            company_id
            for (company_id,) in self.env.execute_query(
                SQL(
                    "SELECT company_id FROM customer_life WHERE partner_id = ANY(%s)",
                    sources.ids,
                )
            )
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE customer_milestone SET partner_id = %s
                    WHERE partner_id = ANY(%s)""",
                customer.id,
                sources.ids,
            )
        )
        self.env.cr.execute(
            SQL("DELETE FROM customer_life WHERE partner_id = ANY(%s)", sources.ids)
        )
        self.env.invalidate_all()
        # sudo: who moves or merges customers may read none of them
        for company in self.env["res.company"].sudo().browse(companies):
            Life._take_row(company, customer.commercial_partner_id)._look()

    # === MERGED === #

    @api.model
    def _get_merged_keys(self):
        key = ("company_id", "partner_id")
        about = ("company_id", "kind", "partner_id", "subject")
        return super()._get_merged_keys() | {
            ("customer.life", key),
            ("customer.suggestion", about),
        }

    @api.model
    def _prepare_merge(self, sources, destination):
        """Keep one row of each company, before Odoo's statements break its key."""
        result = super()._prepare_merge(sources, destination)
        self.env["customer.reminder"]._rename_merged(sources, destination)
        self._join_lives(sources, destination)
        return result
