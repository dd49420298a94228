from odoo import Command
from odoo.tests import tagged

from .credit_common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditTogether(CreditCommon):
    """Many documents at once: each is shown for itself, and none costs queries."""

    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _states(self, documents):
        documents.invalidate_recordset()
        return documents.mapped("credit_check_state")

    def test_a_list_shows_each_for_itself(self):
        self._limit(self.buyer, 1000.0)
        orders = self.env["sale.order"]
        for _number in range(3):
            orders |= self._order_of(self.buyer, 600.0)
        self.assertEqual(self._states(orders), ["ok"] * 3)
        found = orders.search(
            [("id", "in", orders.ids), ("credit_check_state", "=", "ok")]
        )
        self.assertEqual(found, orders)
        self.assertFalse(
            orders.search(
                [("id", "in", orders.ids), ("credit_check_state", "=", "review")]
            )
        )

    def test_a_list_shows_what_the_form_shows(self):
        """Sent quotations and drafts that count, locked and secured ones among them."""
        self.policy.write({"count_sent": True, "count_drafts": True})
        half = self._create_terms(
            "D/P", 30, credit_security="documents_against_payment"
        )
        self._limit(self.buyer, 1500.0)
        orders = self.env["sale.order"]
        for amount, terms in ((600.0, self.terms), (500.0, half), (700.0, self.terms)):
            orders |= self._order_of(self.buyer, amount, payment_term_id=terms.id)
        (orders[0] | orders[1]).action_quotation_sent()
        moves = self.env["account.move"]
        for amount in (200.0, 250.0):
            moves |= self._invoice(self.buyer, amount, post=False)
        for documents in (orders, moves):
            alone = [self._states(document)[0] for document in documents]
            self.assertEqual(self._states(documents), alone)
        self.assertEqual(self._states(orders), ["ok", "ok", "review"])

    def test_drafts_of_orders_count_in_a_list(self):
        """Two drafts of one order: each sees the other, as in its form."""
        self._limit(self.buyer, 900.0)
        order = self._order_of(self.buyer, 1000.0)
        self.policy.check_ids.confirm_strength = "off"
        order.action_confirm()
        line = order.order_line
        first = order._create_invoices()
        first.invoice_line_ids.quantity = 0.4
        second = order._create_invoices()
        self.assertAlmostEqual(second.amount_total, 600.0)
        self.assertEqual(line.qty_invoiced, 1.0)
        self.assertEqual(self._states(first), ["warning"])
        self.assertEqual(self._states(first | second), ["warning", "warning"])

    def test_queries_dont_grow(self):
        """Posting, and showing, ten invoices of ten customers as two of two."""

        def of_many(count, offset):
            moves = self.env["account.move"]
            for number in range(count):
                partner = self._customer(f"Buyer {offset + number}")
                self._limit(partner, 1000.0)
                moves |= self._invoice(partner, 10.0, post=False)
            return moves

        def count(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves._settle_credit_checks(moves._check_credit_now("post"))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(of_many(1, 0))
        few, many = count(of_many(2, 10)), count(of_many(10, 20))
        self.assertLessEqual(many, few, f"{few} queries for 2, {many} for 10")

    def test_no_person_changed_the_invoice(self):
        invoice = self._invoice(self.buyer, 10.0)
        self.assertEqual(invoice.credit_check_state, "ok")
        self.assertFalse(invoice.is_manually_modified)

    def test_an_invoice_of_two_approved_orders(self):
        self._limit(self.buyer, 1.0)
        checks = self.policy.check_ids.filtered(lambda c: c.reason == "over_limit")
        checks.post_strength = "review"
        orders = self._order_of(self.buyer, 100.0) | self._order_of(self.buyer, 100.0)
        for order in orders:
            order.action_request_credit_review()
            order.credit_review_ids.sudo().action_approve()
            order.action_confirm()
        move = orders._create_invoices()
        self.assertEqual(move.amount_total, 200.0)
        self.assertEqual(self._states(move), ["approved"])
        move.invoice_line_ids = [
            Command.create({"name": "More", "price_unit": 1.0, "tax_ids": []})
        ]
        self.assertEqual(self._states(move), ["review"], "more than was approved")
