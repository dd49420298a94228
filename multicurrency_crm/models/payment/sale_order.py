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
    )

    def _is_route_open(self):
        return self.state in ("draft", "sent")

    def _get_payer(self):
        return self.partner_invoice_id or self.partner_id

    @api.depends("partner_invoice_id")
    def _compute_payment_route_id(self):
        return super()._compute_payment_route_id()

    def _compute_amounts(self):
        """Look for the route anew, where it depends on amounts: a field that is
        precomputed can't name amounts, which aren't."""
        result = super()._compute_amounts()
        bounded = self.filtered(lambda order: order._is_bounded())
        self.env.add_to_compute(self._fields["payment_route_id"], bounded)
        return result

    def _is_bounded(self):
        """Return whether a route of the company is for some amounts only. No query."""
        rules = self.env["payment.route"]._get_rules(self.company_id)
        return any(rule.least or rule.most is not None for rule in rules)

    @api.depends("payment_route_id")
    def _compute_preferred_payment_method_line_id(self):
        """Prefer the way in which the route's journal takes payments."""
        routed = self.filtered(
            # sudo: who sells may not read journals
            lambda order: order.sudo().payment_route_id.payment_method_line_id
        )
        for order in routed:
            line = order.sudo().payment_route_id.payment_method_line_id
            order.preferred_payment_method_line_id = line.id
        return super(
            SaleOrder, self - routed
        )._compute_preferred_payment_method_line_id()

    def _prepare_invoice(self):
        """Hand the route on that the customer has read."""
        values = super()._prepare_invoice()
        # sudo: who invoices may not read routes
        if route := self.sudo().payment_route_id:
            values["payment_route_id"] = route.id
        return values
