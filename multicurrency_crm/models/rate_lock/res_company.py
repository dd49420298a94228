from odoo import fields, models

TIMINGS = [
    ("manual", "By hand"),
    ("send", "When the quotation is sent"),
    ("confirm", "When the quotation is confirmed"),
]


class ResCompany(models.Model):
    """What a company decides about the rates it promises."""

    _inherit = "res.company"

    # === MAKING A LOCK === #

    lock_timing = fields.Selection(
        selection=TIMINGS,
        string="Lock Rates",
        default="manual",
        required=True,
        help="When the rate of a quotation in a foreign currency is locked by itself. "
        "A customer may have another setting.",
    )
    lock_days = fields.Integer(
        string="Days a Rate Lock Holds",
        default=14,
        required=True,
        help="How long a locked rate holds where the quotation has no expiration date.",
    )
    lock_invoice_days = fields.Integer(
        string="Days to Invoice a Locked Order",
        default=90,
        required=True,
        help="How long after its end a locked rate may be invoiced without a manager's "
        "approval.",
    )
    lock_tolerance = fields.Float(
        string="Tolerance of Rate Locks",
        default=0.05,
        required=True,
        digits=0,
        help="As a share of the market rate. A typed rate further from it, and an "
        "order whose locked rate is against us by more, ask for a manager's approval.",
    )

    # === THE END OF A LOCK === #

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
        "rate is against us by more than the tolerance.",
    )
    lock_reminder_days = fields.Integer(
        string="Days to Remind before a Lock Ends",
        default=2,
        required=True,
        help="The salesperson gets one activity that many days before the end; 0 for "
        "none.",
    )
    lock_rebate_returns = fields.Boolean(
        string="Rebates Give Back",
        help="A credit note that only lowers a price gives its amount back to the rate "
        "agreement, as one for returned goods does.",
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
