from odoo import api, models


class CustomerFacts(models.AbstractModel):
    """Promises follow the customer who made them."""

    _inherit = "customer.facts"

    @api.model
    def _are_kept(self):
        return super()._are_kept() or self.env["payment.promise"]._is_any()

    @api.model
    def _get_merged_keys(self):
        key = ("company_id", "currency_id", "partner_id")
        return super()._get_merged_keys() | {("payment.promise", key)}

    @api.model
    def _follow_moved(self, moves):
        """What a partner promised is its new customer's word, as its invoices are that
        one's debt."""
        result = super()._follow_moved(moves)
        # sudo: whoever moves a partner may not read what it promised
        Promise = self.env["payment.promise"].sudo()
        for move in moves:
            customer = move.partner.commercial_partner_id
            if move.customer == move.partner != customer:
                promises = Promise.search([("partner_id", "=", move.partner.id)])
                self._leave_one_account_promise(promises, customer)
                promises._write_guarded({"partner_id": customer.id})
        return result

    @api.model
    def _prepare_merge(self, sources, destination):
        result = super()._prepare_merge(sources, destination)
        # sudo: who merges customers may not read what they promised
        Promise = self.env["payment.promise"].sudo()
        promises = Promise.search([("partner_id", "in", sources.ids)])
        self._leave_one_account_promise(promises, destination)
        promises.flush_recordset()
        return result

    @api.model
    def _leave_one_account_promise(self, promises, customer):
        """Leave one open promise without invoice in each company and currency: the
        newest one, of those that become a customer's and of its own. What customers
        told on the portal stays as it was told."""
        Promise = promises
        waiting = (
            promises | Promise.search([("partner_id", "=", customer.id)])
        ).filtered(
            lambda promise: (
                promise.state == "open"
                and promise.is_on_account
                and promise.channel != "portal"
            )
        )
        for same in waiting.grouped(
            lambda promise: (promise.company_id, promise.currency_id)
        ).values():
            same = same.sorted("id")
            older = same[:-1]
            for promise in older:
                promise._write_guarded(
                    {
                        "state": "replaced",
                        "settled_on": promise.company_id._get_today(),
                        "replaced_by_id": same[-1].id,
                    }
                )
            older._clear_activities()
        waiting.flush_recordset()
