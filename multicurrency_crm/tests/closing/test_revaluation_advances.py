from odoo import Command
from odoo.tests import tagged

from .revaluation_common import RevaluationCommon


class AdvancesCommon(RevaluationCommon):
    """USD 100 are ordered; 40 are paid ahead at 7.00, the rest is invoiced at 7.20."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for day, price in (
            ("2026-08-01", 7.00),
            ("2026-08-31", 7.10),
            ("2026-09-01", 7.20),
            ("2026-09-30", 7.20),
            ("2026-10-31", 7.40),
        ):
            cls._price(cls.usd, day, price)
        cls.deposits = cls.env["account.account"].create(
            {
                "name": "Deposits",
                "code": "228802",
                "account_type": "liability_current",
            }
        )
        cls.books.downpayment_account_id = cls.deposits
        cls.goods = cls.env["product.product"].create(
            {
                "name": "Goods",
                "type": "service",
                "invoice_policy": "order",
                "taxes_id": [Command.clear()],
                "property_account_income_id": cls.income.id,
            }
        )

    @classmethod
    def _order(cls, price=100, quantity=1):
        order = cls.env["sale.order"].create(
            {
                "partner_id": cls.buyer.id,
                "company_id": cls.books.id,
                "currency_id": cls.usd.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.goods.id,
                            "product_uom_qty": quantity,
                            "price_unit": price / quantity,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    @classmethod
    def _post_on(cls, move, day):
        move.write({"invoice_date": day, "date": day})
        move.action_post()
        return move

    @classmethod
    def _deposit(cls, order, day, amount=40):
        wizard = cls.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": [Command.set(order.ids)],
                "advance_payment_method": "fixed",
                "fixed_amount": amount,
            }
        )
        return cls._post_on(wizard._create_invoices(order), day)

    @classmethod
    def _final(cls, order, day):
        return cls._post_on(order._create_invoices(final=True), day)

    def _revenue(self, until=None):
        return -self._sum(self.income, until=until)

    def _get_earned(self, run):
        return [
            (line.carried, line.closing, line.delta, line.result_account_id)
            for line in run.line_ids
            if line.kind == "advance"
        ]


@tagged("post_install", "-at_install")
class TestDeposits(AdvancesCommon):
    """IFRIC 22, Illustrative Example 2: revenue is 40 at the rate of the deposit's day
    and 60 at that of the delivery's."""

    def test_a_deposit_on_an_account_of_its_own(self):
        order = self._order()
        self._deposit(order, "2026-08-01")
        self.assertEqual(self._sum(self.deposits), -280.0)
        self.assertFalse(self._get_earned(self._revalue("2026-08-31")))
        final = self._final(order, "2026-09-01")
        receivable = final.line_ids.filtered(
            lambda line: line.account_id == self.receivable
        )
        self.assertEqual(receivable.balance, 432.0)
        self.assertEqual(self._sum(self.deposits), 8.0)
        self.assertEqual(self._revenue(), 720.0)
        run = self._revalue("2026-09-30")
        self.assertEqual(self._get_earned(run), [(288.0, 280.0, -8.0, self.income)])
        # revenue that isn't: no loss
        self.assertEqual((run.earned, run.delta), (-8.0, 8.0))
        self.assertIn(("Deposits", "USD", -8.0), self._lines(run.move_id))
        self.assertIn((self.income.name, "USD", 8.0), self._lines(run.move_id))
        self.assertEqual(self._sum(self.deposits), 0.0)
        self.assertEqual(self._revenue(), 712.0)
        self.assertEqual(self._unrealised(), 0.0)

    def test_once_however_often(self):
        for reversal in ("standing", "next_day"):
            order = self._order()
            self._deposit(order, "2026-08-01")
            self._final(order, "2026-09-01")
            before = self._revenue()
            run = self._revalue("2026-09-30", reversal=reversal)
            self.assertEqual(self._revenue(), before - 8)
            again = self._revalue("2026-09-30", reversal=reversal)
            self.assertFalse(again.move_id)
            later = self._revalue("2026-10-31", reversal=reversal)
            self.assertFalse(self._get_earned(later))
            for each in (later, again, run):
                each.action_cancel()
            self.assertEqual(self._revenue(), before)
            self.assertEqual(self._revenue("2026-09-30"), before)
            order.invoice_ids.button_draft()

    def test_a_deposit_on_revenue(self):
        self.books.downpayment_account_id = self.income
        order = self._order()
        self._deposit(order, "2026-08-01")
        self._final(order, "2026-09-01")
        self.assertEqual(self._revenue(), 712.0)
        self.assertFalse(self._get_earned(self._revalue("2026-09-30")))
        self.assertEqual(self._revenue(), 712.0)

    def test_two_deposits_at_two_rates(self):
        order = self._order()
        self._deposit(order, "2026-08-01", 30)
        self._deposit(order, "2026-08-31", 20)
        self._final(order, "2026-09-01")
        run = self._revalue("2026-09-30")
        self.assertEqual(
            sorted(row[2] for row in self._get_earned(run)),
            [-6.0, -2.0],
        )
        self.assertEqual(self._sum(self.deposits), 0.0)
        self.assertEqual(self._revenue(), 30 * 7.0 + 20 * 7.1 + 50 * 7.2)

    def test_a_final_invoice_that_is_taken_back(self):
        """Its credit note, too, has the rate of its own day."""
        order = self._order()
        self._deposit(order, "2026-08-01")
        final = self._final(order, "2026-09-01")
        self._revalue("2026-09-30")
        credit = final._reverse_moves(
            [{"invoice_date": "2026-10-31", "date": "2026-10-31"}]
        )
        credit.action_post()
        run = self._revalue("2026-10-31")
        self.assertEqual([row[2] for row in self._get_earned(run)], [16.0])
        self.assertEqual(self._sum(self.deposits), -280.0)
        # 100 came and went at its day's rate but for the deposit's part
        self.assertEqual(self._revenue(), -12.0)

    def test_a_final_invoice_that_is_reset(self):
        order = self._order()
        self._deposit(order, "2026-08-01")
        final = self._final(order, "2026-09-01")
        self._revalue("2026-09-30")
        final.button_draft()
        run = self._revalue("2026-10-31")
        self.assertEqual([row[2] for row in self._get_earned(run)], [8.0])
        self.assertEqual(self._sum(self.deposits), -280.0)
        self.assertEqual(self._revenue(), 0.0)

    def test_a_deposit_that_is_given_back(self):
        """Nothing was delivered: what it costs is an exchange loss."""
        order = self._order()
        deposit = self._deposit(order, "2026-08-01")
        credit = deposit._reverse_moves(
            [{"invoice_date": "2026-09-01", "date": "2026-09-01"}]
        )
        credit.action_post()
        self.assertEqual(self._sum(self.deposits), 8.0)
        run = self._revalue("2026-09-30")
        (row,) = self._get_earned(run)
        self.assertEqual(row[2:], (-8.0, self.env["account.account"]))
        self.assertEqual(self._sum(self.deposits), 0.0)
        self.assertEqual(self._revenue(), 0.0)
        found = self.env["fx.result"].search(
            [("company_id", "=", self.books.id), ("move_id", "=", run.move_id.id)]
        )
        self.assertIn(("realised", -8.0), [(row.kind, row.amount) for row in found])

    def test_parts_leave_nothing(self):
        """However a deposit is taken off, cents included."""
        self._price(self.usd, "2026-08-02", 7.12345)
        order = self._order(price=100)
        deposit = self._deposit(order, "2026-08-02", 10)
        line = deposit.invoice_line_ids.sale_line_ids
        self.assertEqual(self._sum(self.deposits), -71.23)
        for day, part in (
            ("2026-09-01", 3.33),
            ("2026-09-02", 3.33),
            ("2026-09-03", 3.34),
        ):
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.buyer.id,
                    "currency_id": self.usd.id,
                    "invoice_date": day,
                    "date": day,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.goods.id,
                                "price_unit": 50,
                                "tax_ids": [],
                            }
                        ),
                        Command.create(
                            {
                                "name": "Deposit",
                                "quantity": -1,
                                "price_unit": part,
                                "account_id": self.deposits.id,
                                "is_downpayment": True,
                                "sale_line_ids": [Command.link(line.id)],
                                "tax_ids": [],
                            }
                        ),
                    ],
                }
            )
            move.action_post()
        self._revalue("2026-09-30")
        self.assertEqual(round(self._sum(self.deposits), 2), 0.0)

    def test_closed_years_stay(self):
        self._price(self.usd, "2025-08-01", 7.0)
        self._price(self.usd, "2025-09-01", 7.2)
        order = self._order()
        self._deposit(order, "2025-08-01")
        self._final(order, "2025-09-01")
        self.assertFalse(self._get_earned(self._revalue("2026-08-31", post=False)))
        run = self._revalue("2025-12-31")
        self.assertEqual(len(self._get_earned(run)), 1)
        self.assertFalse(self._get_earned(self._revalue("2026-08-31")))
        self.assertEqual(self._sum(self.deposits), 0.0)


