"""Agreements that many people use at once, in any order of events: what Odoo stores is
what a slow reference counts, and what it refuses, the reference would."""

from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..hypothesis_profile import examples
from ..lock_capacity_reference import (
    CREDITED,
    INVOICE,
    REBATED,
    Document,
    Order,
    Promise,
)
from .common import TODAY
from .test_caps import CapsCommon

END = TODAY.replace(month=12, day=31)
#: the price of a piece, in the smallest unit of the currency
PRICE = 700
STEPS = (
    *("create", "send", "confirm", "confirm", "amend", "amend"),
    *("invoice", "post", "post", "reset", "credit", "rebate"),
    *("reverse", "lower"),
    *("cancel", "reopen", "allow", "supersede"),
)


@st.composite
def lives(draw):
    """A cap in pieces, whether goods are delivered, and what happens."""
    step = st.tuples(
        st.sampled_from(STEPS), st.integers(0, 3), st.integers(-3, 9), st.integers(0, 1)
    )
    first = [("create", 0, draw(st.integers(1, 9)), n % 2) for n in range(3)]
    return (
        draw(st.integers(4, 16)),
        draw(st.booleans()),
        [*first, *draw(st.lists(step, min_size=12, max_size=16))],
    )


class CapsPropertiesCommon(CapsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement._release("others are made here")
        # it is about caps: rates that were taken back are ordered at, too
        cls.company.lock_exceeded_policy = "allow"
        cls.sellers = [
            cls._create_salesperson(
                f"seller_{n}",
                "sales_team.group_sale_manager,account.group_account_invoice",
            )
            for n in range(2)
        ]

    def _for_any_life(self):
        checks = [HealthCheck.too_slow, HealthCheck.data_too_large]

        @settings(
            max_examples=examples(3),
            phases=[Phase.generate],
            suppress_health_check=checks,
        )
        # of 0, 2 and 3 decimals
        @given(st.fixed_dictionaries({m: lives() for m in ("jpy", "usd", "kwd")}))
        def run(chosen):
            for money, life in chosen.items():
                note(money)
                with self.cr.savepoint() as savepoint:
                    self._live(money, *life)
                    savepoint.close(rollback=True)

        run()

    def _live(self, money, cap, delivered, steps):
        self.money = getattr(self, money)
        self.delivered = delivered
        self.unit = PRICE * self.money.rounding
        self.promise = Promise(cap)
        agreement = self._agree(
            quoted={"jpy": "0.0478", "usd": "7.1", "kwd": "23.2"}[money],
            currency_id=self.money.id,
            cap=cap * self.unit,
        )
        self.agreements = [agreement]
        for step, which, amount, seller in steps:
            note(f"{step} {which} {amount}")
            if step in ("create", "supersede"):
                getattr(self, f"_{step}")(amount or 1, self.sellers[seller])
            elif self.promise.orders:
                order = self.promise.orders[which % len(self.promise.orders)]
                record = order.record.with_user(self.sellers[seller])
                getattr(self, f"_{step}")(order, record, abs(amount) or 1, amount)
            self._compare()

    # === WHAT PEOPLE DO === #

    def _create(self, pieces, seller):
        line = {
            "product_id": self.service.id,
            "product_uom_qty": pieces,
            "price_unit": self.unit,
            "tax_ids": False,
        }
        record = (
            self.env["sale.order"]
            .with_user(seller)
            .create(
                {
                    "partner_id": self.customer.id,
                    "company_id": self.company.id,
                    "currency_id": self.money.id,
                    "order_line": [Command.create(line)],
                }
            )
        )
        self.assertEqual(bool(record.rate_lock_id), self.promise.available > 0)
        if record.rate_lock_id:
            if self.delivered:
                record.order_line.qty_delivered = 1000
            order = Order(pieces, self.promise.agreements - 1, record=record)
            self.promise.orders.append(order)

    def _supersede(self, _pieces, _seller):
        if self.promise.available <= 0:
            return
        new = self.agreements[-1]._supersede(END, "another season")
        self.assertEqual(new.state, "active")
        self.agreements.append(new)
        self.promise.agreements += 1
        for order in self.promise.orders:
            if order.state in ("draft", "sent"):
                order.agreement = self.promise.agreements - 1

    def _ask(self, order, change, **values):
        """Change an order, which Odoo refuses where the reference has no room."""
        before = order.drawn, order.held
        old = {name: getattr(order, name) for name in values}
        for name, value in values.items():
            setattr(order, name, value)
        fits = self.promise.fits(order, before)
        try:
            with self.cr.savepoint():
                change()
                self.env.cr.flush()
            done = True
        except UserError as error:
            self.assertIn("is left", str(error))
            done = False
        self.assertEqual(done, fits)
        if not fits:
            for name, value in old.items():
                setattr(order, name, value)

    def _send(self, order, record, _amount, _signed):
        if order.state == "draft":
            self._ask(order, record.action_quotation_sent, state="sent")

    def _confirm(self, order, record, _amount, _signed):
        if order.state in ("draft", "sent"):
            self._ask(order, record.action_confirm, state="sale")

    def _amend(self, order, record, _amount, signed):
        if order.state != "cancel":
            line = record.order_line
            # another quantity has Odoo take the list's price again
            vals = {"product_uom_qty": signed, "price_unit": self.unit}
            self._ask(order, lambda: line.write(vals), ordered=signed)

    def _cancel(self, order, record, _amount, _signed):
        if order.state != "cancel":
            record._action_cancel()
            order.state, order.allowed = "cancel", 0
            order.documents = [one for one in order.documents if one.posted]

    def _reopen(self, order, record, _amount, _signed):
        latest = order.agreement == self.promise.agreements - 1
        if order.state == "cancel" and latest:
            self._ask(order, record.action_draft, state="draft")

    def _allow(self, order, record, _amount, _signed):
        if order.state not in ("draft", "sent"):
            return
        before, state, allowed = (order.drawn, order.held), order.state, order.allowed
        order.state = "sale"
        while not self.promise.fits(order, before):
            order.allowed += 1
        order.state = state
        if order.allowed > allowed:
            record.with_user(self.manager).sudo(False)._allow_overdraw("go on")

    # === WHAT IS INVOICED === #

    def _invoice(self, order, record, amount, signed):
        # Odoo takes the pieces of a rebate for goods that came back
        pieces = sum(one.pieces for one in order.documents)
        if order.state != "sale" or order.ordered <= pieces:
            return
        move = record.sudo()._create_invoices()
        if signed > 0:
            move.invoice_line_ids.quantity = amount
        made = int(sum(move.invoice_line_ids.mapped("quantity")))
        order.documents.append(Document(INVOICE, made, record=move))

    def _post(self, order, _record, _amount, _signed):
        for document in order.documents:
            if not document.posted:
                document.record.action_post()
                self.assertEqual(document.record.state, "posted")
                document.posted = True
                return

    def _reset(self, order, _record, _amount, _signed):
        posted = [one for one in order.documents if one.posted]
        if posted and posted[-1] is order.documents[-1]:
            left = [one for one in order.documents if one is not posted[-1]]
            self._ask(order, posted[-1].record.button_draft, documents=left)
            if posted[-1] not in order.documents:
                order.documents.append(posted[-1])
                posted[-1].posted = False

    def _credit(self, order, record, amount, _signed, kind=CREDITED):
        invoices = [
            one
            for one in order.documents
            if one.posted and one.kind == INVOICE and not one.record.reversal_move_ids
        ]
        if not invoices:
            return
        refund = invoices[0].record._reverse_moves([{"invoice_date": TODAY}])
        pieces = min(amount, invoices[0].amount)
        line = refund.invoice_line_ids
        if kind == REBATED:
            pieces -= pieces % 2
            line.price_unit = self.unit / 2
        if not pieces:
            refund.unlink()
            return
        line.quantity = pieces
        refund.action_post()
        credited = pieces // 2 if kind == REBATED else pieces
        order.documents.append(Document(kind, credited, True, pieces, refund))

    def _rebate(self, order, record, amount, signed):
        self._credit(order, record, amount, signed, REBATED)

    def _reverse(self, order, _record, _amount, _signed):
        """Credit an invoice, and make another in its place."""
        for one in order.documents:
            if one.posted and one.kind == INVOICE and not one.record.reversal_move_ids:
                break
        else:
            return
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=one.record.ids
        )
        wizard = wizard.create({"journal_id": one.record.journal_id.id, "date": TODAY})
        made = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        refund = one.record.reversal_move_ids
        order.documents.append(Document(CREDITED, one.amount, True, record=refund))
        order.documents.append(Document(INVOICE, one.amount, record=made))

    def _lower(self, order, record, _amount, _signed):
        """Order no more what was credited."""
        gone = sum(d.amount for d in order.documents if d.kind == CREDITED)
        if order.state == "sale":
            self._amend(order, record, 0, max(order.ordered - gone, 0))

    # === WHAT HOLDS === #

    def _compare(self):
        self.env.flush_all()
        self.env.invalidate_all()
        unit, promise = self.unit, self.promise
        for order in promise.orders:
            record = order.record.sudo()
            stored = record.lock_drawn, record.lock_reserved, record.lock_open
            counted = order.drawn, order.reserved, order.open
            for amount, pieces in zip(stored, counted, strict=True):
                self.assertAlmostEqual(amount, pieces * unit, 3, (stored, counted))
            self.assertEqual(record.rate_lock_id, self.agreements[order.agreement])
        for number, agreement in enumerate(self.agreements):
            own = [order for order in promise.orders if order.agreement == number]
            promised = [order for order in own if order.state != "draft"]
            for name, counted in (
                ("drawn", own),
                ("reserved", own),
                ("open", promised),
            ):
                pieces = sum(getattr(order, name) for order in counted)
                self.assertAlmostEqual(agreement[f"amount_{name}"], pieces * unit, 3)
            left = agreement.amount_available
            self.assertAlmostEqual(left, promise.available * unit, 3)


@tagged("post_install", "-at_install")
class TestCapsProperties(CapsPropertiesCommon):
    def test_booked_at_the_market(self):
        self._for_any_life()


@tagged("post_install", "-at_install")
class TestCapsPropertiesLocked(CapsPropertiesCommon):
    def test_booked_at_the_lock(self):
        self.company.lock_booking = "locked"
        self._for_any_life()
