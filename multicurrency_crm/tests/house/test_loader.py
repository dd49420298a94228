"""Odoo's test loader sees only what ``tests`` exposes: a file that nobody
star-imports would pass by never running."""

import inspect
from pathlib import Path

from odoo.tests import BaseCase, tagged

from ... import tests


@tagged("post_install", "-at_install")
class TestLoader(BaseCase):
    def test_every_test_file_is_exposed(self):
        """Each test_*.py below tests/ gives at least one class to the loader."""
        root = Path(tests.__file__).parent
        on_disk = {
            ".".join(path.relative_to(root).with_suffix("").parts)
            for path in root.rglob("test_*.py")
        }
        prefix = f"{tests.__name__}."
        exposed = {
            member.__module__.removeprefix(prefix)
            for _name, member in inspect.getmembers(tests, inspect.isclass)
            if member.__module__.startswith(prefix)
        }
        self.assertEqual(on_disk - exposed, set())

    def test_no_name_hides_a_module(self):
        """What a test file exposes takes the place of a module of the same name."""
        root = Path(tests.__file__).parent
        for path in root.glob("[!_]*.py"):
            found = getattr(tests, path.stem, None)
            with self.subTest(name=path.stem):
                self.assertTrue(found is None or inspect.ismodule(found))
