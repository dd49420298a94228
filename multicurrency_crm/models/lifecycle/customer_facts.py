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
            if customer not in (move.customer, move.partner):
                self._join_lives(move.partner, customer)
            # a contact that leaves leaves what its customer did behind, and takes
            # along what it did as a customer of its own
            if move.partner != move.customer != customer:
                self._part_lives(move)
        return result

    @api.model
    def _part_lives(self, move):
        """Have what a partner did before it belonged to a customer, what its contacts
        did, and what was said with them, count where they belong now.

        :param move: ``CustomerMove``
        """
        # sudo: who moves customers may not read all of its contacts
        Partner = self.env["res.partner"].sudo().with_context(active_test=False)
        parting = Partner.search([("id", "child_of", move.partner.id)])
        companies = self.env["customer.milestone"]._follow_origins(parting)
        companies |= self.env["customer.follow.up"]._give_back(parting)
        customers = move.customer | parting.commercial_partner_id
        # sudo: who moves customers may not read them
        for company in self.env["res.company"].sudo().browse(companies).root_id:
            self.env["customer.milestone"]._note_first_contacts(company, customers)
        self._look_again(companies, customers)

    @api.model
    def _look_again(self, company_ids, customers):
        """Find at once where customers stand.

        :param company_ids: of companies, their branches included
        :param customers: ``res.partner`` with sudo
        """
        Life = self.env["customer.life"]
        # sudo: who moves or merges customers may read none of them
        companies = self.env["res.company"].sudo().browse(company_ids)
        for company in companies.root_id:
            for customer in customers:
                Life._take_row(company, customer)._look()

    @api.model
    def _join_lives(self, sources, customer):
        """Have what is known of some partners count for one customer.

        :param sources: ``res.partner`` with sudo
        :param customer: likewise
        """
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
        self._look_again(companies, customer.commercial_partner_id)

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
