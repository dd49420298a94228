from datetime import datetime, time, timedelta
from itertools import count

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

#: calendar days without a rate that are no delay: Maundy Thursday to Easter Tuesday
LATE_AFTER_DAYS = 5


class FxRateProvider(models.Model):
    """When a provider is asked, and what is made of the answer or of none."""

    _inherit = "fx.rate.provider"

    @api.model
    def _cron_fetch_rates(self):
        """Fetch for every provider that is due, committing company by company.

        A provider that fails stays due and leaves the others alone; when the time of
        the job is over the rest is done in its next run.
        """
        now = fields.Datetime.now()
        due = self.search(
            [
                ("company_ids", "!=", False),
                "|",
                ("next_run", "=", False),
                ("next_run", "<=", now),
            ]
        )
        if not due:
            return
        cron = self.env["ir.cron"]
        work = [
            (provider, companies)
            for provider in due
            if (companies := provider._get_served_companies())
        ]
        cron._commit_progress(remaining=sum(len(companies) for _p, companies in work))
        for provider, companies in work:
            if not provider.try_lock_for_update(allow_referencing=True):
                cron._commit_progress(len(companies))
                continue
            for _run in provider._fetch_companies(companies, "schedule"):
                if not cron._commit_progress(1):
                    return

    def _plan_next_run(self):
        """Move ``next_run`` on by whole intervals, beyond now.

        Counted from the planned moment and not from the actual one, so that it never
        drifts past the hour of the job, and a month's end stays a month's end.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        planned = self.next_run or datetime.combine(now.date(), time.min)
        slots = (
            planned + relativedelta(**{self.interval_type: self.interval_number * n})
            for n in count(1)
        )
        self.next_run = next(slot for slot in slots if slot > now)

    def _conclude(self, runs, newest):
        """Set state and dates of the provider after all its companies had their turn.

        :param runs: fx.rate.run, one a company
        :param newest: newest day that was published in what came, or None
        """
        self.ensure_one()
        if "failed" in runs.mapped("state"):
            self.state = "failed"
            return
        dates = [day for day in (self.last_success, newest) if day]
        last = max(dates, default=False)
        on_time = fields.Date.today() - timedelta(LATE_AFTER_DAYS)
        state = "ok" if last and last >= on_time else "late"
        self.write({"last_success": last, "state": state})
        if "schedule" in runs.mapped("origin"):
            self._plan_next_run()
