"""Customers that buy and pay: what the tests of credit share."""

from datetime import date, timedelta
from unittest import SkipTest

from freezegun import freeze_time

from odoo import Command

from ..common import MultiCurrencyCommon

TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)


class CreditCommon(MultiCurrencyCommon):
    """A company with books, a policy as shipped, a clerk and two credit managers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 04:00:00"))
        for currency, rate in ((cls.usd, 0.14), (cls.eur, 0.125), (cls.jpy, 20.0)):
            cls._set_rate(currency, "2022-01-01", rate)
        cls._load_chart()
        cls.policy = cls.env["credit.policy"].create(
            {"name": "Everybody", "company_id": cls.company.id}
        )
        cls.seller = cls._create_salesperson("credit_seller")
        cls.clerk = cls._create_salesperson(
            "credit_clerk", "multicurrency_crm.group_finance"
        )
        cls.decider, cls.second = (
            cls._create_salesperson(login, "multicurrency_crm.group_credit_manager")
            for login in ("credit_decider", "credit_second")
        )
        cls.terms = cls._create_terms("30 days", 30)
        cls.bank = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )

    @classmethod
    def _create_terms(cls, name, *days, **values):
        """Equal instalments after so many days."""
        share = 100.0 / len(days)
        lines = [
            Command.create({"value": "percent", "value_amount": share, "nb_days": n})
            for n in days
        ]
        return cls.env["account.payment.term"].create(
            {"name": name, "line_ids": lines, **values}
        )

    @classmethod
    def _customer(cls, name="Buyer", **values):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, **values}
        )

    @classmethod
    def _invoice(cls, partner, amount, ago=0, *, currency=None, terms=None, **values):
        """A posted invoice of so many days ago.

        :param ago: days; the invoice is due as ``terms`` (30 days) say
        """
        post = values.pop("post", True)
        day = TODAY - ago * DAY
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "currency_id": (currency or cls.cny).id,
                "invoice_date": day,
                "date": day,
                "invoice_payment_term_id": (terms or cls.terms).id,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _pay(cls, moves, ago=0, amount=None):
        """Money for posted invoices, so many days ago, in the books."""
        values = {"payment_date": TODAY - ago * DAY, "journal_id": cls.bank.id}
        if amount is not None:
            values["amount"] = amount
        wizard = cls.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        return wizard.create(values)._create_payments()

    @classmethod
    def _credit_note(cls, move, amount=None, ago=0):
        """A posted credit note, not matched with its invoice."""
        values = {"invoice_date": TODAY - ago * DAY, "date": TODAY - ago * DAY}
        refund = move._reverse_moves([values])
        if amount is not None:
            refund.invoice_line_ids.price_unit = amount
        refund.action_post()
        return refund

    @classmethod
    def _limit(cls, partner, amount, currency=None, **values):
        limit = cls.env["credit.limit"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "amount": amount,
                "currency_id": (currency or cls.cny).id,
                "date_start": TODAY - 300 * DAY,
                **values,
            }
        )
        limit.sudo().action_approve()
        return limit

    @classmethod
    def _order_of(cls, partner, amount, currency=None, **values):
        """A quotation of one line without tax."""
        line = {
            "product_id": cls.product.id,
            "price_unit": amount,
            "product_uom_qty": values.pop("quantity", 1),
            "tax_ids": [],
        }
        return cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "currency_id": (currency or cls.cny).id,
                "order_line": [Command.create(line)],
                **values,
            }
        )

    @classmethod
    def _exposure(cls, partner):
        """:return: ``CustomerExposure`` of one customer, now"""
        Exposure = cls.env["credit.exposure"].sudo()
        scope = Exposure._get_scope(cls.policy, cls.company, partner.ids)
        return Exposure._gather(scope)[partner.id]

    @classmethod
    def _total(cls, partner, currency=None):
        currency = currency or cls.cny
        return currency.round(float(cls._exposure(partner).total(currency.id)))

    @classmethod
    def _parts(cls, partner):
        """:return: {part: amount in its currency}, of customers with one currency"""
        return {
            part: float(amount)
            for part, _currency, _lock, amount in cls._exposure(partner).rows
        }

    @classmethod
    def _assess(cls, partner):
        partner._assess_credit(cls.company)
        partner.invalidate_recordset()
        return partner.with_company(cls.company).credit_assessment_id

    @classmethod
    def _transaction(cls, order, amount, state, **provider):
        """An online payment of an order."""
        method = cls.env["payment.method"].with_context(active_test=False)
        provider = cls.env["payment.provider"].create(
            {"name": "Dummy", "code": "none", "company_id": cls.company.id, **provider}
        )
        return cls.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.search([], limit=1).id,
                "reference": f"{order.name} {state}",
                "amount": amount,
                "currency_id": order.currency_id.id,
                "partner_id": order.partner_id.id,
                "sale_order_ids": [Command.set(order.ids)],
                "state": state,
            }
        )


class CreditModuleCommon(CreditCommon):
    """For modules that needn't be installed."""

    needed = ()  # (model, field) that the module brings

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        model, field = cls.needed
        if field not in getattr(cls.env.get(model), "_fields", ()):
            raise SkipTest(f"{model}.{field} isn't installed")
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1000.0)
