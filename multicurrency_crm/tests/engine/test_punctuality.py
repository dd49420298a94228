from datetime import UTC, date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import BaseCase, tagged

from ...engine.calendars import (
    EVERY_DAY,
    Calendar,
    declared_holidays,
    target_holidays,
)
from ...engine.punctuality import (
    Arrival,
    add_arrivals,
    complete_until,
    due_day,
    is_late,
    next_ask,
)

DAY = timedelta(1)
FRANKFURT = Calendar("Europe/Berlin", time(16), holidays=target_holidays)
#: nobody has told us its days off
UNSURE = Calendar("Europe/Zurich", time(7, 15))
WEDNESDAYS = Calendar("Europe/Warsaw", time(12), weekdays=frozenset({2}))
MONTHLY = Calendar("Europe/Zurich", time(8), day_of_month=25)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def iso(text):
    return date.fromisoformat(text)


@tagged("post_install", "-at_install")
class TestPunctuality(BaseCase):
    def assertDue(self, calendar, last, expected, interval=DAY, ahead_days=0):
        due = due_day(calendar, iso(last), interval, ahead_days)
        self.assertEqual(str(due), expected)

    def test_the_next_publication(self):
        self.assertDue(FRANKFURT, "2026-03-05", "2026-03-06")
        self.assertDue(FRANKFURT, "2026-03-06", "2026-03-09")
        self.assertDue(FRANKFURT, "2026-04-02", "2026-04-07")  # Easter
        self.assertDue(FRANKFURT, "2025-12-31", "2026-01-02")  # New Year
        self.assertDue(WEDNESDAYS, "2026-03-04", "2026-03-11")
        self.assertDue(MONTHLY, "2026-03-25", "2026-04-27")  # the 25th is a Saturday

    def test_intervals_do_not_stick(self):
        two, week = relativedelta(days=2), relativedelta(weeks=1)
        self.assertDue(FRANKFURT, "2026-03-05", "2026-03-09", two)  # ends on a Saturday
        self.assertDue(FRANKFURT, "2026-03-06", "2026-03-09", two)
        self.assertDue(FRANKFURT, "2026-03-27", "2026-04-07", week)  # on Good Friday
        month = relativedelta(months=1)
        self.assertDue(FRANKFURT, "2026-01-30", "2026-03-02", month)
        self.assertDue(FRANKFURT, "2026-12-01", "2027-01-04", month)

    def test_dated_ahead(self):
        """Saturday's figures came on Friday; Monday brings those of Tuesday."""
        self.assertDue(UNSURE, "2026-03-07", "2026-03-09", ahead_days=1)
        self.assertDue(UNSURE, "2026-03-10", "2026-03-10", ahead_days=1)

    def test_daylight_saving(self):
        """16:00 in Frankfurt, on the two sides of the last Sunday of March."""
        for now, due, expected in (
            ("2026-03-26 20:00", "2026-03-27", "2026-03-27 15:00"),
            ("2026-03-27 20:00", "2026-03-30", "2026-03-30 14:00"),
            ("2026-10-23 20:00", "2026-10-26", "2026-10-26 15:00"),
        ):
            self.assertEqual(next_ask(FRANKFURT, utc(now), iso(due)), utc(expected))

    def test_pauses_grow(self):
        """From a quarter of an hour to three, and not beyond the next publication."""
        now, pauses = utc("2026-03-06 15:00"), []
        while now < utc("2026-03-07 12:00"):
            planned = next_ask(FRANKFURT, now, iso("2026-03-06"))
            pauses.append(planned - now)
            now = planned
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual(pauses[0], timedelta(minutes=15))
        self.assertEqual(pauses[-1], timedelta(hours=3))
        planned = next_ask(FRANKFURT, utc("2026-03-09 14:10"), iso("2026-03-06"))
        self.assertEqual(planned, utc("2026-03-09 15:00"))
        planned = next_ask(FRANKFURT, utc("2026-03-09 15:00"), iso("2026-03-06"))
        self.assertEqual(planned, utc("2026-03-09 15:15"))

    def test_a_failure_is_tried_again_though_nothing_is_due(self):
        now = utc("2026-03-06 15:10")
        self.assertEqual(
            next_ask(FRANKFURT, now, iso("2026-03-09"), failed=True),
            utc("2026-03-06 15:25"),
        )
        self.assertEqual(
            next_ask(FRANKFURT, now, iso("2026-03-09"), failed=True, rest=7200),
            utc("2026-03-06 17:10"),
        )
        self.assertEqual(
            next_ask(FRANKFURT, now, None, failed=True, rest=1e9),
            utc("2026-03-07 15:10"),
        )

    def assertLate(self, calendar, last, now, expected, max_age_days=7):
        due = due_day(calendar, iso(last), DAY)
        late = is_late(calendar, utc(now), due, iso(last), max_age_days)
        self.assertEqual(late, expected, f"{last} at {now}")

    def test_late(self):
        self.assertLate(FRANKFURT, "2026-03-02", "2026-03-05 14:59", False)
        self.assertLate(FRANKFURT, "2026-03-02", "2026-03-05 15:01", True)
        # a weekend, Easter and Christmas are no delay
        self.assertLate(FRANKFURT, "2026-03-05", "2026-03-09 16:00", False)
        self.assertLate(FRANKFURT, "2026-04-02", "2026-04-08 16:00", False)
        self.assertLate(FRANKFURT, "2026-04-02", "2026-04-09 16:00", True)
        self.assertLate(FRANKFURT, "2025-12-23", "2025-12-29 16:00", False)

    def test_days_off_that_nobody_knows(self):
        self.assertLate(UNSURE, "2026-03-02", "2026-03-05 16:00", False)
        self.assertLate(UNSURE, "2026-03-02", "2026-03-09 16:00", False)
        self.assertLate(UNSURE, "2026-03-02", "2026-03-10 16:00", True)
        known_once = Calendar(
            "Asia/Shanghai", time(9, 15), holidays=declared_holidays(["2026-01-01"])
        )
        self.assertLate(known_once, "2026-03-02", "2026-03-05 16:00", True)
        self.assertLate(known_once, "2027-03-02", "2027-03-05 16:00", False)

    def test_weekly_and_monthly(self):
        self.assertLate(WEDNESDAYS, "2026-03-04", "2026-03-12 12:00", False, 9)
        self.assertLate(WEDNESDAYS, "2026-03-04", "2026-03-14 12:00", True, 9)
        self.assertLate(MONTHLY, "2026-02-25", "2026-03-24 12:00", False, 31)
        self.assertLate(MONTHLY, "2026-02-25", "2026-03-31 12:00", True, 31)

    def test_every_day(self):
        daily = Calendar("UTC", time(1), weekdays=EVERY_DAY)
        self.assertEqual(str(due_day(daily, iso("2026-03-06"), DAY)), "2026-03-07")
        self.assertLate(daily, "2026-03-06", "2026-03-08 12:00", False, 3)
        self.assertLate(daily, "2026-03-06", "2026-03-10 12:00", True, 3)


