"""A row is booked on nobody whom another of its marks contradicts."""

from odoo.tests import tagged

from .history_common import HistoryCommon

HEAD = ("Customer Code", "Customer", "VAT", "Email", "Invoice No", "Currency", "Open")


@tagged("post_install", "-at_install")
class TestCustomersThatContradict(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alpha, cls.beta, cls.foo, cls.gulf, cls.bare = cls.env[
            "res.partner"
        ].create(
            [
                {
                    "is_company": True,
                    "name": "Quorn Alpha GmbH",
                    "ref": "1-01",
                    "vat": "DE136695976",
                    "email": "ap@quorn.example",
                },
                {"is_company": True, "name": "Quillon Beta Oy", "ref": "B77"},
                {"is_company": True, "name": "Foo Vanadium GmbH"},
                {"is_company": True, "name": "上海远航有限公司"},
                {"is_company": True, "name": "Xylem Bare Kft"},
            ]
        )

    def _judge(self, *rows, **values):
        """:return: [(state, customer's name or "")]"""
        lines = [
            (*row, f"D-{number}", "USD", f"{100 + number}.25")
            for number, row in enumerate(rows)
        ]
        record = self._check_whole([HEAD, *lines], **values)
        self.record = record
        return [(row.state, row.partner_id.name or "") for row in record.row_ids]

    def _assert_asked(self, *row, says=""):
        for create in (False, True):
            with self.subTest(row=row, create=create):
                [(state, name)] = self._judge(row, create_customers=create)
                self.assertEqual((state, name), ("error", ""))
                self.assertIn(says, self.record.row_ids.message)

    def test_what_agrees_is_found_by_any_mark(self):
        name = self.alpha.name
        for row in (
            ("1-01", "", "", ""),
            ("1_01", "quorn alpha", "", ""),
            ("", "QUORN ALPHA G.m.b.H.", "", ""),
            ("", "Quorn Alpha", "136695976", ""),
            ("", "", "de 136.695.976", ""),
            ("", "", "", "ap@quorn.example"),
            ("9-99", name, "DE 136 695 976", "other@quorn.example"),
            ("1-01", "Quorn Alpa", "", ""),
            ("1-01", "Renamed Entirely", "DE136695976", ""),
        ):
            with self.subTest(row=row):
                self.assertEqual(self._judge(row), [("create", name)])

    def test_codes_are_compared_with_what_stands_between_their_parts(self):
        self.assertEqual(self._judge(("10-1", "Omega Zinc", "", ""))[0][0], "error")
        self.assertEqual(
            self._judge(("10-1", "Omega Zinc", "", ""), create_customers=True),
            [("create", "")],
        )
        self.assertIn("New customer", self.record.row_ids.message)

    def test_a_code_that_differs_is_asked(self):
        self._assert_asked("10-1", "Quorn Alpha GmbH", "", "", says="1-01")

    def test_a_code_of_one_beside_the_name_of_another_is_asked(self):
        self._assert_asked("1-01", "Quillon Beta", "", "")
        self._assert_asked("1-01", "Nobody Knows This One", "", "")
        self._assert_asked("B77", "", "DE136695976", "")

    def test_another_tax_number_is_another_customer(self):
        row = ("", "Quorn Alpha GmbH", "GB999999999", "")
        self.assertEqual(self._judge(row)[0][0], "error")
        self.assertEqual(self._judge(row, create_customers=True), [("create", "")])
        self._assert_asked("1-01", "Quorn Alpha GmbH", "GB999999999", "")

    def test_another_legal_form_is_another_company(self):
        for name in ("Foo Vanadium Ltd", "上海远航股份有限公司"):
            row = ("", name, "", "")
            self.assertEqual(self._judge(row)[0][0], "error")
            self.assertEqual(self._judge(row, create_customers=True), [("create", "")])
        same = self._judge(("", "Foo Vanadium", "", ""), ("", "上海远航", "", ""))
        self.assertEqual(same, [("create", self.foo.name), ("create", self.gulf.name)])

    def test_an_email_that_two_share_makes_them_not_one(self):
        row = ("", "Zenith Ores", "", "ap@quorn.example")
        self.assertEqual(self._judge(row)[0][0], "error")
        self.assertEqual(self._judge(row, create_customers=True), [("create", "")])

    def test_newcomers_of_one_file_are_told_apart(self):
        rows = [
            ("", "Umber GmbH", "", "desk@umber.example"),
            ("", "Umber Ltd", "", "desk@umber.example"),
            ("", "Vetiver Sarl", "", "desk@umber.example"),
            ("1-1", "Wolfram", "", ""),
            ("11", "Wolfram", "", ""),
            ("1-1", "wolfram", "", ""),
        ]
        self._judge(*rows, create_customers=True)
        heads = self.record.row_ids.mapped("head_id.row_number")
        found = [row.head_id.row_number for row in self.record.row_ids]
        self.assertEqual(found, [2, 3, 4, 5, 6, 5])
        self.assertEqual(len(heads), 5)
        self.record.action_publish()
        self.assertEqual(self.record.state, "done", self.record.failure)
        partners = self.record.row_ids.mapped("partner_id")
        self.assertEqual(len(partners), 5)
        self.assertEqual(partners.mapped("ref"), [False] * 3 + ["1-1", "11"])

    def test_a_newcomer_whose_code_says_another_name_is_asked(self):
        rows = [("K1", "Wolfram", "", ""), ("K1", "Molybdenum", "", "")]
        found = self._judge(*rows, create_customers=True)
        self.assertEqual([state for state, _name in found], ["create", "error"])

    def test_a_customer_without_a_code_gets_only_one(self):
        rows = [("X1", "Xylem Bare", "", ""), ("X2", "Xylem Bare", "", "")]
        self.assertEqual(
            self._judge(*rows), [("create", self.bare.name), ("error", "")]
        )

    def test_what_is_spelt_otherwise_is_said_at_its_row_alone(self):
        rows = [
            ("1-01", "Quorn Alpa", "", "", "E-1", "USD", "5.00"),
            ("1-01", "Quorn Alpa", "", "", "E-2", "NONSENSE", "5.00"),
            ("B77", "Quillon Beta", "", "", "E-3", "USD", "0.00"),
            ("B77", "Quillon Beta", "", "", "E-4", "USD", "6.00"),
        ]
        record = self._check_whole([HEAD, *rows])
        said = ["Called" in (row.message or "") for row in record.row_ids]
        self.assertEqual(said, [True, False, False, False], self._read(record))

    def test_customers_in_a_file_rename_nobody_else(self):
        rows = [
            ("Customer Code", "Customer", "VAT"),
            ("10-1", "Omega Zinc Ltd", ""),
            ("1-01", "Sigma Lead Ltd", ""),
            ("B77", "Quillon Beta Oyj", "FI12345678"),
        ]
        record = self._check_whole(rows, kind="customers")
        self.assertEqual(
            record.row_ids.mapped("state"), ["create", "duplicate", "update"]
        )
        record.action_publish()
        self.assertEqual(self.alpha.name, "Quorn Alpha GmbH")
        self.assertEqual(self.alpha.ref, "1-01")

    def test_past_documents_and_follow_ups_ask_likewise(self):
        past = [
            ("Customer Code", "Customer", "Invoice No", "Date", "Currency", "Amount"),
            ("10-1", "Quorn Alpha GmbH", "P-1", "2025-02-03", "USD", "70.00"),
        ]
        notes = [
            ("Customer Code", "Customer", "Date", "Note"),
            ("1-01", "Quillon Beta", "2025-02-03", "Called back"),
        ]
        for kind, rows in (("past", past), ("notes", notes)):
            record = self._check_whole(rows, kind=kind, create_customers=True)
            self.assertEqual(record.row_ids.mapped("state"), ["error"], kind)
