"""Milestones whose document has left the customer, the company or the kind."""

from odoo.tests import tagged

from ...models.lifecycle.customer_follow_up import Spoken
from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestMilestonesLeaving(LifecycleCommon):
    def _follow_all(self):
        """Have the night look at all documents, as once a week."""
        self.env["customer.life.run"].search([])._write_guarded(
            {"began_on": False, "whole_on": False}
        )
        self._follow()

    def _get_bank(self):
        return self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )

    # === VOID === #

    def test_an_opportunity_that_is_nobodys_any_more(self):
        for follow in (self._follow, self._follow_all):
            lead = self._open_lead(9)
            lead.action_set_lost()
            self._follow()
            self.assertEqual(self._kinds(), ["lead", "lost_lead"])
            lead.partner_id = False
            follow()
            self.assertEqual(self._kinds(), [])
            self.assertFalse(self._get_life().stage)
            lead.partner_id = self.customer
            self._follow()
            self.assertEqual(self._kinds(), ["lead", "lost_lead"])
            lead.unlink()

    def test_an_opportunity_of_another_company(self):
        self.other_company.lifecycle_followed = True
        lead = self._open_lead(9, team_id=False, user_id=False)
        self._follow()
        lead.company_id = self.other_company
        self._follow()
        self.assertEqual(self._kinds(), [])
        self.assertEqual(len(self._list(company=self.other_company)), 1)

    def test_an_opportunity_of_a_salesperson_of_another_company(self):
        self.other_company.lifecycle_followed = True
        user = self._create_salesperson("moving")
        user.company_ids |= self.other_company
        self._open_lead(9, company_id=False, team_id=False, user_id=user.id)
        self._follow()
        self.assertEqual(self._kinds(), ["lead"])
        user.company_id = self.other_company
        self._follow_all()
        self.assertEqual(self._kinds(), [])
        self.assertEqual(len(self._list(company=self.other_company)), 1)

    def test_a_match_at_the_bank_that_is_undone(self):
        journal = self._get_bank()
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": self._days_ago(4),
                "payment_ref": "Advance",
                "partner_id": self.customer.id,
                "amount": 500.0,
            }
        )
        customer = self.customer.with_company(self.company)
        other = line.line_ids.filtered(
            lambda item: item.account_id == journal.suspense_account_id
        )
        for follow in (self._follow, self._follow_all):
            other.account_id = customer.property_account_receivable_id
            self._follow()
            self.assertEqual(self._kinds(), ["payment"])
            other.account_id = journal.suspense_account_id
            follow()
            self.assertEqual(self._kinds(), [])

    def test_a_payment_that_becomes_a_vendors(self):
        way = self._get_bank().inbound_payment_method_line_ids[:1]
        way.payment_account_id = self.env["account.account"].create(
            {
                "name": "On the Way",
                "code": "100299",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        for vals in ({"partner_id": False}, {"partner_type": "supplier"}):
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.customer.id,
                    "amount": 70.0,
                    "date": self._days_ago(3),
                    "journal_id": self._get_bank().id,
                }
            )
            payment.action_post()
            self._follow()
            self.assertEqual(self._kinds(), ["payment"])
            payment.action_draft()
            payment.write(vals)
            payment.action_post()
            self._follow()
            self.assertEqual(self._kinds(), [], vals)

    # === ANOTHER CUSTOMER'S === #

    def test_an_opportunity_of_another_customer_brings_its_milestones(self):
        lead = self._open_lead(9)
        lead.action_set_lost()
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self._follow()
        lead.partner_id = other
        self._follow()
        self.assertEqual(self._kinds(), [])
        self.assertEqual(self._kinds(other), ["lead", "lost_lead"])
        # it outlives its customer
        other.unlink()
        lead.invalidate_recordset()
        self.assertFalse(lead.partner_id)
        lead.partner_id = self.customer
        self._follow()
        self.assertEqual(self._kinds(), ["lead", "lost_lead"])

    def test_a_contact_that_leaves_leaves_behind_what_it_did(self):
        contact = self._create_contact()
        self._open_lead(20, contact)
        order = self._order(15, contact)
        draft = self._quote(14, contact)
        invoice = self._invoice(order, 10)
        self._pay(invoice, 5)
        self._follow()
        before = self._list()
        kinds = {"lead", "order", "invoice", "paid", "payment"}
        self.assertLessEqual(kinds, set(self._kinds()))
        contact.parent_id = False
        for follow in (self._follow, self._follow_all):
            self.env["crm.lead"].search([("partner_id", "=", contact.id)]).write(
                {"name": "Pumps for the harbour"}
            )
            follow()
            self.assertEqual(self._list(), before)
            self.assertEqual(self._list(contact), [])
            self.assertFalse(self._get_life(contact))
            self.assertEqual(self._get_life().stage, "paid")
        # an offer that was made to the customer is ordered there
        draft.action_confirm()
        self._follow()
        self.assertIn("repeat", self._kinds())
        # what is done now is its own; a document that is given away goes along
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        self._order(1, contact)
        order.partner_id = other
        self._follow()
        for partner in (self.customer, contact, other):
            self.assertEqual(self._kinds(partner).count("order"), 1)

    def test_a_mistaken_company_is_undone_at_once(self):
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        contact = self._create_contact()
        self._open_lead(20)
        self._pay(self._invoice(self._order(15, contact), 10), 5)
        self._order(3, other)
        said = self.env["customer.follow.up"]._note(
            self.customer, Spoken("phone", "interested")
        )
        self._follow()
        before, stage = self._list(), self._get_life().stage
        theirs = self._list(other)
        for follow in (lambda: None, self._follow, self._follow_all):
            self.customer.parent_id = other
            self.customer.is_company = False
            self.assertEqual(self._get_life(other).stage, "repeat")
            self.assertEqual(said.partner_id, other)
            self.assertEqual(self._kinds(), [])
            follow()
            self.customer.write({"parent_id": False, "is_company": True})
            self.assertEqual(self._list(), before)
            self.assertEqual(self._get_life().stage, stage)
            # what is a repeat order the night says
            kinds = [row for row in self._list(other) if row[0] != "repeat"]
            self.assertEqual(kinds, theirs)
            self.assertEqual(self._get_life(other).stage, "ordered")
            follow()
            self.assertEqual(self._list(), before)
            self.assertEqual(self._list(other), theirs)
