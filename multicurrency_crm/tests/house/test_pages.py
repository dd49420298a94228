"""The pages for people say what is there: links, commands, rooms, methods."""

import ast
import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ADDON = Path(__file__).resolve().parents[2]
ROOT = ADDON.parent
README_LINES = 130

LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)
FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"\./dev ([a-z][a-z-]*)")
ROOM = re.compile(r"`models/([a-z_/]+)/`")
MENU = re.compile(r"\*([^*\n]+(?:\s→\s[^*\n]+)+)\*")
CALL = re.compile(r"`([a-z_.]*?)\.?(_?[a-z]\w*)\(\)`")


def list_anchors(text):
    """List what ``#`` of a link to this page may say, as GitHub names headings."""
    headings = HEADING.findall(FENCE.sub("", text))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in kept}


def list_rooms(models):
    """List the folders of models that hold no further folders, as paths."""
    folders = {
        path.parent.relative_to(models).as_posix()
        for path in models.rglob("*.py")
        if path.parent != models
    }
    return {
        folder
        for folder in folders
        if not any(other.startswith(f"{folder}/") for other in folders)
    }


def list_commands(source):
    """List the commands of ``./dev`` from the table in its source."""
    tables = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "COMMANDS"
    ]
    return {key.value for table in tables for key in table.keys}


@tagged("post_install", "-at_install")
class TestPages(TransactionCase):
    def setUp(self):
        super().setUp()
        if not (ROOT / "ARCHITECTURE.md").is_file():
            self.skipTest("the addon stands alone")
        paths = [
            *ROOT.glob("*.md"),
            *(ROOT / "docs").glob("*.md"),
            *(ADDON / "readme").glob("*.md"),
            *(ADDON / "demo").glob("*.md"),
        ]
        self.pages = {path: path.read_text(encoding="utf-8") for path in paths}

    def test_links_point_to_something(self):
        for page, text in self.pages.items():
            for link in LINK.findall(FENCE.sub("", text)):
                if "://" in link:
                    continue
                path, _hash, anchor = link.partition("#")
                target = (page.parent / path).resolve() if path else page
                with self.subTest(page=page.name, link=link):
                    self.assertTrue(target.exists())
                    if anchor:
                        self.assertIn(anchor, list_anchors(target.read_text()))

    def test_pictures_are_shown(self):
        shown = {
            (page.parent / link).resolve()
            for page, text in self.pages.items()
            for link in LINK.findall(text)
            if link.endswith(".png")
        }
        pictures = set((ROOT / "docs" / "screenshots").resolve().iterdir())
        self.assertEqual(pictures - shown, set())

    def test_pages_of_the_manual_are_listed(self):
        manual = ROOT / "docs"
        linked = set(LINK.findall(self.pages[manual / "README.md"]))
        pages = {path.name for path in manual.glob("*.md")} - {"README.md"}
        self.assertEqual(pages - linked, set())

    def test_commands_exist(self):
        source = (ROOT / "devtools" / "commands.py").read_text()
        known = list_commands(source)
        self.assertIn("test", known)
        for page, text in self.pages.items():
            with self.subTest(page=page.name):
                self.assertEqual(set(COMMAND.findall(text)) - known, set())

    def test_menu_entries_exist(self):
        """``*Rates → Rate Status*`` is a way through the menu, from the addon's own."""
        context = {"ir.ui.menu.full_list": True, "lang": "en_US"}
        menus = self.env["ir.ui.menu"].with_context(**context).search([])
        ways = set(menus.mapped("complete_name"))
        for page, text in self.pages.items():
            named = {
                f"Multi-Currency/{'/'.join(way.split(' → '))}"
                for way in MENU.findall(text)
            }
            with self.subTest(page=page.name):
                self.assertEqual(named - ways, set())

    def test_readme_is_short(self):
        lines = self.pages[ROOT / "README.md"].splitlines()
        self.assertLessEqual(len(lines), README_LINES)

    def test_rooms_are_those_that_stand(self):
        text = self.pages[ROOT / "ARCHITECTURE.md"]
        self.assertEqual(set(ROOM.findall(text)), list_rooms(ADDON / "models"))

    def test_methods_of_the_walks_exist(self):
        """``model.method()`` is a method of that model, ``method()`` is defined."""
        code = "\n".join(
            path.read_text(encoding="utf-8")
            for path in ADDON.rglob("*.py")
            if "tests" not in path.parts
        )
        defined = set(re.findall(r"def (\w+)\(", code))
        found = CALL.findall(self.pages[ROOT / "ARCHITECTURE.md"])
        self.assertGreater(len(found), 20)
        for model, method in found:
            with self.subTest(model=model, method=method):
                if model in self.env:
                    self.assertTrue(hasattr(self.env[model], method))
                else:
                    self.assertIn(method, defined)
