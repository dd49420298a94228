"""Adapters register by themselves, those of other addons too."""

import ast
import datetime
import inspect
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from odoo.tests import BaseCase, tagged

from ...engine.calendars import Calendar
from ...providers import errors, payloads, reading, registry, sources
from ...providers.base import Adapter
from ...providers.http import Client
from .adapter_cases import AdapterCases
from .common import fixture, publisher

ADDON = Path(__file__).resolve().parents[2]
DAY = datetime.date(2026, 3, 6)
#: before any publisher's first day
FIRST = datetime.date(1900, 1, 1)
#: most lines of an adapter's file
LINES = 130


class Atlantis(Adapter):
    """What another addon would bring: pearls for 100 units, a line for each."""

    code = "atlantis"
    name = "Bank of Atlantis"
    base = "XPF"
    kinds = ("official",)
    calendar = Calendar("Pacific/Tahiti", datetime.time(9))
    address = "https://rates.atlantis.example/daily/"
    hosts = ("rates.atlantis.example",)
    terms = "Source: Bank of Atlantis."
    documentation = "https://rates.atlantis.example/"

    def request(self, client, address, date_from, date_to, today):
        return client.get(f"{address}rates.csv", {"from": date_from, "to": date_to})

    def parse(self, payload, **hints):
        quotes = reading.Quotes(self.code, self.base, hints)
        for row in payloads.parse_csv(payload, publisher=self.name):
            if len(row) != 3:
                raise errors.FormatError("A line of the Bank of Atlantis is broken.")
            day, code, figure = row
            quotes.add(
                code,
                figure,
                reading.iso_date(day),
                nominal=100,
                direction="base_per_foreign",
                kind="official",
            )
        return quotes.done()


@tagged("post_install", "-at_install")
class TestRegistry(BaseCase):
    def register(self, adapter_class=Atlantis, **declarations):
        if declarations:
            adapter_class = type("Atlantis", (adapter_class,), declarations)
        self.addCleanup(registry.unregister, "atlantis")
        return registry.register(adapter_class)

    def test_a_third_partys_adapter(self):
        """Registered, found and fetched through the registry; nothing is patched."""
        self.register()
        adapter = registry.get("atlantis")
        self.assertIsInstance(adapter, Atlantis)
        self.assertIs(registry.find("atlantis"), adapter)
        names = [adapter.name for adapter in registry.all_adapters()]
        self.assertEqual(names, sorted(names))
        self.assertIn("Bank of Atlantis", names)
        with publisher() as server, Client((), ["127.0.0.1"], pause=0) as client:
            server.answers["/rates.csv"] = (
                b"2026-03-05,USD,10950.5\n2026-03-06,USD,10961.20\n"
                b"2026-03-06,EUR,0\n2026-03-06,CNY,N/A\n"
            )
            refused = []
            [quote] = adapter.fetch(client, server.address, DAY, DAY, DAY, refused)
            [asked] = server.asked
        self.assertEqual(str(quote), "100 USD = 10961.20 XPF")
        self.assertEqual((quote.kind, quote.source), ("official", "atlantis"))
        self.assertEqual([figure.currency for figure in refused], ["EUR"])
        self.assertEqual(asked, "/rates.csv?from=2026-03-06&to=2026-03-06")

    def test_a_key_that_a_payload_repeats(self):
        """The client knows the key, the parser that quotes the payload doesn't."""
        self.register()
        key = "0123456789abcdef"
        bounds = {"pause": 0, "api_key": key}
        with publisher() as server, Client((), ["127.0.0.1"], **bounds) as client:
            server.answers["/rates.csv"] = f"2026-03-06,USD,{key}\n".encode()
            with self.assertRaisesRegex(
                errors.FormatError, "isn.t a valid rate"
            ) as caught:
                registry.get("atlantis").fetch(client, server.address, DAY, DAY, DAY)
        self.assertNotIn(key, str(caught.exception))
        self.assertNotIn(key, str(caught.exception.values))

    def test_two_of_one_code(self):
        self.register()
        self.register()  # the module was loaded again
        with self.assertRaisesRegex(ValueError, "two adapters are called 'atlantis'"):
            registry.register(type("Impostor", (Atlantis,), {}))
        self.assertIs(type(registry.get("atlantis")), Atlantis)

    def test_missing_declarations(self):
        class Bare(Adapter):
            code = "bare"

        with self.assertRaises(ValueError) as caught:
            registry.register(Bare)
        self.assertEqual(
            str(caught.exception).partition(": ")[2],
            "it declares no name, no base, no terms, no documentation; "
            "it has no method parse, no request",
        )
        self.assertIsNone(registry.find("bare"))

    def test_declarations_that_cannot_be(self):
        for name, value in (
            ("code", "Atlantis Bank"),
            ("name", ""),
            ("base", "pearl"),
            ("kinds", ()),
            ("kinds", ("middle",)),
            ("currencies", frozenset({"XPF", "USD"})),
            ("currencies", frozenset({"dollar"})),
            ("calendar", None),
            ("applies", "yesterday"),
            ("terms", ""),
            ("address", "http://rates.atlantis.example/"),
            ("address", "https://elsewhere.example/"),
        ):
            with self.subTest(name, value=value):
                with self.assertRaisesRegex(ValueError, f"its {name} can't be"):
                    self.register(**{name: value})
                self.assertIsNone(registry.find("atlantis"))

    def test_currencies_to_ask_for(self):
        """What is wanted and quoted; who doesn't say leaves it to the other."""
        for quoted, wanted, expected in (
            ("", "", []),
            ("EUR USD", "", ["EUR", "USD"]),
            ("", "USD XPF EUR", ["EUR", "USD"]),
            ("EUR USD", "XPF USD CNY", ["USD"]),
            ("EUR USD", "CNY XPF", None),
            ("", "XPF", None),
        ):
            with self.subTest(quoted, wanted=wanted):
                self.register(currencies=frozenset(quoted.split()))
                adapter = registry.get("atlantis")
                with Client((), currencies=wanted.split()) as client:
                    if expected is not None:
                        self.assertEqual(adapter.wanted(client), expected)
                        continue
                    with self.assertRaisesRegex(errors.ProviderError, "Atlantis"):
                        adapter.wanted(client)

    def test_unknown_code(self):
        with self.assertRaisesRegex(errors.UnknownProvider, "nowhere"):
            registry.get("nowhere")


