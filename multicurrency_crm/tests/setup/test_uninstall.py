"""The addon leaves, and what documents need of it stays."""

import logging

from odoo.tests import tagged

from ...hooks import uninstall_hook
from ..rates.common import RatesCommon, eur_quote


@tagged("post_install", "-at_install")
class TestUninstall(RatesCommon):
    def test_rates_stay_and_providers_can_go(self):
        day = "2026-03-02"
        quotes = [eur_quote(day, "USD", "1.0800"), eur_quote(day, "CNY", "7.8000")]
        self.provider._store(quotes)
        second = self._create_provider(self.company, name="Second", sequence=99)
        second._store(quotes)
        named = self.env["fx.rate.named"].search([("provider_id", "=", second.id)])
        self.assertTrue(named)
        uninstall_hook(self.env)
        self.assertRates(self.usd, {day: 1.08 / 7.8})
        (self.provider | second).unlink()

    def test_orders_whose_copies_change_currency_are_counted(self):
        self._set_rate(self.eur, "2026-01-01", 0.125)
        order = self.env["sale.order"].create({"partner_id": self.customer.id})
        order._switch_currency(self.eur)
        self.assertNotEqual(order.currency_id, order.pricelist_id.currency_id)
        # by number: Odoo calls another level INFO
        with self.assertLogs(
            "odoo.addons.multicurrency_crm.hooks", logging.INFO
        ) as log:
            uninstall_hook(self.env)
        self.assertIn("orders keep a currency", log.output[0])
