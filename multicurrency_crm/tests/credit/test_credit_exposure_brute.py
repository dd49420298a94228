"""The exposure in one query against a slow computation by Odoo's records."""

import random

from odoo import Command
from odoo.tests import tagged

from .credit_brute import SlowExposure
from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditExposureBrute(CreditCommon):
    """Orders by both invoicing policies with tax, discounts, returns, locks and
    deposits; invoices in instalments, disputed, credited and paid in part; money that
    isn't matched, or under way; contacts; five currencies and two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = random.Random(20261120)
        cls.currencies = cls.cny | cls.usd | cls.eur | cls.jpy | cls.kwd
        cls._load_chart(cls.other_company)
        for currency in (cls.cny, cls.jpy, cls.kwd):
            cls._set_rate(currency, "2022-01-01", 5.5, cls.other_company)
        for day, rate in ((3, 0.15), (15, 0.3)):
            cls._set_rate(cls.usd, TODAY.replace(day=day), rate)
            cls._set_rate(cls.cny, TODAY.replace(day=day), 1 / rate, cls.other_company)
        companies = cls.company | cls.other_company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": companies.ids}
        )
        cls.policies = {
            cls.company: cls.policy,
            cls.other_company: cls.policy.create(
                {"name": "There", "company_id": cls.other_company.id}
            ),
        }
        for policy in cls.policies.values():
            policy.check_ids.unlink()  # nothing stops an order here
        cls.taxes = cls.env["account.tax"].create(
            [
                {"name": "Seven", "amount": 7.0, "company_id": company.id}
                for company in companies
            ]
        )
        cls.all_terms = (
            cls.terms,
            cls._create_terms("Halves", 10, 60),
            cls._create_terms("Documents", 20, credit_security="letter_of_credit"),
            cls._create_terms("D/P", 5, credit_security="documents_against_payment"),
        )
        cls.products = cls.env["product.product"].create(
            [
                {"name": policy, "invoice_policy": policy, "taxes_id": False}
                for policy in ("order", "delivery")
            ]
        )
        cls.buyers = [cls._customer(f"Buyer {n}") for n in range(6)]
        cls.desks = {
            buyer: cls._customer("Desk", parent_id=buyer.id, is_company=False)
            for buyer in cls.buyers
        }
        for number in range(72):
            cls._do_something(number)

    # === AT RANDOM === #

    @classmethod
    def _do_something(cls, number):
        pick = cls.chance.choice
        company = pick((cls.company, cls.company, cls.other_company))
        act = (cls._random_order, cls._random_invoice, cls._random_money)[number % 3]
        buyer = pick(cls.buyers)
        act(company, pick((buyer, cls.desks[buyer])), pick(cls.currencies))

    @classmethod
    def _maybe(cls, share):
        return cls.chance.random() < share

    @classmethod
    def _amount(cls, currency):
        return currency.round(cls.chance.uniform(50, 5000))

    @classmethod
    def _random_lines(cls, company, currency):
        chance = cls.chance
        tax = cls.taxes.filtered(lambda tax: tax.company_id == company)
        lines = [
            {
                "product_id": product.id,
                "product_uom_qty": chance.randint(1, 9),
                "price_unit": cls._amount(currency),
                "discount": chance.choice((0, 12.5)),
                "tax_ids": [Command.set(chance.choice(([], tax.ids)))],
            }
            for product in cls.products
        ]
        if cls._maybe(0.4):  # a discount, or goods that come back
            lowered = chance.choice(({"price_unit": -20.0}, {"product_uom_qty": -1}))
            lines.append({**lines[0], **lowered, "discount": 0})
        lines.append({"display_type": "line_note", "name": "By sea"})
        return [Command.create(line) for line in lines]

    @classmethod
    def _random_order(cls, company, buyer, currency):
        chance = cls.chance
        order = cls.env["sale.order"].with_company(company)
        order = order.create(
            {
                "partner_id": chance.choice(cls.buyers).id,
                "partner_invoice_id": buyer.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "payment_term_id": chance.choice(cls.all_terms).id,
                "order_line": cls._random_lines(company, currency),
            }
        )
        if currency != company.currency_id and cls._maybe(0.4):
            order.action_lock_rate()
        order.action_confirm()
        for line in order.order_line.filtered(lambda line: line.product_uom_qty > 0):
            line.qty_delivered = chance.randint(0, int(line.product_uom_qty) + 2)
        if cls._maybe(0.5):
            cls._random_deposit(order)
        if cls._maybe(0.6) and order.invoice_status == "to invoice":
            cls._random_order_invoice(order)
        if cls._maybe(0.1):
            order._action_cancel()

    @classmethod
    def _random_deposit(cls, order):
        wizard = cls.env["sale.advance.payment.inv"].with_company(order.company_id)
        wizard = wizard.create(
            {
                "advance_payment_method": "percentage",
                "amount": cls.chance.choice((10, 30)),
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        deposit = wizard._create_invoices(order)
        if cls._maybe(0.7):
            deposit.action_post()

    @classmethod
    def _random_order_invoice(cls, order):
        invoice = order._create_invoices(final=cls._maybe(0.5))
        if invoice.move_type == "out_refund":
            return
        if cls._maybe(0.2):
            invoice.invoice_line_ids[:1].quantity /= 2
        if cls._maybe(0.7):
            invoice.action_post()
            if cls._maybe(0.3):
                refund = invoice._reverse_moves([{"invoice_date": TODAY}])
                if cls._maybe(0.5):
                    refund.action_post()
        elif cls._maybe(0.2):
            invoice.button_cancel()

    @classmethod
    def _random_invoice(cls, company, buyer, currency):
        chance = cls.chance
        line = {"name": "Goods", "price_unit": cls._amount(currency), "tax_ids": []}
        move = cls.env["account.move"].with_company(company)
        move = move.create(
            {
                "move_type": chance.choice(("out_invoice",) * 5 + ("out_refund",)),
                "partner_id": buyer.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "invoice_date": TODAY - chance.randint(0, 150) * DAY,
                "invoice_payment_term_id": chance.choice(cls.all_terms).id,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        if cls._maybe(0.1):
            return  # a draft without an order
        move.action_post()
        if move.move_type == "out_invoice" and cls._maybe(0.2):
            move.action_credit_dispute()
        if move.move_type == "out_invoice" and cls._maybe(0.4):
            cls.bank = cls._get_bank(company)
            paid = currency.round(move.amount_total * chance.choice((1, 0.5, 0.25)))
            cls._pay(move, amount=paid)

    @classmethod
    def _get_bank(cls, company):
        return cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )

    @classmethod
    def _random_money(cls, company, buyer, currency):
        """On account, in the books or on its way there."""
        payment = cls.env["account.payment"].with_company(company)
        payment = payment.create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": buyer.id,
                "amount": cls._amount(currency),
                "currency_id": currency.id,
                "journal_id": cls._get_bank(company).id,
            }
        )
        if cls._maybe(0.3):
            payment.outstanding_account_id = False
        payment.action_post()

    # === BOTH WAYS === #

    def test_equal_to_the_cent(self):
        ids = [buyer.id for buyer in self.buyers]
        seen = set()
        for company, policy in self.policies.items():
            Exposure = self.env["credit.exposure"].sudo()
            found = Exposure._gather(Exposure._get_scope(policy, company, ids))
            for buyer in self.buyers:
                slow = SlowExposure(buyer, company, TODAY)
                seen |= {(part, company) for part, _c, _l in slow.amounts}
                with self.subTest(buyer=buyer.name, company=company.name):
                    self._compare(slow, found[buyer.id], company)
        parts = {part for part, _company in seen}
        self.assertEqual(len(parts), 10, f"a database with something in it: {parts}")
        self.assertGreater(len(seen), 16)

    def _compare(self, slow, fast, company):
        given = {
            (part, currency, float(locked or 0)): float(amount)
            for part, currency, locked, amount in fast.rows
        }
        expected = {
            (part, currency.id, float(locked or 0)): float(amount)
            for (part, currency, locked), amount in slow.amounts.items()
            if amount
        }
        self.assertEqual(given.keys(), expected.keys())
        for key, amount in expected.items():
            self.assertAlmostEqual(given[key], amount, places=6, msg=key)
        own = company.currency_id
        total = fast.total(own.id)
        self.assertEqual(own.round(float(total)), own.round(float(slow.total())))
        # the sum of its parts, whoever adds them up
        self.assertEqual(sum(fast.by_currency().values()), sum(r[3] for r in fast.rows))
