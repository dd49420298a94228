from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .credit_common import TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditShown(CreditCommon):
    """What is shown of limits adds up, and no limit is no 0."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()

    def _tied(self, assessment):
        """limit − exposure − what locked rates make = available"""
        left = assessment.limit_amount - assessment.exposure
        left -= assessment.locked_difference
        self.assertAlmostEqual(left, assessment.available, 2)

    def test_a_limit_in_another_currency(self):
        """1,000 USD at 1/0.14; 700 CNY are owed, 98 USD."""
        self._limit(self.buyer, 1000.0, self.usd)
        self._invoice(self.buyer, 700.0)
        assessment = self._assess(self.buyer)
        self._tied(assessment)
        self.assertEqual(assessment.locked_difference, 0.0)
        self.assertEqual(assessment.limit_note, "1,000.00 USD − 98.00 USD = 902.00 USD")

    def test_a_limit_in_a_currency_of_small_coins(self):
        """What a coin of the company is worth in dozens adds up, as the table shows it:
        90,000,000 yen at 500 a yuan less 84,820,751."""
        self._set_rate(self.jpy, TODAY, 500.0)
        self._limit(self.buyer, 90_000_000.0, self.jpy)
        self._invoice(self.buyer, 84_820_751.0, currency=self.jpy)
        assessment = self._assess(self.buyer)
        self.assertEqual(
            assessment.limit_note, "90,000,000 JPY − 84,820,751 JPY = 5,179,249 JPY"
        )
        row = assessment.exposure_table["rows"][0]
        self.assertEqual(row["amount"], "84,820,751 JPY")
        self._tied(assessment)

    def test_a_code_where_a_symbol_may_be_another_currencys(self):
        """Yuan beside yen: no amount of the table has a symbol that both have."""
        self._invoice(self.buyer, 100.0)
        self._invoice(self.buyer, 2000.0, currency=self.jpy)
        rows = self._assess(self.buyer).exposure_table["rows"]
        shown = {
            row["currency"]: (row["amounts"], row["amount"], row["value"])
            for row in rows
        }
        self.assertEqual(
            shown,
            {
                "CNY": (["100.00 CNY"], "100.00 CNY", "100.00 CNY"),
                "JPY": (["2,000 JPY"], "2,000 JPY", "100.00 CNY"),
            },
        )

    def test_an_order_at_a_locked_rate(self):
        """100 USD at a lock of 0.14 are 714.29 CNY of the exposure and, at today's 0.2,
        500 CNY of the limit; the other way round with 0.1."""
        self._limit(self.buyer, 1000.0, self.usd)
        order = self._order_of(self.buyer, 100.0, self.usd, pricelist_id=False)
        order.action_lock_rate()
        order.action_confirm()
        self.policy.rate_basis = "spot"
        for rate, difference, said in (
            (0.2, -214.29, "214.29 CNY less of the limit"),
            (0.1, 285.71, "285.71 CNY more of the limit"),
        ):
            self.env["res.currency.rate"].search(
                [("currency_id", "=", self.usd.id), ("name", "=", TODAY)]
            ).unlink()
            self._set_rate(self.usd, TODAY, rate)
            assessment = self._assess(self.buyer)
            self.assertEqual(assessment.exposure, 714.29)
            self.assertAlmostEqual(assessment.locked_difference, difference, 2)
            self._tied(assessment)
            self.assertIn("100.00 USD = 900.00 USD", assessment.limit_note)
            self.assertIn(said, assessment.limit_note)

    def test_a_group_limit_besides(self):
        self._limit(self.buyer, 1000.0)
        self._limit(self.buyer, 5000.0, is_group=True)
        note = self._assess(self.buyer).limit_note
        self.assertIn("5,000.00 CNY", note)
        self.assertIn("Buyer", note)

    def test_no_limit_is_no_amount(self):
        """In every list and form: an empty cell, or a sentence."""
        self._invoice(self.buyer, 700.0)
        assessment = self._assess(self.buyer)
        self.assertFalse(assessment.has_limit)
        self.assertEqual(assessment.limit_note, "No limit is set.")
        self.assertEqual(assessment.locked_difference, 0.0)
        for name, model in (
            ("credit_assessment_view_list", "credit.assessment"),
            ("credit_assessment_view_form", "credit.assessment"),
            ("view_partner_tree", "res.partner"),
            ("view_partner_form_credit", "res.partner"),
        ):
            view = self.env.ref(f"multicurrency_crm.{name}")
            kind = "form" if "form" in name else "list"
            arch = self._get_arch(model, view, kind)
            for field in ("limit_amount", "limit_original", "available"):
                for shown in (field, f"credit_{field}"):
                    for node in arch.xpath(f"//field[@name='{shown}']"):
                        self.assertIn("has_limit", node.get("invisible") or "", name)

    def _get_arch(self, model, view, kind):
        from lxml import etree  # noqa: PLC0415

        if view.mode == "extension":
            return etree.fromstring(view.arch)
        return etree.fromstring(self.env[model].get_view(view.id, kind)["arch"])

    def test_what_waits_is_no_draft(self):
        limit = self.env["credit.limit"].create(
            {"partner_id": self.buyer.id, "amount": 10.0, "currency_id": self.cny.id}
        )
        self.assertEqual(limit.decision_status, "To Approve")
        limit.sudo().action_approve()
        self.assertEqual(limit.decision_status, "Approved")
        grade = self.env["credit.manual.grade"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.company.id,
                "grade": "a",
                "reason": "Known",
                "date_end": "2027-01-01",
            }
        )
        self.assertEqual(grade.decision_status, "To Approve")

    def test_the_lists_of_what_waits(self):
        """Who asked, and when; nobody has decided, and nothing is entered there."""
        for name in ("limit", "manual_grade"):
            action = self.env.ref(f"multicurrency_crm.action_credit_{name}_waiting")
            view = action.view_ids.filtered(lambda v: v.view_mode == "list").view_id
            arch = view.arch
            self.assertIn('create="0"', arch)
            self.assertIn("requested_by", arch)
            self.assertNotIn("decided_by", arch)
            self.assertNotIn('name="state"', arch)
            self.assertIn("'create': False", action.context)

    # === CURRENCIES === #

    def test_odoo_54096_no_terms_in_an_archived_currency(self):
        limit = self._limit(self.buyer, 10.0, self.jpy)
        self.jpy.active = False
        limit.review_date = "2027-01-01"  # what stands, stands
        for create in (
            lambda: self._limit(self.buyer, 20.0, self.jpy),
            lambda: limit.copy(),
            lambda: self.policy.write(
                {
                    "floor_ids": [
                        Command.create({"currency_id": self.jpy.id, "amount": 5.0})
                    ]
                }
            ),
            lambda: self.policy.write(
                {
                    "check_ids": [
                        Command.create(
                            {
                                "reason": "overdue_amount",
                                "currency_id": self.jpy.id,
                                "amount": 5.0,
                            }
                        )
                    ]
                }
            ),
        ):
            with (
                self.assertRaisesRegex(ValidationError, "JPY is archived"),
                self.cr.savepoint(),
            ):
                create()

    def test_the_form_of_a_limit_opens(self):
        with Form(self.env["credit.limit"]) as form:
            form.partner_id = self.buyer
            form.amount = 5.0
