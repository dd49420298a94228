from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: Where rows come from; the place in this list is a part of a row's id.
SOURCES = [
    ("follow_up", "Follow-up"),
    ("message", "Message"),
    ("milestone", "Milestone"),
    ("activity", "Planned"),
]
PLACES = {source: place for place, (source, _label) in enumerate(SOURCES)}
#: Columns, and their types.
COLUMNS = {
    "id": "int8",
    "source": "varchar",
    "kind": "varchar",
    "date": "date",
    "partner_id": "int4",
    "company_id": "int4",
    "author_id": "int4",
    "message_id": "int4",
    "title": "varchar",
    "res_model": "varchar",
    "res_id": "int4",
    "currency_id": "int4",
    "amount": "numeric",
    "amount_company": "numeric",
    "is_void": "bool",
}


class CustomerTimeline(models.Model):
    """All that happened with a customer, and what is planned, in one list: what was
    said and written, milestones, and activities. Each as far as its reader reads it."""

    _name = "customer.timeline"
    _description = "Customer Timeline"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "title"

    source = fields.Selection(selection=SOURCES, string="What", readonly=True)
    kind = fields.Selection(selection="_list_kinds", readonly=True)
    date = fields.Date(string="Day", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    author_id = fields.Many2one("res.partner", string="By", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True)
    title = fields.Char(readonly=True)
    text = fields.Char(string="What Was Said or Done", compute="_compute_text")
    res_model = fields.Char(string="Model of the Document", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record of the Document", model_field="res_model", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate that its milestone names.",
    )
    is_void = fields.Boolean(string="Void", readonly=True)

    # === COMPUTE METHODS === #

    @api.model
    def _list_kinds(self):
        milestones = self.env["customer.milestone"]._fields["kind"]
        follow_ups = self.env["customer.follow.up"]._fields["kind"]
        message, planned = self.env._("Message"), self.env._("Planned contact")
        return [
            *follow_ups._description_selection(self.env),
            ("message", message),
            ("planned", planned),
            *milestones._description_selection(self.env),
        ]

    @api.depends("message_id", "title")
    def _compute_text(self):
        # the rows are read as the user; sudo: the messages of rows that the user reads
        previews = {message.id: message.preview for message in self.message_id.sudo()}
        for row in self:
            row.text = row.title or previews.get(row.message_id.id)

    @api.depends("text", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._list_kinds())
        for row in self:
            row.display_name = row.text or kinds.get(row.kind, "")

    # === ROWS === #

    @property
    def _table_query(self):
        # while modules are loaded, tables that are read here may not exist yet
        if not self.env.registry.ready:
            return SQL("SELECT %s WHERE FALSE", self._get_columns({}))
        self.env.flush_all()
        documents = self.env["customer.contact.source"]._list_documents(None)
        return SQL(" UNION ALL ").join(
            SQL("(%s)", part)
            for part in (
                self._get_follow_ups_query(),
                self._get_messages_query(documents),
                self._get_milestones_query(),
                self._get_activities_query(documents),
            )
        )

    @staticmethod
    def _get_columns(given):
        """Return all columns, those that aren't given as nothing.

        :param given: {name: :class:`SQL`}
        """
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                given.get(name, SQL("NULL")),
                SQL(kind),  # pylint: disable=E8103
                SQL.identifier(name),
            )
            for name, kind in COLUMNS.items()
        )

    @staticmethod
    def _get_row(source, column):
        """Return the columns that say which row of which source it is."""
        return {
            "id": SQL("%s::int8 * %s + %s", column, len(SOURCES), PLACES[source]),
            "source": SQL("%s", source),
        }

    @api.model
    def _get_readable(self, model):
        """Return the query of the ids of a model that the user reads."""
        Model = self.env[model].with_context(active_test=False)
        if not Model.has_access("read"):
            return SQL("(SELECT NULL::int4 WHERE FALSE)")
        return Model._search(Domain.TRUE).subselect()

    @api.model
    def _get_follow_ups_query(self):
        return SQL(
            """SELECT %(columns)s FROM customer_follow_up f
                 JOIN mail_message m ON m.id = f.message_id
            LEFT JOIN res_users u ON u.id = f.user_id
                WHERE f.id IN %(readable)s""",
            columns=self._get_columns(
                {
                    **self._get_row("follow_up", SQL("f.id")),
                    "kind": SQL("f.kind"),
                    "date": SQL("f.date"),
                    "partner_id": SQL("f.partner_id"),
                    "company_id": SQL("f.company_id"),
                    "author_id": SQL("COALESCE(u.partner_id, m.author_id)"),
                    "message_id": SQL("f.message_id"),
                    "res_model": SQL("m.model"),
                    "res_id": SQL("m.res_id"),
                }
            ),
            readable=self._get_readable("customer.follow.up"),
        )

    @api.model
    def _get_messages_query(self, documents):
        columns = self._get_columns(
            {
                **self._get_row("message", SQL("m.id")),
                "kind": SQL(
                    "CASE m.message_type WHEN 'email' THEN 'email' ELSE 'message' END"
                ),
                "date": SQL(
                    "(m.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
                    self.env.company._get_zone(),
                ),
                "partner_id": SQL("d.partner_id"),
                "author_id": SQL("m.author_id"),
                "message_id": SQL("m.id"),
                "res_model": SQL("m.model"),
                "res_id": SQL("m.res_id"),
            }
        )
        companies = None if self.env.su else self.env.companies.ids
        Source = self.env["customer.contact.source"]
        return Source._get_messages_query(documents, columns, companies)

    @api.model
    def _get_milestones_query(self):
        names = [
            *("kind", "date", "partner_id", "company_id", "res_model", "res_id"),
            *("currency_id", "amount", "amount_company", "is_void"),
        ]
        return SQL(
            "SELECT %(columns)s FROM customer_milestone t WHERE t.id IN %(readable)s",
            columns=self._get_columns(
                {
                    **self._get_row("milestone", SQL("t.id")),
                    **{name: SQL.identifier("t", name) for name in names},
                    "title": SQL("t.document_name"),
                }
            ),
            readable=self._get_readable("customer.milestone"),
        )

    @api.model
    def _get_activities_query(self, documents):
        columns = self._get_columns(
            {
                **self._get_row("activity", SQL("y.id")),
                "kind": SQL("'planned'"),
                "date": SQL("y.date_deadline"),
                "partner_id": SQL("d.partner_id"),
                "author_id": SQL(
                    "(SELECT u.partner_id FROM res_users u WHERE u.id = y.user_id)"
                ),
                "title": SQL(
                    """COALESCE(y.summary,
                                (SELECT k.name->>'en_US' FROM mail_activity_type k
                                  WHERE k.id = y.activity_type_id))"""
                ),
                "res_model": SQL("y.res_model"),
                "res_id": SQL("y.res_id"),
            }
        )
        companies = None if self.env.su else self.env.companies.ids
        Source = self.env["customer.contact.source"]
        return Source._get_activities_query(documents, columns, companies)

    # === ACTIONS === #

    def action_open_document(self):
        """Open the document of one row, as far as the user may read it.

        :raises UserError: it is gone, or not the user's to read
        """
        self.ensure_one()
        return self._open_document(self.res_model, self.res_id, self.text)

    @api.model
    def _open_document(self, model, res_id, name):
        """Open a document, as far as the user may read it.

        :param str name: what to call one that the user may not read
        :return: an action
        :raises UserError: it is gone, or not the user's to read
        """
        document = self.env.get(model or "")
        if document is not None and res_id:
            document = document.browse(res_id).exists()
        if not document:
            raise UserError(self.env._("The document is gone."))
        if not (document.has_access("read") and document._filtered_access("read")):
            raise UserError(
                self.env._(
                    "%(name)s isn't yours to open: ask for the right to read such "
                    "documents.",
                    name=name or self._description,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "views": [(False, "form")],
            "view_mode": "form",
            "res_id": document.id,
        }
