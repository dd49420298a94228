"""How the arguments of `./dev test` are understood."""

import os
import unittest
from unittest import mock

from devtools import testing
from devtools.console import DevError


@mock.patch.object(testing.os, "sched_getaffinity", new=lambda _process: range(8))
class TestJobs(unittest.TestCase):
    """The number of workers, and what pytest gets."""

    def test_every_core_by_default(self):
        for words in ([], ["-x"], ["-k", "lock"], [os.path.dirname(__file__)]):
            self.assertEqual(testing._jobs(words), (8, words))

    def test_one_for_a_single_file(self):
        for words in ([__file__], [f"{__file__}::TestJobs", f"{__file__}::T::t", "-v"]):
            self.assertEqual(testing._jobs(words), (1, words))

    def test_one_where_pytest_cannot_share(self):
        for word in ("--pdb", "-s", "--co"):
            self.assertEqual(testing._jobs(["-x", word]), (1, ["-x", word]))

    def test_asked_for(self):
        for words in (["-j", "3", "-x"], ["-x", "-j3"], ["-j3", "-x"]):
            self.assertEqual(testing._jobs(words), (3, ["-x"]))
        self.assertEqual(testing._jobs([__file__, "-j", "2"]), (2, [__file__]))

    def test_refused(self):
        for words in (["-j"], ["-j", "many"], ["-j0"], ["-j", "-x"]):
            with self.assertRaises(DevError):
                testing._jobs(words)

    def test_seed(self):
        self.assertEqual(testing._seed(["-x"]), ("", ["-x"]))
        self.assertEqual(testing._seed(["--explore", "7", "-x"]), ("7", ["-x"]))
        seed, left = testing._seed(["--explore", "-x"])
        self.assertTrue(seed.isdigit())
        self.assertEqual(left, ["-x"])


class TestPaths(unittest.TestCase):
    """A file of tests, named from the caller's folder."""

    def test_one_that_is_there(self):
        found = testing._from_here(f"{__file__}::TestPaths")
        self.assertEqual(found, f"{os.path.abspath(__file__)}::TestPaths")

    def test_one_that_is_not(self):
        for word in ("tests/test_gone.py", "tests/test_gone.py::TestIt::test_it"):
            with self.assertRaisesRegex(DevError, "test_gone.py isn't there"):
                testing._from_here(word)

    def test_what_is_no_path(self):
        for word in ("lock and not rate", "--deselect=tests/test_gone.py"):
            self.assertEqual(testing._from_here(word), word)
