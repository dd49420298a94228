"""Customers in real files of other systems that nobody here made."""

import unittest

from odoo.tests import tagged

from .history_common import SAMPLES, HistoryCommon


@tagged("post_install", "-at_install")
@unittest.skipUnless(SAMPLES.exists(), "the sample files are elsewhere")
class TestCustomerSamples(HistoryCommon):
    def _sample(self, name, **values):
        """:return: an import of a sample that was read and checked"""
        content = (SAMPLES / name).read_bytes()
        record = self._load(content, file_name=name, kind="customers", **values)
        record.action_read()
        record.action_dry_run()
        self.assertEqual(record.state, "ready", record.failure)
        return record

    def _states(self, record):
        return [row.state for row in record.row_ids]

    def test_22_odoos_own_template_is_four_contacts(self):
        record = self._sample("odoo_contacts_template.xlsx")
        self.assertEqual(self._states(record), ["create"] * 4, self._read(record))
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        timber, modulo, julian, elena = (row.partner_id for row in record.row_ids)
        self.assertEqual(
            (timber.city, timber.zip, timber.ref), ("Berlin", "10407", "CUST112358")
        )
        self.assertEqual(
            sorted(timber.category_id.mapped("name")), ["Services", "Vendor"]
        )
        self.assertEqual((julian.parent_id, julian.is_company), (modulo, False))
        self.assertEqual(elena.state_id.code, "CA")
        self.assertFalse(elena.is_company or elena.parent_id)
        # its notes are text, whatever they look like
        self.assertIn("&lt;b&gt;important", timber.comment)

    def test_22_invoice_ninjas_contacts_stand_in_their_row(self):
        record = self._sample("ninja_clients.csv")
        self.assertEqual(set(self._states(record)), {"create"}, self._read(record))
        row = record.row_ids[0]
        self.assertIn("“New York” is left out: the row has no country", row.message)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        customer = row.partner_id
        self.assertEqual(customer.name, "Ludwig Krajcik DVM")
        self.assertEqual(customer.email, "brook59@example.org")
        self.assertEqual(customer.child_ids.name, "Terrill Ondricka")
        self.assertEqual(customer.child_ids.phone, "1-537-759-0369")
        done = record.done_count
        partners = record.row_ids.partner_id
        record.action_undo()
        self.assertEqual((record.state, bool(partners.exists())), ("undone", False))
        self.assertEqual(done, len(partners))

    def test_22_akauntings_customer(self):
        record = self._sample("akaunting_customers.xlsx")
        self.assertEqual(self._states(record), ["create"])
        record.action_publish()
        customer = record.row_ids.partner_id.with_company(self.company)
        self.assertEqual(customer.preferred_currency_id, self.usd)
        self.assertEqual(customer.country_id.code, "US")

    def test_22_waves_archived_currency_and_places(self):
        self._activate("AUD")
        self.env["res.currency"].search([("name", "=", "BSD")]).active = False
        record = self._sample("wave_clients.csv", skip_bad=True)
        self.assertEqual(self._states(record), ["create", "create", "error", "create"])
        self.assertIn("BSD is archived", record.row_ids[2].message)
        record.action_publish()
        homer, jessica = (row.partner_id for row in record.row_ids[:2])
        self.assertEqual((homer.city, homer.zip), ("Glasgow, Scotland", "G1 2FF"))
        self.assertEqual(homer.child_ids.name, "Homer Connery")
        # kept as it is, whatever its city says
        self.assertEqual((jessica.country_id.code, jessica.city), ("AU", "NYC"))
        self.assertEqual(jessica.state_id.code, "QLD")

    def test_22_datevs_vendors_are_left_out_by_their_accounts(self):
        record = self._sample("datev_stammdaten.csv")
        found = {
            row.values["ref"]: (row.state, row.values.get("name"))
            for row in record.row_ids
        }
        kept = [ref for ref, (state, _name) in found.items() if state == "create"]
        self.assertTrue(kept and all(int(ref) < 70000 for ref in kept), found)
        self.assertTrue(
            all(state == "skip" for ref, (state, _n) in found.items() if ref >= "70000")
        )
        record.action_publish()
        person = self.env["res.partner"].search([("name", "=", "Sabine Mustermann")])
        self.assertEqual(
            (person.is_company, person.city, person.zip, person.country_id.code),
            (False, "Köln", "50999", "DE"),
        )

    def test_22_jshs_phones_are_numbers(self):
        record = self._sample("jsherp_customer_template.xls")
        self.assertEqual(set(self._states(record)), {"create"}, self._read(record))
        self.assertRegex(record.remarks, "(?i)leading zeros|number")
        record.action_publish()
        customer = record.row_ids[0].partner_id
        self.assertTrue(customer.phone, record.row_ids[0].raw)
        self.assertTrue(customer.child_ids)
