import datetime
from bisect import bisect_left

from odoo import fields, models

from ...providers import registry

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

    def _give_way(self, company, planned, booked):
        """Take out of a plan what others come first for; see whom it comes before.

        :param planned: {currency id: {day: PlannedRate}}; changed
        :param booked: as :meth:`_get_booked` gives
        :return: (number of days that a person typed, list of PlannedRate that others
            cover, list of (currency id, day) that ``self`` covers from now on)
        """
        ranks = {
            provider.id: provider
            for provider in self.sudo().with_context(active_test=False).search([])
        }
        typed, aside, dropped = 0, [], []
        for currency_id, rows in planned.items():
            there = booked.get(currency_id, {})
            for day in list(rows):
                if day in there and not there[day].provider_id:
                    del rows[day]
                    typed += 1
            mine = ranks[self.id]._get_rank()
            above, below = {}, {}
            for day, rate in there.items():
                other = ranks.get(rate.provider_id)
                if other and other.id != self.id:
                    side = above if other._get_rank() < mine else below
                    side.setdefault(other, []).append(day)
            if above:
                for day in list(rows):
                    if self._is_covered(day, above):
                        aside.append(rows.pop(day))
            if below and rows:
                own = {d for d, rate in there.items() if rate.provider_id == self.id}
                known = {ranks[self.id]: own | rows.keys()}
                dropped += [
                    (currency_id, day)
                    for days in below.values()
                    for day in days
                    if day not in rows and self._is_covered(day, known)
                ]
        return typed, aside, dropped

    def _is_covered(self, day, providers):
        """Whether one of the providers that come first answers for ``day``.

        :param providers: {fx.rate.provider: days of one currency in the books}
        """
        return any(
            provider._answers_for(day, sorted(days))
            for provider, days in providers.items()
        )

    def _answers_for(self, day, days):
        """Whether a provider's own rates rule on ``day``.

        On a day that it has, and after it until the rate is too old, unless it should
        have published one for that day and surely hasn't.

        :param days: sorted days on which it has the currency
        """
        position = bisect_left(days, day)
        if position < len(days) and days[position] == day:
            return True
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
