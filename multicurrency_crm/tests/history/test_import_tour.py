"""A file with an error is mended, published, stated and taken back in a browser."""

from odoo.tests import tagged

from ..common import TourCase
from .history_common import DAY, HistoryCommon


@tagged("post_install", "-at_install")
class TestImportTour(HistoryCommon, TourCase):
    def test_22_mend_publish_state_and_take_back(self):
        path = "/odoo/action-multicurrency_crm.action_customer_import"
        self.start_tour(path, "multicurrency_crm_bring_in", login=self.finance.login)
        record = self.env["customer.import"].search([("file_name", "=", "mended.csv")])
        self.assertEqual((record.state, record.done_count), ("done", 2))
        [statement] = self.env["customer.statement"]._make(
            self.atacama, DAY.replace(day=1), DAY
        )
        [line] = statement.currency_line_ids
        self.assertEqual((line.currency_id, line.closing), (self.usd, 1250.5))
        self.assertFalse(statement.differences)
        statement.unlink()
        self.start_tour(path, "multicurrency_crm_take_back", login=self.finance.login)
        self.assertEqual(record.state, "undone")
        self.assertEqual(self._find_open(), {})
