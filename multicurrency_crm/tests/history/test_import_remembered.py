"""What is remembered of files with the same headers, and what counts more."""

from base64 import b64encode

from odoo.tests import tagged

from .history_common import HistoryCommon, make_csv

HEAD = ("Customer", "Invoice No", "Due Date", "Currency", "Balance")
WHO = "Atacama Minerals"


@tagged("post_install", "-at_install")
class TestImportsRemembered(HistoryCommon):
    def _publish_ambiguous(self, **readings):
        rows = [HEAD, (WHO, "OLD", "03/04/2026", "USD", "1,234")]
        record = self._load(rows, kind="items")
        record.action_read()
        columns = {one.field: one for one in record.column_ids}
        for name, reading in readings.items():
            columns[name].reading = reading
        record.action_dry_run()
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)

    def _read_again(self, *cells):
        rows = [HEAD]
        rows += [
            (WHO, f"N{at}", day, "USD", text) for at, (day, text) in enumerate(cells)
        ]
        record = self._check_whole(rows)
        return [(str(row.due), row.amount, row.state) for row in record.row_ids]

    def test_22_10_proof_in_the_file_counts_more(self):
        self._publish_ambiguous(open="comma", due="month")
        found = self._read_again(("03/04/2026", "1,234"), ("25/04/2026", "1,234.50"))
        self.assertEqual(
            found,
            [
                ("2026-04-03", 1234.0, "create"),
                ("2026-04-25", 1234.5, "create"),
            ],
        )

    def test_22_10_what_nothing_proves_is_read_as_before(self):
        self._publish_ambiguous(open="comma", due="month")
        found = self._read_again(("05/06/2026", "1,777"))
        self.assertEqual(found, [("2026-05-06", 1.78, "create")])

    def test_22_10_another_column_may_prove_it(self):
        rows = [(*HEAD, "Base Amount"), (WHO, "1", "2026-07-01", "USD", "1,234", "")]
        record = self._load(rows, kind="items")
        record.action_read()
        record.column_ids[4].reading = "comma"
        record.action_dry_run()
        record.action_publish()
        rows[1] = (WHO, "2", "2026-07-01", "USD", "1,234", "8,814.29")
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("can be read as", record.row_ids.message)

    def test_22_10_what_somebody_chose_stays(self):
        self._publish_ambiguous(open="point", due="day")
        rows = [HEAD, (WHO, "A", "2026-07-01", "USD", "5.25")]
        record = self._load(rows, sign="owing", rows_are="lines")
        record.action_read()
        self.assertEqual((record.sign, record.rows_are), ("owing", "lines"))
        record.action_dry_run()
        record.action_publish()
        rows[1] = (WHO, "B", "2026-07-01", "USD", "6.25")
        again = self._check_whole(rows)
        self.assertEqual((again.sign, again.rows_are), ("owing", "lines"))
        self.assertIn("As in the last file with these headers", again.remarks)
        self.assertIn("What is owed to them", again.remarks)
        chosen = self._check_whole(rows, rows_are="repeated")
        self.assertEqual(chosen.rows_are, "repeated")

    def test_22_10_another_file_is_read_anew(self):
        rows = [HEAD, (WHO, "A", "2026-07-01", "USD", "1,234")]
        record = self._load(rows, kind="items")
        record.action_read()
        record.column_ids[4].reading = "comma"
        rows.append((WHO, "B", "2026-07-01", "USD", "1,234.50"))
        record.file = b64encode(make_csv(rows))
        record.action_read()
        record.action_dry_run()
        self.assertEqual(record.row_ids.mapped("amount"), [1234.0, 1234.5])
