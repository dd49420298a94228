"""Totals of past documents are whole, or empty."""

from odoo.tests import Form, tagged

from .history_common import HistoryCommon

HEAD = ("Customer", "Document Number", "Date", "Currency", "Amount", "Booked")


@tagged("post_install", "-at_install")
class TestPastTotals(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rows = (
            ("Atacama Minerals", "P-1", "2001-02-01", "USD", "100", "700"),
            ("Atacama Minerals", "P-2", "2001-02-02", "USD", "50", ""),
            ("Atacama Minerals", "P-3", "2001-02-03", "CNY", "40", ""),
        )
        cls.record = cls._publish([HEAD, *rows], kind="past")

    def _add_up(self, domain=()):
        Past = self.env["customer.past.document"]
        mine = [("import_id", "=", self.record.id), *domain]
        aggregates = ["amount:sum", "amount_company:sum"]
        [found] = Past._read_group(mine, [], aggregates)
        return found

    def test_what_has_no_value_leaves_the_total_empty(self):
        self.assertEqual(self.record.state, "done", self.record.failure)
        self.assertFalse(self._add_up()[0], "of two currencies")
        amount, value = self._add_up([("currency_id", "=", self.usd.id)])
        self.assertEqual(amount, 150.0)
        self.assertFalse(value, "one has none")
        self.assertEqual(self._add_up([("name", "=", "P-1")]), (100.0, 700.0))

    def test_those_without_a_value_are_found(self):
        Past = self.env["customer.past.document"]
        found = Past.search(
            [("import_id", "=", self.record.id), ("amount_company", "=", False)]
        )
        self.assertEqual(found.mapped("name"), ["P-2"])

    def test_an_import_opens_its_own(self):
        action = self.record.action_open_past()
        found = self.env["customer.past.document"].search(action["domain"])
        self.assertEqual(len(found), 3)
        views = dict(reversed(view) for view in action["views"])
        self.assertLessEqual({"kanban", "pivot", "graph"}, views.keys())

    def test_its_page_opens(self):
        Past = self._as(self.env["customer.past.document"], self.finance, self.company)
        past = Past.search([("import_id", "=", self.record.id)], limit=1)
        self.assertTrue(Form(past).name)
