"""The tables of sources say what the adapters declare."""

from pathlib import Path

from odoo.tests import BaseCase, tagged

from ...providers import overview, registry

ADDON = Path(__file__).resolve().parents[2]


@tagged("post_install", "-at_install")
class TestOverview(BaseCase):
    def assertCurrent(self, path):
        text = path.read_text()
        message = f"{path.name} is out of date: run ./dev sources"
        self.assertEqual(text, overview.updated(text, path.suffix), message)

    def test_the_addons_readme(self):
        self.assertCurrent(ADDON / "README.rst")

    def test_the_repositorys_page(self):
        path = ADDON.parent / "docs" / "SOURCES.md"
        if not path.is_file():
            self.skipTest("the addon stands alone")
        self.assertCurrent(path)

    def test_every_adapter_of_ours_is_in_it(self):
        for table in (overview.as_markdown(), overview.as_rst()):
            for adapter in registry.all_adapters():
                if type(adapter).__module__.startswith(__name__.partition(".tests")[0]):
                    self.assertIn(f"`{adapter.code}`", table)

    def test_without_markers(self):
        with self.assertRaisesRegex(ValueError, "doesn't hold"):
            overview.updated("A README\n", ".md")
