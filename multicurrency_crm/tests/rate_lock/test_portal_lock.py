"""A customer reads, signs and pays a quotation whose rate is locked."""

from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .agreement_common import AgreementCommon
from .common import END, LATER, TODAY, RateLockCommon

# one white pixel
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sA"
    "AAAASUVORK5CYII="
)
AFTER = END + timedelta(days=1)


class PortalLockCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls._create_quotation(
            price=100.0, user_id=cls.user.id, require_signature=True
        )
        # valid for longer than its rate: what has ended is the rate alone
        cls.order.validity_date = END
        cls._lock(cls.order)
        cls.order.action_quotation_sent()
        cls.order.validity_date = False

    def _filter_told(self):
        return self.order.activity_ids.filtered(
            lambda activity: activity.user_id == self.user
        )


@tagged("post_install", "-at_install")
class TestExpiredOnPortal(PortalLockCommon):
    def test_expired_with_its_lock(self):
        self.assertFalse(self.order.is_expired)
        self.assertTrue(self.order._has_to_be_signed())
        for moment, expired in (
            (f"{END} 15:59:00", False),  # the last minute of the last day in China
            (f"{END} 16:01:00", True),
        ):
            self.company.partner_id.tz = "Asia/Shanghai"
            self.env.invalidate_all()
            with freeze_time(moment):
                self.assertEqual(self.order.is_expired, expired, moment)
                self.assertEqual(self.order._has_to_be_signed(), not expired)

    def test_a_released_or_confirmed_one_is_not(self):
        other = self._create_quotation(price=1.0)
        self._lock(other)
        other.validity_date = False
        other._release_rate("Back to the market")
        self.order.action_confirm()
        self.env.invalidate_all()
        with freeze_time(f"{LATER} 04:00:00"):
            self.assertFalse(self.order.is_expired)
            self.assertFalse(other.is_expired)

    def test_paid_after_the_end(self):
        self.order.write(
            {
                "require_signature": False,
                "require_payment": True,
                "prepayment_percent": 1.0,
            }
        )
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            self._pay(self.order.amount_total)
            self.assertEqual(self.order.state, "sale")
            self.assertEqual(self.order.amount_paid, self.order.amount_total)
            self.assertTrue(self.order.rate_locked)
            self.assertTrue(self._filter_told())

    def test_paid_in_part_after_the_end(self):
        self.order.write(
            {
                "require_signature": False,
                "require_payment": True,
                "prepayment_percent": 1.0,
            }
        )
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            self._pay(10.0)
            self.assertEqual(self.order.state, "sent")
            told = self._filter_told()
            self.assertEqual(told.summary, "Accepted after the rate lock ended")
            self._pay(10.0)
            self.assertEqual(self._filter_told(), told)  # once

    def _pay(self, amount):
        provider = self.env["payment.provider"].create(
            {"name": "Loopback", "company_id": self.company.id}
        )
        Method = self.env["payment.method"]
        method = Method.create({"name": "Card", "code": f"loopback_{provider.id}"})
        transaction = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "amount": amount,
                "currency_id": self.usd.id,
                "partner_id": self.customer.id,
                "reference": f"Late {provider.id}",
                "sale_order_ids": [Command.set(self.order.ids)],
                "state": "done",
            }
        )
        # its payment entry takes a payment journal, which is another matter
        self.patch(type(transaction), "_create_payment", lambda *args, **kwargs: None)
        transaction._post_process()


