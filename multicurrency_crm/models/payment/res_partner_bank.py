from odoo import models


class ResPartnerBank(models.Model):
    """Bank accounts to which customers are told to pay, by their routes."""

    _name = "res.partner.bank"
    _inherit = ["res.partner.bank", "used.mixin"]

    def write(self, vals):
        if not {"active", "currency_id"} & vals.keys():
            return super().write(vals)
        # whether it can be paid to is remembered with the routes
        Route = self.env["payment.route"]
        Route._forget()
        result = super().write(vals)
        Route._forget()
        return result
