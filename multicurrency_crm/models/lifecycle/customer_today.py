from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, clean_context, format_date

from .customer_follow_up import DOCUMENTS
from .customer_suggestion import SUGGESTION_KINDS

#: What is to be done today.
TODAY_KINDS = [
    ("contact", "Next Contact"),
    ("activity", "Activity"),
    *SUGGESTION_KINDS,
]
#: Columns, and their types.
COLUMNS = {
    "id": "int8",
    "kind": "varchar",
    "place": "int4",
    "partner_id": "int4",
    "company_id": "int4",
    "company_currency_id": "int4",
    "user_id": "int4",
    "activity_id": "int4",
    "suggestion_id": "int4",
    "res_model": "varchar",
    "res_id": "int4",
    "date": "date",
    "days_late": "int4",
    "currency_id": "int4",
    "amount": "numeric",
    "amount_company": "numeric",
    "rate": "float8",
    "rate_date": "date",
}
#: {model of a document: what is known of a row ``x`` of its table: the amount, what
#: that is in company currency, at which rate, and the moment of the rate in UTC}; rates
#: are document currency for 1 unit of company currency
FIGURES = {
    "res.partner": {},
    "crm.lead": {
        "currency_id": SQL("x.revenue_currency_id"),
        "amount": SQL("x.expected_revenue_customer"),
        "amount_company": SQL("x.expected_revenue"),
        "rate": SQL("x.revenue_rate"),
        "moment": SQL("COALESCE(x.date_closed, NOW() AT TIME ZONE 'UTC')"),
    },
    "sale.order": {
        "currency_id": SQL("x.currency_id"),
        "amount": SQL("x.amount_total"),
        "amount_company": SQL("x.amount_total_company"),
        "rate": SQL("x.currency_rate"),
        "moment": SQL("x.date_order"),
    },
    "account.move": {
        "currency_id": SQL("x.currency_id"),
        "amount": SQL("x.amount_total"),
        "amount_company": SQL("ABS(x.amount_total_signed)"),
        "rate": SQL("x.invoice_currency_rate"),
        "day": SQL("x.invoice_date"),
    },
}


