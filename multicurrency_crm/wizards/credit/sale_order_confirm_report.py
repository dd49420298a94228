from odoo import api, fields, models


class SaleOrderConfirmReport(models.TransientModel):
    """Which of the selected quotations weren't confirmed, and why."""

    _name = "sale.order.confirm.report"
    _description = "Quotations That Weren't Confirmed"
    _inherit = ["shown.records.mixin"]

    confirmed = fields.Integer(readonly=True)
    summary = fields.Char(compute="_compute_summary")
    line_ids = fields.One2many(
        "sale.order.confirm.report.line", "report_id", readonly=True
    )

    @api.depends("confirmed", "line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for report in self:
            report.summary = self.env._(
                "%(confirmed)s confirmed, %(refused)s not:",
                confirmed=report.confirmed,
                refused=len(report.line_ids),
            )
