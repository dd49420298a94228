"""A Chinese exporter quoting in dollars on a day whose rate everybody knows."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields

from ..common import MultiCurrencyCommon

TODAY = date(2026, 11, 20)
END = TODAY + timedelta(days=14)
LATER = date(2026, 12, 10)

#: company currency for 1 unit, today and later
QUOTED = {"USD": "7.1234", "JPY": "0.0478", "KWD": "23.1852", "EUR": "7.75"}
QUOTED_LATER = {"USD": "7.0021", "JPY": "0.0491", "KWD": "22.9", "EUR": "7.8"}


class RateLockCommon(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 04:00:00"))
        cls._load_chart()
        cls.company.quotation_validity_days = 14
        for currency in cls.usd | cls.jpy | cls.kwd | cls.eur:
            cls._set_rate(currency, TODAY, 1 / float(QUOTED[currency.name]))
            cls._set_rate(currency, LATER, 1 / float(QUOTED_LATER[currency.name]))
        cls.user = cls._create_salesperson(
            "locker", "sales_team.group_sale_salesman,multicurrency_crm.group_user"
        )
        cls.plain_seller = cls._create_salesperson("plain_seller")
        cls.manager = cls._create_salesperson(
            "fx_manager",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
        )

    @classmethod
    def _create_quotation(cls, currency=None, price=None, **values):
        """A quotation in a foreign currency (USD), one line of 3 at a typed price."""
        order = cls._create_order(
            currency_id=(currency or cls.usd).id, order_line=[], **values
        )
        order.order_line = [
            Command.create(
                {
                    "product_id": cls.product.id,
                    "product_uom_qty": 3,
                    **({"price_unit": price} if price else {}),
                }
            )
        ]
        return order

    @classmethod
    def _lock(cls, order):
        order.action_lock_rate()
        return order.rate_lock_id

    @classmethod
    def _invoice(cls, order):
        if order.state != "sale":
            order.action_confirm()
        return order._create_invoices()

    def _post_on(self, moves, day, invoice_date=None):
        """Post on ``day``, with or without an invoice date."""
        with freeze_time(f"{day} 04:00:00"):
            if invoice_date:
                moves.invoice_date = invoice_date
            moves.action_post()

    def assertBookedAt(self, move, quoted, cents=0):
        """Every line of the entry is at ``quoted`` company currency for 1 unit, to the
        company currency's cent (or ``cents`` where a line is the sum of rounded ones),
        and the entry balances."""
        rate = 1 / float(quoted)
        self.assertAlmostEqual(move.invoice_currency_rate, rate, 12)
        currency = move.company_currency_id
        self.assertTrue(currency.is_zero(sum(move.line_ids.mapped("balance"))))
        for line in move.line_ids:
            off = currency.round(line.balance - line.amount_currency / rate)
            self.assertLessEqual(abs(off), cents * currency.rounding, line.display_type)

    @classmethod
    def _run_expiry(cls, test, moment):
        with freeze_time(moment), test.enter_registry_test_mode():
            cls.env.ref(
                "multicurrency_crm.ir_cron_expire_locks"
            ).sudo().method_direct_trigger()

    @classmethod
    def _datetime(cls, day):
        return fields.Datetime.to_datetime(day)
