from odoo import api, models
from odoo.fields import Domain

from .credit_limit import COUNTED, PRECEDENCE


class CreditLimit(models.Model):
    """Limits over a customer with all companies below it, in one or more of the
    database's companies."""

    _inherit = "credit.limit"

    @api.model
    def _find_group_limits(self, company, day, partners):
        """:return: the group limits over some of these commercial partners that count
        in a main company on a day: of one group and company, that of the kind that
        comes first"""
        # sudo: a limit over several companies is checked in each of them
        Limit = self.sudo()
        concerned = Limit._get_valid_domain(company, day) | (
            Domain("group_company_ids", "in", company.ids)
            & Domain("state", "in", COUNTED)
            & Domain("date_start", "<=", day)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", day))
            & (
                Domain("superseded_from", "=", False)
                | Domain("superseded_from", ">", day)
            )
        )
        valid = Limit.search(
            Domain("is_group", "=", True) & concerned, order="date_start, id"
        )
        if not valid:
            return valid
        # looked for upwards: of many groups, few have one of these customers
        Partner = self.env["res.partner"].sudo().with_context(active_test=False)
        heads = Partner.search([("id", "parent_of", partners.ids)])
        valid = valid.filtered(lambda limit: limit.partner_id in heads)
        counting = {}
        for kind in reversed(PRECEDENCE):
            for limit in valid.filtered(lambda limit, kind=kind: limit.kind == kind):
                counting[limit.partner_id, limit.company_id] = limit
        return Limit.union(*counting.values())

    def _get_group_members(self):
        """:return: the commercial partners under this limit, archived ones, too: what
        they owe is owed"""
        Partner = self.env["res.partner"].with_context(active_test=False)
        tree = Partner.search([("id", "child_of", self.partner_id.id)])
        return tree.commercial_partner_id._filter_credit_customers()

    def _get_group_companies(self):
        return (self.company_id | self.group_company_ids).root_id
