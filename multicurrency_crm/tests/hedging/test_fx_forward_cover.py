from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .forward_common import ForwardCommon


@tagged("post_install", "-at_install")
class TestFxForwardCover(ForwardCommon):
    def test_an_order_a_lock_and_an_invoice(self):
        forward = self._active_forward(10_000)
        order = self._order_over(4_000)
        quotation = self._create_quotation(price=1_000)
        lock = self._lock(quotation)
        invoice = self._move_over(3_000)
        invoice.action_post()
        for document, amount in ((order, 4_000), (lock, 2_500), (invoice, 3_000)):
            cover = self._cover(forward, document, amount)
            self.assertEqual(document.covered_amount, amount)
            limit = document._get_cover_limit()
            self.assertAlmostEqual(document.covered_share, amount / limit)
            self.assertEqual(cover.document_name, document.display_name)
            self.assertIn(forward.name, cover.display_name)
        self.assertEqual(forward.amount_allocated, 9_500)
        self.assertEqual(forward.amount_available, 500)
        self.assertIn("covers", forward.message_ids[0].body)
        self.assertIn(forward.name, order.message_ids[0].body)

    def test_never_over_the_contract(self):
        forward = self._active_forward(5_000)
        self._cover(forward, self._order_over(4_000), 4_000)
        other = self._order_over(4_000)
        with self.assertRefused("would be allocated"):
            self._cover(forward, other, 1_000.01)
        self._cover(forward, other, 1_000)
        self.assertEqual(forward.amount_available, 0.0)
        draft = self._forward(5_000)
        self._cover(draft, other, 3_000)
        with self.assertRefused("would be allocated"):
            draft.amount = 2_000

    def test_never_over_the_document(self):
        order = self._order_over(4_000)
        self._cover(self._active_forward(), order, 3_000)
        second = self._active_forward()
        with self.assertRefused("is over"):
            self._cover(second, order, 1_000.01)
        self._cover(second, order, 1_000)

    def test_the_same_money_only_once(self):
        """An order, the lock made for it and its invoice are one sum."""
        forward = self._active_forward()
        order = self._create_quotation(price=1_000)
        lock = self._lock(order)
        self._cover(forward, lock, 2_000)
        invoice = self._invoice(order)
        with self.assertRefused("is over"):
            self._cover(forward, order, 1_500)
        self._cover(forward, order, 500)
        with self.assertRefused("is over"):
            self._cover(forward, invoice, 600)
        self._cover(forward, invoice, 500)

    def test_an_agreement_and_its_orders(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.1",
                "date_end": "2026-12-31",
                "amount_cap": 5_000,
            }
        )
        agreement.action_activate()
        order = self._order_over(3_000)
        self.assertEqual(order.rate_lock_id, agreement)
        forward = self._active_forward()
        self._cover(forward, order, 3_000)
        with self.assertRefused("is over"):
            self._cover(forward, agreement, 2_500)
        self._cover(forward, agreement, 2_000)

    def test_two_covers_at_once(self):
        """Both in one save, as in the contract's form."""
        forward = self._active_forward(5_000)
        order = self._order_over(4_000)
        forward.allocation_ids = [
            (0, 0, {"order_id": order.id, "amount": 1_000}),
            (0, 0, {"order_id": order.id, "amount": 2_000}),
        ]
        self.assertEqual(order.covered_amount, 3_000)

    def test_the_right_sort(self):
        sold, bought = self._active_forward(), self._active_forward(side="buy")
        order, bill = self._order_over(4_000), self._move_over(900, "in_invoice")
        with self.assertRefused("brings money in"):
            self._cover(bought, order, 100)
        with self.assertRefused("takes money out"):
            self._cover(sold, bill, 100)
        self._cover(bought, bill, 900)
        with self.assertRefused("neither invoice nor bill"):
            self._cover(sold, self._move_over(50, "out_refund"), 50)
        with self.assertRefused("same currency"):
            self._cover(sold, self._order_over(4_000, self.eur), 100)

    def test_one_document(self):
        forward, order = self._active_forward(), self._order_over(4_000)
        bill = self._move_over(900)
        Cover = self.env["fx.forward.allocation"]
        values = {"forward_id": forward.id, "amount": 5}
        for documents in ({}, {"order_id": order.id, "move_id": bill.id}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                Cover.create({**values, **documents})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._cover(forward, order, 0)

    def test_companies(self):
        branch = self._create_company(
            "Harbour West", self.cny, parent_id=self.company.id
        )
        self.env.user.company_ids |= branch
        self.product.company_id = False
        of_branch = self._order_over(500, company_id=branch.id)
        root, own = self._active_forward(), self._active_forward(company_id=branch.id)
        self._cover(root, of_branch, 200)
        self._cover(own, of_branch, 200)
        with self.assertRefused("same company"):
            self._cover(own, self._order_over(500), 100)
        foreign = self._active_forward(
            company_id=self.other_company.id, currency_id=self.eur.id
        )
        with self.assertRefused("same company"):
            self._cover(foreign, self._order_over(500, self.eur), 100)

    def test_given_up_documents_are_uncovered(self):
        forward = self._active_forward()
        order, invoice = self._order_over(4_000), self._move_over(900)
        quotation = self._create_quotation(price=1_000)
        lock = self._lock(quotation)
        for document in (order, invoice, lock):
            self._cover(forward, document, 800)
        order._action_cancel()
        self.assertEqual(forward.amount_allocated, 1_600)
        invoice.button_cancel()
        self.assertEqual(forward.amount_allocated, 800)
        quotation._release_rate("too dear")
        self.assertEqual(forward.amount_allocated, 0)
        with self.assertRefused("nothing of it"):
            self._cover(forward, order, 100)
        draft = self._move_over(900)
        self._cover(forward, draft, 900)
        draft.unlink()
        self.assertEqual(forward.amount_allocated, 0)

    def test_covers_are_not_changed(self):
        forward = self._active_forward()
        cover = self._cover(forward, self._order_over(4_000), 800)
        with self.assertRefused("isn't changed"):
            cover.amount = 900
        forward.action_settle()
        with self.assertRefused("stays as evidence"):
            cover.with_user(self.finance).unlink()
        with self.assertRefused("covers nothing any more"):
            self._cover(forward, self._order_over(100), 50)

    def test_button_on_the_order(self):
        forward, order = self._active_forward(3_000), self._order_over(4_000)
        order = order.with_user(self.finance)
        context = order.action_cover()["context"]
        form = Form(order.env["fx.forward.allocation"].with_context(**context))
        form.forward_id = forward
        self.assertEqual(form.amount, 3_000)
        cover = form.save()
        self.assertEqual(cover.order_id, order)
        action = order.action_open_covers()
        self.assertEqual(cover.search(action["domain"]), cover)
        action = forward.action_open_allocations()
        self.assertEqual(cover.search(action["domain"]), cover)

    def test_found_by_cover(self):
        covered, bare = self._order_over(4_000), self._order_over(4_000)
        self._cover(self._active_forward(), covered, 800)
        both = [("id", "in", (covered | bare).ids)]
        Order = self.env["sale.order"]
        self.assertEqual(Order.search([*both, ("covered_amount", ">", 0)]), covered)
        self.assertEqual(Order.search([*both, ("covered_amount", "=", 0)]), bare)

    def test_covered_amount_costs_one_query(self):
        orders = self._order_over(100) | self._order_over(100) | self._order_over(100)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            orders.mapped("covered_amount")

    def test_rights(self):
        forward, order = self._active_forward(), self._order_over(4_000)
        self._cover(forward, order, 800)
        self.assertEqual(order.with_user(self.user).covered_amount, 800)
        with self.assertRaises(AccessError):
            order.with_user(self.plain_seller).covered_amount  # noqa: B018
        with self.assertRaises(AccessError):
            self.env["fx.forward.allocation"].with_user(self.user).create(
                {"forward_id": forward.id, "order_id": order.id, "amount": 5}
            )
        # whoever may cancel the order ends its cover, groups or not
        order.user_id = self.plain_seller
        order.with_user(self.plain_seller)._action_cancel()
        self.assertEqual(forward.amount_allocated, 0)
