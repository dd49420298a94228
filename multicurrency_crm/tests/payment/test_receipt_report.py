"""What came in, by which channel, how long it took, what was kept."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .route_common import RouteCommon


@tagged("post_install", "-at_install")
class TestReceiptReport(RouteCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Report = cls.env["payment.receipt.report"]
        for journal in cls.dollars | cls.bank:
            lines = journal.inbound_payment_method_line_ids
            lines.payment_account_id = journal.default_account_id

    def _rows(self, **values):
        self.env.invalidate_all()
        domain = [("company_id", "=", self.books.id)]
        domain += [(name, "=", value) for name, value in values.items()]
        return self.Report.search(domain, order="date, id")

    def test_a_payment(self):
        route = self._route()
        draft = self._draft(price=1000.0, invoice_date="2026-01-10")
        draft.invoice_date_due = "2026-02-09"
        draft.action_post()
        payment = self._pay(1000.0, self.usd, "2026-02-14")
        self._match(draft, payment)
        (row,) = self._rows()
        self.assertEqual(row.payment_id, payment)
        self.assertEqual(row.partner_id, self.buyer)
        self.assertEqual(row.country_id, self.germany)
        self.assertEqual(row.route_id, route)
        self.assertEqual(row.kind, "payment")
        self.assertEqual(row.channel, payment.journal_id.name)
        self.assertEqual((row.amount, row.booked, row.charges), (1000.0, 7200.0, 0.0))
        self.assertEqual((row.days_invoiced, row.days_due), (35.0, 5.0))
        self.assertEqual(row.action_open()["res_id"], payment.id)

    def test_days_are_weighted_by_what_was_paid(self):
        """USD 300 after 10 days and USD 100 after 30: 15 days."""
        first = self._invoice(300.0, self.usd, "2026-01-21")
        second = self._invoice(100.0, self.usd, "2026-01-01")
        self._match(first, self._pay(5.0, self.usd, "2026-01-21"))
        payment = self._pay(395.0, self.usd, "2026-01-31")
        self._match(first, payment)
        self._match(second, payment)
        row = self._rows(payment_id=payment.id)
        self.assertAlmostEqual(row.days_invoiced, (295 * 10 + 100 * 30) / 395)

    def test_an_advance_has_no_days(self):
        payment = self._pay(50.0, self.usd, "2026-01-31")
        row = self._rows(payment_id=payment.id)
        self.assertFalse(row.route_id)
        read = self.Report._read_group(
            [("id", "=", row.id)], aggregates=["days_due:avg", "amount:sum"]
        )
        self.assertEqual(read, [(False, 50.0)])

    def test_a_line_of_the_bank_with_charges(self):
        invoice = self._invoice(1000.0, self.usd, "2026-01-10")
        receipt = self._come(990.0, "2026-01-15")
        match = self._pays(receipt, invoice, charges=10.0)
        (row,) = self._rows()
        self.assertFalse(row.payment_id)
        self.assertEqual(row.kind, "bank")
        self.assertEqual(row.channel, "Bank in USD")
        self.assertEqual((row.amount, row.booked, row.charges), (1000.0, 7200.0, 72.0))
        self.assertEqual(row.days_invoiced, 5.0)
        opened = row.action_open()
        self.assertEqual(opened["res_model"], "account.move")
        self.assertEqual(opened["res_id"], match.statement_line_id.move_id.id)
        match.action_undo_now()
        self.assertFalse(self._rows())

    def test_charges_of_a_payment_that_was_matched(self):
        """USD 990 came for USD 1,000: what was written off is an entry of its own."""
        invoice = self._invoice(1000.0, self.usd, "2026-01-10")
        payment = self._pay(990.0, self.usd, "2026-01-15")
        receipt = self.env["bank.receipt"]._find_of(payment)
        match = self._pays(receipt, invoice, charges=10.0)
        self.assertTrue(match.charge_move_id)
        (row,) = self._rows()
        self.assertEqual((row.amount, row.charges), (990.0, 72.0))
        match.action_undo_now()
        self.assertEqual(self._rows().charges, 0.0)

    def test_a_payment_that_the_bank_confirms_counts_once_on_its_day(self):
        """Two payments on their way, one line of the bank over both less its fee: the
        fee is shared as they are."""
        transit = self.env["account.account"].create(
            {
                "code": "100999",
                "name": "On its way",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        way = self.dollars.inbound_payment_method_line_ids[:1]
        way.payment_account_id = transit
        payments = self.env["account.payment"]
        for amount in (300.0, 100.0):
            payment = payments.create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.buyer.id,
                    "amount": amount,
                    "currency_id": self.usd.id,
                    "date": "2026-01-10",
                    "journal_id": self.dollars.id,
                    "payment_method_line_id": way.id,
                }
            )
            payment.action_post()
            payments |= payment
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.dollars.id,
                "date": "2026-01-13",
                "amount": 392.0,
                "payment_ref": "Batch less fee",
            }
        )
        _liquidity, suspense, _others = line._seek_for_lines()
        line.move_id.with_context(skip_readonly_check=True).write(
            {
                "line_ids": [
                    Command.update(
                        suspense.id,
                        {
                            "account_id": transit.id,
                            "amount_currency": -400.0,
                            "balance": -2880.0,
                            "name": "Batch",
                        },
                    ),
                    Command.create(
                        {
                            "account_id": self.cost.id,
                            "amount_currency": 8.0,
                            "balance": 57.6,
                            "currency_id": self.usd.id,
                            "name": "Fee",
                        }
                    ),
                ]
            }
        )
        every = line.move_id.line_ids | payments.move_id.line_ids
        every.filtered(lambda item: item.account_id == transit).reconcile()
        rows = self._rows()
        self.assertEqual(rows.payment_id, payments)
        self.assertEqual({str(day) for day in rows.mapped("date")}, {"2026-01-13"})
        self.assertEqual(
            {row.amount: row.charges for row in rows}, {300.0: 43.2, 100.0: 14.4}
        )

    def test_online(self):
        provider = self._provider("Pier Pay")
        payment = self._pay(50.0, self.usd, "2026-01-31")
        method = self.env.ref("payment.payment_method_unknown")
        payment.payment_transaction_id = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "pier-1",
                "amount": 50.0,
                "currency_id": self.usd.id,
                "partner_id": self.buyer.id,
            }
        )
        self.env["res.lang"]._activate_lang("de_DE")
        provider.with_context(lang="de_DE").name = "Pier-Zahlung"
        row = self._rows()
        self.assertEqual((row.kind, row.channel), ("online", "Pier Pay"))
        row.invalidate_recordset()
        self.assertEqual(row.with_context(lang="de_DE").channel, "Pier-Zahlung")

    def test_a_cash_discount_is_no_charge(self):
        payment = self._pay(95.0, self.usd, "2026-01-31")
        discount = self.cost.copy({"code": "560777"})
        self.books.account_journal_early_pay_discount_loss_account_id = discount
        self.assertEqual(self._rows(payment_id=payment.id).charges, 0.0)

    def test_what_is_paid_out_isnt_received(self):
        self._pay(60.0, self.usd, "2026-01-31", direction="outbound")
        draft = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.buyer.id,
                "amount": 7.0,
                "journal_id": self.bank.id,
            }
        )
        self.assertEqual(draft.state, "draft")
        self.assertFalse(self._rows())

    def test_sums_are_whole_and_tie_out(self):
        self._pay(60.0, self.usd, "2026-01-31")
        self._pay(40.0, self.usd, "2026-01-31")
        self._pay(10.0, self.eur, "2026-01-31")
        self.env.invalidate_all()
        groups = self.Report._read_group(
            [("company_id", "=", self.books.id)],
            ["currency_id"],
            ["amount:sum", "booked:sum", "__count"],
        )
        self.assertEqual(
            {currency.name: rest for currency, *rest in groups},
            {"USD": [100.0, 720.0, 2], "EUR": [10.0, 80.0, 1]},
        )
        ((amount, booked),) = self.Report._read_group(
            [("company_id", "=", self.books.id)], [], ["amount:sum", "booked:sum"]
        )
        self.assertFalse(amount, "of two currencies there is no sum")
        owed = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.books.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(booked, -sum(owed.mapped("balance")))

    def test_who_sees_it(self):
        self._pay(60.0, self.usd, "2026-01-31")
        row = self._rows()
        finance = self._colleague("receipts_finance", "multicurrency_crm.group_finance")
        seller = self._colleague("receipts_seller", "multicurrency_crm.group_user")
        abroad = self._colleague(
            "receipts_abroad",
            "multicurrency_crm.group_finance",
            company=self.other_company,
        )
        mine = self._as(row, finance, self.books)
        self.assertEqual(mine.read(["channel", "amount"])[0]["amount"], 60.0)
        found = mine.formatted_read_group(
            [], ["channel", "journal_id", "route_id", "country_id"], ["booked:sum"]
        )
        self.assertEqual(found[0]["booked:sum"], 432.0)
        with self.assertRaises(AccessError):
            self._as(row, seller, self.books).read(["amount"])
        self.assertFalse(
            self._as(self.Report, abroad, self.other_company).search_count([])
        )

    def test_more_receipts_cost_no_more_queries(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._rows().mapped("channel")
            return self.env.cr.sql_log_count - before

        self._pay(60.0, self.usd, "2026-01-31")
        count()
        few = count()
        for amount in range(1, 12):
            self._pay(float(amount), self.usd, "2026-01-31")
        count()
        self.assertEqual(count(), few)
