from datetime import date

from odoo import Command
from odoo.tests import freeze_time, tagged

from ..ledger.ledger_common import LedgerCommon

FIRST, LAST = date(2026, 1, 5), date(2026, 1, 31)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementSpeed(LedgerCommon):
    """How many queries statements take doesn't grow with their number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.few = cls._owing(5)
        cls.many = cls._owing(60)

    @classmethod
    def _owing(cls, count):
        """Customers of whom each owes in two currencies, and a fifth of whom paid what
        another one owes."""
        partners = cls.env["res.partner"].create(
            [{"name": f"{count}/{at}", "is_company": True} for at in range(count)]
        )
        owed = [
            (partner, currency, amount + at, 100.0)
            for at, partner in enumerate(partners)
            for currency, amount in ((cls.usd, 110.0), (cls.gbp, 90.0))
        ]
        paid = [
            (partners[at - 1], cls.gbp, -90.0 - at, -100.0) for at in range(4, count, 5)
        ]
        lines = cls._book(owed, "2026-01-12")
        open_ = {(line.partner_id, line.currency_id): line for line in lines}
        for at, line in zip(
            range(4, count, 5), cls._book(paid, "2026-01-20"), strict=True
        ):
            (line | open_[partners[at], cls.gbp]).reconcile()
        return partners

    @classmethod
    def _book(cls, rows, day):
        """One entry for many customers.

        :param rows: [(partner, currency, amount, booked)]
        :return: its items on the receivable
        """
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.general.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "currency_id": currency.id,
                            "amount_currency": sign * amount,
                            "balance": sign * booked,
                        }
                    )
                    for partner, currency, amount, booked in rows
                    for account, sign in ((cls.receivable, 1), (cls.income, -1))
                ],
            }
        )
        move.action_post()
        return move.line_ids.filtered(lambda line: line.account_id == cls.receivable)

    def _count(self, partners):
        self.env.flush_all()
        self.env.invalidate_all()
        Statement = self.env["customer.statement"]
        before = self.cr.sql_log_count
        made = Statement._make(partners, FIRST, LAST)
        self.env.flush_all()
        self.assertEqual(len(made), len(partners))
        return self.cr.sql_log_count - before

    def _count_all(self, partners):
        """How many queries it takes to make statements, to make them again where
        nothing changed, and where all were verified and something changed."""
        counts = [self._count(partners), self._count(partners)]
        statements = self.env["customer.statement"].search(
            [("partner_id", "in", partners.ids), ("date_to", "=", LAST)]
        )
        self.assertEqual(
            len(statements - statements.filtered("is_tied")), len(partners) * 2 // 5
        )
        statements._write_guarded({"state": "verified"})
        self._book([(x, self.usd, 10.0, 9.0) for x in partners], "2026-01-15")
        return [*counts, self._count(partners)]

    def test_five_take_as_many_as_sixty(self):
        # what is remembered is, before anything is counted
        self.env["customer.statement"]._make(self.few, FIRST, date(2026, 1, 15))
        self.assertEqual(self._count_all(self.few), self._count_all(self.many))

    def test_what_is_open_is_one_query(self):
        """And one more for which accounts are followed, where nobody says it."""
        find = self.env["account.move.line"]._find_open_items
        find(self.books, LAST, partners=self.few | self.many)
        self.env.flush_all()
        for partners in (None, self.few, self.many):
            with self.assertQueryCount(1):
                items = find(self.books, LAST, self.receivable, partners)
            self.assertGreaterEqual(len(items), 2 * len(partners or self.many) * 4 // 5)
            with self.assertQueryCount(2):
                self.assertEqual(find(self.books, LAST, partners=partners), items)
