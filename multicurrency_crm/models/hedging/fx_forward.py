import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..common.guarded_mixin import open_guarded

#: What was agreed with the bank: nothing of it changes once the contract is active.
TERMS = frozenset(
    {
        "company_id",
        "counterparty_id",
        "bank_reference",
        "side",
        "currency_id",
        "amount",
        "trade_date",
        "value_date",
        "quoted_rate",
        "quote_direction",
        "forward_points",
        "spot_quoted",
    }
)

#: Points and prices as banks write them.
QUOTED_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


class FxForward(models.Model):
    _name = "fx.forward"
    _description = "Currency Forward"
    _inherit = [
        "guarded.mixin",
        "fx.quoted.rate.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "value_date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("settled", "Settled"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Active: agreed with the bank. Settled: the currencies were exchanged. "
        "Cancelled: closed out or never agreed, with a reason.",
    )
    company_id = fields.Many2one(default=lambda self: self.env.company)
    counterparty_id = fields.Many2one(
        "res.partner",
        string="Bank",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="The bank, or whoever else the contract is with.",
    )
    bank_reference = fields.Char(
        copy=False, tracking=True, help="The number of the contract at the bank."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        tracking=True,
        help="Who is told when the value date is reached.",
    )
    side = fields.Selection(
        selection=[("sell", "Sell"), ("buy", "Buy")],
        default="sell",
        required=True,
        help="Sell: the company gives the foreign currency, as covers money from "
        "customers. Buy: it gets the foreign currency, as covers bills to pay.",
    )
    amount = fields.Monetary(required=True, help="In the foreign currency.")
    rate_display = fields.Char(string="Forward Rate")
    amount_company = fields.Monetary(
        string="Value at the Contract",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="Amount / rate: what is exchanged for it on the value date.",
    )
    trade_date = fields.Date(
        required=True,
        default=lambda self: self.env.company._get_today(),
        help="The day of the deal.",
    )
    value_date = fields.Date(
        required=True,
        index=True,
        tracking=True,
        help="The day on which the currencies are exchanged.",
    )
    forward_points = fields.Char(
        help="As the bank quoted them, such as -35.5. A note: the rate doesn't follow "
        "from it."
    )
    spot_quoted = fields.Char(
        string="Spot at the Deal",
        help="As the bank quoted it, in the same direction as the rate. A note: the "
        "rate doesn't follow from it.",
    )
    settled_date = fields.Date(readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False)
    note = fields.Html()

    _quoted_texts = ("quoted_rate", "forward_points", "spot_quoted")

    _rate_positive = models.Constraint(
        "CHECK (rate > 0)", "A forward rate is above zero: enter one."
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The amount of a forward is above zero: enter one."
    )
    _dates_ordered = models.Constraint(
        "CHECK (value_date >= trade_date)",
        "A forward can't be exchanged before it was dealt: choose a later value date.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "rate", "company_id")
    def _compute_amount_company(self):
        for forward in self:
            value = forward.amount / forward.rate if forward.rate else 0.0
            forward.amount_company = (
                forward.company_currency_id.round(value) if value else 0.0
            )

    # === CONSTRAINTS === #

    @api.constrains("currency_id", "company_id")
    def _check_foreign_currency(self):
        for forward in self:
            if forward.currency_id == forward.company_currency_id:
                raise ValidationError(
                    self.env._(
                        "%(currency)s is the company's own currency: choose the "
                        "foreign one of the contract.",
                        currency=forward.currency_id.name,
                    )
                )

    @api.constrains("forward_points", "spot_quoted")
    def _check_quoted_numbers(self):
        for forward in self:
            for text in (forward.forward_points, forward.spot_quoted):
                if text and not QUOTED_NUMBER.fullmatch(text.strip()):
                    raise ValidationError(
                        self.env._(
                            "“%(text)s” is no number: write it as the bank does, such "
                            "as -35.5, without a thousands separator.",
                            text=text,
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guarded(vals_list)
        Sequence = self.env["ir.sequence"]
        named = []
        for vals in vals_list:
            # a company with a sequence of its own counts in that one
            company_id = vals.get("company_id") or self.env.company.id
            sequence = Sequence.with_company(company_id)
            name = sequence.next_by_code("fx.forward") or self.env._("New")
            named.append({**vals, "name": name})
        forwards = super(FxForward, open_guarded(self)).create(named)
        return forwards.with_env(self.env)

    def write(self, vals):
        if TERMS & vals.keys() and any(forward.state != "draft" for forward in self):
            raise UserError(
                self.env._(
                    "The terms of a forward don't change once it is active: cancel it "
                    "and enter the new contract."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if kept := self.filtered(lambda forward: forward.state != "draft"):
            raise UserError(
                self.env._(
                    "%(forwards)s stays as evidence of what was agreed: cancel it "
                    "instead of deleting it.",
                    forwards=", ".join(kept.mapped("name")),
                )
            )
