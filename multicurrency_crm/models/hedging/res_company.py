from odoo import models


class ResCompany(models.Model):
    """Forwards are dealt against the books' currency."""

    _inherit = "res.company"

    def _find_currency_obstacles(self):
        return [
            *super()._find_currency_obstacles(),
            (
                self.env["fx.forward"].search([("company_id", "child_of", self.id)]),
                self.env._("delete drafts; what was dealt needs a new company"),
            ),
        ]
