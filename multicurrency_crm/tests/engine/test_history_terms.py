import unittest
from datetime import date

from ...engine.history_terms import find_strange, read_due

DAY = date(2026, 1, 15)


class TestTerms(unittest.TestCase):
    def test_terms_in_words(self):
        for text, due in (
            ("Net 30", date(2026, 2, 14)),
            ("2/10 net 30", date(2026, 2, 14)),
            ("2% 10, Net 30", date(2026, 2, 14)),
            ("1.5/15 n/45", date(2026, 3, 1)),
            ("30 EOM", date(2026, 3, 2)),
            ("Net 30 EOM", date(2026, 3, 2)),
            ("EOM+15", date(2026, 2, 15)),
            ("EOM", date(2026, 1, 31)),
            ("月结３０天", date(2026, 3, 2)),
            ("月结60", date(2026, 4, 1)),
            ("cash", DAY),
            ("30 days end of month", None),
            ("月结", None),
            ("30% T/T, 70% before shipment", None),
            ("2/10", None),
            ("", None),
        ):
            with self.subTest(text):
                self.assertEqual(read_due(text, DAY), due)

    def test_the_end_of_february(self):
        self.assertEqual(read_due("EOM", date(2028, 2, 1)), date(2028, 2, 29))
        self.assertEqual(read_due("10 EOM", date(2027, 12, 31)), date(2028, 1, 10))

    def test_strange_days(self):
        opening = date(2026, 6, 30)
        for day, due, found in (
            (date(2026, 5, 1), date(2026, 6, 1), []),
            (date(2026, 5, 1), None, []),
            (None, None, []),
            (None, date(2026, 8, 1), []),
            (date(2062, 5, 1), date(2062, 6, 1), ["later"]),
            (date(2006, 5, 1), date(2006, 6, 1), ["old"]),
            (date(2026, 5, 1), date(2006, 6, 1), ["before"]),
            (date(2026, 5, 1), date(2199, 6, 1), ["long"]),
            (None, date(2199, 6, 1), ["long"]),
            (None, date(2006, 6, 1), ["old"]),
            (date(2062, 5, 1), date(2026, 6, 1), ["later", "before"]),
        ):
            with self.subTest(day=day, due=due):
                self.assertEqual(find_strange(day, due, opening), found)
