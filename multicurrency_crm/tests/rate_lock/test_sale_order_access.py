from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import LATER, RateLockCommon


@tagged("post_install", "-at_install")
class TestLockAccess(RateLockCommon):
    def test_a_user_locks_own_quotations(self):
        own = self._create_quotation(user_id=self.user.id)
        own.with_user(self.user).action_lock_rate()
        self.assertEqual(own.rate_lock_id.user_id, self.user)
        foreign = self._create_quotation(user_id=self.manager.id)
        with self.assertRaises(AccessError):
            foreign.with_user(self.user).action_lock_rate()
        self.assertFalse(foreign.rate_lock_id)

    def test_without_the_right_no_lock(self):
        order = self._create_quotation(user_id=self.plain_seller.id)
        with self.assertRaisesRegex(AccessError, "user right"):
            order.with_user(self.plain_seller).action_lock_rate()
        with self.assertRaisesRegex(AccessError, "user right"):
            order.with_user(self.plain_seller).action_open_lock_rate()

    def test_a_rate_is_not_forged(self):
        order = self._create_quotation(user_id=self.user.id)
        mine = order.with_user(self.user)
        lock = self._lock(self._create_quotation())
        for values in ({"locked_rate": 1.0}, {"rate_lock_id": lock.id}):
            with self.assertRaises(AccessError):
                mine.write(values)
        with self.assertRaises(AccessError):
            mine.create({"partner_id": self.customer.id, "locked_rate": 9.0})

    def test_owner_and_manager_release(self):
        order = self._create_quotation(user_id=self.user.id)
        order.with_user(self.user).action_lock_rate()
        colleague = self._create_salesperson(
            "colleague",
            "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user",
        )
        lock = order.rate_lock_id
        for user in (colleague, self.plain_seller):
            with self.assertRaisesRegex(AccessError, "ask one of them"):
                order.with_user(user)._release_rate("Because")
        self.assertEqual(lock.state, "active")
        action = order.with_user(self.user).action_release_rate()
        wizard = (
            self.env[action["res_model"]]
            .with_user(self.user)
            .with_context(**action["context"])
            .create({"reason": "Typo"})
        )
        wizard.action_apply()
        self.assertEqual((lock.state, lock.release_reason), ("released", "Typo"))

    def test_a_manager_of_another_company_releases_nothing(self):
        lock = self._lock(self._create_quotation())
        stranger = self._create_salesperson(
            "stranger",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
        )
        stranger.write(
            {
                "company_id": self.other_company.id,
                "company_ids": [Command.set(self.other_company.ids)],
            }
        )
        there = (
            self.env["fx.rate.lock.release"]
            .with_user(stranger)
            .with_context(allowed_company_ids=self.other_company.ids)
        )
        with self.assertRaises(AccessError):
            there.create({"lock_id": lock.id, "reason": "Guessed"})
        self.assertEqual(lock.state, "active")

    def test_the_addons_groups_alone_open_a_lock(self):
        order = self._create_quotation(price=100.0)
        lock = self._lock(order)
        self._invoice(order)
        for group in ("group_user", "group_finance"):
            user = new_test_user(
                self.env,
                f"only_{group}",
                groups=f"base.group_user,multicurrency_crm.{group}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            self.env.invalidate_all()
            opened = lock.with_user(user)
            views = opened.get_views(
                [(False, view) for view in ("form", "list", "kanban", "search")]
            )
            for view in ("form", "list", "kanban"):
                arch = etree.fromstring(views["views"][view]["arch"])
                nodes = arch.xpath("//field[not(ancestor::field)]")
                names = {node.get("name") for node in nodes}
                self.assertFalse(names & {"order_ids", "move_ids"})
                self.assertTrue(opened.web_read({name: {} for name in names}))
            with Form(opened) as form:
                self.assertEqual(form.name, lock.name)

    def test_a_confirmed_order_is_released_by_managers(self):
        order = self._create_quotation(user_id=self.user.id)
        order.with_user(self.user).action_lock_rate()
        order.with_user(self.user).action_confirm()
        with self.assertRaises(AccessError):
            order.with_user(self.user)._release_rate("Because")
        order.with_user(self.manager)._release_rate("Agreed with the customer")
        self.assertEqual(order.rate_lock_state, "released")

    def test_plain_sales_rights_do_everything_as_before(self):
        order = self._create_quotation(user_id=self.plain_seller.id)
        self._lock(order)
        mine = order.with_user(self.plain_seller)
        self.env.invalidate_all()
        self.assertEqual(mine.rate_lock_state, "locked")
        self.assertIn("7.1234", mine.rate_lock_note)
        self.assertEqual(
            mine.search([("id", "=", order.id), ("rate_lock_state", "=", "locked")]),
            mine,
        )
        with Form(mine) as form:
            with form.order_line.edit(0) as line:
                line.product_uom_qty = 5
        self.assertFalse(mine.copy().rate_locked)
        mine.action_quotation_send()
        mine.action_confirm()
        invoice = mine._create_invoices()
        self.assertEqual(invoice.sudo().rate_lock_id, order.rate_lock_id)
        other = self._create_quotation(user_id=self.plain_seller.id)
        self._lock(other)
        other.with_user(self.plain_seller)._action_cancel()
        self.assertEqual(other.rate_lock_state, "cancelled", "given back")

    def test_plain_invoicing_rights_post_and_refund(self):
        accountant = self._create_accountant()
        self.company.lock_booking = "locked"
        order = self._create_quotation(price=100.0)
        self._lock(order)
        invoice = self._invoice(order).with_user(accountant)
        self.env.invalidate_all()
        with freeze_time(f"{LATER} 04:00:00"):
            invoice.action_post()
            self.assertIn("7.1234", invoice.rate_lock_note)
            refund = invoice._reverse_moves([{"invoice_date": LATER}])
            refund.action_post()
            invoice.button_draft()
            invoice.action_post()
        self.assertTrue(refund.booked_at_lock)
        self.assertBookedAt(invoice.sudo(), "7.1234")

    def _create_accountant(self):
        user = self._create_salesperson("plain_accountant")
        user.group_ids = self.env.ref("account.group_account_invoice") | self.env.ref(
            "base.group_user"
        )
        return user
