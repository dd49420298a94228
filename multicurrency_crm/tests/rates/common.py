"""What the tests of rates share: two companies, a provider and quotes."""

import datetime
from decimal import Decimal

from odoo import Command

from ...engine.rates import Quote
from ...models.rates import fx_rate_provider_fetching
from ..common import MultiCurrencyCommon
from ..providers.common import ecb_csv, ecb_xml, publisher, zipped

#: two days of the dollar and the yuan, the files in which they come, and the log
DAY = "2026-03-06"
ROWS = {DAY: ["1.0840", "7.8154"], "2026-03-05": ["1.0812", "7.7926"]}
FILES = ("/eurofxref-daily.xml", "/eurofxref-hist-90d.xml")
LOG = fx_rate_provider_fetching._logger.name
#: eleven currencies that the ECB publishes, the companies' own two among them
ELEVEN = ("USD", "CNY", "JPY", "GBP", "CHF", "CZK", "SEK", "NOK", "PLN", "SGD", "THB")


def eur_quote(day, code, value):
    """A quote as the ECB publishes it: ``value`` (text) units of ``code`` for 1 EUR."""
    date = datetime.date.fromisoformat(day) if isinstance(day, str) else day
    return Quote("EUR", code, Decimal(value), 1, "foreign_per_base", date, "mid", "ecb")


def eur_quotes(days, codes=ELEVEN, start=datetime.date(2026, 3, 2)):
    """Quotes for ``days`` consecutive days: made up, different on each."""
    return [
        eur_quote(
            start + datetime.timedelta(day),
            code,
            f"{1.0713 + 3.1 * place + day * 0.0017:.4f}",
        )
        for day in range(days)
        for place, code in enumerate(codes)
    ]


class RatesCommon(MultiCurrencyCommon):
    """No rate typed anywhere, and a provider that serves the Chinese company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.currency.rate"].search([]).unlink()
        cls.provider = cls._create_provider(cls.company)
        cls.Rate = cls.env["res.currency.rate"]

    @classmethod
    def _create_provider(cls, companies, **values):
        return cls.env["fx.rate.provider"].create(
            {
                "name": "Test ECB",
                "service": "ecb",
                "company_ids": [Command.set(companies.ids)],
                **values,
            }
        )

    def _rates(self, currency, company=None):
        """{ISO date: technical rate} of a company's own rows."""
        rows = self.Rate.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "=", (company or self.company).id),
            ]
        )
        return {str(row.name): row.rate for row in rows}

    def assertRates(self, currency, expected, company=None):
        found = self._rates(currency, company)
        self.assertEqual(found.keys(), expected.keys())
        for day, rate in expected.items():
            self.assertAlmostEqual(found[day], rate, delta=abs(rate) * 1e-12)


class LoopbackCommon(RatesCommon):
    """The provider asks a server on 127.0.0.1, as an administrator may allow."""

    def setUp(self):
        super().setUp()
        self.publisher = self.enterContext(publisher())
        self.env["ir.config_parameter"].set_param(
            "multicurrency_crm.allowed_hosts", "127.0.0.1"
        )
        self.provider.address = self.publisher.address

    def archive_others(self):
        """Leave the provider of the test alone in the database."""
        self.env["fx.rate.provider"].search(
            [("id", "!=", self.provider.id)]
        ).active = False

    def serve(self, rows, codes=("USD", "CNY")):
        """Serve the same rows as daily and as 90-day file.

        :param rows: {ISO date: [figure as text, per code]}
        """
        newest = dict([max(rows.items())])
        self.publisher.answers["/eurofxref-daily.xml"] = ecb_xml(newest, codes)
        self.publisher.answers["/eurofxref-hist-90d.xml"] = ecb_xml(rows, codes)


def ecb_csv_history(rows, codes=("USD", "CNY")):
    """The same rows as the ECB's ZIP of all days."""
    return zipped("eurofxref-hist.csv", ecb_csv(rows, codes))
