from odoo import api, models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """Opening items are called by their documents in the old system: an entry has
    many."""

    _inherit = "account.move.line"

    @api.model
    def _get_document_sql(self, item_id, move):
        self.env["customer.import.entry"].flush_model(["move_id"])
        return SQL(
            """CASE WHEN %s.id IN (SELECT e.move_id FROM customer_import_entry e
                                    WHERE e.move_id IS NOT NULL)
                    THEN (SELECT o.name FROM account_move_line o WHERE o.id = %s)
                    ELSE %s END""",
            move,
            item_id,
            super()._get_document_sql(item_id, move),
        )

    @api.model
    def _get_document_day_sql(self, item_id, move):
        self.env["customer.import.row"].flush_model(["move_id", "document", "date"])
        return SQL(
            """COALESCE((SELECT MIN(r.date) FROM customer_import_row r
                           JOIN account_move_line o ON o.id = %s
                          WHERE r.move_id = %s.id AND r.document = o.name
                            AND r.date != o.date), %s)""",
            item_id,
            move,
            super()._get_document_day_sql(item_id, move),
        )

    def _get_document_name(self):
        # an invoice is none of them, and costs no query
        may_be = self.name and self.move_id.move_type == "entry"
        if may_be and self.env["customer.import"]._is_used():
            # sudo: which entries are opening ones, whoever reads what an item is called
            entries = self.env["customer.import.entry"].sudo()
            if entries.search_count([("move_id", "=", self.move_id.id)], limit=1):
                return self.name
        return super()._get_document_name()
