"""How much a rate usually moves.

A return is ln(rate / earlier rate). One that spans n calendar days is divided by √n,
so that a weekend's move counts as a day's. Direction doesn't matter: a rate and its
inverse are equally volatile.
"""

import datetime
import math
from collections import deque
from collections.abc import Mapping

#: fewer returns than this say nothing
FEWEST_RETURNS = 10
#: trading days of a year
YEAR = 252


def daily_returns(rates: Mapping[datetime.date, float]) -> list[float]:
    """Compute the returns between neighbouring days, oldest first, each for one day.

    :param rates: rates above zero by day, in any order
    """
    days = sorted(rates)
    return [
        math.log(float(rates[day]) / float(rates[before]))
        / math.sqrt((day - before).days)
        for before, day in zip(days, days[1:], strict=False)
    ]


def daily(rates: Mapping[datetime.date, float]) -> float | None:
    """Return the sample standard deviation of the daily returns, as a fraction a day.

    :param rates: rates above zero by day, in any order
    :return: None where fewer than ten returns are known
    """
    rolling = RollingVolatility(len(rates))
    for day in sorted(rates):
        rolling.add(day, float(rates[day]))
    return rolling.daily()


def annualised(volatility: float) -> float:
    """Bring a daily volatility to a year of 252 trading days."""
    return volatility * math.sqrt(YEAR)


def ewma(rates: Mapping[datetime.date, float], decay: float = 0.94) -> float | None:
    """Return the daily volatility in which newer returns weigh more.

    Root of the weighted mean of squared returns; the newest weighs 1, each one before
    it ``decay`` times the next. 0.94 is what RiskMetrics (1996) uses for daily data.

    :param rates: rates above zero by day, in any order
    :param decay: above 0, up to 1 (all weigh the same)
    :return: None where fewer than ten returns are known
    """
    returns = daily_returns(rates)
    if len(returns) < FEWEST_RETURNS:
        return None
    weights = [decay**age for age in range(len(returns))]
    weighted = zip(weights, reversed(returns), strict=True)
    total = math.fsum(weight * move * move for weight, move in weighted)
    return math.sqrt(total / math.fsum(weights))


class RollingVolatility:
    """The volatility of the last so many returns of a series that grows at one end.

    Days may run forwards or backwards in time; the same day again adds nothing.
    """

    __slots__ = ("_last", "_returns", "_squares", "_sum")

    def __init__(self, size: int):
        """Start empty.

        :param size: how many returns count
        """
        self._returns: deque[float] = deque(maxlen=max(size, 1))
        self._last: tuple[datetime.date, float] | None = None
        self._sum = self._squares = 0.0

    def add(self, day: datetime.date, rate: float) -> None:
        """Take the next day's rate, which is above zero."""
        if self._last is not None:
            span = abs((day - self._last[0]).days)
            if not span:
                return
            move = math.log(rate / self._last[1]) / math.sqrt(span)
            if len(self._returns) == self._returns.maxlen:
                oldest = self._returns[0]
                self._sum -= oldest
                self._squares -= oldest * oldest
            self._returns.append(move)
            self._sum += move
            self._squares += move * move
        self._last = day, rate

    def restart(self) -> None:
        """Go on elsewhere: between the last day and the next one lies no return."""
        self._last = None

    def daily(self) -> float | None:
        """Return :func:`daily` of the returns that count."""
        count = len(self._returns)
        if count < FEWEST_RETURNS:
            return None
        # what subtraction leaves of nothing may lie below zero
        variance = max(self._squares - self._sum * self._sum / count, 0.0) / (count - 1)
        return math.sqrt(variance)
