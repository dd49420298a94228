import json
from itertools import zip_longest

from odoo import api, fields, models
from odoo.exceptions import UserError
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
    # read when rows are mended or shown, and not with each
    raw = fields.Json(
        readonly=True, prefetch=False, help="The cells as they were read."
    )
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
    left_out = fields.Json(
        string="Values Left Out",
        readonly=True,
        help="Values that it is brought in without, by their column.",
    )
    must_choose = fields.Boolean(
        readonly=True,
        help="A duplicate that says something else than what is there: publishing "
        "waits until somebody has chosen.",
    )
    name = fields.Char(string="Customer in the File", readonly=True)
    email = fields.Char(
        readonly=True, help="By which a lookup of personal data finds the row."
    )
    document = fields.Char(readonly=True)
    document_key = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due = fields.Date(string="Due Date", readonly=True)
    disputed = fields.Boolean(readonly=True, help="Disputed by its customer.")
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
    head_id = fields.Many2one(
        "customer.import.row",
        string="Customer's Row",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The row in which the customer of this one is created or updated.",
    )
    is_contact = fields.Boolean(string="Contact Person", readonly=True)
    is_unknown = fields.Boolean(
        readonly=True, help="Nothing is wrong but that nobody knows its customer."
    )
    is_published = fields.Boolean(readonly=True)
    cells = fields.Text(
        string="In the File",
        compute="_compute_cells",
        help="What the row says in the file, a line a cell.",
    )
    before = fields.Json(
        readonly=True, help="What an update has overwritten, to be put back."
    )

    made = fields.Json(
        readonly=True,
        help="What publishing it has made beside its entry: ids, and digests of what "
        "it wrote.",
    )

    _known_index = models.Index("(company_id, document_key)")

    # === COMPUTE METHODS === #

    @api.depends("raw", "import_id.column_ids.title")
    def _compute_cells(self):
        titles = {
            record: record.column_ids.sorted("number").mapped("title")
            for record in self.import_id
        }
        for row in self:
            # a row may have more cells than the table has headers
            named = zip_longest(titles.get(row.import_id, ()), row.raw or ())
            row.cells = "\n".join(
                self.env._("%(title)s: %(cell)s", title=title or "", cell=cell)
                for title, cell in named
                if cell
            )

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
            if vals["choice"] == "update":
                self.import_id._check_changeable(self.duplicate_id)
            self.import_id._note_hand()
        result = super().write(vals)
        if "choice" in vals:
            # sudo: nobody writes totals by hand
            self.import_id.sudo()._follow_choices()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_published(self):
        """:raises UserError: what they have created couldn't be taken back then"""
        if any(row.is_published for row in self):
            raise UserError(
                self.env._(
                    "What these rows have created is published: erase the file of "
                    "their import instead, so that nothing of what they said is kept."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_samples(self):
        self.import_id._forget_shown()

    # === CUSTOMERS === #

    def _get_customer(self):
        """Return the customer of this row, if it is there by now: what was published,
        or what the row is of for sure.

        :return: ``res.partner``
        """
        if self.partner_id or not self:
            return self.partner_id
        is_same = self.choice not in ("skip", "create") and self.score >= 95
        return self.duplicate_id if is_same else self.partner_id

    # === ERASING === #

    def _erase(self, gone=False):
        """Forget what these rows said; what they have created stays known by its
        document, and what they have changed can be put back.

        :param bool gone: their partner is deleted: nothing is to be put back
        """
        self.import_id._forget_shown()
        kept = {"before": None, "made": None} if gone else {}
        self._update(
            [
                {
                    "id": row_id,
                    "raw": None,
                    "values": None,
                    "problems": None,
                    "left_out": None,
                    "name": None,
                    "email": None,
                    "message": None,
                    **kept,
                }
                for row_id in self.ids
            ]
        )
