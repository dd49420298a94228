from odoo import models


class ResCompany(models.Model):
    """Limits, scores and decisions are figures in the books' currency."""

    _inherit = "res.company"

    def _find_currency_obstacles(self):
        own = [("company_id", "child_of", self.id)]
        settled = self.env._("what was judged needs a new company")
        return [
            *super()._find_currency_obstacles(),
            (
                self.env["credit.limit"].search(own),
                self.env._("delete drafts; what was approved needs a new company"),
            ),
            (self.env["credit.assessment"].search(own), settled),
            (self.env["credit.review"].search(own), settled),
        ]
