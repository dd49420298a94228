from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.quoting import readable
from ...engine.rates import RateError, parse_quoted, rate_from_quoted

#: What was promised, and the evidence for it: a new rate is a new lock.
TERMS = {
    "kind",
    "company_id",
    "partner_id",
    "currency_id",
    "quoted_rate",
    "quote_direction",
    "rate",
    "market_rate",
    "source",
    "rate_date",
    "margin_bp",
    "tolerance",
    "amount_cap",
    "cap_basis",
    "date_start",
}


class FxRateLock(models.Model):
    _name = "fx.rate.lock"
    _description = "Rate Lock"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_end desc, id desc"
    _check_company_auto = True
    # locks are written by what happens to their orders; readers may talk about them
    _mail_post_access = "read"

    name = fields.Char(
        required=True, readonly=True, copy=False, default=lambda self: self.env._("New")
    )
    kind = fields.Selection(
        selection=[("order", "Order"), ("agreement", "Agreement")],
        default="order",
        required=True,
        readonly=True,
        help="Order: made for one quotation. Agreement: for all orders of a customer in "
        "a currency over a period, up to a cap.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("active", "Active"),
            ("used", "Used"),
            ("expired", "Expired"),
            ("released", "Released"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="Active: the rate is promised. Used: the customer ordered at it. Expired: "
        "the end passed without an order. Released: taken back, with a reason.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        readonly=True,
        default=lambda self: self.env.user,
        tracking=True,
        help="Who locked the rate, and may release it besides the managers.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    quoted_rate = fields.Char(
        required=True,
        readonly=True,
        help="The rate as it was quoted, digit by digit; the rate follows from it.",
    )
    quote_direction = fields.Selection(
        selection=[
            ("company_per_unit", "Company currency for 1 unit of the currency"),
            ("unit_per_company", "Currency for 1 unit of the company currency"),
        ],
        default="company_per_unit",
        required=True,
        readonly=True,
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
    market_rate = fields.Float(
        string="Market Rate when Locked",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency, on the rate date.",
    )
    source = fields.Char(readonly=True, help="Who published the market rate.")
    rate_date = fields.Date(readonly=True, help="The date of the market rate.")
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(
        string="Until",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
        help="The last day on which the customer can order at this rate.",
    )
    invoice_by = fields.Date(
        readonly=True,
        tracking=True,
        help="The last day on which an invoice at this rate needs no approval.",
    )
    margin_bp = fields.Float(
        string="Margin (bp)",
        readonly=True,
        digits=(16, 2),
        aggregator=None,
        help="Basis points by which the rate was moved from the market rate, in the "
        "company's favour.",
    )
    tolerance = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="A deviation from the market rate against us beyond this share asks for "
        "approval.",
    )
    amount_cap = fields.Monetary(
        string="Cap",
        readonly=True,
        help="The most that orders may draw, in the agreement's currency; 0 for no cap.",
    )
    cap_basis = fields.Selection(
        selection=[("gross", "Totals with tax"), ("untaxed", "Untaxed amounts")],
        string="Amounts Drawn",
        default="gross",
        required=True,
        readonly=True,
    )
    supersedes_id = fields.Many2one(
        "fx.rate.lock",
        string="Supersedes",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The lock that this one replaced, at another rate.",
    )
    release_reason = fields.Char(readonly=True, copy=False)
    order_ids = fields.One2many(
        "sale.order", "rate_lock_id", string="Orders", readonly=True
    )
    move_ids = fields.One2many(
        "account.move", "rate_lock_id", string="Invoices", readonly=True
    )

    _rate_positive = models.Constraint(
        "CHECK (rate > 0)", "A locked rate is above zero: enter one."
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_end >= date_start)",
        "A rate lock can't end before it starts: choose a later end.",
    )

    # === COMPUTE METHODS === #

    @api.depends("quoted_rate", "quote_direction")
    def _compute_rate(self):
        """rate = 1 / quoted (company_per_unit) or quoted (unit_per_company)."""
        for lock in self:
            if not lock.quoted_rate:  # a form that is not filled in yet
                lock.rate = 0.0
                continue
            try:
                quoted = parse_quoted(lock.quoted_rate)
                lock.rate = float(rate_from_quoted(quoted, lock.quote_direction))
            except RateError as error:
                raise UserError(
                    self.env._(
                        "“%(text)s” can't be locked: a rate is a number above zero, "
                        "such as 7.1234.",
                        text=lock.quoted_rate,
                    )
                ) from error

    @api.depends("quoted_rate", "quote_direction", "currency_id", "company_id")
    def _compute_rate_display(self):
        for lock in self:
            lock.rate_display = lock.quoted_rate and lock._get_quoted_equation(
                Decimal(lock.quoted_rate), lock.quote_direction
            )

    @api.model
    def _get_equation(self, quoted, direction, currency, company):
        """Write a quoted rate as people read it.

        :param quoted: Decimal, in ``direction``
        :param direction: 'company_per_unit' or 'unit_per_company'
        :return: "1 USD = 7.1234 CNY"; "≈" where digits had to be left out
        """
        left, right = currency.name, company.currency_id.name
        if direction == "unit_per_company":
            left, right = right, left
        shown, was_cut = readable(quoted)
        return f"1 {left} {'≈' if was_cut else '='} {shown:f} {right}"

    def _get_quoted_equation(self, quoted, direction):
        return self._get_equation(quoted, direction, self.currency_id, self.company_id)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        Sequence = self.env["ir.sequence"]
        for vals in vals_list:
            # a company with a sequence of its own counts in that one
            sequence = Sequence.with_company(vals.get("company_id"))
            vals["name"] = sequence.next_by_code("fx.rate.lock") or self.env._("New")
        return super().create(vals_list)

    def write(self, vals):
        if TERMS & vals.keys() and any(lock.state != "draft" for lock in self):
            raise UserError(
                self.env._(
                    "The terms of a rate lock don't change once it is active: release "
                    "it and lock a new rate."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_active(self):
        if kept := self.filtered(lambda lock: lock.state != "draft"):
            raise UserError(
                self.env._(
                    "%(locks)s stays as evidence of what was promised: release it "
                    "instead of deleting it.",
                    locks=", ".join(kept.mapped("name")),
                )
            )
