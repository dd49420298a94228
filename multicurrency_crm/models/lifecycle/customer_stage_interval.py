from odoo import fields, models

from .customer_life import STAGE_SELECTION


class CustomerStageInterval(models.Model):
    """How long a customer was in a stage: what facts prove, counted anew each night."""

    _name = "customer.stage.interval"
    _description = "Time in a Stage"
    _inherit = ["guarded.mixin", "selection.order.mixin"]
    _order = "date_from desc, id desc"
    _rec_name = "partner_id"
    _in_order = frozenset({"stage"})

    life_id = fields.Many2one(
        "customer.life", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    stage = fields.Selection(selection=STAGE_SELECTION, required=True, readonly=True)
    date_from = fields.Date(string="Since", required=True, readonly=True)
    date_to = fields.Date(string="Until", readonly=True, help="Empty: it lasts.")
    days = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="From this stage to the next; empty while it lasts.",
    )
    went_on = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="1: the customer came to a later stage; on average, how many did. After "
        "the last stage there is none.",
    )
    currency_id = fields.Many2one(related="life_id.currency_id")
    team_id = fields.Many2one(related="life_id.team_id")
    source_id = fields.Many2one(related="life_id.source_id")
    country_id = fields.Many2one(related="partner_id.country_id")
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")

    _stage_unique = models.Constraint(
        "UNIQUE (life_id, stage)", "A customer is in each stage once."
    )
