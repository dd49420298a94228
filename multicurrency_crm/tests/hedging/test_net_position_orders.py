from datetime import date, timedelta
from unittest import skipUnless

from odoo import Command
from odoo.modules.module import get_manifest
from odoo.tests import tagged

from ..rate_lock.common import TODAY
from .net_position_common import NetPositionCommon

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
JANUARY = date(2027, 1, 1)


@tagged("post_install", "-at_install")
class TestNetPositionOrders(NetPositionCommon):
    def _amounts(self, kind=None):
        return {(row.kind, row.month): row.amount for row in self._rows(kind)}

    def _deposit(self, order, **values):
        """:return: the posted down payment"""
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create({"sale_order_ids": order.ids, **values}).create_invoices()
        invoice = order.invoice_ids[-1:]
        invoice.action_post()
        return invoice

    # === ORDERS === #

    def test_locked_and_other_orders(self):
        locked = self._create_quotation(price=1_000)
        self._lock(locked)
        locked.action_confirm()
        self._order_over(500)
        self._create_quotation(price=9_000)  # a quotation is no order
        self._order_over(700, self.cny)
        self._order_over(800)._action_cancel()
        self.assertEqual(self._sum("order_locked"), 3_000)
        self.assertEqual(self._sum("order_unlocked"), 500)
        locked._release_rate("asked for")
        self.assertEqual(self._sum("order_locked"), 0)
        self.assertEqual(self._sum("order_unlocked"), 3_500)

    def test_an_order_that_becomes_an_invoice_counts_once(self):
        order = self._order_over(4_000)
        self.assertEqual(self._sum(), 4_000)
        invoice = order._create_invoices()
        self.assertEqual(self._sum(), 4_000)  # a draft: still to come
        self.assertEqual(self._sum("order_unlocked"), 4_000)
        invoice.action_post()
        self.assertEqual(self._sum(), 4_000)
        self.assertEqual(self._sum("receivable"), 4_000)
        self.assertEqual(self._sum("order_unlocked"), 0)
        invoice.button_draft()
        self.assertEqual(self._sum("order_unlocked"), 4_000)

    def test_a_partial_invoice(self):
        order = self._create_quotation(price=1_000)
        order.action_confirm()
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        self.assertEqual(self._sum("order_unlocked"), 2_000)
        self.assertEqual(self._sum("receivable"), 1_000)
        self._pay(invoice, 300)
        self.assertEqual(self._sum("receivable"), 700)
        self.assertEqual(self._sum(), 3_000)

    def test_deposits_count_once(self):
        order = self._order_over(4_000)
        deposit = self._deposit(order, advance_payment_method="percentage", amount=25.0)
        self.assertEqual(deposit.amount_total, 1_000)
        self.assertEqual(self._sum("order_unlocked"), 3_000)
        self.assertEqual(self._sum("receivable"), 1_000)
        self._pay(deposit, 1_000)
        self.assertEqual(self._sum(), 4_000)
        final = order._create_invoices(final=True)
        self.assertEqual(final.amount_total, 3_000)
        self.assertEqual(self._sum(), 4_000)
        final.action_post()
        self.assertEqual(self._sum("order_unlocked"), 0)
        self.assertEqual(self._sum(), 4_000)

    def test_a_refund_takes_away(self):
        order = self._order_over(4_000)
        invoice = order._create_invoices()
        invoice.action_post()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard.create({"journal_id": invoice.journal_id.id}).reverse_moves()
        invoice.reversal_move_ids.action_post()
        self.assertEqual(self._sum("receivable"), 0)
        # the order can be invoiced again, and Odoo says so
        self.assertEqual(order.invoice_status, "to invoice")
        self.assertEqual(self._sum("order_unlocked"), 4_000)

    def test_paid_by_its_terms(self):
        """Delivered on December 10: a half a day later, the rest after 30 days."""
        term = self.env["account.payment.term"].create(
            {
                "name": "In two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 1}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": 30}
                    ),
                ],
            }
        )
        values = {"payment_term_id": term.id, "commitment_date": "2026-12-10"}
        self._order_over(1_000, **values)
        expected = {
            ("order_unlocked", DECEMBER): 500,
            ("order_unlocked", JANUARY): 500,
        }
        self.assertEqual(self._amounts(), expected)

    def test_an_old_order_is_paid_from_today_on(self):
        self._order_over(1_000, commitment_date="2026-09-10")
        (row,) = self._rows()
        self.assertEqual((row.month, row.amount_late), (NOVEMBER, 0))

    # === DOCUMENTS === #

    def test_documents_behind_a_figure(self):
        order = self._order_over(1_000, commitment_date="2026-12-10")
        other = self._order_over(500)
        invoice = self._posted(300, invoice_date_due=JANUARY)
        self._posted(200, invoice_date_due=TODAY - timedelta(days=90))
        forward = self._active_forward(400, value_date=JANUARY)
        self._bank_line(50)
        found = {}
        for row in self._rows():
            action = row.sudo().action_open_documents()
            documents = self.env[action["res_model"]].search(action["domain"])
            found[row.kind, row.month] = documents
            if action["res_model"] == "account.move.line":
                name = "amount_residual_currency"
                if row.kind in ("bank", "in_transit"):
                    name = "amount_currency"
                self.assertEqual(sum(documents.mapped(name)), row.amount)
        self.assertEqual(found["order_unlocked", DECEMBER], order)
        self.assertEqual(found["order_unlocked", NOVEMBER], other)
        self.assertEqual(found["forward", JANUARY], forward)
        self.assertEqual(found["receivable", JANUARY].move_id, invoice)
        self.assertIn(("receivable", NOVEMBER), found)
        self.assertEqual(found["bank", NOVEMBER].amount_currency, 50)

    # === PURCHASE === #

    def test_no_purchase_no_purchase_orders(self):
        if "purchase.order" in self.env:
            self.skipTest("purchase is installed")
        self._order_over(1_000)
        self.assertFalse(self._rows("purchase"))

    @skipUnless(get_manifest("purchase"), "purchase isn't there")
    def test_purchase_orders(self):
        if "purchase.order" not in self.env:
            self.skipTest("purchase isn't installed")
        order = self.env["purchase.order"].create(
            {
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_qty": 4,
                            "price_unit": 200,
                            "tax_ids": [],
                            "date_planned": "2026-12-10",
                        }
                    )
                ],
            }
        )
        self.assertFalse(self._rows("purchase"))
        self.product.purchase_method = "purchase"
        order.button_confirm()
        self.assertEqual(self._amounts(), {("purchase", DECEMBER): -800})
        action = self._rows("purchase").sudo().action_open_documents()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), order)
        order.action_create_invoice()
        bill = order.invoice_ids
        self.assertEqual(self._sum("purchase"), -800)
        bill.invoice_line_ids.quantity = 1
        bill.invoice_date = TODAY
        bill.action_post()
        self.assertEqual(self._sum("purchase"), -600)
        self.assertEqual(self._sum(), -800)