@tagged("post_install", "-at_install")
class TestArrivals(BaseCase):
    def _days(self, first, count, step=1):
        return {iso(first) + n * step * DAY for n in range(count)}

    def test_complete_where_all_arrived(self):
        published = {
            "USD": self._days("2026-03-02", 4),
            "JPY": self._days("2026-03-02", 3),
        }
        arrivals = add_arrivals({}, published, ["USD", "JPY", "KWD"])
        self.assertEqual(arrivals["USD"], Arrival(iso("2026-03-05"), 1))
        self.assertIsNone(arrivals["KWD"])
        self.assertEqual(complete_until(arrivals), iso("2026-03-04"))
        arrivals = add_arrivals(arrivals, {"JPY": [iso("2026-03-05")]}, ["USD", "JPY"])
        self.assertEqual(complete_until(arrivals), iso("2026-03-05"))

    def test_older_days_move_nothing_back(self):
        known = {"USD": Arrival(iso("2026-03-05"))}
        arrivals = add_arrivals(known, {"USD": [iso("2020-01-02")]}, ["USD"])
        self.assertEqual(arrivals["USD"].newest, iso("2026-03-05"))

    def test_nothing_arrived(self):
        self.assertIsNone(complete_until(add_arrivals({}, {}, ["USD"])))

    def test_what_comes_once_a_week_is_waited_for_once_a_week(self):
        published = {
            "USD": self._days("2026-02-01", 31),  # up to 3 March
            "UGX": self._days("2026-02-04", 4, 7),  # up to 25 February
        }
        arrivals = add_arrivals({}, published, ["USD", "UGX"])
        self.assertEqual(complete_until(arrivals), iso("2026-03-03"))
        later = add_arrivals(arrivals, {"USD": [iso("2026-03-09")]}, ["USD", "UGX"])
        self.assertEqual(complete_until(later), iso("2026-02-25"))

    def test_what_has_gone_is_not_waited_for_for_ever(self):
        known = {"USD": Arrival(iso("2026-03-05")), "RUB": Arrival(iso("2026-02-01"))}
        self.assertEqual(complete_until(known), iso("2026-03-05"))
        known["RUB"] = Arrival(iso("2026-02-10"))
        self.assertEqual(complete_until(known), iso("2026-02-10"))
