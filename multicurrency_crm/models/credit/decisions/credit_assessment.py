from odoo import api, models

from ...common.scheduled_job import ScheduledJob
from ..assessment.res_partner import CHUNK


class CreditAssessment(models.Model):
    """The night's job."""

    _inherit = "credit.assessment"

    @api.model
    def _cron_assess(self, chunk=CHUNK):
        """Let decisions and limits follow the calendar, then assess everybody in whose
        company it is night.

        :param int chunk: customers of one transaction
        """
        with ScheduledJob(self) as job:
            self.env["credit.review"]._expire_in_job(job)
            self.env["credit.limit"]._settle_in_job(job)
            self._assess_everybody(job, chunk)
