"""Invoices and bills in a currency that has no rate, or an old one."""

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ...models.common.customer_present import mark_customer_present
from .test_missing_rate import TODAY, MissingRateCommon


@tagged("post_install", "-at_install")
class TestMissingRateMove(MissingRateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()

    def _create_move(self, currency, move_type="out_invoice", **values):
        return self.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.customer.id,
                "currency_id": currency.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create({"name": "Pump", "price_unit": 10.0, "tax_ids": []})
                ],
                **values,
            }
        )

    def test_stops_posting(self):
        for move_type in (
            "out_invoice",
            "in_invoice",
            "out_refund",
            "in_refund",
            "out_receipt",
            "in_receipt",
        ):
            for currency in (self.eur, self.gbp):
                move = self._create_move(currency, move_type)
                self.assertIn(f"rate of {currency.name}", move.missing_rate_warning)
                with self.assertRaisesRegex(UserError, f"rate of {currency.name}"):
                    move.action_post()
                self.assertEqual(move.state, "draft")
            for currency in (self.cny, self.usd):
                move = self._create_move(currency, move_type)
                self.assertFalse(move.missing_rate_warning)
                move.action_post()
                self.assertEqual(move.state, "posted")

    def test_warn_and_off(self):
        self.company.missing_rate_policy = "warn"
        move = self._create_move(self.gbp)
        self.assertIn("no rate of GBP", move.missing_rate_warning)
        move.action_post()
        self.assertFalse(move.activity_ids)
        self.assertFalse(move.missing_rate_warning)
        self.company.missing_rate_policy = "off"
        move = self._create_move(self.gbp)
        self.assertFalse(move.missing_rate_warning)
        move.action_post()

    def test_of_the_invoices_own_day(self):
        self._create_move(self.eur, invoice_date="2026-01-06").action_post()
        with self.assertRaisesRegex(UserError, "no rate of USD"):
            self._create_move(self.usd, invoice_date="2025-12-31").action_post()

    def test_a_typed_rate_is_a_rate(self):
        move = self._create_move(self.gbp)
        move.invoice_currency_rate = 0.11
        self.assertFalse(move.missing_rate_warning)
        move.action_post()
        self.assertAlmostEqual(move.amount_total_signed, 90.91)

    def test_a_left_over_rate_is_none(self):
        """Made when Odoo knew none: 10 GBP would be 10 CNY for good."""
        move = self._create_move(self.gbp)
        self._set_rate(self.gbp, TODAY, 0.11)
        move.invalidate_recordset(["missing_rate_warning"])
        self.assertIn("refresh", move.missing_rate_warning)
        with self.assertRaisesRegex(UserError, "took 1.0"):
            move.action_post()
        move.refresh_invoice_currency_rate()
        move.action_post()
        self.assertAlmostEqual(move.amount_total_signed, 90.91)

    def test_worth_the_same(self):
        """A rate near 1 may be 1."""
        self._set_rate(self.gbp, TODAY, 1.0)
        self._create_move(self.gbp).action_post()

    def test_credit_note_has_its_invoices_rate(self):
        invoice = self._create_move(self.usd)
        invoice.action_post()
        with freeze_time("2026-06-01 08:00:00"):
            refund = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
            self.assertFalse(refund.missing_rate_warning)
            refund.action_post()
            self.assertEqual(refund.state, "posted")
            with self.assertRaisesRegex(UserError, "rate of USD"):
                self._create_move(
                    self.usd, "out_refund", invoice_date="2026-06-01"
                ).action_post()

    def _post_due(self):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "account.ir_cron_auto_post_draft_entry"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def _get_copy(self, move):
        """The invoice that Odoo copied from one that it posts each month."""
        found = self.env["account.move"].search([("auto_post_origin_id", "=", move.id)])
        copy = found - move
        # as if it had been copied in the test's own time
        self.env.cr.execute(
            "UPDATE account_move SET create_date = %s WHERE id = %s", [TODAY, copy.id]
        )
        copy.invalidate_recordset(["create_date"])
        return copy

    def test_a_rate_typed_on_a_recurring_invoice(self):
        move = self._create_move(self.usd, auto_post="monthly")
        move.action_post()
        copy = self._get_copy(move)
        with freeze_time(f"{copy.invoice_date} 08:00:00"):
            self._set_rate(self.usd, copy.invoice_date, 0.2)
            copy.invoice_currency_rate = 0.15
            self.assertFalse(copy.missing_rate_warning)
            self._post_due()
        self.assertEqual(copy.state, "posted")
        self.assertEqual(copy.invoice_currency_rate, 0.15)

    def test_a_rate_typed_on_an_invoice_for_a_day(self):
        """Nothing was copied."""
        move = self._create_move(self.usd, auto_post="at_date")
        move.invoice_currency_rate = 0.15
        self.assertFalse(move.missing_rate_warning)
        move.action_post()

    def test_a_recurring_invoice_books_at_its_day(self):
        """It is copied a month ahead, at a rate of then (invoiceninja#2831)."""
        move = self._create_move(self.usd, auto_post="monthly")
        move.action_post()
        copy = self._get_copy(move)
        day = copy.invoice_date
        with freeze_time(f"{day} 08:00:00"):
            self._set_rate(self.usd, day, 0.2)
            self.env.invalidate_all()
            self.assertIn("refresh the rate", copy.missing_rate_warning)
            self._post_due()
            self.assertEqual(copy.state, "draft")
            self.assertIn(
                "the rate of its day is 1 USD = 5.0000 CNY ",
                str(copy.message_ids.mapped("body")),
            )
            copy.refresh_invoice_currency_rate()
            self.assertFalse(copy.missing_rate_warning)
            copy._post()
        self.assertEqual(copy.state, "posted")
        self.assertEqual(copy.amount_total_signed, 50.0)

    def test_a_recurring_invoice_at_an_unmoved_rate(self):
        move = self._create_move(self.usd, auto_post="monthly")
        move.action_post()
        copy = self._get_copy(move)
        with freeze_time(f"{copy.invoice_date} 08:00:00"):
            self._set_rate(self.usd, copy.invoice_date, 1 / 7.1)
            copy.refresh_invoice_currency_rate()
            self._post_due()
        self.assertEqual(copy.state, "posted")

    def test_an_entry_is_not_asked(self):
        account = self.company.account_journal_suspense_account_id
        lines = [
            Command.create(
                {
                    "account_id": account.id,
                    "currency_id": self.gbp.id,
                    "amount_currency": sign * 10,
                    "balance": sign * 90,
                }
            )
            for sign in (1, -1)
        ]
        entry = self.env["account.move"].create({"line_ids": lines})
        entry.action_post()
        self.assertEqual(entry.state, "posted")

    def test_a_customer_who_pays_is_not_turned_away(self):
        move = self._create_move(self.gbp)
        mark_customer_present(move).action_post()
        self.assertEqual(move.state, "posted")
        self.assertIn("no rate of GBP", move.activity_ids.note)
        self.assertIn("no rate of GBP", str(move.message_ids.mapped("body")))

    def test_many_with_a_query_or_two(self):
        moves = self.env["account.move"]
        for _n in range(6):
            moves += self._create_move(self.eur) + self._create_move(self.gbp)
        self.env.flush_all()
        moves.mapped("company_id.missing_rate_policy")
        moves.mapped("reversed_entry_id")
        moves.invalidate_recordset(["missing_rate_warning"])
        calls = []
        find = type(self.usd)._find_fresh
        self.patch(
            type(self.usd),
            "_find_fresh",
            lambda *args: calls.append(args) or find(*args),
        )
        moves.mapped("missing_rate_warning")
        self.assertEqual(len(calls), 1)

    def test_a_future_entry_waits(self):
        """Core leaves what is dated ahead to its day: it is judged then."""
        move = self._create_move(self.gbp, date="2026-05-01", invoice_date="2026-05-01")
        move._post(soft=True)
        self.assertEqual(move.state, "draft")

    def test_invoicing_user_without_our_groups(self):
        user = new_test_user(
            self.env,
            "biller",
            groups="base.group_user,account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        move = self._create_move(self.gbp).with_user(user)
        self.assertIn("no rate of GBP", move.missing_rate_warning)
        with self.assertRaisesRegex(UserError, "no rate of GBP"):
            move.action_post()
        usd = self._create_move(self.usd).with_user(user)
        usd.action_post()
        self.assertEqual(usd.state, "posted")

    def test_policy_warn_costs_no_query(self):
        """Not on posting, with our checks or without."""
        self.company.missing_rate_policy = "warn"

        def count(move):
            self.env.flush_all()
            before = self.cr.sql_log_count
            move.action_post()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(self._create_move(self.gbp))
        with_checks = count(self._create_move(self.gbp))
        self.patch(
            type(self.env["account.move"]),
            "_filter_stopped_without_rate",
            lambda moves: moves.browse(),
        )
        self.assertLessEqual(with_checks, count(self._create_move(self.gbp)))
