from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...engine.history import Figure, find_suspects
from ...engine.history_matching import Customers, Identity
from ...providers.currency_names import code_of
from ..common.scheduled_job import ScheduledJob
from .customer_import import BUSY, JOB

#: Rows that are judged in one part.
CHUNK = 500
#: Which rows totals add up: what is or will be created, by what was chosen at rows.
COUNTS = SQL(
    """(state = 'done' OR state = 'create' AND choice IS DISTINCT FROM 'skip'
        OR state = 'duplicate' AND choice = 'create')"""
)
#: What a row gets that nothing is found of.
EMPTY_ROW = {
    "state": None,
    "message": None,
    "name": None,
    "document": None,
    "document_key": None,
    "date": None,
    "due": None,
    "disputed": None,
    "partner_id": None,
    "duplicate_id": None,
    "score": None,
    "amount": None,
    "currency_id": None,
    "booked": None,
    "rate_distance": None,
    "before": None,
    "head_id": None,
    "is_contact": False,
    "is_unknown": False,
    "left_out": None,
    "must_choose": False,
}


@dataclass
class Facts:
    """What is known while rows are judged, gathered once."""

    customers: Customers
    currencies: dict  # {code: ``res.currency``, archived ones, too}
    spots: dict = field(default_factory=dict)  # {(currency's id, day): rate or None}
    users: dict = field(default_factory=dict)  # {folded name: user's id}
    extra: dict = field(default_factory=dict)  # what a kind keeps for itself
    wrong: list = field(default_factory=list)  # what is wrong with the row: RowError

    def attempt(self, read, *args):
        """Read something of a row; what is wrong with it is noted, so that all of a row
        is said at once.

        :param read: function of ``args`` that raises RowError
        :return: what it returns; None where it can't
        """
        try:
            return read(*args)
        except RowLeftOut:
            raise
        except RowError as error:
            self.note_wrong(error)
        return None

    def note_wrong(self, error):
        """Note what is wrong with a row, once."""
        if error not in self.wrong:
            self.wrong.append(error)

    def check(self, since=0):
        """:param int since: how much was wrong before
        :raises RowError: something is wrong with the row
        """
        if len(self.wrong) > since:
            raise self.wrong[since]


class RowError(Exception):
    """A row can't be brought in, and why."""

    state = "error"

    def __init__(self, sentence, field=None):
        """:param str field: standard field whose cell it is about, if one alone is"""
        super().__init__(sentence)
        self.field = field


class NobodyKnown(RowError):
    """A row names a customer whom nobody knows: it may be created."""


class RowLeftOut(RowError):
    """A row says nothing by itself, and why."""

    state = "skip"


