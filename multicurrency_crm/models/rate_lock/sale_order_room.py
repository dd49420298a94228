from contextlib import contextmanager
from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_list

from ...engine.lock_capacity import ORDERED, QUOTED, find_missing, take
from ..common.customer_present import is_customer_present
from ..common.goods_moved import is_goods_moved, mark_goods_moved
from ..common.html_text import as_html
from ..common.stopped import Stopped
from .sale_order_drawing import NOTED

#: key of the ids of orders that the change that goes on touches, in the data of the
#: transaction
CHANGED = "multicurrency_crm.orders_changed"


class SaleOrder(models.Model):
    """Whether an order finds room in its agreement, and its promise still holds for
    it: asked whenever it takes more, whatever made it rise."""

    _inherit = "sale.order"

    lock_room_note = fields.Char(
        compute="_compute_lock_room_note", compute_sudo=True, groups="base.group_user"
    )
    lock_may_overdraw = fields.Boolean(
        compute="_compute_lock_may_overdraw",
        compute_sudo=True,
        groups="base.group_user",
    )
    lock_agreed = fields.Monetary(
        string="Agreed at the Locked Rate",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The highest total of the confirmed order that its lock held for, or that "
        "a manager approved: up to it the order is amended freely.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "partner_id",
        "currency_id",
        "company_id",
        "rate_lock_id",
        "locked_rate",
        "amount_total",
        "lock_drawn",
        "lock_overdraw",
        "rate_lock_id.amount_available",
    )
    @api.depends_context("lang")
    def _compute_lock_room_note(self):
        for order in self:
            if not order.rate_lock_id and order.state in ("draft", "sent"):
                order.lock_room_note = order._get_nothing_left_note()
                continue
            asks = order.rate_locked and (
                order.state in ("draft", "sent")
                or (order.state == "sale" and order.lock_drawn)
            )
            order.lock_room_note = asks and order._get_lock_room_note()

    @api.depends("state", "locked_rate", "rate_lock_id.amount_cap", "lock_room_note")
    def _compute_lock_may_overdraw(self):
        """Show the button where a quotation finds no room, and on what was sent or
        confirmed: there it is asked for before more is entered."""
        for order in self:
            order.lock_may_overdraw = order._is_capped() and (
                order.state != "draft" or bool(order.lock_room_note)
            )

    # === ONE CHANGE === #

    @api.model
    @contextmanager
    def _one_change(self):
        """Ask, after all that belongs together was written, whether there is room for
        what takes more than before. What is written within belongs to it: lines of an
        order that make room for each other are asked about together.

        :return: context that gives a set, to which ids of changed orders are added
        :raises UserError: as for ``_check_growth``
        """
        data = self.env.cr.precommit.data
        if CHANGED in data:
            yield data[CHANGED]
            return
        changed = data[CHANGED] = set()
        try:
            yield changed
        finally:
            data.pop(CHANGED, None)
        self.browse(changed)._check_growth()

    @contextmanager
    def _one_fact(self):
        """Tell what these orders take more than before by what is written within, and
        ask for no room: it has happened.

        :return: context
        """
        # sudo: whether there is a lock is asked before rights are
        locked = self.sudo().filtered("locked_rate")
        before = {order: order._get_taken() for order in locked}
        yield
        for order, taken in before.items():
            now = order._get_taken()  # computed here, which notes it
            noted = self.env.cr.precommit.data.get(NOTED, {})
            if now.drawn <= taken.drawn or order.id not in noted:
                continue
            drawn, reserved = noted[order.id]
            noted[order.id] = (drawn + float(now.drawn - taken.drawn), reserved)
            if missing := order._find_missing_room(now, taken):
                moved = mark_goods_moved(self.browse(order.id))
                moved._check_allowed(float(now.held), missing)

    @api.model
    def _check_noted(self):
        """Check what nobody has asked about, before it is committed."""
        noted = self.env.cr.precommit.data.get(NOTED, {})
        self.browse(noted)._check_growth()

    def _check_growth(self):
        """Check those of these orders that take more of their locks than before.

        :raises UserError: an agreement is overdrawn, or an order is raised at a rate
            that doesn't hold any more; where the customer is present, the salesperson
            gets an activity instead
        """
        grown = self._find_growth()
        try:
            for order, before in grown.items():
                missing = order._find_missing_room(order._get_taken(), before)
                amount = float(order._get_taken().held)
                order = self.browse(order.id)
                order._check_allowed(amount, missing, drawn=bool(before.drawn))
                if order.state == "sale":
                    order._check_agreed_amount()
        except UserError:
            # whoever goes on all the same is asked again
            for order, before in grown.items():
                order._note_taken((float(before.drawn), float(before.reserved)))
            raise

    def _is_never_stopped(self):
        """Return whether nothing is refused: the customer acts, or goods are gone."""
        return is_customer_present(self.env) or is_goods_moved(self.env)

    def _check_allowed(self, amount, missing, *, drawn=False):
        """Check that there is room for what this order takes of its agreement.

        :param amount: that it takes, in its currency
        :param missing: of it; 0 where there is room
        :param bool drawn: it was confirmed before: what is entered now isn't saved, so
            that nothing is missing yet for which the dialog could ask
        :raises Stopped: something is missing; where the customer is present, or goods
            are gone, colleagues are asked
        """
        if not missing:
            return
        if not self._is_never_stopped():
            # rights come first: who may not go on reads nothing of the agreement
            self.check_access("write")
            raise Stopped(
                self._format_missing_room(amount, missing),
                self.env._("Beyond the Agreement's Cap"),
                [] if drawn else self._list_overdraw_offers(),
            )
        # sudo: a customer, or who moves goods, may read none of this
        order = self.sudo()

        def say(told):
            return told.env._(
                "%(order)s takes %(amount)s of agreement %(lock)s, which is "
                "%(missing)s more than was left. Nothing was stopped, since the "
                "customer accepted it, or the goods have left: have a Multi-Currency "
                "manager allow the overdraw, or agree on less.",
                order=order.name,
                amount=order.currency_id._format_amount(amount),
                lock=order.rate_lock_id.name,
                missing=order.currency_id._format_amount(missing),
            )

        told = order._in_responsible_language()
        told.message_post(body=as_html(say(told)))
        order.rate_lock_id._notify_overdrawn(say, order)

    # === ROOM IN THE AGREEMENT === #

    def _find_missing_room(self, wanted, before):
        """Find how much more this order would take of its agreement than is left for
        it, in its currency; 0 where there is room. With sudo.

        :param wanted: ``Taken``: what it is to take
        :param before: ``Taken``
        """
        lock = self.rate_lock_id
        if not lock.amount_cap or not self.locked_rate:
            return 0.0
        missing = self._get_missing_room(wanted, before)
        if missing and lock._drop_stale_reservations():
            missing = self._get_missing_room(wanted, before)
        return float(missing)

    def _get_missing_room(self, wanted, before):
        lock = self.rate_lock_id
        others = lock._get_promise_taken() - self._get_taken()
        cap, allowed = map(lock._to_exact, (lock.amount_cap, self.lock_overdraw))
        return find_missing(cap, wanted, before, others, allowed)

    def _get_lock_room_note(self):
        """Return why this quotation finds no room in its agreement, or that an order
        belongs to one of which too much is drawn, or False."""
        order = self.sudo()  # salespeople may not read locks
        wanted, missing = order._find_missing_to_order()
        if not missing:
            return False
        if order.state != "sale":
            return self._format_missing_room(wanted, missing)
        return self.env._(
            "%(excess)s This order draws %(amount)s: credit what is too much, or have "
            "a Multi-Currency manager allow the overdraw.",
            excess=order.rate_lock_id._format_excess(),
            amount=order.currency_id._format_amount(wanted),
        )

    def _get_nothing_left_note(self):
        """Return that agreements with the customer have nothing left, so that this
        quotation is at the market rate, or False."""
        agreed = self._find_agreements()
        if not agreed or agreed._filter_roomy(0.0):
            return False
        return self.env._(
            "%(locks)s has nothing left: this quotation is at the market rate.",
            locks=format_list(self.env, agreed.mapped("name")),
        )

    def _find_missing_to_order(self):
        """Find how much more this order takes, or would take once it is confirmed as it
        is, than is left for it. With sudo.

        :return: (what it takes, how much of that is missing), in its currency
        """
        lock = self.rate_lock_id
        if not lock.amount_cap or not self.locked_rate:
            return 0.0, 0.0
        facts = self._get_lock_facts()
        wanted = take(replace(facts, stage=ORDERED) if facts.stage == QUOTED else facts)
        if facts.stage == QUOTED:
            missing = self._find_missing_room(wanted, self._get_taken())
        else:
            # it has what it draws: what is too much was drawn by all of them
            missing = min(lock._get_excess(), float(wanted.drawn))
        return float(wanted.held), missing

    def _format_missing_room(self, amount, missing):
        """Return the sentence that says that there isn't room enough.

        :param amount: that the order takes, in its currency
        :param missing: of it
        """
        order = self.sudo()  # salespeople may not read locks
        left = max(amount - missing, 0.0)
        if order.currency_id.is_zero(left):
            return self.env._(
                "Nothing is left of agreement %(lock)s for %(order)s: ask for "
                "%(missing)s beyond the cap by the order's button Request Overdraw, "
                "and go on once a Multi-Currency manager has allowed it, or release "
                "the rate and order at the market's.",
                order=order.name,
                lock=order.rate_lock_id.name,
                missing=order.currency_id._format_amount(missing),
            )
        return self.env._(
            "%(order)s takes %(amount)s of agreement %(lock)s, of which %(left)s is "
            "left: order the rest in a second quotation, or ask for %(missing)s beyond "
            "the cap by the order's button Request Overdraw, and go on once a "
            "Multi-Currency manager has allowed it.",
            order=order.name,
            amount=order.currency_id._format_amount(amount),
            lock=order.rate_lock_id.name,
            left=order.currency_id._format_amount(left),
            missing=order.currency_id._format_amount(missing),
        )

    def _check_lock_room(self):
        """Check that the agreements of these quotations have room for them.

        :raises Stopped: an agreement would be overdrawn
        """
        if self._is_never_stopped():
            return  # what they take is told once they have taken it
        # sudo: whether there is a lock is asked before rights are
        locked = self.sudo().filtered(
            lambda order: order.locked_rate and order.state in ("draft", "sent")
        )
        for order in self.browse(locked.ids):
            order._check_allowed(*order.sudo()._find_missing_to_order())

    # === ALLOWED TO ONE ORDER === #

    def _list_overdraw_offers(self):
        """Return what the dialog of a refusal has a button for, as :class:`Stopped`
        takes it."""
        if self.lock_overdraw_asked:
            return []
        may = self._may_overdraw()
        label = self.env._("Allow Overdraw") if may else self.env._("Request Overdraw")
        return [
            {
                "label": label,
                "model": self._name,
                "method": "action_open_overdraw",
                "args": [self.ids],
            }
        ]

    def action_open_overdraw(self):
        """Open the dialog in which more than is left is asked for, or allowed."""
        self.ensure_one()
        self.check_access("write")
        xmlid = "multicurrency_crm.action_sale_order_overdraw_lock"
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "context": {"default_order_id": self.id},
        }

    def _is_capped(self):
        """Return whether this order takes part in an agreement with a cap. With
        sudo."""
        open_states = ("draft", "sent", "sale")
        return (
            bool(self.locked_rate)
            and self.state in open_states
            and bool(self.rate_lock_id.amount_cap)
        )

    def _get_left_with(self, overdraw):
        """Return up to what this order may take of its agreement, in its currency, once
        it may overdraw it by so much more. With sudo.

        :param overdraw: beyond the cap, besides what is allowed already
        """
        wanted, missing = self._find_missing_to_order()
        if missing:
            return wanted - missing + overdraw
        lock = self.rate_lock_id
        others = lock._get_promise_taken() - self._get_taken()
        left = max(float(lock._to_exact(lock.amount_cap) - others.held), 0.0)
        return max(left + self.lock_overdraw, self.lock_drawn) + overdraw

    def _prepare_overdraw(self, reason, amount):
        """Check what is asked for, or allowed, beyond the cap of the agreement.

        :param str reason: mandatory
        :param amount: in the order's currency, besides what is allowed already; None:
            what this order as it is misses
        :return: (reason, amount)
        :raises UserError: no reason, no cap, or nothing beyond it
        """
        reason = (reason or "").strip()
        order = self.sudo()  # salespeople may not read locks
        if not reason or not order._is_capped():
            raise UserError(
                self.env._(
                    "Say why; only an order of an agreement with a cap overdraws."
                )
            )
        if amount is None:
            _wanted, amount = order._find_missing_to_order()
            if order.state == "sale":
                # more than it draws isn't allowed to it: that would help nobody
                amount = min(amount, order.lock_drawn - order.lock_overdraw)
        amount = order.currency_id.round(amount)
        if amount <= 0:
            raise UserError(order._format_nothing_missing())
        return reason, amount

    def _format_nothing_missing(self):
        """Return why no overdraw can be allowed to this order as it is. With sudo."""
        names = {"order": self.name, "lock": self.rate_lock_id.name}
        if self.rate_lock_id._is_overdrawn():
            return self.env._(
                "All that %(order)s draws of %(lock)s is allowed. What is beyond the "
                "cap still was drawn by other orders, or invoiced on lines of none: "
                "allow it to those orders, and credit what belongs to none.",
                **names,
            )
        return self.env._(
            "%(lock)s has room for %(order)s as it is: enter how much more than is "
            "left it is to take.",
            **names,
        )

    def _request_overdraw(self, reason, amount=None):
        """Ask the managers to let this order take more of its agreement than is left,
        before it does.

        :param reason, amount: as for ``_prepare_overdraw``
        :return: the ``fx.rate.approval``, with sudo
        :raises UserError: as for ``_prepare_overdraw``
        """
        self.ensure_one()
        self.check_access("write")
        reason, amount = self._prepare_overdraw(reason, amount)
        # sudo: whoever asks may not read what is asked
        approval = self.env["fx.rate.approval"].sudo()
        approval = approval._request(
            "overdraw",
            order=self.sudo(),
            lock=self.sudo().rate_lock_id,
            explain=lambda asked: asked._explain_overdraw(),
            overdraw=amount,
            reason=reason,
        )
        self.message_post(
            body=as_html(
                self.env._("Approval requested: %(why)s", why=approval.explanation)
            )
        )
        return approval

    def _allow_overdraw(self, reason, amount=None):
        """Let this order take more of its agreement than is left. That is allowed to
        this order alone, and ends with it; what was asked about it is answered by it.

        :param reason, amount: as for ``_prepare_overdraw``; the reason goes to the
            histories of the agreement and of the order
        :raises UserError: as for ``_prepare_overdraw``
        :raises AccessError: the user is no Multi-Currency manager
        """
        self.ensure_one()
        self._check_may_overdraw()
        reason, amount = self._prepare_overdraw(reason, amount)
        answered = self.env["fx.rate.approval"]._find_requested(self)
        answered = answered.filtered(lambda approval: approval.kind == "overdraw")
        answered._cancel_requests()
        # sudo: whoever allows it may not read every user
        waiting = answered.sudo().requested_by | self.sudo().user_id
        self._add_overdraw(reason, amount, (waiting - self.env.user).partner_id)

    def _add_overdraw(self, reason, amount, told=()):
        """Let this order overdraw its agreement by so much more. The right was checked.

        :param told: ``res.partner`` who wait for that
        """
        # sudo: the fields of orders and locks are closed to writes by hand
        order = self.sudo()
        order._write_guarded({"lock_overdraw": order.lock_overdraw + amount})
        body = self.env._(
            "Overdraw of %(amount)s on %(lock)s for %(order)s allowed: %(reason)s",
            amount=order.currency_id._format_amount(amount),
            lock=order.rate_lock_id.name,
            order=order.name,
            reason=reason,
        )
        order.rate_lock_id.message_post(body=as_html(body))
        order.message_post(
            body=as_html(body), partner_ids=[partner.id for partner in told]
        )
        order.rate_lock_id._settle_overdrawn()

    def _may_overdraw(self):
        return self.env.user.has_group("multicurrency_crm.group_manager")

    def _check_may_overdraw(self):
        if not self._may_overdraw():
            raise AccessError(
                self.env._("Allowing an overdraw takes a Multi-Currency manager.")
            )
        self.check_access("write")

    def _end_overdraw(self):
        """Take back what was allowed to these orders: they are over, or elsewhere."""
        # sudo: closed to writes by hand; whoever ends the order ends it, too
        if allowed := self.sudo().filtered("lock_overdraw"):
            allowed._write_guarded({"lock_overdraw": 0.0})

    # === AMENDED AT A RATE THAT IS OVER === #

    def _agree_amount(self):
        """Note what these orders were confirmed for: up to that they are amended at
        their locked rates."""
        # sudo: closed to writes by hand; what was asked was asked before
        for order in self.sudo().filtered("locked_rate"):
            order._write_guarded({"lock_agreed": order.amount_total})

    def _check_agreed_amount(self):
        """Check that the rate of this confirmed order, which was raised, holds for what
        it comes to now: its lock runs, or it was confirmed, or approved, for as much
        before.

        :raises UserError: a manager has to decide, as where a quotation is confirmed
        """
        # sudo: who may write the order may not read what its lock holds for
        held = self.sudo()
        agreed, total = held.lock_agreed, held.amount_total
        if not held.locked_rate or held.currency_id.compare_amounts(total, agreed) <= 0:
            return
        exceeded = self._get_lock_exceeded()
        if exceeded and not self._is_lock_approved():
            if self._is_never_stopped():
                self._note_exceeded(
                    self._in_responsible_language()._get_lock_exceeded()
                )
            elif self.company_id.lock_exceeded_policy != "allow":
                # rights come first: who may not go on reads nothing of the lock
                self.check_access("write")
                raise UserError(self._format_raised(exceeded, agreed))
        held._write_guarded({"lock_agreed": total})

    def _format_raised(self, exceeded, agreed):
        """Return why this order isn't raised at its rate.

        :param str exceeded: as ``_get_lock_exceeded`` says
        :param agreed: up to which it holds, in the order's currency
        """
        return self.env._(
            "%(exceeded)s It holds up to %(agreed)s: order the rest in a second "
            "quotation, or have a manager approve %(order)s anew as a quotation.",
            exceeded=exceeded,
            agreed=self.currency_id._format_amount(agreed),
            order=self.name,
        )
