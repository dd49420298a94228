from odoo import api, models


class CreditPolicyPart(models.AbstractModel):
    """A line of a policy that is remembered with it: whoever checks a document asks
    for no row of the policy (see ``credit.policy._remember``)."""

    _name = "credit.policy.part"
    _description = "Remembered Part of a Credit Policy"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        self.env["credit.policy"]._forget()
        return parts

    def write(self, vals):
        result = super().write(vals)
        self.env["credit.policy"]._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["credit.policy"]._forget()
        return result
