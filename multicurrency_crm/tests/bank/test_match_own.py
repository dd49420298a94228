"""Money of the company's own: what a bank has changed meets the bank's line."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..hedging.conversion_common import ConversionSetUp
from .bank_common import BankCommon

DAY = "2026-11-20"
OWN = "money of your own that a bank has changed"


@tagged("post_install", "-at_install")
class TestMatchOwn(BankCommon):
    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(f"{DAY} 04:00:00"))
        super().setUpClass()
        cls._price(cls.usd, DAY, 7.10)
        ConversionSetUp._choose_accounts.__func__(cls, cls.books)
        cls._get_method("inbound")
        cls.seller = new_test_user(
            cls.env,
            "own_seller",
            groups="sales_team.group_sale_salesman,multicurrency_crm.group_user",
            company_id=cls.books.id,
            company_ids=[Command.set(cls.books.ids)],
        )

    def _convert(self, amount=1_000.0, got=7_020.0, **values):
        conversion = self.env["fx.conversion"].create(
            {
                "date": DAY,
                "journal_from_id": self.dollars.id,
                "journal_to_id": self.bank.id,
                "amount_from": amount,
                "amount_to": got,
                **values,
            }
        )
        conversion.action_post()
        return conversion

    def _leg(self, conversion):
        return conversion.move_id.line_ids.filtered(
            lambda line: line.amount_currency > 0 and line.account_id.reconcile
        )

    def _claimable(self, receipt):
        Receipt = self.env["payment.claimable"].with_user(self.seller)
        id_ = Receipt._get_id_of(receipt.statement_line_id)
        return bool(Receipt.search([("id", "=", id_)]))

    def test_it_is_proposed_and_matched(self):
        """Where payments wait on an outstanding account, and where statements alone
        are entered: on the transfer account."""
        for way in ("outstanding", "transfer"):
            with self.subTest(way):
                if way == "transfer":
                    methods = self.bank.inbound_payment_method_line_ids
                    methods.payment_account_id = False
                    self._come(1.0, "2026-11-02", self.bank)
                conversion = self._convert()
                leg = self._leg(conversion)
                self.assertEqual(len(leg), 1)
                receipt = self._come(7_020.0, "2026-11-21", self.bank, text="FX 88")
                line = receipt.statement_line_id
                self.assertFalse(self._claimable(receipt))
                screen = self.env["bank.match.make"].browse(
                    receipt.action_match()["res_id"]
                )
                self.assertEqual(screen.partner_id, self.books.partner_id)
                self.assertEqual(screen.reasons, f"{OWN} and the same amount")
                self.assertEqual(screen.line_ids.filtered("amount").item_id, leg)
                screen.action_match()
                self.assertTrue(leg.reconciled)
                self.assertTrue(line.is_reconciled)
                match = self.env["bank.match"].search([], limit=1)
                self.assertEqual(match.item_ids, leg)
                match.action_undo_now()
                self.assertFalse(leg.reconciled)
                self.assertFalse(line.partner_id)
                self.assertFalse(self._claimable(receipt))
                line.unlink()
                conversion.action_cancel()

    def test_nobody_elses(self):
        """Neither in another bank, nor in another currency, nor for a customer, nor
        what is taken back."""
        conversion = self._convert()
        leg = self._leg(conversion)
        elsewhere = self._open_account(self.cny, "CNYB")
        for journal, amount in ((elsewhere, 7_020.0), (self.dollars, 7_020.0)):
            receipt = self._come(amount, "2026-11-21", journal)
            self.assertTrue(self._claimable(receipt))
            self.assertFalse(receipt._find_own())
        receipt = self._come(7_020.0, "2026-11-21", self.bank)
        with self.assertRaisesRegex(UserError, "nothing that Northwind"):
            receipt._allocate(self.buyer, {leg: 7_020.0})
        conversion.action_cancel()
        self.env.invalidate_all()
        self.assertFalse(receipt._find_own())
        self.assertTrue(self._claimable(receipt))

    def test_what_is_claimed_is_of_another_amount_or_time(self):
        self._convert()
        for amount, day in ((7_020.01, DAY), (7_020.0, "2026-11-02")):
            self.assertTrue(self._claimable(self._come(amount, day, self.bank)))
        for day in ("2026-11-13", "2026-11-27"):
            self.assertFalse(self._claimable(self._come(7_020.0, day, self.bank)))

    def test_a_part_of_what_waits_is_no_proposal(self):
        self._convert()
        receipt = self._come(123.0, "2026-11-21", self.bank)
        self.assertFalse(receipt._find_proposals())
        self._pay(4_000.0, self.cny, DAY)
        receipt = self._come(
            123.0, "2026-11-21", self.bank, partner_id=self.buyer.id, text="Part"
        )
        self.assertFalse(receipt._find_proposals())
