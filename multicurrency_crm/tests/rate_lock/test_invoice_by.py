from datetime import timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ...models.common.customer_present import mark_customer_present
from .common import END, RateLockCommon

LAST = END + timedelta(days=90)
LATE = LAST + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestInvoiceBy(RateLockCommon):
    """A locked order that nobody invoiced within ninety days of the lock's end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = cls._create_salesperson(
            "billing_seller",
            "sales_team.group_sale_salesman_all_leads,account.group_account_invoice",
        )
        cls.order = cls._create_quotation(price=100, user_id=cls.user.id)
        cls.order.with_user(cls.user).action_lock_rate()
        cls.order.action_confirm()
        cls.lock = cls.order.rate_lock_id

    def _be_late(self):
        self.startPatcher(freeze_time(f"{LATE} 04:00:00"))

    def _invoice_as(self, user):
        return self.order.with_user(user)._create_invoices()

    def _asked(self):
        return self.env["fx.rate.approval"].search(
            [("order_id", "=", self.order.id), ("kind", "=", "invoicing")]
        )

    def _down_payment(self, user):
        return (
            self.env["sale.advance.payment.inv"]
            .with_user(user)
            .create(
                {
                    "advance_payment_method": "percentage",
                    "amount": 30,
                    "sale_order_ids": [Command.set(self.order.ids)],
                }
            )
        )

    def test_on_the_last_day(self):
        self.assertEqual(self.lock.invoice_by, LAST)
        with freeze_time(f"{LAST} 23:00:00"):
            self.assertFalse(self.order.lock_invoice_note)
            self.assertEqual(self._invoice_as(self.biller).rate_lock_id, self.lock)

    def test_later_a_manager_decides(self):
        self._be_late()
        self.assertIn("request the approval", self.order.lock_invoice_note)
        with self.assertRaisesRegex(UserError, "request the approval of a manager"):
            with self.cr.savepoint():
                self._invoice_as(self.biller)
        self.assertFalse(self.order.invoice_ids)
        self.order.with_user(self.biller).action_request_invoice_approval()
        asked = self._asked()
        self.assertEqual(asked.requested_by, self.biller)
        self.assertIn(self.manager, asked.activity_ids.user_id)
        with self.assertRaises(AccessError):
            asked.with_user(self.user).action_approve()
        asked.with_user(self.manager).action_approve()
        self.assertEqual(self.lock.invoice_by, LATE + timedelta(days=90))
        self.assertFalse(self.order.lock_invoice_note)
        self.assertEqual(self._invoice_as(self.biller).rate_lock_id, self.lock)

    def test_refused(self):
        self._be_late()
        self.order.with_user(self.biller).action_request_invoice_approval()
        self._asked().with_user(self.manager)._refuse("release it")
        with self.assertRaises(UserError), self.cr.savepoint():
            self._invoice_as(self.biller)

    def test_down_payments_are_late_too(self):
        self._be_late()
        with self.assertRaisesRegex(UserError, "request"), self.cr.savepoint():
            self._down_payment(self.biller).create_invoices()
        self.assertFalse(self.order.invoice_ids)

    def test_what_comes_back_is_credited_whenever(self):
        invoice = self._invoice_as(self.biller)
        invoice.action_post()
        self._be_late()
        self.order.order_line.product_uom_qty = 1
        refund = self.order.with_user(self.biller)._create_invoices(final=True)
        self.assertEqual(refund.move_type, "out_refund")
        self.assertEqual(refund.rate_lock_id, self.lock)

    def test_a_customer_who_pays_is_invoiced_and_told(self):
        self._be_late()
        moves = mark_customer_present(self.order.sudo())._create_invoices()
        self.assertEqual(moves.rate_lock_id, self.lock)
        told = self.order.activity_ids
        self.assertEqual(told.user_id, self.user)
        self.assertIn("last day", told.note)

    def test_a_job_invoices_and_tells(self):
        self._be_late()
        cron = self.env.ref("multicurrency_crm.ir_cron_expire_locks")
        job = self.order.sudo().with_context(cron_id=cron.id)
        self.assertTrue(job._create_invoices())
        self.assertTrue(self.order.activity_ids)

    def test_a_context_from_outside_is_no_job(self):
        self._be_late()
        for key in ("cron_id", "multicurrency_customer"):
            order = self.order.with_user(self.biller).with_context(**{key: 1})
            with self.assertRaises(UserError), self.cr.savepoint():
                order._create_invoices()

    def test_an_unlocked_order_is_free(self):
        order = self._create_quotation(price=10)
        order.action_confirm()
        self._be_late()
        self.assertTrue(order._create_invoices())
        with self.assertRaisesRegex(UserError, "needs no approval"):
            order.action_request_invoice_approval()

    def test_a_batch_names_the_late(self):
        other = self._create_quotation(price=10, user_id=self.user.id)
        other.action_confirm()
        self._be_late()
        with self.assertRaisesRegex(UserError, self.order.name), self.cr.savepoint():
            (other | self.order)._create_invoices()
        self.assertFalse(other.invoice_ids)

    def test_of_an_agreement_only_the_order_that_was_asked_about(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.0",
                "date_end": END,
            }
        )
        agreement.action_activate()
        asked, other = (self._create_quotation(price=10) for _n in range(2))
        (asked | other).action_confirm()
        self.assertEqual((asked | other).rate_lock_id, agreement)
        self._be_late()
        asked.with_user(self.biller).action_request_invoice_approval()
        agreement.approval_ids.with_user(self.manager).action_approve()
        self.assertEqual(agreement.invoice_by, LAST)
        self.assertTrue(asked._create_invoices())
        with self.assertRaises(UserError), self.cr.savepoint():
            other._create_invoices()

    def test_a_later_day_from_the_dialog(self):
        form = Form(
            self.env["fx.rate.lock.extend"]
            .with_user(self.user)
            .with_context(default_lock_id=self.lock.id)
        )
        self.assertTrue(form.is_ordered)
        form.invoice_by = LATE
        form.reason = "the ship is late"
        form.save().action_extend()
        asked = self.lock.approval_ids
        self.assertEqual(asked.requested_date, LATE)
        self.assertEqual(self.lock.invoice_by, LAST)
        asked.with_user(self.manager).action_approve()
        self.assertEqual(self.lock.invoice_by, LATE)

    def test_plain_rights_read_the_note(self):
        self.order.user_id = self.plain_seller
        self._be_late()
        order = self.order.with_user(self.plain_seller)
        self.assertIn("request", order.lock_invoice_note)
        order.action_request_invoice_approval()
        self.assertEqual(self._asked().requested_by, self.plain_seller)
