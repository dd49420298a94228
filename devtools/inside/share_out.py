"""A plugin for pytest: shares the tests out among pytest-xdist's workers.

Each worker has a database of its own, whose configuration is one of those that
``MULTICURRENCY_CONFIGURATIONS`` names. Classes go out one by one, the longest first by
the times that ``MULTICURRENCY_DURATIONS`` keeps; those of ``HttpCase`` go to one worker
alone, since two browsers at once make each other late.

Without workers the plugin only keeps the times.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from devtools.cache import REPOSITORY, write_private

#: seconds of a test whose time isn't known yet, by its folder in tests/
_GUESSES = {"every_room": 5.0, "credit": 1.0, "providers": 0.05}
_GUESS = 0.5
_DURATIONS = Path(os.environ["MULTICURRENCY_DURATIONS"])
_CONFIGURATIONS = os.environ["MULTICURRENCY_CONFIGURATIONS"].split(os.pathsep)
#: the classes that drive a browser, which only workers know: they load the tests
_BROWSER = Path(_CONFIGURATIONS[0]).with_suffix(".browser.json")
_XDIST_WORKER = "PYTEST_XDIST_WORKER"


def read_durations() -> dict[str, float]:
    """The time that each test took when it last ran here, in seconds."""
    try:
        return json.loads(_DURATIONS.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def guess(nodeid: str) -> float:
    """The seconds that a test takes whose time was never measured here."""
    folders = Path(nodeid.partition("::")[0]).parts
    return next((_GUESSES[name] for name in folders if name in _GUESSES), _GUESS)


class Shares(LoadScopeScheduling):
    """Gives a worker that runs out of tests the longest class that is left."""

    def __init__(self, config, log=None):
        super().__init__(config, log)
        self._durations = read_durations()
        self._browser: set[str] = set()
        self._browsing = None  # the worker that runs what drives a browser

    def schedule(self) -> None:
        """Begin, when every worker has said which tests there are."""
        if self.collection is None:
            # without the file no worker came as far as collecting: pytest says why
            if _BROWSER.exists():
                self._browser = set(json.loads(_BROWSER.read_text(encoding="utf-8")))
            self._browsing = self.nodes[0]
        super().schedule()

    def _weigh(self, scope: str) -> tuple[bool, float]:
        tests = self.workqueue[scope]
        seconds = sum(self._durations.get(test, guess(test)) for test in tests)
        return scope in self._browser, seconds

    def _assign_work_unit(self, node) -> None:
        browsing = node is self._browsing
        fit = [
            scope for scope in self.workqueue if browsing or scope not in self._browser
        ]
        if fit:
            self.workqueue.move_to_end(max(fit, key=self._weigh), last=False)
            super()._assign_work_unit(node)
        else:
            node.shutdown()

    def remove_node(self, node) -> str | None:
        """Take note that a worker has ended; nobody takes over from one that died.

        :return: the test that it died of, if it died
        """
        if self._pending_of(self.assigned_work[node]):
            for other in self.nodes:
                other.shutdown()
        return super().remove_node(node)


class _Controller:
    """Looks after the workers, and keeps the times of what they ran."""

    def __init__(self):
        self._took: Counter[str] = Counter()
        self._died = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config, log):
        return Shares(config, log)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node):
        number = int(node.gateway.id.removeprefix("gw"))
        node.workerinput["configuration"] = _CONFIGURATIONS[number]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        self._died = self._died or bool(error)

    def pytest_runtest_logreport(self, report):
        self._took[report.nodeid] += getattr(report, "duration", 0)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus):
        """A worker that died fails the run, if it ran a test just then or not."""
        if self._died and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if self._took:
            took = {name: round(seconds, 3) for name, seconds in self._took.items()}
            known = {
                name: seconds
                for name, seconds in read_durations().items()
                if (REPOSITORY / name.partition("::")[0]).exists()
            }
            write_private(_DURATIONS, json.dumps({**known, **took}, indent=0))


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_cmdline_main(config):
    """Give a worker its database, before pytest-odoo reads the options."""
    if hasattr(config, "workerinput"):
        configuration = Path(config.workerinput["configuration"])
        config.option.odoo_config = str(configuration)
        config.option.odoo_database = configuration.stem
        # else pytest-odoo clones a database itself, with programs that may be missing
        os.environ.pop(_XDIST_WORKER, None)
    else:
        config.pluginmanager.register(_Controller(), "share_out_controller")
    return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Tell the controller which classes drive a browser."""
    from odoo.tests import HttpCase

    mine = getattr(config, "workerinput", {}).get("configuration")
    if mine == _CONFIGURATIONS[0]:  # they all collect the same
        scopes = {
            item.nodeid.rpartition("::")[0]
            for item in items
            if item.cls and issubclass(item.cls, HttpCase)
        }
        write_private(_BROWSER, json.dumps(sorted(scopes)))
