from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo merges partners by SQL, and deletes rows that are in the way of a unique
    key: the rooms put their facts right before and after."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # sudo: whoever may merge partners may not read all that is kept about them
        self.env["customer.facts"].sudo()._prepare_merge(
            src_partners.sudo(), dst_partner.sudo()
        )
        self.env.flush_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        result = super()._log_merge_operation(src_partners, dst_partner)
        # what the statements wrote is in nobody's cache, nor computed: of a contact of
        # a customer, the contacts belong to that one
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["res.company"]._forget_remembered()
        # sudo: as before
        destination, sources = dst_partner.sudo(), src_partners.sudo()
        every = destination.with_context(active_test=False)
        below = every.search([("id", "child_of", destination.id)]) - destination
        self.env.add_to_compute(below._fields["commercial_partner_id"], below)
        self.env["customer.facts"].sudo()._finish_merge(sources, destination)
        return result
