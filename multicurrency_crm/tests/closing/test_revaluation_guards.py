"""What would make a revaluation wrong is refused, whichever came first."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .revaluation_common import RevaluationCommon


class GuardCommon(RevaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._price(cls.usd, "2026-03-10", 7.10)
        cls._price(cls.usd, "2026-03-31", 7.15)
        cls.adjusting = cls.books.revaluation_asset_account_id

    @classmethod
    def _account(cls, name, code, kind, **values):
        return cls.env["account.account"].create(
            {"name": name, "code": code, "account_type": kind, **values}
        )


@tagged("post_install", "-at_install")
class TestAccountsOfRevaluations(GuardCommon):
    def test_what_adjusts_is_not_marked(self):
        for account in (self.adjusting, self.books.revaluation_liability_account_id):
            with self.assertRaisesRegex(ValidationError, "takes what revaluations"):
                account.fx_revalued = True

    def test_what_is_marked_does_not_adjust(self):
        loan = self._account("Loan", "128802", "asset_current", fx_revalued=True)
        with self.assertRaisesRegex(ValidationError, "Loan can't be chosen"):
            self.books.revaluation_asset_account_id = loan

    def test_what_has_adjusted_is_not_marked_later(self):
        """The setting goes, what was booked stays."""
        self._invoice(1000, self.usd, "2026-03-10")
        self._revalue("2026-03-31", reversal="standing")
        other = self._account("Adjusts Instead", "129902", "asset_current")
        self.books.revaluation_asset_account_id = other
        with self.assertRaisesRegex(ValidationError, "takes what revaluations"):
            self.adjusting.fx_revalued = True

    def test_what_was_marked_before_the_guard_keeps_its_adjustments(self):
        self._invoice(1000, self.usd, "2026-03-10")
        self._revalue("2026-03-31", reversal="standing")
        self.env.cr.execute(
            "UPDATE account_account SET fx_revalued = TRUE WHERE id = %s",
            [self.adjusting.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "can't be chosen"):
            self._revalue("2026-03-31", reversal="standing")
        # nor once another account adjusts
        self.books.revaluation_asset_account_id = self._account(
            "Adjusts Instead", "129902", "asset_current"
        )
        again = self._revalue("2026-03-31", reversal="standing")
        self.assertFalse(again.move_id)
        self.assertEqual(self._sum(self.adjusting), 50.0)
        self.assertIn("Revaluation asset", again.left_out)

    def test_marked_money_is_revalued_as_ever(self):
        loan = self._account("Loan", "228802", "liability_current", fx_revalued=True)
        self._entry(-1000, -7100, self.usd, "2026-03-10", account=loan)
        self._revalue("2026-03-31")
        loan.fx_revalued = False
        loan.fx_revalued = True
        self.assertEqual(self._sum(loan), -7150.0)

    def test_what_is_on_its_way_does_not_adjust(self):
        suspense = self.bank.suspense_account_id
        suspense.write({"account_type": "asset_current", "reconcile": False})
        with self.assertRaisesRegex(ValidationError, "valued itself"):
            self.books.revaluation_asset_account_id = suspense
        with self.assertRaises(ValidationError):
            self.books.revaluation_asset_account_id = self.books.transfer_account_id

    def test_results_are_not_valued(self):
        cash = self.bank.default_account_id
        for name in ("revaluation_gain_account_id", "revaluation_loss_account_id"):
            for account in (self.receivable, self.payable, cash, self.adjusting):
                with self.assertRaisesRegex(ValidationError, "can't be chosen"):
                    self.books[name] = account
                self.env.invalidate_all(flush=False)
        # some charts show them in the balance sheet
        self.books.revaluation_gain_account_id = self._account(
            "Translation Differences", "477001", "liability_current"
        )

    def test_journals_are_miscellaneous(self):
        for name in ("revaluation_journal_id", "conversion_journal_id"):
            with self.assertRaisesRegex(ValidationError, "miscellaneous journal"):
                self.books[name] = self.bank

    def test_settings_refuse_them_too(self):
        settings = self.env["res.config.settings"].create({})
        with self.assertRaisesRegex(ValidationError, "can't be chosen"):
            settings.revaluation_loss_account_id = self.receivable

    def test_what_became_unfit_stops_the_next_one(self):
        self._invoice(1000, self.usd, "2026-03-10")
        run = self._revalue("2026-03-31", post=False)
        self.bank.suspense_account_id = self.adjusting
        with self.assertRaisesRegex(UserError, "can't be chosen"):
            run.action_post()
        with self.assertRaisesRegex(UserError, "can't be chosen"):
            run.action_compute()


@tagged("post_install", "-at_install")
class TestTwoWaysOfOneDay(GuardCommon):
    def test_one_way_a_day(self):
        self._invoice(1500, self.usd, "2026-03-10")
        for former, wanted in (("next_day", "standing"), ("standing", "next_day")):
            first = self._revalue("2026-03-31", reversal=former)
            with self.assertRaisesRegex(UserError, "cancel that revaluation first"):
                self._revalue("2026-03-31", reversal=wanted)
            # the same way goes on
            self.assertFalse(self._revalue("2026-03-31", reversal=former).move_id)
            again = self.env["fx.revaluation"].search([("move_id", "=", False)])
            again.filtered(lambda run: run.state in ("posted", "reversed")).mapped(
                lambda run: run.action_cancel()
            )
            first.action_cancel()
            instead = self._revalue("2026-03-31", reversal=wanted)
            left = 75.0 if wanted == "standing" else 0.0
            self.assertEqual(instead.delta, 75.0)
            self.assertEqual(self._sum(self.adjusting), left)
            instead.action_cancel()

    def test_asked_again_when_it_is_posted(self):
        self._invoice(1500, self.usd, "2026-03-10")
        late = self._revalue("2026-03-31", post=False, reversal="standing")
        self._revalue("2026-03-31", reversal="next_day")
        self.assertEqual(late.state, "superseded")
        with self.assertRaises(UserError):
            late.action_post()

    def test_money_is_the_same_either_way(self):
        self._entry(1000, 7100, self.usd, "2026-03-10", account=self._get_cash())
        self._revalue("2026-03-31", reversal="next_day")
        self.assertFalse(self._revalue("2026-03-31", reversal="standing").move_id)

    def _get_cash(self):
        return self.bank.default_account_id

    def test_nothing_to_book_waits_for_nothing(self):
        run = self._revalue("2026-03-31", reversal="next_day")
        self.assertEqual((run.state, run.move_id.id), ("reversed", False))
        self.assertEqual(
            self._revalue("2026-03-30", reversal="standing").state, "posted"
        )


@tagged("post_install", "-at_install")
class TestChangedMeanwhile(GuardCommon):
    def test_moved_to_another_customer(self):
        invoice = self._invoice(779, self.usd, "2026-03-10")
        other = self._customer("Second Buyer")
        run = self._revalue("2026-03-31", post=False, by_partner=True)
        invoice.line_ids.partner_id = other
        with self.assertRaisesRegex(UserError, "compute it again"):
            run.action_post()
        run.action_compute()
        run.action_post()
        lines = run.move_id.line_ids.filtered(
            lambda line: line.account_id == self.adjusting
        )
        self.assertEqual(lines.partner_id, other)

    def test_another_item_of_the_same_amount(self):
        """The difference belongs to items: of two that are alike, to the open one."""
        first = self._invoice(779, self.usd, "2026-03-10")
        run = self._revalue("2026-03-31", post=False)
        first.button_draft()
        self._invoice(779, self.usd, "2026-03-10")
        with self.assertRaisesRegex(UserError, "compute it again"):
            run.action_post()

    def test_days_to_come(self):
        self._invoice(1000, self.usd, "2026-03-10")
        with freeze_time("2026-03-31 08:00:00"):
            for day in ("2026-04-01", "2026-06-30", "2030-01-01"):
                with self.assertRaisesRegex(UserError, "rates aren't known"):
                    self._revalue("2026-03-31", rate_date=day)
                with self.assertRaisesRegex(UserError, "rates aren't known"):
                    self._revalue(day, rate_date="2026-03-31")
            self._revalue("2026-03-30", rate_date="2026-03-31")

    def test_no_day_at_all(self):
        for day in ("0001-01-01", "9999-12-31"):
            for values in ({"date": day}, {"date": "2026-03-31", "rate_date": day}):
                with self.assertRaisesRegex(ValidationError, "enter a day from"):
                    self.env["fx.revaluation"].create(values)
            with self.assertRaisesRegex(ValidationError, "enter a day from"):
                self.env["fx.revaluation.make"].create({"date": day})
            with self.assertRaisesRegex(ValidationError, "enter a day from"):
                self.env["currency.flow.make"].create({"date_from": day})


@tagged("post_install", "-at_install")
class TestOtherCompanies(GuardCommon):
    def test_nothing_of_them(self):
        abroad = self._create_company("Pier Trading", self.eur)
        self._load_chart(abroad)
        journal = self.env["account.journal"].search(
            [("company_id", "=", abroad.id), ("type", "=", "general")], limit=1
        )
        clerk = self._clerk("clerk")
        Revaluation = self.env["fx.revaluation"].with_user(clerk)
        spec = {"company_id": {}, "journal_id": {}, "company_currency_id": {}}
        for values in ({"company_id": abroad.id}, {"journal_id": journal.id}):
            with self.assertRaises(AccessError):
                Revaluation.onchange(values, list(values), spec)
        with self.assertRaises(AccessError):
            Revaluation.with_context(default_company_id=abroad.id).onchange(
                {}, [], spec
            )
        with self.assertRaises(UserError):
            self.env["fx.revaluation"].create(
                {
                    "company_id": self.books.id,
                    "date": "2026-03-31",
                    "journal_id": journal.id,
                }
            )
        with self.assertRaises(UserError):
            self.books.revaluation_journal_id = journal


@tagged("post_install", "-at_install")
class TestReversalByHand(GuardCommon):
    """An accountant's clicks post a reversal as the job does, or not at all."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(1000, cls.usd, "2026-03-10")
        with freeze_time("2026-03-31 08:00:00"):
            cls.revaluation = cls._revalue("2026-03-31")
        cls.draft = cls.revaluation.reversal_move_id
        cls.accountant = new_test_user(
            cls.env,
            "accountant",
            groups="account.group_account_user",
            company_id=cls.books.id,
            company_ids=cls.books.ids,
        )

    def _change(self):
        lines = self.draft.line_ids
        self.draft.write(
            {
                "line_ids": [
                    (1, line.id, {"balance": line.balance * 2}) for line in lines
                ]
            }
        )

    def test_on_its_day_it_is_reversed(self):
        with freeze_time("2026-04-01 08:00:00"):
            self.draft.with_user(self.accountant).action_post()
        self.assertEqual(
            (self.draft.state, self.revaluation.state), ("posted", "reversed")
        )
        self.assertEqual(self._sum(self.adjusting), 0.0)

    def test_with_others_at_once(self):
        other = self._entry(10, 71, self.usd, "2026-03-10").copy()
        with freeze_time("2026-04-02 08:00:00"):
            posted = (self.draft | other).with_user(self.accountant)._post(soft=False)
        self.assertEqual(set(posted.ids), {self.draft.id, other.id})
        self.assertEqual((other.state, self.revaluation.state), ("posted", "reversed"))

    def test_not_before_its_day(self):
        with freeze_time("2026-03-31 09:00:00"):
            with self.assertRaisesRegex(UserError, "by itself on 04/01/2026"):
                self.draft.with_user(self.accountant).action_post()
            with self.assertRaisesRegex(UserError, "by itself on 04/01/2026"):
                self.draft.with_user(self.accountant).write({"state": "posted"})
            # with what waits for its day Odoo is patient
            self.draft._post(soft=True)
        self.assertEqual((self.draft.state, self.draft.auto_post), ("draft", "no"))

    def test_changed_it_is_not_posted(self):
        self._change()
        with freeze_time("2026-04-01 08:00:00"):
            with self.assertRaisesRegex(UserError, "changed by hand"):
                self.draft.with_user(self.accountant).action_post()
            with self.assertRaisesRegex(UserError, "changed by hand"):
                self.draft.with_user(self.accountant).write({"state": "posted"})
        self.assertEqual(
            (self.draft.state, self.revaluation.state), ("draft", "posted")
        )

    def test_every_change_counts(self):
        line = self.draft.line_ids.filtered(
            lambda one: one.account_id == self.adjusting
        )
        for change in (
            lambda: self.draft.write({"journal_id": self.general.id}),
            lambda: self.draft.write({"auto_post": "monthly"}),
            lambda: line.with_context(check_move_validity=False).write(
                {"amount_currency": -7.0, "balance": line.balance}
            ),
        ):
            with self.env.cr.savepoint() as point:
                change()
                self.assertFalse(self.revaluation._is_reversal_kept())
                point.rollback()
                self.env.invalidate_all()
        self.assertTrue(self.revaluation._is_reversal_kept())

    def test_odoos_own_job_goes_by_its_run(self):
        self.draft.auto_post = "at_date"
        with freeze_time("2026-04-01 08:00:00"):
            self.draft._post()
        self.assertEqual(
            (self.draft.state, self.revaluation.state), ("posted", "reversed")
        )

    def test_on_a_closed_day(self):
        self.books.fiscalyear_lock_date = "2026-04-01"
        with freeze_time("2026-04-02 08:00:00"):
            with self.assertRaisesRegex(UserError, "closed to"):
                self.draft.with_user(self.accountant).action_post()

    def test_not_given_up(self):
        with self.assertRaisesRegex(UserError, "cancel the revaluation"):
            self.draft.with_user(self.accountant).button_cancel()
        with self.assertRaisesRegex(UserError, "cancel the revaluation"):
            self.draft.with_user(self.accountant).unlink()

    def test_who_may_not_post_does_not(self):
        clerk = self._clerk("clerk")
        with freeze_time("2026-04-01 08:00:00"):
            with self.assertRaises(AccessError):
                self.draft.with_user(clerk)._post(soft=False)
        self.assertEqual(self.draft.state, "draft")

    def test_books_without_revaluation_ask_nothing(self):
        self.books.revaluation_asset_account_id = False
        Revaluation = self.env["fx.revaluation"]
        # what posting reads of an entry anyway is read here
        self.assertFalse(Revaluation._find_waiting(self.draft))
        self.env.flush_all()
        before = self.cr.sql_log_count
        self.assertFalse(Revaluation._find_waiting(self.draft))
        self.assertEqual(self.cr.sql_log_count, before)
