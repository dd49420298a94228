import datetime
from decimal import Decimal

from odoo import fields, models

from ...engine import checks
from ...engine.rates import as_decimal
from ...providers import registry

NO_CALENDAR_AHEAD = datetime.timedelta(1)


class FxRateProvider(models.Model):
    """What is held back: a wrong rate is worse than no rate."""

    _inherit = "fx.rate.provider"

    def _check_planned(self, company, planned, booked, confirming, live):
        """Take doubtful rates out of a plan.

        :param planned: {currency id: {day: PlannedRate}}; changed: doubtful rates are
            taken out, first ones that nobody confirms are marked
        :param booked: as :meth:`_get_booked` gives
        :param confirming: quotes of the confirming provider, or None
        :return: list of values of fx.rate.hold
        """
        others = {}
        if confirming:
            currencies = self.env["res.currency"].browse(planned)
            others, _skipped, _seen = self.confirm_provider_id._cross_quotes(
                company,
                [q for q in confirming if q.kind == self.confirm_provider_id.rate_kind],
                currencies,
            )
        rejected = self.env["fx.rate.hold"]._get_rejected(self, company)
        held = []
        for currency_id, rows in planned.items():
            there = booked.get(currency_id, {})
            for day, row in list(rows.items()):
                if (currency_id, day, row.quoted) in rejected:
                    del rows[day]
            held += self._hold_by_date(company, rows, there, live)
            held += self._hold_by_move(company, rows, there)
            held += self._hold_by_other(
                company, rows, there, others.get(currency_id, {})
            )
        return held

    def _hold_by_date(self, company, rows, there, live):
        """Hold what is dated later than it can be, or too old to be news."""
        adapter = registry.get(self.service)
        now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
        newest_allowed = adapter.calendar.today(now) + datetime.timedelta(
            adapter.ahead_days
        )
        held = []
        for day, row in list(rows.items()):
            if row.published_on > newest_allowed:
                held.append(self._held(company, rows.pop(day), "future"))
        if not live or not rows:
            return held
        newest = max(rows)
        published_on = rows[newest].published_on
        today = self.env["res.company"]._get_utc_today()
        if checks.is_too_old(published_on, today, self.max_age_days):
            # what is in the books already is no news, but no mistake either
            if newest not in there:
                held.append(self._held(company, rows[newest], "old"))
            for day in [day for day in rows if day not in there]:
                del rows[day]
        return held

    def _hold_by_move(self, company, rows, there):
        """Hold what differs too much from the booked rates around it.

        A rate that a person typed is one of them; but where the typed rate is at odds
        with what this and other providers brought before, it is no measure.
        """
        published = {day: row.rate for day, row in rows.items()}
        limit = as_decimal(self.max_jump)
        # what was typed for all companies says nothing of this one's currency
        all_booked = {d: r.rate for d, r in there.items() if r.provider_id != 0}
        doubts = checks.check_series(published, all_booked, limit)
        if doubts:
            fetched = {d: r.rate for d, r in there.items() if r.provider_id}
            if fetched and len(fetched) < len(all_booked):
                again = checks.check_series(published, fetched, limit)
                doubts = {day: again[day] for day in doubts.keys() & again.keys()}
        return [
            self._held(
                company,
                rows.pop(day),
                doubt.reason,
                previous_rate=float(doubt.previous_rate),
                previous_date=doubt.previous_date,
                jump=float(doubt.jump),
                factor=doubt.factor or 0,
            )
            for day, doubt in doubts.items()
        ]

    def _hold_by_other(self, company, rows, there, others):
        """Hold what the confirming provider sees otherwise; mark first rates.

        :param others: {day: PlannedRate} of the confirming provider
        """
        held = []
        is_first = checks.first_days(
            {day: row.rate for day, row in rows.items()},
            {day: rate.rate for day, rate in there.items()},
        )
        for day, row in list(rows.items()):
            other = others.get(day)
            if other is None:
                if is_first and day not in there:
                    rows[day] = row._replace(unconfirmed=True)
            elif checks.disagreement(
                row.rate, other.rate, as_decimal_or_zero(self.confirm_tolerance)
            ):
                held.append(
                    self._held(
                        company,
                        rows.pop(day),
                        "disagreement",
                        other_rate=float(other.rate),
                        jump=float(row.rate / other.rate - 1),
                    )
                )
        return held

    def _hold_refused(self, company, refused, currencies):
        """Values of fx.rate.hold for figures that can't be rates.

        The company currency is among them: without it nothing else can be crossed.

        :param refused: list of RefusedQuote
        """
        ids = {c.name: c.id for c in currencies | company.currency_id}
        return [
            {
                "provider_id": self.id,
                "company_id": company.id,
                "currency_id": ids[quote.currency],
                "date": quote.date,
                "published_on": quote.date,
                "rate": 0.0,
                "quoted": f"{quote.base}/{quote.currency}: {quote.text}",
                "kind": quote.kind,
                "reason": _reason_of(quote.text),
            }
            for quote in refused
            if quote.currency in ids and quote.kind == self.rate_kind
        ]

    def _held(self, company, row, reason, **details):
        """Values of fx.rate.hold for a planned rate."""
        return {
            "provider_id": self.id,
            "company_id": company.id,
            "currency_id": row.currency_id,
            "date": row.day,
            "published_on": row.published_on,
            "rate": float(row.rate),
            "quoted": row.quoted,
            "kind": row.kind,
            "reason": reason,
            **details,
        }


def as_decimal_or_zero(number):
    """A tolerance, of which none is allowed, as Decimal."""
    return as_decimal(number) if number else Decimal(0)


def _reason_of(text):
    """Why a published figure can't be a rate, as fx.rate.hold names it."""
    try:
        figure = Decimal(text)
    except ArithmeticError:
        return "not_number"
    if figure.is_finite() and figure <= 0:
        return "zero" if figure == 0 else "negative"
    return "not_number"
