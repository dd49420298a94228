from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    credit_cap = fields.Float(
        string="Credit Approval Cap",
        company_dependent=True,
        groups="multicurrency_crm.group_manager",
        help="How much credit this user approves, in company currency. 0: no cap.",
    )

    def _get_credit_cap(self, company):
        """Return up to which amount this user approves credit.

        :param company: ``res.company``
        :return: amount in company currency; None: no cap
        """
        # sudo: whoever asks for credit may not read the caps of others
        cap = self.with_company(company).sudo().credit_cap
        return None if company.currency_id.is_zero(cap) else cap
