"""Amounts in company currency and rates that files give: of what, of how many units,
and how far off."""

from odoo.tests import tagged

from .history_common import HistoryCommon

WHO = "Atacama Minerals"
ITEM = ("Customer", "Invoice No", "Currency", "Invoice Amount", "Open Amount")


@tagged("post_install", "-at_install")
class TestRatesBroughtIn(HistoryCommon):
    """1 USD is 7.142857 CNY."""

    def _find(self, rows, **values):
        record = self._check_whole(rows, **{"kind": "items", **values})
        return [(row.state, row.booked, row.message or "") for row in record.row_ids]

    def test_22_11_nothing_in_company_currency_is_asked(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount", "Base Amount"),
            (WHO, "1", "USD", "100", "0.00"),
            (WHO, "2", "CNY", "100", "0.00"),
            (WHO, "3", "USD", "100", ""),
        ]
        zero, own, empty = self._find(rows)
        self.assertEqual(zero[0], "error")
        self.assertIn("E2: 0 in company currency", zero[2])
        self.assertEqual(own[:2], ("create", 100.0))
        self.assertEqual(empty[:2], ("create", 714.29))

    def test_22_11_a_part_takes_its_part_of_the_documents_amount(self):
        rows = [
            (*ITEM, "Base Amount"),
            (WHO, "1", "USD", "100", "40", "710"),
            (WHO, "2", "USD", "100", "100", "720"),
            (WHO, "3", "USD", "-50", "-10", "-350"),
        ]
        found = self._find(rows, open_currency="document")
        self.assertEqual([one[1] for one in found], [284.0, 720.0, -70.0])

    def test_22_11_or_is_of_what_is_open(self):
        for title, booked in (("Base Amount", "284"), ("Open, booked", "284")):
            rows = [(*ITEM, title), (WHO, "1", "USD", "100", "40", booked)]
            found = self._find(rows, open_currency="document")
            self.assertEqual(found[0][:2], ("create", 284.0), title)

    def test_22_11_what_proves_neither_is_asked(self):
        rows = [(*ITEM, "Base Amount"), (WHO, "1", "USD", "100", "96", "700")]
        [found] = self._find(rows, open_currency="document")
        self.assertEqual(found[0], "error")
        self.assertIn("of the document, or of what is open", found[2])

    def test_22_11_rates_may_be_for_a_hundred(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount", "Exchange Rate"),
            (WHO, "1", "USD", "100", "710"),
            (WHO, "2", "USD", "100", "7.10"),
            (WHO, "3", "USD", "100", "0.1408450704"),
        ]
        found = self._find(rows)
        self.assertEqual([one[1] for one in found], [710.0, 710.0, 710.0])
        self.assertIn("price of 100 USD", found[0][2])
        spot = self.jpy._find_spot(self.company, self._load(rows).date)[self.jpy.id]
        price = f"{98 / spot.rate:.6f}"
        rows = [rows[0], (WHO, "4", "JPY", "10000", price)]
        self.assertAlmostEqual(self._find(rows)[0][1], 98 * 100 / spot.rate, 1)

    def test_22_11_what_is_far_off_is_an_error_until_it_is_tolerated(self):
        rows = [
            ("Customer", "Invoice No", "Currency", "Open Amount", "Base Amount"),
            (WHO, "1", "USD", "100", "71000"),
            (WHO, "2", "USD", "100", "7.1"),
            (WHO, "3", "USD", "0.01", "0.08"),
        ]
        found = self._find(rows)
        self.assertEqual([one[0] for one in found], ["error", "error", "create"])
        self.assertIn("E2: 71000.00 CNY for 100 USD", found[0][2])
        record = self._check_whole(rows, kind="items")
        record.rate_tolerance = 25.0
        self.assertEqual(record.state, "read")
        record.action_dry_run()
        self.assertEqual(record.row_ids.mapped("booked"), [71000.0, 7.1, 0.08])

    def test_22_13_past_figures_have_one_sign(self):
        rows = [
            (
                "Customer",
                "Invoice No",
                "Date",
                "Type",
                "Currency",
                "Amount",
                "本币金额",
            ),
            (WHO, "1", "2026-05-01", "Credit Note", "USD", "100", "720"),
            (WHO, "2", "2026-05-01", "", "USD", "-100", "720"),
            (WHO, "3", "2026-05-01", "", "USD", "100", "0"),
            (WHO, "4", "2026-05-01", "", "USD", "100", "72000"),
            (WHO, "5", "2026-05-01", "", "CNY", "100", "0"),
        ]
        found = self._find(rows, kind="past")
        self.assertEqual(found[0][:2], ("create", -720.0))
        self.assertEqual(found[1][:2], ("create", -720.0))
        self.assertEqual([one[0] for one in found[2:4]], ["error", "error"])
        self.assertEqual(found[4][:2], ("create", 100.0))

    def test_22_13_past_figures_take_the_files_rate(self):
        rows = [
            ("Customer", "Invoice No", "Date", "Currency", "Amount", "Exchange Rate"),
            (WHO, "1", "2026-06-29", "USD", "100", "7.2"),
            (WHO, "2", "2026-06-29", "USD", "-100", "720"),
        ]
        found = self._find(rows, kind="past")
        self.assertEqual([one[1] for one in found], [720.0, -720.0])

    def test_22_13_what_never_was_is_no_sale(self):
        states = ["Void", "Draft", "Cancelled", "作废", "Paid", "Completed", "Zugzwang"]
        rows = [
            ("Customer", "Order No", "Date", "Status", "Currency", "Amount"),
            *(
                (WHO, f"S{at}", "2026-06-01", state, "USD", "100")
                for at, state in enumerate(states)
            ),
        ]
        found = [one[0] for one in self._find(rows, kind="past")]
        self.assertEqual(found, ["skip"] * 4 + ["create"] * 2 + ["error"])
