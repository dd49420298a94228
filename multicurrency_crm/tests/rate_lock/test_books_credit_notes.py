from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .booked_common import BookedCommon
from .common import LATER, TODAY


@tagged("post_install", "-at_install")
class TestCreditNotesAtLock(BookedCommon):
    """What corrects an invoice that was booked at the lock."""

    def test_full_refund(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        refund = self._credit(invoice)
        self.assertEqual(refund.rate_lock_id, invoice.rate_lock_id)
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(refund.reversed_entry_id, invoice)
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertFalse(invoice.line_ids.matched_credit_ids.exchange_move_id)

    def test_partial_refund(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        refund = self._credit(invoice)
        refund.invoice_line_ids.quantity = 1
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(refund.amount_total, 1234.56)

    def test_refund_and_new(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        self.company.lock_booking = "market"
        wizard = self._refund(invoice)
        with freeze_time(f"{LATER} 04:00:00"):
            wizard.modify_moves()
        new = wizard.new_move_ids
        refund = invoice.reversal_move_ids
        self.assertEqual((refund.state, new.state), ("posted", "draft"))
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(new.rate_lock_id, invoice.rate_lock_id)
        self._post_on(new, LATER)
        self.assertBookedAt(new, "7.1234")

    def test_refund_after_a_release(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        order = invoice.line_ids.sale_line_ids.order_id
        draft = order.copy()
        self._lock(draft)
        order._release_rate("Over")
        self.assertBookedAt(invoice, "7.1234")
        wizard = self._refund(invoice)
        wizard.refund_moves()
        self._post_on(wizard.new_move_ids, LATER)
        self.assertBookedAt(wizard.new_move_ids, "7.1234")

    def test_its_taxes_and_dates_change_nothing(self):
        self._book_at_lock(self.company, tax=False)
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        refund = self._credit(invoice)
        refund.invoice_line_ids.tax_ids = self._create_tax()
        refund.invoice_date = self.env["fx.rate.lock"].search([]).date_start
        self.assertTrue(refund.booked_at_lock and refund.at_origin_rate)
        self._post_on(refund, LATER, LATER)
        self.assertBookedAt(refund, "7.1234", cents=2)

    def test_debit_note(self):
        if "debit_origin_id" not in self.env["account.move"]._fields:
            self.skipTest("account_debit_note is not installed")
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        wizard = (
            self.env["account.debit.note"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": LATER, "copy_lines": True})
        )
        note = self.env["account.move"].browse(wizard.create_debit()["res_id"])
        self.assertEqual(note.rate_lock_id, invoice.rate_lock_id)
        self._post_on(note, LATER)
        self.assertBookedAt(note, "7.1234")


@tagged("post_install", "-at_install")
class TestCreditNotesAtOrigin(BookedCommon):
    """Companies whose books take the market rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lock_booking = "market"

    def _plain_invoice(self, currency=None):
        order = self._create_quotation(currency, 100.0)
        invoice = self._invoice(order)
        self._post_on(invoice, TODAY)
        return invoice

    def test_odoos_own_without_the_setting(self):
        refund = self._credit(self._plain_invoice())
        self.assertFalse(refund.at_origin_rate)
        self.assertBookedAt(refund, "7.0021")

    def test_at_the_rate_of_the_invoice(self):
        invoice = self._plain_invoice()
        self.company.refund_at_origin_rate = True
        refund = self._credit(invoice)
        self.assertTrue(refund.at_origin_rate)
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")
        self.assertFalse(invoice.line_ids.matched_credit_ids.exchange_move_id)

    def test_the_setting_changes_no_draft(self):
        invoice = self._plain_invoice()
        before = self._credit(invoice)
        self.company.refund_at_origin_rate = True
        during = self._credit(invoice)
        self.company.refund_at_origin_rate = False
        for refund, quoted in ((before, "7.0021"), (during, "7.1234")):
            refund.invoice_date = TODAY
            refund.invoice_date = LATER
            self.assertBookedAt(refund, quoted)

    def test_one_draft_is_decided_otherwise(self):
        self.company.refund_at_origin_rate = True
        refund = self._credit(self._plain_invoice())
        refund.at_origin_rate = False
        self.assertBookedAt(refund, "7.0021")

    def test_standalone_and_in_another_currency(self):
        self.company.refund_at_origin_rate = True
        alone = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "invoice_date": LATER,
                "invoice_line_ids": [
                    Command.create({"name": "Goodwill", "price_unit": 10.0})
                ],
            }
        )
        self.assertFalse(alone.at_origin_rate)
        self.assertBookedAt(alone, "7.0021")
        refund = self._credit(self._plain_invoice())
        refund.currency_id = self.eur
        self.assertBookedAt(refund, "7.8")

    def test_bills_too(self):
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "Freight", "price_unit": 10.0})
                ],
            }
        )
        bill.action_post()
        self.company.refund_at_origin_rate = True
        self.assertBookedAt(self._credit(bill), "7.1234")

    def test_of_a_locked_invoice_always(self):
        invoice = self._locked_invoice()
        self._post_on(invoice, TODAY)
        refund = self._credit(invoice)
        self.assertTrue(refund.at_origin_rate and refund.rate_locked)
        self.assertFalse(refund.booked_at_lock)
        self.assertBookedAt(refund, "7.1234")
        self.assertIn(invoice.name, refund.rate_lock_note)
        for change in (
            refund.refresh_invoice_currency_rate,
            lambda: refund.write({"invoice_currency_rate": 0.5}),
            lambda: refund.write({"at_origin_rate": False}),
        ):
            with self.assertRaisesRegex(UserError, "was locked"), self.cr.savepoint():
                change()
                self.env.flush_all()
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")

    def test_a_branch_goes_by_its_root(self):
        branch = self._create_branch()
        self.company.refund_at_origin_rate = True
        env = self.env(context={**self.env.context, "allowed_company_ids": branch.ids})
        invoice = (
            env["account.move"]
            .with_company(branch)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.customer.id,
                    "currency_id": self.usd.id,
                    "company_id": branch.id,
                    "invoice_date": TODAY,
                    "invoice_line_ids": [
                        Command.create({"name": "Pump", "price_unit": 10.0})
                    ],
                }
            )
        )
        invoice.action_post()
        refund = self._credit(invoice)
        self.assertEqual(refund.company_id, branch)
        self.assertTrue(refund.at_origin_rate)
        self.assertBookedAt(refund, "7.1234")
