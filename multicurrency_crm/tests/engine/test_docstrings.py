"""Whoever reads ``engine`` or ``providers`` finds a docstring at every function."""

import ast
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).resolve().parents[2]


def bare(node, prefix=""):
    """Yield the names of functions and methods without a docstring.

    Functions inside of functions, and what Python itself calls (``__init__``), are
    described where they stand.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from bare(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.FunctionDef):
            if not child.name.startswith("__") and not ast.get_docstring(child):
                yield prefix + child.name
        else:
            yield from bare(child, prefix)


@tagged("post_install", "-at_install")
class TestDocstrings(BaseCase):
    def test_every_function_says_what_it_does(self):
        missing = [
            f"{path.relative_to(ADDON)}: {name}"
            for folder in ("engine", "providers")
            for path in sorted((ADDON / folder).rglob("*.py"))
            for name in bare(ast.parse(path.read_text()))
        ]
        self.assertEqual(missing, [])

    def test_every_module_says_what_it_is(self):
        missing = [
            str(path.relative_to(ADDON))
            for folder in ("engine", "providers")
            for path in sorted((ADDON / folder).rglob("*.py"))
            if not ast.get_docstring(ast.parse(path.read_text()))
        ]
        self.assertEqual(missing, [])

    def test_what_is_bare(self):
        code = "class A:\n def __init__(self): 0\n def b(self):\n  def c(): 0"
        self.assertEqual(list(bare(ast.parse(code))), ["A.b"])
        self.assertEqual(list(bare(ast.parse("if 1:\n def f(): 'said'"))), [])
        self.assertEqual(list(bare(ast.parse("if 1:\n def f(): 0"))), ["f"])
