import datetime
from collections import defaultdict
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...engine.rates import as_decimal, multiply
from .fx_rate_provider_plan import PlannedRate

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
    """When the quotes came, and the SHA-256 of what came."""

    received_at: datetime.datetime
    payload_hash: str


class FxRateProvider(models.Model):
    """From the plan to the rates in each company's books."""

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

    def _write_plan(self, company, plan, evidence=None):
        """Write what was planned: rates, named rates and holds.

        Odoo divides a stored rate by the company currency's technical rate of the day
        on which it converts, so each is multiplied by it.

        :param evidence: :class:`Evidence`, or None for quotes handed in by code
        :return: :class:`Stored`
        """
        self.ensure_one()
        evidence = evidence or Evidence(fields.Datetime.now(), "")
        named = self.env["fx.rate.named"]._store_published(self, company, plan.named)
        self._set_aside(company, plan.dropped, plan.rows)
        rows = self._prepare_rows(company, plan.rows)
        written, unchanged, kept = self._write_rows(company, rows, evidence)
        if not plan.books:
            written, unchanged = named
        by_day = plan.books and company.fx_booking_day == "day"
        # of what is kept aside by day nothing was checked
        passed = plan.rows if by_day else [*plan.rows, *plan.named]
        held = self._write_holds(company, plan, passed, evidence)
        return Stored(
            written,
            unchanged,
            kept + plan.kept + plan.covered,
            plan.missing,
            len(held),
            plan.covered,
            plan.skipped,
        )

    def _prepare_rows(self, company, planned):
        """Planned rates as ``_store_published`` takes them, with technical rates."""
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

    def _write_holds(self, company, plan, passed, evidence):
        """Hold what is doubtful, and close what is doubtful no more.

        :param passed: list of PlannedRate that were found right
        :return: the new fx.rate.hold records
        """
        Hold = self.env["fx.rate.hold"]
        quoted = {(row.currency_id, row.day): row.quoted for row in passed}
        Hold._supersede(self, company, quoted)
        received = {
            "received_at": evidence.received_at,
            "payload_hash": evidence.payload_hash,
        }
        return Hold._hold([values | received for values in plan.held])

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

    def _get_wanted_currencies(self, company):
        """The active currencies that are chosen here, without the company's own."""
        chosen = self.with_context(active_test=False).currency_ids
        if not chosen:
            chosen = self.env["res.currency"].search([("active", "=", True)])
        return chosen.filtered("active") - company.currency_id

    # ------------------------------------------------------------------ acceptance

    def _book_accepted(self, holds):
        """Book quotes that a person has accepted; others may still come first.

        :param holds: fx.rate.hold of this provider
        """
        self.ensure_one()
        arrivals = holds.grouped(
            lambda hold: (
                hold.company_id,
                Evidence(hold.received_at or hold.create_date, hold.payload_hash or ""),
            )
        )
        for (company, evidence), arrived in arrivals.items():
            planned = defaultdict(dict)
            for hold in arrived:
                planned[hold.currency_id.id][hold.date] = PlannedRate(
                    hold.currency_id.id,
                    hold.date,
                    as_decimal(hold.rate),
                    hold.quoted,
                    hold.kind,
                    hold.published_on or hold.date,
                )
            plan = self._decide(company, planned, checked=False)
            self._write_plan(company, plan, evidence)

    # ------------------------------------------------------------------ the reserve

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
            planned = provider._get_reserve(company)
            plan = provider._decide(company, planned)
            written += provider._write_plan(company, plan).written
        return written

    def _get_reserve(self, company):
        """The rates of the last days that were kept aside, as planned rates."""
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

    def _set_aside(self, company, covered, rows):
        """Keep by name what this provider's rates replace or rule out, and drop the
        latter.

        :param covered: list of (currency id, day) that providers behind it have booked
        :param rows: list of PlannedRate that are to be booked
        """
        self._name_covered(company, covered)
        replaced = {(row.currency_id, row.day) for row in rows}
        dropped = [place for place in covered if place not in replaced]
        if not dropped:
            return
        gone = self.env.execute_query(
            SQL(
                """DELETE FROM res_currency_rate r
                    USING unnest(%s::int[], %s::date[]) AS gone (currency_id, day)
                    WHERE %s
                RETURNING r.fx_provider_id, r.currency_id, r.name, r.rate::text""",
                *map(list, zip(*dropped, strict=True)),
                self._covered_condition(company),
            )
        )
        Rate = self.env["res.currency.rate"]
        Rate._log_dropped(company, self, gone)
        Rate._rebase(company)  # what was carried from them goes with them
        Rate._invalidate_rates()

    def _name_covered(self, company, places):
        """Copy what others have booked in some places to their named rates.

        :param places: list of (currency id, day)
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
                self._covered_condition(company),
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

    def _covered_condition(self, company):
        """Rows ``r`` that providers behind this one have booked in places ``gone``."""
        return SQL(
            """r.company_id = %s AND r.currency_id = gone.currency_id
               AND r.name = gone.day AND r.fx_provider_id = ANY(%s)
               AND r.fx_shared_rate_id IS NULL AND r.fx_carried_from IS NULL""",
            company.id,
            (self._get_replaceable() - self).ids,
        )
