from odoo.tests import tagged

from odoo.addons.web.tests.test_js import unit_test_error_checker

from ..common import TourCase

UNIT_TESTS = "@multicurrency_crm"


@tagged("post_install", "-at_install")
class TestJavaScript(TourCase):
    def test_unit_tests(self):
        """The tests of our JavaScript, of all rooms."""
        suite = self._suite_hash(UNIT_TESTS)
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=unit_test_error_checker,
        )

    @staticmethod
    def _suite_hash(name):
        """The id by which Hoot knows a suite: a 32-bit hash of its name."""
        value = 0
        for character in name:
            value = ((value << 5) - value + ord(character)) & 0xFFFFFFFF
        return f"{value:08x}"
