from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from .customer_import import BOOKED


class CustomerImport(models.Model):
    """What is compared once more before anything is published: nothing comes in twice,
    and no row of money is left out unasked."""

    _inherit = "customer.import"

    def _check_decided(self):
        """:raises UserError: rows give another amount of what a row above has brought,
        and nobody has said whether they are left out"""
        if self.kind not in (*BOOKED, "past"):
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(partner_id, -head_id), document_key, currency_id,
                          state, choice, row_number, amount, due, date, document,
                          CASE WHEN %s THEN raw::text END
                     FROM customer_import_row
                    WHERE import_id = %s AND state IN ('create', 'duplicate')
                 ORDER BY id""",
                # balances have no number: what else they say tells them apart
                self.kind == "balances",
                self.id,
            )
        )
        first = {row[:3]: row[6:] for row in rows if row[3] == "create"}
        asked = [
            str(row[5])
            for row in rows
            if row[3] == "duplicate"
            and not row[4]
            and first.get(row[:3], row[6:]) != row[6:]
        ]
        if asked:
            raise UserError(
                self.env._(
                    "Rows %(rows)s: a row above has the same document, or a balance of "
                    "the same customer and currency, and says something else. Choose "
                    "at each whether it is created all the same or left out.",
                    rows=format_list(self.env, asked[:10]),
                )
            )

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
        mine = self._list_keys_to_publish()
        known = set(map(tuple, others)) | self._find_in_books().keys()
        count = len(mine) - len(set(mine) - known)
        if count:
            raise UserError(
                self.env._(
                    "%(count)s rows were brought in by somebody else meanwhile: check "
                    "the file again.",
                    count=count,
                )
            )

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
