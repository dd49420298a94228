"""What went wrong elsewhere, each named after its thread."""

from odoo.tests import freeze_time, tagged

from .collection_common import CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionThreads(CollectionCommon):
    def test_457_380_the_open_balance_not_the_invoice_total(self):
        """OCA/credit-control#457, #380"""
        move = self._invoice(900.0, self.usd, "2026-01-01")
        self._match(move, self._pay(650.5, self.usd, "2026-02-01"))
        letter = self._letter()
        self.assertEqual((letter.amount, letter.line_ids.amount), (249.5, 900.0))
        self._send(letter)
        self.assertIn("249.50 USD", letter.mail_id.body_html)
        self.assertNotIn("900.00", letter.mail_id.body_html)

    def test_378_310_changing_a_contact_zeroes_nothing(self):
        """OCA/credit-control#378, #310"""
        self._invoice(900.0, self.usd, "2026-01-01")
        letter = self._letter()
        self.buyer.child_ids = [
            (0, 0, {"name": "New", "type": "invoice", "email": "new@buyer.example"})
        ]
        letter.invalidate_recordset()
        self.assertEqual(letter.contact_id.name, "New")
        self._send(letter)
        self.assertEqual((letter.amount, letter.line_ids.residual), (900.0, 900.0))
        self.assertEqual(letter.sent_to, "new@buyer.example")

    def test_122_unsent_lines_do_not_escalate(self):
        """OCA/credit-control#122"""
        self._invoice(900.0, self.usd, "2026-01-01")
        first = self._letter()
        with freeze_time("2026-05-02 10:00:00"):
            self.assertFalse(self._has_letter())
            first.with_user(self.finance).action_leave_out()
            self.assertEqual(self._letter().level_id, self.first)

    def test_30940_exchange_differences_are_no_items(self):
        """odoo/odoo#30940: a gain or loss is ours, and nothing that a customer owes."""
        self._set_rate(self.usd, "2026-01-20", 1.2, self.books)
        move = self._invoice(1100.0, self.usd, "2026-01-01")
        self._match(move, self._pay(1100.0, self.usd, "2026-01-25"))
        self.assertTrue(move.line_ids.matched_credit_ids.exchange_move_id)
        other = self._invoice(50.0, self.usd, "2026-01-02")
        self.assertEqual(self._letter().line_ids.move_id, other)

    def test_186877_several_overdue_and_a_cancelled_one(self):
        """odoo/odoo#186877"""
        kept = self._invoice(50.0, self.usd, "2026-01-02")
        kept |= self._invoice(60.0, self.usd, "2026-01-03")
        gone = self._invoice(70.0, self.usd, "2026-01-04")
        gone.button_draft()
        gone.button_cancel()
        letter = self._letter()
        self.assertEqual(letter.line_ids.move_id, kept)
        self.assertEqual(letter.amount, 110.0)

    def test_56006_56883_the_documents_amount_under_its_own_code(self):
        """frappe/erpnext#56006, #56883: the company's amount under a foreign symbol."""
        self._invoice(16_000.0, self.jpy, "2026-01-02")
        letter = self._letter()
        self.assertEqual(letter.amount, 16_000.0)
        self._send(letter)
        self.assertIn("16,000 JPY", letter.mail_id.body_html)
        self.assertIn("16,000 JPY", letter.mail_id.subject)

    def test_45685_due_today_is_not_late(self):
        """frappe/erpnext#45685"""
        self.first.days = 1
        self._invoice(50.0, self.usd, "2026-02-01", due="2026-03-02")
        self.friendly.action_archive()
        self.assertFalse(self._has_letter())
        with freeze_time("2026-03-03 10:00:00"):
            self.assertEqual(self._letter().most_late, 1)

    def test_41413_nothing_in_another_currency(self):
        """A customer that owes dollars and is owed pounds: pounds pay no dollars."""
        self._invoice(50.0, self.usd, "2026-01-02")
        self._pay(500.0, self.gbp, "2026-02-01")
        self.assertRecordValues(self._letter(), [{"amount": 50.0, "unallocated": 0.0}])
