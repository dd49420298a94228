from odoo import api, fields, models
from odoo.tools import SQL, format_time

from ...engine.local_time import find_local_time
from ...engine.open_amounts import MONEY
from ..common.sql_money import convert
from .collection_account import ACTIONS

#: Columns of a row: (name, type of PostgreSQL).
COLUMNS = (
    ("id", "int8"),
    ("company_id", "int4"),
    ("company_currency_id", "int4"),
    ("partner_id", "int4"),
    ("currency_id", "int4"),
    ("overdue", "numeric"),
    ("in_favour", "numeric"),
    ("value", "numeric"),
    ("items", "int4"),
    ("days_late", "int4"),
    ("reason", "varchar"),
    ("place", "int4"),
    ("next_action", "varchar"),
    ("next_date", "date"),
    ("last_call_id", "int4"),
    ("promise_id", "int4"),
    ("broken", "int4"),
    ("letters", "int4"),
    ("level_id", "int4"),
    ("last_letter_on", "date"),
    ("user_id", "int4"),
    ("country_id", "int4"),
    ("lang_id", "int4"),
)

#: Why somebody is called, what matters most first.
REASONS = ("broken", "due", "letter", "new")


class CollectionToday(models.Model):
    """Whom to call today about what is overdue: a row a customer and currency.

    A query, no table. The items are those of the ledger's one query: what the customer
    disputes, and what is blocked or isn't followed, isn't asked for. A customer about
    whom something is planned on a later day isn't there.
    """

    _name = "collection.today"
    _description = "Call for Today"
    _inherit = ["whole.totals.mixin"]
    _auto = False
    _order = "place, value desc nulls last, days_late desc, id"
    _rec_name = "partner_id"

    _whole_totals = {
        "overdue": "currency_id",
        "in_favour": "currency_id",
        "value": "company_currency_id",
    }

    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    overdue = fields.Monetary(
        readonly=True, help="Without what is disputed, or isn't followed."
    )
    in_favour = fields.Monetary(
        string="Unallocated",
        readonly=True,
        help="Money and credit notes of this customer that aren't matched yet.",
    )
    value = fields.Monetary(
        string="At Spot",
        readonly=True,
        currency_field="company_currency_id",
        help="What is overdue, in company currency, at today's spot rate. Empty where "
        "no rate is known.",
    )
    items = fields.Integer(
        string="Overdue Items", readonly=True, help="Invoices, or instalments of them."
    )
    days_late = fields.Integer(
        string="Days Overdue",
        readonly=True,
        aggregator="max",
        help="Of the oldest item.",
    )
    reason = fields.Selection(
        selection=[
            ("broken", "Broke a Promise"),
            ("due", "Planned for Today"),
            ("letter", "No Answer to a Letter"),
            ("new", "Nothing Planned"),
        ],
        string="Why",
        readonly=True,
        help="The first that holds: it broke a promise, somebody planned it for today, "
        "a letter left since the last call, or nobody has planned anything.",
    )
    place = fields.Integer(string="Order", readonly=True, aggregator=None)
    next_action = fields.Selection(selection=ACTIONS, readonly=True)
    next_date = fields.Date(string="Planned For", readonly=True)
    last_call_id = fields.Many2one("collection.call", readonly=True)
    last_called_on = fields.Date(related="last_call_id.date", string="Last Called On")
    last_outcome = fields.Selection(
        related="last_call_id.outcome", string="Last Answer"
    )
    promise_id = fields.Many2one(
        "payment.promise",
        string="Last Promise",
        readonly=True,
        help="In this currency.",
    )
    promise_state = fields.Selection(
        related="promise_id.state", string="Promised Before"
    )
    broken = fields.Integer(
        string="Broken Promises", readonly=True, help="In this currency."
    )
    letters = fields.Integer(
        readonly=True, help="That left, about what is overdue in this currency."
    )
    level_id = fields.Many2one(
        "collection.level", string="Last Level", readonly=True, help="Of these letters."
    )
    last_letter_on = fields.Date(string="Last Letter", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    lang_id = fields.Many2one("res.lang", string="Language", readonly=True)
    phone = fields.Char(related="partner_id.phone")
    preferred_channel = fields.Selection(related="partner_id.preferred_channel")
    contact_hours = fields.Char(
        string="Hours There",
        compute="_compute_local_time",
        help="When this customer likes to be reached, by its own clock.",
    )
    local_time = fields.Char(
        string="Time There",
        compute="_compute_local_time",
        help="Now, where the customer is: of its own time zone, else of its country; "
        "from – to where that has several.",
    )
    is_day_there = fields.Boolean(
        string="Daytime There",
        compute="_compute_local_time",
        help="It is between 8:00 and 19:00, all over the country, or within the hours "
        "in which this customer likes to be reached.",
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    @api.depends_context("lang")
    def _compute_local_time(self):
        now = fields.Datetime.now()
        for row in self:
            found = find_local_time(now, row.partner_id._find_zones())
            hours = row.partner_id._get_contact_hours() if row.partner_id else None
            row.contact_hours = hours and row.partner_id._format_contact_hours()
            is_time = found and (found.is_within(*hours) if hours else found.is_day)
            row.is_day_there = bool(is_time)
            row.local_time = found and self._format_local_time(found)

    @api.model
    def _format_local_time(self, found):
        """:param found: :class:`LocalTime`"""
        # they are local already
        first, last = (
            format_time(self.env, moment, tz="UTC", time_format="short")
            for moment in (found.earliest, found.latest)
        )
        if found.is_one:
            return first
        return self.env._("%(first)s – %(last)s", first=first, last=last)

    # === ROWS === #

    @property
    def _table_query(self):
        # while modules are loaded, tables that are read here may not exist yet
        if not self.env.registry.ready:
            return SQL("SELECT %s WHERE FALSE", self._empty_columns())
        self.env["res.partner"].flush_model(["country_id", "lang", "user_id"])
        for name in ("account", "block", "call", "letter"):
            self.env[f"collection.{name}"].flush_model()
        self.env["payment.promise"].flush_model()
        tops = self.env["customer.ageing"]._find_tops()
        parts = [self._get_company_query(company) for company in tops]
        return SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts)

    @staticmethod
    def _empty_columns():
        return SQL(", ").join(
            SQL("NULL::%s AS %s", SQL(kind), SQL.identifier(name))
            for name, kind in COLUMNS
        )

    @api.model
    def _get_company_query(self, company):
        """Return the query of a company's rows, with what its branches are owed."""
        day, root = company._get_today(), company.root_id
        return SQL(
            """SELECT %(columns)s
                 FROM (%(late)s) AS o
                 JOIN res_partner p ON p.id = o.partner_id
            LEFT JOIN collection_account a
                   ON a.partner_id = o.partner_id AND a.company_id = %(root)s
            LEFT JOIN collection_call c ON c.id = a.last_call_id
            LEFT JOIN unnest(%(ids)s::int4[], %(rates)s::float8[]) AS r (id, rate)
                   ON r.id = o.currency_id
    LEFT JOIN LATERAL (%(promised)s) AS h ON TRUE
    LEFT JOIN LATERAL (%(written)s) AS w ON TRUE
                WHERE %(wanted)s""",
            columns=self._get_columns(company, day),
            late=self._get_late_query(company, day),
            root=root.id,
            promised=self._get_promised_query(root),
            written=self._get_written_query(root),
            wanted=self._get_wanted(day),
            **self.env["customer.ageing"]._get_rates(company, day),
        )

    @api.model
    def _get_promised_query(self, root):
        """Return the query of what a customer promised in the currency of ``o``: one
        row of (promise_id, open, broken, broken_on)."""
        return SQL(
            """SELECT (ARRAY_AGG(x.id ORDER BY x.made_on DESC, x.id DESC)
                          FILTER (WHERE x.state != 'replaced'))[1] AS promise_id,
                      SUM(x.amount - COALESCE(x.received, 0))
                          FILTER (WHERE x.state = 'open') AS open,
                      COUNT(*) FILTER (WHERE x.state = 'broken') AS broken,
                      MAX(x.settled_on) FILTER (WHERE x.state = 'broken') AS broken_on
                 FROM payment_promise x
                WHERE x.partner_id = o.partner_id AND x.currency_id = o.currency_id
                  AND x.company_id = ANY(%s)""",
            list(root._get_branch_ids(root.id)),
        )

    @api.model
    def _get_written_query(self, root):
        """Return the query of the letters that left to a customer about the currency of
        ``o``: one row of (letters, level_id, sent_on)."""
        return SQL(
            """SELECT COUNT(*) AS letters, MAX(x.date) AS sent_on,
                      (ARRAY_AGG(x.level_id ORDER BY x.date DESC, x.id DESC))[1]
                          AS level_id
                 FROM collection_letter x
                WHERE x.partner_id = o.partner_id AND x.currency_id = o.currency_id
                  AND x.company_id = %s AND x.state = 'sent'""",
            root.id,
        )

    @api.model
    def _get_columns(self, company, day):
        """Return the columns of a row, over what is late ``o``, its customer ``p`` and
        that one's row ``a``, at a rate ``r``."""
        reason = self._get_reason(day)
        given = {
            "company_id": SQL("%s", company.id),
            "company_currency_id": SQL("%s", company.currency_id.id),
            "value": convert(SQL("o.overdue"), SQL("r.rate"), company.currency_id),
            "days_late": SQL("%s - o.oldest", day),
            "reason": reason,
            "place": SQL("array_position(%s, (%s)::text)", list(REASONS), reason),
            "next_action": SQL("a.next_action"),
            "next_date": SQL("a.next_date"),
            "last_call_id": SQL("a.last_call_id"),
            "promise_id": SQL("h.promise_id"),
            "broken": SQL("h.broken"),
            "letters": SQL("w.letters"),
            "level_id": SQL("w.level_id"),
            "last_letter_on": SQL("w.sent_on"),
            "user_id": SQL("p.user_id"),
            "country_id": SQL("p.country_id"),
            "lang_id": SQL("(SELECT g.id FROM res_lang g WHERE g.code = p.lang)"),
        }
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                given.get(name) or SQL.identifier("o", name),
                SQL(kind),
                SQL.identifier(name),
            )
            for name, kind in COLUMNS
        )

    @api.model
    def _get_late_query(self, company, day):
        """Return the query of what is overdue, by customer and currency, under the
        number of one of its items: (id, partner_id, currency_id, overdue, in_favour,
        items, oldest)."""
        accounts = self.env["account.account"]._find_followed(
            ("asset_receivable",), False
        )
        late = SQL(
            """(i.residual > 0 AND i.kind != ALL(%s) AND i.due < %s
                AND NOT i.disputed AND NOT i.no_followup
                AND NOT EXISTS (SELECT FROM collection_block x
                                 WHERE x.partner_id = i.partner_id
                                   AND COALESCE(x.move_id, i.move_id) = i.move_id
                                   AND x.company_id = %s AND x.date_to >= %s))""",
            list(MONEY),
            day,
            company.root_id.id,
            day,
        )
        return SQL(
            """SELECT MIN(i.id) AS id, i.partner_id, i.currency_id,
                      SUM(i.residual) FILTER (WHERE %(late)s) AS overdue,
                      -COALESCE(SUM(i.residual) FILTER (
                          WHERE i.residual < 0 OR i.kind = ANY(%(money)s)), 0)
                      AS in_favour,
                      COUNT(*) FILTER (WHERE %(late)s) AS items,
                      MIN(i.due) FILTER (WHERE %(late)s) AS oldest
                 FROM (%(items)s) AS i
                WHERE i.residual != 0 AND i.partner_id IS NOT NULL
             GROUP BY i.partner_id, i.currency_id
               HAVING SUM(i.residual) FILTER (WHERE %(late)s) > 0""",
            late=late,
            money=list(MONEY),
            items=self.env["account.move.line"]._get_items_query(
                company, day, accounts
            ),
        )

    @api.model
    def _get_wanted(self, day):
        """Return the condition that a customer is called on a day: nothing is planned
        for a later one, and no open promise covers what is overdue; or it broke one."""
        return SQL(
            """(%(broken)s OR a.next_date <= %(day)s
                OR a.next_date IS NULL AND o.overdue > COALESCE(h.open, 0))""",
            broken=self._get_broken(),
            day=day,
        )

    @api.model
    def _get_broken(self):
        """Return the condition that a promise was broken since the last call."""
        return SQL("COALESCE(h.broken_on > COALESCE(c.date, '-infinity'), FALSE)")

    @api.model
    def _get_reason(self, day):
        """Return why a customer is called: SQL."""
        return SQL(
            """CASE WHEN %(broken)s THEN 'broken'
                    WHEN a.next_date <= %(day)s THEN 'due'
                    WHEN w.sent_on > COALESCE(c.date, '-infinity') THEN 'letter'
                    ELSE 'new' END""",
            broken=self._get_broken(),
            day=day,
        )

    # === ACTIONS === #

    def action_call(self):
        """Open the dialog that notes what this customer says."""
        self.ensure_one()
        return self.env["collection.call"]._open_dialog(
            self.partner_id, self.company_id, self.currency_id
        )

    def action_open_customer(self):
        """Open the customer of one row."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.partner_id.display_name,
            "res_model": "res.partner",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.partner_id.id,
        }
