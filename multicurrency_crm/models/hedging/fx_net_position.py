from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ...engine.quoting import shortest_quoted

#: figures in the foreign currency, and those in company currency
FOREIGN = ("amount", "amount_late", "amount_exposure", "amount_covered")
CONVERTED = ("amount_company", "one_percent")


class FxNetPosition(models.Model):
    """What each company holds, expects and owes in a foreign currency, by month.

    A query, no table: one row a company, currency, month of expected payment and
    component. Figures of different currencies are never added up in a currency of
    their own, and a total in company currency is empty where a rate is missing.
    """

    _name = "fx.net.position"
    _description = "Net Position"
    _inherit = ["fx.net.position.source"]
    _auto = False
    _order = "company_id, currency_id, month, sequence"
    _rec_name = "currency_id"

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
        string="Of That Late",
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
    rate_source = fields.Char(readonly=True)
    rate_note = fields.Char(string="Converted At", compute="_compute_rate_note")
    amount_company = fields.Monetary(
        string="Value Today",
        readonly=True,
        currency_field="company_currency_id",
        help="Amount / today's rate, in company currency. Spot indication, not fair "
        "value. Empty where no rate is known.",
    )
    one_percent = fields.Monetary(
        string="Cost of 1%",
        readonly=True,
        currency_field="company_currency_id",
        help="What the company loses, at today's rate, if the currency falls by one "
        "percent. Negative: it gains then, and loses as much by a rise.",
    )

    @api.depends("month")
    @api.depends_context("lang")
    def _compute_month_name(self):
        for position in self:
            position.month_name = format_date(
                self.env, position.month, date_format="MMMM yyyy"
            )

    @api.depends("rate", "rate_date", "rate_source")
    @api.depends_context("lang")
    def _compute_rate_note(self):
        Quoted = self.env["fx.quoted.rate.mixin"]
        for position in self:
            if not position.rate:
                position.rate_note = self.env._(
                    "No rate of %(currency)s is known: enter one.",
                    currency=position.currency_id.name,
                )
                continue
            position.rate_note = self.env._(
                "%(equation)s, %(publisher)s, %(date)s",
                equation=Quoted._get_equation(
                    *shortest_quoted(position.rate),
                    position.currency_id,
                    position.company_id,
                ),
                publisher=position.rate_source,
                date=format_date(self.env, position.rate_date),
            )

    def _read_group_select(self, aggregate_spec, query):
        """Totals that would mix currencies are empty, as are those at no rate."""
        name, _colon, function = aggregate_spec.partition(":")
        if name == "covered_share":
            return self._total_of(
                "currency_id",
                SQL(
                    "COALESCE(SUM(%s) / NULLIF(SUM(%s), 0), 0)",
                    self._field_to_sql(self._table, "amount_covered", query),
                    self._field_to_sql(self._table, "amount_exposure", query),
                ),
                query,
            )
        if function not in ("sum", "sum_currency") or name not in FOREIGN + CONVERTED:
            return super()._read_group_select(aggregate_spec, query)
        total = SQL("SUM(%s)", self._field_to_sql(self._table, name, query))
        if name in FOREIGN:
            return self._total_of("currency_id", total, query)
        rate = self._field_to_sql(self._table, "rate", query)
        known = SQL("CASE WHEN BOOL_AND(%s IS NOT NULL) THEN %s END", rate, total)
        return self._total_of("company_currency_id", known, query)

    def _total_of(self, currency_field, total, query):
        """The total where all rows are in one currency."""
        currency = self._field_to_sql(self._table, currency_field, query)
        return SQL(
            "CASE WHEN MIN(%(of)s) = MAX(%(of)s) THEN %(total)s END",
            of=currency,
            total=total,
        )
