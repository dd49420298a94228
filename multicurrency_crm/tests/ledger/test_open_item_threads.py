from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .ledger_common import LedgerCommon


class ThreadsCommon(LedgerCommon):
    """The dollar halves: USD 1,100 is booked 1,000 in January, 500 from February."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_rate(cls.usd, "2026-02-01", 2.2, cls.books)

    def _pay_and_match(self, day, on):
        """An invoice of January, paid on a day and matched on another one.

        :return: (invoice, payment, exchange entry)
        """
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        with freeze_time(on):
            payment = self._pay(1100.0, self.usd, day)
            self._match(invoice, payment)
        lines = (invoice | payment.move_id).line_ids
        exchange = (lines.matched_debit_ids | lines.matched_credit_ids).exchange_move_id
        return invoice, payment, exchange

    def _find(self, day):
        Line = self.env["account.move.line"]
        return Line._find_open_items(self.books, date.fromisoformat(day))


@tagged("post_install", "-at_install")
class TestOpenItemThreads(ThreadsCommon):
    """What goes wrong elsewhere."""

    def test_the_day_of_the_exchange_entry_is_not_that_of_the_payment(self):
        """odoo/odoo #287229: dated on the day of matching, or on a month's end."""
        invoice, payment, exchange = self._pay_and_match("2026-02-05", "2026-03-20")
        self.assertEqual(exchange.date, date(2026, 2, 28))
        # on the days between, nothing in dollar and something in euro, by name
        (item,) = self._find("2026-02-27")
        self.assertEqual(
            (item.move_id, item.residual, item.residual_booked, item.state),
            (invoice.id, 0.0, 500.0, "realised_later"),
        )
        self.assertEqual(self._find("2026-02-28"), [])
        self.assertEqual(len(self._find("2026-02-04")), 1)
        self.assertEqual(payment.date, date(2026, 2, 5))

    def test_an_exchange_entry_of_the_same_day(self):
        self._pay_and_match("2026-02-05", "2026-02-05")
        self.assertEqual(self._find("2026-02-05"), [])

    def test_unreconciling_reverses_in_another_period(self):
        """odoo/odoo #126665, #78197: the past changes, of which statements therefore
        keep copies; what is open on a day is what the entries of that day say."""
        invoice, payment, exchange = self._pay_and_match("2026-02-05", "2026-02-05")
        self.assertEqual(self._find("2026-02-05"), [])
        with freeze_time("2026-04-10"):
            invoice.line_ids.remove_move_reconcile()
        reversal = exchange.reversal_move_ids
        self.assertGreater(reversal.date, exchange.date)
        self.assertEqual(
            self._open("2026-02-05"),
            {
                (invoice.name, "invoice"): (1100.0, 1000.0),
                (payment.move_id.name, "advance"): (-1100.0, -500.0),
                (exchange.name, "exchange"): (0.0, -500.0),
            },
        )
        self.assertEqual(
            self._open(reversal.date.isoformat()),
            {
                (invoice.name, "invoice"): (1100.0, 1000.0),
                (payment.move_id.name, "advance"): (-1100.0, -500.0),
            },
        )

    def test_the_rest_of_a_part_keeps_its_rate(self):
        """odoo/odoo #84201: a partial match skewed what was left."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(440.0, self.usd, "2026-02-05")
        self._match(invoice, payment)
        (item,) = [x for x in self._find("2026-04-30") if x.kind == "invoice"]
        self.assertEqual((item.residual, item.residual_booked), (660.0, 600.0))

    def test_an_exchange_difference_lowers_no_foreign_amount(self):
        """erpnext #35301."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(440.0, self.usd, "2026-02-05")
        self._match(invoice, payment)
        total = sum(item.residual for item in self._find("2026-04-30"))
        self.assertEqual(total, 660.0)

    def test_items_worth_nothing_in_the_books_are_open(self):
        """OCA/account-financial-reporting #792: a line with balance 0 and an amount."""
        entry = self._entry(250.0, 0.0, self.usd, "2026-01-05")
        self.assertEqual(
            self._open("2026-01-31"), {(entry.name, "entry"): (250.0, 0.0)}
        )

    def test_nothing_left_but_in_the_books_is_to_clear(self):
        """erpnext #42052, #33165, #35794: foreign 0, company 500."""
        exchange = self._entry(0.0, 500.0, self.usd, "2026-01-05")
        (item,) = self._find("2026-01-31")
        self.assertEqual(
            (item.move_id, item.kind, item.residual, item.residual_booked, item.state),
            (exchange.id, "exchange", 0.0, 500.0, "to_clear"),
        )

    def test_storno_counts_once(self):
        """OCA/account-financial-reporting #1269: credit notes were doubled."""
        self.books.account_storno = True
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        refund = self._invoice(440.0, self.usd, "2026-01-12", kind="out_refund")
        line = refund.line_ids.filtered(lambda line: line.account_id == self.receivable)
        self.assertLess(line.debit, 0.0)
        self.assertEqual(
            self._open("2026-01-12"),
            {
                (invoice.name, "invoice"): (1100.0, 1000.0),
                (refund.name, "credit_note"): (-440.0, -400.0),
            },
        )
        self._match(invoice, refund)
        self.assertEqual(
            self._open("2026-01-12"), {(invoice.name, "invoice"): (660.0, 600.0)}
        )

    def test_exchange_differences_are_no_documents(self):
        """odoo/odoo #30940: they were dunned; OCA #852, #1059: stated line by line."""
        self._pay_and_match("2026-02-05", "2026-02-05")
        self._entry(0.0, 12.0, self.usd, "2026-02-10")
        self.assertEqual({item.kind for item in self._find("2026-03-01")}, {"exchange"})

    def test_settled_items_are_not_open(self):
        """OCA/account-financial-reporting #799."""
        _invoice, _payment, exchange = self._pay_and_match("2026-02-05", "2026-02-05")
        for day in ("2026-02-05", "2026-02-06", "2026-12-31"):
            self.assertEqual(self._find(day), [], day)
        self.assertTrue(exchange)

    def test_matched_with_another_customers_item(self):
        """OCA/account-financial-reporting #988: it fell out of the opening."""
        other = self._customer("Chandler")
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(440.0, self.usd, "2026-01-20", partner=other)
        self._match(invoice, payment)
        self.assertEqual(
            self._open("2026-01-19", partners=self.buyer),
            {(invoice.name, "invoice"): (1100.0, 1000.0)},
        )
        self.assertEqual(
            self._open("2026-01-20", partners=self.buyer),
            {(invoice.name, "invoice"): (660.0, 600.0)},
        )
        self.assertEqual(self._open("2026-01-20", partners=other), {})

    def test_each_instalment_has_its_day(self):
        """OCA/account-financial-reporting #546, #300: ages that aren't the balance."""
        term = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 45}
                    ),
                ],
            }
        )
        self._invoice(
            1100.0, self.usd, "2026-01-10", invoice_payment_term_id=term.id, due=False
        )
        self.assertEqual(
            [(item.due, item.residual) for item in self._find("2026-03-31")],
            [(date(2026, 1, 10), 330.0), (date(2026, 2, 24), 770.0)],
        )


