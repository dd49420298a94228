"""Days off that follow from a country's law alone, for every year."""

import datetime

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from .calendars import ONE_DAY, Holidays


def lawful_holidays(
    *rules: tuple[int, str] | tuple[int, int],
    church: int = EASTER_WESTERN,
    known_from: int = 0,
) -> Holidays:
    """Return holidays by rules of (first year, rule), for a calendar always known.

    A rule is a day of every year, ``"12-25"``, or days from Easter Sunday: 1 is
    Easter Monday, -2 Good Friday, 50 Whit Monday, 60 Corpus Christi.

    :param church: whose Easter Sunday, as :func:`dateutil.easter.easter` has it
    :param known_from: the first year for which the rules say all
    """

    def holidays(year: int) -> frozenset[datetime.date] | None:
        if year < known_from:
            return None
        sunday = easter(year, church)
        return frozenset(
            sunday + rule * ONE_DAY
            if isinstance(rule, int)
            else datetime.date.fromisoformat(f"{year:04}-{rule}")
            for since, rule in rules
            if year >= since
        )

    return holidays


def _always(*rules: str | int) -> list[tuple[int, str | int]]:
    """Return rules that hold for every year."""
    return [(0, rule) for rule in rules]


POLAND = lawful_holidays(
    *_always("01-01", 1, "05-01", "05-03", 60, "08-15", "11-01", "11-11"),
    *_always("12-25", "12-26"),
    (2011, "01-06"),
    (2025, "12-24"),
)
CZECHIA = lawful_holidays(
    *_always("01-01", 1, "05-01", "05-08", "07-05", "07-06", "10-28"),
    *_always("12-24", "12-25", "12-26"),
    (2000, "09-28"),
    (2000, "11-17"),
    (2016, -2),
)
ROMANIA = lawful_holidays(
    *_always("01-01", "01-02", 1, "05-01", "12-01", "12-25", "12-26"),
    (2009, 50),
    (2009, "08-15"),
    (2012, "11-30"),
    (2017, "01-24"),
    (2017, "06-01"),
    (2018, -2),
    (2024, "01-06"),
    (2024, "01-07"),
    church=EASTER_ORTHODOX,
)
#: days without a banking day, as the financial market counts them
BRAZIL = lawful_holidays(
    *_always("01-01", -48, -47, -2, "04-21", "05-01", 60, "09-07", "10-12"),
    *_always("11-02", "11-15", "12-25"),
    (2024, "11-20"),
)
#: for figures that are there for every day of a year
NO_DAYS_OFF = lawful_holidays()
#: the days on which Danish banks are closed; until 2023 a fourth Friday was one more
DENMARK = lawful_holidays(
    *_always("01-01", -3, -2, 1, 39, 40, 50, "05-01", "06-05"),
    *_always("12-24", "12-25", "12-26", "12-31"),
    known_from=2024,
)
