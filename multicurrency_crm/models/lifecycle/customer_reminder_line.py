from odoo import fields, models

from .customer_reminder_step import HOW


class CustomerReminderLine(models.Model):
    """What a reminder did on a day: whom it told, and how. Each step is taken once."""

    _name = "customer.reminder.line"
    _description = "Step Taken of a Reminder"
    _inherit = ["guarded.mixin"]
    _order = "reminder_id, number, id"
    _rec_name = "reminder_id"

    reminder_id = fields.Many2one(
        "customer.reminder", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Integer(
        string="Step", required=True, readonly=True, aggregator=None
    )
    date = fields.Date(string="Day", required=True, readonly=True)
    how = fields.Selection(
        selection=HOW, string="Reminded By", required=True, readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_told = fields.Boolean(
        string="Mailed",
        readonly=True,
        help="The mail is on its way: to the colleague, or to the customer.",
    )
    is_skipped = fields.Boolean(
        string="Couldn't Be Done",
        readonly=True,
        help="The customer has no e-mail address, the mail has no text any more, or "
        "nobody is there to be reminded.",
    )

    _step_unique = models.Constraint(
        "UNIQUE (reminder_id, number)", "A step is taken once."
    )
    _untold = models.Index("(company_id) WHERE is_told IS NOT TRUE")
