"""What was credited is given back once it isn't ordered any more; and what is drawn is
what was posted."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common import TODAY
from .test_caps import CapsCommon


class CreditedCommon(CapsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.delivered = cls.env["product.product"].create(
            {
                "name": "Rotors",
                "type": "service",
                "invoice_policy": "delivery",
                "taxes_id": False,
                "list_price": 700.0,
                "company_id": cls.company.id,
            }
        )

    def _bill(self, order):
        invoice = order._create_invoices()
        invoice.action_post()
        return invoice

    def _reverse_and_create(self, invoice):
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"journal_id": invoice.journal_id.id, "date": TODAY})
        return self.env["account.move"].browse(wizard.modify_moves()["res_id"])

    def _credit_part(self, invoice, quantity, day=TODAY):
        refund = invoice._reverse_moves([{"invoice_date": day, "date": day}])
        refund.invoice_line_ids.quantity = quantity
        refund.action_post()
        return refund

    def _add(self, order, quantity, *prices):
        line = {
            "product_id": self.service.id,
            "product_uom_qty": quantity,
            "tax_ids": False,
        }
        lines = [{**line, "price_unit": price} for price in prices or (100,)]
        order.write({"order_line": [Command.create(vals) for vals in lines]})


@tagged("post_install", "-at_install")
class TestCredited(CreditedCommon):
    def test_reverse_and_create_invoice(self):
        order = self._order(1000, 10)
        draft = self._reverse_and_create(self._bill(order))
        self.assertEqual(draft.state, "draft")
        self.assertEqual(self._taken(), (1000, 0, 0))
        self.assertFalse(self._quote(1000).rate_lock_id, "nothing is left to take")
        self.assertRefused(self._raise_another)
        draft.action_post()
        self.assertEqual(self._taken(), (1000, 0, 0))

    def _raise_another(self):
        other = self._quote(1)
        other.sudo()._take_rate_lock(self.agreement, False)
        other.action_confirm()

    def test_corrected_at_another_price(self):
        """The accountant had changed the price on the invoice."""
        order = self._order(1000, 10)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = 90
        invoice.action_post()
        self.assertEqual(self._taken(), (900, 0, 100))
        draft = self._reverse_and_create(invoice)
        self.assertEqual(self._taken(), (1000, 0, 0))
        draft.invoice_line_ids.price_unit = 100
        draft.action_post()
        self.assertEqual(self._taken(), (1000, 0, 0), "invoiced once, not twice")

    def test_credited_and_to_be_invoiced_again(self):
        order = self._order(1000, 10)
        self._credit_part(self._bill(order), 10)
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertEqual(self._taken(), (1000, 0, 0))
        self._bill(order)
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_credited_lowered_and_added(self):
        order = self._order(1000, 10)
        self._credit_part(self._bill(order), 3)
        order.order_line.product_uom_qty = 7
        self.assertEqual(self._taken(), (700, 0, 300))
        self._add(order, 3)
        self.assertEqual(order.amount_total, 1000)
        self.assertEqual((order.lock_drawn, order.lock_open), (1000, 300))
        self.assertEqual(self._taken(), (1000, 0, 0))
        self.assertFalse(self._quote(300).rate_lock_id)
        self._bill(order)
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_lowered_raised_again_and_asked(self):
        order = self._order(1000, 10)
        self._credit_part(self._bill(order), 3)
        order.order_line.product_uom_qty = 7
        self._order(300)
        self.assertRefused(order.order_line.write, {"product_uom_qty": 10})
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_cancelled_or_locked_is_given_back(self):
        order = self._order(1000, 10)
        self._credit_part(self._bill(order), 3)
        order._action_cancel()
        self.assertEqual(self._taken(), (700, 0, 300))
        goods = self._quote(300, 3)
        goods.order_line.product_id = self.delivered
        goods.order_line.write({"price_unit": 100, "tax_ids": False})
        goods.action_confirm()
        goods.order_line.qty_delivered = 3
        invoice = self._bill(goods)
        goods.order_line.qty_delivered = 2
        self._credit_part(invoice, 1)
        self.assertEqual(self._taken(), (1000, 0, 0))
        goods.action_lock()
        self.assertEqual(self._taken(), (900, 0, 100))

    def test_a_rebate_leaves_nothing_to_invoice(self):
        order = self._order(1000, 10)
        refund = self._bill(order)._reverse_moves([{"invoice_date": TODAY}])
        refund.invoice_line_ids.price_unit = 30
        refund.action_post()
        self.assertEqual((order.lock_drawn, order.lock_open), (1000, 0))
        order.order_line.price_unit = 70
        self.assertEqual(self._taken(), (1000, 0, 0))
        self.company.lock_rebate_returns = True
        order._count_taken()
        self.assertEqual(self._taken(), (700, 0, 300))
        self._add(order, 3)
        self.assertEqual(self._taken(), (1000, 0, 0))

    def test_credited_after_the_end(self):
        """Nothing is given back; and what is invoiced anew counts once."""
        order = self._order(1000, 10)
        invoice = self._bill(order)
        after = self.agreement.date_end + timedelta(days=1)
        refund = self._credit_part(invoice, 4, after)
        order.order_line.product_uom_qty = 6
        self.assertEqual(self._taken(), (1000, 0, 0))
        order.order_line.product_uom_qty = 10
        again = order._create_invoices(date=after)
        again.invoice_date = after
        again.action_post()
        self.assertEqual(self._taken(), (1000, 0, 0))
        again.button_draft()
        refund.button_draft()
        self.assertEqual(self._taken(), (1000, 0, 0))

    # === DELIVERIES ARE FACTS === #

    def _close_undelivered(self, amount, quantity, delivered):
        """An order of goods, a part of which was delivered and invoiced; nothing more
        is to come."""
        order = self._quote(amount, quantity)
        order.order_line.product_id = self.delivered
        order.order_line.write({"price_unit": amount / quantity, "tax_ids": False})
        order.action_confirm()
        order.order_line.qty_delivered = delivered
        self._bill(order)
        order.action_lock()
        return order

    def test_a_delivery_is_recorded_and_told(self):
        order = self._close_undelivered(1000, 10, 7)
        self.assertEqual(self._taken(), (700, 0, 300))
        self._order(300)
        seller = self._create_salesperson(
            "who_delivers", "sales_team.group_sale_salesman_all_leads"
        )
        line = order.order_line.with_user(seller)
        line.write({"qty_delivered": 10})
        self.env.cr.flush()  # what nobody asked about is asked here
        self.assertEqual(self._taken(), (1300, 0, -300))
        activities = order.activity_ids | self.agreement.activity_ids
        self.assertIn("300.00 USD", " ".join(activities.mapped("note")))
        self._bill(order)
        self.assertEqual(self._taken(), (1300, 0, -300))

    def test_what_is_ordered_along_with_a_delivery_is_asked(self):
        order = self._close_undelivered(1000, 10, 7)
        order.action_unlock()
        order.order_line.product_uom_qty = 7
        self._order(300)
        both = {"qty_delivered": 10, "product_uom_qty": 10}
        self.assertRefused(order.order_line.write, both)
        update = Command.update(order.order_line.id, both)
        self.assertRefused(order.write, {"order_line": [update]})
        alone = Command.update(order.order_line.id, {"qty_delivered": 10})
        order.write({"order_line": [alone]})
        self.assertEqual(self._taken(), (1000, 0, 0), "no more is ordered")

    def test_delivered_late_changes_nothing(self):
        order = self._order(1000, 10)
        self._credit_part(self._bill(order), 3)
        order.order_line.qty_delivered = 10
        self.assertEqual(self._taken(), (1000, 0, 0))


@tagged("post_install", "-at_install")
class TestBeyondTheOrder(CreditedCommon):
    """What is invoiced beyond what was ordered is told, be there room for it or not."""

    def _assert_told(self, order, invoice, amount):
        for document in (invoice, order, order.rate_lock_id):
            self.assertIn(amount, " ".join(document.message_ids.mapped("body")))
        activity = order.activity_ids.filtered(
            lambda activity: activity.summary == "Invoiced beyond the order"
        )
        self.assertEqual(len(activity), 1)
        self.assertIn(amount, activity.note)

    def _is_told(self, order):
        return "Invoiced beyond the order" in order.activity_ids.mapped("summary")

    def test_a_line_that_was_deleted(self):
        """300 agreed; of lines of +5,000 and −5,000 the second is taken away."""
        self.agreement._release("another one")
        agreement = self._agree(days=3)
        order = self._order(300)
        self._add(order, 1, 5000, -5000)
        self.assertEqual((order.amount_total, order.lock_agreed), (300, 300))
        invoice = order._create_invoices(final=True)
        invoice.invoice_line_ids.filtered(lambda line: line.price_unit < 0).unlink()
        with freeze_time(f"{agreement.date_end + timedelta(days=1)} 04:00:00"):
            invoice.action_post()
        self.assertEqual(invoice.amount_total, 5300)
        self.assertEqual(agreement.amount_drawn, 5300)
        self._assert_told(order, invoice, "5,000.00 USD")

    def test_a_line_of_no_order_at_the_lock_of_one_order(self):
        self.agreement._release("none")
        order = self._quote(300)
        order.action_lock_rate()
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_line_ids = [
            Command.create({"name": "By hand", "price_unit": 50_000, "tax_ids": False})
        ]
        invoice.action_post()
        self.assertEqual(order.rate_lock_id.amount_besides, 50_000)
        self._assert_told(order, invoice, "50,000.00 USD")

    def test_more_than_was_ordered_within_the_cap(self):
        order = self._order(500, 10)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 14
        invoice.action_post()
        self.assertEqual(self._taken(), (700, 0, 300))
        self._assert_told(order, invoice, "200.00 USD")

    def test_what_was_ordered_tells_nothing(self):
        order = self._order(900, 9)
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 4
        first.action_post()
        rest = self._bill(order)
        self._reverse_and_create(rest).action_post()
        self.assertEqual(self._taken(), (900, 0, 100))
        self.assertFalse(self._is_told(order))
        # nor does what lowers what is invoiced too much
        order.order_line.product_uom_qty = 5
        self._credit_part(first, 1)
        self.assertFalse(self._is_told(order))


@tagged("post_install", "-at_install")
class TestDrawnIsPosted(CreditedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_calculation_rounding_method = "round_globally"
        cls.agreement._release("others are made here")
        cls.vat = cls.env["account.tax"].create(
            {"name": "13 %", "amount": 13, "company_id": cls.company.id}
        )

    def _order_lines(self, currency, price, count, cap):
        agreement = self._agree(
            quoted={"USD": "7.1", "JPY": "0.0478"}[currency.name],
            cap=cap,
            currency_id=currency.id,
        )
        line = {
            "product_id": self.service.id,
            "price_unit": price,
            "tax_ids": self.vat.ids,
        }
        order = self._create_order(
            currency_id=currency.id,
            order_line=[Command.create(line) for _n in range(count)],
        )
        order.order_line.price_unit = price
        self.assertEqual(order.rate_lock_id, agreement)
        order.action_confirm()
        return order, agreement

    def test_taxes_that_round_over_all_lines(self):
        for currency, price, count, total in (
            (self.usd, 10.05, 10, 113.57),
            (self.usd, 10.03, 10, 113.34),
            (self.jpy, 105, 60, 7119),
        ):
            order, agreement = self._order_lines(currency, price, count, total)
            self.assertEqual(order.amount_total, total)
            self.assertEqual(self._taken(agreement), (total, 0, 0))
            invoice = self._bill(order)
            self.assertEqual(invoice.amount_total, total)
            self.assertEqual(self._taken(agreement), (total, 0, 0))
            self.assertFalse(order.activity_ids)
            agreement._release("the next one")

    def test_sections_and_notes_take_nothing(self):
        order, agreement = self._order_lines(self.usd, 10.05, 10, 113.57)
        order.order_line = [
            Command.create({"display_type": "line_section", "name": "Spares"}),
            Command.create({"display_type": "line_note", "name": "Without oil"}),
        ]
        invoice = self._bill(order)
        self.assertEqual(agreement.amount_drawn, invoice.amount_total)

    def test_two_orders_on_one_invoice(self):
        first, agreement = self._order_lines(self.usd, 10.05, 7, 1000)
        second = first.copy()
        second._take_agreement()
        second.action_confirm()
        (first | second)._create_invoices().action_post()
        invoice = (first | second).invoice_ids
        self.assertEqual(len(invoice), 1)
        # each as it was ordered, or as it is a part of what was posted
        posted = invoice.amount_total
        shares = first.sudo()._add_up_posted(), second.sudo()._add_up_posted()
        self.assertEqual(float(sum(each["invoiced"] for each in shares)), posted)
        self.assertAlmostEqual(agreement.amount_drawn, posted, delta=0.02)

    def test_a_tax_that_somebody_typed(self):
        order, agreement = self._order_lines(self.usd, 10.05, 3, 1000)
        invoice = order._create_invoices()
        tax_line = invoice.line_ids.filtered("tax_line_id")
        receivable = invoice.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        before = invoice.amount_total
        invoice.write(
            {
                "line_ids": [
                    Command.update(
                        tax_line.id, {"amount_currency": tax_line.amount_currency - 0.5}
                    ),
                    Command.update(
                        receivable.id,
                        {"amount_currency": receivable.amount_currency + 0.5},
                    ),
                ]
            }
        )
        invoice.action_post()
        self.assertAlmostEqual(invoice.amount_total, before + 0.5)
        self.assertAlmostEqual(agreement.amount_drawn, invoice.amount_total)