@tagged("post_install", "-at_install")
class TestOpenItemKinds(ThreadsCommon):
    """What an item is comes from what was booked, not from names."""

    def test_kinds(self):
        invoice = self._invoice(110.0, self.usd, "2026-01-05")
        receipt = self._invoice(110.0, self.usd, "2026-01-05", kind="out_receipt")
        refund = self._invoice(110.0, self.usd, "2026-01-05", kind="out_refund")
        payment = self._pay(110.0, self.usd, "2026-01-05")
        refunded = self._pay(55.0, self.usd, "2026-01-05", direction="outbound")
        entry = self._entry(110.0, 100.0, self.usd, "2026-01-05", ref="Exchange")
        kinds = {item.move_id: item.kind for item in self._find("2026-01-05")}
        self.assertEqual(
            kinds,
            {
                invoice.id: "invoice",
                receipt.id: "invoice",
                refund.id: "credit_note",
                payment.move_id.id: "advance",
                refunded.move_id.id: "advance",
                entry.id: "entry",
            },
        )

    def test_a_valuation_is_what_a_revaluation_links_to(self):
        """Not what stands in its journal or text; linked twice, it is one."""
        entry = self._entry(0.0, 70.0, self.usd, "2026-01-31", ref="Adjustment")
        self._entry(0.0, 30.0, self.usd, "2026-01-31", ref="Revaluation")
        query = SQL("SELECT id FROM account_move WHERE id = %s", entry.id)
        twice = SQL("%s UNION ALL %s", query, query)
        Move = self.registry["account.move"]
        with patch.object(Move, "_get_valuation_query", lambda self: twice):
            found = [(x.kind, x.residual_booked) for x in self._find("2026-01-31")]
        self.assertEqual(found, [("valuation", 70.0), ("exchange", 30.0)])

    def test_a_bank_line_is_money(self):
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-01-05",
                "amount": 500.0,
                "payment_ref": "Transfer",
                "partner_id": self.buyer.id,
            }
        )
        _liquid, suspense, _other = line._seek_for_lines()
        suspense.account_id = self.receivable
        (item,) = self._find("2026-01-05")
        self.assertEqual((item.kind, item.residual), ("advance", -500.0))

    def test_a_dispute_counts_from_its_day(self):
        invoice = self._invoice(110.0, self.usd, "2026-01-05")
        invoice.credit_disputed_since = "2026-02-01"
        self.assertEqual([x.disputed for x in self._find("2026-01-31")], [False])
        self.assertEqual([x.disputed for x in self._find("2026-02-01")], [True])

    def test_what_is_not_followed_up_is_open_all_the_same(self):
        """Odoo leaves items of general journals out of follow-ups."""
        entry = self._entry(110.0, 100.0, self.usd, "2026-01-05")
        (item,) = self._find("2026-01-05")
        self.assertEqual(item.no_followup, entry.line_ids[0].no_followup)


