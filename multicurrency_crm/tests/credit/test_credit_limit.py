from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from ...models.common.guarded_mixin import open_guarded
from ..common import MultiCurrencyCommon

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCreditLimit(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 04:00:00"))
        cls.clerk = cls._create_salesperson(
            "limit_clerk", "multicurrency_crm.group_finance"
        )
        cls.decider = cls._create_salesperson(
            "limit_decider", "multicurrency_crm.group_credit_manager"
        )
        cls.Limit = cls.env["credit.limit"].with_user(cls.clerk)

    def _ask(self, amount=1000.0, **values):
        return self.Limit.create(
            {
                "partner_id": self.customer.id,
                "company_id": self.company.id,
                "amount": amount,
                "currency_id": self.usd.id,
                **values,
            }
        )

    def _approve(self, limit):
        limit.with_user(self.decider).action_approve()
        return limit

    def _find(self, day=TODAY):
        found = self.env["credit.limit"]._find_lines(self.customer, self.company, day)
        return found.get(self.customer.id)

    # === APPROVING === #

    def test_a_draft_counts_for_nothing(self):
        limit = self._ask()
        self.assertEqual(limit.requested_by, self.clerk)
        self.assertIsNone(self._find())
        self._approve(limit)
        line = self._find()
        self.assertEqual((line.amount, line.currency), (1000.0, self.usd))
        self.assertEqual(limit.decided_by, self.decider)
        with self.assertRaisesRegex(UserError, "decided already"):
            self._approve(limit)

    def test_who_approves(self):
        limit = self._ask()
        with self.assertRaises(AccessError):
            limit.action_approve()
        own = self._ask().with_user(self.decider)
        own.amount = 5000.0
        own.action_request()  # whoever says what it should be is the one who asks
        with self.assertRaisesRegex(AccessError, "You asked"):
            own.action_approve()

    def test_up_to_ones_cap(self):
        """A cap of 7,000 in the books' currency, at 0.14 dollars each."""
        self.decider.with_company(self.company).sudo().credit_cap = 7000.0
        with self.assertRaisesRegex(UserError, "above what you may"):
            self._approve(self._ask(981.0))
        self._approve(self._ask(980.0))
        self.usd.rate_ids.unlink()
        with self.assertRaisesRegex(UserError, "No exchange rate of USD"):
            self._approve(self._ask(1.0, date_start=TODAY + DAY))

    def test_approved_is_never_edited(self):
        limit = self._approve(self._ask())
        for change in (
            {"amount": 1.0},
            {"date_end": TODAY},
            {"currency_id": self.eur.id},
        ):
            with self.assertRaisesRegex(UserError, "revise"):
                limit.write(change)
        with self.assertRaisesRegex(UserError, "kept"):
            limit.unlink()
        self._ask().unlink()

    def test_who_asked_puts_off_no_review(self):
        """Its day is written where the limit is approved already, by who decides."""
        limit = self._approve(self._ask(review_date=TODAY))
        with self.assertRaisesRegex(AccessError, "Credit managers"):
            limit.review_date = TODAY + 30 * DAY
        with self.assertRaisesRegex(AssertionError, "readonly"), Form(limit) as form:
            form.review_date = TODAY + 30 * DAY
        with Form(limit.with_user(self.decider)) as form:
            form.review_date = TODAY + 30 * DAY
        self.assertEqual(limit.review_date, TODAY + 30 * DAY)

    def test_nobody_forges_an_approval(self):
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._ask(state="approved", decided_by=self.decider.id)
        limit = self._ask()
        with self.assertRaises(AccessError):
            limit.write({"state": "approved", "requested_by": self.decider.id})
        self.assertEqual(limit.state, "draft")
        self.assertEqual(limit.requested_by, self.clerk)
        self.assertIsNone(self._find())

    # === REVISING === #

    def test_a_revision_takes_its_place_on_its_day(self):
        limit = self._approve(self._ask())
        draft = self.Limit.browse(limit.action_revise()["res_id"])
        self.assertEqual(limit.action_revise()["res_id"], draft.id, "one at a time")
        draft.write({"amount": 300.0, "date_start": TODAY + 10 * DAY})
        self.assertEqual(self._find().amount, 1000.0)
        draft.action_request()
        self._approve(draft)
        self.assertEqual(limit.state, "approved", "it counts until that day")
        self.assertEqual(self._find(TODAY + 9 * DAY).amount, 1000.0)
        self.assertEqual(self._find(TODAY + 10 * DAY).amount, 300.0)

    def test_ended_without_another(self):
        limit = self._approve(self._ask())
        with self.assertRaises(AccessError):
            limit.action_end()
        with self.assertRaises(AccessError):
            limit.action_ask_end()
        asked = limit.with_user(self.decider).action_ask_end()["params"]
        self.assertEqual((asked["ids"], asked["method"]), (limit.ids, "action_end"))
        self.assertEqual(limit.state, "approved", "asked only")
        limit.with_user(self.decider).action_end()
        with self.assertRaisesRegex(UserError, "approved limit"):
            limit.with_user(self.decider).action_ask_end()
        self.assertIsNone(self._find())
        self.assertEqual(self._find(TODAY - DAY), None)

    def test_two_of_a_kind_never_overlap(self):
        self._approve(self._ask(date_end=TODAY + 30 * DAY))
        with self.assertRaisesRegex(UserError, "revise that limit"):
            self._approve(self._ask(date_start=TODAY + 30 * DAY))
        self._approve(self._ask(200.0, date_start=TODAY + 31 * DAY))
        self.assertEqual(self._find(TODAY + 31 * DAY).amount, 200.0)

    def test_a_limit_that_still_counts_overlaps(self):
        """Superseded from a later day on, it holds until then."""
        limit = self._approve(self._ask())
        draft = self.Limit.browse(limit.action_revise()["res_id"])
        draft.date_start = TODAY + 10 * DAY
        draft.action_request()
        self._approve(draft)
        with self.assertRaisesRegex(UserError, "revise that limit"):
            self._approve(self._ask(date_end=TODAY + 5 * DAY))

    def test_a_revision_is_of_the_same_limit(self):
        limit = self._approve(self._ask())
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for change in (
            {"partner_id": stranger.id},
            {"kind": "temporary", "date_end": TODAY + DAY},
            {"is_group": True},
        ):
            with self.assertRaisesRegex(ValidationError, "same customer"):
                open_guarded(limit).copy({"supersedes_id": limit.id, **change})

    # === WHICH COUNTS === #

    def test_a_temporary_one_replaces_and_may_be_lower(self):
        self._approve(self._ask())
        self._approve(
            self._ask(
                400.0,
                kind="temporary",
                date_start=TODAY + DAY,
                date_end=TODAY + 5 * DAY,
                currency_id=self.eur.id,
            )
        )
        self.assertEqual(self._find().amount, 1000.0)
        line = self._find(TODAY + 5 * DAY)
        self.assertEqual((line.amount, line.currency), (400.0, self.eur))
        self.assertEqual(self._find(TODAY + 6 * DAY).amount, 1000.0)

    def test_insured_counts_alone(self):
        values = {"kind": "insured", "date_end": TODAY + 300 * DAY}
        with self.assertRaisesRegex(ValidationError, "insures"):
            self._ask(**values)
        insurer = self.env["res.partner"].create({"name": "Sea Credit Cover"})
        self._approve(self._ask(700.0, insurer_id=insurer.id, **values))
        self.assertEqual(self._find().amount, 700.0)
        self._approve(self._ask(100.0))
        self.assertEqual(self._find().amount, 100.0)

    def test_zero_is_prepayment_only(self):
        self._approve(self._ask(0.0))
        self.assertEqual(self._find().amount, 0.0)
        with self.assertRaisesRegex(ValidationError, "last day"):
            self._ask(kind="temporary")

    def test_odoos_own_limit(self):
        self.company.account_use_credit_limit = True
        partner = self.customer.sudo().with_company(self.company)
        partner.credit_limit = 0.0
        self.assertIsNone(self._find(), "0 is not set, there")
        partner.credit_limit = 50.0
        line = self._find()
        self.assertEqual((line.amount, line.currency), (50.0, self.cny))
        seller = self._create_salesperson("limit_asker")
        asked = self.env["credit.limit"].with_user(seller)
        found = asked._find_lines(self.customer.with_user(seller), self.company, TODAY)
        self.assertEqual(found[self.customer.id].amount, 50.0)
        self._approve(self._ask(0.0))
        self.assertEqual(self._find().amount, 0.0)
        self.company.account_use_credit_limit = False
        self.assertEqual(self._find().amount, 0.0)

    def test_the_companys_default_limit(self):
        """It is that of customers whom nobody touched; 0 on one of them is not set."""
        self.env["ir.default"].set(
            "res.partner", "credit_limit", 300.0, company_id=self.company.id
        )
        self.assertIsNone(self._find(), "unless the company uses limits")
        self.company.account_use_credit_limit = True
        self.assertEqual(self._find().amount, 300.0)
        self.customer.sudo().with_company(self.company).credit_limit = 0.0
        self.assertIsNone(self._find())

    def test_many_customers_cost_as_few_queries(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(50)]
        )
        self.Limit.create(
            [{"partner_id": p.id, "amount": 1.0, "currency_id": 1} for p in partners]
        ).with_user(self.decider).action_approve()
        self.env.invalidate_all()
        with self.assertQueryCount(6):
            found = self.env["credit.limit"]._find_lines(partners, self.company)
        self.assertEqual(len(found), 50)

    # === WHO AND WHERE === #

    def test_a_contact_has_its_companys(self):
        contact = self.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": self.customer.id}
        )
        limit = self._approve(self._ask(partner_id=contact.id))
        self.assertEqual(limit.partner_id, self.customer)
        found = self.Limit._find_lines(contact, self.company)
        self.assertEqual(found.keys(), {self.customer.id})

    def test_starts_in_the_customers_currency(self):
        self.customer.with_company(self.company).preferred_currency_id = self.jpy
        with Form(self.Limit) as form:
            form.partner_id = self.customer
            form.amount = 5
        self.assertEqual(form.record.currency_id, self.jpy)

    def test_of_another_company(self):
        limit = self._approve(self._ask())
        stranger = self._create_salesperson(
            "limit_stranger", "multicurrency_crm.group_credit_manager"
        )
        stranger.write(
            {
                "company_ids": [(6, 0, self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        foreign = limit.with_user(stranger).with_context(
            allowed_company_ids=self.other_company.ids
        )
        with self.assertRaises(AccessError):
            foreign.action_end()
        found = self.Limit._find_lines(self.customer, self.other_company, TODAY)
        self.assertFalse(found)

    def test_salespeople_read_none(self):
        seller = self._create_salesperson(
            "limit_seller", "multicurrency_crm.group_user"
        )
        limit = self._approve(self._ask())
        with self.assertRaises(AccessError):
            limit.with_user(seller).read(["amount"])
        arch = self.env["res.partner"].with_user(seller).get_view(view_type="form")
        self.assertNotIn("credit_limit_ids", arch["arch"])
