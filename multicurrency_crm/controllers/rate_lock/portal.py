from odoo.http import request, route

from odoo.addons.sale_management.controllers import portal as sale_portal

from ...models.common.customer_present import mark_customer_present


class CustomerPortal(sale_portal.CustomerPortal):
    """What a customer does with a quotation on the portal is never lost to the end of
    a rate lock: the page may have been opened before."""

    @route()
    def portal_quote_accept(self, order_id, **kwargs):
        self._mark_customer_present()
        answer = super().portal_quote_accept(order_id, **kwargs)
        if "error" not in answer:
            # sudo: the route has checked the customer's access
            request.env["sale.order"].sudo().browse(order_id)._notify_accepted_late()
        return answer

    @route()
    def portal_quote_decline(self, order_id, **kwargs):
        self._mark_customer_present()
        return super().portal_quote_decline(order_id, **kwargs)

    @route()
    def portal_quote_option_update(self, *args, **kwargs):
        """Take what the customer wants more of: beyond the room of an agreement, too.
        Colleagues are asked."""
        self._mark_customer_present()
        return super().portal_quote_option_update(*args, **kwargs)

    def _mark_customer_present(self):
        marked = mark_customer_present(request.env["sale.order"])
        request.update_env(context=marked.env.context)
