"""Currencies that a cell or a header names count, or contradict what a row says."""

from odoo.tests import tagged

from .history_common import HistoryCommon

WHO = "Atacama Minerals"


@tagged("post_install", "-at_install")
class TestMarksBroughtIn(HistoryCommon):
    def _find(self, rows, **values):
        record = self._check_whole(rows, **{"kind": "items", **values})
        return record, [
            (row.state, row.currency_id.name, row.message or "")
            for row in record.row_ids
        ]

    def test_22_6_a_cell_names_its_currency(self):
        rows = [
            ("Customer", "Invoice No", "Open Amount"),
            (WHO, "1", "€2,000.50"),
            (WHO, "2", "EUR 400.00"),
            (WHO, "3", "$100.00"),
            (WHO, "4", "¥500.00"),
            (WHO, "5", "12.50"),
            (WHO, "6", "(US$ 7.25)"),
            (WHO, "7", "JPY 300.00"),
        ]
        record, found = self._find(rows, currency_id=self.usd.id)
        self.assertEqual(
            [one[:2] for one in found],
            [
                ("create", "EUR"),
                ("create", "EUR"),
                ("create", "USD"),
                ("error", False),
                ("create", "USD"),
                ("create", "USD"),
                ("create", "JPY"),
            ],
        )
        self.assertIn("C5", found[3][2])
        self.assertIn("CNY or JPY", found[3][2])
        self.assertEqual(record.row_ids[0].amount, 2000.5)
        _record, found = self._find(rows, currency_id=self.cny.id)
        self.assertEqual(found[3][:2], ("create", "CNY"))
        self.assertEqual(found[2][0], "error")

    def test_22_6_a_cell_that_contradicts_its_row_is_an_error(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount"),
            (WHO, "1", "USD", "€2,000.50"),
            (WHO, "2", "USD", "$30.00"),
            (WHO, "3", "EUR", "EUR 400.00"),
            (WHO, "4", "HKD", "HK$8.00"),
        ]
        self.env["res.currency"].with_context(active_test=False).search(
            [("name", "=", "HKD")]
        ).active = False
        _record, found = self._find(rows)
        self.assertEqual([one[0] for one in found], ["error", *["create"] * 2, "error"])
        self.assertIn("D2: “€” is EUR, and not USD", found[0][2])
        self.assertIn("archived", found[3][2])

    def test_22_6_a_header_names_the_currency_of_its_rows(self):
        for title in ("Open Amount (EUR)", "Open Amount, EUR", "余额（欧元）"):
            rows = [("Customer", "Invoice No", title), (WHO, "1", "100")]
            with self.subTest(title):
                _record, found = self._find(rows, currency_id=self.usd.id)
                self.assertEqual(found[0][:2], ("create", "EUR"))
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount (EUR)"),
            (WHO, "1", "USD", "100"),
            (WHO, "2", "EUR", "100"),
        ]
        _record, found = self._find(rows)
        self.assertEqual([one[0] for one in found], ["error", "create"])

    def test_22_6_a_column_chosen_by_hand_names_its_currency(self):
        rows = [("Customer", "Invoice No", "Rest EUR"), (WHO, "1", "100")]
        record = self._load(rows, kind="items", currency_id=self.usd.id)
        record.action_read()
        record.column_ids[2].field = "open"
        record.action_dry_run()
        self.assertEqual(record.row_ids.currency_id, self.eur)

    def test_22_6_what_is_open_in_company_currency(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Amount", "Open Amount (CNY)"),
            (WHO, "1", "USD", "100", "350"),
            (WHO, "2", "USD", "1000", "900"),
        ]
        record, _found = self._find(rows)
        self.assertEqual(record.row_ids.mapped("booked"), [350.0, 900.0])
        rows = [(*rows[0][:4], "Open Amount"), (WHO, "1", "USD", "100", "€ 350")]
        _record, found = self._find(rows, open_currency="company")
        self.assertIn("EUR, and not CNY", found[0][2])

    def test_22_6_an_amount_in_the_books_is_in_their_currency(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount", "Base Amount (USD)"),
            (WHO, "1", "EUR", "100", "110"),
        ]
        _record, found = self._find(rows)
        self.assertIn("USD, and not CNY", found[0][2])

    def test_22_6_past_and_limits_likewise(self):
        rows = [
            ("Customer", "Invoice No", "Date", "Currency", "Amount"),
            (WHO, "1", "2026-05-01", "USD", "€ 7.00"),
            (WHO, "2", "2026-05-01", "", "€ 7.00"),
        ]
        _record, found = self._find(rows, kind="past", currency_id=self.usd.id)
        self.assertEqual(
            [one[:2] for one in found], [("error", False), ("create", "EUR")]
        )
        rows = [
            ("Customer", "Currency", "Credit Limit"),
            ("Wadi Traders", "USD", "€ 500.00"),
        ]
        _record, found = self._find(rows, kind="customers")
        self.assertEqual(found[0][0], "error")
        self.assertIn("EUR, and not USD", found[0][2])
