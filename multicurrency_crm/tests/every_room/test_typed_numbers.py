"""Numbers that people type: letters, nothing, 0, negative, huge, full-width digits."""

import datetime

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from ...models.common.typed_number_mixin import MODULE
from ..common import MultiCurrencyCommon

#: fields of models that nobody but code writes, or that a list numbers by itself
BY_CODE = {
    "credit.account",
    "credit.peer",
    "fx.rate.chain.line",
    "sale.order.confirm.report",
    "sale.order.line",
}
SENTENCE = "can't be locked: a rate is a number above zero"


@tagged("post_install", "-at_install")
class TestTypedNumbers(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.later = cls.today + datetime.timedelta(days=60)
        cls._set_rate(cls.usd, cls.today, 0.14)
        cls.finance = cls._create_salesperson(
            "typing", "multicurrency_crm.group_finance"
        )
        cls.finance.company_ids = cls.company
        cls.env = cls.env(user=cls.finance)

    def _agree(self, **values):
        """A new agreement as its form saves it."""
        return self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "date_start": self.today,
                "date_end": self.later,
                "quoted_rate": "7.1",
                **values,
            }
        )

    def _deal(self, **values):
        return self.env["fx.forward"].create(
            {
                "counterparty_id": self.customer.id,
                "currency_id": self.usd.id,
                "amount": 1000.0,
                "value_date": self.later,
                "quoted_rate": "7.1",
                **values,
            }
        )

    # === RATES AS TEXT === #

    def test_15_3_3_letters_for_the_rate_of_an_agreement(self):
        form = Form(self.env["fx.rate.lock"].with_context(default_kind="agreement"))
        with self.assertRaisesRegex(UserError, SENTENCE):
            form.quoted_rate = "abc"
        for text in ("abc", "", "0", "-1", "1e30", "nan", "7,1", "7.1.2"):
            with (
                self.subTest(text=text),
                self.assertRaisesRegex(UserError, SENTENCE),
                self.cr.savepoint(),
            ):
                self._agree(quoted_rate=text)

    def test_15_3_3_letters_for_the_rate_of_a_forward(self):
        form = Form(self.env["fx.forward"])
        with self.assertRaisesRegex(UserError, SENTENCE):
            form.quoted_rate = "abc"
        draft = self._deal()
        for text in ("abc", "0", "-1", "1e30", "nan"):
            with (
                self.subTest(text=text),
                self.assertRaisesRegex(UserError, SENTENCE),
                self.cr.savepoint(),
            ):
                draft.quoted_rate = text
                self.env.flush_all()

    def test_15_3_3_no_currency_no_equation(self):
        for model in ("fx.rate.lock", "fx.forward"):
            form = Form(self.env[model].with_context(default_kind="agreement"))
            form.quoted_rate = "4.70"
            self.assertFalse(form.rate_display)
            form.currency_id = self.usd
            self.assertEqual(form.rate_display, "1 USD = 4.7000 CNY")

    def test_full_width_digits_are_digits(self):
        self.assertEqual(self._agree(quoted_rate="７．１２３４").quoted_rate, "7.1234")
        forward = self._deal(
            quoted_rate="７．１", spot_quoted=" ７．２ ", forward_points="－３５．５"
        )
        self.assertEqual(forward.rate_display, "1 USD = 7.1000 CNY")
        self.assertEqual(
            (forward.spot_quoted, forward.forward_points), ("7.2", "-35.5")
        )
        order = self._create_order(currency_id=self.usd.id, user_id=self.finance.id)
        dialog = Form(
            self.env["sale.order.lock.rate"].with_context(default_order_id=order.id)
        )
        dialog.rate_choice = "typed"
        dialog.quoted_rate = "７．１３"
        self.assertEqual(dialog.locked_display, "1 USD = 7.1300 CNY")
        dialog.save().action_lock()
        self.assertEqual(order.rate_lock_id.quoted_rate, "7.13")

    def test_a_rate_isnt_blamed_for_how_it_is_quoted(self):
        for make in (self._agree, self._deal):
            with (
                self.assertRaisesRegex(UserError, "“sideways”"),
                self.cr.savepoint(),
            ):
                make(quoted_rate="6.67024", quote_direction="sideways")

    # === DAYS AND AMOUNTS === #

    def test_days_that_no_calendar_has(self):
        never = datetime.date(9999, 12, 31)
        draft = self._agree()
        for name, most in (("date_end", "12/31/2199"), ("invoice_by", "12/31/2499")):
            with self.assertRaisesRegex(ValidationError, most):
                self._agree(**{name: str(never)})
            with self.assertRaisesRegex(ValidationError, most):
                draft.write({name: never})
        draft.date_end = datetime.date(2199, 12, 31)
        draft.action_activate()
        self.assertEqual(draft.invoice_by.year, 2200)
        dialog = self.env["fx.rate.lock.extend"].with_context(default_lock_id=draft.id)
        with self.assertRaisesRegex(ValidationError, "12/31/2199"):
            Form(dialog).date_end = never
        with self.assertRaisesRegex(ValidationError, "12/31/2199"):
            dialog.create({"date_end": str(never)})
        draft.sudo()._release("a quotation is locked by itself")
        order = self._create_order(currency_id=self.usd.id, user_id=self.finance.id)
        order.validity_date = never
        with self.assertRaisesRegex(UserError, "expires on 12/31/9999 only"):
            order.action_lock_rate()

    def test_an_amount_that_would_be_rounded_to_nothing(self):
        """0.4 JPY is no cap, and 0 is none at all."""
        yen = {"currency_id": self.jpy.id, "quoted_rate": "0.0478"}
        told = "smallest amount of JPY is 1"
        with self.assertRaisesRegex(ValidationError, told):
            self._agree(amount_cap=0.4, **yen)
        draft = self._agree(amount_cap=0.6, **yen)
        self.assertEqual(draft.amount_cap, 1)
        with self.assertRaisesRegex(ValidationError, told):
            draft.amount_cap = 0.4
        draft.amount_cap = 0
        dollars = self._agree(amount_cap=0.4)
        self.assertEqual(dollars.amount_cap, 0.4)

    def test_a_rate_that_no_currency_has(self):
        for text in ("9" * 30, "0." + "0" * 30 + "1"):
            for make in (self._agree, self._deal):
                with self.assertRaisesRegex(UserError, "a rate lies between"):
                    make(quoted_rate=text)

    def test_15_3_3_an_agreement_takes_the_customers_currency(self):
        self.customer.with_company(self.company).sudo().preferred_currency_id = self.eur
        agreements = self.env["fx.rate.lock"].with_context(default_kind="agreement")
        form = Form(agreements)
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.eur)
        form = Form(agreements)
        form.currency_id = self.usd
        form.partner_id = self.customer
        self.assertEqual(form.currency_id, self.usd, "Chosen by hand")
        self.customer.with_company(self.company).sudo().preferred_currency_id = self.cny
        form = Form(agreements)
        form.partner_id = self.customer
        self.assertFalse(form.currency_id, "There is no rate of one's own currency")

    # === LEADS === #

    def _lead(self, **values):
        return self.env["crm.lead"].create(
            {
                "name": "Pumps",
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "revenue_currency_id": self.usd.id,
                **values,
            }
        )

    def test_15_3_3_an_expected_revenue_of_1e14(self):
        for rate in (0.14, 1 / 7.1234, 3.0):
            lead = self._lead()
            lead.sudo()._write_guarded({"revenue_rate": rate})
            lead.expected_revenue = 1e14
            self.assertAlmostEqual(lead.expected_revenue / 1e14, 1.0)
            self.assertAlmostEqual(lead.expected_revenue_customer / 1e14, rate)
            lead.expected_revenue_customer = 98_765_432_109_876.54
            self.assertAlmostEqual(
                lead.expected_revenue * rate / lead.expected_revenue_customer, 1.0
            )

    def test_an_expected_revenue_that_nobody_counts(self):
        for value in (1e30, -1e30, 1e300, float("nan"), float("inf")):
            with (
                self.subTest(value=value),
                self.assertRaisesRegex(ValidationError, "can't be entered as"),
                self.cr.savepoint(),
            ):
                self._lead(expected_revenue_customer=value)
        with self.assertRaisesRegex(ValidationError, "can't be entered as"):
            self._lead(expected_revenue=1e30)

    # === THE GUARD === #

    def test_every_way_in(self):
        """By a form, a line of a form, an import and RPC."""
        policy = self.env["credit.policy"].sudo().create({"name": "Everybody"})
        line = policy.check_ids[:1]
        with self.assertRaisesRegex(ValidationError, "“2,147,483,648” can't"):
            policy.onchange(
                {"review_days": 2**31}, ["review_days"], {"review_days": {}}
            )
        with self.assertRaisesRegex(ValidationError, "“1,000,000,000” can't"):
            policy.check_ids = [(1, line.id, {"days": 10**9})]
        with self.assertRaisesRegex(ValidationError, "“NaN” can't"):
            policy.write({"limit_cap": float("nan")})
        with self.assertRaisesRegex(ValidationError, "“abc” can't"):
            policy.write({"months_a": "abc"})
        result = policy.load(["name", "review_days"], [["Imported", "1000000000000"]])
        self.assertFalse(result["ids"])
        self.assertIn("can't be entered as", result["messages"][0]["message"])

    def test_settings_and_users(self):
        company = self.company.sudo()
        for name in ("lock_days", "lock_invoice_days", "rate_max_age"):
            with self.assertRaisesRegex(ValidationError, "can't be entered as"):
                company[name] = 2**31
            settings = self.env["res.config.settings"].sudo()
            with self.assertRaisesRegex(ValidationError, "can't be entered as"):
                settings.create({name: 2**31})
        with self.assertRaisesRegex(ValidationError, "can't be entered as"):
            self.finance.sudo().credit_cap = float("inf")

    def test_every_typed_number_of_the_addon_is_looked_at(self):
        """A new number comes with the guard, or this names it."""
        bare = {
            f"{model}.{name}"
            for model in self.env.registry
            if not self.env[model]._abstract and model not in BY_CODE
            for name, field in self.env[model]._fields.items()
            if field._module == MODULE
            and field.type in ("integer", "float", "monetary")
            and not field.readonly
            and name not in getattr(self.env[model], "_typed_numbers", ())
        }
        self.assertFalse(bare)
