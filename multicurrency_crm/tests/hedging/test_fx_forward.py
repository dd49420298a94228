from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..rate_lock.common import LATER, TODAY
from .forward_common import VALUE_DATE, ForwardCommon


@tagged("post_install", "-at_install")
class TestFxForward(ForwardCommon):
    # === TERMS === #

    def test_rate_follows_from_the_quoted_text(self):
        forward = self._forward(quoted="7.1010")
        self.assertEqual(forward.rate, 1 / 7.1010)
        self.assertEqual(forward.rate_display, "1 USD = 7.1010 CNY")
        self.assertEqual(forward.amount_company, 71_010.0)
        other = self._forward(quoted="0.14", quote_direction="unit_per_company")
        self.assertEqual(other.rate, 0.14)
        self.assertEqual(other.rate_display, "1 USD ≈ 7.1429 CNY (1 CNY = 0.14000 USD)")

    def test_numbers_of_its_own(self):
        first, second = self._forward(), self._forward()
        self.assertTrue(first.name.startswith("FWD/2026/"))
        self.assertNotEqual(first.name, second.name)
        self.env["ir.sequence"].create(
            {
                "name": "Ours",
                "code": "fx.forward",
                "prefix": "OURS",
                "company_id": self.company.id,
            }
        )
        self.assertTrue(self._forward().name.startswith("OURS"))

    def test_what_banks_quote_besides_is_kept_as_text(self):
        forward = self._forward(forward_points="-35.50", spot_quoted="7.1036")
        self.assertEqual(forward.forward_points, "-35.50")
        for text in ("1,000.5", "about 7", "1e3"):
            with self.assertRefused("isn't a valid number"):
                forward.forward_points = text

    def test_what_is_no_contract(self):
        for quoted in ("", "0", "-7.1", "7,1", "abc"):
            with self.assertRefused("can't be locked"):
                self._forward(quoted=quoted)
        with self.assertRefused("own currency"):
            self._forward(currency_id=self.cny.id)
        yesterday = TODAY - timedelta(days=1)
        for values in ({"amount": 0}, {"amount": -5}, {"value_date": yesterday}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
                self._forward(**values)

    def test_yen_and_dinars(self):
        """No decimals, and three."""
        yen = self._active_forward(1_000_000, "0.0480", currency_id=self.jpy.id)
        self.assertEqual(yen.amount_company, 48_000.0)
        self.assertEqual(yen.mark_to_market, 200.0)  # spot 0.0478
        dinars = self._active_forward(1234.567, "23.2", currency_id=self.kwd.id)
        self.assertEqual(dinars.amount, 1234.567)
        self.assertAlmostEqual(dinars.mark_to_market, 18.27, 2)  # spot 23.1852

    # === LIFE === #

    def test_terms_stay_once_active(self):
        forward = self._forward()
        forward.amount = 12_000
        forward.action_activate()
        self.assertEqual(forward.state, "active")
        for values in ({"amount": 1}, {"quoted_rate": "7.2"}, {"side": "buy"}):
            with self.assertRefused("terms of a forward"):
                forward.write(values)
        forward.note = "Booked by telephone"
        with self.assertRefused("stays as evidence"):
            forward.unlink()
        with self.assertRefused("is active"):
            forward.action_activate()

    def test_state_is_not_written_by_hand(self):
        forward = self._forward().with_user(self.finance)
        for values in ({"state": "settled"}, {"rate": 5}, {"amount_allocated": 1}):
            with self.assertRefused("by hand"):
                forward.write(values)
        sneaky = self.env["fx.forward"].with_user(self.finance)
        values = {
            "counterparty_id": self.bank.id,
            "currency_id": self.usd.id,
            "amount": 5.0,
            "quoted_rate": "7",
            "value_date": VALUE_DATE,
        }
        made = sneaky.with_context(default_state="settled").create(values)
        self.assertEqual(made.state, "draft")
        with self.assertRefused("by hand"):
            sneaky.create({**values, "state": "active"})

    def test_settling(self):
        forward = self._forward()
        with self.assertRefused("draft"):
            forward.action_settle()
        with self.assertRefused("draft"):
            forward.action_ask_settle()
        forward.action_activate()
        asked = forward.action_ask_settle()["params"]
        self.assertEqual(
            (asked["ids"], asked["method"]), (forward.ids, "action_settle")
        )
        self.assertEqual(forward.state, "active", "asked only")
        with freeze_time(f"{VALUE_DATE} 04:00:00"):
            forward.action_settle()
        self.assertEqual(forward.state, "settled")
        self.assertEqual(forward.settled_date, VALUE_DATE)
        self.assertEqual(forward.mark_to_market, 0.0)

    def test_cancelling_takes_a_reason_and_uncovers(self):
        forward = self._active_forward()
        order = self._order_over(4_000)
        self._cover(forward, order, 4_000)
        wizard = self.env["fx.forward.cancel"].create(
            {"forward_id": forward.id, "reason": " "}
        )
        with self.assertRefused("Say why"):
            wizard.action_apply()
        self.assertEqual(forward.action_cancel()["res_model"], wizard._name)
        wizard.reason = "Closed out with the bank"
        wizard.action_apply()
        self.assertEqual(forward.state, "cancelled")
        self.assertEqual(forward.cancel_reason, "Closed out with the bank")
        self.assertFalse(forward.allocation_ids)
        self.assertEqual(forward.amount_allocated, 0.0)
        bodies = "".join(order.message_ids.mapped("body"))
        self.assertIn("no longer", bodies)

    def test_a_draft_can_be_deleted_and_copied(self):
        forward = self._active_forward(bank_reference="X-1")
        copy = forward.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.bank_reference)
        copy.unlink()
        self.assertFalse(copy.exists())

    # === VALUE DATE === #

    def _run_cron(self, day):
        with freeze_time(f"{day} 04:00:00"), self.enter_registry_test_mode():
            self.env.ref(
                "multicurrency_crm.ir_cron_tell_due_forwards"
            ).sudo().method_direct_trigger()

    def test_finance_is_told_once(self):
        forward = self._active_forward(user_id=self.finance.id)
        self._run_cron(VALUE_DATE - timedelta(days=1))
        self.assertFalse(forward.activity_ids)
        self._run_cron(VALUE_DATE)
        activity = forward.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        self.assertIn(forward.name, activity.note)
        self._run_cron(VALUE_DATE + timedelta(days=1))
        self.assertEqual(forward.activity_ids, activity)
        with freeze_time(f"{VALUE_DATE} 05:00:00"):
            forward.action_settle()
        self.assertFalse(forward.activity_ids)

    def test_somebody_of_finance_is_told_where_nobody_is_responsible(self):
        forward = self._active_forward(user_id=self.plain_seller.id)
        self._run_cron(VALUE_DATE)
        user = forward.activity_ids.user_id
        self.assertTrue(user.has_group("multicurrency_crm.group_finance"))

    # === WORTH === #

    def test_worth_today(self):
        """Spot 7.1234: dollars sold at 7.10 lost, bought at 7.10 gained."""
        sold = self._active_forward(10_000, "7.10")
        bought = self._active_forward(10_000, "7.10", side="buy")
        self.assertEqual(sold.mark_to_market, -234.0)
        self.assertEqual(bought.mark_to_market, 234.0)
        self.assertIn("1 USD = 7.1234 CNY", sold.spot_note)
        self.assertIn("11/20/2026", sold.spot_note)
        with freeze_time(f"{LATER} 04:00:00"):
            (sold | bought).invalidate_recordset()
            self.assertEqual(sold.mark_to_market, 979.0)  # spot 7.0021
            self.assertEqual(bought.mark_to_market, -979.0)

    def test_worth_without_a_rate(self):
        (gbp,) = self._activate("GBP")
        gbp.rate_ids.unlink()
        forward = self._active_forward(currency_id=gbp.id)
        self.assertEqual(forward.mark_to_market, 0.0)
        self.assertIn("No rate of GBP is known", forward.spot_note)

    def test_worth_costs_no_query_a_row(self):
        few = self._active_forward() | self._active_forward()
        many = few
        for _n in range(10):
            many |= self._active_forward()
        self.env.flush_all()
        few.mapped("mark_to_market")  # what is read once and kept
        counts = []
        for forwards in (few, many):
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            forwards.mapped("mark_to_market")
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(*counts)

    # === COMPANIES AND RIGHTS === #

    def test_rights(self):
        forward = self._active_forward()
        reader = forward.with_user(self.user)
        self.assertEqual(reader.rate_display, "1 USD = 7.1000 CNY")
        with self.assertRaises(AccessError):
            reader.action_settle()
        with self.assertRaises(AccessError):
            reader.copy()
        with self.assertRaises(AccessError):
            forward.with_user(self.plain_seller).read(["name"])
        own = Form(self.env["fx.forward"].with_user(self.finance))
        own.counterparty_id = self.bank
        own.currency_id = self.usd
        own.amount = 1_000
        own.quoted_rate = "7.15"
        own.value_date = VALUE_DATE
        forward = own.save()
        forward.action_activate()
        self.assertEqual(forward.state, "active")
        self.assertEqual(forward.user_id, self.finance)

    def test_another_company(self):
        forward = self._forward(
            company_id=self.other_company.id, currency_id=self.eur.id
        )
        self.assertEqual(forward.rate_display, "1 EUR = 7.1000 USD")
        stranger = forward.with_user(self.finance).with_context(
            allowed_company_ids=self.company.ids
        )
        with self.assertRaises(AccessError):
            stranger.read(["name"])

    def test_a_branch(self):
        branch = self._create_company(
            "Harbour West", self.cny, parent_id=self.company.id
        )
        self.env.user.company_ids |= branch
        forward = self._active_forward(company_id=branch.id)
        self.assertEqual(forward.mark_to_market, -234.0)
