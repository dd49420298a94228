"""Whether published rates can be right, before they are booked.

A rate is compared with the nearest one that is known to be right. All sizes are
symmetric, max(r/p, p/r) − 1, so that a rate and its inverse are judged alike.
"""

import datetime
import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple

from .rates import as_decimal, check_rate, divide
from .volatility import RollingVolatility

#: a move of this much is never a doubt
SMALLEST_LIMIT = Decimal("0.02")
#: how many daily standard deviations a move may have
SIGMAS = 4
#: returns that make up the volatility near a day
NEAR_RETURNS = 60
#: calendar days without a rate after which the last one says nothing
LONGEST_GAP = 366
#: days on the new level that make a doubtful day the first of a new level
CONFIRMING_DAYS = 5
#: the largest shift that following days can confirm: less than a factor 2
LARGEST_SHIFT = Decimal(1)
#: days of which the middle one stands for a series that has no booked rate
FIRST_DAYS = 5
#: what a slip of the nominal or of the decimal point multiplies by
SCALES = tuple(10**power for power in range(1, 7))
#: ratios that need no second look
WITHIN = (1 / 1.0199, 1.0199)
#: what a float loses of a decimal is no difference
SLACK = Decimal("1e-9")

Rates = Mapping[datetime.date, Decimal]


class Doubt(NamedTuple):
    """Why one day's rate isn't believed.

    ``previous_rate`` is what it was compared with, on ``previous_date`` (before or
    after it, or the same day where the publisher corrects one). ``jump`` is
    rate / previous_rate − 1. ``factor``: for 'scale', how many times (10, 100 …) too
    high the rate looks, or too low where ``jump`` is negative.
    """

    reason: Literal["jump", "scale"]
    previous_rate: Decimal
    previous_date: datetime.date
    jump: Decimal
    factor: int | None


def size(rate: Decimal, other: Decimal) -> Decimal:
    """Return how far two rates are apart, the same for both and for their inverses."""
    return divide(max(rate, other), min(rate, other)) - 1


def find_scale(rate: Decimal, previous: Decimal, tolerance: Decimal) -> int | None:
    """Return the power of ten by which one rate is near a multiple of the other.

    :param tolerance: how far off that multiple still is near
    """
    ratio = divide(max(rate, previous), min(rate, previous))
    tolerance = min(tolerance, Decimal("0.5"))
    return next(
        (scale for scale in SCALES if size(ratio, Decimal(scale)) <= tolerance), None
    )


def check_series(
    published: Rates,
    booked: Mapping[datetime.date, float],
    max_jump: Decimal,
) -> dict[datetime.date, Doubt]:
    """Return the days of one currency whose rate moves too far to be believed.

    Each day is compared with the nearest day that is booked or was found right here,
    outward from the booked days, so that history loads in any order; a day that is
    booked already is compared with that. Without any booked day the middle one of the
    newest five stands for it. Between two days d apart a move may be
    max(2%, min(max_jump, 4·σ·√d)), with σ the daily volatility nearby, or max_jump
    where fewer than ten returns are known. After a gap of more than a year the next
    rate is a first one again.

    A doubtful day that five following ones confirm is a new level: it alone is
    doubtful, and the rest goes on from it. Scale slips and moves by a factor 2 or more
    are never confirmed that way.

    :param published: units of the currency for 1 unit of company currency, above zero
    :param booked: the same for days that are in the books
    :param max_jump: a fraction, 0.1 for ten per cent
    :return: a doubt for each day that isn't believed
    :raises InvalidRate: a published rate that isn't above zero
    """
    return _Series(published, booked, max_jump).check()


def first_days(published: Rates, booked: Mapping[datetime.date, float]) -> bool:
    """Return whether nothing in the books is near enough to judge these days by."""
    known = sorted(booked)
    for day in published:
        place = bisect_left(known, day)
        for neighbour in known[max(place - 1, 0) : place + 1]:
            if abs((neighbour - day).days) <= LONGEST_GAP:
                return False
    return True


def check_date(
    quote_date: datetime.date, newest_allowed: datetime.date
) -> Literal["future"] | None:
    """Return 'future' for a day to come, beyond the publisher's own habit."""
    return "future" if quote_date > newest_allowed else None


def is_too_old(newest: datetime.date, today: datetime.date, max_age_days: int) -> bool:
    """Return whether the newest rate of a live fetch is stale; 0 days is no limit."""
    return 0 < max_age_days < (today - newest).days


def disagreement(
    rate: Decimal | float, other: Decimal | float, tolerance: Decimal | float
) -> bool:
    """Return whether two providers differ by more than ``tolerance`` (a fraction).

    :raises InvalidRate: one of the rates isn't above zero
    """
    allowed = Decimal(str(tolerance)) + SLACK
    return size(as_decimal(rate), as_decimal(other)) > allowed


