from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine.rates import LEAST, MOST

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
    _description = "Reference Rate"
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
    rate_text = fields.Char(string="Rate", compute="_compute_rate_text")
    source = fields.Char(
        compute="_compute_source", help="Who published this rate, or who typed it."
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

    # === COMPUTE METHODS === #

    @api.depends("rate")
    def _compute_inverse_rate(self):
        for named in self:
            named.inverse_rate = 1 / named.rate if named.rate else 0.0

    @api.onchange("inverse_rate")
    def _inverse_inverse_rate(self):
        for named in self:
            if named.inverse_rate:
                named.rate = 1 / named.inverse_rate

    @api.depends("rate", "currency_id", "company_id")
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for named in self:
            currency = named.currency_id
            named.rate_text = bool(currency) and currency._format_rate(
                named.rate, named.company_id
            )

    @api.depends("provider_id", "write_uid", "write_date", "date", "company_id")
    @api.depends_context("lang")
    def _compute_source(self):
        for named in self:
            # sudo: a provider may have stopped serving the user's companies
            known = named.sudo()
            person = known.write_uid.filtered(lambda user: user.id != SUPERUSER_ID)
            named.source = named.currency_id._name_source(
                named.company_id or self.env.company,
                named.date,
                known.provider_id.name,
                person.name,
                named.write_date,
                always=True,
            )

    # === CONSTRAINT METHODS === #

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

    # === CRUD METHODS === #

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
        """Leave a branch in place: its rate is refused, not moved to the main company,
        whose reports it would change."""
        return vals

    # === WHAT PROVIDERS BRING === #

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
        query = self._store_query(provider, company, rows)
        written = self.env.execute_query(query)
        self.invalidate_model()
        return len(written), len(rows) - len(written)

    def _store_query(self, provider, company, rows):
        """Return the upsert of :meth:`_store_published`: a row for each rate written.

        Of two publications for one day of the books the later one stays.
        """
        return SQL(
            """INSERT INTO fx_rate_named AS n
                      (company_id, currency_id, date, kind, rate, provider_id, quoted,
                       published_on, create_uid, create_date, write_uid, write_date)
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
