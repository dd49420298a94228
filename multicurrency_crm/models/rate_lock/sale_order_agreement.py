from odoo import api, models

from ..common.process_mark import ProcessMark

#: Borne while a quotation is copied.
_COPY = ProcessMark("fx_lock_of_copy")


class SaleOrder(models.Model):
    """A quotation takes the running agreement of its customer by itself."""

    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        # a copy carries no lock; sending it looks for an agreement again
        if not _COPY.is_on(self.env):
            orders._take_agreement(reprice=True)
        return orders

    def copy(self, default=None):
        return super(SaleOrder, _COPY.put_on(self)).copy(default)

    def write(self, vals):
        result = super().write(vals)
        if {"partner_id", "currency_id", "pricelist_id"} & vals.keys():
            self._take_agreement(reprice=True)
        return result

    def _find_agreement(self):
        """The agreement that this order takes, with sudo, or none. Costs nothing for a
        customer without one."""
        self.ensure_one()
        company, currency = self.company_id, self.currency_id
        Lock = self.env["fx.rate.lock"]
        if not self.partner_id or not company or currency == company.currency_id:
            return Lock
        if "website_id" in self._fields and self.website_id:
            return Lock  # a cart's prices are the shop's
        return Lock._find_running(
            company, self.partner_id, currency, self._origin and self.amount_total
        )

    def _take_agreement(self, reprice=False):
        """Put each quotation without a lock under the running agreement of its
        customer, if there is one with room. An order that left its lock stays out.

        :param bool reprice: convert list prices at the agreed rate; never of what the
            customer holds already
        :return: the orders that took one
        """
        taken = self.browse()
        for order in self:
            if order.rate_lock_id or order.state not in ("draft", "sent"):
                continue
            if agreement := order._find_agreement():
                held = order.state == "sent" or order.signature
                order._take_rate_lock(agreement, reprice and not held)
                taken |= order
        return taken
