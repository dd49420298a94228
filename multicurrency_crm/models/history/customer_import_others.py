import hashlib
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...engine.history import fold
from ...engine.history_fields import is_neutral, is_no_sale, is_vendor, is_void
from ..common.html_text import as_html
from .customer_import import OPEN_STATES
from .customer_import_checking import RowError

#: When a follow-up was of which the file gives the day alone.
NOON = "12:00:00"
#: States in which a file may be erased.
ERASABLE = (*OPEN_STATES, "done", "undone")


class CustomerImport(models.Model):
    """What was: orders and invoices for statistics, follow-ups. Nothing is posted."""

    _inherit = "customer.import"

    def _gather_past(self, facts):
        facts.extra["known"] = self._find_known_here()
        facts.extra["fields"] = set(self.column_ids.filtered("field").mapped("field"))
        self._check_money_columns(facts)

    def _gather_notes(self, facts):
        facts.extra["known"] = self._find_known_here()
        for user in self.env["res.users"].search([("share", "=", False)]):
            facts.users |= {fold(user.name): user.id, fold(user.login): user.id}

    # === PAST DOCUMENTS === #

    def action_open_past(self):
        """Open the orders and invoices that this import has brought in.

        :return: action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_past_document"
        )
        return action | {"domain": [("import_id", "=", self.id)]}

    def _judge_past(self, rows, facts):
        """Judge rows of past orders and invoices.

        :return: {id of a row: values}
        """
        keys = [fold(row.document) for row in rows if row.document]
        facts.extra["elsewhere"] = self._find_known_elsewhere(keys, facts)
        if self.rows_are != "documents":
            facts.extra.setdefault("groups", self._group_rows(facts))
        return self._judge_each(rows, facts, self._judge_past_document)

    def _judge_past_document(self, row, values, facts):
        values = self._complete_line(row, values, facts)
        if left_out := self._leave_past_out(row, values, facts):
            return left_out
        notes = []
        facts.attempt(self._check_status, values)
        said = {**values, "open": None}
        amount = facts.attempt(self._get_open_amount, row, said, facts, notes)
        currency = facts.attempt(self._find_currency, values, facts)
        document, day = values.get("document"), self._get_day(values, "date")
        if not document or not day:
            facts.note_wrong(RowError(self.env._("No document number, or no date.")))
        partner_id = facts.attempt(self._find_customer, values, facts)
        facts.check()
        self._note_days(day, None, self.company_id._get_today(), notes)
        if amount < 0 and not values.get("kind"):
            notes.append(
                self.env._(
                    "Below 0: a credit note takes from what was sold. A payment "
                    "doesn't: leave the row out if it is one."
                )
            )
        key = fold(document)
        vals = {
            "partner_id": partner_id,
            "currency_id": currency.id,
            "document_key": key,
            "date": day,
            "amount": currency.round(float(amount)),
            "booked": self._value_past(values, amount, currency, day, facts, notes),
        }
        same = partner_id, key, currency.id
        if double := self._judge_double(same, vals, values, facts):
            return {**vals, **double}
        self._note_known(same, vals, row, facts)
        return {**vals, "state": "create", "message": "\n".join(notes) or None}

    def _leave_past_out(self, row, values, facts):
        """Return what becomes of a past document that counts for nothing, or None."""
        if is_vendor(values.get("role", "")):
            left_out = self.env._("A vendor: %(name)s.", name=values.get("name", ""))
            return {"state": "skip", "message": left_out}
        if is_neutral(values.get("kind", "")):
            left_out = self.env._("“%(kind)s” is owed by nobody.", kind=values["kind"])
            return {"state": "skip", "message": left_out}
        if is_no_sale(values.get("kind", "")):
            left_out = self.env._(
                "“%(kind)s”: a payment or a balance is no order or invoice.",
                kind=values["kind"],
            )
            return self._leave_out(row, values, facts, left_out)
        if is_void(values.get("status") or ""):
            left_out = self.env._(
                "“%(status)s”: it counts for nothing.", status=values["status"]
            )
            return self._leave_out(row, values, facts, left_out)
        return None

    def _value_past(self, values, amount, currency, day, facts, notes):
        """Return what a past document came to in company currency: as the file says,
        by amount or rate, else at the rate of its day; None where no rate is known,
        never at 1.0."""
        if currency == self.company_currency_id:
            return currency.round(float(amount))
        spot = self._get_spot(currency, day, facts)
        booked = self._read_booked(values, amount, currency, spot, facts)
        if booked is None:
            rate = self._read_past_rate(values, currency, day, facts, notes)
            booked = rate and amount / rate
        if booked is None:
            notes.append(
                self.env._(
                    "No rate of %(currency)s on its day: it counts in its own "
                    "currency only.",
                    currency=currency.name,
                )
            )
            return None
        if spot or self._get_first_spot(currency, day, facts):
            self._judge_distance(Decimal(amount), booked, currency, day, facts, notes)
        return self.company_currency_id.round(float(Decimal(booked)))

    def _read_past_rate(self, values, currency, day, facts, notes):
        """Return the rate of a past document, else its day's; None of one that can't be
        read, which is said: it is a figure, and counts without."""
        try:
            return self._read_own_rate(values, currency, day, facts, notes)
        except RowError as error:
            notes.append(str(error))
            return None

    def _publish_past(self, rows):
        """Write past documents in one statement.

        :param rows: ``customer.import.row``
        """
        rows.flush_recordset()
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_past_document
                          (import_id, row_id, company_id, partner_id, name, kind, date,
                           currency_id, amount, amount_company, note, create_uid,
                           create_date)
                   SELECT import_id, id, company_id, partner_id, document,
                          CASE WHEN amount < 0 THEN 'credit' ELSE 'document' END, date,
                          currency_id, amount, booked, values->>'note', %s,
                          now() AT TIME ZONE 'UTC'
                     FROM customer_import_row WHERE id = ANY(%s)""",
                self.env.uid,
                rows.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE customer_import_row SET is_published = TRUE WHERE id = ANY(%s)",
                rows.ids,
            )
        )
        rows.invalidate_model()
        self.env["customer.past.document"].invalidate_model()

    def _unpublish_past(self, rows):
        self.env["customer.past.document"].search([("row_id", "in", rows.ids)]).unlink()
        rows._update(
            [
                {"id": row_id, "state": "create", "is_published": False}
                for row_id in rows.ids
            ]
        )

    # === FOLLOW-UPS === #

    def _judge_notes(self, rows, facts):
        """Judge rows of follow-ups.

        :return: {id of a row: values}
        """
        keys = [self._get_note_key(row.values) for row in rows if row.values]
        facts.extra["elsewhere"] = self._find_in_imports([key for key in keys if key])
        return self._judge_each(rows, facts, self._judge_note)

    @api.model
    def _get_note_key(self, values):
        """Return what a follow-up is known by: its day and time, author and whole text;
        "" without day or text."""
        day, text = self._get_day(values, "date"), fold(values.get("note"))
        if not day or not text:
            return ""
        author = fold(values.get("owner"))
        digest = hashlib.sha256(f"{author}\n{text}".encode()).hexdigest()
        return f"{day} {values.get('time', '')} {digest}"

    def _judge_note(self, row, values, facts):
        partner_id = facts.attempt(self._find_customer, values, facts)
        day, key = self._get_day(values, "date"), self._get_note_key(values)
        if not key:
            facts.note_wrong(RowError(self.env._("No date, or no text.")))
        elif day > self.company_id._get_today():
            sentence = self.env._("It is dated in the future.")
            facts.note_wrong(RowError(sentence, "date"))
        facts.check()
        vals = {"partner_id": partner_id, "date": day, "document_key": key}
        same = partner_id, key, None
        if self._get_known(same, facts):
            known = self.env._(
                "That customer has this text of that day and author already."
            )
            return {**vals, "state": "duplicate", "message": known}
        facts.extra["known"][same] = row.row_number
        author = values.get("owner")
        message = None
        if author and fold(author) not in facts.users:
            message = self.env._(
                "No user is called “%(name)s”: the name stands in the text.",
                name=author,
            )
        return {**vals, "state": "create", "message": message}

    def _get_note_subtype(self):
        """Return what kind of message a follow-up is; a later room has its own."""
        return self.env.ref("mail.mt_note")

    def _publish_notes(self, rows):
        """Write follow-ups as notes of their day and author: nobody is told of them.

        :param rows: ``customer.import.row``
        """
        facts = self._gather_facts()
        note = self._get_note_subtype()
        vals_list = []
        rows = self._sort_notes(rows)
        for row in rows:
            author = row.values.get("owner") or ""
            user = self.env["res.users"].browse(facts.users.get(fold(author), ()))
            text = row.values["note"]
            if author and not user:
                text = self.env._("%(author)s: %(text)s", author=author, text=text)
            vals_list.append(
                {
                    "model": "res.partner",
                    "res_id": row.partner_id.id,
                    "message_type": "comment",
                    "subtype_id": note.id,
                    "author_id": user.partner_id.id,
                    "email_from": user.email_formatted or author or False,
                    "date": self._get_moment(row),
                    "body": as_html(text),
                }
            )
        messages = self.env["mail.message"].create(vals_list)
        for row, message in zip(rows, messages, strict=True):
            row._write_guarded({"note_id": message.id, "is_published": True})

    @api.model
    def _sort_notes(self, rows):
        """Return follow-ups from the first to the last, as people read them: of one
        moment as the file has them, whichever of its ends is the newest."""
        in_file = rows.sorted("row_number")
        if rows and in_file[0].date > in_file[-1].date:
            in_file = in_file[::-1]
        return in_file.sorted(
            lambda row: (row.date, (row.values or {}).get("time") or NOON)
        )

    def _get_moment(self, row):
        """Return when a follow-up was, in UTC: at its time, or at noon where none is
        said, of where the company is."""
        values = row.values or {}
        at = datetime.combine(row.date, time.fromisoformat(values.get("time") or NOON))
        if values.get("offset") is not None:
            return at - timedelta(minutes=values["offset"])
        zone = self.with_context(tz=self.company_id._get_zone()).env.tz
        return zone.localize(at).astimezone(UTC).replace(tzinfo=None)

    def _unpublish_notes(self, rows):
        rows.note_id.unlink()
        rows._write_guarded({"state": "create", "is_published": False})

    # === WHAT IS KEPT === #

    def _erase_old(self):
        """Erase files and what their rows said, once they were kept as long as their
        company's settings say."""
        # of a file that is forgotten, rows are there still
        for record in self.search(
            [("erased_on", "=", False), ("file_hash", "!=", False)]
        ):
            company = record.company_id.root_id
            days = company.history_keep_days
            last = max(record.write_date, record.published_on or record.write_date)
            limit = fields.Date.subtract(company._get_today(), days=days)
            if days and last.date() < limit and record.state in ERASABLE:
                record._erase()

    def action_erase(self):
        """Erase the file and what its rows said, at once.

        :return: True
        :raises AccessError: not finance
        :raises UserError: it is being worked on
        """
        for record in self:
            record._check_finance()
            if record.state not in ERASABLE:
                raise UserError(
                    self.env._("%s is being worked on.", record.display_name)
                )
            # sudo: the right was checked; nobody writes rows by hand
            record.sudo()._erase()
        return True

    def _forget_shown(self):
        """Forget what these imports show of their files: samples of columns, and what
        was remarked, with the lines that it quotes. It is read again with the file."""
        self.column_ids._forget()
        # sudo: whoever erases personal data needn't read imports
        said = self.sudo().filtered("remarks")
        if said:
            said._write_guarded({"remarks": False})

    def _forget_file(self):
        """Erase the files of imports that are over, one of whose people was deleted.
        What waits to be published is work that somebody is at: its file goes with it,
        or when it was kept long enough."""
        over = self.filtered(lambda one: one.file and one.state in ("done", "undone"))
        if over:
            over.with_context(**self._get_quiet_context())._write_guarded(
                {"file": False}
            )

    @api.model
    def _forget_texts(self, texts):
        """Forget wherever imports show one of some texts: of files, too, of which no
        row is kept yet.

        :param texts: a name, an email, a phone number …
        """
        folded = {fold(text) for text in texts if text} - {""}
        if not folded:
            return
        self.env["customer.import.column"]._forget_texts(folded)
        self.env["customer.import.layout"]._forget_texts(folded)
        for name in ("remarks", "failure"):
            # sudo: whoever erases personal data needn't read imports
            said = self.sudo().search([(name, "!=", False)])
            said = said.filtered(
                lambda one, name=name: any(text in fold(one[name]) for text in folded)
            )
            said and said._write_guarded({name: False})

    def _erase(self):
        """Erase the file; of rows that were published their keys stay, so that nothing
        is brought in twice."""
        self.ensure_one()
        rows = self.row_ids
        (rows - rows.filtered("is_published")).unlink()
        rows.exists()._erase()
        # headers of a table without any are its first row
        self.column_ids.unlink()
        vals = {
            "file": False,
            "erased_on": self.company_id._get_today(),
            "failure": False,
            "read_as": False,
            "remarks": False,
            "kept_choices": False,
        }
        if self.state in OPEN_STATES:
            vals |= {"state": "draft", "is_staged": False, "total": 0}
        self.with_context(**self._get_quiet_context())._write_guarded(vals)
