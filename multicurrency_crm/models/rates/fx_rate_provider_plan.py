import datetime
from collections import defaultdict
from functools import cache
from typing import NamedTuple

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.currency_changes import ended
from ...engine.rates import MissingRate, as_decimal, cross, divide, quotes_by_day
from ...providers import registry

ONE_DAY = datetime.timedelta(1)
#: how far around the days of a plan booked rates are looked at
NEAR = datetime.timedelta(400)


class PlannedRate(NamedTuple):
    """A rate that could be booked: units of the currency for 1 of the company's."""

    currency_id: int
    day: datetime.date
    rate: object
    quoted: str
    kind: str
    published_on: datetime.date
    unconfirmed: bool = False


class BookedRate(NamedTuple):
    """What is there: ``provider_id`` is None where a person typed it for the company,
    0 where it repeats a rate that was typed for all of them; ``in_books`` is False for
    a named rate."""

    rate: float
    provider_id: int | None
    published_on: datetime.date | None
    in_books: bool = True

    @property
    def is_typed(self):
        return self.in_books and not self.provider_id


class Plan(NamedTuple):
    """What would become of quotes in one company's books; nothing is written yet."""

    rows: list[PlannedRate]
    named: list[PlannedRate]
    held: list[dict]
    dropped: list[tuple[int, datetime.date]]
    missing: list[str]
    skipped: list[str]
    covered: int
    kept: int
    books: bool = True


