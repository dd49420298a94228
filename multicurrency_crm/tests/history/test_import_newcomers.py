"""What publishing would stumble over at a new customer is said by the check."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.common import scheduled_job
from .history_common import HistoryCommon

LOG = scheduled_job._logger.name
FILES = {
    "items": (
        ("Customer", "Invoice No", "Due Date", "Currency", "Open", "Country", "Email"),
        ("1", "2026-07-31", "USD", "10.00"),
    ),
    "balances": (
        ("Customer", "Currency", "Balance", "Country", "Email"),
        ("USD", "5.00"),
    ),
    "past": (
        (
            *("Customer", "Document Number", "Date", "Amount", "Currency"),
            *("Country", "Email"),
        ),
        ("X-1", "2026-02-03", "5.00", "USD"),
    ),
    "notes": (
        ("Customer", "Date", "Text", "Country", "Email"),
        ("2026-02-03", "Called"),
    ),
}


@tagged("post_install", "-at_install")
class TestNewcomersChecked(HistoryCommon):
    def test_22_a_country_that_is_none_is_an_error_at_its_row(self):
        for kind, (headers, values) in FILES.items():
            with self.subTest(kind=kind):
                record = self._check_whole(
                    [
                        headers,
                        ("Oslo Salmon", *values, "Neverland", "a@oslo.example"),
                        ("Oslo Salmon", *values, "Neverland", "a@oslo.example"),
                        ("Porto Cork", *values, "Portugal", "b@porto.example"),
                    ],
                    kind=kind,
                    create_customers=True,
                )
                states = record.row_ids.mapped("state")
                self.assertEqual(states, ["error", "error", "create"])
                for row in record.row_ids[:2]:
                    self.assertIn("No country is called “Neverland”", row.message)

    def test_22_an_email_that_is_none_is_an_error_at_its_row(self):
        if "email" not in self.env["res.partner"]._fields:
            return
        headers, values = FILES["items"]
        record = self._check_whole(
            [headers, ("Oslo Salmon", *values, "Norway", "oslo at example")],
            create_customers=True,
        )
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("isn't a valid email", record.row_ids.message)

    def test_22_terms_of_rows_are_still_those_of_items(self):
        headers = (*FILES["items"][0], "Terms")
        record = self._check_whole(
            [
                headers,
                ("Oslo Salmon", "1", "", "USD", "10.00", "Norway", "", "30 Days"),
                ("Oslo Salmon", "2", "", "USD", "10.00", "", "", "30 Days"),
            ],
            create_customers=True,
        )
        self.assertEqual(record.row_ids.mapped("state"), ["create", "create"])

    @mute_logger(LOG)
    def test_22_customers_are_created_before_anything_is_posted(self):
        headers, values = FILES["items"]
        record = self._check_whole(
            [
                headers,
                ("Atacama Minerals", *values, "", ""),
                ("Porto Cork", *values, "Portugal", "b@porto.example"),
                ("Oslo Salmon", *values, "Norway", ""),
            ],
            create_customers=True,
        )
        moves = self.env["account.move"].search_count([])
        self.journal.restrict_mode_hash_table = True
        row = record.sudo().row_ids[2]
        row._write_guarded({"values": {**row.values, "country": "Neverland"}})
        record.action_publish()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(record.state, "ready")
        self.assertIn("Neverland", record.failure)
        self.assertTrue(record.web_read({"row_ids": {"fields": {"partner_id": {}}}}))
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        domain = [("name", "in", ("Oslo Salmon", "Porto Cork"))]
        self.assertFalse(self.env["res.partner"].search(domain))
