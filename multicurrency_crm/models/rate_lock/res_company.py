from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

TIMINGS = [
    ("manual", "By hand"),
    ("send", "When the quotation is sent"),
    ("confirm", "When the quotation is confirmed"),
]

#: Settings that decide what the books say, in the order in which they are written:
#: there is a first day before the books follow the lock.
BOOKING_FIELDS = ("lock_booking_from", "lock_books_tax", "lock_booking")


class ResCompany(models.Model):
    """What a company decides about the rates it promises, and at which rate its books
    take what was promised at another."""

    _inherit = "res.company"

    lock_timing = fields.Selection(
        selection=TIMINGS,
        string="Lock Rates",
        default="manual",
        required=True,
        help="When the rate of a quotation in a foreign currency is locked "
        "automatically. A customer may have another setting.",
        groups="base.group_user",
        everyday=True,
    )
    lock_days = fields.Integer(
        string="Days a Rate Lock Holds",
        default=14,
        required=True,
        help="How long a locked rate holds where the quotation has no expiration date.",
        groups="base.group_user",
        prefetch="rate_lock_terms",
    )
    lock_invoice_days = fields.Integer(
        string="Days to Invoice a Locked Order",
        default=90,
        required=True,
        help="How long after its end a locked rate may be invoiced without a manager's "
        "approval.",
        groups="base.group_user",
        prefetch="rate_lock_terms",
    )
    lock_tolerance = fields.Float(
        string="Tolerance of Rate Locks",
        default=0.05,
        required=True,
        digits=0,
        help="As a share of the market rate. A typed rate further from it, and an "
        "order whose locked rate is unfavourable by more, ask for a manager's "
        "approval.",
        groups="base.group_user",
        prefetch="rate_lock_terms",
    )

    lock_exceeded_policy = fields.Selection(
        selection=[
            ("approve", "Ask for approval"),
            ("allow", "Allow"),
            ("reprice", "Lock today's rate and re-price"),
        ],
        string="Ended or Beyond the Tolerance",
        default="approve",
        required=True,
        help="What confirming a quotation does whose lock has ended, or whose locked "
        "rate is unfavourable by more than the tolerance.",
        groups="base.group_user",
    )
    lock_reminder_days = fields.Integer(
        string="Days to Remind before a Lock Ends",
        default=2,
        required=True,
        help="The salesperson gets one activity that many days before the end; 0 for "
        "none.",
        groups="base.group_user",
        prefetch="rate_lock_terms",
    )
    lock_rebate_returns = fields.Boolean(
        string="Rebates Give Back",
        help="A credit note that only lowers a price gives its amount back to the rate "
        "agreement, as one for what isn't ordered any more does.",
        groups="base.group_user",
        prefetch="rate_lock_terms",
    )

    # === BOOKS === #

    lock_booking = fields.Selection(
        selection=[
            ("market", "Market rate of the invoice date"),
            ("locked", "Locked rate"),
        ],
        string="Book Locked Invoices at",
        default="market",
        required=True,
        tracking=True,
        help="The rate at which an invoice from an order with a locked rate enters the "
        "books. It is decided when the invoice is made and never changes for invoices "
        "that exist.",
        groups="base.group_user",
    )
    lock_booking_from = fields.Date(
        string="Book at the Locked Rate from",
        tracking=True,
        help="Invoices dated before this day are booked at the market rate.",
        groups="base.group_user",
    )
    lock_books_tax = fields.Boolean(
        string="Tax at the Locked Rate",
        tracking=True,
        help="The law of the company's country takes the locked rate for tax, too. "
        "Without this, an invoice with tax is booked at the market rate. Cash-basis "
        "taxes move at the rate of the payment all the same.",
        groups="base.group_user",
    )
    refund_at_origin_rate = fields.Boolean(
        string="Credit Notes at the Rate of Their Invoice",
        tracking=True,
        help="The credit note of an invoice is booked at the invoice's rate, whatever "
        "its date. Credit notes of invoices with a rate lock always are.",
        groups="base.group_user",
    )

    _lock_days_positive = models.Constraint(
        "CHECK (lock_days > 0)",
        "A rate lock holds for at least one day: enter 1 or more.",
    )
    _lock_invoice_days_not_negative = models.Constraint(
        "CHECK (lock_invoice_days >= 0)",
        "A locked order can't be invoiced before its lock ends: enter 0 days or more.",
    )
    _lock_reminder_days_not_negative = models.Constraint(
        "CHECK (lock_reminder_days >= 0)",
        "A reminder comes before the end of the lock: enter 0 days or more.",
    )
    _lock_tolerance_in_range = models.Constraint(
        "CHECK (lock_tolerance >= 0 AND lock_tolerance < 1)",
        "The tolerance of rate locks is a share of the market rate: enter 0 % or more, "
        "and less than 100 %.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("lock_booking", "lock_booking_from")
    def _check_lock_booking_from(self):
        for company in self:
            if (
                company.lock_booking == "locked"
                and not company.lock_booking_from
                and not company.parent_id
            ):
                raise UserError(
                    self.env._(
                        "Books that take the locked rate do so from a day on: enter it."
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("lock_booking") == "locked":
                self._check_may_choose_booking()
                vals.setdefault("lock_booking_from", self.env.company._get_today())
        return super().create(vals_list)

    def write(self, vals):
        """Write setting by setting, as Odoo copies each to the branches and then
        compares all of them with the root company's."""
        chosen = [name for name in BOOKING_FIELDS if name in vals]
        if not chosen:
            return super().write(vals)
        if any(company._chooses_booking(vals) for company in self):
            self._check_may_choose_booking()
        vals = dict(vals)
        roots = self.filtered(lambda company: not company.parent_id)
        if vals.get("lock_booking") == "locked" and not vals.get("lock_booking_from"):
            for company in roots.filtered(
                lambda company: not company.lock_booking_from
            ):
                super(ResCompany, company).write(
                    {"lock_booking_from": company._get_today()}
                )
        for name in chosen:
            super().write({name: vals.pop(name)})
        for company in roots:
            # the next choice of the locked rate starts on its own day
            if company.lock_booking == "market" and company.lock_booking_from:
                super(ResCompany, company).write({"lock_booking_from": False})
        return super().write(vals) if vals else True

    def _chooses_booking(self, vals):
        """Return whether ``vals`` let the books follow the lock, or otherwise than so
        far."""
        if vals.get("lock_booking", self.lock_booking) != "locked":
            return False
        return any(
            self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
            for name in BOOKING_FIELDS
            if name in vals
        )

    def _check_may_choose_booking(self):
        """Check the right to decide what the books say.

        :raises AccessError: not of Multi-Currency Finance
        """
        if not self.env.user.has_group("multicurrency_crm.group_finance"):
            raise AccessError(
                self.env._(
                    "Booking at the locked rate is chosen by Multi-Currency Finance: "
                    "ask one of them."
                )
            )

    # === THE BOOKS' CURRENCY === #

    def _find_currency_obstacles(self):
        own = [("company_id", "child_of", self.id)]
        return [
            *super()._find_currency_obstacles(),
            (
                self.env["fx.rate.lock"].search(own),
                self.env._("delete drafts; what was promised needs a new company"),
            ),
        ]
