"""What time it is where somebody lives, as far as that is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import pytz

#: Between these hours one may call: people are up, and most of them at work.
OPENS, CLOSES = time(8), time(19)


@dataclass(frozen=True)
class LocalTime:
    """The local time in the westernmost and in the easternmost zone of a place."""

    earliest: datetime
    latest: datetime

    @property
    def is_one(self) -> bool:
        """Whether it is the same time all over the place."""
        return self.earliest == self.latest

    @property
    def is_day(self) -> bool:
        """Whether one may call, wherever in that place somebody lives."""
        return all(
            OPENS <= moment.time() < CLOSES for moment in (self.earliest, self.latest)
        )

    def is_within(self, opens: float, closes: float) -> bool:
        """Whether it is between two hours of a day, wherever in that place one lives.

        :param opens: in hours, such as 9.5
        :param closes: likewise; before ``opens``: over midnight
        """
        return all(
            opens <= hour < closes
            if opens <= closes
            else hour >= opens or hour < closes
            for hour in map(_get_hours, (self.earliest, self.latest))
        )


def _get_hours(moment: datetime) -> float:
    """Return the time of a moment in hours."""
    return moment.hour + moment.minute / 60


def find_local_time(moment: datetime, zones: Sequence[str]) -> LocalTime | None:
    """Find the local time of a moment.

    :param moment: in UTC, without a zone, as Odoo stores them
    :param zones: names of the zones of the place
    :return: local times without a zone; None: no zone is known

    >>> find_local_time(datetime(2026, 1, 5, 12), ["Asia/Shanghai"]).earliest.hour
    20
    """
    if not zones:
        return None
    aware = pytz.utc.localize(moment)
    places = map(pytz.timezone, zones)
    found = [aware.astimezone(place).replace(tzinfo=None) for place in places]
    return LocalTime(min(found), max(found))


def choose_zones(zone: str | None, of_country: Sequence[str]) -> tuple[str, ...]:
    """Choose the zones in which somebody may live.

    A contact's own zone is that of whoever entered it, unless somebody changed it: one
    that isn't of its country says nothing. Nobody lives in UTC: it is the server's.

    :param zone: what stands on the contact
    :param of_country: zones of its country; empty: it has none

    >>> choose_zones("Asia/Shanghai", ["Europe/Berlin", "Europe/Busingen"])
    ('Europe/Berlin', 'Europe/Busingen')
    """
    if zone and zone != "UTC" and (zone in of_country or not of_country):
        return (zone,)
    return tuple(of_country)
