from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.conversions import Deal, agrees, complete
from ...engine.rates import RateError, parse_quoted, plain_digits
from .fx_conversion import DIRECTIONS, as_digits

#: {figure of the engine: field}; two of them give the third
FIGURES = {"given": "amount_from", "got": "amount_to", "price": "bank_rate"}


class FxConversion(models.Model):
    """Figures of conversions: of amount sold, amount bought and rate, two give one.

    What was typed is kept. What follows goes on following, until somebody types it,
    too: then the three must be of one deal.
    """

    _inherit = "fx.conversion"

    # which of the three figures follows from the others: what a form needs to know
    figure_derived = fields.Selection(
        selection=[("given", "Sold"), ("got", "Bought"), ("price", "Rate")],
        string="Follows",
        copy=False,
    )
    figures_note = fields.Char(compute="_compute_figures_note")

    # === COMPUTE METHODS === #

    @api.depends(
        "amount_from",
        "amount_to",
        "bank_rate",
        "quote_direction",
        "currency_from_id",
        "currency_to_id",
    )
    @api.depends_context("lang")
    def _compute_figures_note(self):
        for conversion in self:
            conversion.figures_note = conversion._explain_contradiction()

    # === FIGURES === #

    def _get_deal(self):
        """Return the figures as the engine reads them; None before both accounts are
        chosen.

        :raises UserError: what was typed is no rate
        """
        given, got = self.currency_from_id, self.currency_to_id
        if not (given and got):
            return None
        try:
            price = parse_quoted(self.bank_rate) if self.bank_rate else None
        except RateError as error:
            raise UserError(
                self.env._(
                    "“%(text)s” isn't a valid rate: write a number above zero such as "
                    "7.1234, without a thousands separator.",
                    text=self.bank_rate,
                )
            ) from error
        return Deal(
            given=self._get_known(given, self.amount_from),
            got=self._get_known(got, self.amount_to),
            price=price,
            quoting=self.quote_direction or "to_per_from",
            given_step=Decimal(repr(given.rounding)),
            got_step=Decimal(repr(got.rounding)),
        )

    @api.model
    def _get_known(self, currency, amount):
        """Return an amount as its digits; None where none is entered."""
        digits = as_digits(currency, amount)
        return digits if digits > 0 else None

    def _follow_figures(self):
        """Let the figure that isn't typed follow from the other two, of a record that
        isn't stored."""
        if forward := self.forward_id:
            self.bank_rate = forward.quoted_rate
            self.quote_direction = DIRECTIONS[forward.side][forward.quote_direction]
        elif self.bank_rate:
            self.bank_rate = plain_digits(self.bank_rate)
        deal = self._get_deal()
        if not deal:
            return
        derived = self.figure_derived
        if self.forward_id and derived == "price":
            derived = False
        if derived:
            deal = replace(deal, **{derived: None})
        if len(deal.missing) == 1:
            (derived,) = deal.missing
            found = getattr(complete(deal), derived)
            is_price = derived == "price"
            self[FIGURES[derived]] = f"{found:f}" if is_price else float(found)
        elif deal.missing:
            derived = False
        self.figure_derived = derived

    def _type_figure(self, figure):
        """Take in that somebody typed one of the figures on a form."""
        field = FIGURES[figure]
        typed = self[field]
        if not typed:
            self.figure_derived = figure
        elif self.figure_derived == figure:
            # what follows is typed over: then all three must agree
            self._follow_figures()
            if self[field] != typed:
                self[field], self.figure_derived = typed, False
            return
        self._follow_figures()

    def _explain_contradiction(self):
        """Return the sentence that says why three figures can't be of one deal, or
        False."""
        try:
            deal = self._get_deal()
        except UserError:
            return False  # saving says so
        if not deal or deal.missing or agrees(deal):
            return False
        due = complete(replace(deal, got=None)).got
        return self.env._(
            "%(given)s at %(rate)s are %(due)s, and %(got)s is entered: correct one "
            "of the three, or empty the one that is to follow. Charges are entered "
            "apart.",
            given=self.currency_from_id._format_amount(self.amount_from),
            rate=self._format_price(deal.price),
            due=self.currency_to_id._format_amount(float(due)),
            got=self.currency_to_id._format_amount(self.amount_to),
        )

    def _settle_figures(self, vals):
        """Return the values of all three figures, of a record with these values that
        isn't stored yet.

        :param vals: what a client sends: of the figures, what it sends is typed, apart
            from the one that it says is derived
        """
        typed = {figure for figure, name in FIGURES.items() if vals.get(name)}
        if "figure_derived" not in vals and self.figure_derived in typed:
            self.figure_derived = False
        self._follow_figures()
        names = (*FIGURES.values(), "figure_derived", "quote_direction")
        return {name: self[name] for name in names}

    # === ONCHANGE METHODS === #

    @api.onchange("amount_from")
    def _onchange_amount_from(self):
        self._type_figure("given")

    @api.onchange("amount_to")
    def _onchange_amount_to(self):
        self._type_figure("got")

    @api.onchange("bank_rate")
    def _onchange_bank_rate(self):
        self._type_figure("price")

    @api.onchange("journal_from_id", "journal_to_id", "quote_direction")
    def _onchange_pair(self):
        self._follow_figures()

    @api.onchange("forward_id")
    def _onchange_forward(self):
        """Take the contract's rate, and what is left of it where no amount is typed."""
        forward = self.forward_id
        if not forward:
            self.forward_carried = 0.0
            return
        name = "amount_from" if forward.side == "sell" else "amount_to"
        if not (self.amount_from or self.amount_to):
            self[name] = forward.amount_rest
        self._follow_figures()

    # === CONSTRAINT METHODS === #

    def _check_amounts(self):
        """:raises ValidationError: not two figures, or three of different deals"""
        low = min(self.amount_from, self.amount_to) <= 0
        if low or not self._get_price():
            raise ValidationError(
                self.env._(
                    "Enter two of the three: what was sold, what was bought, and the "
                    "bank's rate. All are above zero."
                )
            )
        if contradiction := self._explain_contradiction():
            raise ValidationError(contradiction)
        if self.currency_to_id.compare_amounts(self.charges, self.amount_to) >= 0:
            raise ValidationError(
                self.env._(
                    "Charges of %(charges)s leave nothing of %(amount)s: correct them.",
                    charges=self.currency_to_id._format_amount(self.charges),
                    amount=self.currency_to_id._format_amount(self.amount_to),
                )
            )
