from odoo.tests import BaseCase, tagged

from ...engine.thinning import thin


@tagged("post_install", "-at_install")
class TestThinning(BaseCase):
    def test_short_series_is_left_alone(self):
        self.assertEqual(list(thin([3.0, 1.0, 2.0], 4)), [0, 1, 2])
        self.assertEqual(list(thin([], 4)), [])

    def test_ends_peaks_and_troughs_stay(self):
        values = [1.0 + place % 7 / 100 for place in range(10_000)]
        values[4_321], values[7_654] = 9.0, 0.1
        places = thin(values, 500)
        self.assertLessEqual(len(places), 500)
        self.assertEqual(places, sorted(set(places)))
        self.assertTrue({0, 4_321, 7_654, 9_999} <= set(places))

    def test_what_is_to_be_kept_stays(self):
        places = thin([1.0] * 5_000, 100, keep=(17, 4_999, 2_500))
        self.assertTrue({17, 2_500} <= set(places))
        self.assertLessEqual(len(places), 102)

    def test_least(self):
        self.assertEqual(list(thin([5.0, 1.0, 9.0, 2.0, 3.0], 4)), [0, 1, 2, 4])
