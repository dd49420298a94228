from odoo import api, models
from odoo.fields import Domain

from .credit_limit import PRECEDENCE


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
        domain = Limit._get_group_domain(company, day)
        valid = Limit.search(domain, order="date_start, id")
        if not valid:
            return valid
        # looked for upwards: of many groups, few have one of these customers
        Partner = self.env["res.partner"].sudo().with_context(active_test=False)
        heads = Partner.search([("id", "parent_of", partners.ids)])
        heads = self.env["credit.transfer"]._add_former_heads(company, heads)
        valid = valid.filtered(lambda limit: limit.partner_id in heads)
        counting = {}
        for kind in reversed(PRECEDENCE):
            for limit in valid.filtered(lambda limit, kind=kind: limit.kind == kind):
                counting[limit.partner_id, limit.company_id] = limit
        return Limit.union(*counting.values())

    @api.model
    def _get_group_domain(self, company, day):
        """The group limits that count in a main company on a day."""
        covering = Domain("company_id", "=", company.id)
        covering |= Domain("group_company_ids", "in", company.ids)
        return Domain("is_group", "=", True) & covering & self._get_day_domain(day)

    def _get_group_members(self, company):
        """Who is under this limit, archived ones, too: what they owe is owed. Whoever
        was moved out of the group belongs to it until that is decided.

        :param company: main ``res.company`` in which it is checked
        :return: commercial partners
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        tree = Partner.search([("id", "child_of", self.partner_id.id)])
        members = self.env["credit.transfer"]._add_former_members(company, tree)
        return members._filter_credit_customers()

    def _get_group_companies(self):
        return (self.company_id | self.group_company_ids).root_id
