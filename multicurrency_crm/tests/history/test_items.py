"""Open items: checked, published, stated, taken back."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, ITEMS, HistoryCommon


@tagged("post_install", "-at_install")
class TestItems(HistoryCommon):
    def test_22_2_a_check_writes_nothing_but_rows(self):
        moves = self.env["account.move"].search_count([])
        record = self._check()
        self.assertEqual(record.state, "ready", record.failure)
        self.assertEqual(record.kind, "items")
        self.assertEqual(record.create_count, 5, self._read(record))
        self.assertEqual(record.row_ids.partner_id, self.atacama | self.bosphorus)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        found = {one.currency_id.name: one.found for one in record.total_ids}
        self.assertEqual(found, {"USD": 1175.25, "EUR": 400.0, "JPY": 120000.0})
        self.assertEqual(self._find_open(), {})

    def test_22_5_items_are_booked_by_customer_and_currency(self):
        record = self._publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.done_count, 5)
        self.assertEqual(
            self._find_open(),
            {
                ("Atacama Minerals Ltd.", "USD"): 1250.5,
                ("Atacama Minerals Ltd.", "EUR"): 400.0,
                ("Bosphorus Textiles A.S.", "USD"): -75.25,
                ("Bosphorus Textiles A.S.", "JPY"): 120000.0,
            },
        )
        moves = record.sudo().entry_ids.move_id
        self.assertEqual(len(moves), 4)
        self.assertEqual(set(moves.mapped("date")), {DAY})
        self.assertEqual(moves.journal_id, self.journal)
        for move in moves:
            self.assertTrue(
                self.cny.is_zero(sum(move.line_ids.mapped("balance"))), move.name
            )
        owed = moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual(len(owed), 5)
        self.assertFalse(any(owed.mapped("no_followup")))
        first = owed.filtered(lambda line: line.name == "AM-1")
        # 1 USD = 1 / 0.14 CNY
        self.assertEqual(first.balance, 7142.86)
        self.assertEqual(str(first.date_maturity), "2026-07-31")
        self.assertEqual(first.amount_residual_currency, 1000.0)
        against = moves.line_ids - owed
        self.assertEqual(against.account_id, self.clearing)

    def test_22_5_what_isnt_all_in_doesnt_count(self):
        self.env["credit.policy"].create(
            {"name": "Everybody", "company_id": self.company.id}
        )
        record = self._publish()
        record.sudo()._write_guarded({"state": "publishing"})
        self.assertEqual(self._find_open(), {})
        first = DAY.replace(day=1)
        statement = self.env["customer.statement"]._make(self.atacama, first, DAY)
        self.assertFalse(any(statement.currency_line_ids.mapped("closing")))
        self.assertFalse(statement.differences)
        statement.unlink()
        self.atacama._assess_credit(self.company)
        self.assertFalse(self.atacama.with_company(self.company).credit_exposure)
        record.sudo()._write_guarded({"state": "done"})
        self.assertEqual(len(self._find_open()), 4)
        statement = self.env["customer.statement"]._make(self.atacama, first, DAY)
        self.assertEqual(sum(statement.currency_line_ids.mapped("closing")), 1650.5)
        self.assertFalse(statement.differences)
        self.env.flush_all()
        self.env.invalidate_all()
        self.atacama._assess_credit(self.company)
        # 1,250.50 / 0.14 + 400 / 0.125
        exposure = self.atacama.with_company(self.company).credit_exposure
        self.assertEqual(exposure, 12132.14)

    def test_22_5_items_are_called_by_their_old_numbers(self):
        self._publish()
        first = DAY.replace(day=1)
        statement = self.env["customer.statement"]._make(self.atacama, first, DAY)
        self.assertEqual(
            sorted(statement.line_ids.mapped("name")), ["AM-1", "AM-2", "AM-3"]
        )
        # that of an entry is a note of ours
        self.assertFalse(any(statement.line_ids.mapped("reference")))
        ageing = self.env["customer.ageing"].search(
            [("partner_id", "in", (self.atacama | self.bosphorus).ids)]
        )
        self.assertEqual(
            sorted(ageing.mapped("document")), ["AM-1", "AM-2", "AM-3", "BT-10", "BT-9"]
        )
        lines = self.env["account.move.line"].browse(
            statement.line_ids.move_line_id.ids
        )
        self.assertEqual(
            sorted(line._get_document_name() for line in lines),
            ["AM-1", "AM-2", "AM-3"],
        )
        against = lines.move_id[0].line_ids - lines
        self.assertEqual(against[0]._get_document_name(), against[0].name)

    def test_22_5_nobody_is_told(self):
        before = {
            name: self.env[name].search_count([])
            for name in ("mail.mail", "mail.activity")
        }
        self._publish()
        for name, count in before.items():
            self.assertEqual(self.env[name].search_count([]), count, name)

    def test_22_6_the_same_file_creates_nothing_twice(self):
        self._publish()
        record = self._check(file_name="again.csv")
        self.assertEqual(record.duplicate_count, 5, self._read(record))
        self.assertIn("open items.csv", record.row_ids[0].message)
        with self.assertRaisesRegex(UserError, "No row is left"):
            record.action_publish()

    def test_22_6_taken_back_nothing_is_left(self):
        record = self._publish()
        moves = record.sudo().entry_ids.move_id
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertFalse(moves.exists())
        self.assertFalse(record.sudo().entry_ids)
        self.assertEqual(self._find_open(), {})
        # and may come again
        again = self._check()
        self.assertEqual(again.create_count, 5)

    def test_22_6_of_a_closed_period_entries_are_reversed(self):
        record = self._publish()
        moves = record.sudo().entry_ids.move_id
        self.company.fiscalyear_lock_date = DAY
        record.action_undo()
        self.assertEqual(record.state, "undone", record.failure)
        self.assertEqual(moves.exists(), moves)
        backs = record.sudo().entry_ids.reversal_id
        self.assertEqual(len(backs), 4)
        self.assertTrue(all(move.date > DAY for move in backs))
        today = self.company._get_today()
        self.assertEqual(self._find_open(max(today, DAY)), {})
        lines = (moves | backs).line_ids
        self.assertTrue(self.cny.is_zero(sum(lines.mapped("balance"))))

    def test_22_6_what_was_matched_stays(self):
        record = self._publish()
        lines = record.sudo().entry_ids.move_id.line_ids
        line = lines.filtered(lambda one: one.name == "AM-2")
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.atacama.id,
                "payment_type": "inbound",
                "partner_type": "customer",
                "currency_id": self.usd.id,
                "amount": 250.5,
                "date": "2026-07-15",
            }
        )
        payment.action_post()
        (
            line
            | payment.move_id.line_ids.filtered(
                lambda one: one.account_id == line.account_id
            )
        ).reconcile()
        with self.assertRaisesRegex(UserError, "AM-2 of Atacama"):
            record.action_undo()
        self.assertEqual(record.state, "done")

    def test_22_5_the_books_are_asked_first(self):
        record = self._check()
        self.company.fiscalyear_lock_date = DAY
        with self.assertRaisesRegex(UserError, "closed"):
            record.action_publish()
        self.company.fiscalyear_lock_date = False
        self.company.history_account_id = False
        with self.assertRaisesRegex(UserError, "Clearing Account"):
            record.action_publish()

    def test_22_5_entries_belong_to_their_import(self):
        record = self._publish()
        move = record.sudo().entry_ids.move_id[:1]
        with self.assertRaisesRegex(UserError, "open items.csv"):
            move.button_draft()
        with self.assertRaisesRegex(UserError, "published"):
            record.unlink()

    def test_22_4_rows_that_are_wrong_say_why(self):
        rows = [
            *ITEMS,
            ("Nobody At All", "X-1", "2026-07-01", "USD", "5"),
            ("Atacama Minerals", "X-2", "2026-07-01", "XYZ", "5"),
            ("Atacama Minerals", "X-3", "2026-07-01", "", "5"),
            ("Atacama Minerals", "X-4", "yesterday", "USD", "5"),
            ("Atacama Minerals", "", "2026-07-01", "USD", "5"),
            ("Atacama Minerals", "X-6", "2026-07-01", "USD", ""),
            ("Atacama Minerals", "X-7", "2026-07-01", "USD", "0"),
            ("Atacama Minerals", "AM-1", "2026-07-01", "USD", "3"),
        ]
        record = self._check(rows)
        found = {row.row_number: row for row in record.row_ids}
        for number, state, words in (
            (7, "error", "bring customers in first"),
            (8, "error", "XYZ"),
            (9, "error", "No currency"),
            (10, "error", "yesterday"),
            (11, "error", "No document number"),
            (12, "error", "No amount"),
            (13, "skip", "Nothing is open"),
            (14, "duplicate", "Row 2"),
        ):
            with self.subTest(row=number):
                self.assertEqual(found[number].state, state, found[number].message)
                self.assertIn(words, found[number].message)
        with self.assertRaisesRegex(UserError, "6 rows have errors"):
            record.action_publish()
        record.skip_bad = True
        # AM-1 once more, with another amount
        found[14].choice = "skip"
        record.action_publish()
        self.assertEqual((record.state, record.done_count), ("done", 5))
        self.assertEqual(record.error_count, 6)

    def test_22_4_a_missing_rate_is_never_one(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.jpy.id)]
        ).unlink()
        record = self._check()
        [row] = record.row_ids.filtered(lambda one: one.currency_id == self.jpy)[
            :1
        ] or record.row_ids.filtered(lambda one: one.state == "error")
        self.assertEqual(row.state, "error")
        self.assertIn("JPY", row.message)

    def test_22_4_totals_tie_out_or_say_which_row(self):
        record = self._check()
        total = record.total_ids.filtered(lambda one: one.currency_id == self.usd)
        total.write({"typed": 1175.25, "is_typed": True})
        self.assertTrue(record.ties_out)
        self.assertFalse(total.suspects)
        total.typed = 1250.5
        self.assertEqual(total.difference, -75.25)
        self.assertFalse(record.ties_out)
        self.assertIn("5", total.suspects)
        total.typed = 1325.75
        self.assertIn("other sign", total.suspects)
        with self.assertRaisesRegex(UserError, "differs"):
            record.action_publish()
        record.difference_reason = "Written off meanwhile"
        record.action_publish()
        self.assertEqual(record.state, "done")

    def test_22_4_an_amount_in_company_currency_is_booked_as_it_is(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount", "Base Amount"),
            ("Atacama Minerals", "A", "USD", "100.00", "725.10"),
            ("Atacama Minerals", "B", "USD", "100.00", "1450.20"),
        ]
        record = self._check(rows, rate_tolerance=1.0)
        one, far = record.row_ids
        self.assertEqual((one.amount, one.booked), (100.0, 725.1))
        self.assertNotIn("off the day", one.message)
        # 14.502 for 1 USD instead of 7.142857
        self.assertIn("103.0%", far.message)
        record.action_publish()
        lines = record.sudo().entry_ids.move_id.line_ids
        owed = lines.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(sorted(owed.mapped("balance")), [725.1, 1450.2])

    def test_22_4_debit_and_credit_columns(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Debit", "Credit"),
            ("Atacama Minerals", "A", "USD", "100.00", ""),
            ("Atacama Minerals", "B", "USD", "", "30.00"),
        ]
        record = self._check(rows)
        self.assertEqual(record.row_ids.mapped("amount"), [100.0, -30.0])

    def test_22_4_lines_of_documents(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Balance"),
            ("Atacama Minerals", "A", "USD", "90"),
            ("Atacama Minerals", "A", "USD", "90"),
            ("Atacama Minerals", "B", "USD", "10"),
        ]
        record = self._check(rows, rows_are="repeated")
        self.assertEqual(record.row_ids.mapped("state"), ["create", "skip", "create"])
        self.assertEqual(record.total_ids.found, 100.0)
        record.rows_are = "lines"
        self.assertEqual(record.state, "read")
        record.action_dry_run()
        self.assertEqual(record.total_ids.found, 190.0)
