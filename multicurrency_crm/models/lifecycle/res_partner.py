from odoo import api, fields, models
from odoo.fields import Domain

from ..common.main_company_fields import CustomerRow

#: Who reads where customers stand.
READERS = "multicurrency_crm.group_user"
#: What a customer shows of its row.
SHOWN = (
    *("stage", "stage_since", "last_contact_date", "next_contact_date"),
    *("is_dormant", "is_at_risk", "is_lost", "is_won_back"),
)


class ResPartner(models.Model):
    """Where a customer stands, read, searched and grouped without computing anything:
    its contacts show the same."""

    _name = "res.partner"
    _inherit = ["res.partner", "selection.order.mixin"]
    _in_order = frozenset({"lifecycle_stage"})

    customer_life_id = CustomerRow(
        "customer.life",
        compute="_compute_customer_life_id",
        search="_search_customer_life_id",
        groups=READERS,
    )
    lifecycle_stage = fields.Selection(
        related="customer_life_id.stage",
        string="Stage",
        groups=READERS,
    )
    lifecycle_since = fields.Date(
        related="customer_life_id.stage_since",
        groups=READERS,
    )
    last_contact_date = fields.Date(
        related="customer_life_id.last_contact_date",
        groups=READERS,
    )
    next_contact_date = fields.Date(
        related="customer_life_id.next_contact_date",
        groups=READERS,
    )
    is_dormant = fields.Boolean(related="customer_life_id.is_dormant", groups=READERS)
    is_at_risk = fields.Boolean(related="customer_life_id.is_at_risk", groups=READERS)
    is_lost = fields.Boolean(related="customer_life_id.is_lost", groups=READERS)
    is_won_back = fields.Boolean(related="customer_life_id.is_won_back", groups=READERS)
    suggestion_count = fields.Integer(
        string="Suggestions", compute="_compute_suggestion_count", groups=READERS
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_customer_life_id(self):
        # sudo: where a customer stands, its other fields show
        Life = self.env["customer.life"].sudo()
        of_customer = {}
        if Life._is_kept():
            root_id = self.env["res.company"]._get_root_id(self.env.company.id)
            customers = self.commercial_partner_id
            mine = Domain("company_id", "=", root_id)
            mine &= Domain("partner_id", "in", customers.ids)
            # with all that a list may show, in one query
            rows = Life.search_fetch(mine, ["partner_id", *SHOWN], order="id")
            of_customer = {row.partner_id.id: row.id for row in rows}
        for partner in self:
            customer_id = partner.commercial_partner_id._origin.id
            partner.customer_life_id = of_customer.get(customer_id, False)

    def _search_customer_life_id(self, operator, value):
        if operator not in ("any", "any!", "in"):
            return NotImplemented
        field = self._fields["customer_life_id"]
        if not self._has_field_access(field, "read"):
            # raised here, Odoo would catch it, and ask again with sudo
            return Domain.custom(
                to_sql=lambda model, _alias, _query: self._check_field_access(
                    field, "read"
                )
            )
        Life = self.env["customer.life"]
        # sudo: a partner shows its stage to whom it shows the field
        everyone = Life.sudo()
        company_id = self.env["res.company"]._get_root_id(self.env.company.id)
        mine = Domain("company_id", "=", company_id)
        if operator == "in":
            rows = Life._search(mine & Domain("id", "in", value))
        else:
            # what a partner doesn't show itself is the row's, and its reader's
            asked = everyone if operator == "any!" else Life
            rows = asked._search(mine & value)
        key = "commercial_partner_id"
        found = Domain(key, "any!", rows.subselect("partner_id"))
        if operator == "in" and False in value:
            known = everyone._search(mine).subselect("partner_id")
            found |= Domain(key, "not any!", known)
        return found

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_suggestion_count(self):
        """Count what may be suggested, as far as the user reads it."""
        Suggestion = self.env["customer.suggestion"]
        mine = Domain("partner_id", "in", self.commercial_partner_id.ids)
        domain = Suggestion._get_shown_domain() & mine
        counts = dict(Suggestion._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.suggestion_count = counts.get(partner.commercial_partner_id, 0)

    # === ACTIONS === #

    def action_open_suggestions(self):
        """Open what may be suggested for this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_suggestion"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": {"search_default_open": 1, "of_one_customer": True},
        }

    def action_open_milestones(self):
        """Open what happened with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_milestone"
        )
        customer = self.commercial_partner_id
        return {**action, "domain": [("partner_id", "=", customer.id)]}
