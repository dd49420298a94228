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
        # of its own: what is in Odoo's exchange journal is realised
        own = cls.env["account.journal"].create(
            {"name": "Conversions", "code": "CONV", "type": "general"}
        )
        cls.conversion = cls.env["fx.conversion"].create(
            {
                "journal_id": own.id,
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

    def test_results_beside_those_of_the_revaluation(self):
        self._revalue("2026-08-31", reversal="standing")
        # whatever journal it was booked in
        self.books.currency_exchange_journal_id = self.conversion.journal_id
        found = dict(
            self.env["fx.result"]._read_group(
                [("company_id", "=", self.books.id), ("currency_id", "=", self.usd.id)],
                ["kind"],
                ["amount:sum"],
            )
        )
        self.assertEqual(found, {"unrealised": -1_000.0, "conversion": -1_200.0})
        self.conversion.action_cancel()
        self.assertFalse(
            self.env["fx.result"].search_count(
                [("company_id", "=", self.books.id), ("kind", "=", "conversion")]
            )
        )

    def test_forwards_beside_them(self):
        forward = self.env["fx.forward"].create(
            {
                "counterparty_id": self.buyer.id,
                "currency_id": self.usd.id,
                "amount": 10_000,
                "quoted_rate": "7.25",
                "trade_date": "2026-08-10",
                "value_date": "2026-08-20",
            }
        )
        forward.action_activate()
        carrying = self.env["account.account"].create(
            {"name": "Derivatives", "code": "110101", "account_type": "asset_current"}
        )
        self.books.forward_result_account_id = self.income
        self.env["fx.conversion"].create(
            {
                "date": "2026-08-20",
                "journal_from_id": self.dollars.id,
                "journal_to_id": self.bank.id,
                "amount_from": 10_000,
                "forward_id": forward.id,
                "forward_carried": 400,
                "forward_carried_account_id": carrying.id,
            }
        ).action_post()
        found = self.env["fx.result"].search(
            [("company_id", "=", self.books.id), ("kind", "=", "forward")]
        )
        self.assertEqual((found.amount, found.partner_id), (100.0, self.buyer))
