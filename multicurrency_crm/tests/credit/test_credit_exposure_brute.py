"""The exposure in one query against a slow computation by Odoo's records."""

import random
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from ...engine.credit_exposure import OpenItem, allocate
from .credit_common import DAY, TODAY, CreditCommon


@tagged("post_install", "-at_install")
class TestCreditExposureBrute(CreditCommon):
    """Orders by both invoicing policies, deposits, instalments, payments and credit
    notes, in five currencies and two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chance = random.Random(20261120)
        cls.policy.check_ids.unlink()  # nothing stops an order here
        cls.currencies = cls.cny | cls.usd | cls.eur | cls.jpy | cls.kwd
        cls._set_rate(cls.kwd, "2022-01-01", 0.043)
        cls._load_chart(cls.other_company)
        for currency in (cls.cny, cls.jpy, cls.kwd, cls.eur):
            cls._set_rate(currency, "2022-01-01", 5.5, cls.other_company)
        cls.env = cls.env(
            context={
                **cls.env.context,
                "allowed_company_ids": (cls.company | cls.other_company).ids,
            }
        )
        cls.halves = cls._create_terms("Halves", 10, 60)
        cls.secured = cls._create_terms(
            "Documents", 20, credit_security="documents_against_payment"
        )
        cls.products = cls.env["product.product"].create(
            [
                {"name": policy, "invoice_policy": policy, "taxes_id": False}
                for policy in ("order", "delivery")
            ]
        )
        cls.buyers = [cls._customer(f"Buyer {n}") for n in range(6)]
        for _document in range(50):
            cls._do_something()

    # === AT RANDOM === #

    @classmethod
    def _do_something(cls):
        pick = cls.chance.choice
        company = pick((cls.company, cls.company, cls.other_company))
        sale = pick((cls._random_order, cls._random_invoice))
        sale(company, pick(cls.buyers), pick(cls.currencies))

    @classmethod
    def _amount(cls, currency):
        return currency.round(cls.chance.uniform(50, 5000))

    @classmethod
    def _random_order(cls, company, buyer, currency):
        chance = cls.chance
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": buyer.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "payment_term_id": chance.choice((cls.terms, cls.secured)).id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": product.id,
                                "product_uom_qty": chance.randint(1, 9),
                                "price_unit": cls._amount(currency),
                                "discount": chance.choice((0, 12.5)),
                            }
                        )
                        for product in cls.products
                    ],
                }
            )
        )
        order.with_company(company).action_confirm()
        for line in order.order_line:
            line.qty_delivered = chance.randint(0, int(line.product_uom_qty) + 2)
        if chance.random() < 0.5:
            cls._random_deposit(order)
        if chance.random() < 0.5 and order.invoice_status == "to invoice":
            invoice = order._create_invoices(final=chance.random() < 0.5)
            if chance.random() < 0.6:
                invoice.action_post()

    @classmethod
    def _random_deposit(cls, order):
        wizard = (
            cls.env["sale.advance.payment.inv"]
            .with_company(order.company_id)
            .create(
                {
                    "advance_payment_method": "percentage",
                    "amount": cls.chance.choice((10, 30)),
                    "sale_order_ids": [Command.set(order.ids)],
                }
            )
        )
        deposit = wizard._create_invoices(order)
        if cls.chance.random() < 0.7:
            deposit.action_post()

    @classmethod
    def _random_invoice(cls, company, buyer, currency):
        chance = cls.chance
        env_company = company
        move = (
            cls.env["account.move"]
            .with_company(env_company)
            .create(
                {
                    "move_type": chance.choice(("out_invoice",) * 4 + ("out_refund",)),
                    "partner_id": buyer.id,
                    "company_id": company.id,
                    "currency_id": currency.id,
                    "invoice_date": TODAY - chance.randint(0, 150) * DAY,
                    "invoice_payment_term_id": chance.choice(
                        (cls.terms, cls.halves, cls.secured)
                    ).id,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "price_unit": cls._amount(currency)}
                        )
                    ],
                }
            )
        )
        move.invoice_line_ids.tax_ids = False
        move.action_post()
        if move.move_type == "out_invoice" and chance.random() < 0.4:
            paid = currency.round(move.amount_total * chance.choice((1, 0.5, 0.25)))
            cls.bank = cls.env["account.journal"].search(
                [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
            )
            cls._pay(move, amount=paid)

    # === SLOWLY === #

    def _slow_parts(self, buyer, company):
        """:return: {(overdue, disputed, …): {currency: amount}} by plain loops"""
        by_currency = {}

        def count(currency, amount):
            known = by_currency.get(currency.id, Decimal(0))
            by_currency[currency.id] = known + amount

        for currency, amount in self._slow_receivables(buyer, company):
            count(currency, amount)
        drafts = self.env["account.move"].search(
            [
                ("partner_id", "=", buyer.id),
                ("company_id", "=", company.id),
                ("state", "=", "draft"),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        for move in drafts:
            sign = -1 if move.move_type == "out_refund" else 1
            share = Decimal(str(move.invoice_payment_term_id.credit_open_share))
            for line in move.invoice_line_ids.filtered("sale_line_ids"):
                amount = Decimal(str(line.price_total))
                count(move.currency_id, sign * share * amount)
        orders = self.env["sale.order"].search(
            [
                ("partner_invoice_id", "=", buyer.id),
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
            ]
        )
        for order in orders:
            share = Decimal(str(order.payment_term_id.credit_open_share))
            count(order.currency_id, share * self._slow_order(order))
        return by_currency

    def _slow_receivables(self, buyer, company):
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", buyer.id),
                ("company_id", "=", company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        shares, items = {}, []
        for index, line in enumerate(lines.sorted("id")):
            # one more microsecond of order: of one day, the older id is paid first
            amount = Decimal(str(line.amount_residual_currency))
            due = line.date_maturity or line.date
            share = line.move_id.invoice_payment_term_id.credit_open_share
            item = OpenItem(line.currency_id.name, due, amount)
            items.append(item)
            shares[line.currency_id.name, due, index] = share if amount > 0 else 1.0
        yield from self._slow_allocation(lines, items)

    def _slow_allocation(self, lines, items):
        currencies = {currency.name: currency for currency in self.currencies}
        left = {}
        for item in allocate(items):
            left.setdefault(item.currency, []).append(item)
        for name, rows in left.items():
            debts = lines.filtered(
                lambda line, name=name: (
                    line.currency_id.name == name and line.amount_residual_currency > 0
                )
            ).sorted(lambda line: (line.date_maturity or line.date, line.id))
            owed = [row for row in rows if row.amount > 0]
            # what is left is the newest part of what was owed
            for row, line in zip(reversed(owed), reversed(debts), strict=False):
                share = line.move_id.invoice_payment_term_id.credit_open_share
                yield currencies[name], row.amount * Decimal(str(share))
            for row in rows:
                if row.amount < 0:
                    yield currencies[name], row.amount

    def _slow_order(self, order):
        total, deposits = Decimal(0), Decimal(0)
        for line in order.order_line.filtered(lambda line: not line.display_type):
            invoiced = Decimal(0)
            for invoice_line in line.invoice_lines:
                move = invoice_line.move_id
                if move.state != "cancel":
                    sign = -1 if move.move_type == "out_refund" else 1
                    invoiced += sign * Decimal(str(invoice_line.price_total))
            if line.is_downpayment:
                deposits += invoiced
            elif line.invoice_status != "invoiced":
                unit = Decimal(str(line.price_total)) / Decimal(
                    str(line.product_uom_qty)
                )
                most = max(line.product_uom_qty, line.qty_delivered)
                total += max(unit * Decimal(str(most)) - invoiced, Decimal(0))
        return max(total - deposits, Decimal(0))

    def test_equal_to_the_cent(self):
        Exposure = self.env["credit.exposure"].sudo()
        other_policy = self.env["credit.policy"].create(
            {"name": "There", "company_id": self.other_company.id}
        )
        seen = 0
        for policy, company in (
            (self.policy, self.company),
            (other_policy, self.other_company),
        ):
            ids = [buyer.id for buyer in self.buyers]
            scope = Exposure._get_scope(policy, company, ids)
            found = Exposure._gather(scope)
            for buyer in self.buyers:
                slow = self._slow_parts(buyer, company)
                fast = found[buyer.id].by_currency()
                for currency in self.currencies:
                    with self.subTest(buyer=buyer.name, currency=currency.name):
                        expected = slow.get(currency.id, Decimal(0))
                        given = fast.get(currency.id, Decimal(0))
                        self.assertAlmostEqual(given, expected, places=6)
                        seen += bool(expected)
        self.assertGreater(seen, 20, "a database with something in it")
