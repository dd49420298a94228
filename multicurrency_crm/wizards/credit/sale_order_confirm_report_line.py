from odoo import fields, models


class SaleOrderConfirmReportLine(models.TransientModel):
    _name = "sale.order.confirm.report.line"
    _description = "Quotation That Wasn't Confirmed"
    _inherit = ["shown.records.mixin"]

    report_id = fields.Many2one(
        "sale.order.confirm.report", required=True, ondelete="cascade"
    )
    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="order_id.partner_id")
    reason = fields.Text(readonly=True)
