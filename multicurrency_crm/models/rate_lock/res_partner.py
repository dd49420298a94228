from odoo import api, models

from ..common.main_company_fields import MainCompanyBoolean, MainCompanySelection
from .res_company import TIMINGS


class ResPartner(models.Model):
    """What holds for the locks of one customer, whatever the company's setting."""

    _inherit = "res.partner"

    rate_lock_timing = MainCompanySelection(
        selection=TIMINGS,
        string="Lock Rates",
        company_dependent=True,
        prefetch=True,  # comes with the partner's row, asking for it costs no query
        help="When the rate of this customer's quotations is locked automatically. "
        "Empty: as the company's settings say.",
        groups="base.group_user",
        everyday=True,
    )
    print_rate_lock = MainCompanyBoolean(
        string="Print Locked Rates",
        company_dependent=True,
        prefetch=True,
        help="Quotations and orders of this customer, printed and on the portal, say "
        "the locked rate, until when it holds, and the total in our currency.",
        groups="base.group_user",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "rate_lock_timing", "print_rate_lock"]

    def _get_lock_timing(self, company):
        """Return when quotations of ``company`` for this customer have their rate
        locked.

        :param company: ``res.company`` record
        :return: 'manual', 'send' or 'confirm'
        """
        commercial = self.commercial_partner_id or self
        exception = commercial.with_company(company).rate_lock_timing
        return exception or company.lock_timing
