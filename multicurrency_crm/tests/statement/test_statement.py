from datetime import date

from odoo.tests import freeze_time, tagged

from ..ledger.ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatement(LedgerCommon):
    """Opening, what came, closing, in each currency; and the ledger."""

    def _state(self, date_from, date_to, partners=None):
        return self.env["customer.statement"]._make(
            partners or self.buyer,
            date.fromisoformat(date_from),
            date.fromisoformat(date_to),
        )

    def test_the_example_of_two_currencies(self):
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(800.0, self.gbp, "2026-01-20")
        self._match(invoice, payment)
        statement = self._state("2026-01-05", "2026-01-31")
        self.assertRecordValues(
            statement.currency_line_ids.sorted(lambda row: row.currency_id.name),
            [
                {
                    "currency_id": self.gbp.id,
                    "opening": 0.0,
                    "invoiced": 0.0,
                    "paid": 800.0,
                    "settled_elsewhere": 800.0,
                    "closing": 0.0,
                    "closing_booked": 0.0,
                },
                {
                    "currency_id": self.usd.id,
                    "opening": 0.0,
                    "invoiced": 1100.0,
                    "paid": 0.0,
                    "settled_elsewhere": -977.78,
                    "closing": 122.22,
                    "closing_booked": 111.11,
                },
            ],
        )
        self.assertEqual(statement.total_booked, 111.11)
        self.assertTrue(statement.is_tied, statement.difference_note)

    def test_what_is_there_and_did_not_change_stays(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        statement = self._state("2026-01-05", "2026-01-31")
        self.assertEqual(self._state("2026-01-05", "2026-01-31"), statement)

    def test_a_late_entry_supersedes_and_says_what_changed(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        statement = self._state("2026-01-05", "2026-01-31")
        statement.action_verify()
        late = self._invoice(550.0, self.usd, "2026-01-12")
        newer = self._state("2026-01-05", "2026-01-31")
        self.assertEqual(statement.state, "superseded")
        self.assertEqual(newer.supersedes_id, statement)
        self.assertIn(late.name, newer.change_note)

    def test_the_next_one_begins_where_this_one_ended(self):
        self._invoice(1100.0, self.usd, "2026-01-10")
        self._state("2026-01-05", "2026-01-31")
        following = self._state("2026-02-01", "2026-02-28")
        self.assertTrue(following.is_tied, following.difference_note)
        self.assertEqual(following.currency_line_ids.opening, 1100.0)
        late = self._invoice(550.0, self.usd, "2026-01-12")
        following = self._state("2026-02-01", "2026-02-28")
        self.assertFalse(following.is_tied)
        self.assertIn(late.name, following.difference_note)

    def test_a_currency_names_its_spot_rate(self):
        """In words, with source and day: the name of a term was taken."""
        self._invoice(1100.0, self.usd, "2026-01-10")
        row = self._state("2026-01-05", "2026-01-31").currency_line_ids
        self.assertIn("1 USD ≈ 0.90909 EUR", row.rate_text)
        self.assertIn("01/01/2026", row.rate_text)

    def test_customers_that_are_merged_keep_one_statement_of_each_period(self):
        other = self._customer("Second name")
        self._invoice(1100.0, self.usd, "2026-01-10")
        self._entry(220.0, 200.0, self.usd, "2026-01-11", partner=other)
        statements = self._state("2026-01-05", "2026-01-31", self.buyer | other)
        statements.action_verify()
        own = statements.filtered(lambda one: one.partner_id == self.buyer)
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.buyer | other).ids, self.buyer
        )
        self.assertEqual(statements.partner_id, self.buyer)
        self.assertEqual((statements - own).state, "superseded")
        self.assertEqual(own.state, "verified")
        own.action_make_again()
        newer = self._state("2026-01-05", "2026-01-31")
        self.assertEqual(newer.supersedes_id, own)
        self.assertEqual(newer.currency_line_ids.closing, 1320.0)
