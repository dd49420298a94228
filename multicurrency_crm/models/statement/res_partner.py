from odoo import fields, models


class ResPartner(models.Model):
    """Customers' statements, from the customer."""

    _inherit = "res.partner"

    statement_count = fields.Integer(
        string="Statements",
        compute="_compute_statement_count",
        groups="multicurrency_crm.group_finance,sales_team.group_sale_salesman",
        help="Those that weren't superseded.",
    )

    def _compute_statement_count(self):
        """Count what the user may read, a contact's as its company's."""
        counted = dict(
            self.env["customer.statement"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "!=", "superseded"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.statement_count = counted.get(partner.commercial_partner_id, 0)

    def action_view_statements(self):
        """Open the statements of one customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_statement"
        )
        customer = self.commercial_partner_id
        return action | {
            "domain": [("partner_id", "=", customer.id)],
            "context": {"search_default_standing": 1},
        }
