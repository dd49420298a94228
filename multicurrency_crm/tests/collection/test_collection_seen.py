"""Whoever reads a customer or an invoice reads how it was reminded, and what pauses."""

from odoo.exceptions import AccessError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from .collection_common import CollectionCommon

FEATURE = "multicurrency_crm.group_multicurrency_collection"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionSeen(CollectionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._invoice(500.0, cls.usd, "2026-01-01")
        cls.env["res.config.settings"]._set_features(
            {"group_multicurrency_collection": True}
        )
        cls.own, cls.stranger = (
            new_test_user(
                cls.env,
                login,
                groups="multicurrency_crm.group_user,sales_team.group_sale_salesman",
                company_id=cls.books.id,
                company_ids=[(6, 0, cls.books.ids)],
            )
            for login in ("seen_own", "seen_stranger")
        )
        cls.buyer.user_id = cls.own
        cls.invoice.invoice_user_id = cls.own
        cls.finance.group_ids |= cls.env.ref("account.group_account_invoice")

    def _pause(self, **values):
        return self.env["collection.block"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.books.id,
                "reason": "Offset is agreed",
                "date_to": "2026-03-20",
                **values,
            }
        )

    def test_a_salesperson_comes_to_letters(self):
        letter = self._letter()
        buyer = self._as(self.buyer, self.own, self.books)
        self.assertEqual(buyer.collection_letter_ids, letter)
        self.env.invalidate_all()
        stranger = self._as(self.buyer, self.stranger, self.books)
        self.assertFalse(stranger.collection_letter_ids)
        invoice = self._as(self.invoice, self.own, self.books)
        self.assertEqual(invoice.collection_letter_count, 1)
        found = letter.search(invoice.action_view_letters()["domain"])
        self.assertEqual(found, letter)
        menu = self.env.ref("multicurrency_crm.menu_collection_letter")
        self.assertIn(menu.id, menu.with_user(self.own)._visible_menu_ids())
        # all that the form and the list show is theirs to read
        seen = self._as(letter, self.own, self.books)
        for kind in ("form", "list", "kanban", "search"):
            seen.get_view(view_type=kind)
        Form(seen)

    def test_what_was_skipped_reminds_of_nothing(self):
        self._pause()
        run = self._run()
        self.assertEqual(self._letter(run).state, "skipped")
        self.assertFalse(self.buyer.collection_letter_ids)
        self.assertFalse(self.invoice.collection_letter_count)

    def test_what_is_paused_is_said(self):
        buyer = self._as(self.buyer, self.own, self.books)
        invoice = self._as(self.invoice, self.own, self.books)
        self.assertFalse(buyer.collection_pause or invoice.collection_pause)
        other = self._invoice(90.0, self.usd, "2026-01-02", invoice_user_id=self.own.id)
        one = self._pause(move_id=self.invoice.id, reason="Goods are on their way")
        self.env.invalidate_all()
        self.assertIn("Goods are on their way", buyer.collection_pause)
        self.assertIn("Goods are on their way", invoice.collection_pause)
        self.assertFalse(self._as(other, self.own, self.books).collection_pause)
        one.unlink()
        self._pause()
        self.env.invalidate_all()
        self.assertIn("Offset is agreed", buyer.collection_pause)
        self.assertIn("03/20/2026", invoice.collection_pause)
        with freeze_time("2026-03-21 10:00:00"):
            self.env.invalidate_all()
            self.assertFalse(buyer.collection_pause or invoice.collection_pause)

    def test_finance_pauses_from_customer_and_invoice(self):
        contact = self.env["res.partner"].create(
            {"name": "Ada", "parent_id": self.buyer.id}
        )
        for record, move in ((contact, False), (self.invoice, self.invoice)):
            action = self._as_finance(record).action_pause()
            Block = self._as_finance(self.env["collection.block"])
            with Form(Block.with_context(**action["context"])) as form:
                form.reason = "Agreed"
                form.date_to = "2026-03-09"
            block = form.save()
            self.assertEqual(block.partner_id, self.buyer)
            self.assertEqual(block.move_id, move or block.move_id.browse())
        with self.assertRaises(AccessError):
            self._as(self.env["collection.block"], self.own, self.books).create(
                {"partner_id": self.buyer.id, "reason": "x", "date_to": "2026-03-09"}
            )
