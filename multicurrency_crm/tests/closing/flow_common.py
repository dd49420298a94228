"""Books in yuan, and a week in which something of everything happens."""

from datetime import date

from odoo import Command
from odoo.tests import new_test_user

from .revaluation_common import RevaluationCommon

#: Monday to Sunday
WEEK = date(2026, 10, 26), date(2026, 11, 1)
BEFORE = date(2026, 10, 19), date(2026, 10, 25)
FIGURES = (
    *("opening", "invoiced", "credited", "received", "paid_out", "exchanged"),
    *("other", "closing"),
)


class FlowCommon(RevaluationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["currency.flow"].search([]).filtered(
            lambda flow: flow.company_id == cls.books
        ).unlink()
        for currency, day, price in (
            (cls.usd, "2026-10-19", 7.10),
            (cls.usd, "2026-10-28", 7.20),
            (cls.eur, "2026-10-19", 8.00),
        ):
            cls._price(currency, day, price)
        cls.env["fx.rate.named"].create(
            {
                "company_id": cls.books.id,
                "currency_id": cls.usd.id,
                "kind": "budget",
                "date": "2026-01-01",
                "rate": 1 / 7.0,
            }
        )
        cls.supplier = cls._customer("Foundry")
        cls.transit = cls._get_method("inbound").payment_account_id
        cls.way_out = cls._get_method("outbound").payment_account_id
        cls.till = cls.bank.default_account_id

    @classmethod
    def _fill_week(cls):
        """Invoices of USD 10,000 and, in the week, 5,000, 500 credited, 4,000 received;
        a bill of EUR 1,000, 600 of it paid; USD 3,000 changed at 7.18."""
        old = cls._invoice(10000, cls.usd, "2026-10-20")
        cls._invoice(5000, cls.usd, "2026-10-27")
        cls._invoice(500, cls.usd, "2026-10-29", kind="out_refund")
        cls._match(old, cls._pay(4000, cls.usd, "2026-10-28"))
        bill = cls._bill(1000, cls.eur, "2026-10-27")
        cls._match_owed(bill, cls._pay_supplier(600, cls.eur, "2026-10-30"))
        cls._write(
            "2026-10-30",
            (cls.transit, cls.usd, -3000, -21600),
            (cls.till, cls.cny, 21540, 21540),
            (cls.expense, cls.cny, 60, 60),
        )

    @classmethod
    def _bill(cls, amount, currency, day, **values):
        return cls._invoice(
            amount,
            currency,
            day,
            kind="in_invoice",
            partner_id=cls.supplier.id,
            **values,
        )

    @classmethod
    def _pay_supplier(cls, amount, currency, day):
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "outbound",
                "partner_type": "supplier",
                "partner_id": cls.supplier.id,
                "amount": amount,
                "currency_id": currency.id,
                "date": day,
                "journal_id": cls.bank.id,
                "payment_method_line_id": cls._get_method("outbound").id,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _match_owed(cls, bill, payment):
        lines = bill.line_ids | payment.move_id.line_ids
        lines.filtered(
            lambda line: line.account_id.account_type == "liability_payable"
        ).reconcile()

    @classmethod
    def _write(cls, day, *rows, **values):
        """A posted entry: (account, currency, amount, in company currency)."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.general.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "currency_id": currency.id,
                            "amount_currency": amount,
                            "balance": booked,
                        }
                    )
                    for account, currency, amount, booked in rows
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @classmethod
    def _make(cls, days=WEEK, company=None, user=None):
        env = cls.env(user=user) if user else cls.env
        return env["currency.flow"]._make(company or cls.books, *days)

    @classmethod
    def _accountant(cls, login):
        """A clerk who reads Odoo's accounting, too."""
        return new_test_user(
            cls.env,
            login,
            groups="base.group_user,multicurrency_crm.group_finance,"
            "account.group_account_readonly",
            company_id=cls.books.id,
            company_ids=[Command.set(cls.books.ids)],
        )

    def _read(self, flow, *names):
        """{(kind, currency): figures that aren't 0}"""
        names = names or FIGURES
        return {
            (line.kind, line.currency_id.name): {
                name: line[name] for name in names if line[name]
            }
            for line in flow.line_ids
        }
