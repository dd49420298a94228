from odoo import api, models

#: where the lock of a record is found whose figures it counts
LOCK_OF = {
    "sale.order": "rate_lock_id",
    "sale.order.line": "order_id.rate_lock_id",
    "account.move": "rate_lock_id",
    "account.move.line": "move_id.rate_lock_id",
}


class ComputedMixin(models.AbstractModel):
    """A lock counts what Odoo computes of its orders and invoices, and of what may take
    an agreement."""

    _inherit = "computed.mixin"

    @api.model
    def _keeps_computed(self):
        if super()._keeps_computed():
            return True
        # sudo: whether a customer has an agreement is asked before rights are
        Lock = self.env["fx.rate.lock"].sudo()
        if not Lock._is_agreed():
            return False
        companies = self.env.companies.sudo().parent_ids | self.env.companies
        return any(Lock._get_agreed_pairs(company.id) for company in companies)

    def _filter_computed_kept(self):
        kept, path = super()._filter_computed_kept(), LOCK_OF.get(self._name)
        if not path:
            return kept
        # sudo: whether there is a lock is asked before rights are
        return kept | self.browse(self.sudo().filtered(path).ids)
