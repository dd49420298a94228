"""What instalments say is what the items of their invoices say, whatever was amended,
credited, paid in another order or posted the other way round."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .plan_common import CLERK, PlanCommon


@tagged("post_install", "-at_install")
class TestPaymentPlanTies(PlanCommon):
    def _check_ties(self, order):
        """Each instalment has open on invoices what its items have open."""
        self._end()
        for plan in order.payment_plan_ids:
            items = self.env["account.move.line"].search(
                [
                    ("payment_plan_id", "=", plan.id),
                    ("parent_state", "=", "posted"),
                    ("display_type", "=", "payment_term"),
                ]
            )
            self.assertEqual(
                plan.currency_id.round(sum(items.mapped("amount_residual_currency"))),
                plan.currency_id.round(plan.open - plan.to_invoice),
                plan.display_name,
            )

    def _price(self, order, total):
        order.order_line[0].price_unit = total / 10
        self._end()

    def _items(self, move):
        """:return: [(amount, instalment's trigger)] of an invoice's items"""
        items = move.line_ids.filtered(lambda li: li.display_type == "payment_term")
        return sorted((i.amount_currency, i.payment_plan_id.trigger) for i in items)

    # === AMENDMENTS === #

    def test_rescaling_keeps_the_agreed_shares(self):
        for before, after, expected in (
            (10.01, 100_000.0, [30_000.0, 70_000.0]),
            (2_754.6, 3_545.4, [1_063.62, 2_481.78]),
            (0.0, 1_000.0, [300.0, 700.0]),
        ):
            order = self._ordered((0.3, "order", 0), (0.7, "arrival", 0), total=before)
            self._price(order, after)
            order.action_rescale_plan()
            self.assertEqual(self._amounts(order), expected)
            self.assertEqual(self._amounts(order, "percentage"), [0.3, 0.7])

    def test_rescaling_says_which_share_was_paid(self):
        order = self._ordered((0.3, "order", 0), (0.7, "arrival", 0), total=1000.0)
        order.payment_plan_ids[0].action_invoice_deposit()
        order.invoice_ids.action_post()
        self._price(order, 500.0)
        order.action_rescale_plan()
        self.assertEqual(self._amounts(order), [300.0, 200.0])
        self.assertEqual(self._amounts(order, "percentage"), [0.6, 0.4])

    def test_fixed_amounts_keep_their_proportion(self):
        order = self._planned((0.5, "order", 0), (0.5, "arrival", 0), total=1000.0)
        order.payment_plan_ids[0].amount = 200.0
        order.payment_plan_ids[1].amount = 800.0
        order.action_confirm()
        self._price(order, 2000.0)
        order.action_rescale_plan()
        self.assertEqual(self._amounts(order), [400.0, 1600.0])

    def test_what_was_posted_stays_with_its_instalment(self):
        order = self._ordered((0.3, "order", 0), (0.7, "bill_of_lading", 0))
        first = self._invoice_rest(order)
        self._pay(3000.0, first)
        self._check_ties(order)
        order.order_line[0].write({"product_uom_qty": 20})
        self._end()
        order.action_rescale_plan()
        second = self._invoice_rest(order)
        self.assertEqual(
            self._items(second), [(3000.0, "order"), (7000.0, "bill_of_lading")]
        )
        self._check_ties(order)
        self.assertEqual(self._amounts(order, "open"), [3000.0, 14000.0])

    def test_money_counts_where_it_is_matched(self):
        order = self._ordered((0.3, "bill_of_lading", 0), (0.7, "order", 0))
        move = self._invoice_rest(order, day=self._days(-10))
        entry = self._pay(100.0, move)
        entry.line_ids.remove_move_reconcile()
        item = move.line_ids.filtered(lambda li: li.payment_plan_id.trigger == "order")
        money = entry.line_ids.filtered(lambda li: li.account_id == item.account_id)
        (item | money).reconcile()
        self._check_ties(order)
        self.assertEqual(self._amounts(order, "received"), [0.0, 100.0])

    def test_an_invoice_of_two_orders(self):
        orders = self._ordered(total=1000.0) | self._ordered(total=500.0)
        move = orders._create_invoices()
        self.assertEqual(len(move), 1)
        move.invoice_date = self.today
        move.action_post()
        self._pay(333.33, move)
        for order in orders:
            self._check_ties(order)
        received = sum(orders.payment_plan_ids.mapped("received"))
        self.assertAlmostEqual(received, 333.33, places=2)

    # === THE OTHER WAY ROUND === #

    def test_the_final_invoice_leaves_the_deposit_to_its_draft(self):
        order = self._ordered((0.3, "order", 0), (0.7, "arrival", 0))
        order.payment_plan_ids[0].action_invoice_deposit()
        deposit = order.invoice_ids
        final = order._create_invoices(final=True)
        final.invoice_date = self.today
        final.action_post()
        self.assertEqual(self._items(final)[-1], (final.amount_total, "arrival"))
        deposit.invoice_date = self.today
        deposit.action_post()
        self.assertEqual(self._items(deposit), [(3000.0, "order")])
        self._check_ties(order)

    def test_a_credit_note_and_a_new_invoice(self):
        order = self._ordered((0.3, "order", 0), (0.7, "arrival", 0))
        move = self._invoice_rest(order)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        wizard.modify_moves()
        new = wizard.new_move_ids
        self._end()
        self.assertEqual(set(self._amounts(order, "state")), {"void"})
        new.action_post()
        self.assertEqual(self._items(new), [(3000.0, "order"), (7000.0, "arrival")])
        self._check_ties(order)
        self.assertEqual(self._amounts(order, "invoiced"), [3000.0, 7000.0])
        self.assertEqual(self._amounts(order, "open"), [3000.0, 7000.0])

    def test_a_cancelled_order_moves_no_day(self):
        order = self._ordered((0.3, "order", 0), (0.7, "arrival", 0))
        move = self._invoice_rest(order)
        days = self._due_days(move)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self._end()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(self._due_days(move), days)

    # === DAYS === #

    def test_nothing_is_overdue_before_its_invoice(self):
        order = self._ordered((0.3, "order", 0), (0.7, "bill_of_lading", 0))
        rest = order.payment_plan_ids[1]
        self._tick(rest, self._days(-20))
        self.assertEqual((rest.state, rest.date_due), ("overdue", self._days(-20)))
        move = self._invoice_rest(order)
        self._end()
        self.assertEqual(self._due_days(move)[7000.0], self.today)
        self.assertEqual((rest.state, rest.date_due), ("due", self.today))

    def test_a_fixed_day_is_needed(self):
        with self.assertRaises(ValidationError):
            self._planned((0.5, "order", 0), (0.5, "date", 0))
        with self.assertRaises(ValidationError):
            self.env["payment.plan.template"].create(
                {
                    "name": "With a day",
                    "company_id": self.company.id,
                    "line_ids": [
                        Command.create({"percentage": 1.0, "trigger": "date"})
                    ],
                }
            )

    def test_a_quotation_says_what_it_comes_to(self):
        order = self._planned((0.5, "order", 0), (0.5, "arrival", 0), total=1000.0)
        self._price(order, 200.0)
        self.assertEqual(self._amounts(order, "open"), [100.0, 100.0])
        self.assertEqual(self._amounts(order, "to_invoice"), [100.0, 100.0])
        self.assertEqual(order.payment_plan_open, 200.0)

    # === WHO === #

    def test_strangers_read_nothing_from_a_refusal(self):
        order = self._ordered(total=52_940.62)
        self._invoice_rest(order)
        portal = new_test_user(self.env, "plan_portal", groups="base.group_portal")
        plan = order.payment_plan_ids[0]
        for user in (portal, self.other_seller):
            own = plan.with_user(user)
            for vals in ({"amount": 0.01}, {"percentage": -1.0}, {"amount": 0.0001}):
                with self.assertRaises(AccessError) as caught:
                    own.write(vals)
                self.assertNotIn(order.name, str(caught.exception))
                self.assertNotIn("52", str(caught.exception))
            with self.assertRaises(AccessError):
                own.unlink()
            with self.assertRaises(AccessError):
                own.create({"order_id": order.id, "amount": 0.0001})

    def test_what_is_certain_is_postponed_by_finance(self):
        order = self._ordered(
            (0.3, "order", 0),
            (0.3, "date", 0, {"date_expected": self._days(-5)}),
            (0.4, "arrival", 0),
        )
        move = self._invoice_rest(order, day=self._days(-8))
        self._end()
        signed, fixed, waiting = order.payment_plan_ids
        for plan, vals in (
            (fixed, {"date_expected": self._days(300)}),
            (fixed, {"trigger": "arrival"}),
            (signed, {"sequence": 9}),
            (signed, {"days": 90}),
        ):
            with self.assertRaises(AccessError):
                plan.with_user(self.seller).write(vals)
        # what waits is still the seller's to judge
        waiting.with_user(self.seller).date_expected = self._days(30)
        later = self._days(20)
        fixed.with_user(self.clerk).date_expected = later
        self._end()
        self.assertEqual(self._due_days(move)[3000.0], later)
        self.assertIn("no longer by", order.message_ids[0].body)

    def test_what_has_happened_is_deleted_by_finance(self):
        order = self._ordered((0.3, "order", 0), (0.7, "arrival", 0))
        with self.assertRaises(AccessError):
            order.payment_plan_ids[0].with_user(self.seller).unlink()
        order.payment_plan_ids[1].with_user(self.seller).unlink()

    def test_only_what_comes_first_is_a_deposit_for_credit(self):
        for trigger, days, share in (
            ("order", 0, 0.0),
            ("order", 30, 0.0),
            ("order", 31, 1.0),
            ("arrival", 90, 1.0),
            ("invoice", 0, 1.0),
        ):
            order = self._ordered((1.0, trigger, days, {"asks_deposit": True}))
            self.assertEqual(order.payment_plan_open_share, share, (trigger, days))
        for later, share in ((10, 0.0), (60, 1.0)):
            day = {"date_expected": self._days(later), "asks_deposit": True}
            order = self._ordered((1.0, "date", 0, day))
            self.assertEqual(order.payment_plan_open_share, share, later)

    # === TICKING === #

    def test_a_tick_needs_a_file_of_ones_own(self):
        order = self._ordered()
        plan = order.payment_plan_ids[1].with_user(self.seller)
        foreign = self._file(self.other_seller)
        with self.assertRaises(UserError):
            plan._tick(self.today, foreign)
        with self.assertRaises(UserError):
            plan._tick(self._days(-500), self._file(self.seller))
        self.assertFalse(plan.fired_on)

    def test_goods_that_nobody_ordered_do_not_arrive(self):
        order = self._planned((0.5, "signature", 0), (0.5, "arrival", 0))
        signed, arrival = order.payment_plan_ids
        self.assertTrue(signed.may_tick)
        self.assertFalse(arrival.may_tick)
        with self.assertRaises(UserError):
            self._tick(arrival, self.today)

    # === FORMS === #

    def test_finance_invoices_a_deposit(self):
        clerk = self._colleague(
            "plan_invoicing", f"{CLERK},account.group_account_invoice"
        )
        order = self._ordered()
        plan = order.payment_plan_ids[0].with_user(clerk)
        action = plan.action_invoice_deposit()
        self.assertEqual(action["res_id"], plan.deposit_move_id.id)
        self.assertEqual(plan.deposit_move_id.amount_total, 3000.0)

    def test_a_template_shows_its_instalments_at_once(self):
        template = self.env["payment.plan.template"].create(
            {
                "name": "40, then 60",
                "company_id": self.company.id,
                "line_ids": [
                    Command.create({"percentage": share, "trigger": trigger})
                    for share, trigger in ((0.4, "order"), (0.6, "shipment"))
                ],
            }
        )
        order = self._planned(total=500.0)
        seller = self.seller
        with Form(order.with_user(seller)) as form:
            form.payment_plan_template_id = template
            self.assertEqual(len(form.payment_plan_ids), 2)
            with form.payment_plan_ids.edit(0) as line:
                self.assertEqual((line.amount, line.trigger), (200.0, "order"))
        self.assertEqual(self._amounts(order), [200.0, 300.0])
        self.assertEqual(
            order.payment_plan_ids.mapped("trigger"), ["order", "shipment"]
        )
