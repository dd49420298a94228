import hashlib
from base64 import b64decode

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_list

from ..common.guarded_mixin import is_open
from ..common.remembered import remembered
from ..common.scheduled_job import ScheduledJob
from ..common.typed_number_mixin import DAYS

FINANCE = "multicurrency_crm.group_finance"
#: The job that checks, publishes and takes back what is large.
JOB = "multicurrency_crm.ir_cron_customer_import"
#: Rows of a file that are worked on while somebody waits.
AT_ONCE = 500

#: What is brought in.
KIND_NAMES = [
    ("customers", "Customers and contacts"),
    ("items", "Open items"),
    ("balances", "Opening balances"),
    ("past", "Past orders and invoices"),
    ("notes", "Follow-ups"),
]
#: Kinds that are booked.
BOOKED = ("items", "balances")
#: States in which it may be read and checked again.
OPEN_STATES = ("draft", "read", "ready")
#: States in which a job is at work on it.
BUSY = ("checking", "publishing", "undoing")
#: What a check goes by: a change of one of these asks for another check.
CHOICES = frozenset(
    {
        "company_id",
        "create_customers",
        "currency_id",
        "date",
        "file",
        "hidden_rows",
        "kind",
        "open_currency",
        "rate_tolerance",
        "rows_are",
        "scale",
        "sign",
        "term_id",
    }
)
#: What is said of one file, and counts for no other.
OF_ONE_FILE = ("difference_reason", "hidden_rows", "rate_tolerance", "skip_bad")
#: Of these, what decides how the file is read.
READING = frozenset({"delimiter", "encoding", "file", "header_row", "sheet_name"})
#: What else people say of a file: nobody changes it once it waits for a decision, or is
#: published.
SAID = frozenset({"difference_reason", "file_name", "rate_tolerance", "skip_bad"})


