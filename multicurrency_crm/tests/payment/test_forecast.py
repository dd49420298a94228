"""What money is expected when: each item once, as the net position has it."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .promise_common import TODAY, PromiseCommon


@tagged("post_install", "-at_install")
class TestForecast(PromiseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk.group_ids |= cls.env.ref("multicurrency_crm.group_finance")
        # thirteen days, by the newest assessment
        policy = cls.env["credit.policy"].create(
            {"name": "P", "company_id": cls.books.id}
        )
        cls.pump = cls.env["product.product"].create(
            {"name": "Pump", "type": "service", "invoice_policy": "order"}
        )
        cls.habit = cls._customer("Habit", user_id=cls.seller.id)
        cls.env["credit.assessment"]._create_guarded(
            [
                {
                    "partner_id": cls.habit.id,
                    "company_id": cls.books.id,
                    "date": TODAY,
                    "expected_payment_days": 13,
                }
            ]
        )
        [assessment] = cls.env["credit.assessment"].search(
            [("partner_id", "=", cls.habit.id)]
        )
        cls.habit.with_company(cls.books).sudo()._write_guarded(
            {"credit_assessment_id": assessment.id}
        )
        policy.active = False  # it would stop orders of who is late

    def _rows(self, **domain):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self._as(self.env["payment.forecast"], self.clerk, self.books)
        return rows.search([(name, "=", of) for name, of in domain.items()])

    def _placed(self, document=None):
        """[(kind, days from today, amount)] of one document, or of all."""
        rows = self._rows(
            **(
                {"document_id": document.id, "document_model": document._name}
                if document
                else {}
            )
        )
        return [(row.kind, (row.date - TODAY).days, row.amount) for row in rows]

    def _order(self, amount, currency=None, confirmed=True, **values):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.buyer.id,
                "company_id": self.books.id,
                "currency_id": (currency or self.usd).id,
                "payment_term_id": False,
                "commitment_date": f"{TODAY + timedelta(days=20)} 10:00:00",
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.pump.id,
                            "product_uom_qty": 1,
                            "price_unit": amount,
                            "tax_ids": [],
                        }
                    )
                ],
                **values,
            }
        )
        if confirmed:
            order.action_confirm()
        return order

    # === WHERE AN ITEM COUNTS === #

    def test_due_expected_overdue(self):
        due, late = self._owe(700, due=10), self._owe(300, due=-4)
        usual = self._owe(90, due=2, partner_id=self.habit.id)
        still = self._owe(80, due=-5, partner_id=self.habit.id)
        gone = self._owe(70, due=-14, partner_id=self.habit.id)
        self.assertEqual(self._placed(due), [("due", 10, 700)])
        self.assertEqual(self._placed(late), [("overdue", 0, 300)])
        self.assertEqual(self._placed(usual), [("expected", 15, 90)])
        self.assertEqual(self._placed(still), [("expected", 8, 80)])
        self.assertEqual(self._rows(document_id=still.id).amount_late, 80)
        self.assertEqual(self._placed(gone), [("overdue", 0, 70)])

    def test_a_disputed_item_is_expected_on_no_usual_day(self):
        invoice = self._owe(90, due=-5, partner_id=self.habit.id)
        invoice.action_credit_dispute()
        self.assertEqual(self._placed(invoice), [("overdue", 0, 90)])

    def test_a_promise_takes_its_part_and_no_more(self):
        first, second = self._owe(700, due=-9), self._owe(300, due=10)
        promise = self._promise(900, 5)
        self.assertEqual(self._placed(first), [("promised", 5, 700)])
        self.assertEqual(
            sorted(self._placed(second)), [("due", 10, 100), ("promised", 5, 200)]
        )
        rows = self._rows(kind="promised")
        self.assertEqual(rows.promise_id, promise)
        self.assertEqual(sum(rows.mapped("amount")), 900)

    def test_what_came_of_a_promise_is_no_longer_expected(self):
        invoice = self._owe(700)
        self._promise(700, 5, invoice)
        self._match(invoice, self._pay(250, self.usd, str(TODAY)))
        self.assertEqual(self._placed(invoice), [("promised", 5, 450)])

    def test_a_broken_promise_is_none(self):
        invoice = self._owe(700, due=-1)
        self._promise(700, 2, invoice)
        self._night_after(6)
        self.assertEqual(self._placed(invoice), [("overdue", 0, 700)])

    def test_a_credit_is_taken_off(self):
        self._owe(700)
        self._pay(40, self.usd, str(TODAY))
        rows = self._rows(kind="credit")
        self.assertEqual(rows.amount, -40)
        self.assertEqual(sum(self._rows().mapped("amount")), 660)

    def test_orders_until_they_are_invoiced(self):
        order = self._order(5000)
        self.assertEqual(self._placed(order), [("order", 20, 5000)])
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertFalse(self._rows(document_model="sale.order"))
        self.assertEqual(self._rows(document_id=invoice.id).amount, 5000)

    def test_a_promise_without_invoice_is_of_the_orders(self):
        order = self._order(5000)
        self._promise(1500, 3)
        self.assertEqual(
            sorted(self._placed(order)), [("order", 20, 3500), ("promised", 3, 1500)]
        )

    def test_a_plan_says_when_an_order_is_paid(self):
        order = self._order(5000, confirmed=False)
        line = {"order_id": order.id}
        self.env["payment.plan"].create(
            [
                {
                    **line,
                    "percentage": 0.3,
                    "trigger": "date",
                    "date_expected": self._in(6),
                },
                {
                    **line,
                    "percentage": 0.7,
                    "trigger": "arrival",
                    "date_expected": self._in(40),
                },
            ]
        )
        order.action_confirm()
        self.assertEqual(
            sorted(self._placed(order)), [("planned", 6, 1500), ("planned", 40, 3500)]
        )
        self._promise(1000, 3)
        self.assertEqual(
            sorted(self._placed(order)),
            [("planned", 6, 500), ("planned", 40, 3500), ("promised", 3, 1000)],
        )

    def test_payables_go_out(self):
        bill = self._invoice(
            60,
            self.gbp,
            str(TODAY),
            kind="in_invoice",
            due=str(self._in(9)),
            partner_id=self._customer("Mill").id,
        )
        self.assertEqual(self._placed(bill), [("payable", 9, -60)])

    def test_a_forward_changes_one_currency_for_the_other(self):
        forward = self.env["fx.forward"].create(
            {
                "company_id": self.books.id,
                "counterparty_id": self._customer("Bank").id,
                "side": "sell",
                "currency_id": self.usd.id,
                "amount": 1000,
                "quoted_rate": "1.25",
                "quote_direction": "unit_per_company",
                "trade_date": self._in(0),
                "value_date": self._in(30),
            }
        )
        forward.action_activate()
        rows = self._rows(kind="forward")
        self.assertEqual(
            {row.currency_id.name: row.amount for row in rows},
            {"USD": -1000, "EUR": 800},
        )
        self.assertEqual(set(rows.mapped("date")), {self._in(30)})

    # === IN COMPANY CURRENCY === #

    def test_spot_and_budget(self):
        named = {"company_id": self.books.id, "currency_id": self.usd.id}
        Named = self.env["fx.rate.named"]
        Named.create({**named, "date": "2026-01-01", "rate": 1.2, "kind": "budget"})
        Named.create({**named, "date": self._in(8), "rate": 1.5, "kind": "budget"})
        Named.create({**named, "date": TODAY, "rate": 9.0, "kind": "customs"})
        early, late = self._owe(660, due=2), self._owe(330, due=8)
        pounds, euro = self._owe(90, self.gbp), self._owe(55, self.eur)
        at = {
            move: (
                round(row.amount_company, 6),
                row.amount_budget and round(row.amount_budget, 6),
            )
            for move in (early, late, pounds, euro)
            for row in self._rows(document_id=move.id)
        }
        self.assertEqual(at[early], (600, 550))
        self.assertEqual(at[late], (300, 220))
        self.assertEqual(at[pounds], (100, 0))
        self.assertEqual(at[euro], (55, 55))
        [total] = self._rows()._read_group(
            [("currency_id", "=", self.usd.id)],
            [],
            ["amount:sum", "amount_company:sum", "amount_budget:sum"],
        )
        self.assertEqual(tuple(map(float, total)), (990, 900, 770))
        [mixed] = self._rows()._read_group([], [], ["amount:sum", "amount_budget:sum"])
        self.assertEqual(mixed, (False, False), "several currencies; one has no budget")

    # === AS THE NET POSITION === #

    def test_it_agrees_with_the_net_position(self):
        """Both say the same of what is owed, ordered and dealt, whatever is promised;
        in company currency, at the same rates."""
        self._owe(700, due=-9)
        self._owe(333.33, due=10)
        self._owe(123, self.gbp, due=-70)
        self._owe(90, due=2, partner_id=self.habit.id)
        self._pay(40, self.usd, str(TODAY))
        self._order(5000)
        self._order(81.5, self.gbp)
        self._promise(500, 5)
        self._invoice(60, self.gbp, str(TODAY), kind="in_invoice")
        position = self._as(self.env["fx.net.position"], self.clerk, self.books)
        mine, theirs = {}, {}
        for row in self._rows():
            if row.currency_id != self.eur:
                part = {"payable": "payable", "order": "order"}.get(row.kind, "owed")
                key = (row.currency_id.name, part)
                sums = mine.setdefault(key, [0, 0])
                sums[0] += row.amount
                sums[1] += row.amount_company
        names = {"receivable": "owed", "order_unlocked": "order", "payable": "payable"}
        for row in position.search([("kind", "in", list(names))]):
            key = (row.currency_id.name, names[row.kind])
            sums = theirs.setdefault(key, [0, 0])
            sums[0] += row.amount
            sums[1] += row.amount_company
        self.assertEqual(mine.keys(), theirs.keys())
        for key, (amount, converted) in theirs.items():
            self.assertAlmostEqual(mine[key][0], amount, 6, key)
            self.assertAlmostEqual(mine[key][1], converted, 1, key)

    # === WHO, AND HOW MUCH WORK === #

    def test_for_finance_of_that_company(self):
        invoice = self._owe(700)
        with self.assertRaises(AccessError):
            self.env["payment.forecast"].with_user(self.seller).search([])
        stranger = self._clerk("forecast_stranger", self.other_company)
        rows = self._as(self.env["payment.forecast"], stranger, self.other_company)
        self.assertNotIn(invoice.id, rows.search([]).mapped("document_id"))

    def test_a_row_opens_its_document(self):
        invoice = self._owe(700)
        action = self._rows(document_id=invoice.id).action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("account.move", invoice.id)
        )

    def test_queries_do_not_grow_with_documents(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self._as(self.env["payment.forecast"], self.clerk, self.books)
            before = self.env.cr.sql_log_count
            rows.web_read_group([], ["currency_id"], ["amount:sum"])
            return self.env.cr.sql_log_count - before

        self._owe(700)
        self._order(50)
        self._promise(5, 3)
        count()
        few = count()
        for number in range(12):
            buyer = self._customer(f"More {number}", user_id=self.seller.id)
            self._owe(10 + number, partner_id=buyer.id)
            self._promise(5, 3, partner=buyer)
            self._order(5, partner_id=buyer.id)
        self.assertLessEqual(count(), few + 1)
