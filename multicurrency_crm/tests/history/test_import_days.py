"""Due dates that terms give, days that are strange, quotes that nothing closes."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

HEAD = ("Customer", "Invoice No", "Invoice Date", "Currency", "Open Amount", "Terms")
WHO = "Atacama Minerals"


@tagged("post_install", "-at_install")
class TestDaysOfItems(HistoryCommon):
    def test_terms_of_a_month_are_read(self):
        rows = [
            (WHO, str(at), "2026-05-10", "USD", "10.00", terms)
            for at, terms in enumerate(("月结30天", "30 EOM", "2/10 net 30", "EOM"))
        ]
        record = self._check_whole([HEAD, *rows])
        self.assertEqual(
            record.row_ids.mapped("due"),
            [date(2026, 6, 30), date(2026, 6, 30), date(2026, 6, 9), date(2026, 5, 31)],
        )

    def test_terms_that_nobody_can_read_are_asked(self):
        rows = [HEAD, (WHO, "1", "2026-05-10", "USD", "10.00", "when the ship is in")]
        record = self._check_whole(rows)
        self.assertEqual(record.row_ids.state, "error")
        self.assertIn("F2: ", record.row_ids.message)
        term = self.env.ref("account.account_payment_term_30days")
        record = self._check_whole(rows, term_id=term.id)
        self.assertEqual(record.row_ids.due, date(2026, 6, 9))
        self.assertIn("unknown", record.row_ids.message)

    def test_strange_days_are_said(self):
        head = ("Customer", "Invoice No", "Invoice Date", "Due Date", "Open Amount")
        rows = [
            (WHO, "1", "2026-05-10", "2006-06-10", "10.00"),
            (WHO, "2", "2026-05-10", "2199-06-10", "10.00"),
            (WHO, "3", "2062-05-10", "2062-06-10", "10.00"),
            (WHO, "4", "2026-05-10", "2026-06-10", "10.00"),
        ]
        record = self._check_whole([head, *rows], currency_id=self.usd.id)
        said = record.row_ids.mapped(lambda row: row.message or "")
        for sentence, part in zip(
            said, ("before", "three years", "after"), strict=False
        ):
            self.assertIn(part, sentence)
        self.assertEqual(said[3], "")
        past = [row[:3] + row[4:] for row in [head, *rows]]
        past[0] = ("Customer", "Invoice No", "Invoice Date", "Amount")
        record = self._check_whole(past, kind="past", currency_id=self.usd.id)
        self.assertIn("after", record.row_ids[2].message)

    def test_a_quote_that_nothing_closes_is_named_with_its_row(self):
        lines = [f"{WHO},D-{at},2026-05-10,USD,10.00,Net 30" for at in range(9)]
        head = ",".join(HEAD)
        alone = [head, *lines]
        alone[4] = alone[4].replace(WHO, f'"{WHO}')
        later = [*alone]
        later[7] = later[7].replace(WHO, f'"{WHO}"')
        for text in (alone, later):
            record = self._load("\n".join(text).encode(), date=DAY)
            with self.assertRaisesRegex(UserError, "Line 5 opens a cell"):
                record.action_read()

    def test_cells_of_several_lines_are_read(self):
        head = (*HEAD, "Note")
        note = "paid, partly, twice,\nthen, again, no\nmore, says, she, and, he"
        rows = [
            (WHO, "1", "2026-05-10", "USD", "10.00", "Net 30", note),
            (WHO, "2", "2026-05-10", "USD", "10.00", "Net 30", ""),
        ]
        record = self._check_whole([head, *rows])
        self.assertEqual(record.row_ids.mapped("state"), ["create", "create"])
