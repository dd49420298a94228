from odoo import api, models
from odoo.fields import Domain


class CreditLimit(models.Model):
    """Limits over a customer with all companies below it, in one or more of the
    database's companies."""

    _inherit = "credit.limit"

    @api.model
    def _find_group_limits(self, company, day):
        """:return: the group limits that count in a main company on a day"""
        # sudo: a limit over several companies is checked in each of them
        Limit = self.sudo()
        concerned = Limit._get_valid_domain(company, day) | (
            Domain("group_company_ids", "in", company.ids)
            & Domain("state", "!=", "draft")
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
            & (
                Domain("superseded_from", "=", False)
                | Domain("superseded_from", ">", day)
            )
        )
        return Limit.search(Domain("is_group", "=", True) & concerned)

    def _get_group_members(self):
        """:return: the commercial partners under this limit"""
        tree = self.env["res.partner"].search([("id", "child_of", self.partner_id.id)])
        return tree.commercial_partner_id._filter_credit_customers()

    def _get_group_companies(self):
        return self.company_id | self.group_company_ids
