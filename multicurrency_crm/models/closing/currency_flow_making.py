from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine import flows
from ...engine.periods import is_month, is_week
from ..common.nobody_there import is_job
from ..common.scheduled_job import ScheduledJob

#: The first day that may be told.
EARLIEST = date(1900, 1, 1)
#: So long are tables compared with the ledger, night by night.
COMPARED = timedelta(weeks=13)
#: Of a spot rate, what is kept.
SPOT = ("rate", "rate_date", "rate_source", "rate_typist", "rate_typed_on")
BUDGET = tuple(f"budget_{name}" for name in SPOT)


class CurrencyFlow(models.Model):
    """How tables are made, kept up to date while they are drafts, and compared with the
    ledger once somebody stands by them."""

    _inherit = "currency.flow"

    # === MAKING === #

    @api.model
    def _make(self, company, date_from, date_to):
        """Make the table of a company's days, from what the ledger says now.

        A draft of these days is made again in its place. One that was verified stays
        where nothing changed, and is superseded otherwise.

        :param company: ``res.company``; of a branch, its main company's
        :return: ``currency.flow``
        :raises AccessError: not finance
        :raises UserError: not days that are over, or they are closed
        """
        self._check_finance()
        # sudo: a table has the lines of all branches, and code alone writes it
        maker, company = self.browse().sudo(), company.sudo().root_id
        date_from = fields.Date.to_date(date_from)
        date_to = fields.Date.to_date(date_to)
        self._check_period(company, date_from, date_to)
        known = maker.search(
            maker._get_standing_domain(company)
            & Domain("date_from", "=", date_from)
            & Domain("date_to", "=", date_to)
        )
        known._check_not_locked()
        figures = maker._gather_figures(company, date_from, date_to)
        if known.state == "draft":
            known._fill(figures)
            return known.with_env(self.env)
        changes = known and flows.compare(
            known._read_figures(), self._list_figures(figures)
        )
        if known and not changes:
            known._note_later_changes([])
            return known.with_env(self.env)
        known._write_guarded({"state": "superseded"})
        known.flush_recordset()
        vals = {
            "company_id": company.id,
            "date_from": date_from,
            "date_to": date_to,
            "period": self._get_period(date_from, date_to),
            "supersedes_id": known.id,
            "changes": list(map(self._change_to_json, changes or ())) or False,
        }
        made = maker._create_guarded([vals])
        made._fill(figures)
        return made.with_env(self.env)

    @api.model
    def _get_period(self, date_from, date_to):
        if is_week(date_from, date_to):
            return "weekly"
        return "monthly" if is_month(date_from, date_to) else "dates"

    @api.model
    def _check_period(self, company, date_from, date_to):
        """:raises UserError: no days that can be told"""
        if date_to < date_from:
            raise UserError(
                self.env._("A table's last day isn't before its first day.")
            )
        if date_from < EARLIEST:
            raise UserError(
                self.env._(
                    "A table's first day is %(day)s at the earliest.",
                    day=format_date(self.env, EARLIEST),
                )
            )
        if date_to > company._get_today():
            raise UserError(
                self.env._(
                    "A table ends today at the latest: what comes until then isn't "
                    "known."
                )
            )

    @api.model
    def _gather_figures(self, company, date_from, date_to):
        """Gather what a table says, from the ledger.

        :return: {'lines': {(kind, currency's id): figures}, 'accounts': {(account's id,
            currency's id): parts}, 'kinds': {account's id: kind}}; the lines' figures
            bear the sign by which they count
        """
        # sudo: a table has the lines of all branches, whoever asks
        Source = self.env["currency.flow.source"].sudo()
        since = date_from - timedelta(days=1)
        scope = Source._gather(company.sudo(), since, date_to)
        kinds = {key: kind for kind in flows.SIGNS for key in scope[kind]}
        parts = Source._find_parts(scope)
        lines = {
            key: {name: flows.SIGNS[key[0]] * amount for name, amount in found.items()}
            for key, found in Source._find_figures(scope).items()
        }
        for (account_id, currency_id), found in parts.items():
            if booked := found.get("booked"):
                kind = kinds[account_id]
                line = lines.setdefault((kind, currency_id), {})
                own = flows.SIGNS[kind] * booked
                line["booked"] = line.get("booked", flows.ZERO) + own
        return {"lines": lines, "accounts": parts, "kinds": kinds}

    def _fill(self, figures):
        """Write what this draft says, in the place of what it said.

        :param figures: as :meth:`_gather_figures` returns them
        """
        self.line_ids.unlink()
        self.account_ids.unlink()
        self.line_ids._create_guarded(self._prepare_line_vals(figures["lines"]))
        self.account_ids._create_guarded(self._prepare_account_vals(figures))
        self.line_ids._forget_unknown()
        differences = self._find_differences(figures)
        now = fields.Datetime.now()
        self._write_guarded(
            {
                "is_tied": not differences,
                "differences": differences or False,
                "later_changes": False,
                "is_changed": False,
                "compared_on": now,
                "made_by": self.env.uid,
                "made_on": now,
                **self._prepare_total_vals(),
            }
        )
        self._forget_unknown_totals()

    def _prepare_total_vals(self):
        spot = self._get_totals("spot")
        return {
            **{f"{name}_spot": amount or 0.0 for name, amount in spot.items()},
            "net_booked": self._get_totals("booked")["net"],
            "has_rates": None not in spot.values(),
        }

    def _forget_unknown_totals(self):
        """Have nothing, and not 0, where a rate is missing: totals over weeks are empty
        then."""
        unknown = [
            name for name, value in self._get_totals("spot").items() if value is None
        ]
        if unknown:
            self._empty([f"{name}_spot" for name in unknown])

    def _empty(self, names):
        """Have nothing stored of amounts, which Odoo itself would store as 0."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(self._table),
                SQL(", ").join(SQL("%s = NULL", SQL.identifier(n)) for n in names),
                self.ids,
            )
        )
        self.invalidate_recordset(names)

    # === LINES === #

    def _prepare_line_vals(self, lines):
        """Prepare the lines, with what they are worth at the rates of the last day.

        :param lines: {(kind, currency's id): figures}
        """
        currencies = self.env["res.currency"].browse({key[1] for key in lines})
        spots = currencies._find_spot(self.company_id, self.date_to)
        budgets = currencies._find_budget(self.company_id, self.date_to)
        step = Decimal(str(self.company_currency_id.rounding))
        vals_list = []
        for (kind, currency_id), figures in lines.items():
            names = ("opening", *flows.MOVES, "closing", "booked")
            vals = {name: float(figures.get(name, 0)) for name in names}
            closing = figures.get("closing", flows.ZERO)
            vals |= {"flow_id": self.id, "kind": kind, "currency_id": currency_id}
            for of, rates, columns in (
                ("spot", spots, SPOT),
                ("budget", budgets, BUDGET),
            ):
                known = rates.get(currency_id)
                rate = known and Decimal(str(known.rate))
                value = flows.worth(closing, rate, step)
                vals |= {
                    of: float(value or 0),
                    f"has_{of}": value is not None,
                    **dict(zip(columns, known or (), strict=bool(known))),
                }
            vals_list.append(vals)
        return vals_list

    def _prepare_account_vals(self, figures):
        """Prepare the accounts, with what the general ledger has besides.

        :param figures: as :meth:`_gather_figures` returns them
        """
        names = ("amount", "booked", *flows.NAMED, "ledger")
        return [
            {
                "flow_id": self.id,
                "kind": figures["kinds"][account_id],
                "account_id": account_id,
                "currency_id": currency_id,
                "unexplained": float(flows.find_unexplained(parts)),
                **{name: float(parts.get(name, 0)) for name in names},
            }
            for (account_id, currency_id), parts in figures["accounts"].items()
        ]

    # === TIE-OUT === #

    def _find_differences(self, figures):
        """Find what doesn't tie out: within lines, with the general ledger, with the
        table before.

        :return: list of dicts
        """
        found = [
            {"kind": kind, "currency_id": currency_id, "amount": float(rest)}
            for (kind, currency_id), line in sorted(figures["lines"].items())
            if (
                rest := flows.find_rest(line)
                or self._find_apart(figures, kind, currency_id)
            )
        ]
        found += [
            {
                "kind": "account",
                "account_id": account_id,
                "currency_id": currency_id,
                "amount": float(rest),
            }
            for (account_id, currency_id), parts in sorted(figures["accounts"].items())
            if (rest := flows.find_unexplained(parts))
        ]
        return found + self._find_breaks(figures["lines"])

    @api.model
    def _find_apart(self, figures, kind, currency_id):
        """Return what a line closes with, and its accounts don't have."""
        amounts = (
            parts.get("amount", flows.ZERO)
            for (account_id, key), parts in figures["accounts"].items()
            if key == currency_id and figures["kinds"][account_id] == kind
        )
        closing = figures["lines"][kind, currency_id].get("closing", flows.ZERO)
        return closing - flows.SIGNS[kind] * sum(amounts, flows.ZERO)

    def _find_breaks(self, lines):
        """Find where the table before ended otherwise than this one begins."""
        former = self._find_former(self.company_id, self.date_from)
        if not former:
            return []
        ends = {
            key: {"opening": figures.get("closing", flows.ZERO)}
            for key, figures in former._read_figures().items()
            if len(key) == 2
        }
        starts = {
            key: {"opening": figures.get("opening", flows.ZERO)}
            for key, figures in lines.items()
        }
        changes = flows.compare(ends, starts)
        return list(map(self._change_to_json, changes))

    # === WHAT CHANGED === #

    def _read_figures(self):
        """Return what this table says, as it can be compared.

        :return: {(kind, currency's id), or (kind, currency's id, account's id):
            {figure: ``Decimal``}} of what isn't 0
        """
        self.ensure_one()
        found = {}
        for row in (*self.line_ids, *self.account_ids):
            figures = {
                name: exact
                for name in row._get_compared()
                if (exact := row._get_exact(name))
            }
            if figures:
                found[row._get_key()] = figures
        return found

    @api.model
    def _list_figures(self, figures):
        """Return what a table of figures would say, as :meth:`_read_figures` does.

        :param figures: as :meth:`_gather_figures` returns them
        """
        told = {key: dict(line) for key, line in figures["lines"].items()}
        for (account_id, currency_id), parts in figures["accounts"].items():
            if ledger := parts.get("ledger"):
                key = figures["kinds"][account_id], currency_id, account_id
                told[key] = {"ledger": ledger}
        return told

    def _find_later_changes(self):
        """Find what the ledger says otherwise of these days by now.

        :return: [``engine.flows.Change``]
        """
        figures = self._gather_figures(self.company_id, self.date_from, self.date_to)
        return flows.compare(self._read_figures(), self._list_figures(figures))

    def _note_later_changes(self, changes):
        """Keep what differs from the ledger, beside what this table says."""
        changes = list(map(self._change_to_json, changes))
        self._write_guarded(
            {
                "later_changes": changes or False,
                "is_changed": bool(changes),
                "compared_on": fields.Datetime.now(),
            }
        )

    def _compare_with_ledger(self):
        """Compare each of these tables with the ledger; a draft whose days are open is
        made again instead, in the name of who made it."""
        for flow in self:
            changes = flow._find_later_changes()
            if changes and flow.state == "draft" and not flow.is_locked:
                made_by = flow.made_by
                figures = self._gather_figures(
                    flow.company_id, flow.date_from, flow.date_to
                )
                flow._fill(figures)
                flow._write_guarded({"made_by": made_by.id})
            else:
                flow._note_later_changes(changes)

    @api.model
    def _change_to_json(self, change):
        kind, currency_id, *account = change.key
        return {
            "kind": kind,
            "currency_id": currency_id,
            "account_id": account[0] if account else False,
            "figure": change.figure,
            "before": float(change.before),
            "after": float(change.after),
        }

    # === FINDING === #

    @api.model
    def _get_standing_domain(self, company):
        return Domain("company_id", "=", company.id) & Domain(
            "state", "!=", "superseded"
        )

    @api.model
    def _find_former(self, company, date_from):
        """Find the table before, which ends on the day before; of several, the
        shortest.

        :return: ``currency.flow``, or none
        """
        return self.search(
            self._get_standing_domain(company)
            & Domain("date_to", "=", date_from - timedelta(days=1)),
            order="date_from desc",
            limit=1,
        )

    # === THE JOB === #

    @api.model
    def _cron_make(self):
        """Make the last week's table of each company that wants it, in its night, and
        compare those before with the ledger."""
        # sudo: the job works for all companies
        everything = self.sudo()
        with ScheduledJob(everything) as job:
            companies = everything.env["res.company"].search(
                [("parent_id", "=", False)]
            )
            for company in companies.filtered("flow_weekly"):
                job.do(partial(everything._make_due, company), company, count=0)
            for company in companies:
                job.work_off(
                    everything,
                    everything._get_due_domain(company),
                    lambda flow: flow._compare_with_ledger(),
                    size=1,
                )

    def _make_due(self, company):
        """Make the table of a company's last week that is over, once."""
        day = company._get_today()
        if is_job(self.env):
            day = company._get_day_of(company._get_night_start())
        date_from, date_to = company._get_last_period("weekly", day)
        domain = (
            self._get_standing_domain(company)
            & Domain("date_from", "=", date_from)
            & Domain("date_to", "=", date_to)
        )
        # what is there is compared, and made again where it is a draft
        if not self.search_count(domain, limit=1):
            self._make(company, date_from, date_to)

    @api.model
    def _get_due_domain(self, company):
        """Return the domain of the tables that are compared this night."""
        domain = self._get_standing_domain(company) & Domain(
            "date_to", ">=", company._get_today() - COMPARED
        )
        if is_job(self.env):
            night = company._get_night_start()
            domain &= Domain("compared_on", "<", night) | Domain(
                "compared_on", "=", False
            )
        return domain
