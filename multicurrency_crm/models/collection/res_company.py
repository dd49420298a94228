from odoo import fields, models


class ResCompany(models.Model):
    """How often runs of letters are proposed."""

    _inherit = "res.company"

    collection_propose = fields.Selection(
        selection=[
            ("off", "By hand"),
            ("weekly", "Every week"),
            ("daily", "Every day"),
        ],
        string="Prepare Letters",
        default="off",
        required=True,
        groups="base.group_user",
        help="In the night, for somebody to look at: nothing is sent by itself.",
    )
