from freezegun import freeze_time

from odoo.tests import tagged

from .conversion_common import DAY, NOON, ConversionCommon


@tagged("post_install", "-at_install")
class TestConversionEntries(ConversionCommon):
    """Where money that was changed waits, and what becomes of its entry."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))
        cls._price(cls.usd, 7.2)
        cls._price(cls.eur, 8.0)
        cls._price(cls.jpy, 0.048)
        cls._price(cls.kwd, 23.4)

    # === WHERE THE MONEY WAITS === #

    def test_where_statements_are_entered_it_waits(self):
        """The bank isn't counted twice, and the statement's lines are matched with what
        waits."""
        usd, transfer = self.banks["USD"], self.books.transfer_account_id
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": usd.id,
                "date": DAY,
                "payment_ref": "Sold to you",
                "amount": -60000.0,
            }
        )
        conversion = self._convert(
            "USD", "CNY", False, amount_from=60000, bank_rate="7.18"
        )
        self.assertIn(transfer.display_name, conversion.legs_note)
        self.assertIn("own account", conversion.legs_note)
        conversion.action_post()
        waiting = conversion.move_id.line_ids.filtered(
            lambda one: one.account_id == transfer
        )
        self.assertEqual(waiting.balance, -432000.0)
        _money, suspense, _others = line._seek_for_lines()
        suspense.account_id = transfer
        (suspense | waiting).reconcile()
        self.assertTrue(waiting.reconciled)
        money = self.env["account.move.line"].search(
            [("account_id", "=", usd.default_account_id.id)]
        )
        self.assertEqual(sum(money.mapped("amount_currency")), -60000.0)
        self.assertEqual(sum(money.mapped("balance")), -432000.0)
        with self.assertRefused("matched with what the bank's statement says"):
            conversion.action_ask_cancel()
        waiting.remove_move_reconcile()
        conversion.action_cancel()
        self.assertEqual(conversion.state, "cancelled")
        self.assertTrue(waiting.reconciled)

    def test_outstanding_accounts_of_the_journal(self):
        account = self.env["account.account"].create(
            {
                "name": "Outstanding in dollars",
                "code": "101991",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        methods = self.banks["USD"].outbound_payment_method_line_ids
        methods[:1].payment_account_id = account
        conversion = self._convert("USD", "CNY", amount_from=100, bank_rate="7.2")
        self.assertIn("Outstanding in dollars", self._booked(conversion.move_id))
        # what comes in waits elsewhere
        back = self._convert("CNY", "USD", amount_to=100, bank_rate="7.2")
        self.assertNotIn("Outstanding in dollars", self._booked(back.move_id))
        self.books.conversion_bank_legs = "bank"
        plain = self._convert("USD", "CNY", amount_from=100, bank_rate="7.2")
        self.assertNotIn("Outstanding in dollars", self._booked(plain.move_id))
        self.books.conversion_bank_legs = "transfer"
        waits = self._convert("USD", "CNY", amount_from=100, bank_rate="7.2")
        accounts = waits.move_id.line_ids.account_id
        self.assertEqual(accounts, self.books.transfer_account_id)
        self.books.transfer_account_id = False
        with self.assertRefused("transfer account"):
            self._convert("USD", "CNY", amount_from=100, bank_rate="7.2")

    # === TAKEN BACK === #

    def test_cancelled_it_leaves_nothing(self):
        conversion = self._convert(
            "USD", "EUR", amount_from=1000, bank_rate="0.89", charges=1
        )
        question = conversion.action_ask_cancel()
        self.assertEqual(question["params"]["method"], "action_cancel")
        with freeze_time("2026-11-25 04:00:00"):
            conversion.action_cancel()
        self.assertEqual(conversion.state, "cancelled")
        self.assertEqual(conversion.cancel_move_id.date, self._day(DAY))
        self.assertEqual(self._nets(conversion.move_id, conversion.cancel_move_id), {})
        with self.assertRefused("is cancelled"):
            conversion.action_cancel()
        with self.assertRefused("is cancelled"):
            conversion.action_post()

    def test_a_closed_day_keeps_it(self):
        conversion = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.2")
        self.books.fiscalyear_lock_date = DAY
        with self.assertRefused("closed to"):
            conversion.action_ask_cancel()
        with self.assertRefused("closed to"):
            conversion.action_cancel()
        self.assertEqual(conversion.state, "posted")

    def test_hashed_and_storno(self):
        self.general.restrict_mode_hash_table = True
        self.books.account_storno = True
        conversion = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.1")
        self.assertTrue(conversion.move_id.inalterable_hash)
        conversion.action_cancel()
        mirror = conversion.cancel_move_id
        self.assertTrue(mirror.inalterable_hash)
        self.assertTrue(all(mirror.line_ids.mapped("is_storno")))
        self.assertLess(min(mirror.line_ids.mapped("credit")), 0.0)
        self.assertEqual(self._nets(conversion.move_id, mirror), {})

    def test_the_entry_stays_with_its_conversion(self):
        conversion = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.1")
        move = conversion.move_id
        self.assertEqual(move.fx_conversion_id, conversion)
        for attempt in (
            move.button_draft,
            move.button_cancel,
            move._reverse_moves,
            move.with_context(force_delete=True).unlink,
        ):
            with self.assertRefused("cancel the conversion instead|posted"):
                attempt()
        conversion.action_cancel()
        with self.assertRefused("cancel the conversion instead"):
            conversion.cancel_move_id.button_draft()
        other = self.env["account.move"].create({"journal_id": self.general.id})
        self.assertFalse(other.fx_conversion_id)

    def test_what_was_exchanged_is_known(self):
        conversion = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.1")
        conversion.action_cancel()
        found = self.env.execute_query(self.env["fx.conversion"]._get_entries_query())
        moves = conversion.move_id | conversion.cancel_move_id
        self.assertLessEqual(set(moves.ids), {move_id for (move_id,) in found})

    def test_terms_stay_once_it_is_booked(self):
        conversion = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.1")
        for values in (
            {"amount_from": 2000},
            {"bank_rate": "7.2"},
            {"charges": 5},
            {"date": "2026-11-19"},
            {"journal_to_id": self.banks["EUR"].id},
        ):
            with self.assertRefused("is posted"):
                conversion.write(values)
        conversion.write({"amount_from": 1000})
        with self.assertRefused("stays as evidence"):
            conversion.unlink()
        self._convert("USD", "CNY", False, amount_from=1, bank_rate="7.1").unlink()
