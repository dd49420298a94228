from odoo import fields, models
from odoo.tools import SQL

#: {average: (what is added up, by what it is divided)}, where prices are read as
#: company currency for 1 unit; the other way round where a company reads them so.
AVERAGES = {
    "average_rate": ("value", "amount"),
    "average_spot": ("spot_value", "amount"),
}


class FxConversionReport(models.Model):
    """What banks and forwards gave for foreign money, against the spot of each day.

    A row a posted conversion. Averages are weighted by amounts; of several currencies,
    of what is sold and what is bought, or of companies with other books, there is none.
    """

    _name = "fx.conversion.report"
    _description = "Conversion Analysis"
    _inherit = "whole.totals.mixin"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "conversion_id"

    _whole_totals = {
        "amount": "currency_id",
        "value": "company_currency_id",
        "spot_value": "company_currency_id",
        "against_spot": "company_currency_id",
        "charges": "company_currency_id",
    }

    conversion_id = fields.Many2one("fx.conversion", readonly=True)
    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    counter_currency_id = fields.Many2one(
        "res.currency", string="Against", readonly=True
    )
    side = fields.Selection(
        selection=[("sell", "Sold"), ("buy", "Bought"), ("cross", "Exchanged")],
        readonly=True,
    )
    kind = fields.Selection(
        selection=[("bank", "Bank's Rate"), ("forward", "Forward")],
        string="Changed By",
        readonly=True,
    )
    forward_id = fields.Many2one("fx.forward", readonly=True)
    journal_id = fields.Many2one("account.journal", string="Account", readonly=True)
    amount = fields.Monetary(string="Foreign Amount", readonly=True, aggregator="sum")
    value = fields.Monetary(
        string="Got or Paid",
        currency_field="company_currency_id",
        readonly=True,
        help="What was got for it, or paid for it, in company currency.",
    )
    spot_value = fields.Monetary(
        string="At Spot",
        currency_field="company_currency_id",
        readonly=True,
        help="The same amount at the booking rate of the day.",
    )
    against_spot = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="What the rate brought against the spot; below 0 it cost.",
    )
    charges = fields.Monetary(currency_field="company_currency_id", readonly=True)
    average_rate = fields.Float(
        readonly=True,
        digits=(16, 6),
        aggregator="avg",
        help="Weighted by amounts, in the direction in which the company reads rates.",
    )
    average_spot = fields.Float(readonly=True, digits=(16, 6), aggregator="avg")

    @property
    def _table_query(self):
        for name in ("fx.conversion", "fx.forward", "res.company"):
            self.env[name].flush_model()
        return SQL(
            """SELECT *, CASE WHEN reads_units THEN amount / NULLIF(value, 0)
                              ELSE value / amount END AS average_rate,
                      CASE WHEN reads_units THEN amount / NULLIF(spot_value, 0)
                           ELSE spot_value / amount END AS average_spot
                 FROM (%s) priced""",
            self._get_rows_query(),
        )

    def _get_rows_query(self):
        """Return the query of posted conversions, each seen from its foreign money."""
        return SQL(
            """SELECT c.id, c.id AS conversion_id, c.date, c.company_id,
                      k.currency_id AS company_currency_id, c.forward_id,
                      CASE WHEN s.buys THEN c.currency_to_id
                           ELSE c.currency_from_id END AS currency_id,
                      CASE WHEN s.buys THEN c.currency_from_id
                           ELSE c.currency_to_id END AS counter_currency_id,
                      CASE WHEN s.buys THEN 'buy'
                           WHEN c.currency_to_id = k.currency_id THEN 'sell'
                           ELSE 'cross' END AS side,
                      CASE WHEN c.forward_id IS NULL THEN 'bank'
                           ELSE 'forward' END AS kind,
                      CASE WHEN s.buys THEN c.journal_to_id
                           ELSE c.journal_from_id END AS journal_id,
                      CASE WHEN s.buys THEN c.amount_to
                           ELSE c.amount_from END AS amount,
                      CASE WHEN s.buys THEN c.value_from
                           ELSE c.value_to END AS value,
                      CASE WHEN s.buys THEN c.value_to
                           ELSE c.value_from END AS spot_value,
                      c.value_to - c.value_from AS against_spot,
                      c.charges_value AS charges,
                      m.rate_direction = 'unit_per_company' AS reads_units
                 FROM fx_conversion c
                 JOIN res_company k ON k.id = c.company_id
                 JOIN res_company m ON m.id = split_part(k.parent_path, '/', 1)::int
   CROSS JOIN LATERAL (SELECT c.currency_from_id = k.currency_id AS buys) s
                WHERE c.state = 'posted'"""
        )

    def _read_group_select(self, aggregate_spec, query):
        """Weigh averages by amounts, where there is one of all that is added up."""
        name, _colon, function = aggregate_spec.partition(":")
        if name not in AVERAGES or function != "avg":
            return super()._read_group_select(aggregate_spec, query)

        def column(field):
            return self._field_to_sql(self._table, field, query)

        value, amount = (column(field) for field in AVERAGES[name])
        return SQL(
            """CASE WHEN COUNT(DISTINCT (%(currency)s, %(books)s, %(side)s)) = 1
                    THEN CASE WHEN BOOL_AND(%(reads_units)s)
                              THEN SUM(%(amount)s) / NULLIF(SUM(%(value)s), 0)
                              ELSE SUM(%(value)s) / NULLIF(SUM(%(amount)s), 0) END
               END""",
            currency=column("currency_id"),
            books=column("company_currency_id"),
            side=column("side"),
            reads_units=SQL.identifier(self._table, "reads_units"),
            amount=amount,
            value=value,
        )
