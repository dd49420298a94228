"""What pytest says besides: a generated test that passes tells how much it tried."""

import sys

import freezegun
import pytest

# else a test that freezes the time is measured by the frozen clock
freezegun.configure(extend_ignore_list=["_pytest.timing"])

_COUNTS = []  # what the workers of pytest-xdist have told


def _get_counts():
    counts = sys.modules.get("odoo.addons.multicurrency_crm.tests.counts")
    return counts.COUNTS if counts else []


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["counts"] = _get_counts()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    _COUNTS.extend(getattr(node, "workeroutput", {}).get("counts", []))


def pytest_terminal_summary(terminalreporter):
    for line in [*_get_counts(), *_COUNTS]:
        terminalreporter.write_line(line)
