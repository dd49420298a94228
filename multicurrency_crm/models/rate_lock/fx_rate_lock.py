from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.guarded_mixin import open_guarded
from ..common.typed_number_mixin import NUMBERS

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
    _inherit = [
        "guarded.mixin",
        "fx.quoted.rate.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_end desc, id desc"
    _check_company_auto = True
    # an agreement of a company covers the documents of its branches
    _check_company_domain = models.check_company_domain_parent_of
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
        guarded=False,
        help="Order: made for one quotation. Agreement: for all orders of a customer "
        "in a currency over a period, up to a cap.",
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
    company_id = fields.Many2one(readonly=True, guarded=False)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        guarded=False,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        readonly=True,
        guarded=False,
        default=lambda self: self.env.user,
        tracking=True,
        help="Who locked the rate, and may release it besides the managers.",
    )
    currency_id = fields.Many2one(readonly=True, guarded=False)
    quoted_rate = fields.Char(readonly=True, guarded=False)
    quote_direction = fields.Selection(readonly=True, guarded=False)
    market_rate = fields.Float(
        string="Market Rate when Locked",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency, on the rate date.",
    )
    source = fields.Char(readonly=True, help="Who published the market rate.")
    rate_date = fields.Date(readonly=True, help="The date of the market rate.")
    date_start = fields.Date(string="From", required=True, readonly=True, guarded=False)
    date_end = fields.Date(
        string="Until",
        required=True,
        readonly=True,
        guarded=False,
        index=True,
        tracking=True,
        help="The last day on which the customer can order at this rate.",
    )
    invoice_by = fields.Date(
        readonly=True,
        guarded=False,
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
        guarded=False,
        bounds=(0, 1),
        digits=0,
        aggregator=None,
        help="A deviation from the market rate against us beyond this share asks for "
        "approval.",
    )
    amount_cap = fields.Monetary(
        string="Cap",
        readonly=True,
        guarded=False,
        bounds=(0, NUMBERS[1]),
        help="The most that orders may draw, in the agreement's currency; 0 for no "
        "cap.",
    )
    cap_basis = fields.Selection(
        selection=[("gross", "Totals with tax"), ("untaxed", "Untaxed amounts")],
        string="Amounts Drawn",
        default="gross",
        required=True,
        readonly=True,
        guarded=False,
    )
    supersedes_id = fields.Many2one(
        "fx.rate.lock",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The lock that this one replaced, at another rate.",
    )
    release_reason = fields.Char(readonly=True, copy=False)
    approval_ids = fields.One2many("fx.rate.approval", "lock_id", readonly=True)
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

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guarded(vals_list)
        Sequence = self.env["ir.sequence"]
        named = []
        for vals in vals_list:
            # a company with a sequence of its own counts in that one
            sequence = Sequence.with_company(vals.get("company_id"))
            name = sequence.next_by_code("fx.rate.lock") or self.env._("New")
            named.append({**vals, "name": name})
        locks = super(FxRateLock, open_guarded(self)).create(named)
        return locks.with_env(self.env)

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
