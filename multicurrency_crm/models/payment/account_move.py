from odoo import api, models

#: What customers pay.
ROUTED = ("out_invoice", "out_receipt")


class AccountMove(models.Model):
    """Invoices that say by which way they are to be paid.

    Odoo prints the bank account of the preferred method, else any, whatever currency it
    is kept in (odoo/odoo#41413, #221316). A company with payment routes prints one that
    takes the invoice's currency, or none.
    """

    _name = "account.move"
    _inherit = ["account.move", "payment.routed.mixin"]

    def _is_routed(self):
        return self.move_type in ROUTED

    def _has_given_route(self):
        # sudo: who invoices may not read orders
        return bool(self.sudo().invoice_line_ids.sale_line_ids)

    @api.depends("move_type")
    def _compute_payment_route_id(self):
        return super()._compute_payment_route_id()

    def _compute_amount(self):
        result = super()._compute_amount()
        self._follow_amounts()
        return result

    def _filter_of_routes(self):
        """Filter what customers pay, of companies that have routes. No query."""
        Route = self.env["payment.route"]
        return self.filtered(
            lambda move: move._is_routed() and Route._get_rules(move.company_id)
        )

    @api.depends("payment_route_id", "currency_id")
    def _compute_preferred_payment_method_line_id(self):
        result = super()._compute_preferred_payment_method_line_id()
        for move in self._filter_of_routes():
            # sudo: who invoices may not read routes
            line = move.sudo().payment_route_id.payment_method_line_id
            if not line:
                line = move.sudo().preferred_payment_method_line_id
                # its journal's account would be printed, whatever its currency
                if move._is_other_currency(line.journal_id):
                    line = line.browse()
            move.preferred_payment_method_line_id = line.id
        return result

    def _is_other_currency(self, record):
        """Return whether a journal or bank account is kept in another currency."""
        return bool(record.currency_id) and record.currency_id != self.currency_id

    @api.depends("payment_route_id")
    def _compute_partner_bank_id(self):
        result = super()._compute_partner_bank_id()
        for move in self._filter_of_routes():
            # sudo: as above
            bank = move.sudo().payment_route_id._get_bank(move.currency_id)
            if not bank:
                bank = move.sudo().partner_bank_id
                if not bank.active or move._is_other_currency(bank):
                    bank = move._find_own_bank()
            move.partner_bank_id = bank.id
        return result

    def _find_own_bank(self):
        """Find a bank account of the company that takes this document's currency: one
        kept in it before one kept in none.

        :return: ``res.partner.bank`` with sudo, perhaps none
        """
        # sudo: who invoices may read no accounts of banks
        banks = self.sudo().bank_partner_id.bank_ids.filtered(
            lambda bank: (
                (not bank.company_id or bank.company_id == self.company_id)
                and not self._is_other_currency(bank)
            )
        )
        return banks.sorted(
            lambda bank: (not bank.currency_id, not bank.allow_out_payment)
        )[:1]

    def _take_route(self, route):
        """The bank account that the customer has read stays."""
        bank = self.partner_bank_id
        taken = super()._take_route(route)
        if bank != self.partner_bank_id:
            self.partner_bank_id = bank or route._get_bank(self.currency_id)
        return taken

    def _get_printed_bank(self):
        return self.partner_bank_id

    def _prepare_route_print(self):
        """What is paid, reversed or cancelled isn't to be paid."""
        done = self.payment_state in ("paid", "in_payment", "reversed")
        if done or self.state == "cancel":
            return None
        return super()._prepare_route_print()
