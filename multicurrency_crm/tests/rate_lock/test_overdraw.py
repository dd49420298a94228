"""An overdraw is asked for before the order takes it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.http import serialize_exception
from odoo.tests import Form, tagged

from ...models.common.stopped import Stopped
from .test_caps import CapsCommon

WIZARD = "sale.order.overdraw.lock"


@tagged("post_install", "-at_install")
class TestOverdrawAsked(CapsCommon):
    """Of a cap of 1,000 USD, 600 are drawn by one order, and 300 by another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.plain_seller
        cls.other = cls._order(600)
        cls.order = cls._order(300)

    @classmethod
    def _quote(cls, amount, quantity=1, **values):
        return super()._quote(amount, quantity, user_id=cls.seller.id, **values)

    def _raise(self, amount, order=None):
        order = (order or self.order).with_user(self.seller)
        order.order_line.price_unit = amount
        self.env.cr.flush()

    def _ask(self, amount, order=None, user=None):
        """Ask by the dialog, as the form opens it.

        :return: the open ``fx.rate.approval``
        """
        order = order or self.order
        dialog = self.env[WIZARD].with_user(user or self.seller)
        form = Form(dialog.with_context(default_order_id=order.id))
        if amount is not None:
            form.amount = amount
        form.reason = "the last of the season"
        form.save().action_apply()
        return self.env["fx.rate.approval"].search(
            [("order_id", "=", order.id), ("state", "=", "requested")]
        )

    def test_who_is_refused_asks_and_goes_on(self):
        self.assertRefused(self._raise, 1200, told="400.00 USD is left.*800.00 USD")
        seen = self.order.with_user(self.seller)
        self.assertTrue(seen.lock_may_overdraw)
        asked = self._ask(800)
        self.assertEqual((asked.kind, asked.overdraw), ("overdraw", 800))
        self.assertEqual(asked.requested_by, self.seller)
        self.assertIn("up to 1,200.00 USD", asked.explanation)
        self.assertIn("up to 1,200.00 USD", seen.lock_asked_note)
        self.assertTrue(seen.lock_overdraw_asked)
        self.assertIn(self.manager, asked.activity_ids.user_id)
        self.assertRefused(self._raise, 1200)
        asked.with_user(self.manager).action_approve()
        self.assertEqual(self.order.lock_overdraw, 800)
        self.assertIn("season", self.agreement.message_ids[0].body)
        self.assertEqual(self._taken(), (900, 0, 100), "nothing was taken yet")
        self._raise(1200)
        self.assertEqual(self._taken(), (1800, 0, 0))
        self.assertRefused(self._raise, 1200.01)

    def test_a_quotation_asks_for_what_it_misses(self):
        order = self._quote(1)
        order.order_line.price_unit = 250
        self.assertIn("150.00 USD", order.lock_room_note)
        self.assertRefused(order.action_confirm)
        asked = self._ask(None, order)
        self.assertEqual(asked.overdraw, 150)
        asked.with_user(self.manager).action_approve()
        order.with_user(self.seller).action_confirm()
        self.assertEqual(self._taken(), (1150, 0, 0))

    def test_a_sent_quotation_that_is_to_grow(self):
        order = self._quote(100)
        self._send(order)
        self.assertRefused(self._raise, 300, order)
        self.assertTrue(order.lock_may_overdraw)
        self._ask(200, order).with_user(self.manager).action_approve()
        self._raise(300, order)
        self.assertEqual(self._taken(), (900, 300, 0))

    def test_it_belongs_to_its_order_and_dies_with_it(self):
        self._ask(800).with_user(self.manager).action_approve()
        self.assertRefused(self._raise, 701, self.other)
        self.order._action_cancel()
        self.assertFalse(self.order.lock_overdraw)
        self.order.action_draft()
        self.order.action_confirm()
        self.assertRefused(self._raise, 401)

    def test_a_request_dies_with_its_order(self):
        asked = self._ask(800)
        self.order._action_cancel()
        self.assertEqual(asked.state, "cancelled")
        self.assertFalse(self.order.lock_overdraw)

    def test_the_refusal_offers_what_it_names(self):
        """The dialog that refuses has the button, which opens the request."""
        order = self._quote(1500)
        for user, label in (
            (self.seller, "Request Overdraw"),
            (self.manager, "Allow Overdraw"),
        ):
            with self.assertRaises(Stopped) as stopped, self.cr.savepoint():
                order.with_user(user).action_confirm()
            [offer] = serialize_exception(stopped.exception)["context"]["offers"]
            self.assertEqual(offer["label"], label)
            model = self.env[offer["model"]].with_user(user)
            [ids] = offer["args"]
            action = getattr(model.browse(ids), offer["method"])()
            wizard = self.env[action["res_model"]].with_context(**action["context"])
            self.assertEqual(wizard.with_user(user).new().order_id._origin, order)
        with self.assertRaises(Stopped) as stopped, self.cr.savepoint():
            self._raise(1500)
        self.assertFalse(stopped.exception.context["offers"], "it isn't saved")
        self._ask(1100, order)
        with self.assertRaises(Stopped) as stopped, self.cr.savepoint():
            order.with_user(self.seller).action_confirm()
        self.assertFalse(stopped.exception.context["offers"], "asked for already")

    def test_who_asks_does_not_decide(self):
        asked = self._ask(800)
        with self.assertRaises(AccessError):
            asked.with_user(self.seller).sudo().action_approve()
        with self.assertRaises(AccessError):
            self.order.with_user(self.user)._allow_overdraw("please", 800)
        asked.with_user(self.manager).action_refuse()
        self.assertFalse(self.order.lock_overdraw)
        self.assertRefused(self._raise, 1200)

    def test_asked_twice_it_is_asked_once(self):
        first = self._ask(800)
        self.assertEqual(self._ask(800), first)
        second = self._ask(500)
        self.assertEqual((first.state, len(second)), ("cancelled", 1))
        second.with_user(self.manager).action_approve()
        self.assertEqual(self.order.lock_overdraw, 500)
        # asked for again, it is besides
        self._ask(300).with_user(self.manager).action_approve()
        self._raise(1200)

    def test_a_manager_answers_by_allowing(self):
        asked = self._ask(800)
        self._ask(700, user=self.manager)
        self.assertEqual(asked.state, "cancelled")
        self.assertEqual(self.order.lock_overdraw, 700)
        self.assertFalse(self.order.lock_asked)

    def test_confirming_leaves_it_asked(self):
        order = self._quote(100)
        asked = self._ask(300, order)
        order.action_confirm()
        self.assertEqual(asked.state, "requested")
        asked.with_user(self.manager).action_approve()
        self._raise(400, order)

    def test_it_is_not_granted_to_what_has_left(self):
        order = self._quote(50)
        asked = self._ask(800, order)
        order._release_rate("another day")
        self.assertEqual(asked.state, "cancelled")
        self.assertFalse(order.lock_may_overdraw)
        with self.assertRaisesRegex(UserError, "with a cap"):
            order._request_overdraw("please", 5)

    def test_nonsense_is_refused(self):
        for amount in (0, -5, float("nan"), float("inf")):
            with self.assertRaises(UserError), self.cr.savepoint():
                self._ask(amount)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.order._request_overdraw(" ", 5)

    def test_others_read_nothing_of_it(self):
        stranger = self._create_salesperson("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.order.with_user(stranger)._request_overdraw("please", 5)

    def test_a_credit_note_is_taken_back_after_an_overdraw(self):
        """What the refusal says can be done."""
        invoice = self.other._create_invoices()
        invoice.action_post()
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.other.order_line.product_uom_qty = 0
        late = self._order(500)
        self.assertRefused(refund.button_draft)
        self._ask(400, self.other).with_user(self.manager).action_approve()
        refund.button_draft()
        self.assertEqual(self._taken(), (1400, 0, 0))
        self.assertEqual(late.state, "sale")

    def test_what_belongs_to_no_order_is_credited(self):
        """900 are drawn by orders, and 5,000 on a line of none."""
        invoice = self.other._create_invoices()
        invoice.invoice_line_ids = [
            Command.create({"name": "By hand", "price_unit": 5000, "tax_ids": False})
        ]
        invoice.action_post()
        self.other._allow_overdraw("all that it draws")
        self.assertEqual(self.other.lock_overdraw, 600)
        self.assertEqual(self._taken(), (5900, 0, -4300))
        with self.assertRaisesRegex(UserError, "credit what belongs to none"):
            self.other._allow_overdraw("and the rest")
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.invoice_line_ids.filtered("sale_line_ids").unlink()
        refund.action_post()
        self.assertEqual(self._taken(), (900, 0, 100))
