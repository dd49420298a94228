from odoo import fields, models


class CreditLimit(models.Model):
    """Limits that came with a file of customers."""

    _inherit = "credit.limit"

    import_id = fields.Many2one(
        "customer.import",
        string="Brought In With",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def _get_requesters(self):
        # sudo: who decides on limits needn't read imports
        files = self.sudo().import_id
        hands = super()._get_requesters()
        for record in files:
            hands |= record._get_requesters()
        return hands
