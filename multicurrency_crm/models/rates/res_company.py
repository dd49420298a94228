from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _follow_base_rate(self):
        """Bring the fetched rates of main companies in line with their currency's."""
        # sudo: who may type a rate may not write those that a provider brought
        for company in self.sudo():
            self.env["res.currency.rate"].sudo()._rebase(company)
