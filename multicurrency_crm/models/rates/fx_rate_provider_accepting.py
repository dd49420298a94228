import datetime
from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL

from ...engine.crossing import PlannedRate
from ...engine.rates import as_decimal, divide, multiply
from .fx_rate_provider_storing import Evidence


class BookedRow(NamedTuple):
    """A row of the books as it stands there: what a decision replaces, or takes out.

    ``rate`` is the technical rate, ``base`` the company currency's own in it;
    ``source`` the provider's name, None for a rate that a person typed.
    """

    currency_id: int
    day: datetime.date
    rate: Decimal
    base: Decimal
    provider_id: int | None
    source: str | None
    quoted: str
    kind: str | None
    published_on: datetime.date | None
    received_at: datetime.datetime | None
    payload_hash: str
    unconfirmed: bool

    @property
    def place(self):
        return (self.currency_id, self.day)

    def says_same_as(self, other):
        """Whether two rows are the same rate of the same source."""
        return (self.provider_id, divide(self.rate, self.base)) == (
            other.provider_id,
            divide(other.rate, other.base),
        )

    def to_json(self):
        """Return the row as it is kept until its replacement is undone."""
        return {
            "rate": str(self.rate),
            "base": str(self.base),
            "provider_id": self.provider_id,
            "quoted": self.quoted,
            "kind": self.kind,
            "published_on": self.published_on and str(self.published_on),
            "received_at": self.received_at and str(self.received_at),
            "payload_hash": self.payload_hash,
            "unconfirmed": self.unconfirmed,
        }


