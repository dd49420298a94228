import json

from babel.dates import format_skeleton
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import babel_locale_parse

from ...engine import net_position as engine

#: figures in the foreign currency, and those in company currency
FOREIGN = ("amount", "amount_late", "amount_exposure", "amount_covered")
CONVERTED = ("amount_company", "one_percent")

#: rows are numbered company · currency · month · component, each with room
CURRENCIES = 10_000
MONTHS = 10_000
COMPONENTS = 10

#: the model of the documents behind a component; of the others, journal items
MODELS = {
    "order_locked": "sale.order",
    "order_unlocked": "sale.order",
    "purchase": "purchase.order",
    "forward": "fx.forward",
}


#: where the rows of one call are kept in the context
ROWS = "multicurrency_position_rows"


class _KeptRows:
    """Rows that were gathered for one call; no context from outside holds one."""

    def __init__(self):
        self.rows = {}


class FxNetPosition(models.Model):
    """What each company holds, expects and owes in a foreign currency, by month.

    A query, no table: one row a company, currency, month of expected payment and
    component. The figures come from a handful of queries, whatever the number of
    documents; the engine puts them where they count, and PostgreSQL groups and sorts
    the result. Figures of different currencies are never added up in a currency of
    their own, and a total in company currency is empty where a rate is missing.
    """

    _name = "fx.net.position"
    _description = "Net Position"
    _inherit = ["fx.net.position.source", "whole.totals.mixin"]

    _auto = False
    _order = "company_id, currency_id, month, sequence"
    _rec_name = "currency_id"

    _whole_totals = dict.fromkeys(FOREIGN, "currency_id") | dict.fromkeys(
        CONVERTED, "company_currency_id"
    )

    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    month = fields.Date(
        string="Expected In",
        readonly=True,
        help="The month of expected payment. What is there already, and what is late, "
        "counts in the month of today.",
    )
    month_name = fields.Char(string="Month", compute="_compute_month_name")
    kind = fields.Selection(
        selection=[
            ("bank", "Bank Balances"),
            ("in_transit", "Unmatched Payments"),
            ("receivable", "Receivables"),
            ("order_locked", "Locked Orders"),
            ("order_unlocked", "Orders without Lock"),
            ("payable", "Payables"),
            ("purchase", "Purchase Orders"),
            ("forward", "Forwards"),
        ],
        string="Component",
        readonly=True,
        help="Orders count with tax, less what posted invoices and down payments took "
        "over. Sold forwards and what is owed are negative.",
    )
    sequence = fields.Integer(readonly=True, aggregator=None)
    amount = fields.Monetary(
        string="Net Position",
        readonly=True,
        help="In the foreign currency: money that comes in is positive, money that "
        "goes out negative.",
    )
    amount_late = fields.Monetary(
        string="Of Which Overdue",
        readonly=True,
        help="What was expected before today.",
    )
    amount_exposure = fields.Monetary(
        string="Exposure", readonly=True, help="Everything but the forwards."
    )
    amount_covered = fields.Monetary(
        string="Covered by Forwards",
        readonly=True,
        help="Sold forwards less bought ones, in the foreign currency.",
    )
    covered_share = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Forwards / exposure of the currency, in the month or over all that is "
        "grouped. More than 100% is too much, negative adds to the exposure.",
    )
    rate = fields.Float(
        digits=0,
        readonly=True,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where none is "
        "known.",
    )
    rate_date = fields.Date(string="Rate of", readonly=True)
    rate_source = fields.Char(string="Rate Published By", readonly=True)
    rate_note = fields.Char(string="Rate Used", compute="_compute_rate_note")
    amount_company = fields.Monetary(
        string="In Company Currency",
        readonly=True,
        currency_field="company_currency_id",
        help="Amount / today's rate, in company currency. Spot indication, not fair "
        "value. Empty where no rate is known.",
    )
    one_percent = fields.Monetary(
        string="Impact of 1% Fall",
        readonly=True,
        currency_field="company_currency_id",
        help="What it means for the company, at today's rate, if the currency falls by "
        "one percent. Negative is a loss; positive is a gain, and as much a loss by a "
        "rise.",
    )
    size = fields.Float(
        readonly=True,
        digits=0,
        aggregator="max",
        help="The net position of the currency over all months, in company currency "
        "and without its sign; empty where no rate is known. The list is ordered by "
        "it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        locale = babel_locale_parse(self.env.lang)
        for position in self:
            # by a skeleton: 2026年11月 in Chinese, where the month doesn't come first
            position.month_name = format_skeleton("yMMM", position.month, locale=locale)

    @api.depends("rate", "rate_date")
    @api.depends_context("lang")
    def _compute_rate_note(self):
        for position in self:
            if not position.rate:
                position.rate_note = self.env._(
                    "No rate of %(currency)s is known: enter one.",
                    currency=position.currency_id.name,
                )
                continue
            position.rate_note = self.env._(
                "%(equation)s (%(date)s)",
                equation=position.currency_id._format_rate(
                    position.rate, position.company_id
                ),
                date=format_date(self.env, position.rate_date),
            )

    # === ROWS === #

    @property
    def _table_query(self):
        # while modules are loaded, tables that are read here may not exist yet
        rows = self._recall_rows() if self.env.registry.ready else []
        return SQL(
            """SELECT * FROM jsonb_to_recordset(%s::jsonb) AS rows (
                      id bigint, company_id int, company_currency_id int,
                      currency_id int, month date, kind varchar, sequence int,
                      amount numeric, amount_late numeric, amount_exposure numeric,
                      amount_covered numeric, covered_share float8, rate float8,
                      rate_date date, rate_source varchar, amount_company numeric,
                      one_percent numeric, size float8)""",
            json.dumps(rows),
        )

    def _recall_rows(self):
        """Return the rows, gathered once where a client asks for groups, for what is in
        them and for their totals by one call: nothing is written meanwhile."""
        kept = self.env.context.get(ROWS)
        if not isinstance(kept, _KeptRows):
            return self._get_rows()
        asked = (self.env.uid, self.env.lang, self.env.companies._ids)
        if asked not in kept.rows:
            kept.rows[asked] = self._get_rows()
        return kept.rows[asked]

    @api.model
    @api.readonly
    def web_read_group(self, *args, **options):
        keeping = self.with_context(**{ROWS: _KeptRows()})
        return super(FxNetPosition, keeping).web_read_group(*args, **options)

    @api.model
    @api.readonly
    def web_search_read(self, *args, **options):
        keeping = self.with_context(**{ROWS: _KeptRows()})
        return super(FxNetPosition, keeping).web_search_read(*args, **options)

    def _get_rows(self):
        """Return the position of the companies that are chosen, as of today.

        :return: list of dicts, a row each
        """
        companies = self.env.companies  # refuses those that aren't the user's
        # sudo: finance sees figures of documents that they may not open
        source, companies = self.sudo(), companies.sudo()
        flows = {company: [] for company in companies}
        for company_id, flow in source._gather_flows(companies):
            flows[companies.browse(company_id)].append(flow)
        spots = self._find_spots(
            {company: {flow.currency for flow in flows[company]} for company in flows}
        )
        rows = []
        for company, found in flows.items():
            positions = engine.gather(found, company._get_today())
            for currency_id, months in positions.items():
                currency = source.env["res.currency"].browse(currency_id)
                spot = spots[company].get(currency_id)
                net = engine.total(months.values()).net
                size = abs(engine.value_at(net, spot.rate)) if spot else None
                for month, position in months.items():
                    place = (company, currency, month)
                    for row in self._get_rows_of(place, position, spot):
                        rows.append({**row, "size": size})
        return rows

    def _find_spots(self, currency_ids):
        """Find today's rates by one query a root company and day: branches read the
        rates of their root.

        :param currency_ids: {company: ids of currencies}
        :return: {company: {currency id: Spot}}
        """
        by_root = {}
        for company, ids in currency_ids.items():
            by_root.setdefault((company.root_id, company._get_today()), {})[company] = (
                ids
            )
        spots = {}
        for (root, today), companies in by_root.items():
            wanted = self.env["res.currency"].browse(set().union(*companies.values()))
            found = wanted._find_spot(root, today)
            spots |= dict.fromkeys(companies, found)
        return spots

    def _get_rows_of(self, place, position, spot):
        """Return one row a component of a currency in a month.

        :param place: (res.company, res.currency, first day of the month)
        :param position: ``engine.net_position.Position``
        :param spot: ``Spot``, or None where no rate is known
        """
        company, currency, month = place
        number = (company.id * CURRENCIES + currency.id) * MONTHS
        number = (number + month.year * 12 + month.month) * COMPONENTS
        shared = {
            "company_id": company.id,
            "company_currency_id": company.currency_id.id,
            "currency_id": currency.id,
            "month": month.isoformat(),
            "covered_share": position.covered_share,
        }
        rows = []
        for sequence, kind in enumerate(engine.KINDS):
            amount = currency.round(position.amounts[kind])
            late = currency.round(position.late[kind])
            if currency.is_zero(amount) and currency.is_zero(late):
                continue
            is_cover = kind in engine.COVER
            rows.append(
                shared
                | self._get_converted(amount, company.currency_id, spot)
                | {
                    "id": number + sequence,
                    "kind": kind,
                    "sequence": sequence,
                    "amount": amount,
                    "amount_late": late,
                    "amount_exposure": 0.0 if is_cover else amount,
                    "amount_covered": -amount if is_cover else 0.0,
                }
            )
        return rows

    @staticmethod
    def _get_converted(amount, base, spot):
        """Return the figures in company currency and the rate that they are at; none
        where no rate is known."""
        if not spot:
            return {}
        return {
            "rate": spot.rate,
            "rate_date": spot.date.isoformat(),
            "rate_source": spot.source,
            "amount_company": base.round(engine.value_at(amount, spot.rate)),
            "one_percent": base.round(engine.one_percent(amount, spot.rate)),
        }

    # === TOTALS === #

    def _read_group_select(self, aggregate_spec, query):
        """Return the covered share of all that is grouped, not an average."""
        if aggregate_spec.partition(":")[0] != "covered_share":
            return super()._read_group_select(aggregate_spec, query)
        return self._total_of(
            "currency_id",
            SQL(
                "COALESCE(SUM(%s) / NULLIF(SUM(%s), 0), 0)",
                self._field_to_sql(self._table, "amount_covered", query),
                self._field_to_sql(self._table, "amount_exposure", query),
            ),
            query,
        )

    @api.model
    def _get_read_group_order(self, dict_order, groupby, aggregates):
        """Order currencies by size, cards too, which ask for no sums; months and
        components keep their own order."""
        by_size = dict_order.get("size")
        others = {name: of for name, of in dict_order.items() if name != "size"}
        order = super()._get_read_group_order(others, groupby, aggregates)
        if not by_size or groupby[0] != "currency_id":
            return order
        return f"size:max {by_size}, {order}"

    # === THE DOCUMENTS BEHIND A FIGURE === #

    def action_open_documents(self):
        """Open what makes up this row, as far as the user may read it."""
        self.ensure_one()
        model = MODELS.get(self.kind, "account.move.line")
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(component)s in %(currency)s",
                component=labels[self.kind],
                currency=self.currency_id.name,
            ),
            "res_model": model,
            "view_mode": "list,form",
            "views": [(self._get_list_id(model), "list"), (False, "form")],
            "domain": list(self._get_documents_domain()),
            "context": {"create": False, "active_test": False},
        }

    @api.model
    def _get_list_id(self, model):
        """Return the id of the list that shows documents with their own currency's
        amounts; False for the model's usual one."""
        if model != "account.move.line":
            return False
        return self.env.ref("multicurrency_crm.account_move_line_view_list_position").id

    def _get_documents_domain(self):
        """Return the domain of what the row is the sum of."""
        own = Domain("company_id", "=", self.company_id.id) & Domain(
            "currency_id", "=", self.currency_id.id
        )
        if MODELS.get(self.kind) in ("sale.order", "purchase.order"):
            return own & Domain("id", "in", self._get_order_ids())
        if self.kind == "forward":
            active = Domain("state", "=", "active")
            return own & active & self._get_month_domain("value_date")
        # sudo: the accounts that count are those of everybody
        domain = self.sudo()._get_kind_domain(self.kind, self.company_id)
        if self.kind in ("receivable", "payable"):
            domain &= self._get_month_domain("date_maturity")
        return own & domain

    def _get_month_domain(self, field):
        """Return the domain of the dates that count in the month of this row; what is
        late counts in the month of today."""
        end = self.month + relativedelta(months=1)
        # sudo: a branch's user may not read its main company
        today = self.company_id.sudo()._get_today()
        if self.month == engine.month_of(None, today)[0]:
            return Domain(field, "<", end) | Domain(field, "=", False)
        return Domain(field, ">=", self.month) & Domain(field, "<", end)

    def _get_order_ids(self):
        """Return the ids of the orders with an instalment in the month."""
        # sudo: of the documents the user sees those that they may read
        source = self.sudo()
        today = source.company_id._get_today()
        return [
            order.id
            for order, instalments in source._gather_expected_orders(source.company_id)
            if order.kind == self.kind
            and order.currency_id == self.currency_id.id
            and any(
                engine.month_of(due, today)[0] == self.month
                for due, _part in instalments
            )
        ]
