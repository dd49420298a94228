from collections import Counter

from odoo import models
from odoo.tools import format_list

from ...engine.booking_plan import find_fates
from ...engine.rates import is_same_rate

#: lines that a person may still read through
MOST_LINES = 200
#: what is looked at first
FATES = ("held", "replaced", "differing", "typed")


class FxRateBackfill(models.TransientModel):
    """What would become of the rates, as a person sees it before they are written."""

    _inherit = "fx.rate.backfill"

    # === PREVIEW === #

    def _show(self, plans):
        """Fill the preview.

        :param plans: list of (company, Brought, Plan)
        """
        self.ensure_one()
        summaries, lines, notes = [], [], []
        has_work = False
        for company, brought, plan in plans:
            fates = find_fates(plan, self.provider_id.id)
            summaries += self._prepare_summaries(company, fates, plan)
            lines += self._find_lines(company, fates, plan)
            notes += [
                *brought.notes,
                *self._explain_left_out(company, brought),
                *self._get_notes(plan),
            ]
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
            [self._prepare_line_vals(line) for line in lines[:MOST_LINES]]
        )

    def _prepare_summaries(self, company, fates, plan):
        """Prepare one row a currency of the values that the preview counts.

        :param fates: as ``find_fates`` gives
        """
        counts = Counter((cid, fate) for (cid, _day), (fate, _row) in fates.items())
        held = Counter(one.row.currency_id for one in plan.held)
        days = {}
        for row in (
            *(row for _fate, row in fates.values()),
            *(one.row for one in plan.held),
        ):
            days.setdefault(row.currency_id, {})[row.day] = row.rate
        return [
            {
                "backfill_id": self.id,
                "company_id": company.id,
                "currency_id": currency_id,
                "first_day": min(of_currency),
                "last_day": max(of_currency),
                "newest": self._format_rate(
                    currency_id, of_currency[max(of_currency)], company
                ),
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

    def _find_lines(self, company, fates, plan):
        """Find what a person should look at.

        :param fates: as ``find_fates`` gives
        :return: list of dicts that :meth:`_prepare_line_vals` takes
        """
        lines = [
            {
                "company": company,
                "currency_id": currency_id,
                "date": day,
                "fate": fate,
                "published": float(row.rate),
                "there": plan.there[currency_id][day],
            }
            for (currency_id, day), (fate, row) in fates.items()
            if fate in FATES
            and not is_same_rate(float(row.rate), plan.there[currency_id][day].rate)
        ]
        lines += [
            {
                "company": company,
                "currency_id": one.row.currency_id,
                "date": one.row.day,
                "fate": "held",
                "published": float(one.row.rate),
                "there": plan.there.get(one.row.currency_id, {}).get(one.row.day),
                "hold": one,
            }
            for one in plan.held
        ]
        return lines

    def _prepare_line_vals(self, line):
        """Prepare a line: rates as company currency for 1 unit, and why."""
        company, there = line["company"], line["there"]
        booked, published = there.rate if there else 0.0, line["published"]
        figures = {
            "booked": self._format_rate(line["currency_id"], booked, company),
            "published": self._format_rate(line["currency_id"], published, company),
        }
        return {
            "backfill_id": self.id,
            "company_id": company.id,
            "currency_id": line["currency_id"],
            "date": line["date"],
            "fate": line["fate"],
            **figures,
            "difference": booked / published - 1 if booked > 0 < published else 0.0,
            "reason": self._explain_line(line, figures),
        }

    def _explain_line(self, line, figures):
        """Return why what was published doesn't simply become the day's rate.

        :param figures: {"booked", "published": as people read rates}
        """
        if line["fate"] == "held":
            vals = self.provider_id._prepare_hold_vals(line["company"], line["hold"])
            # sudo: nobody may make a held rate; this one is never saved
            return self.env["fx.rate.hold"].sudo().new(vals).explanation
        if line["fate"] == "replaced":
            # sudo: only the name, of a provider that others may have chosen
            other = (
                self.env["fx.rate.provider"].sudo().browse(line["there"].provider_id)
            )
            return self.env._("Takes the place of %(provider)s.", provider=other.name)
        if line["fate"] == "typed":
            return self.env._(
                "A typed rate stands for this day and stays: %(booked)s, not "
                "%(published)s.",
                **figures,
            )
        return ""

    def _format_rate(self, currency_id, rate, company):
        """Write a rate as the company reads rates, or nothing where there is none."""
        if not rate > 0:
            return ""
        currency = self.env["res.currency"].browse(currency_id)
        return currency._format_rate(float(rate), company)

    def _get_notes(self, plan):
        """Return sentences on what isn't counted by currency."""
        notes = []
        if plan.missing:
            notes.append(
                self.env._(
                    "Not published here: %(currencies)s.",
                    currencies=format_list(self.env, list(plan.missing)),
                )
            )
        if plan.skipped:
            notes.append(
                self.env._(
                    "No longer in use: %(currencies)s.",
                    currencies=format_list(self.env, list(plan.skipped)),
                )
            )
        if plan.dropped:
            notes.append(
                self.env._(
                    "Rates of other providers that are kept as a backup from now on: "
                    "%(count)s.",
                    count=len(plan.dropped),
                )
            )
        return notes

    # === WHAT IS LEFT OUT === #

    def _explain_unread(self, titles):
        return self.env._(
            "Columns that aren't read: %(titles)s. A column of rates is named after "
            "its currency, such as USD/CNY.",
            titles=format_list(self.env, titles),
        )

    def _explain_left_out(self, company, brought):
        """Return sentences on what a file holds and these books don't get, and what to
        do about it.

        :param brought: :class:`~.stored_quotes.Brought`
        """
        if self.origin != "file":
            return []
        held = [*brought.quotes, *brought.refused]
        codes = {code for quote in held for code in (quote.base, quote.currency)}
        everything = self.env["res.currency"].with_context(active_test=False)
        known = everything.search([("name", "in", list(codes))])
        # sudo: which currencies a provider is set to bring is no secret
        wanted = self.provider_id.sudo()._get_wanted_currencies(company)
        unwanted = known - wanted - company.currency_id
        active = unwanted.filtered("active")
        return [
            sentence
            for names, explain in (
                (codes - set(known.mapped("name")), self._explain_unknown),
                ((unwanted - active).mapped("name"), self._explain_inactive),
                (active.mapped("name"), self._explain_unwanted),
                (self._find_other_kinds(brought), self._explain_kinds),
            )
            if names
            for sentence in [explain(format_list(self.env, sorted(names)))]
        ]

    def _explain_unknown(self, codes):
        return self.env._(
            "Left out, as Odoo has no such currency: %(codes)s. Correct the codes in "
            "the file, then load it again.",
            codes=codes,
        )

    def _explain_inactive(self, codes):
        return self.env._(
            "Left out, as they aren't active: %(codes)s. Activate those that you need "
            "under Invoicing > Configuration > Currencies, then load the file again.",
            codes=codes,
        )

    def _explain_unwanted(self, codes):
        return self.env._(
            "Left out, as %(provider)s isn't set to bring them: %(codes)s. Add them to "
            "its currencies, then load the file again.",
            provider=self.provider_id.display_name,
            codes=codes,
        )

    def _explain_kinds(self, kinds):
        return self.env._(
            "Left out, as %(provider)s is set to take another kind of rate: %(kinds)s.",
            provider=self.provider_id.display_name,
            kinds=kinds,
        )

    def _find_other_kinds(self, brought):
        """Find the names of the kinds of rates that the provider doesn't take."""
        field = self.provider_id._fields["rate_kind"]
        names = dict(field._description_selection(self.env))
        kinds = {quote.kind for quote in (*brought.quotes, *brought.refused)}
        return [names[kind] for kind in kinds - {self.provider_id.rate_kind}]