@tagged("post_install", "-at_install")
class TestPortalLock(PortalLockCommon, HttpCase):
    def _open(self, **query):
        response = self.url_open(self.order.get_portal_url())
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.content)

    def _accept(self):
        return self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order._portal_ensure_token(),
                "name": "Customer",
                "signature": SIGNATURE,
            },
        )

    def _text(self, nodes):
        return " ".join(" ".join(node.text_content() for node in nodes).split())

    def test_figures_where_the_customer_wants_them(self):
        self.assertFalse(self._open().xpath("//*[@name='rate_lock_figures']"))
        self.customer.print_rate_lock = True
        figures = self._text(self._open().xpath("//*[@name='rate_lock_figures']"))
        self.assertIn("1 USD = 7.1234 CNY", figures)
        self.assertIn("12/04/2026", figures)
        self.assertIn("2,137.02", figures)

    def test_expired_says_why(self):
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            page = self._open()
        self.assertIn(
            "Its exchange rate held until 12/04/2026.",
            self._text(page.xpath("//*[@name='rate_lock_ended']")),
        )
        self.assertFalse(page.xpath("//form[@id='accept']"))

    def test_a_running_lock_says_nothing(self):
        page = self._open()
        self.assertFalse(page.xpath("//*[@name='rate_lock_ended']"))
        self.assertTrue(page.xpath("//form[@id='accept']"))

    def test_signed_after_the_end(self):
        """The page was opened in time, the signature comes a day later."""
        self._open()
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            answer = self._accept()
            self.assertNotIn("error", answer)
            self.assertTrue(self.order.signature)
            self.assertEqual(self.order.signed_by, "Customer")
            self.assertEqual(self.order.state, "sale")
            self.assertTrue(self.order.rate_locked)
            self.assertTrue(self._filter_told())

    def test_signed_after_the_end_and_still_to_be_paid(self):
        self.order.write({"require_payment": True, "prepayment_percent": 0.5})
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            self.assertNotIn("error", self._accept())
            self.assertTrue(self.order.signature)
            self.assertEqual(self.order.state, "sent")
            told = self._filter_told()
            self.assertEqual(told.summary, "Accepted after the rate lock ended")
            self.assertIn("12/04/2026", told.note)

    def test_declined_after_the_end(self):
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            token = self.order._portal_ensure_token()
            page = self._open()
            csrf = page.xpath("//input[@name='csrf_token']/@value")[0]
            self.url_open(
                f"/my/orders/{self.order.id}/decline?access_token={token}",
                data={"csrf_token": csrf, "decline_message": "Too late"},
            )
            self.assertEqual(self.order.state, "cancel")

    def test_what_odoo_refuses_stays_refused(self):
        self.order.sudo().validity_date = TODAY
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            self.assertIn("error", self._accept())
            self.assertFalse(self.order.signature)

    def test_the_list_says_expired(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal Customer",
                "login": "portal_lock",
                "password": "portal_lock",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        self.customer.print_rate_lock = True
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.order.rate_lock_id.with_user(portal).read(["rate"])
        mine = self.order.with_user(portal)
        self.assertIn("7.1234", mine.shown_rate)
        with self.assertRaises(AccessError):
            mine.read(["rate_lock_end"])
        self.assertFalse(mine.is_expired)
        self.authenticate("portal_lock", "portal_lock")
        listed = self.url_open("/my/quotes").text
        self.assertIn(self.order.name, listed)
        self.assertNotIn("text-bg-danger", listed)
        self.env.invalidate_all()
        with freeze_time(f"{AFTER} 04:00:00"):
            self.authenticate("portal_lock", "portal_lock")
            self.assertIn("text-bg-danger", self.url_open("/my/quotes").text)


@tagged("post_install", "-at_install")
class TestOptionsOnPortal(AgreementCommon, HttpCase):
    """What a customer wants more of is taken, and told to colleagues; of our caps the
    customer reads nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._agree(cap=1000)
        cls.order = cls._create_quotation(price=100, user_id=cls.user.id)
        piece = {"product_id": cls.product.id, "price_unit": 100, "tax_ids": False}
        section = {
            "name": "Spares",
            "display_type": "line_section",
            "is_optional": True,
            "sequence": 20,
        }
        option = {**piece, "product_uom_qty": 0, "sequence": 30}
        cls.order.order_line = [Command.create(section), Command.create(option)]
        cls.option = cls.order.order_line[-1]
        cls.option.price_unit = 100
        cls.order.action_quotation_sent()
        cls.env.flush_all()

    def _choose(self, quantity):
        token = self.order._portal_ensure_token()
        self.env.flush_all()
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/update_line_dict",
            {
                "line_id": self.option.id,
                "input_quantity": quantity,
                "access_token": token,
            },
        )
        self.env.invalidate_all()
        return answer

    def test_more_than_is_left(self):
        self._choose(2)
        self.assertEqual(self.agreement.amount_reserved, 500)
        self.assertFalse(self.order.activity_ids)
        self._choose(20)
        self.assertEqual(self.option.product_uom_qty, 20)
        self.assertEqual(self.agreement.amount_reserved, 2300)
        activities = self.order.activity_ids | self.agreement.activity_ids
        self.assertIn("1,300.00 USD", " ".join(activities.mapped("note")))
        # a colleague isn't let through with it
        with self.assertRaisesRegex(UserError, "is left"), self.cr.savepoint():
            self.order.with_user(self.user).action_confirm()
