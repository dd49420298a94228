import math
from collections import Counter

from odoo import api, fields, models
from odoo.tools import format_list

from ...engine.rates import as_decimal, quoted_from_rate

#: lines that a person may still read through
MOST_LINES = 200
#: digits that are shown of a rate; what a sum of floats loses is far beyond
SHOWN_DIGITS = 8
SAME = 1e-12
#: what is looked at first
FATES = ("held", "replaced", "differing", "typed")


class FxRateBackfill(models.TransientModel):
    """What would become of the quotes: counted by currency, and what stands out."""

    _inherit = "fx.rate.backfill"

    summary_ids = fields.One2many("fx.rate.backfill.summary", "backfill_id")
    line_ids = fields.One2many("fx.rate.backfill.line", "backfill_id")
    hidden_count = fields.Integer(readonly=True)
    notes = fields.Text(readonly=True)
    has_work = fields.Boolean(readonly=True)
    headline = fields.Char(compute="_compute_headline")

    @api.depends("summary_ids")
    def _compute_headline(self):
        for wizard in self:
            rows = wizard.summary_ids
            new = sum(rows.mapped("new"))
            corrected = sum(rows.mapped("differing"))
            held = sum(rows.mapped("held"))
            wizard.headline = (
                self.env._(
                    "New: %(new)s. Corrected: %(corrected)s. Held back until somebody "
                    "decides: %(held)s.",
                    new=new,
                    corrected=corrected,
                    held=held,
                )
                if wizard.has_work
                else self.env._("The books hold all of this already.")
            )

    def _show(self, plans):
        """Fill the preview.

        :param plans: list of (company, Brought, Plan)
        """
        self.ensure_one()
        summaries, lines, notes = [], [], []
        has_work = False
        for company, brought, plan in plans:
            fates, booked = self._judge(company, brought, plan)
            summaries += self._get_summaries(company, fates, plan)
            lines += self._get_lines(company, fates, booked, plan)
            notes += [*brought.notes, *self._get_notes(plan)]
            has_work |= bool(plan.held) or any(
                fate in ("new", "differing", "replaced", "aside")
                for fate, _row in fates.values()
            )
        lines.sort(key=lambda line: line["date"], reverse=True)
        lines.sort(key=lambda line: FATES.index(line["fate"]))
        self.summary_ids.unlink()
        self.line_ids.unlink()
        self.write(
            {
                "hidden_count": max(len(lines) - MOST_LINES, 0),
                "notes": "\n".join(dict.fromkeys(notes)),
                "has_work": has_work,
            }
        )
        self.summary_ids = self.summary_ids.create(summaries)
        self.line_ids = self.line_ids.create(
            [self._tell(line) for line in lines[:MOST_LINES]]
        )

    def _judge(self, company, brought, plan):
        """What becomes of each currency and day, besides what is held.

        :return: ({(currency id, day): (fate, PlannedRate)}, rates there as
            ``_get_booked`` gives)
        """
        # sudo: finance looks, but reads neither address nor key
        provider = self.provider_id.sudo()
        books = provider._is_booked_by(company)
        wanted = provider._get_wanted_currencies(company)
        if self.currency_ids:
            wanted &= self.currency_ids
        own_kind = [q for q in brought.quotes if q.kind == provider.rate_kind]
        published, _skipped, _seen = provider._cross_quotes(company, own_kind, wanted)
        booked = provider._get_booked(company, published, books)
        fates = {}
        if books and company.fx_booking_day == "day":
            for currency_id, rows in published.items():
                for day, row in rows.items():
                    there = booked.get(currency_id, {}).get(day)
                    if there and not there.provider_id:
                        fates[currency_id, day] = ("typed", row)
        if books:
            for row in plan.named:
                fates[row.currency_id, row.day] = ("aside", row)
        for row in plan.rows if books else plan.named:
            there = booked.get(row.currency_id, {}).get(row.day)
            if there and books and not there.in_books:
                there = None
            fates[row.currency_id, row.day] = (self._compare(row, there), row)
        return fates, booked

    def _compare(self, row, there):
        """How a planned rate differs from the one that is there."""
        if there is None:
            return "new"
        if there.provider_id != self.provider_id.id:
            return "replaced"
        same = math.isclose(float(row.rate), there.rate, rel_tol=SAME)
        return "same" if same else "differing"

    def _get_summaries(self, company, fates, plan):
        """One row a currency of the values that the preview counts."""
        counts = Counter((cid, fate) for (cid, _day), (fate, _row) in fates.items())
        held = Counter(values["currency_id"] for values in plan.held)
        days = {}
        for currency_id, day in (
            *fates,
            *((values["currency_id"], values["date"]) for values in plan.held),
        ):
            days.setdefault(currency_id, []).append(day)
        return [
            {
                "backfill_id": self.id,
                "company_id": company.id,
                "currency_id": currency_id,
                "first_day": min(of_currency),
                "last_day": max(of_currency),
                "held": held[currency_id],
                "differing": counts[currency_id, "differing"]
                + counts[currency_id, "replaced"],
                **{
                    fate: counts[currency_id, fate]
                    for fate in ("new", "same", "typed", "aside")
                },
            }
            for currency_id, of_currency in sorted(days.items())
        ]

    def _get_lines(self, company, fates, booked, plan):
        """What a person should look at, as values that :meth:`_tell` understands."""
        lines = [
            {
                "company": company,
                "currency_id": currency_id,
                "date": day,
                "fate": fate,
                "published": float(row.rate),
                "there": booked[currency_id][day],
            }
            for (currency_id, day), (fate, row) in fates.items()
            if fate in FATES and not self._is_same(row, booked[currency_id][day])
        ]
        lines += [
            {
                "company": company,
                "currency_id": values["currency_id"],
                "date": values["date"],
                "fate": "held",
                "published": values["rate"],
                "there": booked.get(values["currency_id"], {}).get(values["date"]),
                "hold": values,
            }
            for values in plan.held
        ]
        return lines

    @staticmethod
    def _is_same(row, there):
        return math.isclose(float(row.rate), there.rate, rel_tol=SAME)

    def _tell(self, line):
        """Values of a line: rates as company currency for 1 unit, and why."""
        company, there = line["company"], line["there"]
        booked, published = there.rate if there else 0.0, line["published"]
        reason = ""
        if line["fate"] == "held":
            # sudo: nobody may make a held rate; this one is never saved
            hold = self.env["fx.rate.hold"].sudo().new(line["hold"])
            reason = hold.explanation
        elif line["fate"] == "replaced":
            # sudo: only the name, of a provider that others may have chosen
            other = self.env["fx.rate.provider"].sudo().browse(there.provider_id)
            reason = self.env._("Takes the place of %(provider)s.", provider=other.name)
        return {
            "backfill_id": self.id,
            "company_id": company.id,
            "currency_id": line["currency_id"],
            "date": line["date"],
            "fate": line["fate"],
            "booked": self._tell_rate(booked, company),
            "published": self._tell_rate(published, company),
            "difference": booked / published - 1 if booked > 0 < published else 0.0,
            "reason": reason,
        }

    @staticmethod
    def _tell_rate(rate, company):
        """``7.1234 CNY``, or nothing where there is no rate."""
        if not rate > 0:
            return ""
        figure = quoted_from_rate(as_decimal(rate), "company_per_unit", SHOWN_DIGITS)
        return f"{figure:f} {company.currency_id.name}"

    def _get_notes(self, plan):
        """Sentences on what isn't counted by currency."""
        notes = []
        if plan.missing:
            notes.append(
                self.env._(
                    "Not published here: %(currencies)s.",
                    currencies=format_list(self.env, plan.missing),
                )
            )
        if plan.skipped:
            notes.append(
                self.env._(
                    "No longer in use: %(currencies)s.",
                    currencies=format_list(self.env, plan.skipped),
                )
            )
        if plan.dropped:
            notes.append(
                self.env._(
                    "Rates of other providers that are kept aside from now on: "
                    "%(count)s.",
                    count=len(plan.dropped),
                )
            )
        return notes