@tagged("post_install", "-at_install")
class TestFollowedAccounts(ThreadsCommon):
    """Receivables and payables, and what somebody marks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deposits = cls.env["account.account"].create(
            {
                "name": "Deposits of customers",
                "code": "217700",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )

    def test_a_payable_is_followed(self):
        self._entry(-110.0, -100.0, self.usd, "2026-01-05", account=self.payable)
        self.assertEqual([x.residual for x in self._find("2026-01-05")], [-110.0])

    def test_an_account_that_is_marked_is_followed(self):
        self._entry(-110.0, -100.0, self.usd, "2026-01-05", account=self.deposits)
        self.assertEqual(self._find("2026-01-05"), [])
        self.deposits.follow_open_items = True
        self.assertEqual([x.residual for x in self._find("2026-01-05")], [-110.0])

    def test_an_archived_account_is_followed(self):
        entry = self._entry(110.0, 100.0, self.usd, "2026-01-05")
        self.receivable.active = False
        self.assertEqual([x.move_id for x in self._find("2026-01-05")], [entry.id])

    def test_only_where_items_are_matched(self):
        plain = self.income
        with self.assertRaisesRegex(ValidationError, "Allow Reconciliation"):
            plain.follow_open_items = True
        self.deposits.follow_open_items = True
        with self.assertRaisesRegex(ValidationError, "Allow Reconciliation"):
            self.deposits.reconcile = False


@tagged("post_install", "-at_install")
class TestCash(ThreadsCommon):
    """What is in banks, and on its way there."""

    def test_receipts_on_their_way_are_cash(self):
        """Community leaves a receipt on the outstanding account until a bank line is
        matched with it: USD 1,100 at 1,000, of which 440 came to the bank."""
        self._pay(1100.0, self.usd, "2026-01-10")
        self._pay(220.0, self.usd, "2026-02-10", direction="outbound")
        way_in = self._get_method("inbound").payment_account_id
        way_out = self._get_method("outbound").payment_account_id
        bank = self.bank.default_account_id
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-01-20",
                "amount": 400.0,
                "foreign_currency_id": self.usd.id,
                "amount_currency": 440.0,
                "payment_ref": "Transfer",
            }
        )
        suspense = self.bank.suspense_account_id
        find = self.env["account.move.line"]._find_cash
        usd, eur = self.usd.id, self.eur.id
        self.assertEqual(find(self.books, "2026-01-09"), {})
        self.assertEqual(
            find(self.books, "2026-01-19"), {(way_in.id, usd): (1100.0, 1000.0)}
        )
        self.assertEqual(
            find(self.books, "2026-01-20"),
            {
                (way_in.id, usd): (1100.0, 1000.0),
                (bank.id, eur): (400.0, 400.0),
                (suspense.id, usd): (-440.0, -400.0),
            },
        )
        _liquid, unmatched, _other = line._seek_for_lines()
        unmatched.account_id = way_in
        self.assertEqual(
            find(self.books, "2026-02-10"),
            {
                (way_in.id, usd): (660.0, 600.0),
                (bank.id, eur): (400.0, 400.0),
                (way_out.id, usd): (-220.0, -100.0),
            },
        )

    def test_another_companys_money_is_its_own(self):
        self._pay(1100.0, self.usd, "2026-01-10")
        find = self.env["account.move.line"]._find_cash
        self.assertEqual(find(self.company, "2026-02-10"), {})
