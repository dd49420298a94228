import json

from odoo import fields, models
from odoo.tools import SQL, format_list


class CustomerImport(models.Model):
    """What people have said of a file, and of what they said it: a choice stays with
    its row while the file is the same, a reason with the difference that it explains,
    what is remembered of columns until the file is taken back."""

    _inherit = "customer.import"

    kept_choices = fields.Json(
        readonly=True,
        copy=False,
        help="Choices at rows, kept while they are checked again: what they were of.",
    )
    explained = fields.Json(
        readonly=True,
        copy=False,
        help="The differences that the reason was given for, by currency.",
    )

    # === CHOICES AT ROWS === #

    def _keep_choices(self):
        """Keep what was chosen at rows before they are checked anew."""
        self.env["customer.import.row"].flush_model()
        names = ("number", "raw", "choice", "state", "asked", "duplicate")
        rows = self.env.execute_query(
            SQL(
                """SELECT row_number, md5(raw::text), choice, state,
                          md5(COALESCE(message, '')), duplicate_id
                     FROM customer_import_row
                    WHERE import_id = %s AND choice IS NOT NULL ORDER BY id""",
                self.id,
            )
        )
        chosen = [dict(zip(names, row, strict=True)) for row in rows]
        numbers = {one["number"] for one in chosen}
        # of a check that didn't come to its end, what the one before has kept counts
        before = self.kept_choices or ()
        chosen += [one for one in before if one["number"] not in numbers]
        self._write_guarded({"kept_choices": chosen or False})

    def _restore_choices(self):
        """Have rows of which nothing else is asked than before do what was chosen; say
        of which it is to be chosen anew."""
        kept = self.kept_choices
        if not kept:
            return
        rows = self.env["customer.import.row"]
        rows.flush_model()
        # leaving a row out is right whatever is asked of it; creating what is a double
        # of something else by now isn't
        self.env.cr.execute(
            SQL(
                """UPDATE customer_import_row r SET choice = k.choice
                     FROM jsonb_to_recordset(%s::jsonb) AS k
                          (number int, raw text, choice text, state text, asked text,
                           duplicate int)
                    WHERE r.import_id = %s AND r.row_number = k.number
                      AND md5(r.raw::text) = k.raw
                      AND (k.choice = 'skip'
                           OR r.state = k.state
                              AND md5(COALESCE(r.message, '')) = k.asked
                              AND r.duplicate_id IS NOT DISTINCT FROM k.duplicate)""",
                json.dumps(kept),
                self.id,
            )
        )
        rows.invalidate_model(["choice"])
        lost = self._list_lost(kept)
        vals = {"kept_choices": False}
        if lost:
            vals["failure"] = self.env._(
                "Choose again at rows %(rows)s: they say, or are asked, something else "
                "than when it was chosen.",
                rows=format_list(self.env, lost[:10] + ["…"] * (len(lost) > 10)),
            )
        self._write_guarded(vals)

    def _list_lost(self, kept):
        """Return the numbers of rows at which nothing is chosen any more, as texts."""
        chosen = self.env["customer.import.row"].search(
            [("import_id", "=", self.id), ("choice", "!=", False)]
        )
        numbers = set(chosen.mapped("row_number"))
        return [str(one["number"]) for one in kept if one["number"] not in numbers]

    # === REASONS === #

    def _list_differences(self):
        """:return: {currency: by how much what was found differs from what is typed}"""
        return {
            total.currency_id.name: total.currency_id.round(total.difference)
            for total in self.total_ids
            if total.is_typed and not total.currency_id.is_zero(total.difference)
        }

    def _has_reason(self):
        """Return whether a reason is given for what differs now."""
        reason = (self.difference_reason or "").strip()
        return bool(reason) and (self.explained or {}) == self._list_differences()

    def _note_reason(self):
        """Keep which differences a reason was given for."""
        for record in self:
            found = record._list_differences() if record.difference_reason else {}
            # sudo: nobody writes it by hand
            record.sudo()._write_guarded({"explained": found or False})

    def _drop_stale_reason(self):
        """Forget a reason that was given for other differences."""
        for record in self:
            if not record.difference_reason or record._has_reason():
                continue
            # sudo: as above; the history of the record keeps what it was
            record.sudo()._write_guarded(
                {"difference_reason": False, "explained": False}
            )

    # === WHAT IS REMEMBERED === #

    def _forget_layout(self):
        """Forget how this file was matched: whoever took it back found it wrong."""
        self.env["customer.import.layout"]._forget(self)
