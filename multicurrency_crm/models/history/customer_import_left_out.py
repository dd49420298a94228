from odoo import api, fields, models
from odoo.tools import SQL, format_list

#: Values of a column that are shown.
SHOWN = 3
#: Rows that are brought in without one of their values.
LACKING = [
    ("left_out", "!=", False),
    ("state", "in", ("create", "update", "done")),
    ("choice", "!=", "skip"),
]


class CustomerImport(models.Model):
    """Values that rows are brought in without, since nothing here is called so: the
    file as a whole says it, and opens these rows."""

    _inherit = "customer.import"

    left_out_count = fields.Integer(
        string="Without a Value",
        compute="_compute_left_out_count",
        help="Rows that are brought in without one of their values; their reasons say "
        "why.",
    )

    @api.depends("row_ids.state", "row_ids.left_out", "row_ids.choice")
    def _compute_left_out_count(self):
        rows = self.env["customer.import.row"]
        for record in self:
            mine = [("import_id", "in", record._origin.ids), *LACKING]
            record.left_out_count = rows.search_count(mine)

    def _find_left_out(self):
        """Find what rows that are brought in leave out.

        :return: [(standard field, its rows, how many different values, the first
            :data:`SHOWN` of them)], the most first
        """
        self.env["customer.import.row"].flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT l.key, COUNT(*), COUNT(DISTINCT l.value),
                          (ARRAY_AGG(DISTINCT l.value))[:%s]
                     FROM customer_import_row r
               CROSS JOIN LATERAL jsonb_each_text(r.left_out) l
                    WHERE r.import_id = ANY(%s) AND jsonb_typeof(r.left_out) = 'object'
                      AND r.state IN ('create', 'update', 'done')
                      AND r.choice IS DISTINCT FROM 'skip'
                 GROUP BY l.key ORDER BY 2 DESC, 1""",
                SHOWN,
                self._origin.ids,
            )
        )

    def _explain_left_out_values(self):
        """Return which values rows are brought in without, a line a column; "" where
        none are."""
        names = dict(self.column_ids._fields["field"]._description_selection(self.env))
        return "\n".join(
            self.env._(
                "Left out: %(column)s, rows: %(count)s (%(values)s). Their reasons say "
                "why.",
                column=names.get(name, name),
                count=count,
                values=format_list(
                    self.env, [*texts, "…"] if different > len(texts) else texts
                ),
            )
            for name, count, different, texts in self._find_left_out()
        )
