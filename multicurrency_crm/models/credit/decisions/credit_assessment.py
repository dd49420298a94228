from odoo import api, models

from ..assessment.res_partner import CHUNK


class CreditAssessment(models.Model):
    """The night's job."""

    _inherit = "credit.assessment"

    @api.model
    def _cron_assess(self, chunk=CHUNK):
        """Let decisions and limits follow the calendar, then assess everybody.

        :param int chunk: customers of one transaction
        """
        # sudo: the night's job works for all companies
        self.env["credit.review"].sudo()._expire()
        self.env["credit.limit"]._settle_all_superseded()
        self._assess_everybody(chunk)
