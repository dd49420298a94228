from dataclasses import replace
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

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
    # sudo: Odoo lets nobody keep even none who reads no journals; who reads some is
    # offered those
    offered_from_ids = fields.Many2many(
        "account.journal", compute="_compute_offered", compute_sudo=True
    )
    offered_to_ids = fields.Many2many(
        "account.journal", compute="_compute_offered", compute_sudo=True
    )
    missing_note = fields.Char(compute="_compute_offered", compute_sudo=True)

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

    @api.depends("company_id", "forward_id", "currency_from_id", "currency_to_id")
    @api.depends_context("lang", "uid")
    def _compute_offered(self):
        """Offer the bank accounts of the contract's currencies; without a contract all
        that aren't of the other side's currency."""
        Journal = self.env["account.journal"]
        for conversion in self:
            banks, needed = conversion._find_banks(), conversion._find_needed()
            lacking = self.env["res.currency"]
            for side, other in (("from", "to"), ("to", "from")):
                currency, opposite = (
                    needed.get(side),
                    conversion[f"currency_{other}_id"],
                )
                fit = [
                    journals
                    for one, journals in banks.items()
                    if (one == currency if currency else one != opposite)
                ]
                conversion[f"offered_{side}_ids"] = Journal.union(*fit)
                if currency and not fit:
                    lacking |= currency
            conversion.missing_note = bool(lacking and banks) and self.env._(
                "%(company)s has no bank account in %(currency)s: add a bank journal "
                "in that currency first.",
                company=conversion.company_id.name,
                currency=format_list(self.env, lacking.mapped("name")),
            )

    def _find_banks(self):
        """Find the accounts from and to which money is changed, that one may choose.

        :return: {currency: journals in it}; nothing where one reads no journals
        """
        company, Journal = self.company_id, self.env["account.journal"].sudo(False)
        if not company or not Journal.has_access("read"):
            return {}
        journals = Journal.search(
            [
                *Journal._check_company_domain(company),
                ("type", "in", ("bank", "cash", "credit")),
            ]
        )
        # sudo: a main company's currency, whoever works in its branch
        return dict(
            journals.grouped(
                lambda one: (
                    one.currency_id or one.sudo().company_id.currency_id
                ).with_env(self.env)
            )
        )

    def _find_needed(self):
        """Find which currencies the contract changes.

        :return: {'from' or 'to': currency}; nothing without a contract
        """
        forward, books = self.forward_id, self.company_currency_id
        if not forward:
            return {}
        foreign = forward.currency_id
        sides = ("from", "to") if forward.side == "sell" else ("to", "from")
        return dict(zip(sides, (foreign, books), strict=True))

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
        self._choose_banks()
        name = "amount_from" if forward.side == "sell" else "amount_to"
        if not (self.amount_from or self.amount_to):
            self[name] = forward.amount_rest
        self._follow_figures()

    def _choose_banks(self):
        """Fill in the account in each of the contract's currencies, if it is one."""
        banks = self._find_banks()
        for side, currency in self._find_needed().items():
            journals = banks.get(currency, self.env["account.journal"])
            # a till changes no money by a contract where there is a bank
            journals = journals.filtered(lambda one: one.type == "bank") or journals
            if len(journals) == 1 and not self[f"journal_{side}_id"]:
                self[f"journal_{side}_id"] = journals

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
