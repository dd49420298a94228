from datetime import datetime, time, timedelta

import pytz

from odoo import models
from odoo.fields import Domain

from ...engine.working_calendar import WorkingCalendar, find_days_off

#: How far from today holidays are looked at, in days.
REACH = 1100
#: Where a calendar says no hours for a weekday: what covers noon covers the day.
NOON = (12.0, 12.0)


class ResCompany(models.Model):
    """On which days a company works."""

    _inherit = "res.company"

    def _get_working_calendar(self):
        """Return the days on which this company works: by its working hours, less the
        days off that hold for everybody. Half a day off is a working day.

        :return: ``WorkingCalendar``
        """
        self.ensure_one()
        # sudo: whoever asks reads no hours of others
        calendar = self.sudo().resource_calendar_id
        hours = {}
        for line in calendar.attendance_ids:
            if line.display_type:
                continue
            weekday = int(line.dayofweek)
            begin, end = hours.get(weekday, (24.0, 0.0))
            hours[weekday] = (min(begin, line.hour_from), max(end, line.hour_to))
        today = self._get_today()
        first, last = today - timedelta(days=REACH), today + timedelta(days=REACH)
        zone = pytz.timezone(calendar.tz or self._get_zone())
        periods = [
            self._get_days_off(hours, leave.date_from, leave.date_to, zone)
            for leave in self._find_days_off(calendar, first, last)
        ]
        return WorkingCalendar(frozenset(hours), find_days_off(periods, first, last))

    def _find_days_off(self, calendar, first, last):
        """Return the leaves of everybody, with sudo."""
        # sudo: who asks may not read them
        Leave = self.env["resource.calendar.leaves"].sudo()
        of_hours = Domain("calendar_id", "=", False) & Domain(
            "company_id", "=", self.id
        )
        if calendar:
            of_hours |= Domain("calendar_id", "=", calendar.id)
        return Leave.search(
            of_hours
            & Domain("resource_id", "=", False)
            & Domain("time_type", "=", "leave")
            & Domain("date_to", ">=", datetime.combine(first, time.min))
            & Domain("date_from", "<=", datetime.combine(last, time.max))
        )

    @staticmethod
    def _get_days_off(hours, start, end, zone):
        """Return the first and the last day of which a leave covers all hours.

        :param hours: {weekday: (first, last hour)}
        :param start: ``datetime`` in UTC; ``end`` likewise
        :param zone: of the hours
        """
        begin, finish = (
            pytz.utc.localize(moment).astimezone(zone) for moment in (start, end)
        )

        def hour(moment):
            return moment.hour + moment.minute / 60 + moment.second / 3600

        first, last = begin.date(), finish.date()
        if hour(begin) > hours.get(first.weekday(), NOON)[0]:
            first += timedelta(days=1)
        # a leave until 23:59:59, or until the minute of closing
        if hour(finish) + 1 / 60 < hours.get(last.weekday(), NOON)[1]:
            last -= timedelta(days=1)
        return first, last
