"""Customers, past documents, follow-ups and balances."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

CUSTOMERS = [
    ("Customer", "Customer Code", "VAT", "Email", "Country", "Currency", "Tags"),
    ("Cusco Alpaca", "C-1", "PE20100000001", "a@alpaca.example", "Peru", "USD", "Wool"),
    ("Delft Dredging", "C-2", "", "b@dredge.example", "NL", "欧元", ""),
    ("Atacama Minerals", "C-0007", "", "new@atacama.example", "", "USD", ""),
    ("Bosphorus Textiles", "", "", "", "TR", "", ""),
    ("Cusco Alpaca S.A.", "", "", "", "Peru", "", ""),
    ("Elbe Ships", "", "", "not an address", "", "", ""),
    ("Fjord Fish", "", "", "", "Narnia", "", ""),
    ("", "C-9", "", "", "Peru", "USD", ""),
]


@tagged("post_install", "-at_install")
class TestCustomers(HistoryCommon):
    def test_22_3_each_row_says_what_becomes_of_it(self):
        record = self._check_whole(CUSTOMERS)
        self.assertEqual(record.kind, "customers")
        found = {row.row_number: row for row in record.row_ids}
        for number, state, words in (
            (2, "create", ""),
            (3, "create", ""),
            (4, "update", "Email"),
            (5, "duplicate", "name"),
            (6, "duplicate", "As row 2"),
            (7, "error", "valid email"),
            (8, "error", "Narnia"),
            (9, "error", "No name"),
        ):
            with self.subTest(row=number):
                self.assertEqual(found[number].state, state, found[number].message)
                self.assertIn(words, found[number].message or "")
        self.assertEqual(found[4].partner_id, self.atacama)
        self.assertEqual(found[5].duplicate_id, self.bosphorus)
        self.assertEqual(found[5].score, 60)
        self.assertFalse(self.atacama.email)

    def test_22_5_customers_are_created_and_updated_and_taken_back(self):
        rows = [row for row in CUSTOMERS if row[0] not in ("", "Elbe Ships")]
        record = self._check(rows[:-1])
        duplicate = record.row_ids.filtered(lambda row: row.state == "duplicate")
        duplicate.filtered(lambda row: row.row_number == 6).choice = "create"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.done_count, 4)
        self.assertEqual(self.atacama.email, "new@atacama.example")
        created = record.row_ids.filtered(
            lambda row: row.state == "done" and not row.before
        ).partner_id
        self.assertEqual(
            created.mapped("name"),
            ["Cusco Alpaca", "Delft Dredging", "Cusco Alpaca S.A."],
        )
        cusco, delft, _second = created
        self.assertEqual(cusco.country_id.code, "PE")
        self.assertEqual(cusco.category_id.name, "Wool")
        self.assertEqual(
            delft.with_company(self.company).preferred_currency_id, self.eur
        )
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(created.exists())
        self.assertFalse(self.atacama.email)

    def test_22_6_a_customer_who_is_used_stays(self):
        record = self._publish(CUSTOMERS[:3])
        cusco = record.row_ids.partner_id[:1]
        self._create_order(cusco)
        with self.assertRaisesRegex(UserError, "Cusco Alpaca"):
            record.action_undo()
        self.assertTrue(cusco.exists())

    def test_22_6_what_somebody_changed_since_stays_changed(self):
        record = self._publish([CUSTOMERS[0], CUSTOMERS[3]])
        self.assertEqual(record.done_count, 1)
        self.atacama.email = "third@atacama.example"
        record.action_undo()
        self.assertEqual(self.atacama.email, "third@atacama.example")

    def test_22_4_the_data_standard_counts(self):
        self.env["customer.data.rule"].create(
            [
                {"field": "name", "weight": 3},
                {"field": "email", "weight": 1, "format": "email"},
            ]
        )
        record = self._check_whole(CUSTOMERS[:3])
        self.assertEqual(record.completeness, 100)
        record = self._check(CUSTOMERS[:2] + CUSTOMERS[4:5], file_name="two.csv")
        # (100 + 75) / 2, in whole percent
        self.assertEqual(record.completeness, 87)
        partner = self.bosphorus.with_user(self.finance)
        self.assertEqual(partner.data_completeness, 75)
        self.assertIn("Email is missing", partner.data_shortfalls)
        self.assertFalse(
            self.bosphorus.with_company(self.other_company).has_data_standard
        )


@tagged("post_install", "-at_install")
class TestOthers(HistoryCommon):
    def test_22_2_past_documents_are_figures_only(self):
        rows = [
            ("Customer", "Document Number", "Date", "Amount", "Currency"),
            ("Atacama Minerals", "OLD-1", "2026-02-03", "700.00", "USD"),
            ("Atacama Minerals", "OLD-2", "2025-12-31", "70.00", "USD"),
            ("Bosphorus Textiles", "OLD-3", "2026-03-01", "-50.00", "EUR"),
        ]
        moves = self.env["account.move"].search_count([])
        record = self._publish(rows)
        self.assertEqual((record.kind, record.state), ("past", "done"))
        past = self.env["customer.past.document"].search(
            [("import_id", "=", record.id)]
        )
        self.assertEqual(
            sorted((one.name, one.kind, one.amount_company) for one in past),
            [
                ("OLD-1", "document", 5000.0),
                # before the first rate: worth nothing but its own currency
                ("OLD-2", "document", 0.0),
                ("OLD-3", "credit", -400.0),
            ],
        )
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(self._find_open(), {})
        self.assertEqual(self.atacama.with_user(self.finance).past_document_count, 2)
        again = self._check(rows, file_name="again.csv")
        self.assertEqual(again.duplicate_count, 3)
        record.action_undo()
        self.assertFalse(past.exists())

    def test_22_2_follow_ups_keep_their_day_and_author(self):
        seller = self._create_salesperson("history_seller", name="Wei Zhang")
        rows = [
            ("客户", "跟进时间", "跟进内容", "跟进人"),
            ("Atacama Minerals", "2025-11-05", "Asked for <b>samples</b>", "wei zhang"),
            ("Atacama Minerals", "2025-11-09", "Wants CIF Iquique", "Somebody Gone"),
            ("Atacama Minerals", "2125-11-09", "Too early", "Wei Zhang"),
        ]
        activities = self.env["mail.activity"].search_count([])
        mails = self.env["mail.mail"].search_count([])
        notifications = self.env["mail.notification"].search_count([])
        record = self._check(rows, skip_bad=True)
        self.assertEqual(record.kind, "notes")
        self.assertEqual(record.row_ids.mapped("state"), ["create", "create", "error"])
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        first, second = record.sudo().row_ids.note_id.sorted("id")
        self.assertEqual(first.author_id, seller.partner_id)
        self.assertEqual(first.date.date(), fields.Date.to_date("2025-11-05"))
        self.assertIn("&lt;b&gt;samples", first.body)
        self.assertFalse(second.author_id)
        self.assertIn("Somebody Gone", second.body)
        self.assertIn(first, self.atacama.message_ids)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.notification"].search_count([]), notifications)
        again = self._check(rows, file_name="again.csv", skip_bad=True)
        self.assertEqual(again.duplicate_count, 2)
        record.action_undo()
        self.assertFalse((first | second).exists())

    def test_22_2_opening_balances_by_currency(self):
        rows = [
            ("客户名称", "币别", "期初余额", "本位币金额"),
            ("Atacama Minerals", "美元", "1,000.00", "7,150.00"),
            ("Atacama Minerals", "人民币", "500.00", "500.00"),
            ("Bosphorus Textiles", "EUR", "(20.00)", "(160.00)"),
        ]
        record = self._publish(rows)
        self.assertEqual((record.kind, record.state), ("balances", "done"))
        self.assertEqual(
            self._find_open(),
            {
                ("Atacama Minerals Ltd.", "USD"): 1000.0,
                ("Atacama Minerals Ltd.", "CNY"): 500.0,
                ("Bosphorus Textiles A.S.", "EUR"): -20.0,
            },
        )
        again = self._check(rows, file_name="again.csv")
        self.assertEqual(again.duplicate_count, 3)

    def test_22_2_vendors_are_left_out_by_name(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Balance", "Role"),
            ("Atacama Minerals", "A", "2026-07-01", "USD", "5", "Customer"),
            ("Some Steelworks", "B", "2026-07-01", "USD", "7", "Supplier"),
        ]
        record = self._check(rows)
        self.assertEqual(record.row_ids.mapped("state"), ["create", "skip"])
        self.assertIn("Some Steelworks", record.row_ids[1].message)

    def test_22_3_the_open_amounts_currency_is_asked(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Balance"),
            ("Atacama Minerals", "A", "2026-07-01", "USD", "100", "80"),
        ]
        record = self._check(rows)
        self.assertEqual(record.state, "read")
        self.assertIn("Both fit", record.failure)
        record.open_currency = "company"
        record.action_dry_run()
        row = record.row_ids
        # 80 CNY at 0.14
        self.assertEqual((row.amount, row.booked), (11.2, 80.0))
        rows[1] = (*rows[1][:5], "650")
        record = self._check(rows, file_name="found.csv")
        self.assertEqual(record.row_ids.booked, 650.0)

    def test_22_3_columns_are_remembered(self):
        rows = [
            ("Wer", "Beleg", "Faellig", "Waehrung", "Rest"),
            ("Atacama Minerals", "A", "2026-07-01", "USD", "5"),
        ]
        record = self._load(rows, kind="items", header_row=1)
        record.action_read()
        with self.assertRaisesRegex(UserError, "which column of the file is"):
            record.action_dry_run()
        for title, field in (
            ("Wer", "name"),
            ("Beleg", "document"),
            ("Faellig", "due"),
            ("Waehrung", "currency"),
            ("Rest", "open"),
        ):
            column = record.column_ids.filtered(lambda one, t=title: one.title == t)
            column.field = field
        record.action_dry_run()
        self.assertEqual(record.create_count, 1, self._read(record))
        record.action_publish()
        rows[1] = ("Atacama Minerals", "B", "2026-07-02", "USD", "6")
        second = self._check(rows, file_name="next.csv", header_row=1)
        self.assertEqual((second.kind, second.create_count), ("items", 1))

    def test_22_3_two_readings_are_asked(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Balance"),
            ("Atacama Minerals", "A", "03/04/2026", "USD", "1,234"),
        ]
        record = self._check(rows)
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("E2", record.row_ids.message)
        self.assertIn("1234", record.row_ids.message)
        columns = {one.field: one for one in record.column_ids}
        columns["due"].reading = "day"
        columns["open"].reading = "point"
        record.action_dry_run()
        row = record.row_ids
        self.assertEqual(row.state, "create", row.message)
        self.assertEqual((str(row.due), row.amount), ("2026-04-03", 1234.0))

    def test_22_6_a_file_is_erased_and_its_documents_stay_known(self):
        record = self._publish(
            [
                ("Customer", "Invoice No", "Due Date", "Currency", "Balance"),
                ("Atacama Minerals", "A", "2026-07-01", "USD", "5"),
                ("Unheard Of", "B", "2026-07-01", "USD", "5"),
            ],
            skip_bad=True,
        )
        record.action_erase()
        self.assertFalse(record.file)
        [row] = record.row_ids
        self.assertFalse(row.raw or row.values or row.name)
        self.assertEqual(row.partner_id, self.atacama)
        again = self._check(
            [
                ("Customer", "Invoice No", "Due Date", "Currency", "Balance"),
                ("Atacama Minerals", "A", "2026-07-01", "USD", "5"),
            ],
            file_name="again.csv",
        )
        self.assertEqual(again.duplicate_count, 1)
        self.assertEqual(self._find_open(), {("Atacama Minerals Ltd.", "USD"): 5.0})

    def test_22_6_the_retention_of_the_settings(self):
        record = self._publish()
        self.company.history_keep_days = 30
        record.sudo()._write_guarded({"published_on": "2020-01-01"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE customer_import SET write_date = '2020-01-01' WHERE id = %s",
            [record.id],
        )
        self.env.invalidate_all()
        self.env["customer.import"]._cron_work()
        self.assertFalse(record.file)
        self.assertEqual(record.erased_on, self.company._get_today())

    def test_22_6_what_nobody_publishes_is_erased_as_well(self):
        record = self._check()
        record.action_erase()
        self.assertEqual((record.state, record.file), ("draft", False))
        self.assertFalse(record.row_ids)
        with self.assertRaisesRegex(UserError, "no file"):
            record.action_read()

    def test_22_6_who_is_deleted_is_forgotten(self):
        record = self._check(
            [
                ("Customer", "Email", "Country"),
                ("Atacama Minerals", "secret@atacama.example", "CL"),
            ]
        )
        row = record.row_ids
        self.assertEqual(row.duplicate_id, self.atacama)
        self.atacama.unlink()
        self.assertFalse(row.raw or row.values or row.name)

    def test_22_6_staged_data_are_found_by_the_privacy_lookup(self):
        """Stored many2ones to partners that don't cascade are what it looks at."""
        for model in ("customer.import.row", "customer.past.document"):
            field = self.env[model]._fields["partner_id"]
            self.assertTrue(field.store and field.ondelete == "set null")
        self.assertEqual(DAY.year, 2026)
