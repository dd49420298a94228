from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    credit_cap = fields.Float(
        string="Credit Approval Cap",
        company_dependent=True,
        groups="multicurrency_crm.group_manager",
        help="How much credit this user approves, in company currency. 0: no cap.",
    )
