"""The lines of a statement explain its figures."""

from odoo.tests import freeze_time, tagged

from .statement_common import StatementCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementLines(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._sell()
        old = cls._invoice(8000.0, cls.usd, "2025-12-01")
        cls.payment = cls._pay(3000.0, cls.usd, "2026-01-12")
        cls._match(old, cls.payment)
        cls.old = old
        cls.statement = cls._verified()

    def _of(self, move, kind):
        return self.statement.line_ids.filtered(
            lambda line: line.move_id == move and line.kind == kind
        )

    def test_a_partly_paid_invoice_says_what_was_paid_and_by_what(self):
        """It read: opening 8,000, movement 0, open 5,000."""
        line = self._of(self.old, "invoice")
        self.assertEqual(
            (line.opening, line.movement, line.settled, line.residual),
            (8000.0, 0.0, 3000.0, 5000.0),
        )
        self.assertIn(f"matched with {self.payment.move_id.name}", line.explanation)

    def test_opening_and_movement_less_settled_are_open(self):
        compared = 0
        for row in self.statement.currency_line_ids:
            lines = self.statement.line_ids.filtered(
                lambda line, row=row: line.currency_id == row.currency_id
            )
            total = {
                name: sum(lines.mapped(name))
                for name in ("opening", "movement", "settled", "residual")
            }
            self.assertAlmostEqual(
                total["opening"] + total["movement"] - total["settled"],
                total["residual"],
            )
            # what was settled is settled on both sides
            self.assertAlmostEqual(total["settled"], 0.0)
            compared += bool(lines)
        self.assertGreaterEqual(compared, 2)
        action = self.statement.action_open_lines()
        self.assertEqual(action["context"], {}, "no filter leaves lines out")

    def test_money_of_another_currency_has_both_amounts(self):
        line = self._of(self.first, "elsewhere")
        self.assertIn("settled with 800.00 GBP of", line.explanation)
        self.assertEqual(line.movement, -977.78)

    def test_what_is_worth_something_in_the_books_only_says_how_much(self):
        self._set_rate(self.usd, "2026-01-20", 1.25, self.books)
        invoice = self._invoice(110.0, self.usd, "2026-01-05")
        self._match(invoice, self._pay(110.0, self.usd, "2026-01-21"))
        newer = self._state()
        exchange = newer.line_ids.filtered(lambda line: line.kind == "exchange")
        self.assertTrue(exchange)
        self.assertIn("EUR in company currency only", exchange[0].explanation)

    def test_what_is_disputed_is_said(self):
        line = self._of(self.old, "invoice")
        line._write_guarded(
            {"disputed_on": "2026-02-03", "dispute_comment": "Never delivered"}
        )
        self.statement._write_guarded({"state": "disputed"})
        self.assertIn("Disputed: Never delivered", line.explanation)
        for text in (self.statement.disputes, self.statement.concern):
            self.assertEqual(text, f"{self.old.name}: Never delivered")

    def test_an_amount_that_is_matched_with_itself_isnt_named(self):
        line = self._of(self.old, "invoice")
        line._write_guarded({"settled_by": f"{line.name}, PBNK9"})
        line.invalidate_recordset()
        self.assertEqual(line.explanation, "matched with PBNK9")
