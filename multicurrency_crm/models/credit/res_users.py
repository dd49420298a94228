from odoo import fields, models


class ResUsers(models.Model):
    _name = "res.users"
    _inherit = ["res.users", "typed.number.mixin"]

    credit_cap = fields.Float(
        string="Credit Approval Cap",
        company_dependent=True,
        groups="multicurrency_crm.group_manager",
        help="How much credit this user approves, in company currency. 0: no cap.",
    )
