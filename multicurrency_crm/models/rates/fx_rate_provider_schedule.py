import datetime

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ...engine import punctuality
from ...engine.calendars import ONE_DAY
from ...providers import registry
from .fx_rate_provider_booking import Attempt

#: how far a first fetch, and the catching up of one currency, goes back
FIRST_FETCH_DAYS = 89
#: most requests of one part of a gap: after each, what came is booked and committed
REQUESTS_AT_ONCE = 31
#: when an adapter that is gone, or broken, is tried again
GONE_PAUSE = datetime.timedelta(hours=3)


class FxRateProvider(models.Model):
    """When a provider is asked, and for which days."""

    _inherit = "fx.rate.provider"

    @api.model
    def _cron_fetch_rates(self):
        """Ask every provider that is due, the first by sequence first.

        Commits company by company: what is done stays done when the job is killed or
        its time is over, and the rest is done in its next run. Providers that become
        due on the way, because one before them failed, are asked in the same run.
        """
        cron = self.env["ir.cron"]
        seen = self.browse()
        while due := self._search_due(seen):
            provider = due[0]
            # ends the snapshot, too, in which another worker may have been faster
            if not cron._commit_progress(remaining=len(due)):
                return
            companies = provider._take() and provider._get_served_companies()
            if not companies:
                cron._commit_progress(1, remaining=len(due) - 1)
            elif not provider._fetch_in_job(companies, seen):
                return
            seen += provider

    def _fetch_in_job(self, companies, seen):
        """Fetch, committing after each company; a bug stops this provider only.

        :param companies: root companies
        :param seen: providers that the job has done
        :return: False if the time of the job is over
        """
        cron = self.env["ir.cron"]
        try:
            for _run in self._fetch_companies(companies, "schedule"):
                remaining = len(self._search_due(seen))
                if not cron._commit_progress(1, remaining=remaining):
                    return False
                # the commit has let go of the row; whoever has it goes on
                if not self._lock():
                    break
        except psycopg2.Error:
            raise
        except Exception as error:
            self.env.cr.rollback()
            self._put_off(companies, error)
            cron._commit_progress(1, remaining=len(self._search_due(seen)))
        return True

    def _put_off(self, companies, error):
        """Log what no attempt of this provider got over, and try again later."""
        today = self.env["res.company"]._get_utc_today()
        attempt = Attempt("schedule", fields.Datetime.now(), (today, today))
        for company in companies:
            self._book_company(company, attempt._replace(failure=error))
        self._write_guarded(
            {"state": "failed", "next_run": fields.Datetime.now() + GONE_PAUSE}
        )

    @api.model
    def _search_due(self, seen):
        """Providers to be asked now: online ones with companies, in their order.

        :param seen: providers to leave out
        """
        offline = [a.code for a in registry.all_adapters() if not a.online]
        return self.search(
            [
                ("company_ids", "!=", False),
                ("service", "not in", offline),
                ("id", "not in", seen.ids),
                "|",
                ("next_run", "=", False),
                ("next_run", "<=", fields.Datetime.now()),
            ]
        )

    def _take(self):
        """Lock the row, and see whether the provider is due still.

        :return: the provider, or none if somebody else has it or has done it
        """
        return self._lock().filtered(
            lambda p: not p.next_run or p.next_run <= fields.Datetime.now()
        )

    def _lock(self):
        """Lock the row, so that nobody else asks this provider meanwhile.

        :return: the provider, or none if somebody else has it
        """
        return self.try_lock_for_update(allow_referencing=True)

    # ------------------------------------------------------------------ when

    @staticmethod
    def _get_now():
        """This moment, aware, in UTC."""
        return fields.Datetime.now().replace(tzinfo=datetime.UTC)

    def _get_due_day(self):
        """The day whose publication is to be fetched next; None if none ever was."""
        self.ensure_one()
        adapter = registry.find(self.service)
        if not adapter or not self.last_success:
            return None
        interval = relativedelta(**{self.interval_type: self.interval_number})
        return punctuality.due_day(
            adapter.calendar, self.last_success, interval, adapter.ahead_days
        )

    def _plan_next_run(self, failure=None):
        """Set ``next_run`` by the publisher's calendar and by what has come so far.

        :param failure: the exception with which the attempt ended, if any
        """
        self.ensure_one()
        now = self._get_now()
        adapter = registry.find(self.service)
        if adapter:
            planned = punctuality.next_ask(
                adapter.calendar,
                now,
                self._get_due_day(),
                failed=self.state == "failed",
                rest=getattr(failure, "retry_at_seconds", None) or 0,
            )
        else:
            planned = now + GONE_PAUSE
        self.next_run = planned.replace(tzinfo=None, microsecond=0)

    # ------------------------------------------------------------------ which days

    def _get_periods(self, companies):
        """The days to fetch for ``companies``, in parts of what one go may ask for.

        :return: list of (first day, last day), oldest first
        :raises UnknownProvider: the adapter is gone
        """
        adapter = registry.get(self.service)
        start = self._get_missing_from(companies)
        end = max(start, self._get_newest_allowed())
        span = (adapter.longest_range or (end - start).days + 1) * REQUESTS_AT_ONCE
        periods = []
        while start <= end:
            last = min(end, start + datetime.timedelta(span - 1))
            periods.append((start, last))
            start = last + ONE_DAY
        return periods

    def _get_newest_allowed(self):
        """The latest date that the publisher can have written on a quote by now."""
        adapter = registry.get(self.service)
        today = adapter.calendar.today(self._get_now())
        return today + datetime.timedelta(adapter.ahead_days)

    def _get_missing_from(self, companies):
        """The first day to fetch for ``companies``.

        The day after the last complete one, however long ago that is, and today in any
        case: a publisher corrects itself. A company or a currency that is new, and a
        currency that lags behind, go back 89 days at most (31 requests, where each
        brings few days, or what the adapter says), so that none loads the whole
        history every day.

        :raises UnknownProvider: the adapter is gone
        """
        self.ensure_one()
        adapter = registry.get(self.service)
        today = adapter.calendar.today(self._get_now())
        reach = (adapter.longest_range or FIRST_FETCH_DAYS) * REQUESTS_AT_ONCE - 1
        reach = min(FIRST_FETCH_DAYS, reach, adapter.first_days or reach)
        window = today - datetime.timedelta(reach)
        if not self.last_success or self._has_new_company(companies):
            if self.last_success:
                window = min(window, self.last_success + ONE_DAY)
            return max(window, adapter.first_day or window)
        starts = [today, self.last_success + ONE_DAY]
        arrivals = self._get_arrivals()
        for code in self._get_wanted_codes(companies):
            if code not in arrivals:
                starts.append(window)
            elif arrivals[code]:
                starts.append(max(arrivals[code].newest + ONE_DAY, window))
        return min(starts)

    def _has_new_company(self, companies):
        """Whether nothing was ever fetched for one of ``companies``."""
        served = self.env["fx.rate.run"]._read_group(
            [
                ("provider_id", "=", self.id),
                ("company_id", "in", companies.ids),
                ("state", "!=", "failed"),
            ],
            ["company_id"],
        )
        return len(served) < len(companies)
