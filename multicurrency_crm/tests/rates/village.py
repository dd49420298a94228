"""A publisher with a calendar of its own, which a test may declare as it likes."""

import datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from ...engine.calendars import Calendar, target_holidays
from ...engine.rates import Quote
from ...providers import registry
from ...providers.base import Adapter
from ...providers.errors import NoQuotes
from ..providers.common import reply
from .common import LoopbackCommon


class Village(Adapter):
    """Lines of "date,code,figure", units for 1 EUR."""

    code = "village"
    name = "Village Bank"
    base = "EUR"
    calendar = Calendar("Europe/Berlin", datetime.time(16), holidays=target_holidays)
    terms = "None."
    documentation = "https://village.example/"

    def request(self, client, address, date_from, date_to, today):
        span = {"from": date_from, "to": date_to, "key": client.api_key or None}
        return client.get(f"{address}rates", span)

    def parse(self, payload, **hints):
        quotes = [
            Quote(
                "EUR",
                code,
                Decimal(figure),
                1,
                "foreign_per_base",
                datetime.date.fromisoformat(day),
                "mid",
                "village",
            )
            for day, code, figure in (
                line.split(",") for line in payload.decode().splitlines()
            )
        ]
        if not quotes:
            raise NoQuotes("Nothing.")
        return quotes


class VillageCommon(LoopbackCommon):
    """A provider of the village's rates, for dollars in yuan.

    ``rows``: {ISO date: {code: figure}}, of which the publisher serves the days asked
    for; ``spans``: the days asked for, as (first, last).
    """

    #: what this test's village declares otherwise
    declared = {}

    def setUp(self):
        super().setUp()
        self.env["fx.rate.provider"].search(
            [("id", "!=", self.provider.id)]
        ).active = False
        adapter = type("Village", (Village,), self.declared)
        registry.register(adapter)
        self.addCleanup(registry.unregister, "village")
        self.rows, self.spans = {}, []
        self.publisher.answers["/rates"] = self.answer
        self.provider.write(
            {"service": "village", "name": "Village", "currency_ids": self.usd.ids}
        )

    def answer(self, handler, _times):
        """Serve the rows of the days asked for."""
        query = parse_qs(urlsplit(handler.path).query)
        [first], [last] = query["from"], query["to"]
        self.spans.append((first, last))
        reply(handler, self.lines(first, last))

    def lines(self, first, last):
        """The payload of some days."""
        return "\n".join(
            f"{day},{code},{figure}"
            for day, figures in sorted(self.rows.items())
            if first <= day <= last
            for code, figure in figures.items()
        ).encode()

    def publish(self, *days, **figures):
        """Publish figures for days, dollars and yuan unless said otherwise."""
        for day in days:
            self.rows[day] = figures or {"USD": "1.0840", "CNY": "7.8154"}

    def run_cron(self):
        """As the scheduler does, in a transaction of its own that commits."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref("multicurrency_crm.cron_fetch_rates").method_direct_trigger()
        self.env.invalidate_all()
