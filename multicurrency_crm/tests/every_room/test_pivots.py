"""Codes, not symbols: ¥ stands for two currencies."""

from pathlib import Path

from lxml import etree

from odoo.tests import BaseCase, tagged

VIEWS = Path(__file__).parents[2] / "views"
#: Classes of pivots that write codes: the common one, and one that extends it.
CODED = ("coded_pivot", "customer_ageing_pivot")


@tagged("post_install", "-at_install")
class TestPivots(BaseCase):
    def test_every_pivot_writes_codes(self):
        found = 0
        for path in sorted(VIEWS.rglob("*.xml")):
            for node in etree.parse(str(path)).iter("pivot"):
                found += 1
                with self.subTest(path=f"{path.parent.name}/{path.name}"):
                    self.assertIn(node.get("js_class"), CODED)
        self.assertGreater(found, 10)
