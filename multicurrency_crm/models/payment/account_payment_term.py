from odoo import models

from ..common.main_company_fields import MainCompanyMany2one


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    payment_plan_template_id = MainCompanyMany2one(
        "payment.plan.template",
        string="Payment Plan",
        company_dependent=True,
        groups="base.group_user",
        help="New quotations with these terms start with this plan, unless their "
        "customer has one of its own.",
    )
