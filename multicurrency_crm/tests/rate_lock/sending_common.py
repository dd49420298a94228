"""Quotations that are sent as the button and its dialog do."""

from odoo.tests import Form

from .common import RateLockCommon


class SendingCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"
        # no PDF: what it says is tested as HTML
        cls.quotation_mail = cls.env.ref("sale.email_template_edi_sale")

    def _send(self, order):
        """As the Send button and its dialog do."""
        action = order.action_quotation_send()
        composer = Form(
            self.env[action["res_model"]]
            .with_user(order.env.user)
            .with_context(**action["context"])
        ).save()
        composer._action_send_mail()

    def _own(self, user, **values):
        order = self._create_quotation(price=100.0, user_id=user.id, **values)
        return order.with_user(user)

    def assertLockedToday(self, order):
        self.assertTrue(order.rate_locked)
        self.assertAlmostEqual(order.currency_rate, 1 / 7.1234, 12)
        self.assertEqual(order.rate_lock_id.sudo().kind, "order")

    def _forget_rates(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id)]
        ).unlink()
