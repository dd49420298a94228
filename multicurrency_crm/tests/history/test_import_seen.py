"""What was brought in is seen by its own number and day wherever it is shown."""

from datetime import date

from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

HEAD = ("Customer", "Invoice No", "Date", "Due Date", "Currency", "Open Amount")
ROWS = [
    HEAD,
    ("Atacama Minerals", "AR2604", "2026-05-15", "2026-08-13", "USD", "25000.50"),
    ("Atacama Minerals", "SK2601", "2026-06-02", "2026-08-20", "USD", "-5000.00"),
    ("Atacama Minerals", "AR2605", "", "2026-08-21", "USD", "70.00"),
]


@tagged("post_install", "-at_install")
class TestImportSeen(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.record = cls._publish(ROWS)
        assert cls.record.state == "done", cls.record.failure

    def test_the_cash_forecast_names_each_document(self):
        Forecast = self._as(self.env["payment.forecast"], self.finance, self.company)
        rows = Forecast.search([("partner_id", "=", self.atacama.id)])
        self.assertEqual(
            sorted(rows.mapped("document")), ["AR2604", "AR2605", "SK2601"]
        )
        # what is opened is the entry
        self.assertEqual(
            set(rows.mapped("document_id")),
            set(self.record.sudo().entry_ids.move_id.ids),
        )

    def test_a_statement_says_the_documents_own_day(self):
        [statement] = self.env["customer.statement"]._make(
            self.atacama, date(2026, 6, 1), DAY
        )
        shown = {line.name: (line.reference, line.date) for line in statement.line_ids}
        self.assertEqual(shown["AR2604"], ("2026-05-15", DAY))
        self.assertEqual(shown["SK2601"], ("2026-06-02", DAY))
        self.assertFalse(shown["AR2605"][0])
