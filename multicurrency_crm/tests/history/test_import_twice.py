"""One file in two imports that create their customers: everything comes in once."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .history_common import DAY, HistoryCommon

FILES = {
    "items": [
        ("Customer", "Customer Code", "Invoice No", "Due Date", "Currency", "Open"),
        ("Oslo Salmon", "O-1", "1", "2026-07-31", "USD", "10.00"),
        ("Oslo Salmon", "O-1", "2", "2026-07-31", "EUR", "30.00"),
        ("Porto Cork", "P-1", "1", "2026-07-31", "USD", "20.00"),
    ],
    "balances": [
        ("Customer", "Currency", "Balance"),
        ("Oslo Salmon", "USD", "10.00"),
        ("Porto Cork", "EUR", "5.00"),
    ],
    "past": [
        ("Customer", "Document Number", "Date", "Amount", "Currency"),
        ("Oslo Salmon", "X-1", "2026-02-03", "5.00", "USD"),
    ],
    "notes": [
        ("Customer", "Date", "Text"),
        ("Oslo Salmon", "2026-02-03", "Called"),
    ],
}
WRITTEN = ("account.move.line", "customer.past.document", "mail.message", "res.partner")


@tagged("post_install", "-at_install")
class TestTwice(HistoryCommon):
    def _count(self):
        return {name: self.env[name].search_count([]) for name in WRITTEN}

    def _check_two(self, kind, rows=None):
        return [
            self._check_whole(
                rows or FILES[kind],
                kind=kind,
                create_customers=True,
                file_name=f"{kind} {number}.csv",
            )
            for number in (1, 2)
        ]

    def test_22_of_two_checked_before_either_was_published_one_wins(self):
        for kind in FILES:
            with self.subTest(kind=kind):
                first, second = self._check_two(kind)
                first.action_publish()
                self.assertEqual(first.state, "done", first.failure)
                written = self._count()
                with (
                    self.assertRaisesRegex(UserError, "brought in by somebody else"),
                    self.env.cr.savepoint(),
                ):
                    second.action_publish()
                self.assertEqual(second.state, "ready")
                self.assertEqual(self._count(), written)
                first.action_undo()
                self.assertEqual(first.state, "undone", first.failure)

    def test_22_while_the_first_is_at_it_the_second_waits(self):
        for kind in FILES:
            with self.subTest(kind=kind):
                first, second = self._check_two(kind)
                first.sudo()._write_guarded({"state": "publishing"})
                with (
                    self.assertRaisesRegex(UserError, "is just creating Oslo Salmon"),
                    self.env.cr.savepoint(),
                ):
                    second.action_publish()
                first.sudo()._write_guarded({"state": "ready"})

    def test_22_customers_wait_for_items_that_create_them_and_items_for_customers(self):
        items = self._check_whole(FILES["items"], create_customers=True)
        customers = self._check_whole(
            [("Customer", "Customer Code"), ("Oslo Salmon", "O-1")],
            kind="customers",
            file_name="customers.csv",
        )
        for one, other in ((items, customers), (customers, items)):
            one.sudo()._write_guarded({"state": "publishing"})
            with self.assertRaises(UserError), self.env.cr.savepoint():
                other.action_publish()
            one.sudo()._write_guarded({"state": "ready"})
        customers.action_publish()
        items.action_publish()
        self.assertEqual((items.state, customers.state), ("done", "done"))
        domain = [("name", "=", "Oslo Salmon")]
        self.assertEqual(self.env["res.partner"].search_count(domain), 1)

    def test_22_follow_ups_of_a_known_customer_come_once(self):
        rows = [("Customer", "Date", "Text"), ("Atacama Minerals", "2026-02-03", "Hi")]
        first, second = self._check_two("notes", rows)
        first.action_publish()
        with self.assertRaisesRegex(UserError, "1 rows were brought in"):
            second.action_publish()

    def test_22_a_follow_up_that_is_in_its_file_twice_comes_once(self):
        for name in ("Atacama Minerals", "Oslo Salmon"):
            with self.subTest(name=name):
                rows = [("Customer", "Date", "Text"), *[(name, "2026-02-03", "Hi")] * 2]
                record = self._check_whole(rows, kind="notes", create_customers=True)
                states = record.row_ids.mapped("state")
                self.assertEqual(states, ["create", "duplicate"])

    def test_22_an_invoice_that_was_entered_since_the_check_is_seen(self):
        record = self._check_whole(FILES["items"], create_customers=True)
        oslo = self.env["res.partner"].create({"name": "Oslo Salmon", "ref": "O-1"})
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": oslo.id,
                "currency_id": self.usd.id,
                "invoice_date": DAY,
                "ref": "1",
                "invoice_line_ids": [Command.create({"name": "A", "price_unit": 10.0})],
            }
        )
        invoice.action_post()
        with self.assertRaisesRegex(UserError, "1 rows were brought in"):
            record.action_publish()

    def test_22_what_differs_is_brought_in_beside(self):
        first = self._check_whole(FILES["items"], create_customers=True)
        second = self._check_whole(
            [FILES["items"][0], ("Oslo Salmon", "O-1", "9", "", "USD", "7.00")],
            create_customers=True,
            file_name="more.csv",
        )
        first.action_publish()
        second.action_publish()
        self.assertEqual(second.state, "done", second.failure)
        found = self._find_open()
        self.assertEqual(found["Oslo Salmon", "USD"], 17.0)