class CustomerToday(models.Model):
    """What is to be done today about customers: activities that are due, and what may
    be suggested. A query, no table: each row as far as its reader reads what it is
    about."""

    _name = "customer.today"
    _description = "To Do Today"
    _inherit = ["whole.totals.mixin", "selection.order.mixin"]
    _auto = False
    _order = "place, days_late desc nulls last, amount_company desc nulls last, id"
    _rec_name = "partner_id"
    _in_order = frozenset({"kind"})

    _whole_totals = {"amount": "currency_id", "amount_company": "company_currency_id"}

    kind = fields.Selection(selection=TODAY_KINDS, string="What", readonly=True)
    place = fields.Integer(string="Order", readonly=True, aggregator=None)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Who",
        readonly=True,
        help="For whom it is planned; of a suggestion, the customer's salesperson.",
    )
    whose = fields.Selection(
        selection=[("mine", "Mine"), ("team", "My Team")],
        compute="_compute_whose",
        search="_search_whose",
        help="Mine, or of a colleague whose sales team is mine to lead.",
    )
    activity_id = fields.Many2one("mail.activity", readonly=True)
    suggestion_id = fields.Many2one("customer.suggestion", readonly=True)
    res_model = fields.Char(string="Model of the Document", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record of the Document", model_field="res_model", readonly=True
    )
    reason = fields.Text(string="Why", compute="_compute_reason")
    date = fields.Date(string="Day", readonly=True)
    days_late = fields.Integer(
        readonly=True,
        aggregator="max",
        help="Since the day on which it was due, or expected.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate that is named beside it. Empty where none is known.",
    )
    rate = fields.Float(
        string="Stored Rate",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Document currency for 1 unit of company currency.",
    )
    rate_date = fields.Date(string="Rate Of", readonly=True)
    rate_text = fields.Char(string="Rate", compute="_compute_reason")
    phone = fields.Char(related="partner_id.phone")

    # === COMPUTE METHODS === #

    @api.depends("activity_id", "suggestion_id", "rate", "currency_id")
    @api.depends_context("lang", "uid")
    def _compute_reason(self):
        for row in self:
            # sudo: what is planned on a document that the user reads
            planned = row.activity_id.sudo()
            row.reason = (
                row.suggestion_id.reason
                if row.suggestion_id
                else row._say_planned(planned)
            )
            is_foreign = row.currency_id != row.company_currency_id
            row.rate_text = bool(row.rate and is_foreign and row.currency_id) and (
                self.env._(
                    "%(rate)s, %(date)s",
                    rate=row.currency_id._format_rate(row.rate, row.company_id),
                    date=format_date(self.env, row.rate_date),
                )
            )

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_whose(self):
        for row in self:
            # sudo: who leads a team may be no other one's to read
            leader = row.user_id.sudo().sale_team_id.user_id
            row.whose = (row.user_id == self.env.user and "mine") or (
                leader == self.env.user and "team"
            )

    @api.model
    def _search_whose(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("user_id", "=", self.env.uid)
        domains = {
            "mine": mine,
            # those of the team are all of its members': the leader's own, too
            "team": mine | Domain("user_id.sale_team_id.user_id", "=", self.env.uid),
        }
        return Domain.OR(domains[whose] for whose in domains.keys() & set(value))

    def _say_planned(self, activity):
        """Return what is planned, and on which document.

        :param activity: ``mail.activity`` with sudo
        """
        what = activity.summary or activity.activity_type_id.name
        if activity.res_model == "res.partner" or not activity.res_name:
            return what
        return self.env._(
            "%(what)s (%(document)s)", what=what, document=activity.res_name
        )

    # === ROWS === #

    @property
    def _table_query(self):
        # while modules are loaded, tables that are read here may not exist yet
        if not self.env.registry.ready:
            return SQL("SELECT %s WHERE FALSE", self._get_columns({}))
        self.env.flush_all()
        documents = self.env["customer.contact.source"]._list_documents(None)
        parts = [self._get_activities_query(one) for one in documents]
        parts.append(self._get_suggestions_query())
        return SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts)

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

    @api.model
    def _get_activities_query(self, documents):
        """Return the query of what is due about documents of one model.

        :param documents: ``Documents`` that the user reads
        """
        columns = self._get_columns(
            {
                "id": SQL("y.id::int8 * 2"),
                "kind": SQL(
                    "CASE WHEN %s THEN 'contact' ELSE 'activity' END",
                    self.env["customer.contact.source"]._get_planned(),
                ),
                "place": SQL("1 + (y.date_deadline = %s)::int", self._today),
                "partner_id": SQL("d.partner_id"),
                "company_id": SQL("c.id"),
                "company_currency_id": SQL("c.currency_id"),
                "user_id": SQL("y.user_id"),
                "activity_id": SQL("y.id"),
                "res_model": SQL("y.res_model"),
                "res_id": SQL("y.res_id"),
                "date": SQL("y.date_deadline"),
                "days_late": SQL("%s - y.date_deadline", self._today),
                **self._get_figures(documents.model),
            }
        )
        return SQL(
            """SELECT %(columns)s
                 FROM mail_activity y
                 JOIN (%(documents)s) d ON d.id = y.res_id
                 JOIN %(table)s x ON x.id = d.id
            LEFT JOIN res_company c ON c.id = x.company_id
                WHERE y.active AND y.res_model = %(model)s
                  AND y.date_deadline <= %(today)s""",
            columns=columns,
            documents=documents.query,
            table=SQL.identifier(self.env[documents.model]._table),
            model=documents.model,
            today=self._today,
        )

    @api.model
    def _get_figures(self, model):
        """Return the columns of what a document ``x`` of a model comes to.

        :return: {name: :class:`SQL`}
        """
        figures = dict(FIGURES[model])
        moment, day = figures.pop("moment", None), figures.pop("day", None)
        if moment is not None:
            zone = self.env.company._get_zone()
            day = SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, zone)
        return figures | ({"rate_date": day} if day is not None else {})

    @property
    def _today(self):
        return SQL("%s::date", self.env.company._get_today())

    @api.model
    def _get_suggestions_query(self):
        """Return the query of what may be suggested today. Of a quotation that waits
        nothing is said while the next contact with its customer is planned."""
        kinds = [kind for kind, _label in SUGGESTION_KINDS]
        names = [
            *("kind", "partner_id", "company_id", "res_model", "res_id", "currency_id"),
            *("amount", "amount_company", "rate", "rate_date"),
        ]
        given = {
            **{name: SQL.identifier("s", name) for name in names},
            "id": SQL("s.id::int8 * 2 + 1"),
            "place": SQL("2 + array_position(%s, s.kind::text)", kinds),
            "company_currency_id": SQL("c.currency_id"),
            "user_id": SQL("p.user_id"),
            "suggestion_id": SQL("s.id"),
            "date": SQL("s.day"),
            "days_late": self._get_days_late(),
        }
        return SQL(
            """SELECT %(columns)s
                 FROM customer_suggestion s
                 JOIN res_partner p ON p.id = s.partner_id AND p.active
                 JOIN res_company c ON c.id = s.company_id
            LEFT JOIN customer_life l ON l.partner_id = s.partner_id
                                     AND l.company_id = s.company_id
                WHERE s.state = 'open' AND s.id IN %(readable)s
                  AND c.lifecycle_followed
                  AND (s.kind != 'silence'
                       OR COALESCE(l.next_contact_date < %(today)s, TRUE))""",
            columns=self._get_columns(given),
            readable=self.env["customer.timeline"]._get_readable("customer.suggestion"),
            today=self._today,
        )

    @api.model
    def _get_days_late(self):
        """Return how many days past what is expected a suggestion ``s`` is."""
        return SQL(
            """CASE s.kind WHEN 'reorder' THEN %(today)s - s.day
                           WHEN 'silence' THEN %(today)s - s.day - s.usual_days END""",
            today=self._today,
        )

    # === ACTIONS === #

    def action_do(self):
        """Do what one row suggests, or open what its activity is about.

        :return: an action
        :raises UserError: the document is gone, or not the user's to read
        """
        self.ensure_one()
        if self.suggestion_id:
            return self.suggestion_id.action_do()
        return self._open_document()

    def _open_document(self):
        return self.env["customer.timeline"]._open_document(
            self.res_model, self.res_id, self.reason
        )

    def action_done(self):
        """Ask what came of the activity of one row, then mark it as done.

        :raises UserError: it is none
        """
        self.ensure_one()
        if not self.activity_id:
            raise UserError(
                self.env._("A suggestion isn't marked as done: it ends by itself.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mark as Done"),
            "res_model": "customer.today.done",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_activity_id": self.activity_id.id},
        }

    def action_note_follow_up(self):
        """Open the dialog that notes what was said with the customer of one row, on its
        document where that can be."""
        self.ensure_one()
        document = self.partner_id
        if self.res_model in DOCUMENTS and self.res_id:
            document = self.env[self.res_model].browse(self.res_id)
        # a grouped list gives defaults of its own groups
        document = document.with_context(clean_context(self.env.context))
        FollowUp = self.env["customer.follow.up"].with_env(document.env)
        return FollowUp._open_dialog(document)

    def action_useless(self):
        """Let go of the suggestion of one row.

        :raises UserError: it is an activity
        """
        self.ensure_one()
        if not self.suggestion_id:
            raise UserError(
                self.env._("An activity isn't suggested: mark it as done instead.")
            )
        return self.suggestion_id.action_useless()

    def action_open_customer(self):
        """Open the customer of one row."""
        self.ensure_one()
        return self.env["customer.timeline"]._open_document(
            "res.partner", self.partner_id.id, self.partner_id.display_name
        )
