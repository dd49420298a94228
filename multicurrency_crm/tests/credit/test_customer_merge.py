"""Merged customers: the stricter of each fact counts, and no row is lost."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged

from .credit_common import DAY, TODAY
from .test_customer_moves import CustomerMovesCommon

#: models of the addon with a partner whose rows a merge moves, and that have no key
#: with the partner in it: two rows of one customer are right there
FREE = {
    "bank.match",
    "collection.block",
    "collection.letter",
    "collection.run.failure",
    "collection.call",
    "credit.limit",
    "credit.manual.grade",
    "credit.review",
    "credit.transfer",
    "customer.follow.up",
    "customer.import.entry",
    "customer.import.row",
    "customer.milestone",
    "customer.past.document",
    "customer.reminder",
    "customer.stage.interval",
    "customer.statement.failure",
    "fx.forward",
    "fx.rate.lock",
    "fx.revaluation.line",
    "payment.claim",
}


@tagged("post_install", "-at_install")
class TestCustomerMerge(CustomerMovesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller.group_ids |= cls.env.ref("base.group_partner_manager")

    def _merge(self, destination, *sources, user=None):
        partners = destination.browse().concat(destination, *sources)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        self._as(user or self.seller, wizard.create({}))._merge(
            partners.ids, self._as(user or self.seller, destination)
        )
        self.env.invalidate_all()
        self.assertFalse(partners.exists() - destination)

    def _counting(self, partner, company=None):
        lines = self.env["credit.limit"]._find_lines(partner, company or self.company)
        return lines.get(partner.id)

    # === LIMITS === #

    def test_15_2_6_the_lower_limit_counts(self):
        low = self._limit(self.bad, 100.0, date_start=TODAY - 200 * DAY)
        high = self._limit(self.clean, 5000.0, date_start=TODAY - DAY)
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean).limit, low)
        self.assertEqual(low.partner_id, self.clean)
        self.assertEqual(high.state, "superseded")
        self.assertIn(self.decider, high.activity_ids.user_id)
        # it can be revised: nothing is in its way
        draft = self.env["credit.limit"].browse(low.action_revise()["res_id"])
        draft.amount = 700.0
        draft.action_request()
        draft.with_user(self.decider).action_approve()
        self.assertEqual(self._counting(self.clean).amount, 700.0)

    def test_15_2_6_limits_of_two_currencies_and_companies(self):
        """100 dollars are 714 renminbi at 0.14; each company for itself."""
        low = self._limit(self.clean, 100.0, self.usd)
        self._limit(self.bad, 715.0)
        there = self.other_company
        self._limit(self.clean, 900.0, self.usd, company_id=there.id)
        lower = self._limit(self.bad, 800.0, self.usd, company_id=there.id)
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean).limit, low)
        self.assertEqual(self._counting(self.clean, there).limit, lower)

    def test_15_2_6_a_temporary_limit_over_a_lower_permanent_one(self):
        """One that comes first by its kind came first for one of the two only."""
        low = self._limit(self.clean, 100.0)
        days = {"date_start": TODAY - DAY, "date_end": TODAY + 30 * DAY}
        self._limit(self.bad, 5000.0, kind="temporary", **days)
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean).limit, low)

    def test_15_2_6_an_insured_limit_below_a_permanent_one(self):
        insurer = self._customer("Insurer")
        low = self._limit(
            self.bad,
            100.0,
            kind="insured",
            insurer_id=insurer.id,
            date_end=TODAY + 30 * DAY,
        )
        self._limit(self.clean, 5000.0)
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean).limit, low)

    def test_15_2_6_a_limit_that_starts_later(self):
        low = self._limit(self.clean, 100.0)
        later = self._limit(self.bad, 5000.0, date_start=TODAY + 10 * DAY)
        self._merge(self.clean, self.bad)
        lines = self.env["credit.limit"]._find_lines(
            self.clean, self.company, TODAY + 11 * DAY
        )
        self.assertEqual(lines[self.clean.id].limit, low)
        self.assertEqual(later.state, "superseded")

    def test_15_2_6_only_one_has_limits(self):
        limit = self._limit(self.bad, 5000.0)
        later = self._limit(
            self.bad,
            9000.0,
            kind="temporary",
            date_start=TODAY + DAY,
            date_end=TODAY + 9 * DAY,
        )
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean).limit, limit)
        self.assertEqual(later.state, "approved")

    def test_15_2_6_group_limits(self):
        low = self._limit(self.bad, 100.0, is_group=True)
        high = self._limit(self.clean, 5000.0, is_group=True)
        self._merge(self.clean, self.bad)
        self.assertEqual(low.state, "approved")
        self.assertEqual(high.state, "superseded")
        self._refused(self.clean, 101.0, "group")

    def test_15_2_6_odoos_own_limits(self):
        self.company.account_use_credit_limit = True
        self.bad.with_company(self.company).credit_limit = 100.0
        self.clean.with_company(self.company).credit_limit = 5000.0
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean).amount, 100.0)

    # === HOLDS, GRADES, ACCOUNTS === #

    def test_15_2_6_a_hold_with_its_reason(self):
        self.bad._set_credit_hold(self.company, True, "A lawyer has it.")
        self.clean.credit_hold = False
        self._order_of(self.clean, 10.0).action_confirm()
        accounts = self.env["credit.account"].search(
            [("partner_id", "in", (self.bad | self.clean).ids)]
        )
        self.assertEqual(len(accounts), 2)
        self._merge(self.clean, self.bad)
        self.assertTrue(self._held(self.clean))
        account = self.env["credit.account"]._find(self.clean, self.company)
        self.assertIn("A lawyer has it.", account.hold_reason)
        self.assertIn("Bad", account.hold_reason)
        self._refused(self.clean, 5000.0, "hold")

    def test_15_2_6_a_hold_of_another_company(self):
        there = self.other_company
        self.bad._set_credit_hold(there, True, "Late there.")
        self._merge(self.clean, self.bad)
        self.assertFalse(self._held(self.clean))
        self.assertTrue(self.clean.with_company(there).credit_hold)

    def test_15_2_6_a_hold_by_hand_comes_before_one_by_rule(self):
        self.bad._set_credit_hold(self.company, True, "By hand.")
        self.clean._set_credit_hold(self.company, True, "By rule.", by_rule=True)
        self._merge(self.clean, self.bad)
        account = self.env["credit.account"]._find(self.clean, self.company)
        self.assertFalse(account.hold_by_rule)

    def test_15_2_6_the_worse_grade_by_hand(self):
        grades = self.env["credit.manual.grade"]
        for partner, grade in ((self.clean, "a"), (self.bad, "d")):
            grades |= grades.create(
                {
                    "partner_id": partner.id,
                    "company_id": self.company.id,
                    "grade": grade,
                    "reason": "Known.",
                    "date_end": TODAY + 30 * DAY,
                }
            )
        grades.sudo().action_approve()
        self._merge(self.clean, self.bad)
        self.assertEqual(grades.mapped("state"), ["ended", "approved"])
        self.assertEqual(self.clean.with_company(self.company).credit_grade, "d")

    def test_15_2_6_assessments_of_one_day(self):
        """Odoo would delete all rows of the source for one that is in the way."""
        self._invoice(self.bad, 500.0, 120)
        self._invoice(self.clean, 10.0)
        old = self.env["credit.assessment"]._create_guarded(
            [
                {
                    "partner_id": self.bad.id,
                    "company_id": self.company.id,
                    "date": TODAY - 9 * DAY,
                    "grade": "e",
                }
            ]
        )
        (self.clean | self.bad)._assess_credit(self.company)
        self._merge(self.clean, self.bad)
        self.assertEqual(old.partner_id, self.clean)
        newest = self.clean.with_company(self.company).credit_assessment_id
        self.assertEqual(newest.date, TODAY)
        self.assertEqual(newest.exposure, 510.0, "of both")
        self.assertEqual(newest.grade, "e")
        rows = self.env["credit.assessment"].search(
            [("partner_id", "=", self.clean.id), ("date", "=", TODAY)]
        )
        self.assertEqual(rows, newest)

    def test_15_2_6_an_approval_of_one_of_them(self):
        self._limit(self.bad, 100.0)
        order = self._order_of(self.bad, 5000.0, user_id=self.seller.id)
        self._as(self.seller, order).action_request_credit_review()
        order.credit_review_ids.with_user(self.decider).action_approve()
        self._merge(self.clean, self.bad)
        self.assertEqual(order.credit_review_ids.state, "expired")
        with self.assertRaises(UserError):
            self._as(self.seller, order).action_confirm()

    # === CURRENCIES, AGREEMENTS === #

    def test_15_2_6_allowed_currencies(self):
        self.company.currency_policy = "enforce"
        self.bad.allowed_currency_ids = self.eur
        self._merge(self.clean, self.bad)
        self.assertEqual(self.clean.allowed_currency_ids, self.eur)
        self.assertTrue(self.clean.has_allowed_currencies)
        self._refused(self.clean, 10.0, "EUR", currency=self.usd)

    def test_15_2_6_what_is_allowed_to_both(self):
        self.bad.allowed_currency_ids = self.eur | self.usd
        self.clean.allowed_currency_ids = self.usd | self.jpy
        self._merge(self.clean, self.bad)
        self.assertEqual(self.clean.allowed_currency_ids, self.usd)

    def test_15_2_6_nothing_is_allowed_to_both(self):
        self.bad.allowed_currency_ids = self.eur
        self.clean.allowed_currency_ids = self.usd
        self._merge(self.clean, self.bad)
        self.assertEqual(self.clean.allowed_currency_ids, self.usd)
        self.assertIn("in common", "".join(self.clean.message_ids.mapped("body")))

    def test_15_2_6_an_archived_currency_stays_listed(self):
        self.bad.allowed_currency_ids = self.eur
        self.eur.active = False
        self._merge(self.clean, self.bad)
        listed = self.clean.with_context(active_test=False).allowed_currency_ids
        self.assertEqual(listed, self.eur)

    def test_15_2_6_agreements(self):
        def agree(partner):
            agreement = self.env["fx.rate.lock"].create(
                {
                    "kind": "agreement",
                    "company_id": self.company.id,
                    "partner_id": partner.id,
                    "currency_id": self.usd.id,
                    "quoted_rate": "7.1",
                    "quote_direction": "company_per_unit",
                    "date_start": TODAY,
                    "date_end": TODAY + 90 * DAY,
                }
            )
            agreement._write_guarded({"state": "active", "rate_date": TODAY})
            return agreement

        one = agree(self.bad)
        found = self.env["fx.rate.lock"]._find_running(
            self.company, self.clean, self.usd
        )
        self.assertFalse(found)
        two = agree(self.clean)
        self._merge(self.clean, self.bad)
        self.assertEqual(one.partner_id, self.clean)
        for agreement in (one, two):
            self.assertTrue(agreement.activity_ids)
            self.assertIn("merged", "".join(agreement.message_ids.mapped("body")))
        two.sudo()._end("released", "Twice.")
        found = self.env["fx.rate.lock"]._find_running(
            self.company, self.clean, self.usd
        )
        self.assertEqual(found, one)

    # === CONTACTS, GROUPS === #

    def test_15_2_6_into_a_contact_of_another_customer(self):
        contact = self._customer("Contact", is_company=False, parent_id=self.clean.id)
        below = self._customer("Below", is_company=False, parent_id=self.bad.id)
        self.bad.is_company = False
        self.bad.credit_hold = True
        self._limit(self.bad, 100.0)
        self._merge(contact, self.bad)
        self.assertEqual(below.commercial_partner_id, self.clean)
        self._refused(contact, 5000.0, "hold")
        self._refused(below, 5000.0, "limit of .*100")
        self._transfers(contact).with_user(self.decider).action_approve()
        self._confirm(contact, 5000.0)

    def test_15_2_6_a_contact_of_a_held_customer(self):
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self.bad.credit_hold = True
        self._merge(self.clean, contact)
        self.assertEqual(self._transfers(self.clean).former_customer_id, self.bad)
        self._refused(self.clean, 5000.0, "hold")

    def test_15_2_6_out_of_a_group(self):
        mother = self._customer("Mother")
        other = self._customer("Other Mother")
        self.bad.parent_id, self.clean.parent_id = mother, other
        self._limit(mother, 100.0, is_group=True)
        self._merge(self.clean, self.bad)
        self.assertEqual(self.clean.parent_id, other)
        self._refused(self.clean, 101.0, "group")

    # === THE KIND === #

    def _find_keys(self):
        """:return: {(model, fields)} of the keys in the database, indexes too, that a
        partner is part of"""
        keys = set()
        for model in self.env.registry.values():
            if not model._auto or model._abstract or not model._module:
                continue
            if "multicurrency_crm" not in (model._original_module or ""):
                continue
            partners = {
                field.column_type and field.name
                for field in model._fields.values()
                if field.type == "many2one" and field.comodel_name == "res.partner"
            }
            self.env.cr.execute(
                """SELECT i.indexrelid, array_agg(a.attname::text ORDER BY a.attname)
                     FROM pg_index i
                     JOIN pg_class c ON c.oid = i.indrelid
                     JOIN pg_attribute a ON a.attrelid = c.oid
                          AND a.attnum = ANY(i.indkey)
                    WHERE i.indisunique AND c.relname = %s GROUP BY 1""",
                (model._table,),
            )
            for _index, names in self.env.cr.fetchall():
                if partners & set(names):
                    keys.add((model._name, tuple(names)))
        return keys

    def test_15_2_6_every_key_with_a_partner_is_put_right(self):
        """A model that gets one says so in ``customer.facts``, and keeps its rows."""
        known = self.env["customer.facts"]._get_merged_keys()
        self.assertEqual(self._find_keys(), known)

    def test_15_2_6_every_model_with_a_partner_is_looked_at(self):
        models = {
            name
            for name, model in self.env.registry.items()
            if model._original_module == "multicurrency_crm"
            and model._auto
            and not model._abstract
            and not model._transient
            and any(
                field.type == "many2one"
                and field.comodel_name == "res.partner"
                and field.store
                and not field.related
                for field in model._fields.values()
            )
        }
        keyed = {name for name, _key in self.env["customer.facts"]._get_merged_keys()}
        self.assertEqual(models, FREE | keyed)

    def test_15_2_6_no_row_is_lost(self):
        """Of three that are merged, each with rows that are in each other's way."""
        third = self._customer("Third")
        partners = self.clean | self.bad | third
        before = {}
        for partner in partners:
            self._limit(partner, 1000.0)
            self._order_of(partner, 10.0).action_confirm()
            partner._assess_credit(self.company)
            for ago in range(3, 6):
                self.env["credit.assessment"]._create_guarded(
                    [
                        {
                            "partner_id": partner.id,
                            "company_id": self.company.id,
                            "date": TODAY - ago * DAY - (partner == third) * 10 * DAY,
                        }
                    ]
                )
        mine = Domain("partner_id", "in", partners.ids)
        for name in FREE - {"fx.forward", "fx.rate.lock", "credit.transfer"}:
            before[name] = self.env[name].search(mine)
        decisions = sum(self.env["credit.account"].search(mine).mapped("decisions"))
        self._merge(self.clean, self.bad, third)
        for name, rows in before.items():
            self.assertEqual(rows.exists(), rows, name)
        account = self.env["credit.account"]._find(self.clean, self.company)
        self.assertGreaterEqual(account.decisions, decisions)
        days = self.env["credit.assessment"].search(
            [("partner_id", "=", self.clean.id)]
        )
        self.assertEqual(len(days), 7, "three of two, three of the third, and today")

    def test_15_2_6_nothing_configured(self):
        self.policy.unlink()
        self._merge(self.clean, self.bad)
        self.assertTrue(self.clean.exists())
        self.assertFalse(self.env["credit.transfer"].search([]))
        self.assertFalse(self.clean.with_company(self.company).credit_assessment_id)

    def test_15_2_6_two_companies_commands(self):
        """Merged by somebody who is in one company, in the other one too."""
        low = self._limit(self.bad, 100.0, self.usd, company_id=self.other_company.id)
        self._limit(self.clean, 900.0, self.usd, company_id=self.other_company.id)
        self.seller.write({"company_ids": [Command.set(self.company.ids)]})
        self._merge(self.clean, self.bad)
        self.assertEqual(self._counting(self.clean, self.other_company).limit, low)
