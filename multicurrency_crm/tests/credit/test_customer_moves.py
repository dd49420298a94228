"""What counts for a customer follows it: another parent sheds nothing."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .credit_common import DAY, TODAY, CreditCommon


class CustomerMovesCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.company_id = False
        cls.clean = cls._customer("Clean")
        cls.bad = cls._customer("Bad")

    def _as(self, user, records):
        return records.with_user(user).with_company(self.company)

    def _there(self, user, records):
        here = {"allowed_company_ids": self.other_company.ids}
        return records.with_user(user).with_context(**here)

    def _move(self, partner, user=None, **vals):
        self._as(user or self.seller, partner).write(vals)
        self.env.invalidate_all()

    def _transfers(self, partner, state="requested"):
        return self.env["credit.transfer"].search(
            [("partner_id", "=", partner.id), ("state", "=", state)]
        )

    def _confirm(self, partner, amount, **values):
        """By the salesperson, whose order it is."""
        values.setdefault("user_id", self.seller.id)
        order = self._order_of(partner, amount, **values)
        self._as(self.seller, order).action_confirm()
        return order

    def _refused(self, partner, amount, sentence="", **values):
        """Who sells is refused, and finance reads why."""
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self._confirm(partner, amount, **values)
        order = self._order_of(partner, amount, **values)
        check = self.env["credit.policy"].sudo()._check(order)[order]
        self.assertRegex(f"{caught.exception}\n{check.sentence}", sentence or ".")
        order.unlink()

    def _held(self, partner):
        partner.invalidate_recordset()
        return partner.with_company(self.company).credit_hold


@tagged("post_install", "-at_install")
class TestCustomerMoves(CustomerMovesCommon):
    # === A HELD CUSTOMER JOINS ANOTHER === #

    def test_15_2_5_joining_a_company_sheds_neither_hold_nor_limit(self):
        self.bad.credit_hold = True
        self._limit(self.bad, 1000.0)
        self._refused(self.bad, 5000.0, "hold")
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self.assertEqual(self.bad.commercial_partner_id, self.clean)
        self._refused(self.bad, 5000.0, "hold")
        self._refused(self.bad, 5000.0, "limit of .*1,000")
        self.assertTrue(self._held(self.clean))
        self.assertIn("Bad", self.clean.credit_hold_reason)
        transfer = self._transfers(self.bad)
        self.assertEqual(transfer.requested_by, self.seller)
        self.assertEqual(transfer.company_id, self.company)
        self.assertEqual(transfer.former_customer_id, self.bad)
        self.assertIn("1,000", transfer.facts)
        self.assertEqual(
            transfer.activity_ids.user_id & (self.decider | self.second),
            self.decider | self.second,
        )

    def test_15_2_5_nobody_reads_figures_in_the_threads(self):
        self._limit(self.bad, 1234.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        for partner in (self.bad, self.clean):
            bodies = " ".join(partner.message_ids.mapped("body"))
            self.assertIn("was moved", bodies)
            self.assertNotIn("1,234", bodies)
            moved = partner.message_ids.filtered(lambda m: "was moved" in m.body)
            self.assertEqual(moved.author_id, self.seller.partner_id)
        self.assertFalse(
            self.env["credit.transfer"].with_user(self.seller).has_access("read")
        )

    def test_15_2_5_without_hold_the_lower_limit_counts(self):
        self._limit(self.bad, 100.0)
        self._limit(self.clean, 100_000.0)
        self._invoice(self.bad, 60.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self._refused(self.bad, 41.0, "as Bad")
        self._confirm(self.bad, 40.0)
        # the customer that was joined has what was joined to it, too
        self._refused(self.clean, 100.0, "as Bad")

    def test_15_2_5_an_entry_without_a_document(self):
        """An opening balance: Odoo changes the partner of its line."""
        account = self.bad.with_company(self.company).property_account_receivable_id
        income = self.env["account.account"].search(
            [
                ("account_type", "=", "income"),
                ("company_ids", "in", self.company.ids),
            ],
            limit=1,
        )
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "date": TODAY,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": of.id,
                            "partner_id": self.bad.id,
                            "balance": balance,
                        }
                    )
                    for of, balance in ((account, 60.0), (income, -60.0))
                ],
            }
        )
        entry.action_post()
        self._limit(self.bad, 100.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self.assertEqual(entry.line_ids.partner_id, self.clean)
        self._refused(self.bad, 41.0, "as Bad")
        self._confirm(self.bad, 40.0)

    def test_15_2_5_linked_from_the_company(self):
        """By the list of contacts of the other company, not by the partner's form."""
        self.bad.credit_hold = True
        self._move(self.bad, is_company=False)
        self.assertFalse(self._transfers(self.bad))
        self._move(self.clean, child_ids=[Command.link(self.bad.id)])
        self.assertEqual(self.bad.commercial_partner_id, self.clean)
        self._refused(self.bad, 5000.0, "hold")
        self.assertTrue(self._transfers(self.bad))

    def test_15_2_5_linked_while_creating_a_company(self):
        self.bad.credit_hold = True
        self._move(self.bad, is_company=False)
        company = self._as(self.seller, self.env["res.partner"]).create(
            {
                "name": "Fresh",
                "is_company": True,
                "child_ids": [Command.link(self.bad.id)],
            }
        )
        self.assertEqual(self.bad.commercial_partner_id, company)
        self._refused(self.bad, 5000.0, "hold")

    def test_15_2_5_a_whole_subtree(self):
        """Its contacts, archived ones too, and their contacts move along."""
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        below = self._customer("Below", is_company=False, parent_id=contact.id)
        below.active = False
        self.bad.credit_hold = True
        self._move(self.bad, company_type="person", parent_id=self.clean.id)
        self.assertEqual(below.commercial_partner_id, self.clean)
        self._refused(contact, 5000.0, "hold")
        below.active = True
        self._refused(below, 5000.0, "hold")
        self.assertTrue(self._held(below))

    # === A CONTACT LEAVES === #

    def test_15_2_5_a_contact_that_leaves_is_held_with_a_reason(self):
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self.bad.credit_hold = True
        self._move(contact, parent_id=False)
        self.assertEqual(contact.commercial_partner_id, contact)
        self.assertTrue(self._held(contact))
        reason = self._as(self.seller, contact).credit_hold_reason
        self.assertIn("Bad", reason)
        account = self.env["credit.account"]._find(contact, self.company)
        self.assertTrue(account.hold_since)
        self._refused(contact, 5000.0, "hold")
        self._transfers(contact).with_user(self.decider).action_approve()
        self.assertFalse(self._held(contact))
        self._confirm(contact, 5000.0)

    def test_15_2_5_a_contact_that_becomes_a_company(self):
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self._limit(self.bad, 1000.0)
        self._invoice(contact, 900.0)
        self._move(contact, is_company=True)
        self._refused(contact, 101.0, "as Bad")
        # and what it owes is still owed to the limit of those who stay
        self._refused(self.bad, 101.0, "over the limit")
        self._confirm(self.bad, 100.0)

    def test_15_2_5_confirmed_together(self):
        """Who stays and who left, in one batch: they share the limit."""
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self._limit(self.bad, 1000.0)
        self._move(contact, parent_id=False)
        mine = {"user_id": self.seller.id}
        orders = self._order_of(self.bad, 600.0, **mine)
        orders |= self._order_of(contact, 600.0, **mine)
        with self.assertRaisesRegex(UserError, "limit"):
            self._as(self.seller, orders).action_confirm()

    def test_15_2_5_a_contact_that_changes_its_employer(self):
        """What counted follows what the contact buys, and not the new company."""
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self.bad.credit_hold = True
        self._move(contact, parent_id=self.clean.id)
        self._refused(contact, 5000.0, "hold")
        self.assertFalse(self._held(self.clean))
        self._confirm(self.clean, 5000.0)

    def test_15_2_5_a_persons_limit_survives_joining_a_company(self):
        person = self._customer("Person", is_company=False)
        self._limit(person, 100.0)
        self._move(person, parent_id=self.clean.id)
        self._refused(person, 5000.0, "limit of .*100")

    def test_15_2_5_odoos_own_limit(self):
        """Odoo copies the new company's over it."""
        self.company.account_use_credit_limit = True
        self.bad.with_company(self.company).credit_limit = 100.0
        self.clean.with_company(self.company).credit_limit = 1_000_000.0
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self._refused(self.bad, 5000.0, "limit of .*100")

    def test_15_2_5_overdue_and_grade(self):
        self._invoice(self.bad, 500.0, 120)
        self._assess(self.bad)
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self._refused(contact, 10.0)
        self._move(contact, parent_id=False)
        self._refused(contact, 10.0, "overdue")
        # the night changes nothing of it
        self._assess(contact)
        self._assess(self.bad)
        self._refused(contact, 10.0, "overdue")

    def test_15_2_5_the_night_releases_nobody_by_a_move(self):
        """A rule holds a customer whose late invoice was moved away with a contact."""
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self.policy.hold_overdue_days = 60
        self._invoice(contact, 500.0, 120)
        self._assess(self.bad)
        self.assertTrue(self._held(self.bad))
        self._move(contact, parent_id=False)
        self._assess(self.bad)
        self.assertTrue(self._held(self.bad))

    # === GROUPS === #

    def _group(self):
        mother = self._customer("Mother")
        one, two = (
            self._customer(name, parent_id=mother.id) for name in ("One", "Two")
        )
        self._limit(mother, 1000.0, is_group=True)
        self._invoice(two, 900.0)
        return mother, one

    def test_18_10_leaving_a_group_sheds_no_limit(self):
        mother, one = self._group()
        self._refused(one, 101.0, "group")
        self._move(one, parent_id=False)
        self._refused(one, 101.0, "group")
        order = self._confirm(one, 60.0)
        self.assertEqual(order.state, "sale")
        # and for those who stay what it bought counts
        self._refused(mother, 41.0, "group")
        self._move(one, parent_id=mother.id)
        self.assertFalse(self._transfers(one))
        self.assertEqual(self._transfers(one, "withdrawn").requested_by, self.seller)
        self._refused(one, 41.0, "group")

    def test_18_10_from_group_to_group(self):
        _mother, one = self._group()
        other = self._customer("Other Mother")
        self._move(one, parent_id=other.id)
        self._refused(one, 101.0, "group")
        self._transfers(one).with_user(self.decider).action_approve()
        self._confirm(one, 101.0)

    def test_18_10_a_daughter_of_what_leaves(self):
        _mother, one = self._group()
        daughter = self._customer("Daughter", parent_id=one.id)
        self._move(one, parent_id=False)
        self._refused(daughter, 101.0, "group")

    def test_18_10_within_the_group_nothing_is_asked(self):
        mother, one = self._group()
        middle = self._customer("Middle", parent_id=mother.id)
        self._move(one, parent_id=middle.id)
        self.assertFalse(self._transfers(one))
        self._refused(one, 101.0, "group")

    # === DECIDING === #

    def test_15_2_5_who_decides(self):
        self.bad.credit_hold = True
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        transfer = self._transfers(self.bad)
        for user in (self.seller, self.clerk):
            with self.assertRaises(AccessError):
                transfer.with_user(user).action_approve()
        with self.assertRaises(AccessError):
            transfer.with_user(self.decider).write({"state": "approved"})
        transfer.with_user(self.decider).action_approve()
        self.assertEqual(transfer.state, "approved")
        self.assertEqual(transfer.decided_by, self.decider)
        self.assertFalse(transfer.activity_ids)
        self.assertFalse(self._held(self.clean))
        self._confirm(self.bad, 5000.0)
        with self.assertRaisesRegex(UserError, "decided already"):
            transfer.with_user(self.second).action_approve()

    def test_15_2_5_who_moved_it_does_not_decide(self):
        """Somebody who becomes a credit manager afterwards, too."""
        self._limit(self.bad, 100.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self.seller.group_ids |= self.env.ref("multicurrency_crm.group_credit_manager")
        with self.assertRaisesRegex(AccessError, "yourself"):
            self._transfers(self.bad).with_user(self.seller).action_approve()

    def test_15_2_5_refused_it_goes_back(self):
        self.bad.credit_hold = True
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        transfer = self._transfers(self.bad).with_user(self.decider)
        with self.assertRaisesRegex(UserError, "Say why"):
            transfer._refuse(" ")
        self.assertEqual(transfer.action_refuse()["res_model"], "decision.refuse")
        transfer._refuse("They are two.")
        self.assertEqual(self.bad.commercial_partner_id, self.bad)
        self.assertTrue(self.bad.is_company)
        self.assertEqual(transfer.state, "refused")
        self.assertTrue(self._held(self.bad))
        self.assertFalse(self._held(self.clean))
        self.assertFalse(self._transfers(self.bad))
        self.assertFalse(self._transfers(self.bad, "approved"))

    def test_15_2_5_moved_back(self):
        self.bad.credit_hold = True
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self._move(self.bad, is_company=True, parent_id=False)
        self.assertFalse(self._transfers(self.bad))
        self.assertTrue(self._held(self.bad))
        self.assertFalse(self._held(self.clean))
        self._refused(self.bad, 5000.0, "hold")

    def test_15_2_5_moved_on(self):
        """By way of a third one, both still count."""
        third = self._customer("Third")
        self._limit(self.bad, 100.0)
        self._limit(self.clean, 50.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self._move(self.bad, parent_id=third.id)
        self._refused(self.bad, 51.0, "as Clean")
        self._refused(self.bad, 101.0, "as Bad")
        self._move(self.bad, is_company=True, parent_id=False)
        self.assertFalse(self._transfers(self.bad))

    def test_15_2_5_a_credit_managers_move_is_decided_by_another(self):
        self.bad.credit_hold = True
        self._move(self.bad, self.decider, is_company=False, parent_id=self.clean.id)
        transfer = self._transfers(self.bad)
        self.assertIn(self.second, transfer.activity_ids.user_id)
        self.assertNotIn(self.decider, transfer.activity_ids.user_id)
        with self.assertRaisesRegex(AccessError, "yourself"):
            transfer.with_user(self.decider).action_approve()
        self._refused(self.bad, 5000.0, "hold")
        transfer.with_user(self.second).action_approve()
        self._confirm(self.bad, 5000.0)

    def test_15_2_5_one_move_is_one_question(self):
        """The form writes the type, behind which Odoo writes the flag."""
        self.bad.credit_hold = True
        mine = self._as(self.seller, self.bad)
        mine.web_save({"company_type": "person", "parent_id": self.clean.id}, {})
        self.assertEqual(len(self._transfers(self.bad)), 1)
        self._transfers(self.bad).with_user(self.decider)._refuse("They are two.")
        self.assertEqual(self.bad.commercial_partner_id, self.bad)
        self.assertFalse(self.bad.parent_id)

    def test_15_2_5_whose_customer_it_is_cant_be_typed(self):
        self.bad.credit_hold = True
        name = "commercial_partner_id"
        mine = self._as(self.seller, self.bad)
        for attempt in (
            lambda: mine.write({name: self.clean.id}),
            lambda: mine.web_save({name: self.clean.id}, {}),
            lambda: mine.create({"name": "New", name: self.clean.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attempt()
        new = mine.with_context(default_commercial_partner_id=self.clean.id)
        new = new.create({"name": "New"})
        self.assertEqual(new.commercial_partner_id, new)

    def test_15_2_5_nobody_may_decide(self):
        (self.decider | self.second).active = False
        managers = self.env.ref("multicurrency_crm.group_credit_manager").all_user_ids
        managers.company_ids -= self.company
        self._limit(self.bad, 100.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self.assertIn(self.seller, self.bad.activity_ids.user_id)

    def test_15_2_5_each_company_decides_for_itself(self):
        self.env["credit.policy"].create(
            {"name": "There", "company_id": self.other_company.id}
        )
        self._limit(self.bad, 100.0)
        self._limit(self.bad, 100.0, self.usd, company_id=self.other_company.id)
        there = self._create_salesperson(
            "credit_there", "multicurrency_crm.group_credit_manager"
        )
        there.write(
            {
                "company_id": self.other_company.id,
                "company_ids": [Command.set(self.other_company.ids)],
            }
        )
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        mine, other = (
            self._transfers(self.bad).filtered(lambda t, c=company: t.company_id == c)
            for company in (self.company, self.other_company)
        )
        with self.assertRaises(AccessError):
            self._there(there, mine).action_approve()
        self._there(there, other).action_approve()
        self._refused(self.bad, 101.0, "as Bad")
        order = self._order_of(
            self.bad,
            5000.0,
            self.usd,
            company_id=self.other_company.id,
            user_id=self.seller.id,
        )
        order.with_user(self.seller).with_company(self.other_company).action_confirm()
        mine.with_user(self.decider).action_approve()
        self._confirm(self.bad, 101.0)

    def test_15_2_5_a_review_of_before_lets_nothing_through(self):
        self._limit(self.bad, 100.0)
        order = self._order_of(self.bad, 5000.0, user_id=self.seller.id)
        self._as(self.seller, order).action_request_credit_review()
        asked = order.credit_review_ids
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self.assertEqual(asked.state, "expired")
        self._as(self.seller, order).action_request_credit_review()
        review = order.credit_review_ids - asked
        self.assertEqual(review.partner_id, self.clean)
        review.with_user(self.decider).action_approve()
        self._as(self.seller, order).action_confirm()

    # === CURRENCIES AND RATES === #

    def test_15_2_5_allowed_currencies(self):
        self.company.currency_policy = "enforce"
        self.bad.allowed_currency_ids = self.eur
        self.clean.allowed_currency_ids = self.eur | self.usd
        self._refused(self.bad, 10.0, currency=self.usd)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self._refused(self.bad, 10.0, "EUR", currency=self.usd)
        self._confirm(self.bad, 10.0, currency=self.eur)
        self._transfers(self.bad).with_user(self.decider).action_approve()
        self._confirm(self.bad, 10.0, currency=self.usd)

    def test_15_2_5_an_agreement_isnt_taken_by_who_joins(self):
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

        agreement, own = agree(self.clean), agree(self.bad)
        before = self._order_of(self.bad, 10.0, self.usd)
        self.assertEqual(before.rate_lock_id, own)
        self._limit(self.bad, 100_000.0)
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        order = self._order_of(self.bad, 10.0, self.usd)
        self.assertFalse(order.rate_lock_id)
        self.company.lock_exceeded_policy = "approve"
        self.assertIn("Bad", before._get_lock_exceeded())
        self._transfers(self.bad).with_user(self.decider).action_approve()
        order = self._order_of(self.bad, 10.0, self.usd)
        self.assertEqual(order.rate_lock_id, agreement)

    # === NOTHING COUNTED === #

    def test_15_2_5_nothing_is_asked_where_nothing_counted(self):
        self._move(self.bad, is_company=False, parent_id=self.clean.id)
        self.assertFalse(
            self.env["credit.transfer"].search([("partner_id", "=", self.bad.id)])
        )

    def test_15_2_5_without_a_policy_a_move_costs_nothing(self):
        """Unconfigured: the same statements as without the addon's rooms."""
        self.policy.unlink()
        contact = self._customer("Contact", is_company=False)
        Facts = type(self.env["customer.facts"])
        self.assertFalse(self.env["customer.facts"]._are_kept())

        def fail(*args):
            raise AssertionError("asked")

        self.patch(Facts, "_note_place", fail)
        self.patch(Facts, "_follow_moved", fail)
        contact.parent_id = self.clean

    def test_15_2_5_deleting_the_company_frees_no_contact(self):
        contact = self._customer("Contact", is_company=False, parent_id=self.bad.id)
        self.bad.credit_hold = True
        with self.assertRaisesRegex(UserError, "archive it"):
            self.bad.unlink()
        contact.unlink()
        self.bad.unlink()
