from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ...engine.quoting import write_equation
from ...engine.rates import RateError, parse_quoted
from ..common.guarded_mixin import is_open, open_guarded
from ..common.typed_number_mixin import DAYS
from .res_company import CARRYING

#: What was done at the bank: nothing of it changes once it is booked.
TERMS = frozenset(
    {
        "company_id",
        "date",
        "journal_id",
        "journal_from_id",
        "journal_to_id",
        "amount_from",
        "amount_to",
        "bank_rate",
        "quote_direction",
        "charges",
        "forward_id",
        "forward_carried",
        "forward_carried_account_id",
    }
)

#: How a contract's price reads, as seen from what is given: {side: {as quoted: here}}
DIRECTIONS = {
    "sell": {"company_per_unit": "to_per_from", "unit_per_company": "from_per_to"},
    "buy": {"company_per_unit": "from_per_to", "unit_per_company": "to_per_from"},
}


class FxConversion(models.Model):
    """Money of one currency that a bank changed into another one, and its entry.

    draft → posted → cancelled
    """

    _name = "fx.conversion"
    _description = "Conversion"
    _inherit = [
        "asking.mixin",
        "booking.mixin",
        "typed.number.mixin",
        "guarded.mixin",
        "mail.thread",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True

    _entry_fields = ("move_id", "cancel_move_id")

    name = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New Conversion"),
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("posted", "Posted"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_today(),
        bounds=DAYS,
        help="The day on which the bank changed the money: it is booked at the rates "
        "of that day.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        string="Booked In",
        required=True,
        domain=[("type", "=", "general")],
        check_company=True,
        ondelete="restrict",
        compute="_compute_journal_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    journal_from_id = fields.Many2one(
        "account.journal",
        string="From Account",
        required=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        check_company=True,
        ondelete="restrict",
        help="The bank account that the money left.",
    )
    journal_to_id = fields.Many2one(
        "account.journal",
        string="To Account",
        required=True,
        domain=[("type", "in", ("bank", "cash", "credit"))],
        check_company=True,
        ondelete="restrict",
        help="The bank account that the money came into.",
    )
    currency_from_id = fields.Many2one(
        "res.currency",
        string="Currency Sold",
        compute="_compute_currencies",
        store=True,
        precompute=True,
    )
    currency_to_id = fields.Many2one(
        "res.currency",
        string="Currency Bought",
        compute="_compute_currencies",
        store=True,
        precompute=True,
    )
    amount_from = fields.Monetary(
        string="Sold",
        currency_field="currency_from_id",
        help="What left the account, in its currency.",
    )
    amount_to = fields.Monetary(
        string="Bought",
        currency_field="currency_to_id",
        help="What the bank changed it into, before charges.",
    )
    bank_rate = fields.Char(
        help="The rate as the bank wrote it, digit by digit. Of the two amounts and "
        "the rate, two give the third.",
    )
    quote_direction = fields.Selection(
        selection=[
            ("to_per_from", "Bought for 1 unit sold"),
            ("from_per_to", "Sold for 1 unit bought"),
        ],
        string="Quoted As",
        compute="_compute_quote_direction",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    charges = fields.Monetary(
        currency_field="currency_to_id",
        bounds=(0, 1e15),
        help="What the bank took off for itself, in the currency bought.",
    )
    amount_received = fields.Monetary(
        string="Received",
        currency_field="currency_to_id",
        compute="_compute_amount_received",
        help="Bought, less charges.",
    )
    forward_id = fields.Many2one(
        "fx.forward",
        string="Settles Forward",
        copy=False,
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="The contract by which the money was changed, wholly or in part: its "
        "rate applies.",
    )
    forward_rest = fields.Monetary(
        related="forward_id.amount_rest",
        currency_field="forward_currency_id",
        string="Left of It",
    )
    forward_currency_id = fields.Many2one(related="forward_id.currency_id")
    forward_carried = fields.Monetary(
        string="Fair Value Carried",
        copy=False,
        currency_field="company_currency_id",
        help="What the books carry already of this part of the contract, before it is "
        "settled: above 0 as an asset, below 0 as a liability.",
    )
    forward_carried_account_id = fields.Many2one(
        "account.account",
        string="Carried On",
        domain=[("account_type", "in", list(CARRYING))],
        check_company=True,
        ondelete="restrict",
        compute="_compute_forward_carried_account",
        store=True,
        readonly=False,
        precompute=True,
    )

    spot = fields.Float(
        string="Spot Price",
        readonly=True,
        copy=False,
        digits=0,
        aggregator=None,
        help="What the booking rates of the day give, quoted as the bank's rate.",
    )
    value_from = fields.Monetary(
        string="Sold, at the Booking Rate",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )
    value_to = fields.Monetary(
        string="Bought, at the Booking Rate",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )
    charges_value = fields.Monetary(
        string="Charges in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )
    result = fields.Monetary(
        string="Bank against Spot",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="What the bank's rate brought against the booking rates of the day; "
        "below 0 it cost. It is 0 where a forward is settled.",
    )
    forward_result = fields.Monetary(
        string="Forward against Spot",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="Amount × (contract − spot).",
    )
    # what is cancelled brought nothing: lists add these up
    posted_result = fields.Monetary(
        string="Posted: Bank against Spot",
        currency_field="company_currency_id",
        compute="_compute_posted_results",
        store=True,
    )
    posted_forward_result = fields.Monetary(
        string="Posted: Forward against Spot",
        currency_field="company_currency_id",
        compute="_compute_posted_results",
        store=True,
    )
    forward_gain = fields.Monetary(
        string="Of Which Not Carried Before",
        currency_field="company_currency_id",
        compute="_compute_forward_gain",
        help="What is booked as the result of the forward.",
    )
    is_forward_completed = fields.Boolean(readonly=True, copy=False)
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    cancel_move_id = fields.Many2one(
        "account.move",
        string="Cancelled By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    unit_currency_id = fields.Many2one(
        "res.currency", string="1 Unit Of", compute="_compute_unit"
    )
    price_currency_id = fields.Many2one(
        "res.currency", string="Priced In", compute="_compute_unit"
    )
    rate_display = fields.Char(string="Rate", compute="_compute_rate_display")
    spot_display = fields.Char(string="Spot", compute="_compute_spot_display")
    summary = fields.Char(compute="_compute_summary")

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_journal_id(self):
        for conversion in self:
            company = conversion.company_id
            conversion.journal_id = bool(company) and company._get_conversion_journal()

    @api.depends("company_id", "journal_from_id", "journal_to_id")
    def _compute_currencies(self):
        for conversion in self:
            for side in ("from", "to"):
                # sudo: who changes money may not read all of the bank's journal
                journal = conversion[f"journal_{side}_id"].sudo()
                currency = journal.currency_id or journal.company_id.currency_id
                conversion[f"currency_{side}_id"] = currency

    @api.depends("currency_from_id", "currency_to_id", "company_id", "forward_id")
    def _compute_quote_direction(self):
        """Quote as the contract does; else as the company reads rates, and between two
        foreign currencies what 1 unit sold brings."""
        for conversion in self:
            company = conversion.company_id
            # sudo: who works in a branch needn't see its main company
            shown = company.sudo().root_id.rate_direction
            side = conversion._get_side()
            forward = conversion.forward_id
            if forward:
                shown, side = forward.quote_direction, forward.side
            directions = DIRECTIONS.get(side, {})
            conversion.quote_direction = directions.get(shown, "to_per_from")

    @api.depends("forward_id", "company_id")
    def _compute_forward_carried_account(self):
        for conversion in self:
            # sudo: who works in a branch needn't see its main company
            main = conversion.company_id.sudo().root_id
            conversion.forward_carried_account_id = (
                bool(conversion.forward_id) and main.forward_carried_account_id
            )

    @api.depends("amount_to", "charges")
    def _compute_amount_received(self):
        for conversion in self:
            conversion.amount_received = conversion.amount_to - conversion.charges

    @api.depends("state", "result", "forward_result")
    def _compute_posted_results(self):
        for conversion in self:
            posted = conversion.state == "posted"
            conversion.posted_result = conversion.result if posted else 0.0
            conversion.posted_forward_result = (
                conversion.forward_result if posted else 0.0
            )

    @api.depends("forward_result", "forward_carried")
    def _compute_forward_gain(self):
        for conversion in self:
            gain = conversion.forward_result - conversion.forward_carried
            conversion.forward_gain = gain if conversion.move_id else 0.0

    @api.depends("quote_direction", "currency_from_id", "currency_to_id")
    def _compute_unit(self):
        for conversion in self:
            pair = conversion.currency_from_id, conversion.currency_to_id
            if conversion.quote_direction == "from_per_to":
                pair = pair[::-1]
            conversion.unit_currency_id, conversion.price_currency_id = pair

    @api.depends(
        *("bank_rate", "quote_direction", "currency_from_id", "currency_to_id"),
        "company_id.rate_direction",
    )
    def _compute_rate_display(self):
        for conversion in self:
            price = conversion._get_price()
            conversion.rate_display = price and conversion._format_price(price)

    @api.depends(
        "spot",
        "date",
        "quote_direction",
        "currency_from_id",
        "company_id",
        "currency_to_id",
        "state",
        "company_id.rate_direction",
    )
    def _compute_spot_display(self):
        drafts = self.filtered(lambda conversion: not conversion.spot)
        prices = drafts._find_spot_prices()
        for conversion in self:
            price = conversion.spot or prices.get(conversion)
            conversion.spot_display = price and conversion._format_price(
                Decimal(repr(price)), derived=True
            )

    @api.depends(
        "amount_from",
        "amount_to",
        "rate_display",
        "spot_display",
        "forward_id",
        "currency_from_id",
        "currency_to_id",
    )
    @api.depends_context("lang")
    def _compute_summary(self):
        for conversion in self:
            conversion.summary = conversion._get_summary()

    # === WHAT IT SAYS === #

    def _get_side(self):
        """Return 'sell' or 'buy' of the foreign currency, as the company sees it, or
        'cross' between two foreign ones; False where either isn't known."""
        books = self.company_currency_id
        if not (self.currency_from_id and self.currency_to_id and books):
            return False
        if self.currency_to_id == books:
            return "sell"
        return "buy" if self.currency_from_id == books else "cross"

    def _get_price(self):
        """Return the bank's price as Decimal; None where none can be read."""
        try:
            return parse_quoted(self.bank_rate or "")
        except RateError:
            return None

    def _get_contract_price(self):
        """Return the price of the forward, and how it is quoted as seen from here:
        (Decimal, as ``quote_direction``)."""
        forward = self.forward_id
        direction = DIRECTIONS[forward.side][forward.quote_direction]
        return parse_quoted(forward.quoted_rate), direction

    def _format_price(self, price, derived=False):
        """Write a price of this pair as people read it: "1 USD = 7.1800 CNY".

        :param Decimal price: in the direction of this conversion
        :param bool derived: it was computed, nobody wrote it
        """
        unit, priced = self.unit_currency_id, self.price_currency_id
        if not (unit and priced) or price <= 0:
            return False
        books = self.company_currency_id
        if books not in (unit, priced):
            names = unit.name, priced.name
            return str(
                write_equation(price, "company_per_unit", *names, derived=derived)
            )
        direction = "company_per_unit" if priced == books else "unit_per_company"
        foreign = unit if priced == books else priced
        if derived:
            rate = 1 / price if priced == books else price
            return foreign._format_rate(float(rate), self.company_id)
        return foreign._format_rate(0.0, self.company_id, (price, direction))

    def _get_summary(self):
        """Return what was changed, at which rate, beside the spot, in a sentence."""
        if not (self.amount_from and self.amount_to and self.rate_display):
            return False
        side = self._get_side()
        terms = {
            "amount": self.currency_from_id._format_amount(self.amount_from),
            "got": self.currency_to_id._format_amount(self.amount_to),
            "rate": self.rate_display,
            "spot": self.spot_display or self.env._("not known"),
            "forward": self.forward_id.name,
        }
        if side == "buy":
            terms["amount"] = terms["got"]
        if self.forward_id and side == "buy":
            return self.env._(
                "Bought %(amount)s at %(rate)s by %(forward)s; spot %(spot)s", **terms
            )
        if self.forward_id:
            return self.env._(
                "Sold %(amount)s at %(rate)s by %(forward)s; spot %(spot)s", **terms
            )
        if side == "buy":
            return self.env._("Bought %(amount)s at %(rate)s; spot %(spot)s", **terms)
        if side == "sell":
            return self.env._("Sold %(amount)s at %(rate)s; spot %(spot)s", **terms)
        return self.env._(
            "Changed %(amount)s into %(got)s at %(rate)s; spot %(spot)s", **terms
        )

    # === CONSTRAINT METHODS === #

    @api.constrains(*TERMS)
    def _check_terms(self):
        for conversion in self:
            conversion._check_pair()
            conversion._check_amounts()
            conversion._check_forward()
            conversion._check_carried()

    def _check_pair(self):
        """:raises ValidationError: nothing is changed between these accounts"""
        if self.currency_from_id == self.currency_to_id:
            raise ValidationError(
                self.env._(
                    "%(one)s and %(other)s are both in %(currency)s: a conversion "
                    "changes one currency into another one.",
                    one=self.journal_from_id.display_name,
                    other=self.journal_to_id.display_name,
                    currency=self.currency_from_id.name,
                )
            )
        wrong = (self.journal_from_id | self.journal_to_id).filtered(
            lambda journal: journal.type not in ("bank", "cash", "credit")
        )
        if self.journal_id.type != "general":
            wrong |= self.journal_id
        if wrong:
            raise ValidationError(
                self.env._(
                    "%(journal)s can't be chosen: money leaves and comes into banks "
                    "and tills, and is booked in a miscellaneous journal.",
                    journal=wrong[0].display_name,
                )
            )

    def _check_forward(self):
        """:raises ValidationError: the contract is about something else"""
        forward = self.forward_id
        if not forward:
            return
        books = self.company_currency_id
        pair = (forward.currency_id, books)
        if forward.side == "buy":
            pair = pair[::-1]
        if pair != (self.currency_from_id, self.currency_to_id):
            raise ValidationError(
                self.env._(
                    "%(forward)s changes %(one)s into %(other)s: choose accounts in "
                    "these currencies, or another contract.",
                    forward=forward.name,
                    one=pair[0].name,
                    other=pair[1].name,
                )
            )
        # sudo: who works in a branch needn't see what is above it
        if forward.company_id not in self.company_id.sudo().parent_ids:
            raise ValidationError(
                self.env._(
                    "%(forward)s belongs to another company: choose a contract of "
                    "%(company)s.",
                    forward=forward.name,
                    company=self.company_id.name,
                )
            )
        self._check_contract_rate()

    def _check_contract_rate(self):
        """:raises ValidationError: the contract was changed since its rate was taken"""
        forward = self.forward_id
        agreed = self._get_contract_price()
        if (self._get_price(), self.quote_direction) != agreed:
            raise ValidationError(
                self.env._(
                    "%(forward)s was changed: it is agreed at %(rate)s by now. Empty "
                    "Settles Forward and choose the contract again.",
                    forward=forward.name,
                    rate=forward.rate_display,
                )
            )

    def _check_carried(self):
        """:raises ValidationError: a fair value of nothing, or on no fit account"""
        if not self.forward_carried:
            return
        account = self.forward_carried_account_id
        if not self.forward_id or not account:
            raise ValidationError(
                self.env._(
                    "A fair value is carried of a forward, on an account: choose "
                    "both, or leave it empty."
                )
            )
        if account.account_type not in CARRYING:
            raise ValidationError(
                self.env._(
                    "%(account)s can't carry a fair value: choose an account of "
                    "assets or liabilities.",
                    account=account.display_name,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guarded(vals_list)
        complete_list = []
        for vals in vals_list:
            # before anything is computed of them
            self._check_typed_numbers(vals)
            draft = self.new(self._add_missing_default_values(vals))
            # a company with a sequence of its own counts in that one
            Sequence = self.env["ir.sequence"].with_company(draft.company_id)
            name = Sequence.next_by_code("fx.conversion") or draft.name
            complete_list.append({**vals, **draft._settle_figures(vals), "name": name})
        conversions = super(FxConversion, open_guarded(self)).create(complete_list)
        return conversions.with_env(self.env)

    def write(self, vals):
        if is_open(self) or not TERMS & vals.keys():
            return super().write(vals)
        self._check_typed_numbers(vals)
        for conversion in self:
            conversion._check_still_open(vals)
            draft = conversion.new(origin=conversion)
            asked = TERMS | {"figure_derived"}
            draft.update({name: vals[name] for name in asked & vals.keys()})
            figures = draft._settle_figures(vals)
            super(FxConversion, conversion).write({**vals, **figures})
        return True

    def _check_still_open(self, vals):
        """:raises UserError: terms of what is booked would change"""
        if self.state != "draft" and any(
            self._differs_from(name, vals[name]) for name in TERMS & vals.keys()
        ):
            raise UserError(self._explain_settled())

    def _explain_settled(self):
        """Return the sentence that says that nothing can be done with it that way."""
        labels = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(conversion)s is %(state)s: nothing can be done with it that way.",
            conversion=self.name,
            state=labels[self.state].lower(),
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if kept := self.filtered(lambda conversion: conversion.state != "draft"):
            raise UserError(
                self.env._(
                    "%(conversion)s stays as evidence of what was booked: cancel it "
                    "instead of deleting it.",
                    conversion=format_list(self.env, kept.mapped("name")),
                )
            )

    # === ACTIONS === #

    def action_open_move(self):
        """Open the entries of this conversion.

        :raises UserError: the user may not read them
        """
        self.ensure_one()
        moves = self.move_id | self.cancel_move_id
        return moves._open_entries(self.env._("Entries"))


def as_digits(currency, amount):
    """Return an amount as its digits, rounded to its currency: Decimal."""
    return Decimal(f"{currency.round(amount or 0.0):.{currency.decimal_places}f}")
