from odoo import api, models


class ComputedMixin(models.AbstractModel):
    """A credit policy reads what Odoo computes of orders, invoices and payments."""

    _inherit = "computed.mixin"

    @api.model
    def _keeps_computed(self):
        return super()._keeps_computed() or self.env["credit.policy"]._is_used()

    def _filter_computed_kept(self):
        Policy = self.env["credit.policy"]
        if not Policy._is_used():
            return super()._filter_computed_kept()
        # sudo: whose company has a policy is asked before rights are
        ids = self.sudo().filtered(lambda record: Policy._has_policy(record.company_id))
        return super()._filter_computed_kept() | self.browse(ids.ids)
