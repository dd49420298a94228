"""A decision on a held rate is a person's, is found again, and can be undone."""

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import eur_quote
from .hold_common import DAY, HoldCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestUndo(HoldCommon):
    def setUp(self):
        super().setUp()
        self.Change = self.env["fx.rate.change"]
        self.seen = self.Change.search([])

    def _changes(self):
        return self.Change.search([], order="id") - self.seen

    def _quotes(self, usd, cny="7.7000", day=DAY):
        return [eur_quote(day, "USD", usd), eur_quote(day, "CNY", cny)]

    def _reopen(self, hold, note="The bank says no"):
        return self._as(self.finance, hold).action_reopen(note)

    def test_20_accepting_is_logged_as_a_persons_decision(self):
        """It was logged as "fetched again", and hidden by the default filter."""
        hold = self._held()
        self._as(self.finance, hold).action_accept("The page says so")
        change = self._changes()
        self.assertRecordValues(
            change,
            [
                {
                    "kind": "accepted",
                    "decision": "accepted",
                    "hold_id": hold.id,
                    "create_uid": self.finance.id,
                    "reason": "The page says so",
                    "old_rate": 0.0,
                    "provider_id": self.provider.id,
                }
            ],
        )
        self.assertAlmostEqual(change.new_rate, 0.18)
        self.assertEqual(change, self._found_by_default())

    def _found_by_default(self):
        """What the list of changes shows when it is opened, of this test."""
        action = self.env.ref("multicurrency_crm.fx_rate_change_action")
        [default] = safe_eval(action.context)
        name = default.removeprefix("search_default_")
        view = self.env.ref("multicurrency_crm.fx_rate_change_view_search")
        [domain] = view._get_combined_arch().xpath(f"//filter[@name='{name}']/@domain")
        return self.Change.search(safe_eval(domain)) - self.seen

    def test_20_a_correction_is_logged_once(self):
        self.provider._store(self._quotes("1.1000"))
        jumped = self._quotes("1.4000")
        self.provider._store(jumped)
        [hold] = self._found()
        self._as(self.finance, hold).action_accept("They said so")
        change = self._changes()
        self.assertEqual(change.mapped("kind"), ["accepted"])
        self.assertAlmostEqual(change.old_rate, 1.1 / 7.7)
        self.assertAlmostEqual(change.new_rate, 1.4 / 7.7)

    def test_20_what_was_accepted_leaves_the_books(self):
        hold = self._held()
        self._as(self.finance, hold).action_accept("Seen")
        self._reopen(hold)
        self.assertFalse(self._rates(self.usd))
        self.assertRecordValues(
            hold, [{"state": "pending", "decided_by": False, "booked_on": False}]
        )
        self.assertTrue(hold.activity_ids)
        accepted, undone = self._changes()
        self.assertRecordValues(
            undone,
            [
                {
                    "kind": "undone",
                    "hold_id": hold.id,
                    "create_uid": self.finance.id,
                    "reason": "The bank says no",
                    "new_rate": 0.0,
                }
            ],
        )
        self.assertAlmostEqual(undone.old_rate, accepted.new_rate)
        # and it is decided anew
        self._as(self.finance, hold).action_accept("It is right after all")
        self.assertRates(self.usd, {DAY: 0.18})

    def test_20_what_it_had_replaced_comes_back(self):
        before = self._quotes("1.1000")
        self.provider._store(before)
        [row] = self.Rate.search([("currency_id", "=", self.usd.id)])
        evidence = row.read(
            ["rate", "fx_quoted", "fx_kind", "fx_published_on", "fx_base_rate"]
        )
        self.provider._store(self._quotes("1.4000"))
        [hold] = self._found()
        self._as(self.finance, hold).action_accept("Seen")
        self.assertRates(self.usd, {DAY: 1.4 / 7.7})
        self._reopen(hold)
        self.assertRates(self.usd, {DAY: 1.1 / 7.7})
        [row] = self.Rate.search([("currency_id", "=", self.usd.id)])
        [again] = row.read(list(evidence[0]))
        self.assertEqual(again | {"id": 0}, evidence[0] | {"id": 0})
        # a fetch of the same figures finds nothing changed
        stored = self.provider._store(before)[self.company]
        self.assertEqual((stored.written, stored.held), (0, 0))

    def test_20_what_somebody_has_typed_since_stays(self):
        hold = self._held()
        self._as(self.finance, hold).action_accept("Seen")
        self.Rate.search([("currency_id", "=", self.usd.id)]).rate = 0.141
        self._reopen(hold)
        self.assertRates(self.usd, {DAY: 0.141})
        self.assertEqual(hold.state, "pending")

    def test_20_what_was_kept_by_name_goes(self):
        self.provider.purpose = "reference"
        hold = self._held()
        self._as(self.finance, hold).action_accept("Seen")
        named = self.env["fx.rate.named"]
        found = [("provider_id", "=", self.provider.id)]
        self.assertEqual(named.search_count(found), 1)
        self._reopen(hold)
        self.assertFalse(named.search_count(found))

    def test_20_the_next_provider_steps_in_again(self):
        second = self._create_provider(self.company, name="Second", sequence=50)
        second._store(self._quotes("1.1000"))
        hold = self._held()
        self._as(self.finance, hold).action_accept("Seen")
        self.assertRates(self.usd, {DAY: 0.18})
        self._reopen(hold)
        self.assertRates(self.usd, {DAY: 1.1 / 7.7})
        [row] = self.Rate.search([("currency_id", "=", self.usd.id)])
        self.assertEqual(row.fx_provider_id, second)

    def test_20_rejected_is_reopened(self):
        hold = self._held()
        self._as(self.finance, hold).action_reject("Wrong")
        self.assertFalse(self._held())  # not held again
        self._reopen(hold)
        self.assertEqual(hold.state, "pending")
        self.assertEqual(self._changes().mapped("kind"), [])
        self.assertNotIn(
            (self.usd.id, hold.date, hold.quoted),
            self.Hold._get_rejected(self.provider, self.company),
        )

    def test_20_undoing_asks_why(self):
        holds = self._held() | self._held(currency_id=self.eur.id, rate=0.13)
        self._as(self.finance, holds).action_accept("Seen")
        action = self._as(self.finance, holds).action_reopen()
        self.assertEqual(set(holds.mapped("state")), {"accepted"})
        wizard = self.env[action["res_model"]].with_user(self.finance)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertIn("leaves the books", form.consequence)
            form.reason = "One click too many"
        form.record.action_apply()
        self.assertEqual(set(holds.mapped("state")), {"pending"})
        self.assertFalse(self._rates(self.usd) or self._rates(self.eur))

    def test_20_documents_in_between_are_named(self):
        hold = self._held()
        self._as(self.finance, hold).action_accept("Seen")
        self._create_order(currency_id=self.usd.id).action_confirm()
        sentence = self._as(self.finance, hold)._explain_reopening()
        self.assertIn("0 posted entries and 1 confirmed orders", sentence)

    def test_20_whoever_may_decide_may_undo(self):
        hold = self._held()
        self._as(self.finance, hold).action_accept("Seen")
        reader = self._create_user("reader", "multicurrency_crm.group_user")
        american = self._create_user(
            "american", "multicurrency_crm.group_finance", self.other_company
        )
        for user in (reader, american):
            with self.assertRaises(AccessError):
                self._as(user, hold).action_reopen("Mine now")
            with self.assertRaises(AccessError):
                self.env["fx.rate.hold.decide"].with_user(user).create(
                    {"decision": "reopen", "hold_ids": hold.ids, "reason": "x"}
                ).action_apply()
        self.assertRates(self.usd, {DAY: 0.18})

    def test_20_nothing_half_undone(self):
        """Of two, the second of which nobody has decided, neither is undone."""
        decided, pending = self._held(), self._held(currency_id=self.eur.id)
        self._as(self.finance, decided).action_accept("Seen")
        with self.assertRaisesRegex(UserError, "there is nothing to undo"):
            self._reopen(decided | pending)
        self.assertEqual(decided.state, "accepted")
        self.assertRates(self.usd, {DAY: 0.18})

    def test_20_another_figure_waits_already(self):
        hold = self._held()
        self._as(self.finance, hold).action_reject("Wrong")
        self._held(quoted="1 EUR = 1.31 USD")
        with self.assertRaisesRegex(UserError, "to be reviewed already"):
            self._reopen(hold)

    def test_20_what_was_closed_automatically_stays(self):
        hold = self._held()
        self.Hold._supersede(
            self.provider, self.company, {(self.usd.id, hold.date): hold.quoted}
        )
        self.assertFalse(hold.can_be_reopened)
        with self.assertRaisesRegex(UserError, "Nobody has decided"):
            self._reopen(hold)
