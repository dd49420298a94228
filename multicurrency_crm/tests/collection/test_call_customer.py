"""What was said follows a customer that is moved or merged, and is found from it."""

from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from .call_common import CallCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestCallCustomer(CallCommon):
    def _merge(self, destination, *sources):
        partners = destination.browse().concat(destination, *sources)
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard.create({})._merge(partners.ids, destination)
        self.env.invalidate_all()
        self.assertFalse(partners.exists() - destination)

    def test_merged_the_earlier_day_counts(self):
        other = self._customer("Other")
        first = self._note(next_date=date(2026, 3, 9))
        with freeze_time("2026-03-03"):
            second = self._note(
                partner=other, outcome="unreached", next_date=date(2026, 3, 5)
            )
        self._merge(self.buyer, other)
        account = self._account()
        self.assertEqual(len(account), 1)
        self.assertEqual(account.next_date, date(2026, 3, 5))
        self.assertEqual(account.last_call_id, second)
        self.assertEqual(self.buyer.collection_call_ids, second | first)

    def test_merged_with_one_of_whom_nothing_is_known(self):
        other = self._customer("Other")
        call = self._note(next_date=date(2026, 3, 9))
        self._merge(other, self.buyer)
        self.assertEqual(call.partner_id, other)
        self.assertEqual(self._account(other).next_date, date(2026, 3, 9))

    def test_a_customer_that_becomes_a_part_of_another(self):
        head = self._customer("Head")
        self._note(partner=head, next_date=date(2026, 3, 20))
        self._note(next_date=date(2026, 3, 9))
        self.buyer.write({"parent_id": head.id, "is_company": False})
        self.env.invalidate_all()
        self.assertEqual(self.buyer.commercial_partner_id, head)
        self.assertEqual(len(head.collection_call_ids), 2)
        self.assertEqual(self._account(head).next_date, date(2026, 3, 9))
        seen = self._as(self.buyer, self.clerk)
        self.assertEqual(seen.collection_next_date, date(2026, 3, 9))

    def test_a_contact_that_leaves_leaves_what_was_said(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.buyer.id}
        )
        self._note(partner=contact, contact=contact, next_date=date(2026, 3, 9))
        contact.parent_id = False
        self.env.invalidate_all()
        self.assertFalse(contact.collection_call_ids)
        self.assertEqual(self._account().next_date, date(2026, 3, 9))

    def test_found_by_the_next_day(self):
        other = self._customer("Other")
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.buyer.id}
        )
        self._note(next_date=date(2026, 3, 9))
        self._note(partner=other, outcome="wrong_number", next_date=date(2026, 3, 2))
        Partner = self._as(self.env["res.partner"], self.clerk)
        every = [("id", "in", (self.buyer | other | contact).ids)]

        def find(*domain):
            return Partner.search([*every, *domain]).sudo(False).with_env(self.env)

        on = "collection_next_date"
        self.assertEqual(find((on, "<=", "2026-03-02")), other)
        self.assertEqual(find((on, "=", "2026-03-09")), self.buyer | contact)
        self.assertEqual(find((on, "!=", False)), self.buyer | contact | other)
        self.assertEqual(find(("collection_next_action", "=", "find")), other)
        self._note(partner=other)
        self.assertEqual(find((on, "=", False)), other)
        Move = self._as(self.env["account.move"], self.clerk)
        found = Move.search([(on, "=", "2026-03-09"), ("name", "=", self.old.name)])
        self.assertEqual(found.ids, self.old.ids)
        self.assertEqual(found.collection_next_action, "call")

    def test_what_it_promised_is_said_once(self):
        seen = self._as(self.buyer, self.clerk)
        self.assertFalse(seen.collection_promises)
        for amount, currency in ((90.0, self.gbp), (700.0, self.usd)):
            promise = self._note(
                outcome="promise",
                amount=amount,
                currency=currency,
                promised=date(2026, 3, 6),
            ).promise_id.sudo()
        promise._write_guarded({"state": "broken"})
        seen.invalidate_recordset()
        said = "Broken: 1 · 90.00 GBP for 03/06/2026"
        self.assertEqual(seen.collection_promises, said)

    def test_another_company_has_its_own(self):
        there = self.other_company
        self._note(next_date=date(2026, 3, 9))
        self.assertFalse(self.buyer.with_company(there).collection_next_date)
        self.assertTrue(self.buyer.with_company(self.books).collection_next_date)

    def test_who_sells_without_the_addon_reads_none_of_it(self):
        plain = self._colleague("call_plain", "sales_team.group_sale_salesman")
        for name in ("collection_next_date", "collection_call_ids"):
            with self.assertRaises(AccessError):
                self._as(self.buyer, plain).read([name])
            with self.assertRaises(AccessError):
                self._as(self.buyer, plain).search([(name, "!=", False)])

    def test_what_costs_nothing_where_nothing_was_said(self):
        partners = self.env["res.partner"].search([], limit=40)
        partners = self._as(partners, self.clerk)
        partners.mapped("collection_next_date")  # what is known once a process
        self.env.invalidate_all()
        partners.mapped("commercial_partner_id")
        before = self.env.cr.sql_log_count
        partners.mapped("collection_next_date")
        self.assertEqual(self.env.cr.sql_log_count, before)
