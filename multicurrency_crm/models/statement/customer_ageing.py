from datetime import date

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import babel_locale_parse

from ...engine.open_items import AGES
from ..common.sql_money import convert

#: Where the day, and whose items are aged, stand in the context.
DAY_KEY = "ageing_date"
OF_KEY = "ageing_of"

#: Ages of what has none, behind those that are days.
AGELESS = ("unallocated", "booked_only")
EVERY_AGE = (*AGES, *AGELESS)
OVERDUE = AGES[1:]

#: {whose items: types of their accounts, whether they are those that are marked}
SIDES = {
    "receivable": (("asset_receivable",), False),
    "payable": (("liability_payable",), False),
    "other": ((), True),
}

#: A row is numbered by its item and its day, so that two days never meet in a cache.
DAYS = 10_000_000

#: Columns of a row: (name, type of PostgreSQL).
COLUMNS = (
    ("id", "int8"),
    ("date_as_of", "date"),
    ("side", "varchar"),
    ("company_id", "int4"),
    ("company_currency_id", "int4"),
    ("partner_id", "int4"),
    ("country_id", "int4"),
    ("user_id", "int4"),
    ("currency_id", "int4"),
    ("is_foreign", "bool"),
    ("account_id", "int4"),
    ("move_id", "int4"),
    ("document", "varchar"),
    ("reference", "varchar"),
    ("kind", "varchar"),
    ("date", "date"),
    ("date_due", "date"),
    ("age", "varchar"),
    ("days_late", "int4"),
    ("disputed", "bool"),
    ("no_followup", "bool"),
    ("open_state", "varchar"),
    ("amount", "numeric"),
    ("booked", "numeric"),
    ("rate", "float8"),
    ("value", "numeric"),
    ("unrealised", "numeric"),
)


