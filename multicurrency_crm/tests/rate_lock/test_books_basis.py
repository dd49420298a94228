from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .booked_common import BookedCommon
from .common import LATER, TODAY


@tagged("post_install", "-at_install")
class TestBooksBasis(BookedCommon):
    """At which rate an invoice is booked, and who chooses."""

    def _line_vals(self, tax):
        return {"tax_ids": [Command.set(tax.ids)]}

    def test_an_invoice_with_tax_books_at_market(self):
        self._book_at_lock(self.company, tax=False)
        for tax, at_lock in (
            (self._create_tax(), False),
            (self._create_tax(0.0), True),
        ):
            invoice = self._locked_invoice(tax=tax)
            self.assertTrue(invoice.rate_locked)
            self.assertEqual(invoice.booked_at_lock, at_lock)
            self.assertEqual("has tax" in invoice.rate_lock_note, not at_lock)
            self._post_on(invoice, LATER)
            self.assertEqual(invoice.booked_at_lock, at_lock)
            self.assertBookedAt(invoice, "7.1234" if at_lock else "7.0021", cents=1)
            self.assertTrue(invoice.lock_variance)

    def test_a_draft_follows_its_taxes(self):
        self._book_at_lock(self.company, tax=False)
        tax, invoice = self._create_tax(), self._locked_invoice()
        line = invoice.invoice_line_ids
        for change, quoted in (
            (lambda: line.write(self._line_vals(tax)), "7.1234"),
            (lambda: line.write({"tax_ids": False}), "7.1234"),
            (
                lambda: invoice.write(
                    {
                        "invoice_date": LATER,
                        "invoice_line_ids": [
                            Command.update(line.id, self._line_vals(tax))
                        ],
                    }
                ),
                "7.0021",
            ),
        ):
            change()
            taxed = bool(line.tax_ids)
            self.assertEqual(invoice.booked_at_lock, not taxed)
            self.assertBookedAt(invoice, quoted, cents=1)
            self.assertEqual(bool(invoice.amount_tax), taxed)
        self._post_on(invoice, LATER)
        self.assertFalse(invoice.booked_at_lock)
        self.assertAlmostEqual(invoice.amount_tax, invoice.amount_untaxed * 0.13, 2)

    def test_a_day_from_which_it_holds(self):
        start = TODAY + timedelta(days=10)
        self._book_at_lock(self.company, start=start)
        invoice = self._locked_invoice()
        self.assertFalse(invoice.booked_at_lock)
        self.assertIn("dated before", invoice.rate_lock_note)
        for day, at_lock in ((start, True), (start - timedelta(days=1), False)):
            invoice.invoice_date = day
            self.assertEqual(invoice.booked_at_lock, at_lock)
            self.assertBookedAt(invoice, "7.1234")
        invoice.invoice_date = False
        self._post_on(invoice, LATER)
        self.assertTrue(invoice.booked_at_lock)
        self.assertBookedAt(invoice, "7.1234")

    def test_a_form_that_holds_a_rate(self):
        """The rate of the form is of the market, the date brings the lock."""
        start = TODAY + timedelta(days=10)
        self._book_at_lock(self.company, start=start)
        invoice = self._locked_invoice()
        invoice.write({"invoice_date": LATER, "invoice_currency_rate": 1 / 7.0021})
        self.assertTrue(invoice.booked_at_lock)
        self.assertBookedAt(invoice, "7.1234")

    def test_a_typed_rate_survives_taxes(self):
        """Odoo keeps a typed rate while lines change: so it does beside us."""
        self.company.lock_booking, tax = "market", self._create_tax()
        for lock in (True, False):
            order = self._create_quotation(price=10.0)
            if lock:
                self._lock(order)
            invoice = self._invoice(order)
            invoice.invoice_currency_rate = 0.5
            invoice.invoice_line_ids.tax_ids = tax
            self.assertEqual(invoice.invoice_currency_rate, 0.5)

    def test_reset_to_draft_is_no_decision(self):
        self._book_at_lock(self.company, tax=False)
        invoice = self._locked_invoice()
        self._post_on(invoice, LATER)
        self._book_at_lock(self.company, start=LATER + timedelta(days=50))
        invoice.button_draft()
        invoice.invoice_date = TODAY
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")

    def test_an_invoicing_user_without_our_groups(self):
        self._book_at_lock(self.company, tax=False)
        user = new_test_user(
            self.env,
            "invoicing_only",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        invoice = self._locked_invoice().with_user(user)
        tax = self._create_tax()
        with Form(invoice) as form:
            form.invoice_date = LATER
            with form.invoice_line_ids.edit(0) as line:
                line.tax_ids.add(tax)
        self.assertFalse(invoice.booked_at_lock)
        self.assertBookedAt(invoice, "7.0021", cents=1)
        with Form(invoice) as form:
            with form.invoice_line_ids.edit(0) as line:
                line.tax_ids.clear()
        self.assertTrue(invoice.booked_at_lock)
        with self.assertRaisesRegex(UserError, "locked rate"):
            invoice.refresh_invoice_currency_rate()
        self._post_on(invoice, LATER)
        self.assertBookedAt(invoice, "7.1234")
        refund = self._credit(invoice)
        self._post_on(refund, LATER)
        self.assertBookedAt(refund, "7.1234")
        self.assertEqual(refund.lock_value, -invoice.lock_value)

    def test_a_branch_goes_by_its_root(self):
        branch = self._create_branch()
        self.assertEqual(branch.lock_booking, "locked")
        env = self.env(context={**self.env.context, "allowed_company_ids": branch.ids})
        order = self._create_quotation(price=10.0, company_id=branch.id)
        order = order.with_env(env)
        self._lock(order)
        invoice = self._invoice(order)
        self._post_on(invoice, LATER)
        self.assertEqual(invoice.company_id, branch)
        self.assertBookedAt(invoice, "7.1234")


@tagged("post_install", "-at_install")
class TestBooksChoice(BookedCommon):
    """Who lets the books follow the lock, from when, and who can read of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.lock_booking = "market"

    def _administrator(self, login, groups=""):
        return new_test_user(
            self.env,
            login,
            groups=",".join(filter(None, ["base.group_erp_manager", groups])),
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_finance_only(self):
        plain = self.company.with_user(self._administrator("plain_administrator"))
        with self.assertRaisesRegex(AccessError, "Finance"):
            plain.lock_booking = "locked"
        with self.assertRaisesRegex(AccessError, "Finance"):
            plain.create({"name": "New", "lock_booking": "locked"})
        plain.write({"lock_booking": "market", "lock_books_tax": True})
        finance = self.company.with_user(
            self._administrator("finance", "multicurrency_crm.group_finance")
        )
        finance.lock_booking = "locked"
        for values in (
            {"lock_books_tax": False},
            {"lock_booking_from": TODAY - timedelta(days=900)},
        ):
            with self.assertRaisesRegex(AccessError, "Finance"):
                plain.write(values)
        plain.write({"lock_booking": "locked", "lock_books_tax": True})
        plain.lock_booking = "market"

    def test_from_today_unless_said(self):
        self.assertFalse(self.company.lock_booking_from)
        self.company.lock_booking = "locked"
        self.assertEqual(self.company.lock_booking_from, TODAY)
        with self.assertRaisesRegex(UserError, "enter it"), self.cr.savepoint():
            self.company.lock_booking_from = False
            self.env.flush_all()
        self.company.write({"lock_booking_from": LATER, "lock_booking": "locked"})
        self.assertEqual(self.company.lock_booking_from, LATER)
        made = self.env["res.company"].create(
            {"name": "New", "currency_id": self.cny.id, "lock_booking": "locked"}
        )
        self.assertEqual(made.lock_booking_from, TODAY)

    def test_branches_take_all_of_it(self):
        branch = self._create_branch()
        self.company.write(
            {
                "lock_booking": "locked",
                "lock_booking_from": LATER,
                "lock_books_tax": not self.company.lock_books_tax,
                "refund_at_origin_rate": True,
            }
        )
        for name in ("lock_booking", "lock_booking_from", "lock_books_tax"):
            self.assertEqual(branch[name], self.company[name])
        self.company.lock_booking = "market"
        self.assertEqual(branch.lock_booking, "market")
        self.assertFalse(branch.lock_booking_from)

    def test_logged(self):
        company = self.company.with_context(tracking_disable=False)
        self.env.flush_all()
        self.cr.precommit.run()
        company.write({"lock_booking": "locked", "refund_at_origin_rate": True})
        self.env.flush_all()
        self.cr.precommit.run()
        logged = company.message_ids.sudo().tracking_value_ids.field_id.mapped("name")
        self.assertLessEqual(
            {"lock_booking", "lock_booking_from", "refund_at_origin_rate"}, set(logged)
        )

    def test_settings_page(self):
        with Form(self.env["res.config.settings"]) as form:
            form.lock_booking = "locked"
            self.assertEqual(form.lock_booking_from, TODAY)
            form.lock_booking_from = LATER
        form.record.execute()
        self.assertEqual(self.company.lock_booking, "locked")
        self.assertEqual(self.company.lock_booking_from, LATER)
