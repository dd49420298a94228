from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_date

from ...engine import cash_forecast as engine
from .payment_promise import FINANCE

#: where the rows of one call are kept in the context
ROWS = "multicurrency_forecast_rows"
#: A row is numbered by its document: model, item and part, each with room.
MODELS = ("account.move.line", "sale.order", "purchase.order", "fx.forward")
PARTS = 1000
#: {column of a row: its type in PostgreSQL}
COLUMNS = {
    "id": "bigint",
    "company_id": "int",
    "company_currency_id": "int",
    "currency_id": "int",
    "partner_id": "int",
    "kind": "varchar",
    "sequence": "int",
    "date": "date",
    "amount": "numeric",
    "amount_late": "numeric",
    "rate": "float8",
    "rate_date": "date",
    "amount_company": "numeric",
    "budget_rate": "float8",
    "budget_rate_date": "date",
    "amount_budget": "numeric",
    "promise_id": "int",
    "document_model": "varchar",
    "document_id": "int",
    "document_name": "varchar",
}


class _KeptRows:
    """Rows that were gathered for one call; no context from outside holds one."""

    def __init__(self):
        self.rows = {}


class PaymentForecast(models.Model):
    """What money is expected when, in which currency, and by what one knows it.

    A query, no table: a row for each part of an open item. Each is there once, on the
    day that is known best: promised, usual for its customer, due, agreed by a plan.
    What is gathered and placed in one pass, PostgreSQL groups and sorts.
    """

    _name = "payment.forecast"
    _description = "Cash Forecast"
    _inherit = ["payment.forecast.source", "whole.totals.mixin"]

    _auto = False
    _order = "date, sequence, id"
    _rec_name = "currency_id"

    _whole_totals = {
        "amount": "currency_id",
        "amount_late": "currency_id",
        "amount_company": "company_currency_id",
        "amount_budget": "company_currency_id",
    }

    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", readonly=True)
    date = fields.Date(
        string="Expected On",
        readonly=True,
        help="The day that is known best, today at the earliest: promised, usual for "
        "this customer, due, or agreed by a plan. What is overdue, and nobody knows "
        "when it comes, counts today.",
    )
    kind = fields.Selection(
        selection=[
            ("promised", "Promised"),
            ("expected", "Expected"),
            ("due", "Due"),
            ("overdue", "Overdue"),
            ("credit", "Credits and Advances"),
            ("planned", "Planned"),
            ("order", "Orders"),
            ("payable", "Payables"),
            ("purchase", "Purchase Orders"),
            ("forward", "Forwards"),
        ],
        string="Known By",
        readonly=True,
        help="Expected: due, and the days after it on which this customer usually "
        "pays. Planned and Orders: confirmed, and not invoiced.",
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    amount = fields.Monetary(
        readonly=True,
        help="In its own currency: money that comes in is positive, money that goes "
        "out negative.",
    )
    amount_late = fields.Monetary(
        string="Of Which Overdue", readonly=True, help="Due before today."
    )
    rate = fields.Float(digits=0, readonly=True, aggregator=None)
    rate_date = fields.Date(string="Rate of", readonly=True)
    amount_company = fields.Monetary(
        string="At Spot",
        readonly=True,
        currency_field="company_currency_id",
        help="Amount / today's rate, in company currency. Empty where no rate is "
        "known.",
    )
    budget_rate = fields.Float(digits=0, readonly=True, aggregator=None)
    budget_rate_date = fields.Date(string="Budget Rate of", readonly=True)
    amount_budget = fields.Monetary(
        string="At Budget Rate",
        readonly=True,
        currency_field="company_currency_id",
        help="Amount / the budget rate of its day, in company currency. Empty where "
        "none is known.",
    )
    rate_note = fields.Char(string="Rates Used", compute="_compute_rate_note")
    promise_id = fields.Many2one("payment.promise", readonly=True)
    document_model = fields.Char(readonly=True)
    document_id = fields.Integer(
        "Number of the Document", readonly=True, aggregator=None
    )
    document_name = fields.Char(
        readonly=True, help="What is open of an entry that holds several documents."
    )
    document = fields.Char(compute="_compute_document")

    # === COMPUTE METHODS === #

    @api.depends("rate", "budget_rate")
    @api.depends_context("lang")
    def _compute_rate_note(self):
        for row in self:
            if row.currency_id == row.company_currency_id:
                row.rate_note = False
                continue
            notes = [
                self._format_rate_of(row, row.rate, row.rate_date)
                or self.env._(
                    "No rate of %(currency)s is known: enter one.",
                    currency=row.currency_id.name,
                )
            ]
            if row.budget_rate:
                budget = self._format_rate_of(
                    row, row.budget_rate, row.budget_rate_date
                )
                notes.append(self.env._("budget: %(equation)s", equation=budget))
            row.rate_note = " · ".join(notes)

    @api.model
    def _format_rate_of(self, row, rate, day):
        return rate and self.env._(
            "%(equation)s (%(date)s)",
            equation=row.currency_id._format_rate(rate, row.company_id),
            date=format_date(self.env, day),
        )

    @api.depends("document_model", "document_id", "document_name")
    def _compute_document(self):
        for model, rows in self.grouped("document_model").items():
            if not model:
                rows.document = False
                continue
            # sudo: its name, of a document that finance may not open
            documents = self.env[model].sudo().browse(rows.mapped("document_id"))
            names = {one.id: one.display_name for one in documents}
            for row in rows:
                row.document = row.document_name or names[row.document_id]

    # === ROWS === #

    @property
    def _table_query(self):
        # while modules are loaded, tables that are read here may not exist yet
        rows = self._recall_rows() if self.env.registry.ready else []
        columns = [[row.get(name) for row in rows] for name in COLUMNS]
        return SQL(
            "SELECT * FROM unnest(%s) AS rows (%s)",
            SQL(", ").join(
                SQL("%s::%s[]", values, SQL(kind))
                for values, kind in zip(columns, COLUMNS.values(), strict=True)
            ),
            SQL(", ").join(map(SQL.identifier, COLUMNS)),
        )

    def _recall_rows(self):
        """Return the rows, gathered once where a client asks for groups, for what is in
        them and for their totals by one call: nothing is written meanwhile."""
        kept = self.env.context.get(ROWS)
        if not isinstance(kept, _KeptRows):
            return self._get_rows()
        asked = (self.env.uid, self.env.companies._ids)
        if asked not in kept.rows:
            kept.rows[asked] = self._get_rows()
        return kept.rows[asked]

    @api.model
    @api.readonly
    def web_read_group(self, domain, *args, **options):
        keeping = self.with_context(**{ROWS: _KeptRows()})
        return super(PaymentForecast, keeping).web_read_group(domain, *args, **options)

    @api.model
    @api.readonly
    def web_search_read(self, domain, *args, **options):
        keeping = self.with_context(**{ROWS: _KeptRows()})
        return super(PaymentForecast, keeping).web_search_read(domain, *args, **options)

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, *args, **options):
        keeping = self.with_context(**{ROWS: _KeptRows()})
        return super(PaymentForecast, keeping).formatted_read_grouping_sets(
            domain, *args, **options
        )

    def _get_rows(self):
        """Return what is expected of the companies that are chosen, as of today.

        :return: list of dicts, a row each, with the columns of :data:`COLUMNS`
        """
        companies = self.env.companies  # refuses those that aren't the user's
        # sudo: finance sees figures of documents that they may not open
        source, companies = self.sudo(), companies.sudo()
        found = source._gather_items(companies)
        promises = source._gather_promises(companies, found)
        rates = source._find_rates_of(companies, found)
        rows = []
        for company in companies:
            today = company._get_today()
            own = {
                key: item
                for key, (origin, item) in found.items()
                if origin.company_id == company.id
            }
            # a main company's promise may be of items of several branches
            mine = [self._cut_promise(promise, own) for promise in promises]
            numbers = defaultdict(int)
            for part in engine.forecast(own.values(), mine, today):
                origin = found[part.item][0]
                row = self._get_row(company, origin, part, rates[company])
                document = (part.item[0], part.item[1])
                row["id"] = self._number(*document, numbers[document])
                numbers[document] += 1
                rows.append(row)
        return rows

    @staticmethod
    def _cut_promise(promise, own):
        return promise._replace(items=[key for key in promise.items if key in own])

    @staticmethod
    def _number(model, res_id, part):
        return (res_id * PARTS + part) * len(MODELS) + MODELS.index(model)

    def _get_row(self, company, origin, part, rates):
        """Return the row of a part.

        :param rates: (spots, budget rates) of the company, as :meth:`_find_rates_of`
            gives them
        """
        base = company.currency_id.id
        row = {
            "company_id": company.id,
            "company_currency_id": base,
            "currency_id": origin.currency_id,
            "partner_id": origin.partner_id,
            "kind": part.kind,
            "sequence": engine.KINDS.index(part.kind),
            "date": part.day,
            "amount": part.amount,
            "amount_late": part.amount if part.is_late else 0,
            "promise_id": part.promise,
            "document_model": origin.model,
            "document_id": origin.res_id,
            "document_name": origin.name,
        }
        if origin.currency_id == base:
            return row | {"amount_company": part.amount, "amount_budget": part.amount}
        spots, budget = rates
        amount = float(part.amount)
        if spot := spots.get(origin.currency_id):
            row |= {
                "rate": spot.rate,
                "rate_date": spot.date,
                "amount_company": amount / spot.rate,
            }
        held = engine.find_rate(budget.get(origin.currency_id, ()), part.day)
        if held:
            since, rate = held
            row |= {
                "budget_rate": rate,
                "budget_rate_date": since,
                "amount_budget": amount / rate,
            }
        return row

    # === RATES === #

    def _find_rates_of(self, companies, found):
        """Find today's rates and the budget's, by two queries a main company.

        :return: {company: ({currency's id: ``Spot``},
            {currency's id: [(since, rate)]})}
        """
        wanted = defaultdict(set)
        for origin, _item in found.values():
            wanted[origin.company_id].add(origin.currency_id)
        result = {}
        for root, below in companies.grouped("root_id").items():
            ids = set().union(*(wanted[company.id] for company in below))
            currencies = self.env["res.currency"].browse(sorted(ids))
            budget = self._find_budget_rates(root, currencies)
            for today, same in below.grouped(lambda one: one._get_today()).items():
                spots = currencies._find_spot(root, today)
                result |= dict.fromkeys(same, (spots, budget))
        return result

    def _find_budget_rates(self, root, currencies):
        """Find the budget rates of a main company; of two for one day, what a person
        typed, and else the newest, counts.

        :return: {currency's id: [(date, rate)]}, the oldest first
        """
        named = self.env["fx.rate.named"].search(
            [
                ("company_id", "=", root.id),
                ("kind", "=", "budget"),
                ("currency_id", "in", currencies.ids),
            ]
        )
        named = named.sorted(lambda one: (one.date, not one.provider_id, one.id))
        rates = defaultdict(dict)
        for one in named:
            rates[one.currency_id.id][one.date] = one.rate
        return {currency: list(by_day.items()) for currency, by_day in rates.items()}

    # === ACTIONS === #

    def action_open_document(self):
        """Open the document of this row, or the promise of it, as far as the user may
        read it.

        :raises AccessError: not finance
        """
        self.ensure_one()
        if not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("The cash forecast is for finance."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.document_model,
            "res_id": self.document_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
