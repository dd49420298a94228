from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestPartnerCurrencies(MultiCurrencyCommon):
    def _create_partner(self, **values):
        return self.env["res.partner"].create({"name": "New customer", **values})

    def test_contacts_follow_their_company(self):
        """Preference and list belong to the commercial partner."""
        contact = self._create_partner(parent_id=self.customer.id)
        self.customer.write(
            {
                "preferred_currency_id": self.usd.id,
                "allowed_currency_ids": [Command.set((self.usd | self.eur).ids)],
            }
        )
        later = self._create_partner(parent_id=self.customer.id)
        for partner in contact | later:
            self.assertEqual(partner.preferred_currency_id, self.usd)
            self.assertEqual(partner.allowed_currency_ids, self.usd | self.eur)
            self.assertTrue(partner.has_allowed_currencies)
        self.customer.allowed_currency_ids = False
        self.assertFalse(contact.has_allowed_currencies)
        self.assertFalse(contact.allowed_currency_ids)

    def test_each_company_has_its_own_preference(self):
        """The preference is per company, the list is not."""
        self.customer.preferred_currency_id = self.usd
        elsewhere = self.customer.with_company(self.other_company)
        self.assertFalse(elsewhere.preferred_currency_id)
        elsewhere.preferred_currency_id = self.eur
        self.assertEqual(self.customer.preferred_currency_id, self.usd)

    def test_currency_from_country_is_off(self):
        partner = self._create_partner(country_id=self.env.ref("base.de").id)
        self.assertFalse(partner.preferred_currency_id)

    def test_currency_from_country(self):
        """Parent's choice, else the country's currency; moving changes nothing."""
        self.company.currency_from_country = True
        german = self._create_partner(
            is_company=True, country_id=self.env.ref("base.de").id
        )
        self.assertEqual(german.preferred_currency_id, self.eur)
        german.country_id = self.env.ref("base.jp")
        self.assertEqual(german.preferred_currency_id, self.eur)
        subsidiary = self._create_partner(
            is_company=True,
            parent_id=german.id,
            country_id=self.env.ref("base.us").id,
        )
        self.assertEqual(subsidiary.preferred_currency_id, self.eur)
        chosen = self._create_partner(
            country_id=self.env.ref("base.de").id, preferred_currency_id=self.usd.id
        )
        self.assertEqual(chosen.preferred_currency_id, self.usd)
        form = Form(self.env["res.partner"])
        form.name = "Typed in"
        form.country_id = self.env.ref("base.jp")
        self.assertEqual(form.save().preferred_currency_id, self.jpy)

    def test_country_with_an_archived_currency(self):
        self.company.currency_from_country = True
        country = self.env.ref("base.is")
        country.currency_id.active = False
        partner = self._create_partner(country_id=country.id)
        self.assertFalse(partner.preferred_currency_id)

    def test_archived_currency_is_refused(self):
        self.kwd.active = False
        with self.assertRaisesRegex(ValidationError, "KWD.*archived"):
            self.customer.preferred_currency_id = self.kwd
        with self.assertRaisesRegex(ValidationError, "KWD.*archived"):
            self.customer.allowed_currency_ids = self.kwd

    def test_archived_later(self):
        """A preference whose currency is archived later rules nothing, and says so."""
        self.customer.preferred_currency_id = self.kwd
        self.kwd.active = False
        self.assertFalse(self.customer._get_preferred_currency(self.company))
        self.assertIn("archived", self.customer.preferred_currency_warning)

    def test_contacts_of_a_customer_whose_currency_was_archived(self):
        """Nobody chooses anything when a contact is added."""
        self.customer.preferred_currency_id = self.kwd
        self.customer.allowed_currency_ids = self.kwd
        self.kwd.active = False
        contact = self._create_partner(parent_id=self.customer.id)
        self.assertTrue(contact.has_allowed_currencies)
        self._create_partner().parent_id = self.customer
        self.assertEqual(self.customer.allowed_currency_ids, self.kwd)
        with self.assertRaisesRegex(ValidationError, "KWD"):
            self.customer.allowed_currency_ids = self.kwd | self.usd

    def test_the_mirror_of_the_list_is_not_writable(self):
        self.customer.allowed_currency_ids = self.usd
        self.customer.write({"has_allowed_currencies": False})
        self.assertTrue(self.customer.has_allowed_currencies)
        forged = self._create_partner(has_allowed_currencies=True)
        self.assertFalse(forged.has_allowed_currencies)

    def test_preference_outside_the_list_is_said(self):
        self.customer.preferred_currency_id = self.usd
        self.assertFalse(self.customer.preferred_currency_warning)
        self.customer.allowed_currency_ids = self.eur
        self.assertIn("USD", self.customer.preferred_currency_warning)

    def test_search_and_group(self):
        """Customers are found and grouped by currency, per company."""
        self.customer.preferred_currency_id = self.usd
        Partner = self.env["res.partner"]
        domain = [("preferred_currency_id", "=", self.usd.id)]
        self.assertIn(self.customer, Partner.search(domain))
        elsewhere = Partner.with_company(self.other_company)
        self.assertNotIn(self.customer, elsewhere.search(domain))
        groups = Partner._read_group(
            [("id", "=", self.customer.id)], ["preferred_currency_id"], ["__count"]
        )
        self.assertEqual(groups, [(self.usd, 1)])

    def test_new_contact_asks_for_no_list(self):
        """Core reads every commercial field of the company behind a new contact; the
        empty list is known from the company's own row."""
        self.customer._get_commercial_values()
        self.customer.invalidate_recordset(["allowed_currency_ids"])
        with self.assertQueryCount(0):
            self.customer._get_commercial_values()
