"""How many queries a part of a run takes doesn't grow with its customers or items."""

from odoo import Command
from odoo.tests import freeze_time, tagged

from .collection_common import CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionSpeed(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        charges = {"interest_rate": 0.1, "fee": 5.0, "min_balance": 1.0}
        (cls.first | cls.second).write(charges)
        cls.few = cls._owing(4, 2)
        cls.many = cls._owing(40, 10)

    @classmethod
    def _owing(cls, customers, items):
        """Customers of whom each owes so many items in each of two currencies, one of
        them disputed, and has an invoice address."""
        partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"{customers}/{at}",
                    "is_company": True,
                    "email": f"c{customers}-{at}@buyer.example",
                    "child_ids": [
                        Command.create(
                            {
                                "name": "Payables",
                                "type": "invoice",
                                "email": f"p{customers}-{at}@buyer.example",
                            }
                        )
                    ],
                }
                for at in range(customers)
            ]
        )
        for currency, booked in ((cls.usd, 100.0), (cls.gbp, 100.0)):
            cls._book(partners, currency, booked, items)
        return partners

    @classmethod
    def _book(cls, partners, currency, booked, items):
        amount = booked * (1.1 if currency == cls.usd else 0.9)
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.general.id,
                "date": "2026-01-12",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "currency_id": currency.id,
                            "amount_currency": sign * amount,
                            "balance": sign * booked,
                            "no_followup": False,
                        }
                    )
                    for partner in partners
                    for _item in range(items)
                    for account, sign in ((cls.receivable, 1), (cls.income, -1))
                ],
            }
        )
        move.action_post()
        move.line_ids.no_followup = False

    def _count(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = work()
        self.env.flush_all()
        return self.cr.sql_log_count - before, result

    def _prepare_for(self, partners):
        run = self.env["collection.run"]._begin(self.books, self.env.user)
        count, _nothing = self._count(lambda: run._prepare_part(partners.ids))
        self.assertEqual(len(run.letter_ids), 2 * len(partners))
        self.assertEqual(set(run.letter_ids.mapped("state")), {"draft"})
        return count, run

    def test_a_part_of_four_takes_as_many_as_one_of_forty(self):
        # what is remembered is, before anything is counted
        warm = self._owing(1, 1)
        self._prepare_for(warm)
        few, first = self._prepare_for(self.few)
        many, second = self._prepare_for(self.many)
        self.assertEqual(len(second.letter_ids.line_ids), 800)
        self.assertEqual(few, many)
        # and where letters left before
        for run in (first, second):
            run.letter_ids._write_guarded({"state": "sent"})
            for line in run.letter_ids.line_ids:
                line._write_guarded({"interest": 0.1})
        few, again = self._prepare_for(self.few)
        self.assertEqual(set(again.letter_ids.level_id), {self.second})
        many, _again = self._prepare_for(self.many)
        self.assertEqual(few, many)

    def test_a_simulation_too(self):
        source = self.env["collection.source"]
        day = self.books._get_today()
        source._find_drafts(self.books, self.few[:1], day)
        counts = {
            self._count(lambda who=who: source._find_drafts(self.books, who, day))[0]
            for who in (self.few, self.many)
        }
        self.assertEqual(len(counts), 1)

    def test_a_company_without_levels_costs_one_query(self):
        self.levels.action_archive()
        source = self.env["collection.source"]
        day = self.books._get_today()
        count, drafts = self._count(
            lambda: source._find_drafts(self.books, self.many, day)
        )
        self.assertFalse(drafts)
        self.assertLessEqual(count, 2)
