from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine import payment_plans as engine
from ..common.scheduled_job import ScheduledJob
from ..credit.assessment.account_payment_term import OPEN_SHARES
from .instalment_mixin import FIRST
from .plan_money import INVOICES, ZERO, exact, get_step

#: method: how well it secures what it is for
SECURITY = {"lc": "letter_of_credit", "dp": "documents_against_payment"}
#: Days after the order within which a deposit secures what it is for.
SOON = 30


class Item(NamedTuple):
    """An item of an invoice, in the invoice's currency."""

    order_id: int | None  # of the instalment that it says it is for
    plan_id: int | None
    amount: Decimal
    received: Decimal
    credited: Decimal


class OrderDocument(NamedTuple):
    """A posted invoice, as far as it is of one order."""

    move_id: int
    issued: fields.Date
    plan_id: int | None  # the instalment that it was made for
    figures: engine.Document  # in the order's currency; pieces by an instalment's id


class PaymentPlan(models.Model):
    """What became of instalments: gathered from invoices, what they are matched with
    and what was paid in advance, and written on the instalments and, as due dates, on
    the invoices."""

    _inherit = "payment.plan"

    # === GATHERING === #

    @api.model
    def _find_documents(self, orders):
        """Find what was invoiced of orders: four queries.

        Items that say for which instalment they are count for that one. Of the others,
        an invoice of several orders counts for each with its own lines' share, and so
        does what was received on them.

        :param orders: ``sale.order``, with sudo
        :return: {order id: ([:class:`OrderDocument`], credit)}, in the currency of the
            order; ``credit`` is that of credit notes that none of them was matched with
        """
        self.env.flush_all()
        rows = self.env.execute_query(self._documents_query(orders))
        move_ids = list({row[1] for row in rows})
        matched_credits = self._find_credit_matched(move_ids)
        items = self._find_items(move_ids)
        found = {order.id: ([], ZERO) for order in orders}
        steps = {order.id: get_step(order.currency_id) for order in orders}
        for order_id, move_id, kind, issued, plan_id, *figures in rows:
            own, whole, total, rate = map(Decimal, figures)
            if not own or not whole:
                continue
            documents, credit = found[order_id]
            step, share = steps[order_id], own / whole
            amount = engine.round_to(total * share * rate, step)
            if kind not in INVOICES or amount < 0:
                taken = engine.round_to(matched_credits[move_id] * share * rate, step)
                loose = max(abs(amount) - taken, ZERO)
                found[order_id] = (documents, credit + loose)
                continue
            of_order = self._share_items(
                order_id, items[move_id], total * share, rate, step
            )
            documents.append(OrderDocument(move_id, issued, plan_id, of_order))
        return found

    @api.model
    def _share_items(self, order_id, items, amount, rate, step):
        """Say what of an invoice's items is of one of its orders.

        :param items: [:class:`Item`] of the invoice
        :param amount: what is of the order, in the invoice's currency
        :param rate: units of the order's currency for 1 of the invoice's
        :param step: smallest amount of the order's currency
        :return: ``engine.Document`` with pieces by an instalment's id
        """
        pieces = tuple(
            engine.Piece(item.plan_id, item.amount, item.received, item.credited)
            for item in items
            if item.order_id == order_id
        )
        loose = [item for item in items if item.order_id is None]
        whole = sum((item.amount for item in loose), ZERO)
        rest = amount - sum((piece.amount for piece in pieces), ZERO)
        rest = engine.round_to(max(rest, ZERO) * rate, step) if whole else ZERO

        def share(name):
            total = sum((getattr(item, name) for item in loose), ZERO)
            return engine.round_to(total * rest / whole, step) if whole else ZERO

        credited = min(share("credited"), rest)
        received = max(min(share("received"), rest - credited), ZERO)
        return engine.Document(rest, received, credited, pieces=pieces)

    @api.model
    def _find_items(self, move_ids):
        """Find the items of invoices, with what was received and credited of each.

        What payments without an entry pay, they pay in the order of the due days.

        :return: {invoice id: [:class:`Item`]}
        """
        waiting = self._find_in_process(move_ids)
        found = defaultdict(list)
        for move_id, order_id, plan_id, *figures in self.env.execute_query(
            self._items_query(move_ids)
        ):
            amount, left, credited = map(Decimal, figures)
            under_way = min(waiting[move_id], max(left, ZERO))
            waiting[move_id] -= under_way
            received = amount - left - credited + under_way
            found[move_id].append(Item(order_id, plan_id, amount, received, credited))
        return found

    @staticmethod
    def _items_query(move_ids):
        return SQL(
            """SELECT l.move_id, n.order_id, n.id, l.amount_currency::text,
                      l.amount_residual_currency::text, COALESCE(c.credited, 0)::text
                 FROM account_move_line l
            LEFT JOIN payment_plan n ON n.id = l.payment_plan_id
            LEFT JOIN LATERAL (
                      SELECT SUM(p.debit_amount_currency) AS credited
                        FROM account_partial_reconcile p
                        JOIN account_move_line k ON k.id = p.credit_move_id
                        JOIN account_move r ON r.id = k.move_id
                       WHERE p.debit_move_id = l.id AND r.move_type = 'out_refund'
                      ) c ON TRUE
                WHERE l.move_id = ANY(%s) AND l.display_type = 'payment_term'
             ORDER BY l.move_id, l.date_maturity, l.id""",
            move_ids,
        )

    @staticmethod
    def _documents_query(orders):
        """A row for each posted document of an order: what its lines of the order come
        to, of what all lines do; its total; and how many units of the order's currency
        one of its own is, at the two documents' rates."""
        return SQL(
            """SELECT o.id, m.id, m.move_type, COALESCE(m.invoice_date, m.date),
                      m.payment_plan_id, SUM(i.price_total)::text, w.total::text,
                      m.amount_total::text,
                      (CASE WHEN m.currency_id = o.currency_id THEN 1 ELSE
                            o.currency_rate::numeric
                            / COALESCE(NULLIF(m.invoice_currency_rate, 0), 1)::numeric
                       END)::text
                 FROM sale_order o
                 JOIN sale_order_line s ON s.order_id = o.id
                 JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                 JOIN account_move_line i ON i.id = r.invoice_line_id
                 JOIN account_move m ON m.id = i.move_id
                 JOIN LATERAL (SELECT SUM(price_total) AS total
                                 FROM account_move_line
                                WHERE move_id = m.id AND display_type = 'product') w
                      ON TRUE
                WHERE o.id = ANY(%s) AND m.state = 'posted' AND m.move_type
                      IN ('out_invoice', 'out_receipt', 'out_refund')
             GROUP BY o.id, m.id, w.total
             ORDER BY o.id, COALESCE(m.invoice_date, m.date), m.id""",
            orders.ids,
        )

    @api.model
    def _find_credit_matched(self, move_ids):
        """Find what of credit notes was matched with invoices.

        :return: {credit note id: of it, by these documents, in its currency}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT c.move_id, SUM(p.credit_amount_currency)::text
                     FROM account_partial_reconcile p
                     JOIN account_move_line l ON l.id = p.debit_move_id
                     JOIN account_move_line c ON c.id = p.credit_move_id
                     JOIN account_move n ON n.id = c.move_id
                    WHERE l.move_id = ANY(%s) AND n.move_type = 'out_refund'
                 GROUP BY 1""",
                move_ids,
            )
        )
        found = defaultdict(lambda: ZERO)
        found.update((credit_id, Decimal(amount)) for credit_id, amount in rows)
        return found

    @api.model
    def _find_in_process(self, move_ids):
        """Find what payments without an entry, which no bank has confirmed yet, pay of
        invoices that Odoo calls paid by them.

        :return: {invoice id: amount in its currency}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT y.id, y.amount::text, y.currency_id = m.currency_id,
                          m.id, m.amount_residual::text
                     FROM account_move__account_payment r
                     JOIN account_payment y ON y.id = r.payment_id
                     JOIN account_move m ON m.id = r.invoice_id
                    WHERE m.id = ANY(%s) AND y.move_id IS NULL
                      AND y.state IN ('in_process', 'paid')
                      AND y.payment_type = 'inbound' AND m.amount_residual > 0
                 ORDER BY y.date, y.id, m.id""",
                move_ids,
            )
        )
        found, spent = defaultdict(lambda: ZERO), defaultdict(lambda: ZERO)
        for payment_id, amount, is_same, move_id, residual in rows:
            left = Decimal(residual) - found[move_id]
            if is_same:
                left = min(left, Decimal(amount) - spent[payment_id])
                spent[payment_id] += left
            found[move_id] += left
        return found

    @api.model
    def _find_prepaid(self, orders):
        """Find what customers have paid for orders and what isn't on an invoice yet,
        by a payment provider: it counts at once.

        :return: {order id: Decimal in its currency}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT r.sale_order_id, SUM(CASE WHEN y.move_id IS NULL AND NOT
                          EXISTS (SELECT FROM account_move__account_payment x
                                   WHERE x.payment_id = y.id) THEN t.amount
                          ELSE LEAST(t.amount, COALESCE((
                               SELECT SUM(-l.amount_residual_currency)
                                 FROM account_move_line l
                                 JOIN account_account a ON a.id = l.account_id
                                WHERE l.move_id = y.move_id
                                  AND a.account_type = 'asset_receivable'), 0))
                          END)::text
                     FROM sale_order_transaction_rel r
                     JOIN payment_transaction t ON t.id = r.transaction_id
                     JOIN sale_order o ON o.id = r.sale_order_id
                LEFT JOIN account_payment y ON y.id = t.payment_id
                    WHERE o.id = ANY(%s) AND t.state = 'done'
                      AND t.currency_id = o.currency_id
                      AND COALESCE(y.state, '') NOT IN ('canceled', 'rejected')
                      AND NOT EXISTS (SELECT FROM sale_order_transaction_rel z
                                       WHERE z.transaction_id = t.id
                                         AND z.sale_order_id != o.id)
                 GROUP BY 1""",
                orders.ids,
            )
        )
        return {order_id: Decimal(amount or 0) for order_id, amount in rows}

    # === FOLLOWING === #

    @api.model
    def _follow(self, orders):
        """Bring the plans of orders to what has happened, and the due dates of their
        invoices to the plans.

        :param orders: ``sale.order``
        """
        # sudo: what became of a plan follows from all invoices, whoever caused it
        orders = orders.sudo()
        every = self.sudo().search([("order_id", "in", orders.ids)])
        if not every:
            return
        documents = self._find_documents(orders)
        prepaid = self._find_prepaid(orders)
        plans_of = every.grouped("order_id")
        slices = defaultdict(list)  # {move id: [Slice of a plan's id]}
        for order in every.order_id.sorted("id"):
            plans, (of_order, credit) = plans_of[order], documents[order.id]
            course = plans._get_course(of_order, credit, prepaid.get(order.id, ZERO))
            for document, run in zip(of_order, course.slices, strict=True):
                slices[document.move_id] += plans._name_slices(run)
            issued = plans._find_issued(of_order, course)
            for plan, instalment in zip(plans, course.instalments, strict=True):
                plan._take_course(instalment, issued.get(plan.id))
            share = plans._get_open_share()
            if order._differs_from("payment_plan_open_share", share):
                order._write_guarded({"payment_plan_open_share": share})
        moves = self.env["account.move"].sudo().browse(slices)  # sudo: as above
        for move in moves:
            move._follow_plan_dates(slices[move.id])

    def _get_course(self, documents, credit=ZERO, prepaid=ZERO):
        """Have the engine say how these instalments of one order go.

        :param documents: [:class:`OrderDocument`]
        :return: ``engine.payment_plans.Course``
        """
        places = {plan.id: at for at, plan in enumerate(self)}
        figures = [
            replace(
                document.figures,
                target=places.get(document.plan_id),
                pieces=tuple(
                    replace(piece, at=places[piece.at])
                    for piece in document.figures.pieces
                ),
            )
            for document in documents
        ]
        return engine.follow(self._get_amounts(), figures, credit, prepaid)

    def _open_planned(self):
        """Write what is open of an instalment whose amount was just changed."""
        known = self._get_figures()
        self._write_guarded(
            {"open": float(known.open), "to_invoice": float(known.to_invoice)}
        )

    def _get_figures(self):
        """Return what became of this instalment, as the engine takes it."""
        self.ensure_one()
        return engine.Instalment(
            *(
                exact(self[name], self.currency_id)
                for name in ("amount", "invoiced", "credited", "received")
            )
        )

    def _get_agreed_shares(self):
        """Return which share of the order each of these is, in proportion: an amount
        that somebody fixed, of what they come to together.

        :return: list of Decimal
        """
        amounts = self._get_amounts()
        total = sum(amounts, ZERO)
        return [
            amount / total
            if plan.is_fixed and total
            else Decimal(repr(plan.percentage))
            for plan, amount in zip(self, amounts, strict=True)
        ]

    def _get_amounts(self):
        """Return what these instalments ask for, as the engine takes it."""
        return [exact(plan.amount, plan.currency_id) for plan in self]

    def _name_slices(self, run):
        """Return slices that say an instalment's id, in the place of its number."""
        return [
            engine.Slice(None if piece.at is None else self[piece.at].id, piece.amount)
            for piece in run
        ]

    def _find_issued(self, documents, course):
        """Find the day on which each of these was invoiced first: {id: date}."""
        found = {}
        for document, run in zip(documents, course.slices, strict=True):
            for piece in run:
                if piece.at is not None:
                    plan_id = self[piece.at].id
                    day = found.setdefault(plan_id, document.issued)
                    found[plan_id] = min(day, document.issued)
        return found

    def _take_course(self, instalment, issued):
        """Write what became of this instalment, where that changed.

        :param instalment: ``engine.payment_plans.Instalment``
        :param issued: day of the first invoice, if any
        """
        fired_on = self._get_fired_on(issued)
        is_fixed = self.trigger == "date"
        due = self._get_due(fired_on, issued)
        today, is_over = self.company_id._get_today(), self.order_id.state == "cancel"
        happened = bool(fired_on)
        if is_fixed:
            happened = bool(due and due <= today)
        state = engine.judge(
            instalment,
            has_happened=happened,
            due=due or None,
            today=today,
            is_over=is_over,
        )
        is_void = state == engine.VOID
        vals = {
            "fired_on": fired_on,
            "date_due": due,
            "date_expected": self.date_expected
            if is_fixed
            else due or self.date_expected,
            "invoiced": float(instalment.invoiced),
            "credited": float(instalment.credited),
            "received": float(instalment.received),
            "open": 0.0 if is_void else float(instalment.open),
            "to_invoice": 0.0 if is_void else float(instalment.to_invoice),
            "state": state,
        }
        changed = {
            name: value
            for name, value in vals.items()
            if self._differs_from(name, value)
        }
        if changed:
            self._write_guarded(changed)

    def _get_due(self, fired_on, issued):
        """Return the day by which this instalment is to be received; False: not known.
        Nothing that is invoiced is due before its invoice.

        :param fired_on: day of what makes it due, if it has happened
        :param issued: day of the first invoice, if any
        """
        due = self.date_expected if self.trigger == "date" else False
        if fired_on and self.trigger != "date":
            due = fields.Date.add(fired_on, days=self.days)
        return max(due, issued) if due and issued else due

    def _get_open_share(self):
        """Return the share of what isn't invoiced of these instalments that is left
        open: a deposit secures itself, unless it is late, and a letter of credit what
        it is for."""
        weights = {
            plan: plan.to_invoice if any(self.mapped("to_invoice")) else plan.amount
            for plan in self
        }
        total = sum(weights.values())
        if not total:
            return 1.0
        opened = sum(
            weight * plan._get_open_share_of_one() for plan, weight in weights.items()
        )
        return round(opened / total, 6)

    def _get_open_share_of_one(self):
        security = SECURITY.get(self.method, "open")
        if self._is_prepaid() and self.state != engine.OVERDUE:
            security = "prepaid"
        return OPEN_SHARES[security]

    def _is_prepaid(self):
        """Return whether this deposit is received before goods leave, whoever calls it
        one: it waits for nothing but the order, and not for long."""
        if not self.asks_deposit:
            return False
        if self.trigger != "date":
            return self.trigger in FIRST and self.days <= SOON
        ordered = self.company_id._get_day_of(self.order_id.date_order)
        day = self.date_expected
        return bool(day) and day <= fields.Date.add(ordered, days=SOON)

    def _get_fired_on(self, issued):
        """Return the day on which what makes this instalment due happened, as far as
        Odoo knows; what was ticked stays."""
        order, company = self.order_id, self.company_id
        if self.ticked_by_id or self.trigger in (
            "shipment",
            "bill_of_lading",
            "arrival",
        ):
            return self.fired_on
        if self.trigger == "invoice":
            return issued or False
        if self.trigger == "signature":
            moment = order.signed_on
            return moment and company._get_day_of(moment)
        if self.trigger == "order" and order.state == "sale":
            return self.fired_on or company._get_day_of(order.date_order)
        if self.trigger == "order" and order.state == "cancel":
            return self.fired_on  # what was invoiced stays due
        return False

    @api.model
    def _fire_shipment(self, orders, day):
        """Note that goods of orders have left: the first time counts.

        :param orders: ``sale.order`` with a plan
        :param day: date where the company is
        """
        # sudo: who moves goods reads no orders
        waiting = self.sudo().search(
            [
                ("order_id", "in", orders.ids),
                ("trigger", "=", "shipment"),
                ("fired_on", "=", False),
            ]
        )
        if waiting:
            waiting._write_guarded({"fired_on": day})
            self._follow(waiting.order_id)

    # === NIGHT BY NIGHT === #

    @api.model
    def _cron_follow(self):
        """Look at the plans of each company once a night: what is overdue by now, what
        was put off long enough, and which plan no longer adds up."""
        # sudo: a job works for all companies
        root = self.env(su=True)
        with ScheduledJob(root["sale.order"]) as job:
            for company in root["res.company"].search([("parent_id", "=", False)]):
                night = company._get_day_of(company._get_night_start())
                job.work_off(
                    root["sale.order"],
                    root["sale.order"]._get_followed_domain(company, night),
                    lambda orders, night=night: orders._follow_plans_tonight(night),
                )

    def _is_missed(self):
        """Return whether the day is over on which what makes this instalment due was
        expected, and it hasn't happened."""
        self.ensure_one()
        return bool(
            self.trigger != "date"
            and not self.fired_on
            and self.date_expected
            and self.state in ("to_come", "partly")
            and self.date_expected < self.company_id._get_today()
        )
