"""What is drawn beyond a cap is said exactly, to whom it concerns, until it is
settled."""

from odoo import Command
from odoo.tests import Form, HttpCase, tagged

from .test_caps import CapsCommon
from .test_portal_lock import SIGNATURE

KIND = "multicurrency_crm.mail_activity_overdrawn"


class OverdrawnCommon(CapsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.plain_seller
        cls.agreement.sudo()._write_guarded({"user_id": cls.finance.id})

    @classmethod
    def _quote(cls, amount, quantity=1, **values):
        return super()._quote(amount, quantity, **{"user_id": cls.seller.id, **values})

    def _post(self, order, amount):
        """Post an invoice over another amount than was ordered."""
        invoice = order._create_invoices()
        invoice.invoice_line_ids.price_unit = amount
        invoice.action_post()
        return invoice

    def _find_told(self, *documents):
        kind = self.env.ref(KIND)
        return [
            document.activity_ids.filtered(
                lambda activity: activity.activity_type_id == kind
            )
            for document in documents
        ]

    def assertTold(self, *documents):
        for document, told in zip(documents, self._find_told(*documents), strict=True):
            self.assertEqual(len(told), 1, document)
        return self._find_told(*documents)

    def assertSettled(self, *documents):
        self.assertFalse(any(self._find_told(*documents)))


@tagged("post_install", "-at_install")
class TestOverdrawn(OverdrawnCommon):
    # === HOW MUCH === #

    @staticmethod
    def _read_all(record):
        return "".join(map(str, record.message_ids.mapped("body")))

    def test_what_is_reserved_is_not_beyond(self):
        order = self._order(700)
        self._send(self._quote(300))
        invoice = self._post(order, 1200)
        self.assertEqual(self._taken(), (1200, 300, -500))
        self.assertEqual(self.agreement._get_excess(), 200)
        self.assertIn(
            "1,200.00 USD of agreement %s is drawn: 200.00 USD more than its cap of "
            "1,000.00 USD." % self.agreement.name,
            self._read_all(invoice),
        )

    def test_reservations_alone_are_no_matter(self):
        order = self._order(100)
        self._send(self._quote(600))
        invoice = self._post(order, 900)
        self.assertEqual(self._taken(), (900, 600, -500))
        self.assertSettled(order, self.agreement)
        self.assertFalse(order.lock_room_note)
        self.assertNotIn("more than its cap", self._read_all(invoice))

    def test_what_was_allowed_is_said_besides(self):
        first, second = self._order(600), self._quote(1)
        second.order_line.price_unit = 700
        second._allow_overdraw("a good customer")
        second.action_confirm()
        self.assertEqual(self._taken(), (1300, 0, 0))
        invoice = self._post(first, 1000)
        self.assertEqual(self.agreement._get_excess(), 400)
        self.assertIn(
            "400.00 USD more than its cap of 1,000.00 USD and the 300.00 USD that was "
            "allowed beyond it",
            self._read_all(invoice),
        )
        # a manager grants what is missing, and no more
        self.assertEqual(first._find_missing_to_order(), (1000, 400))
        first._allow_overdraw("delivered is delivered")
        self.assertEqual(first.lock_overdraw, 400)
        self.assertEqual(self._taken(), (1700, 0, 0))

    def test_the_banner_of_an_order(self):
        order, other = self._order(400), self._order(600)
        self.assertFalse(order.lock_room_note)
        self._post(order, 900)
        for one, amount in ((order, "900.00 USD"), (other, "600.00 USD")):
            note = one.with_user(self.seller).lock_room_note
            self.assertIn("500.00 USD more than its cap of 1,000.00 USD", note)
            self.assertIn(f"This order draws {amount}", note)
            self.assertNotIn("second quotation", note)

    # === WHO IS ASKED, AND UNTIL WHEN === #

    def test_seller_and_owner_are_asked(self):
        order = self._order(400)
        self._post(order, 1100)
        at_order, at_agreement = self.assertTold(order, self.agreement)
        self.assertEqual(at_order.user_id, self.seller)
        self.assertEqual(at_agreement.user_id, self.finance)

    def test_who_owns_what_they_sold_does_not_answer_alone(self):
        order = self._order(400, user_id=self.finance.id)
        self._post(order, 1100)
        at_order, at_agreement = self.assertTold(order, self.agreement)
        self.assertEqual(at_order.user_id, self.finance)
        self.assertEqual(at_agreement.user_id, self.manager)

    def test_settled_by_allowing(self):
        order = self._order(400)
        self._post(order, 1100)
        order._allow_overdraw("delivered is delivered", 60)
        self.assertTold(order, self.agreement)
        order._allow_overdraw("delivered is delivered")
        self.assertEqual(order.lock_overdraw, 100)
        self.assertSettled(order, self.agreement)

    def test_settled_by_a_credit_note(self):
        order = self._order(400, 4)
        invoice = order._create_invoices()
        invoice.invoice_line_ids.quantity = 11
        invoice.action_post()
        self.assertTold(order, self.agreement)
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.action_post()
        self.assertEqual(self._taken(), (400, 0, 600))
        self.assertSettled(order, self.agreement)

    def test_settled_by_cancelling(self):
        order, other = self._order(400), self._order(600)
        self._post(order, 500)
        self.assertTold(order, self.agreement)
        other._action_cancel()
        self.env.cr.flush()
        self.assertSettled(order, self.agreement)

    def test_settled_by_crediting_a_line_of_no_order(self):
        order = self._order(900)
        invoice = order._create_invoices()
        invoice.invoice_line_ids = [
            Command.create({"name": "Freight", "price_unit": 300, "tax_ids": False})
        ]
        invoice.action_post()
        self.assertTold(order, self.agreement)
        refund = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        refund.invoice_line_ids.filtered("sale_line_ids").unlink()
        refund.action_post()
        self.assertEqual(self._taken(), (900, 0, 100))
        self.assertSettled(order, self.agreement)

    def test_the_successor_is_told(self):
        order = self._order(400)
        invoice = order._create_invoices()
        new = self.agreement._supersede(self.agreement.date_end, "another rate")
        invoice.invoice_line_ids.price_unit = 1500
        invoice.action_post()
        self.assertEqual(new.amount_available, -500)
        self.assertIn("500.00 USD more", new.message_ids[0].body)
        self.assertTold(order, new)
        order._allow_overdraw("delivered is delivered")
        self.assertSettled(order, new)


@tagged("post_install", "-at_install")
class TestSignedBeyond(OverdrawnCommon, HttpCase):
    """Whoever signs a quotation that finds no room in its agreement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._quote(1, require_signature=True)
        cls.other = cls._quote(1, require_signature=True)

    def _fill(self, order=None):
        """Leave 200 for an order of 900, which was made when there was room."""
        self._order(800)
        (order or self.order).order_line.price_unit = 900

    def _sign(self, order=None, token=True):
        order = order or self.order
        order_token = order._portal_ensure_token()
        self.env.cr.flush()
        answer = self.make_jsonrpc_request(
            f"/my/orders/{order.id}/accept",
            {
                "access_token": order_token if token else None,
                "name": "Somebody",
                "signature": SIGNATURE,
            },
        )
        self.env.invalidate_all()
        return answer

    def _offers(self):
        """Return whether the page of the order offers to sign it."""
        url = self.order.get_portal_url()
        self.env.cr.flush()
        page = self.url_open(url)
        self.env.invalidate_all()
        return b'id="accept"' in page.content

    def test_a_colleague_signs_by_the_checks_of_the_button(self):
        self.order.action_quotation_sent()
        self._post(self._order(10), 1000)
        self.authenticate(self.seller.login, self.seller.login)
        self.assertIn("is left", self._sign()["error"])
        self.assertEqual(self.order.state, "sent")
        self.assertFalse(self.order.signature)

    def test_a_stranger_reads_nothing_of_the_agreement(self):
        self.order.action_quotation_sent()
        self._post(self._order(10), 1000)
        stranger = self._create_salesperson("stranger", "base.group_user")
        self.authenticate(stranger.login, stranger.login)
        error = self._sign()["error"]
        self.assertIn("ask its salesperson", error)
        self.assertNotIn("USD", error)
        self.assertEqual(self.order.state, "sent")

    def test_a_colleague_signs_what_finds_room(self):
        self.authenticate(self.seller.login, self.seller.login)
        self.assertNotIn("error", self._sign())
        self.assertEqual(self.order.state, "sale")

    def test_a_draft_without_room_is_not_offered(self):
        self.assertTrue(self._offers())
        self._fill()
        for login in (None, self.seller.login):
            with self.subTest(login=login):
                self.authenticate(login, login)
                self.assertFalse(self._offers())
                self.assertIn("error", self._sign())
                self.assertEqual(self.order.state, "draft")
        self.assertRefused(self.order.action_confirm)

    def test_what_was_sent_is_taken(self):
        self.order.order_line.price_unit = 900
        self.order.action_quotation_sent()
        self._post(self._order(10), 1000)
        self.assertNotIn("error", self._sign())
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self._taken(), (1900, 0, -900))
        at_order, at_agreement = self.assertTold(self.order, self.agreement)
        self.assertEqual(at_order.user_id, self.seller)
        self.assertEqual(at_agreement.user_id, self.finance)
        self.assertIn("900.00 USD more than was left", at_order.note)

    def test_a_portal_user_is_a_customer(self):
        self.order.action_quotation_sent()
        self._post(self._order(10), 1000)
        portal = self.env["res.users"].create(
            {
                "name": "Customer",
                "login": "signing_customer",
                "password": "signing_customer",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        self.authenticate(portal.login, portal.login)
        self.assertNotIn("error", self._sign(token=False))
        self.assertEqual(self.order.state, "sale")

    def test_nothing_is_withheld_of_what_waits_for_no_agreement(self):
        self.order._release_rate("another rate")
        self._order(1000)
        self.assertTrue(self._offers())


@tagged("post_install", "-at_install")
class TestShownOfAgreement(OverdrawnCommon):
    """What people read of an agreement, and what they are offered."""

    def test_the_row_adds_up(self):
        order = self._order(300)
        self._send(self._quote(100))
        new = self.agreement._supersede(self.agreement.date_end, "another rate")
        self._order(200)
        self._send(self._quote(50))
        order._create_invoices().action_post()
        for lock, figures in (
            (self.agreement, (300, 0, 350)),
            (new, (200, 150, 300)),
        ):
            with self.subTest(lock=lock.name):
                lock.invalidate_recordset()
                shown = (lock.amount_drawn, lock.amount_reserved, lock.taken_elsewhere)
                self.assertEqual(shown, figures)
                self.assertEqual(lock.amount_limit - sum(shown), 350)
                self.assertEqual(lock.amount_available, 350)
        self.assertEqual(self.agreement.reserved_elsewhere, 150)
        self.assertEqual(self.agreement.successor_id, new)

    def test_what_nobody_was_promised_is_not_open(self):
        order, draft = self._quote(700), self._quote(700)
        self.assertEqual(self.agreement.amount_open, 0)
        order.action_confirm()
        self.assertRefused(draft.action_confirm)
        self.assertEqual(self.agreement.amount_open, 700)
        draft.order_line.price_unit = 100
        self._send(draft)
        self.assertEqual(self.agreement.amount_open, 800)

    def test_nothing_left_is_said(self):
        self.assertFalse(self._quote(1).lock_room_note)
        self._order(999)
        self._order(1)
        note = self._quote(5).with_user(self.seller).lock_room_note
        self.assertIn(f"{self.agreement.name} has nothing left", note)
        self.assertFalse(self._create_quotation(self.eur).lock_room_note)

    def test_the_dialog_shows_what_is_decided_on(self):
        first, second = self._order(600), self._quote(1)
        second.order_line.price_unit = 700
        second._allow_overdraw("a good customer")
        second.action_confirm()
        self._post(first, 1000)
        dialog = self.env["sale.order.overdraw.lock"].with_user(self.manager)
        form = Form(dialog.with_context(default_order_id=first.id))
        shown = (form.cap, form.drawn, form.allowed, form.left, form.missing)
        self.assertEqual(shown, (1000, 1700, 300, 0, 400))
        self.assertEqual((form.amount, form.most), (400, 1000))

    def test_the_seller_is_told(self):
        order = self._order(900)
        order.with_user(self.seller)._request_overdraw("please", 300)
        order.with_user(self.manager)._allow_overdraw("because", 300)
        told = order.message_ids[0].notified_partner_ids
        self.assertIn(self.seller.partner_id, told)

    def test_who_may_extend_is_offered_it(self):
        order = self._quote(1)
        for user, may in (
            (self.seller, False),
            (self.user, False),
            (self.finance, True),
            (self.manager, True),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(order.with_user(user).rate_lock_may_change, may)
        self.assertFalse(self.agreement.with_user(self.user).may_change)
        self.assertTrue(self.agreement.with_user(self.finance).may_change)

    def test_who_posts_sees_it(self):
        order = self._order(400)
        invoice = self._post(order, 1100)
        self.assertIn("100.00 USD more than its cap", invoice.lock_excess_note)
        self.assertEqual(self.agreement.excess_note, invoice.lock_excess_note)
        order._allow_overdraw("delivered is delivered")
        self.assertFalse(invoice.lock_excess_note or self.agreement.excess_note)

    def test_the_dialog_opens_the_successor(self):
        dialog = self.env["fx.rate.lock.extend"].with_user(self.finance)
        form = Form(dialog.with_context(default_lock_id=self.agreement.id))
        form.rate_choice = "spot"
        form.date_end = self.agreement.date_end
        form.reason = "another rate"
        answer = form.save().action_extend()
        self.assertEqual(answer["res_id"], self.agreement.successor_id.id)

    def test_one_banner_says_that_it_was_released(self):
        order = self._order(100)
        order._action_cancel()
        self.agreement._supersede(self.agreement.date_end, "another rate")
        order.action_draft()
        self.assertTrue(order.rate_lock_ended)
        self.assertIn("was released", order.rate_lock_note)
        self.assertNotIn("until", order.rate_lock_note)

    def test_a_draft_shows_no_market_rate(self):
        self.assertFalse(self._agree(draft=True).market_note)
