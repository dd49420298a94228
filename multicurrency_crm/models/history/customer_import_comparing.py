from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...engine.history_doubles import loosen
from .customer_import import BOOKED


class CustomerImport(models.Model):
    """What is compared once more before anything is published: nothing comes in twice,
    and no row of money is left out unasked."""

    _inherit = "customer.import"

    def _check_decided(self):
        """:raises UserError: rows say something else of what is there already, or
        stands in a row above, and nobody has said what becomes of them"""
        if asked := self._explain_undecided():
            raise UserError(asked)

    def _explain_undecided(self):
        """Return which rows wait for a choice without which nothing is published, or
        False."""
        rows = self.env["customer.import.row"].search(
            [
                ("import_id", "in", self.ids),
                ("state", "=", "duplicate"),
                ("must_choose", "=", True),
                ("choice", "=", False),
            ],
            limit=11,
        )
        if not rows:
            return False
        numbers = [str(number) for number in rows[:10].mapped("row_number")]
        return self.env._(
            "Rows %(rows)s: a document or balance that may be there already, in the "
            "books, in another import, or in a row above, and says something else. "
            "Choose under Do This at each whether it is created all the same or left "
            "out.",
            rows=format_list(self.env, numbers + ["…"] * (len(rows) > 10)),
        )

    def _check_not_known(self):
        """:raises UserError: another import has brought in what this one would"""
        mine = self._list_keys_to_publish()
        known = self._find_known_meanwhile() | self._find_in_books().keys()
        known = set(map(self._widen, known))
        same = [one for one in mine if self._widen(one) in known]
        if self.kind in BOOKED:
            covered = self._find_covered()
            same += [one for one in mine if (one[0], one[2]) in covered]
        if self.kind in ("items", "past"):
            alike = {(one[0], loosen(one[1]), one[2]) for one in known}
            same += [one for one in mine if self._loosen(one) in alike]
        if same:
            raise UserError(
                self.env._(
                    "%(count)s rows were brought in by somebody else meanwhile: check "
                    "the file again.",
                    count=len(set(same)),
                )
            )

    def _find_known_meanwhile(self):
        """Find what other imports of this kind have brought in.

        :return: {(partner's id, folded number, currency's id)}
        """
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
        return set(map(tuple, others))

    def _widen(self, key):
        """Return by what a document is known with whatever age.

        :param key: (partner's id, folded number, currency's id)
        """
        return key[0], self._get_key_of_all(key[1]), key[2]

    def _loosen(self, key):
        """Return by what a document is known with whatever age, zeros and marks.

        :param key: as for :meth:`_widen`
        """
        partner_id, number, currency_id = self._widen(key)
        return partner_id, loosen(number), currency_id

    def _list_keys_to_publish(self):
        """Return by what the documents are known that would be created: those of
        customers, too, who are there by now.

        :return: [(partner's id; head's below 0, folded number, currency's id)]
        """
        mine = self.env.execute_query(
            SQL(
                """SELECT COALESCE(partner_id, -head_id), document_key, currency_id
                     FROM customer_import_row
                    WHERE import_id = %s AND state = 'create'
                      AND choice IS DISTINCT FROM 'skip'""",
                self.id,
            )
        )
        ids = {-partner_id for partner_id, *_key in mine if (partner_id or 0) < 0}
        if not ids:
            return [tuple(row) for row in mine]
        heads = self.env["customer.import.row"].browse(sorted(ids))
        there = self._find_heads_meanwhile(heads)
        return [(there.get(row[0], row[0]), *row[1:]) for row in mine]
