from odoo import api, models

from ..common.process_mark import ProcessMark

#: Born by the writes of lines that belong to a write of their order: the order looks
#: at what they come to together.
_OF_ORDER = ProcessMark("multicurrency_credit_of_order")
#: What may put more on a confirmed order, or on another customer's account.
GROWING = {
    "order_line",
    "partner_id",
    "partner_invoice_id",
    "payment_term_id",
    "currency_id",
    "pricelist_id",
    "fiscal_position_id",
    "company_id",
}


class SaleOrder(models.Model):
    """What is created confirmed, or comes on top of a confirmed order, is checked as
    what is confirmed by its button."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._fill_state(vals_list)
        if all(vals.get("state") != "sale" for vals in vals_list):
            return super().create(vals_list)
        orders = super(SaleOrder, _OF_ORDER.put_on(self)).create(vals_list)
        orders = orders.with_env(self.env)
        confirmed = orders.filtered(lambda order: order.state == "sale")
        confirmed._check_credit_growth()
        return orders

    def write(self, vals):
        if not (GROWING & vals.keys() and self.env["credit.policy"]._is_used()):
            return super().write(vals)
        before = self._weigh_credit()
        result = super(SaleOrder, _OF_ORDER.put_on(self)).write(vals)
        grown = self._find_credit_growth(before)
        if vals.get("state") == "sale" or "company_id" in vals:
            # confirmed and filled by one write: it was checked as it was; or brought
            # along from a company without a policy
            grown |= self.filtered(
                lambda order: order.state == "sale" and order.sudo() not in before
            )
        grown._check_credit_growth()
        return result

    def _weigh_credit(self):
        """:return: {confirmed order: (who owes it, in what, how much is open)} of
        companies with a policy"""
        if _OF_ORDER.is_on(self.env):
            return {}
        # sudo: what an order weighs is compared, not shown
        return {
            order: (
                order._get_credit_partners(),
                order.currency_id,
                order._get_credit_weight(),
            )
            for order in self._filter_credit_checked().sudo()
            if order.state == "sale"
        }

    def _get_credit_weight(self):
        share = self._get_credit_open_share(self.payment_term_id)
        return float(self._get_credit_open(0.0) * share)

    def _find_credit_growth(self, before):
        """:param before: as :meth:`_weigh_credit` gave it
        :return: the orders that came to more, or to another customer's account
        """
        grown = [
            order.id
            for order, (*whose, weight) in before.items()
            if whose != [order._get_credit_partners(), order.currency_id]
            or order.currency_id.compare_amounts(order._get_credit_weight(), weight) > 0
        ]
        return self.browse(grown)

    def _check_credit_growth(self):
        """:raise UserError: review or block; nothing is written"""
        self._settle_credit_checks(self._check_credit_now("confirm"))