class FxRateProvider(models.Model):
    """What a person has accepted goes into the books, and out of them again."""

    _inherit = "fx.rate.provider"

    # === INTO THE BOOKS === #

    def _book_accepted(self, holds):
        """Book quotes that a person has accepted; others may still come first.

        :param holds: fx.rate.hold of this provider, with sudo
        """
        self.ensure_one()
        arrivals = holds.grouped(
            lambda hold: (
                hold.company_id,
                Evidence(
                    hold.received_at or hold.create_date, hold.payload_hash or "", True
                ),
            )
        )
        for (company, evidence), arrived in arrivals.items():
            planned = self._plan_accepted(arrived)
            plan = self._plan_rates(company, planned, checked=False)
            places = {(row.currency_id, row.day): row for row in plan.to_book}
            before = self._find_rows(company, places)
            self._write_plan(company, plan, evidence)
            after = self._find_rows(company, places)
            self._note_accepted(arrived, places, before, after)

    @staticmethod
    def _plan_accepted(holds):
        """Return what was accepted: {currency id: {day: PlannedRate}}."""
        planned = defaultdict(dict)
        for hold in holds:
            planned[hold.currency_id.id][hold.date] = PlannedRate(
                hold.currency_id.id,
                hold.date,
                as_decimal(hold.rate),
                hold.quoted,
                hold.kind,
                hold.published_on or hold.date,
            )
        return planned

    def _note_accepted(self, holds, places, before, after):
        """Note what accepting did: in the history of rates, and for who undoes it.

        :param holds: fx.rate.hold of one company
        :param places: {(currency id, day of the books): PlannedRate}
        :param before: {(currency id, day of the books): BookedRow}
        :param after: likewise
        """
        by_quote = {
            (hold.currency_id.id, hold.published_on or hold.date): hold
            for hold in holds
        }
        vals_list = []
        for place, row in places.items():
            old, new = before.get(place), after.get(place)
            if not new or new.provider_id != self.id or (old and old.says_same_as(new)):
                continue  # somebody else's rate stays there
            hold = by_quote.get((row.currency_id, row.published_on), holds.browse())
            vals = self._prepare_change_vals(holds.company_id, old, new)
            if hold:
                vals |= {
                    "hold_id": hold.id,
                    "decision": "accepted",
                    "reason": hold.decision_reason,
                }
                kept = old.to_json() if old and old.provider_id else False
                hold._write_guarded({"booked_on": row.day, "replaced": kept})
            vals_list.append(vals)
        # sudo: nobody writes history but the addon
        self.env["fx.rate.change"].sudo()._create_guarded(vals_list)

    def _prepare_change_vals(self, company, old, new):
        """Prepare the values of a change from one row of the books to another.

        :param old: :class:`BookedRow`; None where there was no rate
        :param new: likewise; None where there is none any more
        """
        currency_id, day = (new or old).place
        return {
            "company_id": company.id,
            "currency_id": currency_id,
            "date": day,
            "old_rate": float(old.rate) if old else 0.0,
            "new_rate": float(new.rate) if new else 0.0,
            "old_source": old and old.source,
            "new_source": new and new.source,
            "provider_id": self.id,
        }

    # === OUT OF THE BOOKS === #

    def _unbook_accepted(self, holds, reason):
        """Take accepted quotes out of the books, where nobody has put another rate
        since; what they replaced comes back, or what the next providers know.

        :param holds: fx.rate.hold of this provider, with sudo
        :param str reason: why
        """
        self.ensure_one()
        for company, of_company in holds.grouped("company_id").items():
            self._unname_accepted(company, of_company)
            places = {
                (hold.currency_id.id, hold.booked_on): hold
                for hold in of_company
                if hold.booked_on
            }
            found = self._find_rows(company, places)
            before = {
                place: row
                for place, row in found.items()
                if row.provider_id == self.id
                and row.quoted == (places[place].quoted or "")
            }
            if not before:
                continue
            self._delete_rows(company, before)
            for place in before:
                self._restore_row(company, place, places[place].replaced)
            self.env["res.currency.rate"]._rebase(company)
            if company.fx_booking_day == "day":
                self._fill_from_reserve(company)
            after = self._find_rows(company, before)
            self._note_undone(company, places, before, after, reason)

    def _note_undone(self, company, places, before, after, reason):
        """Note in the history of rates what undoing did.

        :param places: {(currency id, day of the books): fx.rate.hold}
        :param before: {(currency id, day of the books): BookedRow} that were taken out
        :param after: likewise, what stands there now
        """
        # sudo: nobody writes history but the addon
        self.env["fx.rate.change"].sudo()._create_guarded(
            [
                {
                    **self._prepare_change_vals(company, row, after.get(place)),
                    "hold_id": places[place].id,
                    "decision": "undone",
                    "reason": reason,
                }
                for place, row in before.items()
            ]
        )

    def _unname_accepted(self, company, holds):
        """Delete what was kept by name of accepted quotes."""
        for hold in holds:
            # sudo: who decides on rates may not be one who types them
            self.env["fx.rate.named"].sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("provider_id", "=", self.id),
                    ("kind", "=", self._get_named_kind()),
                    ("currency_id", "=", hold.currency_id.id),
                    ("date", "=", hold.date),
                    ("quoted", "=", hold.quoted),
                ]
            ).unlink()

    def _restore_row(self, company, place, kept):
        """Put a fetched rate back that an accepted one had replaced.

        :param place: (currency id, day of the books)
        :param kept: as :meth:`BookedRow.to_json` gives; empty: there was none
        """
        provider = self.browse(kept["provider_id"]).exists() if kept else self.browse()
        if not provider:
            return
        currency_id, day = place
        technical = company.currency_id._get_technical_rates(company, [day])[day]
        rate = divide(Decimal(kept["rate"]), Decimal(kept["base"]))
        row = (
            currency_id,
            day,
            multiply(rate, technical),
            technical,
            kept["quoted"],
            kept["kind"],
            fields.Date.to_date(kept["published_on"]),
            kept["unconfirmed"],
        )
        received_at = fields.Datetime.to_datetime(kept["received_at"])
        evidence = Evidence(received_at, kept["payload_hash"], True)
        provider._write_rows(company, [row], evidence)

    # === ROWS OF THE BOOKS === #

    def _find_rows(self, company, places):
        """Find what stands in the books of a company, carried rows left out.

        :param places: (currency id, day)
        :return: {(currency id, day): BookedRow}
        """
        if not places:
            return {}
        self.env["res.currency.rate"].flush_model()
        # as text: the cursor reads numeric columns as floats
        rows = self.env.execute_query(
            SQL(
                """SELECT r.currency_id, r.name, r.rate::text,
                          COALESCE(NULLIF(r.fx_base_rate, 0), 1)::text,
                          CASE WHEN r.fx_shared_rate_id IS NULL THEN p.id END,
                          CASE WHEN r.fx_shared_rate_id IS NULL THEN p.name END,
                          COALESCE(r.fx_quoted, ''), r.fx_kind, r.fx_published_on,
                          r.fx_received_at, COALESCE(r.fx_payload_hash, ''),
                          COALESCE(r.fx_unconfirmed, FALSE)
                     FROM res_currency_rate r
                     JOIN unnest(%s::int[], %s::date[]) AS place (currency_id, day)
                          ON r.currency_id = place.currency_id AND r.name = place.day
                LEFT JOIN fx_rate_provider p ON p.id = r.fx_provider_id
                    WHERE r.company_id = %s AND r.fx_carried_from IS NULL""",
                *map(list, zip(*places, strict=True)),
                company.id,
            )
        )
        return {
            row.place: row
            for currency_id, day, rate, base, *rest in rows
            for row in [
                BookedRow(currency_id, day, Decimal(rate), Decimal(base), *rest)
            ]
        }

    def _delete_rows(self, company, places):
        """Delete fetched rows from the books of a company; who calls it notes it.

        :param places: (currency id, day)
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM res_currency_rate r
                    USING unnest(%s::int[], %s::date[]) AS gone (currency_id, day)
                    WHERE r.company_id = %s AND r.currency_id = gone.currency_id
                      AND r.name = gone.day AND r.fx_provider_id = %s
                      AND r.fx_carried_from IS NULL""",
                *map(list, zip(*places, strict=True)),
                company.id,
                self.id,
            )
        )
        self.env["res.currency.rate"]._invalidate_rates()
