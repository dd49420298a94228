from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.lifecycle import STAGES
from ..common.remembered import remembered

#: What a stage is called, from the first word to the second order.
STAGE_NAMES = {
    "lead": "Lead",
    "quoting": "Quoting",
    "ordered": "Ordered",
    "delivered": "Delivered",
    "invoiced": "Billed",
    "paid": "Paid in Full",
    "repeat": "Repeat",
}
STAGE_SELECTION = [(stage, STAGE_NAMES[stage]) for stage in STAGES]


class CustomerLife(models.Model):
    """Where a customer stands with a main company: one row, which the customer points
    to. A night's job keeps it; partners are written once, when their row is made."""

    _name = "customer.life"
    _description = "Where a Customer Stands"
    _inherit = ["guarded.mixin", "selection.order.mixin"]
    _order = "last_contact_date desc, id desc"
    _rec_name = "partner_id"
    _in_order = frozenset({"stage"})

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    stage = fields.Selection(
        selection=STAGE_SELECTION,
        readonly=True,
        group_expand=True,
        help="The furthest that facts prove.",
    )
    stage_since = fields.Date(string="In This Stage Since", readonly=True)
    last_fact_date = fields.Date(string="Last Event", readonly=True)
    turn = fields.Integer(
        readonly=True, aggregator=None, help="In which look at all customers."
    )
    # === CONTACT === #
    last_contact_date = fields.Date(string="Last Contact", readonly=True)
    next_contact_date = fields.Date(string="Next Contact", readonly=True)
    # === FLAGS === #
    is_dormant = fields.Boolean(string="Dormant", readonly=True)
    is_at_risk = fields.Boolean(string="At Risk", readonly=True)
    is_lost = fields.Boolean(string="Lost Customer", readonly=True)
    is_won_back = fields.Boolean(string="Won Back", readonly=True)
    # === WORTH === #
    order_count = fields.Integer(string="Orders", readonly=True)
    ordered_company = fields.Monetary(
        string="Ordered So Far",
        currency_field="company_currency_id",
        readonly=True,
        help="All orders, each at the rate of its own day.",
    )
    # === WHENCE === #
    currency_id = fields.Many2one(
        "res.currency",
        string="Usual Currency",
        readonly=True,
        ondelete="set null",
        help="The currency of the newest document.",
    )
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", readonly=True, ondelete="set null"
    )
    source_id = fields.Many2one(
        "utm.source",
        string="First Source",
        readonly=True,
        ondelete="set null",
        help="Where the first opportunity came from.",
    )
    country_id = fields.Many2one(related="partner_id.country_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    _partner_company_unique = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "A customer stands in one place with each company.",
    )

    @api.model
    def _find(self, partners, company):
        """Return the rows of customers, with sudo.

        :param partners: ``res.partner``; their commercial partners count
        :param company: ``res.company``; its main company counts
        """
        # sudo: who is asked about may be another one's customer
        return self.sudo().search(
            Domain("partner_id", "in", partners.commercial_partner_id.ids)
            & Domain("company_id", "=", company.sudo().root_id.id)  # sudo: of a branch
        )

    @api.model
    def _forget_shown(self):
        """Have rows that were written in SQL be read anew, on customers, too."""
        self.invalidate_model()
        Partner = self.env["res.partner"]
        shown = [
            name
            for name, field in Partner._fields.items()
            if (field.related or name).startswith("customer_life_id")
        ]
        Partner.invalidate_model(shown)

    @api.model
    @remembered()
    def _is_kept(self):
        """Return whether any company follows its customers, or did."""
        # sudo: of any company
        return bool(self.env["customer.life.run"].sudo().search_count([], limit=1))

    # === ACTIONS === #

    def action_open_customer(self):
        """Open the customer of one row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "res.partner",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.partner_id.id,
        }
