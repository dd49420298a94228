from odoo import api, models

from ..common.main_company_fields import MainCompanyMany2one


class ResPartner(models.Model):
    """In which instalments a customer usually pays."""

    _inherit = "res.partner"

    payment_plan_template_id = MainCompanyMany2one(
        "payment.plan.template",
        string="Payment Plan",
        company_dependent=True,
        prefetch=True,  # comes with the partner's row, asking for it costs no query
        groups="base.group_user",
        help="New quotations for this customer start with this plan.",
        everyday=True,
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "payment_plan_template_id"]
