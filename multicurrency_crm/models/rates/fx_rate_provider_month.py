import datetime
from collections import defaultdict

from odoo import models

from .fx_rate_provider_plan import BookedRate

ONE_DAY = datetime.timedelta(1)


class FxRateProvider(models.Model):
    """The one rate a month of a company that books at the month's first rate."""

    _inherit = "fx.rate.provider"

    def _choose_of_month(self, company, rows, booked):
        """Choose each month's rate among daily ones.

        ``first``: the first that is published in the month; ``before``: the last that
        was published before it. Either is booked on the month's first day, and gives
        way to a better one that comes later.

        :return: {currency id: {first day of a month: PlannedRate}}
        """
        best = defaultdict(dict)
        for row in rows:
            month = row.day.replace(day=1)
            if company.fx_booking_day == "before":
                month = (month + 31 * ONE_DAY).replace(day=1)
            chosen = best[row.currency_id].get(month)
            known = chosen or self._get_known_of_month(row, month, booked)
            if known is None or self._is_better_for_month(company, row, known):
                best[row.currency_id][month] = row._replace(day=month)
        return best

    def _get_known_of_month(self, row, month, booked):
        """What this provider, or a person, has in the books at the month's start.

        Another provider's rate there is none of its own choice: who comes first is
        decided afterwards.
        """
        known = booked.get(row.currency_id, {}).get(month)
        if known and known.in_books and known.provider_id in (None, 0, self.id):
            return known
        return None

    def _is_better_for_month(self, company, row, known):
        """Whether ``row`` belongs at the month's start rather than ``known``."""
        if isinstance(known, BookedRate) and known.is_typed:
            return False
        if not known.published_on or known.published_on == row.published_on:
            return True
        earlier = row.published_on < known.published_on
        return earlier if company.fx_booking_day == "first" else not earlier
