from odoo import models

from ..common.customer_present import mark_customer_present
from ..common.process_mark import ProcessMark
from ..door import Door, close_doors, open_doors
from .carriers_charge import mark_carriers_charge

#: Borne by goods whose delivery was checked, while it is validated.
_LEAVING = ProcessMark("multicurrency_credit_leaving")


class CustomerDoor(Door):
    """A method that takes a customer's money, or promise to pay: a check never loses
    it."""

    def lead(self, origin):
        def door(self, *args, **kwargs):
            return origin(mark_customer_present(self), *args, **kwargs)

        return door


class DeliveryDoor(Door):
    """The method that takes goods out of the warehouse."""

    def lead(self, origin):
        def door(self, *args, **kwargs):
            self.env["sale.order"]._check_credit_to_deliver(self)
            return origin(_LEAVING.put_on(self), *args, **kwargs)

        return door


class MovedDoor(Door):
    """The write that says of goods that they are gone: typed by somebody, it is checked
    as the method that validates their delivery."""

    def lead(self, origin):
        def door(self, vals):
            if vals.get("state") == "done" and not _LEAVING.is_on(self.env):
                self.env["sale.order"]._check_credit_to_deliver(self.picking_id)
            return origin(self, vals)

        return door


class CarrierDoor(Door):
    """The method that adds to an order what the carrier of its goods charged."""

    def lead(self, origin):
        def door(self, *args, **kwargs):
            return origin(mark_carriers_charge(self), *args, **kwargs)

        return door


#: Of modules that the addon doesn't depend on.
DOORS = [
    DeliveryDoor("stock.picking", "_action_done"),
    MovedDoor("stock.move", "write"),
    CarrierDoor("stock.picking", "_add_delivery_cost_to_so"),
    CustomerDoor("pos.order", "sync_from_ui"),
    # the customer asks for the invoice of what was paid
    CustomerDoor("pos.order", "_generate_pos_order_invoice"),
    # some confirm orders before they call what they override: cash on delivery, pay in
    # the shop
    CustomerDoor("payment.transaction", "_post_process"),
]


class SaleOrder(models.Model):
    """What other modules do with orders: goods leave, a till is paid."""

    _inherit = "sale.order"

    def _register_hook(self):
        super()._register_hook()
        open_doors(self.env.registry, DOORS)

    def _unregister_hook(self):
        result = super()._unregister_hook()
        close_doors(self.env.registry, DOORS)
        return result

    def _check_credit_to_deliver(self, pickings):
        """:param pickings: ``stock.picking`` that are about to be done
        :raise UserError: a customer's credit doesn't let the goods leave
        """
        if self.env["credit.policy"]._is_used():
            # rights come first: who may not move the goods is told nothing
            pickings.check_access("write")
        # sudo: who takes goods out of the warehouse may not read orders
        leaving = pickings.sudo().filtered(
            lambda picking: (
                (
                    picking.picking_type_id.code == "outgoing"
                    or picking.location_dest_id.usage == "customer"
                )
                and picking.state not in ("done", "cancel")
            )
        )
        if not leaving or "sale_id" not in leaving._fields:
            return
        # goods of several orders may leave together
        orders = leaving.sale_id | leaving.move_ids.sale_line_id.order_id
        checks = orders._check_credit_now("deliver")
        for order, check in checks.items():
            if check.stops:
                order._settle_credit_checks({order: check})
