from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.rates import (
    LEAST,
    MOST,
    RateError,
    parse_quoted,
    plain_digits,
    rate_from_quoted,
)


class FxQuotedRateMixin(models.AbstractModel):
    """A rate that a person or a bank wrote down, kept digit by digit as written."""

    _name = "fx.quoted.rate.mixin"
    _description = "Quoted Rate"
    _inherit = "typed.number.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="restrict"
    )
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    quoted_rate = fields.Char(
        required=True,
        help="The rate as it was quoted, digit by digit; the rate follows from it.",
    )
    quote_direction = fields.Selection(
        selection=[
            ("company_per_unit", "Company currency for 1 unit of the currency"),
            ("unit_per_company", "Currency for 1 unit of the company currency"),
        ],
        default="company_per_unit",
        required=True,
    )
    rate = fields.Float(
        compute="_compute_rate",
        store=True,
        precompute=True,
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency.",
    )
    rate_display = fields.Char(string="Locked Rate", compute="_compute_rate_display")

    #: fields that hold a number as somebody wrote it
    _quoted_texts = ("quoted_rate",)

    # === COMPUTE METHODS === #

    @api.depends("quoted_rate", "quote_direction")
    def _compute_rate(self):
        """Derive the rate: 1 / quoted (company_per_unit), or quoted (unit_per_company).

        Example: 7.1234 company_per_unit, “1 USD = 7.1234 CNY”, is a rate of 1 / 7.1234.
        """
        for record in self:
            if not record.quoted_rate:  # a form that is not filled in yet
                record.rate = 0.0
                continue
            record._check_direction()
            try:
                quoted = parse_quoted(record.quoted_rate)
                rate = rate_from_quoted(quoted, record.quote_direction)
            except RateError as error:
                raise self._get_rate_error(record.quoted_rate) from error
            if not LEAST <= rate <= MOST:
                raise self._get_magnitude_error(record.quoted_rate)
            record.rate = float(rate)

    @api.depends(
        "quoted_rate",
        "quote_direction",
        "currency_id",
        "company_id",
        "company_id.rate_direction",
    )
    def _compute_rate_display(self):
        for record in self:
            record.rate_display = False
            if not (record.quoted_rate and record.currency_id and record.company_id):
                continue
            try:
                quoted = parse_quoted(record.quoted_rate)
            except RateError:
                continue  # the rate itself says what is wrong
            record.rate_display = record._get_quoted_equation(
                quoted, record.quote_direction
            )

    @api.model
    def _get_equation(self, quoted, direction, currency, company):
        """Return a quoted rate as people read it, with its digits.

        :param quoted: Decimal, in ``direction``
        :param direction: 'company_per_unit' or 'unit_per_company'
        :return: "1 USD = 7.1234 CNY"
        """
        rate = float(rate_from_quoted(quoted, direction))
        return currency._format_rate(rate, company, quoted=(quoted, direction))

    def _get_quoted_equation(self, quoted, direction):
        """Return a quoted rate of this record's currency and company as people read
        it."""
        return self._get_equation(quoted, direction, self.currency_id, self.company_id)

    def _format_market(self, rate):
        """Return a market rate of this record's currency as people read it.

        :param rate: units of the currency for 1 unit of company currency
        :return: "1 USD = 7.1234 CNY"
        """
        return self.currency_id._format_rate(rate, self.company_id)

    def _format_distance(self, deviation):
        """Return how far a rate of this record's currency is from the market.

        :param deviation: rate / market rate − 1, both in Odoo's direction
        :return: "6.5% above the market"
        """
        return self.currency_id._format_distance(deviation, self.company_id)

    def _get_market_note(self, rate, publisher, date, typed_on=None):
        """Return a market rate with who published it, and its day.

        :param rate: units of the currency for 1 unit of company currency
        """
        return self.env._(
            "%(equation)s, %(origin)s",
            equation=self._format_market(rate),
            origin=self.currency_id._name_with_day(publisher, date, typed_on),
        )

    @api.model
    def _get_rate_error(self, text):
        """Return the error for a text that is no rate."""
        return UserError(
            self.env._(
                "“%(text)s” can't be locked: a rate is a number above zero, such as "
                "7.1234.",
                text=text or "",
            )
        )

    def _check_direction(self):
        """Check that this rate is quoted in a way that there is: a client may send
        anything.

        :raises UserError: it isn't
        """
        ways = dict(self._fields["quote_direction"]._description_selection(self.env))
        if self.quote_direction not in ways:
            raise UserError(
                self.env._(
                    "“%(direction)s” isn't a way in which a rate is quoted: choose "
                    "among %(ways)s.",
                    direction=self.quote_direction or "",
                    ways=format_list(self.env, [f"“{way}”" for way in ways.values()]),
                )
            )

    @api.model
    def _get_magnitude_error(self, text):
        """Return the error for a rate that is too small or too large."""
        return UserError(
            self.env._(
                "“%(text)s” can't be locked: a rate lies between %(least)s and "
                "%(most)s. Check the figure and how it is quoted.",
                text=text,
                least=f"{LEAST:f}",
                most=f"{MOST:,f}",
            )
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # a form may still be without a rate, a record may not
        for vals in vals_list:
            if not vals.get("quoted_rate"):
                raise self._get_rate_error(vals.get("quoted_rate"))
        return super().create([self._with_plain_digits(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_plain_digits(vals))

    @api.model
    def _with_plain_digits(self, vals):
        """Return values of which :class:`~decimal.Decimal` reads the quoted numbers."""
        texts = {name: vals[name] for name in self._quoted_texts if vals.get(name)}
        return {**vals, **{name: plain_digits(text) for name, text in texts.items()}}
