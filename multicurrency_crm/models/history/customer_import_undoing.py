from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from . import customer_import_publishing
from .account_payment import OPENING

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
    """Taking back what an import has created and changed, part by part."""

    _inherit = "customer.import"

    # === ACTIONS === #

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
                self._stop_undoing(job, len(ids))
                return
            self.invalidate_recordset()
        if self._remove_many_newcomers(job):
            return
        if not job.do(self._finish_undoing, self, count=0):
            self._stop_undoing(job)

    def _remove_many_newcomers(self, job):
        """Delete customers that publishing has created part by part, but the last part.

        :return: whether it stopped
        """
        made = self._find_newcomer_ids()
        size = customer_import_publishing.PART
        for at in range(0, len(made) - size, size):
            part = made[at : at + size]
            if not job.do(partial(self._remove_part, part), self, len(part)):
                self._stop_undoing(job, len(part))
                return True
        return False

    def _remove_part(self, made):
        self.lock_for_update()
        self.invalidate_recordset()
        if self.state == "undoing":
            failure = self._name_stuck(self._remove_newcomers(made))
            self._write_guarded({"failure": failure})

    def _name_stuck(self, partners):
        """Return why it isn't taken back as a whole, with these customers that stay."""
        if not partners:
            return self.failure
        kept = self.env._(
            "%(customers)s: created by this import, and used by something "
            "meanwhile, so they stay.",
            customers=format_list(self.env, partners[:5].mapped("display_name")),
        )
        return "\n".join(filter(None, [self.failure, kept]))

    def _stop_undoing(self, job, count=1):
        """Leave the rest to the next call where others were at work, else say why."""
        if job.has_collided():
            job.set_aside(count)
            return
        reason = self._explain_failure(job.error)
        job.do(partial(self._note_stuck, reason), self, count=0)

    def _find_published_ids(self):
        """Return the ids of the next rows to take back: those of whole entries, where
        they are booked."""
        rows = self.env.execute_query(
            SQL(
                """WITH part AS (
                       SELECT id, entry_id FROM customer_import_row
                        WHERE import_id = %(record)s AND is_published
                     ORDER BY entry_id DESC NULLS LAST, id DESC LIMIT %(part)s)
                   SELECT id FROM part
                    UNION
                   SELECT id FROM customer_import_row
                    WHERE import_id = %(record)s AND is_published
                      AND entry_id IN (SELECT entry_id FROM part)
                 ORDER BY id DESC""",
                record=self.id,
                part=customer_import_publishing.PART,
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
        """Say why taking back stopped: what is left of it counts again, and can be
        tried again."""
        self.lock_for_update()
        if self._find_published_ids():
            vals = {"state": "done", "undone_by": False}
        else:
            vals = self._prepare_undone_vals()
        # why it couldn't be published is still what is to be mended
        before = False if self.undone_by else self.failure
        failure = "\n".join(filter(None, [before, reason]))
        self._write_guarded({**vals, "failure": failure})

    def _finish_undoing(self):
        """Say that it is taken back; one that failed can be published once more."""
        self.lock_for_update()
        if self.state != "undoing":
            return
        vals = self._prepare_undone_vals()
        if stuck := self._remove_newcomers():
            vals["failure"] = self._name_stuck(stuck)
        self._forget_layout()
        self._write_guarded(vals)

    def _prepare_undone_vals(self):
        """Prepare the state of what nothing is left of: taken back by somebody, or
        failed and to be published again."""
        if self.undone_by:
            return {"state": "undone", "undone_on": fields.Datetime.now()}
        return {"state": "ready", "published_by": False, "published_on": False}

    def _unpublish_items(self, rows):
        """Take entries back: delete them where the books of their day are open, else
        reverse them today."""
        # one message for each item of an entry that goes a moment later is no history
        rows = rows.with_context(**self._get_quiet_context())
        entries = rows.entry_id
        moves = entries.move_id
        kept = moves.filtered(lambda move: not self._is_deletable(move))
        gone = moves - kept
        for entry in entries.filtered(lambda one: one.move_id in kept):
            entry._write_guarded({"reversal_id": self._reverse(entry).id})
        kept.action_credit_dispute_settled()
        back = {"entry_id": None, "move_id": None, **UNPUBLISHED}
        rows._update([{"id": row.id, "state": "create", **back} for row in rows])
        loose = entries.filtered(lambda one: one.move_id in gone)
        loose.unlink()
        if gone:
            lines = gone.line_ids
            if not lines.matched_debit_ids and not lines.matched_credit_ids:
                gone = OPENING.put_on(gone)
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
