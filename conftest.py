"""What pytest says besides: a generated test that passes tells how much it tried."""

import sys


def pytest_terminal_summary(terminalreporter):
    counts = sys.modules.get("odoo.addons.multicurrency_crm.tests.counts")
    for line in counts.COUNTS if counts else ():
        terminalreporter.write_line(line)
