from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ...models.rate_lock.res_currency import LOCKED_PAIR
from .common import LATER, RateLockCommon

FORGED = (
    {"lock_booked_from": "2026-01-01"},
    {"locked_rate": 99.0},
    {"booked_at_lock": True},
    {"market_rate_at_date": 1.0},
    {"lock_variance": 1.0},
)


@tagged("post_install", "-at_install")
class TestForgery(RateLockCommon):
    """What comes from outside, by RPC, makes no locked rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "forging_accountant",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.order = cls._create_quotation(price=100.0, user_id=cls.user.id)
        cls.lock = cls._lock(cls.order)
        cls.defaults = {
            "default_rate_lock_id": cls.lock.id,
            "default_locked_rate": 99.0,
            "default_booked_at_lock": True,
            "default_market_rate_at_date": 1.0,
            "default_lock_variance": 1.0,
        }

    def _invoice_values(self):
        return {
            "move_type": "out_invoice",
            "partner_id": self.customer.id,
            "currency_id": self.usd.id,
            "invoice_line_ids": [
                Command.create({"name": "Pump", "quantity": 1, "price_unit": 10.0})
            ],
        }

    def test_an_order_takes_no_default(self):
        Order = self.env["sale.order"].with_user(self.user)
        made = Order.with_context(**self.defaults).create(
            {"partner_id": self.customer.id}
        )
        self.assertFalse(made.sudo().rate_lock_id or made.locked_rate)
        self.assertFalse(
            Order.with_context(**self.defaults).default_get(
                ["rate_lock_id", "locked_rate"]
            )
        )

    def test_the_rate_of_a_locked_order_is_not_written(self):
        mine = self.order.with_user(self.user)
        with self.assertRaisesRegex(AccessError, "is locked"):
            mine.write({"currency_rate": 99.0})
        self.assertEqual(self.order.currency_rate, self.lock.rate)

    def test_an_accountant_forges_no_lock(self):
        Move = self.env["account.move"].with_user(self.accountant)
        made = Move.with_context(**self.defaults).create(self._invoice_values())
        self.assertFalse(made.sudo().rate_lock_id or made.locked_rate)
        self.assertFalse(
            made.booked_at_lock or made.market_rate_at_date or made.lock_variance
        )
        invoice = self._invoice(self.order)
        self._post_on(invoice, LATER)
        for values in FORGED:
            with self.assertRaisesRegex(AccessError, "can't be written"):
                made.write(values)
            with self.assertRaisesRegex(UserError, "can't be written|posted"):
                invoice.with_user(self.accountant).write(values)
            with self.assertRaisesRegex(AccessError, "can't be written"):
                Move.create({**self._invoice_values(), **values})
            with self.assertRaisesRegex(AccessError, "can't be written"):
                Move.with_context(fx_rate_lock_handover=True).create(
                    {**self._invoice_values(), **values}
                )
        self.assertBookedAt(invoice, "7.0021")

    def test_defaults_do_not_travel_into_core_sudo(self):
        order = self._create_quotation(price=10.0, user_id=self.user.id)
        order.action_confirm()
        mine = order.with_user(self.user).with_context(**self.defaults)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_user(self.user)
            .with_context(**self.defaults)
            .create(
                {
                    "advance_payment_method": "percentage",
                    "amount": 30,
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )
        moves = wizard._create_invoices(order.with_env(mine.env))
        moves |= mine._create_invoices(final=True)
        for move in moves.sudo():
            self.assertFalse(move.rate_lock_id or move.locked_rate)
            self.assertFalse(move.booked_at_lock or move.lock_variance)

    def test_the_accountant_works_on(self):
        self.company.lock_booking = "locked"
        invoice = self._invoice(self.order).with_user(self.accountant)
        with Form(invoice) as form:
            form.ref = "Edited"
        self._post_on(invoice, LATER)
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": LATER, "journal_id": invoice.journal_id.id})
        )
        wizard.modify_moves()
        made = (wizard.new_move_ids | invoice.reversal_move_ids).sudo()
        self.assertEqual(len(made), 2)
        self.assertEqual(made.rate_lock_id, self.lock)
        for move in made:
            self.assertBookedAt(move, "7.1234")

    def test_a_locked_rate_is_the_locks(self):
        invoice = self._invoice(self.order)
        for document in (self.order, invoice):
            with self.assertRaisesRegex(UserError, "Locked Rate"), self.cr.savepoint():
                document.write({"locked_rate": 99.0})

    def test_a_lock_stays_with_its_customer(self):
        other = self.env["res.partner"].create({"name": "Another"})
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        invoice = self._invoice(self.order)
        invoice.partner_id = contact
        with self.assertRaisesRegex(UserError, "promised to"), self.cr.savepoint():
            invoice.partner_id = other
        self._post_on(invoice, LATER)
        contact.parent_id = False
        refund = invoice._reverse_moves([{"invoice_date": LATER}])
        self.assertEqual(refund.rate_lock_id, self.lock)

    def test_an_order_invoiced_to_somebody_else(self):
        payer = self.env["res.partner"].create({"name": "Leasing"})
        self.order.partner_invoice_id = payer
        invoice = self._invoice(self.order)
        self.assertEqual((invoice.partner_id, invoice.rate_lock_id), (payer, self.lock))

    def test_a_pair_from_outside_converts_nothing(self):
        forged = self.env["res.currency"].with_context(
            **{LOCKED_PAIR: [self.cny.id, self.usd.id, 99.0]}
        )
        rate = forged._get_conversion_rate(
            self.cny, self.usd, company=self.company, date=LATER
        )
        self.assertAlmostEqual(rate, 1 / 7.0021, 12)
