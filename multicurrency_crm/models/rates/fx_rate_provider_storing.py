import dataclasses
import datetime
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...engine.booking_checks import BookedRate, Limits, hold_refused
from ...engine.booking_plan import NEAR, RankedProvider, Situation, make_plan
from ...engine.crossing import PlannedRate, cross_quotes, get_book_day
from ...engine.rates import as_decimal, divide, multiply
from ...providers import registry
from ...providers.errors import _lt
from .sentences import SpokenUserError

#: how far back a provider that takes over brings what it had kept aside
RESERVE_DAYS = 31


class Stored(NamedTuple):
    """What became of the quotes in one company's books."""

    written: int
    unchanged: int
    kept: int
    missing: list[str]
    held: int
    covered: int
    skipped: list[str]


class Evidence(NamedTuple):
    """When the quotes came, and the SHA-256 of what came.

    ``by_person``: somebody has accepted them, and what they replace is noted with that
    decision.
    """

    received_at: datetime.datetime
    payload_hash: str
    by_person: bool = False


class FxRateProvider(models.Model):
    """From quotes to the rates in each company's books: gathered, planned, written.

    What is decided, the engine decides: see :mod:`~..engine.booking_plan`.
    """

    _inherit = "fx.rate.provider"

    def _store(self, quotes):
        """Bring quotes into the books of every company served.

        :param quotes: list of Quote, all with the same base
        :return: {root company: :class:`Stored`}
        :raises RateError, UserError: as :meth:`_plan_for`
        """
        return {
            company: self._store_for(company, quotes)
            for company in self._get_served_companies()
        }

    def _store_for(self, company, quotes, *, evidence=None, **options):
        """Plan and write for one root company, in a constant number of queries.

        :param options: as :meth:`_plan_for`
        :return: :class:`Stored`
        """
        plan = self._plan_for(company, quotes, **options)
        return self._write_plan(company, plan, evidence)

    # === PLAN === #

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
        archived, not chosen, or no more at that date. The rest is booked, kept by name
        (another provider or a person comes first, or it is no booking rate), or held.

        :param quotes: list of Quote, those of one kind with one base
        :param refused: list of RefusedQuote, figures that can't be rates
        :param confirming: quotes of the confirming provider; None: it wasn't asked
        :param live: asked for the newest, so that old quotes are no news
        :param checked: False where a person has accepted the quotes
        :param currencies: res.currency to limit the plan to
        :return: :class:`~..engine.booking_plan.Plan`
        :raises RateError: quotes that contradict each other
        :raises UserError: the company currency is not among the quotes at all
        """
        self.ensure_one()
        wanted = self._get_wanted_currencies(company)
        if currencies is not None:
            wanted &= currencies
        own_kind = [quote for quote in quotes if quote.kind == self.rate_kind]
        crossed = self._cross_quotes(company, own_kind, wanted)
        spoiled = {quote.currency for quote in refused}
        if own_kind and not crossed.seen and company.currency_id.name not in spoiled:
            raise self._no_company_currency(company)
        plan = self._plan_rates(
            company, crossed.rates, confirming=confirming, live=live, checked=checked
        )
        held = ()
        if checked:
            ids = {c.name: c.id for c in wanted | company.currency_id}
            held = hold_refused(refused, self.rate_kind, ids)
        codes = frozenset(wanted.mapped("name") if own_kind else ())
        return dataclasses.replace(
            plan,
            held=plan.held + held,
            missing=tuple(sorted(codes - crossed.seen - crossed.ended)),
            skipped=tuple(sorted(crossed.ended)),
        )

    def _plan_rates(self, company, planned, **options):
        """Sort rates into those to book, to keep by name and to hold.

        :param planned: {currency id: {day: PlannedRate}}
        :param options: ``confirming``, ``live`` and ``checked`` as :meth:`_plan_for`
        :return: :class:`~..engine.booking_plan.Plan`
        """
        return make_plan(self._get_situation(company, planned, **options))

    def _get_wanted_currencies(self, company):
        """Return the active currencies that are chosen, without the company's own."""
        chosen = self.with_context(active_test=False).currency_ids
        if not chosen:
            chosen = self.env["res.currency"].search([("active", "=", True)])
        return chosen.filtered("active") - company.currency_id

    def _no_company_currency(self, company):
        return SpokenUserError(
            self.env,
            _lt(
                "%(provider)s publishes no rate of %(currency)s, the currency of "
                "%(company)s: choose another provider for this company."
            ),
            provider=self.name,
            currency=company.currency_id.name,
            company=company.name,
        )

    # === CROSS === #

    def _cross_quotes(self, company, quotes, currencies):
        """Express quotes in the company currency.

        :param quotes: list of Quote, all of one kind
        :return: :class:`~..engine.crossing.Crossed`
        :raises UnknownProvider: the adapter is gone
        """
        return cross_quotes(
            quotes,
            company.currency_id.name,
            {currency.name: currency.id for currency in currencies},
            applies=self.applies,
            calendar=registry.get(self.service).calendar,
            bridges=self._find_bridges(company, quotes),
        )

    def _find_bridges(self, company, quotes):
        """Find how a publisher of constants against one currency reaches the company's.

        By the newest booked rate of each day; for all other publishers there is none.

        :return: {day of the books: {code of the company currency: units of it for 1
            unit of the publisher's base}}
        """
        adapter = registry.get(self.service)
        base, own = adapter.base, company.currency_id.name
        known = {base, *(quote.currency for quote in quotes)}
        if not adapter.crosses_books or own in known:
            return {}
        currency = self.env["res.currency"].search([("name", "=", base)])
        days = {get_book_day(q, self.applies, adapter.calendar) for q in quotes}
        spots = {day: currency._find_spot(company, day) for day in days}
        return {
            day: {own: divide(1, as_decimal(found[currency.id].rate))}
            for day, found in spots.items()
            if currency.id in found
        }

    # === GATHER === #

    def _get_situation(
        self, company, planned, *, confirming=None, live=False, checked=True
    ):
        """Gather all that a plan depends on, in a constant number of queries.

        :param planned: {currency id: {day: PlannedRate}}
        :return: :class:`~..engine.booking_plan.Situation`
        """
        chain = self._get_chain(company)
        booking = company.fx_booking_day if self._is_booked_in(chain) else None
        ruling = chain.filtered(lambda other: other.rate_kind == self.rate_kind)
        booked = self._find_booked(company, planned, booking)
        named = {}
        if booking == "day":
            named = self._find_named_days(company, planned, ruling)
        known_ids = {
            rate.provider_id for there in booked.values() for rate in there.values()
        }.union(*named.values())
        # sudo: providers of other companies rank too
        others = self.sudo().browse(id_ for id_ in known_ids if id_)
        limits = None
        if checked and planned and self.purpose != "budget":
            limits = self._get_limits(company, planned, confirming, live)
        return Situation(
            provider=self._get_ranked(ruling),
            published=planned,
            booked=booked,
            now=self._get_now(),
            booking=booking,
            others={other.id: other._get_ranked(ruling) for other in others},
            named=named,
            limits=limits,
        )

    def _get_ranked(self, ruling):
        """Return this provider as the engine ranks it.

        :param ruling: fx.rate.provider that rule on the days after their rates, too;
            those that are archived, or serve the company no more, keep what they
            brought
        """
        adapter = registry.find(self.service)
        return RankedProvider(
            id=self.id,
            sequence=self.sequence,
            max_age_days=self.max_age_days,
            applies=self.applies,
            calendar=adapter.calendar if adapter and adapter.online else None,
            has_failed=self.state == "failed",
            rules=self in ruling,
        )

    def _get_limits(self, company, planned, confirming, live):
        """Return by what the rates of one company are checked.

        :param confirming: quotes of the confirming provider, or None
        :return: :class:`~..engine.booking_plan.Limits`
        """
        confirmed = {}
        if confirming:
            other = self.confirm_provider_id
            confirmed = other._cross_quotes(
                company,
                [quote for quote in confirming if quote.kind == other.rate_kind],
                self.env["res.currency"].browse(planned),
            ).rates
        tolerance = self.confirm_tolerance
        return Limits(
            max_jump=as_decimal(self.max_jump),
            newest_allowed=self._get_newest_of(company),
            max_age_days=self.max_age_days,
            live_on=self.env["res.company"]._get_utc_today() if live else None,
            rejected=self.env["fx.rate.hold"]._get_rejected(self, company),
            confirming={
                currency_id: {day: row.rate for day, row in rows.items()}
                for currency_id, rows in confirmed.items()
            },
            # as_decimal takes what can be a rate, and zero can't
            confirm_tolerance=as_decimal(tolerance) if tolerance else Decimal(0),
        )

    def _get_newest_of(self, company):
        """Return the latest date that rates may have by now, for one company.

        Who publishes on the net has a day of its own; a file is written where the
        company is, where it may be tomorrow already.
        """
        newest = self._get_newest_allowed()
        adapter = registry.find(self.service)
        if adapter and adapter.online:
            return newest
        return max(newest, company._get_today())

    def _find_booked(self, company, planned, booking):
        """Find what the books (or the named rates) hold near the days planned.

        :param booking: as ``Situation.booking``
        :return: {currency id: {day: BookedRate}}, carried rows left out
        """
        found = defaultdict(dict)
        span = _get_span(planned)
        if not span:
            return found
        if booking != "day":
            for currency_id, day, *rate in self._read_named(
                company, planned, span, self
            ):
                found[currency_id][day] = BookedRate(*rate, in_books=False)
        if not booking:
            return found
        rows = self._read_booked(company, planned, span)
        technical = company.currency_id._get_technical_rates(
            company, {row[1] for row in rows}
        )
        for currency_id, day, rate, provider_id, published_on in rows:
            found[currency_id][day] = BookedRate(
                rate / float(technical[day]), provider_id, published_on
            )
        return found

    def _find_named_days(self, company, planned, providers):
        """Find near which days the providers' rates are kept by name.

        :return: {currency id: {provider id: set of days}}
        """
        found = defaultdict(lambda: defaultdict(set))
        span = _get_span(planned)
        if span and providers:
            rows = self._read_named(company, planned, span, providers)
            for currency_id, day, _rate, provider_id, _published_on in rows:
                found[currency_id][provider_id].add(day)
        return found

    def _read_booked(self, company, currency_ids, span):
        """Read the books: (currency id, day, technical rate, provider id, published).

        The provider is None where a person typed the rate, 0 where it repeats a shared
        one.
        """
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

    def _read_named(self, company, currency_ids, span, providers):
        """Read the same of the providers' named rates, of the kind of this one's.

        Those have no technical rate in them.
        """
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

    # === WRITE === #

    def _write_plan(self, company, plan, evidence=None):
        """Write what was planned: rates, named rates and holds.

        Odoo divides a stored rate by the company currency's technical rate of the day
        on which it converts, so each is multiplied by it.

        :param plan: :class:`~..engine.booking_plan.Plan`
        :param evidence: :class:`Evidence`, or None for quotes handed in by code
        :return: :class:`Stored`
        """
        self.ensure_one()
        evidence = evidence or Evidence(fields.Datetime.now(), "")
        named = self.env["fx.rate.named"]._store_published(self, company, plan.named)
        self._set_aside(company, plan.dropped, plan.to_book)
        rows = self._prepare_rows(company, plan.to_book)
        written, unchanged, kept = self._write_rows(company, rows, evidence)
        if not plan.booking:
            written, unchanged = named
        # of what is kept by name beside each day's rate nothing was checked
        by_day = plan.booking == "day"
        passed = plan.to_book if by_day else plan.to_book + plan.named
        held = self._write_holds(company, plan.held, passed, evidence)
        return Stored(
            written,
            unchanged,
            kept + len(plan.settled) + len(plan.covered),
            list(plan.missing),
            len(held),
            len(plan.covered),
            list(plan.skipped),
        )

    def _prepare_rows(self, company, planned):
        """Prepare planned rates as ``_store_published`` takes them."""
        technical = company.currency_id._get_technical_rates(
            company, {row.day for row in planned}
        )
        return [
            (
                row.currency_id,
                row.day,
                multiply(row.rate, technical[row.day]),
                technical[row.day],
                row.quoted,
                row.kind,
                row.published_on,
                row.unconfirmed,
            )
            for row in planned
        ]

    def _write_rows(self, company, rows, evidence):
        """Write prepared rows and keep shared typed rates visible beside them.

        :return: (written, unchanged, kept) as ``_store_published`` gives
        """
        Rate = self.env["res.currency.rate"]
        if not rows:
            return 0, 0, 0
        counts = Rate._store_published(self, company, rows, evidence)
        written = self.env["res.currency"].browse({row[0] for row in rows})
        Rate._repeat_for_company(company, written)
        Rate._rebase(company)
        return counts

    def _write_holds(self, company, held, passed, evidence):
        """Hold what is doubtful, and close what is doubtful no more.

        :param held: HeldRate of a plan
        :param passed: PlannedRate that were found right
        :return: the new fx.rate.hold records
        """
        Hold = self.env["fx.rate.hold"]
        quoted = {(row.currency_id, row.day): row.quoted for row in passed}
        Hold._supersede(self, company, quoted)
        received = {
            "received_at": evidence.received_at,
            "payload_hash": evidence.payload_hash,
        }
        return Hold._hold(
            [self._prepare_hold_vals(company, one) | received for one in held]
        )

    def _prepare_hold_vals(self, company, held):
        """Prepare the values of fx.rate.hold for one HeldRate of a plan."""
        row, doubt = held.row, held.doubt
        vals = {
            "provider_id": self.id,
            "company_id": company.id,
            "currency_id": row.currency_id,
            "date": row.day,
            "published_on": row.published_on,
            "rate": float(row.rate),
            "quoted": row.quoted,
            "kind": row.kind,
            "reason": held.reason,
        }
        if doubt:
            vals |= {
                "previous_rate": float(doubt.previous_rate),
                "previous_date": doubt.previous_date,
                "jump": float(doubt.jump),
                "factor": doubt.factor or 0,
            }
        if held.other_rate:
            vals |= {
                "other_rate": float(held.other_rate),
                "jump": float(divide(row.rate, held.other_rate) - 1),
            }
        return vals

    # === THE RESERVE === #

    def _fill_from_reserve(self, company):
        """Book what providers behind this one had kept aside, now that it fails.

        :param company: root company
        :return: number of rates written
        """
        self.ensure_one()
        chain = self._get_chain(company)
        behind = chain.filtered(
            lambda other: (
                other._get_rank() > self._get_rank()
                and other.rate_kind == self.rate_kind
            )
        )
        written = 0
        for provider in behind:
            plan = provider._plan_rates(company, provider._find_reserve(company))
            written += provider._write_plan(company, plan).written
        return written

    def _find_reserve(self, company):
        """Find the rates of the last days that were kept aside.

        :return: {currency id: {day: PlannedRate}}
        """
        since = company._get_today() - datetime.timedelta(RESERVE_DAYS)
        planned = defaultdict(dict)
        wanted = self._get_wanted_currencies(company)
        # as text: the cursor reads numeric columns as floats
        for row in self.env.execute_query(
            SQL(
                """SELECT currency_id, date, rate::text, COALESCE(quoted, ''), kind,
                          COALESCE(published_on, date)
                     FROM fx_rate_named
                    WHERE company_id = %s AND provider_id = %s AND kind = %s
                      AND currency_id IN %s AND date >= %s""",
                company.id,
                self.id,
                self._get_named_kind(),
                tuple(wanted.ids) or (0,),
                since,
            )
        ):
            planned[row[0]][row[1]] = PlannedRate(
                row[0], row[1], as_decimal(row[2]), *row[3:]
            )
        return planned

    def _set_aside(self, company, dropped, rows):
        """Keep by name what this provider's rates replace or rule out, and delete the
        latter.

        :param dropped: (currency id, day) that providers behind it have booked
        :param rows: PlannedRate that are to be booked
        """
        self._name_dropped(company, dropped)
        replaced = {(row.currency_id, row.day) for row in rows}
        ruled_out = [place for place in dropped if place not in replaced]
        if not ruled_out:
            return
        gone = self.env.execute_query(
            SQL(
                """DELETE FROM res_currency_rate r
                    USING unnest(%s::int[], %s::date[]) AS gone (currency_id, day)
                    WHERE %s
                RETURNING r.fx_provider_id, r.currency_id, r.name, r.rate::text""",
                *map(list, zip(*ruled_out, strict=True)),
                self._get_dropped_condition(company),
            )
        )
        Rate = self.env["res.currency.rate"]
        Rate._log_dropped(company, self, gone)
        Rate._rebase(company)  # what was carried from them goes with them
        Rate._invalidate_rates()

    def _name_dropped(self, company, places):
        """Copy what others have booked in some places to their named rates.

        :param places: (currency id, day)
        """
        if not places:
            return
        self.env["res.currency.rate"].flush_model()
        # as text: the cursor reads numeric columns as floats
        rows = self.env.execute_query(
            SQL(
                """SELECT r.fx_provider_id, r.currency_id, r.name,
                          (r.rate / COALESCE(NULLIF(r.fx_base_rate, 0), 1))::text,
                          r.fx_quoted, r.fx_kind, r.fx_published_on
                     FROM res_currency_rate r
                     JOIN unnest(%s::int[], %s::date[]) AS gone (currency_id, day)
                          ON %s""",
                *map(list, zip(*places, strict=True)),
                self._get_dropped_condition(company),
            )
        )
        by_provider = defaultdict(list)
        for provider_id, currency_id, day, rate, quoted, kind, published_on in rows:
            by_provider[self.browse(provider_id)].append(
                PlannedRate(
                    currency_id,
                    day,
                    as_decimal(rate),
                    quoted or "",
                    kind or self.rate_kind,
                    published_on or day,
                )
            )
        for provider, planned in by_provider.items():
            self.env["fx.rate.named"]._store_published(provider, company, planned)

    def _get_dropped_condition(self, company):
        """Return SQL: rows ``r`` that providers behind this one have booked in places
        ``gone``."""
        return SQL(
            """r.company_id = %s AND r.currency_id = gone.currency_id
               AND r.name = gone.day AND r.fx_provider_id = ANY(%s)
               AND r.fx_shared_rate_id IS NULL AND r.fx_carried_from IS NULL""",
            company.id,
            (self._get_replaceable() - self).ids,
        )


def _get_span(planned):
    """Return (first, last) of the days at which booked rates are looked, or None.

    :param planned: {currency id: {day: PlannedRate}}
    """
    days = [day for rows in planned.values() for day in rows]
    return (min(days) - NEAR, max(days) + NEAR) if days else None
