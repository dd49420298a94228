from odoo import api, fields, models


class SaleOrder(models.Model):
    """Quotations and orders that say by which way they are to be paid."""

    _name = "sale.order"
    _inherit = ["sale.order", "payment.routed.mixin"]

    # what Odoo computes with it is precomputed, too
    payment_route_id = fields.Many2one(
        compute="_compute_payment_route_id",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        everyday=True,
    )
    payment_route_is_chosen = fields.Boolean(everyday=True)

    def _is_route_open(self):
        return self.state in ("draft", "sent")

    def _get_payer(self):
        return self.partner_invoice_id or self.partner_id

    @api.depends("partner_invoice_id")
    def _compute_payment_route_id(self):
        return super()._compute_payment_route_id()

    def _compute_amounts(self):
        result = super()._compute_amounts()
        self._follow_amounts()
        return result

    @api.depends("payment_route_id")
    def _compute_preferred_payment_method_line_id(self):
        """Prefer the way in which the route's journal takes payments: a branch's orders
        name no way of its main company's."""
        result = super()._compute_preferred_payment_method_line_id()
        for order in self:
            # sudo: who sells may read neither routes nor journals
            line = order.sudo().payment_route_id.payment_method_line_id
            if line and line.company_id == order.company_id:
                order.preferred_payment_method_line_id = line.id
        return result

    def _prepare_invoice(self):
        """Hand the route on that the customer has read, whatever the invoice's amount
        is; none, where somebody chose none."""
        values = super()._prepare_invoice()
        # sudo: who invoices may not read routes
        order = self.sudo()
        if order.payment_route_id or order.payment_route_is_chosen:
            values |= {
                "payment_route_id": order.payment_route_id.id,
                "payment_route_is_chosen": True,
            }
        return values

    def _create_invoices(self, grouped=False, final=False, date=None):
        """An invoice of orders that are paid by several ways looks for its own."""
        moves = super()._create_invoices(grouped=grouped, final=final, date=date)
        # sudo: who invoices may read neither routes nor orders
        if len(self.sudo().grouped("payment_route_id")) > 1:
            for move in moves.sudo():
                orders = move.invoice_line_ids.sale_line_ids.order_id
                if len(orders.grouped("payment_route_id")) > 1:
                    move.payment_route_is_chosen = False
                    move._find_route_anew()
        return moves
