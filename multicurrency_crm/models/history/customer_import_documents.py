from decimal import Decimal

from odoo import models

from ...engine.history import Part, fold, group_parts, is_of_one, read_once
from ...engine.history_fields import (
    is_neutral,
    is_no_sale,
    is_settled,
    is_vendor,
    is_void,
    read_sign,
)
from .customer_import_checking import RowError, RowLeftOut
from .customer_import_reading import WHO

#: What a row that continues the one above says where it says nothing.
INHERITED = ("status", "settled", "role", "kind", "currency", "date", "due", "terms")


class CustomerImport(models.Model):
    """Documents that take several rows: which rows are one, and what they come to."""

    _inherit = "customer.import"

    # === ROWS OF ONE DOCUMENT === #

    def _get_open_amount(self, row, values, facts, notes):
        """Return what a row, or the document that begins in it, has open: above 0 the
        customer owes it.

        :return: Decimal; 0 of a row that is part of another one's document
        """
        group = facts.extra.get("groups", {}).get(row.id)
        if group is None:
            return self._read_amount(values, facts)
        if group["first"] != row.id:
            raise RowLeftOut(
                self.env._("Part of the document in row %(row)s.", row=group["row"])
            )
        if group["error"]:
            raise group["error"]
        notes += group["notes"]
        return group["amount"]

    def _complete_line(self, row, values, facts):
        """Return what a row says, with what the document says that it is part of."""
        group = facts.extra.get("groups", {}).get(row.id)
        return {**values, **group["says"]} if group else values

    def _group_rows(self, facts):
        """Group the rows of this file by customer and document.

        :return: {id of a row: {"first": id, "row": number, "amount": Decimal or None,
            "error": RowError or None, "notes": sentences, "says": values}}
        """
        found = {}
        lines, groups = self._list_groups()
        for group in groups:
            found |= self._read_document(group, lines, facts)
        return found

    def _list_groups(self):
        """List which rows of this file are of one document, whatever they say of it.

        :return: ({id of a row: row}, [[:class:`Part`]], each without amounts)
        """
        rows = self.env["customer.import.row"].search(
            [("import_id", "=", self.id)], order="id"
        )
        lines, parts = {}, []
        for row in rows:
            if not row.values or self._explain_no_data(row.values):
                continue
            lines[row.id] = row
            document = fold(row.values.get("document", ""))
            who = tuple(fold(row.values.get(name, "")) for name in WHO)
            parts.append(Part(row.id, document, None, who))
        return lines, group_parts(parts)

    def _read_document(self, group, lines, facts):
        """Read a document of some rows: those that nothing is owed of are apart.

        :param group: [:class:`Part`], without amounts
        :param dict lines: {key: row}
        :return: as :meth:`_group_rows` does, of these rows
        """
        says = self._inherit_by_line(group, lines)
        values = {
            part.key: {**lines[part.key].values, **says[part.key]} for part in group
        }
        out = [
            one
            for one in group
            if self._adds_nothing(lines[one.key], values[one.key], facts)
        ]
        kept = [part for part in group if part not in out] or group
        found = self._sum_up(kept, lines, values, facts)
        if kept is not group:
            for part in out:
                found |= self._sum_up([part], lines, values, facts)
            statuses = [fold(values[part.key].get("status", "")) for part in kept]
            said = [values[part.key].get("status") for part in out]
            if any(map(is_settled, filter(None, said))):
                doubt = None
                if not all(statuses):
                    doubt = self.env._("Only some of its rows say their status.")
                elif self.rows_are == "repeated":
                    doubt = self.env._("Its rows say both that it is open and settled.")
                self._doubt(found, kept, doubt)
        for key, line in found.items():
            line["says"] = {**says[key], **line["says"]}
        return found

    def _inherit_by_line(self, group, lines):
        """Return what rows that continue the one above have from it.

        :param group: [:class:`Part`]
        :param dict lines: {key: row}
        :return: {key: {field: text}}
        """
        found, head = {}, lines[group[0].key].values
        for part in group:
            own = lines[part.key].values
            if part.document:
                head = own
            found[part.key] = {
                name: head[name]
                for name in INHERITED
                if head.get(name) and not own.get(name)
            }
        return found

    def _adds_nothing(self, row, values, facts):
        """Return whether a row adds nothing to its document."""
        if self.kind == "past":
            # what is settled by now was sold all the same
            role, kind = values.get("role", ""), values.get("kind", "")
            is_out = is_vendor(role) or is_neutral(kind) or is_no_sale(kind)
            return is_out or is_void(values.get("status") or "")
        return bool(self._explain_left_out(row, values, facts))

    def _doubt(self, found, group, sentence):
        for part in group if sentence else ():
            found[part.key]["error"] = found[part.key]["error"] or RowError(sentence)

    def _sum_up(self, group, lines, values, facts):
        """Return what a document comes to.

        :param group: [:class:`Part`]
        :param dict lines, values: {key: row, what it says}
        :return: as :meth:`_group_rows` does
        """
        read, wrong = self._read_lines(group, values, facts)
        amount = read_once(read)
        if self.rows_are == "lines":
            known = [part.amount for part in read if part.amount is not None]
            amount = sum(known, Decimal()) if known else None
        said = [values[part.key] for part in group]
        says, doubt = {}, None
        if len(group) > 1:
            says, doubt = self._sum_booked(read, said, amount)
            amounts = [self._get_number(values, "amount") for values in said]
            if self.rows_are == "lines" and any(amounts):
                says["amount"] = str(sum(filter(None, amounts), Decimal()))
            doubt = self._explain_apart(read, lines, said, facts) or doubt
        if amount is None and not doubt:
            doubt = self.env._(
                "Its rows give different amounts, and which is meant can't be "
                "told: choose lines that add up, or a document each."
            )
        error = wrong or (RowError(doubt) if doubt else None)
        first = lines[group[0].key]
        shared = {
            **{"first": first.id, "row": first.row_number, "amount": amount},
            **{"error": error, "notes": self._list_line_notes(group, said)},
        }
        return {
            part.key: {**shared, "says": says if part is group[0] else {}}
            for part in group
        }

    def _read_lines(self, group, values, facts):
        """Return rows of a document with what each says is open.

        :param group: [:class:`Part`]
        :param dict values: {key: what it says}
        :return: ([:class:`Part`], RowError or None)
        """
        read, wrong = [], None
        for part in group:
            amount = None
            try:
                amount = self._read_amount(values[part.key], facts)
                self._check_status(values[part.key])
            except RowError as error:
                # a row without an amount is a text; what can't be read is none
                wrong = wrong or (error if error.field else None)
            read.append(Part(part.key, part.document, amount, part.who))
        return read, wrong

    def _list_line_notes(self, group, said):
        """Return what is to be known of a document of several rows."""
        if len(group) == 1:
            return []
        notes = [self.env._("%(count)s rows.", count=len(group))]
        if len({values["due"] for values in said if values.get("due")}) > 1:
            notes.append(
                self.env._("Its rows give several due dates: the first counts.")
            )
        return notes

    def _explain_apart(self, group, lines, said, facts):
        """Return why some rows can't be one document, or None.

        :param group: [:class:`Part`]
        :param dict lines: {key: row}
        :param said: what each row says
        """
        if not is_of_one(group):
            return self.env._(
                "Its rows name their customer differently: give each the same name "
                "and code."
            )
        bad = next((part for part in group if lines[part.key].problems), None)
        if bad:
            return self.env._(
                "Row %(row)s of it can't be read.", row=lines[bad.key].row_number
            )
        codes = {self._get_line_currency(values, facts) for values in said} - {None}
        if len(codes) > 1:
            return self.env._("Its rows are in several currencies.")
        if self.rows_are == "lines" and any(values.get("paid") for values in said):
            return self.env._(
                "It has several lines, and whether what is paid is of each or of all "
                "can't be told: give what is open in a column."
            )
        signs = {read_sign(values.get("kind", "")) for values in said}
        if -1 in signs and not all(values.get("kind") for values in said):
            return self.env._("Only some of its rows say of which kind they are.")
        return None

    def _get_line_currency(self, values, facts):
        """Return the code of a row's currency, what it is called where nobody knows it,
        or None: it says nothing."""
        try:
            return self._find_currency(values, facts).name
        except RowError:
            return values.get("currency")

    def _sum_booked(self, group, said, amount):
        """Return what a document of several rows came to in company currency, and at
        which rate.

        :param group: [:class:`Part`]
        :param said: what each row says
        :param amount: of the document; Decimal or None
        :return: ({"booked": , "rate": }, each if known, sentence or None)
        """
        rates = {values["rate"] for values in said if values.get("rate")}
        booked = [self._get_booked(values) for values in said]
        says = {"rate": rates.pop()} if len(rates) == 1 else {}
        known = {abs(one) for one in booked if one is not None}
        if not known:
            error = self.env._("Its rows give different rates.") if rates else None
            return says, error
        doubt = self.env._(
            "What its rows came to in company currency can't be told: give it in each."
        )
        if self.rows_are != "lines":
            return {**says, "booked": str(min(known))}, doubt if known - {
                min(known)
            } else None
        total = Decimal()
        for part, one in zip(group, booked, strict=True):
            if part.amount and one is None:
                return says, doubt
            if one is not None:
                total += -abs(one) if (part.amount or 0) < 0 else abs(one)
        if amount and total and (amount > 0) != (total > 0):
            return says, doubt
        return {**says, "booked": str(total)}, None
