"""An adapter's requests, against a publisher on the loopback."""

from ...providers import registry
from ...providers.http import Client
from .common import publisher


class Loopback:
    """Mix into a test case of one adapter; ``publisher`` serves what a test says."""

    #: code of the adapter
    code = ""

    def setUp(self):
        super().setUp()
        self.publisher = self.enterContext(publisher())

    def fetch(self, date_from, date_to, today, path="", **options):
        """The quotes of a span, fetched from ``path`` on the publisher."""
        bounds = {"read_timeout": 1, "pause": 0.01, "attempts": 1, **options}
        with Client((), ["127.0.0.1"], **bounds) as client:
            return registry.get(self.code).fetch(
                client, self.publisher.address + path, date_from, date_to, today
            )
