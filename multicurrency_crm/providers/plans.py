"""Services whose dearer plans give in one request what others give day by day."""

from ..engine.calendars import ONE_DAY
from .base import Adapter
from .errors import ProviderError, RequestRefused


class PlannedService(Adapter):
    """An adapter of a service that sells plans, and refuses what is beyond them.

    ``request`` is asked for today, for one day that is over, or for several.
    """

    first_days = 30
    longest_range = 31
    needs_key = True
    #: days that are over from which on one request for all of them is tried
    span_from = 3

    def payloads(self, client, address, date_from, date_to, today):
        """Download what is over in one piece if the plan has it, else day by day."""
        last = min(date_to, today - ONE_DAY)
        days = [date_from + ONE_DAY * n for n in range((last - date_from).days + 1)]
        if len(days) >= self.span_from:
            payload = self.request(client, address, date_from, last, today)
            if not self.is_beyond_plan(payload):
                yield payload
                days = []
        if date_to >= today:
            days.append(today)
        for day in days:
            yield self.request(client, address, day, day, today)

    def is_beyond_plan(self, payload: bytes) -> bool:
        """Return whether an answer refuses, for no fault of the key or a quota."""
        try:
            self.parse(payload)
        except ProviderError as error:
            return type(error) is RequestRefused
        return False
