"""Who decides on held rates, and what follows."""

import dataclasses

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import eur_quotes
from .hold_common import DAY, HoldCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestDeciding(HoldCommon):
    def test_finance_accepts(self):
        hold = self._held(rate=0.18)
        action = self._as(self.finance, hold).action_accept("Compared")
        self.assertEqual(action["tag"], "display_notification")
        self.assertRecordValues(
            hold, [{"state": "accepted", "decided_by": self.finance.id}]
        )
        self.assertTrue(hold.decided_on)
        self.assertRates(self.usd, {DAY: 0.18})
        [row] = self.Rate.search([("currency_id", "=", self.usd.id)])
        self.assertRecordValues(
            row, [{"fx_provider_id": self.provider.id, "fx_quoted": hold.quoted}]
        )

    def test_20_one_click_books_nothing(self):
        """A bare icon booked a rate that is 100 times off: the dialog asks first."""
        holds = self._held() | self._held(currency_id=self.eur.id, rate=0.1)
        mine = self._as(self.finance, holds)
        for ask in (mine.action_accept, mine.action_approve):
            action = ask()
            self.assertEqual(action["target"], "new")
            self.assertFalse(self._rates(self.usd))
            self.assertEqual(set(holds.mapped("state")), {"pending"})
        wizard = self.env[action["res_model"]].with_user(self.finance)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual(form.hold_count, 2)
            with self.assertRaisesRegex(AssertionError, "reason is a required field"):
                form.save()
            form.reason = " "
            empty = form.save()
        # a blank is no reason: the dialog comes again, and nothing is booked
        self.assertEqual(empty.action_apply()["res_model"], action["res_model"])
        self.assertFalse(self._rates(self.usd))
        empty.reason = "The central bank's page says so"
        empty.action_apply()
        self.assertRecordValues(
            holds,
            [
                {
                    "state": "accepted",
                    "decided_by": self.finance.id,
                    "decision_reason": "The central bank's page says so",
                }
            ]
            * 2,
        )
        self.assertRates(self.usd, {DAY: 0.18})

    def test_20_the_dialog_shows_the_figures(self):
        hold = self._held(
            rate=0.0014, reason="scale", factor=100, jump=-0.99, previous_rate=0.14
        )
        action = self._as(self.finance, hold).action_accept()
        wizard = self.env[action["res_model"]].with_user(self.finance)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertIn("too high: 100 times the rate of", form.explanation)
            self.assertIn("Documents are converted", form.consequence)
            form.reason = "It is the new lira"

    def test_a_day_of_which_no_rate_can_be(self):
        """odoo/odoo#18048"""
        hold = self._held(date="0202-11-20", published_on="0202-11-20")
        with self.assertRaisesRegex(UserError, "isn't a valid rate: reject it"):
            self._as(self.finance, hold).action_accept("Compared")
        self.assertRates(self.usd, {})
        self._as(self.finance, hold).action_reject("A mistyped year")

    def test_a_reason_is_text(self):
        """A client may send anything; the decision says in words what is missing."""
        hold = self._as(self.finance, self._held())
        for method in ("action_accept", "action_reject", "_refuse"):
            for reason in (True, 7, {"a": "b"}, ["a"], b"a"):
                with self.subTest(method, reason=reason):
                    with self.assertRaisesRegex(UserError, "A reason is text"):
                        getattr(hold, method)(reason)
        hold.action_reject("Not ours")
        with self.assertRaisesRegex(UserError, "A reason is text"):
            hold.action_reopen({"a": "b"})
        self.assertEqual(hold.state, "rejected")

    def test_many_of_several_providers(self):
        second = self._create_provider(self.company, name="Second", sequence=20)
        holds = self._held(rate=0.18)
        holds |= self._held(rate=0.13, currency_id=self.eur.id, provider_id=second.id)
        self._as(self.finance, holds).action_accept("Compared")
        self.assertEqual(set(holds.mapped("state")), {"accepted"})
        self.assertRates(self.usd, {DAY: 0.18})
        self.assertRates(self.eur, {DAY: 0.13})

    def test_typed_rate_stays(self):
        self._set_rate(self.usd, DAY, 0.1401)
        self._as(self.finance, self._held()).action_accept("Compared")
        self.assertRates(self.usd, {DAY: 0.1401})

    def test_no_rate_cannot_be_accepted(self):
        day = {"published_on": DAY, "quoted": "0.0000"}
        for reason, rate in (
            ("zero", 0.0),
            ("negative", 0.0),
            ("not_number", 0.0),
            ("zero", 0.14),
            ("jump", 0.0),
        ):
            with self.subTest(reason=reason, rate=rate):
                hold = self._held(reason=reason, rate=rate, **day)
                good = self._held(currency_id=self.eur.id, rate=0.13)
                with self.assertRaisesRegex(UserError, "isn't a valid rate: reject it"):
                    self._as(self.finance, good | hold).action_accept("Compared")
                self.assertEqual((good | hold).mapped("state"), ["pending"] * 2)
                (good | hold).action_reject("Wrong")
                day["quoted"] += "0"
                self._found().unlink()
        self.assertFalse(self._rates(self.eur))

    def test_decided_once(self):
        hold = self._held()
        self._as(self.finance, hold).action_reject("No")
        for decide in (
            hold.action_accept,
            hold.action_reject,
            hold.action_refuse,
        ):
            with self.assertRaisesRegex(UserError, "Finance has decided on USD"):
                decide()
        self.assertFalse(self._rates(self.usd))

    def test_rejected_with_a_note(self):
        holds = self._held() | self._held(currency_id=self.eur.id)
        action = self._as(self.finance, holds).action_refuse()
        wizard_model = self.env[action["res_model"]].with_user(self.finance)
        with Form(wizard_model.with_context(**action["context"])) as form:
            self.assertEqual(form.subject, ", ".join(holds.mapped("display_name")))
            form.reason = " The bank withdrew it "
        form.record.action_apply()
        self.assertRecordValues(
            holds,
            [{"state": "rejected", "decision_reason": "The bank withdrew it"}] * 2,
        )
        self.assertEqual(holds.decided_by, self.finance)
        self.assertFalse(self._rates(self.usd))

    def test_users_read(self):
        hold = self._held()
        user = self._create_user("reader", "multicurrency_crm.group_user")
        as_reader = self._as(user, hold)
        self.assertIn("22.2%", as_reader.explanation)
        for attempt in (
            as_reader.action_accept,
            as_reader.action_reject,
            as_reader.action_refuse,
            lambda: as_reader.write({"state": "accepted"}),
            as_reader.unlink,
            lambda: as_reader.create(self._values(date="2026-03-09")),
        ):
            with self.assertRaises(AccessError):
                attempt()
        stranger = self._create_user("seller", "sales_team.group_sale_salesman")
        with self.assertRaises(AccessError):
            self._as(stranger, hold).read(["rate"])

    def test_finance_writes_no_decision_by_hand(self):
        """Nor does a manager: the methods are the only door."""
        hold = self._held()
        for user in (self.finance, self.boss):
            theirs = self._as(user, hold)
            with self.assertRaises(AccessError):
                theirs.write({"state": "accepted"})
            with self.assertRaises(AccessError):
                theirs.unlink()

    def test_company_of_others(self):
        hold = self._held()
        other = self._create_user(
            "american", "multicurrency_crm.group_manager", self.other_company
        )
        theirs = self._as(other, hold)
        self.assertFalse(theirs.search([]))
        for attempt in (theirs.action_accept, theirs.action_reject):
            with self.assertRaises(AccessError):
                attempt()
        wizard = self.env["decision.refuse"].with_user(other)
        with self.assertRaises(AccessError):
            wizard.create(
                {"res_model": hold._name, "res_ids": hold.ids, "reason": "x"}
            ).action_apply()
        self.assertEqual(hold.state, "pending")

    def test_two_companies_keep_their_figures(self):
        mine, theirs = (
            self._held(),
            self._held(
                company_id=self.other_company.id, currency_id=self.cny.id, rate=7.5
            ),
        )
        self.provider.company_ids += self.other_company
        self.assertIn("1 CNY ≈ 0.13333 USD", theirs.sudo().explanation)
        self._as(self.finance, mine).action_accept("Compared")
        self.assertFalse(self._rates(self.cny, self.other_company))
        theirs.sudo().action_accept("Compared")
        self.assertRates(self.cny, {DAY: 7.5}, self.other_company)

    def test_branch_decides_for_its_root(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        clerk = self._create_user("clerk", "multicurrency_crm.group_finance", branch)
        hold = self._held()
        self._as(clerk, hold).action_accept("Compared")
        self.assertRates(self.usd, {DAY: 0.18})

    def test_from_the_quote_to_the_books(self):
        """A jump in what is published is held, accepted, and not held again."""
        quotes = eur_quotes(3, ("USD", "CNY"))
        self.provider._store(quotes[:4])
        before = self._rates(self.usd)
        jumped = [
            *quotes[:4],
            dataclasses.replace(quotes[4], value=quotes[4].value * 2),
            quotes[5],
        ]
        stored = self.provider._store(jumped)[self.company]
        self.assertEqual(stored.held, 1)
        self.assertEqual(self._rates(self.usd), before)
        [hold] = self._found()
        self.assertEqual((hold.reason, hold.currency_id), ("jump", self.usd))
        self.assertEqual(self.provider._store(jumped)[self.company].held, 0)
        self._as(self.finance, hold).action_accept("Compared")
        self.assertEqual(len(self._rates(self.usd)), 3)
        self.assertAlmostEqual(self._rates(self.usd)[str(hold.date)], hold.rate)
        self.assertEqual(self.provider._store(jumped)[self.company].held, 0)
