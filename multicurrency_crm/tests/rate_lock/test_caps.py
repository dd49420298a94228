"""A cap holds, whichever way somebody goes round it."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...models.common.goods_moved import mark_goods_moved
from .agreement_common import AgreementCommon
from .common import TODAY

CAP = 1000


class CapsCommon(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.service = cls.env["product.product"].create(
            {
                "name": "Assembly",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": False,
                "list_price": 700.0,
                "company_id": cls.company.id,
            }
        )
        cls.agreement = cls._agree(cap=CAP)

    @classmethod
    def _quote(cls, amount, quantity=1, **values):
        """A quotation over an amount in USD, without tax."""
        order = cls._create_order(currency_id=cls.usd.id, order_line=[], **values)
        order.order_line = [
            Command.create(
                {
                    "product_id": cls.service.id,
                    "product_uom_qty": quantity,
                    "price_unit": amount / quantity,
                    "tax_ids": False,
                }
            )
        ]
        return order

    @classmethod
    def _order(cls, amount, quantity=1, **values):
        order = cls._quote(amount, quantity, **values)
        order.action_confirm()
        return order

    def _taken(self, lock=None):
        lock = lock or self.agreement
        lock.invalidate_recordset()
        return lock.amount_drawn, lock.amount_reserved, lock.amount_available

    def assertRefused(self, change, *args, told="is left", **values):
        with self.assertRaisesRegex(UserError, told), self.cr.savepoint():
            change(*args, **values)
            self.env.cr.flush()  # what nobody asked about is asked here


@tagged("post_install", "-at_install")
class TestCaps(CapsCommon):
    # === DRAFTS === #

    def test_a_draft_invoice_gives_nothing_back(self):
        order = self._order(1000)
        draft = order._create_invoices()
        self.assertEqual(self._taken(), (1000, 0, 0))
        self.assertEqual((order.lock_open, self.agreement.amount_open), (1000, 1000))
        self.assertFalse(self._quote(1000).rate_lock_id, "nothing is left to take")
        draft.action_post()
        self.assertEqual(self._taken(), (1000, 0, 0))
        self.assertEqual((order.lock_open, self.agreement.amount_open), (0, 0))

    def test_worth_today_and_net_position_read_the_same(self):
        order = self._order(1000)
        worth = self.agreement.mark_to_market
        self.assertTrue(worth)
        for change in (order._create_invoices, lambda: None):
            change()
            self.assertEqual(self.agreement.mark_to_market, worth)
            self.assertEqual(self._get_position(order), 1000)
        order.invoice_ids.invoice_line_ids.price_unit = 900
        self.assertEqual(self._get_position(order), 1000, "a draft changes nothing")
        order.invoice_ids.action_post()
        self.assertEqual(self.agreement.mark_to_market, 0)
        self.assertEqual(self._get_position(order), 0)

    def _get_position(self, order):
        source = self.env["fx.net.position.source"]
        rows = source._gather_open_orders(order.company_id)
        return sum(row.open for row in rows if row.id == order.id)

    # === SENDING === #

    def test_every_way_to_sent_asks(self):
        self._order(500)
        first, second, third = (self._quote(300) for _n in range(3))
        first.action_quotation_sent()
        self.assertEqual(self._taken(), (500, 300, 200))
        self.assertRefused(second.action_quotation_sent)
        self.assertRefused(second.write, {"state": "sent"})
        self.assertRefused(second.action_quotation_send)
        marked = second.with_context(mark_so_as_sent=True)
        self.assertRefused(marked.message_post, body="Here it is")
        self.assertRefused((second | third).action_quotation_sent)
        self.assertEqual(self._taken(), (500, 300, 200))
        first.action_confirm()
        self.assertEqual(self._taken(), (800, 0, 200))

    def test_what_is_reserved_beyond_the_cap_blocks_nobody_who_holds(self):
        """An invoice took what was reserved for two: each gets what is undrawn."""
        large = self._order(100, 10)
        first, second = self._quote(300), self._quote(300)
        (first | second).action_quotation_sent()
        invoice = large._create_invoices()
        invoice.invoice_line_ids.quantity = 60
        invoice.action_post()
        self.assertEqual(self._taken(), (600, 600, -200))
        first.action_confirm()
        self.assertEqual(self._taken(), (900, 300, -200))
        self.assertRefused(second.action_confirm, told="100.00 USD is left")
        second.order_line.price_unit = 100
        second.action_confirm()
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_an_expired_reservation_blocks_nobody(self):
        sent = self._quote(900)
        sent.action_quotation_sent()
        self.assertEqual(self._taken(), (0, 900, 100))
        with freeze_time(f"{sent.validity_date + timedelta(days=1)} 04:00:00"):
            other = self._quote(800)
            self.assertEqual(other.rate_lock_id, self.agreement)
            other.action_confirm()
        self.assertEqual(self._taken(), (800, 0, 200))

    def test_a_sent_quotation_is_raised_within_the_cap(self):
        order = self._quote(500)
        order.action_quotation_sent()
        self.assertRefused(order.order_line.write, {"price_unit": 5000})
        order.order_line.price_unit = 1000
        self.assertEqual(self._taken(), (0, 1000, 0))

    # === WHATEVER RAISES AN ORDER === #

    def test_another_product(self):
        order = self._create_order(
            currency_id=self.usd.id,
            order_line=[
                Command.create(
                    {
                        "product_id": self.service.id,
                        "product_uom_qty": 9,
                        "tax_ids": False,
                    }
                )
            ],
        )
        order.action_confirm()
        self.assertEqual(order.amount_total, 900)  # 9 × 700 CNY / 7
        dear = self.env["product.product"].create(
            {
                "name": "Press line",
                "list_price": 630_000.0,
                "taxes_id": False,
                "company_id": self.company.id,
            }
        )
        self.assertRefused(order.order_line.write, {"product_id": dear.id})
        with self.assertRaisesRegex(UserError, "is left"), self.cr.savepoint():
            with Form(order) as form, form.order_line.edit(0) as line:
                line.product_id = dear
        self.assertEqual(self._taken(), (900, 0, 100))

    def test_fields_of_the_whole_order(self):
        tax = self.env["account.tax"].create(
            {"name": "20 %", "amount": 20, "company_id": self.company.id}
        )
        none = self.env["account.tax"].create(
            {"name": "0 %", "amount": 0, "company_id": self.company.id}
        )
        abroad = self.env["account.fiscal.position"].create(
            {"name": "Abroad", "company_id": self.company.id}
        )
        tax.write({"fiscal_position_ids": abroad.ids, "original_tax_ids": none.ids})
        self.service.taxes_id = none
        order = self._order(900)
        order.order_line.tax_ids = none
        order.fiscal_position_id = abroad
        self.assertRefused(order.action_update_taxes)
        self.assertEqual(order.amount_total, 900)
        # 700 CNY in the list are 100 USD at the agreed rate
        order.order_line.write({"product_uom_qty": 9, "price_unit": 100})
        self.service.list_price = 7000.0
        self.assertRefused(order.action_update_prices)
        self.assertEqual(self._taken(), (900, 0, 100))

    def test_commands(self):
        order = self._order(900)
        line = {"product_id": self.service.id, "price_unit": 200, "tax_ids": False}
        self.assertRefused(order.write, {"order_line": [Command.create(line)]})
        self.assertRefused(
            self.env["sale.order.line"].create, {**line, "order_id": order.id}
        )
        self.assertRefused(
            order.write,
            {"order_line": [Command.update(order.order_line.id, {"price_unit": 1001})]},
        )
        # what makes room for each other is asked about together
        order.write(
            {
                "order_line": [
                    Command.create({**line, "price_unit": 900}),
                    Command.update(order.order_line.id, {"price_unit": 100}),
                ]
            }
        )
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_a_discount_that_goes_away(self):
        order = self._quote(1500)
        discount = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.service.id,
                "price_unit": -600,
                "tax_ids": False,
            }
        )
        order.action_confirm()
        self.assertEqual(self._taken(), (900, 0, 100))
        self.assertRefused(discount.write, {"product_uom_qty": 0})
        order.action_cancel()
        order.action_draft()
        discount.unlink()
        self.assertRefused(order.action_confirm, told="1,000.00 USD is left")

    def test_what_no_method_of_ours_saw_is_asked_before_it_is_committed(self):
        order = self._order(900)
        with self.assertRaisesRegex(UserError, "is left"), self.cr.savepoint():
            # as code that goes past every method does
            order.order_line._fields["price_unit"].write(order.order_line, 1200.0)
            order.order_line.modified(["price_unit"])
            self.env.cr.flush()

    # === POSTED, OR BELOW ZERO === #

    def test_never_less_than_posted(self):
        order = self._order(1000)
        order._create_invoices().action_post()
        order.order_line.product_uom_qty = 0
        self.assertEqual(self._taken(), (1000, 0, 0))
        self.assertFalse(self._quote(1000).rate_lock_id)
        self.assertRefused(self._raise_elsewhere)

    def _raise_elsewhere(self):
        other = self._quote(1)
        other.sudo()._take_rate_lock(self.agreement, False)
        other.action_confirm()

    def test_below_zero_makes_no_room(self):
        minus = self._quote(-5000)
        minus.action_quotation_sent()
        self.assertEqual(self._taken(), (0, 0, 1000))
        minus.action_confirm()
        self.assertEqual(self._taken(), (0, 0, 1000))
        large = self._quote(5000)
        self.assertRefused(large.action_confirm)
        self._order(1000)
        minus._action_cancel()
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_left_but_posted(self):
        """An order that leaves its agreement leaves what was invoiced at it."""
        order = self._order(800)
        order._create_invoices().action_post()
        order._release_rate("the market, please")
        self.assertEqual(self._taken(), (800, 0, 200))

    # === ANOTHER RATE === #

    def _supersede(self, lock=None):
        return (lock or self.agreement)._supersede(
            TODAY + timedelta(days=60), "the market fell", ("7.1", "company_per_unit")
        )

    def test_another_rate_draws_on_the_same_promise(self):
        self.company.lock_exceeded_policy = "allow"
        old = self._order(400)
        new = self._supersede()
        self.assertEqual((new.amount_cap, new.amount_elsewhere), (1000, 400))
        self.assertEqual(self._taken(new), (0, 0, 600))
        old.order_line.price_unit = 900
        self.assertEqual(self._taken(new), (0, 0, 100))
        self.assertRefused(old.order_line.write, {"price_unit": 1001})
        second = self._order(100)
        self.assertEqual(second.rate_lock_id, new)
        self.assertEqual(self._taken(), (900, 0, 0))
        self.assertRefused(old.order_line.write, {"price_unit": 901})
        self.assertRefused(second.order_line.write, {"price_unit": 101})
        old._action_cancel()
        self.assertEqual(self._taken(new), (100, 0, 900))
        third = self._supersede(new)
        second.order_line.price_unit = 500
        self.assertEqual(self._taken(third), (0, 0, 500))

    def test_a_superseded_rate_is_ordered_at_no_more(self):
        order = self._order(400)
        order._action_cancel()
        new = self._supersede()
        order.action_draft()
        self.assertEqual(order.rate_lock_id, self.agreement)
        self.assertRefused(order.action_confirm, told="isn't promised any more")
        order._release_rate("at the new rate")
        order.sudo()._take_rate_lock(new, False)
        order.action_confirm()
        self.assertEqual(self._taken(new), (400, 0, 600))

    def test_a_superseded_rate_is_amended_up_to_what_was_ordered(self):
        """More at the rate that was taken back would use up the room of the new."""
        order = self._order(400)
        new = self._supersede()
        self.assertRefused(order.order_line.write, {"price_unit": 401}, told="400.00")
        self.assertRefused(
            order.with_user(self.manager).order_line.write,
            {"price_unit": 1000},
            told="isn't promised any more.*second quotation",
        )
        order.order_line.price_unit = 100
        order.order_line.price_unit = 400
        self.assertEqual(self._taken(new), (0, 0, 600))

    def test_a_promise_is_no_others(self):
        self._supersede()
        draft = self.agreement.copy_data()  # no copy is of the promise
        self.assertNotIn("promise_id", draft[0])
        new = self.agreement.successor_ids
        self.assertEqual(new.promise_id, self.agreement)
        with self.assertRaises(UserError):
            new._supersede(TODAY + timedelta(9), "too far", ("9", "company_per_unit"))
            new.successor_ids.with_user(self.finance).amount_cap = 5000

    # === ALLOWED TO ONE === #

    def test_an_overdraw_belongs_to_its_order(self):
        self._order(1000)
        large = self._quote(1)
        other = self._quote(1)
        for order, amount in ((large, 5000), (other, 4000)):
            order._take_rate_lock(
                self.agreement, False
            ) if not order.rate_lock_id else 0
            order.order_line.price_unit = amount
        large._allow_overdraw("the last of the season")
        self.assertEqual(large.lock_overdraw, 5000)
        self.assertRefused(other.action_confirm)
        large.action_confirm()
        self.assertEqual(self._taken(), (6000, 0, 0))
        large.order_line.price_unit = 50
        self.assertEqual(self._taken(), (1050, 0, 0))
        self.assertRefused(other.action_confirm)
        large.order_line.price_unit = 5000  # up to what was allowed
        self.assertRefused(large.order_line.write, {"price_unit": 5001})
        large._action_cancel()
        self.assertFalse(large.lock_overdraw)
        self.assertRefused(other.action_confirm)
        large.action_draft()
        self.assertRefused(large.action_confirm)

    # === CREDIT NOTES === #

    def _deposit(self, order, amount):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": "fixed",
                "fixed_amount": amount,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        invoice = wizard._create_invoices(order)
        invoice.action_post()
        return invoice

    def _credit(self, invoice):
        refund = invoice._reverse_moves([{"invoice_date": TODAY}])
        refund.action_post()
        return refund

    def test_a_credited_deposit_of_a_cancelled_order_is_given_back(self):
        order = self._order(1000)
        deposit = self._deposit(order, 300)
        order._action_cancel()
        self.assertEqual(self._taken(), (300, 0, 700))
        self._credit(deposit)
        self.assertEqual(self._taken(), (0, 0, 1000))

    def test_a_credit_note_that_is_taken_back_asks(self):
        order = self._order(1000, 10)
        invoice = order._create_invoices()
        invoice.action_post()
        refund = self._credit(invoice)
        self.assertEqual(self._taken(), (1000, 0, 0), "it is invoiced again")
        order.order_line.product_uom_qty = 0
        self.assertEqual(self._taken(), (0, 0, 1000), "nothing is ordered any more")
        other = self._order(900)
        self.assertRefused(refund.button_draft)
        self.assertRefused(refund.button_cancel)
        self.assertEqual(self._taken(), (900, 0, 100))
        other._action_cancel()
        refund.button_draft()
        self.assertEqual(self._taken(), (1000, 0, 0))

    # === INVOICED BEYOND THE CAP === #

    def test_more_is_delivered_than_was_ordered(self):
        order = self._order(1000, 10)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 15
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(self._taken(), (1500, 0, -500))
        self._assert_told(order, invoice, "500.00 USD")
        order._allow_overdraw("delivered is delivered")
        self.assertEqual(self._taken(), (1500, 0, 0))

    def test_lines_of_no_order_count(self):
        order = self._order(1000)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = 9000
        invoice.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 5000, "tax_ids": False})
        ]
        self.assertEqual(self._taken(), (1000, 0, 0))
        invoice.action_post()
        self.assertEqual(invoice.amount_total, 14_000)
        self.assertEqual(self._taken(), (14_000, 0, -13_000))
        self.assertEqual(self.agreement.amount_besides, 5000)
        self._assert_told(order, invoice, "13,000.00 USD")
        invoice.button_draft()
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_a_line_of_no_order_alone(self):
        order = self._order(900)
        invoice = order._create_invoices()
        invoice.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 300, "tax_ids": False})
        ]
        invoice.action_post()
        self.assertEqual(self._taken(), (1200, 0, -200))
        self._assert_told(order, invoice, "200.00 USD")

    def test_a_credited_line_of_no_order_that_is_taken_back(self):
        order = self._order(500)
        invoice = order._create_invoices()
        invoice.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 300, "tax_ids": False})
        ]
        invoice.action_post()
        refund = invoice._reverse_moves([{"invoice_date": TODAY}])
        refund.invoice_line_ids.filtered("sale_line_ids").unlink()
        refund.action_post()
        self.assertEqual(self._taken(), (500, 0, 500))
        self._order(400)
        self.assertRefused(refund.button_draft, told="200.00 USD beyond its cap")

    def test_what_is_invoiced_stays_drawn_without_its_order(self):
        order = self._order(800)
        order._create_invoices().action_post()
        order._action_cancel()
        order.action_draft()
        with self.cr.savepoint() as savepoint:
            order.order_line.unlink()
            self.assertEqual(self._taken(), (800, 0, 200))
            savepoint.close(rollback=True)
        self.env.invalidate_all()
        order._action_cancel()
        order.unlink()
        self.assertEqual(self._taken(), (800, 0, 200))

    def test_figures_are_computed(self):
        """No client enters what a lock counts."""
        order = self._order(900)
        invoice = order._create_invoices()
        invoice.action_post()
        finance = self._create_salesperson(
            "forging",
            "sales_team.group_sale_manager,account.group_account_manager",
        )
        line = invoice.invoice_line_ids.filtered("sale_line_ids")
        for record, vals in (
            (order, {"amount_total": 1}),
            (order, {"amount_untaxed": 1}),
            (order.order_line, {"price_total": 1}),
            (order.order_line, {"untaxed_amount_invoiced": 1}),
            (order.order_line, {"invoice_lines": [Command.clear()]}),
            (line, {"sale_line_ids": [Command.clear()]}),
            (line, {"price_total": 1}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                record.with_user(finance).write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["sale.order"].with_user(finance).create(
                {"partner_id": self.customer.id, "amount_total": 1}
            )
        self.assertEqual(self._taken(), (900, 0, 100))

    def test_what_a_transfer_adds_is_told(self):
        """The goods are gone, and so is what their carrier charged."""
        order = self._order(1000)
        mark_goods_moved(order.order_line).create(
            {
                "order_id": order.id,
                "product_id": self.service.id,
                "price_unit": 40,
                "tax_ids": False,
            }
        )
        self.env.cr.flush()
        self.assertEqual(self._taken(), (1040, 0, -40))
        self.assertIn("Rate agreement overdrawn", order.activity_ids.mapped("summary"))

    def _assert_told(self, order, invoice, amount):
        for document in (order, invoice, self.agreement):
            bodies = " ".join(document.message_ids.mapped("body"))
            self.assertIn(amount, bodies, document)
        activity = order.activity_ids.filtered(
            lambda activity: activity.summary == "Rate agreement overdrawn"
        )
        self.assertEqual(len(activity), 1)
        self.assertIn(amount, activity.note)

    # === AGREEING === #

    def test_invoiced_before_it_starts(self):
        with self.assertRaisesRegex(UserError, "before it starts"):
            self._agree(invoice_by=TODAY - timedelta(days=1))
