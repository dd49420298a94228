from collections import defaultdict
from functools import partial
from itertools import groupby

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_list

from .customer_import import BOOKED

#: Rows that are published in one part, and items of one entry at most.
PART = 200
#: Rows of which no entry is made.
PLAIN_PART = 1000
#: What a row gets that is taken back.
UNPUBLISHED = {"is_published": False}
#: Models whose records say that an item was shown to a customer, and their states.
SHOWN = {
    "customer.statement.line": (
        "statement_id.state",
        ("verified", "sent", "confirmed", "disputed"),
    ),
    "collection.letter.line": ("letter_id.state", ("sent",)),
}


class CustomerImport(models.Model):
    """Publishing all rows or none, part by part; and taking them back."""

    _inherit = "customer.import"

    # === ACTIONS === #

    def action_ask_publish(self):
        """Ask whether this import is published, with its totals.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        self._check_publishable()
        rows = self.create_count + self.update_count
        question = self.env._(
            "Publish %(count)s rows? %(totals)s", count=rows, totals=self.totals or ""
        )
        return self._ask_before("action_publish", question)

    def action_publish(self):
        """Publish what was checked; where the company wants four eyes, ask for it.

        :return: True, or a notification where nobody may approve
        :raises AccessError: not finance
        :raises UserError: not checked, errors, totals that differ, closed books …
        """
        self.ensure_one()
        self._check_finance()
        self._check_publishable()
        # sudo: who works in a branch needn't see its main company
        if self.company_id.sudo().root_id.history_four_eyes:
            return self.action_request()
        # sudo: the right was checked; nobody writes the state by hand
        self.sudo()._write_guarded({"state": "publishing"})
        self.sudo()._start_publishing()
        return True

    def action_request(self):
        """Ask for what may be published; see ``decision.mixin``."""
        for record in self:
            record._check_finance()
            record._check_publishable()
        return super().action_request()

    def action_ask_undo(self):
        """Ask whether this import is taken back.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        self._check_undoable()
        question = self.env._(
            "Take %(record)s back? What it has created goes; entries of closed periods "
            "are reversed.",
            record=self.display_name,
        )
        return self._ask_before("action_undo", question)

    def action_undo(self):
        """Take back all that this import has created and changed.

        :return: True
        :raises AccessError: not finance
        :raises UserError: something depends on it
        """
        self.ensure_one()
        self._check_finance()
        self._check_undoable()
        # sudo: the right was checked; nobody writes the state by hand
        record = self.sudo()
        record.env["customer.import.turn"]._take(self.company_id)
        record._write_guarded(
            {
                "state": "undoing",
                "undone_by": self.env.uid,
                "total": self.done_count,
                "looked_at": 0,
            }
        )
        record.flush_recordset()
        return record._work()

    # === BEFORE IT IS PUBLISHED === #

    def _check_grantable(self):
        result = super()._check_grantable()
        # sudo: totals and rows are its own, whoever decides
        self.sudo()._check_publishable(asked=True)
        return result

    def _check_publishable(self, asked=False):
        """:param bool asked: it waits for a decision
        :raises UserError: with what stands against publishing, and what to do"""
        expected = "requested" if asked else "ready"
        if self.state != expected:
            raise UserError(
                self.env._(
                    "%(record)s isn't checked, or is published already: check it "
                    "first.",
                    record=self.display_name,
                )
            )
        if self.error_count and not self.skip_bad:
            raise UserError(
                self.env._(
                    "%(count)s rows have errors: mend them in the file and load it "
                    "again, or choose to skip them.",
                    count=self.error_count,
                )
            )
        if not self._find_to_publish(limit=1):
            raise UserError(self.env._("No row is left to publish."))
        if not self.ties_out and not (self.difference_reason or "").strip():
            raise UserError(
                self.env._(
                    "What was found differs from the totals of the old system: mend "
                    "the rows, or say why it differs."
                )
            )
        if self.kind in BOOKED:
            self._check_bookable()

    def _check_bookable(self):
        """:raises UserError: the journal or the account isn't chosen, or the books of
        the day are closed"""
        # sudo: who works in a branch needn't see its main company
        main = self.company_id.sudo().root_id
        journal, account = self._get_history_journal(), main.history_account_id
        missing = [
            main._fields[name]._description_string(self.env)
            for name, found in (
                ("history_journal_id", journal),
                ("history_account_id", account),
            )
            if not found
        ]
        if missing:
            raise UserError(
                self.env._(
                    "To book opening items, %(company)s needs %(settings)s: choose "
                    "them in the settings of Multi-Currency.",
                    company=main.name,
                    settings=format_list(self.env, missing),
                )
            )
        entry = self.env["customer.import.entry"].new({"company_id": self.company_id})
        entry.import_id = self
        entry._check_books_open(self.date, journal)

    def _get_history_journal(self):
        """Return the journal that entries are booked in, with sudo: of the main company
        for its branches, too."""
        # sudo: who works in a branch needn't see its main company
        return self.company_id.sudo().root_id.history_journal_id

    def _check_not_known(self):
        """:raises UserError: another import has brought in what this one would"""
        # compared here: PostgreSQL doesn't know how many rows were staged a moment ago,
        # and would join each with each
        others = self.env.execute_query(
            SQL(
                """SELECT r.partner_id, r.document_key, r.currency_id
                     FROM customer_import_row r
                     JOIN customer_import i ON i.id = r.import_id
                    WHERE r.company_id = %s AND i.kind = %s AND i.id != %s
                      AND (r.state = 'done'
                           OR r.state = 'create' AND i.state = 'publishing')""",
                self.company_id.id,
                self.kind,
                self.id,
            )
        )
        mine = self.env.execute_query(
            SQL(
                """SELECT partner_id, document_key, currency_id
                     FROM customer_import_row
                    WHERE import_id = %s AND state = 'create'""",
                self.id,
            )
        )
        known = set(map(tuple, others))
        count = sum(tuple(row) in known for row in mine)
        if count:
            raise UserError(
                self.env._(
                    "%(count)s rows were brought in by somebody else meanwhile: check "
                    "the file again.",
                    count=count,
                )
            )

    def _find_to_publish(self, limit=None):
        """Return the rows that are to be published, and aren't yet."""
        doing = ("create", "update") if self.kind == "customers" else ("create",)
        chosen = [("state", "=", "duplicate"), ("choice", "in", doing)]
        return self.env["customer.import.row"].search(
            [
                ("import_id", "=", self.id),
                ("choice", "!=", "skip"),
                "|",
                ("state", "in", ("create", "update")),
                "&",
                *chosen,
            ],
            limit=limit,
            order="partner_id, currency_id, id",
        )

    # === PUBLISHING === #

    def _carry_out(self):
        self._start_publishing()

    def _start_publishing(self):
        """Begin to publish: whoever is at it in the same company is waited for. With
        sudo."""
        self.env["customer.import.turn"]._take(self.company_id)
        self.flush_recordset()
        self.env["customer.import.row"].flush_model()
        if self.kind in ("items", "balances", "past"):
            self._check_not_known()
        self._settle_choices()
        self._write_guarded(
            {
                "published_by": self.env.uid,
                "published_on": fields.Datetime.now(),
                "total": len(self._find_to_publish()),
                "looked_at": 0,
                "failure": False,
            }
        )
        self.flush_recordset()
        self._remember_layout()
        self._work()

    def _settle_choices(self):
        """Have duplicates do what was chosen for them."""
        doing = ("create", "update") if self.kind == "customers" else ("create",)
        for choice in doing:
            rows = self.row_ids.filtered(
                lambda row, choice=choice: (
                    row.state == "duplicate" and row.choice == choice
                )
            )
            rows._write_guarded({"state": choice})
            if choice == "update":
                for row in rows:
                    row._write_guarded({"partner_id": row.duplicate_id.id})
        self.row_ids.filtered(
            lambda row: row.choice == "skip" and row.state in ("create", "update")
        )._write_guarded({"state": "skip"})
        self.flush_recordset()

    def _work_off_publishing(self, job):
        """Publish part by part; what fails takes everything back."""
        publish = getattr(self, f"_publish_{self.kind}")
        while ids := self._find_part_ids():
            if not job.do(partial(self._publish_part, ids, publish), self, len(ids)):
                if job.has_collided():
                    job.set_aside(len(ids))
                    return
                reason = self._explain_failure(job.error)
                job.do(partial(self._call_back, reason), self, count=0)
                self._work_off_undoing(job)
                return
            self.invalidate_recordset()
        job.do(self._finish_publishing, self, count=0)

    def _find_part_ids(self):
        """Return the ids of the next rows to publish, those of one customer and
        currency together."""
        size = PART if self.kind in BOOKED else PLAIN_PART
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_import_row
                    WHERE import_id = %s AND state IN ('create', 'update')
                      AND is_published IS NOT TRUE
                 ORDER BY partner_id, currency_id, id LIMIT %s""",
                self.id,
                size,
            )
        )
        return [row_id for (row_id,) in rows]

    def _publish_part(self, ids, publish):
        """Publish some rows, unless another worker has done it."""
        self.lock_for_update()
        self.invalidate_recordset()
        rows = self.env["customer.import.row"].browse(ids)
        rows.invalidate_recordset()
        rows = rows.filtered(
            lambda row: row.state in ("create", "update") and not row.is_published
        )
        if self.state != "publishing" or not rows:
            return
        publish(rows)
        self._write_guarded({"looked_at": self.looked_at + len(rows)})

    def _finish_publishing(self):
        """Have everything count that was published."""
        self.lock_for_update()
        if self.state != "publishing":
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_import_row SET state = 'done'
                    WHERE import_id = %s AND is_published""",
                self.id,
            )
        )
        self.env["customer.import.row"].invalidate_model()
        self._write_guarded({"state": "done"})

    def _call_back(self, reason):
        """Note that publishing failed: what was published is taken back."""
        self.lock_for_update()
        self._write_guarded(
            {
                "state": "undoing",
                "failure": reason,
                "total": self.looked_at,
                "looked_at": 0,
            }
        )

    # === ENTRIES === #

    def _publish_items(self, rows):
        """Book some items: an entry for each customer and currency.

        :param rows: ``customer.import.row``
        """
        keys = []
        for key, group in groupby(
            rows, lambda row: (row.partner_id.id, row.currency_id.id)
        ):
            keys.append((key, [row.id for row in group]))
        Row = self.env["customer.import.row"]
        vals_list = [self._prepare_entry_vals(Row.browse(ids)) for _key, ids in keys]
        Move = self.env["account.move"].with_company(self.company_id)
        moves = Move.with_context(**self._get_quiet_context()).create(vals_list)
        entries = self._create_entries(keys, moves)
        moves._post(soft=False)
        if any(move.date != self.date for move in moves):
            entries[:1]._check_books_open(self.date, self._get_history_journal())
        Row._update(
            [
                {
                    "id": row_id,
                    "entry_id": entry.id,
                    "move_id": entry.move_id.id,
                    "is_published": True,
                }
                for (_key, ids), entry in zip(keys, entries, strict=True)
                for row_id in ids
            ]
        )

    def _create_entries(self, keys, moves):
        """Note which entries this import has posted.

        :param keys: [((partner's id, currency's id), ids of the rows)]
        :param moves: ``account.move``, in the same order
        :return: ``customer.import.entry``
        """
        Row = self.env["customer.import.row"]
        return self.env["customer.import.entry"]._create_guarded(
            [
                {
                    "import_id": self.id,
                    "company_id": self.company_id.id,
                    "partner_id": partner_id,
                    "currency_id": currency_id,
                    "amount": sum(Row.browse(ids).mapped("amount")),
                    "move_id": move.id,
                }
                for ((partner_id, currency_id), ids), move in zip(
                    keys, moves, strict=True
                )
            ]
        )

    def _publish_balances(self, rows):
        self._publish_items(rows)

    @api.model
    def _get_quiet_context(self):
        """Return a context in which nobody is told anything, and nothing is tracked."""
        return {
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
            "mail_notrack": True,
            "tracking_disable": True,
            "mail_activity_automation_skip": True,
        }

    def _prepare_entry_vals(self, rows):
        """Prepare the entry of items of one customer and currency: each item as it is,
        amount and company currency both, against one account."""
        partner = rows[0].partner_id.with_company(self.company_id)
        common = {
            "partner_id": partner.id,
            "currency_id": rows[0].currency_id.id,
            "tax_ids": [],
        }
        lines = [
            {
                **common,
                "name": row.document,
                "account_id": partner.property_account_receivable_id.id,
                "amount_currency": row.amount,
                "balance": row.booked,
                "date_maturity": row.due or self.date,
                # general journals leave their items out of reminders
                "no_followup": False,
            }
            for row in rows
        ]
        lines += [{**common, **vals} for vals in self._prepare_against_vals(rows)]
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self._get_history_journal().id,
            "date": self.date,
            "ref": self.env._("Opening items: %(file)s", file=self.file_name or ""),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_against_vals(self, rows):
        """Prepare the lines against items, one a side: so that their amounts and values
        have the same sign."""
        # sudo: who works in a branch needn't see its main company
        clearing = self.company_id.sudo().root_id.history_account_id
        currency, own = rows[0].currency_id, self.company_currency_id
        against = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            side = against[row.booked > 0]
            side[0] -= row.amount
            side[1] -= row.booked
        return [
            {
                "name": self.file_name,
                "account_id": clearing.id,
                "amount_currency": currency.round(amount),
                "balance": own.round(booked),
            }
            for amount, booked in against.values()
        ]

    # === TAKING BACK === #

    def _check_undoable(self):
        """:raises UserError: it isn't published, or something depends on it"""
        if self.state != "done":
            raise UserError(
                self.env._("%(record)s isn't published.", record=self.display_name)
            )
        # sudo: what depends on it is named, whoever may read it
        check = getattr(self.sudo(), f"_check_free_{self.kind}", None)
        if check:
            check()

    def _check_free_items(self):
        """:raises UserError: an item was matched, or shown to its customer"""
        lines = self.entry_ids.move_id.line_ids
        matched = lines.filtered(
            lambda line: line.matched_debit_ids or line.matched_credit_ids
        )
        if matched:
            raise UserError(
                self.env._(
                    "%(items)s: matched already. Undo these matches first, then take "
                    "the import back.",
                    items=self._name_items(matched),
                )
            )
        for model, (state, states) in SHOWN.items():
            found = self.env[model].search(
                [("move_line_id", "in", lines.ids), (state, "in", states)], limit=5
            )
            if found:
                raise UserError(
                    self.env._(
                        "%(items)s: customers have read of these. Correct them by "
                        "entries of their own.",
                        items=self._name_items(found.move_line_id),
                    )
                )

    def _check_free_balances(self):
        self._check_free_items()

    @api.model
    def _name_items(self, lines):
        names = [
            self.env._(
                "%(document)s of %(customer)s",
                document=line.name or line.move_id.name,
                customer=line.partner_id.display_name,
            )
            for line in lines[:5]
        ]
        return format_list(self.env, names)

    def _work_off_undoing(self, job):
        """Take back what was published, part by part."""
        unpublish = getattr(self, f"_unpublish_{self.kind}")
        self.invalidate_recordset()
        while ids := self._find_published_ids():
            if not job.do(partial(self._undo_part, ids, unpublish), self, len(ids)):
                if not job.has_collided():
                    reason = self._explain_failure(job.error)
                    job.do(partial(self._note_stuck, reason), self, count=0)
                else:
                    job.set_aside(len(ids))
                return
            self.invalidate_recordset()
        job.do(self._finish_undoing, self, count=0)

    def _find_published_ids(self):
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_import_row
                    WHERE import_id = %s AND is_published
                 ORDER BY id DESC LIMIT %s""",
                self.id,
                PART,
            )
        )
        return [row_id for (row_id,) in rows]

    def _undo_part(self, ids, unpublish):
        self.lock_for_update()
        self.invalidate_recordset()
        rows = self.env["customer.import.row"].browse(ids)
        rows.invalidate_recordset()
        rows = rows.filtered("is_published")
        if self.state == "undoing" and rows:
            unpublish(rows)
            self._write_guarded({"looked_at": self.looked_at + len(rows)})

    def _note_stuck(self, reason):
        """Say why taking back stopped: it counts again, and can be tried again."""
        self.lock_for_update()
        self._write_guarded({"state": "done", "undone_by": False, "failure": reason})

    def _finish_undoing(self):
        """Say that it is taken back; one that failed can be published once more."""
        self.lock_for_update()
        if self.state != "undoing":
            return
        if self.undone_by:
            vals = {"state": "undone", "undone_on": fields.Datetime.now()}
        else:
            vals = {"state": "ready", "published_by": False, "published_on": False}
        self._write_guarded(vals)

    def _unpublish_items(self, rows):
        """Take entries back: delete them where the books of their day are open, else
        reverse them today."""
        entries = rows.entry_id
        every = self.env["customer.import.row"].search(
            [("entry_id", "in", entries.ids)]
        )
        moves = entries.move_id
        kept = moves.filtered(lambda move: not self._is_deletable(move))
        gone = moves - kept
        for entry in entries.filtered(lambda one: one.move_id in kept):
            entry._write_guarded({"reversal_id": self._reverse(entry).id})
        back = {"entry_id": None, "move_id": None, **UNPUBLISHED}
        every._update([{"id": row.id, "state": "create", **back} for row in every])
        loose = entries.filtered(lambda one: one.move_id in gone)
        loose.unlink()
        if gone:
            gone.button_draft()
            gone.with_context(force_delete=True).unlink()

    def _unpublish_balances(self, rows):
        self._unpublish_items(rows)

    def _is_deletable(self, move):
        """Return whether an entry may go as if it had never been."""
        company = self.company_id
        return not (
            company._get_violated_lock_dates(move.date, False, move.journal_id)
            or move.inalterable_hash
            or move.journal_id.restrict_mode_hash_table
            or company.restrictive_audit_trail
        )

    def _reverse(self, entry):
        """Reverse an entry today, and match it with what it takes back.

        :return: ``account.move``
        """
        move = entry.move_id
        day = max(self.company_id._get_today(), move.date)
        mirror = entry._mirror(move, day)
        lines = zip(
            move.line_ids.sorted("id"), mirror.line_ids.sorted("id"), strict=True
        )
        for line, back in lines:
            if line.account_id.reconcile:
                (line + back).reconcile()
        return mirror