@tagged("post_install", "-at_install")
class TestUnallocatedAdvances(AdvancesCommon):
    """A payment that nobody has matched with an invoice yet."""

    def _receive_and_deliver(self, advances):
        """The runs before and after USD 40 of the receipt are matched with 100."""
        self._get_method("inbound").payment_account_id.account_type = "expense"
        payment = self._pay(40, self.usd, "2026-08-01")
        before = self._revalue("2026-08-31", advances=advances)
        invoice = self._invoice(100, self.usd, "2026-09-01")
        self._match(payment, invoice)
        return before, self._revalue("2026-09-30", advances=advances)

    def test_as_odoo(self):
        income = self._sum(self.income)
        before, after = self._receive_and_deliver("core")
        self.assertEqual(before.delta, -4.0)
        self.assertFalse(self._get_earned(after))
        self.assertEqual(income - self._sum(self.income), 720.0)
        self.assertEqual(self._realised("2026-09-01", "2026-09-30"), -8.0)

    def test_at_their_own_rate(self):
        before, after = self._receive_and_deliver("ifric22")
        self.assertFalse(before.line_ids)
        self.assertEqual([row[2] for row in self._get_earned(after)], [-8.0])
        self.assertEqual(self._revenue(), 712.0)
        self.assertEqual(self._realised("2026-09-01", "2026-09-30"), 0.0)
        rows = self.env["fx.result"].search(
            [("company_id", "=", self.books.id), ("kind", "=", "realised")]
        )
        self.assertEqual(sum(rows.mapped("amount")), 0.0)
        self.assertFalse(self._revalue("2026-09-30", advances="ifric22").move_id)

    def test_matched_no_longer(self):
        _before, after = self._receive_and_deliver("ifric22")
        item = after.line_ids.filtered(lambda line: line.kind == "advance")
        item.move_line_id.move_id.line_ids.reconciled_lines_ids.remove_move_reconcile()
        again = self._revalue("2026-10-31", advances="ifric22")
        self.assertEqual([row[2] for row in self._get_earned(again)], [8.0])
        self.assertEqual(self._revenue(), 720.0)

    def test_a_payment_after_its_invoice(self):
        """Its difference is one of exchange."""
        self._get_method("inbound").payment_account_id.account_type = "expense"
        invoice = self._invoice(100, self.usd, "2026-08-01")
        self._match(invoice, self._pay(40, self.usd, "2026-09-01"))
        run = self._revalue("2026-09-30", advances="ifric22")
        self.assertFalse(self._get_earned(run))
        self.assertEqual(self._revenue(), 700.0)

    def test_the_rest_of_a_receipt(self):
        """Of 40, 15 pay an invoice: the other 25 are an advance still."""
        self._get_method("inbound").payment_account_id.account_type = "expense"
        payment = self._pay(40, self.usd, "2026-08-01")
        invoice = self._invoice(15, self.usd, "2026-08-01")
        self._match(payment, invoice)
        core = self._revalue("2026-08-31", post=False)
        self.assertEqual(core.line_ids.mapped("balance_foreign"), [-25.0])
        run = self._revalue("2026-08-31", advances="ifric22", post=False)
        self.assertFalse(run.line_ids)

    def test_chosen_after_it_was_revalued(self):
        """What was booked of it before is taken back."""
        self._get_method("inbound").payment_account_id.account_type = "expense"
        self._pay(40, self.usd, "2026-08-01")
        self._revalue("2026-08-31", reversal="standing")
        run = self._revalue("2026-09-30", reversal="standing", advances="ifric22")
        self.assertEqual(run.delta, 4.0)
        self.assertEqual(self._unrealised(), 0.0)

    def test_paid_ahead_to_a_vendor(self):
        self._get_method("outbound").payment_account_id.account_type = "expense"
        payment = self.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": self.buyer.id,
                "amount": 40,
                "currency_id": self.usd.id,
                "date": "2026-08-01",
                "journal_id": self.bank.id,
                "payment_method_line_id": self._get_method("outbound").id,
            }
        )
        payment.action_post()
        run = self._revalue("2026-08-31", advances="ifric22")
        self.assertFalse(run.line_ids)
        bill = self._invoice(100, self.usd, "2026-09-01", kind="in_invoice")
        spent = bill.invoice_line_ids.account_id
        (payment.move_id | bill).line_ids.filtered(
            lambda line: line.account_id == self.payable
        ).reconcile()
        self.assertEqual(self._realised("2026-09-01", "2026-09-30"), 8.0)
        run = self._revalue("2026-09-30", advances="ifric22")
        self.assertEqual([row[2:] for row in self._get_earned(run)], [(8.0, spent)])
        self.assertEqual(self._sum(spent, "2026-09-01"), 712.0)
