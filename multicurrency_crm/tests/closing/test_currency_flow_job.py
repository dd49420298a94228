import io
import json
from datetime import date, datetime
from unittest.mock import patch

import openpyxl
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..common import TourCase
from .flow_common import BEFORE, FIGURES, WEEK, FlowCommon


@tagged("post_install", "-at_install")
class TestWeekly(FlowCommon):
    """Made in the night, where a company wants it; compared every night."""

    def _run_cron(self, moment):
        """As the scheduler does, at a moment in UTC; nothing is committed."""
        module = "odoo.addons.multicurrency_crm.models.closing.currency_flow_making"
        with freeze_time(moment), patch(f"{module}.is_job", return_value=True):
            self.env["currency.flow"]._cron_make()
        return self.env["currency.flow"].search([("company_id", "=", self.books.id)])

    def test_off_by_itself(self):
        self.assertFalse(self._run_cron("2026-11-04 12:00:00"))

    def test_last_weeks_table_once(self):
        self._fill_week()
        self.books.flow_weekly = True
        flow = self._run_cron("2026-11-02 03:00:00")
        self.assertEqual((flow.date_from, flow.date_to), WEEK)
        self.assertEqual((flow.state, flow.is_tied), ("draft", True))
        self.assertEqual(self._run_cron("2026-11-03 03:00:00"), flow)

    def test_in_the_companys_own_night(self):
        """In Shanghai it is Monday, one o'clock, at 17:00 of Sunday in UTC."""
        self.books.flow_weekly = True
        self.books.partner_id.tz = "Asia/Shanghai"
        self.assertFalse(
            self._run_cron("2026-11-01 16:30:00").filtered(
                lambda flow: flow.date_to == WEEK[1]
            )
        )
        flows = self._run_cron("2026-11-01 17:30:00")
        self.assertIn(WEEK[1], flows.mapped("date_to"))

    def test_drafts_follow_the_ledger_and_what_is_verified_stays(self):
        self._fill_week()
        with freeze_time("2026-11-02 03:00:00"):
            verified, draft = self._make(BEFORE), self._make()
            verified.action_verify()
        said = self._read(verified)
        self._invoice(55, self.usd, "2026-10-22")
        self._run_cron("2026-11-03 03:00:00")
        self.assertEqual(self._read(verified), said)
        self.assertTrue(verified.is_changed)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(self._read(draft)["receivable", "USD"]["opening"], 10055)
        self.assertFalse(draft.is_changed)
        self.assertEqual(verified.compared_on, datetime(2026, 11, 3, 3))
        # once a night
        self._run_cron("2026-11-03 05:00:00")
        self.assertEqual(verified.compared_on, datetime(2026, 11, 3, 3))


@tagged("post_install", "-at_install")
@freeze_time("2026-11-04")
class TestWorkbook(FlowCommon, HttpCase):
    def _read_book(self, flows):
        content = self.env["currency.flow.workbook"]._make(flows)
        values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(content))
        return values, formulas

    def test_lines_are_added_up_by_formulas(self):
        self._fill_week()
        flow = self._make(BEFORE) | self._make()
        values, formulas = self._read_book(flow)
        rows = list(values["Flow"].iter_rows(values_only=True))
        self.assertEqual(len(rows) - 1, len(flow.line_ids))
        [row] = [
            row
            for row in rows
            if row[1:4] == (datetime(2026, 11, 1), "Receivables", "USD")
        ]
        self.assertEqual(row[4:12], (10000, 5000, -500, -4000, 0, 0, 0, 10500))
        self.assertEqual(row[12:15], (74500, 75600, 73500))
        at = rows.index(row) + 1
        self.assertEqual(formulas["Flow"].cell(at, 12).value, f"=SUM(E{at}:K{at})")
        ledger = list(values["General Ledger"].iter_rows(values_only=True))
        for line in ledger[1:]:
            self.assertAlmostEqual(sum(line[5:-1]), line[-1])

    def test_where_a_rate_is_missing_nothing_stands(self):
        self._bill(10, self.eur, "2026-10-27")
        values, _formulas = self._read_book(self._make())
        row = list(values["Flow"].iter_rows(values_only=True))[1]
        self.assertIsNone(row[14], "no budget for the euro")

    def test_whose_they_are(self):
        seller = self._create_salesperson("flow_book")
        self._work_alone(seller, self.books)
        flow = self._make()
        with self.assertRaises(AccessError):
            self.env["currency.flow.workbook"].with_user(seller)._make(
                flow.with_user(seller)
            )
        with self.assertRaisesRegex(UserError, "at least one"):
            self.env["currency.flow.workbook"]._make(flow.browse())

    def test_downloaded(self):
        self._fill_week()
        clerk = self._clerk("flow_download")
        flow = self._make(user=clerk)
        self.authenticate(clerk.login, clerk.login)
        response = self.url_open(flow.action_open_workbook()["url"])
        self.assertEqual(response.status_code, 200)
        self.assertIn("spreadsheetml", response.headers["Content-Type"])
        self.assertEqual(response.content[:2], b"PK")


@tagged("post_install", "-at_install")
class TestFlowTour(FlowCommon, TourCase):
    """Made, looked at, verified, changed since: in a real browser."""

    def test_finance_closes_the_week(self):
        self._fill_week()
        with freeze_time("2026-10-26 03:00:00"):
            self._make(BEFORE)
        clerk = self._accountant("flow_clerk")
        # a browser has a clock of its own: of which days the table is, a person says
        flow = self._make(user=clerk)
        self.start_tour(
            f"/odoo/weekly-flow/{flow.id}",
            "multicurrency_crm_flow",
            login=clerk.login,
        )
        self.assertEqual((flow.state, flow.verified_by), ("verified", clerk))
        self._invoice(55.0, self.usd, "2026-10-27")
        self.start_tour(
            f"/odoo/weekly-flow/{flow.id}",
            "multicurrency_crm_flow_changed",
            login=clerk.login,
        )
        self.assertTrue(flow.is_changed)

    def test_tables_are_plain_data(self):
        with freeze_time("2026-11-04"):
            self._fill_week()
            flow = self._make()
        for name in ("flow_table", "value_table", "ledger_table"):
            json.dumps(flow[name])
        heads = flow.flow_table["heads"]
        self.assertLessEqual(len(heads), len(FIGURES))
        self.assertEqual(date.fromisoformat("2026-11-01"), flow.date_to)