@tagged("post_install", "-at_install")
class TestEveryAdapterOfOurs(BaseCase):
    """What each says of itself is whole, whoever wrote it."""

    def setUp(self):
        super().setUp()
        self.ours = [
            adapter
            for adapter in registry.all_adapters()
            if type(adapter).__module__.startswith(registry.__package__)
        ]
        #: those that somebody is asked for over the network
        self.publishers = [adapter for adapter in self.ours if adapter.hosts]
        self.assertGreater(len(self.publishers), 30)

    def test_declarations(self):
        for adapter in self.ours:
            with self.subTest(adapter.code):
                self.assertEqual(adapter.documentation[:8] or "https://", "https://")
                self.assertEqual(bool(adapter.address), bool(adapter.hosts))
                self.assertGreater(adapter.max_age_days, 0)
                self.assertIn(adapter.kinds[0], adapter.kinds)
                self.assertLess(adapter.first_day or FIRST, DAY)
                sentences = (adapter.terms, adapter.limits, adapter.unseen)
                for text in filter(None, (adapter.name, *sentences)):
                    self.assertIsInstance(text, errors.Term)
                for text in filter(None, sentences):
                    self.assertEqual(text[-1], ".")

    def test_when_it_publishes(self):
        """In a zone that exists, at a moment that comes; its rates age slower."""
        now = datetime.datetime.combine(DAY, datetime.time(12), datetime.UTC)
        for adapter in self.publishers:
            with self.subTest(adapter.code):
                calendar = adapter.calendar
                self.assertIn(calendar.zone, available_timezones())
                following = calendar.next_publication(now)
                self.assertGreater(following, now)
                wait = following.date() - calendar.newest_expected(now)
                self.assertLessEqual(wait.days, adapter.max_age_days)

    def test_where_it_publishes(self):
        """On https, at hosts of its own; a page that describes it is there to read."""
        for adapter in self.publishers:
            with self.subTest(adapter.code):
                address = urlsplit(adapter.address)
                self.assertEqual(address.scheme, "https")
                self.assertIn(address.hostname, adapter.hosts)
                self.assertEqual((address.query, address.fragment), ("", ""))
                for host in adapter.hosts:
                    self.assertRegex(host, r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")
                self.assertRegex(adapter.documentation, r"^https://[^/ ]+\.[a-z]+")

    def test_what_it_takes_and_allows(self):
        """Its terms, how much may be asked, and whether a key is needed."""
        for adapter in self.publishers:
            with self.subTest(adapter.code):
                self.assertGreater(len(adapter.terms), 20)
                self.assertGreaterEqual(adapter.min_interval, 0)
                for days in (adapter.longest_range, adapter.first_days):
                    self.assertGreater(1 if days is None else days, 0)
                # who counts requests, or makes us wait, is told of with the provider
                if adapter.needs_key or adapter.min_interval or adapter.first_days:
                    self.assertTrue(adapter.limits)

    def _neighbours(self, file):
        """The files beside it that one imports."""
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                aliases = (alias.name for alias in node.names)
                yield from [node.module] if node.module else aliases

    def test_no_file_is_idle(self):
        """Each file registers its adapter, or helps the one whose name it begins with.

        Code of two adapters or more lies with what adapters share.
        """
        codes = {adapter.code for adapter in self.ours}
        files = {file.stem: file for file in Path(sources.__file__).parent.glob("*.py")}
        del files["__init__"]
        self.assertEqual(codes - files.keys(), set())
        for helper in files.keys() - codes:
            users = [name for name in files if helper in self._neighbours(files[name])]
            with self.subTest(helper):
                self.assertEqual([helper.startswith(f"{name}_") for name in users], [1])

    def test_a_short_file_each(self):
        for adapter in self.ours:
            with self.subTest(adapter.code):
                file = Path(inspect.getsourcefile(type(adapter)))
                self.assertEqual(file.stem, adapter.code)
                lines = len(file.read_text().splitlines())
                self.assertLessEqual(lines, LINES)


@tagged("post_install", "-at_install")
class TestTheReadmesExample(AdapterCases, BaseCase):
    """What the guide for new adapters shows is a good one."""

    code = "atlantis"
    fixtures = ("atlantis/day.csv",)

    def setUp(self):
        guide = (ADDON / "readme" / "ADDING_A_PROVIDER.md").read_text()
        [example, _test] = re.findall("```python\n(.*?)```", guide, re.DOTALL)
        names = {"__package__": sources.__package__, "__name__": "atlantis"}
        self.addCleanup(registry.unregister, "atlantis")
        exec(compile(example, "ADDING_A_PROVIDER.md", "exec"), names)  # noqa: S102
        super().setUp()

    def test_as_the_guide_says(self):
        quotes = self.by_key(fixture("atlantis/day.csv"))
        self.assertEqual(len(quotes), 3)
        quote = quotes[DAY, "USD", "official"]
        self.assertEqual(str(quote), "100 USD = 10961.20 XPF")
