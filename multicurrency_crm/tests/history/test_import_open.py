"""Open amounts in company currency: asked where nothing fits, never more than whole."""

from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Amount", "Open Amount")
WHO, DUE = "Atacama Minerals", "2026-07-31"


@tagged("post_install", "-at_install")
class TestOpenInCompanyCurrency(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.spot = cls.usd._find_spot(cls.company, DAY)[cls.usd.id].rate

    def _at(self, factor):
        """:return: what 1000 USD are in company currency at a rate off the day's"""
        return f"{round(1000 / self.spot * factor, 2):.2f}"

    def test_what_fits_neither_is_asked_with_its_rows(self):
        record = self._check(
            [
                HEAD,
                (WHO, "1", DUE, "USD", "1000.00", self._at(1.04)),
                (WHO, "2", DUE, "USD", "1000.00", self._at(1.2)),
            ]
        )
        self.assertEqual(record.state, "read")
        self.assertIn("in rows 3 more is open", record.failure)
        record.open_currency = "company"
        record.action_dry_run()
        first, second = record.row_ids
        self.assertEqual((first.state, first.amount), ("create", 1000))
        self.assertEqual(second.state, "error")
        self.assertIn("more than it came to", second.message)
        record.open_currency = "document"
        record.action_dry_run()
        self.assertIn("More is open", record.row_ids[0].message)

    def test_no_more_is_open_than_the_document(self):
        dear, whole, half = self._at(1.06), self._at(1), self._at(0.5)
        record = self._check_whole(
            [
                HEAD,
                (WHO, "1", DUE, "USD", "1000.00", dear),
                (WHO, "2", DUE, "USD", "1000.00", half),
                (WHO, "3", DUE, "USD", "-1000.00", f"-{dear}"),
                (WHO, "4", DUE, "CNY", "1000.00", "1000.00"),
            ]
        )
        one, two, three, four = record.row_ids
        self.assertEqual((one.amount, one.booked), (1000, float(dear)))
        self.assertIn("open as a whole", one.message)
        self.assertAlmostEqual(two.amount, 500, delta=0.01)
        self.assertIn("at the day's rate", two.message)
        self.assertEqual((three.amount, three.booked), (-1000, -float(dear)))
        self.assertEqual((four.amount, four.booked), (1000, 1000))
        self.assertTrue(whole)

    def test_the_documents_own_rate_counts_where_the_file_has_it(self):
        head = (*HEAD, "Amount in Company Currency")
        record = self._check_whole(
            [
                head,
                (WHO, "1", DUE, "USD", "1000.00", self._at(0.47), self._at(0.94)),
                (WHO, "2", DUE, "USD", "1000.00", self._at(0.94), self._at(0.94)),
            ],
            open_currency="company",
        )
        self.assertEqual(
            [round(row.amount, 1) for row in record.row_ids], [500.0, 1000.0]
        )
