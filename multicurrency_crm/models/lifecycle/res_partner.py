from odoo import fields, models

from ..common.main_company_fields import MainCompanyMany2one

#: Who reads where customers stand.
READERS = "multicurrency_crm.group_user"


class ResPartner(models.Model):
    """Where a customer stands, read, searched and grouped without computing anything:
    its contacts show the same."""

    _inherit = "res.partner"

    customer_life_id = MainCompanyMany2one(
        "customer.life",
        company_dependent=True,
        readonly=True,
        copy=False,
        groups=READERS,
    )
    lifecycle_stage = fields.Selection(
        related="commercial_partner_id.customer_life_id.stage",
        string="Stage",
        groups=READERS,
    )
    lifecycle_since = fields.Date(
        related="commercial_partner_id.customer_life_id.stage_since",
        groups=READERS,
    )
    last_contact_date = fields.Date(
        related="commercial_partner_id.customer_life_id.last_contact_date",
        groups=READERS,
    )
    next_contact_date = fields.Date(
        related="commercial_partner_id.customer_life_id.next_contact_date",
        groups=READERS,
    )
    is_dormant = fields.Boolean(
        related="commercial_partner_id.customer_life_id.is_dormant", groups=READERS
    )
    is_at_risk = fields.Boolean(
        related="commercial_partner_id.customer_life_id.is_at_risk", groups=READERS
    )
    is_lost = fields.Boolean(
        related="commercial_partner_id.customer_life_id.is_lost", groups=READERS
    )
    is_won_back = fields.Boolean(
        related="commercial_partner_id.customer_life_id.is_won_back", groups=READERS
    )

    # === ACTIONS === #

    def action_open_milestones(self):
        """Open what happened with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_milestone"
        )
        customer = self.commercial_partner_id
        return {**action, "domain": [("partner_id", "=", customer.id)]}
