from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.rates import LEAST, MOST
from .res_currency import Spot

#: units of one currency for one of another
RATES = (float(LEAST), float(MOST))

#: what makes a rate what it is: whoever changes one of these has typed a rate
TYPED_FIELDS = {"company_id", "currency_id", "date", "kind", "rate", "inverse_rate"}
#: what says where a rate comes from
EVIDENCE_FIELDS = ("provider_id", "quoted", "published_on")


class FxRateNamed(models.Model):
    """A rate that is not the booking rate, read by its name where it is asked for.

    Tax, customs, credit and budget rates, a bank's buying and selling rates, and what
    providers know besides the one that is booked. None of them ever fills Odoo's rate
    table, nor one kind another.
    """

    _name = "fx.rate.named"
    _description = "Named Rate"
    _inherit = ["typed.number.mixin", "main.company.mixin"]
    _order = "date desc, currency_id, kind, id"
    _rec_name = "currency_id"

    company_id = fields.Many2one(help="A branch uses the rates of its main company.")
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._get_today()
    )
    kind = fields.Selection(
        selection=[
            ("budget", "Budget rate"),
            ("tax", "Tax rate"),
            ("customs", "Customs rate"),
            ("credit", "Credit rate"),
            ("mid", "Middle"),
            ("official", "Official"),
            ("buy", "Bank buys"),
            ("sell", "Bank sells"),
            ("cash_buy", "Bank buys banknotes"),
            ("cash_sell", "Bank sells banknotes"),
        ],
        required=True,
        default="budget",
    )
    rate = fields.Float(
        string="Units per Company Currency",
        digits=0,
        bounds=RATES,
        required=True,
        aggregator=None,
        help="Units of the currency for 1 unit of the company's currency.",
    )
    inverse_rate = fields.Float(
        string="Company Currency per Unit",
        compute="_compute_inverse_rate",
        inverse="_inverse_inverse_rate",
        digits=0,
        bounds=RATES,
        aggregator=None,
        help="Units of the company's currency for 1 unit of the currency.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Where this rate came from. Empty for a rate that a person typed.",
    )
    quoted = fields.Char(string="Published As", readonly=True, copy=False)
    published_on = fields.Date(readonly=True, copy=False)

    _rate_positive = models.Constraint(
        "CHECK (rate > 0)", "A rate is above zero: correct it."
    )
    _one_fetched = models.UniqueIndex(
        "(company_id, currency_id, date, kind, provider_id) "
        "WHERE provider_id IS NOT NULL"
    )
    _one_typed = models.UniqueIndex(
        "(company_id, currency_id, date, kind) WHERE provider_id IS NULL",
        "This rate is there already for that day: change it instead.",
    )

    @api.depends("rate")
    def _compute_inverse_rate(self):
        for named in self:
            named.inverse_rate = 1 / named.rate if named.rate else 0.0

    @api.onchange("inverse_rate")
    def _inverse_inverse_rate(self):
        for named in self:
            if named.inverse_rate:
                named.rate = 1 / named.inverse_rate

    @api.constrains("company_id", "currency_id")
    def _check_places(self):
        for named in self:
            if named.currency_id == named.company_id.currency_id:
                raise ValidationError(
                    self.env._(
                        "%(currency)s is the company's own currency: it has no rate.",
                        currency=named.currency_id.name,
                    )
                )
            if named.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(company)s is a branch and uses the rates of its main "
                        "company: enter them there.",
                        company=named.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # set to nothing, rather than left out: defaults come from the context, too
        nothing = dict.fromkeys(EVIDENCE_FIELDS, False)
        return super().create([{**vals, **nothing} for vals in vals_list])

    def write(self, vals):
        # providers write in SQL; who changes a rate that one has brought has typed it
        vals = {name: vals[name] for name in vals if name not in EVIDENCE_FIELDS}
        if vals.keys() & TYPED_FIELDS:
            vals |= dict.fromkeys(EVIDENCE_FIELDS, False)
        return super().write(vals)

    @api.model
    def _take_main_company(self, vals):
        """A rate that somebody types for a branch is refused, not moved: it would
        change what the main company reports."""
        return vals

    @api.model
    def _store_published(self, provider, company, planned):
        """Write a provider's rates in bulk, leaving those alone that are the same.

        :param planned: list of PlannedRate
        :return: (rates written, rates unchanged)
        """
        if not planned:
            return 0, 0
        self.flush_model()
        rows = {(row.currency_id, row.day): row for row in planned}.values()
        written = self.env.execute_query(
            SQL(
                """INSERT INTO fx_rate_named AS n
                          (company_id, currency_id, date, kind, rate, provider_id,
                           quoted, published_on,
                           create_uid, create_date, write_uid, write_date)
                   SELECT %(company)s, currency_id, day, %(kind)s, rate, %(provider)s,
                          quoted, published_on, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM unnest(%(currency_ids)s::int[], %(days)s::date[],
                                 %(rates)s::numeric[], %(quoted)s::text[],
                                 %(published_on)s::date[])
                          AS published (currency_id, day, rate, quoted, published_on)
              ON CONFLICT (company_id, currency_id, date, kind, provider_id)
                          WHERE provider_id IS NOT NULL
                DO UPDATE SET rate = EXCLUDED.rate, quoted = EXCLUDED.quoted,
                              published_on = EXCLUDED.published_on,
                              write_uid = EXCLUDED.write_uid,
                              write_date = EXCLUDED.write_date
                        WHERE n.rate IS DISTINCT FROM EXCLUDED.rate
                              AND (n.published_on <= EXCLUDED.published_on
                                   OR n.published_on >= n.date) IS NOT FALSE
                    RETURNING 1""",
                company=company.id,
                kind=provider._get_named_kind(),
                provider=provider.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                currency_ids=[row.currency_id for row in rows],
                days=[row.day for row in rows],
                rates=[row.rate for row in rows],
                quoted=[row.quoted for row in rows],
                published_on=[row.published_on for row in rows],
            )
        )
        self.invalidate_model()
        return len(written), len(rows) - len(written)


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _find_named(self, company, kind, date=None, date_from=None):
        """Rates by name: the newest of one kind on or before a date.

        A typed rate comes before a provider's of the same date, and an earlier
        provider before a later one. Kinds never stand in for each other: a currency
        without a rate of this kind is absent.

        :param company: res.company (a branch reads its root's)
        :param kind: as ``fx.rate.named.kind``
        :param date: date, or today where the company is
        :param date_from: leave older rates out
        :return: {currency id: :class:`Spot`}
        """
        date = fields.Date.to_date(date) or company._get_today()
        if not self:
            return {}
        self.env["fx.rate.named"].flush_model()
        # sudo: a branch's user may not read its root company
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (n.currency_id) n.currency_id, n.rate::float,
                          n.date, p.name
                     FROM fx_rate_named n
                LEFT JOIN fx_rate_provider p ON p.id = n.provider_id
                    WHERE n.company_id = %s AND n.kind = %s AND n.currency_id IN %s
                      AND n.date <= %s AND (%s::date IS NULL OR n.date >= %s)
                 ORDER BY n.currency_id, n.date DESC, p.id IS NOT NULL, p.sequence,
                          p.id""",
                company.sudo().root_id.id,
                kind,
                tuple(self.ids),
                date,
                date_from,
                date_from,
            )
        )
        return {
            currency_id: Spot(rate, day, source or self.env._("Manual rate"))
            for currency_id, rate, day, source in rows
        }

    def _find_constant(self, company, date):
        """The constant rates of reports: the year's budget rate, else the period's end.

        :param company: res.company; its fiscal year decides what "the year" is
        :param date: the period's last day
        :return: {currency id: :class:`Spot`}
        """
        date = fields.Date.to_date(date)
        # sudo: a branch's user may not read its root company
        root = company.sudo().root_id
        year = root.compute_fiscalyear_dates(date)
        constant = self._find_spot(company, date)
        budget = self._find_named(company, "budget", date, year["date_from"])
        return {**constant, **budget}