class CustomerImport(models.Model):
    """The dry run: every row is judged, nothing but the rows themselves is written."""

    _inherit = "customer.import"

    # === ACTIONS === #

    def action_dry_run(self):
        """Check every row of the file: what it would create or update, of what it is a
        duplicate, what is wrong with it. Nothing else is written.

        :return: True
        :raises AccessError: not finance
        :raises UserError: nothing was read yet, or a column is missing
        """
        for record in self:
            record._check_finance()
            record._check_open()
            if record.state == "draft":
                record.action_read()
            record._get_matched()
            record._note_hand()
            # sudo: nobody writes by hand how far a check came
            record.sudo()._start_check()
            record.sudo()._work()
        return True

    def _start_check(self):
        """Note that this file is being checked."""
        self._keep_choices()
        self._drop_rows()
        self.total_ids.filtered(lambda one: not one.is_typed).unlink()
        self._write_guarded(
            {
                "state": "checking",
                "is_staged": False,
                "total": self.expected,
                "looked_at": 0,
                "last_id": 0,
                "failure": False,
            }
        )

    # === THE CHECK === #

    def _work_off(self, job):
        """Work on this import until nothing is left to do, or others are at work on it.

        :param job: ``ScheduledJob``
        """
        # whoever brought it in reads what is said of its rows
        record = self.with_context(lang=self.user_id.lang or self.env.lang)
        steps = {
            "checking": record._work_off_check,
            "publishing": record._work_off_publishing,
            "undoing": record._work_off_undoing,
        }
        step = steps.get(self.state)
        if step:
            step(job)

    def _work_off_check(self, job):
        if not self.is_staged and not self._stage(job):
            return
        self.invalidate_recordset()
        facts = None
        while ids := self._find_row_ids(self.last_id):
            try:
                facts = facts or self._gather_facts()
            except UserError as error:
                job.do(partial(self._end_check, str(error)), self, count=0)
                return
            if not self._check_rows(job, ids, facts):
                return
            self.invalidate_recordset(["last_id"])
        job.do(self._finish_check, self, count=0)

    def _check_rows(self, job, ids, facts):
        """Judge a part of the rows; of one that can't be judged, say so at its row."""
        if job.do(partial(self._check_part, ids, facts), self, len(ids)):
            return True
        if job.has_collided():
            job.set_aside(len(ids))
            return False
        if len(ids) > 1:
            middle = len(ids) // 2
            # what was known of rows that were undone goes with them
            return self._check_rows(
                job, ids[:middle], self._gather_facts()
            ) and self._check_rows(job, ids[middle:], self._gather_facts())
        reason = self._explain_failure(job.error)
        return job.do(partial(self._note_failure, ids[0], reason), self)

    def _find_row_ids(self, last_id):
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_import_row
                    WHERE import_id = %s AND id > %s ORDER BY id LIMIT %s""",
                self.id,
                last_id,
                CHUNK,
            )
        )
        return [row_id for (row_id,) in rows]

    def _check_part(self, ids, facts):
        """Judge some rows, and note how far this check came."""
        self.lock_for_update()
        self.invalidate_recordset(["last_id"])
        # another worker may have done it meanwhile
        if self.last_id >= ids[-1]:
            return
        rows = self.env["customer.import.row"].browse(ids)
        judge = getattr(self, f"_judge_{self.kind}")
        found = judge(rows, facts)
        self.env["customer.import.row"]._update(
            [{"id": row.id, **EMPTY_ROW, **found[row.id]} for row in rows]
        )
        self._note_looked_at(ids)

    def _note_looked_at(self, ids):
        self._write_guarded(
            {"last_id": ids[-1], "looked_at": self.looked_at + len(ids)}
        )

    def _note_failure(self, row_id, reason):
        """Say at a row that it couldn't be judged, and go on behind it."""
        self.lock_for_update()
        row = self.env["customer.import.row"].browse(row_id)
        row._write_guarded({"state": "error", "message": reason})
        self._note_looked_at([row_id])

    def _end_check(self, reason):
        """End a check that can't go on.

        :param str reason: sentence
        """
        self.lock_for_update()
        self._write_guarded({"state": "read", "failure": reason})

    def _finish_check(self):
        """Add up what was found, and say that it is checked."""
        self.lock_for_update()
        self._restore_choices()
        self._store_totals()
        if self.kind == "customers":
            self._store_completeness()
        self._write_guarded({"state": "ready"})
        self._explain_totals()
        self._drop_stale_reason()

    # === WHAT IS KNOWN === #

    def _gather_facts(self):
        """Gather what rows are held against: the customers of the company, currencies.

        :return: :class:`Facts`
        """
        currencies = self.env["res.currency"].with_context(active_test=False).search([])
        facts = Facts(
            Customers(self._find_identities()),
            {currency.name: currency for currency in currencies},
        )
        self._gather_newcomers(facts)
        gather = getattr(self, f"_gather_{self.kind}", None)
        if gather:
            gather(facts)
        facts.extra["cells"] = {
            column.field: column.number for column in self.column_ids if column.field
        }
        return facts

    def _find_identities(self, active=True):
        """Find by what the customers of this company are known: one query.

        :param bool active: False: those that are archived

        :return: iterator of :class:`Identity` of partners that are no contact's contact
        """
        self.env["res.partner"].flush_model()
        # sudo: who works in a branch needn't see its main company
        companies = self.company_id.sudo().parent_ids
        for partner_id, name, ref, vat, email, country in self.env.execute_query(
            SQL(
                """SELECT p.id, p.name, p.ref, p.vat, p.email, c.code
                     FROM res_partner p
                LEFT JOIN res_country c ON c.id = p.country_id
                    WHERE p.active = %s AND p.commercial_partner_id = p.id
                      AND (p.company_id IS NULL OR p.company_id = ANY(%s))
                 ORDER BY p.id""",
                active,
                companies.ids,
            )
        ):
            yield Identity(
                partner_id, name or "", ref or "", vat or "", email or "", country or ""
            )

    def _find_currency(self, values, facts, field="currency"):
        """Return the currency of a row.

        :param str field: standard field whose cell names it
        :return: ``res.currency``
        :raises RowError: none is given, or it is unknown or archived
        """
        text = values.get("currency")
        if not text:
            if currency := self._settle_currency(values, facts, None):
                return self._check_active(currency, field)
            if self.currency_id:
                return self.currency_id
            raise RowError(
                self.env._(
                    "No currency: choose the one of rows without one on the import."
                )
            )
        code = text.strip().upper()
        currency = facts.currencies.get(code)
        if not currency:
            currency = facts.currencies.get(code_of(text) or "")
        if not currency:
            raise RowError(
                self.env._(
                    "“%(text)s” isn't the code or the name of one currency.", text=text
                ),
                field,
            )
        self._check_active(currency, field)
        return self._settle_currency(values, facts, currency)

    def _check_active(self, currency, field):
        """Return a currency of a row.

        :raises RowError: it is archived
        """
        if not currency.active:
            raise RowError(
                self.env._(
                    "%(currency)s is archived: activate it, or leave the row out.",
                    currency=currency.name,
                ),
                field,
            )
        return currency

    def _get_spot(self, currency, day, facts):
        """Return the rate of a day, in units of a currency for 1 unit of company
        currency; None where none is known.

        :return: Decimal or None
        """
        if currency == self.company_currency_id:
            return Decimal(1)
        key = currency.id, day
        if key not in facts.spots:
            found = currency._find_spot(self.company_id, day).get(currency.id)
            facts.spots[key] = Decimal(repr(found.rate)) if found else None
        return facts.spots[key]

    @api.model
    def _get_number(self, values, name):
        return Decimal(values[name]) if values.get(name) else None

    @api.model
    def _get_day(self, values, name):
        return date.fromisoformat(values[name]) if values.get(name) else None

    def _explain_no_data(self, values):
        """Return why a row says nothing of its own, or False."""
        kinds = {
            "total": self.env._("A sum of rows above."),
            "group": self.env._("A caption of rows below."),
            "footer": self.env._("Text below the table."),
            "hidden": self.env._("Hidden in the file."),
        }
        kind = values.get("row_kind")
        # a customer of whom only the name is known looks like a caption
        if self.kind == "customers" and (
            kind == "group" or self._is_person_only(values)
        ):
            return False
        return kinds.get(kind, False)

    @api.model
    def _at(self, row, name, facts, sentence):
        """Return a sentence with the cell that it is about."""
        number = facts.extra["cells"].get(name)
        if name == "open" and (row.values or {}).get("age"):
            number = row.values["age"]["column"]
        if not number:
            return sentence
        letters = ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(ord("A") + rest) + letters
        cell = f"{letters}{row.row_number}"
        return self.env._("%(cell)s: %(sentence)s", cell=cell, sentence=sentence)

    def _judge_each(self, rows, facts, judge):
        """Judge rows one by one.

        :param judge: function of a row, its values and the facts → values to write
        :return: {id of a row: values}
        """
        found = {}
        for row in rows:
            values = row.values
            common = {"name": row.name or None, "document": row.document or None}
            if reason := self._explain_no_data(values):
                found[row.id] = {**common, "state": "skip", "message": reason}
                continue
            facts.wrong = [RowError(said) for said in (row.problems or {}).values()]
            try:
                facts.extra |= {"row": row, "called": None, "left_out": {}}
                facts.extra.pop("called_now", None)
                judged = judge(row, values, facts)
                facts.check()
                judged = self._note_spelling(values, judged, facts)
                judged = self._settle_newcomer(judged, row, facts)
                left_out = facts.extra["left_out"] or None
                found[row.id] = {**common, "left_out": left_out, **judged}
            except RowError as error:
                found[row.id] = {**common, **self._say_wrong(row, facts, error)}
        return found

    def _say_wrong(self, row, facts, error):
        """Return the state of a row that can't be brought in, and why: all of it, a
        line each.

        :param error: RowError with which judging ended
        """
        if isinstance(error, RowLeftOut) and not facts.wrong:
            said = self._at(row, error.field, facts, str(error))
            return {"state": error.state, "message": said}
        if not isinstance(error, RowLeftOut):
            facts.note_wrong(error)
        unread = {name.split()[0] for name in row.problems or {}}
        cells = len(row.problems or {})
        # what lacks since its cell can't be read isn't wrong by itself
        said = [str(one) for one in facts.wrong[:cells]] + [
            self._at(row, one.field, facts, str(one))
            for one in facts.wrong[cells:]
            if not cells or (one.field and one.field not in unread)
        ]
        return {
            "state": "error",
            "message": "\n".join(dict.fromkeys(said)),
            "is_unknown": all(isinstance(one, NobodyKnown) for one in facts.wrong),
        }

    @api.model
    def _get_known(self, key, facts):
        """Return what is known of a document already, or None.

        :param key: (partner's id, folded number, currency's id)
        """
        if key in facts.extra["known"]:
            return facts.extra["known"][key]
        # with other ages it is the same
        return facts.extra["elsewhere"].get(self._widen(key))

    # === TOTALS === #

    def _store_totals(self):
        """Write what is to be created, by currency."""
        self.env["customer.import.row"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_id, COUNT(*), SUM(amount), SUM(booked)
                     FROM customer_import_row
                    WHERE import_id = %s AND %s AND currency_id IS NOT NULL
                 GROUP BY currency_id""",
                self.id,
                COUNTS,
            )
        )
        known = {total.currency_id.id: total for total in self.total_ids}
        for total in self.total_ids:
            total._write_guarded({"found": 0, "found_count": 0, "found_booked": 0})
        for currency_id, count, amount, booked in rows:
            vals = {
                "found": float(amount),
                "found_count": count,
                "found_booked": float(booked or 0),
                "rates": self._describe_rates(currency_id, amount, booked),
            }
            if currency_id in known:
                known[currency_id]._write_guarded(vals)
            else:
                self.total_ids._create_guarded(
                    [{"import_id": self.id, "currency_id": currency_id, **vals}]
                )

    def _follow_choices(self):
        """Add up anew what was checked, as is chosen at its rows by now."""
        for record in self:
            if record.state == "ready":
                record._store_totals()
                record._explain_totals()
                record._drop_stale_reason()

    def _describe_rates(self, currency_id, amount, booked):
        """Say at which rate rows were booked, and which one the day has."""
        currency = self.env["res.currency"].browse(currency_id)
        if currency == self.company_currency_id or not amount or not booked:
            return False
        spot = currency._find_spot(self.company_id, self.date).get(currency.id)
        implied = currency._format_rate(
            float(abs(Decimal(amount) / Decimal(booked))), self.company_id
        )
        if not spot:
            return implied
        return self.env._(
            "%(implied)s (spot: %(spot)s)",
            implied=implied,
            spot=currency._format_rate(spot.rate, self.company_id),
        )

    def _explain_totals(self):
        """Say of each total that doesn't tie out which rows make the difference."""
        for total in self.total_ids:
            suspects = False
            currency = total.currency_id
            if total.is_typed and not currency.is_zero(total.difference):
                suspects = self._describe_suspects(total)
            total._write_guarded({"suspects": suspects})

    def _describe_suspects(self, total):
        figures = [
            Figure(number, total.currency_id.name, Decimal(amount))
            for number, amount in self.env.execute_query(
                SQL(
                    """SELECT row_number, amount FROM customer_import_row
                        WHERE import_id = %s AND currency_id = %s AND %s
                     ORDER BY row_number""",
                    self.id,
                    total.currency_id.id,
                    COUNTS,
                )
            )
        ]
        rounding = Decimal(repr(total.currency_id.rounding))
        found = find_suspects(figures, Decimal(repr(total.typed)), rounding)
        lines = []
        for suspect in found:
            numbers = format_list(self.env, [str(key) for key in suspect.keys])
            lines.append(
                self.env._("Row %(rows)s with the other sign", rows=numbers)
                if suspect.kind == "sign"
                else self.env._("Without row %(rows)s", rows=numbers)
            )
        # where none is named, the next step says what else it may be
        return "\n".join(lines) or False

    # === THE JOB === #

    @api.model
    def _cron_work(self):
        """Go on with what is being checked, published or taken back, and erase files
        that were kept long enough."""
        # sudo: the job works for all companies
        everything = self.sudo()
        with ScheduledJob(everything) as job:
            busy = everything.search(
                [("state", "in", ("checking", "publishing", "undoing"))], order="id"
            )
            for record in busy:
                job.expect(max(record.total - record.looked_at, 0))
            for record in busy:
                record._work_off(job)
            job.do(everything._erase_old, everything, count=0)
        # what was set aside is in use by others: it has a minute
        is_held = job.has_set_aside()
        if not is_held and everything.search_count([("state", "in", BUSY)], limit=1):
            # Odoo lets other jobs have their turn, and would look a minute later only
            self.env.ref(JOB).sudo()._trigger()  # sudo: the job of the server
