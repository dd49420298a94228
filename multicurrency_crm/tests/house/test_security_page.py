"""docs/SECURITY.md says what the code says, and every sudo() has its reason."""

import importlib.util
import tempfile
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).resolve().parents[2]
PAGE = ADDON.parent / "docs" / "SECURITY.md"

SAMPLE = """class Sample:
    def bare(self):
        return self.sudo().name

    def told(self):
        # sudo: anybody reads names
        return self.sudo().name

    def told_once(self):
        # sudo: anybody reads names
        first = self.sudo().name
        return first or self.sudo().code

    def lowered(self):
        return self.sudo(False).sudo(self.env.su)
"""


@tagged("post_install", "-at_install")
class TestSecurityPage(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # beside an installed addon there is neither the page nor what writes it
        if not PAGE.exists() or not importlib.util.find_spec("devtools"):
            cls.skipTest(cls, "not in a checkout of the repository")
        from devtools import security

        cls.security = security

    def test_every_sudo_has_its_reason(self):
        found = self.security.find_sudos(ADDON)
        self.assertGreater(len(found), 100)
        self.assertEqual([sudo for sudo in found if not sudo.reason], [])

    def test_the_page_is_current(self):
        text = PAGE.read_text(encoding="utf-8")
        self.assertEqual(self.security.updated(text, ADDON), text, "./dev security")

    def test_one_without_is_found(self):
        with tempfile.TemporaryDirectory() as folder:
            models = Path(folder) / "models"
            models.mkdir()
            (models / "sample.py").write_text(SAMPLE)
            found = self.security.find_sudos(Path(folder))
        bare = [sudo.method for sudo in found if not sudo.reason]
        self.assertEqual(bare, ["Sample.bare"])
        self.assertEqual(len(found), 4)
