from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    currency_from_country = fields.Boolean(
        string="Currency from Country",
        help="New customers trade in their country's currency unless somebody chooses "
        "another one.",
        groups="base.group_user",
        prefetch=False,
    )
    currency_policy = fields.Selection(
        selection=[("advise", "Warn"), ("enforce", "Stop")],
        string="Currencies Outside a Customer's List",
        default="advise",
        required=True,
        help="What happens when a sale is confirmed, or an invoice posted, in a "
        "currency that is not among the customer's allowed currencies.",
        groups="base.group_user",
        everyday=True,
    )
    print_currency_code = fields.Boolean(
        string="Print Currency Codes",
        help="Totals of quotations, orders and invoices have the code of their "
        "currency beside them, on paper and in the portal, where another active "
        "currency has the same symbol: Total (USD).",
        everyday=True,
    )

    def _find_currency_obstacles(self):
        own = [("company_id", "child_of", self.id)]
        orders = self.env["sale.order"].search(
            [*own, ("keep_currency", "=", True), ("state", "!=", "cancel")]
        )
        leads = self.env["crm.lead"].with_context(active_test=False)
        return [
            *super()._find_currency_obstacles(),
            (
                orders,
                self.env._("delete the quotations, or go on with a new company"),
            ),
            (
                leads.search([*own, ("revenue_currency_id", "!=", False)]),
                self.env._("empty their revenue currency"),
            ),
        ]
