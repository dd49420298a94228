"""A letter says how to pay: as its invoices do, by mail and on paper."""

from odoo.tests import freeze_time, new_test_user, tagged

from .collection_common import CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionPaying(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.banks = cls.env["res.partner.bank"]
        for number in ("QT-USD-1", "QT-USD-2"):
            cls.banks |= cls.banks.create(
                {
                    "acc_number": number,
                    "partner_id": cls.books.partner_id.id,
                    "allow_out_payment": True,
                }
            )

    def _route(self, bank, **values):
        return self.env["payment.route"].create(
            {
                "name": bank.acc_number,
                "currency_id": self.usd.id,
                "company_id": self.books.id,
                "partner_bank_id": bank.id,
                **values,
            }
        )

    def _read(self, letter):
        """What the letter says on paper, and in its mail."""
        letter.with_user(self.finance).action_send()
        self._work()
        return str(letter._render_text()), letter.mail_id.body_html

    def test_by_the_route_of_its_invoice(self):
        self._route(self.banks[0], instructions="Write the number")
        chosen = self._route(self.banks[1], charge_bearer="our")
        self._invoice(500.0, self.usd, "2026-01-01", payment_route_id=chosen.id)
        for text in self._read(self._letter()):
            self.assertIn("Please pay USD to", text)
            self.assertIn("QT-USD-2", text)
            self.assertIn("OUR", text)
            self.assertNotIn("QT-USD-1", text)
            self.assertNotIn("Write the number", text)

    def test_by_the_route_that_fits_where_invoices_differ(self):
        first, second = (self._route(bank) for bank in self.banks)
        for route in (first, second):
            self._invoice(500.0, self.usd, "2026-01-01", payment_route_id=route.id)
        for text in self._read(self._letter()):
            self.assertIn("QT-USD-1", text)
            self.assertNotIn("QT-USD-2", text)

    def test_without_routes_the_account_of_its_invoices(self):
        self._invoice(500.0, self.usd, "2026-01-01", partner_bank_id=self.banks[1].id)
        for text in self._read(self._letter()):
            self.assertIn("QT-USD-2", text)

    def test_an_account_that_cant_be_paid_to_isnt_named(self):
        self._invoice(500.0, self.usd, "2026-01-01", partner_bank_id=self.banks[1].id)
        self.banks.active = False
        letter = self._letter()
        self.assertIsNone(letter._prepare_payment())
        self.banks.active = True
        self.banks.currency_id = self.gbp
        self.assertIsNone(letter._prepare_payment())

    def test_the_way_to_the_portal(self):
        invoice = self._invoice(500.0, self.usd, "2026-01-01")
        letter = self._letter()
        self.assertNotIn("/my/open-amounts", str(letter._render_text()))
        key = f"/my/invoices/{invoice.id}?access_token="
        self.assertIn(key, str(letter._render_text()))
        new_test_user(
            self.env, "pay_portal", "base.group_portal", partner_id=self.buyer.id
        )
        self.assertIn("/my/open-amounts", str(letter._render_text()))

    def test_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.buyer.lang = "de_DE"
        route = self._route(self.banks[0], instructions="Write the number")
        route.with_context(lang="de_DE").instructions = "Nummer angeben"
        self._invoice(500.0, self.usd, "2026-01-01")
        for text in self._read(self._letter()):
            self.assertIn("Nummer angeben", text)

    def test_nobody_is_dunned_before_the_due_day(self):
        self._invoice(500.0, self.usd, "2026-01-10", due="2026-03-04")
        letter = self._letter()
        self.assertEqual(letter.level_id, self.friendly)
        self.assertTrue(letter._get_report_base_filename().startswith("Payments due"))
        _paper, mail = self._read(letter)
        self.assertIn("payments due soon", mail)
        self.assertNotIn("payment reminder", mail.lower())
        attachment = letter._print()
        self.assertNotIn("reminder", attachment.raw.decode().lower())
