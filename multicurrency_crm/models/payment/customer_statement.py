from odoo import models


class CustomerStatement(models.Model):
    """Statements say by which way each currency is paid, and take a customer's word
    that it was."""

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

    def _find_reportable_as_paid(self):
        """Find what a customer may say it has paid: what the statement asks of it.

        :return: {``res.currency``: open at the statement's end}; nothing where the
            company doesn't let customers tell, or nothing is owed
        """
        self.ensure_one()
        # sudo: a customer reads no companies
        if not self.sent_on or not self.company_id.sudo().root_id.promise_on_portal:
            return {}
        return {
            row.currency_id: row.closing
            for row in self.currency_line_ids
            if row.closing > 0
        }
