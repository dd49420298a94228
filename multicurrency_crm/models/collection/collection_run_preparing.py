from collections import Counter
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_list

from ..common.nobody_there import is_job
from ..common.scheduled_job import ScheduledJob
from .collection_run import JOB

#: Customers whose letters are prepared at once.
CHUNK = 500
#: Days after which a run is proposed again.
EVERY = {"daily": 1, "weekly": 7}
#: Customers whom a simulation names, of each kind.
NAMED = 20
#: {what becomes of a customer without a letter: why the letter is skipped}
SKIPPING = {"covered": "covered", "waiting": "waiting"}


class CollectionRun(models.Model):
    """How letters are prepared: part by part, each committed with how far the run came,
    so that one that was killed goes on where it stopped."""

    _inherit = "collection.run"

    # === SIMULATING === #

    def action_simulate(self):
        """Say what this run would do now; nothing is written but that.

        :raises AccessError: not finance of that company
        :raises UserError: no level stands, a rate is missing, or the run was prepared
        """
        self.ensure_one()
        self._check_finance()
        self._check_preparable()
        # sudo: nobody writes a run by hand, and it sees all branches
        run = self.sudo()
        found, last_id = {}, 0
        while ids := run._find_customer_ids(last_id):
            last_id = ids[-1]
            drafts = list(run._find_drafts(ids))
            unreachable = run._find_unreachable(drafts)
            for draft in drafts:
                run._add_simulated(found, draft, unreachable)
        run._write_guarded(
            {
                "date": run.company_id._get_today(),
                "simulation": [found[key] for key in sorted(found)],
            }
        )
        return True

    def _find_unreachable(self, drafts):
        """Find whom a letter couldn't reach.

        :return: {(partner's id, currency's id): (reason, detail)}
        """
        going = [draft for draft in drafts if draft.plan.verdict == "letter"]
        levels = self._find_levels(going)
        Letter, Partner = self.env["collection.letter"], self.env["res.partner"]
        partners = Partner.browse([draft.partner_id for draft in going])
        wanted = {
            (draft.partner_id, draft.currency_id): (
                levels[draft.plan.level.key].channel,
                Letter._get_contact(partner),
            )
            for draft, partner in zip(going, partners, strict=True)
        }
        found = Letter._find_unreachable(wanted)
        return {key: reason for key, reason in found.items() if reason[0]}

    @api.model
    def _add_simulated(self, found, draft, unreachable):
        """Count what a simulation says of a customer and currency.

        :param dict found: {key: {'verdict', 'reason', 'level', 'currency', 'count',
            'amount', 'customers': [[id, note]], NAMED of them}}; changed here
        :param dict unreachable: as of :meth:`_find_unreachable`
        """
        verdict, level = draft.plan.verdict, draft.plan.level
        level_id = level.key if verdict == "letter" else 0
        reason, note = verdict, False
        if verdict == "obstacles":
            skipped = self._prepare_skip_vals(draft)
            reason, note = skipped["skip_reason"], skipped["skip_note"]
        elif out_of_reach := unreachable.get((draft.partner_id, draft.currency_id)):
            verdict, level_id = "unreachable", 0
            reason, note = out_of_reach
        row = found.setdefault(
            (verdict, reason, level_id, draft.currency_id),
            {
                "verdict": verdict,
                "reason": reason,
                "level": level_id,
                "currency": draft.currency_id,
                "count": 0,
                "amount": 0.0,
                "customers": [],
            },
        )
        row["count"] += 1
        row["amount"] += sum(
            draft.items[choice.key].residual for choice in draft.plan.choices
        )
        if verdict != "letter" and len(row["customers"]) < NAMED:
            row["customers"].append([draft.partner_id, note])

    @api.depends("simulation")
    @api.depends_context("lang")
    def _compute_simulation_text(self):
        nothing = self.env._("Nobody would be reminded of anything.")
        for run in self:
            lines = [run._explain_simulated(row) for row in run.simulation or ()]
            shown = "\n".join(filter(None, lines)) or nothing
            run.simulation_text = run.simulation is not False and shown

    def _explain_simulated(self, row):
        """Say what becomes of customers; "" where nothing is to be said.

        :param dict row: as of :meth:`_add_simulated`
        """
        currency = self.env["res.currency"].browse(row["currency"])
        if row["verdict"] == "letter":
            # sudo: who works in a branch needn't see its main company's levels
            level = self.env["collection.level"].sudo().browse(row["level"])
            return self.env._(
                "Letters, %(level)s, %(currency)s: %(count)s, %(amount)s open",
                level=level.name or "",
                currency=currency.name,
                count=row["count"],
                amount=currency._format_amount(row["amount"]),
            )
        values = {
            "currency": currency.name,
            "reason": self._get_skip_label(row["reason"]),
            "customers": self._name_simulated(row),
        }
        if row["verdict"] == "quiet":
            return self.env._(
                "Not yet, %(currency)s, reminded only recently: %(customers)s", **values
            )
        if row["verdict"] == "small":
            return self.env._(
                "Too small, %(currency)s, below the smallest amounts: %(customers)s",
                **values,
            )
        if not values["reason"]:
            return ""
        return self.env._("Skipped, %(currency)s, %(reason)s: %(customers)s", **values)

    @api.model
    def _get_skip_label(self, reason):
        """Return how a reason to skip a letter is called, or None: it is none."""
        field = self.env["collection.letter"]._fields["skip_reason"]
        return dict(field._description_selection(self.env)).get(reason)

    def _name_simulated(self, row):
        """Name the customers of a row, each with what is known of why."""
        # sudo: the customers of all of the company's branches
        Partner = self.env["res.partner"].sudo()
        names = []
        for partner_id, note in row["customers"]:
            name = Partner.browse(partner_id).exists().display_name or ""
            if note:
                name = self.env._("%(customer)s (%(why)s)", customer=name, why=note)
            names.append(name)
        if more := row["count"] - len(names):
            names.append(self.env._("others: %(count)s", count=more))
        return format_list(self.env, names)

    # === PREPARING === #

    def action_prepare(self):
        """Prepare the letters of this run: those of the first part at once, the others
        by the job, which is called for it.

        :raises AccessError: not finance of that company
        :raises UserError: no level stands, or the run was prepared
        """
        self.ensure_one()
        self._check_finance()
        self._check_preparable()
        # sudo: nobody writes a run by hand, and it sees all branches
        run = self.sudo()
        run._start()
        with ScheduledJob(run) as job:
            # the second part is the end, where one is enough
            run._work_off(job, parts=2 if run.total <= CHUNK else 1)
        if run.is_preparing:
            # sudo: the job of the server
            self.env.ref(JOB).sudo()._trigger()
        return True

    def action_retry(self):
        """Prepare the letters of those that failed once more.

        :raises AccessError: not finance of that company
        """
        self._check_finance()
        for run in self:
            # sudo: finance asked for it, and nobody writes a run by hand
            with ScheduledJob(run.sudo()) as job:
                failed = run.sudo().failure_ids.partner_id.ids
                run.sudo().failure_ids.unlink()
                for partner_id in failed:
                    run.sudo()._do_part(job, [partner_id], "_prepare_those")
        return True

    def _check_preparable(self):
        if self.state != "draft" or self.is_preparing:
            raise UserError(
                self.env._(
                    "%(run)s was prepared, or is being prepared: begin another one.",
                    run=self.display_name,
                )
            )
        if not self.env["collection.level"]._find_levels(self.company_id):
            raise UserError(
                self.env._(
                    "%(company)s has no collection level: a manager enters them under "
                    "Getting Paid > Collection > Levels.",
                    company=self.company_id.display_name,
                )
            )

    def _start(self):
        """Note that this run is being prepared, for the customers of today."""
        self._write_guarded(
            {
                "date": self.company_id._get_today(),
                "is_preparing": True,
                "total": self._count_customers(),
                "looked_at": 0,
                "last_id": 0,
                "simulation": False,
            }
        )

    def _work_off(self, job, parts=None):
        """Prepare the letters of this run, part by part.

        :param job: ``ScheduledJob``
        :param int parts: how many at most; None: all
        """
        done = 0
        while parts is None or done < parts:
            self.invalidate_recordset(["last_id"])
            ids = self._find_customer_ids(self.last_id)
            if not ids:
                job.do(self._finish, self, count=0)
                return
            if not self._do_part(job, ids, "_prepare_part"):
                return
            done += 1

    def _prepare_part(self, ids):
        """Prepare the letters of some customers, and note how far this run came."""
        self.lock_for_update()
        self.invalidate_recordset(["last_id"])
        # another worker may have done it meanwhile
        if self.last_id < ids[-1]:
            self._prepare_those(ids)
            self._note_looked_at(ids)

    def _note_looked_at(self, ids):
        self._write_guarded(
            {"last_id": ids[-1], "looked_at": self.looked_at + len(ids)}
        )

    def _note_failure(self, partner_id, reason):
        """Name a customer whose letters aren't prepared, and go on behind it."""
        self.lock_for_update()
        self.failure_ids._create_guarded(
            [{"run_id": self.id, "partner_id": partner_id, "reason": reason}]
        )
        if self.last_id < partner_id:
            self._note_looked_at([partner_id])

    def _finish(self):
        self.lock_for_update()
        self._write_guarded({"state": "prepared", "is_preparing": False})

    # === CUSTOMERS === #

    def _find_customer_ids(self, last_id):
        """Return the ids of the next customers, by number."""
        Source = self.env["collection.source"]
        rows = self.env.execute_query(
            SQL(
                "%s AND p.id > %s ORDER BY p.id LIMIT %s",
                Source._get_customers_query(SQL("p.id"), self.company_id),
                last_id,
                CHUNK,
            )
        )
        return [partner_id for (partner_id,) in rows]

    def _count_customers(self):
        Source = self.env["collection.source"]
        query = Source._get_customers_query(SQL("COUNT(*)"), self.company_id)
        ((count,),) = self.env.execute_query(query)
        return count

    def _find_drafts(self, ids):
        """Find what letters to customers would say, on the day of this run.

        :return: as ``collection.source._find_drafts``
        """
        partners = self.env["res.partner"].browse(ids)
        return self.env["collection.source"]._find_drafts(
            self.company_id, partners, self.date
        )

    # === LETTERS === #

    def _prepare_those(self, ids):
        """Prepare the letters of some customers, with a constant number of queries."""
        drafts = [
            draft
            for draft in self._find_drafts(ids)
            if draft.plan.verdict in ("letter", "obstacles", *SKIPPING)
        ]
        if not drafts:
            return
        documents = self._find_documents(drafts)
        levels = self._find_levels(drafts)
        fees = self._find_fees(drafts, levels)
        Letter = self.env["collection.letter"].with_context(
            mail_create_nolog=True, mail_notrack=True, tracking_disable=True
        )
        letters = Letter._create_guarded(
            [self._prepare_letter_vals(draft, levels, fees) for draft in drafts]
        )
        pairs = list(zip(letters, drafts, strict=True))
        letters.flush_recordset()
        self.env["collection.letter.line"]._insert(
            [
                vals
                for letter, draft in pairs
                for vals in self._prepare_line_vals(letter, draft, documents)
            ]
        )
        self._take_reminders(pairs)
        letters.filtered(lambda letter: letter.state == "draft")._skip_unreachable()

    def _find_levels(self, drafts):
        """Return the levels of letters by id, with sudo.

        :return: {id: ``collection.level``}
        """
        ids = {draft.plan.level.key for draft in drafts if draft.plan.level} | {
            choice.level.key
            for draft in drafts
            for choice in (*draft.plan.choices, *draft.plan.obstacles)
        }
        # sudo: who works in a branch needn't see its main company's
        return {
            level.id: level for level in self.env["collection.level"].sudo().browse(ids)
        }

    def _find_fees(self, drafts, levels):
        """Find the fees of letters in their currencies, at the spot rates of the day.

        :return: {(level's id, currency's id): fee}
        """
        Source = self.env["collection.source"]
        pairs = {
            (draft.plan.level.key, draft.currency_id)
            for draft in drafts
            if draft.plan.verdict == "letter" and self._has_fee(draft)
        }
        charging = self.env["collection.level"].concat(
            *(levels[key] for key, _currency in pairs if levels[key].fee)
        )
        currencies = self.env["res.currency"].browse({one for _key, one in pairs})
        factors = Source._find_factors(self.company_id, charging, currencies, self.date)
        return {
            (key, money.id): money.round(
                levels[key].fee / factors[money.id].get(levels[key].currency_id.id, 1.0)
            )
            for key, currency_id in pairs
            if levels[key].fee and (money := currencies.browse(currency_id))
        }

    def _prepare_letter_vals(self, draft, levels, fees):
        """Prepare the values of a letter, or of one that is skipped.

        :param draft: as of ``collection.source``
        """
        plan = draft.plan
        goes = plan.verdict == "letter"
        choices = plan.choices or plan.obstacles
        highest = plan.level or max(
            (choice.level for choice in choices), key=lambda level: level.days
        )
        level = levels[highest.key]
        currency = self.env["res.currency"].browse(draft.currency_id)
        reminded = [draft.items[choice.key] for choice in plan.choices]
        fees = fees if goes and self._has_fee(draft) else {}
        fee = fees.get((level.id, currency.id), 0.0)
        late = [(self.date - draft.items[one.key].due).days for one in choices]
        return {
            "run_id": self.id,
            "company_id": self.company_id.id,
            "partner_id": draft.partner_id,
            "date": self.date,
            "currency_id": currency.id,
            "level_id": level.id,
            "channel": level.channel,
            "amount": currency.round(sum(item.residual for item in reminded)),
            "unallocated": currency.round(plan.favour),
            "fee": fee,
            "fee_rate_date": fee and level.currency_id != currency and self.date,
            "interest": currency.round(
                sum(one.amount for one in draft.interests.values())
            ),
            "most_late": max(late, default=0),
            **({} if goes else self._prepare_skip_vals(draft)),
        }

    @api.model
    def _has_fee(self, draft):
        """Return whether the fee of its level belongs into a letter: who has paid all
        owes interest alone, and no fee is charged twice."""
        return bool(draft.plan.choices) and not draft.is_billed

    def _prepare_skip_vals(self, draft):
        """Prepare why a letter is skipped: by the reason of most of its items, and in
        words by all of them."""
        if reason := SKIPPING.get(draft.plan.verdict):
            return {"state": "skipped", "skip_reason": reason}
        found = self.env["collection.source"]._find_reasons(draft)
        reasons = Counter(reason for reason, _note in found.values())
        notes = dict.fromkeys(note for _reason, note in found.values() if note)
        return {
            "state": "skipped",
            "skip_reason": reasons.most_common(1)[0][0],
            "skip_note": bool(notes) and format_list(self.env, list(notes)),
        }

    def _find_documents(self, drafts):
        """Find what entries are called: one query.

        :return: {entry's id: (number, reference)}
        """
        items = {
            one.key
            for draft in drafts
            for one in (*draft.plan.choices, *draft.plan.obstacles)
        } | {item for draft in drafts for item in draft.interests}
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id, l.move_id, %s, m.ref, m.move_type, l.date,
                          COALESCE(l.date_maturity, l.date), l.amount_currency::float8
                     FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                    WHERE l.id = ANY(%s)""",
                self.env["account.move.line"]._get_document_sql(SQL("l.id"), SQL("m")),
                sorted(items),
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _prepare_line_vals(self, letter, draft, documents):
        """Prepare the lines of a letter: its items, those that are left out with the
        reason, and the interest of what was paid.

        :return: [dict]
        """
        plan = draft.plan
        reasons = self.env["collection.source"]._find_reasons(draft)
        rows = [(choice.key, choice.level.key) for choice in plan.choices]
        rows += [(choice.key, choice.level.key) for choice in plan.obstacles]
        known = {key for key, _level in rows}
        rows += [
            (one.item_id, one.terms.level_id)
            for one in draft.interests.values()
            if one.item_id not in known
        ]
        common = {"letter_id": letter.id}
        return [
            {
                **common,
                **self._describe_item(key, documents),
                "level_id": level_id,
                "residual": draft.items[key].residual if key in draft.items else 0.0,
                "promised": draft.promised.get(key, (0.0, None))[0],
                "promised_for": draft.promised.get(key, (0.0, None))[1],
                **self._prepare_interest_vals(draft.interests.get(key)),
                "skip_reason": reasons.get(key, (None, None))[0],
                "skip_note": reasons.get(key, (None, None))[1] or None,
            }
            for key, level_id in rows
        ]

    @api.model
    def _prepare_interest_vals(self, interest):
        """Prepare what a line charges, and at what.

        :param interest: as of ``collection.source``, or None
        """
        return {
            "interest": interest.amount if interest else 0.0,
            "interest_rate": interest.terms.rate if interest else 0.0,
            "interest_basis": interest.terms.basis if interest else 0,
        }

    def _describe_item(self, key, documents):
        """Prepare what a line of a letter calls its item.

        :param documents: as of :meth:`_find_documents`
        """
        move_id, name, reference, kind, day, due, amount = documents[key]
        return {
            "move_line_id": key,
            "move_id": move_id,
            "name": name,
            # that of an entry is a note of ours
            "reference": reference if kind != "entry" else None,
            "date": day,
            "due": due,
            "days_late": (self.date - due).days,
            "amount": amount,
        }

    def _take_reminders(self, pairs):
        """Take the items of letters that go, so that no other letter has them.

        :param pairs: [(letter, what it says)]
        """
        rows = [
            (choice.key, choice.level.key, draft.items[choice.key].due, letter.id)
            for letter, draft in pairs
            if letter.state == "draft"
            for choice in draft.plan.choices
        ]
        taken = self.env["collection.reminder"]._take(rows)
        lost = {row[3] for row in rows if row[:2] not in taken}
        if lost:
            self.env["collection.letter"].browse(sorted(lost))._skip("waiting")

    # === THE JOB === #

    @api.model
    def _cron_prepare(self):
        """Propose runs where a company wants that, and prepare what is begun."""
        # sudo: the job works for all companies
        everything = self.sudo()
        with ScheduledJob(everything) as job:
            companies = everything.env["res.company"].search(
                [("parent_id", "=", False), ("collection_propose", "!=", "off")]
            )
            for company in companies:
                job.do(partial(everything._propose, company), company, count=0)
            runs = everything.search([("is_preparing", "=", True)], order="id")
            for run in runs:
                job.expect(max(run.total - run.looked_at, 0))
            for run in runs:
                run._work_off(job)

    def _propose(self, company):
        """Begin a run of a company in its night, where none is as recent."""
        day = company._get_today()
        if is_job(self.env):
            day = company._get_day_of(company._get_night_start())
        since = fields.Date.subtract(day, days=EVERY[company.collection_propose] - 1)
        recent = Domain("company_id", "=", company.id) & Domain("date", ">=", since)
        if self.search_count(recent, limit=1):
            return
        if self.env["collection.level"]._find_levels(company):
            self._begin(company, self.env.ref("base.user_root"))._start()
