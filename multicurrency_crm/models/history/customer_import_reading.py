from base64 import b64decode
from datetime import datetime, time
from decimal import Decimal
from functools import partial
from itertools import islice

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list, formatLang

from ...engine.history import fold
from ...engine.history_fields import (
    KINDS,
    SCALED,
    fold_header,
    get_fingerprint,
    match_columns,
)
from ...engine.history_scales import read_scales, settle_scale
from ...providers.errors import ProviderError
from ...providers.history import find_layout
from ...providers.spreadsheets import (
    Answer,
    number_of,
    open_book,
    read_table,
)
from ...providers.spreadsheets.encodings import LABELS
from ..rates.sentences import say
from .customer_import import BOOKED

#: Rows at the top of a sheet among which its names of columns are looked for.
TOP = 30
#: Letters of a sample that are shown.
SAMPLE = 40
#: What a column's reading answers the reader.
ANSWERS = {
    "point": Answer(point="."),
    "comma": Answer(point=","),
    "day": Answer(order="dmy"),
    "month": Answer(order="mdy"),
    "year": Answer(order="ymd"),
}
#: The sign of each choice of what stands between columns.
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
#: Fields that say whose a row is.
WHO = ("name", "ref", "vat", "email")
#: Choices for a whole file that the next one with its headers takes over.
REMEMBERED = ("open_currency", "rows_are", "scale", "sign")


def show_sample(cell):
    """Return as much of a cell as is shown of it: a day without the midnight with which
    workbooks store it.

    :return: str
    """
    if isinstance(cell, datetime) and cell.time() == time():
        cell = cell.date()
    return str(cell)[:SAMPLE]


