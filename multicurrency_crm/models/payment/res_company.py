from odoo import fields, models


class ResCompany(models.Model):
    """How long a company waits for promised money, and what customers may tell it."""

    _inherit = "res.company"

    promise_grace_days = fields.Integer(
        string="Days of Grace",
        default=3,
        bounds=(0, 60),
        groups="base.group_user",
        help="Days after the promised one that the money may bear: banks take their "
        "time.",
    )
    promise_on_portal = fields.Boolean(
        string="I Have Paid",
        groups="base.group_user",
        help="Customers tell on the portal, by invoice or statement, what they have "
        "paid and when, with the bank slip.",
    )
    promise_user_id = fields.Many2one(
        "res.users",
        string="Bank Slips Go To",
        domain=[("share", "=", False)],
        groups="base.group_user",
        help="Who looks for the money. Empty: somebody of Multi-Currency finance.",
    )
