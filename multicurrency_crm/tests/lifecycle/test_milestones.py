"""What happened with a customer is noted as it happened, and void when taken back."""

from odoo import Command, fields
from odoo.tests import tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestMilestones(LifecycleCommon):
    def test_a_customer_from_the_first_word_to_the_second_order(self):
        lead = self._open_lead(40)
        order = self._order(30)
        order.order_line.qty_delivered = 2
        invoice = self._invoice(order, 20)
        self._pay(invoice, 10)
        self._follow()
        expected = [
            ("lead", 40, lead.name),
            ("quotation", 30, order.name),
            ("order", 30, order.name),
            ("shipment", 20, order.name),
            ("invoice", 20, invoice.name),
            ("paid", 10, invoice.name),
        ]
        found = [row for row in self._list() if row[0] != "payment"]
        self.assertCountEqual(found, expected)
        self.assertIn("payment", self._kinds())
        self.assertEqual(self._get_life().stage, "paid")
        again = self._order(5)
        self._follow()
        self.assertIn(("repeat", 5, again.name), self._list())
        life = self._get_life()
        self.assertEqual((life.stage, life.order_count), ("repeat", 2))
        self.assertEqual(life.stage_since, self._days_ago(5))

    def test_a_night_that_finds_nothing_new_writes_nothing_anew(self):
        self._pay(self._invoice(self._order(30), 20), 10)
        self._follow()
        before = self.Milestone.search([]).mapped(lambda one: (one.id, one.date))
        stages = self.env["customer.stage.interval"].search([]).ids
        self._follow()
        after = self.Milestone.search([]).mapped(lambda one: (one.id, one.date))
        self.assertEqual(before, after)
        self.assertEqual(stages, self.env["customer.stage.interval"].search([]).ids)

    def test_every_figure_names_its_rate(self):
        self.customer.preferred_currency_id = self.usd
        order = self._order(3, currency_id=self.usd.id)
        self._follow()
        fact = self.Milestone.search(
            [("kind", "=", "order"), ("res_id", "=", order.id)]
        )
        self.assertEqual(fact.currency_id, self.usd)
        self.assertEqual(fact.amount, order.amount_total)
        self.assertEqual(fact.amount_company, order.amount_total_company)
        self.assertAlmostEqual(fact.amount / fact.rate, fact.amount_company, 2)
        self.assertTrue(fact.rate_text.startswith("1 USD ≈ 7.1429 CNY"), fact.rate_text)
        # in the books' own currency there is no rate to name
        own = self._order(2, self._create_customer("Home"))
        self._follow()
        fact = self.Milestone.search([("kind", "=", "order"), ("res_id", "=", own.id)])
        self.assertFalse(fact.rate_text)

    def _create_customer(self, name, **values):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    # === TAKEN BACK === #

    def test_what_is_cancelled_is_void_and_comes_back(self):
        order = self._order(9)
        self._follow()
        self.assertEqual(self._get_life().stage, "ordered")
        order._action_cancel()
        self._follow()
        self.assertEqual(self._list(), [])
        life = self._get_life()
        self.assertFalse(life.stage)
        self.assertEqual(life.order_count, 0)
        void = self.Milestone.search(
            [("res_id", "=", order.id), ("kind", "=", "order")]
        )
        self.assertTrue(void.is_void)
        self.assertEqual(void.void_date, self.today)
        order.action_draft()
        order.action_confirm()
        self._follow()
        self.assertEqual(self._kinds(), ["quotation", "order"])
        self.assertEqual(void.is_void, False)
        self.assertFalse(void.void_date)

    def test_a_reversed_invoice_never_was(self):
        invoice = self._invoice(self._order(9), 8)
        self._follow()
        self.assertIn("invoice", self._kinds())
        self._take_back(invoice)
        self._follow()
        self.assertNotIn("invoice", self._kinds())
        self.assertIn("credit_note", self._kinds())
        self.assertEqual(self._get_life().stage, "ordered")

    def test_an_invoice_that_is_paid_in_part_is_not_paid(self):
        invoice = self._invoice(self._order(9), 8)
        self._pay(invoice, 7, amount=100.0)
        self._follow()
        self.assertIn("payment", self._kinds())
        self.assertEqual(self._get_life().stage, "invoiced")
        payment = self._pay(invoice, 5)
        self._follow()
        self.assertEqual(self._get_life().stage, "paid")
        payment.action_draft()
        payment.action_cancel()
        self._follow()
        self.assertEqual(self._get_life().stage, "invoiced")

    def test_what_is_deleted_is_void(self):
        lead = self._open_lead(9)
        quotation = self._quote(4)
        self._follow()
        self.assertEqual(self._kinds(), ["lead", "quotation"])
        lead.unlink()
        quotation.unlink()
        self._follow()
        self.assertEqual(self._list(), [])
        self.assertEqual(len(self.Milestone.search([("is_void", "=", True)])), 2)

    def test_an_order_is_a_repeat_while_there_is_an_earlier_one(self):
        first, second = self._order(9), self._order(5)
        self._follow()
        self.assertIn(("repeat", 5, second.name), self._list())
        first._action_cancel()
        self._follow()
        self.assertNotIn("repeat", self._kinds())
        third = self._order(2)
        first.action_draft()
        first.action_confirm()
        self._follow()
        repeats = [row for row in self._list() if row[0] == "repeat"]
        self.assertEqual(
            {name for _kind, _ago, name in repeats}, {third.name, first.name}
        )

    def test_a_lost_opportunity_may_be_found_again(self):
        lead = self._open_lead(9)
        lead.action_set_lost()
        self._follow()
        self.assertIn("lost_lead", self._kinds())
        self.assertTrue(self._get_life().is_lost)
        lead.action_unarchive()
        self._follow()
        self.assertEqual(self._kinds(), ["lead"])
        self.assertFalse(self._get_life().is_lost)

    # === WHAT IS NONE === #

    def test_an_empty_quotation_is_none(self):
        self._quote(3, order_line=[Command.clear()])
        self._follow()
        self.assertEqual(self._list(), [])

    def test_a_lead_of_nobody_is_none(self):
        self._open_lead(3, partner_id=False, partner_name="Somebody")
        self._follow()
        self.assertFalse(self.Milestone.search([("kind", "=", "lead")]))

    def test_documents_of_a_contact_are_its_customers(self):
        contact = self._create_contact()
        order = self._order(3, contact)
        self._follow()
        self.assertIn(("order", 3, order.name), self._list())
        self.assertEqual(contact.lifecycle_stage, "ordered")

    def test_past_documents_say_that_they_are_from_history(self):
        past = self.env["customer.past.document"]._create_guarded(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "name": f"OLD-{number}",
                    "date": self._days_ago(400 - number),
                    "currency_id": self.usd.id,
                    "amount": 100.0,
                    "amount_company": 710.0,
                }
                for number in (1, 2)
            ]
        )
        self._follow()
        facts = self.Milestone.search([("res_model", "=", past._name)])
        self.assertEqual(set(facts.mapped("kind")), {"order", "repeat"})
        self.assertTrue(all(facts.mapped("from_history")))
        self.assertEqual(self._get_life().stage, "repeat")
        self.assertEqual(self._get_life().ordered_company, 1420.0)
        self.assertTrue(self._get_life().is_lost)

    def _bring_in(self, *documents):
        return self.env["customer.past.document"]._create_guarded(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "name": name,
                    "date": self._days_ago(days),
                    "currency_id": self.usd.id,
                    "amount": amount,
                    "amount_company": amount * 7,
                }
                for name, days, amount in documents
            ]
        )

    def test_a_sale_that_is_brought_in_as_order_and_invoice_is_one(self):
        invoices = self._bring_in(("INV1", 380, 100.0), ("INV2", 350, 100.0))
        self._follow()
        self.assertEqual(self._get_life().order_count, 2)
        # the orders come later, and were the first
        self._bring_in(("SO-1", 400, 100.0))
        self._follow()
        self.assertEqual(self._get_life().order_count, 2)
        self._bring_in(("SO-2", 370, 100.0))
        self._follow()
        life = self._get_life()
        self.assertEqual((life.order_count, life.ordered_company), (2, 1400.0))
        holding = {name for kind, _ago, name in self._list() if kind == "order"}
        self.assertEqual(holding, {"SO-1", "SO-2"})
        # another amount, or too long after, is another sale
        self._bring_in(("INV3", 340, 120.0), ("SO-3", 300, 90.0), ("INV4", 200, 90.0))
        self._follow()
        self.assertEqual(life.order_count, 5)
        self.assertEqual(len(invoices.exists()), 2)

    def test_a_dispute_counts_until_it_is_declined(self):
        call = self.env["collection.call"]._create_guarded(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.customer.id,
                    "date": self._days_ago(2),
                    "called_on": fields.Datetime.now(),
                    "outcome": "dispute",
                    "dispute_state": "waiting",
                }
            ]
        )
        self._follow()
        self.assertEqual(self._kinds(), ["dispute"])
        call._write_guarded({"dispute_state": "declined"})
        self._follow()
        self.assertEqual(self._kinds(), [])

    def test_money_at_the_bank_without_a_payment_between(self):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "date": self._days_ago(4),
                "payment_ref": "Advance",
                "partner_id": self.customer.id,
                "amount": 500.0,
            }
        )
        receivable = self.customer.with_company(
            self.company
        ).property_account_receivable_id
        line.line_ids.filtered(
            lambda item: item.account_id == journal.suspense_account_id
        ).account_id = receivable
        self._follow()
        fact = self.Milestone.search([("kind", "=", "payment")])
        self.assertEqual((fact.amount, fact.amount_company), (500.0, 500.0))
        self.assertEqual(fact.partner_id, self.customer)
