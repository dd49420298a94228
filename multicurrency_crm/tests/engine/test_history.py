"""Totals, differences and documents of old systems."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history import (
    Figure,
    Part,
    Reading,
    add_up,
    find_suspects,
    fold,
    get_distance,
    get_implied_rate,
    group_parts,
    list_fitting,
    read_once,
    read_rate,
)

CENT = Decimal("0.01")
cents = st.integers(-10_000_000, 10_000_000).map(lambda n: Decimal(n) / 100)


def figures(*amounts):
    return [
        Figure(number, "USD", Decimal(amount)) for number, amount in enumerate(amounts)
    ]


@tagged("post_install", "-at_install")
class TestHistory(BaseCase):
    def test_texts_are_compared_without_width_case_and_blanks(self):
        self.assertEqual(fold(" ＩＮＶ－００１\t a "), "inv-001 a")
        self.assertEqual(fold(None), "")

    @given(st.lists(st.tuples(st.sampled_from("ABC"), cents, st.none() | cents)))
    def test_totals_are_the_sums_of_their_rows(self, rows):
        made = [Figure(n, *row) for n, row in enumerate(rows)]
        found = add_up(made)
        self.assertEqual(set(found), {row[0] for row in rows})
        for code, total in found.items():
            mine = [row for row in rows if row[0] == code]
            self.assertEqual(total.count, len(mine))
            self.assertEqual(total.amount, sum(row[1] for row in mine))
            booked = [row[2] for row in mine]
            expected = None if None in booked else sum(booked)
            self.assertEqual(total.booked, expected)

    def test_an_implied_rate_needs_both_amounts_and_one_sign(self):
        self.assertEqual(get_implied_rate(Decimal(14), Decimal(100)), Decimal("0.14"))
        for amount, booked in ((14, None), (14, 0), (0, 5), (14, -100)):
            booked = booked if booked is None else Decimal(booked)
            self.assertIsNone(get_implied_rate(Decimal(amount), booked))

    def test_a_distance_is_that_of_the_price(self):
        # booked at 8 for 1, the day's is 7: a seventh dearer
        found = get_distance(Decimal(1) / 8, Decimal(1) / 7)
        self.assertEqual(round(found, 4), Decimal("0.1429"))
        self.assertIsNone(get_distance(None, Decimal(1)))

    def test_one_row_too_many_is_found(self):
        found = find_suspects(figures("10", "20.50", "3"), Decimal("13"), CENT)
        self.assertEqual([(one.kind, one.keys) for one in found], [("counted", (1,))])

    def test_a_wrong_sign_is_found(self):
        found = find_suspects(figures("10", "20.50", "3"), Decimal("-7.50"), CENT)
        self.assertEqual([(one.kind, one.keys) for one in found], [("sign", (1,))])

    def test_two_and_three_rows_are_found(self):
        rows = figures("10", "20.50", "3", "7.77", "100")
        two = find_suspects(rows, Decimal("141.27") - Decimal("13"), CENT)
        self.assertEqual([one.keys for one in two], [(0, 2)])
        three = find_suspects(rows, Decimal("141.27") - Decimal("38.27"), CENT)
        self.assertEqual([one.keys for one in three], [(0, 1, 3)])

    def test_what_ties_out_has_no_suspects(self):
        self.assertEqual(find_suspects(figures("10", "-10"), Decimal(0), CENT), [])
        self.assertEqual(find_suspects([], Decimal(5), CENT), [])

    @given(st.lists(cents, max_size=25), st.data())
    def test_every_suspect_makes_the_difference(self, amounts, data):
        left_out = data.draw(st.lists(st.integers(0, 24), max_size=3, unique=True))
        kept = [a for n, a in enumerate(amounts) if n not in left_out]
        rows = figures(*amounts)
        total = sum(amounts, Decimal())
        typed = sum(kept, Decimal())
        for one in find_suspects(rows, typed, CENT):
            part = sum(rows[key].amount for key in one.keys)
            self.assertEqual(part * (2 if one.kind == "sign" else 1), total - typed)

    def test_rows_without_a_number_belong_to_the_document_above(self):
        parts = [
            Part(1, "", Decimal(9)),
            Part(2, "a", Decimal(1)),
            Part(3, "", None),
            Part(4, "b", Decimal(2)),
            Part(5, "a", Decimal(1)),
        ]
        found = [[part.key for part in group] for group in group_parts(parts)]
        self.assertEqual(found, [[1], [2, 3, 5], [4]])

    def test_an_amount_that_all_rows_repeat_is_read_once(self):
        same = [Part(1, "a", Decimal(5)), Part(2, "a", Decimal(5)), Part(3, "a", None)]
        self.assertEqual(read_once(same), 5)
        self.assertIsNone(read_once([*same, Part(4, "a", Decimal(6))]))
        self.assertIsNone(read_once([Part(1, "a", None)]))

    def test_open_amounts_fit_the_currency_in_which_no_more_is_open(self):
        # 100 USD are 714 CNY: 650 can only be CNY, 80 may be either
        rate = Decimal("0.14")
        cny = Reading(Decimal(650), Decimal(100), rate)
        either = Reading(Decimal(80), Decimal(100), rate)
        self.assertEqual(list_fitting([cny, either]), {"company"})
        self.assertEqual(list_fitting([either]), {"document", "company"})
        # 100 JPY are 5 CNY
        yen = Reading(Decimal(80), Decimal(100), Decimal(20))
        self.assertEqual(list_fitting([yen, either]), {"document"})
        self.assertEqual(list_fitting([yen, cny]), set())

    def test_a_rate_is_read_in_the_direction_that_is_near_the_days(self):
        spot = Decimal("0.14")
        self.assertEqual(round(read_rate(Decimal("7.2"), spot), 4), Decimal("0.1389"))
        self.assertEqual(read_rate(Decimal("0.138"), spot), Decimal("0.138"))
        self.assertEqual(round(read_rate(Decimal(710), spot), 4), Decimal("0.1408"))
        self.assertEqual(read_rate(Decimal(8), None), Decimal("0.125"))
        self.assertIsNone(read_rate(Decimal(0), spot))
        self.assertIsNone(read_rate(Decimal(-7), spot))
