from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...common.html_text import as_html
from .leaving import get_leaving, mark_leaving


class SaleOrder(models.Model):
    """Goods of orders that leave a warehouse: what really leaves is weighed, the good
    ones of several transfers leave, and a stop says what may be done."""

    _inherit = "sale.order"

    # === WHAT IT WEIGHS === #

    def _get_credit_weighed(self):
        return self._get_credit_delivered_total(get_leaving(self.env))

    def _get_credit_weighed_before(self):
        return self._get_credit_delivered_total({})

    def _get_credit_delivered_total(self, leaving):
        """Return what an order comes to, with what is delivered beyond what was
        ordered.

        10 ordered and 8 delivered at 11 each: 5 more come to 143.

        :param leaving: {id of a line: quantity in its unit}
        """
        self.ensure_one()
        if self.state != "sale":
            return self.amount_total
        beyond = 0.0
        for line in self.order_line:
            if line.display_type or line.is_downpayment:
                continue
            delivered = line.qty_delivered + leaving.get(line._origin.id, 0.0)
            more = delivered - max(line.product_uom_qty, 0.0)
            if more > 0:  # less than a coin is rounded away below
                beyond += more * line._get_credit_unit_price()
        return self.currency_id.round(self.amount_total + beyond)

    # === GOODS THAT LEAVE === #

    @api.model
    def _filter_leaving(self, pickings, moves=None):
        """Return the ``stock.move`` by which goods leave, with sudo.

        :param pickings: ``stock.picking`` that are about to be done
        :param moves: those that are done now; default: all of the transfers
        """
        moves = pickings.move_ids if moves is None else moves
        if self.env["credit.policy"]._is_used():
            # rights come first: who may not move the goods reads nothing
            (pickings or moves).check_access("write")
        if "sale_line_id" not in moves._fields:
            return moves.browse()
        # sudo: who takes goods out of the warehouse may not read orders
        return moves.sudo().filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and (
                    move.picking_type_id.code == "outgoing"
                    or "customer"
                    in (
                        move.location_dest_id.usage,
                        move.picking_id.location_dest_id.usage,
                    )
                )
            )
        )

    @api.model
    def _get_leaving_orders(self, moves):
        """Return the orders whose goods leave, weighed with what really leaves of them.

        :param moves: as :meth:`_filter_leaving` returns them
        """
        if not moves:
            return self.browse()
        # goods of several orders may leave together
        orders = moves.sale_line_id.order_id | moves.picking_id.sale_id
        quantities = {}
        for of_one in moves.grouped("picking_id").values():
            # where nothing is marked as picked, Odoo takes all
            for move in of_one.filtered("picked") or of_one:
                line = move.sale_line_id
                if line and line.product_id == move.product_id:  # no part of a kit
                    quantity = move.product_uom._compute_quantity(
                        move.quantity, line.product_uom_id, round=False
                    )
                    quantities[line.id] = quantities.get(line.id, 0.0) + quantity
        return mark_leaving(orders, quantities)

    @api.model
    def _check_credit_to_deliver(self, pickings, moves=None):
        """Check the orders whose goods leave.

        :param pickings: ``stock.picking`` that are about to be done
        :param moves: ``stock.move`` that are done now; default: all of the transfers
        :return: what the orders come to by that, as :meth:`_weigh_credit` gives it
        :raises Stopped: a customer's credit doesn't let the goods leave
        """
        orders = self._get_leaving_orders(self._filter_leaving(pickings, moves))
        orders._reopen_credit_rest(self.env._("More of it leaves."))
        # as whoever moves the goods, whose rights were asked
        checks = orders._find_credit_checks("deliver")
        stopped = {order: check for order, check in checks.items() if check.stops}
        if stopped and not self._passes_credit_check():
            offers = self._list_delivery_offers(pickings, stopped)
            raise self._get_credit_stop(stopped, offers, leaves=True)
        for order, check in stopped.items():
            order._settle_credit_checks({order: check})
        # sudo: what was weighed is compared, not shown
        known, weighed = self.sudo(), orders._weigh_credit()
        return {known.browse(order.id): found for order, found in weighed.items()}

    @api.model
    def _check_credit_delivered(self, before):
        """Check the orders of which more was delivered than was checked: parts of kits,
        what was put into a transfer besides.

        :param before: as :meth:`_check_credit_to_deliver` gives it
        """
        # sudo: rights to the goods were asked; who moves them may not write orders
        self.sudo()._find_credit_growth(before)._check_credit_growth("deliver")

    # === SEVERAL TRANSFERS === #

    @api.model
    def _find_held_deliveries(self, pickings):
        """Find those of several transfers that credit keeps here, so that the others
        leave.

        :return: {``stock.picking``: {order: ``CreditCheck``}}; {}: all may leave, or
            none
        """
        if len(pickings) < 2 or not self.env["credit.policy"]._is_used():
            return {}
        if self._passes_credit_check():
            return {}
        moves = self._filter_leaving(pickings)
        checks = self._get_leaving_orders(moves)._find_credit_checks("deliver")
        stopped = {order: check for order, check in checks.items() if check.stops}
        held = {}
        for picking in pickings if stopped else ():
            mine = moves.filtered(lambda move, p=picking: move.picking_id.id == p.id)
            orders = self._get_leaving_orders(mine)
            if of_one := {o: c for o, c in stopped.items() if o in orders}:
                held[picking] = of_one
        return held if len(held) < len(pickings) else {}

    @api.model
    def _notify_held(self, held, result):
        """Name the transfers that stay, to whoever validates and on each of them.

        :param held: as :meth:`_find_held_deliveries` gives it
        :param result: what Odoo answers for the others
        :return: that, or a notification in the place of a plain True
        """
        lines = []
        for picking, stopped in held.items():
            reasons = "\n".join(
                check.explain_plainly(self.env) for check in stopped.values()
            )
            picking.message_post(
                body=as_html(self.env._("Kept here by the credit check. %s", reasons))
            )
            said = " ".join(self._list_stopped(stopped))
            lines.append(
                self.env._(
                    "%(transfer)s stays: %(reasons)s",
                    transfer=picking.name,
                    reasons=said,
                )
            )
        message = "\n".join(lines)
        if result is True:
            return self.env["decision.mixin"]._get_decision_notification(
                message, sticky=True
            )
        # Odoo asks something about the others first
        self.env.user._bus_send(
            "simple_notification",
            {"type": "warning", "sticky": True, "message": message},
        )
        return result

    # === WHAT A STOP OFFERS === #

    @api.model
    def _list_delivery_offers(self, pickings, stopped):
        """Return the buttons of the dialog that says why goods stay, as
        ``Stopped`` takes them."""
        if not pickings:
            return []
        offers = []
        if any(check.state == "review" for check in stopped.values()):
            label = self.env._("Request Approval")
            offers.append((label, "request_credit_to_deliver"))
        kept = self.browse().concat(*stopped)
        if self._list_splits(pickings, kept):
            label = self.env._("Split the Transfer")
            offers.append((label, "split_credit_stopped"))
        return [
            {
                "label": label,
                "model": self._name,
                "method": method,
                "args": [pickings.ids],
            }
            for label, method in offers
        ]

    @api.model
    def request_credit_to_deliver(self, picking_ids):
        """Ask the credit managers whether these transfers may leave: for whoever may
        validate them.

        :param picking_ids: ids of ``stock.picking``
        :return: True, or a notification where nobody may decide
        """
        orders, checks = self._check_credit_of_transfers(picking_ids)
        # sudo: rights to the transfers were asked; who moves goods reads no order
        reviews = self.env["credit.review"].sudo()
        for order in orders.sudo():  # sudo: as above
            check = checks[order]
            if check.state == "review":
                reviews |= order._request_credit_review(check)
        if not reviews:
            raise UserError(self.env._("Nothing here waits for an approval."))
        return reviews._get_answer(reviews._get_asked_notification())

    @api.model
    def split_credit_stopped(self, picking_ids):
        """Take what credit keeps here out of transfers that hold other orders, too,
        into transfers of their own.

        :param picking_ids: ids of ``stock.picking``
        :return: a notification that names both
        :raises UserError: there is nothing to split
        """
        _orders, checks = self._check_credit_of_transfers(picking_ids)
        kept = self.browse().concat(*(order for order, c in checks.items() if c.stops))
        pickings = self.env["stock.picking"].browse(picking_ids)
        splits = self._list_splits(pickings, kept)
        if not splits:
            raise UserError(self.env._("There is nothing to split here."))
        # as whoever asks: who may write the transfer may divide it
        parts = [
            picking._create_backorder(backorder_moves=moves.with_env(self.env))
            for picking, moves in splits
        ]
        return self.env["decision.mixin"]._get_decision_notification(
            self.env._(
                "What may not leave is in %(kept)s now; validate %(free)s once more.",
                kept=format_list(self.env, [part.name for part in parts]),
                free=format_list(self.env, [picking.name for picking, _m in splits]),
            )
        )

    @api.model
    def _check_credit_of_transfers(self, picking_ids):
        """Check what a client names, with the rights to it.

        :return: (orders, {order: ``CreditCheck``}), with sudo
        """
        if "stock.picking" not in self.env:
            raise UserError(self.env._("There are no transfers here."))
        pickings = self.env["stock.picking"].browse(picking_ids).exists()
        pickings.check_access("write")
        orders = self._get_leaving_orders(self._filter_leaving(pickings))
        # sudo: who moves goods reads neither orders nor what they are checked by
        return orders, self.env["credit.policy"].sudo()._check(orders, "deliver")

    @api.model
    def _list_splits(self, pickings, kept):
        """Return what is to be taken out of transfers of several orders.

        :param kept: orders that may not leave
        :return: [(``stock.picking``, its ``stock.move`` of those orders)]
        """
        splits = []
        for picking in pickings:
            moves = self._filter_leaving(picking)
            mine = moves.filtered(lambda move: move.sale_line_id.order_id in kept)
            if mine and moves - mine:
                splits.append((picking, mine))
        return splits
