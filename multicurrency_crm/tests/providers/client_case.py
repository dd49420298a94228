"""Ground of the tests of the client: a publisher, and a client in a hurry."""

from odoo.tests import BaseCase

from ...providers.http import Client
from .common import publisher


class ClientCase(BaseCase):
    def setUp(self):
        super().setUp()
        self.publisher = self.enterContext(publisher())

    def client(self, **options):
        bounds = {"read_timeout": 0.3, "pause": 0.01, **options}
        return Client((), ["127.0.0.1"], **bounds)

    def get(self, path="rates", params=None, headers=None, **options):
        with self.client(**options) as client:
            return client.get(self.publisher.address + path, params, headers)

    def serve(self, answer):
        self.publisher.answers["/rates"] = answer

    def assertFails(self, error, pattern, asked, **options):
        """Fetch, and return the error, whose sentence is checked."""
        with self.assertRaisesRegex(error, pattern) as caught:
            self.get(**options)
        self.assertTrue(str(caught.exception).endswith("."))
        self.assertIn("127.0.0.1", str(caught.exception))
        self.assertEqual(len(self.publisher.asked), asked)
        return caught.exception
