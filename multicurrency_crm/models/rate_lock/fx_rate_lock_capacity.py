from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.lock_capacity import Taken, get_capacity, get_excess
from ..common.html_text import as_html

#: the activities of those who are to settle what is drawn beyond a cap
OVERDRAWN = "multicurrency_crm.mail_activity_overdrawn"
MANAGER = "multicurrency_crm.group_manager"


class FxRateLock(models.Model):
    """What orders take of a lock, what is left of the cap that it shares with the
    agreements that it superseded, and who settles what was drawn beyond it.

    Whoever takes something updates the row of the lock, and, where there are several
    at other rates, the rows of all of them: of two who do so at once Odoo retries the
    second, with the figures of the first.
    """

    _inherit = "fx.rate.lock"

    amount_limit = fields.Monetary(
        string="Cap and Overdraw",
        compute="_compute_amounts_shared",
        help="The cap, and what managers allowed beyond it as far as it is needed.",
    )
    reserved_elsewhere = fields.Monetary(
        string="Reserved at Other Rates",
        compute="_compute_amounts_shared",
        help="Reserved of the same cap by quotations at the rates that this one "
        "superseded, or that superseded it.",
    )
    taken_elsewhere = fields.Monetary(
        string="At Other Rates",
        compute="_compute_amounts_shared",
        help="Drawn or reserved of the same cap at the rates that this one superseded, "
        "or that superseded it.",
    )
    excess_note = fields.Char(
        compute="_compute_excess_note",
        compute_sudo=True,  # whoever reads the agreement reads what is drawn of it
        help="How much more is drawn than the cap and what was allowed beyond it.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "amount_cap",
        "amount_besides",
        "order_ids.lock_reserved",
        "order_ids.lock_drawn",
        "order_ids.lock_open",
    )
    def _compute_amounts_taken(self):
        # sudo: the sums are of all orders, whoever looks
        orders = self.env["sale.order"].sudo()
        sums = {}
        for lock, state, *amounts in orders._read_group(
            [("rate_lock_id", "in", self.ids)],
            ["rate_lock_id", "state"],
            ["lock_drawn:sum", "lock_reserved:sum", "lock_open:sum"],
        ):
            if lock.kind == "agreement" and state == "draft":
                amounts[2] = 0.0  # nobody was promised it: it may find no room
            former = sums.get(lock.id, (0.0, 0.0, 0.0))
            sums[lock.id] = tuple(map(sum, zip(former, amounts, strict=True)))
        for lock in self:
            drawn, reserved, opened = sums.get(lock.id, (0.0, 0.0, 0.0))
            lock._update_changed(
                amount_drawn=drawn + max(lock.amount_besides, 0.0),
                amount_reserved=reserved,
                amount_open=opened,
            )

    @api.depends(
        "amount_cap",
        "amount_drawn",
        "amount_reserved",
        "order_ids.lock_overdraw",
        "promise_id.promised_ids.amount_drawn",
        "promise_id.promised_ids.amount_reserved",
        "promise_id.promised_ids.order_ids.lock_overdraw",
    )
    def _compute_amount_available(self):
        for lock in self.sudo():  # sudo: as for the sums
            if not lock.amount_cap:
                lock._update_changed(
                    amount_elsewhere=0.0, amount_overdraw=0.0, amount_available=0.0
                )
                continue
            taken = lock._add_up_promise()
            capacity = get_capacity(lock._to_exact(lock.amount_cap), taken)
            lock._update_changed(
                amount_elsewhere=float(taken.drawn) - lock.amount_drawn,
                amount_overdraw=float(capacity.overdraw),
                amount_available=float(capacity.available),
            )

    @api.depends(
        "amount_cap", "amount_overdraw", "amount_available", "amount_elsewhere"
    )
    def _compute_amounts_shared(self):
        for lock in self:
            lock.amount_limit = lock.amount_cap + lock.amount_overdraw
            lock.reserved_elsewhere = bool(lock.amount_cap) and (
                float(lock._get_promise_taken().reserved) - lock.amount_reserved
            )
            lock.taken_elsewhere = lock.amount_elsewhere + lock.reserved_elsewhere

    @api.depends("state", "amount_cap", "amount_overdraw", "amount_available")
    @api.depends_context("lang")
    def _compute_excess_note(self):
        for lock in self:
            lock.excess_note = lock._is_overdrawn() and self.env._(
                "%(excess)s Credit what is too much, or have a Multi-Currency manager "
                "allow the overdraw on an order.",
                excess=lock._format_excess(),
            )

    def _update_changed(self, **amounts):
        """Set amounts. What they were is read before, so that a row is written only
        where one changes."""
        for name, amount in amounts.items():
            amount = self.currency_id.round(amount) if self.currency_id else amount
            if not self.id or self[name] != amount:
                self[name] = amount

    # === THE PROMISE === #

    def _get_promised(self):
        """Return all locks of the promise that this one belongs to."""
        return self.promise_id.promised_ids | self

    def _add_up_promise(self, reserved=True):
        """Add up what all orders take of this promise, at whatever rate.

        :param bool reserved: with what quotations reserve
        :return: ``Taken`` without what is open
        """
        promised = self._get_promised()
        taken = Taken()
        for lock in promised:
            taken += Taken(
                lock._to_exact(lock.amount_drawn),
                lock._to_exact(lock.amount_reserved if reserved else 0),
            )
        # sudo: the sums are of all orders, whoever looks
        allowed = self.env["sale.order"].sudo()
        allowed = allowed.search(
            Domain("rate_lock_id", "in", promised.ids) & Domain("lock_overdraw", ">", 0)
        )
        for order in allowed:
            allowed_here, here = self._to_exact(order.lock_overdraw), order._get_taken()
            used = here.held if reserved else here.drawn
            taken += Taken(usable=min(allowed_here, used))
        return taken

    def _get_promise_taken(self):
        """Return what all orders take of this promise, as it is stored on its locks.

        :return: ``Taken`` without what is open
        """
        drawn = self._to_exact(self.amount_drawn + self.amount_elsewhere)
        limit = self.amount_cap + self.amount_overdraw
        held = self._to_exact(limit - self.amount_available)
        return Taken(drawn, held - drawn)

    def _to_exact(self, amount):
        """Return an amount of this lock's currency as a Decimal."""
        currency = self.currency_id  # none yet in a form
        return Decimal(str(currency.round(amount or 0.0) if currency else amount))

    def _join_promise(self, former):
        """Let this lock share the cap of the one that it is to supersede.

        :param former: agreement
        """
        if not former.promise_id:
            former._write_guarded({"promise_id": former.id})
        self._write_guarded({"promise_id": former.promise_id.id})

    def _has_room(self, amount=0.0):
        """Return whether an agreement has room for ``amount`` in its currency, or any
        room."""
        self.ensure_one()
        if not self.amount_cap:
            return True
        left = self.currency_id.compare_amounts(self.amount_available, amount)
        return left >= 0 if amount > 0 else left > 0

    def _is_overdrawn(self):
        """Return whether orders draw more than the cap and what was allowed beyond
        it. What is reserved alone isn't drawn."""
        return bool(self._get_excess())

    def _get_excess(self):
        """Return how much more orders draw of this promise, at whatever rate, than its
        cap and what was allowed beyond it; 0 where they don't. With sudo."""
        self.ensure_one()
        # less is never available than that
        if not self.amount_cap or (
            self.currency_id.compare_amounts(self.amount_available, 0) >= 0
        ):
            return 0.0
        taken = self._add_up_promise(reserved=False)
        return float(get_excess(self._to_exact(self.amount_cap), taken))

    def _format_excess(self):
        """Return the sentence that says how much more is drawn than the cap."""
        taken = self._add_up_promise(reserved=False)
        cap = self._to_exact(self.amount_cap)
        allowed = float(get_capacity(cap, taken).overdraw)
        show = self.currency_id._format_amount
        what = {
            "lock": self.name,
            "drawn": show(float(taken.drawn)),
            "cap": show(self.amount_cap),
            "excess": show(float(get_excess(cap, taken))),
        }
        if self.currency_id.is_zero(allowed):
            return self.env._(
                "%(drawn)s of agreement %(lock)s is drawn: %(excess)s more than its "
                "cap of %(cap)s.",
                **what,
            )
        return self.env._(
            "%(drawn)s of agreement %(lock)s is drawn: %(excess)s more than its cap of "
            "%(cap)s and the %(allowed)s that was allowed beyond it.",
            allowed=show(allowed),
            **what,
        )

    # === WHO SETTLES IT === #

    def _notify_overdrawn(self, say, orders):
        """Ask those who answer for orders, and for the agreement that they overdrew, to
        settle it. With sudo.

        :param say: function of a record in its reader's language → sentence
        :param orders: ``sale.order``; none where it is about no order
        """
        self.ensure_one()
        asked = self.env["res.users"]
        for order in orders:
            asked |= (user := order._get_responsible_user())
            self._ask_to_settle(order, user, say)
        promised = self._get_promised()
        # the orders of today take the one that runs
        running = promised.filtered(lambda lock: lock.state == "active")[:1] or self
        for lock in self | running:
            lock.message_post(
                body=as_html(say(lock.with_context(lang=lock.user_id.lang)))
            )
        if user := running._get_answerable(asked):
            self._ask_to_settle(running, user, say)

    @api.model
    def _ask_to_settle(self, document, user, say):
        """Give a user one activity on a document; one that is open says the newest.

        :param document: ``sale.order`` or ``fx.rate.lock``, with sudo
        :param say: as for ``_notify_overdrawn``
        """
        told, kind = document.with_context(lang=user.lang), self.env.ref(OVERDRAWN)
        opened = document.activity_ids.filtered(
            lambda activity: (
                activity.activity_type_id == kind and activity.user_id == user
            )
        )
        if opened:
            opened.note = say(told)
            return
        told.activity_schedule(
            OVERDRAWN,
            summary=told.env._("Rate agreement overdrawn"),
            note=as_html(say(told)),
            user_id=user.id,
        )

    def _get_answerable(self, besides):
        """Return who answers for this agreement: its owner, or, where that is somebody
        who is asked already, a manager.

        :param besides: ``res.users`` who are asked already
        """
        managers = self.company_id._find_members(MANAGER, with_branches=True)
        people = self.user_id.filtered(lambda user: user.active and not user.share)
        robot = self.env.ref("base.user_root")
        return ((people | managers) - besides - robot)[:1]

    def _settle_overdrawn(self):
        """Close the activities about these agreements of which no more is drawn than
        was promised and allowed."""
        # sudo: colleagues' activities, on documents that not everybody reads
        for lock in self.sudo():
            if lock._is_overdrawn():
                continue
            promised = lock._get_promised()
            orders = Domain("rate_lock_id", "in", promised.ids)
            for model, domain in (
                ("fx.rate.lock", Domain("id", "in", promised.ids)),
                ("sale.order", orders),
            ):
                self.env["mail.activity"].sudo().search(  # sudo: as above
                    Domain("activity_type_id", "=", self.env.ref(OVERDRAWN).id)
                    & Domain("res_model", "=", model)
                    & Domain("res_id", "in", lock.env[model]._search(domain))
                ).unlink()

    # === COUNTING AGAIN === #

    def _update_amounts(self):
        """Count again what the orders of these locks take."""
        self.order_ids._count_taken()

    def _drop_stale_reservations(self):
        """Give back what quotations reserved of these promises that have expired since.

        :return: the quotations
        """
        # sudo: quotations of colleagues hold their parts of the same cap
        orders = self.env["sale.order"].sudo()
        orders = orders.search(
            Domain("rate_lock_id", "in", self._get_promised().ids)
            & Domain("lock_reserved", ">", 0)
            & Domain("state", "in", ("draft", "sent"))
        )
        expired = orders.filtered(lambda order: not order._reserves_of_lock())
        expired._count_taken()
        return expired

    # === INVOICED BESIDES ORDERS === #

    def _count_besides(self):
        """Count again what is posted at these locks, and belongs to none of their
        orders: lines that somebody added, and orders that are at another lock now."""
        for lock in self:
            lines = self.env["account.move.line"].search(
                Domain("move_id.rate_lock_id", "=", lock.id)
                & Domain("parent_state", "=", "posted")
                & Domain("display_type", "=", "product")
                & (
                    Domain("sale_line_ids", "=", False)
                    | Domain("sale_line_ids.order_id.rate_lock_id", "!=", lock.id)
                )
            )
            amount = float(sum(lines._get_amounts_at(lock).values()))
            if lock.currency_id.compare_amounts(amount, lock.amount_besides):
                lock._write_guarded({"amount_besides": amount})
