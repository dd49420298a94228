import datetime
from collections import defaultdict
from functools import partial

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ...engine import punctuality
from ...engine.calendars import ONE_DAY
from ...providers import registry
from ..common.html_text import as_html
from ..common.scheduled_job import ScheduledJob
from .fx_rate_provider_fetching import Attempt

ACTIVITY = "multicurrency_crm.mail_activity_rates_late"
#: how far a first fetch, and the catching up of one currency, goes back
FIRST_FETCH_DAYS = 89
#: most requests of one part of a gap: after each, what came is booked and committed
REQUESTS_AT_ONCE = 31
#: when an adapter that is gone, or broken, is tried again
GONE_PAUSE = datetime.timedelta(hours=3)


class ScheduledFetch:
    """How far a fetch by the job has come.

    It outlives a chunk that is tried again: what the publisher answered is kept, so
    that it is asked once.
    """

    def __init__(self, companies):
        """:param companies: no ``res.company``: they are known with the first chunk"""
        self.companies = companies
        self.attempts = None  # iterator, see ``_iterate_attempts``
        self.attempt = None  # that is being booked
        self.is_last = False
        self.runs = []  # of that attempt, committed
        self.run = None
        self.is_over = False

    @property
    def company(self):
        """The company for which is booked next."""
        return self.companies[len(self.runs)]

    def advance(self):
        """Go on to what comes next, once a chunk is committed."""
        if self.is_over:
            return
        self.runs.append(self.run)
        if len(self.runs) == len(self.companies):
            self.is_over = self.is_last
            self.attempt, self.runs = None, []


