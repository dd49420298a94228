"""A file with an error is mended, published, stated and taken back in a browser."""

from unittest.mock import patch

from odoo.tests import tagged

from ..common import TourCase
from .history_common import DAY, HistoryCommon

PATH = "/odoo/action-multicurrency_crm.action_customer_import"


class ImportTourCommon(HistoryCommon, TourCase):
    def _walk(self, tour, path=PATH):
        self.start_tour(path, tour, login=self.finance.login, timeout=120)

    def _check_published(self, day=None):
        record = self.env["customer.import"].search([("file_name", "=", "mended.csv")])
        self.assertEqual((record.state, record.done_count), ("done", 2))
        self.assertTrue(record.ties_out and record.typed_count == 1)
        if day:
            self.assertEqual(record.date, day)
        return record


@tagged("post_install", "-at_install")
class TestImportTour(ImportTourCommon):
    def test_22_mend_publish_state_and_take_back(self):
        self._walk("multicurrency_crm_bring_in")
        record = self._check_published(DAY)
        [statement] = self.env["customer.statement"]._make(
            self.atacama, DAY.replace(day=1), DAY
        )
        [line] = statement.currency_line_ids
        self.assertEqual((line.currency_id, line.closing), (self.usd, 1250.5))
        self.assertFalse(statement.differences)
        statement.unlink()
        self._walk("multicurrency_crm_take_back")
        self.assertEqual(record.state, "undone")
        self.assertEqual(self._find_open(), {})

    def test_22_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        addon = self.env["ir.module.module"].search(
            [("name", "=", "multicurrency_crm")]
        )
        addon._update_translations(["zh_CN"])
        self.finance.lang = "zh_CN"
        self._walk("multicurrency_crm_bring_in_zh")
        record = self.env["customer.import"].search([("file_name", "=", "应收.csv")])
        self.assertEqual((record.state, record.done_count), ("done", 1))
        self.assertEqual(record.row_ids.amount, 1000.0)

    def test_22_progress_is_seen_without_loading_the_page(self):
        """The job goes on by a part each time that the page looks."""
        rows = [("Customer", "Invoice No", "Due Date", "Currency", "Open Amount")]
        rows += [
            ("Atacama Minerals", f"P-{n}", DAY, "USD", "1.25") for n in range(1000)
        ]
        record = self._check(rows)
        self.assertEqual(record.state, "checking")
        Import = type(self.env["customer.import"])
        work, look = Import._check_part, Import.get_progress
        looks = []

        def get_progress(import_):
            looks.append(import_.id)
            if len(looks) == 1:
                with patch.object(Import, "_check_rows", check_once):
                    import_.env["customer.import"].sudo()._cron_work()
            elif len(looks) == 3:
                import_.env["customer.import"].sudo()._cron_work()
            return look(import_)

        # it works in what is otherwise only read
        get_progress._readonly = False

        def check_once(import_, job, ids, facts):
            job.do(lambda: work(import_, ids, facts), import_, len(ids))
            return False

        with patch.object(Import, "get_progress", get_progress):
            self._walk(
                "multicurrency_crm_import_progress",
                f"/odoo/action-multicurrency_crm.action_customer_import/{record.id}",
            )
        self.assertEqual(record.state, "ready")
        self.assertLess(len(looks), 8, "it stops looking when the job has ended")


@tagged("post_install", "-at_install")
class TestImportPhoneTour(ImportTourCommon):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_22_mend_and_publish_on_a_phone(self):
        self._walk("multicurrency_crm_bring_in_phone")
        self._check_published()
