from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.open_items import AgeBounds
from ...engine.statements import Item, compare
from ..common.html_text import as_html
from ..common.scheduled_job import ScheduledJob
from .customer_statement import GIVES_WAY
from .customer_statement_source import DERIVED, SUMMED

#: Customers whose statements are made at once.
CHUNK = 500
#: The first day that may be stated.
EARLIEST = date(1900, 1, 1)
#: Changes that a statement tells, of one that it supersedes.
TOLD = 20


class CustomerStatement(models.Model):
    """How statements are made: many customers at once, none of their rows in Python."""

    _inherit = "customer.statement"

    # === MAKING === #

    @api.model
    def _make(self, partners, date_from, date_to):
        """Make the statements of customers for a period, in the main company of the
        environment's.

        What is there and didn't change stays. What changed is made again: a draft gives
        way to it, one that somebody stands by is superseded.

        :param partners: ``res.partner``; contacts have their company's
        :param date_from: first day
        :param date_to: last day
        :return: the statements of these customers and this period, new or not; none of
            a customer that the company's setting leaves out
        :raises UserError: the last day is before the first, or after today
        """
        self._check_finance_may_make()
        # sudo: whoever may make statements makes them of all branches, and the rows are
        # written without the ORM
        maker = self.browse().sudo()
        company = self.env.company.sudo().root_id
        date_from = fields.Date.to_date(date_from)
        date_to = fields.Date.to_date(date_to)
        self._check_period(company, date_from, date_to)
        customers = partners.sudo().commercial_partner_id
        made = self.browse()
        for at in range(0, len(customers), CHUNK):
            made += maker._make_chunk(
                company, customers[at : at + CHUNK], date_from, date_to
            )
        return made.with_env(self.env)

    @api.model
    def _make_everybody(self, date_from, date_to):
        """Make the statements of all customers for a period: those of the first part at
        once, those of the others by the job, which is called for it.

        :return: action that opens them, or, while some are left, how far it came
        :raises AccessError: not finance
        :raises UserError: as for :meth:`_make`
        """
        self._check_finance_may_make()
        # sudo: who works in a branch needn't see its main company
        company = self.env.company.sudo().root_id
        date_from = fields.Date.to_date(date_from)
        date_to = fields.Date.to_date(date_to)
        self._check_period(company, date_from, date_to)
        run = self.env["customer.statement.run"]._begin(
            company, date_from, date_to, self.env.user
        )
        with ScheduledJob(run) as job:
            # the second part is the end, where one is enough
            run._work_off(job, parts=2 if run.total <= CHUNK else 1)
        run = run.with_env(self.env)
        if run.state == "done" and not run.failure_ids:
            return run.action_open_statements()
        if run.state != "done":
            # sudo: whoever may make statements has the job called
            self.env.ref("multicurrency_crm.ir_cron_make_statements").sudo()._trigger()
        return {
            "type": "ir.actions.act_window",
            "res_model": run._name,
            "res_id": run.id,
            "views": [(False, "form")],
        }

    @api.model
    def _check_finance_may_make(self):
        """:raises AccessError: who asks makes no statements"""
        self._check_finance()

    @api.model
    def _check_period(self, company, date_from, date_to):
        if date_to < date_from:
            raise UserError(
                self.env._("A statement's last day isn't before its first day.")
            )
        if date_from < EARLIEST:
            raise UserError(
                self.env._(
                    "A statement's first day is %(day)s at the earliest.",
                    day=format_date(self.env, EARLIEST),
                )
            )
        if date_to > company._get_today():
            raise UserError(
                self.env._(
                    "A statement ends today at the latest: what comes until then isn't "
                    "known."
                )
            )

    def _make_chunk(self, company, customers, date_from, date_to):
        """Make the statements of some customers; a handful of queries.

        :return: ``customer.statement``, new or kept
        """
        Source = self.env["customer.statement.source"]
        since = date_from - timedelta(days=1)
        Source._gather_rows(company, customers.ids, since, date_to)
        digests = Source._find_row_digests()
        spots = Source._find_row_currencies()._find_spot(company, date_to)
        known = self._find_standing(company, customers, date_from, date_to)
        drafts = (
            self.browse()
            .concat(*known.values())
            .filtered(lambda statement: statement.state == "draft")
        )
        revalued = Source._find_revalued(drafts, spots)
        kept, wanted, left = self.browse(), [], []
        for customer in customers:
            statement = known.get(customer.id, self.browse())
            digest, *said = digests.get(customer.id, ("", False, False))
            if statement - revalued and statement._is_as_before(digest, company):
                kept += statement
            elif statement or self._is_wanted(company, *said):
                wanted.append((customer.id, digest))
            else:
                left.append((customer.id, digest))
        broken = self._find_broken(company, [key for key, _d in left], date_from)
        wanted += [(key, digest) for key, digest in left if key in broken]
        old = self.browse().concat(*(known[key] for key, _d in wanted if key in known))
        made = self._replace(company, wanted, old, date_from, date_to, spots)
        (kept + made)._tie_out(company, date_from, date_to)
        made._note_changes()
        made._carry_over()
        self._retire_moved(company, customers, date_from, date_to)
        return kept + made

    def _is_as_before(self, digest, company):
        """Return whether this statement would be made of the same rows; a draft, by the
        same ages."""
        same = self.digest == digest
        return same and (
            self.state != "draft" or self._get_bounds() == company._get_age_bounds()
        )

    @api.model
    def _is_wanted(self, company, has_moved, has_balance):
        """Return whether the company's setting asks for the statement of a customer.

        :param bool has_moved: something came in the period
        :param bool has_balance: something is open at its end
        """
        zero = company.statement_zero
        return has_balance or zero == "all" or zero == "moved" and has_moved

    @api.model
    def _find_broken(self, company, customer_ids, date_from):
        """Find customers of whom nothing is to be stated, though the statement before
        ended otherwise: an entry that came late has emptied it.

        :return: ids of customers
        """
        formers = self._find_formers(company, customer_ids, date_from)
        Source = self.env["customer.statement.source"]
        return formers and Source._find_broken_starts(
            self.browse().concat(*formers.values())
        )

    @api.model
    def _retire_moved(self, company, customers, date_from, date_to):
        """Retire statements of these days of those who belong to one of these customers
        since: what was theirs is stated with the customer's own."""
        moved = self.search(
            self._get_standing_domain(company, date_from, date_to)
            & Domain("partner_id.commercial_partner_id", "in", customers.ids)
            & Domain("partner_id", "not in", customers.ids)
        )
        drafts = moved.filtered(lambda statement: statement.state == "draft")
        for statement in moved - drafts:
            statement._write_guarded({"state": "superseded"})
            statement.message_post(
                body=as_html(
                    self.env._(
                        "%(partner)s belongs to %(customer)s: what was open is on the "
                        "statement of %(customer)s.",
                        partner=statement.partner_id.name,
                        customer=statement.partner_id.commercial_partner_id.name,
                    )
                )
            )
        GIVES_WAY.put_on(drafts).unlink()

    @api.model
    def _find_standing(self, company, customers, date_from, date_to):
        found = self.search(
            self._get_standing_domain(company, date_from, date_to)
            & Domain("partner_id", "in", customers.ids)
        )
        return {statement.partner_id.id: statement for statement in found}

    def _replace(self, company, wanted, old, date_from, date_to, spots):
        """Make statements from the rows that are gathered, in the place of others.

        :param wanted: [(customer's id, digest of its rows)]
        :param old: ``customer.statement`` of the same period that give way
        :param spots: {currency id: ``Spot``} of the last day
        :return: ``customer.statement``
        """
        if not wanted:
            return self.browse()
        drafts = old.filtered(lambda statement: statement.state == "draft")
        standing = old - drafts
        # what supersedes a draft supersedes what that did
        former = {
            statement.partner_id.id: (
                statement & standing or statement.supersedes_id
            ).id
            for statement in old
        }
        GIVES_WAY.put_on(drafts).unlink()
        standing._write_guarded({"state": "superseded"})
        standing.flush_recordset()
        return self._insert(
            company,
            date_from,
            date_to,
            spots,
            [
                {
                    "partner_id": partner_id,
                    "digest": digest,
                    "supersedes_id": former.get(partner_id) or None,
                }
                for partner_id, digest in wanted
            ],
        )

    def _insert(self, company, date_from, date_to, spots, own):
        """Insert statements with their lines and figures, from the rows that are
        gathered: by SQL, since there are thousands, and nobody follows them yet.

        :param spots: {currency id: ``Spot``} of the last day
        :param own: as for ``_insert_statements``
        """
        Source = self.env["customer.statement.source"]
        bounds = company._get_age_bounds()
        books = company.currency_id
        now = fields.Datetime.now()
        shared = {
            **self._get_guarded_defaults(self._guarded_fields),
            "company_id": company.id,
            "date_from": date_from,
            "date_to": date_to,
            "is_tied": True,
            "age_first": bounds.first,
            "age_second": bounds.second,
            "age_third": bounds.third,
            "made_by": self.env.uid,
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
        }
        made = Source._insert_statements(shared, own, spots, books)
        Source._insert_lines(made)
        Source._insert_currencies(made, bounds, date_to, spots, books)
        self.env["customer.statement"].invalidate_model()
        return made

    # === TIE-OUT === #

    def _tie_out(self, company, date_from, date_to):
        """Hold these statements against the ledger, and against those before: those
        that stay, too, since the ones before may have been made again."""
        found = {statement.id: [] for statement in self}
        self._add_ledger_differences(found, company, date_to)
        self._add_former_differences(found, company, date_from)
        for statement in self:
            differences = found[statement.id]
            if statement.is_tied == bool(differences) or (
                differences != (statement.differences or [])
            ):
                statement._write_guarded(
                    {"is_tied": not differences, "differences": differences or False}
                )
        self.flush_recordset()

    def _add_ledger_differences(self, found, company, date_to):
        """Add, for each account that doesn't add up, the matches with other customers'
        items; and the account itself where these don't explain it.

        :param found: {statement's id: list of dicts}, added to
        """
        Source = self.env["customer.statement.source"]
        by_partner = {statement.partner_id.id: statement.id for statement in self}
        differences = [
            row
            for row in Source._find_ledger_differences(
                company, list(by_partner), date_to
            )
            if row[0] in by_partner
        ]
        if not differences:
            return
        left = {
            (partner_id, account_id): (stated, booked)
            for partner_id, account_id, stated, booked in differences
        }
        explained = self._add_foreign_matches(found, company, date_to, by_partner, left)
        for (partner_id, account_id), (stated, booked) in left.items():
            rest = stated - booked - explained[partner_id, account_id]
            if not company.currency_id.is_zero(rest):
                found[by_partner[partner_id]].append(
                    {
                        "kind": "ledger",
                        "account_id": account_id,
                        "stated": stated,
                        "booked": booked,
                    }
                )

    @api.model
    def _add_foreign_matches(self, found, company, date_to, by_partner, left):
        """Add the matches with other customers' items on accounts that don't add up.

        :param found: {statement's id: list of dicts}, added to
        :param by_partner: {customer's id: statement's id}
        :param left: those accounts, keys (customer's id, account's id)
        :return: {(customer's id, account's id): what they explain, in company currency}
        """
        Source = self.env["customer.statement.source"]
        explained = dict.fromkeys(left, 0.0)
        partner_ids = list({partner_id for partner_id, _account_id in left})
        rows = Source._find_foreign_matches(company, partner_ids, date_to)
        for partner_id, account_id, name, other, partner, amount in rows:
            if (partner_id, account_id) not in left:
                continue
            explained[partner_id, account_id] += amount
            found[by_partner[partner_id]].append(
                {
                    "kind": "foreign_match",
                    "account_id": account_id,
                    "name": name,
                    "other": other,
                    "partner": partner,
                    "amount": amount,
                }
            )
        return explained

    def _add_former_differences(self, found, company, date_from):
        """Add what the statements before, which ended on the day before, had open
        otherwise.

        :param found: {statement's id: list of dicts}, added to
        """
        former = self._find_formers(company, self.partner_id.ids, date_from)
        if not former:
            return
        Source = self.env["customer.statement.source"]
        broken = Source._find_broken_starts(self.browse().concat(*former.values()))
        pairs = [
            (former[statement.partner_id.id], statement)
            for statement in self
            if statement.partner_id.id in broken
        ]
        for before, after in pairs:
            if not before._has_lines():
                found[after.id] += before._compare_totals(after)
        pairs = [pair for pair in pairs if pair[0]._has_lines()]
        if not pairs:
            return
        ends = self._find_items(
            self.browse().concat(*(pair[0] for pair in pairs)), "residual"
        )
        starts = self._find_items(
            self.browse().concat(*(pair[1] for pair in pairs)), "opening"
        )
        for before, after in pairs:
            comparison = self._compare(ends[before.id], starts[after.id], company)
            if not comparison.is_reallocated:
                found[after.id] += [
                    {"kind": "former", **self._change_to_json(change)}
                    for change in comparison.changes
                ]

    def _compare_totals(self, after):
        """Compare what was open at the end of this statement, whose lines are deleted
        by age, with what is open at the start of the next one, a currency at a time.

        :param after: ``customer.statement``
        :return: list of differences, as :meth:`_add_former_differences` adds them
        """
        ends = self.currency_line_ids.grouped("currency_id")
        starts = after.currency_line_ids.grouped("currency_id")
        none = self.env["customer.statement.currency"]
        differences = []
        for currency in ends.keys() | starts.keys():
            end, start = ends.get(currency, none), starts.get(currency, none)
            differs = currency.compare_amounts(end.closing, start.opening) or (
                self.company_currency_id.compare_amounts(
                    end.closing_booked, start.opening_booked
                )
            )
            if differs:
                differences.append(
                    {
                        "kind": "former_total",
                        "currency_id": currency.id,
                        "before": end.closing,
                        "after": start.opening,
                        "booked_before": end.closing_booked,
                        "booked_after": start.opening_booked,
                    }
                )
        return differences

    @api.model
    def _find_formers(self, company, customer_ids, date_from):
        """Find the statements before of customers, which end on the day before.

        :return: {customer's id: ``customer.statement``}
        """
        if not customer_ids:
            return {}
        formers = self.search(
            Domain("company_id", "=", company.id)
            & Domain("date_to", "=", date_from - timedelta(days=1))
            & Domain("state", "!=", "superseded")
            & Domain("partner_id", "in", customer_ids),
            order="date_from",
        )
        # of several that end on that day, the shortest
        return {statement.partner_id.id: statement for statement in formers}

    def _has_lines(self):
        """Return whether its lines are kept still, by which it can be compared."""
        company = self.company_id
        return not company.statement_months_kept or (
            self.state == "disputed" or self.date_to >= company._get_first_day_kept()
        )

    @api.model
    def _find_items(self, statements, *columns, with_came=False):
        """Find what statements have of each item.

        :param columns: of lines: 'residual' (open on the last day), 'opening'; the
            first one is told
        :param bool with_came: what came of them in the time of the statement, too
        :return: {statement's id: [``Item``]}
        """
        found = {statement.id: [] for statement in statements}
        rows = self.env.execute_query(
            SQL(
                """SELECT * FROM (
                   SELECT statement_id, CASE
                          WHEN move_line_id IS NOT NULL THEN move_line_id::text
                          WHEN kind = ANY(%(summed)s) THEN CONCAT(kind, account_id)
                          -- an item that was deleted since
                          ELSE 'line' || id END,
                          currency_id, CASE WHEN name = '' THEN kind ELSE name END,
                          ARRAY[%(amounts)s]::float8[] AS amounts,
                          ARRAY[%(booked)s]::float8[] AS booked,
                          CASE WHEN %(with_came)s
                               THEN ARRAY[movement, movement_booked]::float8[]
                               ELSE ARRAY[0, 0]::float8[] END AS came
                     FROM customer_statement_line
                    WHERE statement_id = ANY(%(ids)s) AND kind != ALL(%(derived)s)) l
                    WHERE NOT 0 = ALL(amounts || booked || came)""",
                amounts=SQL(", ").join(map(SQL.identifier, columns)),
                booked=SQL(", ").join(
                    SQL.identifier(f"{name}_booked") for name in columns
                ),
                with_came=with_came,
                ids=statements.ids,
                summed=list(SUMMED),
                derived=list(DERIVED),
            )
        )
        for statement_id, key, currency_id, name, *amounts in rows:
            item = Item(key, currency_id, name, *map(tuple, amounts))
            found[statement_id].append(item)
        return found

    @api.model
    def _compare(self, before, after, company):
        """Compare lists of :class:`Item`.

        :return: ``Comparison``
        """
        ids = {item.currency_id for item in (*before, *after)}
        currencies = self.env["res.currency"].browse(ids)
        digits = {currency.id: currency.decimal_places for currency in currencies}
        return compare(before, after, digits, company.currency_id.decimal_places)

    @api.model
    def _change_to_json(self, change):
        return {
            "currency_id": change.currency_id,
            "name": change.name,
            "before": change.before,
            "after": change.after,
            "booked_before": change.booked_before,
            "booked_after": change.booked_after,
        }

    # === WHAT CHANGED === #

    def _note_changes(self):
        """Note, on each statement that supersedes another, what differs from that."""
        newer = self.filtered(
            lambda statement: (
                statement.supersedes_id and statement.supersedes_id._has_lines()
            )
        )
        if not newer:
            return
        ends = self._find_items(
            newer | newer.supersedes_id, "residual", "opening", with_came=True
        )
        for statement in newer:
            comparison = self._compare(
                ends[statement.supersedes_id.id],
                ends[statement.id],
                statement.company_id,
            )
            told = list(map(self._change_to_json, comparison.changes[:TOLD]))
            statement._write_guarded(
                {
                    "changes": {
                        "is_reallocated": comparison.is_reallocated,
                        "items": told,
                        "left": max(len(comparison.changes) - TOLD, 0),
                    }
                }
            )

    def _carry_over(self):
        """Keep what customers dispute of the statements that these supersede, as long
        as it is open, and what colleagues have to do about it."""
        former = self.supersedes_id
        if not former:
            return
        Line = self.env["customer.statement.line"]
        disputed = {
            (line.statement_id, line.move_line_id): line
            for line in Line.search(
                Domain("statement_id", "in", former.ids)
                & Domain("disputed_on", "!=", False)
                & Domain("move_line_id", "!=", False)
            )
        }
        items = [item.id for _statement, item in disputed]
        for line in items and Line.search(
            Domain("statement_id", "in", self.ids)
            & Domain("move_line_id", "in", items)
            & Domain("open_state", "!=", "settled")
        ):
            key = (line.statement_id.supersedes_id, line.move_line_id)
            if old := disputed.get(key):
                line._write_guarded(
                    {
                        "disputed_on": old.disputed_on,
                        "dispute_comment": old.dispute_comment,
                        "dispute_accepted_on": old.dispute_accepted_on,
                    }
                )
        for statement in self:
            statement.supersedes_id.activity_ids.write({"res_id": statement.id})
        (self | former).invalidate_recordset(["activity_ids"])

    # === WHAT IS STALE === #

    def _find_stale(self):
        """Find those of these statements that would be made of other rows by now.

        :return: ``customer.statement``
        """
        stale = self.browse()
        for (company, date_from, date_to), same in self._group_by_period().items():
            for at in range(0, len(same), CHUNK):
                part = same[at : at + CHUNK]
                stale += part._find_stale_of(company, date_from, date_to)
        return stale

    def _find_stale_of(self, company, date_from, date_to):
        # sudo: a statement has the rows of all branches, whoever asks
        Source = self.env["customer.statement.source"].sudo()
        since = date_from - timedelta(days=1)
        Source._gather_rows(company.sudo(), self.partner_id.ids, since, date_to)
        digests = Source._find_row_digests()
        nothing = ("",)
        return self.filtered(
            lambda statement: (
                (statement.digest or "")
                != digests.get(statement.partner_id.id, nothing)[0]
            )
        )

    # === BOUNDS === #

    def _get_bounds(self):
        """Return the bounds of the ages, as they were when this was made."""
        self.ensure_one()
        return AgeBounds(self.age_first, self.age_second, self.age_third)