class FxRateProvider(models.Model):
    """When a provider is asked, for which days, and what follows from what came."""

    _inherit = "fx.rate.provider"

    arrivals = fields.Json(
        copy=False,
        readonly=True,
        help="Per currency wanted: the newest day that came, and how many days lie "
        "between two of them; nothing for one that never came.",
    )
    reserve_asked_for = fields.Date(
        copy=False,
        readonly=True,
        help="The newest publication for which the next providers were asked instead.",
    )

    # === THE JOB === #

    @api.model
    def _cron_fetch_rates(self):
        """Ask every provider that is due, the first by sequence first.

        Company by company: what is done stays done when the job is killed or its time
        is over, and the rest is done in its next run. Providers that become due on the
        way, because one before them failed, are asked in the same run.
        """
        seen = self.browse()
        with ScheduledJob(self) as job:
            while due := self._search_due(seen):
                provider = due[0]
                seen += provider
                job.expect(1)
                if not provider._fetch_in_job(job) and job.has_collided():
                    job.set_aside()

    def _fetch_in_job(self, job):
        """Fetch, each company in a chunk of its own; a bug stops this provider only.

        :return: False if the last chunk didn't go through
        """
        fetch = ScheduledFetch(self.env["res.company"])
        while not fetch.is_over:
            if not job.do(partial(self._fetch_next, fetch), self):
                if not job.has_collided():
                    job.do(partial(self._put_off, fetch.companies, job.error), self)
                return False
            fetch.advance()
        return True

    def _fetch_next(self, fetch):
        """Book what came for the next company of a fetch, unless somebody else is at
        this provider, or has done it.

        :param fetch: :class:`ScheduledFetch`
        """
        companies = self._take() and self._get_served_companies()
        if not companies:
            fetch.is_over = True
            return
        if not fetch.companies:
            fetch.companies = companies
            fetch.attempts = self._iterate_attempts(companies, "schedule")
        if not fetch.attempt:
            fetch.attempt, fetch.is_last = next(fetch.attempts)
        fetch.run = self._book_company(fetch.company, fetch.attempt)
        if fetch.company == fetch.companies[-1:]:
            runs = self.env["fx.rate.run"].union(*fetch.runs, fetch.run)
            self._conclude(runs, fetch.attempt, fetch.is_last)

    def _put_off(self, companies, error):
        """Log an error that no attempt of this provider got over; try again later."""
        today = self.env["res.company"]._get_utc_today()
        attempt = Attempt("schedule", fields.Datetime.now(), (today, today))
        for company in companies:
            self._book_company(company, attempt._replace(failure=error))
        self._write_guarded(
            {"state": "failed", "next_run": fields.Datetime.now() + GONE_PAUSE}
        )

    @api.model
    def _search_due(self, seen):
        """Search the providers to be asked now: online, with companies, in order.

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

    # === WHEN === #

    @staticmethod
    def _get_now():
        """Return this moment, aware, in UTC."""
        return fields.Datetime.now().replace(tzinfo=datetime.UTC)

    def _get_due_day(self):
        """Return the day whose publication is next; None if nothing ever came."""
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

    # === WHICH DAYS === #

    def _get_periods(self, companies):
        """Return the days to fetch for ``companies``, in parts that one go may ask for.

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
        """Return the latest date that the publisher can have written by now."""
        adapter = registry.get(self.service)
        today = adapter.calendar.today(self._get_now())
        return today + datetime.timedelta(adapter.ahead_days)

    def _get_missing_from(self, companies):
        """Return the first day to fetch for ``companies``.

        The day after the last complete one, however long ago that is, and today in any
        case: a publisher corrects itself. A company or a currency that is new, a
        currency that lags behind, and a figure that is held go back 89 days at most (31
        requests, where each brings few days, or what the adapter says), so that none
        loads the whole history every day.

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
        if held_day := self._get_oldest_held_day(companies):
            starts.append(max(held_day, window))
        return min(starts)

    def _get_oldest_held_day(self, companies):
        """Return the day of the oldest figure that waits for a decision, or None: it
        hasn't come, and its publisher may correct it after its own day."""
        held = self.env["fx.rate.hold"].search(
            [
                ("provider_id", "=", self.id),
                ("company_id", "in", companies.ids),
                ("state", "=", "pending"),
            ],
            order="published_on",
            limit=1,
        )
        return held.published_on or None

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

    # === AFTER AN ATTEMPT === #

    def _conclude(self, runs, attempt, is_last=True):
        """Draw the conclusions after all companies had their turn.

        :param runs: fx.rate.run, one a company
        :param attempt: :class:`~.fx_rate_provider_fetching.Attempt`
        :param is_last: False if more days of the same gap follow
        """
        self.ensure_one()
        failed = "failed" in runs.mapped("state")
        companies = runs.company_id
        # who fetches for one company only hasn't fetched for the others
        if not failed and self._get_served_companies() <= companies:
            self._note_arrivals(companies, attempt)
        if not is_last:
            return
        late = self._is_late()
        state = "failed" if failed else "late" if late else "ok"
        self._write_guarded({"state": state})
        if attempt.origin == "schedule":
            self._plan_next_run(attempt.failure)
        if attempt.origin != "file" and self.state != "ok":
            self._call_reserve(runs)
        self._notify_managers(companies, late and attempt.origin == "schedule")

    def _get_wanted_codes(self, companies):
        """Return the codes of the currencies that the books of ``companies`` need."""
        return {
            code
            for company in companies
            for code in [
                company.currency_id.name,
                *self._get_wanted_currencies(company).mapped("name"),
            ]
        }

    def _get_asked_codes(self):
        """Return the codes for which a publisher is asked that takes them by name.

        Those of the provider and of the providers that it confirms.
        """
        # sudo: a provider may confirm those of other companies' managers
        confirmed = self.sudo().search([("confirm_provider_id", "=", self.id)])
        return {
            code
            for provider in self.sudo() | confirmed
            for code in provider._get_wanted_codes(provider._get_served_companies())
        }

    def _get_arrivals(self):
        """Return what has come of each wanted currency.

        :return: {code: :class:`~..engine.punctuality.Arrival`, None if it never came}
        """
        return {
            code: stored
            and punctuality.Arrival(datetime.date.fromisoformat(stored[0]), stored[1])
            for code, stored in (self.arrivals or {}).items()
        }

    def _note_arrivals(self, companies, attempt):
        """Move ``last_success`` on to the newest day for which everything came."""
        published = defaultdict(set)
        newest_allowed = self._get_newest_allowed()
        for quote in attempt.quotes:
            if quote.kind == self.rate_kind and quote.date <= newest_allowed:
                published[quote.base].add(quote.date)
                published[quote.currency].add(quote.date)
        arrivals = punctuality.add_arrivals(
            self._get_arrivals(), published, sorted(self._get_wanted_codes(companies))
        )
        noted = {
            code: arrival and [str(arrival.newest), arrival.every]
            for code, arrival in arrivals.items()
        }
        self._write_guarded({"arrivals": noted})
        complete = punctuality.complete_until(arrivals)
        if complete and complete > (self.last_success or datetime.date.min):
            self._write_guarded({"last_success": complete})

    def _is_late(self):
        """Whether what is due is later than the publisher's habit explains."""
        adapter = registry.find(self.service)
        if adapter and not adapter.online:
            return False
        due = self._get_due_day()
        if not due:
            return True
        return punctuality.is_late(
            adapter.calendar,
            self._get_now(),
            due,
            self.last_success,
            self.max_age_days,
        )

    # === TAKING OVER === #

    def _call_reserve(self, runs):
        """Have the next providers take over where this one has nothing.

        What they had kept aside is booked; where there was nothing newer they are due
        at once, one time for each publication that is missed here.

        :param runs: fx.rate.run of the attempt; what was done is noted on them
        """
        bare = self.env["res.company"]
        for run in runs:
            company = run.company_id
            try:
                with self.env.cr.savepoint():
                    filled = self._fill_from_reserve(company)
            except psycopg2.Error:
                raise
            except Exception as error:
                self._log_failure(error)
                reason = error  # the name of an exception ends with its block
                run._add_note(
                    lambda spoken, reason=reason: spoken._explain_failure(reason)
                )
                continue
            if filled:
                run._add_note(
                    lambda spoken, filled=filled: spoken.env._(
                        "Taken from the next providers instead: %(count)s.",
                        count=filled,
                    )
                )
            else:
                bare |= company
        adapter = registry.find(self.service)
        if not bare or not adapter:
            return
        missed = adapter.calendar.newest_expected(self._get_now())
        if self.reserve_asked_for != missed:
            self._write_guarded({"reserve_asked_for": missed})
            self._get_next_providers(bare, missed)._bring_forward()

    def _get_next_providers(self, companies, missed):
        """Return the providers behind this one, of its use, that lack a day too."""
        others = self.search([("purpose", "=", self.purpose), ("id", "!=", self.id)])
        return others.filtered(
            lambda other: (
                other._get_rank() > self._get_rank()
                and other.rate_kind == self.rate_kind
                and other.online
                and other._get_served_companies() & companies
                and not (other.last_success and other.last_success >= missed)
            )
        )

    def _bring_forward(self):
        """Make planned fetches due; those that a person has put off stay so."""
        now = fields.Datetime.now()
        for provider in self:
            latest = now + punctuality.LONGEST_PAUSE
            if due := provider._get_due_day():
                moment = registry.get(provider.service).calendar.moment(due)
                latest = max(latest, moment.replace(tzinfo=None))
            if not provider.next_run or provider.next_run <= latest:
                provider.next_run = now

    # === WHO IS ASKED === #

    def _notify_managers(self, companies, late):
        """Ask one manager of each company to see to a late provider, until it is well.

        :param companies: root companies
        """
        # sudo: who fetches rates may not see the activities of others
        provider = self.sudo()
        if self.state == "ok":
            # each in the language of the manager whose activity it is
            for activity in provider.activity_search([ACTIVITY]):
                localized = activity.with_context(lang=activity.user_id.lang)
                localized.action_feedback(localized.env._("Rates arrive again."))
        if not late or self.state == "ok":
            return
        known = provider.activity_search([ACTIVITY]).user_id
        for manager in self._choose_managers(companies) - known:
            localized = provider.with_context(lang=manager.lang)
            localized.activity_schedule(
                ACTIVITY,
                summary=localized.env._("Rates are late"),
                note=as_html(localized._explain_lateness()),
                user_id=manager.id,
            )

    def _explain_lateness(self):
        """Return a sentence on this provider for a manager: since when it is late."""
        if not self.last_success:
            return self.env._(
                "%(provider)s has brought no rates yet: see its fetches for the "
                "reason, or enter rates by hand.",
                provider=self.name,
            )
        return self.env._(
            "%(provider)s has brought no complete rates since those of %(date)s: see "
            "its fetches for the reason, or enter rates by hand.",
            provider=self.name,
            date=format_date(self.env, self.last_success),
        )

    def _choose_managers(self, companies):
        """Choose one manager for each of ``companies``, as few people as can be."""
        chosen = self.env["res.users"]
        for company in companies:
            members = company._find_members("multicurrency_crm.group_manager")
            chosen |= (members & chosen or members)[:1]
        return chosen
