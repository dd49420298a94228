import datetime
from bisect import bisect_left
from collections import defaultdict

from odoo import fields, models

from ...providers import registry
from .fx_rate_provider_plan import NEAR

ONE_DAY = datetime.timedelta(1)


class FxRateProvider(models.Model):
    """Who comes first where several providers know a currency.

    The books are a function of what the providers have published, not of the order in
    which it came: of two that know a currency, the one of lower sequence is booked;
    the other fills the days that the first should have had and hasn't, and those on
    which the first's newest rate is too old.
    """

    _inherit = "fx.rate.provider"

    def _get_chain(self, company):
        """The providers of a company's booking rate, the first one first."""
        root = company.root_id
        # sudo: providers of other companies' managers rank too
        return self.sudo().search(
            [("purpose", "=", "booking"), ("company_ids", "child_of", root.id)],
            order="sequence, id",
        )

    def _get_rank(self):
        """Providers compare by it: the lower one comes first."""
        self.ensure_one()
        return (self.sequence, self.id)

    def _get_replaceable(self):
        """The providers whose rates give way to this one's, itself among them."""
        # sudo: providers of other companies rank too
        everyone = self.sudo().with_context(active_test=False).search([])
        return everyone.filtered(lambda other: other._get_rank() >= self._get_rank())

    def _get_known_days(self, company, planned, booked, ruling):
        """The days of which each provider has brought the currencies planned.

        What is kept aside counts as what is booked does: else it would matter whether
        the provider that covers it came before it or after it.

        :param planned: {currency id: {day: PlannedRate}}
        :param booked: as :meth:`_get_booked` gives
        :param ruling: providers that rule on the days after their rates, too; those
            that are archived, or serve the company no more, keep what they brought
        :return: {currency id: {provider id: set of days}}
        """
        known = {currency_id: defaultdict(set) for currency_id in planned}
        for currency_id, there in booked.items():
            for day, rate in there.items():
                if rate.in_books and rate.provider_id and currency_id in known:
                    known[currency_id][rate.provider_id].add(day)
        days = [day for rows in planned.values() for day in rows]
        if ruling and days:
            span = (min(days) - NEAR, max(days) + NEAR)
            named = self._named_query(company, planned, span, ruling)
            for currency_id, day, _rate, provider_id, _published_on in named:
                known[currency_id][provider_id].add(day)
        return known

    def _give_way(self, planned, booked, known, ruling):
        """Take out of a plan the days on which a person or an earlier provider rules.

        :param planned: {currency id: {day: PlannedRate}}; changed
        :param booked: as :meth:`_get_booked` gives
        :param known: as :meth:`_get_known_days` gives; what is taken out is added
        :return: (number of days on which the books stay as they are, list of
            PlannedRate that others cover)
        """
        kept, aside = 0, []
        for currency_id, rows in planned.items():
            there = booked.get(currency_id, {})
            above = self._sort_by_rank(known[currency_id])[0]
            for day, row in list(rows.items()):
                if self._is_settled(row, there.get(day)):
                    del rows[day]
                    kept += 1
                elif self._is_covered(day, above, ruling):
                    aside.append(rows.pop(day))
                    known[currency_id][self.id].add(day)
        return kept, aside

    def _is_settled(self, row, there):
        """Whether a person, or a later quote of this provider, has had the last word.

        Two quotes may be for one day of the books: those of a Saturday and a Sunday for
        the next working day.
        """
        if there is None or not there.in_books:
            return False
        if there.is_typed:
            return True
        said = there.published_on
        return there.provider_id == self.id and row.published_on < said < row.day

    def _find_covered(self, planned, booked, known, ruling):
        """The days on which this provider rules instead of one behind it from now on.

        Only what has passed the checks takes another's rate out of the books.

        :param planned: {currency id: {day: PlannedRate}} that are to be booked
        :return: list of (currency id, day), those to be booked among them
        """
        covered = []
        for currency_id, days in known.items():
            rows, there = planned.get(currency_id, {}), booked.get(currency_id, {})
            behind = self._sort_by_rank(days)[1]
            # sudo: one key for a provider, whoever fetches
            own = {self.sudo(): sorted(days[self.id] | rows.keys())}
            covered += [
                (currency_id, day)
                for other, of_other in behind.items()
                for day in of_other
                if day in there
                and there[day].provider_id == other.id
                and self._is_covered(day, own, ruling)
            ]
        return covered

    def _sort_by_rank(self, days):
        """Sort providers into those before this one and those behind it.

        :param days: {provider id: days}
        :return: two of {fx.rate.provider: sorted days}
        """
        mine, before, behind = self._get_rank(), {}, {}
        # sudo: providers of other companies rank too
        for other in self.sudo().browse(days.keys()) - self:
            side = before if other._get_rank() < mine else behind
            side[other] = sorted(days[other.id])
        return before, behind

    @staticmethod
    def _is_covered(day, providers, ruling):
        """Whether one of the providers answers for ``day``.

        :param providers: {fx.rate.provider: sorted days that it has}
        :param ruling: those that rule on the days after their rates, too
        """
        return any(
            _is_among(day, days)
            or (provider in ruling and provider._answers_for(day, days))
            for provider, days in providers.items()
        )

    def _answers_for(self, day, days):
        """Whether a provider's own rates rule on ``day``.

        After a day that it has, until that rate is too old, unless it should have
        published one for ``day`` and surely hasn't.

        :param days: sorted days on which it has the currency
        """
        position = bisect_left(days, day)
        if not position:
            return False
        if (day - days[position - 1]).days > self.max_age_days:
            return False
        is_newest = position == len(days)
        return not (self._has_missed(day) or (is_newest and self.state == "failed"))

    def _has_missed(self, day):
        """Whether it should have a rate for ``day`` of the books, by its calendar."""
        adapter = registry.find(self.service)
        if not adapter or not adapter.online:
            return False
        calendar = adapter.calendar
        published_on = day
        if self.applies == "next":
            published_on = day - ONE_DAY
        elif self.applies == "next_working":
            published_on = day - ONE_DAY
            while not calendar.is_working_day(published_on):
                published_on -= ONE_DAY
            if calendar.next_working_day(published_on) != day:
                return False
        now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
        return (
            calendar.publishes_on(published_on)
            and calendar.is_sure(published_on)
            and calendar.moment(published_on) <= now
        )


def _is_among(day, days):
    """Whether sorted ``days``, which may be those of many years, hold ``day``."""
    position = bisect_left(days, day)
    return position < len(days) and days[position] == day
