from odoo import api, models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Opening entries of imports that aren't all in yet."""

    _inherit = "account.move"

    @api.model
    def _get_preparation_query(self):
        """Add the entries of imports that are being published or taken back: an
        import's entries count together, or not at all."""
        self.env["customer.import"].flush_model(["state"])
        self.env["customer.import.entry"].flush_model(
            ["import_id", "move_id", "reversal_id"]
        )
        return SQL(
            """%s UNION ALL
               SELECT o.id FROM customer_import_entry e
                 JOIN customer_import i ON i.id = e.import_id
           CROSS JOIN LATERAL (VALUES (e.move_id), (e.reversal_id)) o (id)
                WHERE i.state IN ('publishing', 'undoing') AND o.id IS NOT NULL""",
            super()._get_preparation_query(),
        )
