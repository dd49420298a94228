"""A test says the same on every run, of every clone."""

import inspect

from hypothesis import given, is_hypothesis_test, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ... import tests


def draw():
    """What a test without settings of its own is given, in its order."""
    drawn = []

    @given(st.tuples(st.lists(st.integers()), st.floats(), st.text()))
    def note(values):
        drawn.append(repr(values))

    note()
    return drawn


@tagged("post_install", "-at_install")
class TestExamples(BaseCase):
    def test_15_3_4_the_same_examples_each_time(self):
        drawn = draw()
        self.assertGreaterEqual(len(drawn), 100)
        self.assertEqual(draw(), drawn)

    def test_15_3_4_no_property_test_goes_its_own_way(self):
        """None draws from chance, nor from what an earlier run has left."""
        usual = settings.default
        found = 0
        for _name, case in inspect.getmembers(tests, inspect.isclass):
            # functions alone: records of tests that have run are past asking
            for name, test in inspect.getmembers(case, inspect.isfunction):
                if not is_hypothesis_test(test):
                    continue
                found += 1
                own = test._hypothesis_internal_use_settings or usual
                with self.subTest(case=case.__name__, test=name):
                    self.assertEqual(own.derandomize, usual.derandomize)
                    self.assertIsNone(own.database)
        self.assertGreater(found, 40)
