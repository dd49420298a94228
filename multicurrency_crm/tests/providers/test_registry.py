"""Adapters register by themselves, those of other addons too."""

from odoo.tests import BaseCase, tagged

from ...providers import errors, registry
from ...providers.base import Adapter


class Atlantis(Adapter):
    code = "atlantis"
    name = "Bank of Atlantis"

    def request(self, client, address, date_from, date_to, today):
        return b""

    def parse(self, payload, **hints):
        return []


@tagged("post_install", "-at_install")
class TestRegistry(BaseCase):
    def test_a_third_partys_adapter(self):
        self.addCleanup(registry.unregister, "atlantis")
        registry.register(Atlantis)
        self.assertIsInstance(registry.get("atlantis"), Atlantis)
        names = [adapter.name for adapter in registry.all_adapters()]
        self.assertEqual(names, sorted(names))
        self.assertIn("Bank of Atlantis", names)
        with self.assertRaises(ValueError):
            registry.register(type("Impostor", (Atlantis,), {}))

    def test_unknown_code(self):
        with self.assertRaisesRegex(errors.UnknownProvider, "nowhere"):
            registry.get("nowhere")

    def test_declarations_are_complete(self):
        for adapter in registry.all_adapters():
            with self.subTest(adapter.code):
                self.assertRegex(adapter.base, "^[A-Z]{3}$")
                self.assertNotIn(adapter.base, adapter.currencies)
                self.assertTrue(adapter.terms)
                self.assertTrue(adapter.hosts)
                for address in (adapter.address, adapter.documentation):
                    self.assertTrue(address.startswith("https://"))
