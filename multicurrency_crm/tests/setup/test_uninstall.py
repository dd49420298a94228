"""The addon leaves, and what documents need of it stays."""

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
