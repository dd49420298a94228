from odoo import models

from ...common.main_company_fields import MainCompanyFloat


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "typed.number.mixin"]

    credit_cap = MainCompanyFloat(
        string="Credit Approval Cap",
        company_dependent=True,
        groups="multicurrency_crm.group_manager",
        help="How much credit this user approves, in company currency. 0: no cap.",
    )

    def _get_credit_cap(self, company):
        """Return how much credit this user approves, entered in the main company of
        ``company`` or in any of its branches.

        :return: amount in company currency, or None: no cap
        """
        self.ensure_one()
        # sudo: managers alone read caps, who approves is bound by them
        return self.with_company(company).sudo().credit_cap or None