class _Series:
    """One currency's published days, walked outward from what is known."""

    def __init__(self, published, booked, max_jump):
        self.published = published
        self.days = sorted(published)
        self.booked = sorted((day, rate) for day, rate in booked.items() if rate > 0)
        self.max_jump = Decimal(str(max_jump))
        self.doubts: dict[datetime.date, Doubt] = {}

    def check(self):
        """Walk from each booked day over the days that are nearest to it."""
        if not self.booked:
            self._check_unknown(range(len(self.days) - 1, -1, -1))
            return self.doubts
        known = [day for day, _rate in self.booked]
        halfway = (
            day + (after - day) // 2
            for day, after in zip(known, known[1:], strict=False)
        )
        start = 0
        for place, end in enumerate(
            [*(bisect_right(self.days, day) for day in halfway), len(self.days)]
        ):
            if start < end:
                self._check_around(place, start, end)
            start = end
        return self.doubts

    def _check_around(self, place, start, end):
        """Judge days[start:end], to which the booked day at ``place`` is the nearest.

        The same day first: its correction, if believed, is what the others are
        compared with.
        """
        anchor = self.booked[place]
        centre = bisect_left(self.days, anchor[0], start, end)
        after = centre
        if centre < end and self.days[centre] == anchor[0]:
            after += 1
            correction = self.get(centre)
            if doubt := _Walk(self, anchor, place).judge(correction, anchor):
                self.doubts[anchor[0]] = doubt
            else:
                anchor = correction
        for indexes in (range(centre - 1, start - 1, -1), range(after, end)):
            _Walk(self, anchor, place).follow(indexes)

    def _check_unknown(self, indexes):
        """Judge days near which nothing is known by the middle one of the first five.

        :param indexes: a range, the day to begin with first
        """
        first = sorted(indexes[:FIRST_DAYS], key=lambda index: self.get(index)[1])
        if not first:
            return
        middle = indexes.index(first[(len(first) - 1) // 2])
        anchor = self.get(indexes[middle])
        for part in (indexes[:middle][::-1], indexes[middle + 1 :]):
            _Walk(self, anchor).follow(part)

    def get(self, index):
        """Return (day, rate) of a published day."""
        day = self.days[index]
        return day, check_rate(self.published[day])

    def get_near(self, place):
        """Return the booked days around one, which show how the currency moves."""
        start = max(0, min(place - NEAR_RETURNS // 2, len(self.booked) - NEAR_RETURNS))
        return self.booked[start : start + NEAR_RETURNS + 1]


class _Walk:
    """Outward from one known day, in one direction."""

    def __init__(self, series, anchor, place=None):
        self.series = series
        self.place = place
        self.believed = [anchor]
        self.volatility = None

    def follow(self, indexes):
        """Judge one day after the other against the last one believed.

        :param indexes: a range over the series' days, beginning next to the anchor
        """
        series = self.series
        last_seen = self.believed[0][0]
        for position, index in enumerate(indexes):
            current, previous = series.get(index), self.believed[-1]
            if abs((current[0] - last_seen).days) > LONGEST_GAP:
                series._check_unknown(indexes[position:])
                return
            last_seen = current[0]
            if doubt := self.judge(current, previous):
                series.doubts[current[0]] = doubt
                if not self.is_confirmed(doubt, index, indexes.step):
                    continue
            self.believe(current)

    def believe(self, known):
        """Take a day for true, so that the next one is compared with it."""
        self.believed.append(known)
        if self.volatility:
            self.volatility.add(known[0], float(known[1]))

    def judge(self, current, previous):
        """Return the :class:`Doubt` about (day, rate) seen from another, or None."""
        ratio = float(current[1]) / float(previous[1])
        if WITHIN[0] < ratio < WITHIN[1]:
            return None
        rate, other = current[1], as_decimal(previous[1])
        limit = self.get_limit(current[0], previous[0])
        if size(rate, other) <= limit + SLACK:
            return None
        factor = find_scale(rate, other, max(limit, self.series.max_jump))
        return Doubt(
            "scale" if factor else "jump",
            other,
            previous[0],
            divide(rate, other) - 1,
            factor,
        )

    def get_limit(self, day, other_day):
        """Return how far a rate may move between two days, as a fraction."""
        most = self.series.max_jump
        if self.volatility is None:
            self.volatility = RollingVolatility(NEAR_RETURNS)
            near = () if self.place is None else self.series.get_near(self.place)
            for known_day, rate in near:
                self.volatility.add(known_day, rate)
            self.volatility.restart()
            for known_day, rate in self.believed:
                self.volatility.add(known_day, float(rate))
        sigma = self.volatility.daily()
        if sigma is not None:
            span = abs((day - other_day).days)
            most = min(most, Decimal(SIGMAS * sigma * math.sqrt(span)))
        return max(SMALLEST_LIMIT, most)

    def is_confirmed(self, doubt, index, step):
        """Return whether the five days beyond a doubtful one show a new level."""
        series = self.series
        shifted, old = series.get(index), doubt.previous_rate
        shift = size(shifted[1], old)
        last = index + step * CONFIRMING_DAYS
        if doubt.factor or shift >= LARGEST_SHIFT or not 0 <= last < len(series.days):
            return False
        # whatever the currency did before: half of the way back is no new level
        least = min(series.max_jump, shift / 2)
        before = shifted
        for follower in range(index + step, last + step, step):
            current = series.get(follower)
            if size(current[1], old) <= size(current[1], shifted[1]):
                return False
            for known in (shifted, before):
                allowed = max(least, self.get_limit(current[0], known[0]))
                if size(current[1], known[1]) > allowed + SLACK:
                    return False
            before = current
        return True
