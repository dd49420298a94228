"""Documents of several rows: of one customer and currency, with all they came to."""

from odoo.tests import tagged

from .history_common import HistoryCommon

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Amount")
DUE = "2026-07-31"
ATACAMA, BOSPHORUS = "Atacama Minerals", "Bosphorus Textiles"


@tagged("post_install", "-at_install")
class TestLinesOfDocuments(HistoryCommon):
    def _check_lines(self, rows, head=HEAD, **values):
        return self._check_whole([head, *rows], rows_are="lines", **values)

    def _sums(self, record):
        return [
            (row.row_number, row.state, row.currency_id.name, row.amount, row.booked)
            for row in record.row_ids
        ]

    def test_a_number_of_two_customers_is_two_documents(self):
        record = self._check_lines(
            [
                (ATACAMA, "1001", DUE, "USD", "100"),
                (ATACAMA, "1001", DUE, "USD", "50"),
                (BOSPHORUS, "1001", DUE, "EUR", "70"),
            ]
        )
        record.action_publish()
        self.assertEqual(
            self._find_open(partners=self.atacama | self.bosphorus),
            {("Atacama Minerals Ltd.", "USD"): 150, (self.bosphorus.name, "EUR"): 70},
        )

    def test_rows_in_two_currencies_are_an_error(self):
        record = self._check_lines(
            [(ATACAMA, "1001", DUE, "USD", "100"), (ATACAMA, "1001", DUE, "EUR", "70")]
        )
        self.assertEqual(record.row_ids.mapped("state"), ["error", "skip"])
        self.assertIn("several currencies", record.row_ids[0].message)

    def test_a_code_beside_two_names_is_an_error(self):
        head = ("Customer Code", *HEAD)
        record = self._check_lines(
            [
                ("C-0007", ATACAMA, "1001", DUE, "USD", "100"),
                ("C-0007", BOSPHORUS, "1001", DUE, "USD", "70"),
            ],
            head,
        )
        self.assertEqual(record.row_ids.mapped("state"), ["error", "skip"])

    def test_company_amounts_of_all_rows_add_up(self):
        head = (*HEAD, "Amount in Company Currency")
        record = self._check_lines(
            [
                (ATACAMA, "7", DUE, "USD", "100", "710"),
                (ATACAMA, "7", DUE, "USD", "100", "710"),
                (ATACAMA, "7", DUE, "USD", "-20", "142"),
            ],
            head,
        )
        self.assertEqual(self._sums(record)[0], (2, "create", "USD", 180, 1278))
        record = self._check_lines(
            [
                (ATACAMA, "8", DUE, "USD", "100", "710"),
                (ATACAMA, "8", DUE, "USD", "80", ""),
            ],
            head,
        )
        self.assertEqual(record.row_ids[0].state, "error")

    def test_rates_that_differ_are_an_error(self):
        record = self._check_lines(
            [
                (ATACAMA, "7", DUE, "USD", "100", "7.1"),
                (ATACAMA, "7", DUE, "USD", "100", "7.3"),
            ],
            (*HEAD, "Exchange Rate"),
        )
        self.assertEqual(record.row_ids[0].state, "error")

    def test_past_documents_have_their_company_amount_from_all_rows(self):
        head = ("Customer", "Invoice No", "Invoice Date", "Currency", "Amount")
        record = self._check_lines(
            [
                (ATACAMA, "7", "2025-03-01", "USD", "100", "710"),
                (ATACAMA, "7", "2025-03-01", "USD", "80", "568"),
                (BOSPHORUS, "7", "2025-03-01", "EUR", "70", "550"),
            ],
            (*head, "Amount in Company Currency"),
            kind="past",
        )
        self.assertEqual(
            self._sums(record)[::2],
            [(2, "create", "USD", 180, 1278), (4, "create", "EUR", 70, 550)],
        )

    def test_void_rows_add_nothing(self):
        head = (*HEAD, "Status")
        rows = [
            (ATACAMA, "9", DUE, "USD", "100", "Void"),
            ("", "", "", "", "40", ""),
            (ATACAMA, "9", DUE, "USD", "60", "Open"),
            ("", "", "", "", "5", ""),
        ]
        record = self._check_lines(rows, head)
        self.assertEqual(
            [(row.row_number, row.state, row.amount) for row in record.row_ids],
            [(2, "skip", 100), (3, "skip", 40), (4, "create", 65), (5, "skip", 0)],
        )

    def test_further_rows_of_a_credit_note_are_credited(self):
        rows = [
            (ATACAMA, "CN-1", DUE, "USD", "100", "Credit Note"),
            ("", "", "", "", "50", ""),
        ]
        record = self._check_lines(rows, (*HEAD, "Type"))
        self.assertEqual(record.row_ids[0].amount, -150)
        rows[1] = (ATACAMA, "CN-1", DUE, "USD", "50", "")
        record = self._check_lines(rows, (*HEAD, "Type"))
        self.assertEqual(record.row_ids[0].state, "error")

    def test_a_row_that_cannot_be_read_makes_its_document_an_error(self):
        rows = [
            (ATACAMA, "3", DUE, "USD", "100.00"),
            (ATACAMA, "3", DUE, "USD", "fifty"),
            (ATACAMA, "4", DUE, "USD", "10.00"),
        ]
        record = self._check_lines(rows)
        self.assertEqual(record.row_ids.mapped("state"), ["error", "error", "create"])
