"""Entries by hand, so that each date, currency and match is the test's own."""

from datetime import date

from odoo import Command

from ..common import MultiCurrencyCommon


class LedgerCommon(MultiCurrencyCommon):
    """A company that keeps its books in euro, with a receivable account of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.gbp,) = cls._activate("GBP")
        cls.books = cls._create_company("Quay Trading", cls.eur)
        cls._work_in(cls.books)
        cls._load_chart(cls.books)
        for currency, rate in ((cls.usd, 1.1), (cls.gbp, 0.9), (cls.jpy, 160.0)):
            cls._set_rate(currency, "2026-01-01", rate, cls.books)
        cls.income = cls._find_account("income")
        cls.general = cls._find_journal("general")
        cls.bank = cls._find_journal("bank")
        cls.buyer = cls._customer("Buyer")
        # of several, that which invoices take
        cls.receivable = cls.buyer.property_account_receivable_id
        cls.payable = cls.buyer.property_account_payable_id

    @classmethod
    def _work_in(cls, company):
        cls.env.user.company_ids |= company
        cls.env.user.company_id = company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": company.ids}
        )

    @classmethod
    def _find_account(cls, account_type, company=None):
        return cls.env["account.account"].search(
            [
                *cls.env["account.account"]._check_company_domain(
                    company or cls.env.company
                ),
                ("account_type", "=", account_type),
            ],
            limit=1,
        )

    @classmethod
    def _find_journal(cls, journal_type, company=None):
        return cls.env["account.journal"].search(
            [
                ("type", "=", journal_type),
                ("company_id", "=", (company or cls.env.company).id),
            ],
            limit=1,
        )

    @classmethod
    def _customer(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    # === DOCUMENTS === #

    @classmethod
    def _invoice(cls, amount, currency, day, *, kind="out_invoice", **values):
        """A posted invoice without tax.

        :param day: its date, as text; due at once unless ``values`` say otherwise
        """
        due = values.pop("due", day)
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": cls.buyer.id,
                "company_id": cls.env.company.id,
                "currency_id": currency.id,
                "invoice_date": day,
                "date": day,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @classmethod
    def _entry(cls, amount, booked, currency, day, *, account=None, **values):
        """A posted entry: an amount on a receivable, against income.

        :param amount: in ``currency``; below 0 in the customer's favour
        :param booked: in the currency of the books
        """
        partner = values.pop("partner", cls.buyer)
        common = {"partner_id": partner.id, "currency_id": currency.id}
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.general.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": (account or cls.receivable).id,
                            "amount_currency": amount,
                            "balance": booked,
                            "date_maturity": values.pop("due", day),
                            **common,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": cls.income.id,
                            "amount_currency": -amount,
                            "balance": -booked,
                            **common,
                        }
                    ),
                ],
                **values,
            }
        )
        move.action_post()
        return move

    @classmethod
    def _pay(cls, amount, currency, day, *, partner=None, direction="inbound"):
        """A posted payment that isn't matched with anything yet."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": direction,
                "partner_type": "customer",
                "partner_id": (partner or cls.buyer).id,
                "amount": amount,
                "currency_id": currency.id,
                "date": day,
                "journal_id": cls.bank.id,
                "payment_method_line_id": cls._get_method(direction).id,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _get_method(cls, direction):
        """A way to pay with an outstanding account: such payments have an entry."""
        methods = cls.bank[f"{direction}_payment_method_line_ids"]
        if not methods[0].payment_account_id:
            methods[0].payment_account_id = cls.env["account.account"].create(
                {
                    "name": f"Outstanding {direction}",
                    "code": "1019" + ("1" if direction == "inbound" else "2"),
                    "account_type": "asset_current",
                    "reconcile": True,
                }
            )
        return methods[0]

    @classmethod
    def _match(cls, *moves):
        """Match what entries, invoices and payments have on receivables."""
        lines = cls.env["account.move.line"]
        for move in moves:
            entry = move if move._name == "account.move" else move.move_id
            lines |= entry.line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
        lines.reconcile()

    # === WHAT IS OPEN === #

    @classmethod
    def _open(cls, day, **scope):
        """{(document, kind): (open, open in the books)} at the end of a day."""
        Line = cls.env["account.move.line"]
        items = Line._find_open_items(cls.env.company, date.fromisoformat(day), **scope)
        return {
            (cls.env["account.move"].browse(item.move_id).name, item.kind): (
                item.residual,
                item.residual_booked,
            )
            for item in items
        }