class CustomerImport(models.Model):
    """A file of an old system: read, matched, checked, tied out, published, undone.

    draft → read → checking → ready → (requested) → publishing → done → undoing → undone

    Nothing of ours is written before somebody publishes; then all of it is, or nothing:
    entries that are posted part by part don't count before the last one is
    (``account.move._get_preparation_query``).
    """

    _name = "customer.import"
    _description = "Import of History"
    _inherit = [
        "asking.mixin",
        "mail.thread",
        "decision.mixin",
        "own.company.mixin",
        "parted.run.mixin",
        "typed.number.mixin",
    ]
    _order = "id desc"
    _rec_name = "file_name"
    _check_company_auto = True

    _decision_states = {
        "asked": "requested",
        "granted": "publishing",
        "denied": "ready",
        "withdrawn": "ready",
    }

    file = fields.Binary(string="Spreadsheet", attachment=True, copy=False)
    file_name = fields.Char(string="File", copy=False, tracking=True)
    file_hash = fields.Char(readonly=True, copy=False, index=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    kind = fields.Selection(
        selection=KIND_NAMES,
        string="What It Holds",
        help="Empty: proposed from the headers when the file is read.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Not Read"),
            ("read", "Read"),
            ("checking", "Being Checked"),
            ("ready", "Checked"),
            ("requested", "To Approve"),
            ("publishing", "Being Published"),
            ("done", "Done"),
            ("undoing", "Being Taken Back"),
            ("undone", "Taken Back"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    date = fields.Date(
        string="Opening Date",
        required=True,
        default=lambda self: self.env.company._get_today(),
        bounds=DAYS,
        help="The day on which the old system was left: entries are booked on it, "
        "converted at its rates where the file says no amount in company currency.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Currency of Rows without One",
        ondelete="restrict",
    )
    open_currency = fields.Selection(
        selection=[
            ("document", "The currency of the row"),
            ("company", "Company currency"),
        ],
        string="Open Amounts Are In",
        help="Empty: found from the rows. Asked where both are possible.",
    )
    sign = fields.Selection(
        selection=[
            ("owed", "What customers owe"),
            ("owing", "What is owed to them"),
        ],
        string="Amounts above 0 Are",
        default="owed",
        required=True,
    )
    scale = fields.Selection(
        selection=[
            ("header", "What each header says"),
            ("one", "Units, as they are written"),
            ("thousand", "Thousands"),
            ("ten_thousand", "Ten thousands (万)"),
            ("million", "Millions"),
            ("hundred_million", "Hundred millions (亿)"),
        ],
        string="Amounts Count In",
        help="Empty: as the file says in headers, or above its table. Asked where "
        "these contradict each other.",
    )
    rows_are = fields.Selection(
        selection=[
            ("documents", "A document each"),
            ("repeated", "Lines that repeat the document's amount"),
            ("lines", "Lines that add up to their document"),
        ],
        default="documents",
        required=True,
    )
    term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms Where Due Dates Lack",
        ondelete="set null",
        check_company=True,
        help="They count where neither the row nor its customer has any.",
    )
    sheet_name = fields.Char(
        string="Sheet", help="Its name, or its number. Empty: the first with rows."
    )
    header_row = fields.Integer(
        bounds=(0, 100_000), help="The row with the headers. 0: found."
    )
    encoding = fields.Selection(
        selection=[
            ("utf-8", "UTF-8"),
            ("utf-16", "UTF-16"),
            ("gb18030", "GB18030 (simplified Chinese)"),
            ("big5hkscs", "Big5 (traditional Chinese)"),
            ("cp932", "Shift-JIS (Japanese)"),
            ("cp1252", "Windows-1252 (Western Europe)"),
            ("cp1250", "Windows-1250 (Central Europe)"),
        ],
        help="Of the letters in a text file. Empty: found.",
    )
    delimiter = fields.Selection(
        selection=[
            ("comma", "Comma"),
            ("semicolon", "Semicolon"),
            ("tab", "Tab"),
            ("bar", "Vertical Bar"),
        ],
        string="Between Columns",
        help="Of a text file. Empty: found.",
    )
    create_customers = fields.Boolean(
        string="Create Unknown Customers",
        help="A customer that nobody knows is created with its first row: name, code, "
        "tax number, country and currency as the row says. Else it is an error.",
    )
    skip_bad = fields.Boolean(
        string="Skip Rows with Errors",
        tracking=True,
        help="Publish the others, and leave out rows with errors.",
    )
    rate_tolerance = fields.Float(
        default=0.1,
        bounds=(0.0, 100.0),
        help="How far the rate that a row implies may be from the day's before it is "
        "said. Five times that is an error.",
    )
    difference_reason = fields.Char(
        tracking=True,
        help="Why what was found differs from the totals of the old system, if it is "
        "to be published all the same.",
    )
    read_as = fields.Char(
        string="Was Read As",
        readonly=True,
        copy=False,
        help="Its sheet, the row of headers, the encoding, what is between columns.",
    )
    remarks = fields.Text(readonly=True, copy=False)
    failure = fields.Text(readonly=True, copy=False)

    column_ids = fields.One2many("customer.import.column", "import_id", copy=False)
    total_ids = fields.One2many("customer.import.total", "import_id", copy=False)
    row_ids = fields.One2many("customer.import.row", "import_id", readonly=True)
    entry_ids = fields.One2many("customer.import.entry", "import_id", readonly=True)
    totals = fields.Char(compute="_compute_totals", help="What was found, by currency.")

    total = fields.Integer(string="Rows", readonly=True, copy=False)
    expected = fields.Integer(
        readonly=True, copy=False, help="Rows that the file has, by its reader."
    )
    looked_at = fields.Integer(readonly=True, copy=False)
    last_id = fields.Integer(readonly=True, copy=False)
    is_staged = fields.Boolean(readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    create_count = fields.Integer(string="To Create", compute="_compute_counts")
    update_count = fields.Integer(string="To Update", compute="_compute_counts")
    duplicate_count = fields.Integer(string="Duplicates", compute="_compute_counts")
    skip_count = fields.Integer(string="Skipped", compute="_compute_counts")
    error_count = fields.Integer(string="Errors", compute="_compute_counts")
    done_count = fields.Integer(string="Done", compute="_compute_counts")
    ties_out = fields.Boolean(compute="_compute_ties_out")

    has_completeness = fields.Boolean(readonly=True, copy=False)
    completeness = fields.Integer(
        string="Completeness of Data",
        readonly=True,
        copy=False,
        help="Of the customers that it names, by the company's customer data standard.",
    )

    user_id = fields.Many2one(
        "res.users",
        string="Loaded By",
        readonly=True,
        tracking=True,
        copy=False,
        default=lambda self: self.env.uid,
        ondelete="set null",
    )
    published_by = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    published_on = fields.Datetime(readonly=True, copy=False)
    undone_by = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    undone_on = fields.Datetime(readonly=True, copy=False)
    erased_on = fields.Date(
        string="File Erased On",
        readonly=True,
        copy=False,
        help="The file and what its rows said are kept as long as the settings say.",
    )

    # === COMPUTE METHODS === #

    @api.depends("file_name", "kind", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            kind = kinds.get(record.kind) or self.env._("New Import")
            record.display_name = (
                self.env._("%(kind)s: %(file)s", kind=kind, file=record.file_name)
                if record.file_name
                else kind
            )

    @api.depends("total", "looked_at", "state")
    def _compute_progress(self):
        for record in self:
            part = record.looked_at / record.total if record.total else 0.0
            busy = record.state in BUSY
            record.progress = min(100.0 * part, 99.0) if busy else 100.0

    @api.depends("row_ids.state")
    def _compute_counts(self):
        counts = {
            (record.id, state): count
            for record, state, count in self.env["customer.import.row"]._read_group(
                [("import_id", "in", self.ids)], ["import_id", "state"], ["__count"]
            )
        }
        for record in self:
            for state in ("create", "update", "duplicate", "skip", "error", "done"):
                record[f"{state}_count"] = counts.get((record.id, state), 0)

    @api.depends("total_ids.found", "total_ids.currency_id")
    def _compute_totals(self):
        for record in self:
            record.totals = format_list(
                self.env,
                [
                    total.currency_id._format_amount(total.found)
                    for total in record.total_ids
                    if total.found_count
                ],
            )

    @api.depends("total_ids.difference", "total_ids.is_typed")
    def _compute_ties_out(self):
        for record in self:
            record.ties_out = not any(
                total.is_typed and not total.currency_id.is_zero(total.difference)
                for total in record.total_ids
            )

    # === CRUD METHODS === #

    @api.model
    @remembered()
    def _is_used(self):
        """Return whether anything was ever brought in."""
        # sudo: of any company
        return bool(self.sudo().search_count([], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_companies_named(vals)
        if not self._is_used():
            self.env["res.company"]._forget_remembered()
        records = super().create(vals_list)
        for record in records.filtered("file"):
            record._note_file()
        records._note_hand()
        return records

    def write(self, vals):
        if is_open(self):
            return super().write(vals)
        self._check_companies_named(vals)
        self._check_typed_numbers(vals)
        asked = (CHOICES | READING) & vals.keys()
        changed = asked and self.filtered(
            lambda record: any(record._differs_from(name, vals[name]) for name in asked)
        )
        said = (CHOICES | READING | SAID) & vals.keys()
        touched = said and self.filtered(
            lambda record: any(record._differs_from(name, vals[name]) for name in said)
        )
        for record in touched or ():
            record._check_open()
        # a reason that comes with totals is of all of them
        saved = self.with_context(within_import=True)
        result = super(CustomerImport, saved).write(vals)
        if touched:
            touched._note_hand()
        if "difference_reason" in vals:
            self._note_reason()
        elif "total_ids" in vals:
            self._drop_stale_reason()
        if changed:
            if "company_id" in vals:
                # Odoo's rules look at the company before, not at the one after
                changed.check_access("write")
            changed._ask_for_check(vals)
        return result

    def _ask_for_check(self, vals):
        """Note that what was checked was changed."""
        # sudo: nobody writes the state by hand
        records = self.sudo()
        is_other_file = READING & vals.keys()
        records._write_guarded(
            {"state": "draft" if is_other_file else "read", "failure": False}
        )
        records.filtered(lambda one: not one.column_ids)._write_guarded(
            {"state": "draft"}
        )
        for record in records:
            if "file" in vals:
                record._note_file()
                record._forget_said(vals)
            elif is_other_file and record.column_ids:
                # the columns and their samples are shown again at once
                record._read_headers()
            elif "kind" in vals and "column_ids" not in vals:
                record._match_again()

    def _note_file(self):
        """Keep what tells this file from others; forget what was read of another."""
        # sudo: nobody writes that by hand
        record = self.sudo()
        content = b64decode(record.with_context(bin_size=False).file or b"")
        record._write_guarded(
            {
                "file_hash": hashlib.sha256(content).hexdigest() if content else False,
                "user_id": self.env.uid,
                "erased_on": False,
                "read_as": False,
                "remarks": False,
                "total": 0,
                "looked_at": 0,
                "last_id": 0,
                "is_staged": False,
                "kept_choices": False,
            }
        )
        record._drop_rows()
        # how cells of another file were to be read says nothing of these
        record.column_ids.filtered("reading").reading = False
        record.column_ids._forget()

    def _forget_said(self, vals):
        """Forget what was said of another file.

        :param vals: what is said of this one
        """
        names = [name for name in OF_ONE_FILE if name not in vals]
        # sudo: the right to change the file was checked
        self.sudo()._write_guarded(
            self.default_get(names)
            | {name: False for name in names if name != "rate_tolerance"}
        )

    def _drop_rows(self):
        """Forget the rows of these imports, of which nothing is published."""
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM customer_import_row WHERE import_id = ANY(%s)", [self.ids]
        )
        self.env.invalidate_all()

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_published(self):
        for record in self:
            if record.state in ("publishing", "done", "undoing"):
                raise UserError(
                    self.env._(
                        "%(record)s is published: take it back first.",
                        record=record.display_name,
                    )
                )

    # === RIGHTS === #

    def _check_finance(self):
        """:raises AccessError: not finance, or another company's import"""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(
                self.env._("Bringing history in is a matter of Multi-Currency finance.")
            )
        self.check_access("write")

    def _check_open(self):
        """:raises UserError: it is published, being worked on, or waits for somebody"""
        if self.state not in OPEN_STATES:
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(record)s can't be changed now (%(state)s).",
                    record=self.display_name,
                    state=states[self.state],
                )
            )

    # === DECISIONS === #

    def _get_decision_question(self):
        return (
            self.env._("Publish %(record)s?", record=self.display_name),
            self.env._(
                "%(totals)s on %(date)s. Look at its rows and totals first.",
                totals=self.totals or "",
                date=format_date(self.env, self.date),
            ),
        )

    def _announce_decision(self):
        """Whoever asked reads the state of the import."""

    # === ACTIONS === #

    def action_open_rows(self):
        """Open the rows of this import: those of the state that a figure's button
        names, else those to be looked at first.

        :return: action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_import_row"
        )
        title = self.env._("Rows: %s", self.file_name)
        asked = self.env.context.get("rows_state")
        states = dict(self.row_ids._fields["state"]._description_selection(self.env))
        first = (name for name in ("error", "duplicate") if self[f"{name}_count"])
        known = {*states, "left_out"}
        state = asked if asked in known else next(first, None)
        return action | {
            "name": title,
            "display_name": title,
            "domain": [("import_id", "=", self.id)],
            "context": {
                "rows_kind": self.kind,
                **({f"search_default_{state}": 1} if state else {}),
            },
        }

    def action_open_entries(self):
        """Open the entries that this import has posted.

        :return: action
        """
        self.ensure_one()
        self._check_finance()
        # sudo: which entries they are; whoever may read entries opens them
        moves = self.sudo().entry_ids.move_id | self.sudo().entry_ids.reversal_id
        return moves.sudo(self.env.su)._open_entries(self.env._("Opening Entries"))

    # === THE JOB === #

    def _work(self):
        """Work on this import at once where it is small, else leave it to the job.

        :return: True
        """
        if self.total <= AT_ONCE:
            with ScheduledJob(self) as job:
                self._work_off(job)
        else:
            # sudo: the job of the server
            self.env.ref(JOB).sudo()._trigger()
        return True
