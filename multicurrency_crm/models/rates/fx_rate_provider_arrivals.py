from collections import defaultdict
from datetime import date

import psycopg2

from odoo import fields, models
from odoo.tools import format_date

from ...engine import punctuality
from ...providers import registry

ACTIVITY = "multicurrency_crm.mail_activity_rates_late"


class FxRateProvider(models.Model):
    """What is made of an attempt: what has arrived, who takes over, who is told."""

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

    def _conclude(self, runs, attempt, is_last=True):
        """Draw the conclusions after all companies had their turn.

        :param runs: fx.rate.run, one a company
        :param attempt: :class:`~.fx_rate_provider_booking.Attempt`
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
        self._tell_managers(companies, late and attempt.origin == "schedule")

    # ------------------------------------------------------------------ arrivals

    def _get_wanted_codes(self, companies):
        """The currencies without which the books of ``companies`` are incomplete."""
        return {
            code
            for company in companies
            for code in [
                company.currency_id.name,
                *self._get_wanted_currencies(company).mapped("name"),
            ]
        }

    def _get_asked_codes(self):
        """The currencies for which a publisher that takes them by name is asked.

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
        """What has come of each wanted currency.

        :return: {code: :class:`~..engine.punctuality.Arrival`, None if it never came}
        """
        return {
            code: stored
            and punctuality.Arrival(date.fromisoformat(stored[0]), stored[1])
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
        if complete and complete > (self.last_success or date.min):
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

    # ------------------------------------------------------------------ taking over

    def _call_reserve(self, runs):
        """Have the next providers take over where this one has nothing.

        What they had kept aside is booked; where there was nothing newer they are due
        at once, one time for each publication that is missed here.

        :param runs: those of the attempt, which tell what was done
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
                run._add_note(self._get_failure(error)["message"])
                continue
            if filled:
                run._add_note(
                    self.env._(
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
        """The providers behind this one, of the same use, that lack a day too."""
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

    # ------------------------------------------------------------------ telling

    def _tell_managers(self, companies, late):
        """Ask one manager of each company to see to a late provider, until it is well.

        :param companies: root companies
        """
        # sudo: who fetches rates may not see the activities of others
        provider = self.sudo()
        if self.state == "ok":
            provider.activity_feedback(
                [ACTIVITY], feedback=self.env._("Rates arrive again.")
            )
        if not late or self.state == "ok":
            return
        known = provider.activity_search([ACTIVITY]).user_id
        for manager in self._get_managers(companies) - known:
            localized = provider.with_context(lang=manager.lang)
            localized.activity_schedule(
                ACTIVITY,
                summary=localized.env._("Rates are late"),
                note=localized._explain_lateness(),
                user_id=manager.id,
            )

    def _explain_lateness(self):
        """What a manager is told of a provider that is late."""
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

    def _get_managers(self, companies):
        """One manager of multi-currency for each of ``companies``, if it has any."""
        # sudo: who fetches rates may not read users and groups
        group = self.env.ref("multicurrency_crm.group_manager").sudo()
        managers = group.all_user_ids.filtered(
            lambda user: user.active and not user.share
        ).sorted("id")
        chosen = self.env["res.users"]
        for company in companies:
            members = managers.filtered(lambda user, c=company: c in user.company_ids)
            chosen |= (members & chosen or members)[:1]
        return chosen
