"""Nothing is promised in an archived currency (odoo/odoo#54096)."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .agreement_common import AgreementCommon
from .common import TODAY

REFUSED = "EUR, the currency of .*, is archived"


@tagged("post_install", "-at_install")
class TestLocksInAnArchivedCurrency(AgreementCommon):
    def test_a_quotation(self):
        order = self._create_quotation(self.eur)
        self.eur.active = False
        for door in (order.action_open_lock_rate, order.action_lock_rate):
            with self.assertRaisesRegex(UserError, REFUSED):
                door()

    def test_a_typed_rate_that_a_manager_approves_later(self):
        order = self._create_quotation(self.eur, user_id=self.user.id)
        locks = order.with_user(self.user)._lock_rate(
            quoted=("6.9", "company_per_unit")
        )
        approval = self.env["fx.rate.approval"]._find_requested(order)
        self.eur.active = False
        with self.assertRaisesRegex(UserError, REFUSED):
            approval.with_user(self.manager).action_approve()
        self.assertEqual(locks.sudo().state, "draft")

    def test_an_agreement(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.eur.id,
                "quoted_rate": "7.75",
                "date_start": TODAY,
                "date_end": TODAY + timedelta(days=90),
            }
        )
        self.eur.active = False
        with self.assertRaisesRegex(UserError, REFUSED):
            agreement.action_activate()
        self.assertEqual(agreement.state, "draft")
        self.eur.active = True
        agreement.action_activate()
        self.assertEqual(agreement.state, "active")

    def test_what_was_promised_before_holds(self):
        order = self._create_quotation(self.eur)
        lock = self._lock(order)
        self.eur._write({"active": False})  # before archiving was refused
        self.env.invalidate_all()
        self.assertFalse(self.eur.active)
        self.assertEqual(lock.state, "active")
        self.assertTrue(order.rate_locked)

    def test_a_currency_in_which_a_rate_is_promised_is_not_archived(self):
        order = self._create_quotation(self.eur)
        lock = self._lock(order)
        lock_name = self.env["ir.model"]._get(lock._name).name
        with self.assertRaisesRegex(UserError, f"EUR can't.*\n- 1 × {lock_name}: "):
            self.eur.action_archive()
        order._release_rate("The customer pays in dollars.")
        self.eur.action_archive()
        self.assertFalse(self.eur.active)

    def test_nor_one_in_which_an_order_at_its_lock_waits_for_its_invoice(self):
        order = self._create_quotation(self.eur)
        lock = self._lock(order)
        order.action_confirm()
        self.assertEqual(lock.state, "used")
        with self.assertRaisesRegex(UserError, "EUR can't.*\n- 1 × .*: invoice what"):
            self.eur.action_archive()
        invoice = self._invoice(order)
        with self.assertRaisesRegex(UserError, "invoice what"):
            self.eur.action_archive()  # a draft invoices nothing
        invoice.action_post()
        self.eur.action_archive()
        self.assertFalse(self.eur.active)

    def test_an_order_without_a_lock_is_odoos_matter(self):
        """Its invoice is made in its own currency, and Odoo posts none meanwhile."""
        order = self._create_order(currency_id=self.eur.id)
        order.action_confirm()
        total = order.amount_total
        worth = self.eur._convert(total, self.cny, self.company, TODAY)
        self.eur.action_archive()
        invoice = self._invoice(order)
        self.assertEqual((invoice.currency_id, invoice.amount_total), (self.eur, total))
        self.assertAlmostEqual(invoice.amount_total_signed, worth, delta=0.05)
        with self.assertRaisesRegex(UserError, "inactive currency: EUR"):
            invoice.action_post()
        invoice.action_activate_currency()
        invoice.invalidate_recordset()
        invoice.action_post()
        self.assertAlmostEqual(invoice.amount_total_signed, worth, delta=0.05)

    def test_a_cancelled_order_set_back_is_not_confirmed(self):
        order = self._create_order(currency_id=self.eur.id)
        order._action_cancel()
        self.eur.action_archive()
        order.action_draft()
        price = order.order_line.price_unit
        order.order_line.product_uom_qty += 1
        self.assertEqual(order.currency_id, self.eur)
        self.assertAlmostEqual(order.order_line.price_unit, price, 2)
        self.assertIn("is archived", order.currency_warning)
        with self.assertRaisesRegex(UserError, REFUSED):
            order.action_confirm()
