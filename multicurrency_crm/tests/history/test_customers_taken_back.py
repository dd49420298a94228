"""Customers taken back, customers who come with other rows, and their data standard."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import HistoryCommon


@tagged("post_install", "-at_install")
class TestCustomersTakenBack(HistoryCommon):
    ROWS = [
        ("Customer", "Customer Code", "Email", "Contact Person"),
        ("Malmö Rail", "MR", "a@malmo.example", "Åsa"),
        ("Nice Olives", "NO", "b@olives.example", ""),
    ]

    def setUp(self):
        super().setUp()
        self.record = self._publish(self.ROWS)
        self.assertEqual(self.record.done_count, 2, self._read(self.record))
        self.malmo, self.nice = self.record.sudo().row_ids.partner_id

    def test_a_later_import_that_updated_it_comes_first(self):
        later = self._publish(
            [self.ROWS[0], ("Malmö Rail", "MR", "new@malmo.example", "")],
            file_name="later.csv",
        )
        self.assertEqual(later.row_ids.partner_id, self.malmo)
        with self.assertRaisesRegex(UserError, "Malmö"):
            self.record.action_undo()
        later.action_undo()
        self.assertEqual(self.malmo.email, "a@malmo.example")
        self.record.action_undo()
        self.assertFalse((self.malmo | self.nice).exists())

    def test_of_two_with_one_file_the_second_is_told(self):
        rows = [("Customer", "Email"), ("Riga Amber", "a@riga.example")]
        first, second = (
            self._check_whole(rows, file_name=f"{number}.csv", user=user)
            for number, user in enumerate((self.finance, self.manager))
        )
        first.action_publish()
        told = self.assertRaisesRegex(UserError, "somebody else meanwhile")
        with told, self.cr.savepoint():
            second.action_publish()
        self.assertEqual((first.state, second.state), ("done", "ready"))
        # large files are published by the job: none of it is there yet
        third = self._check_whole([rows[0], ("Wien", "w@w.example")], file_name="3.csv")
        fourth = self._check_whole(
            [rows[0], ("Wien", "w@w.example")], file_name="4.csv"
        )
        third.sudo()._write_guarded({"state": "publishing"})
        with self.assertRaisesRegex(UserError, "somebody else meanwhile"):
            fourth.action_publish()

    def test_who_is_deleted_leaves_nothing_behind(self):
        self.atacama.email = "private@atacama.example"
        record = self._publish(
            [
                ("Customer", "Customer Code", "Email"),
                ("Atacama Minerals Ltd.", "C-0007", "other@atacama.example"),
            ],
            file_name="one.csv",
        )
        self.assertTrue(record.row_ids.before)
        self.atacama.unlink()
        row = record.row_ids
        self.assertFalse(row.before or row.made or row.values or row.raw)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)

    def test_two_updates_taken_back_in_either_order(self):
        self.atacama.email = "first@atacama.example"
        for order in ((0, 1), (1, 0)):
            with self.subTest(order=order):
                done = [
                    self._publish(
                        [
                            ("Customer", "Customer Code", "Email"),
                            ("Atacama Minerals Ltd.", "C-0007", email),
                        ],
                        file_name=f"{email} {order}.csv",
                    )
                    for email in ("second@a.example", "third@a.example")
                ]
                self.assertEqual(self.atacama.email, "third@a.example")
                for place in order:
                    done[place].action_undo()
                self.assertEqual(self.atacama.email, "first@atacama.example")

    def test_who_was_merged_into_another_stays_with_it(self):
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.malmo | self.atacama).ids, self.atacama
        )
        self.env.invalidate_all()
        self.record.action_undo()
        self.assertEqual(self.record.state, "undone", self.record.failure)
        self.assertTrue(self.atacama.exists())
        self.assertFalse(self.nice.exists())

    def test_who_was_moved_below_another_stays_there(self):
        self.malmo.write({"parent_id": self.atacama.id, "is_company": False})
        self.record.action_undo()
        self.assertTrue(self.malmo.exists() and self.atacama.exists())
        self.assertFalse(self.nice.exists())

    def test_who_was_archived_goes(self):
        self.malmo.action_archive()
        self.record.action_undo()
        self.assertEqual(self.record.state, "undone", self.record.failure)
        self.assertFalse((self.malmo | self.nice).exists())

    def test_a_contact_that_somebody_added_keeps_its_customer(self):
        self.env["res.partner"].create({"name": "New", "parent_id": self.nice.id})
        with self.assertRaisesRegex(UserError, "Nice Olives"):
            self.record.action_undo()

    def test_a_file_that_was_erased_can_be_taken_back(self):
        self.record.action_erase()
        self.record.action_undo()
        self.assertEqual(self.record.state, "undone", self.record.failure)
        self.assertFalse((self.malmo | self.nice).exists())


@tagged("post_install", "-at_install")
class TestNewcomers(HistoryCommon):
    ROWS = [
        (
            *("Customer", "Customer Code", "VAT", "Country", "Invoice No", "Due Date"),
            *("Currency", "Open Amount"),
        ),
        ("Oslo Salmon", "O-1", "", "NO", "1", "2026-07-31", "USD", "10.00"),
        ("Porto Cork", "P-1", "PT", "Portugal", "1", "2026-07-31", "USD", "20.00"),
        ("Oslo Salmon", "O-1", "", "", "2", "2026-07-31", "EUR", "30.00"),
        ("Atacama Minerals", "", "", "", "1", "2026-07-31", "USD", "40.00"),
        ("Oslo Salmon", "O-1", "", "", "1", "2026-08-31", "USD", "50.00"),
    ]

    def test_off_unknown_customers_are_errors(self):
        record = self._check_whole(self.ROWS)
        states = [row.state for row in record.row_ids]
        self.assertEqual(states, ["error"] * 3 + ["create", "error"])
        self.assertIn("Oslo Salmon", record.row_ids[0].message)

    def test_on_they_are_created_once_and_taken_back(self):
        record = self._check_whole(self.ROWS, create_customers=True)
        states = [row.state for row in record.row_ids]
        self.assertEqual(states, ["create"] * 4 + ["duplicate"], self._read(record))
        self.assertIn("New customer: Oslo Salmon", record.row_ids[0].message)
        domain = [("name", "in", ("Oslo Salmon", "Porto Cork"))]
        self.assertFalse(self.env["res.partner"].search(domain))
        record.row_ids[4].choice = "skip"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        porto, oslo = self.env["res.partner"].search(domain, order="name desc")
        oslo = oslo.with_company(self.company)
        self.assertEqual(
            (
                oslo.ref,
                oslo.country_id.code,
                oslo.preferred_currency_id,
                oslo.is_company,
            ),
            ("O-1", "NO", self.usd, True),
        )
        self.assertEqual(porto.country_id.code, "PT")
        self.assertEqual(
            self._find_open(),
            {
                ("Oslo Salmon", "USD"): 10.0,
                ("Oslo Salmon", "EUR"): 30.0,
                ("Porto Cork", "USD"): 20.0,
                ("Atacama Minerals Ltd.", "USD"): 40.0,
            },
        )
        self.assertEqual(len(record.sudo().entry_ids), 4)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse((oslo | porto).exists())
        self.assertTrue(self.atacama.exists())

    def test_who_is_used_by_then_stays(self):
        record = self._publish(self.ROWS[:5], create_customers=True)
        oslo = self.env["res.partner"].search([("name", "=", "Oslo Salmon")])
        self._create_order(oslo)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertTrue(oslo.exists())
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Porto Cork")]))

    def test_who_was_created_meanwhile_is_taken(self):
        record = self._check_whole(self.ROWS[:5], create_customers=True)
        oslo = self.env["res.partner"].create({"name": "Oslo Salmon", "ref": "O-1"})
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.row_ids[0].partner_id, oslo)
        record.action_undo()
        self.assertTrue(oslo.exists())

    def test_past_documents_balances_and_follow_ups_bring_customers_too(self):
        for kind, rows in (
            ("past", [("Customer", "Document Number", "Date", "Amount", "Currency")]),
            ("balances", [("Customer", "Currency", "Balance")]),
            ("notes", [("Customer", "Date", "Text")]),
        ):
            name = f"Brought by {kind}"
            values = {
                "past": ("X-1", "2026-02-03", "5.00", "USD"),
                "balances": ("USD", "5.00"),
                "notes": ("2026-02-03", "Called"),
            }[kind]
            with self.subTest(kind=kind):
                record = self._publish(
                    [*rows, (name, *values)],
                    kind=kind,
                    create_customers=True,
                    file_name=f"{kind}.csv",
                )
                self.assertEqual(record.state, "done", record.failure)
                partner = self.env["res.partner"].search([("name", "=", name)])
                self.assertEqual(len(partner), 1)
                record.action_undo()
                self.assertEqual(record.state, "undone", record.failure)
                self.assertFalse(partner.exists())

    def test_an_archived_customer_isnt_created_twice(self):
        self.atacama.active = False
        record = self._check_whole(
            [self.ROWS[0], self.ROWS[4]], create_customers=True, skip_bad=True
        )
        self.assertIn("archived", record.row_ids.message)

    def test_what_fails_leaves_no_customer(self):
        record = self._check_whole(self.ROWS[:4], create_customers=True)
        self.env["res.partner"].create(
            [{"name": "Porto Cork", "ref": "P-1", "city": city} for city in "AB"]
        )
        record.action_publish()
        self.assertEqual(record.state, "ready")
        self.assertIn("2 customers have “P-1”", record.failure)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Oslo Salmon")]))
        self.assertFalse(self._find_open())

    def test_a_branch_and_another_company(self):
        branch = self._found_branch("Harbour North")
        clerk = self._create_colleague("history_north", "group_finance", branch)
        record = self._publish(
            self.ROWS[:2], user=clerk, company=branch, create_customers=True
        )
        self.assertEqual(record.state, "done", record.failure)
        partner = record.sudo().row_ids.partner_id
        # the choice of a branch is its main company's
        self.assertEqual(
            partner.with_company(self.company).preferred_currency_id, self.usd
        )
        self.assertFalse(partner.with_company(self.other_company).preferred_currency_id)


@tagged("post_install", "-at_install")
class TestDataStandard(HistoryCommon):
    def _standard(self, *rules):
        return self.env["customer.data.rule"].create(
            [{"company_id": self.company.id, **rule} for rule in rules]
        )

    def test_lists_are_filtered_and_grouped_by_completeness(self):
        self._standard(
            {"field": "name"},
            {"field": "email", "format": "email"},
            {"field": "category_id"},
            {"field": "property_payment_term_id"},
        )
        tag = self.env["res.partner.category"].create({"name": "Copper"})
        term = self.env["account.payment.term"].create({"name": "Soon"})
        self.atacama.with_company(self.company).write(
            {
                "email": "a@b.example",
                "category_id": tag.ids,
                "property_payment_term_id": term.id,
            }
        )
        contact = self.env["res.partner"].create(
            {"name": "C", "parent_id": self.atacama.id}
        )
        Partner = self._as(self.env["res.partner"], self.finance, self.company)
        mine = [("id", "in", (self.atacama | self.bosphorus | contact).ids)]
        found = Partner.search([*mine, ("data_band", "=", "whole")])
        self.assertEqual(found, self.atacama)
        found = Partner.search([*mine, ("data_band", "in", ("most", "half", "little"))])
        self.assertEqual(found, self.bosphorus)
        self.assertEqual(Partner.search([*mine, ("data_band", "=", False)]), contact)
        self.assertEqual(
            Partner.search([*mine, ("data_band", "!=", "whole")]),
            self.bosphorus | contact,
        )
        groups = dict(Partner._read_group(mine, ["data_band"], ["__count"]))
        self.assertEqual(groups, {"whole": 1, "little": 1, False: 1})
        for partner in Partner.search(mine):
            bands = self.env["customer.data.rule"]._find_bands(self.company)
            band = next((name for name in bands if partner.id in bands[name]), False)
            self.assertEqual(partner.data_band, band)

    def test_without_a_standard_nothing_is_asked(self):
        Partner = self._as(self.env["res.partner"], self.finance, self.company)
        Partner._read_group([("id", "=", self.atacama.id)], ["data_band"])
        with self.assertQueryCount(1):
            groups = Partner._read_group(
                [("id", "=", self.atacama.id)], ["data_band"], ["__count"]
            )
        self.assertEqual(groups, [(False, 1)])
        self.assertTrue(Partner.fields_get(["data_band"])["data_band"]["groupable"])

    def test_phones_and_tax_numbers_are_judged_in_their_country(self):
        self._standard(
            {"field": "phone", "format": "phone"}, {"field": "vat", "format": "vat"}
        )
        for code, phone, vat, percent in (
            ("CN", "+86 10 6552 9988", "91330200144076478N", 50),
            ("CN", "+86 10 6552 9988", "91350100M000100Y43", 100),
            ("CN", "12345", "91350100M000100Y43", 50),
            ("", "010 6552 9988", "X", 100),
        ):
            with self.subTest(phone=phone, vat=vat):
                country = self.env["res.country"].search([("code", "=", code)])
                self.atacama.write(
                    {
                        "country_id": country.id if code else False,
                        "phone": phone,
                        "vat": vat,
                    }
                )
                partner = self.atacama.with_user(self.finance)
                self.assertEqual(partner.data_completeness, percent)

    def test_habits_count(self):
        self._standard({"field": "preferred_channel"})
        self.atacama.preferred_channel = "wechat"
        self.assertEqual(self.atacama.with_user(self.finance).data_completeness, 100)
        self.assertEqual(self.bosphorus.with_user(self.finance).data_completeness, 0)


@tagged("post_install", "-at_install")
class TestHabits(HistoryCommon):
    def test_hours_as_they_are_read(self):
        partner = self.env["res.partner"].create({"name": "Early"})
        self.assertEqual(partner._format_contact_hours(), "")
        partner.write({"contact_from": 9.5, "contact_to": 24.0})
        self.assertEqual(partner._get_contact_hours(), (9.5, 24.0))
        said = partner.with_context(lang="en_US")._format_contact_hours()
        self.assertEqual(said.replace("\u202f", " "), "9:30 AM – 12:00 AM")

    def test_nonsense_meets_a_sentence(self):
        partner = self.env["res.partner"].create({"name": "Nonsense"})
        for vals in (
            {"contact_from": 25.0},
            {"contact_to": -1.0},
            {"contact_to": float("nan")},
            {"preferred_channel": "pigeon"},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                partner.write(vals)


@tagged("post_install", "-at_install")
class TestTaxNumbers(HistoryCommon):
    """Where ``base_vat`` is installed."""

    def setUp(self):
        super().setUp()
        if "vies_valid" not in self.env["res.partner"]._fields:
            self.skipTest("base_vat isn't installed")
        self.company.vat_check_vies = True

    def test_no_tax_number_is_looked_up_over_the_net(self):
        self.atacama.country_id = self.env.ref("base.be")
        rows = [
            ("Customer", "Customer Code", "VAT", "Country", "Contact Person"),
            ("Gent Looms", "", "BE 0477 472 701", "BE", "Lies"),
            ("Gent Lace", "", "BE0477472702", "BE", ""),
            ("Atacama Minerals Ltd.", "C-0007", "BE0428759497", "BE", ""),
        ]
        asked = "odoo.addons.base_vat.models.res_partner.check_vies"
        with patch(asked, side_effect=AssertionError) as check:
            record = self._check_whole(rows, skip_bad=True)
            states = [row.state for row in record.row_ids]
            self.assertEqual(states, ["create", "error", "update"], self._read(record))
            self.assertIn("C3:", record.row_ids[1].message)
            record.action_publish()
            self.env.flush_all()
            self.assertEqual(record.state, "done", record.failure)
            self.assertEqual(self.atacama.vat, "BE0428759497")
            record.action_undo()
            self.env.flush_all()
            self.assertEqual(record.state, "undone", record.failure)
            check.assert_not_called()

    def test_the_standard_knows_them(self):
        self.env["customer.data.rule"].create(
            {"company_id": self.company.id, "field": "vat", "format": "vat"}
        )
        is_vat = self.env["customer.data.rule"]._is_vat
        self.assertTrue(is_vat("BE0477472701", "BE"))
        self.assertFalse(is_vat("BE0477472702", "BE"))
        self.assertTrue(is_vat("EL123456783", "GR"))
        self.assertTrue(is_vat("DE123456788", "FR"))