class CustomerAgeing(models.Model):
    """What is open on a day, and how late it is: a row an open item.

    A query, no table. The items are those of the ledger's one query; the day, and
    whether customers' or suppliers' items are asked for, stand in the context. What is
    open is positive where the partner owes it, for payables where we do.

    Amounts of different currencies are never added up, and a total in company currency
    is empty where a rate is missing.
    """

    _name = "customer.ageing"
    _description = "Ageing"
    _inherit = ["whole.totals.mixin"]
    _auto = False
    _order = "company_id, partner_id, currency_id, date_due, id"
    _rec_name = "document"

    _whole_totals = {
        "amount": "currency_id",
        "booked": "company_currency_id",
        "value": "company_currency_id",
        "unrealised": "company_currency_id",
    }

    date_as_of = fields.Date(string="As Of", readonly=True)
    side = fields.Selection(
        selection=[
            ("receivable", "Receivables"),
            ("payable", "Payables"),
            ("other", "Other Accounts"),
        ],
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    is_foreign = fields.Boolean(
        string="Foreign Currency", readonly=True, help="It isn't company currency."
    )
    account_id = fields.Many2one(
        "account.account",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    document = fields.Char(readonly=True)
    reference = fields.Char(readonly=True)
    kind = fields.Selection(
        selection=[
            ("invoice", "Invoice"),
            ("credit_note", "Credit Note"),
            ("payment", "Payment"),
            ("advance", "Advance"),
            ("entry", "Entry"),
            ("exchange", "Exchange Differences"),
            ("valuation", "Revaluation"),
        ],
        readonly=True,
    )
    date = fields.Date(readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    age = fields.Selection(
        selection="_list_ages",
        readonly=True,
        help="By days past the due date; what is due on the day itself isn't overdue. "
        "Money and credit notes that aren't matched yet stand apart, and so does what "
        "is open in company currency only: an exchange difference that was booked "
        "later, or is still to be cleared.",
    )
    days_late = fields.Integer(string="Days Overdue", readonly=True, aggregator="max")
    disputed = fields.Boolean(
        readonly=True, help="Its dispute had begun on that day, and hasn't ended."
    )
    no_followup = fields.Boolean(string="No Follow-Up", readonly=True)
    open_state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("realised_later", "Realized, Booked Later"),
            ("to_clear", "To Clear"),
        ],
        readonly=True,
    )
    amount = fields.Monetary(
        string="Open",
        readonly=True,
        help="In the document's currency. A total over several currencies is empty.",
    )
    booked = fields.Monetary(
        readonly=True,
        currency_field="company_currency_id",
        help="What is open, in company currency, as it was booked.",
    )
    rate = fields.Float(
        digits=0,
        readonly=True,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency, on that day; 0 "
        "where none is known.",
    )
    rate_text = fields.Char(string="Spot Rate", compute="_compute_rate_text")
    value = fields.Monetary(
        string="At Spot",
        readonly=True,
        currency_field="company_currency_id",
        help="What is open, in company currency, at the spot rate of that day, rounded "
        "so that the items of a customer add up to its statement. Empty where no rate "
        "is known, and so is a total over it.",
    )
    unrealised = fields.Monetary(
        string="Unrealized Gain/Loss (spot)",
        readonly=True,
        currency_field="company_currency_id",
        help="At spot less booked, of what is open in its own currency: below 0 is "
        "against us.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _list_ages(self):
        """List the ages with their days, as the chosen companies bound them; those
        that don't agree have no days in common."""
        bounds = {company._get_age_bounds() for company in self.env.companies}
        names = self._name_ages(bounds.pop() if len(bounds) == 1 else None)
        return list(names.items())

    @api.model
    def _name_ages(self, bounds):
        """Return the names of the ages.

        :param bounds: ``AgeBounds``, or None: of several
        :return: {age: name}
        """
        names = {
            "not_due": self.env._("Not Due"),
            "days_30": self.env._("Overdue, First Age"),
            "days_60": self.env._("Overdue, Second Age"),
            "days_90": self.env._("Overdue, Third Age"),
            "older": self.env._("Older"),
            "unallocated": self.env._("Unallocated"),
            "booked_only": self.env._("In Company Currency Only"),
        }
        if not bounds:
            return names
        since = 1
        for age, until in zip(OVERDUE, bounds, strict=False):
            names[age] = self.env._(
                "%(since)s–%(until)s Days", since=since, until=until
            )
            since = until + 1
        names["older"] = self.env._("Over %(days)s Days", days=bounds.third)
        return names

    @api.depends("rate", "currency_id", "company_id", "date_as_of")
    @api.depends_context("lang")
    def _compute_rate_text(self):
        # sudo: rates are the main company's, which a branch's user may not read
        rows = self.sudo()
        for (root, day), same in rows.grouped(
            lambda row: (row.company_id.root_id, row.date_as_of)
        ).items():
            spots = same.currency_id._find_spot(root, day)
            texts = {
                currency.id: self._get_rate_text(currency, root, spots.get(currency.id))
                for currency in same.currency_id
            }
            for row in same:
                row.rate_text = texts[row.currency_id.id]

    @api.model
    def _get_rate_text(self, currency, company, spot):
        """Return a rate with its source and day: "1 USD = 7.1234 CNY (ECB,
        22 Nov 2026)"; nothing of company currency itself.

        :param spot: ``Spot``, or None: no rate is known
        """
        if currency == company.currency_id:
            return False
        if not spot:
            return self.env._("no rate known")
        return currency._format_spot(spot, company)

    # === WHAT IS ASKED FOR === #

    @api.model
    def _get_day(self):
        """Return the day as of which items are aged: the context's, or today.

        :raises UserError: it is no day, or after today
        """
        today = self.env.company._get_today()
        asked = self.env.context.get(DAY_KEY)
        if not asked:
            return today
        try:
            day = fields.Date.to_date(asked) if isinstance(asked, str | date) else None
        except ValueError:
            day = None
        if day is None:
            raise UserError(
                self.env._(
                    "%(day)s is no day: choose the one as of which items are aged.",
                    day=str(asked)[:40],
                )
            )
        if day > today:
            raise UserError(
                self.env._(
                    "Items are aged as of today at the latest: what comes until "
                    "%(day)s isn't known.",
                    day=self._format_day(day),
                )
            )
        return day

    @api.model
    def _format_day(self, day):
        """Return a day as the reader's language writes it with the month's name."""
        locale = babel_locale_parse(self.env.lang)
        return format_skeleton("yMMMd", day, locale=locale)

    @api.model
    def _get_side(self):
        """Return whose items are aged, the context's or customers'.

        :return: 'receivable', 'payable' or 'other'
        :raises UserError: it is none of them
        """
        side = self.env.context.get(OF_KEY) or "receivable"
        if not isinstance(side, str) or side not in SIDES:
            raise UserError(
                self.env._(
                    "%(side)s can't be aged: choose receivables, payables or other "
                    "accounts.",
                    side=str(side)[:40],
                )
            )
        return side

    # === ROWS === #

    @property
    def _table_query(self):
        # while modules are loaded, tables that are read here may not exist yet
        if not self.env.registry.ready:
            return SQL("SELECT %s WHERE FALSE", self._empty_columns())
        day, side = self._get_day(), self._get_side()
        self.env["res.partner"].flush_model(["country_id", "user_id"])
        self.env["account.move"].flush_model(["name", "ref"])
        parts = [
            self._get_company_query(company, day, side) for company in self._find_tops()
        ]
        return SQL(" UNION ALL ").join(SQL("(%s)", part) for part in parts)

    @staticmethod
    def _empty_columns():
        return SQL(", ").join(
            SQL("NULL::%s AS %s", SQL(kind), SQL.identifier(name))
            for name, kind in COLUMNS
        )

    @api.model
    def _find_tops(self):
        """Find the companies that are chosen, without those below another one of them:
        what is open of a company is what is open of its branches, too."""
        companies = self.env.companies  # refuses those that aren't the user's
        # sudo: a branch's user may not read its main company
        chosen = companies.sudo()
        return chosen.filtered(
            lambda company: not (company.parent_ids - company) & chosen
        )

    @api.model
    def _get_company_query(self, company, day, side):
        """Return the query of a company's rows, with those of its branches."""
        return SQL(
            """SELECT %(columns)s
                 FROM (%(valued)s) AS i
                 JOIN account_move m ON m.id = i.move_id
            LEFT JOIN res_partner p ON p.id = i.partner_id""",
            columns=self._get_columns(company, day, side),
            valued=self._get_valued_query(company, day, side),
        )

    @api.model
    def _get_columns(self, company, day, side):
        """Return the columns of a row, over an item ``i``, its entry ``m`` and its
        customer ``p``."""
        Line = self.env["account.move.line"]
        given = {
            "id": SQL("i.id::int8 * %s + %s", DAYS, day.toordinal()),
            "date_as_of": SQL("%s", day),
            "side": SQL("%s", side),
            "company_currency_id": SQL("%s", company.currency_id.id),
            "is_foreign": SQL("i.currency_id != %s", company.currency_id.id),
            "country_id": SQL("p.country_id"),
            "user_id": SQL("p.user_id"),
            "document": Line._get_document_sql(SQL("i.id"), SQL("m")),
            "reference": SQL("m.ref"),
            "date_due": SQL("i.due"),
            "days_late": SQL(
                "CASE WHEN i.age = ANY(%s) THEN %s - i.due ELSE 0 END",
                list(OVERDUE),
                day,
            ),
            "open_state": SQL(
                """CASE WHEN i.amount != 0 THEN 'open'
                        WHEN i.cleared_later THEN 'realised_later'
                        ELSE 'to_clear' END"""
            ),
            "unrealised": SQL(
                "CASE WHEN i.amount = 0 THEN 0 ELSE i.value - i.booked END"
            ),
        }
        return SQL(", ").join(
            SQL(
                "(%s)::%s AS %s",
                given.get(name) or SQL("i.%s", SQL.identifier(name)),
                SQL(kind),
                SQL.identifier(name),
            )
            for name, kind in COLUMNS
        )

    @api.model
    def _get_valued_query(self, company, day, side):
        """Return the query of a company's open items, with their value at spot.

        An item's value is what the customer's total rises by with it, so that items
        rounded one by one add up to the total of their currency.
        """
        running = SQL("SUM(f.amount) OVER items")
        books = company.currency_id
        return SQL(
            """SELECT f.*, r.rate,
                      CASE WHEN f.amount = 0 THEN 0
                           ELSE %(until)s - %(before)s END AS value
                 FROM (%(aged)s) AS f
            LEFT JOIN unnest(%(ids)s::int4[], %(rates)s::float8[]) AS r (id, rate)
                   ON r.id = f.currency_id
               WINDOW items AS (PARTITION BY f.partner_id, f.currency_id
                                ORDER BY f.due, f.id)""",
            until=convert(running, SQL("r.rate"), books),
            before=convert(SQL("(%s - f.amount)", running), SQL("r.rate"), books),
            aged=self._get_aged_query(company, day, side),
            **self._get_rates(company, day),
        )

    @api.model
    def _get_rates(self, company, day):
        """Return the spot rates of a day.

        :return: {'ids': ids of currencies, 'rates': units of each for 1 unit of company
            currency}
        """
        # sudo: an item's currency may be archived, and its rates the main company's
        Currency = self.env["res.currency"].sudo().with_context(active_test=False)
        spots = Currency.search([])._find_spot(company.root_id, day)
        return {"ids": list(spots), "rates": [spot.rate for spot in spots.values()]}

    @api.model
    def _get_aged_query(self, company, day, side):
        """Return the query of a company's open items, with their age. Amounts are
        positive where they are owed to us, or, of payables, by us."""
        types, marked = SIDES[side]
        accounts = self.env["account.account"]._find_followed(types, marked)
        if marked:
            usual = [kind for kinds, _marked in SIDES.values() for kind in kinds]
            accounts = accounts.filtered(lambda of: of.account_type not in usual)
        items = self.env["account.move.line"]._get_items_query(company, day, accounts)
        return SQL(
            """SELECT s.*, %(age)s AS age
                 FROM (SELECT o.id, o.company_id, o.account_id, o.partner_id,
                              o.currency_id, o.move_id, o.date, o.due, o.kind,
                              o.disputed, o.no_followup, o.cleared_later,
                              %(sign)s * o.residual AS amount,
                              %(sign)s * o.residual_booked AS booked
                         FROM (%(items)s) AS o
                         JOIN account_account a ON a.id = o.account_id) AS s""",
            age=self._get_age_of(company._get_age_bounds(), day),
            sign=SQL(
                "CASE WHEN starts_with(a.account_type, 'liability') THEN -1 ELSE 1 END"
            ),
            items=items,
        )

    @api.model
    def _get_age_of(self, bounds, day):
        """Return the age of an item ``s``: SQL.

        :param bounds: ``AgeBounds``
        """
        late = SQL("%s - s.due", day)
        days = SQL(" ").join(
            SQL("WHEN %s <= %s THEN %s", late, until, age)
            for until, age in zip((0, *bounds), AGES, strict=False)
        )
        return SQL(
            """CASE WHEN s.amount = 0 THEN 'booked_only'
                    WHEN s.amount < 0 OR s.kind IN ('payment', 'advance')
                         THEN 'unallocated'
                    %s ELSE 'older' END""",
            days,
        )

    # === ORDER === #

    def _read_group_orderby(self, order, groupby_terms, query):
        """Order ages from young to old, not by their names."""
        if "age" not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        age = groupby_terms["age"]
        terms = {**groupby_terms, "age": self._get_place_of(age)}
        sql = super()._read_group_orderby(order, terms, query)
        groupby_terms.update({**terms, "age": age})
        return sql

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name != "age":
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        age = self._field_to_sql(alias, field_name, query)
        return SQL("%s %s %s", self._get_place_of(age), direction, nulls)

    @staticmethod
    def _get_place_of(age):
        return SQL("array_position(%s, %s::text)", list(EVERY_AGE), age)

    # === ACTIONS === #

    @api.model
    def action_open(self):
        """Open the ageing as of the context's day, or of today.

        :return: action whose title says the day
        """
        day, side = self._get_day(), self._get_side()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_ageing"
        )
        # what is opened again, or from a bookmark, is asked for again: with a day
        del action["id"]
        action.pop("xml_id", None)
        title = self._get_title(day, side)
        return action | {
            "name": title,
            "display_name": title,
            "path": "ageing",
            "context": {DAY_KEY: str(day), OF_KEY: side},
        }

    @api.model
    def _get_title(self, day, side):
        told = self._format_day(day)
        if side == "receivable":
            return self.env._("Ageing on %(date)s", date=told)
        if side == "payable":
            return self.env._("Ageing of Payables on %(date)s", date=told)
        return self.env._("Ageing of Other Accounts on %(date)s", date=told)

    @api.model
    def action_download(self):
        """Download the workbook of the context's day, of the chosen companies."""
        day, side = self._get_day(), self._get_side()
        companies = ",".join(map(str, self.env.companies.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/multicurrency_crm/ageing?day={day}&of={side}"
            f"&companies={companies}",
            "target": "download",
        }

    def action_ask(self):
        """Ask for another day, starting from the context's; no row is needed."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_ageing_ask"
        ) | {"context": {DAY_KEY: str(self._get_day()), OF_KEY: self._get_side()}}

    def action_open_document(self):
        """Open the document of one row; for whoever may not read it, such as
        salespeople whose customers' entries it is among, the row itself."""
        self.ensure_one()
        # Odoo's form of an entry reads its payments as well
        Payment = self.env["account.payment"]
        if Payment.has_access("read") and self.move_id.has_access("read"):
            return self._open_form(self.move_id)
        # of the same day and side
        kept = {key: self.env.context.get(key) for key in (DAY_KEY, OF_KEY)}
        return self._open_form(self) | {"target": "new", "context": kept}

    def _open_form(self, record):
        return {
            "type": "ir.actions.act_window",
            "name": self.document,
            "res_model": record._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": record.id,
        }

    def action_open_items(self):
        """Open the journal items of rows, in their own currency."""
        view = self.env.ref("multicurrency_crm.account_move_line_view_list_position")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Journal Items"),
            "res_model": "account.move.line",
            "view_mode": "list,form",
            "views": [(view.id, "list"), (False, "form")],
            "domain": [("id", "in", [row.id // DAYS for row in self])],
            "context": {"create": False},
        }
