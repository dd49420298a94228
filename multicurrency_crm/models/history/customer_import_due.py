from odoo import models
from odoo.tools import format_date

from ...engine.history import fold
from ...engine.history_terms import find_strange, read_due
from .customer_import_checking import RowError


class CustomerImport(models.Model):
    """When items are due, and which days are strange."""

    _inherit = "customer.import"

    # === DAYS === #

    def _find_terms_of_customers(self):
        """Find the payment terms that customers have, beside the one of all.

        :return: {partner's id: ``account.payment.term``}
        """
        partners = self.env["res.partner"].with_company(self.company_id)
        found = partners.search_fetch(
            [("property_payment_term_id", "!=", False), ("parent_id", "=", False)],
            ["property_payment_term_id"],
        )
        return {one.id: one.property_payment_term_id for one in found}

    def _get_due(self, values, partner_id, facts, notes):
        """Return when a row is due: as it says, else by terms of payment (its own, its
        customer's, the import's), else on its own day.

        :raises RowError: its terms can't be read, and there are no others
        """
        due = self._get_day(values, "due")
        if due:
            return due
        if age := self._get_age(values):
            return self._note_due_by_age(age, notes)
        day = self._get_day(values, "date")
        if self.kind != "items":
            if facts.extra.get("left_ages"):
                notes.append(self._explain_ages_left())
            return day or self.date
        start = day or self.date
        due, name = self._apply_terms(values, partner_id, facts, start, notes)
        if due is None:
            notes.append(self.env._("No due date: due on its own day."))
            return start
        notes.append(
            self.env._(
                "No due date: %(date)s by “%(terms)s”.",
                date=format_date(self.env, due),
                terms=name,
            )
        )
        return due

    def _apply_terms(self, values, partner_id, facts, start, notes):
        """Return when terms of payment have a row due, and what these are called.

        :return: (date or None, name)
        :raises RowError: the row's can't be read, and there are no others
        """
        said = (values.get("terms") or "").strip()
        term = facts.extra["terms"].get(fold(said)) if said else None
        if said and not term and (due := read_due(said, start)):
            return due, said
        other = facts.extra["terms_of"].get(partner_id) or self.term_id
        if said and not term:
            unknown = self.env._(
                "The payment terms “%(terms)s” are unknown.", terms=said
            )
            if not other:
                way = self.env._(
                    "Give due dates, call payment terms in Odoo so, or choose those of "
                    "rows without due dates on the import."
                )
                raise RowError(f"{unknown} {way}", "terms")
            notes.append(unknown)
        term = term or other
        days = [line._get_due_date(start) for line in term.line_ids]
        return max(days, default=None), term.display_name

    def _note_days(self, day, due, opening, notes):
        """Say which days of a row are strange.

        :param day: its own; date or None
        :param due: date or None
        :param opening: day on which it was open, or until which it was sold
        """
        strange = find_strange(day, due, opening)
        if not strange:
            return
        sentences = {
            "later": self.env._(
                "Dated %(day)s, after %(opening)s.",
                day=format_date(self.env, day),
                opening=format_date(self.env, opening),
            ),
            "old": self.env._(
                "More than ten years old: %(day)s.",
                day=format_date(self.env, day or due),
            ),
            "before": self.env._(
                "Due on %(due)s, before its own day.", due=format_date(self.env, due)
            ),
            "long": self.env._(
                "Due on %(due)s, more than three years later.",
                due=format_date(self.env, due),
            ),
        }
        notes += [sentences[one] for one in strange]
