"""Chains take their order without disturbing those of other companies."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.provider_order import arrange, movable


@tagged("post_install", "-at_install")
class TestProviderOrder(BaseCase):
    def test_free_members_come_first(self):
        self.assertEqual(arrange([3, 1], [1, 2, 3], {2}), [3, 1, 2])

    def test_around_a_fixed_member(self):
        self.assertEqual(arrange([4, 2, 1], [1, 2, 3, 4], {2, 3}), [4, 2, 1, 3])

    def test_the_companys_others_go_behind(self):
        self.assertEqual(arrange([3], [1, 2, 3], {2}, {1}), [3, 2, 1])

    def test_fixed_members_in_the_wrong_order(self):
        self.assertEqual(movable([2, 1, 3], [1, 2, 3], {1, 2}), [True, False, True])
        self.assertEqual(movable([3, 2, 1], [1, 2, 3], set()), [True, True, True])

    @given(st.permutations(range(8)), st.data())
    def test_everybody_keeps_an_order(self, order, data):
        wish = data.draw(st.lists(st.sampled_from(order), unique=True))
        fixed = data.draw(st.frozensets(st.sampled_from(order)))
        can = movable(wish, order, fixed)
        chain = [member for member, yes in zip(wish, can, strict=True) if yes]
        behind = data.draw(st.frozensets(st.sampled_from(order)))
        behind -= fixed | {*chain}
        result = arrange(chain, order, fixed, behind)
        self.assertEqual(sorted(result), sorted(order))
        self.assertEqual([m for m in result if m in chain], chain)
        untouched = [m for m in order if m not in behind and m not in chain]
        untouched = {*untouched, *fixed}
        self.assertEqual(
            [m for m in result if m in untouched], [m for m in order if m in untouched]
        )
        if behind:
            self.assertEqual({*result[-len(behind) :]}, behind)
