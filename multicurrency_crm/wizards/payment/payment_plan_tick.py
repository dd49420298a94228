from odoo import api, fields, models


class PaymentPlanTick(models.TransientModel):
    """When what makes an instalment due has happened, and what shows it."""

    _name = "payment.plan.tick"
    _description = "Ticking an Instalment"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    plan_id = fields.Many2one(
        "payment.plan", string="Instalment", required=True, readonly=True
    )
    trigger = fields.Selection(related="plan_id.trigger")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    amount = fields.Monetary(related="plan_id.amount")
    date = fields.Date(
        string="Happened On",
        compute="_compute_date",
        store=True,
        readonly=False,
        required=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        string="Evidence",
        help="The document that shows it: the bill of lading, the carrier's mail.",
    )
    note = fields.Char()

    @api.depends("plan_id")
    def _compute_date(self):
        for wizard in self:
            company = wizard.plan_id.company_id
            wizard.date = company._get_today() if company else False

    def action_apply(self):
        """Note it, and let the instalment fall due."""
        self.ensure_one()
        self.plan_id._tick(self.date, self.attachment_ids, self.note)
        return {"type": "ir.actions.act_window_close"}
