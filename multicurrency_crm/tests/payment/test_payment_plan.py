"""Instalments: they add up, follow what happens, and say when invoices are due."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .plan_common import PlanCommon


@tagged("post_install", "-at_install")
class TestPaymentPlan(PlanCommon):
    # === ADDING UP === #

    def test_shares_add_up_in_each_currency(self):
        thirds = [(1 / 3, "order", 0), (1 / 3, "invoice", 0), (1 / 3, "arrival", 0)]
        for currency, total, expected in (
            (self.usd, 100.0, [33.33, 33.33, 33.34]),
            (self.jpy, 1000.0, [333.0, 333.0, 334.0]),
            (self.kwd, 10.0, [3.333, 3.333, 3.334]),
        ):
            order = self._planned(*thirds, total=total, currency=currency)
            self.assertEqual(self._amounts(order), expected, currency.name)
            self.assertFalse(order.payment_plan_note)
            self.assertTrue(order.has_payment_plan)

    def test_tax_is_in_what_is_paid(self):
        order = self._planned(total=1000.0, taxes=self.tax)
        self.assertEqual(self._amounts(order), [339.0, 791.0])

    def test_a_quotation_takes_its_plan_along(self):
        order = self._planned()
        order.order_line.price_unit = 1300.0
        self.env.flush_all()
        self.assertEqual(self._amounts(order), [3900.0, 9100.0])
        order.payment_plan_ids[0].amount = 5000.0
        self.assertTrue(order.payment_plan_ids[0].is_fixed)
        self.assertTrue(order.payment_plan_note)
        order.payment_plan_ids[1].percentage = 8000 / 13000
        self.assertEqual(self._amounts(order), [5000.0, 8000.0])
        self.assertFalse(order.payment_plan_note)

    def test_a_confirmed_order_asks_and_is_rescaled(self):
        order = self._ordered()
        order.order_line.price_unit = 1200.0
        self.env.flush_all()
        self.assertEqual(self._amounts(order), [3000.0, 7000.0])
        self.assertIn("no longer adds up", order.payment_plan_note)
        self._tick(order.payment_plan_ids[1], self.today)
        self.assertEqual(self._amounts(order), [3000.0, 7000.0])
        asked = order.with_user(self.seller).action_ask_rescale_plan()
        self.assertEqual(asked["params"]["method"], "action_rescale_plan")
        order.with_user(self.seller).action_rescale_plan()
        self.assertEqual(self._amounts(order), [3600.0, 8400.0])
        self.assertFalse(order.payment_plan_note)

    def test_what_was_received_stays_when_an_order_shrinks(self):
        order = self._ordered()
        plan = order.payment_plan_ids[0]
        plan.action_invoice_deposit()
        plan.deposit_move_id.action_post()
        self._pay(3000.0, plan.deposit_move_id)
        order.order_line.filtered("product_uom_qty").price_unit = 500.0
        self.env.flush_all()
        order.action_rescale_plan()
        self.assertEqual(self._amounts(order), [3000.0, 2000.0])
        with self.assertRaises(UserError):
            plan.amount = 2999.0
        with self.assertRaises(UserError):
            plan.unlink()

    def test_a_copy_has_the_same_plan_and_nothing_of_what_happened(self):
        order = self._ordered()
        self._tick(order.payment_plan_ids[1], self.today)
        copied = order.copy()
        self.assertEqual(self._amounts(copied), [3000.0, 7000.0])
        self.assertEqual(self._amounts(copied, "state"), ["to_come"] * 2)
        self.assertFalse(any(self._amounts(copied, "fired_on")))
        plain = self._create_order()
        self.assertFalse(plain.copy().payment_plan_ids)

    # === WHAT HAPPENS === #

    def test_from_quotation_to_the_last_dollar(self):
        order = self._planned()
        first, rest = order.payment_plan_ids
        self.assertEqual((first.state, rest.state), ("to_come", "to_come"))
        order.action_confirm()
        self.assertEqual((first.state, first.date_due), ("due", self.today))
        first.action_invoice_deposit()
        deposit = first.deposit_move_id
        self.assertEqual((deposit.amount_total, deposit.currency_id), (3000, self.usd))
        deposit.action_post()
        self.assertEqual((first.invoiced, first.received), (3000.0, 0.0))
        self._pay(1000.0, deposit)
        self.assertEqual((first.state, first.open), ("partly", 2000.0))
        self._pay(2000.0, deposit)
        self.assertEqual((first.state, first.open), ("received", 0.0))
        invoice = self._invoice_rest(order)
        self.assertEqual(invoice.amount_total, 7000.0)
        self.assertEqual((rest.state, rest.invoiced), ("to_come", 7000.0))
        loaded = self._days(-3)
        self._tick(rest, loaded)
        due = loaded + timedelta(days=60)
        self.assertEqual((rest.state, rest.date_due), ("due", due))
        self.assertEqual(invoice.invoice_date_due, due)
        self.assertEqual(self._due_days(invoice), {7000.0: due})
        self._pay(7000.0, invoice)
        self.assertEqual(rest.state, "received")
        self.assertEqual(order.payment_plan_open, 0.0)

    def test_an_invoice_of_everything_has_an_item_for_each_instalment(self):
        order = self._ordered(
            (0.3, "order", 0), (0.4, "shipment", 10), (0.3, "arrival", 0)
        )
        first, second, third = order.payment_plan_ids
        invoice = self._invoice_rest(order)
        self.assertEqual(set(self._due_days(invoice)), {3000.0, 4000.0})
        items = invoice.line_ids.filtered(lambda li: li.display_type == "payment_term")
        self.assertEqual(
            {item.payment_plan_id: item.amount_currency for item in items},
            {first: 3000.0, second: 4000.0, third: 3000.0},
        )
        self.assertEqual(sum(items.mapped("balance")), invoice.amount_total_signed)
        self._tick(second, self.today)
        days = {item.payment_plan_id: item.date_maturity for item in items}
        self.assertEqual(days[first], self.today)
        self.assertEqual(days[second], self._days(10))
        self.assertGreater(days[third], self.today)
        self._tick(third, self.today)
        self.assertEqual(invoice.invoice_date_due, self._days(10))

    def test_partial_invoices_are_due_by_their_own_day(self):
        order = self._ordered((0.3, "order", 0), (0.7, "invoice", 30))
        first = self._invoice_quantity(order, 5, self._days(-20))
        self.assertEqual(
            self._due_days(first), {3000.0: self.today, 2000.0: self._days(10)}
        )
        second = self._invoice_rest(order, self._days(-5))
        self.assertEqual(self._due_days(second), {5000.0: self._days(25)})
        rest = order.payment_plan_ids[1]
        self.assertEqual(
            (rest.fired_on, rest.date_due), (self._days(-20), self._days(10))
        )

    def test_several_invoices_posted_at_once_share_the_plan(self):
        order = self._ordered((0.5, "order", 0), (0.5, "invoice", 30))
        moves = self.env["account.move"]
        for quantity in (4, 6):
            move = order._create_invoices()
            move.invoice_line_ids.quantity = quantity
            moves |= move
        moves.invoice_date = self.today
        moves.action_post()
        self.assertEqual(self._due_days(moves[0]), {4000.0: self.today})
        self.assertEqual(
            self._due_days(moves[1]), {1000.0: self.today, 5000.0: self._days(30)}
        )

    def test_an_invoice_back_to_draft_was_not_issued(self):
        order = self._ordered((1.0, "invoice", 30))
        invoice = self._invoice_rest(order)
        plan = order.payment_plan_ids
        self.assertEqual((plan.state, plan.invoiced), ("due", 10000.0))
        invoice.button_draft()
        self._end()
        self.assertEqual((plan.state, plan.invoiced), ("to_come", 0.0))
        invoice.action_post()
        self.assertEqual((plan.state, plan.invoiced), ("due", 10000.0))
        self.assertEqual(self._due_days(invoice), {10000.0: self._days(30)})

    def test_a_credit_note_closes_what_it_takes_back(self):
        order = self._ordered()
        invoice = self._invoice_rest(order)
        self._pay(9000.0, invoice)
        wizard = self.env["account.move.reversal"].create(
            {"move_ids": invoice.ids, "journal_id": invoice.journal_id.id}
        )
        note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        note.invoice_line_ids.quantity = 1
        note.action_post()
        items = (note | invoice).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )
        items.reconcile()
        self._end()
        first, rest = order.payment_plan_ids
        self.assertEqual((first.state, first.received), ("received", 3000.0))
        self.assertEqual((rest.received, rest.credited), (6000.0, 1000.0))
        self.assertEqual((rest.state, rest.open), ("received", 0.0))

    def test_unmatched_again_it_is_open_again(self):
        order = self._ordered()
        invoice = self._invoice_rest(order)
        entry = self._pay(3000.0, invoice)
        self.assertEqual(order.payment_plan_ids[0].state, "received")
        entry.line_ids.remove_move_reconcile()
        self._end()
        self.assertEqual(order.payment_plan_ids[0].state, "due")

    def test_a_payment_that_no_bank_confirmed_counts(self):
        order = self._ordered()
        invoice = self._invoice_rest(order)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 3000.0, "journal_id": self.bank.id})._create_payments()
        self._end()
        self.assertEqual(order.payment_plan_ids[0].received, 3000.0)

    def test_a_cancelled_order_is_waited_for_no_longer(self):
        order = self._ordered()
        order._action_cancel()
        self.assertEqual(self._amounts(order, "state"), ["void", "void"])
        self.assertEqual(self._amounts(order, "open"), [0.0, 0.0])
        order.action_draft()
        self.assertEqual(self._amounts(order, "state"), ["to_come", "to_come"])
        self.assertFalse(order.payment_plan_ids[0].fired_on)

    def test_the_day_after_it_is_overdue(self):
        order = self._ordered((1.0, "date", 0, {"date_expected": self._days(-1)}))
        self.assertEqual(order.payment_plan_ids.state, "overdue")
        order = self._ordered((1.0, "date", 0, {"date_expected": self.today}))
        self.assertEqual(order.payment_plan_ids.state, "due")
        order = self._ordered((1.0, "date", 0, {"date_expected": self._days(1)}))
        self.assertEqual(order.payment_plan_ids.state, "to_come")

    def test_a_plan_that_is_made_after_the_invoice(self):
        order = self._create_order(currency_id=self.usd.id)
        order.action_confirm()
        invoice = self._invoice_rest(order)
        before = invoice.invoice_date_due
        order.payment_plan_ids = [
            Command.create({"percentage": 1.0, "trigger": "arrival", "days": 5})
        ]
        self.assertEqual(order.payment_plan_ids.invoiced, order.amount_total)
        self.assertEqual(invoice.invoice_date_due, before)
        self._tick(order.payment_plan_ids, self.today)
        self.assertEqual(invoice.invoice_date_due, self._days(5))

    def test_an_invoice_of_two_orders(self):
        one, two = self._ordered((1.0, "arrival", 0)), self._ordered((1.0, "order", 0))
        invoice = (one | two)._create_invoices()
        self.assertEqual(len(invoice), 1)
        invoice.invoice_date = self.today
        invoice.action_post()
        self._pay(10000.0, invoice)
        # Odoo pays what is due first
        self.assertEqual(one.payment_plan_ids.received, 0.0)
        self.assertEqual(two.payment_plan_ids.received, 10000.0)
        self._pay(10000.0, invoice)
        self.assertEqual((one | two).payment_plan_ids.mapped("state"), ["received"] * 2)

    # === DEPOSITS === #

    def test_a_deposit_is_exact_in_each_currency(self):
        for currency, total in (
            (self.usd, 9999.99),
            (self.jpy, 99999.0),
            (self.kwd, 777.777),
        ):
            order = self._ordered(
                (0.333, "order", 0),
                (0.667, "invoice", 0),
                total=total,
                currency=currency,
                taxes=self.tax,
            )
            plan = order.payment_plan_ids[0]
            action = plan.action_invoice_deposit()
            move = plan.deposit_move_id
            self.assertEqual(action["res_id"], move.id)
            self.assertFalse(
                currency.compare_amounts(move.amount_total, plan.amount), currency.name
            )
            self.assertEqual(move.currency_id, currency)
            move.invoice_date = self.today
            move.action_post()
            self.assertEqual(plan.to_invoice, 0.0)

    def test_a_second_press_opens_the_same_invoice(self):
        order = self._ordered()
        plan = order.payment_plan_ids[0]
        plan.action_invoice_deposit()
        self.assertFalse(plan.may_invoice)
        again = plan.action_invoice_deposit()
        self.assertEqual(again["res_id"], plan.deposit_move_id.id)
        self.assertEqual(len(order.invoice_ids), 1)
        plan.deposit_move_id.button_cancel()
        self.assertTrue(plan.may_invoice)
        plan.action_invoice_deposit()
        self.assertEqual(len(order.invoice_ids), 2)

    def test_a_deposit_at_the_orders_lock(self):
        order = self._planned()
        order.action_lock_rate()
        self._set_rate(self.usd, self.today, 0.1401)
        order.action_confirm()
        order.payment_plan_ids[0].action_invoice_deposit()
        move = order.payment_plan_ids.deposit_move_id
        self.assertEqual(move.rate_lock_id, order.rate_lock_id)
        self.assertEqual(move.amount_total, 3000.0)

    def test_no_deposit_of_a_quotation(self):
        order = self._planned()
        with self.assertRaises(UserError):
            order.payment_plan_ids[0].action_invoice_deposit()
        with self.assertRaises(UserError):
            self._ordered().payment_plan_ids[1].action_invoice_deposit()

    # === TICKING === #

    def test_what_is_ticked_needs_a_day_and_something_to_show(self):
        plan = self._ordered().payment_plan_ids[1]
        with self.assertRaises(UserError):
            plan._tick(self._days(1), self._file())
        with self.assertRaises(UserError):
            plan._tick(self.today, self.env["ir.attachment"])
        with self.assertRaises(UserError):
            plan.order_id.payment_plan_ids[0]._tick(self.today, self._file())
        wizard = Form(
            self.env["payment.plan.tick"]
            .with_user(self.seller)
            .with_context(**plan.action_tick()["context"])
        )
        self.assertEqual(wizard.date, self.today)
        ticked = wizard.save()
        ticked.attachment_ids = self._file(self.seller)
        ticked.action_apply()
        self.assertEqual((plan.fired_on, plan.ticked_by_id), (self.today, self.seller))
        self.assertEqual(plan.evidence_ids.res_id, plan.id)
        with self.assertRaises(UserError):
            plan._tick(self.today, self._file())

    def test_finance_takes_a_tick_back(self):
        plan = self._ordered().payment_plan_ids[1]
        self._tick(plan, self.today, self.seller)
        with self.assertRaises(AccessError):
            plan.with_user(self.seller).action_take_back()
        with self.assertRaises(AccessError):
            plan.with_user(self.seller).days = 90
        plan.with_user(self.clerk).days = 45
        self.assertEqual(plan.date_due, self._days(45))
        plan.with_user(self.clerk).action_take_back()
        self.assertFalse(plan.fired_on)
        self.assertEqual(plan.state, "to_come")

    def test_the_customers_signature_and_the_order(self):
        order = self._planned((0.5, "signature", 3), (0.5, "order", 0))
        order.signed_on = self.env.cr.now()
        plan = order.payment_plan_ids[0]
        self.assertEqual((plan.state, plan.date_due), ("due", self._days(3)))
        order.action_confirm()
        self.assertEqual(order.payment_plan_ids[1].fired_on, self.today)

    # === TEMPLATES === #

    def _template(self, *lines, **values):
        return self.env["payment.plan.template"].create(
            {
                "name": "30/70",
                "line_ids": [
                    Command.create({"percentage": share, "trigger": trigger})
                    for share, trigger in lines or ((0.3, "order"), (0.7, "shipment"))
                ],
                **values,
            }
        )

    def test_a_template_makes_a_whole(self):
        with self.assertRaises(ValidationError):
            self._template((0.3, "order"), (0.6, "invoice"))
        template = self._template()
        self.assertEqual(
            template.summary, "30% T/T, Order confirmed · 70% T/T, Shipment"
        )

    def test_quotations_start_with_their_customers_plan(self):
        template = self._template()
        other = self._template((1.0, "order"), name="All at once")
        self.customer.payment_plan_template_id = template
        term = self.env["account.payment.term"].create({"name": "Net"})
        term.payment_plan_template_id = other
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.customer.id}
        )
        order = self._create_order(contact)
        self.assertEqual(order.payment_plan_template_id, template)
        self.assertEqual(len(order.payment_plan_ids), 2)
        self.assertEqual(sum(self._amounts(order)), order.amount_total)
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        order = self._create_order(stranger, payment_term_id=term.id)
        self.assertEqual(self._amounts(order), [order.amount_total])
        order.payment_plan_template_id = template
        self.assertEqual(len(order.payment_plan_ids), 2)
        order.action_confirm()
        order.partner_id = self.customer
        self.assertEqual(len(order.payment_plan_ids), 2)

    def test_the_other_company_has_other_templates(self):
        self.customer.payment_plan_template_id = self._template()
        there = self.customer.with_company(self.other_company)
        self.assertFalse(there.payment_plan_template_id)

    # === WHO === #

    def test_salespeople_have_the_plans_of_their_own_orders(self):
        order = self._ordered()
        mine = order.payment_plan_ids.with_user(self.seller)
        mine[1].days = 30
        self.assertEqual(mine[1].days, 30)
        theirs = order.payment_plan_ids.with_user(self.other_seller)
        with self.assertRaises(AccessError):
            theirs.read(["amount"])
        with self.assertRaises(AccessError):
            theirs.write({"days": 3})
        self.assertFalse(
            self.env["payment.plan"].with_user(self.other_seller).search([])
        )
        Plan = self.env["payment.plan"].with_user(self.other_seller)
        with self.assertRaises(AccessError):
            Plan.create({"order_id": order.id, "percentage": 0.1})
        with self.assertRaises(AccessError):
            order.with_user(self.other_seller).action_rescale_plan()
        self.assertEqual(
            self.env["payment.plan"].with_user(self.clerk).search([]),
            order.payment_plan_ids,
        )

    def test_another_company_sees_nothing(self):
        self._ordered()
        clerk = self._colleague(
            "plan_america", "multicurrency_crm.group_manager", self.other_company
        )
        Plan = self._as(self.env["payment.plan"], clerk, self.other_company)
        self.assertFalse(Plan.search([]))

    def test_nobody_writes_what_became_of_it(self):
        plan = self._ordered().payment_plan_ids[0]
        for name, value in (
            ("state", "received"),
            ("received", 3000.0),
            ("fired_on", self._days(-9)),
            ("date_due", self._days(99)),
        ):
            with self.assertRaises(AccessError):
                plan.with_user(self.clerk).write({name: value})
        with self.assertRaises(UserError):
            plan.order_id = self._planned()
        with self.assertRaises(ValidationError):
            plan.percentage = 1.5
