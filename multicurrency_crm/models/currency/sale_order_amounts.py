from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from ...engine.quoting import show_rate


class SaleOrder(models.Model):
    """What an order is worth in the books' currency, at the order's own rate."""

    _inherit = "sale.order"

    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_untaxed_company = fields.Monetary(
        string="Untaxed (company currency)",
        compute="_compute_company_amounts",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
    )
    amount_total_company = fields.Monetary(
        string="Total (company currency)",
        compute="_compute_company_amounts",
        store=True,
        currency_field="company_currency_id",
        groups="base.group_user",
        help="The order's total at the order's own exchange rate.",
    )
    company_amount_note = fields.Char(
        string="In Company Currency",
        compute="_compute_company_amount_note",
        groups="base.group_user",
    )

    @api.depends("amount_untaxed", "amount_total", "currency_rate")
    def _compute_company_amounts(self):
        for order in self:
            # 0.0 only while a form has no currency yet
            rate = order.currency_rate or 1.0
            currency = order.company_id.currency_id
            order.amount_untaxed_company = currency.round(order.amount_untaxed / rate)
            order.amount_total_company = currency.round(order.amount_total / rate)

    @api.depends("amount_total_company", "currency_id", "currency_rate", "date_order")
    @api.depends_context("lang")
    def _compute_company_amount_note(self):
        for order in self:
            is_foreign = order.currency_id != order.company_currency_id
            converts = bool(order.currency_id and is_foreign and order.currency_rate)
            order.company_amount_note = converts and order._get_company_amount_note()

    def _get_company_amount_note(self):
        """The converted total with its rate and date: ≈ ¥ 7,812.40 at 7.8124 (date)."""
        self.ensure_one()
        return self.env._(
            "≈ %(amount)s at %(rate)s (%(date)s)",
            amount=format_amount(
                self.env, self.amount_total_company, self.company_currency_id
            ),
            rate=show_rate(1 / self.currency_rate),
            date=format_date(self.env, self.date_order),
        )
