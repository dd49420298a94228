from odoo import api, models


class CustomerFacts(models.AbstractModel):
    """Statements of customers that become one."""

    _inherit = "customer.facts"

    @api.model
    def _get_merged_keys(self):
        key = ("company_id", "date_from", "date_to", "partner_id")
        return super()._get_merged_keys() | {("customer.statement", key)}

    @api.model
    def _prepare_merge(self, sources, destination):
        """Leave one statement of each period: that of the customer that stays, or the
        first one. It is made again when somebody asks for it, and then has all that
        is open."""
        result = super()._prepare_merge(sources, destination)
        # sudo: who merges customers may not read their statements
        standing = self.env["customer.statement"].sudo()
        standing = standing.search(
            [
                ("partner_id", "in", (sources | destination).ids),
                ("state", "!=", "superseded"),
            ],
            order="id",
        )
        periods = standing.grouped(
            lambda statement: (
                statement.company_id,
                statement.date_from,
                statement.date_to,
            )
        )
        for same in periods.values():
            own = same.filtered(lambda statement: statement.partner_id == destination)
            others = same - (own or same)[:1]
            others._write_guarded({"state": "superseded"})
        standing.flush_recordset()
        return result