class FxRateProvider(models.Model):
    """From the publisher's quotes to a plan for each company's books."""

    _inherit = "fx.rate.provider"

    def _plan_for(
        self,
        company,
        quotes,
        *,
        refused=(),
        confirming=None,
        live=False,
        checked=True,
        currencies=None,
    ):
        """Decide what becomes of quotes in the books of one root company.

        Each quote is crossed into the company currency, once. Days on which the
        company currency has no quote are left out, and so are currencies that are
        archived, not chosen, or no more at that date. The rest is booked, kept aside
        (another provider or a person comes first, or it is no booking rate), or held.

        :param quotes: list of Quote, those of one kind with one base
        :param refused: list of RefusedQuote, figures that can't be rates
        :param confirming: quotes of the confirming provider; None: it wasn't asked
        :param live: asked for the newest, so that old quotes are no news
        :param checked: False where a person has accepted the quotes
        :param currencies: res.currency to limit the plan to
        :return: :class:`Plan`
        :raises RateError: quotes that contradict each other
        :raises UserError: the company currency is not among the quotes at all
        """
        self.ensure_one()
        wanted = self._get_wanted_currencies(company)
        if currencies is not None:
            wanted &= currencies
        own_kind = [quote for quote in quotes if quote.kind == self.rate_kind]
        planned, skipped, seen = self._cross_quotes(company, own_kind, wanted)
        spoiled = {quote.currency for quote in refused}
        if own_kind and not seen and company.currency_id.name not in spoiled:
            raise self._no_company_currency(company)
        plan = self._decide(
            company, planned, confirming=confirming, live=live, checked=checked
        )
        if checked:
            plan.held.extend(self._hold_refused(company, refused, wanted))
        missing = {c.name for c in wanted} - seen - skipped if own_kind else ()
        return plan._replace(missing=sorted(missing), skipped=sorted(skipped))

    def _decide(self, company, planned, *, confirming=None, live=False, checked=True):
        """Sort planned rates into those to book, to keep aside and to hold.

        :param planned: {currency id: {day: PlannedRate}}
        :return: :class:`Plan`
        """
        chain = self._get_chain(company)
        books = self._is_booked_in(chain)
        booked = self._get_booked(company, planned, books)
        by_day = books and company.fx_booking_day == "day"
        held = []
        if by_day:
            # what others answer for is neither booked nor in need of a check
            ruling = chain.filtered(lambda other: other.rate_kind == self.rate_kind)
            known = self._get_known_days(company, planned, booked, ruling)
            kept, aside = self._give_way(planned, booked, known, ruling)
        if checked and self.purpose != "budget":
            held = self._check_planned(company, planned, booked, confirming, live)
        rows = [row for days in planned.values() for row in days.values()]
        if not books:
            return Plan([], rows, held, [], [], [], 0, 0, books=False)
        if by_day:
            dropped = self._find_covered(planned, booked, known, ruling)
            return Plan(rows, aside, held, dropped, [], [], len(aside), kept)
        chosen = self._choose_of_month(company, rows, booked)
        nobody = self.browse()  # each month is its own
        known = self._get_known_days(company, chosen, booked, nobody)
        kept, aside = self._give_way(chosen, booked, known, nobody)
        monthly = [row for days in chosen.values() for row in days.values()]
        return Plan(monthly, rows, held, [], [], [], len(aside), kept)

    def _is_booked_by(self, company):
        """Whether these rates are booking rates: the kind is that of the first."""
        return self._is_booked_in(self._get_chain(company))

    def _is_booked_in(self, chain):
        """The same where the company's chain of providers is known."""
        if self.purpose != "booking":
            return False
        return not chain or chain[0].rate_kind == self.rate_kind

    # ------------------------------------------------------------------ crossing

    def _cross_quotes(self, company, quotes, currencies):
        """Express quotes in the company currency.

        :return: ({currency id: {day of the books: PlannedRate}}, codes that had ended,
            codes that the quotes can say something of)
        """
        base = company.currency_id.name
        ids = {currency.name: currency.id for currency in currencies}
        planned = defaultdict(dict)
        skipped, seen = set(), set()
        bridge = self._get_bridge(company, quotes)
        for published_on, published in sorted(quotes_by_day(quotes).items()):
            pivot = next(iter(published.values()))
            rates = {code: quote.rate for code, quote in published.items()}
            day = self._book_day(pivot)
            try:
                crossed = cross({**bridge(day), **rates}, pivot.base, base)
            except MissingRate:
                continue
            seen |= crossed.keys() & {*rates, pivot.base}
            # the base of a bridge is in the books already
            told = rates.keys() if bridge(day) else crossed.keys()
            for code in sorted(told & ids.keys()):
                if ended(code, day):
                    skipped.add(code)
                    continue
                planned[ids[code]][day] = PlannedRate(
                    ids[code],
                    day,
                    crossed[code],
                    self._describe(published, code, base),
                    pivot.kind,
                    published_on,
                )
        return dict(planned), skipped, seen

    def _get_bridge(self, company, quotes):
        """How a publisher of constants against one currency reaches the company's.

        :return: function of a day: {company currency: units of it for 1 of the
            publisher's base}, by the newest booked rate; empty for all others
        """
        adapter = registry.get(self.service)
        base = adapter.base
        known = {base, *(quote.currency for quote in quotes)}
        if not adapter.crosses_books or company.currency_id.name in known:
            return lambda day: {}
        currency = self.env["res.currency"].search([("name", "=", base)])

        @cache
        def bridge(day):
            spot = currency._find_spot(company, day).get(currency.id)
            return (
                {company.currency_id.name: divide(1, as_decimal(spot.rate))}
                if (spot)
                else {}
            )

        return bridge

    def _book_day(self, quote):
        """The day of the books to which a quote belongs."""
        if self.applies == "next":
            return quote.date + ONE_DAY
        if self.applies == "next_working":
            return registry.get(self.service).calendar.next_working_day(quote.date)
        return quote.valid_from or quote.date

    @staticmethod
    def _describe(published, code, base):
        """The quotes behind one rate: ``1 EUR = 1.1172 USD; 1 EUR = 7.4326 CNY``."""
        return "; ".join(str(published[c]) for c in (code, base) if c in published)

    def _no_company_currency(self, company):
        return UserError(
            self.env._(
                "%(provider)s publishes no rate of %(currency)s, the currency of "
                "%(company)s: choose another provider for this company.",
                provider=self.name,
                currency=company.currency_id.name,
                company=company.name,
            )
        )

    # ------------------------------------------------------------------ the books

    def _get_booked(self, company, planned, books):
        """What the books (or the named rates) hold near the days planned.

        :return: {currency id: {day: :class:`BookedRate`}}, carried rows left out
        """
        days = [day for rows in planned.values() for day in rows]
        found = defaultdict(dict)
        if not days:
            return found
        span = (min(days) - NEAR, max(days) + NEAR)
        named = self._named_query(company, planned, span, self)
        for currency_id, day, rate, provider_id, published_on in named:
            found[currency_id][day] = BookedRate(rate, provider_id, published_on, False)
        if not books:
            return found
        if company.fx_booking_day == "day":
            found.clear()
        rows = self._booked_query(company, planned, span)
        technical = company.currency_id._get_technical_rates(
            company, {row[1] for row in rows}
        )
        for currency_id, day, rate, provider_id, published_on in rows:
            found[currency_id][day] = BookedRate(
                rate / float(technical[day]), provider_id, published_on
            )
        return found

    def _booked_query(self, company, currency_ids, span):
        """Rows (currency id, day, technical rate, provider id or None, published)."""
        self.env["res.currency.rate"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT currency_id, name, rate::float,
                          CASE WHEN fx_shared_rate_id IS NULL THEN fx_provider_id
                               ELSE 0 END,
                          COALESCE(fx_published_on, name)
                     FROM res_currency_rate
                    WHERE company_id = %s AND currency_id IN %s
                      AND name BETWEEN %s AND %s AND fx_carried_from IS NULL""",
                company.id,
                tuple(currency_ids),
                *span,
            )
        )

    def _named_query(self, company, currency_ids, span, providers):
        """The same of the named rates of ``providers``, of the kind of this one's."""
        self.env["fx.rate.named"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT currency_id, date, rate::float, provider_id, published_on
                     FROM fx_rate_named
                    WHERE company_id = %s AND currency_id IN %s AND kind = %s
                      AND provider_id IN %s AND date BETWEEN %s AND %s""",
                company.id,
                tuple(currency_ids),
                self._get_named_kind(),
                tuple(providers.ids),
                *span,
            )
        )
