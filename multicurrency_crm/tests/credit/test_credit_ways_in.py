"""Ways past a check that somebody found by trying: each stays closed."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .credit_common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditWaysIn(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.check_ids.filtered(
            lambda check: check.reason in ("over_limit", "on_hold")
        ).write({"post_strength": "review", "confirm_strength": "review"})
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1000.0)
        cls.biller = new_test_user(
            cls.env,
            "credit_biller",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _confirmed(self, amount=10.0):
        order = self._order_of(self.buyer, amount, user_id=self.seller.id)
        order.action_confirm()
        return order

    def _line(self, amount, **values):
        return {
            "product_id": self.product.id,
            "product_uom_qty": 1,
            "price_unit": amount,
            "tax_ids": [],
            **values,
        }

    def assertStopped(self, attempt, error=UserError):
        try:
            with self.cr.savepoint():
                attempt()
        except error:
            self.env.invalidate_all()
        else:
            self.fail("It went through.")

    # === DEFAULTS === #

    def test_15_2_1_a_default_that_names_the_order(self):
        order = self._confirmed()
        Line = self.env["sale.order.line"].with_user(self.seller)
        there = Line.with_context(default_order_id=order.id)
        self.assertStopped(lambda: there.create(self._line(50_000.0)))
        other = self._confirmed(1.0)
        values = self._line(1.0, order_id=other.id)
        values["linked_line_ids"] = [Command.create(self._line(50_000.0))]
        # Odoo itself knows no line without an order
        self.assertStopped(lambda: there.create(values), (UserError, ValueError))
        mine = self.env["ir.default"].with_user(self.seller)
        mine.set("sale.order.line", "order_id", order.id, user_id=True)
        self.assertStopped(lambda: Line.create(self._line(50_000.0)))
        self.assertEqual(order.amount_total, 10.0)

    def test_15_2_1_a_default_that_confirms(self):
        values = {
            "partner_id": self.buyer.id,
            "company_id": self.company.id,
            "order_line": [Command.create(self._line(50_000.0))],
        }
        Order = self.env["sale.order"].with_user(self.seller)
        born = Order.with_context(default_state="sale")
        self.assertStopped(lambda: born.create([dict(values)]))
        mine = self.env["ir.default"].with_user(self.seller)
        mine.set("sale.order", "state", "sale", user_id=True)
        self.assertStopped(lambda: Order.create([dict(values)]))

    def test_15_2_1_a_default_that_posts(self):
        line = {"name": "Goods", "price_unit": 50_000.0, "tax_ids": []}
        values = {
            "move_type": "out_invoice",
            "partner_id": self.buyer.id,
            "company_id": self.company.id,
            "invoice_date": TODAY,
            "invoice_line_ids": [Command.create(line)],
        }
        Move = self.env["account.move"].with_user(self.biller)
        made = Move.with_context(default_state="posted").create([dict(values)])
        self.assertEqual(made.state, "draft")
        mine = self.env["ir.default"].with_user(self.biller)
        mine.set("account.move", "state", "posted", user_id=True)
        self.assertEqual(Move.create([dict(values)]).state, "draft")

    # === WHAT IS COMPUTED === #

    def test_15_2_3_taxes_that_are_brought_along(self):
        tax = self.env["account.tax"].create(
            {"name": "13%", "amount": 13.0, "company_id": self.company.id}
        )
        amounts = {
            "tax_amount_currency": -49_900.0,
            "tax_amount": -49_900.0,
            "base_amount_currency": 50_000.0,
            "base_amount": 50_000.0,
        }
        brought = {
            "computation_key": "x",
            "currency_id": self.cny.id,
            "price_unit": 50_000.0,
            "discount": 0.0,
            "quantity": 1.0,
            "rate": 1.0,
            "manual_tax_amounts": {str(tax.id): amounts},
        }
        line = self._line(50_000.0, tax_ids=[Command.set(tax.ids)])
        order = self._order_of(self.buyer, 1.0, user_id=self.seller.id)
        mine = order.with_user(self.seller)
        typed = {**line, "extra_tax_data": brought}
        self.assertStopped(
            lambda: mine.write({"order_line": [Command.create(typed)]}), AccessError
        )
        mine.write({"order_line": [Command.create(line)]})
        self.assertStopped(
            lambda: mine.order_line[1:].write({"extra_tax_data": brought}), AccessError
        )
        self.assertEqual(order.amount_total, 56_501.0)

    def test_15_2_3_who_owes_is_fixed_once_it_is_owed(self):
        invoice = self._invoice(self.buyer, 900.0)
        term = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).with_user(self.biller)
        other = self._customer("Other")
        for values in (
            {"partner_id": other.id},
            {"partner_id": False},
            {"currency_id": self.jpy.id},
        ):
            self.assertStopped(lambda v=values: term.write(v), AccessError)
        self.assertEqual(self._total(self.buyer), 900.0)

    def test_15_2_4_a_deposit_orders_nothing(self):
        self.product.invoice_policy = "delivery"
        for amount in (900.0, 900.0):
            values = self._line(amount, is_downpayment=True)
            order = self.env["sale.order"].create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "order_line": [Command.create(values)],
                }
            )
            if self._total(self.buyer):
                self.assertStopped(order.action_confirm)
            else:
                order.action_confirm()
        self.assertEqual(self._total(self.buyer), 900.0)

    # === APPROVALS === #

    def _approved(self, amount=5000.0):
        order = self._order_of(self.buyer, amount, user_id=self.seller.id)
        order.with_user(self.seller).action_request_credit_review()
        order.credit_review_ids.with_user(self.decider).action_approve()
        order.action_confirm()
        return order

    def _bill(self, order, *lines):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "Goods", "tax_ids": [], **line})
                    for line in lines
                ],
            }
        )

    def test_15_1_an_approval_is_of_its_order(self):
        order = self._approved()
        link = {"sale_line_ids": [Command.set(order.order_line.ids)], "quantity": 0.001}
        stranger = self._bill(
            order, {"price_unit": 1.0, **link}, {"price_unit": 4900.0}
        )
        self.assertStopped(stranger.action_post)
        order._create_invoices().action_post()

    def test_15_1_an_approval_is_used_once(self):
        order = self._approved()
        first = order._create_invoices()
        first.action_post()
        link = {"sale_line_ids": [Command.set(order.order_line.ids)]}
        again = self._bill(order, {"price_unit": 4900.0, **link})
        self.assertStopped(again.action_post)

    def test_15_1_a_document_that_is_handed_over(self):
        order = self._order_of(self.buyer, 5000.0, user_id=self.decider.id)
        assistant = self._create_salesperson(
            "credit_assistant", "sales_team.group_sale_salesman_all_leads"
        )
        order.with_user(assistant).action_request_credit_review()
        review = order.credit_review_ids.with_user(self.decider)
        order.user_id = self.seller
        self.assertStopped(review.action_approve, AccessError)

    def test_15_1_ending_is_within_ones_cap(self):
        limit = self.buyer.sudo().credit_limit_ids
        self.decider.with_company(self.company).sudo().credit_cap = 999.0
        self.assertStopped(limit.with_user(self.decider).action_end)
        self.decider.with_company(self.company).sudo().credit_cap = 1000.0
        limit.with_user(self.decider).action_end()

    def test_15_2_10_a_later_review_is_asked_for_anew(self):
        draft = (
            self.env["credit.limit"]
            .with_user(self.clerk)
            .create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "kind": "temporary",
                    "date_end": TODAY,
                    "amount": 5.0,
                }
            )
        )
        draft.review_date = TODAY
        self.assertFalse(draft.requested_on)