class CustomerImport(models.Model):
    """How a file is read: its sheet, headers and columns."""

    _inherit = "customer.import"

    # === READING === #

    def action_read(self):
        """Read the headers of the file, and propose what its columns are.

        :return: True
        :raises AccessError: not finance
        :raises UserError: there is no file, or it can't be read
        """
        for record in self:
            record._check_finance()
            record._check_open()
            record._note_hand()
            # sudo: nobody writes by hand what was read
            record.sudo()._read_headers()
        return True

    def _open_table(self):
        """Open the file of this import at the chosen sheet.

        :return: ``Table`` of the reader
        :raises UserError: it can't be read
        """
        self.ensure_one()
        content = b64decode(self.with_context(bin_size=False).file or b"")
        if not content:
            raise UserError(self.env._("There is no file yet, or it was erased."))
        answers = {
            column.number - 1: ANSWERS[column.reading]
            for column in self.column_ids
            if column.reading
        }
        try:
            book = open_book(
                content,
                encoding=self.encoding or None,
                delimiter=DELIMITERS.get(self.delimiter),
            )
            return read_table(
                book,
                self._find_sheet(book),
                header=self.header_row or None,
                answers=answers,
                known=self._is_header,
            )
        except ProviderError as error:
            raise UserError(say(self.env, error)) from error

    def _find_sheet(self, book):
        """Return which sheet of a file is read: the chosen one, else the first that
        isn't hidden and names columns that are known here, or has rows.

        :return: index
        :raises UserError: the file has none of that name
        """
        names = [sheet.name for sheet in book.sheets]
        chosen = (self.sheet_name or "").strip()
        if not chosen:
            seen = [at for at, sheet in enumerate(book.sheets) if not sheet.hidden]
            return max(seen, key=partial(self._rank_sheet, book), default=0)
        for at, name in enumerate(names):
            if fold(name) == fold(chosen):
                return at
        if chosen.isdecimal() and 0 < int(chosen) <= len(names):
            return int(chosen) - 1
        raise UserError(
            self.env._(
                "The file has no sheet “%(name)s”, but %(names)s.",
                name=chosen,
                names=format_list(self.env, [name or "1" for name in names]),
            )
        )

    def _rank_sheet(self, book, at):
        """Return how likely a sheet is the one with the table: 2 if a row at its top
        names columns that are known here, 1 if it has rows, 0 if not."""
        if len(book.sheets) == 1:
            return 0
        top = list(islice(book.rows(at), TOP))
        known = (
            {fold(cell) for cell in row.cells if isinstance(cell, str)} for row in top
        )
        found = any(sum(map(self._is_header, texts)) > 2 for texts in known)
        return 2 if found else int(bool(top))

    @api.model
    def _is_header(self, text):
        """Return whether a text is the header of something that is known here."""
        return any(match_columns(kind, [text])[0] for kind in KINDS)

    def _open_headers(self):
        """Open the file of this import, and name its columns.

        :return: (``Table``, titles, names of columns, fingerprint, whether columns are
            others than those that are known)
        """
        table = self._open_table()
        titles = [column.title or column.technical for column in table.columns]
        named = [
            title or column.letter
            for title, column in zip(titles, table.columns, strict=True)
        ]
        fingerprint = get_fingerprint(named)
        is_new = fingerprint != get_fingerprint(self.column_ids.mapped("title"))
        if is_new and self.column_ids.filtered("reading"):
            # answers on other columns prove nothing of these
            self.column_ids.unlink()
            table = self._open_table()
        return table, titles, named, fingerprint, is_new

    def _read_headers(self):
        table, titles, named, fingerprint, is_new = self._open_headers()
        layout = self.env["customer.import.layout"]._recall(
            self.company_id, fingerprint
        )
        program = find_layout(titles)
        kind = self.kind or layout.kind or program and program.kind
        kind = kind or self._guess_kind(table, titles)
        if layout.kind != kind:
            layout = layout.browse()
        if not is_new and kind == self.kind:
            matched = [[one.field, one.reading] for one in self.column_ids]
        elif layout:
            matched = self._match_as_before(layout, named, table)
        else:
            matched = [[field, None] for field in self._match_titles(kind, titles)]
        matched = self._match_flags(table, matched)
        self._store_headers(table, named, matched)
        remarks = self._list_remarks(table)
        remarks += self._list_own_remarks(table, program, kind, matched)
        choices = self._propose_choices(layout, program, kind) if is_new else {}
        remarks += self._list_remembered(choices) if layout else []
        self._write_guarded(
            {
                "kind": kind,
                "read_as": self._describe_reading(table),
                "remarks": "\n".join(dict.fromkeys(remarks)),
                "state": "read",
                "is_staged": False,
                "expected": sum(table.counts.values()),
                "hidden_count": len(table.hidden),
                **choices,
            }
        )

    def _store_headers(self, table, named, matched):
        self.column_ids.unlink()
        self.env["customer.import.column"]._create_guarded(
            self._prepare_column_vals(table, named, matched)
        )

    @api.model
    def _match_as_before(self, layout, named, table):
        """Return what columns are in files with these headers. How one was read counts
        only where nothing in this file says how it is to be read.

        :param layout: ``customer.import.layout``
        :param named: headers
        :param table: ``Table`` of this file, read without an answer
        :return: [[standard field or None, how it is read or None]]
        """
        found = []
        for key, column in zip(self._list_keys(named), table.columns, strict=True):
            field, reading = layout.columns.get(key, (None, None))
            is_left_open = reading and self._is_left_open(column, reading, table)
            found.append([field, reading if is_left_open else None])
        return found

    @api.model
    def _is_left_open(self, column, reading, table):
        """Return whether a file leaves open how a column is read, and shows no other
        reading anywhere."""
        answer = ANSWERS[reading]
        evidence = [one.evidence for one in table.columns]
        if answer.point:
            shown = {
                one.numbers.point for one in evidence if one.numbers.proof is not None
            }
            return column.evidence.numbers.is_open and shown <= {answer.point}
        shown = {one.dates.order for one in evidence if one.dates.proof is not None}
        return column.evidence.dates.is_open and shown <= {answer.order, None}

    @api.model
    def _list_keys(self, titles):
        """Return by what columns are remembered: of several of one name, each.

        :param titles: headers
        """
        seen, found = {}, []
        for folded in map(fold_header, titles):
            seen[folded] = place = seen.get(folded, 0) + 1
            found.append(folded if place == 1 else f"{folded} ({place})")
        return found

    @api.model
    def _match_titles(self, kind, titles):
        """Return which standard field each column is, by its name; as the program that
        wrote the file means it, where that is known.

        :param titles: names of the columns
        :return: [standard field or None]; None of each where nobody has said what the
            file holds
        """
        if not kind:
            return [None] * len(titles)
        program = find_layout(titles)
        said = [program.get_field(title, "") if program else "" for title in titles]
        fixed = [field if field in KINDS[kind] else None for field in said]
        plain = self._plain_titles(titles)
        free = [
            "" if one != "" else title for one, title in zip(said, plain, strict=True)
        ]
        return [
            own or (usual if usual not in fixed else None)
            for own, usual in zip(fixed, match_columns(kind, free), strict=True)
        ]

    def _match_again(self):
        """Match the columns that are known with the fields of another kind."""
        columns = self.column_ids
        titles = columns.mapped("title")
        if not self.kind or not columns:
            return
        # no two are one field, not even in between
        columns.write({"field": False})
        matched = self._match_titles(self.kind, titles)
        for column, field in zip(columns, matched, strict=True):
            column.field = field

    def _propose_choices(self, layout, program, kind):
        """Return what is chosen for a file that is read for the first time.

        :param layout: ``customer.import.layout`` of files with these columns, or none
        :param program: ``Layout`` of the program that wrote it, or None
        :return: values of this import; none that somebody has chosen
        """
        if layout:
            choices = layout.choices or {}
            usual = self.default_get(REMEMBERED)
            return {
                name: choices[name]
                for name in REMEMBERED
                if choices.get(name) and self[name] == usual.get(name, False)
            }
        vals = {}
        if not program:
            return vals
        if self.rows_are == "documents" and kind not in ("customers", "notes"):
            vals["rows_are"] = program.rows_are
        if not self.open_currency and program.open_currency:
            vals["open_currency"] = program.open_currency
        if not self.currency_id and program.currency:
            found = self.env["res.currency"].search([("name", "=", program.currency)])
            vals["currency_id"] = found.id
        return vals

    def _list_remembered(self, choices):
        """Say what of the choices for this file is that of the last one with its
        headers, and not what it was.

        :param choices: values of this import
        :return: sentences
        """
        lines = []
        for name, value in choices.items():
            if self[name] == value:
                continue
            field = self._fields[name]
            lines.append(
                self.env._(
                    "As in the last file with these headers: %(choice)s %(value)s.",
                    choice=field._description_string(self.env),
                    value=dict(field._description_selection(self.env))[value],
                )
            )
        return lines

    def _prepare_column_vals(self, table, titles, matched):
        """Prepare the lines of the columns of a table.

        :param matched: [[standard field or None, how it is read or None]]
        """
        contents = self._list_contents(table)
        above = read_scales(
            cell for row in table.preamble for cell in row.cells if type(cell) is str
        )
        found = []
        for column, title, (field, reading), content in zip(
            table.columns, titles, matched, contents, strict=True
        ):
            samples = [show_sample(cell) for cell in column.evidence.samples[:3]]
            scale = settle_scale(title, above)
            found.append(
                {
                    "import_id": self.id,
                    "number": column.index + 1,
                    "title": title,
                    "scale": scale,
                    "sample": format_list(self.env, samples),
                    "content": self._describe_content(
                        content, scale if field in SCALED else 1
                    ),
                    "is_open": column.kind == "open",
                    "field": field,
                    "reading": reading,
                }
            )
        return found

    def _list_contents(self, table):
        """Return what the cells of each column of a table are, or what is asked of
        them."""
        kinds = {
            "text": self.env._("text"),
            "number": self.env._("numbers"),
            "date": self.env._("days"),
            "identifier": self.env._("numbers that are names"),
            "empty": self.env._("nothing"),
            "open": self.env._("can be read in two ways"),
        }
        asked = {
            remark.column: say(self.env, remark)
            for remark in table.remarks
            if remark.level == "ask" and remark.readings and remark.column is not None
        }
        return [
            asked.get(column.index) or kinds[column.kind] for column in table.columns
        ]

    def _describe_content(self, content, scale):
        """Return what the cells of a column are, and by what they are multiplied."""
        if scale < 2:
            return content
        return self.env._(
            "%(content)s, multiplied by %(times)s",
            content=content,
            times=formatLang(self.env, scale, digits=0),
        )

    def _describe_reading(self, table):
        """Return how a file was read: what may be chosen otherwise, in words."""
        book, said = table.book, []
        if name := book.sheets[table.sheet].name:
            said.append(self.env._("sheet “%(name)s”", name=name))
        if table.header:
            said.append(self.env._("headers in row %(row)s", row=max(table.header)))
        if book.encoding:
            said.append(LABELS.get(book.encoding, book.encoding))
        signs = dict(self._fields["delimiter"]._description_selection(self.env))
        chosen = {sign: name for name, sign in DELIMITERS.items()}
        if book.delimiter in chosen:
            said.append(signs[chosen[book.delimiter]])
        return format_list(self.env, said)

    def _list_remarks(self, table):
        """Return what the reader has to say of a file, a sentence each."""
        remarks = [*table.book.remarks, *table.remarks]
        # what is multiplied is said with by how much
        remarks = [remark for remark in remarks if remark.code != "scaled"]
        lines = [self._explain_remark(remark, table) for remark in remarks]
        if table.book.encoding:
            label = LABELS.get(table.book.encoding, table.book.encoding)
            lines.insert(0, self.env._("Encoding: %(name)s.", name=label))
        if len(table.book.sheets) > 1:
            names = [sheet.name for sheet in table.book.sheets]
            lines.insert(
                0,
                self.env._(
                    "Sheets: %(names)s. “%(name)s” is read.",
                    names=format_list(self.env, names),
                    name=names[table.sheet],
                ),
            )
        return lines

    def _list_own_remarks(self, table, program, kind, matched):
        """Return what is to be said of a file beyond what the reader has seen.

        :param program: ``Layout`` of the program that wrote it, or None
        :param matched: [(standard field or None, how it is read)] of its columns
        :return: sentences
        """
        fields = {field: column for column, (field, _how) in enumerate(matched)}
        lines = []
        if program:
            lines.append(self.env._("An export of %(program)s.", program=program.name))
            if program.remark:
                lines.append(self.env._(program.remark))
        if kind in (False, "customers", "notes"):
            return lines
        lines += self._list_said_remarks(table)
        if not self._names_currency(table, program, fields):
            lines.append(
                self.env._("No column names a currency: choose the one of its rows.")
            )
        if kind == "items" and not {"due", "terms", "age"} & fields.keys():
            lines.append(
                self.env._(
                    "No column says when items are due: payment terms do, those of the "
                    "customer or those that you choose below."
                )
            )
        if kind in BOOKED:
            titles = [one.title or one.technical or one.letter for one in table.columns]
            lines += self._list_age_remarks(titles, matched)
        lines += self._list_rate_remarks(table, fields)
        return lines + self._list_scale_remarks()

    def _list_scale_remarks(self):
        """Return what is said of columns whose amounts count in thousands."""
        lines = []
        for column in self.column_ids.filtered(lambda one: one.field in SCALED):
            if column.scale > 1:
                line = self.env._(
                    "“%(column)s” counts in %(scale)s: its amounts are multiplied.",
                    column=column.title,
                    scale=formatLang(self.env, column.scale, digits=0),
                )
                lines.append(line)
        return lines

    def _check_scales(self):
        """:raises UserError: what amounts count in contradicts itself"""
        columns = self.column_ids.filtered(lambda one: one.field in SCALED)
        doubted = columns.filtered(lambda one: not one._get_scale())
        if doubted:
            raise UserError(
                self.env._(
                    "The headers and the rows above the table say different things of "
                    "what amounts count in (%(columns)s): say it under Amounts Count "
                    "In.",
                    columns=format_list(self.env, doubted.mapped("title")),
                )
            )

    def _names_currency(self, table, program, fields):
        """Return whether anything says in which currency rows are."""
        at = fields.get("currency")
        is_said = at is not None and table.columns[at].kind != "empty"
        is_said = is_said or bool(table.currency)
        return is_said or self.currency_id or program and program.currency

    def _list_rate_remarks(self, table, fields):
        """Say that every rate is 1: the old system kept its books in that currency."""
        at = fields.get("rate")
        if at is None:
            return []
        evidence = table.columns[at].evidence
        rates = {number_of(evidence.numbers, cell) for cell in evidence.samples}
        if rates != {Decimal(1)}:
            return []
        found = fields.get("currency")
        samples = table.columns[found].evidence.samples if found is not None else ()
        return [
            self.env._(
                "Each exchange rate is 1.00 (%(currencies)s): the old system's books "
                "were in that currency. The rate of the opening date counts.",
                currencies=format_list(self.env, [str(one) for one in samples]),
            )
        ]

    def _explain_remark(self, remark, table=None):
        """Write a remark of the reader in the language of the environment, with its
        place."""
        sentence = say(self.env, remark)
        if remark.row is None:
            return sentence
        if remark.column is None or not table:
            return self.env._(
                "Row %(row)s: %(sentence)s", row=remark.row, sentence=sentence
            )
        letter = table.columns[remark.column].letter
        return self.env._(
            "%(cell)s: %(sentence)s", cell=f"{letter}{remark.row}", sentence=sentence
        )

    # === WHAT IS REMEMBERED === #

    def _remember_layout(self):
        """Have the next file with these headers matched as this one was."""
        titles = self.column_ids.mapped("title")
        self.env["customer.import.layout"]._remember(
            self,
            get_fingerprint(titles),
            self.kind,
            {
                key: [column.field or None, column.reading or None]
                for key, column in zip(
                    self._list_keys(titles), self.column_ids, strict=True
                )
            },
            {name: self[name] for name in REMEMBERED if self[name]},
        )
