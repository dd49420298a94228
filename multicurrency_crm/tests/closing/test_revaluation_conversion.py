from odoo.tests import tagged

from .revaluation_common import RevaluationCommon


@tagged("post_install", "-at_install")
class TestConvertedMoney(RevaluationCommon):
    """USD 100,000 carried at 715,000; 60,000 are sold before the month ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dollars = cls.env["account.journal"].create(
            {
                "name": "Bank USD",
                "code": "BUSD",
                "type": "bank",
                "company_id": cls.books.id,
                "currency_id": cls.usd.id,
            }
        )
        cls.dollars = dollars
        cls.money = dollars.default_account_id
        cls.books.conversion_charges_account_id = cls.expense
        cls._price(cls.usd, "2026-08-20", 7.20)
        cls._price(cls.usd, "2026-08-31", 7.05)
        cls._entry(100_000, 715_000, cls.usd, "2026-08-10", account=cls.money)
        cls.conversion = cls.env["fx.conversion"].create(
            {
                "date": "2026-08-20",
                "journal_from_id": dollars.id,
                "journal_to_id": cls.bank.id,
                "amount_from": 60_000,
                "bank_rate": "7.18",
                "charges": 50,
            }
        )
        cls.conversion.action_post()

    def _find_row(self, run):
        row = run.line_ids.filtered(lambda one: one.account_id == self.money)
        return row.balance_foreign, row.carried, row.closing, row.delta

    def test_what_is_left_is_revalued(self):
        run = self._revalue("2026-08-31")
        self.assertEqual(
            self._find_row(run), (40_000.0, 283_000.0, 282_000.0, -1_000.0)
        )
        self.assertEqual(self._sum(self.money), 282_000.0)

    def test_what_was_taken_back_is_revalued_whole(self):
        self.conversion.action_cancel()
        run = self._revalue("2026-08-31")
        self.assertEqual(
            self._find_row(run), (100_000.0, 715_000.0, 705_000.0, -10_000.0)
        )
