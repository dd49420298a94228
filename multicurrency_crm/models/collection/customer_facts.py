from odoo import api, models


class CustomerFacts(models.AbstractModel):
    """What is to be done next about customers, and what they said."""

    _inherit = "customer.facts"

    @api.model
    def _are_kept(self):
        return super()._are_kept() or self.env["collection.account"]._is_used()

    @api.model
    def _follow_moved(self, moves):
        """Hand on what was said to the customer that a partner belongs to now."""
        result = super()._follow_moved(moves)
        for move in moves:
            customer = move.partner.commercial_partner_id
            # a contact that leaves leaves what its customer said behind
            if customer not in (move.customer, move.partner):
                self._join_collection(move.partner, customer)
        return result

    @api.model
    def _join_collection(self, sources, customer):
        """Have what is known of some partners count for one customer.

        :param sources: ``res.partner`` with sudo
        :param customer: likewise
        """
        # sudo: who moves or merges customers may not read what they said
        calls = self.env["collection.call"].sudo()
        calls = calls.search([("partner_id", "in", sources.ids)])
        accounts = self.env["collection.account"].sudo()
        accounts = accounts.search([("partner_id", "in", (sources | customer).ids)])
        for same in accounts.grouped("company_id").values():
            kept = same.filtered(lambda row: row.partner_id == customer) or same[:1]
            # the earlier of two days is the stricter one
            planned = same.filtered("next_date").sorted("next_date")[:1]
            vals = {
                "partner_id": customer.id,
                "next_date": planned.next_date,
                "next_action": planned.next_action,
                "last_call_id": same.last_call_id.sorted("called_on")[-1:].id,
            }
            (same - kept).unlink()
            kept._write_guarded(vals)
            kept.flush_recordset()
        calls._write_guarded({"partner_id": customer.id})
        calls.flush_recordset()

    # === MERGED === #

    @api.model
    def _get_merged_keys(self):
        key = ("company_id", "partner_id")
        return super()._get_merged_keys() | {("collection.account", key)}

    @api.model
    def _prepare_merge(self, sources, destination):
        """Keep one row of each company, before Odoo's statements break its key."""
        result = super()._prepare_merge(sources, destination)
        self._join_collection(sources, destination)
        return result
