"""Who runs which tests, without running any."""

import json
import unittest
from types import SimpleNamespace
from unittest import mock

from devtools.inside import share_out


class Worker:
    """Stands for a worker: takes tests, is told to end."""

    def __init__(self, tests):
        self.gateway = SimpleNamespace(id="gw0")
        self.tests, self.got, self.shutting_down = tests, [], False

    def send_runtest_some(self, indexes):
        """Note the classes in the order in which they come."""
        self.got += dict.fromkeys(self.tests[n].split("::")[1] for n in indexes)

    def shutdown(self):
        """Note that nothing more will come."""
        self.shutting_down = True


class TestShares(unittest.TestCase):
    """Classes of one test each, named after the seconds that it takes."""

    def _begin(self, *classes, browser=(), workers=2):
        ids = [f"test_it.py::{name}::test" for name in classes]
        times = {test: float(test.split("::")[1][1:]) for test in ids}
        config = SimpleNamespace(
            getvalue=lambda name: ["popen"] * workers,
            option=SimpleNamespace(loadscopereorder=False),
        )
        with mock.patch.object(share_out, "read_durations", return_value=times):
            shares = share_out.Shares(config)
        nodes = [Worker(ids) for _n in range(workers)]
        for node in nodes:
            shares.add_node(node)
            shares.add_node_collection(node, ids)
        said = mock.Mock()
        said.read_text.return_value = json.dumps([f"test_it.py::{n}" for n in browser])
        with mock.patch.object(share_out, "_BROWSER", said):
            shares.schedule()
        return shares, nodes

    def _finish(self, shares, nodes):
        """Run the tests to the end, the workers in turn."""
        done = [0] * len(nodes)
        while shares.has_pending:
            for number, node in enumerate(nodes):
                if done[number] < len(node.got):
                    test = f"test_it.py::{node.got[done[number]]}::test"
                    done[number] += 1
                    shares.mark_test_complete(node, node.tests.index(test))

    def test_longest_first(self):
        shares, (one, two) = self._begin("T1", "T2", "T9", "T5", "T7")
        self.assertEqual((one.got[:1], two.got[:1]), (["T9"], ["T7"]))
        self._finish(shares, [one, two])
        self.assertCountEqual(one.got + two.got, ["T1", "T2", "T9", "T5", "T7"])
        self.assertTrue(shares.tests_finished)

    def test_browsers_keep_to_one_worker(self):
        shares, (one, two) = self._begin(
            "T1", "T2", "T9", "T5", "T7", browser=("T1", "T2", "T5")
        )
        self._finish(shares, [one, two])
        self.assertEqual(one.got[:3], ["T5", "T2", "T1"])
        self.assertFalse({"T1", "T2", "T5"} & set(two.got))
        self.assertCountEqual(one.got + two.got, ["T1", "T2", "T9", "T5", "T7"])

    def test_nothing_but_browsers(self):
        shares, (one, two) = self._begin("T1", "T2", browser=("T1", "T2"))
        self.assertTrue(two.shutting_down)
        self._finish(shares, [one, two])
        self.assertEqual((one.got, two.got), (["T2", "T1"], []))

    def test_nobody_takes_over_what_killed_another(self):
        shares, (one, two) = self._begin("T1", "T2", "T9", "T5", "T7", "T8", "T6")
        before = list(two.got)
        self.assertEqual(shares.remove_node(one), "test_it.py::T9::test")
        self.assertEqual(two.got, before)
        self.assertTrue(two.shutting_down)

    def test_guesses(self):
        slow = share_out.guess("multicurrency_crm/tests/every_room/test_it.py::T::test")
        self.assertGreater(slow, share_out.guess("devtools/tests/test_it.py::T::test"))
