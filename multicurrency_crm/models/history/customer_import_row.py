import json

from odoo import api, fields, models
from odoo.tools import SQL


class CustomerImportRow(models.Model):
    """A row of a file: what it said, how it was read, what becomes of it.

    Rows are many and short-lived: they are written in bulk, and erased with the file.
    """

    _name = "customer.import.row"
    _description = "Row of an Import"
    _inherit = ["guarded.mixin", "typed.number.mixin"]
    _order = "import_id, row_number, id"
    _rec_name = "name"

    import_id = fields.Many2one(
        "customer.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    row_number = fields.Integer(string="Row", readonly=True)
    sheet = fields.Char(readonly=True)
    raw = fields.Json(readonly=True, help="The cells as they were read.")
    values = fields.Json(
        readonly=True, help="What the matched columns say: numbers and days as read."
    )
    problems = fields.Json(readonly=True, help="Cells that couldn't be read.")
    state = fields.Selection(
        selection=[
            ("create", "To Create"),
            ("update", "To Update"),
            ("duplicate", "Duplicate"),
            ("skip", "Skipped"),
            ("error", "Error"),
            ("done", "Done"),
        ],
        readonly=True,
        index=True,
    )
    message = fields.Text(string="Reason", readonly=True)
    choice = fields.Selection(
        selection=[
            ("create", "Create all the same"),
            ("update", "Update that customer"),
            ("skip", "Leave out"),
        ],
        string="Do This",
        help="What to do with a duplicate when it is published.",
    )
    name = fields.Char(string="Customer in the File", readonly=True)
    document = fields.Char(readonly=True)
    document_key = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due = fields.Date(string="Due Date", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="set null"
    )
    duplicate_id = fields.Many2one(
        "res.partner",
        string="Duplicate Of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    score = fields.Integer(readonly=True, help="How surely it is the same: 0 to 100.")
    amount = fields.Monetary(readonly=True, help="Below 0: owed to the customer.")
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="restrict")
    booked = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    rate_distance = fields.Float(
        string="Rate Off",
        readonly=True,
        help="How far the rate that the row implies is from that of its day.",
    )
    entry_id = fields.Many2one(
        "customer.import.entry",
        string="Opening Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    note_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_published = fields.Boolean(readonly=True)
    before = fields.Json(
        readonly=True, help="What an update has overwritten, to be put back."
    )

    _known_index = models.Index("(company_id, document_key)")

    # === WRITING IN BULK === #

    @api.model
    def _insert(self, rows):
        """Write many rows in one statement.

        :param rows: [{name of a field: value}], each with the names of the others
        """
        if not rows:
            return
        columns = {name: self._fields[name].column_type[1] for name in rows[0]}
        columns |= {"create_uid": "int4", "create_date": "timestamp"}
        common = {"create_uid": self.env.uid, "create_date": fields.Datetime.now()}
        self.env.cr.execute(
            SQL(
                "INSERT INTO customer_import_row (%s) SELECT * FROM"
                " jsonb_to_recordset(%s::jsonb) AS r (%s)",
                SQL(", ").join(map(SQL.identifier, columns)),
                json.dumps([{**row, **common} for row in rows], default=str),
                self._describe_columns(columns),
            )
        )
        self.invalidate_model()

    @api.model
    def _update(self, rows):
        """Write many rows in one statement.

        :param rows: [{"id": , name of a field: value}], each with the names of the
            others
        """
        if not rows:
            return
        columns = {name: self._fields[name].column_type[1] for name in rows[0]}
        names = [SQL.identifier(name) for name in columns if name != "id"]
        self.env.cr.execute(
            SQL(
                "UPDATE customer_import_row SET %s FROM"
                " jsonb_to_recordset(%s::jsonb) AS r (%s)"
                " WHERE customer_import_row.id = r.id",
                SQL(", ").join(SQL("%s = r.%s", name, name) for name in names),
                json.dumps(rows, default=str),
                self._describe_columns(columns),
            )
        )
        self.invalidate_model()

    @api.model
    def _describe_columns(self, columns):
        """Return the columns of a record set, with their types."""
        return SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind))
            for name, kind in columns.items()
        )

    # === CRUD METHODS === #

    def write(self, vals):
        """Choose what becomes of duplicates, until they are published."""
        if "choice" in vals:
            for record in self.import_id:
                record._check_open()
        return super().write(vals)

    # === ERASING === #

    def _erase(self):
        """Forget what these rows said; what they have created stays known by its
        document."""
        self._update(
            [
                {
                    "id": row_id,
                    "raw": None,
                    "values": None,
                    "problems": None,
                    "name": None,
                    "message": None,
                }
                for row_id in self.ids
            ]
        )
