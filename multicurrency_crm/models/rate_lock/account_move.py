from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list
from odoo.tools.sql import column_exists, create_column

from ...engine.lock_capacity import split_total
from ...engine.rate_locks import lock_variance
from ..common.html_text import as_html

#: Settled when a document gets its lock; a posted document keeps them.
SETTLED_FIELDS = {"rate_lock_id", "booked_at_lock", "lock_booked_from"}

#: Columns that are made empty: no document that exists carries a lock.
EMPTY_COLUMNS = {
    "locked_rate": "numeric",
    "booked_at_lock": "bool",
    "lock_booked_from": "date",
    "lock_books_tax": "bool",
    "at_origin_rate": "bool",
}


class AccountMove(models.Model):
    """An invoice that carries the rate lock of its order, and what that promise was
    worth: locked, in the market, and received.

    Values are in company currency, and negative for a credit note.
    """

    _name = "account.move"
    _inherit = ["account.move", "fx.rate.locked.mixin"]

    rate_lock_id = fields.Many2one(check_company=True)
    locked_rate = fields.Float(
        compute="_compute_locked_rate", store=True, precompute=True
    )
    rate_lock_note = fields.Char(
        compute="_compute_rate_lock_note", compute_sudo=True, groups="base.group_user"
    )

    lock_excess_note = fields.Char(
        compute="_compute_lock_excess_note",
        compute_sudo=True,  # accountants without the addon's groups can't read locks
        groups="base.group_user",
    )
    locked_rate_note = fields.Char(
        string="Locked Rate in Words",
        compute="_compute_rate_notes",
        compute_sudo=True,  # accountants without the addon's groups can't read locks
        help="The locked rate as people read it, and where it comes from.",
        groups="base.group_user",
    )
    market_rate_note = fields.Char(
        string="Market Rate in Words",
        compute="_compute_rate_notes",
        compute_sudo=True,  # as for the locked rate
        help="The market rate of the document's accounting date, as people read it.",
        groups="base.group_user",
    )
    market_rate_at_date = fields.Float(
        string="Market Rate at Its Date",
        readonly=True,
        copy=False,
        digits=0,
        aggregator=None,
        help="The market rate of the document's accounting date, noted when it is "
        "posted; 0 where none is known.",
        groups="base.group_user",
    )
    # written at posting: a computed field would be computed for every document
    lock_variance = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="Receivable × (1 / locked rate − 1 / market rate at its accounting date), "
        "noted when the document is posted: how much more the lock promises than the "
        "market gives on that day. Negative for credit notes.",
        groups="base.group_user",
    )
    lock_value = fields.Monetary(
        string="Locked Value",
        compute="_compute_lock_values",
        compute_sudo=True,  # who reads an invoice may not read its payments
        currency_field="company_currency_id",
        help="The total at the locked rate.",
        groups="base.group_user",
    )
    lock_market_value = fields.Monetary(
        string="Market Value",
        compute="_compute_lock_values",
        compute_sudo=True,  # who reads an invoice may not read its payments
        currency_field="company_currency_id",
        help="The total at the market rate of the document's accounting date.",
        groups="base.group_user",
    )
    lock_received_value = fields.Monetary(
        string="Amount Received",
        compute="_compute_lock_values",
        compute_sudo=True,  # who reads an invoice may not read its payments
        currency_field="company_currency_id",
        help="What the payments reconciled so far were booked at, each at the rate of "
        "its own day.",
        groups="base.group_user",
    )

    def _auto_init(self):
        # not computed for the million documents that exist
        for column, kind in EMPTY_COLUMNS.items():
            if not column_exists(self.env.cr, self._table, column):
                create_column(self.env.cr, self._table, column, kind)
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("rate_lock_id")
    def _compute_locked_rate(self):
        for move in self:
            # sudo: accountants without the addon's groups can't read locks
            move.locked_rate = move.rate_lock_id.sudo().rate

    @api.depends(
        "locked_rate",
        "booked_at_lock",
        "at_origin_rate",
        "lock_booked_from",
        "invoice_date",
        "state",
    )
    @api.depends_context("lang")
    def _compute_rate_lock_note(self):
        for move in self:
            move.rate_lock_note = move.rate_locked and move._get_rate_lock_note()

    @api.depends("locked_rate", "state", "rate_lock_id.amount_available")
    @api.depends_context("lang")
    def _compute_lock_excess_note(self):
        """Show who posts an invoice that more is drawn of its agreement than its
        cap."""
        for move in self:
            drawn = move.rate_locked and move.state == "posted"
            drawn = drawn and move.move_type == "out_invoice"
            move.lock_excess_note = drawn and move.rate_lock_id.excess_note

    def _get_rate_lock_note(self):
        """Return the banner: which rate, from whom, and whether the books take it."""
        lock = self.rate_lock_id
        terms = {
            "rate": lock.rate_display,
            "lock": lock.name,
            "origin": lock._get_origin() or "–",
        }
        if self.state == "cancel":
            return self.env._(
                "Cancelled: nothing is booked at its locked rate %(rate)s (%(lock)s; "
                "%(origin)s).",
                **terms,
            )
        return self.env._(
            "Rate locked: %(rate)s (%(lock)s; %(origin)s). %(books)s",
            books=self._get_booking_note(),
            **terms,
        )

    @api.depends("booked_at_lock", "at_origin_rate", "locked_rate", "rate_lock_id")
    def _compute_invoice_rate_note(self):
        return super()._compute_invoice_rate_note()

    def _get_own_equation(self):
        """A locked rate has the digits that were promised."""
        if not self.booked_at_lock:
            return super()._get_own_equation()
        # sudo: accountants without the addon's groups can't read locks
        return self.rate_lock_id.sudo().rate_display

    def _find_rate_origins(self):
        """What is booked at its lock, or at the rate of the invoice that it corrects,
        says so."""
        origins = super()._find_rate_origins()
        for move in self:
            if move.booked_at_lock:
                # sudo: as for the digits
                lock = move.rate_lock_id.sudo()
                origins[move] = self.env._(
                    "locked by %(lock)s: %(origin)s",
                    lock=lock.name,
                    origin=lock._get_origin() or "–",
                )
            elif move.at_origin_rate:
                origins[move] = self.env._(
                    "the rate of %(invoice)s",
                    invoice=move._get_rate_origin().display_name,
                )
        return origins

    @api.depends("rate_lock_id", "locked_rate", "market_rate_at_date", "date")
    @api.depends_context("lang")
    def _compute_rate_notes(self):
        for move in self:
            move.locked_rate_note = move.market_rate_note = False
            if move.locked_rate:
                move.locked_rate_note = self.env._(
                    "%(rate)s (%(origin)s)",
                    rate=move.rate_lock_id.rate_display,
                    origin=move.rate_lock_id._get_origin() or "–",
                )
            if move.market_rate_at_date:
                move.market_rate_note = self.env._(
                    "%(rate)s, %(date)s",
                    rate=move.currency_id._format_rate(
                        move.market_rate_at_date, move.company_id
                    ),
                    date=format_date(self.env, move.date),
                )

    # amounts are no dependency: what each line of a document triggers costs everybody,
    # and these are of what is posted
    @api.depends("locked_rate", "market_rate_at_date", "state")
    def _compute_lock_values(self):
        for move in self:
            total = move.amount_total_in_currency_signed
            books, market = move.company_currency_id, move.market_rate_at_date
            locked = move.locked_rate
            move.lock_value = books.round(total / locked) if locked else 0.0
            move.lock_market_value = books.round(total / market) if market else 0.0
            move.lock_received_value = move._get_received_value() if locked else 0.0

    def _get_received_value(self):
        """Return what came in for this document: of each payment the part that is
        reconciled with it, at the rate at which the payment was booked.

        Exchange differences, write-offs and credit notes are no money that came in.
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        parts = [
            (partial.credit_move_id, partial.credit_amount_currency)
            for partial in terms.matched_credit_ids
        ] + [
            (partial.debit_move_id, partial.debit_amount_currency)
            for partial in terms.matched_debit_ids
        ]
        received = sum(
            -line.balance * amount / abs(line.amount_currency)
            for line, amount in parts
            if line.amount_currency
            and (line.payment_id or line.journal_id.type in ("bank", "cash", "credit"))
        )
        return self.company_currency_id.round(received)

    @api.depends("booked_at_lock")
    def _compute_missing_rate_warning(self):
        return super()._compute_missing_rate_warning()

    def _filter_needing_rate(self):
        """Leave out what is booked at its locked rate. What only promises one is booked
        at the market's."""
        return (
            super()
            ._filter_needing_rate()
            .filtered(lambda move: not move.booked_at_lock)
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("rate_lock_id", "currency_id", "journal_id")
    def _check_locked_currency(self):
        for move in self.filtered("locked_rate"):
            # sudo: as for the locked rate
            currency = move.rate_lock_id.sudo().currency_id
            if move.currency_id != currency:
                raise UserError(
                    self.env._(
                        "%(document)s carries a rate locked in %(currency)s: keep that "
                        "currency, and a journal that allows it.",
                        document=move.display_name,
                        currency=currency.name,
                    )
                )

    @api.constrains("rate_lock_id", "company_id", "journal_id")
    def _check_locked_company(self):
        for move in self.filtered("locked_rate"):
            # sudo: as for the locked rate
            lock, company = move.rate_lock_id.sudo(), move.company_id
            # an agreement covers the branches of its company, too
            if lock.company_id not in (
                company.parent_ids if lock.kind == "agreement" else company
            ):
                raise UserError(
                    self.env._(
                        "%(document)s carries a rate locked by %(company)s: keep a "
                        "journal of that company.",
                        document=move.display_name,
                        company=lock.company_id.name,
                    )
                )

    @api.constrains("rate_lock_id", "partner_id")
    def _check_locked_customer(self):
        for move in self.filtered("locked_rate"):
            lock = move.rate_lock_id.sudo()  # accountants may not read locks
            origin = move.reversed_entry_id
            if origin.rate_lock_id == lock and origin.partner_id == move.partner_id:
                continue  # whoever has the invoice gets its credit note
            # an order may be invoiced to somebody else, such as a leasing company
            payers = lock.order_ids.partner_invoice_id.commercial_partner_id
            if move.commercial_partner_id not in lock.partner_id | payers:
                raise UserError(
                    self.env._(
                        "The rate of %(document)s is promised to %(customer)s: keep "
                        "that customer.",
                        document=move.display_name,
                        customer=lock.partner_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if SETTLED_FIELDS & vals.keys() and any(
            move.state == "posted" for move in self
        ):
            raise UserError(
                self.env._(
                    "A posted document keeps its rate lock: reset it to draft first."
                )
            )
        return super().write(vals)

    # === POSTING === #

    def _filter_checked_when_posted(self):
        return super()._filter_checked_when_posted() | self.filtered("locked_rate")

    def _post(self, soft=True):
        if locked := self.filtered("locked_rate"):
            locked._settle_booking()
        posted = super()._post(soft)
        if locked := posted.filtered("locked_rate"):
            locked._note_lock_variance()
            locked._note_taken_of_locks()
        return posted

    def button_draft(self):
        result = super().button_draft()
        if locked := self.filtered("locked_rate"):
            locked._check_taken_of_locks()
            locked._write_lock_note({"market_rate_at_date": 0.0, "lock_variance": 0.0})
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._check_taken_of_locks()
        return result

    def _note_lock_variance(self):
        """Note market rate and variance of documents just posted.

        The market rate is the one that Odoo takes for the accounting date; 0, and no
        variance, where Odoo would have to invent one.
        """
        by_day = self.grouped(lambda move: (move.company_id, move.date))
        for (company, day), moves in by_day.items():
            spots = moves.currency_id._find_spot(company, day)
            for move in moves:
                market = (
                    move._get_expected_currency_rate_at(day)
                    if move.currency_id.id in spots
                    else 0.0
                )
                variance = market and lock_variance(
                    move.amount_total_in_currency_signed, move.locked_rate, market
                )
                move._write_lock_note(
                    {
                        "market_rate_at_date": market,
                        "lock_variance": move.company_currency_id.round(variance),
                    }
                )

    def _write_lock_note(self, vals):
        """Write what is noted at posting."""
        # sudo: these fields are closed to writes from outside. To Odoo, this is no
        # person's change, nor one that the lines have to follow.
        self.sudo().with_context(
            skip_is_manually_modified=True, skip_invoice_sync=True
        )._write_guarded(vals)

    # === DRAWING ON LOCKS === #

    def _split_total_at(self, lock):
        """Return what each line of this document is of its total, in the basis of a
        lock: {line: Decimal}.

        Taxes that are rounded over all lines make a total that the lines miss by some
        units; so does a tax that somebody typed.
        """
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        untaxed = lock.cap_basis == "untaxed"
        amounts = lines.mapped("price_subtotal" if untaxed else "price_total")
        total = self.amount_untaxed if untaxed else self.amount_total
        exact = lock._to_exact
        unit = Decimal(str(lock.currency_id.rounding))
        parts = split_total([exact(each) for each in amounts], exact(total), unit)
        return dict(zip(lines, parts, strict=True))

    def _count_at_locks(self):
        """Count again what the orders of these documents take of their locks, and what
        is invoiced besides orders.

        :return: (orders, locks), with sudo
        """
        # sudo: accountants may read neither orders nor locks
        moves = self.sudo().filtered("locked_rate")
        lines = moves.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        orders = moves.env["sale.order"]
        besides = moves.env["fx.rate.lock"]
        for line in lines:
            lock, sold = line.move_id.rate_lock_id, line.sale_line_ids.order_id
            orders |= sold
            if lock not in sold.rate_lock_id:
                besides |= lock
        orders._count_taken()
        besides._count_besides()
        return orders, besides

    def _check_taken_of_locks(self):
        """Check that what is drawn of locks doesn't rise beyond what there is room for,
        after these documents are no longer posted: a credit note gave back.

        :raises UserError: an agreement would be overdrawn
        """
        locked = self.filtered("locked_rate")
        if not locked:
            return
        # sudo: accountants may not read locks
        locks = locked.sudo().rate_lock_id
        before = {lock: lock.amount_besides for lock in locks}
        orders, _besides = locked._count_at_locks()
        orders._check_growth()
        for lock in locks:
            if lock.amount_besides > before[lock] and lock._is_overdrawn():
                raise UserError(
                    self.env._(
                        "Without %(credited)s, agreement %(lock)s is %(amount)s beyond "
                        "its cap: have a Multi-Currency manager allow the overdraw to "
                        "an order first.",
                        credited=format_list(self.env, locked.mapped("display_name")),
                        lock=lock.name,
                        amount=lock.currency_id._format_amount(lock._get_excess()),
                    )
                )
        locks.filtered(
            lambda lock: lock.amount_besides < before[lock]
        )._settle_overdrawn()

    def _note_taken_of_locks(self):
        """Count what these documents, just posted, draw of their locks. The goods are
        gone: what is beyond a cap is counted whole and told, and stops nothing."""
        locks = self.sudo().rate_lock_id  # sudo: accountants may not read locks
        before = {lock: lock.amount_besides for lock in locks}
        orders, _besides = self._count_at_locks()
        grown = orders.browse(
            order.id
            for order, taken in orders._find_growth().items()
            if order._find_missing_room(order._get_taken(), taken)
        )
        for lock in locks:
            drawing = grown.filtered(
                lambda order, lock=lock: order.rate_lock_id == lock
            )
            if lock.amount_besides < before[lock]:
                lock._settle_overdrawn()
            if not drawing and lock.amount_besides > before[lock]:
                drawing = orders.filtered(
                    lambda order, lock=lock: order.rate_lock_id == lock
                )[:1]
            elif not drawing:
                continue
            if lock._is_overdrawn():
                self._notify_overdrawn(drawing, lock)
        self._note_beyond_orders(orders, before)

    def _notify_overdrawn(self, orders, lock):
        """Tell that these documents drew more than was left of an agreement: in the
        histories of all, and to whoever answers for them.

        :param orders: that draw it; none where it is about no order
        """
        # sudo: as for what they draw
        moves = self.sudo().filtered(lambda move: move.rate_lock_id == lock)

        def say(told):
            return told.env._(
                "%(invoices)s is posted beyond what was agreed. %(excess)s Credit what "
                "is too much, or have a Multi-Currency manager allow the overdraw.",
                invoices=format_list(told.env, moves.mapped("display_name")),
                excess=lock.with_env(told.env)._format_excess(),
            )

        for move in moves:
            move.message_post(body=as_html(say(move)))
        for order in orders:
            told = order._in_responsible_language()
            told.message_post(body=as_html(say(told)))
        lock._notify_overdrawn(say, orders)

    def _note_beyond_orders(self, orders, before):
        """Tell what these documents, just posted, invoice at locks beyond what was
        ordered at them, be there room for it or no cap at all.

        :param orders: that they invoice
        :param before: {lock: what was invoiced besides orders}
        """
        for lock, besides in before.items():
            # sudo: accountants may not read orders
            moves = self.sudo().filtered(
                lambda move, lock=lock: move.rate_lock_id == lock
            )
            excess = {
                order: amount
                for order in orders
                if order.rate_lock_id == lock
                and (amount := order._get_invoiced_beyond(moves))
            }
            amount = max(lock.amount_besides - besides, 0) + sum(excess.values())
            if not lock.currency_id.is_zero(amount):
                told = (
                    orders.browse().union(*excess)
                    or orders.filtered(
                        lambda order, lock=lock: order.rate_lock_id == lock
                    )[:1]
                )
                moves._notify_beyond_orders(told, lock, amount)

    def _notify_beyond_orders(self, orders, lock, amount):
        """Tell that these documents invoice more at a lock than was ordered at it: in
        the histories of all, and to whoever is responsible.

        :param orders: that it is about; none where it is about no order
        :param amount: how much more, in the lock's currency
        """

        def say(told):
            return told.env._(
                "%(invoices)s invoices %(amount)s more at the rate of %(lock)s than "
                "was ordered at it. It counts; where nobody promised that rate for it, "
                "credit it and invoice it at the rate of the day.",
                invoices=format_list(told.env, self.mapped("display_name")),
                amount=lock.currency_id._format_amount(amount),
                lock=lock.name,
            )

        for move in self:
            move.message_post(body=as_html(say(move)))
        if not orders:
            lock._notify_owner(say)
            return
        lock.message_post(body=as_html(say(lock)))
        for order in orders:
            told = order._in_responsible_language()
            told.message_post(body=as_html(say(told)))
            told._ask_colleague(told.env._("Invoiced beyond the order"), say(told))

    # === RELEASE === #

    def _drop_rate_lock(self):
        """Take drafts back to the market rate of their date, after a release. What was
        posted once keeps its lock, and so does the credit note of what was posted."""
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                and not move.posted_before
                and not move._get_rate_origin()
            )
        )
        if drafts:
            drafts._write_guarded({"rate_lock_id": False})
