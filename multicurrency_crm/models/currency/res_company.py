from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    currency_from_country = fields.Boolean(
        string="Currency from Country",
        help="New customers trade in their country's currency unless somebody chooses "
        "another one.",
    )
    currency_policy = fields.Selection(
        selection=[("advise", "Warn"), ("enforce", "Stop")],
        string="Currencies Outside a Customer's List",
        default="advise",
        required=True,
        help="What happens when a sale is confirmed, or an invoice posted, in a "
        "currency that is not among the customer's allowed currencies.",
    )
