from odoo import api, fields, models
from odoo.exceptions import MissingError
from odoo.tools.sql import column_exists, create_column

from ...engine.lock_capacity import (
    ORDERED,
    OVER,
    QUOTED,
    OrderFacts,
    Taken,
    add_up_posted,
    take,
)

TAKEN = ("lock_reserved", "lock_drawn", "lock_open")
#: columns that are made empty: no order that exists takes anything
EMPTY_COLUMNS = (*TAKEN, "lock_overdraw", "lock_agreed")
#: key of what orders took before, by their ids, in the data of the transaction
NOTED = "multicurrency_crm.taken_of_lock"


class SaleOrder(models.Model):
    """What an order takes of its rate lock, in the order's currency.

    Whatever makes it take another amount, be it a line, a tax or an invoice, is noted
    where the figure is computed. Who changed it asks whether there is room; what nobody
    asked about is asked before the transaction is committed.
    """

    _inherit = "sale.order"

    lock_reserved = fields.Monetary(
        string="Reserved of the Lock",
        compute="_compute_taken_of_lock",
        store=True,
        groups="base.group_user",
    )
    lock_drawn = fields.Monetary(
        string="Drawn of the Lock",
        compute="_compute_taken_of_lock",
        store=True,
        groups="base.group_user",
    )
    lock_open = fields.Monetary(
        string="Promised, Not Invoiced",
        compute="_compute_taken_of_lock",
        store=True,
        groups="base.group_user",
    )
    lock_overdraw = fields.Monetary(
        string="Overdraw Allowed",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="How much a manager allowed this order to take beyond the cap of its "
        "agreement. It counts as far as this order needs it, and ends with it.",
    )

    def _auto_init(self):
        # not computed for the million orders that exist
        for name in EMPTY_COLUMNS:
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, "numeric")
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "locked",
        "amount_total",
        "amount_untaxed",
        "validity_date",
        "invoice_status",
        "order_line.untaxed_amount_invoiced",
        "rate_lock_id",
        "locked_rate",
        "lock_overdraw",
    )
    def _compute_taken_of_lock(self):
        for order in self:
            if not order.rate_lock_id and order.id:
                continue  # took nothing, and takes nothing: nothing is written
            taken = Taken()
            if order.rate_lock_id:
                # sudo: salespeople read neither locks nor invoices
                taken = take(order.sudo()._get_lock_facts())
                order._note_taken()
            order.lock_reserved = float(taken.reserved)
            order.lock_drawn = float(taken.drawn)
            order.lock_open = float(taken.open)

    def _count_taken(self):
        """Count again what these orders take, after something was posted, or time went
        by."""
        # of all that the figures follow, this one nothing else follows
        self.modified(["lock_overdraw"])

    # === FACTS === #

    def _get_lock_facts(self):
        """Return the ``OrderFacts`` of this order, in the basis of its lock."""
        self.ensure_one()
        exact = self.rate_lock_id._to_exact
        stage = self._get_lock_stage()
        return OrderFacts(
            stage,
            ordered=exact(self._get_lock_basis_amount()),
            **self._add_up_posted(),
            closed=stage == ORDERED and self._is_closed(),
            holds=self._reserves_of_lock(),
            allowed=exact(self.lock_overdraw),
        )

    def _get_lock_stage(self):
        if not self.locked_rate or self.state == "cancel":
            return OVER
        return ORDERED if self.state == "sale" else QUOTED

    def _get_lock_basis_amount(self):
        """Return the order's amount as its lock counts it: with tax or without."""
        untaxed = self.rate_lock_id.cap_basis == "untaxed"
        return self.amount_untaxed if untaxed else self.amount_total

    def _reserves_of_lock(self):
        """Return whether this quotation, once sent, still holds its part of the
        agreement."""
        self.ensure_one()
        today = self.company_id._get_today()
        valid = not self.validity_date or self.validity_date >= today
        return self.state == "sent" and valid and bool(self.locked_rate)

    def _is_closed(self):
        """Return whether nothing more is to be invoiced: all of it is posted, or the
        order was locked by somebody after its deliveries were. Where every order is
        locked at confirmation, that says nothing."""
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.product_id.type != "combo"  # what it is made of has lines
            )
        )
        if not lines or not all(line._is_posted() for line in lines):
            return False
        if all(line._is_posted(whole=True) for line in lines):
            return True
        automatic = self.env["res.groups"]._is_feature_enabled(
            "sale.group_auto_done_setting"
        )
        return (
            self.locked
            and not automatic
            and any(line.qty_invoiced_posted for line in lines)
        )

    def _get_posted_lines(self):
        """Return the posted invoice lines of this order at its lock."""
        return self.order_line.invoice_lines.filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.move_id.rate_lock_id == self.rate_lock_id
            )
        )

    def _add_up_posted(self):
        """Add up what was posted at the lock of this order. What a down payment took is
        given back by the final invoice, so that it never adds.

        :return: {'invoiced', 'credited', 'late', 'rebated': Decimal}
        """
        lines = self._get_posted_lines().sorted(
            lambda line: (line._get_posted_day(), line.move_id.id, line.id)
        )
        amounts = lines._get_amounts_at(self.rate_lock_id)
        return add_up_posted(
            line._get_posted_kind(self, amounts[line]) for line in lines
        )

    def _get_invoiced_beyond(self, moves):
        """Return how much more is posted of this order than it comes to, where some
        documents added to that; 0.0 where it isn't more than what rounds off. With
        sudo.

        :param moves: just posted
        :return: in the order's currency, counted as its lock counts
        """
        lines = self._get_posted_lines()
        amounts = lines._get_amounts_at(self.rate_lock_id)
        added = sum(amounts[line] for line in lines if line.move_id in moves)
        facts = self._get_lock_facts()
        beyond = facts.invoiced - facts.credited - max(facts.ordered, 0)
        # each document rounds its taxes for itself
        rounded = self.currency_id.rounding * len(lines)
        return float(min(beyond, added)) if added > 0 and beyond > rounded else 0.0

    def _find_locks_invoiced_at(self):
        """Find the locks at which something of these orders was invoiced: it stays
        drawn without them.

        :return: ``fx.rate.lock``, with sudo
        """
        # sudo: whoever deletes an order may read neither locks nor invoices
        locked = self.sudo().filtered("rate_lock_id")
        return locked.filtered("invoice_ids").rate_lock_id

    # === WHAT ROSE === #

    def _note_taken(self, before=None):
        """Note what this order took before what is computed now, once until somebody
        asks.

        :param before: (drawn, reserved), where what is stored isn't that
        """
        if not self.id:
            return  # of a form
        callbacks = self.env.cr.precommit
        if NOTED not in callbacks.data:
            callbacks.data[NOTED] = {}
            callbacks.add(self.browse()._check_noted)
        before = before or (self.lock_drawn, self.lock_reserved)
        callbacks.data[NOTED].setdefault(self.id, before)

    @api.model
    def _forget_noted(self, orders=None):
        """Forget what orders took before: what rose was asked, or isn't asked.

        :param orders: all, where none are given
        :return: {id of the order: (drawn, reserved)}
        """
        noted = self.env.cr.precommit.data.get(NOTED, {})
        ids = list(noted) if orders is None else orders.ids
        return {order_id: noted.pop(order_id) for order_id in ids if order_id in noted}

    def _find_growth(self):
        """Find which of these orders take more than before, and forget what they took.
        What was overdrawn may be settled where one takes less. Orders of which nothing
        changed are not read.

        :return: {order with sudo: ``Taken`` before}
        """
        noted = self.env.cr.precommit.data.get(NOTED, ())
        pending = self.env.records_to_compute(self._fields["lock_drawn"])._ids
        ids = {*noted, *pending}
        # sudo: whether there is a lock is asked before rights are
        orders = self.filtered(lambda order: order.id in ids).sudo()
        try:
            orders = orders.filtered("rate_lock_id")
        except MissingError:  # deleted along with what was changed
            orders = orders.exists().filtered("rate_lock_id")
        orders.mapped("lock_drawn")  # computes what is pending
        grown, shrunk = {}, orders.browse()
        for order_id, before in self._forget_noted(orders).items():
            order = orders.browse(order_id)
            drawn, reserved = map(order.rate_lock_id._to_exact, before)
            before, now = Taken(drawn, reserved), order._get_taken()
            if now.drawn > before.drawn or now.held > before.held:
                grown[order] = before
            elif now.drawn < before.drawn:
                shrunk |= order
        shrunk.rate_lock_id._settle_overdrawn()
        return grown

    def _get_taken(self):
        """Return what this order takes, as it is stored.

        :return: ``Taken`` without what is open
        """
        exact = self.rate_lock_id._to_exact
        return Taken(exact(self.lock_drawn), exact(self.lock_reserved))
