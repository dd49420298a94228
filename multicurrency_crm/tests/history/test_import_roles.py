"""Who is no customer isn't brought in as one: vendors, unknown roles, sums."""

from odoo.tests import tagged

from .history_common import HistoryCommon

A = "Atacama Minerals"


@tagged("post_install", "-at_install")
class TestRolesAndSums(HistoryCommon):
    def _find(self, rows, **values):
        self.record = self._check_whole(rows, create_customers=True, **values)
        return [row.state for row in self.record.row_ids]

    def test_vendors_are_left_out_and_unknown_roles_asked(self):
        rows = [
            ("Partner", "Partner Type", "Invoice No", "Currency", "Open Amount"),
            *(
                (f"Quillon {number}", role, f"Q-{number}", "USD", "5.00")
                for number, role in enumerate(
                    ("Vendors", "Lieferant", "AP", "Creditors", "供应商")
                )
            ),
            ("Quorn", "Sponsor", "Q-8", "USD", "5.00"),
            ("Quorn", "Customers", "Q-9", "USD", "5.00"),
            ("Quorn", "客户及供应商", "Q-10", "USD", "5.00"),
            ("Quorn", "", "Q-11", "USD", "5.00"),
        ]
        self.assertEqual(self._find(rows), [*["skip"] * 5, "error", *["create"] * 3])
        self.assertIn("B7", self.record.row_ids[5].message)

    def test_a_role_that_is_unknown_is_asked_in_each_kind(self):
        cases = {
            "balances": (("Open Amount",), ("5.00",)),
            "past": (
                ("Invoice No", "Date", "Amount"),
                ("Q-1", "2025-02-03", "5.00"),
            ),
            "notes": (("Date", "Note"), ("2025-02-03", "Called back")),
            "customers": ((), ()),
        }
        for kind, (head, cells) in cases.items():
            with self.subTest(kind):
                rows = [
                    ("Customer", "Contact Type", "Currency", *head),
                    ("Quorn", "Sponsor", "USD", *cells),
                    ("Quillon", "Customer", "USD", *cells),
                ]
                self.assertEqual(self._find(rows, kind=kind), ["error", "create"])

    def test_no_sum_becomes_a_customer(self):
        rows = [
            ("客户名称", "币别", "余额"),
            ("甲 Quorn", "USD", "5.50"),
            ("乙 Quillon", "USD", "7.50"),
            ("美元合计", "USD", "13.00"),
            ("丙 Quartz", "EUR", "13.00"),
        ]
        states = self._find(rows, kind="balances")
        self.assertEqual(states, ["create", "create", "skip", "create"])
        rows = [
            ("Customer", "Currency", "Balance"),
            ("Quorn", "USD", "5.50"),
            ("Quillon", "USD", "7.50"),
            ("Total receivables", "USD", "13.00"),
            ("All customers", "USD", "13.00"),
            ("Sum of balances", "USD", "13.00"),
            ("Everybody so far", "USD", "13.00"),
        ]
        states = self._find(rows, kind="balances")
        self.assertNotIn("create", states[2:], self._read(self.record))
        self.assertEqual(states[5], "error")
        self.assertEqual(states[:2], ["create", "create"])

    def test_who_has_a_code_is_no_sum(self):
        rows = [
            ("Customer", "Customer Code", "Currency", "Balance"),
            ("Quorn", "Q1", "USD", "5.50"),
            ("Quillon", "Q2", "USD", "7.50"),
            ("Quartz", "Q3", "USD", "13.00"),
            (A, "", "USD", "26.00"),
        ]
        self.assertEqual(self._find(rows, kind="balances"), ["create"] * 4)
