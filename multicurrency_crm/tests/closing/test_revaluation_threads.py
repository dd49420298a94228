"""What others have got wrong, or shown right: a test each, named after its source."""

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .revaluation_common import RevaluationCommon


@tagged("post_install", "-at_install")
class TestWorkedExamples(RevaluationCommon):
    """Published figures; books are in yuan, whatever the source's are in."""

    def _get_rows(self, run, account=None):
        rows = run.line_ids.filtered(
            lambda row: not account or row.account_id == account
        )
        return sorted((row.carried, row.closing, row.delta) for row in rows)

    def _leave_bank_out(self):
        self._get_method("inbound").payment_account_id.account_type = "expense"

    def test_sap_valuation_of_open_items(self):
        """USD 1,000 at 1.7000, closing at 1.6300: 70 on an adjustment account."""
        self._price(self.usd, "2026-08-15", 1.7)
        self._price(self.usd, "2026-08-31", 1.63)
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        adjusting = self.books.revaluation_asset_account_id
        self.assertEqual(self._sum(adjusting, until="2026-08-31"), -70.0)
        self.assertEqual(self._sum(self.receivable), 1700.0)
        self.assertEqual(self._get_rows(run), [(1700.0, 1630.0, -70.0)])

    def test_community_payments_whose_way_has_no_account(self):
        """Odoo books them on the chart's own outstanding accounts: they are on their
        way all the same."""
        self._price(self.usd, "2026-08-15", 7.1)
        self._price(self.usd, "2026-08-31", 7.15)
        methods = self.bank.inbound_payment_method_line_ids
        methods.payment_account_id = False
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.buyer.id,
                "amount": 4000,
                "currency_id": self.usd.id,
                "date": "2026-08-15",
                "journal_id": self.bank.id,
                "payment_method_line_id": methods[:1].id,
            }
        )
        payment.action_post()
        waiting = payment.move_id.line_ids.account_id - self.receivable
        self.assertEqual(waiting.account_type, "asset_current")
        self.assertIn(waiting, self.books._get_money_accounts())
        run = self._revalue("2026-08-31")
        self.assertEqual(
            self._get_rows(run, waiting), [(4000 * 7.1, 4000 * 7.15, 200.0)]
        )

    def test_netsuite_invoices_without_payments(self):
        """GBP 100 and 50 at 2.00, closing at 2.50: +50 and +25, one credit of 75."""
        self._leave_bank_out()
        self._price(self.gbp, "2026-08-15", 2.0)
        self._price(self.gbp, "2026-08-31", 2.5)
        invoices = [self._invoice(of, self.gbp, "2026-08-15") for of in (100, 50)]
        run = self._revalue("2026-08-31")
        self.assertEqual(
            self._get_rows(run), [(100.0, 125.0, 25.0), (200.0, 250.0, 50.0)]
        )
        gains = self._lines(run.move_id)[1]
        self.assertEqual(gains, ("Revaluation gain", "GBP", -75.0))
        self._match(invoices[0], self._pay(100, self.gbp, "2026-09-10"))
        self.assertEqual(self._lines(run.move_id)[1], gains)
        self.assertFalse(self._revalue("2026-08-31").move_id)

    def test_business_central_currencies_example(self):
        """1,000 at 1.123, closing at 1.125: +2; paid at 1.120: −2 reversed, −3
        realised."""
        self._leave_bank_out()
        for day, price in (
            ("2026-08-15", 1.123),
            ("2026-08-31", 1.125),
            ("2026-09-10", 1.120),
        ):
            self._price(self.usd, day, price)
        invoice = self._invoice(1000, self.usd, "2026-08-15")
        self._revalue("2026-08-31")
        self._match(invoice, self._pay(1000, self.usd, "2026-09-10"))
        self._revalue("2026-09-30")
        self.assertEqual(self._unrealised(until="2026-08-31"), 2.0)
        self.assertEqual(self._unrealised("2026-09-01", "2026-09-30"), -2.0)
        self.assertEqual(self._realised("2026-09-01", "2026-09-30"), -3.0)

    def test_dynamics_general_ledger_revaluation(self):
        """500 carried at 1,000; at 1.666667: 833.33, −166.67; at 2.5: 1,250, +416.67.
        Each goes by what is carried."""
        self._price(self.usd, "2026-08-31", 1.666667)
        self._price(self.usd, "2026-09-30", 2.5)
        self._entry(500, 1000, self.usd, "2026-08-15")
        first = self._revalue("2026-08-31", reversal="standing")
        second = self._revalue("2026-09-30", reversal="standing")
        self.assertEqual(self._get_rows(first), [(1000.0, 833.33, -166.67)])
        self.assertEqual(self._get_rows(second), [(833.33, 1250.0, 416.67)])

    def _realise_jd_edwards(self, reversal):
        """USD 500 at 0.6072 are 303.60; received at 0.6081: +0.45, however it was
        valued meanwhile."""
        self._leave_bank_out()
        for day, price in (
            ("2026-08-15", 0.6072),
            ("2026-08-31", 0.59),
            ("2026-09-10", 0.6081),
        ):
            self._price(self.usd, day, price)
        invoice = self._invoice(500, self.usd, "2026-08-15")
        self._revalue("2026-08-31", reversal=reversal)
        self._match(invoice, self._pay(500, self.usd, "2026-09-10"))
        self._revalue("2026-09-30", reversal=reversal)
        self.assertAlmostEqual(self._realised("2026-09-01", "2026-09-30"), 0.45)
        self.assertEqual(self._unrealised(), 0.0)

    def test_jd_edwards_realized_gain_standing(self):
        self._realise_jd_edwards("standing")

    def test_jd_edwards_realized_gain_reversed(self):
        self._realise_jd_edwards("next_day")

    def test_erpnext_exchange_rate_revaluation(self):
        """USD 100 at 80, revalued at 85: 8,500, +500."""
        self._price(self.usd, "2026-08-15", 80)
        self._price(self.usd, "2026-08-31", 85)
        self._invoice(100, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        self.assertEqual(self._get_rows(run), [(8000.0, 8500.0, 500.0)])


@tagged("post_install", "-at_install")
class TestPublicThreads(RevaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-08-31", 7.15)

    def test_odoo_6853_currency_of_the_books_has_a_rate(self):
        """Rates are typed against a third currency: that of the books is divided
        out."""
        self._set_rate(self.cny, "2026-08-01", 2.0, self.books)
        self._set_rate(self.usd, "2026-09-30", 2 / 7.3, self.books)
        self._entry(1000, 7100, self.usd, "2026-08-15")
        run = self._revalue("2026-09-30")
        self.assertEqual(run.delta, 200.0)
        self.assertEqual(run.line_ids.rate_text, "1 USD = 7.3000 CNY")

    def _number_by_year(self):
        """Exchange entries are dated on the day of the match then."""
        journal = self.books.currency_exchange_journal_id
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": "2025-12-31",
                "name": f"{journal.code}/2025/0001",
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": sign})
                    for account, sign in ((self.income, -1), (self.expense, 1))
                ],
            }
        )
        move.action_post()

    def test_odoo_287229_realised_later(self):
        """Matched in September, the exchange difference booked in October: nothing is
        left in dollars, and what is left in yuan is counted once."""
        self._get_method("inbound").payment_account_id.account_type = "expense"
        self._price(self.usd, "2026-09-10", 7.20)
        self._number_by_year()
        invoice = self._invoice(1000, self.usd, "2026-08-15")
        payment = self._pay(1000, self.usd, "2026-09-10")
        with freeze_time("2026-10-20 10:00:00"):
            self._match(invoice, payment)
        (exchange,) = payment.move_id.line_ids.matched_debit_ids.exchange_move_id
        self.assertEqual(str(exchange.date), "2026-10-20")
        self._revalue("2026-09-30", reversal="standing")
        self.assertEqual(self._unrealised(until="2026-09-30"), 100.0)
        self._revalue("2026-10-31", reversal="standing")
        self.assertEqual(self._unrealised(), 0.0)
        self.assertEqual(self._realised("2026-10-01", "2026-10-31"), 100.0)

    def test_odoo_84201_the_rest_keeps_its_rate(self):
        self._price(self.usd, "2026-08-20", 7.30)
        invoice = self._invoice(1000, self.usd, "2026-08-15")
        self._match(invoice, self._pay(400, self.usd, "2026-08-20"))
        run = self._revalue("2026-08-31")
        row = run.line_ids.filtered(lambda of: of.account_id == self.receivable)
        self.assertEqual((row.balance_foreign, row.booked), (600.0, 4260.0))

    def test_account_closing_117_bank_lines_are_summed(self):
        """Two banks, and several lines of one of them."""
        banks = [
            self.bank.copy({"name": name, "currency_id": self.usd.id})
            for name in ("Dollars", "More Dollars")
        ]
        for bank, amounts in zip(banks, ((1000, -200, 50), (30,)), strict=True):
            for amount in amounts:
                self._entry(
                    amount,
                    amount * 7.1,
                    self.usd,
                    "2026-08-15",
                    account=bank.default_account_id,
                )
        run = self._revalue("2026-08-31")
        self.assertEqual(
            sorted(run.line_ids.mapped("delta")),
            [1.5, 42.5],
        )
        lines = run.move_id.line_ids
        self.assertEqual(set(lines.mapped("amount_currency")), {0.0})
        self.assertEqual(lines.currency_id, self.usd)

    def test_account_closing_16_items_of_earlier_months(self):
        self._price(self.usd, "2024-02-01", 7.00)
        self._invoice(1000, self.usd, "2024-02-01")
        self.assertEqual(self._revalue("2026-08-31").delta, 150.0)

    def test_account_closing_16_partly_paid_later(self):
        """What is paid after the day is open on it."""
        invoice = self._invoice(1000, self.usd, "2026-08-15")
        self._match(invoice, self._pay(400, self.usd, "2026-09-10"))
        self.assertEqual(self._revalue("2026-08-31").delta, 50.0)

    def test_account_closing_16_items_worth_nothing_in_the_books(self):
        self._entry(1000, 0, self.usd, "2026-08-15")
        self.assertEqual(self._revalue("2026-08-31").delta, 7150.0)

    def test_erpnext_43327_a_settlement_after_a_revaluation(self):
        """What was unrealised is realised, and not both."""
        self._get_method("inbound").payment_account_id.account_type = "expense"
        self._price(self.usd, "2026-09-10", 7.20)
        invoice = self._invoice(1000, self.usd, "2026-08-15")
        self._revalue("2026-08-31", reversal="standing")
        self._match(invoice, self._pay(1000, self.usd, "2026-09-10"))
        self._revalue("2026-09-30", reversal="standing")
        self.assertEqual(self._realised("2026-09-01", "2026-09-30"), 100.0)
        self.assertEqual(self._unrealised(), 0.0)

    def test_erpnext_55715_nothing_stays_open(self):
        """Neither a revaluation nor its reversal is on a receivable, or waits to be
        matched."""
        self._invoice(1000, self.usd, "2026-08-15")
        before = self._open("2026-10-31")
        run = self._revalue("2026-08-31")
        self.assertEqual(self._open("2026-10-31"), before)
        self.assertFalse(any(run._get_moves().line_ids.account_id.mapped("reconcile")))

    def test_erpnext_42052_nothing_in_dollars_something_in_yuan(self):
        bank = self.bank.copy({"name": "Dollars", "currency_id": self.usd.id})
        account = bank.default_account_id
        self._entry(100, 8500, self.usd, "2026-08-15", account=account)
        self._entry(-100, -8000, self.usd, "2026-08-16", account=account)
        run = self._revalue("2026-08-31")
        self.assertEqual(run.delta, -500.0)
        self.assertEqual(self._sum(account), 0.0)

    def test_erpnext_42052_an_item_of_yuan_alone(self):
        self._entry(0, 500, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        self.assertEqual((run.delta, run.line_ids.closing), (-500.0, 0.0))

    def test_erpnext_49306_a_company_with_nothing_to_post(self):
        idle = self._create_company("Idle Company", self.cny)
        self.env.user.company_ids |= idle
        self._load_chart(idle)
        self._set_up(idle)
        self._invoice(1000, self.usd, "2026-08-15")
        wizard = self.env["fx.revaluation.make"].create(
            {"date": "2026-08-31", "company_ids": (idle | self.books).ids}
        )
        runs = self.env["fx.revaluation"].search(wizard.action_compute()["domain"])
        self.assertEqual(runs.company_id, idle | self.books)
        runs.action_post()
        found = {run.company_id: bool(run.move_id) for run in runs}
        self.assertEqual(found, {idle: False, self.books: True})

    def test_erpnext_43414_items_that_gained_nothing(self):
        """They are shown, with the rate that they have."""
        self._entry(1000, 7150, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        self.assertFalse(run.move_id)
        self.assertEqual(run.line_ids.rate_text, "1 USD = 7.1500 CNY")

    def test_erpnext_14507_entries_are_linked(self):
        """To the run, and to each other by what they say."""
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        run.action_cancel()
        moves = run._get_moves()
        self.assertEqual(len(moves), 4)
        self.assertIn(run.move_id.name, run.cancel_move_id.ref)
        self.assertIn(run.reversal_move_id.name, run.cancel_reversal_move_id.ref)
        for move in moves:
            self.assertEqual(self.env["booking.mixin"]._find_bound(move), run)

    def test_fava_1463_what_was_revalued_is_not_revalued_again(self):
        """An entry of a revaluation has nothing in dollars that could be converted."""
        bank = self.bank.copy({"name": "Dollars", "currency_id": self.usd.id})
        self._entry(1000, 7100, self.usd, "2026-08-15", account=bank.default_account_id)
        self._invoice(1000, self.usd, "2026-08-15")
        self.assertEqual(self._revalue("2026-08-31", reversal="standing").delta, 100.0)
        for day in ("2026-08-31", "2026-09-30"):
            self.assertEqual(self._revalue(day, reversal="standing").delta, 0.0)


@tagged("post_install", "-at_install")
class TestEntriesOfRuns(RevaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-08-31", 7.15)

    def test_gains_and_losses_are_mirrored_where_they_were(self):
        """China's chart, among others, has accounts of both: the reversal of a gain is
        no loss."""
        self._invoice(1000, self.usd, "2026-08-15")
        self._invoice(300, self.usd, "2026-08-15", kind="in_invoice")
        run = self._revalue("2026-08-31")
        self.assertEqual((run.gains, run.losses), (50.0, -15.0))
        posted = self._lines(run.move_id)
        self.assertIn(("Revaluation gain", "USD", -50.0), posted)
        self.assertIn(("Revaluation loss", "USD", 15.0), posted)
        mirrored = sorted((*of, -balance) for *of, balance in posted)
        self.assertEqual(self._lines(run.reversal_move_id), mirrored)
        run.action_cancel()
        self.assertEqual(self._lines(run.cancel_move_id), mirrored)
        self.assertEqual(self._lines(run.cancel_reversal_move_id), posted)

    def test_storno_is_taken_back_without_it(self):
        self.books.account_storno = True
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        run.action_cancel()
        found = {
            name: set(run[name].line_ids.mapped("is_storno"))
            for name in (
                "move_id",
                "reversal_move_id",
                "cancel_move_id",
                "cancel_reversal_move_id",
            )
        }
        self.assertEqual(
            found,
            {
                "move_id": {False},
                "reversal_move_id": {True},
                "cancel_move_id": {True},
                "cancel_reversal_move_id": {False},
            },
        )
        for move in run._get_moves():
            self.assertEqual(sum(move.line_ids.mapped("balance")), 0.0)

    def test_a_journal_that_is_hashed(self):
        self.books.revaluation_journal_id.restrict_mode_hash_table = True
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        self.assertTrue(all(run._get_moves().mapped("inalterable_hash")))
        run.action_cancel()
        self.assertEqual(self._unrealised(until="2026-08-31"), 0.0)
        self.assertEqual(self._unrealised(), 0.0)

    def test_lines_keep_the_rate_of_their_day(self):
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        self.usd.rate_ids.filtered(
            lambda rate: rate.company_id == self.books and str(rate.name) > "2026-08-20"
        ).rate = 1 / 7.5
        self.assertEqual(run.line_ids.rate_text, "1 USD = 7.1500 CNY")
        self.assertEqual(run.line_ids.closing, 7150.0)

    def test_a_marked_account_that_becomes_one_of_deposits(self):
        """It is named, and not revalued, though somebody has marked it."""
        marked = self.env["account.account"].create(
            {
                "name": "Customer Deposits",
                "code": "228803",
                "account_type": "liability_current",
                "fx_revalued": True,
            }
        )
        self._entry(-1000, -7100, self.usd, "2026-08-15", account=marked)
        self.books.downpayment_account_id = marked
        run = self._revalue("2026-08-31")
        self.assertFalse(run.move_id)
        self.assertIn("Customer Deposits", run.left_out)

    def test_an_archived_currency(self):
        self._invoice(1000, self.usd, "2026-08-15")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_currency SET active = FALSE WHERE id = %s", [self.usd.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self._revalue("2026-08-31").delta, 50.0)

    def test_results_of_locks_and_forwards_are_beside(self):
        """A contract over USD 1,000, sold at 7.25 when spot was 7.15: +100."""
        forward = self.env["fx.forward"].create(
            {
                "company_id": self.books.id,
                "counterparty_id": self.buyer.id,
                "side": "sell",
                "currency_id": self.usd.id,
                "amount": 1000,
                "quoted_rate": "7.25",
                "trade_date": "2026-08-01",
                "value_date": "2026-08-31",
            }
        )
        forward.action_activate()
        forward.action_settle()
        self._price(self.usd, forward.settled_date, 7.15)
        found = self.env["fx.result"].search(
            [("company_id", "=", self.books.id), ("kind", "=", "forward")]
        )
        self.assertEqual(
            (found.amount, found.currency_id, found.date),
            (100.0, self.usd, forward.settled_date),
        )
