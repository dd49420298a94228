from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ...models.common.customer_present import is_customer_present
from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestAllowedCurrencies(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()
        cls.customer.allowed_currency_ids = cls.usd | cls.eur
        cls.contact = cls.env["res.partner"].create(
            {"name": "Buyer", "parent_id": cls.customer.id}
        )

    def _create_move(self, currency, move_type="out_invoice", **values):
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "currency_id": currency.id,
                "invoice_date": fields.Date.today(),
                "invoice_line_ids": [
                    Command.create({"name": "Pump", "price_unit": 10.0, "tax_ids": []})
                ],
                **values,
            }
        )

    def test_advice_is_shown_and_noted(self):
        order = self._create_order(self.contact)
        self.assertIn("CNY", order.currency_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertIn("does not buy in CNY", order.message_ids[:1].body)
        self.assertFalse(order.activity_ids)

    def test_enforced_on_orders(self):
        self.company.currency_policy = "enforce"
        order = self._create_order(self.contact)
        with self.assertRaisesRegex(
            UserError, "does not buy in CNY.*(EUR or USD|USD or EUR)"
        ):
            order.action_confirm()
        self.assertEqual(order.state, "draft")
        order._switch_currency(self.usd)
        self.assertFalse(order.currency_warning)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_a_forged_context_is_no_bypass(self):
        self.company.currency_policy = "enforce"
        order = self._create_order(self.contact)
        with self.assertRaises(UserError):
            order.with_context(multicurrency_customer=True).action_confirm()

    def test_a_customer_who_signs_is_not_turned_away(self):
        self.company.currency_policy = "enforce"
        order = self._create_order(self.contact)
        order._validate_order()
        self.assertEqual(order.state, "sale")
        self.assertIn("does not buy in CNY", order.activity_ids.note)
        self.assertFalse(is_customer_present(order.env))

    def test_the_task_falls_to_a_colleague(self):
        """Not to the customer at the other end, nor to the robot."""
        self.company.currency_policy = "enforce"
        order = self._create_order(self.contact, user_id=False)
        order.partner_id.user_id = False
        public = self.env.ref("base.public_user")
        order.with_user(public).sudo()._validate_order()
        user = order.activity_ids.user_id
        self.assertFalse(user.share)
        self.assertTrue(user.active)
        order = self._create_order(self.contact, user_id=False)
        seller = self._create_salesperson("owner")
        self.customer.user_id = seller
        order._validate_order()
        self.assertEqual(order.activity_ids.user_id, seller)

    def test_enforced_on_customer_invoices_only(self):
        self.company.currency_policy = "enforce"
        invoice = self._create_move(self.cny)
        self.assertIn("CNY", invoice.currency_warning)
        with self.assertRaisesRegex(UserError, "does not buy in CNY"):
            invoice.action_post()
        self.assertEqual(invoice.state, "draft")
        for move_type in ("out_refund", "in_invoice", "in_refund"):
            move = self._create_move(self.cny, move_type)
            move.action_post()
            self.assertEqual(move.state, "posted")
        self._create_move(self.usd).action_post()

    def test_advice_on_invoices(self):
        invoice = self._create_move(self.cny)
        invoice.action_post()
        self.assertIn("does not buy in CNY", str(invoice.message_ids.mapped("body")))

    def test_policy_of_the_document_company(self):
        self.other_company.currency_policy = "enforce"
        order = self._create_order(self.contact)
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_no_list_costs_no_query(self):
        order = self._create_order(self.env["res.partner"].create({"name": "Free"}))
        order._currency_error_message()
        self.env.flush_all()
        order.invalidate_recordset(["currency_warning"])
        with self.assertQueryCount(0):
            self.assertFalse(order._currency_error_message())


@tagged("post_install", "-at_install")
class TestDirectInvoice(MultiCurrencyCommon):
    """Invoices made in the form take the customer's currency; others do not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.customer.preferred_currency_id = cls.usd

    def _form(self, move_type="out_invoice"):
        return Form(self.env["account.move"].with_context(default_move_type=move_type))

    def test_the_form_takes_the_preference(self):
        form = self._form()
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.usd)
        form.partner_id = self.env["res.partner"].create({"name": "Without"})
        self.assertEqual(form.currency_id, self.cny)

    def test_a_picked_currency_stays(self):
        form = self._form()
        form.currency_id = self.eur
        form.partner_id = self.env["res.partner"].create({"name": "Without"})
        self.assertEqual(form.currency_id, self.eur)

    def test_lines_keep_the_currency(self):
        form = self._form()
        with form.invoice_line_ids.new() as line:
            line.name = "Pump"
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.cny)

    def test_the_journal_wins(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", self.company.id)], limit=1
        )
        journal.currency_id = self.eur
        form = self._form()
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.eur)

    def test_bills_are_left_alone(self):
        form = self._form("in_invoice")
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.cny)

    def test_code_keeps_core(self):
        move = self.env["account.move"].create(
            {"move_type": "out_invoice", "partner_id": self.customer.id}
        )
        self.assertEqual(move.currency_id, self.cny)


@tagged("post_install", "-at_install")
class TestPlainDocuments(MultiCurrencyCommon):
    """Where nobody has a list, confirming and posting ask the database nothing more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._disable_pricelists()

    def _count(self, action):
        """Queries of one action on cold records, caches of the registry warm."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _confirm_and_post(self):
        order = self._create_order(currency_id=self.usd.id)
        confirm = self._count(order.action_confirm)
        invoice = order._create_invoices()
        return confirm, self._count(invoice.action_post)

    def test_no_extra_query(self):
        def least():
            """Of two rounds, so that a number or a cache due just now counts not."""
            return tuple(map(min, self._confirm_and_post(), self._confirm_and_post()))

        self._confirm_and_post()  # caches
        with_check = least()
        for model in ("sale.order", "account.move"):
            self.patch(
                self.registry[model], "_currency_error_message", lambda document: False
            )
        for asked, unasked in zip(with_check, least(), strict=True):
            self.assertLessEqual(asked, unasked)
