from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .revaluation_common import RevaluationCommon

MONTHS = (
    ("2026-08-01", "2026-08-31"),
    ("2026-09-01", "2026-09-30"),
    ("2026-10-01", "2026-10-31"),
)


@tagged("post_install", "-at_install")
class TestThreeMonthEnds(RevaluationCommon):
    """USD 10,000 at 7.10, received in two parts over three month ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prices = {
            "2026-08-15": 7.10,
            "2026-08-31": 7.15,
            "2026-09-10": 7.20,
            "2026-09-30": 7.05,
            "2026-10-08": 7.00,
        }
        for day, price in cls.prices.items():
            cls._price(cls.usd, day, price)

    def _walk(self, reversal):
        """[(unrealised of the run, unrealised, realised)] a month."""
        invoice = self._invoice(10000, self.usd, "2026-08-15")
        runs = [self._revalue("2026-08-31", reversal=reversal)]
        self._match(invoice, self._pay(4000, self.usd, "2026-09-10"))
        runs.append(self._revalue("2026-09-30", reversal=reversal))
        self._match(invoice, self._pay(6000, self.usd, "2026-10-08"))
        runs.append(self._revalue("2026-10-31", reversal=reversal))
        return runs

    def _get_receivable_rows(self, run):
        rows = run.line_ids.filtered(lambda row: row.account_id == self.receivable)
        return [(row.carried, row.closing, row.delta) for row in rows]

    def _get_months(self):
        """What the months show of the receivable alone: payments wait on an account
        of the bank, at spot."""
        adjusting = self.books.revaluation_asset_account_id
        return [
            self._sum(adjusting, *month) + self._realised(*month) for month in MONTHS
        ]

    def _leave_bank_out(self):
        """Payments have no entry: the receivable alone is valued."""
        self._get_method("inbound").payment_account_id.account_type = "expense"

    def test_standing(self):
        self._leave_bank_out()
        runs = self._walk("standing")
        rows = [self._get_receivable_rows(run) for run in runs]
        self.assertEqual(
            [row[-1] for row in rows],
            [
                (71000.0, 71500.0, 500.0),
                (43100.0, 42300.0, -800.0),
                (-300.0, 0.0, 300.0),
            ],
        )
        self.assertEqual(self._get_months(), [500.0, -400.0, -300.0])
        self.assertEqual(self._sum(self.books.revaluation_asset_account_id), 0.0)

    def test_reversed_the_next_day(self):
        self._leave_bank_out()
        runs = self._walk("next_day")
        self.assertEqual([run.state for run in runs[:2]], ["reversed"] * 2)
        self.assertEqual(self._get_months(), [500.0, -400.0, -300.0])
        self.assertEqual(self._sum(self.books.revaluation_asset_account_id), 0.0)

    def test_results_by_month(self):
        self._leave_bank_out()
        self._walk("next_day")
        found = {}
        for month, kind, amount in self.env["fx.result"]._read_group(
            [("company_id", "=", self.books.id)],
            ["date:month", "kind"],
            ["amount:sum"],
        ):
            found[month.month, kind] = amount
        self.assertEqual(
            found,
            {
                (8, "unrealised"): 500.0,
                (9, "unrealised"): -800.0,
                (9, "realised"): 400.0,
                (10, "unrealised"): 300.0,
                (10, "realised"): -600.0,
            },
        )
        mine = self.env["fx.result"].search([("partner_id", "=", self.buyer.id)])
        self.assertEqual(sum(mine.mapped("amount")), -200.0)
        self.assertEqual(mine.currency_id, self.usd)

    def test_what_odoo_says_of_the_customer_stays(self):
        invoice = self._invoice(10000, self.usd, "2026-08-15")
        self._price(self.eur, "2026-08-15", 8.0)
        euros = self._invoice(900, self.eur, "2026-08-20")

        def tell():
            self.env.invalidate_all()
            return (
                self.buyer.credit,
                self.buyer.customer_rank,
                invoice.payment_state,
                invoice.amount_residual,
                euros.invoice_outstanding_credits_debits_widget,
                self._open("2026-08-31"),
            )

        before = tell()
        run = self._revalue("2026-08-31", by_partner=True)
        self.assertEqual(tell(), before)
        run.action_cancel()
        self.assertEqual(tell(), before)

    def test_one_entry_of_few_lines(self):
        for _number in range(3):
            self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        self.assertEqual(
            self._lines(run.move_id),
            [
                ("Revaluation asset", "USD", 150.0),
                ("Revaluation gain", "USD", -150.0),
            ],
        )
        self.assertEqual(
            self._lines(run.reversal_move_id),
            [
                ("Revaluation asset", "USD", -150.0),
                ("Revaluation gain", "USD", 150.0),
            ],
        )
        self.assertEqual(run.move_id.date, date(2026, 8, 31))
        self.assertEqual(run.reversal_move_id.date, date(2026, 9, 1))
        self.assertEqual(set(run.move_id.line_ids.mapped("amount_currency")), {0.0})

    def test_a_line_per_customer(self):
        self._invoice(1000, self.usd, "2026-08-15")
        other = self._customer("Second Buyer")
        self._invoice(2000, self.usd, "2026-08-15", partner_id=other.id)
        run = self._revalue("2026-08-31", by_partner=True)
        adjusting = self.books.revaluation_asset_account_id
        lines = run.move_id.line_ids.filtered_domain(
            [("account_id", "=", adjusting.id)]
        )
        self.assertEqual(
            {line.partner_id: line.balance for line in lines},
            {self.buyer: 50.0, other: 100.0},
        )

    def test_nothing_changed_books_nothing(self):
        self._invoice(10000, self.usd, "2026-08-15")
        for reversal in ("standing", "next_day"):
            first = self._revalue("2026-08-31", reversal=reversal)
            again = self._revalue("2026-08-31", reversal=reversal)
            self.assertTrue(first.move_id)
            self.assertFalse(again.move_id)
            self.assertIn(again.state, ("posted", "reversed"))
            again.action_cancel()
            first.action_cancel()

    def test_something_changed_books_the_difference(self):
        self._invoice(10000, self.usd, "2026-08-15")
        self._revalue("2026-08-31")
        self._invoice(2000, self.usd, "2026-08-20")
        again = self._revalue("2026-08-31")
        self.assertEqual(again.delta, 100.0)
        self.assertEqual(self._unrealised("2026-08-31", "2026-08-31"), 600.0)
        self.assertEqual(self._unrealised(), 0.0)

    def test_an_earlier_day_after_later_ones(self):
        self._invoice(10000, self.usd, "2026-08-15")
        later = self._revalue("2026-09-30", reversal="standing")
        self.assertEqual(later.delta, -500.0)
        early = self._revalue("2026-08-31", reversal="standing", post=False)
        self.assertIn("9", early.later_note)
        early.action_post()
        self.assertEqual(early.delta, 500.0)
        again = self.env["fx.revaluation"].search(
            [("date", "=", "2026-09-30"), ("id", "!=", later.id)]
        )
        self.assertEqual((again.state, again.delta), ("posted", -500.0))
        self.assertEqual(self._unrealised(until="2026-08-31"), 500.0)
        self.assertEqual(self._unrealised(until="2026-09-30"), -500.0)

    def test_taking_back_an_earlier_one_keeps_later_ones_right(self):
        self._invoice(10000, self.usd, "2026-08-15")
        early = self._revalue("2026-08-31", reversal="standing")
        self._revalue("2026-09-30", reversal="standing")
        early.action_cancel()
        self.assertEqual(self._unrealised(until="2026-08-31"), 0.0)
        self.assertEqual(self._unrealised(until="2026-09-30"), -500.0)

    def test_cancelled_nets_to_zero_by_day_account_and_currency(self):
        self._invoice(10000, self.usd, "2026-08-15")
        self._invoice(700, self.usd, "2026-08-15", kind="in_invoice")
        for reversal in ("standing", "next_day"):
            run = self._revalue("2026-08-31", reversal=reversal)
            run.action_cancel()
            self.assertEqual(run.state, "cancelled")
            sums = {}
            for line in run._get_moves().line_ids:
                key = line.date, line.account_id, line.currency_id
                sums[key] = sums.get(key, 0.0) + line.balance
            self.assertTrue(sums)
            self.assertFalse(any(round(balance, 2) for balance in sums.values()))
            self.assertEqual(self._unrealised(), 0.0)

    def test_storno(self):
        self.books.account_storno = True
        self._invoice(10000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        for line in run.reversal_move_id.line_ids:
            self.assertTrue(line.is_storno)
            self.assertLessEqual(line.debit, 0.0)
            self.assertLessEqual(line.credit, 0.0)

    def test_bought_goods_not_paid_yet(self):
        self._invoice(1000, self.usd, "2026-08-15", kind="in_invoice")
        run = self._revalue("2026-08-31")
        self.assertEqual(
            self._lines(run.move_id),
            [
                ("Revaluation liability", "USD", -50.0),
                ("Revaluation loss", "USD", 50.0),
            ],
        )


@tagged("post_install", "-at_install")
class TestMoneyStands(RevaluationCommon):
    """What is in banks is valued on its own account, and never reversed."""

    def test_a_bank_in_dollars(self):
        self._price(self.usd, "2026-08-15", 7.10)
        self._price(self.usd, "2026-08-31", 7.15)
        self._price(self.usd, "2026-09-30", 7.00)
        bank = self.bank.copy({"name": "Dollars", "currency_id": self.usd.id})
        account = bank.default_account_id
        self.assertEqual(account.currency_id, self.usd)
        self._entry(1000, 7100, self.usd, "2026-08-15", account=account)
        first = self._revalue("2026-08-31")
        self.assertEqual(
            self._lines(first.move_id),
            [(account.name, "USD", 50.0), ("Revaluation gain", "USD", -50.0)],
        )
        self.assertFalse(first.reversal_move_id)
        self.assertEqual(self._sum(account), 7150.0)
        second = self._revalue("2026-09-30")
        self.assertEqual(second.delta, -150.0)
        self.assertEqual(self._sum(account), 7000.0)
        second.action_cancel()
        self.assertEqual(self._sum(account), 7150.0)


@tagged("post_install", "-at_install")
class TestLossesOnly(RevaluationCommon):
    """HGB §§ 252, 256a: long-term items show losses, and write-ups to what was
    booked."""

    money = "EUR"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.books.revaluation_method = "losses"
        cls.books.revaluation_reversal = "standing"

    def _deltas(self, booked, spots, due, account=None):
        amount = 1000 if booked > 0 else -1000
        self._entry(amount, booked, self.usd, "2026-03-01", due=due, account=account)
        found = []
        for month, spot in enumerate(spots, 3):
            day = f"2026-{month:02}-28"
            self._price(self.usd, day, spot / 1000)
            found.append(self._revalue(day).delta)
        return found

    def test_a_receivable_up_to_what_was_booked(self):
        self.assertEqual(self._deltas(900, (850, 920), "2028-03-01"), [-50.0, 50.0])

    def test_no_gain(self):
        self.assertEqual(self._deltas(450, (460,), "2028-03-01"), [0.0])

    def test_a_payable_down_to_what_was_booked(self):
        found = self._deltas(-900, (920, 880), "2028-03-01", self.payable)
        self.assertEqual(found, [-20.0, 20.0])

    def test_within_a_year(self):
        self.assertEqual(self._deltas(900, (920,), "2027-03-28"), [20.0])

    def test_losses_are_not_netted_with_gains(self):
        self._entry(1000, 900, self.usd, "2026-03-01")
        self._entry(1000, 1000, self.usd, "2026-03-01", due="2029-01-01")
        self._price(self.usd, "2026-03-28", 0.95)
        run = self._revalue("2026-03-28")
        self.assertEqual((run.gains, run.losses), (50.0, -50.0))
        self.assertEqual(
            self._lines(run.move_id),
            [("Revaluation gain", "USD", -50.0), ("Revaluation loss", "USD", 50.0)],
        )


@tagged("post_install", "-at_install")
class TestWhatStopsARun(RevaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-08-31", 7.15)

    def test_a_currency_without_a_rate(self):
        self._invoice(1000, self.usd, "2026-08-15")
        self.books.rate_max_age = 5
        self._price(self.eur, "2026-06-01", 8.0)
        self._invoice(500, self.eur, "2026-06-02")
        with self.assertRaisesRegex(UserError, "EUR"):
            self._revalue("2026-08-31", post=False)
        self._price(self.eur, "2026-08-31", 8.1)
        self.assertEqual(self._revalue("2026-08-31").delta, 100.0)

    def test_an_official_rate(self):
        self._invoice(1000, self.usd, "2026-08-15")
        with self.assertRaisesRegex(UserError, "USD"):
            self._revalue("2026-08-31", post=False, rate_kind="official")
        self.env["fx.rate.named"].create(
            {
                "company_id": self.books.id,
                "currency_id": self.usd.id,
                "kind": "official",
                "date": "2026-08-31",
                "rate": 1 / 7.12,
            }
        )
        run = self._revalue("2026-08-31", rate_kind="official")
        self.assertEqual(run.delta, 20.0)
        self.assertEqual(run.line_ids.rate_text, "1 USD = 7.1200 CNY")

    def test_the_months_first_day(self):
        self._price(self.usd, "2026-08-01", 7.30)
        self._entry(1000, 7100, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31", rate_kind="month")
        self.assertEqual((run.rate_date, run.delta), (date(2026, 8, 1), 200.0))

    def test_closed_days(self):
        """Odoo would move the entry silently."""
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31", post=False)
        self.books.fiscalyear_lock_date = "2026-08-31"
        with self.assertRaisesRegex(UserError, "closed"):
            run.action_post()
        self.books.fiscalyear_lock_date = "2026-09-01"
        with self.assertRaisesRegex(UserError, "closed"):
            run.action_post()
        self.books.fiscalyear_lock_date = "2026-07-31"
        run.action_post()
        self.books.fiscalyear_lock_date = "2026-08-31"
        with self.assertRaisesRegex(UserError, "closed"):
            run.action_cancel()
        self.assertEqual(run.state, "reversed")

    def test_changed_since_it_was_computed(self):
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31", post=False)
        self._invoice(1000, self.usd, "2026-08-16")
        with self.assertRaisesRegex(UserError, "compute it again"):
            run.action_post()
        run.action_compute()
        self._price(self.usd, "2026-08-30", 7.2)
        run.action_post()
        self.assertEqual(run.delta, 100.0)

    def test_two_people(self):
        self.books.revaluation_four_eyes = True
        first, second = self._clerk("first"), self._clerk("second")
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31", post=False)
        run.with_user(first).action_compute()
        with self.assertRaises(AccessError):
            run.with_user(first).action_post()
        self.assertIn(second, run.activity_ids.user_id)
        self.assertTrue(run.with_user(first).is_own)
        view = run.with_user(first).get_view(view_type="form")["arch"]
        [note] = etree.fromstring(view).iterfind(".//div[@name='own_note']")
        self.assertEqual(note.text.strip(), run._explain_own())
        run.with_user(second).action_post()
        self.assertEqual(run.decided_by, second)
        self.assertTrue(run.move_id.state == "posted")

    def test_the_run_of_one_company_opens(self):
        self._invoice(1000, self.usd, "2026-08-15")
        make = self.env["fx.revaluation.make"].create({"date": "2026-08-31"})
        action = make.action_compute()
        run = self.env["fx.revaluation"].browse(action["res_id"])
        self.assertEqual((run.state, run.company_id), ("computed", self.books))
        self.assertEqual(action["views"], [(False, "form")])
        # where no other company is worked in, none is named
        self.assertEqual(run.display_name, "08/31/2026")
        both = self.books | self._create_company("Quay Works", self.eur)
        named = run.with_context(allowed_company_ids=both.ids)
        self.assertEqual(named.display_name, f"08/31/2026, {self.books.name}")

    def test_its_entries_open_as_entries(self):
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        run.action_cancel()
        action = run.action_open_entries()
        self.assertEqual(
            action["views"][0], (self.env.ref("account.view_move_tree").id, "list")
        )
        self.assertEqual(
            self.env["account.move"].search(action["domain"]), run._get_moves()
        )
        clerk = self._clerk("unread")
        with self.assertRaisesRegex(UserError, "ask for that right"):
            run.with_user(clerk).action_open_entries()

    def test_one_person_where_the_company_wants_no_two(self):
        clerk = self._clerk("clerk")
        self._invoice(1000, self.usd, "2026-08-15")
        run = (
            self.env["fx.revaluation"]
            .with_user(clerk)
            .create({"company_id": self.books.id, "date": "2026-08-31"})
        )
        run.action_compute()
        self.assertFalse(run.sudo().activity_ids)
        run.action_post()
        self.assertEqual(run.move_id.sudo().state, "posted")

    def test_salespeople_see_nothing(self):
        seller = self._create_salesperson()
        with self.assertRaises(AccessError):
            self.env["fx.revaluation"].with_user(seller).search([])

    def test_terms_change_what_was_computed(self):
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31", post=False)
        run.method = "losses"
        self.assertEqual((run.state, len(run.line_ids)), ("draft", 0))
        run.action_compute()
        run.action_post()
        with self.assertRaises(UserError):
            run.method = "standard"

    def test_its_entries_stay(self):
        self._invoice(1000, self.usd, "2026-08-15")
        run = self._revalue("2026-08-31")
        with self.assertRaisesRegex(UserError, "cancel the revaluation"):
            run.move_id.button_draft()
        with self.assertRaisesRegex(UserError, "cancel the revaluation"):
            run.move_id._reverse_moves(cancel=True)
        with self.assertRaises(UserError):
            run.move_id.unlink()
        with self.assertRaises(UserError):
            run.unlink()

    def test_not_monetary(self):
        stock = self.env["account.account"].create(
            {
                "name": "Paid Ahead",
                "code": "128801",
                "account_type": "asset_prepayments",
                "reconcile": True,
                "follow_open_items": True,
            }
        )
        with self.assertRaisesRegex(ValidationError, "Paid Ahead"):
            stock.fx_revalued = True
        self._entry(1000, 7100, self.usd, "2026-08-15", account=stock)
        run = self._revalue("2026-08-31")
        self.assertFalse(run.move_id)
        self.assertIn("Paid Ahead", run.left_out)

    def test_a_loan_that_is_marked(self):
        loan = self.env["account.account"].create(
            {
                "name": "Dollar Loan",
                "code": "228801",
                "account_type": "liability_non_current",
                "fx_revalued": True,
            }
        )
        self._entry(-1000, -7100, self.usd, "2026-08-15", account=loan)
        run = self._revalue("2026-08-31")
        self.assertEqual(run.delta, -50.0)
        self.assertEqual(self._sum(loan), -7150.0)

    def test_nothing_is_set_up(self):
        self.books.revaluation_journal_id = False
        with self.assertRaisesRegex(UserError, "Revaluation Journal"):
            self._revalue("2026-08-31", post=False, journal_id=self.general.id)

    def test_one_company_that_is_not_set_up_stops_no_other(self):
        self._invoice(1000, self.usd, "2026-08-15")
        other = self._create_company("Bare Company", self.cny)
        self.env.user.company_ids |= other
        wizard = self.env["fx.revaluation.make"].create(
            {"date": "2026-08-31", "company_ids": (self.books | other).ids}
        )
        action = wizard.action_compute()
        self.assertIn("Bare Company", action["params"]["message"])
        run = self.env["fx.revaluation"].search(action["params"]["next"]["domain"])
        self.assertEqual((run.company_id, run.state), (self.books, "computed"))

    def test_a_branch_has_an_entry_of_its_own(self):
        branch = self._create_company("Works North", self.cny, parent_id=self.books.id)
        self.env.user.company_ids |= branch
        self._invoice(1000, self.usd, "2026-08-15")
        with patch.object(type(self), "env", self._in(branch)):
            self._entry(300, 2130, self.usd, "2026-08-15", company_id=branch.id)
        main = self._revalue("2026-08-31")
        own = self._revalue("2026-08-31", company=branch)
        self.assertEqual((main.delta, own.delta), (50.0, 15.0))
        self.assertEqual(own.move_id.company_id, branch)


@tagged("post_install", "-at_install")
class TestReversalOnItsDay(RevaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-08-15", 7.10)
        cls._price(cls.usd, "2026-08-31", 7.15)
        cls._invoice(1000, cls.usd, "2026-08-15")

    def test_a_draft_until_then(self):
        with freeze_time("2026-08-31 10:00:00"):
            run = self._revalue("2026-08-31")
            self.assertEqual(
                (run.state, run.reversal_move_id.state), ("posted", "draft")
            )
            self.assertEqual(run.reversal_move_id.auto_post, "no")
            self.env["fx.revaluation"]._cron_post_reversals()
            self.assertEqual(run.reversal_move_id.state, "draft")
        with freeze_time("2026-09-01 10:00:00"):
            self.env["fx.revaluation"]._cron_post_reversals()
        self.assertEqual(
            (run.state, run.reversal_move_id.state), ("reversed", "posted")
        )
        self.assertEqual(run.reversal_move_id.date, date(2026, 9, 1))
        self.assertEqual(self._unrealised(), 0.0)

    def test_a_day_that_was_closed_meanwhile(self):
        with freeze_time("2026-08-31 10:00:00"):
            run = self._revalue("2026-08-31")
        with freeze_time("2026-09-02 10:00:00"):
            self.books.fiscalyear_lock_date = "2026-09-01"
            with self.assertLogs("odoo.addons.multicurrency_crm", "ERROR"):
                self.env["fx.revaluation"]._cron_post_reversals()
            self.assertEqual(run.reversal_move_id.state, "draft")
            self.assertIn("closed", run.activity_ids.note)
            self.books.fiscalyear_lock_date = False
            self.env["fx.revaluation"]._cron_post_reversals()
        self.assertEqual(run.state, "reversed")

    def test_changed_by_hand(self):
        with freeze_time("2026-08-31 10:00:00"):
            run = self._revalue("2026-08-31")
            lines = run.reversal_move_id.line_ids
            run.reversal_move_id.write(
                {
                    "line_ids": [
                        (1, line.id, {"balance": line.balance * 2}) for line in lines
                    ]
                }
            )
        with (
            freeze_time("2026-09-01 10:00:00"),
            self.assertLogs("odoo.addons.multicurrency_crm", "ERROR"),
        ):
            self.env["fx.revaluation"]._cron_post_reversals()
        self.assertEqual(run.reversal_move_id.state, "draft")

    def test_the_next_run_posts_what_is_due(self):
        with freeze_time("2026-08-31 10:00:00"):
            run = self._revalue("2026-08-31")
        self._price(self.usd, "2026-09-30", 7.20)
        later = self._revalue("2026-09-30")
        self.assertEqual((run.state, later.delta), ("reversed", 100.0))

    def test_cancelled_before_its_day(self):
        with freeze_time("2026-08-31 10:00:00"):
            run = self._revalue("2026-08-31")
            draft = run.reversal_move_id
            run.action_cancel()
        self.assertFalse(draft.exists())
        self.assertEqual(self._unrealised(), 0.0)

    def test_not_before_its_day(self):
        with freeze_time("2026-08-30 10:00:00"):
            with self.assertRaisesRegex(UserError, "still to come"):
                self._revalue("2026-08-31", post=False)
        # the day itself may be revalued, and again for what comes later that day
        with freeze_time("2026-08-31 08:00:00"):
            self.assertEqual(self._revalue("2026-08-31").delta, 50.0)
            self._invoice(100, self.usd, "2026-08-15")
            self.assertEqual(self._revalue("2026-08-31").delta, 5.0)
