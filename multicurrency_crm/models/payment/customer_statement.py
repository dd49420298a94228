from odoo import models


class CustomerStatement(models.Model):
    """Statements say by which way each currency is paid."""

    _inherit = "customer.statement"

    def _prepare_block(self, row, lines, internal):
        block = super()._prepare_block(row, lines, internal)
        route = self.env["payment.route"]._choose(
            self.company_id, self.partner_id, row.currency_id, row.closing
        )
        block["route"] = route._prepare_print(row.currency_id) if route else None
        if route and block["route"]["bank"]:
            block["banks"] = block["route"]["bank"]
        return block
