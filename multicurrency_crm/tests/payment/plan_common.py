"""Orders that are paid in instalments."""

import base64
from datetime import timedelta

from odoo import Command
from odoo.tests import new_test_user

from ..common import MultiCurrencyCommon

SELLER = "sales_team.group_sale_salesman,multicurrency_crm.group_user"
CLERK = "account.group_account_user,multicurrency_crm.group_finance"


def plan_lines(*lines):
    """Return commands of instalments: (share, trigger, days) or (share, trigger, days,
    more values)."""
    return [
        Command.create(
            {
                "sequence": number,
                "percentage": share,
                "trigger": trigger,
                "days": days,
                **(more[0] if more else {}),
            }
        )
        for number, (share, trigger, days, *more) in enumerate(lines, 1)
    ]


DEPOSIT_AND_REST = ((0.3, "order", 0), (0.7, "bill_of_lading", 60))


class PlanCommon(MultiCurrencyCommon):
    """A company with books in yuan, whose customers pay dollars, yen and dinars."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.today = cls.company._get_today()
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        cls.tax = cls.env["account.tax"].create(
            {
                "name": "13% VAT",
                "amount": 13.0,
                "company_id": cls.company.id,
                "type_tax_use": "sale",
            }
        )
        cls.seller = cls._colleague("plan_seller", SELLER)
        cls.other_seller = cls._colleague("plan_other", SELLER)
        cls.clerk = cls._colleague("plan_clerk", CLERK)

    @classmethod
    def _colleague(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _days(cls, count):
        """:return: the day that many days from today"""
        return cls.today + timedelta(days=count)

    @classmethod
    def _planned(cls, *lines, total=10000.0, currency=None, **values):
        """A quotation with a plan, without tax unless ``taxes`` say so."""
        taxes = values.pop("taxes", cls.env["account.tax"])
        return cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "currency_id": (currency or cls.usd).id,
                "user_id": cls.seller.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_uom_qty": 10,
                            "price_unit": total / 10,
                            "tax_ids": [Command.set(taxes.ids)],
                        }
                    )
                ],
                "payment_plan_ids": plan_lines(*(lines or DEPOSIT_AND_REST)),
                **values,
            }
        )

    @classmethod
    def _ordered(cls, *lines, **values):
        order = cls._planned(*lines, **values)
        order.action_confirm()
        return order

    @classmethod
    def _invoice_rest(cls, order, day=None, final=True):
        """:return: the posted invoice of what is left of an order"""
        move = order._create_invoices(final=final)
        move.invoice_date = day or cls.today
        move.action_post()
        return move

    @classmethod
    def _invoice_quantity(cls, order, quantity, day=None):
        """:return: the posted invoice of a part of an order's first line"""
        move = order._create_invoices()
        move.invoice_line_ids.quantity = quantity
        move.invoice_date = day or cls.today
        move.action_post()
        return move

    @classmethod
    def _pay(cls, amount, invoice, day=None):
        """Match money that came in with an invoice, as a bank's line does."""
        receivable = invoice.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).account_id
        income = cls.env["account.account"].search(
            [
                ("account_type", "=", "asset_current"),
                *cls.env["account.account"]._check_company_domain(cls.company),
            ],
            limit=1,
        )
        rate = invoice.invoice_currency_rate
        common = {
            "partner_id": invoice.commercial_partner_id.id,
            "currency_id": invoice.currency_id.id,
        }
        booked = invoice.company_currency_id.round(amount / rate)
        entry = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day or cls.today,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "amount_currency": -amount,
                            "balance": -booked,
                            **common,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": income.id,
                            "amount_currency": amount,
                            "balance": booked,
                            **common,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        items = (entry | invoice).line_ids.filtered(
            lambda line: line.account_id == receivable and not line.reconciled
        )
        items.reconcile()
        cls._end()
        return entry

    @classmethod
    def _end(cls):
        """What Odoo does when a request ends."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def _file(cls, user=None):
        Attachment = cls.env["ir.attachment"].with_user(user or cls.env.user)
        return Attachment.create(
            {"name": "bl.pdf", "raw": base64.b64encode(b"Bill of lading")}
        )

    @classmethod
    def _tick(cls, plan, day, user=None):
        plan = plan.with_user(user or cls.env.user)
        plan._tick(day, cls._file(user))

    def _amounts(self, order, name="amount"):
        return order.payment_plan_ids.mapped(name)

    def _due_days(self, move):
        """:return: {amount of an item: day}"""
        items = move.line_ids.filtered(lambda li: li.display_type == "payment_term")
        return {item.amount_currency: item.date_maturity for item in items}
