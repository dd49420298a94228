"""Customers with their contacts, limits, grades and habits."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .history_common import HistoryCommon

PEOPLE = [
    ("Customer", "Customer Code", "Email", "Contact Person", "Contact Email", "Phone"),
    ("Galata Rope", "G-1", "office@galata.example", "Elif Kaya", "elif@galata.example"),
    ("", "", "", "Deniz Arslan", "deniz@galata.example", "+90 212 555 0101"),
    ("Hokkaido Scallops", "H-2", "", "", "sato@scallop.example", ""),
    ("Galata Rope", "G-1", "", "Mert Demir", "", ""),
]


def pad(rows):
    """:return: rows as long as their headers"""
    return [(*row, *[""] * (len(rows[0]) - len(row))) for row in rows]


@tagged("post_install", "-at_install")
class TestContacts(HistoryCommon):
    def _made(self, record):
        rows = record.sudo().row_ids.filtered(lambda row: row.state == "done")
        return rows.partner_id

    def test_further_rows_are_contacts_of_the_customer_above(self):
        record = self._check_whole(pad(PEOPLE), kind="customers")
        rows = {row.row_number: row for row in record.row_ids}
        self.assertEqual(
            [row.state for row in record.row_ids], ["create"] * 4, self._read(record)
        )
        self.assertEqual(
            [row.is_contact for row in record.row_ids], [False, True, False, True]
        )
        self.assertEqual((rows[3].head_id, rows[5].head_id), (rows[2], rows[2]))
        self.assertIn("Galata Rope", rows[3].message)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        galata = rows[2].partner_id
        self.assertEqual(
            sorted(galata.child_ids.mapped("name")),
            ["Deniz Arslan", "Elif Kaya", "Mert Demir"],
        )
        by_name = {one.name: one for one in galata.child_ids}
        self.assertEqual(by_name["Elif Kaya"].email, "elif@galata.example")
        self.assertEqual(by_name["Deniz Arslan"].phone, "+90 212 555 0101")
        self.assertEqual(galata.email, "office@galata.example")
        # what a customer lacks, its contact gives
        self.assertEqual(rows[4].partner_id.email, "sato@scallop.example")
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(
            self.env["res.partner"].search([("name", "in", [*by_name, "Galata Rope"])])
        )

    def test_a_contact_names_its_company_wherever_that_stands(self):
        rows = [
            ("Name*", "Company Type*", "Related Company", "Email", "Reference"),
            ("Julia Becker", "Person", "Modulo Interiors", "julia@modulo.example", ""),
            ("Modulo Interiors", "Company", "", "sales@modulo.example", "M-1"),
            ("Elena Varga", "Person", "", "elena@varga.example", ""),
            ("Wei Chen", "Person", "Atacama Minerals Ltd.", "", ""),
            ("Nobody's", "Person", "Unheard Of", "", ""),
        ]
        record = self._check_whole(rows, skip_bad=True)
        self.assertEqual(record.kind, "customers")
        states = [row.state for row in record.row_ids]
        self.assertEqual(states, ["create"] * 4 + ["error"], self._read(record))
        self.assertIn(
            "C6: No customer is called “Unheard Of”", self._read(record)[4][2]
        )
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        julia, modulo, elena, wei, _nobody = [row.partner_id for row in record.row_ids]
        self.assertEqual(julia.parent_id, modulo)
        self.assertFalse(julia.is_company)
        self.assertEqual((elena.is_company, elena.parent_id.id), (False, False))
        self.assertEqual(wei.parent_id, self.atacama)
        again = self._check_whole(rows, file_name="again.csv", skip_bad=True)
        self.assertEqual(again.create_count, 0, self._read(again))
        record.action_undo()
        self.assertFalse((julia | modulo | elena | wei).exists())
        self.assertTrue(self.atacama.exists())

    def test_first_and_last_names_and_a_second_phone(self):
        rows = [
            ("Name", "Phone", "First Name", "Last Name", "Email", "Phone"),
            (
                "Iquique Nitrate",
                "+56 57 5550 11",
                "Ana",
                "Rojas",
                "ana@iq.example",
                "7",
            ),
            ("", "", "伟", "张", "", ""),
        ]
        record = self._check_whole(rows)
        fields_found = record.column_ids.mapped("field")
        self.assertEqual(fields_found[-1], "contact_phone")
        record.action_publish()
        customer = record.row_ids[0].partner_id
        names = {one.name: one.phone for one in customer.child_ids}
        self.assertEqual(names, {"Ana Rojas": "7", "张伟": False})

    def test_contacts_of_a_row_with_an_error_wait_with_it(self):
        rows = pad(
            [
                PEOPLE[0],
                ("Left Out", "", "no address", "Anna", "", ""),
                ("", "", "", "Berta", "", ""),
            ]
        )
        record = self._check_whole(rows, kind="customers", skip_bad=True)
        self.assertEqual([row.state for row in record.row_ids], ["error"] * 2)
        self.assertIn("Row 2", record.row_ids[1].message)

    def test_contacts_of_a_customer_left_out_are_left_out(self):
        record = self._check_whole(pad(PEOPLE[:4]), kind="customers")
        record.row_ids[0].choice = "skip"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(
            [row.state for row in record.row_ids], ["skip", "skip", "done"]
        )

    def test_vendors_by_word_and_by_code(self):
        rows = [
            ("Customer", "Role", "Contact Person"),
            ("Both Ways", "Both", "A"),
            ("Steel Supplier", "Supplier", "B"),
            ("", "", "C"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(
            [row.state for row in record.row_ids], ["create", "skip", "skip"]
        )
        self.assertIn("Steel Supplier", record.row_ids[1].message)

    def test_nobody_is_told_and_nothing_is_asked_for(self):
        seller = self._create_salesperson("history_owner", name="Lin Yu")
        rows = [
            ("Customer", "Email", "Owner", "VAT", "Country", "Contact", "Credit Limit"),
            (
                "Quiet Co",
                "q@quiet.example",
                "Lin Yu",
                "BE0477472701",
                "BE",
                "Q",
                "9000",
            ),
            ("Atacama Minerals", "", "", "", "", "", ""),
        ]
        rows[0] = (*rows[0], "Currency", "Customer Code")
        rows[1] = (*rows[1], "USD", "")
        rows[2] = (*rows[2], "EUR", "C-0007")
        counts = [
            ("mail.activity", []),
            ("mail.mail", []),
            ("mail.notification", []),
            ("mail.message", [("model", "in", ("res.partner", "credit.limit"))]),
            ("mail.followers", [("res_model", "in", ("res.partner", "credit.limit"))]),
        ]
        found = [self.env[model].search_count(domain) for model, domain in counts]
        record = self._publish(rows)
        self.assertEqual(record.done_count, 2, self._read(record))
        self.assertEqual(record.row_ids[0].partner_id.user_id, seller)
        self.assertEqual(
            [self.env[model].search_count(domain) for model, domain in counts], found
        )
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)


@tagged("post_install", "-at_install")
class TestKnown(HistoryCommon):
    def test_each_change_is_said_old_and_new_and_nothing_is_emptied(self):
        self.atacama.write(
            {
                "phone": "+56 2 1",
                "email": "old@atacama.example",
                "comment": "Ours",
                "allowed_currency_ids": [Command.set(self.usd.ids)],
            }
        )
        rows = [
            (
                *("Customer", "Customer Code", "Email", "Phone", "Notes"),
                *("Allowed Currencies", "Tags", "Contact"),
            ),
            (
                *("Atacama Minerals Ltd.", "C-0007", "new@atacama.example", ""),
                *("Theirs", "EUR, USD", "Copper; Salt", "Ana"),
            ),
        ]
        record = self._check_whole(rows)
        row = record.row_ids
        self.assertEqual(row.state, "update", row.message)
        for words in (
            "Email: old@atacama.example → new@atacama.example",
            "New tags: Copper and Salt",
            "New contact: Ana",
            "Allowed Currencies stay as they are",
            "Notes stay as they are",
        ):
            self.assertIn(words, row.message)
        self.assertNotIn("Phone", row.message)
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        partner = self.atacama
        self.assertEqual((partner.phone, partner.email), ("+56 2 1", rows[1][2]))
        self.assertEqual(partner.allowed_currency_ids, self.usd)
        self.assertIn("Ours", partner.comment)
        self.assertEqual(sorted(partner.category_id.mapped("name")), ["Copper", "Salt"])
        self.assertEqual(partner.child_ids.name, "Ana")
        record.action_undo()
        self.assertEqual(partner.email, "old@atacama.example")
        self.assertFalse(partner.category_id or partner.child_ids)

    def test_an_archived_customer_is_shown_and_brought_back_on_request(self):
        self.atacama.active = False
        rows = [("Customer", "Customer Code", "City"), ("Atacama", "C-0007", "Calama")]
        record = self._check_whole(rows)
        row = record.row_ids
        self.assertEqual(row.state, "duplicate", row.message)
        self.assertEqual(row.duplicate_id, self.atacama)
        self.assertIn("archived", row.message)
        self.assertEqual(row.score, 95)
        row.choice = "update"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual((self.atacama.active, self.atacama.city), (True, "Calama"))
        record.action_undo()
        self.assertEqual((self.atacama.active, self.atacama.city), (False, False))

    def test_a_contact_of_another_customer_is_shown(self):
        self.env["res.partner"].create(
            {
                "name": "Ayşe",
                "parent_id": self.bosphorus.id,
                "email": "ayse@bosphorus.example",
            }
        )
        rows = [("Customer", "Email"), ("Ankara Yarn", "AYSE@bosphorus.example")]
        row = self._check_whole(rows).row_ids
        self.assertEqual((row.state, row.duplicate_id), ("duplicate", self.bosphorus))
        self.assertIn("Ayşe", row.message)

    def test_another_companys_customers_arent_seen(self):
        self.env["res.partner"].create(
            {
                "name": "Secret Harbour",
                "ref": "S-1",
                "is_company": True,
                "company_id": self.other_company.id,
            }
        )
        rows = [("Customer", "Customer Code"), ("Secret Harbour", "S-1")]
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.state, "create", self._read(record))

    def test_code_and_tax_number_of_two_customers_are_to_be_decided(self):
        rows = [("Customer", "Customer Code", "VAT"), ("X", "C-0007", "TR1234567890")]
        row = self._check_whole(rows).row_ids
        self.assertEqual(row.state, "duplicate", row.message)
        self.assertIn("Atacama", row.message)
        self.assertIn("Bosphorus", row.message)

    def test_more_rows_are_no_more_queries(self):
        names = [f"Known {number}" for number in range(60)]
        partners = self.env["res.partner"].create(
            [{"name": name, "ref": name, "is_company": True} for name in names]
        )
        partners.child_ids = [Command.create({"name": "Ana"})]
        for partner in partners[1:]:
            partner.child_ids = [Command.create({"name": "Ana"})]
        counts = []
        for number in (20, 60, 20, 60):
            rows = [
                ("Customer", "Customer Code", "City", "Contact Person", "Position"),
                *((name, name, "Arica", "", "") for name in names[:number]),
                *((name, name, "", "Bo", "Buyer") for name in names[:number]),
            ]
            record = self._load(rows, file_name=f"{number} {len(counts)}.csv")
            record.action_read()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            record.action_dry_run()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(record.update_count + record.create_count, 2 * number)
        self.assertLessEqual(counts[3], counts[2] + 5, counts)

    def test_choices_are_made_for_many_rows_at_once(self):
        rows = [
            ("Customer", "City"),
            ("Atacama Minerals", "Arica"),
            ("Bosphorus Textiles", "Bursa"),
            ("Bosphorus Textiles", "Izmir"),
        ]
        record = self._check_whole(rows)
        self.assertEqual(set(record.row_ids.mapped("state")), {"duplicate"})
        record.row_ids.write({"choice": "update"})
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual((self.atacama.city, self.bosphorus.city), ("Arica", "Izmir"))
        record.action_undo()
        self.assertFalse(self.atacama.city or self.bosphorus.city)

    def test_a_known_customer_may_be_created_all_the_same(self):
        rows = [("Customer", "Customer Code", "City"), ("Atacama", "C-0007", "Arica")]
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.state, "update")
        record.row_ids.choice = "create"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertNotEqual(record.row_ids.partner_id, self.atacama)
        self.assertFalse(self.atacama.city)


@tagged("post_install", "-at_install")
class TestCells(HistoryCommon):
    def test_what_isnt_known_is_said_at_its_cell(self):
        rows = [
            (
                *("Customer", "Country", "State", "Language", "Owner", "Terms"),
                *("Channel", "Contact Hours"),
            ),
            ("A", "Perú", "", "", "", "", "", ""),
            ("B", "秘鲁", "Atlantis", "Klingon", "Who", "", "pigeon", "9-5"),
            ("C", "PE", "", "", "", "Never", "", ""),
            ("D", "Peru", "", "", "", "", "微信", "9:00–18:00"),
        ]
        record = self._check_whole(rows, skip_bad=True)
        said = {number: (state, text) for number, state, text in self._read(record)}
        self.assertEqual(said[2][0], "error")
        self.assertIn("B2: No country is called “Perú”", said[2][1])
        self.assertEqual(said[3][0], "create")
        for cell in ("C3: “Atlantis”", "D3: “Klingon”", "E3: “Who”", "G3: “pigeon”"):
            self.assertIn(cell, said[3][1])
        self.assertIn("H3: “9-5”", said[3][1])
        self.assertEqual(said[4][0], "error")
        self.assertIn("F4: No payment term is called “Never”", said[4][1])
        record.action_publish()
        partner = record.row_ids[3].partner_id
        self.assertEqual(partner.preferred_channel, "wechat")
        self.assertEqual((partner.contact_from, partner.contact_to), (9.0, 18.0))

    def test_a_tax_number_that_odoo_refuses_is_said_at_its_cell(self):
        rows = [
            ("Customer", "VAT", "Country"),
            ("Gent Looms", "BE0477472701", "BE"),
            ("Gent Lace", "BE1", "BE"),
        ]

        refusal = "The tax number isn't one of Belgium."

        def check(_self, country, vat, partner_name="", validation="error"):
            if country.code == "BE" and vat == "BE1":
                raise ValidationError(refusal)
            return vat.replace(" ", ""), country.code

        Partner = self.env.registry["res.partner"]
        with patch.object(Partner, "_run_vat_checks", check):
            record = self._check_whole(rows, skip_bad=True)
            self.assertEqual([row.state for row in record.row_ids], ["create", "error"])
            self.assertIn("B3: The tax number", record.row_ids[1].message)
            record.action_publish()
        self.assertEqual(record.row_ids[0].partner_id.vat, "BE0477472701")

    def test_an_archived_currency_is_named(self):
        self.env["res.currency"].search([("name", "=", "BSD")]).active = False
        rows = [("Customer", "Currency"), ("Nassau Sponge", "BSD")]
        row = self._check_whole(rows).row_ids
        self.assertIn("BSD is archived", row.message)

    def test_grades_are_kept_as_tags(self):
        rows = [("客户", "客户等级"), ("Ningbo Valve", "A")]
        record = self._publish(rows, kind="customers")
        self.assertEqual(record.row_ids.partner_id.category_id.name, "Grade A")


@tagged("post_install", "-at_install")
class TestLimits(HistoryCommon):
    ROWS = [
        ("Customer", "Customer Code", "Credit Limit", "Limit Currency", "Currency"),
        ("Atacama Minerals Ltd.", "C-0007", "50000", "EUR", ""),
        ("Kobe Bearings", "K-1", "80,000.00", "", "USD"),
        ("Lima Zinc", "L-1", "0", "", "USD"),
    ]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls._create_colleague("history_credit", "group_credit_manager")

    def _limits(self, *partners):
        return self.env["credit.limit"].search(
            [("partner_id", "in", [partner.id for partner in partners])]
        )

    def test_a_limit_is_asked_for_by_whoever_brought_it_in(self):
        record = self._check_whole(self.ROWS)
        said = self._read(record)
        self.assertIn("asked for", said[0][2])
        self.assertIn("A limit of 0 is left out", said[2][2])
        self.assertFalse(self._limits(self.atacama))
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        partners = [row.partner_id for row in record.row_ids]
        first, second = self._limits(*partners).sorted("amount")
        self.assertEqual((first.amount, first.currency_id), (50000.0, self.eur))
        self.assertEqual((second.amount, second.currency_id), (80000.0, self.usd))
        self.assertEqual(
            {one.state for one in first + second}, {"draft"}, "nobody has granted it"
        )
        self.assertEqual((first + second).requested_by, self.finance)
        self.assertFalse((first + second).activity_ids)
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse((first + second).exists())

    def test_who_publishes_what_another_brought_in_grants_within_the_cap(self):
        self.company.history_four_eyes = True
        self.manager.group_ids |= self.env.ref("multicurrency_crm.group_credit_manager")
        # 50,000 EUR are 400,000 CNY at 0.125; 80,000 USD 571,428.57 at 0.14
        self.manager.with_company(self.company).sudo().credit_cap = 450000.0
        record = self._check_whole(self.ROWS)
        record.action_publish()
        self._as(record, self.manager, self.company).action_approve()
        self.assertEqual(record.state, "done", record.failure)
        partners = [row.partner_id for row in record.row_ids]
        low, high = self._limits(*partners).sorted("amount")
        self.assertEqual((low.state, low.decided_by), ("approved", self.manager))
        self.assertEqual(high.state, "draft")
        self.assertEqual(low.requested_by, self.finance)
        # taken back by who may end limits only
        with self.assertRaises(AccessError):
            record.action_undo()
        self._as(record, self.manager, self.company).action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertEqual(low.state, "superseded")
        self.assertFalse(high.exists())
        self.assertNotIn(
            self.atacama.id,
            self.env["credit.limit"]._find_lines(self.atacama, self.company),
        )

    def test_who_asks_never_grants(self):
        record = self._publish(self.ROWS, user=self.credit)
        partners = [row.partner_id for row in record.row_ids]
        self.assertEqual(set(self._limits(*partners).mapped("state")), {"draft"})

    def test_a_limit_that_is_there_stays(self):
        limit = self.env["credit.limit"].create(
            {
                "partner_id": self.atacama.id,
                "company_id": self.company.id,
                "amount": 7.0,
                "currency_id": self.usd.id,
            }
        )
        limit.with_user(self.credit).action_approve()
        record = self._check_whole(self.ROWS[:2])
        self.assertIn("Its limit stays", record.row_ids.message)
        self.assertEqual(record.row_ids.state, "duplicate")
        self.assertEqual(self._limits(self.atacama), limit)

    def test_a_branchs_limits_are_its_main_companys(self):
        branch = self._found_branch("Harbour South")
        clerk = self._create_colleague("history_south", "group_finance", branch)
        record = self._publish(self.ROWS[:2], user=clerk, company=branch)
        limit = self._limits(self.atacama)
        self.assertEqual((limit.company_id, limit.state), (self.company, "draft"))
        self.assertEqual(limit.requested_by, clerk)
        record.action_undo()
        self.assertFalse(limit.exists())

    def test_a_limit_without_a_currency_is_an_error(self):
        rows = [("Customer", "Credit Limit"), ("Kobe Bearings", "-5"), ("K2", "5")]
        record = self._check_whole(rows, kind="customers", skip_bad=True)
        self.assertEqual({row.state for row in record.row_ids}, {"error"})
        self.assertIn("B2: A limit is 0 or more", record.row_ids[0].message)
        self.assertIn("In which currency", record.row_ids[1].message)

    def test_what_somebody_decided_since_keeps_the_import(self):
        record = self._publish(self.ROWS)
        limit = self._limits(self.atacama)
        limit.with_user(self.credit).action_approve()
        with self.assertRaisesRegex(UserError, "decided on meanwhile"):
            record.action_undo()
        self.assertEqual(limit.state, "approved")
